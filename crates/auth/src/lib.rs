//! Who is calling and what they may do. A request carries [`Credentials`]; once they are verified they make a
//! [`Caller`], which grants the [`Scope`] of reads of the store and the [`Writer`] of writes.
//!
//! This crate lies below the store. What credentials mean in the database (whether a key is revoked, whether a partner
//! may sign in) is looked up by `service::authentication`.

mod api_key;
mod caller;
mod credentials;
mod issuer;
mod jwt;
mod key_error;
mod key_ring;
mod parsed_token;
mod permission;
mod private_key;
mod public_key;
mod scope;
mod sealing;
mod subject;
mod unique_json;

pub use api_key::{ApiKey, KeyHash, KeyUses, NewKey};
pub use caller::{Call, Caller, Denied, Writer};
pub use credentials::{Credentials, verify_token};
pub use issuer::{ClaimPath, IssuerError, IssuerSettings, Issuers, KeyFetching};
pub use jwt::{Claims, IssuedAt, Keys};
pub use key_error::KeyError;
pub use permission::{Permission, Permissions, Resource};
pub use scope::Scope;
pub use sealing::{Sealed, SealingError, SealingKeys, new_secret};
pub use subject::is_issuer;
