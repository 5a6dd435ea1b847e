//! Deciding whether a partner may sign in from the row that its query reads anyway: most queries of partners ask for the
//! partner itself, and need no statement of their own for the check.

use uuid::Uuid;

use crate::graphql::{Observation, RowObserver};
use domain::id::PartnerId;
use service::authentication::SignIn;
use store::partner::SignInCells;
use store::view::{Column, PARTNER, Selected};

/// Only for reads from the primary: a standby's row may be out of date.
impl RowObserver for SignIn {
    fn observe<'o>(&'o self, column: Column, id: Uuid, selected: &mut Selected) -> Option<Observation<'o>> {
        if column != PARTNER.id() || !self.awaits(PartnerId::from_uuid(id)) {
            return None;
        }
        let cells = SignInCells::select(selected);
        Some(Box::new(move |row| {
            self.decide(Some(&cells.state(row)?));
            Ok(())
        }))
    }
}
