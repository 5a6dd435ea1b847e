use super::CliError;
use crate::app::App;
pub async fn prepare_and_greet(_app: &App, address: std::net::SocketAddr) -> Result<(), CliError> {
    println!("http://{address}/graphql");
    Ok(())
}
