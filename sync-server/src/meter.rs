//! Counters an operator and the bench read: how much, and how much CPU on which path. It must
//! never see content.

use std::time::Duration;

/// What the server did since it was opened. CPU is of the thread that owns the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Meter {
    /// Requests answered.
    pub requests: u64,
    /// Of these, not from a known device or not readable.
    pub refused: u64,
    /// Envelopes kept.
    pub pushes: u64,
    /// Items accepted.
    pub accepted: u64,
    /// Items held.
    pub held: u64,
    /// Items set to wait.
    pub waiting: u64,
    /// Times something damaged was passed over.
    pub damaged: u64,
    /// Rows sent.
    pub rows: u64,
    /// Requests for pieces of files answered.
    pub piece_requests: u64,
    /// Pieces that are kept, counted each time they came.
    pub pieces_kept: u64,
    /// Pieces sent.
    pub pieces_sent: u64,
    /// CPU of answering requests.
    pub request_cpu: Duration,
    /// CPU of judging.
    pub gate_cpu: Duration,
    /// CPU of packing segments.
    pub segment_cpu: Duration,
    /// CPU of answering requests for pieces.
    pub piece_cpu: Duration,
}

impl Meter {
    /// Prometheus text.
    pub fn text(&self) -> String {
        let counts = [
            ("requests", self.requests),
            ("requests_refused", self.refused),
            ("envelopes_kept", self.pushes),
            ("items_accepted", self.accepted),
            ("items_held", self.held),
            ("items_waiting", self.waiting),
            ("damaged_passed_over", self.damaged),
            ("rows_sent", self.rows),
            ("piece_requests", self.piece_requests),
            ("pieces_kept", self.pieces_kept),
            ("pieces_sent", self.pieces_sent),
        ];
        let times = [
            ("request_cpu", self.request_cpu),
            ("gate_cpu", self.gate_cpu),
            ("segment_cpu", self.segment_cpu),
            ("piece_cpu", self.piece_cpu),
        ];
        let counts =
            counts.map(|(name, n)| format!("# TYPE tongdang_{name}_total counter\ntongdang_{name}_total {n}\n"));
        let times = times.map(|(name, d)| {
            let name = format!("tongdang_{name}_seconds_total");
            format!("# TYPE {name} counter\n{name} {}.{:06}\n", d.as_secs(), d.subsec_micros())
        });
        counts.into_iter().chain(times).collect()
    }
}

/// CPU time this thread has used so far.
pub fn thread_cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// Runs something and adds the CPU it took.
pub(crate) fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let before = thread_cpu();
    let result = work();
    (result, thread_cpu().saturating_sub(before))
}
