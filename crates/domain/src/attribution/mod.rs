//! Who brought a sale: touches of partners' links, coupons and recommendations, within a window and under a model.

pub mod destination;
mod model;
pub mod redirect;
pub mod settings;
mod touches;

pub use settings::{
    AttributionBinding, AttributionDraft, AttributionModel, AttributionSettings, CouponRule, PositionDraft,
    PositionShares,
};
pub use touches::{
    ConsideredTouch, MAX_TOUCHES, STATED_LATENESS, TouchCredit, TouchOutcome, TouchRefusal, TouchedEvent, Untouched,
};
