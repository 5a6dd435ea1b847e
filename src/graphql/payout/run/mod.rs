//! Payout runs: the payouts of a day, partner by partner.

pub mod line;
pub mod object;
