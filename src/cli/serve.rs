//! `tributary serve`.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::error::CliError;
use super::{demo, files, healthcheck, open, output};
use crate::config::{self, Config};
use crate::{http, jobs};
use service::api_key::write_uses;
use service::tracking;
use telemetry::SpanExport;

pub async fn run(mut config: Config, is_demo: bool, export: Option<SpanExport>) -> Result<(), CliError> {
    // Developers who try the demo run their own page on this machine.
    config.http.cors.localhost |= is_demo;
    http::check(&config.http)?;
    let refused = config::refusals(&config, is_demo);
    if !refused.is_empty() {
        return Err(format!("refused in production:\n{}", refused.join("\n")).into());
    }
    config.http.connections = files::fitting(config.http.connections, files::raise_limit());
    let keys = if is_demo {
        open::demo_keys(&config)?
    } else {
        open::keys(&config)?
    };
    if is_demo && !keys.can_mint() {
        return Err("the demo makes tokens: set --jwt-private-key (TRIBUTARY_JWT_PRIVATE_KEY), too".into());
    }
    let app = open::sound_app(&config, keys).await?;
    let listener = listen(config.listen).await?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    let address = listener.local_addr()?;
    // Whoever tries things out finds it where it listens; a production is behind something that has a name.
    let own = (!config.http.production).then(|| format!("http://{}", healthcheck::reachable(address)));
    let app = Arc::new(app.with_public_url(config.public_url.as_deref().or(own.as_deref())));
    if is_demo {
        demo::prepare_and_greet(&app, &config.store, address).await?;
    } else {
        output::line(format_args!("http://{address}/graphql"))?;
    }
    tracing::info!(%address, "serving");
    let metrics = match metrics {
        Some(listener) => {
            tracing::info!(address = %listener.local_addr()?, "serving metrics");
            Some(http::serve_metrics(listener, app.clone()))
        }
        None => None,
    };
    let (tell, ending) = watch::channel(false);
    tokio::spawn(async move {
        told_to_end().await;
        tell.send_replace(true);
    });
    let work = tokio::spawn(jobs::run(app.clone(), ending.clone()));
    // Links are followed until the last request has ended, and their clicks are written after that.
    let (end_tracking, tracking_ends) = watch::channel(false);
    let tracked = app.clone();
    let tracking = tokio::spawn(async move { tracking::run(&tracked, tracking_ends).await });
    http::serve(listener, app.clone(), config.http, ending).await?;
    end_tracking.send_replace(true);
    let _ = tracking.await;
    // The jobs end after their current transaction.
    let _ = work.await;
    // The last requests used keys after the jobs had last written this down.
    if let Err(error) = write_uses(&app).await {
        tracing::error!(%error, "could not store when API keys were last used");
    }
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    if let Some(export) = export {
        export.end().await;
    }
    tracing::info!("ended");
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    let listener = TcpListener::bind(address).await;
    Ok(listener.map_err(|error| format!("cannot listen on {address}: {error}"))?)
}

/// Completes on SIGTERM or on an interrupt from the terminal.
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
