//! Queries answered straight from rows. A [`Plan`] is made of a document once: which columns to read, which rows to join
//! and where to write them. Then a list costs one statement with all the rows that it links to, and no resolver runs.
//!
//! It covers what frontends ask for all day: partners and commissions by id or in lists, with their groups, campaigns
//! and balances, and a partner's own view. Where a document goes beyond, and where anything at all is wrong, the
//! resolvers answer it: they stay the schema's one definition, and nobody has to explain an error twice. Tests ask every
//! query both ways.

mod arguments;
mod collect;
mod compile;
mod object;
mod page;
mod read;
mod root;

use async_graphql::Variables;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType};

use super::context::RequestContext;
use super::error::ApiError;
use crate::auth::{Denied, Resource};
use crate::store::StoreError;
use crate::store::view::TooLong;
use collect::Fragments;
use compile::Needs;
use root::Root;

/// How a document is answered without its resolvers.
pub struct Plan {
    key: String,
    root: Root,
    needs: Needs,
}

/// What a plan comes to.
pub enum Answer {
    /// The `data` of an answer, as JSON, and how many objects it has within.
    Written(String, u64),
    /// It is longer than an answer may be.
    TooLarge,
}

/// The resolvers have to answer: they know more, or say what is wrong.
struct Gone;

impl From<StoreError> for Gone {
    fn from(error: StoreError) -> Self {
        tracing::debug!(%error, "the resolvers are asked instead");
        Self
    }
}

impl From<ApiError> for Gone {
    fn from(_: ApiError) -> Self {
        Self
    }
}

impl From<Denied> for Gone {
    fn from(_: Denied) -> Self {
        Self
    }
}

impl Plan {
    /// `None`: the resolvers answer this document. It must have been validated.
    pub fn of(document: &ExecutableDocument) -> Option<Self> {
        let operation = match &document.operations {
            DocumentOperations::Single(operation) => operation,
            DocumentOperations::Multiple(operations) if operations.len() == 1 => operations.values().next()?,
            DocumentOperations::Multiple(_) => return None,
        };
        if operation.node.ty != OperationType::Query || !operation.node.directives.is_empty() {
            return None;
        }
        let fragments = Fragments(&document.fragments);
        // More roots could share statements, which loaders see and plans do not.
        let [selection] = &fragments.fields(&[&operation.node.selection_set.node], "Query")?[..] else {
            return None;
        };
        let mut needs = Needs::default();
        let root = Root::of(fragments, selection, &mut needs)?;
        Some(Self {
            key: selection.key.to_owned(),
            root,
            needs,
        })
    }

    /// `None`: the resolvers have to answer. `variables` are those with a value.
    pub async fn answer(&self, request: &RequestContext, variables: &Variables) -> Option<Answer> {
        self.try_answer(request, variables).await.ok()
    }

    async fn try_answer(&self, request: &RequestContext, variables: &Variables) -> Result<Answer, Gone> {
        for resource in &self.needs.resources {
            request.caller.read(*resource)?;
        }
        if self.needs.staff && request.is_partner() {
            return Err(Gone);
        }
        let found = self.root.read(request, variables).await?;
        let root = [(self.key.as_str(), ())];
        let written = request.write(|json| json.object(root, |json, ()| self.root.write(&found, json)))?;
        Ok(match written {
            // `data` itself is free.
            Ok((data, objects)) => Answer::Written(data, objects - 1),
            Err(TooLong) => Answer::TooLarge,
        })
    }
}

impl Needs {
    fn resource(&mut self, resource: Resource) {
        if !self.resources.contains(&resource) {
            self.resources.push(resource);
        }
    }
}
