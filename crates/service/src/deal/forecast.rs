//! What deals would still pay.

use std::collections::HashMap;

use uuid::Uuid;

use auth::Scope;
use domain::deal_rules::{DealView, Due, Payee, forecast};
use domain::money::AmountTooLarge;
use store::{Store, StoreError};

/// A deal's forecast, or an error if an amount is too large for the ledger.
pub type Forecast = Result<Vec<Due>, AmountTooLarge>;

/// The forecasts of deals, in a fixed number of statements however many there are. Deals that are not visible are left
/// out.
pub async fn forecasts(store: &Store, scope: &Scope, deals: &[Uuid]) -> Result<HashMap<Uuid, Forecast>, StoreError> {
    let database = store.reader();
    let deals = store::deal::by_ids(database, scope, deals).await?;
    let ids: Vec<Uuid> = deals.keys().copied().collect();
    let mut histories = store::deal_payment::histories_of(database, scope, &ids).await?;
    let partners: Vec<Uuid> = deals.values().map(|deal| deal.partner_id.uuid()).collect();
    let categories = store::label::categories_of_partners(database, scope, &partners).await?;
    let partners = store::partner::by_ids(database, scope, &partners).await?;
    let rules = store::commission_rule::all_in_force(database, scope).await?;
    let stages = store::stage::all(database, scope).await?;
    let forecasts = deals.into_iter().filter_map(|(id, deal)| {
        let partner = partners.get(&deal.partner_id.uuid())?;
        let categories = categories.get(&partner.id.uuid()).into_iter().flatten();
        let payee = Payee::of(partner, categories.map(|category| category.id));
        let history = histories.remove(&id).unwrap_or_default();
        let payments = forecast(&rules, &payee, &DealView::of(&deal), &stages, deal.stage_id, history);
        Some((id, payments))
    });
    Ok(forecasts.collect())
}
