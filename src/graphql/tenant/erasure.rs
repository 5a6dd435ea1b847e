//! Erasing the personal data of a person.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use paged::paged;

use crate::graphql::connection::Connection;
use crate::graphql::context::{mutation, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, ProjectedPage, declare, projected_page, value, values};
use crate::graphql::scalar::DateTime;
use crate::graphql::shared::row;
use crate::graphql::user_error::{UserError, answer};
use auth::Resource;
use domain::erasure;
use service::erasure::NamedSubject;
use store::erasure::ErasureFilter as StoreFilter;
use store::view;
use store::view::ErasureColumn as Column;

/// Whose personal data is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "erasure::SubjectKind")]
pub enum PersonalDataSubjectType {
    /// A partner, with the requests that it came from.
    Partner,
    /// A customer, with its events.
    Customer,
    /// Who asked for a partnership.
    Request,
    /// An individual at a partner to whom commissions are owed, or whom deals name.
    Recipient,
    /// Who works for the tenant.
    StaffActor,
}

/// Whose personal data to erase; exactly one is given.
#[derive(OneofObject)]
pub enum PersonalDataSubjectInput {
    /// A partner, with the requests that it came from.
    PartnerId(ID),
    /// A customer, with its events.
    CustomerId(ID),
    /// Who asked for a partnership.
    RequestId(ID),
    /// An individual at a partner.
    Recipient(PersonalDataRecipientInput),
    /// Who works for the tenant, by the subject that histories and the audit log name.
    StaffActor(String),
}

/// An individual at a partner to whom commissions are owed, or whom deals name.
#[derive(InputObject)]
pub struct PersonalDataRecipientInput {
    /// The partner.
    pub partner_id: ID,
    /// The individual, exactly as commissions and deals name it.
    pub name: String,
}

impl From<PersonalDataSubjectInput> for NamedSubject {
    fn from(input: PersonalDataSubjectInput) -> Self {
        use PersonalDataSubjectInput as Input;
        match input {
            Input::PartnerId(id) => Self::Partner(id.into()),
            Input::CustomerId(id) => Self::Customer(id.into()),
            Input::RequestId(id) => Self::Request(id.into()),
            Input::Recipient(recipient) => Self::Recipient {
                partner: recipient.partner_id.into(),
                name: recipient.name,
            },
            Input::StaffActor(actor) => Self::StaffActor(actor),
        }
    }
}

/// The personal data to erase.
#[derive(InputObject)]
pub struct ErasePersonalDataInput {
    /// Whose it is.
    pub subject: PersonalDataSubjectInput,
    /// Why, at most 1,000 characters on one line. It is kept: it must not repeat what is erased.
    pub reason: Option<String>,
    /// Whether to go ahead although a payout is open or something is owed, which can then hardly be paid.
    #[graphql(default)]
    pub force: bool,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

row! {
    /// An erasure of personal data.
    pub struct Erasure(erasure::Erasure): ERASURE, store::erasure;
}

declare! {
    /// An erasure of personal data. It is done in the background, and cannot be undone. Only staff with `admin` sees it.
    pub static ERASURE: Erasure = TypeDescription {
        resource: Resource::Audit,
        identity: &[],
        is_named: false,
        table: &view::ERASURE,
        id: || view::column(Column::Id),
    };

    /// Counts the tenant's erasures from 1. `erased 7` stands in the place of names that the seventh has erased.
    "number": i32 = value(Column::Number, view::number);
    /// Whose data it is.
    "subjectType": PersonalDataSubjectType = value(Column::Subject, view::word!(erasure::SubjectKind));
    /// The partner, customer or request, or the partner of a recipient; null for staff.
    "subjectId": Option<ID> = values([Column::Subject, Column::SubjectId], store::erasure::write_subject_id);
    /// What is kept of the name of a recipient or of staff once it is erased: by it `tributary erase --replay` finds the
    /// name in a restored database. Null for others, until it is erased, and without a key to derive it from.
    "subjectPseudonym": Option<String> = value(Column::SubjectName, store::erasure::write_pseudonym);
    /// Who asked for it: the subject of a token, or the id of an API key.
    "requestedBy": String = value(Column::RequestedBy, view::text);
    /// Why; null if no reason was given.
    "reason": Option<String> = value(Column::Reason, view::text);
    /// Whether it was to go ahead although something was owed.
    "forced": bool = value(Column::Forced, view::truth);
    /// When it was asked for.
    "requestedAt": DateTime = value(Column::RequestedAt, view::moment);
    /// When nothing was left to be erased; null until then.
    "finishedAt": Option<DateTime> = value(Column::FinishedAt, view::moment);
    /// The number of rows that were changed so far, copies in the audit log, in stored answers and in webhooks included.
    "changedRows": i32 = value(Column::ChangedRows, view::number);
}

#[ComplexObject]
impl Erasure {}

/// The result of asking for an erasure.
#[derive(SimpleObject)]
pub struct ErasePersonalDataPayload {
    /// The erasure, which has begun; null if there are user errors.
    pub erasure: Option<Erasure>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

/// A filter for erasures; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct ErasureFilter {
    /// Of one of these kinds of persons.
    pub subject_type: Option<Vec<PersonalDataSubjectType>>,
    /// Asked for at this moment or later.
    pub requested_from: Option<DateTime>,
    /// Asked for before this moment.
    pub requested_to: Option<DateTime>,
}

impl ErasureFilter {
    fn read(self) -> StoreFilter {
        let subjects = self.subject_type;
        StoreFilter {
            subjects: subjects.map(|list| list.into_iter().map(erasure::SubjectKind::from).collect()),
            requested_from: self.requested_from.map(|moment| moment.0),
            requested_to: self.requested_to.map(|moment| moment.0),
        }
    }
}

#[derive(Default)]
pub struct ErasureQuery;

#[paged]
#[Object]
impl ErasureQuery {
    /// The erasures of personal data, newest first. Needs `admin`.
    async fn erasures(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<ErasureFilter>,
    ) -> Result<ProjectedPage<Connection<Erasure>>, ApiError> {
        let scope = request(ctx).caller.admin()?.scope();
        let filter = Arc::new(filter.unwrap_or_default().read());
        let cursors = Cursors::of((scope, "erasures", &filter));
        projected_page(
            Listing::of(&ERASURE, store::erasure::list(filter)),
            &cursors,
            &arguments,
        )
    }
}

#[derive(Default)]
pub struct ErasureMutation;

#[Object]
impl ErasureMutation {
    /// Erases the personal data of a person everywhere, and ends its tokens and API keys. Amounts, times and ids stay;
    /// erased events and customers are still found by their external ids. A partner or recipient is refused while a
    /// payout is open or something is owed, unless `force` is set. It cannot be undone. Needs `admin`.
    async fn erase_personal_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose data to erase.")] input: ErasePersonalDataInput,
    ) -> Nullable<ErasePersonalDataPayload> {
        let request = mutation(ctx).await;
        let (subject, reason) = (input.subject.into(), input.reason.as_deref());
        let begun = service::erasure::request(&request.app, &request.caller, subject, reason, input.force);
        let answered = answer(request.answered(begun).await);
        Some(answered.map(|(erasure, user_errors)| ErasePersonalDataPayload {
            erasure: erasure.map(Erasure::from),
            user_errors,
        }))
    }
}
