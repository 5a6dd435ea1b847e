//! Tokens that the program would not make.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::TestApp;

/// The secret of the tests' programs.
pub const SECRET: [u8; 32] = *b"k3Jq9XvT2mWz8RbN5cLd7HfY4sPg6Ua1";

impl TestApp {
    /// A genuine token with these claims over the usual ones; null leaves one out.
    pub fn sign(&self, claims: &Value) -> String {
        sign(
            &json!({ "alg": "HS256", "typ": "JWT" }),
            &self.claims(claims),
            &SECRET,
            Algorithm::HS256,
        )
    }

    /// The claims of a genuine token, changed.
    pub fn claims(&self, changes: &Value) -> Value {
        let now = self.clock.now().timestamp();
        let mut claims = json!({
            "iss": "tributary", "aud": "tributary", "sub": "ann", "iat": now, "exp": now + 3600, "tenant": "acme",
            "scope": "admin",
        });
        for (name, value) in changes.as_object().expect("an object") {
            match value {
                Value::Null => claims.as_object_mut().expect("an object").remove(name),
                value => claims
                    .as_object_mut()
                    .expect("an object")
                    .insert(name.clone(), value.clone()),
            };
        }
        claims
    }
}

/// Signs any header and any claims.
pub fn sign(header: &Value, claims: &Value, secret: &[u8], algorithm: Algorithm) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), algorithm);
    format!("{message}.{}", signature.expect("a key of that kind"))
}

pub fn encode(part: &Value) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(part.to_string())
}
