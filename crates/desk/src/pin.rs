//! Whose certificate is believed: the district's CA and no other; at enrolment, before any CA is
//! known, anybody's, because there the code proves who answers and TLS proves nothing.

use std::sync::Arc;
use std::time::Duration;

use domain::fault::{Code, Fault};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, version::TLS13};

/// 2030-01-01: certificates of a district are valid long before and after.
const SOME_DAY_S: u64 = 1_893_456_000;

/// A desk's clock may be wrong by years, and must not make the district look foreign for it.
#[derive(Debug)]
struct NoClock;

impl TimeProvider for NoClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(SOME_DAY_S)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// TLS 1.3 with the district's CA as the only root.
pub(crate) fn pinned(ca_der: &[u8]) -> Result<Arc<ClientConfig>, Fault> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(ca_der.to_vec())).map_err(|_| Code::BadEnrolText)?;
    let builder = ClientConfig::builder_with_details(provider(), Arc::new(NoClock));
    let builder = builder.with_protocol_versions(&[&TLS13]).map_err(|_| Code::Bug)?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// TLS 1.3 with whoever answers. For the enrolment exchange only.
pub(crate) fn anybody() -> Result<Arc<ClientConfig>, Fault> {
    let builder = ClientConfig::builder_with_details(provider(), Arc::new(NoClock));
    let builder = builder.with_protocol_versions(&[&TLS13]).map_err(|_| Code::Bug)?;
    let verifier = Arc::new(Anybody(provider()));
    Ok(Arc::new(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()))
}

#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signed, &self.0.signature_verification_algorithms)
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
