//! What strangers send: bytes over TLS by hand. They know the address, the CA, and the ids of devices, which is
//! what anybody knows who once worked here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use client::Client;
use domain::id::DeviceId;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Progress;
use crate::chance::Seeded;

/// Posts sent at once on a connection, and connections.
const TOGETHER: usize = 25;
const CONNECTIONS: usize = 8;

/// Whom they mean.
#[derive(Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    device: DeviceId,
    tls: Arc<rustls::ClientConfig>,
}

impl Target {
    /// The server of a desk.
    pub(crate) fn of(address: SocketAddr, desk: &Client) -> Result<Self> {
        let me = desk.identity().context("locked")?;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from(me.ca.clone()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { address, device: me.key.id(), tls: Arc::new(tls) })
    }

    async fn connect(&self) -> Result<TlsStream<TcpStream>> {
        let socket = TcpStream::connect(self.address).await?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("127.0.0.1")?;
        Ok(TlsConnector::from(self.tls.clone()).connect(name, socket).await?)
    }

    /// Nobody comes.
    pub(crate) async fn wait(self, _: Arc<Progress>, time: Duration) -> Result<String> {
        tokio::time::sleep(time).await;
        Ok("none".to_owned())
    }

    /// Nine connections that say they bring 8 MB each, and bring 1,200 bytes every twelve seconds.
    pub(crate) async fn nine_slow(self, progress: Arc<Progress>, time: Duration) -> Result<String> {
        let until = Instant::now() + time;
        let mut nine = JoinSet::new();
        progress.will_do(9);
        for n in 0..9 {
            let (target, progress) = (self.clone(), progress.clone());
            nine.spawn(async move { target.slow(n, &progress, until).await });
        }
        let ended: usize = nine.join_all().await.into_iter().sum();
        Ok(format!("9 connections, ended by the server {ended} times"))
    }

    async fn slow(&self, n: u64, progress: &Progress, until: Instant) -> usize {
        let (mut seed, mut ended, mut first) = (Seeded::new(n), 0, true);
        while Instant::now() < until {
            let mut stays = false;
            if let Ok(mut stream) = self.connect().await {
                stays = true;
                let head = "POST /v1/sync HTTP/1.1\r\nhost: x\r\ncontent-length: 8388608\r\n\r\n";
                let _ = stream.write_all(head.as_bytes()).await;
                while stays && Instant::now() < until {
                    let _ = stream.write_all(&noise(&mut seed, 1200)).await;
                    progress.did(usize::from(std::mem::take(&mut first)));
                    let rest = until.saturating_duration_since(Instant::now()).min(Duration::from_secs(12));
                    let mut answer = [0; 256];
                    // Whatever comes back ends it: an answer before the body is there is a refusal.
                    stays = tokio::time::timeout(rest, stream.read(&mut answer)).await.is_err();
                }
            }
            if !stays {
                ended += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        ended
    }

    /// So many small posts with random bodies, as fast as they are answered.
    pub(crate) async fn posts(self, progress: Arc<Progress>, count: usize) -> Result<String> {
        let begun = Instant::now();
        progress.will_do((count / 2).min(20_000));
        let mut all = JoinSet::new();
        for n in 0..CONNECTIONS {
            let (target, progress) = (self.clone(), progress.clone());
            all.spawn(async move { target.flood(n as u64, &progress, count / CONNECTIONS).await });
        }
        let mut answered = 0;
        while let Some(done) = all.join_next().await {
            answered += done??;
        }
        let seconds = begun.elapsed().as_secs_f64();
        Ok(format!("{answered} posts answered in {seconds:.1} s, {:.0} a second", answered as f64 / seconds))
    }

    async fn flood(&self, n: u64, progress: &Progress, count: usize) -> Result<usize> {
        let (mut seed, mut done) = (Seeded::new(1000 + n), 0);
        while done < count {
            let mut stream = self.connect().await?;
            while done < count {
                let posts: Vec<u8> = (0..TOGETHER).flat_map(|_| self.post(&mut seed)).collect();
                let answered = if stream.write_all(&posts).await.is_ok() { answers(&mut stream).await } else { 0 };
                done += answered;
                progress.did(answered);
                if answered < TOGETHER {
                    break;
                }
            }
            // A door that shuts is knocked at again, and the knock counts.
            done += 1;
        }
        Ok(done)
    }

    /// Noise; the head of a device nobody knows; that of a known device under a false signature.
    fn post(&self, seed: &mut Seeded) -> Vec<u8> {
        let length = 100 + seed.below(200);
        let mut body = noise(seed, length);
        match seed.below(8) {
            0..3 => {}
            3..6 => body[0] = 1,
            kind => {
                body[0] = if kind == 6 { 1 } else { 2 };
                body[1..17].copy_from_slice(self.device.as_bytes());
            }
        }
        let path = if seed.below(8) == 0 { "/v1/piece" } else { "/v1/sync" };
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), &body].concat()
    }
}

fn noise(seed: &mut Seeded, bytes: usize) -> Vec<u8> {
    (0..bytes.div_ceil(8)).flat_map(|_| seed.number().to_be_bytes()).take(bytes).collect()
}

/// How many answers come to one batch of posts, until all are there or the server hangs up.
async fn answers(stream: &mut TlsStream<TcpStream>) -> usize {
    let mut all = Vec::new();
    loop {
        let count = all.windows(9).filter(|some| *some == b"HTTP/1.1 ").count();
        if count >= TOGETHER {
            return count;
        }
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_buf(&mut all)).await;
        if !matches!(read, Ok(Ok(n)) if n > 0) {
            return count;
        }
    }
}
