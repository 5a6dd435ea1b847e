//! Commissions, the history of their status and the outbox. Every writer holds the lock of the partner concerned.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use entity::commission::{self, Column, Entity};
use entity::{
    commission_assignment, commission_entered, commission_state, commission_transition, commission_written,
    deal_payment, outbox, payout_item,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::filter::{one_of_ids, text_of};
use super::order::{Key, SortBy, Sorted};
use super::page::{Page, PageRequest, Sort};
use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{StoreError, many, row, view};
use crate::auth::Scope;
use crate::domain::Timestamp;
use crate::domain::commission::{
    Commission, CommissionKind, CommissionStatus, CommissionTransition, Entered, PaymentTarget, SourceTimes,
};
use crate::domain::explain::Step;
use crate::domain::id::{
    CampaignId, CommissionId, CommissionTransitionId, DealId, EventId, PartnerId, PayoutId, SnapshotId, TenantId,
};
use crate::domain::money::Currency;
use crate::domain::terms::BasisKind;
use crate::domain::webhook::WebhookEventType;

const TABLE: &str = "commission";

/// What to list; everything given must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct CommissionFilter {
    /// One of these; empty matches nothing.
    pub status: Option<Vec<CommissionStatus>>,
    pub kinds: Option<Vec<CommissionKind>>,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub recipient: Option<String>,
    pub currency: Option<Currency>,
    /// Both inclusive, and of the currency.
    pub least_minor: Option<i64>,
    pub most_minor: Option<i64>,
    pub accrued_from: Option<Timestamp>,
    pub accrued_to: Option<Timestamp>,
    pub mature_from: Option<Timestamp>,
    pub mature_before: Option<Timestamp>,
    pub approved_from: Option<Timestamp>,
    pub approved_to: Option<Timestamp>,
    pub paid_from: Option<Timestamp>,
    pub paid_to: Option<Timestamp>,
    pub event: Option<EventId>,
    /// The deal that made them.
    pub deal: Option<DealId>,
    /// The payout that they are in, open or paid.
    pub payout: Option<PayoutId>,
    /// One of these; empty matches nothing.
    pub partners: Option<Vec<PartnerId>>,
    pub campaigns: Option<Vec<CampaignId>>,
    pub recipients: Option<Vec<String>>,
}

text_of!(CommissionFilter: status kinds partner campaign recipient currency least_minor most_minor accrued_from accrued_to mature_from mature_before approved_from approved_to paid_from paid_to event deal payout, later: partners campaigns recipients);

impl CommissionFilter {
    /// Whether it names only what many ask for: no row, no person, no moment.
    fn is_common(&self) -> bool {
        let Self {
            partner,
            campaign,
            recipient,
            ..
        } = self;
        let names_nobody = partner.is_none() && campaign.is_none() && recipient.is_none();
        let names_none_of_many = self.partners.is_none() && self.campaigns.is_none() && self.recipients.is_none();
        let names_nothing = self.event.is_none() && self.deal.is_none() && self.payout.is_none();
        let moments = [
            self.accrued_from,
            self.accrued_to,
            self.mature_from,
            self.mature_before,
            self.approved_from,
            self.approved_to,
            self.paid_from,
            self.paid_to,
        ];
        let names_no_amount = [self.least_minor, self.most_minor] == [None; 2];
        names_nobody && names_none_of_many && names_nothing && names_no_amount && moments == [None; 8]
    }
}

/// The orders in which commissions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommissionOrder {
    #[default]
    AccruedAt,
    /// Only within one currency.
    Amount,
}

impl SortBy for CommissionOrder {
    fn key(self) -> Option<Key> {
        Some(match self {
            Self::AccruedAt => Key::time(view::column(Column::AccruedAt)),
            Self::Amount => Key::integer(view::column(Column::AmountMinor)),
        })
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

/// What commissions are listed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    Partner,
    Campaign,
    Event,
    /// The row that they adjust.
    Adjusted,
    Payout,
    Deal,
}

/// How commissions are sorted.
fn sort(sorted: Sorted<CommissionOrder>) -> Sort<Column> {
    let key = match sorted.by {
        CommissionOrder::AccruedAt => Column::AccruedAt,
        CommissionOrder::Amount => Column::AmountMinor,
    };
    Sort {
        key: Some(key),
        id: Column::Id,
        descending: sorted.descending,
    }
}

/// The commissions under a parent of this kind, or all.
pub fn list(parent: Option<Parent>, filter: Arc<CommissionFilter>, sorted: Sorted<CommissionOrder>) -> view::List {
    let kept = filter.is_common().then(|| format!("{parent:?} {filter:?}"));
    let select = move |_, scope: &Scope, key| match parent {
        Some(parent) => children(scope, parent, &filter, key).into_query(),
        None => filtered(scope, &filter).into_query(),
    };
    view::List::new(&view::COMMISSION, kept, sorted.into(), select)
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Commission>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    let rows = visible::<Entity>(scope).filter(one_of).all(database).await?;
    rows.into_iter().map(|row| Ok((row.id, from_row(row)?))).collect()
}

/// The rows of an event, in the order of writing.
pub async fn of_event(
    database: &impl ConnectionTrait,
    scope: &Scope,
    event: EventId,
) -> Result<Vec<Commission>, StoreError> {
    of_events(database, scope, &[event.uuid()]).await
}

/// The rows of events, in the order of writing.
pub async fn of_events(
    database: &impl ConnectionTrait,
    scope: &Scope,
    events: &[Uuid],
) -> Result<Vec<Commission>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::EventId.as_column_ref(), events);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// The kinds of the rows that events have; those without any are left out.
pub async fn kinds_of_events(
    database: &impl ConnectionTrait,
    scope: &Scope,
    events: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<CommissionKind>>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::EventId.as_column_ref(), events);
    let select = visible::<Entity>(scope).filter(one_of).select_only();
    let select = select.column(Column::EventId).column(Column::Kind).distinct();
    let rows: Vec<(Uuid, String)> = select.into_tuple().all(database).await?;
    let mut kinds: HashMap<Uuid, BTreeSet<_>> = HashMap::new();
    for (event, kind) in rows {
        let kind = row::text(TABLE, "kind", &kind, CommissionKind::parse)?;
        kinds.entry(event).or_default().insert(kind);
    }
    Ok(kinds)
}

/// The rows that adjust any of these, in the order of writing.
pub async fn adjusting(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<Vec<Commission>, StoreError> {
    let one_of = many::one_of(database.get_database_backend(), Column::AdjustsId.as_column_ref(), ids);
    let select = visible::<Entity>(scope).filter(one_of).order_by_asc(Column::Id);
    select.all(database).await?.into_iter().map(from_row).collect()
}

/// The ids of accrued rows that the filter lets through, in their order; `after`: only those behind this one.
pub async fn accrued(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &CommissionFilter,
    after: Option<CommissionId>,
    limit: u64,
) -> Result<Vec<CommissionId>, StoreError> {
    let behind = after.map(|after| Column::Id.gt(after.uuid()));
    let select = filtered(scope, filter)
        .filter(
            Condition::all()
                .add(has_status(CommissionStatus::Accrued))
                .add_option(behind),
        )
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Id)
        .limit(limit);
    let ids: Vec<Uuid> = select.into_tuple().all(database).await?;
    Ok(ids.into_iter().map(CommissionId::from_uuid).collect())
}

/// With the status as part of the text: an index of the rows of one status serves no plan that is made for all of them.
pub(super) fn has_status(status: CommissionStatus) -> Expr {
    Expr::col(Column::Status.as_column_ref()).eq(Expr::cust(format!("'{}'", status.as_str())))
}

pub async fn page(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &CommissionFilter,
    sorted: Sorted<CommissionOrder>,
    request: &PageRequest,
) -> Result<Page<Commission>, StoreError> {
    sort(sorted)
        .page(database, filtered(scope, filter), request)
        .await?
        .try_map(from_row)
}

pub async fn count(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &CommissionFilter,
) -> Result<u64, StoreError> {
    Ok(filtered(scope, filter).count(database).await?)
}

/// A page of the children of each parent.
pub async fn pages_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    parent: Parent,
    parents: &[Uuid],
    filter: &CommissionFilter,
    sorted: Sorted<CommissionOrder>,
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Commission>>, StoreError> {
    let pages = many::pages(database, parents, sort(sorted), request, |key| {
        children(scope, parent, filter, key)
    })
    .await?;
    pages
        .into_iter()
        .map(|(parent, page)| Ok((parent, page.try_map(from_row)?)))
        .collect()
}

pub async fn counts_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    parent: Parent,
    parents: &[Uuid],
    filter: &CommissionFilter,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, parents, |key| children(scope, parent, filter, key)).await
}

pub(super) fn children(scope: &Scope, parent: Parent, filter: &CommissionFilter, key: Expr) -> Select<Entity> {
    let column = match parent {
        Parent::Partner => Column::PartnerId,
        Parent::Campaign => Column::CampaignId,
        Parent::Event => Column::EventId,
        Parent::Adjusted => Column::AdjustsId,
        Parent::Deal => return filtered(scope, filter).filter(Column::Id.in_subquery(made_by_deal(scope, key))),
        Parent::Payout => return filtered(scope, filter).filter(Column::Id.in_subquery(ever_in_payout(scope, key))),
    };
    filtered(scope, filter).filter(Expr::col(column.as_column_ref()).eq(key))
}

/// The ids of the rows that a deal made.
fn made_by_deal(scope: &Scope, deal: Expr) -> SelectStatement {
    Query::select()
        .column(deal_payment::Column::CommissionId)
        .from(deal_payment::Entity)
        .and_where(deal_payment::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Expr::col(deal_payment::Column::DealId.as_column_ref()).eq(deal))
        .and_where(deal_payment::Column::CommissionId.is_not_null())
        .take()
}

/// The ids of the rows that were ever put into a payout.
fn ever_in_payout(scope: &Scope, payout: Expr) -> SelectStatement {
    Query::select()
        .column(payout_item::Column::CommissionId)
        .from(payout_item::Entity)
        .and_where(payout_item::Column::TenantId.eq(scope.tenant().uuid()))
        .and_where(Expr::col(payout_item::Column::PayoutId.as_column_ref()).eq(payout))
        .take()
}

pub(super) fn filtered(scope: &Scope, filter: &CommissionFilter) -> Select<Entity> {
    let mut wanted = Condition::all();
    if let Some(status) = &filter.status {
        wanted = wanted.add(Column::Status.is_in(status.iter().map(|status| status.as_str())));
    }
    if let Some(kinds) = &filter.kinds {
        wanted = wanted.add(Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())));
    }
    let wanted = wanted
        .add_option(filter.partner.map(|partner| Column::PartnerId.eq(partner.uuid())))
        .add_option(filter.campaign.map(|campaign| Column::CampaignId.eq(campaign.uuid())))
        .add_option(
            filter
                .recipient
                .as_ref()
                .map(|recipient| Column::Recipient.eq(recipient)),
        )
        .add_option(filter.currency.map(|currency| Column::Currency.eq(currency.code())))
        .add_option(filter.accrued_from.map(|from| Column::AccruedAt.gte(from)))
        .add_option(filter.accrued_to.map(|to| Column::AccruedAt.lt(to)))
        .add_option(filter.least_minor.map(|least| Column::AmountMinor.gte(least)))
        .add_option(filter.most_minor.map(|most| Column::AmountMinor.lte(most)))
        .add_option(filter.mature_from.map(|from| Column::MatureAt.gte(from)))
        .add_option(filter.mature_before.map(|before| Column::MatureAt.lt(before)))
        .add_option(filter.approved_from.map(|from| Column::ApprovedAt.gte(from)))
        .add_option(filter.approved_to.map(|to| Column::ApprovedAt.lt(to)))
        .add_option(filter.paid_from.map(|from| Column::PaidAt.gte(from)))
        .add_option(filter.paid_to.map(|to| Column::PaidAt.lt(to)))
        .add_option(one_of_ids(Column::PartnerId, filter.partners.as_deref()))
        .add_option(one_of_ids(Column::CampaignId, filter.campaigns.as_deref()))
        .add_option(filter.recipients.as_ref().map(|names| Column::Recipient.is_in(names)))
        .add_option(filter.event.map(|event| Column::EventId.eq(event.uuid())))
        .add_option(filter.deal.map(|deal| {
            let made = made_by_deal(scope, Expr::val(deal.uuid()));
            Column::Id.in_subquery(made)
        }))
        .add_option(filter.payout.map(|payout| {
            // Found by its items: no index of commissions by payout is needed.
            let items = ever_in_payout(scope, Expr::val(payout.uuid()));
            Column::Id.in_subquery(items).and(Column::PayoutId.eq(payout.uuid()))
        }));
    visible::<Entity>(scope).filter(wanted)
}

pub fn insert(writes: &mut Writes, tenant: TenantId, commissions: &[Commission]) {
    let rows = commissions
        .iter()
        .map(|commission| to_row(tenant, commission).into_active_model());
    writes.add(rows, Conflict::Fail);
}

/// Rows that were entered by hand or brought in, with what they say of themselves.
pub fn insert_entered(writes: &mut Writes, tenant: TenantId, rows: &[(Commission, Entered)]) {
    let rows = rows
        .iter()
        .map(|(commission, entered)| to_entered_row(tenant, commission, entered).into_active_model());
    writes.add(rows, Conflict::Fail);
}

fn to_entered_row(tenant: TenantId, commission: &Commission, entered: &Entered) -> commission_entered::Model {
    let row = to_row(tenant, commission);
    commission_entered::Model {
        tenant_id: row.tenant_id,
        id: row.id,
        kind: row.kind,
        status: row.status,
        amount_minor: row.amount_minor,
        currency: row.currency,
        payment_target: row.payment_target,
        recipient: row.recipient,
        partner_id: row.partner_id,
        campaign_id: row.campaign_id,
        event_id: row.event_id,
        snapshot_id: row.snapshot_id,
        adjusts_id: row.adjusts_id,
        basis: row.basis,
        holdback_days: row.holdback_days,
        accrued_at: row.accrued_at,
        mature_at: row.mature_at,
        approved_at: row.approved_at,
        paid_at: row.paid_at,
        reversed_at: row.reversed_at,
        payout_id: row.payout_id,
        explanation: row.explanation,
        external_id: entered.external_id.clone(),
        reason: entered.reason.clone(),
        note: entered.note.clone(),
        entered_content: entered.content.clone(),
        source_accrued_at: entered.source.accrued_at,
        source_approved_at: entered.source.approved_at,
        source_paid_at: entered.source.paid_at,
    }
}

/// What rows say of themselves; those that say nothing are empty.
pub async fn entered(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Entered>, StoreError> {
    use commission_entered::{Column, Entity};
    let one_of = many::one_of(database.get_database_backend(), Column::Id.as_column_ref(), ids);
    read_entered(database, visible::<Entity>(scope).filter(one_of)).await
}

/// Rows that were brought in, by what the other system calls them, with a hash of what each was brought in as.
pub async fn contents_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, Vec<u8>>, StoreError> {
    use commission_entered::{Column, Entity};
    let column = Column::ExternalId.as_column_ref();
    let one_of = many::one_of_texts(database.get_database_backend(), column, external_ids);
    let found = read_entered(database, visible::<Entity>(scope).filter(one_of)).await?;
    let named = found
        .into_values()
        .filter_map(|entered| Some((entered.external_id?, entered.content.unwrap_or_default())));
    Ok(named.collect())
}

async fn read_entered(
    database: &impl ConnectionTrait,
    select: Select<commission_entered::Entity>,
) -> Result<HashMap<Uuid, Entered>, StoreError> {
    use commission_entered::Column;
    type Text = Option<String>;
    type Time = Option<Timestamp>;
    type Row = (Uuid, Text, Text, Text, Option<Vec<u8>>, Time, Time, Time);
    let select = select.select_only().columns([
        Column::Id,
        Column::ExternalId,
        Column::Reason,
        Column::Note,
        Column::EnteredContent,
        Column::SourceAccruedAt,
        Column::SourceApprovedAt,
        Column::SourcePaidAt,
    ]);
    let rows: Vec<Row> = select.into_tuple().all(database).await?;
    let entered = rows.into_iter().map(
        |(id, external_id, reason, note, content, accrued_at, approved_at, paid_at)| {
            let source = SourceTimes {
                accrued_at,
                approved_at,
                paid_at,
            };
            let entered = Entered {
                external_id,
                reason,
                note,
                content,
                source,
            };
            (id, entered)
        },
    );
    Ok(entered.collect())
}

/// Writes what may move of each row. The caller checked the move under the partner's lock.
pub fn set_state(writes: &mut Writes, tenant: TenantId, commissions: &[Commission]) {
    let rows = commissions.iter().map(|commission| {
        let row = commission_state::Model {
            tenant_id: tenant.uuid(),
            id: commission.id.uuid(),
            status: commission.status.as_str().to_owned(),
            approved_at: commission.approved_at,
            paid_at: commission.paid_at,
            reversed_at: commission.reversed_at,
            payout_id: commission.payout_id.map(|id| id.uuid()),
        };
        row.into_active_model()
    });
    writes.set(rows);
}

/// Names the individual to whom a row is owed; once. From this moment on it is.
pub async fn set_recipient(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    commission: CommissionId,
    recipient: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    use commission_assignment::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::Recipient, Expr::value(recipient))
        .col_expr(Column::RecipientAssignedAt, Expr::value(at))
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::Id.eq(commission.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Appends to the histories of rows. `entry` is that of the audit log ([`Transaction::audit_entry`](super::Transaction::audit_entry)).
pub fn insert_transitions(
    writes: &mut Writes,
    tenant: TenantId,
    transitions: &[(CommissionId, CommissionTransition)],
    entry: Option<Uuid>,
) {
    let history = transitions.iter().map(|(commission, transition)| {
        let id = CommissionTransitionId::new(transition.at);
        let row = commission_transition::Model {
            audit_entry_id: entry,
            ..to_transition_row(tenant, id, *commission, transition)
        };
        row.into_active_model()
    });
    writes.add(history, Conflict::Fail);
}

/// Appends to the outbox what changed; whoever listens hears of it after the commit.
pub fn announce(writes: &mut Writes, tenant: TenantId, transitions: &[(CommissionId, CommissionTransition)]) {
    let changes = transitions.iter();
    let changes = changes.map(|(commission, transition)| to_change_row(tenant, *commission, transition));
    writes.add(changes, Conflict::Fail);
    if !transitions.is_empty() {
        writes.note_append();
    }
}

/// Without its entry in the audit log.
pub(super) fn to_transition_row(
    tenant: TenantId,
    id: CommissionTransitionId,
    commission: CommissionId,
    transition: &CommissionTransition,
) -> commission_transition::Model {
    commission_transition::Model {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        commission_id: commission.uuid(),
        from_status: transition.from.map(|status| status.as_str().to_owned()),
        to_status: transition.to.as_str().to_owned(),
        actor: transition.actor.clone(),
        reason: transition.reason.clone(),
        at: transition.at,
        sequence: transition.sequence,
        audit_entry_id: None,
    }
}

/// For the outbox, whose rows the database numbers.
pub(super) fn to_change_row(
    tenant: TenantId,
    commission: CommissionId,
    transition: &CommissionTransition,
) -> outbox::ActiveModel {
    let happened = WebhookEventType::of_commission(transition.to);
    outbox::ActiveModel {
        tenant_id: ActiveValue::Set(tenant.uuid()),
        event_type: ActiveValue::Set(Some(happened.as_str().to_owned())),
        object_id: ActiveValue::Set(Some(commission.uuid())),
        at: ActiveValue::Set(transition.at),
        detail: ActiveValue::NotSet,
        id: ActiveValue::NotSet,
    }
}

/// How the amount of each commission came about.
pub async fn explanations_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    commissions: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Step>>, StoreError> {
    use commission_written::{Column, Entity};
    let backend = database.get_database_backend();
    let select = visible::<Entity>(scope)
        .filter(many::one_of(backend, Column::Id.as_column_ref(), commissions))
        .select_only()
        .column(Column::Id)
        .column(Column::Explanation);
    let rows: Vec<(Uuid, serde_json::Value)> = select.into_tuple().all(database).await?;
    rows.into_iter()
        .map(|(id, steps)| Ok((id, row::json(TABLE, "explanation", steps)?)))
        .collect()
}

/// The place of a transition among those of its row. A row never comes back to where it was, so that its states are in
/// order also where clocks disagreed and transitions have no numbers yet.
static PLACE: view::Derived = view::Derived {
    name: "place",
    expression: "COALESCE({row}.sequence, CASE {row}.from_status WHEN 'ACCRUED' THEN -2 WHEN 'APPROVED' THEN -1 ELSE -3 END)",
    of_tenant: None,
    of: &["sequence", "from_status"],
};

/// The status changes of commissions, in the order of recording.
pub fn transitions() -> view::Family {
    use commission_transition::Column as Transition;
    view::Family {
        table: &view::COMMISSION_TRANSITION,
        parent: view::column(Transition::CommissionId),
        through: None,
        order: view::Order {
            key: Some(view::derived::<commission_transition::Entity>(&PLACE)),
            id: view::column(Transition::Id),
            descending: false,
        },
    }
}

/// The status changes of each commission, in the order of recording.
pub async fn transitions_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    commissions: &[Uuid],
) -> Result<HashMap<Uuid, Vec<CommissionTransition>>, StoreError> {
    use commission_transition::Column as Transition;
    const TABLE: &str = "commission_transition";
    let one_of = many::one_of(
        database.get_database_backend(),
        Transition::CommissionId.as_column_ref(),
        commissions,
    );
    let select = visible::<commission_transition::Entity>(scope)
        .filter(one_of)
        .order_by_asc(Transition::Id);
    let mut transitions: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in select.all(database).await? {
        let from = row
            .from_status
            .as_deref()
            .map(|text| row::text(TABLE, "from_status", text, CommissionStatus::parse));
        transitions
            .entry(row.commission_id)
            .or_default()
            .push(CommissionTransition {
                from: from.transpose()?,
                to: row::text(TABLE, "to_status", &row.to_status, CommissionStatus::parse)?,
                actor: row.actor,
                reason: row.reason,
                at: row.at,
                sequence: row.sequence,
            });
    }
    for history in transitions.values_mut() {
        // A row never comes back to where it was, so its states are in order also where clocks disagreed and transitions
        // have no numbers yet.
        history.sort_by_key(|transition| (transition.sequence, transition.from));
    }
    Ok(transitions)
}

/// How an amount came about, as the cell of a row says.
pub fn explanation(row: &view::Row, cell: usize) -> Result<Vec<Step>, StoreError> {
    row::json(TABLE, "explanation", view::json(row, cell)?)
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, commission: &Commission) -> view::AtHand {
    // Rows that were not read with it have no explanation.
    view::at_hand(without_explanation(tenant, commission), &["explanation"])
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Commission, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(super) fn from_row(row: commission::Model) -> Result<Commission, StoreError> {
    let currency = row::currency(TABLE, "currency", &row.currency)?;
    Ok(Commission {
        id: CommissionId::from_uuid(row.id),
        kind: row::text(TABLE, "kind", &row.kind, CommissionKind::parse)?,
        status: row::text(TABLE, "status", &row.status, CommissionStatus::parse)?,
        amount: row::money(TABLE, "amount_minor", row.amount_minor, currency)?,
        payment_target: row::text(TABLE, "payment_target", &row.payment_target, PaymentTarget::parse)?,
        recipient: row.recipient,
        partner_id: PartnerId::from_uuid(row.partner_id),
        campaign_id: row.campaign_id.map(CampaignId::from_uuid),
        event_id: row.event_id.map(EventId::from_uuid),
        snapshot_id: row.snapshot_id.map(SnapshotId::from_uuid),
        adjusts_id: row.adjusts_id.map(CommissionId::from_uuid),
        basis: row
            .basis
            .as_deref()
            .map(|text| row::text(TABLE, "basis", text, BasisKind::parse))
            .transpose()?,
        holdback_days: row
            .holdback_days
            .map(|days| row::unsigned(TABLE, "holdback_days", days))
            .transpose()?,
        accrued_at: row.accrued_at,
        mature_at: row.mature_at,
        approved_at: row.approved_at,
        paid_at: row.paid_at,
        reversed_at: row.reversed_at,
        payout_id: row.payout_id.map(PayoutId::from_uuid),
        explanation: Vec::new(),
    })
}

pub(super) fn to_row(tenant: TenantId, commission: &Commission) -> commission_written::Model {
    commission_written::Model {
        explanation: row::to_json(&commission.explanation),
        ..without_explanation(tenant, commission)
    }
}

fn without_explanation(tenant: TenantId, commission: &Commission) -> commission_written::Model {
    commission_written::Model {
        tenant_id: tenant.uuid(),
        id: commission.id.uuid(),
        kind: commission.kind.as_str().to_owned(),
        status: commission.status.as_str().to_owned(),
        amount_minor: commission.amount.minor(),
        currency: commission.amount.currency().code().to_owned(),
        payment_target: commission.payment_target.as_str().to_owned(),
        recipient: commission.recipient.clone(),
        partner_id: commission.partner_id.uuid(),
        campaign_id: commission.campaign_id.map(|id| id.uuid()),
        event_id: commission.event_id.map(|id| id.uuid()),
        snapshot_id: commission.snapshot_id.map(|id| id.uuid()),
        adjusts_id: commission.adjusts_id.map(|id| id.uuid()),
        basis: commission.basis.map(|basis| basis.as_str().to_owned()),
        holdback_days: commission.holdback_days.map(row::signed),
        accrued_at: commission.accrued_at,
        mature_at: commission.mature_at,
        approved_at: commission.approved_at,
        paid_at: commission.paid_at,
        reversed_at: commission.reversed_at,
        payout_id: commission.payout_id.map(|id| id.uuid()),
        explanation: serde_json::Value::Null,
    }
}
