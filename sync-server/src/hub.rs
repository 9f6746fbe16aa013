//! The one thread that owns a server in production. It collects requests that arrive together
//! into one commit, and judges and packs when nobody waits. It must not know HTTP.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::moment::Moment;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::meter::Meter;
use crate::server::{Answer, Server};
use crate::store::Store;

/// Requests answered with one commit at most.
const TOGETHER: usize = 64;
/// Requests for pieces answered with one commit: some 2 MB, so that text never waits long.
const PIECES_TOGETHER: usize = 8;
/// After a failure of the gate or the packer: the disk may need a moment.
const PAUSE: Duration = Duration::from_secs(1);

type Act<S> = Box<dyn FnOnce(&mut Server<S>, &mut Moment<'_>) + Send>;

enum Job<S> {
    Request(Vec<u8>, oneshot::Sender<Answer>),
    Pieces(Vec<u8>, oneshot::Sender<Answer>),
    Act(Act<S>),
    Stop,
}

/// A handle on the thread; clones share it.
pub struct Hub<S> {
    jobs: Sender<Job<S>>,
    meter: Arc<Mutex<Meter>>,
}

impl<S> Clone for Hub<S> {
    fn clone(&self) -> Self {
        Self { jobs: self.jobs.clone(), meter: self.meter.clone() }
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
        let meter = Arc::new(Mutex::new(Meter::default()));
        let shown = meter.clone();
        let thread = thread.spawn(move || run(server, clock, &inbox, &shown))?;
        Ok((Self { jobs, meter }, Running(thread)))
    }

    /// The server's counters, without disturbing it.
    pub fn meter(&self) -> Meter {
        *self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request.
    pub async fn handle(&self, body: Vec<u8>) -> Answer {
        self.answer(|reply| Job::Request(body, reply)).await
    }

    /// Answers one request for pieces; text that came meanwhile goes first.
    pub async fn handle_piece(&self, body: Vec<u8>) -> Answer {
        self.answer(|reply| Job::Pieces(body, reply)).await
    }

    async fn answer(&self, job: impl FnOnce(oneshot::Sender<Answer>) -> Job<S>) -> Answer {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(job(reply)).is_err() {
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
        let act: Act<S> = Box::new(move |server, m| drop(reply.send(act(server, m))));
        self.jobs.send(Job::Act(act)).ok()?;
        result.await.ok()
    }

    /// Ends the thread once everything sent before is done.
    pub fn stop(&self) {
        drop(self.jobs.send(Job::Stop));
    }
}

type Waiting = (Vec<u8>, oneshot::Sender<Answer>);

fn run<S: Store>(mut server: Server<S>, mut clock: impl Clock, jobs: &Receiver<Job<S>>, shown: &Mutex<Meter>) {
    let mut idle = false;
    let mut pieces: VecDeque<Waiting> = VecDeque::new();
    loop {
        let next = if idle { jobs.recv().map_err(|_| TryRecvError::Disconnected) } else { jobs.try_recv() };
        idle = false;
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut job = next;
        loop {
            match job {
                Ok(Job::Request(body, reply)) => waiting.push((body, reply)),
                Ok(Job::Pieces(body, reply)) => pieces.push_back((body, reply)),
                Ok(Job::Act(act)) => act(&mut server, &mut clock.moment()),
                Err(TryRecvError::Empty) => break,
                Ok(Job::Stop) | Err(TryRecvError::Disconnected) => {
                    answer(waiting, |bodies| server.handle_many(&mut clock.moment(), bodies));
                    answer(pieces.into(), |bodies| server.handle_pieces(&mut clock.moment(), bodies));
                    return;
                }
            }
            if waiting.len() == TOGETHER {
                break;
            }
            job = jobs.try_recv();
        }
        let asked = !waiting.is_empty() || !pieces.is_empty();
        answer(waiting, |bodies| server.handle_many(&mut clock.moment(), bodies));
        let some = pieces.drain(..pieces.len().min(PIECES_TOGETHER)).collect();
        answer(some, |bodies| server.handle_pieces(&mut clock.moment(), bodies));
        match background(&mut server, &mut clock, asked) {
            Some(more) => idle = !more && pieces.is_empty(),
            None => std::thread::sleep(PAUSE),
        }
        *shown.lock().unwrap_or_else(PoisonError::into_inner) = *server.meter();
    }
}

fn answer(waiting: Vec<Waiting>, handle: impl FnOnce(&[&[u8]]) -> Vec<Answer>) {
    if waiting.is_empty() {
        return;
    }
    let bodies: Vec<&[u8]> = waiting.iter().map(|(body, _)| body.as_slice()).collect();
    let answers = handle(&bodies);
    for ((_, reply), answer) in waiting.into_iter().zip(answers) {
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
