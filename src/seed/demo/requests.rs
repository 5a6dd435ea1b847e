//! The demo's requests to join. The last of them ends the fill.

use super::{Classes, Stage};
use crate::domain::partnership_request::{PartnershipRequest, PartnershipRequestStatus};
use crate::service::ServiceError;
use crate::service::partnership_request::{NewPartnershipRequest, approve, create, reject};
use crate::store::{self, StoreError};

enum Answer {
    None,
    /// Into this group.
    Approve(&'static str),
    Reject(&'static str),
}

/// Name, e-mail, campaign, message, the day it came, the answer four days later.
type Row = (&'static str, &'static str, &'static str, &'static str, i64, Answer);

const REQUESTS: [Row; 6] = [
    (
        "Nordlicht Reisen",
        "partner@nordlicht-reisen.example",
        "city",
        "We run a newsletter for 12,000 readers who travel by train.",
        140,
        Answer::Approve("creators"),
    ),
    // The address is a partner's, who joins one more campaign.
    (
        "Ada Lindqvist",
        "ada@lindqvist.example",
        "team",
        "My readers ask for the team plan.",
        190,
        Answer::Approve("creators"),
    ),
    (
        "Coupon Cascade",
        "deals@couponcascade.example",
        "signup",
        "Two million visits a month!",
        210,
        Answer::Reject("Coupon sites are not part of this programme"),
    ),
    (
        "Werkstatt Acht",
        "moin@werkstatt-acht.example",
        "processing",
        "We equip workshops with tills.",
        228,
        Answer::None,
    ),
    (
        "Ines Carvalho",
        "ines@carvalho.example",
        "annual",
        "",
        235,
        Answer::None,
    ),
    (
        "Zweite Heimat",
        "redaktion@zweite-heimat.example",
        "city",
        "A travel magazine, founded in 2009.",
        238,
        Answer::None,
    ),
];

/// Whether the demo was filled to its end once.
pub async fn last_is_there(stage: &Stage<'_>) -> Result<bool, StoreError> {
    let (_, email, ..) = REQUESTS[REQUESTS.len() - 1];
    Ok(find(stage, email).await?.is_some())
}

pub async fn make(stage: &Stage<'_>, classes: &Classes) -> Result<(), ServiceError> {
    for (turn, (name, email, campaign, message, day, answer)) in REQUESTS.into_iter().enumerate() {
        let request = match find(stage, email).await? {
            Some(request) => request,
            None => {
                let request = NewPartnershipRequest {
                    name: name.to_owned(),
                    email: email.to_owned(),
                    campaign_id: classes.campaigns.of(campaign),
                    message: Some(message.to_owned()),
                };
                create(&stage.on(day, turn), &stage.caller(), request).await?
            }
        };
        if request.status == PartnershipRequestStatus::Pending {
            let (app, caller, id) = (stage.on(day + 4, turn), stage.caller(), request.id.to_string());
            match answer {
                Answer::None => {}
                Answer::Approve(group) => {
                    approve(&app, &caller, &id, Some(&classes.groups.of(group))).await?;
                }
                Answer::Reject(reason) => {
                    reject(&app, &caller, &id, reason).await?;
                }
            }
        }
    }
    Ok(())
}

async fn find(stage: &Stage<'_>, email: &str) -> Result<Option<PartnershipRequest>, StoreError> {
    store::partnership_request::find_newest_of(stage.app.store.reader(), &stage.scope(), email).await
}
