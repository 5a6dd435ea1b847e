//! Events: what happened, to whom it is credited and why it earned what it earned.

pub mod changes_cursor;
pub mod decision;
pub mod object;
pub mod revenue;
