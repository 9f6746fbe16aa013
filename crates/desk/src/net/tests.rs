//! A line against everything an office network may answer, over real sockets.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::scene::{Paper, paper};

/// What the other side does with one request.
#[derive(Clone, Copy)]
enum Act {
    /// Answers with these bytes and keeps the connection.
    Say(&'static str),
    /// Answers with these bytes and hangs up.
    SayAndLeave(&'static str),
    /// Never answers.
    Wait,
}

/// Plays one act per request, over as many connections as it takes.
async fn play(paper: &Paper, acts: &'static [Act]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let acceptor = TlsAcceptor::from(paper.tls.clone());
    tokio::spawn(async move {
        let mut acts = acts.iter();
        'connections: loop {
            let Ok((socket, _)) = listener.accept().await else { return };
            let Ok(mut stream) = acceptor.accept(socket).await else { continue };
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                match acts.next() {
                    None => return,
                    Some(Act::Wait) => tokio::time::sleep(Duration::from_secs(60)).await,
                    Some(Act::Say(text)) => drop(stream.write_all(text.as_bytes()).await),
                    Some(Act::SayAndLeave(text)) => {
                        drop(stream.write_all(text.as_bytes()).await);
                        drop(stream.shutdown().await);
                        continue 'connections;
                    }
                }
            }
        }
    });
    address
}

fn line(address: SocketAddr, ca: &[u8]) -> Line {
    let quick = Duration::from_millis(300);
    let line = Line::pinned(&address.to_string(), ca).expect("an address");
    line.patient(Patience { connect: Duration::from_secs(2), still: quick })
}

async fn whole(line: &mut Line) -> Result<Vec<u8>, NetFault> {
    let mut answer = line.post("/v1/sync", b"body".to_vec()).await?;
    let mut all = Vec::new();
    while let Some(bytes) = answer.chunk().await? {
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

const HELLO: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

#[tokio::test]
async fn one_connection_serves_many_requests_and_every_byte_is_counted() {
    let paper = paper();
    let address = play(&paper, &[Act::Say(HELLO), Act::Say(HELLO)]).await;
    let mut line = line(address, &paper.ca);
    assert_eq!(whole(&mut line).await, Ok(b"hello".to_vec()));
    assert_eq!(whole(&mut line).await, Ok(b"hello".to_vec()));
    let traffic = line.traffic();
    let request = format!("POST /v1/sync HTTP/1.1\r\nhost: {address}\r\ncontent-length: 4\r\n\r\nbody");
    assert_eq!((traffic.connections, traffic.requests), (1, 2));
    assert_eq!((traffic.http_up, traffic.http_down), (2 * request.len() as u64, 2 * HELLO.len() as u64));
    assert!(traffic.tls_up > traffic.http_up && traffic.tls_down > traffic.http_down);
}

#[tokio::test]
async fn what_an_office_network_answers_is_told_apart() {
    let table: &[(&[Act], NetFault)] = &[
        (&[Act::Say("HTTP/1.1 302 Found\r\nlocation: http://portal/\r\ncontent-length: 0\r\n\r\n")], NetFault::Portal),
        (&[Act::Say("HTTP/1.1 511 x\r\ncontent-length: 0\r\n\r\n")], NetFault::Portal),
        (
            &[Act::Say("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>")],
            NetFault::Portal,
        ),
        (&[Act::Say("HTTP/1.1 404 x\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n")], NetFault::Portal),
        (&[Act::Say("HTTP/1.1 404 x\r\ncontent-length: 0\r\n\r\n")], NetFault::Unknown),
        (&[Act::Say("HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n")], NetFault::Busy),
        (&[Act::Say("HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n")], NetFault::BadAnswer),
        (&[Act::Say("SSH-2.0-OpenSSH\r\n\r\n")], NetFault::BadAnswer),
        (&[Act::SayAndLeave("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello")], NetFault::Offline),
        (&[Act::SayAndLeave("")], NetFault::Offline),
        (&[Act::Say("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello")], NetFault::Timeout),
        (&[Act::Wait], NetFault::Timeout),
    ];
    let paper = paper();
    for (n, (acts, fault)) in table.iter().enumerate() {
        let mut line = line(play(&paper, acts).await, &paper.ca);
        assert_eq!(whole(&mut line).await, Err(*fault), "row {n}");
    }
}

#[tokio::test]
async fn a_server_of_another_ca_or_another_name_is_foreign() {
    let (ours, theirs) = (paper(), paper());
    let mut foreign = line(play(&theirs, &[Act::Say(HELLO)]).await, &ours.ca);
    assert_eq!(whole(&mut foreign).await, Err(NetFault::ForeignCertificate));
    let address = play(&ours, &[Act::Say(HELLO)]).await;
    let mut renamed = Line::pinned(&format!("localhost:{}", address.port()), &ours.ca).expect("an address");
    assert_eq!(whole(&mut renamed).await, Err(NetFault::ForeignCertificate));
    assert_eq!(renamed.traffic().http_up, 0, "nothing was uploaded");
}

#[tokio::test]
async fn plain_http_where_tls_should_be_is_a_portal_and_nobody_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let portal = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a client");
        let _ = socket.write_all(b"HTTP/1.1 302 Found\r\nlocation: http://portal/\r\n\r\n").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    });
    let mut line = line(address, &paper().ca);
    assert_eq!(whole(&mut line).await, Err(NetFault::Portal));
    portal.await.expect("no panic");
    assert_eq!(whole(&mut line).await, Err(NetFault::Offline), "nobody listens any more");
}

#[tokio::test]
async fn a_kept_connection_that_died_is_made_anew_without_a_word() {
    let paper = paper();
    let address = play(&paper, &[Act::SayAndLeave(HELLO), Act::Say(HELLO)]).await;
    let mut line = line(address, &paper.ca);
    assert_eq!(whole(&mut line).await, Ok(b"hello".to_vec()));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(whole(&mut line).await, Ok(b"hello".to_vec()));
    assert_eq!(line.traffic().connections, 2);
}

#[test]
fn an_address_or_ca_that_is_none_is_refused() {
    assert!(Line::pinned("登记", &paper().ca).is_err());
    assert!(Line::pinned("10.0.0.1", b"no certificate").is_err());
}
