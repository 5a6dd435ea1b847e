//! A checked request for a list, with the documents that read it.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::registry::{MetaField, MetaType};
use async_graphql::{Name, Value, Variables};

use super::Exports;
use super::error::ExportError;
use super::list;
use super::list::{ExportList, ParameterSource};
use super::parameters::{Parameter, Parameters};
use super::query::ListQueries;
use super::selection::Selection;
use super::sheet::{CellKind, SheetHeading};
use auth::{Caller, Scope};

/// Arguments of lists that exports give themselves.
const PAGING: [&str; 4] = ["first", "after", "last", "before"];

/// A list that may be exported.
pub struct ListRequest {
    pub(super) list: &'static ExportList,
    headings: Vec<SheetHeading>,
    pub(super) caller: Caller,
    pub(super) variables: IndexMap<Name, Value>,
    pub(super) selection: Selection,
    pub(super) page: ExecutableDocument,
    pub(super) count: ExecutableDocument,
    /// Reads the rows before the first and after the last row, if the list has such rows.
    pub(super) ends: Option<ExecutableDocument>,
}

impl Exports {
    /// Checks the parameters and the caller's permissions; reads nothing.
    pub(super) fn order<'p>(
        &self,
        list: &'static ExportList,
        caller: Caller,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<ListRequest, ExportError> {
        caller.read(list.resource)?;
        let field = self.field("Query", list.field);
        let arguments = field.args.values();
        let arguments: Vec<_> = match list.asked {
            ParameterSource::Filter => vec![("filter", filter_of(field))],
            ParameterSource::Arguments(_) | ParameterSource::ArgumentsAndFilter => arguments
                .map(|argument| (argument.name.as_str(), argument.ty.as_str()))
                .collect(),
        };
        let mut read = self.parameters_of(list).read(given).map_err(ExportError::Wrong)?;
        let (variables, arguments) = match list.asked {
            ParameterSource::Filter => (IndexMap::from([(Name::new("filter"), Value::Object(read))]), arguments),
            ParameterSource::Arguments(_) => (read, arguments),
            ParameterSource::ArgumentsAndFilter => {
                let mut variables = IndexMap::new();
                for (name, ty) in &arguments {
                    if let Some(value) = read.swap_remove(*name) {
                        variables.insert(Name::new(*name), value);
                    } else if ty.starts_with('[') {
                        variables.insert(Name::new(*name), Value::List(Vec::new()));
                    }
                }
                variables.insert(Name::new("filter"), Value::Object(read));
                let given = arguments.into_iter().filter(|(name, _)| variables.contains_key(*name));
                (variables.clone(), given.collect())
            }
        };
        let may_see = |column: &list::ExportColumn| column.needs.is_none_or(|needs| caller.read_linked(needs).is_ok());
        let selection = Selection::of(list.columns, may_see);
        let row = self.row_type(list, &field.ty);
        let headings = list.columns.iter().map(|column| SheetHeading {
            name: column.name,
            kind: self.cell_kind(row, column.path),
        });
        let documents = ListQueries { list, arguments };
        Ok(ListRequest {
            headings: headings.collect(),
            page: documents.page(&selection),
            count: documents.count(),
            ends: documents.ends(),
            list,
            caller,
            variables,
            selection,
        })
    }

    /// The parameters of a list.
    pub(super) fn parameters_of(&self, list: &ExportList) -> Parameters<'_> {
        let field = self.field("Query", list.field);
        let arguments = field.args.values().map(Parameter::declared);
        match list.asked {
            ParameterSource::Filter => Parameters::of_input(&self.types, filter_of(field)),
            ParameterSource::Arguments(_) => Parameters::of(&self.types, arguments.collect()),
            ParameterSource::ArgumentsAndFilter => {
                let has_default = |name: &str| field.args[name].default_value.is_some();
                let own = arguments.filter(|argument| argument.name != "filter" && !PAGING.contains(&argument.name));
                let own = own.map(|argument| match has_default(argument.name) || argument.is_list() {
                    true => Parameter {
                        ty: argument.ty.trim_end_matches('!'),
                        ..argument
                    },
                    false => argument,
                });
                Parameters::of_input(&self.types, filter_of(field)).and(own)
            }
        }
    }

    fn field(&self, ty: &str, name: &str) -> &MetaField {
        let known = self.types.types.get(named(ty)).and_then(|ty| ty.field_by_name(name));
        known.unwrap_or_else(|| panic!("{ty} has no field {name}"))
    }

    /// The type of a list's rows. `ty` is the type of the list's field.
    fn row_type(&self, list: &ExportList, ty: &str) -> &str {
        let connection = match list.asked {
            ParameterSource::Filter | ParameterSource::ArgumentsAndFilter => ty,
            ParameterSource::Arguments(within) => &self.field(ty, within).ty,
        };
        named(&self.field(connection, "nodes").ty)
    }

    /// What the field at `path` contains.
    fn cell_kind(&self, row: &str, path: &str) -> CellKind {
        let path = path.split(' ').next().unwrap_or(path);
        let ty = path.split('.').fold(row, |ty, name| named(&self.field(ty, name).ty));
        match (self.types.types.get(ty), ty) {
            (_, "String" | "JSON") => CellKind::FreeText,
            (_, "Decimal" | "Int") => CellKind::Number,
            (_, "DateTime") => CellKind::Moment,
            (_, "Boolean") => CellKind::Truth,
            (Some(MetaType::Scalar { .. } | MetaType::Enum { .. }), _) => CellKind::Word,
            _ => CellKind::FreeText,
        }
    }
}

/// The type of a list's argument `filter`.
fn filter_of(field: &MetaField) -> &str {
    field.args.get("filter").map_or("", |filter| filter.ty.as_str())
}

/// The name of a type without list and non-null markers.
fn named(ty: &str) -> &str {
    ty.trim_matches(|letter| "[]!".contains(letter))
}

impl ListRequest {
    pub(super) fn name(&self) -> &'static str {
        self.list.name
    }

    pub(super) fn scope(&self) -> Scope {
        Scope::tenant_wide(self.caller.tenant())
    }

    pub fn headings(&self) -> Vec<SheetHeading> {
        self.headings.clone()
    }

    pub(super) fn variables(&self) -> Variables {
        let mut variables = Variables::default();
        for (name, value) in &self.variables {
            variables.insert(name.clone(), value.clone());
        }
        variables
    }
}
