//! Reading the lists of one row, and of the rows that it refers to, together: one statement for all of them, and for the row
//! itself where its id is known beforehand. A round trip costs more than what most such lists read.

use std::collections::HashMap;

use uuid::Uuid;

use super::projection::{ChildForm, ChildProjection, Projection};
use super::read::{FetchedRows, RowReader, traced};
use crate::graphql::cursor::Cursors;
use store::StoreError;
use store::page::{Page, PageRequest};
use store::view::{self, Family, KeyedPart, List, PartResult, Row, Source, StatementPart};

/// Most lists in a statement; further ones are read by statements of their own.
const MAX_CHILDREN: usize = 12;

/// Lists that were read already, each with its parent, by the number of the child.
pub type ReadLists = HashMap<usize, (Uuid, ReadList)>;

/// What was read of a list, as far as it was selected.
#[derive(Default)]
pub struct ReadList {
    pub page: Option<Page<Row>>,
    pub count: Option<u64>,
}

/// A child that parts of a statement can read.
struct ReadableChild<'p> {
    number: usize,
    /// Which of the statement's keys its parent is.
    key: usize,
    read: ChildRead<'p>,
}

/// What a child projection reads, if parts of a statement can.
enum ChildRead<'p> {
    /// Of a list, a page or its count or both.
    Page(&'p List, Option<PageRequest>, bool),
    Family(&'p Family),
}

impl<'p> RowReader<'p> {
    /// Reads the row with this id, and its child rows; `None`: the caller sees no such row.
    pub async fn with_children(
        self,
        name: &'static str,
        id: Uuid,
        projection: &'p Projection,
    ) -> Result<Option<FetchedRows>, StoreError> {
        let column = projection.selected.table().id();
        let own = projection.selected.find_cell(Source::OWN, column);
        let parent = |_, child: &ChildProjection| Ok((Some(child.parent) == own).then_some(id));
        let (_, children) = self.readable_children(projection, parent)?;
        if children.is_empty() {
            return self.one_by(name, column, view::Key::Id(id), projection).await;
        }
        let own = (0, StatementPart::Row(column, &projection.selected));
        let parts: Vec<_> = std::iter::once(own).chain(parts(projection, &children)).collect();
        let Some(results) = self.together(name, &[id], &parts).await else {
            return self.apart().one_by(name, column, view::Key::Id(id), projection).await;
        };
        let mut results = results.into_iter();
        let row = match results.next() {
            Some(PartResult::Rows(own)) => own.items.into_iter().next(),
            _ => None,
        };
        let Some(row) = row else { return Ok(None) };
        let read = lists(&children, &[id], results);
        Ok(Some(self.complete(projection, vec![row], read).await?))
    }

    /// Reads the lists of a row and of the rows that it refers to, with their counts, together, if there are several that
    /// were not `read` yet.
    pub async fn siblings(
        self,
        projection: &'p Projection,
        row: &Row,
        read: &ReadLists,
    ) -> Result<ReadLists, StoreError> {
        // A null id means that the joined row is missing.
        let parent = |number, child: &ChildProjection| match read.contains_key(&number) {
            true => Ok(None),
            false => view::uuid(row, child.parent),
        };
        let (keys, children) = self.readable_children(projection, parent)?;
        let parts: Vec<_> = parts(projection, &children).collect();
        if parts.len() < 2 {
            return Ok(ReadLists::new());
        }
        let name = projection.selected.table().name();
        Ok(match self.together(name, &keys, &parts).await {
            Some(results) => lists(&children, &keys, results.into_iter()),
            None => ReadLists::new(),
        })
    }

    /// What the parts have read; `None` if it failed: each list by itself has more time, and an error of its own.
    async fn together(self, name: &'static str, keys: &[Uuid], parts: &[KeyedPart<'_>]) -> Option<Vec<PartResult>> {
        let read = view::together(self.store, &self.scope, keys, parts);
        let read = traced(name, parts.len(), read).await;
        read.inspect_err(|error| tracing::warn!(%error, "the lists of a row are read one by one"))
            .ok()
    }

    /// The children that can be parts of a statement, and its keys: the ids of their parents.
    fn readable_children(
        self,
        projection: &'p Projection,
        parent: impl Fn(usize, &ChildProjection) -> Result<Option<Uuid>, StoreError>,
    ) -> Result<(Vec<Uuid>, Vec<ReadableChild<'p>>), StoreError> {
        let (mut keys, mut children) = (Vec::new(), Vec::new());
        if self.reads_apart || !view::reads_together(self.store) {
            return Ok((keys, children));
        }
        for (number, child) in projection.children.iter().enumerate() {
            let Some(parent) = parent(number, child)? else { continue };
            let known = keys.iter().position(|key| *key == parent);
            if children.len() == MAX_CHILDREN || known.is_none() && keys.len() == view::MAX_KEYS {
                continue;
            }
            let Some(read) = self.read(projection, child, parent) else {
                continue;
            };
            let key = known.unwrap_or_else(|| {
                keys.push(parent);
                keys.len() - 1
            });
            children.push(ReadableChild { number, key, read });
        }
        Ok((keys, children))
    }

    fn read(self, projection: &'p Projection, child: &'p ChildProjection, parent: Uuid) -> Option<ChildRead<'p>> {
        if child.projection.selected.has_wholes() {
            return None;
        }
        let (under, shape) = match &child.form {
            ChildForm::Page(under, shape) => (under, shape),
            ChildForm::Family(family) => return Some(ChildRead::Family(family)),
        };
        let list = &under.listing.list;
        let name = list.name().filter(|_| !under.arguments.has_places())?;
        // Arguments that are wrong have an error of their own.
        let request = under.arguments.read(&Cursors::of(())).ok()?;
        let request = shape.reads.then_some(request);
        // Resolvers count a list once, however often it is selected.
        let counts = !shape.counts.is_empty()
            && !is_counted_again(projection, child, &name)
            && self.counted.insert(format!("{name}/{parent}"));
        (request.is_some() || counts).then_some(ChildRead::Page(list, request, counts))
    }
}

/// Whether the count of the list of this child is selected for another child of the same parent, too.
fn is_counted_again(projection: &Projection, child: &ChildProjection, name: &str) -> bool {
    let others = projection
        .children
        .iter()
        .filter(|other| !std::ptr::eq(&***other, child));
    others.into_iter().any(|other| match &other.form {
        ChildForm::Page(under, shape) => {
            let is_same = other.parent == child.parent && under.listing.list.name().as_deref() == Some(name);
            is_same && !shape.counts.is_empty()
        }
        ChildForm::Family(..) => false,
    })
}

fn parts<'c>(projection: &'c Projection, children: &'c [ReadableChild<'_>]) -> impl Iterator<Item = KeyedPart<'c>> {
    children.iter().flat_map(|child| {
        let selected = &projection.children[child.number].projection.selected;
        let parts = match &child.read {
            ChildRead::Page(list, request, counts) => {
                let page = request
                    .as_ref()
                    .map(|request| StatementPart::Page(list, request, selected));
                [page, counts.then_some(StatementPart::Count(list))]
            }
            ChildRead::Family(family) => [Some(StatementPart::Family(family, selected)), None],
        };
        parts.into_iter().flatten().map(|part| (child.key, part))
    })
}

/// The list of each child, of what its parts have read.
fn lists(children: &[ReadableChild<'_>], keys: &[Uuid], mut results: impl Iterator<Item = PartResult>) -> ReadLists {
    let list = |child: &ReadableChild<'_>| {
        let parts = match &child.read {
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
        (child.number, (keys[child.key], list))
    };
    children.iter().map(list).collect()
}
