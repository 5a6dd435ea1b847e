//! Deals, and the rows that they produced.

use super::Check;
use super::CheckScope::Partners;
use super::Subject::{Commission, Deal};

pub const CHECKS: &[Check] = &[
    Check {
        of: Partners,
        what: "the {detail} row and the payments of deals disagree: a DEAL row has one, others have none",
        subjects: &[Commission],
        sql: "SELECT own.id AS commission_id, own.kind AS detail FROM commission AS own
              LEFT JOIN deal_payment ON deal_payment.tenant_id = $1 AND deal_payment.commission_id = own.id
              WHERE own.tenant_id = $1 AND own.partner_id {mine} AND (own.kind = 'DEAL') <> (deal_payment.id IS NOT NULL)",
    },
    Check {
        of: Partners,
        what: "the row disagrees with the deal that made it about its partner or its payment target",
        subjects: &[Commission, Deal],
        sql: "SELECT own.id AS commission_id, deal.id AS deal_id, '' AS detail FROM deal
              JOIN deal_payment ON deal_payment.tenant_id = $1 AND deal_payment.deal_id = deal.id
              JOIN commission AS own ON own.tenant_id = $1 AND own.id = deal_payment.commission_id
              WHERE deal.tenant_id = $1 AND deal.partner_id {mine}
                AND (own.partner_id <> deal.partner_id OR own.payment_target <> deal_payment.payment_target)",
    },
    Check {
        of: Partners,
        what: "the {detail} row may be paid again, since its payment is void, but is not reversed",
        subjects: &[Commission, Deal],
        sql: "SELECT own.id AS commission_id, deal_payment.deal_id, own.status AS detail FROM deal
              JOIN deal_payment ON deal_payment.tenant_id = $1 AND deal_payment.deal_id = deal.id
              JOIN commission AS own ON own.tenant_id = $1 AND own.id = deal_payment.commission_id
              WHERE deal.tenant_id = $1 AND deal.partner_id {mine} AND deal_payment.voided_at IS NOT NULL AND own.status <> 'REVERSED'",
    },
    Check {
        of: Partners,
        what: "the deal is lost, and a row of an earlier stage has still accrued",
        subjects: &[Commission, Deal],
        sql: "SELECT own.id AS commission_id, deal.id AS deal_id, '' AS detail FROM deal
              JOIN payment_stage ON payment_stage.tenant_id = $1 AND payment_stage.id = deal.stage_id
              JOIN deal_payment ON deal_payment.tenant_id = $1 AND deal_payment.deal_id = deal.id
              JOIN commission AS own ON own.tenant_id = $1 AND own.id = deal_payment.commission_id
              WHERE deal.tenant_id = $1 AND deal.partner_id {mine} AND payment_stage.outcome = 'LOST' AND own.status = 'ACCRUED'
                AND deal_payment.stage_id <> deal.stage_id",
    },
];
