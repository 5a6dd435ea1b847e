//! The groups, tiers, categories, advertisers and campaigns of made-up partners.

use super::draft::{
    bonus, first, fixed, for_months, gate, group_rules, percent, recurring, subsequent, time_tier, upgrade,
};
use super::source::{SeedSource, between_days, happens, pick, soon_after, start};
use super::words::{BRANDS, OFFERS};
use auth::Scope;
use domain::attribution::AttributionSettings;
use domain::campaign::{Campaign, CampaignStatus};
use domain::group_rules::{RuleDraft, rule_set};
use domain::id::{self, AdvertiserId, Id, PartnerCategoryId, PartnerGroupId, PartnerTierId};
use domain::label::Label;
use domain::money::Currency;
use domain::partner_group::PartnerGroup;
use domain::problem::Problems;
use domain::tenant::Tenant;
use domain::terms::{Term, TermDraft, terms};
use service::ServiceError;
use service::app::App;
use service::label::LabelKind;
use store::locks::InForce;
use store::{StoreError, Transaction, bulk};

const TIERS: [&str; 4] = ["Bronze", "Silver", "Gold", "Platinum"];
const CATEGORIES: [&str; 6] = [
    "Agency",
    "Consultant",
    "Content creator",
    "Marketplace",
    "Publisher",
    "Technology",
];
const ADVERTISERS: u32 = 4;

/// What partners are assigned to.
pub struct Programme {
    pub base_currency: Currency,
    pub groups: Vec<PartnerGroupId>,
    pub tiers: Vec<PartnerTierId>,
    pub categories: Vec<PartnerCategoryId>,
    pub campaigns: Vec<Campaign>,
}

/// Makes the missing parts of the programme, and returns how many campaigns were made.
pub async fn prepare(
    app: &App,
    tenant: &Tenant,
    source: &SeedSource,
    campaigns: u32,
) -> Result<(Programme, usize), ServiceError> {
    let transaction = app.store.begin_unaudited().await?;
    // Seedings of one tenant, and changes of its groups, run one after the other.
    store::locks::change(&transaction, tenant.id, &[InForce::Settings, InForce::Groups]).await?;
    let groups = make_groups(&transaction, tenant, source).await?;
    let tiers = labels::<id::PartnerTier>(&transaction, tenant, source, "tier", &TIERS).await?;
    let categories = labels::<id::PartnerCategory>(&transaction, tenant, source, "category", &CATEGORIES).await?;
    let names: Vec<_> = (1..=ADVERTISERS)
        .map(|number| *pick(&mut source.content("advertiser", number), &BRANDS))
        .collect();
    let advertisers = labels::<id::Advertiser>(&transaction, tenant, source, "advertiser", &names).await?;
    let (campaigns, made) = make_campaigns(&transaction, tenant, source, &advertisers, campaigns).await?;
    transaction.commit().await?;
    let programme = Programme {
        base_currency: tenant.base_currency,
        groups,
        tiers,
        categories,
        campaigns,
    };
    Ok((programme, made))
}

/// Name, description, tags, rules.
type GroupDraft = (&'static str, &'static str, &'static [&'static str], Vec<RuleDraft>);

fn group_drafts() -> [GroupDraft; 4] {
    [
        (
            "Standard",
            "Where every partner starts.",
            &[],
            vec![time_tier(3, "25"), recurring("10")],
        ),
        (
            "Performance agencies",
            "Agencies that bring customers every month.",
            &["managed", "performance"],
            vec![
                time_tier(6, "30"),
                time_tier(12, "20"),
                recurring("12"),
                upgrade("10000", "2.5"),
                upgrade("50000", "2.5"),
            ],
        ),
        (
            "Creators",
            "Paid from the third customer on.",
            &["content"],
            vec![recurring("8"), bonus("500", "15"), gate(3)],
        ),
        (
            "Resellers",
            "Sell under their own name.",
            &["managed"],
            vec![recurring("18"), upgrade("100000", "4"), bonus("2000", "50")],
        ),
    ]
}

async fn make_groups(
    transaction: &Transaction,
    tenant: &Tenant,
    source: &SeedSource,
) -> Result<Vec<PartnerGroupId>, StoreError> {
    let scope = Scope::tenant_wide(tenant.id);
    let mut has_default = store::partner_group::find_default(transaction, &scope).await?.is_some();
    let mut groups = Vec::new();
    for (number, (name, description, tags, rules)) in (1..).zip(group_drafts()) {
        let external_id = source.external_id("group", number);
        let known = store::partner_group::find_by_external_id(transaction, &scope, &external_id).await?;
        if let Some(known) = known {
            groups.push(known.id);
            continue;
        }
        let created_at = start();
        let group = PartnerGroup {
            id: source.ids("group", number).next(created_at),
            name: name.to_owned(),
            external_id: Some(external_id),
            description: Some(description.to_owned()),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            is_default: !has_default,
            currency: None,
            rules: rule_set(rules, None, &mut Problems::new()).expect("constant rules that hold together"),
            version: 1,
            created_at,
            updated_at: created_at,
        };
        has_default = true;
        store::partner_group::insert(transaction, tenant.id, &group).await?;
        let entry = source.entry("group", number, created_at, &group);
        transaction
            .write(|writes| store::audit::add(writes, tenant.id, [&entry]))
            .await?;
        groups.push(group.id);
    }
    Ok(groups)
}

/// The labels, made where they are missing. Where labels are unique, an existing one of the tenant, from another seed
/// or of its own, serves as well.
async fn labels<K: LabelKind>(
    transaction: &Transaction,
    tenant: &Tenant,
    source: &SeedSource,
    what: &str,
    names: &[&str],
) -> Result<Vec<Id<K>>, StoreError> {
    let known = store::label::all::<K>(transaction, &Scope::tenant_wide(tenant.id)).await?;
    let mut labels = Vec::new();
    for (number, name) in (1..).zip(names) {
        let external_id = source.external_id(what, number);
        let same = known
            .iter()
            .find(|label| label.external_id.as_ref() == Some(&external_id))
            .or_else(|| known.iter().find(|label| K::UNIQUE && label.label == *name));
        if let Some(same) = same {
            labels.push(same.id);
            continue;
        }
        let label = Label::<K> {
            id: source.ids(what, number).next(start()),
            label: (*name).to_owned(),
            external_id: Some(external_id),
        };
        store::label::insert(transaction, tenant.id, &label).await?;
        let entry = source.entry(what, number, start(), &label);
        transaction
            .write(|writes| store::audit::add(writes, tenant.id, [&entry]))
            .await?;
        labels.push(label.id);
    }
    Ok(labels)
}

/// All campaigns, and how many of them are new.
async fn make_campaigns(
    transaction: &Transaction,
    tenant: &Tenant,
    source: &SeedSource,
    advertisers: &[AdvertiserId],
    count: u32,
) -> Result<(Vec<Campaign>, usize), StoreError> {
    let external_ids: Vec<_> = (1..=count)
        .map(|number| source.external_id("campaign", number))
        .collect();
    let scope = Scope::tenant_wide(tenant.id);
    let known = bulk::campaigns_by_external_id(transaction, &scope, &external_ids).await?;
    let mut campaigns = Vec::with_capacity(external_ids.len());
    let (mut missing, mut entries) = (Vec::new(), Vec::new());
    for (number, external_id) in (1..=count).zip(external_ids) {
        let known = known.get(&external_id).copied();
        let mut campaign = campaign(tenant.base_currency, source, advertisers, number, external_id);
        match known {
            Some(id) => campaign.id = id,
            None => {
                entries.push(source.entry("campaign", number, campaign.created_at, &campaign));
                missing.push(campaign.clone());
            }
        }
        campaigns.push(campaign);
    }
    bulk::insert_campaigns(transaction, tenant.id, &missing).await?;
    transaction
        .write(|writes| store::audit::add(writes, tenant.id, &entries))
        .await?;
    Ok((campaigns, missing.len()))
}

/// Campaigns start in the first month, so that every partner finds them all.
fn campaign(
    base_currency: Currency,
    source: &SeedSource,
    advertisers: &[AdvertiserId],
    number: u32,
    external_id: String,
) -> Campaign {
    let random = &mut source.content("campaign", number);
    let created_at = between_days(random, 0, 30);
    let status = match random.u32(..10) {
        0 => CampaignStatus::Paused,
        1 => CampaignStatus::Ended,
        _ => CampaignStatus::Active,
    };
    let ends_at = (status == CampaignStatus::Ended).then(|| soon_after(random, created_at));
    Campaign {
        id: source.ids("campaign", number).next(created_at),
        name: format!("{} {number}", pick(random, &OFFERS)),
        external_id: Some(external_id),
        status,
        terms: some_terms(random, base_currency),
        holdback_days: *pick(random, &[None, Some(0), Some(14), Some(30), Some(45)]),
        starts_at: happens(random, 50).then_some(created_at),
        ends_at,
        advertiser_id: happens(random, 90).then(|| *pick(random, advertisers)),
        destination_url: None,
        link_hosts: Vec::new(),
        attribution: AttributionSettings::default(),
        created_at,
        updated_at: ends_at.unwrap_or(created_at),
        version: 1,
    }
}

/// Random terms. Fixed amounts are whole, since some currencies have no smaller unit.
pub fn some_terms(random: &mut fastrand::Rng, base_currency: Currency) -> Vec<Term> {
    let drafts: Vec<TermDraft> = match random.u32(..6) {
        0 => vec![percent("20")],
        1 => vec![for_months(12, percent("15.5"))],
        2 => vec![first("signup", fixed("25"))],
        3 => vec![first("purchase", percent("30")), subsequent("purchase", percent("7.5"))],
        4 => vec![group_rules()],
        _ => vec![first("signup", fixed("10")), group_rules()],
    };
    terms(drafts, base_currency, &mut Problems::new()).expect("constant terms that any currency takes")
}
