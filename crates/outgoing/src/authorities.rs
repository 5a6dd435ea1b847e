//! The certificate authorities that are trusted: the usual ones, and an operator's own, whose identity provider or
//! webhook receivers may have certificates issued by their company.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};

/// Why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthoritiesError {
    #[error("cannot read outgoing_ca_file {0}: {1}")]
    Unreadable(PathBuf, pem::Error),
    #[error("outgoing_ca_file {0} has no certificate in PEM (-----BEGIN CERTIFICATE-----)")]
    Empty(PathBuf),
    #[error("outgoing_ca_file {0}: certificate {1} is not one of an authority: {2}")]
    NotAnAuthority(PathBuf, usize, rustls::Error),
}

/// The trusted authorities.
#[derive(Clone)]
pub struct Authorities(Arc<RootCertStore>);

impl Default for Authorities {
    fn default() -> Self {
        Self(Arc::new(RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        }))
    }
}

impl Authorities {
    /// The usual authorities, and those in a PEM file, if one is given.
    pub fn with_file(file: Option<&Path>) -> Result<Self, AuthoritiesError> {
        let usual = Self::default();
        let Some(file) = file else { return Ok(usual) };
        let unreadable = |error| AuthoritiesError::Unreadable(file.to_owned(), error);
        let mut roots = Arc::unwrap_or_clone(usual.0);
        let mut found = 0;
        for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
            found += 1;
            let added = roots.add(certificate.map_err(unreadable)?);
            added.map_err(|error| AuthoritiesError::NotAnAuthority(file.to_owned(), found, error))?;
        }
        match found {
            0 => Err(AuthoritiesError::Empty(file.to_owned())),
            _ => Ok(Self(Arc::new(roots))),
        }
    }

    pub(super) fn roots(&self) -> Arc<RootCertStore> {
        self.0.clone()
    }
}
