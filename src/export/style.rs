//! The parameters that say how a list is written as CSV.

use super::kind::FileFormat;
use super::parameters::Parameter;
use super::sheet::{CsvStyle, RowFormat};

/// Parameters by name.
type Given<'p> = Vec<(&'p str, &'p str)>;

const PARAMETERS: [Parameter<'static>; 3] = [
    Parameter::new(
        "separator",
        ",|;|tab",
        "What separates the cells of a line; by default a comma.",
    ),
    Parameter::new(
        "decimal",
        ".|,",
        "What separates the decimals of a number; by default a point.",
    ),
    Parameter::new(
        "bom",
        "Boolean",
        "Whether the file begins with a byte order mark, without which some programs do not recognise UTF-8.",
    ),
];

/// The parameters that a list takes in this format, in addition to its own.
pub(super) fn parameters(form: FileFormat) -> &'static [Parameter<'static>] {
    match form {
        FileFormat::Csv => &PARAMETERS,
        _ => &[],
    }
}

/// Splits the parameters that say how rows are written from those of the list. The error says what to fix.
pub(super) fn split<'p>(
    form: FileFormat,
    given: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> Result<(RowFormat, Given<'p>), Vec<String>> {
    let (mut style, mut wrong) = (CsvStyle::default(), Vec::new());
    let (chosen, rest): (Vec<_>, Vec<_>) = given
        .into_iter()
        .partition(|(name, _)| PARAMETERS.iter().any(|parameter| parameter.name == *name));
    for (place, (name, text)) in chosen.iter().enumerate() {
        if form != FileFormat::Csv {
            wrong.push(format!("{name} is for csv only"));
            continue;
        }
        if chosen[..place].iter().any(|(before, _)| before == name) {
            wrong.push(format!("{name} is given twice"));
            continue;
        }
        match (*name, *text) {
            ("separator", "," | ";") => style.separator = text.as_bytes()[0],
            ("separator", "tab" | "\t") => style.separator = b'\t',
            ("separator", _) => wrong.push(format!(
                "separator must be a comma, a semicolon or the word tab, not {text:?}"
            )),
            ("decimal", "." | ",") => style.decimal_comma = *text == ",",
            ("decimal", _) => wrong.push(format!("decimal must be a point or a comma, not {text:?}")),
            (_, "true" | "false") => style.has_mark = *text == "true",
            (_, _) => wrong.push(format!("bom must be true or false, not {text:?}")),
        }
    }
    match (wrong.is_empty(), form) {
        (false, _) => Err(wrong),
        (true, FileFormat::JsonLines) => Ok((RowFormat::JsonLines, rest)),
        (true, _) => Ok((RowFormat::Csv(style), rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_checked_and_the_rest_is_the_lists() {
        let given = [
            ("separator", ";"),
            ("status", "PAID"),
            ("decimal", ","),
            ("bom", "true"),
        ];
        let style = CsvStyle {
            separator: b';',
            decimal_comma: true,
            has_mark: true,
        };
        assert_eq!(
            split(FileFormat::Csv, given),
            Ok((RowFormat::Csv(style), vec![("status", "PAID")]))
        );
        assert_eq!(split(FileFormat::JsonLines, []), Ok((RowFormat::JsonLines, vec![])));
        let wrong = |form, given: &[(&'static str, &'static str)]| split(form, given.iter().copied()).unwrap_err();
        assert_eq!(
            wrong(FileFormat::Xlsx, &given),
            [
                "separator is for csv only",
                "decimal is for csv only",
                "bom is for csv only"
            ]
        );
        let many = [("separator", "|"), ("decimal", "x"), ("bom", "yes"), ("bom", "true")];
        assert_eq!(wrong(FileFormat::Csv, &many).len(), 4);
    }
}
