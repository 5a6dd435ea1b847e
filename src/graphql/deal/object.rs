//! Deals.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object, SimpleObject};

use super::pipeline::PAYMENT_STAGE;
use super::pipeline::{CustomField, CustomFieldOption, PaymentStage, StageOutcome};
use super::simulated_payment::SimulatedPayment;
use crate::auth::Resource;
use crate::domain::deal;
use crate::domain::id;
use crate::domain::id::{DealId, TenantId};
use crate::graphql::connection::{Connection, PageArguments};
use crate::graphql::context::{Mutation, mutation, request};
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::identity;
use crate::graphql::input::{DeleteInput, MoneyInput, id_text, patch, plain};
use crate::graphql::ledger::commission::list::commissions_under;
use crate::graphql::ledger::commission::list::{CommissionConnection, under};
use crate::graphql::ledger::commission::object::Commission;
use crate::graphql::lookup::{all_wanted, bounds, ids, one_of_two, wanted};
use crate::graphql::money::Money;
use crate::graphql::order::{self, OrderBy, within_currency};
use crate::graphql::partner::object::PARTNER;
use crate::graphql::partner::object::Partner;
use crate::graphql::rows::{
    self, Described, Listing, Pages, Partners, Rows, Shown, Type, amount, link, listed, page_of, required, resolver,
};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::graphql::user_error::{DeletePayload, UserError, answer, shown, shown_rows};
use crate::service::ServiceError;
use crate::service::deal::{DealChange, Done, NewDeal, create, move_to, renew, update};
use crate::service::deletion::delete_deal;
use crate::store::commission::Parent;
use crate::store::deal::{DealFilter as StoreFilter, DealOrder};
use crate::store::view;
use crate::store::{self, StoreError};
use uuid::Uuid;

/// Business that a partner brought.
#[derive(Clone)]
pub struct Deal(Arc<deal::Deal>);

impl From<Arc<deal::Deal>> for Deal {
    fn from(deal: Arc<deal::Deal>) -> Self {
        Self(deal)
    }
}

impl From<deal::Deal> for Deal {
    fn from(deal: deal::Deal) -> Self {
        Self(Arc::new(deal))
    }
}

impl Deal {
    pub async fn load(ctx: &Context<'_>, id: DealId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Deals)?;
        Ok(request.loaders().deal.load(id.uuid()).await?.map(Self))
    }
}

impl Described for Deal {
    const TYPE: &'static Type = &DEAL;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::deal::at_hand(tenant, &self.0)
    }
}

/// A list of them.
pub fn deals(list: view::List) -> Listing {
    Listing {
        to: &DEAL,
        connection: "DealConnection",
        edge: "DealEdge",
        list,
    }
}

pub static DEAL: Type = Type {
    name: "Deal",
    resource: Resource::Deals,
    identity: &[],
    is_named: false,
    table: &view::DEAL,
    id: || view::column(view::DealColumn::Id),
    field: |name| {
        use view::DealColumn as Column;
        let value = |column, write| rows::value(view::column(column), write);
        let ask = || resolver(|row, prefix| Ok(Box::new(Deal::from(store::deal::whole(row, prefix)?))));
        Some(match name {
            "id" => value(Column::Id, view::id::<id::Deal>),
            "externalId" => value(Column::ExternalId, view::text),
            "name" => value(Column::Name, view::text),
            "value" => amount(view::column(Column::Currency), view::column(Column::ValueMinor)),
            "partner" => required(view::column(Column::PartnerId), &PARTNER),
            "stage" => link(view::column(Column::StageId), &PAYMENT_STAGE),
            "leadCreator" => value(Column::LeadCreator, view::text),
            "owner" => value(Column::Owner, view::text),
            "renewals" => value(Column::Renewals, view::number),
            "customFields" => ask(),
            "forecast" => ask().for_partners(Partners::EmptyList),
            "commissions" => page_of(|ctx| commissions_under(ctx, Parent::Deal)),
            "createdAt" => value(Column::CreatedAt, view::moment),
            "updatedAt" => value(Column::UpdatedAt, view::moment),
            _ => return None,
        })
    },
};

/// Business that a partner brought, on its way through the payment stages.
#[Object]
impl Deal {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The id that another system gave it, unique in the tenant; null if there is none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is worth; what was due before stays when this changes.
    async fn value(&self) -> Money {
        self.0.value.into()
    }

    /// Who brought it.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner, ApiError> {
        let partner = identity::partner(ctx, self.0.partner_id).await?;
        Ok(partner.ok_or(StoreError::Corrupt {
            table: "deal",
            column: "partner_id",
            value: self.0.partner_id.to_string(),
        })?)
    }

    /// Where it stands; null: it has not entered the pipeline.
    async fn stage(&self, ctx: &Context<'_>) -> Nullable<PaymentStage> {
        nullable(async {
            match self.0.stage_id {
                Some(id) => PaymentStage::linked(ctx, id).await.map(Some),
                None => Ok(None),
            }
        })
        .await
    }

    /// The individual who registered it; null if nobody is known.
    async fn lead_creator(&self) -> Option<&str> {
        self.0.lead_creator.as_deref()
    }

    /// The individual who owns it; null if nobody is known.
    async fn owner(&self) -> Option<&str> {
        self.0.owner.as_deref()
    }

    /// The options that it bears, at most one of each custom field.
    async fn custom_fields(&self, ctx: &Context<'_>) -> Result<Vec<CustomFieldValue>, ApiError> {
        let values = self.0.fields.iter().map(async |value| {
            let custom_field = CustomField::linked(ctx, value.field_id).await?;
            let option = custom_field.option(ctx, value.option_id)?;
            Ok::<_, ApiError>(CustomFieldValue { custom_field, option })
        });
        futures::future::try_join_all(values).await
    }

    /// How often it was renewed.
    async fn renewals(&self) -> u32 {
        self.0.renewals
    }

    /// The commissions that it made, newest first.
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<CommissionConnection, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        under(ctx, Parent::Deal, self.0.id.uuid(), &page, None, None)
    }

    /// What the rules would pay if it went on through the stages behind its own, none of them lost, and were then
    /// renewed: at most 12 further occurrences of each recurring part. Empty for a lost deal. A partner's token shows
    /// none, since it would show the rules.
    async fn forecast(&self, ctx: &Context<'_>) -> Result<Vec<SimulatedPayment>, ApiError> {
        let request = request(ctx);
        if request.is_partner() {
            return Ok(Vec::new());
        }
        let forecast = request.loaders().forecast_of_deal.load(self.0.id.uuid()).await?;
        match forecast.as_deref() {
            None => Ok(Vec::new()),
            Some(Ok(payments)) => Ok(payments
                .iter()
                .cloned()
                .map(|due| SimulatedPayment::of(due, true))
                .collect()),
            Some(Err(error)) => Err(ApiError::bad_user_input(format!(
                "the deal would pay too much: {error}"
            ))),
        }
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed, moved or renewed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

/// An option that a deal bears.
#[derive(Clone, SimpleObject)]
pub struct CustomFieldValue {
    /// The field.
    pub custom_field: CustomField,
    /// Which of its options.
    pub option: CustomFieldOption,
}

/// An option that a deal bears.
#[derive(Clone, InputObject)]
pub struct CustomFieldValueInput {
    /// The field.
    pub custom_field_id: ID,
    /// Which of its options.
    pub option_id: ID,
}

/// The ids of fields and options.
pub fn values(inputs: Vec<CustomFieldValueInput>) -> Vec<(String, String)> {
    let pairs = inputs
        .into_iter()
        .map(|input| (id_text(input.custom_field_id), id_text(input.option_id)));
    pairs.collect()
}

/// Which deals to list; everything given must hold.
#[derive(Default, InputObject)]
pub struct DealFilter {
    /// Part of the name or of the external id, whatever the case; at most 200 characters.
    pub search: Option<String>,
    /// Of this partner.
    pub partner_id: Option<ID>,
    /// Standing in this stage.
    pub stage_id: Option<ID>,
    /// Standing in a stage of one of these outcomes.
    pub outcome: Option<Vec<StageOutcome>>,
    /// Worth something in this currency.
    pub currency: Option<CurrencyCode>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// Standing in one of these stages.
    pub stage_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids.
    pub external_ids: Option<Vec<String>>,
    /// Worth this much or more, in units of `currency`, which must be given.
    pub min_value: Option<Decimal>,
    /// Worth this much or less, in units of `currency`, which must be given.
    pub max_value: Option<Decimal>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

impl DealFilter {
    fn read(self) -> Result<StoreFilter, ApiError> {
        let currency = self.currency.map(|code| code.0);
        let (least, most) = (("filter.minValue", self.min_value), ("filter.maxValue", self.max_value));
        let (least_minor, most_minor) = bounds(least, most, currency)?;
        Ok(StoreFilter {
            search: self.search.map(|text| wanted("filter.search", text)).transpose()?,
            partner: self.partner_id.map(|id| id.parse()).transpose()?,
            stage: self.stage_id.map(|id| id.parse()).transpose()?,
            outcome: self
                .outcome
                .map(|list| list.into_iter().map(deal::StageOutcome::from).collect()),
            currency,
            partners: ids(self.partner_ids)?,
            stages: ids(self.stage_ids)?,
            external_ids: all_wanted("filter.externalIds", self.external_ids)?,
            least_minor,
            most_minor,
            created_from: self.created_from.map(|moment| moment.0),
            created_to: self.created_to.map(|moment| moment.0),
        })
    }
}

/// What deals are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "DealOrder")]
pub enum DealOrderField {
    /// When they were created.
    #[default]
    CreatedAt,
    /// Their name, whatever the case.
    Name,
    /// What they are worth. Needs `filter.currency`: amounts of different currencies have no order.
    Value,
}

/// A new deal.
#[derive(InputObject)]
pub struct CreateDealInput {
    /// The id that another system gave it; unique in the tenant.
    pub external_id: Option<String>,
    /// What it is called.
    pub name: String,
    /// What it is worth, at least 0.
    pub value: MoneyInput,
    /// Who brought it; this never changes.
    pub partner_id: ID,
    /// The stage that it enters at once; none: it does not enter the pipeline yet.
    pub stage_id: Option<ID>,
    /// The individual who registered it, by the name under which the individual is paid.
    pub lead_creator: Option<String>,
    /// The individual who owns it, by the name under which the individual is paid.
    pub owner: Option<String>,
    /// The options that it bears, at most one of each custom field.
    pub custom_fields: Option<Vec<CustomFieldValueInput>>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Changes of a deal. Absent fields stay as they are; null clears.
#[derive(InputObject)]
pub struct UpdateDealInput {
    /// Which deal.
    pub id: ID,
    /// What it is called.
    pub name: MaybeUndefined<String>,
    /// What it is worth. Commissions that were due before stay as they are.
    pub value: MaybeUndefined<MoneyInput>,
    /// The individual who registered it.
    pub lead_creator: MaybeUndefined<String>,
    /// The individual who owns it.
    pub owner: MaybeUndefined<String>,
    /// All options that it bears from now on. A condition of its stage that becomes true by this pays now.
    pub custom_fields: MaybeUndefined<Vec<CustomFieldValueInput>>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A move of a deal.
#[derive(InputObject)]
pub struct MoveDealInput {
    /// Which deal.
    pub id: ID,
    /// The stage that it enters. Where it stands already, nothing happens.
    pub stage_id: ID,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// A renewal of a deal.
#[derive(InputObject)]
pub struct RecordDealRenewalInput {
    /// Which deal.
    pub id: ID,
    /// A key of the caller's choice: the same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: String,
}

/// What was done to a deal.
pub struct DealPayload {
    deal: Option<Deal>,
    commissions: Vec<Commission>,
    user_errors: Vec<UserError>,
}

/// What was done to a deal.
#[Object]
impl DealPayload {
    /// The deal as it is now; null if nothing was changed.
    async fn deal(&self, ctx: &Context<'_>) -> Nullable<Shown<Deal>> {
        shown(ctx, Resource::Deals, self.deal.as_ref())
    }

    /// The commissions that this made due.
    async fn commissions(&self, ctx: &Context<'_>) -> Result<Rows<Commission>, ApiError> {
        shown_rows(ctx, &self.commissions)
    }

    /// What to mend; empty: it is done.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl DealPayload {
    fn of<'b>(
        mutation: &'b Mutation<'_>,
        doing: impl Future<Output = Result<Done, ServiceError>> + Send + 'b,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send + 'b {
        let answered = mutation.answered(doing);
        async move { Self::from_answer(answered.await) }
    }

    fn from_answer(answered: Result<Done, ServiceError>) -> Result<Self, ApiError> {
        let (done, user_errors) = answer(answered)?;
        let (deal, commissions) = match done {
            Some(done) => (Some(Deal::from(done.deal)), done.commissions),
            None => (None, Vec::new()),
        };
        Ok(Self {
            deal,
            commissions: commissions.into_iter().map(Commission::from).collect(),
            user_errors,
        })
    }
}

#[derive(Default)]
pub struct DealQuery;

#[Object]
impl DealQuery {
    /// One deal, by id or by external id; null if there is none.
    async fn deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Or the id that another system gave it.")] external_id: Option<String>,
    ) -> Nullable<Shown<Deal>> {
        nullable(async {
            match one_of_two(id, external_id)? {
                Ok(id) => Shown::row(ctx, id.parse::<DealId>()?.uuid()),
                Err(external_id) => Shown::named(ctx, view::column(view::DealColumn::ExternalId), external_id),
            }
        })
        .await
    }

    /// The deals, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn deals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<DealFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<OrderBy<DealOrderField>>,
    ) -> Result<Pages<Connection<Deal>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Deals)?;
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let sorted = OrderBy::read(order_by);
        if sorted.by == DealOrder::Value {
            within_currency("VALUE", filter.currency)?;
        }
        let cursors = order::cursors((scope, "deals", &filter), sorted);
        let arguments = PageArguments::new(first, after, last, before);
        let listing = deals(store::deal::list(filter.clone(), sorted));
        listed(listing, &cursors, &arguments, move |request| {
            let filter = filter.clone();
            Box::pin(async move { Ok(store::deal::count(request.store().reader(), &scope, &filter).await?) })
        })
    }
}

#[derive(Default)]
pub struct DealMutation;

#[Object]
impl DealMutation {
    /// Creates a deal; one that is given a stage enters it, which may pay. Needs `deals:write`.
    async fn create_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new deal.")] input: CreateDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let deal = NewDeal {
            external_id: input.external_id,
            name: input.name,
            value: (input.value.amount.0, input.value.currency.0),
            partner_id: id_text(input.partner_id),
            stage_id: input.stage_id.map(id_text),
            lead_creator: input.lead_creator,
            owner: input.owner,
            fields: values(input.custom_fields.unwrap_or_default()),
        };
        Some(DealPayload::of(&request, create(&request.app, &request.caller, deal)).await)
    }

    /// Deletes a deal that has no commission, else IN_USE. Needs `deals:write`.
    async fn delete_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which deal.")] input: DeleteInput,
    ) -> Nullable<DeletePayload> {
        let request = mutation(ctx).await;
        let deleted = delete_deal(&request.app, &request.caller, &input.id).await;
        Some(DeletePayload::of(deleted.map(|id| id.to_string())))
    }

    /// Changes a deal. Needs `deals:write`.
    async fn update_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let change = DealChange {
            id: id_text(input.id),
            name: plain(input.name),
            value: patch(input.value, |value| (value.amount.0, value.currency.0)),
            lead_creator: plain(input.lead_creator),
            owner: plain(input.owner),
            fields: patch(input.custom_fields, values),
        };
        Some(DealPayload::of(&request, update(&request.app, &request.caller, change)).await)
    }

    /// Moves a deal into a stage, which pays what the rules say. A stage with the outcome LOST reverses what the deal made
    /// and nobody approved. Needs `deals:write`.
    async fn move_deal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which deal, and where to.")] input: MoveDealInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let done = move_to(&request.app, &request.caller, &input.id, &input.stage_id);
        Some(DealPayload::of(&request, done).await)
    }

    /// Records that a deal was renewed: every recurring part that has started pays its next occurrence. A lost deal
    /// cannot be renewed: INVALID_TRANSITION. Needs `deals:write`.
    async fn record_deal_renewal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which deal.")] input: RecordDealRenewalInput,
    ) -> Nullable<DealPayload> {
        let request = mutation(ctx).await;
        let done = renew(&request.app, &request.caller, &input.id);
        Some(DealPayload::of(&request, done).await)
    }
}
