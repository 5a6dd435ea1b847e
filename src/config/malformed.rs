//! What is wrong with the text of the settings file. Says where, and never what stands there: it may be a secret, and
//! messages end up in logs.

/// The place and the reason, without any value.
pub fn told(file: &str, error: &toml::de::Error) -> String {
    let reason = without_value(error.message().trim());
    let Some(span) = error.span() else {
        return reason;
    };
    let before = file.get(..span.start).unwrap_or(file);
    let line = before.matches('\n').count();
    let name = file.lines().nth(line).and_then(name);
    let name = name.map(|name| format!(", {name}")).unwrap_or_default();
    format!("line {}{name}: {reason}", line + 1)
}

/// The name of the setting or section on a line.
fn name(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    (!name.is_empty() && name.len() <= 64 && name.chars().all(is_plain)).then_some(name)
}

/// The message without the value that it quotes.
pub fn without_value(message: &str) -> String {
    for beginning in ["invalid type: ", "invalid value: ", "unknown variant "] {
        if let Some(rest) = message.strip_prefix(beginning)
            && let Some(end) = rest.rfind(", expected ")
        {
            let kind = rest[..end].split(['"', '`']).next().unwrap_or_default();
            let kind = format!("{beginning}{kind}");
            return format!("{}{}", kind.trim_end(), &rest[end..]);
        }
    }
    match KNOWN.iter().any(|known| message.starts_with(known)) {
        true => message.to_owned(),
        false => without_quotes(message),
    }
}

/// The message with "the value" in place of everything that is quoted.
fn without_quotes(message: &str) -> String {
    let (mut shown, mut letters) = (String::new(), message.chars());
    while let Some(letter) = letters.next() {
        if !['"', '`'].contains(&letter) {
            shown.push(letter);
            continue;
        }
        shown.push_str("the value");
        while let Some(quoted) = letters.next().filter(|quoted| *quoted != letter) {
            if quoted == '\\' {
                letters.next();
            }
        }
    }
    shown
}

/// How messages begin that quote names of settings, or marks of the language.
const KNOWN: [&str; 10] = [
    "missing escaped value",
    "string values must",
    "unexpected key or value",
    "unknown field",
    "missing field",
    "duplicate field",
    "unclosed",
    "invalid basic string, expected",
    "key with no value",
    "extra ",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::ConfigFile;

    const SECRET: &str = "hunter2hunter2";

    #[test]
    fn no_message_shows_a_value() {
        for (text, place) in [
            ("jwt_secret = hunter2hunter2", "line 1, jwt_secret: "),
            (
                "listen = \"127.0.0.1:1\"\njwt_secret = \"hunter2hunter2",
                "line 2, jwt_secret: ",
            ),
            ("jwt_secret = \"hunter2hunter2\" x", "line 1, jwt_secret: "),
            ("jwt_secret = [\"hunter2hunter2\"]", "line 1, jwt_secret: "),
            (
                "production = \"hunter2hunter2\"",
                "line 1, production: invalid type: string, expected ",
            ),
            ("listen = \"hunter2hunter2\"", "line 1, listen: "),
            ("log = \"hunter2hunter2=\"", "line 1, log: "),
            (
                "log_format = \"hunter2hunter2\"",
                "line 1, log_format: unknown variant, expected ",
            ),
            ("[database]\nreplica_url = \"hunter2hunter2\"", "line 2, replica_url: "),
            ("[limits]\ndepth = \"hunter2hunter2\"", "line 2, depth: "),
            ("[throttle]\nmaximum = -1", "line 2, maximum: "),
            ("jwt_secret = \"\\hunter2hunter2\"", "line 1, jwt_secret: "),
            (
                "webhook_keys = \"a\"\nwebhook_keys = \"hunter2hunter2\"",
                "line 2, webhook_keys: ",
            ),
            ("[issuers.a]\nalgorithms = [\"hunter2hunter2\"]", "line 2, algorithms: "),
        ] {
            let error = toml::from_str::<ConfigFile>(text)
                .err()
                .unwrap_or_else(|| panic!("{text}"));
            let told = told(text, &error);
            assert!(!told.contains(SECRET) && !told.contains("hunter"), "{text}: {told}");
            assert!(
                told.starts_with(place) && told.len() > place.trim_end().len(),
                "{text}: {told}"
            );
        }
        let text = "jwt_sekret = \"hunter2hunter2\"";
        let error = toml::from_str::<ConfigFile>(text)
            .err()
            .unwrap_or_else(|| panic!("{text}"));
        let told = told(text, &error);
        assert!(
            told.contains("unknown field `jwt_sekret`") && told.contains("`jwt_secret`"),
            "{told}"
        );
    }
}
