//! The tables whose rows are shown, and their columns by name.

use entity::{
    advertiser, api_key, attribution, audit_entry, backtest, backtest_partner, backtest_sum, campaign, commission,
    commission_rule, commission_snapshot, commission_transition, commission_written, coupon, custom_field, customer,
    deal, deal_payment, erasure, event, link, partner, partner_balance, partner_category, partner_category_member,
    partner_group, partner_lifetime_value, partner_tier, partner_transition, partnership_request, payment_stage,
    payout, payout_run, payout_run_line, tier_result, tiered_commission, touch, webhook_delivery, webhook_endpoint,
};
use sea_orm::{Condition, EntityTrait, IdenStatic, Iterable};

use super::{Column, column};
use crate::scope::{Scoped, covered};
use auth::Scope;

/// A table without its entity type.
pub struct Table {
    pub(super) name: fn() -> &'static str,
    id: fn() -> Column,
    pub(super) columns: fn() -> Vec<&'static str>,
    pub(super) visible: fn(&Scope) -> Condition,
}

impl Table {
    const fn of<E: Scoped + Default>(id: fn() -> Column) -> Self {
        Self {
            name: || E::default().table_name(),
            id,
            columns: || {
                <E as EntityTrait>::Column::iter()
                    .map(|column| column.as_str())
                    .collect()
            },
            visible: covered::<E>,
        }
    }

    pub fn name(&self) -> &'static str {
        (self.name)()
    }

    /// The column that shows whether a joined row exists, and by which others refer to it.
    pub fn id(&self) -> Column {
        (self.id)()
    }
}

/// The explanation of a commission's amount is a column that is read only where it is requested.
pub use commission_written::Column as CommissionWrittenColumn;

macro_rules! tables {
    ($($table:ident: $name:ident = $entity:ident by $id:ident;)+) => {
        $(
            pub static $table: Table = Table::of::<$entity::Entity>(|| column($entity::Column::$id));
            pub use $entity::Column as $name;
        )+
    };
}

tables! {
    PARTNER: PartnerColumn = partner by Id;
    PARTNER_BALANCE: PartnerBalanceColumn = partner_balance by PartnerId;
    PARTNER_GROUP: PartnerGroupColumn = partner_group by Id;
    PARTNER_TIER: PartnerTierColumn = partner_tier by Id;
    ADVERTISER: AdvertiserColumn = advertiser by Id;
    CAMPAIGN: CampaignColumn = campaign by Id;
    EVENT: EventColumn = event by Id;
    ATTRIBUTION: AttributionColumn = attribution by Id;
    CUSTOMER: CustomerColumn = customer by Id;
    COMMISSION: CommissionColumn = commission by Id;
    PAYOUT: PayoutColumn = payout by Id;
    PAYOUT_RUN: PayoutRunColumn = payout_run by Id;
    PAYOUT_RUN_LINE: PayoutRunLineColumn = payout_run_line by RunId;
    PARTNER_CATEGORY: PartnerCategoryColumn = partner_category by Id;
    PARTNER_CATEGORY_MEMBER: PartnerCategoryMemberColumn = partner_category_member by CategoryId;
    PARTNER_LIFETIME_VALUE: PartnerLifetimeValueColumn = partner_lifetime_value by PartnerId;
    PARTNER_TRANSITION: PartnerTransitionColumn = partner_transition by Id;
    COMMISSION_TRANSITION: CommissionTransitionColumn = commission_transition by Id;
    COMMISSION_SNAPSHOT: CommissionSnapshotColumn = commission_snapshot by Id;
    PARTNERSHIP_REQUEST: PartnershipRequestColumn = partnership_request by Id;
    PAYMENT_STAGE: PaymentStageColumn = payment_stage by Id;
    COUPON: CouponColumn = coupon by Id;
    LINK: LinkColumn = link by Id;
    TOUCH: TouchColumn = touch by Id;
    CUSTOM_FIELD: CustomFieldColumn = custom_field by Id;
    DEAL: DealColumn = deal by Id;
    DEAL_PAYMENT: DealPaymentColumn = deal_payment by CommissionId;
    COMMISSION_RULE: CommissionRuleColumn = commission_rule by Id;
    TIERED_COMMISSION: TieredCommissionColumn = tiered_commission by Id;
    TIER_RESULT: TierResultColumn = tier_result by Id;
    API_KEY: ApiKeyColumn = api_key by Id;
    WEBHOOK_ENDPOINT: WebhookEndpointColumn = webhook_endpoint by Id;
    WEBHOOK_DELIVERY: WebhookDeliveryColumn = webhook_delivery by Id;
    BACKTEST_SUM: BacktestSumColumn = backtest_sum by BacktestId;
    BACKTEST_PARTNER: BacktestPartnerColumn = backtest_partner by BacktestId;
    BACKTEST: BacktestColumn = backtest by Id;
    AUDIT_ENTRY: AuditEntryColumn = audit_entry by Id;
    ERASURE: ErasureColumn = erasure by Id;
}
