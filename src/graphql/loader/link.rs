//! How links perform.

use std::sync::Arc;

use uuid::Uuid;

use super::shared;
use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use store::Store;
use store::link_performance::{self, Figures, LinkSeries, PerformanceIntervals};

/// The figures of links in intervals.
pub struct PerformanceOfLink;

impl ReadUnder for PerformanceOfLink {
    type Of = (Arc<PerformanceIntervals>, Figures);
    type Value = Arc<LinkSeries>;

    async fn read(store: &Store, scope: &Scope, links: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let (intervals, figures) = of;
        let found = link_performance::of_links(store.reader(), scope, links, intervals, *figures).await?;
        Ok(shared(found))
    }
}
