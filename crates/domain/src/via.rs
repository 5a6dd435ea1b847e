//! How it is known who brought an event.

use super::text_enum;

text_enum! {
    /// How it is known who brought an event.
    #[derive(serde::Serialize, serde::Deserialize)]
    AttributedVia {
        /// The event named the partner, or staff did later.
        Named = "NAMED",
        /// Its customer was bound to the partner.
        Binding = "BINDING",
        Link = "LINK",
        Coupon = "COUPON",
        Referral = "REFERRAL",
    }
}
