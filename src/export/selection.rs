//! Turns columns into the selection set of a row, and finds the column that a selected field belongs to.

use std::fmt::Write;

use super::list::ExportColumn;

/// The selected fields of an object, in order.
#[derive(Default)]
pub struct Selection {
    fields: Vec<(&'static str, SelectedNode)>,
}

pub enum SelectedNode {
    /// The value of a column, with its selection set if it is a list of objects.
    Value {
        column: usize,
        below: &'static str,
    },
    Object(Selection),
}

impl Selection {
    /// The selection of the columns for which `shown` is true.
    pub fn of(columns: &'static [ExportColumn], shown: impl Fn(&ExportColumn) -> bool) -> Self {
        let mut selection = Self::default();
        for (number, column) in columns.iter().enumerate().filter(|(_, column)| shown(column)) {
            let (path, below) = match column.path.find(" {") {
                Some(end) => column.path.split_at(end),
                None => (column.path, ""),
            };
            selection.add(path, number, below);
        }
        selection
    }

    fn add(&mut self, path: &'static str, column: usize, below: &'static str) {
        let Some((first, rest)) = path.split_once('.') else {
            self.fields.push((path, SelectedNode::Value { column, below }));
            return;
        };
        let known = self.fields.iter_mut().find_map(|(name, selected)| match selected {
            SelectedNode::Object(object) if *name == first => Some(object),
            _ => None,
        });
        match known {
            Some(object) => object.add(rest, column, below),
            None => {
                let mut object = Self::default();
                object.add(rest, column, below);
                self.fields.push((first, SelectedNode::Object(object)));
            }
        }
    }

    pub fn field(&self, name: &str) -> Option<&SelectedNode> {
        self.fields
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, selected)| selected)
    }

    /// Writes it in the syntax of a document.
    pub fn write(&self, text: &mut String) {
        text.push('{');
        for (name, selected) in &self.fields {
            text.push(' ');
            match selected {
                SelectedNode::Value { below, .. } => write!(text, "{name}{below}").expect("text grows"),
                SelectedNode::Object(object) => {
                    text.push_str(name);
                    text.push(' ');
                    object.write(text);
                }
            }
        }
        text.push_str(" }");
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::{column, own};
    use super::*;

    static COLUMNS: [ExportColumn; 5] = [
        own("id"),
        column("partner", "event.partner.id"),
        column("labels", "labels { id }"),
        column("event", "event.id"),
        column("name", "event.partner.name"),
    ];

    #[test]
    fn an_object_is_selected_once() {
        let mut text = String::new();
        Selection::of(&COLUMNS, |_| true).write(&mut text);
        assert_eq!(text, "{ id event { partner { id name } id } labels { id } }");
        text.clear();
        Selection::of(&COLUMNS, |column| column.name != "labels").write(&mut text);
        assert_eq!(text, "{ id event { partner { id name } id } }");
    }
}
