//! `tributary seed`.

use super::{CliError, open, output};
use crate::config::Config;
use ::seed::{SeedAmounts, SeedProgress, fill};

pub async fn run(config: &Config, tenant: &str, amounts: SeedAmounts) -> Result<(), CliError> {
    let app = open::app(config, open::no_keys(config)?).await?;
    let tenant = open::tenant(&app, tenant).await?;
    let partners = output::bar(u64::from(amounts.partners), "partners");
    let commissions = output::bar(amounts.commissions, "commissions");
    let tell = |progress| match progress {
        SeedProgress::Partners(count) => partners.set_position(u64::from(count)),
        SeedProgress::Commissions(count) => {
            partners.finish_and_clear();
            commissions.set_position(count);
        }
    };
    let made = fill(&app, &tenant, amounts, tell).await.map_err(open::readable)?;
    partners.finish_and_clear();
    commissions.finish_and_clear();
    let there = u64::from(amounts.partners) - made.partners as u64;
    output::line(format_args!(
        "{}: made {} partners, {} campaigns, {} snapshots, {} commissions; {there} partners were there already",
        tenant.slug, made.partners, made.campaigns, made.snapshots, made.commissions
    ))?;
    Ok(())
}
