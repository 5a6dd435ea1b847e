//! Certificates of a company's own: good where the operator named their authority, and nowhere else.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tributary::domain::webhook::address::AddressPolicy;
use tributary::outgoing::{Authorities, DnsResolver, Outgoing, OutgoingError};

pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/webhooks/certificates")
        .join(name)
}

/// Presents the certificate that `authority.pem` signed.
pub fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Serves a document behind that certificate, and says where.
async fn serve() -> String {
    let acceptor = acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Whoever does not trust the certificate ends the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut asked = [0; 1024];
            let _ = stream.read(&mut asked).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("https://{address}/keys")
}

async fn ask(url: &str, authorities: Option<&str>) -> Result<u16, OutgoingError> {
    let file = authorities.map(file);
    let authorities = Authorities::with_file(file.as_deref()).unwrap();
    let reach = AddressPolicy {
        production: true,
        allowed: vec!["127.0.0.0/8".parse().unwrap()],
    };
    let outgoing = Outgoing::new(
        reach,
        Arc::new(DnsResolver::default()),
        Duration::from_secs(60),
        &authorities,
    );
    outgoing.get(url, 100).await.map(|answer| answer.status)
}

#[tokio::test]
async fn a_certificate_is_good_where_its_authority_is_trusted() {
    let url = serve().await;
    assert_eq!(ask(&url, Some("authority.pem")).await.unwrap(), 200);
    for others in [None, Some("other.pem")] {
        let refused = ask(&url, others).await;
        assert!(matches!(refused, Err(OutgoingError::Tls)), "{others:?}: {refused:?}");
    }
}

#[test]
fn a_file_that_cannot_be_taken_says_why() {
    let said = |path: &Path| match Authorities::with_file(Some(path)) {
        Ok(_) => panic!("{} is taken", path.display()),
        Err(error) => error.to_string(),
    };
    assert!(said(&file("absent.pem")).starts_with("cannot read outgoing_ca_file "));
    let no_certificate = said(&file("server.key"));
    assert!(no_certificate.contains("has no certificate in PEM"), "{no_certificate}");
    let folder = tempfile::tempdir().unwrap();
    let garbled = folder.path().join("garbled.pem");
    std::fs::write(
        &garbled,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    let garbled = said(&garbled);
    assert!(
        garbled.contains("certificate 1 is not one of an authority"),
        "{garbled}"
    );
}
