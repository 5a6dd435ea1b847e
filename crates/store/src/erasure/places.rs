//! Where personal values of each kind of subject are, and what becomes of them. docs/privacy.md says the same in words.
//!
//! Conditions are on the row `t`; in them `{tenant}`, `{subject}` and `{name}` stand for the tenant, the subject's id, and
//! the name of a subject that has none.

use domain::erasure::SubjectKind;

/// What becomes of the value of a column; null stays null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It becomes null.
    Null,
    /// "erased" and the number of the erasure, in the place of a text that cannot be null.
    Placeholder,
    /// What the external id is found by afterwards.
    Pseudonym,
    /// Like `Null`, of a document.
    NullDocument,
    /// A hash of input, which stays: its salt goes.
    Unsalted,
    /// Like `Placeholder`, with the id of the row, of a text that is unique.
    UniquePlaceholder,
    /// The key by which a code is compared that became a unique placeholder.
    UniqueKey,
    /// It stays: the books need it. It is exported.
    Kept,
    /// Like `Kept`, of a document.
    KeptDocument,
}

impl Change {
    /// Whether the value stays as it is.
    pub fn keeps(self) -> bool {
        match self {
            Self::Kept | Self::KeptDocument => true,
            Self::Null
            | Self::Placeholder
            | Self::Pseudonym
            | Self::NullDocument
            | Self::Unsalted
            | Self::UniquePlaceholder
            | Self::UniqueKey => false,
        }
    }

    /// Whether exports of a subject's data show the value: not hashes, nor copies that are folded for comparison.
    pub fn is_shown(self, column: &str) -> bool {
        !matches!(self, Self::Unsalted | Self::UniqueKey) && !column.ends_with("_key")
    }

    pub fn is_of_document(self) -> bool {
        matches!(self, Self::NullDocument | Self::KeptDocument)
    }
}

/// A column whose values go.
pub(super) type Erased = (&'static str, Change);

/// A table with values of the subject.
#[derive(Debug)]
pub(super) struct Place {
    pub table: &'static str,
    /// The column of ids by which its rows are gone through.
    pub key: &'static str,
    /// Which rows hold the subject's values.
    pub of: &'static str,
    pub erased: &'static [Erased],
    /// The table's personal columns in the order of their seals, if its rows have a salt.
    pub salted: &'static [&'static str],
}

/// A step of an erasure: one pass through a table.
#[derive(Debug)]
pub(super) enum Step {
    Columns(Place),
    /// What the audit log says of the subject's objects.
    AuditLog,
    /// Answers by idempotency key that name the subject's objects.
    Answers,
    /// Bodies of webhooks that name the subject's objects.
    Deliveries,
    /// What is still to be said of a customer to webhooks.
    Outbox,
    /// What decisions about sales to nobody say of the partner's coupons.
    Decisions,
}

impl Step {
    pub fn table(&self) -> &'static str {
        match self {
            Self::Columns(place) => place.table,
            Self::AuditLog => "audit_entry",
            Self::Answers => "idempotency",
            Self::Deliveries => "webhook_delivery",
            Self::Outbox => "outbox",
            Self::Decisions => "event_decision",
        }
    }
}

/// The personal columns of tables whose rows have a salt. New ones are added at the end.
pub(super) mod salted {
    pub const PARTNER_TRANSITION: &[&str] = &["partner_transition.actor", "partner_transition.reason"];
    pub const COMMISSION_TRANSITION: &[&str] = &["commission_transition.actor", "commission_transition.reason"];
    pub const SNAPSHOT: &[&str] = &["commission_snapshot.reason"];
    pub const COMMISSION: &[&str] = &[
        "commission.recipient",
        "commission.external_id",
        "commission.reason",
        "commission.note",
    ];
    pub const EVENT: &[&str] = &["event.external_id", "event.metadata", "event.content"];
    pub const PAYOUT: &[&str] = &[
        "payout.recipient",
        "payout.payout_reference",
        "payout.reference",
        "payout.created_by",
        "payout.settled_by",
        "payout.returned_by",
        "payout.return_reason",
    ];
    pub const TOUCH: &[&str] = &["touch.visitor_id", "touch.external_id"];
    pub const VISITOR: &[&str] = &["visitor.visitor_id"];
    pub const REASSIGNMENT: &[&str] = &["reassignment.reason", "reassignment.actor"];
    pub const AUDIT_ENTRY: &[&str] = &["audit_entry.actor", "audit_entry.token_id", "audit_entry.changes"];
    pub const ANSWER: &[&str] = &["idempotency.subject", "idempotency.answer", "idempotency.content"];
}

/// The ids of the objects whose changes and names elsewhere are the subject's; `None`: it has no objects.
pub(super) fn objects(kind: SubjectKind) -> Option<&'static str> {
    match kind {
        SubjectKind::Partner => Some(
            "SELECT {subject} AS id
             UNION ALL SELECT id FROM partnership_request WHERE tenant_id = {tenant} AND partner_id = {subject}
             UNION ALL SELECT id FROM commission_snapshot WHERE tenant_id = {tenant} AND partner_id = {subject}
             UNION ALL SELECT id FROM deal WHERE tenant_id = {tenant} AND partner_id = {subject}
             UNION ALL SELECT id FROM api_key WHERE tenant_id = {tenant} AND partner_id = {subject}
             UNION ALL SELECT id FROM link WHERE tenant_id = {tenant} AND partner_id = {subject}
             UNION ALL SELECT id FROM coupon WHERE tenant_id = {tenant} AND partner_id = {subject}",
        ),
        SubjectKind::Customer => Some(
            "SELECT {subject} AS id
             UNION ALL SELECT id FROM event WHERE tenant_id = {tenant} AND customer_id = {subject}
             UNION ALL SELECT id FROM reassignment WHERE tenant_id = {tenant} AND customer_id = {subject}",
        ),
        SubjectKind::Request => Some("SELECT {subject} AS id"),
        SubjectKind::Recipient => Some("SELECT id FROM deal WHERE tenant_id = {tenant} AND partner_id = {subject}"),
        SubjectKind::StaffActor => None,
    }
}

/// The steps of an erasure, in their order. Copies go first: what says whose they are must still be there.
pub(super) fn steps(kind: SubjectKind) -> Vec<Step> {
    use Change::{
        Kept, KeptDocument, Null, NullDocument, Placeholder, Pseudonym, UniqueKey, UniquePlaceholder, Unsalted,
    };
    let place = |table, of, erased, salted| {
        Step::Columns(Place {
            table,
            key: "id",
            of,
            erased,
            salted,
        })
    };
    match kind {
        SubjectKind::Partner => {
            vec![
            Step::AuditLog,
            Step::Answers,
            Step::Deliveries,
            Step::Decisions,
            place(
                "coupon",
                "t.partner_id = {subject}",
                &[("code", UniquePlaceholder), ("code_key", UniqueKey)],
                &[],
            ),
            // What was done with tokens of the partner.
            place(
                "audit_entry",
                "t.partner_id = {subject}",
                &[("actor", Placeholder), ("token_id", Null)],
                salted::AUDIT_ENTRY,
            ),
            place(
                "commission_transition",
                "t.commission_id IN (SELECT id FROM commission WHERE tenant_id = {tenant} AND partner_id = {subject})
                 AND t.reason IS NOT NULL",
                &[("reason", Null)],
                salted::COMMISSION_TRANSITION,
            ),
            place(
                "commission",
                "t.partner_id = {subject} AND (t.reason IS NOT NULL OR t.note IS NOT NULL)",
                &[("reason", Null), ("note", Null)],
                salted::COMMISSION,
            ),
            place(
                "commission",
                "t.partner_id = {subject} AND t.external_id IS NOT NULL",
                &[("external_id", Kept)],
                &[],
            ),
            place(
                "payout",
                "t.partner_id = {subject}",
                &[("payout_reference", Placeholder), ("return_reason", Null), ("reference", Kept)],
                salted::PAYOUT,
            ),
            place(
                "reassignment",
                "(t.partner_id = {subject} OR t.from_partner_id = {subject})",
                &[("reason", Placeholder)],
                salted::REASSIGNMENT,
            ),
            place(
                "commission_snapshot",
                "t.partner_id = {subject} AND t.reason IS NOT NULL",
                &[("reason", Null)],
                salted::SNAPSHOT,
            ),
            place(
                "partner_transition",
                "t.partner_id = {subject} AND t.reason IS NOT NULL",
                &[("reason", Null)],
                salted::PARTNER_TRANSITION,
            ),
            place(
                "deal",
                "t.partner_id = {subject}",
                &[
                    ("name", Placeholder),
                    ("name_key", Placeholder),
                    ("external_id", Null),
                    ("external_id_key", Null),
                ],
                &[],
            ),
            place("api_key", "t.partner_id = {subject}", &[("name", Placeholder)], &[]),
            place(
                "link",
                "t.partner_id = {subject}",
                &[("external_id", Null), ("external_id_key", Null)],
                &[],
            ),
            place("partnership_request", "t.partner_id = {subject}", REQUEST, &[]),
            place(
                "partner",
                "t.id = {subject}",
                &[
                    ("name", Placeholder),
                    ("name_key", Placeholder),
                    ("email", Placeholder),
                    ("email_key", Placeholder),
                    ("external_id", Null),
                    ("external_id_key", Null),
                    ("metadata", NullDocument),
                    ("payout_reference", Null),
                    ("tags", KeptDocument),
                ],
                &[],
            ),
        ]
        }
        SubjectKind::Customer => vec![
            Step::AuditLog,
            Step::Answers,
            Step::Deliveries,
            Step::Outbox,
            place(
                "event",
                "t.customer_id = {subject}",
                &[
                    ("external_id", Pseudonym),
                    ("metadata", NullDocument),
                    ("content", Unsalted),
                ],
                salted::EVENT,
            ),
            // Those of its visitors are known by the ties, which go afterwards.
            place(
                "touch",
                "(t.customer_id = {subject} OR t.visitor_id IN (SELECT visitor_id FROM visitor
                   WHERE tenant_id = {tenant} AND customer_id = {subject}))",
                &[("visitor_id", Null), ("external_id", Null)],
                salted::TOUCH,
            ),
            place(
                "visitor",
                "t.customer_id = {subject}",
                &[("visitor_id", Null)],
                salted::VISITOR,
            ),
            Step::Columns(Place {
                table: "event_decision",
                key: "event_id",
                of: "t.event_id IN (SELECT id FROM event WHERE tenant_id = {tenant} AND customer_id = {subject})
                     AND t.detail IS NOT NULL",
                erased: &[("detail", Null)],
                salted: &[],
            }),
            place(
                "customer",
                "t.id = {subject}",
                &[("external_id", Pseudonym), ("external_id_key", Placeholder)],
                &[],
            ),
            place(
                "commission_transition",
                "t.commission_id IN (SELECT own.id FROM event JOIN commission AS own
                   ON own.tenant_id = {tenant} AND own.event_id = event.id
                   WHERE event.tenant_id = {tenant} AND event.customer_id = {subject}) AND t.reason IS NOT NULL",
                &[("reason", Null)],
                salted::COMMISSION_TRANSITION,
            ),
            place(
                "commission",
                "t.event_id IN (SELECT id FROM event WHERE tenant_id = {tenant} AND customer_id = {subject})
                 AND (t.reason IS NOT NULL OR t.note IS NOT NULL)",
                &[("reason", Null), ("note", Null)],
                salted::COMMISSION,
            ),
            place(
                "reassignment",
                "(t.customer_id = {subject}
                  OR t.event_id IN (SELECT id FROM event WHERE tenant_id = {tenant} AND customer_id = {subject}))",
                &[("reason", Placeholder)],
                salted::REASSIGNMENT,
            ),
        ],
        SubjectKind::Request => vec![
            Step::AuditLog,
            Step::Answers,
            place("partnership_request", "t.id = {subject}", REQUEST, &[]),
        ],
        SubjectKind::Recipient => vec![
            Step::AuditLog,
            Step::Columns(Place {
                table: "payout_run_line",
                key: "run_id",
                of: "t.partner_id = {subject} AND t.recipient = {name}",
                erased: &[("recipient", Placeholder)],
                salted: &[],
            }),
            place(
                "payout",
                "t.partner_id = {subject} AND t.recipient = {name}",
                &[("recipient", Placeholder)],
                salted::PAYOUT,
            ),
            place(
                "commission",
                "t.partner_id = {subject} AND t.recipient = {name}",
                &[("recipient", Placeholder)],
                salted::COMMISSION,
            ),
            place(
                "deal",
                "t.partner_id = {subject} AND t.lead_creator = {name}",
                &[("lead_creator", Placeholder)],
                &[],
            ),
            place(
                "deal",
                "t.partner_id = {subject} AND t.owner = {name}",
                &[("owner", Placeholder)],
                &[],
            ),
        ],
        SubjectKind::StaffActor => vec![
            place(
                "audit_entry",
                "t.actor = {name}",
                &[("actor", Placeholder), ("token_id", Null)],
                salted::AUDIT_ENTRY,
            ),
            place(
                "partner_transition",
                "t.actor = {name}",
                ACTOR,
                salted::PARTNER_TRANSITION,
            ),
            place(
                "commission_transition",
                "t.actor = {name}",
                ACTOR,
                salted::COMMISSION_TRANSITION,
            ),
            place("reassignment", "t.actor = {name}", ACTOR, salted::REASSIGNMENT),
            place("deleted_partner", "t.actor = {name}", ACTOR, &[]),
            place(
                "payout",
                "t.created_by = {name}",
                &[("created_by", Placeholder)],
                salted::PAYOUT,
            ),
            place(
                "payout",
                "t.settled_by = {name}",
                &[("settled_by", Placeholder)],
                salted::PAYOUT,
            ),
            place(
                "payout",
                "t.returned_by = {name}",
                &[("returned_by", Placeholder)],
                salted::PAYOUT,
            ),
            place(
                "payout_run",
                "t.created_by = {name}",
                &[("created_by", Placeholder)],
                &[],
            ),
            place("backtest", "t.created_by = {name}", &[("created_by", Placeholder)], &[]),
            place(
                "erasure",
                "t.requested_by = {name}",
                &[("requested_by", Placeholder)],
                &[],
            ),
            place(
                "idempotency",
                "t.subject = {name}",
                &[("subject", Placeholder)],
                salted::ANSWER,
            ),
        ],
    }
}

const ACTOR: &[Erased] = &[("actor", Change::Placeholder)];

const REQUEST: &[Erased] = &[
    ("name", Change::Placeholder),
    ("email", Change::Placeholder),
    ("message", Change::Null),
    ("reason", Change::Null),
];
