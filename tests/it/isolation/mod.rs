//! Who sees and does what: partners, scopes, tenants and tokens.

mod comeback;
mod cursors;
mod identity;
mod lookups;
mod scopes;
mod single_scopes;
mod tokens;
pub mod walk;
mod writes;
