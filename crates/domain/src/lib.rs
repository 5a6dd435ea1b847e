//! The domain model of partner programmes. Pure: no async, no IO, and no dependency on the database, GraphQL or HTTP.

pub mod accrual;
pub mod audit;
pub mod backtest;
pub mod bank_reference;
pub mod calendar;
pub mod campaign;
pub mod commission;
pub mod coupon;
pub mod customer_stage;
pub mod deal;
pub mod deal_rules;
pub mod decision;
pub mod erasure;
pub mod event;
pub mod exact_numbers;
pub mod explain;
pub mod formula;
pub mod group_rules;
pub mod history;
pub mod id;
pub mod items;
pub mod label;
pub mod money;
pub mod partner;
pub mod partner_group;
pub mod partnership_request;
pub mod payment_service;
pub mod payout_run;
pub mod personal;
pub mod problem;
pub mod reassignment;
pub mod refund;
mod refunded;
pub mod report;
pub mod snapshot;
pub mod statement;
pub mod tenant;
pub mod terms;
pub mod text;
mod text_enum;
pub mod tiered;
pub mod time;
mod via;
pub mod webhook;

/// A moment in UTC, to the microsecond.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
