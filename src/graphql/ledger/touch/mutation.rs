//! Recording touches, and tying visitors to customers.

use async_graphql::{Context, Object};

use super::input::{IdentifyCustomerInput, RecordTouchInput};
use super::object::Touch;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::ledger::customer::Customer;
use crate::graphql::rows::{PlainObject, Projected, ResultObject, Results, RowsField, SubSelection, unwritten};
use crate::graphql::user_error::{UserError, failed, payload, projected};
use auth::Resource;
use service::touch::{NewTouch, TouchResult, identify, record_touches};
use store::view::JsonText;

/// The result of recording a touch.
pub struct RecordTouchPayload {
    touch: Option<Touch>,
    duplicate: bool,
    user_errors: Vec<UserError>,
}

/// The result of recording a touch.
#[Object]
impl RecordTouchPayload {
    /// The touch; null if there are user errors.
    async fn touch(&self, ctx: &Context<'_>) -> Nullable<Projected<Touch>> {
        projected(ctx, Resource::Events, self.touch.as_ref())
    }

    /// Whether it had already been recorded; then nothing was written.
    async fn duplicate(&self) -> bool {
        self.duplicate
    }

    /// Problems with the input; empty if the touch is recorded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for RecordTouchPayload {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "duplicate" => json.truth(self.duplicate),
            "userErrors" => below.list(&self.user_errors, json),
            _ => unwritten(self, field, json),
        }
    }
}

impl ResultObject for RecordTouchPayload {
    fn rows(field: &str) -> Option<RowsField<Self>> {
        match field {
            "touch" => Some(RowsField::one(|payload: &Self| &payload.touch)),
            _ => None,
        }
    }
}

impl From<TouchResult> for RecordTouchPayload {
    fn from(result: TouchResult) -> Self {
        match result {
            Ok(recorded) => Self {
                touch: Some(recorded.touch.into()),
                duplicate: recorded.duplicate,
                user_errors: Vec::new(),
            },
            Err(problems) => Self {
                touch: None,
                duplicate: false,
                user_errors: problems.into_iter().map(UserError::from).collect(),
            },
        }
    }
}

payload! {
    /// The result of tying a visitor to a customer.
    IdentifyCustomerPayload {
        /// The customer; null if nothing was changed.
        customer: Customer, Events
    }
}

#[derive(Default)]
pub struct TouchMutation;

#[Object]
impl TouchMutation {
    /// Records up to 500 touches; an invalid entry does not affect the others. Needs `events:write`.
    async fn record_touches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The touches.")] input: Vec<RecordTouchInput>,
    ) -> Nullable<Results<RecordTouchPayload>> {
        let request = mutation(ctx).await;
        let touches = input.into_iter().map(NewTouch::from).collect();
        Some(match record_touches(&request.app, &request.caller, touches).await {
            Ok(results) => Ok(Results(results.into_iter().map(RecordTouchPayload::from).collect())),
            Err(error) => Err(failed(error)),
        })
    }

    /// Ties a visitor to a customer, for good: the visitor's touches count for the customer's events. A visitor that is
    /// tied to another customer is a CONFLICT. Needs `events:write`.
    async fn identify_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The visitor and the customer.")] input: IdentifyCustomerInput,
    ) -> Nullable<IdentifyCustomerPayload> {
        let request = mutation(ctx).await;
        let identified = identify(&request.app, &request.caller, input.into());
        Some(IdentifyCustomerPayload::of(&request, identified).await)
    }
}
