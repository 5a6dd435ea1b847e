//! Events: what happened, which partner is credited, and why the event earned what it earned.

mod attribution;
mod decision;
mod decision_query;
mod description;
mod filter;
mod item;
mod mutation;
mod object;
mod query;
mod record;
mod revenue;

pub use attribution::{ATTRIBUTION, AttributedVia, Attribution};
pub use decision::NoCommissionReason;
pub use decision_query::DecisionQuery;
pub use description::EVENT;
pub use item::EventItemInput;
pub use mutation::EventMutation;
pub use object::{Event, EventKind};
pub use query::{EventOrderField, EventQuery};
