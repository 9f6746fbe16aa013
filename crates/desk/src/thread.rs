//! The thread behind a window: it owns the client, does what it is told in order, and talks to the
//! district in between. It must not know what the calls mean.

use std::sync::{Arc, mpsc as blocking};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use client::{Client, Done, Reply, Tag};
use domain::fault::{Code, Fault};
use domain::moment::Moment;
use sync::courier::NetFault;
use tokio::sync::mpsc;

use crate::clock::{self, OsChance};
use crate::meter::Traffic;
use crate::net::Line;
use crate::profile::Profile;

/// Longest sleep: the computer's clock may have been set meanwhile.
const NAP: Duration = Duration::from_secs(30);

/// What a shell is told without asking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// These answers may be other ones now.
    Touched(Vec<Tag>),
    /// A request went out.
    Begun,
    /// Bytes of the answer under way that are here so far.
    Received(u64),
    /// The exchange is over, well or not; what went wrong was told before.
    Ended,
    /// An exchange failed, or what came could not be kept.
    Trouble(Fault),
}

type Order = Box<dyn FnOnce(&mut Owner) + Send>;
type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// A client behind its thread. Dropping it ends the thread after the order under way.
pub struct Desk {
    orders: Option<mpsc::UnboundedSender<Order>>,
    thread: Option<JoinHandle<()>>,
    tell: Listener,
}

impl Desk {
    /// Starts the thread. `tell` is called from it and must not call back.
    pub fn start(
        profile: Profile,
        client: Client,
        tell: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        Self::begin(profile, client, true, tell)
    }

    /// Starts the thread without a line: whatever the client wants to send, no socket is opened.
    pub fn start_apart(
        profile: Profile,
        client: Client,
        tell: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        Self::begin(profile, client, false, tell)
    }

    fn begin(
        profile: Profile,
        client: Client,
        online: bool,
        tell: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, Fault> {
        let tell: Listener = Arc::new(tell);
        let (orders, inbox) = mpsc::unbounded_channel();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|_| Code::DiskFailed)?;
        let told = tell.clone();
        let run = move || {
            // The folder stays ours as long as the client is open.
            let _profile = profile;
            runtime.block_on(live(client, online, inbox, told));
        };
        let thread = std::thread::Builder::new().name("desk".into()).spawn(run).map_err(|_| Code::DiskFailed)?;
        Ok(Self { orders: Some(orders), thread: Some(thread), tell })
    }

    /// Does something with the client, on its thread, and waits for it.
    pub fn with<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Client, &mut Moment<'_>) -> R + Send + 'static,
    ) -> Result<R, Fault> {
        self.order(move |owner| act(&mut owner.client, &mut Moment::new(clock::now(), &mut OsChance)))
    }

    /// One use case by name with JSON arguments; who listens is told what it touched.
    pub fn call(&self, name: &str, args: &[u8]) -> Result<Done, Fault> {
        let (name, args) = (name.to_owned(), args.to_vec());
        let done = self.with(move |client, moment| client.call(moment, &name, &args))??;
        if !done.touched.is_empty() {
            (self.tell)(Event::Touched(done.touched.clone()));
        }
        Ok(done)
    }

    /// Unlocks with the passphrase or the recovery code. The first exchange is due at once.
    pub fn unlock(&self, secret: &str) -> Result<(), Fault> {
        let secret = secret.to_owned();
        self.with(move |client, moment| client.unlock(moment, &secret))?
    }

    /// Forgets keys and content; what is under way is dropped.
    pub fn lock(&self) -> Result<(), Fault> {
        self.with(|client, _| client.lock())
    }

    /// Exchanges now, whatever the rhythm says.
    pub fn sync_now(&self) -> Result<(), Fault> {
        self.with(|client, moment| client.sync_now(moment))
    }

    /// What the line has carried since the thread started.
    pub fn traffic(&self) -> Result<Traffic, Fault> {
        self.order(|owner| owner.traffic)
    }

    fn order<R: Send + 'static>(&self, act: impl FnOnce(&mut Owner) -> R + Send + 'static) -> Result<R, Fault> {
        let (answer, answered) = blocking::sync_channel(1);
        let order: Order = Box::new(move |owner| drop(answer.send(act(owner))));
        let sent = self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok());
        if !sent {
            return Err(Code::Bug.into());
        }
        answered.recv().map_err(|_| Code::Bug.into())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A listener may be the last who knows this desk; no thread can wait for itself.
            if thread.thread().id() == std::thread::current().id() {
                return;
            }
            drop(thread.join());
        }
    }
}

/// What the thread owns.
struct Owner {
    client: Client,
    /// Whether it may talk to its district at all.
    online: bool,
    tell: Listener,
    traffic: Traffic,
    /// A request is under way.
    busy: bool,
    received: u64,
}

/// News from the line.
enum News {
    Chunk(Bytes),
    End(Traffic),
    Failed(NetFault, Traffic),
}

struct Parcel {
    path: &'static str,
    body: Vec<u8>,
    address: String,
    ca: Vec<u8>,
}

async fn live(client: Client, online: bool, mut orders: mpsc::UnboundedReceiver<Order>, tell: Listener) {
    let (parcels, carried) = mpsc::channel(1);
    // Small: what is not committed yet stays in the network's own buffers.
    let (news, mut heard) = mpsc::channel(4);
    let carrying = tokio::spawn(carry(carried, news));
    let mut owner = Owner { client, online, tell, traffic: Traffic::default(), busy: false, received: 0 };
    loop {
        if let Some(parcel) = owner.next_parcel()
            && parcels.send(parcel).await.is_err()
        {
            break;
        }
        let nap = owner.nap();
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => order(&mut owner),
                None => break,
            },
            Some(news) = heard.recv() => owner.on_news(news),
            () = tokio::time::sleep(nap) => {}
        }
    }
    carrying.abort();
}

impl Owner {
    fn next_parcel(&mut self) -> Option<Parcel> {
        if self.busy || !self.online {
            return None;
        }
        let ca = self.client.identity().map(|me| me.ca.clone())?;
        let address = self.client.address()?;
        let outgoing = self.client.next_request(&mut Moment::new(clock::now(), &mut OsChance))?;
        (self.busy, self.received) = (true, 0);
        (self.tell)(Event::Begun);
        Some(Parcel { path: outgoing.path, body: outgoing.body, address, ca })
    }

    /// Until the next exchange is due.
    fn nap(&self) -> Duration {
        let wake = if self.busy || !self.online { None } else { self.client.wake_at() };
        let ms = wake.map_or(i64::MAX, |wake| wake.0.saturating_sub(clock::now().0));
        Duration::from_millis(ms.max(0).unsigned_abs()).min(NAP)
    }

    fn on_news(&mut self, news: News) {
        let reply = match &news {
            News::Chunk(bytes) => {
                self.received += bytes.len() as u64;
                (self.tell)(Event::Received(self.received));
                Reply::Chunk(bytes)
            }
            News::End(traffic) => {
                (self.busy, self.traffic) = (false, *traffic);
                Reply::End
            }
            News::Failed(fault, traffic) => {
                (self.busy, self.traffic) = (false, *traffic);
                (self.tell)(Event::Trouble(fault.code().into()));
                Reply::Failed(*fault)
            }
        };
        match self.client.on_reply(&mut Moment::new(clock::now(), &mut OsChance), reply) {
            Ok(tags) if tags.is_empty() => {}
            Ok(tags) => (self.tell)(Event::Touched(tags)),
            // Locked meanwhile: what comes is left for the next exchange.
            Err(fault) if fault.code == Code::Locked => {}
            Err(fault) => (self.tell)(Event::Trouble(fault)),
        }
        if !self.busy {
            (self.tell)(Event::Ended);
        }
    }
}

/// Carries parcels one by one over a line that is kept between them.
async fn carry(mut parcels: mpsc::Receiver<Parcel>, news: mpsc::Sender<News>) {
    let mut kept: Option<(String, Vec<u8>, Line)> = None;
    while let Some(parcel) = parcels.recv().await {
        kept = kept.filter(|(address, ca, _)| *address == parcel.address && *ca == parcel.ca);
        if kept.is_none() {
            let Ok(line) = Line::pinned(&parcel.address, &parcel.ca) else {
                let _ = news.send(News::Failed(NetFault::Offline, Traffic::default())).await;
                continue;
            };
            kept = Some((parcel.address, parcel.ca, line));
        }
        let Some((_, _, line)) = &mut kept else { continue };
        let ended = deliver(line, parcel.path, parcel.body, &news).await;
        let last = match ended {
            Ok(()) => News::End(line.traffic()),
            Err(fault) => News::Failed(fault, line.traffic()),
        };
        if news.send(last).await.is_err() {
            return;
        }
    }
}

async fn deliver(
    line: &mut Line,
    path: &'static str,
    body: Vec<u8>,
    news: &mpsc::Sender<News>,
) -> Result<(), NetFault> {
    let mut answer = line.post(path, body).await?;
    while let Some(bytes) = answer.chunk().await? {
        news.send(News::Chunk(bytes)).await.map_err(|_| NetFault::Offline)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
