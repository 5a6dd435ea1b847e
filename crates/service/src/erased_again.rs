//! Erasing again after a restore: what was erased since the backup was made is in the restored database once more.

use crate::ServiceError;
use crate::app::App;
use crate::erasure::{NamedSubject, request};
use auth::Caller;
use domain::Timestamp;
use domain::erasure::{Erasure, Subject, SubjectKind};
use domain::id::parse_any;
use domain::problem::ProblemCode;
use store::erasure::{names_in_use, was_requested_since};

/// An erasure as it was exported.
#[derive(Clone, Debug)]
pub struct ExportedErasure {
    pub number: u32,
    pub subject: SubjectKind,
    /// The subject's id, or that of a recipient's partner; none of staff.
    pub subject_id: Option<String>,
    /// What stood in the place of the name of a recipient or of staff.
    pub pseudonym: Option<String>,
    pub requested_at: Timestamp,
}

/// What became of an exported erasure.
#[derive(Debug)]
pub enum Replayed {
    /// It was asked for anew.
    Begun(Box<Erasure>),
    /// The database knows of it.
    Known,
    /// The database holds nothing of the subject.
    Absent,
    /// It was not finished when it was exported, or no key was there from which a pseudonym could be derived: nobody can
    /// tell whom it was about.
    Nameless,
}

/// Asks for an exported erasure anew, if the database does not know of it; whatever is owed.
pub async fn replay(app: &App, caller: &Caller, exported: &ExportedErasure) -> Result<Replayed, ServiceError> {
    let reader = app.store.reader();
    let scope = caller.admin()?.scope();
    let id = exported.subject_id.clone().unwrap_or_default();
    let uuid = parse_any(&id).map(|(_, uuid)| uuid).unwrap_or_default();
    let kept = store::erasure::subject(exported.subject, uuid, exported.pseudonym.clone());
    let named = match exported.subject {
        SubjectKind::Partner => NamedSubject::Partner(id),
        SubjectKind::Customer => NamedSubject::Customer(id),
        SubjectKind::Request => NamedSubject::Request(id),
        SubjectKind::Recipient | SubjectKind::StaffActor => {
            let (Some(pseudonym), Some(keys)) = (&exported.pseudonym, &app.webhooks.keys) else {
                return Ok(Replayed::Nameless);
            };
            let in_use = names_in_use(reader, &scope, &kept).await?;
            let is_named = |name: &String| keys.pseudonyms(caller.tenant(), name).contains(pseudonym);
            let Some(name) = in_use.into_iter().find(is_named) else {
                return Ok(Replayed::Absent);
            };
            match &kept {
                Subject::Recipient { .. } => NamedSubject::Recipient { partner: id, name },
                _ => NamedSubject::StaffActor(name),
            }
        }
    };
    if was_requested_since(reader, &scope, &kept, exported.requested_at).await? {
        return Ok(Replayed::Known);
    }
    let reason = format!("erased again after a restore: it was erasure {}", exported.number);
    match request(app, caller, named, Some(&reason), true).await {
        Ok(erasure) => Ok(Replayed::Begun(Box::new(erasure))),
        Err(ServiceError::Rejected(problems))
            if problems.iter().all(|problem| problem.code == ProblemCode::NotFound) =>
        {
            Ok(Replayed::Absent)
        }
        Err(error) => Err(error),
    }
}
