//! Keys that sign and check tokens, and that encrypt the secrets of webhooks.

use super::disk;
use super::report::CheckResult;
use crate::cli::open;
use crate::config::{Config, weakness};
use auth::{SealingError, SealingKeys};
use store::{Store, diagnostics};

/// Checks the keys of tokens: whether they can be used, and whether others may know them.
pub fn of_tokens(config: &Config) -> CheckResult {
    let keys = match open::keys(config) {
        Ok(keys) => keys,
        Err(error) => return CheckResult::failed(error),
    };
    if let Some(secret) = &config.jwt_secret {
        return of_secret(secret, config.http.production);
    }
    if let Some(public) = &config.jwt_public_key {
        let makes = match keys.can_mint() {
            true => "tokens are made here, too",
            false => "tokens are made elsewhere only",
        };
        return match config
            .jwt_private_key
            .as_deref()
            .filter(|file| disk::is_open_to_others(file))
        {
            Some(file) => CheckResult::warning(
                format!("others on this machine may read {}", file.display()),
                "chmod 600",
            ),
            None => CheckResult::ok().found(format!("{}: {makes}", public.display())),
        };
    }
    match (config.issuers.is_empty(), config.http.production) {
        (false, _) => CheckResult::ok().found("those of [issuers] only: no tokens are made here"),
        (true, false) => CheckResult::ok().found("the demo's"),
        (true, true) => CheckResult::warning(
            "the demo's key is used in production",
            "set jwt_secret, jwt_public_key or an issuer",
        ),
    }
}

fn of_secret(secret: &str, production: bool) -> CheckResult {
    let weakness = weakness(secret.trim().as_bytes());
    let mend = "make another one, with `openssl rand -hex 32`";
    match weakness {
        Some(weakness) if production => CheckResult::wrong(format!("the JWT secret {weakness}"), mend),
        Some(weakness) => CheckResult::warning(format!("the JWT secret {weakness}"), mend),
        None => CheckResult::ok().found("a secret (HS256)"),
    }
}

/// The keys of webhooks; none in production where none are set.
fn sealing_keys(config: &Config) -> Result<Option<SealingKeys>, CheckResult> {
    match &config.webhooks.keys {
        Some(keys) => {
            let parsed = SealingKeys::parse(keys);
            parsed
                .map(Some)
                .map_err(|error| CheckResult::wrong(error, "mend webhook_keys"))
        }
        None if config.http.production => Ok(None),
        None => Ok(Some(SealingKeys::development())),
    }
}

/// Checks the keys of webhooks: whether there are any, and whether they decrypt the secrets in the database.
pub async fn of_webhooks(config: &Config, store: Option<&Store>) -> CheckResult {
    let keys = match sealing_keys(config) {
        Ok(keys) => keys,
        Err(wrong) => return wrong,
    };
    let secrets = match store {
        // Before the first migration there are no secrets.
        Some(store) => diagnostics::sealed_secrets(store).await,
        None => Ok(Vec::new()),
    };
    let secrets = match secrets {
        Ok(secrets) => secrets,
        Err(error) => return CheckResult::failed(error),
    };
    let Some(keys) = keys else {
        return match secrets.len() {
            0 => CheckResult::warning(
                "webhooks are disabled without it in production",
                "set webhook_keys to have them",
            ),
            number => CheckResult::wrong(
                format!("{number} webhook endpoints get no deliveries"),
                "set webhook_keys to the key that their secrets were encrypted with",
            ),
        };
    };
    let opened = secrets
        .iter()
        .map(|secret| keys.open(secret.tenant, secret.endpoint, &secret.sealed));
    let problems: Vec<SealingError> = opened.filter_map(Result::err).collect();
    match problems.first() {
        None => CheckResult::ok(),
        Some(first) => CheckResult::wrong(
            format!(
                "cannot decrypt the secrets of {} webhook endpoints: {first}",
                problems.len()
            ),
            "add the key that they were encrypted with at the end of webhook_keys",
        ),
    }
}

/// Checks the keys by which erased external ids are found: whether any of them is lost.
pub async fn of_erasures(config: &Config, store: &Store) -> CheckResult {
    let keys = match sealing_keys(config) {
        Ok(keys) => keys,
        Err(wrong) => return wrong,
    };
    let used = match diagnostics::pseudonym_use(store).await {
        Ok(used) => used,
        Err(error) => return CheckResult::failed(error),
    };
    let is_lost = |id: &&String| keys.as_ref().is_none_or(|keys| !keys.has(id));
    let lost: Vec<_> = used.keys.iter().filter(is_lost).map(String::as_str).collect();
    if !lost.is_empty() {
        return CheckResult::wrong(
            format!(
                "the keys {} are missing, by which events of erased customers are recognised: repeated ones are recorded \
                 and paid anew",
                lost.join(", ")
            ),
            "add them at the end of webhook_keys",
        );
    }
    match (used.unfinished, keys) {
        (0, _) | (_, Some(_)) => CheckResult::ok(),
        (waiting, None) => CheckResult::wrong(
            format!("{waiting} erasures of customers wait for a key"),
            "set webhook_keys",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::CheckStatus;
    use super::*;

    #[test]
    fn secrets_that_can_be_guessed_are_told_from_those_that_cannot() {
        for (secret, weak) in [
            (
                "61c8a0f2b7d94e53866fb1a90c3d2e74a5f0918c7b6d4e2f1a3c5b7d9e8f6042",
                false,
            ),
            ("Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg", false),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true),
            ("01010101010101010101010101010101", true),
            ("0123456789ab0123456789ab0123456789ab", true),
            ("my-very-own-Secret-for-the-gateway-1", true),
            ("CHANGEME-0123456789-abcdefghijklmnop", true),
        ] {
            let verdict = of_secret(secret, true).verdict();
            assert_eq!(verdict, if weak { CheckStatus::Wrong } else { CheckStatus::Ok });
        }
        assert_eq!(of_secret(&"a".repeat(40), false).verdict(), CheckStatus::Warning);
    }
}
