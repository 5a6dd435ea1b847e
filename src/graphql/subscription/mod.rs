//! Subscriptions: events from now on, or from a cursor on.
//!
//! Each event is executed separately, with its own [`RequestContext`](super::RequestContext), so that no loader returns
//! what was cached for an earlier event. To do this, the subscription's operation runs as a query on a second schema,
//! whose query root is the type Subscription: once to determine the topic, and then once for each event. The library's
//! own subscriptions would share one context among all events, and ignore fragments at the root.

mod cursor;
mod executor;
mod schema;
mod source;

pub use executor::{SubscriptionExecutor, as_query};
pub use schema::{EventPayload, Subscription};
pub use source::{ChangeNotice, ChangeSource, rows};

pub use store::outbox::{ChangeBatch, ReceivedBatch, ResumeError};
