//! One exchange: `POST /v1/sync`, a signed request up, a stream of frames down.
//!
//! ```text
//! request  = head body                                                 body = zstd(dict, cbor Request)
//! answer   = frame*                                                    frame = kind(1) len(4, BE) payload
//! payload  = zstd(dict, cbor)                                          kinds: head, rows*, end
//! ```
//! The request's head and what its signature covers: [`crate::head`].
//! The signature of an answer's head, when there is one, covers `"tongdang/answer/1" ‖ district ‖ request sig ‖ head`
//! with an empty `sig`.

use domain::id::{Branch, ChildId, DeviceId, Digest, Position};
use domain::moment::Timestamp;

use crate::claim::Target;
use crate::envelope::{Envelope, Part};

/// Where a replica stands in the district's log; restore-proof: a server whose log had
/// another history at `position` sees it at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub struct Cursor {
    /// Every row up to here that this device may see is committed on it.
    #[n(0)]
    pub position: Position,
    /// First 8 bytes of the log's hash chain there.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub chain: [u8; 8],
    /// While a first download is under way: the position its segments were cut at. 0 otherwise.
    #[n(2)]
    pub first: Position,
}

/// What a device asks.
#[derive(Clone, PartialEq, Eq, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub struct Request {
    /// Where it stands.
    #[n(0)]
    pub cursor: Cursor,
    /// Number of the last verdict it has seen.
    #[n(1)]
    pub verdict: u64,
    /// Envelopes to keep, encoded; its own, or after a server restore anybody's.
    #[n(2)]
    pub push: Vec<Pushed>,
    /// Histories of children it may see and does not have whole.
    #[n(3)]
    pub want: Vec<Want>,
    /// Only after [`State::Restored`]: first 8 bytes of the ids of the envelopes it holds after
    /// `cursor.position`; the server answers which it lacks.
    #[n(4)]
    pub have: Vec<Mark>,
    /// Own envelopes whose child this device may no longer see: whole, sealed to the district's
    /// inbox key when it purged. Their receipts follow those of `push`.
    #[n(5)]
    pub sealed: Vec<minicbor::bytes::ByteVec>,
    /// The server's life it last heard of; none before its first answer.
    #[n(6)]
    pub life: Option<u32>,
    /// Only after a restore: what it holds of others and has no place in the log for. Where such
    /// an item stands now comes as [`Rows::regained`], without its bytes.
    #[n(7)]
    pub holds: Option<Vec<Holding>>,
    /// Held items it may settle and does not have; they come as [`Rows::held`].
    #[n(8)]
    pub held: Option<Vec<Target>>,
    /// Of a desk that sees to it that nothing is missing: the server's time up to which it knows when each
    /// computer was in touch. What is newer comes as [`Head::contacts`].
    #[n(9)]
    pub contacts: Option<Timestamp>,
    /// How far the device's own chain goes, when this request leaves some of it for the next. Otherwise
    /// everything it has is with the server once this is kept.
    #[n(10)]
    pub reach: Option<Reach>,
}

/// How far a device's chain goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Reach {
    /// The branch it is on.
    #[n(0)]
    pub branch: Branch,
    /// Its last number there.
    #[n(1)]
    pub seq: u32,
}

/// When a computer was last in touch with the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Contact {
    /// Which.
    #[n(0)]
    pub device: DeviceId,
    /// The server's time then.
    #[n(1)]
    pub at: Timestamp,
    /// How far it said then that its chain goes; `None` when it never had any work.
    #[n(2)]
    pub reach: Option<Reach>,
}

/// An envelope a device holds, and which of its items.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Holding {
    /// The envelope.
    #[n(0)]
    pub mark: Mark,
    /// Bit n: the n-th item is there whole.
    #[n(1)]
    pub items: u64,
}

impl Holding {
    /// What there is of an envelope.
    pub fn of(mark: Mark, envelope: &Envelope) -> Self {
        let whole = envelope.parts.iter().enumerate().filter(|(_, part)| matches!(part, Part::Whole(_)));
        Self { mark, items: whole.fold(0, |items, (n, _)| items | 1u64.checked_shl(n as u32).unwrap_or(0)) }
    }
    /// Whether the item at a place is there.
    pub const fn has(self, place: u16) -> bool {
        (place as u32) < u64::BITS && self.items >> place & 1 == 1
    }
}

/// An encoded envelope inside a request or a row.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Pushed(#[n(0)] pub Envelope);

/// First 8 bytes of an envelope's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Mark(#[cbor(with = "minicbor::bytes")] pub [u8; 8]);

/// A child's history, from a place on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Want {
    /// The child.
    #[n(0)]
    pub child: ChildId,
    /// Rows after this position.
    #[n(1)]
    pub after: Position,
}

/// First frame of an answer.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Head {
    /// The server's clock.
    #[n(0)]
    pub now: Timestamp,
    /// How it stands between the two.
    #[n(1)]
    pub state: State,
    /// One per pushed envelope, in order.
    #[n(2)]
    pub receipts: Vec<Receipt>,
    /// Verdicts on this device's own envelopes after `Request::verdict`.
    #[n(3)]
    pub verdicts: Vec<Verdict>,
    /// Number of the newest verdict among them (or the request's, when none).
    #[n(4)]
    pub verdict: u64,
    /// Until when the device may read offline.
    #[n(5)]
    pub lease: Option<Timestamp>,
    /// The log's end and its whole chain value.
    #[n(6)]
    pub checkpoint: Option<Checkpoint>,
    /// Inbox numbers up to here are in a backup that was restored and compared.
    #[n(7)]
    pub backed_up: u64,
    /// Ed25519 by the server's device, when there is news or the lease is over a day old.
    #[n(8)]
    pub sig: Option<Signature>,
    /// Drawn anew each time the server is restored: shows a restore also to a device whose
    /// cursor lies below the backup, which may hold receipts that count no more.
    #[n(9)]
    pub life: u32,
    /// Computers that were in touch since [`Request::contacts`], those of the asker's places.
    #[n(10)]
    pub contacts: Option<Vec<Contact>>,
}

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Signature(#[cbor(with = "minicbor::bytes")] pub [u8; 64]);

/// The log's hash chain at a position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Checkpoint {
    /// Position.
    #[n(0)]
    pub position: Position,
    /// Chain value there.
    #[n(1)]
    pub chain: Digest,
}

/// How it stands between device and server.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub enum State {
    /// Rows follow.
    #[n(0)]
    Fine,
    /// The request's counter was not new; the newest the server knows. Ask again with a larger one.
    #[n(1)]
    Counter(#[n(0)] u64),
    /// The log has another history at the cursor: the server was restored, replaced or forked.
    /// Its own log-spaced cursors, newest first; ask again from the newest common one, with `have`.
    #[n(2)]
    Restored(#[n(0)] Vec<Cursor>),
    /// Answer to `have`: envelopes of which the server lacks something. Push them.
    #[n(3)]
    Lacks(#[n(0)] Vec<Mark>),
    /// The server was restored and gives no rows until a station's or centre's desk has synced.
    #[n(4)]
    NotYet,
    /// The device was stopped: its pushes are kept, it gets nothing.
    #[n(5)]
    Revoked,
}

/// What became of a pushed envelope.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub enum Receipt {
    /// Every whole item in it is on the disk; the inbox number.
    #[n(0)]
    Kept(#[n(0)] u64),
    /// Not kept: not an envelope of a known device within the caps.
    #[n(1)]
    Refused(#[n(0)] Refusal),
}

/// Why an envelope was not kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Refusal {
    /// Format or caps.
    #[n(0)]
    Format,
    /// Unknown device or wrong signature.
    #[n(1)]
    Signature,
}

/// The gate's verdict on each item of one envelope.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Verdict {
    /// Branch of the envelope.
    #[n(0)]
    pub branch: Branch,
    /// Its number in the branch.
    #[n(1)]
    pub seq: u32,
    /// Place of the item in the envelope and what was decided.
    #[n(2)]
    pub outcomes: Vec<(u16, Outcome)>,
}

/// What the gate decided on an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub enum Outcome {
    /// In the log, at this position.
    #[n(0)]
    Accepted(#[n(0)] Position),
    /// Builds on an item the server does not have.
    #[n(1)]
    Waiting(#[n(0)] Digest),
    /// Kept, not in the log.
    #[n(2)]
    Held(#[n(0)] Reason),
}

/// Why an item is held. The number is the wire code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Reason {
    /// Too many bytes, operations or keys.
    #[n(0)]
    Caps,
    /// The author had no right to it when she wrote it.
    #[n(1)]
    Forbidden,
    /// She had the right then and has it no longer, or the device was stopped: 待认领.
    #[n(2)]
    Unclaimed,
    /// Not a change as this district's desks write them.
    #[n(3)]
    Malformed,
    /// Writes a field only another post may write, or a risk level without its assessment.
    #[n(4)]
    Authority,
    /// Another record already has this id with another form or child.
    #[n(5)]
    Mismatch,
    /// The child was erased.
    #[n(6)]
    Erased,
    /// The trial on a copy failed.
    #[n(7)]
    Trial,
    /// Builds on something that is not in the log; only in notices, never in verdicts.
    #[n(8)]
    Behind,
}

/// Rows of the log this device may see, to be committed at once together with the cursor.
#[derive(Clone, PartialEq, Eq, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub struct Rows {
    /// Encoded roster rows of kind `Device` for authors outside the device's own part of the roster.
    #[n(0)]
    pub authors: Vec<domain::roster::Row>,
    /// Envelopes (items that may not be seen, or come elsewhere, as bare digests) and the
    /// position of each whole item, in the order of the parts.
    #[n(1)]
    pub envelopes: Vec<Placed>,
    /// These rows are a child's history; `None` for rows after the cursor.
    #[n(2)]
    pub history: Option<History>,
    /// Where the device stands once this frame is committed; absent in histories.
    #[n(3)]
    pub cursor: Option<Cursor>,
    /// Items the device said it holds.
    #[n(4)]
    pub regained: Option<Vec<Regained>>,
    /// Items outside the log that the device asked for, whole in their authors' envelopes.
    #[n(5)]
    pub held: Option<Vec<Pushed>>,
}

/// Where items stand in the log that the device holds already.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Regained {
    /// Their envelope.
    #[n(0)]
    pub mark: Mark,
    /// Place in the envelope and position of each.
    #[n(1)]
    pub items: Vec<(u16, Position)>,
}

/// An envelope with the log positions of its whole items.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Placed {
    /// The envelope.
    #[n(0)]
    pub envelope: Pushed,
    /// Position of the first whole item, then the step to each next one.
    #[n(1)]
    pub steps: Vec<u64>,
}

/// A part of a child's history.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct History {
    /// The child.
    #[n(0)]
    pub child: ChildId,
    /// Everything up to here is now with the device.
    #[n(1)]
    pub upto: Position,
    /// Whether that is the whole history below the grant.
    #[n(2)]
    pub whole: bool,
}

/// Last frame of an answer; without it the answer was cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct End {
    /// Where the device stands now.
    #[n(0)]
    pub cursor: Cursor,
    /// Whether to ask again at once.
    #[n(1)]
    pub more: bool,
}

/// One frame of an answer.
#[derive(Clone, PartialEq, Debug)]
pub enum Frame {
    /// The first.
    Head(Box<Head>),
    /// Any number.
    Rows(Rows),
    /// The last.
    End(End),
}
