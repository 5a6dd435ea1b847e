//! The input field on which a rejected row collided. Services check before they write, so that one answer names every
//! problem; this is for collisions between concurrent writers.

use sea_orm::{DbErr, SqlErr};

use super::StoreError;

/// The unique index, as PostgreSQL names it; the table and the last column, as SQLite does; the input's field.
type UniqueKey = (&'static str, &'static str, &'static str);

const KEYS: [UniqueKey; 13] = [
    ("tenant_slug_key", "tenant.slug", "slug"),
    ("partner_email_key", "partner.email", "email"),
    (
        "partner_group_default_key",
        "index 'partner_group_default_key'",
        "default",
    ),
    ("partner_tier_label_key", "partner_tier.label", "label"),
    ("partner_category_label_key", "partner_category.label", "label"),
    ("partnership_request_pending_key", "partnership_request.email", "email"),
    ("coupon_code_key", "coupon.code_key", "code"),
    ("link_key", "link.key", "key"),
    ("visitor_key", "visitor.visitor_id", "visitorId"),
    ("idempotency_key_key", "idempotency.idempotency_key", "idempotencyKey"),
    ("customer_external_id_key", "customer.external_id", "customerExternalId"),
    ("commission_snapshot_version_key", "commission_snapshot.version", ""),
    (
        "commission_snapshot_partner_wide_version_key",
        "commission_snapshot.version",
        "",
    ),
];

/// The field whose value another row already has, if that is why the database refused.
pub fn taken_field(error: &StoreError) -> Option<&'static str> {
    let StoreError::Database(error) = error else {
        return None;
    };
    let Some(SqlErr::UniqueConstraintViolation(message)) = DbErr::sql_err(error) else {
        return None;
    };
    let named = KEYS
        .iter()
        .find(|(index, column, _)| names(&message, |name| name == *index || name == *column));
    match named {
        Some((.., field)) => Some(field),
        // Of all other tables.
        None => names(&message, |name| {
            name.ends_with("_external_id_key") || name.ends_with(".external_id")
        })
        .then_some("externalId"),
    }
}

/// Whether the database's message names such an index or column. Where Citus distributes an index, each part's name ends
/// with a number.
fn names(message: &str, is_such: impl Fn(&str) -> bool) -> bool {
    let mut words = message.split(|c: char| !(c.is_alphanumeric() || "_.'".contains(c)));
    let mut quoted = message.split('"').skip(1).step_by(2);
    words.any(&is_such)
        || quoted.any(|name| {
            let whole = name.trim_end_matches(|c: char| c.is_ascii_digit());
            is_such(name) || is_such(whole.strip_suffix('_').unwrap_or(whole))
        })
}

/// Whether the database refused because a sum would exceed its bounds, which it checks as it adds.
pub fn is_sum_too_large(error: &StoreError) -> bool {
    match error {
        StoreError::SumTooLarge => true,
        StoreError::Database(DbErr::Exec(cause) | DbErr::Query(cause)) => cause.to_string().contains("_bounds"),
        StoreError::Database(_)
        | StoreError::Corrupt { .. }
        | StoreError::Unconfirmed(_)
        | StoreError::InUse
        | StoreError::ReadOnly
        | StoreError::Raced
        | StoreError::Distributed(_)
        | StoreError::Url(_) => false,
    }
}

/// Whether the database refused because something refers to the row, or because the row refers to something that does
/// not exist.
pub fn is_reference_violation(error: &StoreError) -> bool {
    matches!(error, StoreError::Database(error)
        if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))))
}
