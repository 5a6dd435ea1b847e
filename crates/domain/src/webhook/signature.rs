//! Signatures by the Standard Webhooks specification 1.0: HMAC-SHA256 with the bytes of the secret over the message's
//! id, its timestamp in seconds and its body, joined by dots; in base64 after `v1,`. While a secret is being rotated,
//! both secrets sign, and a receiver accepts either signature.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Timestamp;

/// The prefix of secrets.
const PREFIX: &str = "whsec_";

/// The secret that signs an endpoint's messages. Shown only once: it has no `Display`, and its `Debug` reveals nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The secret in the format that the receiver's library expects.
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0))
    }

    fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut context = hmac::Context::with_key(&key);
        context.update(format!("{id}.{seconds}.").as_bytes());
        context.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(context.sign()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The value of the header `webhook-signature`: the signatures of all valid secrets.
pub fn signatures(secrets: &[Secret], id: &str, at: Timestamp, body: &str) -> String {
    let each = secrets.iter().map(|secret| secret.sign(id, at.timestamp(), body));
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the published libraries are tested with, with its 24 bytes.
    #[test]
    fn the_mac_is_taken_over_id_seconds_and_body() {
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let signed = br#"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}"#;
        let expected = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(STANDARD.encode(hmac::sign(&key, signed)), expected);
        let secret = Secret::new([7; 32]);
        assert_eq!(secret.bytes(), &[7; 32]);
        let at: Timestamp = "2021-02-25T14:35:30.9Z".parse().unwrap();
        let by_hand = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]), b"whd_1.1614263730.{}");
        let expected = format!("v1,{}", STANDARD.encode(by_hand));
        assert_eq!(signatures(&[secret], "whd_1", at, "{}"), expected);
    }

    #[test]
    fn each_live_secret_signs() {
        let (new, old) = (Secret::new([1; 32]), Secret::new([2; 32]));
        let at = Timestamp::UNIX_EPOCH;
        let both = signatures(&[new.clone(), old.clone()], "whd_1", at, "{}");
        let each = [
            signatures(&[new], "whd_1", at, "{}"),
            signatures(&[old], "whd_1", at, "{}"),
        ];
        assert_eq!(both, each.join(" "));
        assert_ne!(each[0], each[1]);
    }

    #[test]
    fn secrets_are_shown_as_the_libraries_take_them_and_are_not_printed() {
        let secret = Secret::new([255; 32]);
        assert_eq!(secret.shown(), "whsec_//////////////////////////////////////////8=");
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
