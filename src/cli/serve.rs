//! `tributary serve`.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::{CliError, demo, open};
use crate::config::Config;
use crate::http;

pub async fn run(config: Config, is_demo: bool) -> Result<(), CliError> {
    let keys = if is_demo {
        open::demo_keys(&config)?
    } else {
        open::keys(&config)?
    };
    let app = Arc::new(open::app(&config, keys).await?);
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    if is_demo {
        demo::prepare_and_greet(&app, address).await?;
    } else {
        println!("http://{address}/graphql");
    }
    tracing::info!(%address, "serving");
    http::serve(listener, app, config.http, told_to_end()).await?;
    tracing::info!("ended");
    Ok(())
}

/// Completes at SIGTERM or at an interrupt from the terminal.
async fn told_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate()).expect("handlers can be installed at start");
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = interrupted.await;
    }
}
