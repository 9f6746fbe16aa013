//! The one thread that owns a server in production. It collects requests that arrive together
//! into one commit, and judges and packs when nobody waits. It must not know HTTP.
//!
//! Whose signature fits is asked without it: the keys of the roster's devices lie beside it, new before anybody
//! hears that she was enrolled.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::id::{DeviceId, Digest, Position};
use domain::moment::Moment;
use sync::head::{Body, Door, SignedHead};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::inbox::Proven;
use crate::meter::Meter;
use crate::server::{Answer, Server};
use crate::store::Store;

/// Requests answered with one commit at most.
const TOGETHER: usize = 64;
/// Unpacked bytes of them, before the last.
const TOGETHER_BYTES: usize = 16 << 20;
/// Requests for pieces answered with one commit: some 2 MB, so that text never waits long.
const PIECES_TOGETHER: usize = 8;
/// After a failure of the gate or the packer: the disk may need a moment.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells whoever waits for it what came of an act.
type Tell = Box<dyn FnOnce()>;
type Act<S> = Box<dyn FnOnce(&mut Server<S>, &mut Moment<'_>) -> Tell + Send>;

enum Job<S> {
    Request(Waiting),
    Pieces(Waiting),
    Act(Act<S>),
    Stop,
}

struct Waiting {
    request: Proven,
    reply: oneshot::Sender<Answer>,
}

/// What is seen of the server without disturbing it.
struct Shown {
    district: Digest,
    meter: Mutex<Meter>,
    devices: RwLock<Devices>,
}

/// The signing keys of the devices of a roster, and its version.
#[derive(Default)]
struct Devices {
    version: Position,
    keys: BTreeMap<DeviceId, [u8; 32]>,
}

impl Shown {
    fn of<S: Store>(server: &Server<S>) -> Self {
        let shown = Self {
            district: server.district().digest(),
            meter: Mutex::new(*server.meter()),
            devices: RwLock::new(Devices::of(server)),
        };
        shown.renew(server);
        shown
    }

    fn renew<S: Store>(&self, server: &Server<S>) {
        *self.meter.lock().unwrap_or_else(PoisonError::into_inner) = *server.meter();
        let known = self.devices.read().unwrap_or_else(PoisonError::into_inner).version;
        if known != server.roster().version {
            *self.devices.write().unwrap_or_else(PoisonError::into_inner) = Devices::of(server);
        }
    }
}

impl Devices {
    fn of<S: Store>(server: &Server<S>) -> Self {
        let roster = server.roster();
        Self { version: roster.version, keys: roster.devices.iter().map(|(id, device)| (*id, device.sign)).collect() }
    }
}

/// A handle on the thread; clones share it.
pub struct Hub<S> {
    jobs: Sender<Job<S>>,
    shown: Arc<Shown>,
}

impl<S> Clone for Hub<S> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone(), shown: self.shown.clone() }
    }
}

/// The thread itself; joined when the server shuts down.
pub struct Running(JoinHandle<()>);

impl Running {
    /// Waits until the thread has ended.
    pub fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the server thread panicked");
        }
    }
}

impl<S: Store + Send + 'static> Hub<S> {
    /// Starts the thread.
    pub fn start(server: Server<S>, clock: impl Clock) -> std::io::Result<(Self, Running)> {
        let (jobs, inbox) = channel();
        let thread = std::thread::Builder::new().name("district".to_owned());
        let shown = Arc::new(Shown::of(&server));
        let renewed = shown.clone();
        let thread = thread.spawn(move || run(server, clock, &inbox, &renewed))?;
        Ok((Self { jobs, shown }, Running(thread)))
    }

    /// The server's counters, without disturbing it.
    pub fn meter(&self) -> Meter {
        *self.shown.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a head is signed by a device of the roster, without disturbing the server.
    pub fn is_of_a_device(&self, door: Door, head: &SignedHead, body: Body<'_>) -> bool {
        let key = self.shown.devices.read().unwrap_or_else(PoisonError::into_inner).keys.get(&head.device).copied();
        key.is_some_and(|key| head.is_signed((door, &self.shown.district), &key, body))
    }

    /// Answers one request.
    pub async fn handle(&self, request: Proven) -> Answer {
        self.answer(request, Job::Request).await
    }

    /// Answers one request for pieces; text that came meanwhile goes first.
    pub async fn handle_piece(&self, request: Proven) -> Answer {
        self.answer(request, Job::Pieces).await
    }

    async fn answer(&self, request: Proven, job: impl FnOnce(Waiting) -> Job<S>) -> Answer {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(job(Waiting { request, reply })).is_err() {
            return Answer::Unavailable;
        }
        answer.await.unwrap_or(Answer::Unavailable)
    }

    /// Runs something on the server, between requests; `None` when it has stopped.
    pub async fn with<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Server<S>, &mut Moment<'_>) -> R + Send + 'static,
    ) -> Option<R> {
        let (reply, result) = oneshot::channel();
        let act: Act<S> = Box::new(move |server, m| {
            let result = act(server, m);
            Box::new(move || drop(reply.send(result)))
        });
        self.jobs.send(Job::Act(act)).ok()?;
        result.await.ok()
    }

    /// Ends the thread once everything sent before is done.
    pub fn stop(&self) {
        drop(self.jobs.send(Job::Stop));
    }
}

/// What one round of the thread is about.
struct Round<S> {
    requests: Vec<Waiting>,
    weight: usize,
    acts: Vec<Act<S>>,
    stop: bool,
}

impl<S> Round<S> {
    /// What came until now, up to a round's measure; more pieces wait. With `idle` it waits for the first.
    fn gather(jobs: &Receiver<Job<S>>, pieces: &mut VecDeque<Waiting>, idle: bool) -> Self {
        let mut round = Self { requests: Vec::new(), weight: 0, acts: Vec::new(), stop: false };
        for n in 0..TOGETHER {
            let waits = idle && n == 0;
            let job = if waits { jobs.recv().map_err(|_| TryRecvError::Disconnected) } else { jobs.try_recv() };
            match job {
                Ok(Job::Request(waiting)) => {
                    round.weight += waiting.request.weight();
                    round.requests.push(waiting);
                }
                Ok(Job::Pieces(waiting)) => pieces.push_back(waiting),
                Ok(Job::Act(act)) => round.acts.push(act),
                Err(TryRecvError::Empty) => break,
                Ok(Job::Stop) | Err(TryRecvError::Disconnected) => {
                    round.stop = true;
                    break;
                }
            }
            if round.weight >= TOGETHER_BYTES {
                break;
            }
        }
        round
    }
}

fn run<S: Store>(mut server: Server<S>, mut clock: impl Clock, jobs: &Receiver<Job<S>>, shown: &Shown) {
    let mut idle = false;
    let mut pieces: VecDeque<Waiting> = VecDeque::new();
    loop {
        let Round { requests, acts, stop, .. } = Round::gather(jobs, &mut pieces, idle);
        let asked = !requests.is_empty() || !pieces.is_empty();
        for act in acts {
            let tell = act(&mut server, &mut clock.moment());
            shown.renew(&server);
            tell();
        }
        answer(requests, |requests| {
            let answers = server.handle_proven(&mut clock.moment(), requests);
            shown.renew(&server);
            answers
        });
        let some = pieces.drain(..if stop { pieces.len() } else { pieces.len().min(PIECES_TOGETHER) }).collect();
        answer(some, |requests| server.handle_proven_pieces(&mut clock.moment(), requests));
        if stop {
            return;
        }
        match background(&mut server, &mut clock, asked) {
            Some(more) => idle = !more && pieces.is_empty(),
            None => std::thread::sleep(PAUSE),
        }
        shown.renew(&server);
    }
}

fn answer(waiting: Vec<Waiting>, handle: impl FnOnce(&[Proven]) -> Vec<Answer>) {
    if waiting.is_empty() {
        return;
    }
    let (requests, replies): (Vec<Proven>, Vec<oneshot::Sender<Answer>>) =
        waiting.into_iter().map(|waiting| (waiting.request, waiting.reply)).unzip();
    for (reply, answer) in replies.into_iter().zip(handle(&requests)) {
        // A desk that hung up meanwhile asks again; what it pushed is kept.
        drop(reply.send(answer));
    }
}

/// One step of judging, or else (when nobody just asked) of packing; whether there is more to do.
fn background<S: Store>(server: &mut Server<S>, clock: &mut impl Clock, asked: bool) -> Option<bool> {
    match server.gate_step(&mut clock.moment()) {
        Ok(true) => return Some(true),
        Ok(false) => {}
        Err(error) => {
            tracing::error!(%error, "judging failed");
            return None;
        }
    }
    if asked {
        return Some(true);
    }
    match server.segment_step() {
        Ok(more) => Some(more),
        Err(error) => {
            tracing::error!(%error, "packing failed");
            None
        }
    }
}
