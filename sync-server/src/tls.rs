//! The district's private CA and the TLS it makes possible. It must not know requests or the store.
//!
//! Desks pin the CA's certificate at enrolment; no public authority is asked, ever. Certificates
//! are dated so wide that a wrong clock never looks like a foreign server: trust ends when the
//! root certifies another CA, not by a date.

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer};
use rcgen::{KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ServerSessionMemoryCache;
use zeroize::Zeroizing;

/// Sessions remembered for resumption; about 200 bytes each.
const SESSIONS: usize = 4096;

/// Why there is no TLS.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TlsError {
    /// A name that cannot stand in a certificate.
    #[error("“{0}”不是主机名或 IP 地址，请检查配置里的地址。")]
    Name(String),
    /// The stored CA is damaged.
    #[error("证书文件损坏，请用 restore 从备份恢复。")]
    Damaged,
}

/// The CA of one district: its certificate and key.
#[derive(Clone)]
pub struct Ca {
    cert: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Ca {
    /// A fresh CA. Its randomness is the TLS library's own.
    pub fn fresh() -> Result<Self, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| TlsError::Damaged)?;
        let cert = ca_params().self_signed(&key).map_err(|_| TlsError::Damaged)?;
        Ok(Self { cert: cert.der().to_vec(), key: Zeroizing::new(key.serialize_der()) })
    }
    /// From what [`Ca::cert`] and [`Ca::key`] gave.
    pub fn from_parts(cert: Vec<u8>, key: Vec<u8>) -> Self {
        Self { cert, key: Zeroizing::new(key) }
    }
    /// The certificate, DER: what the root certifies and desks pin.
    pub fn cert(&self) -> &[u8] {
        &self.cert
    }
    /// The key, PKCS#8 DER. Secret.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// TLS for a server reached under these names or addresses: TLS 1.3 only, with a key and a
    /// certificate made now and kept in memory only.
    pub fn server_config(&self, names: &[String]) -> Result<Arc<ServerConfig>, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| TlsError::Damaged)?;
        let params = server_params(names)?;
        let ca_key = KeyPair::try_from(&self.key[..]).map_err(|_| TlsError::Damaged)?;
        let issuer = Issuer::new(ca_params(), ca_key);
        let cert = params.signed_by(&key, &issuer).map_err(|_| TlsError::Damaged)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let chain = vec![CertificateDer::from(cert.der().to_vec())];
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|_| TlsError::Damaged)?;
        // One small ticket: a desk comes back once, and each ticket costs bytes on a thin line.
        config.send_tls13_tickets = 1;
        config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
        Ok(Arc::new(config))
    }
}

/// Always the same for the same key, so that the issuer of a certificate made later fits the
/// certificate desks pinned. No district name: it would travel in every handshake.
fn ca_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named("tongdang district ca");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    dated(params)
}

fn server_params(names: &[String]) -> Result<CertificateParams, TlsError> {
    let bad = names.iter().find(|name| name.parse::<IpAddr>().is_err() && !is_host(name));
    if let Some(name) = bad {
        return Err(TlsError::Name(name.clone()));
    }
    let mut params =
        CertificateParams::new(names).map_err(|_| TlsError::Name(names.first().cloned().unwrap_or_default()))?;
    params.distinguished_name = named("tongdang server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(dated(params))
}

fn is_host(name: &str) -> bool {
    let fine = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    !name.is_empty() && name.len() <= 253 && name.bytes().all(fine)
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn dated(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2125, 1, 1);
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_ca_makes_tls_for_names_and_addresses() {
        let ca = Ca::fresh().expect("a CA");
        let stored = Ca::from_parts(ca.cert().to_vec(), ca.key().to_vec());
        let names = ["dang.example.cn", "10.1.2.3", "::1"].map(String::from);
        assert!(stored.server_config(&names).is_ok());
    }

    #[test]
    fn damaged_keys_and_impossible_names_are_refused_with_a_sentence() {
        let ca = Ca::fresh().expect("a CA");
        for name in ["", "区中心", "a b"] {
            let refused = ca.server_config(&[name.to_owned()]).map(|_| ());
            assert_eq!(refused, Err(TlsError::Name(name.to_owned())));
        }
        let damaged = Ca::from_parts(ca.cert().to_vec(), ca.key()[..40].to_vec());
        assert_eq!(damaged.server_config(&["localhost".to_owned()]).map(|_| ()), Err(TlsError::Damaged));
    }
}
