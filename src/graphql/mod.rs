//! The GraphQL schema: one folder per part of the domain. Types wrap domain values and list their fields explicitly, so
//! that a new column is never public by accident. Reads go to the store with the caller's scope, writes to the
//! services.
//!
//! In a folder, `object` has a type and its resolvers, `description` how its fields are read from the database,
//! `filter` and `input` the input types, `query` and `mutation` its root fields, which `root` combines. Shared code is
//! in these modules:
//!
//! - requests: `context`, `call`, `aggregates`, `error`, `user_error`, `identity`;
//! - lists: `connection`, `page_arguments`, `cursor`, `order`, `lookup`;
//! - values: `scalar`, `shared`, `money`, `interval`, `input`;
//! - reading: `rows` projects rows by their selection sets, `loader` batches the reads of the resolvers of a level;
//! - other entry points: `node`, `federation`, `subscription`.

mod aggregates;
mod backtest;
mod call;
mod campaign;
mod connection;
mod context;
mod coupon;
mod cursor;
mod deal;
mod entry_result;
mod error;
mod federation;
mod identity;
mod input;
mod interval;
mod label;
mod ledger;
mod link;
mod loader;
mod lookup;
mod money;
mod node;
mod order;
mod page_arguments;
mod partner;
mod partner_group;
mod partnership_request;
mod payout;
mod root;
mod rows;
mod scalar;
mod shared;
pub mod subscription;
mod tenant;
mod terms;
mod tiered;
mod user_error;
mod webhook;

use async_graphql::registry::Registry;
use async_graphql::{OutputType, SDLExportOptions, ValidationMode};

pub use context::RequestContext;
pub use error::{
    ApiError, BAD_USER_INPUT_CODE, FORBIDDEN_CODE, INTERNAL_CODE, INTERNAL_MESSAGE, MUTATION_WAS_DONE, TOO_LARGE_CODE,
    TOO_LARGE_MESSAGE,
};
pub use federation::subgraph_sdl;
pub use page_arguments::{DEFAULT_PAGE, MAX_PAGE};
pub use root::{Mutation, Query};
pub use rows::text;
pub use rows::{Observation, RowObserver};
pub use scalar::check_scalar;
use subscription::Subscription;

pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema, which validates documents in full.
pub fn schema() -> Schema {
    build(ValidationMode::Strict)
}

/// The schema for documents that are already validated: the library only checks what its own execution needs.
pub fn schema_for_validated_documents() -> Schema {
    build(ValidationMode::Fast)
}

fn build(mode: ValidationMode) -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription)
        .validation_mode(mode)
        .finish()
}

/// Every type that queries can reach or take as input, for code that builds documents.
pub fn query_types() -> Registry {
    let mut types = Registry::default();
    Query::create_type_info(&mut types);
    types
}

/// The schema in its published form, `schema.graphql`.
pub fn sdl() -> String {
    let sdl = schema().sdl_with_options(
        SDLExportOptions::new()
            .sorted_fields()
            .sorted_enum_items()
            .sorted_arguments()
            .include_specified_by(),
    );
    tidy(&sdl)
}

/// Trims the trailing white space that the exporter leaves.
fn tidy(sdl: &str) -> String {
    let lines: Vec<_> = sdl.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim())
}
