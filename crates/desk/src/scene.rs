//! Props for the tests of this room: a district's certificates, one who reads HTTP, a server that
//! lets one computer in, a keystore in memory. Test code only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use client::{Amiss, Keystore};
use domain::id::PersonId;
use domain::moment::Moment;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sync::certified::{Purpose, RootKey};
use sync::enrol::{self, Code, Grant};
use sync::key::DeviceKey;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

use crate::clock::{self, OsChance};

/// A keystore in memory; `None`, it is none.
pub(crate) struct Drawer(pub(crate) Mutex<Option<BTreeMap<String, Vec<u8>>>>);

impl Default for Drawer {
    fn default() -> Self {
        Self(Mutex::new(Some(BTreeMap::new())))
    }
}

impl Drawer {
    fn open<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> Option<T>) -> Result<T, Amiss> {
        act(self.0.lock().expect("a drawer").as_mut().ok_or(Amiss::Unavailable)?).ok_or(Amiss::Absent)
    }
}

impl Keystore for Drawer {
    fn there(&self) -> bool {
        self.0.lock().expect("a drawer").is_some()
    }
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Amiss> {
        self.open(|kept| kept.get(name).cloned().map(Zeroizing::new))
    }
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), Amiss> {
        self.open(|kept| {
            kept.insert(name.to_owned(), secret.to_vec());
            Some(())
        })
    }
    fn erase(&self, name: &str) -> Result<(), Amiss> {
        self.open(|kept| kept.remove(name).map(drop))
    }
}

/// The code that lets somebody in.
pub(crate) const CODE: &str = "ABCDE-01234-56789-FGHJK";

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

fn granted(code: &Code, asked: &[u8], ca: &[u8]) -> Option<Vec<u8>> {
    let ask = enrol::read_request(code, asked).ok()?;
    let mut chance = OsChance;
    let m = &mut Moment::new(clock::now(), &mut chance);
    let (root, server) = (RootKey::fresh(m), DeviceKey::fresh(m));
    let keys = [server.sign_public(), server.seal_public()].concat();
    let grant = Grant {
        district_name: "虚构区".into(),
        root: root.public(),
        roster: root.certify(Purpose::Roster, &keys),
        inbox: root.certify(Purpose::Inbox, &[3; 32]),
        ca: root.certify(Purpose::Ca, ca),
        device: ask.device(),
        person: PersonId::new([4; 16]),
        person_name: ask.label,
        lease: m.now.plus_s(86_400),
        now: m.now,
    };
    Some(enrol::answer(code, asked, &grant, m))
}

/// A server that answers one enrolment with this code, and otherwise knows nobody. Its
/// certificate is from a CA the desk has never heard of.
pub(crate) async fn server(code: Code) -> String {
    let paper = paper();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a desk");
        let mut stream = TlsAcceptor::from(paper.tls.clone()).accept(socket).await.expect("a handshake");
        let asked = request(&mut stream).await.expect("a request");
        let answer = granted(&code, &asked, &paper.ca);
        let (status, body) = answer.map_or_else(|| ("404 x", Vec::new()), |body| ("200 OK", body));
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
        drop(stream.write_all(&[head.as_bytes(), &body].concat()).await);
        drop(stream.shutdown().await);
    });
    address
}

/// A server on a thread of its own that lets one computer in with [`CODE`]; where it listens.
pub(crate) fn district() -> String {
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            told.send(server(CODE.parse().expect("a code")).await).expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    heard.recv().expect("a district")
}
