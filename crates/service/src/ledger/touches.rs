//! Touches as they are sent: what they name, and what that is.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use domain::Timestamp;
use domain::attribution::ConsideredTouch;
use domain::coupon::Coupon;
use domain::id::{self, CampaignId, CouponId, LinkId, PartnerId};
use domain::link::Link;
use domain::problem::{ProblemCode, Problems};
use domain::text;
use domain::touch::TouchKind;
use store::promoted::Standing;
use store::{Connection, StoreError};

/// Maximum number of touches that come with an event.
pub const MAX_INLINE: usize = 100;

/// A touch as sent. It names a link, a coupon, or a partner and a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TouchDraft {
    pub link_key: Option<String>,
    pub coupon_code: Option<String>,
    pub partner_id: Option<String>,
    pub campaign_id: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// What a touch was of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TouchName {
    /// A link, by its key.
    Link(String),
    /// A coupon, by its code as sent.
    Coupon(String),
    Partner(PartnerId, CampaignId),
}

/// A touch whose values are in range; what it names may still not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedTouch {
    pub name: TouchName,
    pub occurred_at: Option<Timestamp>,
}

impl TouchDraft {
    /// Its content, by which repetitions are recognised.
    pub fn content(&self) -> Value {
        json!([
            self.link_key.as_deref().map(text::normalised),
            self.coupon_code.as_deref().map(text::normalised),
            self.partner_id,
            self.campaign_id,
            self.occurred_at.map(|moment| moment.timestamp_micros()),
        ])
    }

    /// Checks everything that needs no database. It must not have happened after `latest`.
    pub fn check(self, latest: Timestamp, problems: &mut Problems) -> Option<CheckedTouch> {
        problems.optional("occurredAt", self.occurred_at, |at| domain::time::happened(at, latest));
        let names_pair = self.partner_id.is_some() || self.campaign_id.is_some();
        let name = match (self.link_key, self.coupon_code, names_pair) {
            (Some(key), None, false) => Some(TouchName::Link(key)),
            (None, Some(code), false) => {
                let code = problems.take("couponCode", text::coupon_code(&code));
                code.map(TouchName::Coupon)
            }
            (None, None, true) => {
                let (mut partner, mut campaign) = (None, None);
                match &self.partner_id {
                    Some(id) => partner = problems.id::<id::Partner>("partnerId", id),
                    None => problems.add("partnerId", ProblemCode::Required, "must be given with campaignId"),
                }
                match &self.campaign_id {
                    Some(id) => campaign = problems.id::<id::Campaign>("campaignId", id),
                    None => problems.add("campaignId", ProblemCode::Required, "must be given with partnerId"),
                }
                partner
                    .zip(campaign)
                    .map(|(partner, campaign)| TouchName::Partner(partner, campaign))
            }
            _ => {
                let message = "must name one of linkKey, couponCode, and partnerId with campaignId";
                problems.add("", ProblemCode::Invalid, message);
                None
            }
        };
        Some(CheckedTouch {
            name: name?,
            occurred_at: self.occurred_at,
        })
    }
}

/// What touches and codes name.
#[derive(Default)]
pub struct NamedThings {
    links: HashMap<String, (Link, Standing)>,
    coupons: HashMap<String, (Coupon, Standing)>,
    pairs: HashMap<(PartnerId, CampaignId), Standing>,
}

/// What a touch was of, and what decides whom it credits.
pub struct TouchedThing<'a> {
    pub kind: TouchKind,
    pub partner_id: PartnerId,
    pub campaign_id: CampaignId,
    pub link: Option<&'a Link>,
    pub coupon_id: Option<CouponId>,
    pub standing: Standing,
}

impl NamedThings {
    /// Looks up what touches name, and the coupons with these codes. One statement for links, one for coupons and two
    /// for partners and campaigns, where any is named.
    pub async fn look_up(
        database: &Connection,
        scope: &auth::Scope,
        names: &[TouchName],
        codes: &[String],
    ) -> Result<Self, StoreError> {
        let (mut links, mut coupons, mut pairs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        coupons.extend(codes.iter().map(|code| text::coupon_key(code)));
        for name in names {
            match name {
                TouchName::Link(key) => {
                    links.insert(key.clone());
                }
                TouchName::Coupon(code) => {
                    coupons.insert(text::coupon_key(code));
                }
                TouchName::Partner(partner, campaign) => {
                    pairs.insert((*partner, *campaign));
                }
            }
        }
        let (links, coupons, pairs) = (Vec::from_iter(links), Vec::from_iter(coupons), Vec::from_iter(pairs));
        let pairs = store::promoted::of_pairs(database, scope, &pairs).await?;
        Ok(Self {
            links: store::link::by_keys(database, scope, &links).await?,
            coupons: store::coupon::by_keys(database, scope, &coupons).await?,
            pairs: pairs.into_iter().collect(),
        })
    }

    /// The coupon with a code, however that is written.
    pub fn coupon(&self, code: &str) -> Option<&(Coupon, Standing)> {
        self.coupons.get(&text::coupon_key(code))
    }

    /// What a touch was of; `None`: there is no such thing.
    pub fn find(&self, name: &TouchName) -> Option<TouchedThing<'_>> {
        match name {
            TouchName::Link(key) => self.links.get(key).map(|(link, standing)| TouchedThing {
                kind: TouchKind::Click,
                partner_id: link.partner_id,
                campaign_id: link.campaign_id,
                link: Some(link),
                coupon_id: None,
                standing: *standing,
            }),
            TouchName::Coupon(code) => self.coupon(code).map(|(coupon, standing)| TouchedThing {
                kind: TouchKind::Coupon,
                partner_id: coupon.partner_id,
                campaign_id: coupon.campaign_id,
                link: None,
                coupon_id: Some(coupon.id),
                standing: *standing,
            }),
            TouchName::Partner(partner, campaign) => {
                self.pairs.get(&(*partner, *campaign)).map(|standing| TouchedThing {
                    kind: TouchKind::Referral,
                    partner_id: *partner,
                    campaign_id: *campaign,
                    link: None,
                    coupon_id: None,
                    standing: *standing,
                })
            }
        }
    }

    /// Notes that a touch names something that does not exist.
    pub fn missing(name: &TouchName, problems: &mut Problems) {
        let (field, message) = match name {
            TouchName::Link(_) => ("linkKey", "is the key of no link"),
            TouchName::Coupon(_) => ("couponCode", "is the code of no coupon"),
            TouchName::Partner(..) => ("partnerId", "or the campaign does not exist"),
        };
        problems.add(field, ProblemCode::NotFound, message);
    }
}

impl TouchedThing<'_> {
    pub fn link_id(&self) -> Option<LinkId> {
        self.link.map(|link| link.id)
    }

    /// Whether its link was disabled at this time.
    pub fn link_disabled(&self, at: Timestamp) -> bool {
        self.link.is_some_and(|link| link.was_disabled(at))
    }

    /// A touch of it that is not stored.
    pub fn considered(&self, occurred_at: Timestamp, recorded_at: Timestamp, time_stated: bool) -> ConsideredTouch {
        ConsideredTouch {
            id: None,
            kind: self.kind,
            partner_id: self.partner_id,
            campaign_id: self.campaign_id,
            link_id: self.link_id(),
            coupon_id: self.coupon_id,
            link_disabled: self.link_disabled(occurred_at),
            time_stated,
            occurred_at,
            recorded_at,
            partner_status: self.standing.partner,
            settings: self.standing.settings,
        }
    }
}
