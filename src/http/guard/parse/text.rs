//! The contents of quoted strings (GraphQL specification 2.9.4).

/// Reads the escape sequence that `text` begins with; returns its character and its length in characters.
pub fn escape(text: &str) -> Option<(char, usize)> {
    let simple = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((simple, 2))
}

/// `\u{1F600}`, `\u00e9`, or a surrogate pair.
fn unicode(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("\\u")?;
    if let Some(digits) = digits.strip_prefix('{') {
        let (digits, _) = digits.split_once('}')?;
        return Some((char::from_u32(hexadecimal(digits)?)?, digits.len() + 4));
    }
    let first = hexadecimal(digits.get(..4)?)?;
    if let Some(char) = char::from_u32(first) {
        return Some((char, 6));
    }
    let second = hexadecimal(digits.get(4..)?.strip_prefix("\\u")?.get(..4)?)?;
    if (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second) {
        let char = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(char)?, 12));
    }
    None
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| sound)
}

/// The content of a block string without the indentation common to all its lines, and without blank lines around it.
pub fn dedent(raw: &str) -> String {
    let raw = raw.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<_> = raw.split('\n').collect();
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_blank = |line: &&str| line.trim_start_matches([' ', '\t']).is_empty();
    let common = lines[1..]
        .iter()
        .filter(|line| !is_blank(line))
        .map(indent)
        .min()
        .unwrap_or(0);
    let lines = lines.iter().enumerate().map(|(number, line)| match number {
        0 => line,
        _ => line.get(common..).unwrap_or_default(),
    });
    let lines: Vec<_> = lines.collect();
    let Some(first) = lines.iter().position(|line| !is_blank(line)) else {
        return String::new();
    };
    let last = lines.iter().rposition(|line| !is_blank(line)).unwrap_or(first);
    lines[first..=last].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        for (text, expected) in [
            ("\\n rest", Some(('\n', 2))),
            ("\\\"", Some(('"', 2))),
            ("\\u00e9\\u", Some(('é', 6))),
            ("\\u{1F600}", Some(('😀', 9))),
            ("\\u{00000041}", Some(('A', 12))),
            ("\\uD83D\\uDE00", Some(('😀', 12))),
            ("\\uD83D", None),
            ("\\uD83D\\u0041", None),
            ("\\uDE00\\uD83D", None),
            ("\\u{D800}", None),
            ("\\u{110000}", None),
            ("\\u{}", None),
            ("\\u+041", None),
            ("\\u00é9", None),
            ("\\x", None),
            ("\\", None),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }

    #[test]
    fn blocks_lose_their_indentation() {
        for (raw, expected) in [
            ("", ""),
            ("  one", "  one"),
            ("\n  one\n    two\n\n  three\n  ", "one\n  two\n\nthree"),
            ("\r\n\tone\r\ttwo", "one\ntwo"),
            ("one\n    two\n   three", "one\n two\nthree"),
            ("\n \n  \n", ""),
        ] {
            assert_eq!(dedent(raw), expected, "{raw:?}");
        }
    }
}
