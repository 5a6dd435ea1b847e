//! The shapes of the responses: the same as `data` in the gateway's.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use tributary::domain::id::{CampaignId, CommissionId, EventId, PartnerGroupId, PartnerId};
use tributary::domain::money::Currency;

use super::Failed;

/// A decimal is a string on the wire.
fn text<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn optional_text<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[derive(Serialize)]
pub struct Amount {
    #[serde(serialize_with = "text")]
    pub amount: Decimal,
    pub currency: String,
}

/// Converts minor units to units of the currency.
pub fn units(minor: i64, currency: &str) -> Result<Decimal, Failed> {
    let currency = Currency::parse(currency).map_err(|fault| Failed(fault.1))?;
    Ok(Decimal::new(minor, currency.exponent()))
}

impl Amount {
    pub fn new(minor: i64, currency: String) -> Result<Self, Failed> {
        Ok(Self {
            amount: units(minor, &currency)?,
            currency,
        })
    }
}

/// An object with an id and a name, which is all that is shown of linked objects.
#[derive(Serialize)]
pub struct Named<Id> {
    pub id: Id,
    pub name: String,
}

#[derive(Serialize)]
pub struct Nodes<T> {
    pub nodes: Vec<T>,
}

#[derive(Serialize)]
pub struct PartnerById {
    pub partner: Option<Partner>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Partner {
    pub id: PartnerId,
    pub name: String,
    pub email: String,
    pub external_id: Option<String>,
    pub r#type: String,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub group: Option<Group>,
}

#[derive(Serialize)]
pub struct Group {
    pub id: PartnerGroupId,
    pub name: String,
    pub default: bool,
    pub currency: Option<String>,
}

#[derive(Serialize)]
pub struct Newest {
    pub commissions: Nodes<NewCommission>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCommission {
    pub id: CommissionId,
    pub kind: String,
    pub status: String,
    pub amount: Amount,
    pub accrued_at: DateTime<Utc>,
    pub mature_at: Option<DateTime<Utc>>,
    pub partner: PartnerInGroup,
    pub campaign: Option<Named<CampaignId>>,
}

#[derive(Serialize)]
pub struct PartnerInGroup {
    pub id: PartnerId,
    pub name: String,
    pub group: Option<Named<PartnerGroupId>>,
}

#[derive(Serialize)]
pub struct PartnersOfGroup {
    pub partners: Nodes<PartnerWithCommissions>,
}

#[derive(Serialize)]
pub struct PartnerWithCommissions {
    pub id: PartnerId,
    pub name: String,
    pub status: String,
    pub commissions: Nodes<Commission>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Commission {
    pub id: CommissionId,
    pub status: String,
    pub amount: Amount,
    pub accrued_at: DateTime<Utc>,
    pub campaign: Option<Named<CampaignId>>,
}

#[derive(Serialize)]
pub struct Dashboard {
    pub viewer: DashboardViewer,
}

#[derive(Serialize)]
pub struct DashboardViewer {
    pub partner: Option<DashboardPartner>,
}

#[derive(Serialize)]
pub struct DashboardPartner {
    pub id: PartnerId,
    pub name: String,
    pub status: String,
    pub group: Option<Named<PartnerGroupId>>,
    pub balances: Vec<Balance>,
    pub commissions: Nodes<Commission>,
}

#[derive(Serialize)]
pub struct Balance {
    pub currency: String,
    #[serde(serialize_with = "text")]
    pub accrued: Decimal,
    #[serde(serialize_with = "text")]
    pub approved: Decimal,
    #[serde(serialize_with = "text")]
    pub paid: Decimal,
    #[serde(serialize_with = "text")]
    pub reversed: Decimal,
    #[serde(serialize_with = "text")]
    pub payable: Decimal,
}

#[derive(Serialize)]
pub struct Page {
    pub commissions: PageOfCommissions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageOfCommissions {
    pub nodes: Vec<ListedCommission>,
    pub page_info: PageInfo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedCommission {
    pub id: CommissionId,
    pub kind: String,
    pub status: String,
    pub amount: Amount,
    pub accrued_at: DateTime<Utc>,
    pub partner: Named<PartnerId>,
    pub campaign: Option<Named<CampaignId>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    pub record_event: RecordedEvent,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedEvent {
    pub event: Event,
    pub commissions: Vec<Accrued>,
    pub duplicate: bool,
    /// Always empty: problems that a caller could fix are errors here.
    pub user_errors: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub id: EventId,
    pub external_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accrued {
    pub id: CommissionId,
    pub status: &'static str,
    pub amount: Amount,
    pub mature_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simulated {
    pub simulate_partner_group: Simulation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Simulation {
    pub results: Vec<SimulatedFee>,
    /// Always empty: problems that a caller could fix are errors here.
    pub user_errors: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulatedFee {
    pub final_fee: Amount,
    #[serde(serialize_with = "text")]
    pub effective_percentage: Decimal,
    pub explanation: Vec<Step>,
}

#[derive(Serialize)]
pub struct Step {
    pub source: String,
    pub outcome: &'static str,
    pub detail: String,
    #[serde(serialize_with = "optional_text")]
    pub amount: Option<Decimal>,
}
