//! The GraphQL documents that read a list.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

use super::list::{ExportList, ParameterSource};
use super::selection::Selection;

/// The documents that read a list.
pub(super) struct ListQueries<'a> {
    pub(super) list: &'static ExportList,
    /// The names and types of the field's arguments.
    pub(super) arguments: Vec<(&'a str, &'a str)>,
}

impl ListQueries<'_> {
    pub(super) fn page(&self, selection: &Selection) -> ExecutableDocument {
        let mut nodes = String::new();
        selection.write(&mut nodes);
        let page = format!("pageInfo {{ hasNextPage endCursor }} nodes {nodes}");
        self.document(", $first: Int, $after: String", "first: $first, after: $after", &page)
    }

    pub(super) fn count(&self) -> ExecutableDocument {
        self.document("", "", "totalCount")
    }

    /// A document that selects these fields of the list.
    fn document(&self, declared: &str, arguments: &str, selected: &str) -> ExecutableDocument {
        let (own, passed) = (self.declared(), self.passed());
        let field = self.list.field;
        let text = match self.list.asked {
            ParameterSource::Filter | ParameterSource::ArgumentsAndFilter => {
                format!("query({own}{declared}) {{ page: {field}({passed}, {arguments}) {{ {selected} }} }}")
            }
            ParameterSource::Arguments(within) => {
                let arguments = match arguments {
                    "" => String::new(),
                    arguments => format!("({arguments})"),
                };
                format!(
                    "query({own}{declared}) {{ page: {field}({passed}) {{ page: {within}{arguments} {{ {selected} }} }} }}"
                )
            }
        };
        parsed(&text)
    }

    pub(super) fn ends(&self) -> Option<ExecutableDocument> {
        let ParameterSource::Arguments(_) = self.list.asked else {
            return None;
        };
        let (own, passed, field) = (self.declared(), self.passed(), self.list.field);
        let selected = "from to opening { amount currency } closing { amount currency }";
        Some(parsed(&format!(
            "query({own}) {{ page: {field}({passed}) {{ {selected} }} }}"
        )))
    }

    fn declared(&self) -> String {
        let declared = self.arguments.iter().map(|(name, ty)| format!("${name}: {ty}"));
        declared.collect::<Vec<_>>().join(", ")
    }

    fn passed(&self) -> String {
        let passed = self.arguments.iter().map(|(name, _)| format!("{name}: ${name}"));
        passed.collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn parsed(text: &str) -> ExecutableDocument {
    parse_query(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}
