//! The parameters of exports.

use crate::export::{ExportKind, Exports, FileFormat, Parameter};

/// The parameters of an export, and the formats for which each is.
pub fn parameters(exports: &Exports, kind: ExportKind) -> Vec<(Parameter<'_>, Vec<FileFormat>)> {
    let mut found: Vec<(Parameter<'_>, Vec<FileFormat>)> = Vec::new();
    for form in kind.forms() {
        for parameter in exports.parameters(kind, *form) {
            match found.iter_mut().find(|(known, _)| known.name == parameter.name) {
                Some((_, forms)) => forms.push(*form),
                None => found.push((parameter, vec![*form])),
            }
        }
    }
    found
}
