//! Payout runs and their settlement. A commission is in at most one open payout, also with concurrent runs: it is put
//! there under its partner's lock.

mod run;
mod settle;

use crate::aggregate::aggregate;
use domain::commission::{Payout, PayoutRun};
pub use run::{NewPayoutRun, Preview, create_run, preview_run};
pub use settle::{MAX_SETTLEMENTS, Settled, Settlement, settle, settle_many, settle_run, take_back};

aggregate!(Payout: Payout, in payout, with answer);
aggregate!(PayoutRun: PayoutRun, in payout_run, with answer);
