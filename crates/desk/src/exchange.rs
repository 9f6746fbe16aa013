//! One client talking to its district until it has no more to say: for tools that own a client
//! themselves. A window uses [`crate::Desk`], which stays answerable meanwhile.

use client::{Client, Reply};
use domain::fault::Fault;
use domain::moment::Moment;
use sync::courier::NetFault;

use crate::clock::{self, OsChance};
use crate::net::Line;

/// How it went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// Requests answered.
    pub rounds: u32,
    /// What ended it early, if anything did.
    pub fault: Option<NetFault>,
}

/// Exchanges as long as the client has something due. A failure ends it; the client keeps what came.
pub async fn settle(client: &mut Client, line: &mut Line) -> Result<Settled, Fault> {
    let mut settled = Settled::default();
    loop {
        let Some(outgoing) = client.next_request(&mut Moment::new(clock::now(), &mut OsChance)) else {
            return Ok(settled);
        };
        let fault = carry(client, line, outgoing.path, outgoing.body).await?;
        if fault.is_some() {
            return Ok(Settled { fault, ..settled });
        }
        settled.rounds += 1;
    }
}

async fn carry(
    client: &mut Client,
    line: &mut Line,
    path: &'static str,
    body: Vec<u8>,
) -> Result<Option<NetFault>, Fault> {
    let mut give = |reply: Reply<'_>| client.on_reply(&mut Moment::new(clock::now(), &mut OsChance), reply);
    let mut answer = match line.post(path, body).await {
        Ok(answer) => answer,
        Err(fault) => return give(Reply::Failed(fault)).map(|_| Some(fault)),
    };
    loop {
        match answer.chunk().await {
            Ok(Some(bytes)) => give(Reply::Chunk(&bytes))?,
            Ok(None) => return give(Reply::End).map(|_| None),
            Err(fault) => return give(Reply::Failed(fault)).map(|_| Some(fault)),
        };
    }
}
