//! Who is calling and what they may do. A request carries a token; a token identifies a [`Caller`]; a caller grants the
//! [`Scope`] that every read of the store requires, and the [`Writer`] that every write requires.

mod api_key;
mod authenticate;
mod caller;
mod issuer;
mod key_ring;
mod keys;
mod permission;
mod private_key;
mod public_key;
mod recent;
mod scope;
mod sealing;
mod token_form;

pub use api_key::{ApiKey, KeyHash, KeyUses, NewKey};
pub use authenticate::{AuthError, authenticate, authenticate_listener};
pub use caller::{Call, Caller, Denied, Writer};
pub use issuer::{ClaimPath, IssuerError, IssuerSettings, Issuers, KeyFetching};
pub use keys::{Claims, KeyError, Keys};
pub use permission::{Permission, Permissions, Resource};
pub use recent::RecentReads;
pub use scope::Scope;
pub use sealing::{Sealed, SealingError, SealingKeys, new_secret};
