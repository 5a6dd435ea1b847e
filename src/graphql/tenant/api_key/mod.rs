//! API keys.

mod mutation;
mod object;
mod query;

pub use mutation::ApiKeyMutation;
pub use object::{API_KEY, ApiKey};
pub use query::ApiKeyQuery;
