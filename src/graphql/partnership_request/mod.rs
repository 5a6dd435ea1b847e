//! Partnership requests: partners ask to join campaigns.

pub mod object;
