//! `tributary seed`.

use indicatif::{ProgressBar, ProgressStyle};

use super::{CliError, open};
use crate::config::Config;
use crate::seed::{Amounts, fill};

pub async fn run(config: &Config, tenant: &str, amounts: Amounts) -> Result<(), CliError> {
    let app = open::app(config, open::no_keys(config)?).await?;
    let tenant = open::tenant(&app, tenant).await?;
    // On standard error, and only where that is a terminal.
    let bar = ProgressBar::new(u64::from(amounts.partners));
    let style = "{wide_bar} {human_pos}/{human_len} partners, {eta} left";
    bar.set_style(ProgressStyle::with_template(style).expect("a constant template"));
    let made = fill(&app, &tenant, amounts, |done| bar.set_position(u64::from(done)))
        .await
        .map_err(open::readable)?;
    bar.finish_and_clear();
    let there = u64::from(amounts.partners) - made.partners as u64;
    println!(
        "{}: made {} partners, {} campaigns, {} snapshots; {there} partners were there already",
        tenant.slug, made.partners, made.campaigns, made.snapshots
    );
    Ok(())
}
