//! Reading the lists of one row together: one statement for all of them, and for the row itself where its id is known
//! beforehand. A round trip costs more than what most such lists read.

use std::collections::HashMap;

use uuid::Uuid;

use super::projection::{ChildForm, ChildProjection, Projection};
use super::read::{FetchedRows, RowReader, traced};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use store::StoreError;
use store::page::{Page, PageRequest};
use store::view::{self, Family, List, Part, PartResult, Row, Source};

/// Most lists in a statement; further ones are read by statements of their own.
const MOST_CHILDREN: usize = 12;

/// Lists of one parent that were read already, by the number of the child.
pub type ReadLists = HashMap<usize, (Uuid, Result<ReadList, ApiError>)>;

/// What was read of a list, as far as it was selected.
#[derive(Default)]
pub struct ReadList {
    pub page: Option<Page<Row>>,
    pub count: Option<u64>,
}

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
        let children = self.joined(projection, |child| (Some(child.parent) == own).then_some(()));
        let children: Vec<_> = children.map(|(number, (), read)| (number, read)).collect();
        if children.is_empty() {
            return self.one_by(name, column, view::Key::Id(id), projection).await;
        }
        let own = Part::Row(column, &projection.selected);
        let parts: Vec<_> = std::iter::once(own).chain(parts(projection, &children)).collect();
        let read = view::together(self.request.store(), &self.scope, id, &parts);
        let mut results = traced(name, parts.len(), read).await?.into_iter();
        let row = match results.next() {
            Some(PartResult::Rows(own)) => own.items.into_iter().next(),
            _ => None,
        };
        let Some(row) = row else { return Ok(None) };
        let read = lists(&children, results).map(|(number, list)| (number, (id, Ok(list))));
        Ok(Some(self.complete(projection, vec![row], read.collect()).await?))
    }

    /// Reads the lists of a row and their counts together, if there are several of the same parent.
    pub async fn siblings(self, projection: &'p Projection<'a>, row: &Row) -> Result<ReadLists, StoreError> {
        let mut by_parent: HashMap<Uuid, Vec<_>> = HashMap::new();
        for (number, parent, read) in self.joined(projection, |child| Some(view::uuid(row, child.parent))) {
            // A null id means that the joined row is missing.
            if let Some(parent) = parent? {
                by_parent.entry(parent).or_default().push((number, read));
            }
        }
        let most = by_parent.into_iter().max_by_key(|(_, children)| children.len());
        let Some((parent, children)) = most else {
            return Ok(ReadLists::new());
        };
        let parts: Vec<_> = parts(projection, &children).collect();
        if parts.len() == 1 {
            return Ok(ReadLists::new());
        }
        let read = view::together(self.request.store(), &self.scope, parent, &parts);
        let found = traced(projection.selected.table().name(), parts.len(), read).await;
        Ok(match found {
            Ok(results) => lists(&children, results.into_iter())
                .map(|(number, list)| (number, (parent, Ok(list))))
                .collect(),
            Err(error) => {
                let error = ApiError::from(error);
                let failed = |(number, _): &(usize, _)| (*number, (parent, Err(error.clone())));
                children.iter().map(failed).collect()
            }
        })
    }

    /// The children that can be parts of a statement, with what `of` says of them, if it says something.
    fn joined<T>(
        self,
        projection: &'p Projection<'a>,
        of: impl Fn(&ChildProjection<'a>) -> Option<T>,
    ) -> impl Iterator<Item = (usize, T, ChildRead<'p>)> {
        let children = match view::reads_together(self.request.store()) {
            true => projection.children.as_slice(),
            false => &[],
        };
        let joined = children
            .iter()
            .enumerate()
            .filter_map(move |(number, child)| Some((number, of(child)?, read(child)?)));
        joined.take(MOST_CHILDREN)
    }
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
    mut results: impl Iterator<Item = PartResult>,
) -> impl Iterator<Item = (usize, ReadList)> {
    children.iter().map(move |(number, read)| {
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
        (*number, list)
    })
}

fn read<'c>(child: &'c ChildProjection<'_>) -> Option<ChildRead<'c>> {
    if child.projection.selected.has_wholes() {
        return None;
    }
    match &child.form {
        ChildForm::Page(under, shape) => {
            let list = &under.listing.list;
            if !list.is_kept() || under.arguments.has_places() {
                return None;
            }
            // Arguments that are wrong have an error of their own.
            let request = under.arguments.read(&Cursors::of(())).ok()?;
            let (request, counts) = (shape.reads.then_some(request), !shape.counts.is_empty());
            (request.is_some() || counts).then_some(ChildRead::Page(list, request, counts))
        }
        ChildForm::Family(family, _) => Some(ChildRead::Family(family)),
    }
}
