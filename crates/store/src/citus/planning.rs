//! How sessions plan and which statements they send, so that Citus can route.

/// Makes a session plan its statements for the bound values. By default, PostgreSQL tries a generic plan after a while,
/// and Citus then rejects some statements instead of reporting that the plan would be a bad one.
pub const PLAN: &str = "SET plan_cache_mode = force_custom_plan";

/// Replacements for Citus: a condition that no row fulfils, since Citus cannot route a join that its planner recognises
/// as empty at once; and the generic plans that long-running work asks for.
const OTHERWISE: [(&str, &str); 2] = [
    ("(1 = 0)", "(now() IS NULL)"),
    (
        "plan_cache_mode = force_generic_plan",
        "plan_cache_mode = force_custom_plan",
    ),
];

/// Rewrites a statement so that Citus can route it.
pub fn routable(sql: String) -> String {
    OTHERWISE
        .iter()
        .fold(sql, |sql, (here, there)| match sql.contains(here) {
            true => sql.replace(here, there),
            false => sql,
        })
}
