//! Whether both servers return and write the same. Without that, measurements would mean nothing.

mod written;

use serde_json::Value;

use crate::Failure;
use crate::client::Connection;
use crate::database::Database;
use crate::load::NUMBERS;
use crate::operation::{Case, Operation};
use crate::server::Server;

/// Number of cases of each operation that are compared.
const CASES: usize = 25;
/// The gateway approves matured rows while it runs; what it changes between two responses is not a difference.
const ATTEMPTS: usize = 3;

/// One connection to each server.
pub struct Both {
    pub gateway: Connection,
    pub ceiling: Connection,
}

impl Both {
    /// Opened for each operation: servers close connections that are idle for a while.
    pub async fn connect(gateway: &Server, ceiling: &Server) -> Result<Self, Failure> {
        Ok(Self {
            gateway: Connection::open(gateway.address).await?,
            ceiling: Connection::open(ceiling.address).await?,
        })
    }
}

/// Fails with both responses if they differ.
pub async fn check(operation: Operation, cases: &[Case], both: &mut Both, database: &Database) -> Result<(), Failure> {
    if cases.is_empty() {
        return Err(format!("{}: the data has nothing to ask for", operation.name()).into());
    }
    if operation == Operation::M1 {
        return written::check(&cases[..cases.len().min(5)], both, database).await;
    }
    for case in &cases[..cases.len().min(CASES)] {
        let mut attempt = 1;
        loop {
            let (gateway, ceiling) = ask(case, both).await?;
            if gateway == ceiling {
                break;
            }
            if attempt == ATTEMPTS {
                let name = operation.name();
                return Err(format!("{name} differs.\ngateway: {gateway}\nceiling: {ceiling}").into());
            }
            attempt += 1;
        }
    }
    Ok(())
}

async fn ask(case: &Case, both: &mut Both) -> Result<(Value, Value), Failure> {
    let mut gateway = both.gateway.ask_json(&case.gateway, &NUMBERS).await?;
    if gateway.get("errors").is_some() {
        return Err(format!("the gateway refused: {gateway}").into());
    }
    let ceiling = both.ceiling.ask_json(&case.ceiling, &NUMBERS).await?;
    Ok((gateway["data"].take(), ceiling))
}
