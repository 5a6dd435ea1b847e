//! Reading the lists of one row together: one statement for all of them, and for the row itself where its id is known
//! beforehand. A round trip costs more than what most such lists read.

use std::collections::HashMap;

use uuid::Uuid;

use super::projection::{ChildForm, ChildProjection, Projection};
use super::read::{FetchedRows, RowReader, traced};
use crate::graphql::cursor::Cursors;
use store::StoreError;
use store::page::{Page, PageRequest};
use store::view::{self, Family, List, Part, PartResult, Row, Source};

/// Most lists in a statement; further ones are read by statements of their own.
const MOST_CHILDREN: usize = 12;

/// Lists of one parent that were read already, by the number of the child.
pub type ReadLists = HashMap<usize, (Uuid, ReadList)>;

/// What was read of a list, as far as it was selected.
#[derive(Default)]
pub struct ReadList {
    pub page: Option<Page<Row>>,
    pub count: Option<u64>,
}

/// Children of one parent that parts of a statement can read, by their numbers.
type ReadableChildren<'p> = Vec<(usize, ChildRead<'p>)>;

/// What a child projection reads, if parts of a statement can.
enum ChildRead<'p> {
    /// Of a list, a page or its count or both.
    Page(&'p List, Option<PageRequest>, bool),
    Family(&'p Family),
}

impl<'p, 'a: 'p> RowReader<'p> {
    /// Reads the row with this id, and its child rows; `None`: the caller sees no such row.
    pub async fn with_children(
        self,
        name: &'static str,
        id: Uuid,
        projection: &'p Projection<'a>,
    ) -> Result<Option<FetchedRows<'p, 'a>>, StoreError> {
        let column = projection.selected.table().id();
        let own = projection.selected.find_cell(Source::OWN, column);
        let children = self.children_by_parent(projection, |child| Ok((Some(child.parent) == own).then_some(id)))?;
        let children = children
            .into_iter()
            .next()
            .map_or_else(Vec::new, |(_, children)| children);
        if children.is_empty() {
            return self.one_by(name, column, view::Key::Id(id), projection).await;
        }
        let own = Part::Row(column, &projection.selected);
        let parts: Vec<_> = std::iter::once(own).chain(parts(projection, &children)).collect();
        let Some(results) = self.together(name, id, &parts).await else {
            return self.apart().one_by(name, column, view::Key::Id(id), projection).await;
        };
        let mut results = results.into_iter();
        let row = match results.next() {
            Some(PartResult::Rows(own)) => own.items.into_iter().next(),
            _ => None,
        };
        let Some(row) = row else { return Ok(None) };
        let read = lists(&children, id, results);
        Ok(Some(self.complete(projection, vec![row], read).await?))
    }

    /// Reads the lists of a row and their counts together, if there are several of the same parent.
    pub async fn siblings(self, projection: &'p Projection<'a>, row: &Row) -> Result<ReadLists, StoreError> {
        // A null id means that the joined row is missing.
        let by_parent = self.children_by_parent(projection, |child| view::uuid(row, child.parent))?;
        let most = by_parent.into_iter().rev().max_by_key(|(_, children)| children.len());
        let Some((parent, children)) = most else {
            return Ok(ReadLists::new());
        };
        let parts: Vec<_> = parts(projection, &children).collect();
        if parts.len() == 1 {
            return Ok(ReadLists::new());
        }
        let name = projection.selected.table().name();
        Ok(match self.together(name, parent, &parts).await {
            Some(results) => lists(&children, parent, results.into_iter()),
            None => ReadLists::new(),
        })
    }

    /// What the parts have read; `None` if it failed: each list by itself has more time, and an error of its own.
    async fn together(self, name: &'static str, id: Uuid, parts: &[Part<'_>]) -> Option<Vec<PartResult>> {
        let read = view::together(self.request.store(), &self.scope, id, parts);
        let read = traced(name, parts.len(), read).await;
        read.inspect_err(|error| tracing::warn!(%error, "the lists of a row are read one by one"))
            .ok()
    }

    /// The children that can be parts of a statement, by the id of their parent.
    fn children_by_parent(
        self,
        projection: &'p Projection<'a>,
        parent: impl Fn(&ChildProjection<'a>) -> Result<Option<Uuid>, StoreError>,
    ) -> Result<Vec<(Uuid, ReadableChildren<'p>)>, StoreError> {
        let mut by_parent: Vec<(Uuid, ReadableChildren<'p>)> = Vec::new();
        if self.reads_apart || !view::reads_together(self.request.store()) {
            return Ok(by_parent);
        }
        for (number, child) in projection.children.iter().enumerate().take(MOST_CHILDREN) {
            let Some(parent) = parent(child)? else { continue };
            let Some(read) = self.read(projection, child, parent) else {
                continue;
            };
            match by_parent.iter_mut().find(|(known, _)| *known == parent) {
                Some((_, children)) => children.push((number, read)),
                None => by_parent.push((parent, vec![(number, read)])),
            }
        }
        Ok(by_parent)
    }

    fn read(
        self,
        projection: &'p Projection<'a>,
        child: &'p ChildProjection<'a>,
        parent: Uuid,
    ) -> Option<ChildRead<'p>> {
        if child.projection.selected.has_wholes() {
            return None;
        }
        let (under, shape) = match &child.form {
            ChildForm::Page(under, shape) => (under, shape),
            ChildForm::Family(family, _) => return Some(ChildRead::Family(family)),
        };
        let list = &under.listing.list;
        let name = list.name().filter(|_| !under.arguments.has_places())?;
        // Arguments that are wrong have an error of their own.
        let request = under.arguments.read(&Cursors::of(())).ok()?;
        let request = shape.reads.then_some(request);
        // Resolvers count a list once, however often it is selected.
        let counts = !shape.counts.is_empty()
            && !is_counted_again(projection, child, &name)
            && self.request.aggregates.counted.insert(format!("{name}/{parent}"));
        (request.is_some() || counts).then_some(ChildRead::Page(list, request, counts))
    }
}

/// Whether the count of the list of this child is selected for another child of the same parent, too.
fn is_counted_again(projection: &Projection<'_>, child: &ChildProjection<'_>, name: &str) -> bool {
    let others = projection.children.iter().filter(|other| !std::ptr::eq(*other, child));
    others.into_iter().any(|other| match &other.form {
        ChildForm::Page(under, shape) => {
            let is_same = other.parent == child.parent && under.listing.list.name().as_deref() == Some(name);
            is_same && !shape.counts.is_empty()
        }
        ChildForm::Family(..) => false,
    })
}

fn parts<'c>(projection: &'c Projection<'_>, children: &'c [(usize, ChildRead<'_>)]) -> impl Iterator<Item = Part<'c>> {
    children.iter().flat_map(|(number, read)| {
        let selected = &projection.children[*number].projection.selected;
        match read {
            ChildRead::Page(list, request, counts) => {
                let page = request.as_ref().map(|request| Part::Page(list, request, selected));
                [page, counts.then_some(Part::Count(list))]
            }
            ChildRead::Family(family) => [Some(Part::Family(family, selected)), None],
        }
        .into_iter()
        .flatten()
    })
}

/// The list of each child, of what its parts have read.
fn lists(
    children: &[(usize, ChildRead<'_>)],
    parent: Uuid,
    mut results: impl Iterator<Item = PartResult>,
) -> ReadLists {
    let list = |(number, read): &(usize, ChildRead<'_>)| {
        let parts = match read {
            ChildRead::Page(_, request, counts) => usize::from(request.is_some()) + usize::from(*counts),
            ChildRead::Family(_) => 1,
        };
        let mut list = ReadList::default();
        for result in results.by_ref().take(parts) {
            match result {
                PartResult::Rows(page) => list.page = Some(page),
                PartResult::Count(count) => list.count = Some(count),
            }
        }
        (*number, (parent, list))
    };
    children.iter().map(list).collect()
}
