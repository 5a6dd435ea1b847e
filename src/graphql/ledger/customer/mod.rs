//! Customers, and the partners that they are bound to.

mod object;
mod query;
mod reassigned_row;
mod reassignment;
mod reassignment_input;

pub use object::{CUSTOMER, Customer};
pub use query::{CustomerOrderField, CustomerQuery};
pub use reassignment::ReassignmentMutation;
