//! The erasure of a subject's personal values: what was asked for, and how far it is. Batches are erased by a job, each in
//! a transaction of its own.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Counts the tenant's erasures from 1; stands in the place of what was erased: "erased 7".
    pub number: i32,
    /// The kind of subject.
    pub subject: String,
    /// The partner, customer or request; of a recipient, the partner that it belongs to.
    pub subject_id: Option<Uuid>,
    /// The name of a recipient or staff actor, which have no id; once it is erased, what stands in its place, by which it
    /// is found in a restored database. Null: there is no key for that.
    pub subject_name: Option<String>,
    pub requested_by: String,
    pub reason: Option<String>,
    /// Whether it was to go ahead although something was owed.
    pub forced: bool,
    pub requested_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    /// Which of the places that hold values of the subject is next.
    pub step: i32,
    /// The last row of that place that was dealt with.
    pub after_id: Option<Uuid>,
    /// How many rows were changed so far.
    pub changed_rows: i32,
    pub audit_entry_id: Option<Uuid>,
    /// Set only within a transaction that erases; it cannot be committed.
    pub under_way: Option<i64>,
}

no_relations!();
