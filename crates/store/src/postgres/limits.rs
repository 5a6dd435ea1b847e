//! Limits as part of a statement's text. PostgreSQL plans for a limit that it knows; for a bound one it assumes that a
//! tenth of the rows is wanted, and joins and sorts accordingly. Limits are written in quotes: a plain number is of
//! another type than limits are, and its value is not known yet when the planner decides which parts of a statement can
//! run in parallel.

use sea_orm::Value;

/// The statement with its limits as literals, and each of the `shared` values bound once however often it occurs.
/// Limits are recognised by their type: nothing else is unsigned, since no column is.
pub fn written(sql: String, values: Vec<Value>, shared: &[Value]) -> (String, Vec<Value>) {
    let is_limit = |value: &Value| matches!(value, Value::BigUnsigned(Some(_)));
    if shared.is_empty() && !values.iter().any(is_limit) {
        return (sql, values);
    }
    let mut bound: Vec<Value> = Vec::with_capacity(values.len());
    // The replacement for each placeholder.
    let marks: Vec<String> = values
        .into_iter()
        .map(|value| {
            if let Value::BigUnsigned(Some(limit)) = value {
                return format!("'{limit}'");
            }
            let known = bound
                .iter()
                .position(|known| *known == value && shared.contains(&value));
            let place = known.unwrap_or_else(|| {
                bound.push(value);
                bound.len() - 1
            });
            format!("${}", place + 1)
        })
        .collect();
    let mut parts = sql.split('$');
    let mut text = String::with_capacity(sql.len());
    text.extend(parts.next());
    for part in parts {
        let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        match number
            .parse()
            .ok()
            .and_then(|number: usize| marks.get(number.wrapping_sub(1)))
        {
            Some(mark) => text.push_str(mark),
            // Not a placeholder.
            None => text.extend(["$", number]),
        }
        text.push_str(rest);
    }
    (text, bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_out_and_the_rest_is_numbered_anew() {
        let values = vec![Value::from("a"), Value::BigUnsigned(Some(21)), Value::from(7i64)];
        let sql = "SELECT $1 FROM (SELECT 1 LIMIT $2) AS \"x$y\" WHERE a = $3 AND b = $1";
        let (text, bound) = written(sql.to_owned(), values, &[]);
        assert_eq!(
            text,
            "SELECT $1 FROM (SELECT 1 LIMIT '21') AS \"x$y\" WHERE a = $2 AND b = $1"
        );
        assert_eq!(bound, [Value::from("a"), Value::from(7i64)]);
        let same = ("SELECT $1".to_owned(), vec![Value::from(7i64)]);
        assert_eq!(written(same.0.clone(), same.1.clone(), &[]), same);
    }

    #[test]
    fn shared_values_are_bound_once_and_others_as_often_as_they_occur() {
        let values = ["a", "b", "a", "b"].map(Value::from).to_vec();
        let sql = "SELECT $1, $2 FROM x WHERE a = $3 AND b = $4";
        let (text, bound) = written(sql.to_owned(), values, &["a".into()]);
        assert_eq!(text, "SELECT $1, $2 FROM x WHERE a = $1 AND b = $3");
        assert_eq!(bound, ["a", "b", "b"].map(Value::from));
    }
}
