//! From rows to partners and back.

use entity::partner;

use super::TABLE;
use crate::mapped::mapped;
use crate::row;
use crate::table_functions::table_functions;
use domain::partner::{Partner, PartnerType};
use domain::text;
table_functions!(Partner: whole, at_hand);

mapped! {
    pub(crate) fn (row: partner::Model, partner: Partner) of TABLE;
    both: id, name, email, external_id, status, tags, metadata, group_id, tier_id, payout_currency, payout_reference,
        created_at, updated_at, activated_at, revoked_at, tokens_valid_from;
    read: {
        partner_type: row::text(TABLE, "type", &row.r#type, PartnerType::parse)?,
    }
    written: {
        name_key: text::sort_key(&partner.name),
        email_key: text::sort_key(&partner.email),
        external_id_key: partner.external_id.as_deref().map(text::sort_key),
        r#type: partner.partner_type.as_str().to_owned(),
    }
}
