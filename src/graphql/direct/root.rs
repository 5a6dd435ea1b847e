//! The fields of Query that are answered straight from rows.

use async_graphql::{ID, Variables};
use futures::FutureExt;
use uuid::Uuid;

use super::Gone;
use super::arguments::Arguments;
use super::collect::{Fragments, Selected};
use super::compile::{Level, Needs};
use super::object::Object;
use super::page::Shape;
use super::read::{Found, Listed, Reader};
use crate::domain::id::{self, Id, Kind};
use crate::graphql::context::RequestContext;
use crate::store::view::{self, Json, Row, View};

pub enum Root {
    /// One row by its id; null if there is none.
    One {
        view: &'static View,
        arguments: Arguments,
        parse: fn(&str) -> Option<Uuid>,
        level: Level,
        object: Object,
    },
    /// A page of all commissions, or of all partners.
    List {
        list: List,
        arguments: Arguments,
        level: Level,
        shape: Shape,
    },
    /// The caller.
    Viewer {
        fields: Vec<(String, ViewerField)>,
        /// What is read of the partner; `None`: nothing.
        level: Option<Level>,
    },
}

#[derive(Clone, Copy)]
pub enum List {
    Commissions,
    Partners,
}

pub enum ViewerField {
    TypeName,
    Subject,
    Partner(Object),
}

/// What was read for a root.
pub enum FoundRoot<'a> {
    One(Option<Row>, Vec<Found<'a>>),
    List(Listed, Vec<Found<'a>>),
    Viewer(&'a str, Option<Row>, Vec<Found<'a>>),
}

impl Root {
    pub fn of(fragments: Fragments<'_>, selection: &Selected<'_>, needs: &mut Needs) -> Option<Self> {
        match selection.name() {
            "partner" => Self::one::<id::Partner>(fragments, &view::PARTNER, selection, needs),
            "partnerGroup" => Self::one::<id::PartnerGroup>(fragments, &view::PARTNER_GROUP, selection, needs),
            "campaign" => Self::one::<id::Campaign>(fragments, &view::CAMPAIGN, selection, needs),
            "commission" => Self::one::<id::Commission>(fragments, &view::COMMISSION, selection, needs),
            "commissions" => Self::list(fragments, List::Commissions, selection, needs),
            "partners" => Self::list(fragments, List::Partners, selection, needs),
            "viewer" => Self::viewer(fragments, selection, needs),
            _ => None,
        }
    }

    fn one<K: Kind>(
        fragments: Fragments<'_>,
        view: &'static View,
        selection: &Selected<'_>,
        needs: &mut Needs,
    ) -> Option<Self> {
        let arguments = Arguments::of(selection.field);
        // External ids are looked up by the resolvers.
        if !arguments.has("id") || arguments.has("externalId") {
            return None;
        }
        let mut level = Level::of(view::Selected::of(view));
        Some(Self::One {
            view,
            arguments,
            parse: |text| text.parse().ok().map(Id::<K>::uuid),
            object: level.object(fragments, view, selection, needs)?,
            level,
        })
    }

    fn list(fragments: Fragments<'_>, list: List, selection: &Selected<'_>, needs: &mut Needs) -> Option<Self> {
        let view = match list {
            List::Commissions => &view::COMMISSION,
            List::Partners => &view::PARTNER,
        };
        needs.resource(view.resource);
        let mut level = Level::of(view::Selected::of(view));
        Some(Self::List {
            list,
            arguments: Arguments::of(selection.field),
            shape: Shape::of(fragments, view, selection, &mut level, needs)?,
            level,
        })
    }

    fn viewer(fragments: Fragments<'_>, selection: &Selected<'_>, needs: &mut Needs) -> Option<Self> {
        let mut level = None;
        let mut fields = Vec::new();
        for selection in &fragments.fields(&selection.below, "Viewer")? {
            let field = match selection.name() {
                "__typename" => ViewerField::TypeName,
                "subject" => ViewerField::Subject,
                "partner" if level.is_none() => {
                    let level = level.insert(Level::of(view::Selected::of(&view::PARTNER)));
                    ViewerField::Partner(level.object(fragments, &view::PARTNER, selection, needs)?)
                }
                _ => return None,
            };
            fields.push((selection.key.to_owned(), field));
        }
        Some(Self::Viewer { fields, level })
    }

    pub async fn read<'a>(
        &'a self,
        request: &'a RequestContext,
        variables: &'a Variables,
    ) -> Result<FoundRoot<'a>, Gone> {
        let reader = Reader::new(request, variables);
        match self {
            Self::One {
                view,
                arguments,
                parse,
                level,
                ..
            } => {
                let id: ID = arguments.read("id", variables)?;
                let (row, found) = reader.one(view, parse(&id).ok_or(Gone)?, level).await?;
                Ok(FoundRoot::One(row, found))
            }
            Self::List {
                list,
                arguments,
                level,
                shape,
            } => {
                let listed = match list {
                    List::Commissions => reader.commissions(arguments, level, shape).boxed().await?,
                    List::Partners => reader.partners(arguments, level, shape).boxed().await?,
                };
                let found = reader.below(level, listed.page.items.iter()).await?;
                Ok(FoundRoot::List(listed, found))
            }
            Self::Viewer { level, .. } => {
                let (row, found) = match (level, request.caller.partner()) {
                    (Some(level), Some(partner)) => reader.one(&view::PARTNER, partner.uuid(), level).await?,
                    _ => (None, Vec::new()),
                };
                Ok(FoundRoot::Viewer(request.caller.subject(), row, found))
            }
        }
    }

    pub fn write(&self, found: &FoundRoot<'_>, json: &mut Json) -> Result<(), Gone> {
        let optional = |object: &Object, row: &Option<Row>, found: &[Found<'_>], json: &mut Json| match row {
            Some(row) => object.write(row, found, json),
            None => {
                json.null();
                Ok(())
            }
        };
        match (self, found) {
            (Self::One { object, .. }, FoundRoot::One(row, found)) => optional(object, row, found, json),
            (Self::List { shape, .. }, FoundRoot::List(listed, found)) => shape.write(listed, found, json),
            (Self::Viewer { fields, .. }, FoundRoot::Viewer(subject, row, found)) => {
                let fields = fields.iter().map(|(key, field)| (key.as_str(), field));
                json.object(fields, |json, field| match field {
                    ViewerField::TypeName => {
                        json.plain("Viewer");
                        Ok(())
                    }
                    ViewerField::Subject => {
                        json.text(subject);
                        Ok(())
                    }
                    ViewerField::Partner(object) => optional(object, row, found, json),
                })
            }
            _ => Err(Gone),
        }
    }
}
