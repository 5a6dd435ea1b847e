//! The steps of which the programme's history consists.

use super::sales::SaleRow;

/// One step of the history. Numbers are indexes into the tables of the module that performs the step.
pub enum TimelineStep {
    /// Groups, tiers, categories and advertisers.
    Classify,
    /// Stages, custom fields and commission rules.
    Lay,
    Campaign(usize),
    /// Pauses or ends a campaign.
    Turn(usize),
    /// Makes the standard group the default for partners without one.
    Settle,
    Tier(usize),
    Partner(usize),
    Coupon(usize),
    Link(usize),
    /// Who followed links in the week that begins on this day.
    Touches(i64),
    Amend(usize),
    Lead(usize),
    Ask(usize),
    Answer(usize),
    /// The sales that the shops report for one day.
    Record(Vec<SaleRow>),
    Deal(usize),
    /// A deal's next stage or renewal.
    Move(usize, usize),
    Mature,
    Review(usize),
    Pay(usize),
    Settlement(usize),
    /// The money of a payout came back.
    Return,
}
