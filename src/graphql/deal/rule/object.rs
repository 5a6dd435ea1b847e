//! Commission rules as they are read, listed, made and changed.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};

use super::input::{CreateCommissionRuleInput, UpdateCommissionRuleInput};
use crate::auth::Resource;
use crate::domain::deal::FieldValue;
use crate::domain::deal_rules;
use crate::domain::id;
use crate::domain::id::{CommissionRuleId, TenantId};
use crate::domain::{commission, partner};
use crate::graphql::connection::{Connection, PageArguments, children};
use crate::graphql::context::{mutation, request};
use crate::graphql::deal::pipeline::{CustomField, CustomFieldOption, PaymentStage};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::input::DeleteInput;
use crate::graphql::label::object::{PartnerCategory, PartnerTier};
use crate::graphql::ledger::commission::object::PaymentTarget;
use crate::graphql::loader::PartnersOfRule;
use crate::graphql::lookup::wanted;
use crate::graphql::order::{self, OrderBy};
use crate::graphql::partner::object::{Partner, PartnerType};
use crate::graphql::rows::{self, Described, Listing, Pages, Shown, Type, listed, resolver};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::graphql::tenant::audit::{AuditEntry, histories, history};
use crate::graphql::user_error::{DeletePayload, payload};
use crate::service::commission_rule::{create, delete, update};
use crate::store;
use crate::store::commission_rule::CommissionRuleFilter as StoreFilter;
use crate::store::view;
use uuid::Uuid;

/// Who becomes the recipient of what an individual is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::RecipientAssignment")]
pub enum RecipientAssignment {
    /// The individual who registered the deal.
    LeadCreator,
    /// The individual who owns the deal.
    DealOwner,
    /// Nobody, until staff assigns somebody.
    Manual,
}

/// What a part's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::ValueType")]
pub enum RuleValueType {
    /// Amounts, in the rule's currency, or in the deal's where the rule has none.
    Fixed,
    /// Percent of the deal's value.
    Percentage,
}

/// Which parts an entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RuleCalculationType {
    /// It pays once.
    OneOff,
    /// It pays when the stage is entered and with each renewal.
    Recurring,
    /// Both.
    Split,
}

/// A deal-stage commission rule.
#[derive(Clone)]
pub struct CommissionRule(Arc<deal_rules::CommissionRule>);

impl From<Arc<deal_rules::CommissionRule>> for CommissionRule {
    fn from(rule: Arc<deal_rules::CommissionRule>) -> Self {
        Self(rule)
    }
}

impl From<deal_rules::CommissionRule> for CommissionRule {
    fn from(rule: deal_rules::CommissionRule) -> Self {
        Self(Arc::new(rule))
    }
}

impl CommissionRule {
    pub async fn load(ctx: &Context<'_>, id: CommissionRuleId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::CommissionRules)?;
        Ok(request.loaders().commission_rule.load(id.uuid()).await?.map(Self))
    }
}

impl Described for CommissionRule {
    const TYPE: &'static Type = &COMMISSION_RULE;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::commission_rule::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn commission_rules(list: view::List) -> Listing {
    Listing {
        to: &COMMISSION_RULE,
        connection: "CommissionRuleConnection",
        edge: "CommissionRuleEdge",
        list,
    }
}

pub static COMMISSION_RULE: Type = Type {
    name: "CommissionRule",
    resource: Resource::CommissionRules,
    identity: &[],
    is_named: false,
    table: &view::COMMISSION_RULE,
    id: || view::column(view::CommissionRuleColumn::Id),
    field: |name| {
        use view::CommissionRuleColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || {
            resolver(|row, prefix| {
                Ok(Box::new(CommissionRule::from(store::commission_rule::whole(
                    row, prefix,
                )?)))
            })
        };
        Some(match name {
            "id" => value(Column::Id, view::id::<id::CommissionRule>),
            "externalId" => value(Column::ExternalId, view::text),
            "partnerType" => value(Column::PartnerType, view::word!(crate::domain::partner::PartnerType)),
            "paymentTarget" => value(
                Column::PaymentTarget,
                view::word!(crate::domain::commission::PaymentTarget),
            ),
            "label"
            | "autoAssignRecipient"
            | "currency"
            | "holdbackDays"
            | "entries"
            | "tiers"
            | "categories"
            | "partners" => ask(),
            "version" => value(Column::Version, view::number),
            "archivedAt" => value(Column::ArchivedAt, view::moment),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            "history" => rows::page_of(histories),
            _ => return None,
        })
    },
};

/// A deal-stage commission rule: pays when a deal of a partner that it is for enters a stage. Of several rules that fit,
/// one pays for each payment target: the most specific (partners, then tiers, then categories, then the type only), and
/// of equally specific ones the newest.
#[Object]
impl CommissionRule {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is called.
    async fn label(&self) -> &str {
        &self.0.plan.label
    }

    /// The id that another system gave it, unique among the rules in force; null if there is none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// The type of partners that it is for.
    async fn partner_type(&self) -> PartnerType {
        self.0.filters.partner_type.into()
    }

    /// Who is paid.
    async fn payment_target(&self) -> PaymentTarget {
        self.0.plan.payment_target.into()
    }

    /// Who becomes the recipient where an individual is paid; null: as MANUAL.
    async fn auto_assign_recipient(&self) -> Option<RecipientAssignment> {
        self.0.plan.auto_assign_recipient.map(RecipientAssignment::from)
    }

    /// The currency of the deals that it is for, and of its fixed values; null: the deal's, whatever it is.
    async fn currency(&self) -> Option<CurrencyCode> {
        self.0.plan.currency.map(CurrencyCode)
    }

    /// How many days its commissions wait before they may be approved; null: they are approved by hand only.
    async fn holdback_days(&self) -> Option<u32> {
        self.0.plan.holdback_days
    }

    /// Starts at 1 and rises with every change.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// When it was archived: it starts nothing any more, and what had started goes on. Null: it is in force.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// What it pays, and when.
    async fn entries(&self, ctx: &Context<'_>) -> Result<Vec<CommissionRuleEntry>, ApiError> {
        let entries = self
            .0
            .plan
            .entries
            .iter()
            .map(|entry| CommissionRuleEntry::of(ctx, entry));
        futures::future::try_join_all(entries).await
    }

    /// The partner tiers that it is for; empty: all.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTier>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Partners)?;
        let loader = &request.loaders().partner_tier;
        let tiers = self.0.filters.tiers.iter().map(|id| loader.load(id.uuid()));
        let tiers = futures::future::try_join_all(tiers).await?;
        Ok(tiers.into_iter().flatten().map(PartnerTier::from).collect())
    }

    /// The partner categories that it is for, any of which will do; empty: all.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<PartnerCategory>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Partners)?;
        let loader = &request.loaders().partner_category;
        let categories = self.0.filters.categories.iter().map(|id| loader.load(id.uuid()));
        let categories = futures::future::try_join_all(categories).await?;
        Ok(categories.into_iter().flatten().map(PartnerCategory::from).collect())
    }

    /// Who changed it and what, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEntry>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        history(ctx, self.0.id.uuid(), page)
    }

    /// The partners that it is for, newest first; empty: all.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Partner>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        let page = PageArguments::new(first, after, last, before);
        children::<PartnersOfRule, _>(scope, self.0.id.uuid(), page)
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// What is paid when a deal enters a stage.
#[derive(Clone, SimpleObject)]
pub struct CommissionRuleEntry {
    /// The stage.
    pub payment_stage: PaymentStage,
    /// What the deal must bear; null: nothing. A condition that becomes true later pays then, while the deal stands in
    /// the stage.
    pub condition: Option<CustomFieldCondition>,
    /// Which parts it has.
    #[graphql(name = "type")]
    pub calculation_type: RuleCalculationType,
    /// What is paid once; null: nothing.
    pub one_off: Option<RulePart>,
    /// What is paid when the stage is entered and with each renewal after that; null: nothing.
    pub recurring: Option<RulePart>,
}

impl CommissionRuleEntry {
    async fn of(ctx: &Context<'_>, entry: &deal_rules::Entry) -> Result<Self, ApiError> {
        let condition = async {
            match entry.condition {
                Some(condition) => CustomFieldCondition::of(ctx, condition).await.map(Some),
                None => Ok(None),
            }
        };
        let (payment_stage, condition, one_off, recurring) = futures::try_join!(
            PaymentStage::linked(ctx, entry.stage_id),
            condition,
            RulePart::of(ctx, entry.one_off.as_ref()),
            RulePart::of(ctx, entry.recurring.as_ref()),
        )?;
        let calculation_type = match (&one_off, &recurring) {
            (Some(_), None) => RuleCalculationType::OneOff,
            (None, _) => RuleCalculationType::Recurring,
            (Some(_), Some(_)) => RuleCalculationType::Split,
        };
        Ok(Self {
            payment_stage,
            condition,
            calculation_type,
            one_off,
            recurring,
        })
    }
}

/// An option that a deal must bear.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldCondition {
    /// The field.
    pub custom_field: CustomField,
    /// Which of its options.
    pub option: CustomFieldOption,
}

impl CustomFieldCondition {
    async fn of(ctx: &Context<'_>, condition: FieldValue) -> Result<Self, ApiError> {
        let custom_field = CustomField::linked(ctx, condition.field_id).await?;
        let option = custom_field.option(ctx, condition.option_id)?;
        Ok(Self { custom_field, option })
    }
}

/// How much the occurrences of a part pay. The nearest value counts: that of the period's scaling, the period's, that of
/// the scaling, the base value; with none of them an occurrence pays 0.
#[derive(Clone, SimpleObject)]
pub struct RulePart {
    /// What the values are.
    pub value_type: RuleValueType,
    /// The base value: an amount, or percent; null if there is none.
    pub value: Option<Decimal>,
    /// Values by the deal's option; null if there are none.
    pub scaling: Option<Scaling>,
    /// After how many occurrences it ends; null: never. A one-off part has one.
    pub number_of_occurrences: Option<u32>,
    /// Values by occurrence; null if there are none.
    pub period_rates: Option<PeriodRates>,
}

impl RulePart {
    async fn of(ctx: &Context<'_>, part: Option<&deal_rules::Part>) -> Result<Option<Self>, ApiError> {
        let Some(part) = part else { return Ok(None) };
        let rates = async {
            let Some(rates) = &part.period_rates else {
                return Ok(None);
            };
            let periods = rates.periods.iter().map(|period| RatePeriod::of(ctx, period));
            let periods = futures::future::try_join_all(periods).await?;
            Ok::<_, ApiError>(Some(PeriodRates {
                enabled: rates.enabled,
                periods,
            }))
        };
        let (scaling, period_rates) = futures::try_join!(Scaling::of(ctx, part.scaling.as_ref()), rates)?;
        Ok(Some(Self {
            value_type: part.value_type.into(),
            value: part.value.map(Decimal),
            scaling,
            number_of_occurrences: part.number_of_occurrences,
            period_rates,
        }))
    }
}

/// Values by the option that a deal bears.
#[derive(Clone, SimpleObject)]
pub struct Scaling {
    /// The field whose option decides.
    pub custom_field: CustomField,
    /// The values of its options. An option without one falls back to the next nearer value.
    pub tiers: Vec<ScalingTier>,
}

/// The value of an option.
#[derive(Clone, SimpleObject)]
pub struct ScalingTier {
    /// The option.
    pub option: CustomFieldOption,
    /// An amount, or percent.
    pub value: Decimal,
}

impl Scaling {
    async fn of(ctx: &Context<'_>, scaling: Option<&deal_rules::Scaling>) -> Result<Option<Self>, ApiError> {
        let Some(scaling) = scaling else { return Ok(None) };
        let custom_field = CustomField::linked(ctx, scaling.field_id).await?;
        let tiers = scaling.tiers.iter().map(|tier| {
            Ok(ScalingTier {
                option: custom_field.option(ctx, tier.option_id)?,
                value: Decimal(tier.value),
            })
        });
        let tiers = tiers.collect::<Result<_, ApiError>>()?;
        Ok(Some(Self { custom_field, tiers }))
    }
}

/// Values by occurrence.
#[derive(Clone, SimpleObject)]
pub struct PeriodRates {
    /// False: they are kept and do not count.
    pub enabled: bool,
    /// The periods, which do not overlap. Occurrences in a gap have no value of a period.
    pub periods: Vec<RatePeriod>,
}

/// The values of a range of occurrences.
#[derive(Clone, SimpleObject)]
pub struct RatePeriod {
    /// Its number.
    pub period_number: u32,
    /// The first occurrence, from 1.
    pub start_occurrence: u32,
    /// The last occurrence, included; null: it has no end.
    pub end_occurrence: Option<u32>,
    /// An amount, or percent; null if it has none.
    pub value: Option<Decimal>,
    /// Values by the deal's option; null if there are none.
    pub scaling: Option<Scaling>,
}

impl RatePeriod {
    async fn of(ctx: &Context<'_>, period: &deal_rules::Period) -> Result<Self, ApiError> {
        Ok(Self {
            period_number: period.number,
            start_occurrence: period.start,
            end_occurrence: period.end,
            value: period.value.map(Decimal),
            scaling: Scaling::of(ctx, period.scaling.as_ref()).await?,
        })
    }
}

/// Which rules to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct CommissionRuleFilter {
    /// For partners of this type.
    pub partner_type: Option<PartnerType>,
    /// That pay this target.
    pub payment_target: Option<PaymentTarget>,
    /// Part of the label, whatever the case; at most 200 characters.
    pub search: Option<String>,
    /// For partners of one of these types.
    pub partner_types: Option<Vec<PartnerType>>,
}

/// What commission rules are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::commission_rule::CommissionRuleOrder")]
pub enum CommissionRuleOrderField {
    /// When they were created.
    #[default]
    CreatedAt,
    /// Their label, whatever the case.
    Label,
}

payload! {
    /// What creating or changing a commission rule did.
    CommissionRulePayload {
        /// The rule as it is now; null if nothing was changed.
        commission_rule: CommissionRule, CommissionRules
    }
}

#[derive(Default)]
pub struct CommissionRuleQuery;

#[Object]
impl CommissionRuleQuery {
    /// One commission rule, archived or not; null if there is none.
    async fn commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Shown<CommissionRule>> {
        nullable(async { Shown::row(ctx, id.parse::<CommissionRuleId>()?.uuid()) }).await
    }

    /// The commission rules in force, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn commission_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<CommissionRuleFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<CommissionRuleOrderField>>,
    ) -> Result<Pages<Connection<CommissionRule>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::CommissionRules)?;
        let filter = filter.unwrap_or_default();
        let filter = StoreFilter {
            partner_type: filter.partner_type.map(partner::PartnerType::from),
            payment_target: filter.payment_target.map(commission::PaymentTarget::from),
            search: filter.search.map(|text| wanted("filter.search", text)).transpose()?,
            partner_types: filter
                .partner_types
                .map(|list| list.into_iter().map(partner::PartnerType::from).collect()),
        };
        let (filter, sorted) = (Arc::new(filter), OrderBy::read(order_by));
        let cursors = order::cursors((scope, "commission_rules", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = commission_rules(store::commission_rule::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::commission_rule::count(request.store().reader(), &scope, &filter).await?) })
        })
    }
}

#[derive(Default)]
pub struct CommissionRuleMutation;

#[Object]
impl CommissionRuleMutation {
    /// Creates a commission rule. It pays for deals that enter a stage from now on. Needs `commission_rules:write`.
    async fn create_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new rule.")] input: CreateCommissionRuleInput,
    ) -> Nullable<CommissionRulePayload> {
        let request = mutation(ctx).await;
        let rule = create(&request.app, &request.caller, input.into());
        Some(CommissionRulePayload::of(&request, rule).await)
    }

    /// Changes a commission rule. Entries and lists are replaced as a whole. Recurring parts that have started keep the
    /// version that they started with. Needs `commission_rules:write`.
    async fn update_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateCommissionRuleInput,
    ) -> Nullable<CommissionRulePayload> {
        let request = mutation(ctx).await;
        let rule = update(&request.app, &request.caller, input.into());
        Some(CommissionRulePayload::of(&request, rule).await)
    }

    /// Deletes a commission rule that has never paid. One that has is archived: it stops, stays readable by its id, and
    /// leaves the lists. Needs `commission_rules:write`.
    async fn delete_commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which rule.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }
}
