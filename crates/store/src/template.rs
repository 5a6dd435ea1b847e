//! Statements whose text is built once: building one of many columns takes more processor time than the round trip to
//! the database. From one use to the next only the bound values change.

use std::sync::OnceLock;

use sea_orm::{DbBackend, Statement, Value, Values};

use super::postgres::limits;

pub struct Template {
    backend: DbBackend,
    sql: String,
    bound: Vec<BoundValue>,
}

/// A template for each engine, made when it is first used.
pub struct EngineTemplates {
    postgres: OnceLock<Template>,
    sqlite: OnceLock<Template>,
}

impl EngineTemplates {
    pub const fn new() -> Self {
        Self {
            postgres: OnceLock::new(),
            sqlite: OnceLock::new(),
        }
    }

    /// The template of this engine; `make` gives the statement and the values that stand in for its parameters.
    pub fn get(&self, backend: DbBackend, make: impl FnOnce() -> (Statement, Vec<Value>)) -> &Template {
        let template = match backend {
            DbBackend::Postgres => &self.postgres,
            _ => &self.sqlite,
        };
        template.get_or_init(|| {
            let (model, parameters) = make();
            Template::of(model, &parameters)
        })
    }
}

/// One of the values that the statement binds.
enum BoundValue {
    Parameter(usize),
    Always(Value),
}

impl Template {
    /// `model` binds `parameters`, each of them any number of times. They differ from each other and from everything
    /// else that it binds.
    pub fn of(model: Statement, parameters: &[Value]) -> Self {
        let values = model.values.map_or_else(Vec::new, |values| values.0);
        let (sql, values) = match model.db_backend {
            DbBackend::Postgres => limits::written(model.sql, values, parameters),
            _ => (model.sql, values),
        };
        let bound = values.into_iter().map(|value| {
            let place = parameters.iter().position(|parameter| *parameter == value);
            place.map_or(BoundValue::Always(value), BoundValue::Parameter)
        });
        Self {
            backend: model.db_backend,
            sql,
            bound: bound.collect(),
        }
    }

    /// The length of its text.
    pub fn bytes(&self) -> usize {
        self.sql.len()
    }

    /// The statement with other parameters, in the same order.
    pub fn with(&self, parameters: &[Value]) -> Statement {
        let values = self.bound.iter().map(|bound| match bound {
            BoundValue::Parameter(place) => parameters[*place].clone(),
            BoundValue::Always(value) => value.clone(),
        });
        Statement {
            sql: self.sql.clone(),
            values: Some(Values(values.collect())),
            db_backend: self.backend,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_bound_wherever_the_model_binds_them_and_the_rest_stays() {
        let sql = "SELECT $1 FROM x WHERE a = $2 AND b = $3 AND c = $2 LIMIT $4";
        let values = |a: &str, b: i64| [Value::from("always"), a.into(), b.into(), Value::BigUnsigned(Some(1))];
        let model = Statement::from_sql_and_values(DbBackend::Postgres, sql, values("a", 1));
        let template = Template::of(model, &["a".into(), 1i64.into()]);
        let used = template.with(&["other".into(), Value::BigInt(None)]);
        assert_eq!(
            used.sql,
            "SELECT $1 FROM x WHERE a = $2 AND b = $3 AND c = $2 LIMIT '1'"
        );
        let bound = vec!["always".into(), "other".into(), Value::BigInt(None)];
        assert_eq!(used.values, Some(Values(bound)));
    }
}
