//! From columns to what a document selects of a row, and where in a row each of them is found.

use std::fmt::Write;

use super::list::Column;

/// What is selected of an object, in order.
#[derive(Default)]
pub struct Selection {
    fields: Vec<(&'static str, Selected)>,
}

pub enum Selected {
    /// The value of a column, with what is selected below it where it is a list of objects.
    Value {
        column: usize,
        below: &'static str,
    },
    Object(Selection),
}

impl Selection {
    /// Of the columns that `shown` lets through.
    pub fn of(columns: &'static [Column], shown: impl Fn(&Column) -> bool) -> Self {
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
            self.fields.push((path, Selected::Value { column, below }));
            return;
        };
        let known = self.fields.iter_mut().find_map(|(name, selected)| match selected {
            Selected::Object(object) if *name == first => Some(object),
            _ => None,
        });
        match known {
            Some(object) => object.add(rest, column, below),
            None => {
                let mut object = Self::default();
                object.add(rest, column, below);
                self.fields.push((first, Selected::Object(object)));
            }
        }
    }

    pub fn field(&self, name: &str) -> Option<&Selected> {
        self.fields
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, selected)| selected)
    }

    /// Writes it as a document has it.
    pub fn write(&self, text: &mut String) {
        text.push('{');
        for (name, selected) in &self.fields {
            text.push(' ');
            match selected {
                Selected::Value { below, .. } => write!(text, "{name}{below}").expect("text grows"),
                Selected::Object(object) => {
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
    use super::*;

    static COLUMNS: [Column; 5] = [
        Column {
            name: "id",
            path: "id",
            needs: None,
        },
        Column {
            name: "partner",
            path: "event.partner.id",
            needs: None,
        },
        Column {
            name: "labels",
            path: "labels { id }",
            needs: None,
        },
        Column {
            name: "event",
            path: "event.id",
            needs: None,
        },
        Column {
            name: "name",
            path: "event.partner.name",
            needs: None,
        },
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
