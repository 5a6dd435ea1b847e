//! Documents by their hash: Apollo's automatic persisted queries, and the safelist.

use std::collections::HashMap;
use std::path::Path;

use async_graphql_value::{ConstValue, Extensions};
use serde_json::Value;

use super::codes;
use super::documents::{Hash, hash, read_hash};
use super::guard::DocumentProblem;
use super::options::{PersistedSection as Settings, Safelist};
use super::registered::RegisteredHashes;

pub struct PersistedDocuments {
    automatic: bool,
    mode: Safelist,
    /// The documents of the manifest by the hash of their text.
    listed: HashMap<Hash, String>,
    /// The hashes that callers have registered at run time.
    registered: RegisteredHashes,
}

/// The document that a request asks to run.
#[derive(Debug, PartialEq, Eq)]
pub enum RequestedDocument {
    /// A document's text.
    Text(Hash, String),
    /// A document's text, to whose hash the caller's tenant may refer from now on if the document is valid.
    New(Hash, String),
    /// The hash of a document that the tenant has sent before.
    Before(Hash),
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("persisted queries by safelist need a manifest: set persisted.manifest")]
    Missing,
    #[error("cannot read the manifest {0}: {1}")]
    Unreadable(String, std::io::Error),
    #[error("the manifest {0} is neither Apollo's nor a JSON object from hash to document")]
    Malformed(String),
    #[error("the manifest {0} has {1} for a document with a different hash")]
    WrongHash(String, String),
}

impl PersistedDocuments {
    pub fn load(settings: &Settings) -> Result<Self, ManifestError> {
        let listed = match &settings.manifest {
            Some(file) => read_manifest(file)?,
            None if settings.safelist == Safelist::Off => HashMap::new(),
            None => return Err(ManifestError::Missing),
        };
        Ok(Self {
            automatic: settings.automatic,
            mode: settings.safelist,
            listed,
            registered: RegisteredHashes::default(),
        })
    }

    /// Combines the text of a request with the hash in its extensions.
    pub fn resolve(
        &self,
        tenant: &str,
        text: Option<String>,
        extensions: &Extensions,
    ) -> Result<RequestedDocument, DocumentProblem> {
        let persisted = extensions
            .get("persistedQuery")
            .filter(|value| **value != ConstValue::Null);
        let Some(persisted) = persisted.and_then(|value| value.clone().into_json().ok()) else {
            return match text {
                Some(text) => Ok(RequestedDocument::Text(hash(&text), text)),
                None => Err(DocumentProblem::new(
                    codes::BAD_REQUEST,
                    "the request needs the text \"query\"",
                )),
            };
        };
        if !self.automatic && self.listed.is_empty() {
            return Err(DocumentProblem::new(
                "PERSISTED_QUERY_NOT_SUPPORTED",
                "PersistedQueryNotSupported",
            ));
        }
        let version = persisted["version"].as_u64();
        let named = persisted["sha256Hash"].as_str().and_then(read_hash);
        let (Some(1), Some(named)) = (version, named) else {
            let message = "persistedQuery needs version 1 and sha256Hash, which is 64 hexadecimal digits";
            return Err(DocumentProblem::new(codes::BAD_REQUEST, message));
        };
        match text {
            Some(text) if hash(&text) == named && self.automatic => Ok(RequestedDocument::New(named, text)),
            Some(text) if hash(&text) == named => Ok(RequestedDocument::Text(named, text)),
            Some(_) => Err(DocumentProblem::new(
                codes::BAD_REQUEST,
                "provided sha does not match query",
            )),
            None => match self.listed.get(&named) {
                Some(text) => Ok(RequestedDocument::Text(named, text.clone())),
                None if self.registered.has(tenant, &named) => Ok(RequestedDocument::Before(named)),
                None => Err(not_found()),
            },
        }
    }

    /// Lets the tenant refer to a document by its hash from now on.
    pub fn register(&self, tenant: &str, hash: Hash) {
        self.registered.add(tenant, hash);
    }

    /// Refuses documents that are not on the safelist if it is enforced, and only logs them if it is in audit mode.
    pub fn permit(&self, hash: &Hash, request_id: &str) -> Result<(), DocumentProblem> {
        if self.mode == Safelist::Off || self.listed.contains_key(hash) {
            return Ok(());
        }
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        tracing::warn!(request_id, hash, "a document that is not on the safelist");
        if self.mode == Safelist::Audit {
            return Ok(());
        }
        let message = "this gateway runs only the documents of its safelist";
        Err(DocumentProblem::new(codes::FORBIDDEN, message))
    }
}

/// The error on which Apollo's clients send the text as well.
pub fn not_found() -> DocumentProblem {
    DocumentProblem::new(codes::PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
}

/// The documents of a manifest by the hash of their text.
fn read_manifest(file: &Path) -> Result<HashMap<Hash, String>, ManifestError> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| ManifestError::Unreadable(name.clone(), error))?;
    let malformed = || ManifestError::Malformed(name.clone());
    let manifest: Value = serde_json::from_str(&text).map_err(|_| malformed())?;
    let object = manifest.as_object().ok_or_else(malformed)?;
    let pairs: Option<Vec<(&str, &str)>> = match object.get("operations") {
        Some(operations) => operations
            .as_array()
            .ok_or_else(malformed)?
            .iter()
            .map(|operation| Some((operation["id"].as_str()?, operation["body"].as_str()?)))
            .collect(),
        None => object
            .iter()
            .map(|(id, body)| Some((id.as_str(), body.as_str()?)))
            .collect(),
    };
    let mut listed = HashMap::new();
    for (id, body) in pairs.ok_or_else(malformed)? {
        // Ids may be of another kind, but one that looks like a hash and is not the document's is a mistake.
        if read_hash(id).is_some_and(|id| id != hash(body)) {
            return Err(ManifestError::WrongHash(name, id.to_owned()));
        }
        listed.insert(hash(body), body.to_owned());
    }
    Ok(listed)
}
