//! Partners: creating and changing them, and the life of the partnership.

mod checks;
mod create;
mod membership;
mod status;
mod update;

pub(super) use checks::{group, locked, metadata};
pub(super) use create::{Details, insert};
pub use create::{NewPartner, create};
pub use membership::join_campaign;
pub(super) use membership::note_joined;
pub use status::change_status;
pub use update::{PartnerChange, update};
