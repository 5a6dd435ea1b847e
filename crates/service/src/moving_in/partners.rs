//! Imported partners: ACTIVE, INVITED, or with the status that they had in the other system.

use std::collections::HashMap;

use super::{MAX_RECORDS, Mode, MovingInResult, attempts, unchanged};
use crate::ServiceError;
use crate::app::App;
use crate::imported::Outcome;
use crate::partner::{first_transition, metadata};
use auth::{Caller, Resource, Writer};
use domain::history::Moment;
use domain::id::{CampaignId, PartnerCategoryId, PartnerGroupId, PartnerId, PartnerTierId, PartnerTransitionId};
use domain::money::Currency;
use domain::partner::{Partner, PartnerStatus, PartnerTransition, PartnerType};
use domain::problem::{Problem, ProblemCode, Problems};
use domain::{Timestamp, text, time};
use store::{StoreError, Transaction};

/// A partner of another system; what is `None` or empty was not given.
#[derive(Clone, Debug, Default)]
pub struct ImportedPartner {
    pub external_id: String,
    pub name: String,
    pub email: String,
    pub partner_type: Option<PartnerType>,
    pub status: Option<PartnerStatus>,
    pub group_id: Option<PartnerGroupId>,
    pub tier_id: Option<PartnerTierId>,
    pub category_ids: Vec<PartnerCategoryId>,
    pub campaign_ids: Vec<CampaignId>,
    pub tags: Vec<String>,
    pub metadata: Option<serde_json::Value>,
    pub payout_currency: Option<Currency>,
    pub payout_reference: Option<String>,
    /// When it joined in the other system; a time in the future counts as now.
    pub created_at: Option<Timestamp>,
}

/// Imports partners, at most [`MAX_RECORDS`]; the caller has looked up groups, tiers and the like. Six statements.
pub async fn bring_in(
    app: &App,
    caller: &Caller,
    mode: Mode,
    partners: Vec<ImportedPartner>,
) -> Result<Vec<MovingInResult>, ServiceError> {
    debug_assert!(partners.len() <= MAX_RECORDS, "the caller cuts them");
    let writer = caller.write(Resource::Partners)?;
    let checked: Vec<_> = partners.into_iter().map(check).collect();
    attempts(app, &writer, mode, async |transaction| {
        attempt(transaction, &writer, app.clock.now(), &checked).await
    })
    .await
}

fn check(partner: ImportedPartner) -> Result<ImportedPartner, Vec<Problem>> {
    let mut problems = Problems::new();
    let external_id = problems.take("externalId", text::external_id(&partner.external_id));
    let name = problems.take("name", text::name(&partner.name));
    let email = problems.take("email", text::email(&partner.email));
    let tags = text::tags(partner.tags, &mut problems);
    let metadata = problems.optional("metadata", partner.metadata, metadata);
    let reference = problems.optional("payoutReference", partner.payout_reference, |text| {
        text::reference(&text)
    });
    problems.optional("createdAt", partner.created_at, time::recorded);
    match (external_id, name, email, tags, metadata, reference) {
        (Some(external_id), Some(name), Some(email), Some(tags), Some(metadata), Some(payout_reference))
            if problems.is_empty() =>
        {
            Ok(ImportedPartner {
                external_id,
                name,
                email,
                tags,
                metadata,
                payout_reference,
                ..partner
            })
        }
        _ => Err(problems.into_vec()),
    }
}

async fn attempt(
    transaction: &Transaction,
    writer: &Writer,
    now: Timestamp,
    partners: &[Result<ImportedPartner, Vec<Problem>>],
) -> Result<Vec<MovingInResult>, StoreError> {
    let (scope, fine) = (writer.scope(), || {
        partners.iter().filter_map(|partner| partner.as_ref().ok())
    });
    let external_ids: Vec<_> = fine().map(|partner| partner.external_id.clone()).collect();
    let emails: Vec<_> = fine().map(|partner| partner.email.clone()).collect();
    let there = store::partner::named(transaction, &scope, &external_ids, &emails).await?;
    let mut by_name: HashMap<String, Partner> = HashMap::new();
    let mut by_email: HashMap<String, PartnerId> = HashMap::new();
    for partner in there {
        by_email.insert(partner.email.clone(), partner.id);
        if let Some(external_id) = partner.external_id.clone() {
            by_name.insert(external_id, partner);
        }
    }
    let mut batch = PartnerWrites::default();
    let mut answers = Vec::with_capacity(partners.len());
    for partner in partners {
        answers.push(match partner {
            Err(problems) => Err(problems.clone()),
            Ok(partner) => match by_name.get(&partner.external_id) {
                Some(known) => as_it_is(partner, known),
                None if by_email.contains_key(&partner.email) => {
                    let message = "is another partner's already";
                    Err(Problems::one("email", ProblemCode::Taken, message).into_vec())
                }
                None => {
                    let new = batch.add(partner, writer, now);
                    by_email.insert(new.email.clone(), new.id);
                    by_name.insert(partner.external_id.clone(), new);
                    Ok(Outcome::Created)
                }
            },
        });
    }
    batch.write(transaction, writer, now).await?;
    Ok(answers)
}

/// Unchanged if the known partner agrees with everything that the file gives.
fn as_it_is(partner: &ImportedPartner, known: &Partner) -> MovingInResult {
    let said = [
        ("name", partner.name == known.name),
        ("email", partner.email == known.email),
        (
            "type",
            partner.partner_type.is_none_or(|said| said == known.partner_type),
        ),
        ("status", partner.status.is_none_or(|said| said == known.status)),
        (
            "group",
            partner.group_id.is_none_or(|said| Some(said) == known.group_id),
        ),
        ("tier", partner.tier_id.is_none_or(|said| Some(said) == known.tier_id)),
        ("tags", partner.tags.is_empty() || partner.tags == known.tags),
        (
            "metadata",
            partner.metadata.is_none() || partner.metadata == known.metadata,
        ),
        (
            "payoutCurrency",
            partner.payout_currency.is_none() || partner.payout_currency == known.payout_currency,
        ),
        (
            "payoutReference",
            partner.payout_reference.is_none() || partner.payout_reference == known.payout_reference,
        ),
    ];
    unchanged("partner", &said)
}

#[derive(Default)]
struct PartnerWrites {
    partners: Vec<Partner>,
    transitions: Vec<(PartnerTransitionId, PartnerId, PartnerTransition)>,
    categories: Vec<(PartnerId, PartnerCategoryId)>,
    members: Vec<(PartnerId, CampaignId)>,
    moments: Vec<(PartnerId, Moment)>,
}

impl PartnerWrites {
    fn add(&mut self, partner: &ImportedPartner, writer: &Writer, now: Timestamp) -> Partner {
        let status = partner.status.unwrap_or(PartnerStatus::Active);
        let joined = partner.created_at.filter(|at| *at <= now).unwrap_or(now);
        let new = Partner {
            id: PartnerId::new(now),
            name: partner.name.clone(),
            email: partner.email.clone(),
            external_id: Some(partner.external_id.clone()),
            partner_type: partner.partner_type.unwrap_or(PartnerType::Affiliate),
            status,
            tags: partner.tags.clone(),
            metadata: partner.metadata.clone(),
            group_id: partner.group_id,
            tier_id: partner.tier_id,
            payout_currency: partner.payout_currency,
            payout_reference: partner.payout_reference.clone(),
            created_at: joined,
            updated_at: now,
            activated_at: (status != PartnerStatus::Invited).then_some(joined),
            revoked_at: (status == PartnerStatus::Revoked).then_some(now),
            tokens_valid_from: now,
        };
        let (moment, transition) = first_transition(writer, status, now);
        self.transitions
            .push((PartnerTransitionId::new(now), new.id, transition));
        self.categories
            .extend(partner.category_ids.iter().map(|category| (new.id, *category)));
        self.members
            .extend(partner.campaign_ids.iter().map(|campaign| (new.id, *campaign)));
        self.moments.push((new.id, moment));
        self.partners.push(new.clone());
        new
    }

    async fn write(mut self, transaction: &Transaction, writer: &Writer, now: Timestamp) -> Result<(), StoreError> {
        if self.partners.is_empty() {
            return Ok(());
        }
        let tenant = writer.tenant();
        // In the order of their external ids, so that two concurrent imports cannot deadlock.
        self.partners
            .sort_by(|one, other| one.external_id.cmp(&other.external_id));
        store::bulk::insert_partners(transaction, tenant, &self.partners).await?;
        store::bulk::insert_partner_transitions(transaction, tenant, &self.transitions).await?;
        store::bulk::insert_partner_categories(transaction, tenant, &self.categories).await?;
        let write = transaction.write(|writes| {
            store::campaign::join(writes, tenant, self.members, now);
            store::partner::advance(writes, tenant, self.moments);
        });
        write.await?;
        Ok(())
    }
}
