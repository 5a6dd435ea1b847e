//! A scan of a document's raw text, which bounds what the recursive parser has to handle.

use super::limits::Limits;
use super::problem::DocumentProblem;

/// Maximum nesting of brackets of any kind: more than the limits on depth admit, and less than the parser's own bound.
const MAX_NESTING: usize = 60;

/// Maximum length of a name or number: for an unknown name the validator searches for similarly spelt ones.
const MAX_WORD: usize = 128;

/// Counts tokens and nested brackets, without recursion and without interpreting the tokens.
pub fn scan(text: &str, limits: &Limits) -> Result<(), DocumentProblem> {
    if text.len() > limits.document_bytes {
        return Err(DocumentProblem::too_complex(format!(
            "the document is too long: at most {} bytes",
            limits.document_bytes
        )));
    }
    let bytes = text.as_bytes();
    let (mut tokens, mut nesting, mut place) = (0usize, 0usize, 0usize);
    while let Some(&byte) = bytes.get(place) {
        let end = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                place += 1;
                continue;
            }
            b'#' => {
                place = skip_while(bytes, place, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' => end_of_string(bytes, place),
            b'{' | b'[' | b'(' => {
                nesting += 1;
                if nesting > MAX_NESTING {
                    let message = format!("the document is nested too deeply: at most {MAX_NESTING} brackets");
                    return Err(DocumentProblem::too_complex(message));
                }
                place + 1
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                place + 1
            }
            b'.' => skip_while(bytes, place, |byte| byte == b'.'),
            b'-' | b'0'..=b'9' => skip_while(bytes, place, |byte| is_of_word(byte) || b"+.".contains(&byte)),
            byte if is_of_word(byte) => skip_while(bytes, place, is_of_word),
            _ => place + 1,
        };
        if byte != b'"' && end - place > MAX_WORD {
            let message = format!("the document has a name or number that is too long: at most {MAX_WORD} characters");
            return Err(DocumentProblem::too_complex(message));
        }
        tokens += 1;
        if tokens > limits.tokens {
            return Err(DocumentProblem::too_complex(format!(
                "the document has too many parts: at most {} tokens",
                limits.tokens
            )));
        }
        place = end;
    }
    Ok(())
}

/// Bytes of names and numbers; other letters belong to no token and count as part of the word that contains them.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}

fn skip_while(bytes: &[u8], from: usize, matches: impl Fn(u8) -> bool) -> usize {
    let rest = &bytes[from..];
    from + rest.iter().position(|byte| !matches(*byte)).unwrap_or(rest.len())
}

/// Where the string that starts at `start` ends; the end of the text if it never does.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let is_block = bytes[start..].starts_with(b"\"\"\"");
    let (quotes, mut place) = if is_block {
        (&b"\"\"\""[..], start + 3)
    } else {
        (&b"\""[..], start + 1)
    };
    while place < bytes.len() {
        let rest = &bytes[place..];
        if rest.starts_with(quotes) {
            return place + quotes.len();
        }
        // In a block string only the escaped end mark is special.
        place += match rest[0] {
            b'\\' if !is_block => 2,
            b'\\' if rest[1..].starts_with(quotes) => 4,
            b'\n' | b'\r' if !is_block => return place,
            _ => 1,
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> usize {
        (0..)
            .find(|tokens| {
                let limits = Limits {
                    tokens: *tokens,
                    ..Limits::default()
                };
                scan(text, &limits).is_ok()
            })
            .expect("some number is enough")
    }

    #[test]
    fn tokens_are_counted_and_what_is_ignored_is_not() {
        for (text, count) in [
            ("", 0),
            ("{ a }", 3),
            ("{a,b , c}", 5),
            ("query Q($id: ID!) { a(id: $id) { ...F } }", 22),
            ("# { { {\n{ a }", 3),
            ("{ a(b: \"{ \\\" # {\") }", 8),
            ("{ a(b: \"\"\"{ \" \\\"\"\" {\"\"\", c: -1.5) }", 11),
            ("\"unfinished { {", 1),
            ("\"unfinished\n{", 2),
            ("\"\\", 1),
        ] {
            assert_eq!(tokens(text), count, "{text}");
        }
    }

    #[test]
    fn words_are_bounded_and_texts_are_not() {
        for (start, letter, fits) in [("", "a", 128), ("-", "1", 127), ("$", "a", 128), (".", ".", 127)] {
            let word = |letters: usize| format!("{{ {start}{} }}", letter.repeat(letters));
            assert!(scan(&word(fits), &Limits::default()).is_ok(), "{start}{letter}");
            let refusal = scan(&word(fits + 1), &Limits::default()).expect_err("too long");
            assert_eq!(refusal.code, "QUERY_TOO_COMPLEX");
        }
        let text = format!("{{ a(b: \"{0}\") }} # {0}", "a".repeat(1_000));
        assert!(scan(&text, &Limits::default()).is_ok());
    }

    #[test]
    fn nesting_is_bounded_whatever_the_brackets() {
        for bracket in ["{", "[", "(", "{a(b:[", "{a:["] {
            let deep = format!("{{a(b:{}", bracket.repeat(MAX_NESTING));
            let refusal = scan(&deep, &Limits::default()).expect_err("too deep");
            assert_eq!(refusal.code, "QUERY_TOO_COMPLEX");
        }
        assert!(scan(&"[]".repeat(500), &Limits::default()).is_ok());
    }
}
