//! The operations: the requests to the gateway, and their equivalents for the ceiling.

mod inputs;

use chrono::SecondsFormat;
use clap::ValueEnum;
use serde_json::{Value, json};
use tributary::domain::id;

use crate::client::Request;
use crate::sample::{Sample, Tenant, wire};
use crate::tokens::Tokens;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Operation {
    /// A partner by id with its group
    Q1,
    /// The newest 50 commissions of a status with partner, its group, and campaign
    Q2,
    /// 20 partners of a group, each with its newest 10 commissions, each with its campaign
    Q3,
    /// A partner portal's dashboard
    Q4,
    /// Page 200 of the tenant's commissions by cursor
    Q5,
    /// recordEvent that accrues one commission
    M1,
    /// simulatePartnerGroup with 20 scenarios against 5 rules
    M2,
}

/// One request of an operation, for either server.
pub struct Case {
    /// The token that the gateway's request is sent with.
    pub token: String,
    pub gateway: Request,
    pub ceiling: Request,
}

/// The gateway's cursors after certain rows, which only it can create. As many as the tenant has places.
pub type Cursors = Vec<Vec<String>>;

const STATUSES: [&str; 4] = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];

impl Operation {
    pub const ALL: [Self; 7] = [Self::Q1, Self::Q2, Self::Q3, Self::Q4, Self::Q5, Self::M1, Self::M2];

    pub fn name(self) -> &'static str {
        match self {
            Self::Q1 => "Q1",
            Self::Q2 => "Q2",
            Self::Q3 => "Q3",
            Self::Q4 => "Q4",
            Self::Q5 => "Q5",
            Self::M1 => "M1",
            Self::M2 => "M2",
        }
    }

    pub fn document(self) -> &'static str {
        match self {
            Self::Q1 => {
                "query($id: ID!) { partner(id: $id) {
                   id name email externalId type status createdAt group { id name default currency } } }"
            }
            Self::Q2 => {
                "query($status: [CommissionStatus!]) { commissions(first: 50, filter: { status: $status }) { nodes {
                   id kind status amount { amount currency } accruedAt matureAt
                   partner { id name group { id name } } campaign { id name } } } }"
            }
            Self::Q3 => {
                "query($group: ID!) { partners(first: 20, filter: { groupId: $group }) { nodes {
                   id name status
                   commissions(first: 10) { nodes {
                     id status amount { amount currency } accruedAt campaign { id name } } } } } }"
            }
            Self::Q4 => {
                "query { viewer { partner {
                   id name status group { id name }
                   balances { currency accrued approved paid reversed payable }
                   commissions(first: 20) { nodes {
                     id status amount { amount currency } accruedAt campaign { id name } } } } } }"
            }
            Self::Q5 => {
                "query($after: String!) { commissions(first: 50, after: $after) {
                   nodes { id kind status amount { amount currency } accruedAt partner { id name } campaign { id name } }
                   pageInfo { hasNextPage } } }"
            }
            Self::M1 => {
                "mutation($input: RecordEventInput!) { recordEvent(input: $input) {
                   event { id externalId } commissions { id status amount { amount currency } matureAt }
                   duplicate userErrors { code message } } }"
            }
            Self::M2 => {
                "mutation($input: SimulatePartnerGroupInput!) { simulatePartnerGroup(input: $input) {
                   results { finalFee { amount currency } effectivePercentage
                             explanation { source outcome detail amount } }
                   userErrors { code message } } }"
            }
        }
    }

    /// The first field of the response, with which responses that count begin.
    pub fn begins(self) -> (&'static str, &'static str) {
        match self {
            Self::Q1 => ("{\"data\":{\"partner\":{", "{\"partner\":{"),
            Self::Q2 | Self::Q5 => ("{\"data\":{\"commissions\":{", "{\"commissions\":{"),
            Self::Q3 => ("{\"data\":{\"partners\":{", "{\"partners\":{"),
            Self::Q4 => ("{\"data\":{\"viewer\":{\"partner\":{", "{\"viewer\":{\"partner\":{"),
            Self::M1 => ("{\"data\":{\"recordEvent\":{", "{\"recordEvent\":{"),
            Self::M2 => (
                "{\"data\":{\"simulatePartnerGroup\":{\"results\":[",
                "{\"simulatePartnerGroup\":{\"results\":[",
            ),
        }
    }

    /// The requests in the order in which both servers get them; neighbours are about different tenants.
    pub fn cases(self, sample: &Sample, cursors: &Cursors, tokens: &Tokens) -> Vec<Case> {
        let mut of_tenants: Vec<_> = sample
            .tenants
            .iter()
            .zip(cursors)
            .map(|(tenant, cursors)| self.of_tenant(tenant, cursors, tokens).into_iter())
            .collect();
        let mut cases = Vec::new();
        loop {
            let before = cases.len();
            cases.extend(of_tenants.iter_mut().filter_map(Iterator::next));
            if cases.len() == before {
                return cases;
            }
        }
    }

    fn of_tenant(self, tenant: &Tenant, cursors: &[String], tokens: &Tokens) -> Vec<Case> {
        let id = tenant.id;
        let staff = tokens.staff(id);
        let ask = |token: &str, variables: Value| {
            let body = json!({ "query": self.document(), "variables": variables });
            Request::post("/graphql", Some(token), &body)
        };
        let read = |variables: Value, path: String| Case {
            token: staff.clone(),
            gateway: ask(&staff, variables),
            ceiling: Request::get(&path),
        };
        let write = |variables: Value, path: String| Case {
            token: staff.clone(),
            ceiling: Request::post(&path, None, &variables),
            gateway: ask(&staff, variables),
        };
        let partners = tenant.partners.iter();
        match self {
            Self::Q1 => partners
                .map(|partner| {
                    let variables = json!({ "id": wire::<id::Partner>(*partner) });
                    read(variables, format!("/q1?tenant={id}&id={partner}"))
                })
                .collect(),
            Self::Q2 => STATUSES
                .iter()
                .map(|status| {
                    let variables = json!({ "status": [status] });
                    read(variables, format!("/q2?tenant={id}&status={status}"))
                })
                .collect(),
            Self::Q3 => tenant
                .groups
                .iter()
                .map(|group| {
                    let variables = json!({ "group": wire::<id::PartnerGroup>(*group) });
                    read(variables, format!("/q3?tenant={id}&id={group}"))
                })
                .collect(),
            Self::Q4 => partners
                .map(|partner| {
                    let token = tokens.partner(id, *partner);
                    Case {
                        gateway: ask(&token, json!({})),
                        ceiling: Request::get(&format!("/q4?tenant={id}&id={partner}")),
                        token,
                    }
                })
                .collect(),
            Self::Q5 => tenant
                .places
                .iter()
                .zip(cursors)
                .map(|(place, cursor)| {
                    let at = place.at.to_rfc3339_opts(SecondsFormat::Micros, true);
                    let path = format!("/q5?tenant={id}&at={at}&id={}", place.id);
                    read(json!({ "after": cursor }), path)
                })
                .collect(),
            Self::M1 => tenant
                .promises
                .iter()
                .map(|promise| write(inputs::event(promise), format!("/m1?tenant={id}")))
                .collect(),
            Self::M2 => vec![write(inputs::simulation(20), format!("/m2?tenant={id}"))],
        }
    }
}

/// A simulation of this many scenarios for the gateway.
pub fn simulation(tenant: &Tenant, tokens: &Tokens, scenarios: u32) -> Request {
    let body = json!({ "query": Operation::M2.document(), "variables": inputs::simulation(scenarios) });
    Request::post("/graphql", Some(&tokens.staff(tenant.id)), &body)
}

/// Lists of `events` events for the gateway, each of a different partner; each list starts `step` partners after the
/// previous one.
pub fn batches(tenant: &Tenant, tokens: &Tokens, events: usize, step: usize) -> Vec<Request> {
    const DOCUMENT: &str = "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) {
        commissions { id } duplicate userErrors { code message } } }";
    let staff = tokens.staff(tenant.id);
    let starts = (0..tenant.promises.len()).step_by(step);
    let requests = starts.map(|start| {
        let promises = tenant.promises.iter().cycle().skip(start).take(events);
        let input: Vec<_> = promises.map(|promise| inputs::event(promise)["input"].take()).collect();
        let body = json!({ "query": DOCUMENT, "variables": { "input": input } });
        Request::post("/graphql", Some(&staff), &body)
    });
    requests.collect()
}
