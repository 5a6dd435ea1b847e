//! Imported touches.

use std::collections::HashMap;

use uuid::Uuid;

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, conflict};
use crate::ServiceError;
use crate::app::App;
use crate::imported::Outcome;
use crate::ledger::touches::TouchDraft;
use crate::touch::{NewTouch, SaidOwner, record_in};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::id::{CampaignId, PartnerId, TouchId};
use domain::touch::Touch;
use store::{StoreError, Transaction};

/// A touch of another system.
#[derive(Clone, Debug)]
pub struct ImportedTouch {
    pub external_id: String,
    pub visitor_id: Option<String>,
    pub customer_external_id: Option<String>,
    pub link_key: Option<String>,
    pub coupon_code: Option<String>,
    /// Who recommended something; of a link or a coupon, whose that is said to be.
    pub partner_id: Option<PartnerId>,
    pub campaign_id: Option<CampaignId>,
    pub occurred_at: Timestamp,
}

impl ImportedTouch {
    fn draft(&self) -> NewTouch {
        // Where a link or a coupon is named, that says whose the touch is.
        let of_pair = self.link_key.is_none() && self.coupon_code.is_none();
        let partner_id = self.partner_id.filter(|_| of_pair).map(|id| id.to_string());
        let campaign_id = self.campaign_id.filter(|_| of_pair).map(|id| id.to_string());
        NewTouch {
            external_id: self.external_id.clone(),
            visitor_id: self.visitor_id.clone(),
            customer_external_id: self.customer_external_id.clone(),
            touch: TouchDraft {
                link_key: self.link_key.clone(),
                coupon_code: self.coupon_code.clone(),
                partner_id,
                campaign_id,
                occurred_at: Some(self.occurred_at),
            },
            owner: SaidOwner {
                partner: self.partner_id,
                campaign: self.campaign_id,
            },
        }
    }
}

/// Imports touches, at most [`MAX_RECORDS`]; the caller has looked up partners and campaigns. They are recorded as
/// `recordTouches` does, with the times of the file, and credit events that are recorded later.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    touches: Vec<ImportedTouch>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(touches.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Events)?;
    attempts(app, &writer, mode, async |transaction| {
        attempt(app, transaction, &writer, &touches).await
    })
    .await
}

async fn attempt(
    app: &App,
    transaction: &Transaction,
    writer: &Writer,
    touches: &[ImportedTouch],
) -> Result<Vec<MovingInResult>, StoreError> {
    let own = recorded_here(transaction, writer, touches).await?;
    let known = |touch: &ImportedTouch| {
        let id = touch.external_id.parse::<TouchId>().ok();
        id.is_some_and(|id| own.contains_key(&id.uuid()))
    };
    let foreign = touches.iter().filter(|touch| !known(touch));
    let drafts: Vec<_> = foreign.map(ImportedTouch::draft).collect();
    let mut recorded = record_in(app, transaction, writer, &drafts).await?.into_iter();
    let answers = touches.iter().map(|touch| match known(touch) {
        true => Err(conflict("externalId", "is the id of a touch that was recorded here")),
        false => match recorded.next() {
            Some(result) => result.map(|recorded| match recorded.duplicate {
                true => Outcome::Unchanged,
                false => Outcome::Created,
            }),
            None => Ok(Outcome::Unchanged),
        },
    });
    Ok(answers.collect())
}

/// The touches whose own ids are in the file: it was exported from this tenant, and they are not recorded again.
async fn recorded_here(
    transaction: &Transaction,
    writer: &Writer,
    touches: &[ImportedTouch],
) -> Result<HashMap<Uuid, Touch>, StoreError> {
    let ids = touches
        .iter()
        .filter_map(|touch| touch.external_id.parse::<TouchId>().ok());
    let ids: Vec<_> = ids.map(|id| id.uuid()).collect();
    match ids.is_empty() {
        true => Ok(HashMap::new()),
        false => store::touch::by_ids(transaction, &writer.scope(), &ids).await,
    }
}
