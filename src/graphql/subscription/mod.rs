//! Subscriptions: what happens from now on.
//!
//! Each event is an execution of its own, with a [`RequestContext`](super::RequestContext) of its own, so that no loader
//! remembers what an earlier event read. For that the subscription's operation runs as a query on a second schema, whose
//! query root is the type Subscription: once to find out what is to be heard, and then once for each event. The library's
//! own subscriptions would share one context among all events, and leave out fragments at the root.

mod cursor;
mod executor;
mod schema;
mod source;

pub use executor::{SubscriptionExecutor, as_query};
pub use schema::{EventPayload, Subscription};
pub use source::{ChangeNotice, ChangeSource, rows};

pub use store::outbox::{ChangeBatch, Heard, Unheard};
