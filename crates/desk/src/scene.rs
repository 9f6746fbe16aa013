//! Props for the tests of this room: a district's certificates, and one who
//! reads HTTP. Test code only.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A district CA and a server certificate under it.
pub(crate) struct Paper {
    pub(crate) ca: Vec<u8>,
    pub(crate) tls: Arc<ServerConfig>,
}

pub(crate) fn paper() -> Paper {
    let (ca_key, key) = (KeyPair::generate().expect("a key"), KeyPair::generate().expect("a key"));
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = params.self_signed(&ca_key).expect("a CA");
    let issuer = Issuer::new(params, ca_key);
    let own = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    let cert = own.signed_by(&key, &issuer).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let chain = vec![CertificateDer::from(cert.der().to_vec())];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .expect("a config");
    Paper { ca: ca.der().to_vec(), tls: Arc::new(tls) }
}

/// Reads one request of HTTP/1.1; `None` when the other side has gone.
pub(crate) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    loop {
        let head = all.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4);
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&all[..head]).into_owned();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            if all.len() >= head + length.parse::<usize>().ok()? {
                return Some(all.split_off(head));
            }
        }
        if stream.read_buf(&mut all).await.ok()? == 0 {
            return None;
        }
    }
}
