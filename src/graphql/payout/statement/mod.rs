//! Statements: what was owed to a payee, and what moved it.

mod movement;
mod object;
mod page;

pub use object::StatementQuery;
