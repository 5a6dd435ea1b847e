//! `tributary seed`.

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use ::seed::{SeedAmounts, SeedProgress, fill};

/// Fill a tenant with made-up data, the same for the same arguments.
#[derive(clap::Args)]
pub struct Seed {
    /// The tenant's slug or id
    #[arg(long)]
    tenant: String,
    /// Number of partners
    #[arg(long, default_value_t = 100)]
    partners: u32,
    /// Number of campaigns
    #[arg(long, default_value_t = 10)]
    campaigns: u32,
    /// Number of commissions, earned by the made-up partners up to now
    #[arg(long, default_value_t = 0)]
    commissions: u64,
    /// The seed of the random numbers; another seed gives other data
    #[arg(long, default_value_t = 1)]
    rng_seed: u64,
}

pub async fn run(config: &Config, wanted: Seed) -> Result<(), CliError> {
    let amounts = SeedAmounts {
        partners: wanted.partners,
        campaigns: wanted.campaigns,
        commissions: wanted.commissions,
        rng_seed: wanted.rng_seed,
    };
    let (app, tenant) = open::tenant_app(config, &wanted.tenant).await?;
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
