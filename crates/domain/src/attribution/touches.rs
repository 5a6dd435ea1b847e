//! Which touches of a customer count for an event, and to whom they credit it.

use chrono::TimeDelta;

use super::model::{self, TouchWeights};
use super::settings::{AttributionModel, AttributionSettings};
use crate::Timestamp;
use crate::event::{AttributionSource, Weight};
use crate::id::{CampaignId, CouponId, LinkId, PartnerId, TouchId};
use crate::partner::PartnerStatus;
use crate::touch::TouchKind;

/// Of more touches than this, the first and the latest count.
pub const MAX_TOUCHES: usize = 100;

/// By how much a touch whose time the caller stated may be later than the event: clocks differ.
pub const STATED_LATENESS: TimeDelta = TimeDelta::minutes(5);

/// A touch, with what decides whether it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsideredTouch {
    /// `None`: it is not stored by itself.
    pub id: Option<TouchId>,
    pub kind: TouchKind,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    pub link_id: Option<LinkId>,
    pub coupon_id: Option<CouponId>,
    pub link_disabled: bool,
    pub time_stated: bool,
    pub occurred_at: Timestamp,
    /// What was recorded later counts as later where the times are equal.
    pub recorded_at: Timestamp,
    pub partner_status: PartnerStatus,
    /// Those of its campaign.
    pub settings: AttributionSettings,
}

/// Why a touch does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TouchRefusal {
    /// The event names another campaign.
    OtherCampaign,
    PartnerRevoked,
    LinkDisabled,
    /// It happened after the event.
    Later,
    /// It happened before the window of its campaign.
    TooOld,
}

/// The sale that touches are considered for.
#[derive(Clone, Copy, Debug)]
pub struct TouchedEvent {
    pub occurred_at: Timestamp,
    /// The campaign that it names: touches of others do not count.
    pub campaign: Option<CampaignId>,
}

impl ConsideredTouch {
    /// Whether it counts for an event.
    pub fn check(&self, event: TouchedEvent) -> Result<(), TouchRefusal> {
        let at = event.occurred_at;
        let latest = match self.time_stated {
            true => at + STATED_LATENESS,
            false => at,
        };
        let window = TimeDelta::hours(24 * i64::from(self.settings.window_days));
        if event.campaign.is_some_and(|campaign| campaign != self.campaign_id) {
            Err(TouchRefusal::OtherCampaign)
        } else if self.partner_status == PartnerStatus::Revoked {
            Err(TouchRefusal::PartnerRevoked)
        } else if self.link_disabled {
            Err(TouchRefusal::LinkDisabled)
        } else if self.occurred_at > latest {
            Err(TouchRefusal::Later)
        } else if self.occurred_at < at - window {
            Err(TouchRefusal::TooOld)
        } else {
            Ok(())
        }
    }

    /// What an attribution rests on that this touch decided.
    pub fn source(&self, model: AttributionModel) -> AttributionSource {
        AttributionSource {
            via: self.kind.via(),
            coupon_id: self.coupon_id,
            link_id: self.link_id,
            touch_id: self.id,
            touched_at: Some(self.occurred_at),
            model: Some(model),
        }
    }
}

/// A partner and a campaign to which touches credit an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchCredit {
    /// The latest of its touches, which stands for them.
    pub touch: ConsideredTouch,
    pub weight: Weight,
    /// Of the common denominator of all credits.
    numerator: i64,
}

/// To whom touches credit an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TouchOutcome {
    /// The model of the campaign of the latest touch that counts.
    pub model: AttributionModel,
    /// In the order of their latest touches. None has the weight 0.
    pub credits: Vec<TouchCredit>,
    denominator: i64,
}

/// Why touches credit an event to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untouched {
    /// There are touches, and all are too old.
    OutsideWindow {
        /// The latest of them.
        latest: Timestamp,
        window_days: u32,
    },
    /// There are none that count.
    Nothing,
}

impl TouchOutcome {
    /// Applies the rule to touches, in whatever order.
    pub fn of(touches: Vec<ConsideredTouch>, event: TouchedEvent) -> Result<Self, Untouched> {
        let mut counted = Vec::with_capacity(touches.len());
        let mut others = Vec::new();
        for touch in touches {
            match touch.check(event) {
                Ok(()) => counted.push(touch),
                Err(refusal) => others.push((touch, refusal)),
            }
        }
        let counted = bounded(counted);
        let Some(latest) = counted.last() else {
            return Err(Untouched::of(&others));
        };
        let settings = latest.settings;
        let weights = TouchWeights::of(settings.model, settings.position, counted.len());
        let mut credits: Vec<TouchCredit> = Vec::new();
        for (touch, numerator) in counted.into_iter().zip(weights.numerators) {
            let same = |credit: &TouchCredit| {
                (credit.touch.partner_id, credit.touch.campaign_id) == (touch.partner_id, touch.campaign_id)
            };
            let before = credits
                .iter()
                .position(same)
                .map(|place| credits.remove(place).numerator);
            credits.push(TouchCredit {
                touch,
                weight: Weight::WHOLE,
                numerator: before.unwrap_or(0) + numerator,
            });
        }
        credits.retain(|credit| credit.numerator > 0);
        for credit in &mut credits {
            credit.weight = model::reduced(credit.numerator, weights.denominator);
        }
        Ok(Self {
            model: settings.model,
            credits,
            denominator: weights.denominator,
        })
    }

    /// The shares of an amount that is not negative, in the order of the credits.
    pub fn shares(&self, amount_minor: i64) -> Vec<i64> {
        let numerators: Vec<_> = self.credits.iter().map(|credit| credit.numerator).collect();
        model::shares(amount_minor, &numerators, self.denominator)
    }
}

impl Untouched {
    fn of(others: &[(ConsideredTouch, TouchRefusal)]) -> Self {
        let touches = others
            .iter()
            .filter(|(_, refusal)| !matches!(refusal, TouchRefusal::OtherCampaign | TouchRefusal::Later));
        if touches.clone().any(|(_, refusal)| *refusal != TouchRefusal::TooOld) {
            return Self::Nothing;
        }
        match touches.max_by_key(|(touch, _)| touch.occurred_at) {
            Some((touch, _)) => Self::OutsideWindow {
                latest: touch.occurred_at,
                window_days: touch.settings.window_days,
            },
            None => Self::Nothing,
        }
    }
}

/// The touches in the order of time, and then of recording; of too many, the first and the latest.
fn bounded(mut touches: Vec<ConsideredTouch>) -> Vec<ConsideredTouch> {
    touches.sort_by_key(|touch| (touch.occurred_at, touch.recorded_at));
    let superfluous = touches.len().saturating_sub(MAX_TOUCHES);
    if superfluous > 0 {
        touches.drain(1..=superfluous);
    }
    touches
}

#[cfg(test)]
mod tests;
