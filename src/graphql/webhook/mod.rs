//! Webhook endpoints and their deliveries.

mod attempt;
mod delivery;
mod delivery_query;
mod endpoint;
mod input;
mod mutation;
mod payload;

pub use delivery::{WEBHOOK_DELIVERY, WebhookDelivery};
pub use delivery_query::WebhookDeliveryQuery;
pub use endpoint::{WEBHOOK_ENDPOINT, WebhookEndpoint, WebhookQuery};
pub use mutation::WebhookMutation;
