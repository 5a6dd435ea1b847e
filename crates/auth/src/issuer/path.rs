//! The place of a claim in a token.

use serde_json::{Map, Value};

/// The names that lead to a claim, each nested in the one before.
///
/// In the settings `realm_access.roles` leads into an object; a text with a slash is a single name, as providers
/// require for custom claims (`https://tributary.example/tenant`); a list gives each step, for nested names that
/// contain dots or slashes.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(from = "WrittenPath")]
pub struct ClaimPath(Vec<String>);

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum WrittenPath {
    Text(String),
    Steps(Vec<String>),
}

impl From<WrittenPath> for ClaimPath {
    fn from(written: WrittenPath) -> Self {
        match written {
            WrittenPath::Text(text) => Self::from(text.as_str()),
            WrittenPath::Steps(steps) => Self(steps),
        }
    }
}

impl From<&str> for ClaimPath {
    fn from(text: &str) -> Self {
        match text.contains('/') {
            true => Self(vec![text.to_owned()]),
            false => Self(text.split('.').map(str::to_owned).collect()),
        }
    }
}

impl ClaimPath {
    /// Whether it has steps, none of which is empty.
    pub fn is_sound(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|step| !step.is_empty())
    }

    /// Whether it is the top-level claim of this name.
    pub fn is(&self, name: &str) -> bool {
        self.0 == [name]
    }

    /// The claim, which may be null; `None` if it is missing. An error if the path leads through a value that is not an
    /// object: it would be unclear whether such a token has the claim.
    pub fn find<'a>(&self, claims: &'a Map<String, Value>) -> Result<Option<&'a Value>, UnfitClaims> {
        let (last, way) = self.0.split_last().ok_or(UnfitClaims)?;
        let mut within = claims;
        for step in way {
            match within.get(step) {
                None => return Ok(None),
                Some(Value::Object(next)) => within = next,
                Some(_) => return Err(UnfitClaims),
            }
        }
        Ok(within.get(last))
    }
}

/// The claims of a token are not as required. Callers learn no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnfitClaims;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_through_objects_and_a_slash_makes_it_one_name() {
        let claims = json!({
            "realm_access": { "roles": ["a"] },
            "https://t.example/tenant": "acme",
            "resource_access": { "app.example": { "roles": ["b"] } },
            "text": "x", "nothing": null,
        });
        let claims = claims.as_object().unwrap();
        let find = |path: Value| serde_json::from_value::<ClaimPath>(path).unwrap().find(claims);
        assert_eq!(find(json!("realm_access.roles")), Ok(Some(&json!(["a"]))));
        assert_eq!(find(json!("https://t.example/tenant")), Ok(Some(&json!("acme"))));
        let steps = json!(["resource_access", "app.example", "roles"]);
        assert_eq!(find(steps), Ok(Some(&json!(["b"]))));
        assert_eq!(find(json!("realm_access.groups")), Ok(None));
        assert_eq!(find(json!("realm.roles")), Ok(None));
        assert_eq!(find(json!("nothing")), Ok(Some(&Value::Null)));
        for path in ["text.roles", "nothing.roles", "realm_access.roles.first"] {
            assert_eq!(find(json!(path)), Err(UnfitClaims), "{path}");
        }
    }

    #[test]
    fn a_path_with_an_empty_step_is_not_sound() {
        for path in ["", ".", "a.", "a..b"] {
            assert!(!ClaimPath::from(path).is_sound(), "{path}");
        }
        assert!(!ClaimPath(Vec::new()).is_sound());
        assert!(ClaimPath::from("cognito:groups").is_sound());
    }
}
