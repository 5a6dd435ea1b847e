//! Statements: what was owed to a payee, and the movements that changed it.

mod movement;
mod object;
mod page;

pub use object::StatementQuery;
