//! Partners: creating and changing them, and the life cycle of the partnership.

mod checks;
mod create;
mod membership;
mod status;
mod update;

use crate::aggregate::aggregate;
use domain::partner::Partner;

pub(super) use checks::{group, locked, metadata};
pub use create::{NewPartner, create};
pub(super) use create::{PartnerDetails, first_transition, insert};
pub use membership::join_campaign;
pub(super) use membership::note_joined;
pub use status::change_status;
pub use update::{PartnerChange, update};

aggregate!(Partner: Partner, in partner, with external_id, answer);
