//! Erasing the personal data of a person.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};

use crate::graphql::context::{mutation, request};
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{UserError, answer, failed};
use domain::erasure;
use service::erasure::NamedSubject;

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

/// An erasure of personal data. It is done in the background, and cannot be undone.
#[derive(Clone, SimpleObject)]
pub struct Erasure {
    /// Counts the tenant's erasures from 1. `erased 7` stands in the place of names that the seventh has erased.
    pub number: i32,
    /// Whose data it is.
    pub subject_type: PersonalDataSubjectType,
    /// The partner, customer or request, or the partner of a recipient; null for staff.
    pub subject_id: Option<ID>,
    /// Who asked for it: the subject of a token, or the id of an API key.
    pub requested_by: String,
    /// Why; null if no reason was given.
    pub reason: Option<String>,
    /// Whether it was to go ahead although something was owed.
    pub forced: bool,
    /// When it was asked for.
    pub requested_at: DateTime,
    /// When nothing was left to be erased; null until then.
    pub finished_at: Option<DateTime>,
    /// The number of rows that were changed so far, copies in the audit log, in stored answers and in webhooks included.
    pub changed_rows: i32,
}

impl From<erasure::Erasure> for Erasure {
    fn from(erasure: erasure::Erasure) -> Self {
        Self {
            number: i32::try_from(erasure.number).unwrap_or(i32::MAX),
            subject_type: erasure.subject.kind().into(),
            subject_id: erasure.subject.id().map(ID),
            requested_by: erasure.requested_by,
            reason: erasure.reason,
            forced: erasure.forced,
            requested_at: DateTime(erasure.requested_at),
            finished_at: erasure.finished_at.map(DateTime),
            changed_rows: i32::try_from(erasure.changed_rows).unwrap_or(i32::MAX),
        }
    }
}

/// The result of asking for an erasure.
#[derive(SimpleObject)]
pub struct ErasePersonalDataPayload {
    /// The erasure, which has begun; null if there are user errors.
    pub erasure: Option<Erasure>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

#[derive(Default)]
pub struct ErasureQuery;

#[Object]
impl ErasureQuery {
    /// The newest 500 erasures of personal data, newest first. Needs `admin`.
    async fn erasures(&self, ctx: &Context<'_>) -> Result<Vec<Erasure>, ApiError> {
        let request = request(ctx);
        let all = service::erasure::list(&request.app, &request.caller).await;
        Ok(all.map_err(failed)?.into_iter().map(Erasure::from).collect())
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
