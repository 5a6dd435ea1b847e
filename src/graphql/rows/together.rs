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
use store::view::{self, Family, List, Part, PartRead, Row, Source};

/// Most parts of a statement; further lists are read by statements of their own.
const MOST_PARTS: usize = 16;

/// Lists of one parent that were read already, by the number of the child.
pub type ReadPages = HashMap<usize, (Uuid, Result<Page<Row>, ApiError>)>;

/// What a child projection reads, if a part of a statement can.
enum ChildRead<'p> {
    Page(&'p List, PageRequest),
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
        let own = Part {
            read: PartRead::Row(column),
            selected: &projection.selected,
        };
        let parts: Vec<_> = std::iter::once(own).chain(parts(projection, &children)).collect();
        let read = view::together(self.request.store(), &self.scope, id, &parts);
        let mut pages = traced(name, parts.len(), read).await?.into_iter();
        let Some(row) = pages.next().and_then(|own| own.items.into_iter().next()) else {
            return Ok(None);
        };
        let pages = children.iter().zip(pages);
        let read = pages.map(|((number, _), page)| (*number, (id, Ok(page)))).collect();
        Ok(Some(self.complete(projection, vec![row], read).await?))
    }

    /// Reads the lists of a row together, if there are several of the same parent.
    pub async fn siblings(self, projection: &'p Projection<'a>, row: &Row) -> Result<ReadPages, StoreError> {
        let mut by_parent: HashMap<Uuid, Vec<_>> = HashMap::new();
        for (number, parent, read) in self.joined(projection, |child| Some(view::uuid(row, child.parent))) {
            // A null id means that the joined row is missing.
            if let Some(parent) = parent? {
                by_parent.entry(parent).or_default().push((number, read));
            }
        }
        let most = by_parent.into_iter().max_by_key(|(_, children)| children.len());
        let Some((parent, children)) = most.filter(|(_, children)| children.len() > 1) else {
            return Ok(ReadPages::new());
        };
        let parts: Vec<_> = parts(projection, &children).collect();
        let read = view::together(self.request.store(), &self.scope, parent, &parts);
        let found = traced(projection.selected.table().name(), parts.len(), read).await;
        let numbers = children.iter().map(|(number, _)| *number);
        Ok(match found {
            Ok(pages) => numbers
                .zip(pages)
                .map(|(number, page)| (number, (parent, Ok(page))))
                .collect(),
            Err(error) => {
                let error = ApiError::from(error);
                numbers.map(|number| (number, (parent, Err(error.clone())))).collect()
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
        joined.take(MOST_PARTS)
    }
}

fn parts<'c>(projection: &'c Projection<'_>, children: &'c [(usize, ChildRead<'_>)]) -> impl Iterator<Item = Part<'c>> {
    children.iter().map(|(number, read)| Part {
        read: match read {
            ChildRead::Page(list, request) => PartRead::Page(list, request),
            ChildRead::Family(family) => PartRead::Family(family),
        },
        selected: &projection.children[*number].projection.selected,
    })
}

fn read<'c>(child: &'c ChildProjection<'_>) -> Option<ChildRead<'c>> {
    if child.projection.selected.has_wholes() {
        return None;
    }
    match &child.form {
        ChildForm::Page(under, shape) => {
            let list = &under.listing.list;
            if !shape.reads || !list.is_kept() || under.arguments.has_places() {
                return None;
            }
            // Arguments that are wrong have an error of their own.
            let request = under.arguments.read(&Cursors::of(())).ok()?;
            Some(ChildRead::Page(list, request))
        }
        ChildForm::Family(family, _) => Some(ChildRead::Family(family)),
    }
}
