//! How campaigns credit events, as input and output types.

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Enum, InputObject, SimpleObject};

use crate::graphql::rows::{PlainObject, SubSelection, unwritten};
use domain::attribution::{self, AttributionDraft, AttributionSettings, PositionDraft};
use store::view::JsonText;

/// Which touches an event is credited to, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "attribution::AttributionModel")]
pub enum AttributionModel {
    /// The latest touch, whole.
    Last,
    /// The first touch, whole.
    First,
    /// All touches alike. For now only for `simulateAttribution`: campaigns cannot use it.
    Linear,
    /// Given parts to the first and the latest touch, the rest evenly to those between; if there are none, half of the
    /// rest each. For now only for `simulateAttribution`: campaigns cannot use it.
    Position,
}

/// What a valid coupon does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "attribution::CouponRule")]
pub enum CouponRule {
    /// Its partner gets the whole event, whatever touches there are.
    Wins,
    /// It counts as a touch at the time of the event.
    IsATouch,
}

/// For how long a customer's first attributed event decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "attribution::AttributionBinding")]
pub enum AttributionBinding {
    /// It decides for all later events of the customer.
    FirstEvent,
    /// Each event is credited by its own touches.
    EachEvent,
}

/// What POSITION gives to the first and to the latest touch, in percent.
#[derive(Clone, SimpleObject)]
pub struct PositionShares {
    /// What the first touch gets, in percent.
    pub first: u32,
    /// What the latest touch gets, in percent.
    pub last: u32,
}

/// How a campaign credits events to partners. It belongs to the campaign's version.
#[derive(Clone, SimpleObject)]
pub struct CampaignAttribution {
    /// How many days of 24 hours before an event a touch still counts, both ends included.
    pub window_days: u32,
    /// Which of an event's touches it is credited to: the model of the campaign of the latest one decides.
    pub model: AttributionModel,
    /// What the first and the latest touch get; null unless the model is POSITION.
    pub position: Option<PositionShares>,
    /// What a valid coupon of the campaign does.
    pub coupon_rule: CouponRule,
    /// For how long a customer's first attributed event decides.
    pub binding: AttributionBinding,
}

/// What POSITION gives to the first and to the latest touch, in percent; together at most 100.
#[derive(Clone, InputObject)]
pub struct PositionSharesInput {
    /// What the first touch gets, in percent, at least 0.
    pub first: i32,
    /// What the latest touch gets, in percent, at least 0.
    pub last: i32,
}

/// How a campaign credits events to partners. What is left out has its default.
#[derive(Clone, InputObject)]
pub struct CampaignAttributionInput {
    /// How many days of 24 hours before an event a touch still counts, 1 to 365; 60 by default.
    pub window_days: Option<i32>,
    /// Which of an event's touches it is credited to; LAST by default.
    pub model: Option<AttributionModel>,
    /// What the first and the latest touch get; required for POSITION, and only allowed with it.
    pub position: Option<PositionSharesInput>,
    /// What a valid coupon of the campaign does; WINS by default.
    pub coupon_rule: Option<CouponRule>,
    /// For how long a customer's first attributed event decides; FIRST_EVENT by default.
    pub binding: Option<AttributionBinding>,
}

impl PlainObject for PositionShares {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "first" => json.number(self.first),
            "last" => json.number(self.last),
            _ => unwritten(self, field, json),
        }
    }
}

impl PlainObject for CampaignAttribution {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "windowDays" => json.number(self.window_days),
            "model" => json.plain(enum_value(self.model)),
            "position" => match &self.position {
                Some(position) => below.object(position, json),
                None => json.null(),
            },
            "couponRule" => json.plain(enum_value(self.coupon_rule)),
            "binding" => json.plain(enum_value(self.binding)),
            _ => unwritten(self, field, json),
        }
    }
}

impl From<&AttributionSettings> for CampaignAttribution {
    fn from(settings: &AttributionSettings) -> Self {
        Self {
            window_days: settings.window_days,
            model: settings.model.into(),
            position: settings.position.map(|shares| PositionShares {
                first: shares.first,
                last: shares.last,
            }),
            coupon_rule: settings.coupon_rule.into(),
            binding: settings.binding.into(),
        }
    }
}

impl From<CampaignAttributionInput> for AttributionDraft {
    fn from(input: CampaignAttributionInput) -> Self {
        Self {
            window_days: input.window_days,
            model: input.model.map(Into::into),
            position: input.position.map(|shares| PositionDraft {
                first: shares.first,
                last: shares.last,
            }),
            coupon_rule: input.coupon_rule.map(Into::into),
            binding: input.binding.map(Into::into),
        }
    }
}
