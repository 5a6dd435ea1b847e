//! How a campaign credits events to those who were involved.

use crate::problem::{Fault, ProblemCode, Problems};
use crate::text_enum;

text_enum! {
    /// Which touches an event is credited to, and by how much.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    AttributionModel {
        /// The latest, whole.
        #[default]
        Last = "LAST",
        /// The first, whole.
        First = "FIRST",
        /// All alike.
        Linear = "LINEAR",
        /// Given parts to the first and the latest, the rest to those between.
        Position = "POSITION",
    }
}

text_enum! {
    /// What a valid coupon does.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    CouponRule {
        /// Its partner gets the whole event.
        #[default]
        Wins = "WINS",
        /// It counts as a touch at the time of the event.
        IsATouch = "IS_A_TOUCH",
    }
}

text_enum! {
    /// For how long a customer's first attributed event decides.
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    AttributionBinding {
        /// It decides for all later events of the customer.
        #[default]
        FirstEvent = "FIRST_EVENT",
        /// Each event is credited by its own touches.
        EachEvent = "EACH_EVENT",
    }
}

/// What POSITION gives to the first and to the latest touch, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PositionShares {
    pub first: u32,
    pub last: u32,
}

/// How a campaign credits events. It belongs to the campaign's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributionSettings {
    /// How many days of 24 hours before an event a touch still counts.
    pub window_days: u32,
    pub model: AttributionModel,
    /// Of POSITION, and only of that.
    pub position: Option<PositionShares>,
    pub coupon_rule: CouponRule,
    pub binding: AttributionBinding,
}

/// Settings as entered; what is not given is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributionDraft {
    pub window_days: Option<i32>,
    pub model: Option<AttributionModel>,
    pub position: Option<PositionDraft>,
    pub coupon_rule: Option<CouponRule>,
    pub binding: Option<AttributionBinding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionDraft {
    pub first: i32,
    pub last: i32,
}

pub const MAX_WINDOW_DAYS: u32 = 365;

impl Default for AttributionSettings {
    fn default() -> Self {
        Self {
            window_days: 60,
            model: AttributionModel::default(),
            position: None,
            coupon_rule: CouponRule::default(),
            binding: AttributionBinding::default(),
        }
    }
}

impl AttributionSettings {
    /// The settings, or `None` after noting what is wrong with them.
    pub fn checked(draft: AttributionDraft, problems: &mut Problems) -> Option<Self> {
        let default = Self::default();
        let window_days = problems.optional("windowDays", draft.window_days, window_days);
        let model = draft.model.unwrap_or_default();
        let position = problems.optional("position", draft.position, position);
        let is_position = model == AttributionModel::Position;
        if is_position && draft.position.is_none() {
            let message = "must say what the first and the last touch get under POSITION";
            problems.add("position", ProblemCode::Required, message);
            return None;
        }
        if !is_position && draft.position.is_some() {
            problems.add("position", ProblemCode::Invalid, "is only for the model POSITION");
            return None;
        }
        Some(Self {
            window_days: window_days?.unwrap_or(default.window_days),
            model,
            position: position?,
            coupon_rule: draft.coupon_rule.unwrap_or_default(),
            binding: draft.binding.unwrap_or_default(),
        })
    }
}

fn window_days(days: i32) -> Result<u32, Fault> {
    let days = u32::try_from(days)
        .ok()
        .filter(|days| (1..=MAX_WINDOW_DAYS).contains(days));
    days.ok_or_else(|| Fault::invalid(format!("must be 1 to {MAX_WINDOW_DAYS}")))
}

fn position(draft: PositionDraft) -> Result<PositionShares, Fault> {
    match (u32::try_from(draft.first), u32::try_from(draft.last)) {
        (Ok(first), Ok(last)) if first.saturating_add(last) <= 100 => Ok(PositionShares { first, last }),
        _ => Err(Fault::invalid(
            "must have percentages that are not negative, and together at most 100",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(draft: AttributionDraft) -> Result<AttributionSettings, Vec<String>> {
        let mut problems = Problems::new();
        let settings = AttributionSettings::checked(draft, &mut problems);
        let told: Vec<_> = problems.into_vec().into_iter().map(|problem| problem.message).collect();
        settings.filter(|_| told.is_empty()).ok_or(told)
    }

    fn under(model: AttributionModel, first: i32, last: i32) -> AttributionDraft {
        AttributionDraft {
            model: Some(model),
            position: Some(PositionDraft { first, last }),
            ..AttributionDraft::default()
        }
    }

    #[test]
    fn what_is_not_given_is_the_default() {
        let settings = checked(AttributionDraft::default()).unwrap();
        assert_eq!(settings, AttributionSettings::default());
        let stored = serde_json::to_value(settings).unwrap();
        let text = r#"{"binding":"FIRST_EVENT","couponRule":"WINS","model":"LAST","position":null,"windowDays":60}"#;
        assert_eq!(stored.to_string(), text);
    }

    #[test]
    fn a_window_has_1_to_365_days() {
        for (days, fits) in [(0, false), (1, true), (365, true), (366, false), (-1, false)] {
            let draft = AttributionDraft {
                window_days: Some(days),
                ..AttributionDraft::default()
            };
            assert_eq!(checked(draft).is_ok(), fits, "{days}");
        }
    }

    #[test]
    fn positions_are_given_with_their_model_and_are_at_most_the_whole() {
        use AttributionModel::{Linear, Position};
        for (first, last) in [(40, 40), (0, 100), (0, 0), (50, 50)] {
            assert!(checked(under(Position, first, last)).is_ok(), "{first} {last}");
        }
        for (first, last) in [(60, 41), (-1, 40), (40, -1), (i32::MAX, i32::MAX)] {
            assert!(checked(under(Position, first, last)).is_err(), "{first} {last}");
        }
        assert!(checked(under(Linear, 40, 40)).is_err());
        let without = AttributionDraft {
            model: Some(Position),
            ..AttributionDraft::default()
        };
        assert!(checked(without).is_err());
    }
}
