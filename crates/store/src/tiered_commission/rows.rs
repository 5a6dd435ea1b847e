//! From rows to tiered commissions and back.

use chrono::NaiveDate;
use entity::tiered_commission;

use super::TABLE;
use crate::table_functions::table_functions;
use crate::{StoreError, row};
use domain::id::{TenantId, TieredCommissionId};
use domain::text;
use domain::tiered::{Audience, CrossingPolicy, Modifier, Period, Retroactive, Status, Tier, TieredCommission};

table_functions!(TieredCommission: whole, at_hand);

/// What a tier changes, as it is stored.
#[derive(serde::Serialize, serde::Deserialize)]
struct Modifiers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payout: Option<Modifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revenue: Option<Modifier>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retroactive_payout: Option<Retroactive>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retroactive_revenue: Option<Retroactive>,
}

pub(crate) fn from_row(row: tiered_commission::Model) -> Result<TieredCommission, StoreError> {
    let modifiers: Modifiers = row::json(TABLE, "modifiers", row.modifiers)?;
    let date = |column, text: &str| row::text(TABLE, column, text, |text| text.parse::<NaiveDate>().ok());
    Ok(TieredCommission {
        id: TieredCommissionId::from_uuid(row.id),
        external_id: row.external_id,
        version: row::unsigned(TABLE, "version", row.version)?,
        tier: Tier {
            name: row.name,
            status: row::text(TABLE, "status", &row.status, Status::parse)?,
            start_date: date("start_date", &row.start_date)?,
            end_date: date("end_date", &row.end_date)?,
            period: row::text(TABLE, "period", &row.period, Period::parse)?,
            crossing_policy: row::text(TABLE, "crossing_policy", &row.crossing_policy, CrossingPolicy::parse)?,
            currency: row::currency(TABLE, "currency", &row.currency)?,
            event_type: row.event_type,
            goals: row::json(TABLE, "goals", row.goals)?,
            payout: modifiers.payout,
            revenue: modifiers.revenue,
            retroactive_payout: modifiers.retroactive_payout,
            retroactive_revenue: modifiers.retroactive_revenue,
        },
        notes: row.notes,
        audience: Audience {
            apply_to_all_partners: row.apply_to_all_partners,
            partner_ids: row::json(TABLE, "partner_ids", row.partner_ids)?,
            campaign_ids: row::json(TABLE, "campaign_ids", row.campaign_ids)?,
            advertiser_ids: row::json(TABLE, "advertiser_ids", row.advertiser_ids)?,
        },
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

pub(super) fn to_row(tenant: TenantId, commission: &TieredCommission) -> tiered_commission::Model {
    let (tier, audience) = (&commission.tier, &commission.audience);
    let modifiers = Modifiers {
        payout: tier.payout,
        revenue: tier.revenue,
        retroactive_payout: tier.retroactive_payout,
        retroactive_revenue: tier.retroactive_revenue,
    };
    tiered_commission::Model {
        tenant_id: tenant.uuid(),
        id: commission.id.uuid(),
        external_id: commission.external_id.clone(),
        version: row::signed(commission.version),
        name: tier.name.clone(),
        name_key: text::sort_key(&tier.name),
        notes: commission.notes.clone(),
        status: tier.status.as_str().to_owned(),
        start_date: tier.start_date.to_string(),
        end_date: tier.end_date.to_string(),
        period: tier.period.as_str().to_owned(),
        crossing_policy: tier.crossing_policy.as_str().to_owned(),
        currency: tier.currency.code().to_owned(),
        event_type: tier.event_type.clone(),
        apply_to_all_partners: audience.apply_to_all_partners,
        partner_ids: row::to_json(&audience.partner_ids),
        campaign_ids: row::to_json(&audience.campaign_ids),
        advertiser_ids: row::to_json(&audience.advertiser_ids),
        goals: row::to_json(&tier.goals),
        modifiers: row::to_json(&modifiers),
        archived_at: commission.archived_at,
        created_at: commission.created_at,
        updated_at: commission.updated_at,
    }
}
