//! Where a claim stands in a token.

use serde_json::{Map, Value};

/// The names that lead to a claim, each within the one before.
///
/// In the settings `realm_access.roles` leads into an object; what has a slash is one name, as providers want custom claims to
/// be (`https://tributary.example/tenant`); a list says each step, for names with dots or slashes within others.
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
    /// Whether it leads anywhere at all.
    pub fn is_sound(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|step| !step.is_empty())
    }

    /// Whether it is the claim of this name.
    pub fn is(&self, name: &str) -> bool {
        self.0 == [name]
    }

    /// The claim, which may be null; `None` where it is not there. An error where the way to it leads through something that
    /// is there and no object: nobody can say whether such a token has the claim.
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

/// A token whose claims are not what they must be. Callers learn no more.
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
