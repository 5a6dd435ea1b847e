//! Limits on what a request may ask for. Every limit is a setting; these are the defaults.

/// The section `[limits]` of the settings file.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest head of a request in bytes. As much is read of a body before its sender is known.
    pub head_bytes: usize,
    /// The largest request body in bytes.
    pub body_bytes: usize,
    /// Maximum number of values in a body: objects, lists, texts, numbers.
    pub body_values: usize,
    /// The longest GraphQL document in bytes.
    pub document_bytes: usize,
    /// Maximum number of a document's tokens: names, numbers, strings and punctuators.
    pub tokens: usize,
    /// How deeply fields may be nested.
    pub depth: u64,
    /// How deeply fields may be nested below `__schema` and `__type`.
    pub introspection_depth: u64,
    /// Aliases, counted wherever their fragment is spread.
    pub aliases: u64,
    /// Fields at the root of a query.
    pub root_fields: u64,
    /// Fields at the root of a mutation.
    pub mutation_root_fields: u64,
    /// Directives, counted wherever their fragment is spread.
    pub directives: u64,
    /// Selections of all operations once every fragment is expanded.
    pub selections: u64,
    /// The largest `first` or `last` of a connection.
    pub page_size: u64,
    /// Maximum number of ids for `nodes`, and of representations for `_entities`.
    pub node_ids: usize,
    /// The highest cost of a query.
    pub cost: u64,
    /// The longest list in an argument.
    pub input_list: usize,
    /// Size of the arguments' values in bytes, each counted as often as it is used, with 64 bytes besides its text.
    pub argument_bytes: u64,
    /// The largest answer in bytes.
    pub answer_bytes: usize,
    /// Maximum number of errors in an answer.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 16 * 1024,
            body_bytes: 1024 * 1024,
            body_values: 100_000,
            document_bytes: 32 * 1024,
            tokens: 2_000,
            depth: 12,
            introspection_depth: 15,
            aliases: 30,
            root_fields: 20,
            mutation_root_fields: 10,
            directives: 50,
            selections: 1_000,
            page_size: 500,
            node_ids: 100,
            cost: 5_000,
            input_list: 500,
            argument_bytes: 4 * 1024 * 1024,
            answer_bytes: 16 * 1024 * 1024,
            errors: 10,
        }
    }
}
