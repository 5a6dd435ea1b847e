//! Problems with a request that its caller can fix. Checks collect every problem of an input, so that one response
//! lists them all.

use super::id::{Id, IdError, Kind};

/// One thing to fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: ProblemCode,
    pub message: String,
    /// The path of the offending value in the input, with list positions as numbers: `rules`, `2`, `percentage`.
    pub path: Vec<String>,
}

super::text_enum! {
    /// What kind of problem it is.
    ProblemCode {
        /// The value is not among those that the field accepts.
        Invalid = "INVALID",
        /// The value is required and missing.
        Required = "REQUIRED",
        /// The object does not exist, or the caller may not see it.
        NotFound = "NOT_FOUND",
        /// Another object already has this name.
        Taken = "TAKEN",
        /// The current state does not allow it, although the input is well formed.
        Conflict = "CONFLICT",
        /// Other objects refer to it, so it cannot be deleted.
        InUse = "IN_USE",
        /// The commission has not matured.
        HoldbackActive = "HOLDBACK_ACTIVE",
        /// The state machine has no such transition.
        InvalidTransition = "INVALID_TRANSITION",
    }
}

/// A change of one field: keep, clear or set its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Patch<Vec<T>> {
    /// The new list, which clearing makes empty; `None`: the list is kept.
    pub fn list(self) -> Option<Vec<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Vec::new()),
            Self::Set(list) => Some(list),
        }
    }
}

/// A fault of a single value whose path in the input is not yet known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub ProblemCode, pub String);

impl Fault {
    pub fn invalid(message: impl Into<String>) -> Self {
        Self(ProblemCode::Invalid, message.into())
    }

    pub fn required() -> Self {
        Self(ProblemCode::Required, "must be given".into())
    }

    pub fn not_found() -> Self {
        Self(ProblemCode::NotFound, "does not exist".into())
    }

    /// Of a required field that a change is to clear.
    pub fn cannot_be_cleared() -> Self {
        Self(ProblemCode::Required, "cannot be cleared".into())
    }
}

/// Collects problems under a current path.
#[derive(Debug, Default)]
pub struct Problems {
    found: Vec<Problem>,
    path: Vec<String>,
}

impl Problems {
    pub fn new() -> Self {
        Self::default()
    }

    /// A single problem.
    pub fn one(field: &str, code: ProblemCode, message: impl Into<String>) -> Self {
        let mut problems = Self::new();
        problems.add(field, code, message);
        problems
    }

    /// Runs `check` with `segment` appended to the path.
    pub fn within<T>(&mut self, segment: impl ToString, check: impl FnOnce(&mut Self) -> T) -> T {
        self.enter(segment);
        let result = check(self);
        self.leave();
        result
    }

    /// Runs `check` with every segment of `way` appended to the path; if there are none, the path is unchanged.
    pub fn within_all<T>(&mut self, way: &[String], check: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.path.len();
        self.path.extend_from_slice(way);
        let result = check(self);
        self.path.truncate(depth);
        result
    }

    /// Appends `segment` to the path until [`Problems::leave`]; for checks that await the database, for which
    /// [`Problems::within`] does not work.
    pub fn enter(&mut self, segment: impl ToString) {
        self.path.push(segment.to_string());
    }

    pub fn leave(&mut self) {
        self.path.pop();
    }

    /// The value, or `None` after recording its fault under `field`.
    pub fn take<T>(&mut self, field: &str, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Fault(code, message)) => {
                self.add(field, code, message);
                None
            }
        }
    }

    /// Checks an optional value; absence is not a fault.
    pub fn optional<T, U>(
        &mut self,
        field: &str,
        value: Option<T>,
        check: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Option<Option<U>> {
        self.take(field, value.map(check).transpose())
    }

    /// The value of a required field after a change; it cannot be cleared.
    pub fn changed<T, U>(
        &mut self,
        field: &str,
        patch: Patch<T>,
        current: U,
        check: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Option<U> {
        match patch {
            Patch::Keep => Some(current),
            Patch::Clear => self.take(field, Err(Fault::cannot_be_cleared())),
            Patch::Set(value) => self.take(field, check(value)),
        }
    }

    /// The value of an optional field after a change.
    pub fn changed_optional<T, U>(
        &mut self,
        field: &str,
        patch: Patch<T>,
        current: Option<U>,
        check: impl FnOnce(T) -> Result<U, Fault>,
    ) -> Option<Option<U>> {
        match patch {
            Patch::Keep => Some(current),
            Patch::Clear => Some(None),
            Patch::Set(value) => self.take(field, check(value).map(Some)),
        }
    }

    /// Parses an id. A text that is not an id of that kind is a fault of its own, distinct from an id that does not
    /// exist.
    pub fn id<K: Kind>(&mut self, field: &str, text: &str) -> Option<Id<K>> {
        self.take(
            field,
            text.parse().map_err(|error: IdError| Fault::invalid(error.to_string())),
        )
    }

    /// Records that the object named by `field` does not exist, unless `thing` was found.
    pub fn found<T>(&mut self, field: &str, thing: Option<T>) -> Option<T> {
        self.take(field, thing.ok_or_else(Fault::not_found))
    }

    /// Records that `field`'s value is taken if it has a holder other than `me`.
    pub fn free<I: PartialEq>(&mut self, field: &str, holder: Option<I>, me: Option<I>) {
        if holder.is_some() && holder != me {
            self.add(field, ProblemCode::Taken, "is taken already");
        }
    }

    /// Records the references to `field`'s object, if there are any.
    pub fn in_use(&mut self, field: &str, references: &[(u64, &'static str)]) {
        let used: Vec<String> = references
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        if !used.is_empty() {
            self.add(field, ProblemCode::InUse, format!("is in use by {}", used.join(", ")));
        }
    }

    /// Whether a list of this length has at least 1 and at most `max` entries; if not, records that.
    pub fn size(&mut self, field: &str, length: usize, max: usize) -> bool {
        let is_fine = (1..=max).contains(&length);
        if !is_fine {
            self.add(field, ProblemCode::Invalid, format!("must have 1 to {max} entries"));
        }
        is_fine
    }

    /// Whether a list of this length has at most `max` entries; if not, records that, with what the entries `are`
    /// called ("" where the field says it).
    pub fn at_most(&mut self, field: &str, length: usize, max: usize, are: &str) -> bool {
        let is_fine = length <= max;
        if !is_fine {
            let message = format!("has too many entries: at most {max} {are}");
            self.add(field, ProblemCode::Invalid, message.trim_end());
        }
        is_fine
    }

    /// Records a problem of the value at the dotted path `field`; an empty `field` means the current path itself.
    pub fn add(&mut self, field: &str, code: ProblemCode, message: impl Into<String>) {
        let mut path = self.path.clone();
        path.extend(
            field
                .split('.')
                .filter(|segment| !segment.is_empty())
                .map(str::to_owned),
        );
        let subject = path.join(".");
        let message = message.into();
        self.found.push(Problem {
            code,
            message: format!("{subject} {message}").trim().to_owned(),
            path,
        });
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(note: impl FnOnce(&mut Problems)) -> Vec<String> {
        let mut problems = Problems::new();
        note(&mut problems);
        let told = problems.into_vec().into_iter();
        told.map(|problem| problem.message).collect()
    }

    #[test]
    fn a_value_is_free_unless_somebody_else_has_it() {
        let free = |holder, me| told(|problems| problems.free("externalId", holder, me));
        assert_eq!(free(Some(1), None), ["externalId is taken already"]);
        assert_eq!(free(Some(1), Some(2)), ["externalId is taken already"]);
        let nothing: [&str; 0] = [];
        assert_eq!(free(Some(1), Some(1)), nothing);
        assert_eq!(free(None, Some(1)), nothing);
    }

    #[test]
    fn what_is_in_use_says_by_what() {
        let in_use = |references: &[(u64, &'static str)]| told(|problems| problems.in_use("id", references));
        let nothing: [&str; 0] = [];
        assert_eq!(in_use(&[(0, "deals")]), nothing);
        assert_eq!(
            in_use(&[(1, "deals"), (0, "rules"), (2, "rows")]),
            ["id is in use by 1 deals, 2 rows"]
        );
    }

    #[test]
    fn an_optional_field_is_kept_cleared_or_set() {
        let mut problems = Problems::new();
        let mut changed = |patch| problems.changed_optional("a", patch, Some(1), |given: i32| Ok(given));
        assert_eq!(changed(Patch::Keep), Some(Some(1)));
        assert_eq!(changed(Patch::Clear), Some(None));
        assert_eq!(changed(Patch::Set(2)), Some(Some(2)));
    }
}
