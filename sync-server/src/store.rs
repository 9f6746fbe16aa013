//! What the server needs from a database: one contract for every engine. It must not know SQL,
//! envelopes' meaning or rights.
//!
//! Everything between [`Store::begin`] and [`Store::commit`] becomes durable together, or not at
//! all. Keys of children and records are durable before anything sealed under them, and destroyed only
//! once the erasure is durable.

use std::collections::BTreeSet;

use domain::id::{Branch, ChildId, DeviceId, Digest, PersonId, Position, RecordId};
use domain::moment::Timestamp;
use domain::roster::Channel;
use sync::item::Kind;
use sync::wire::{Mark, Reach};

pub mod channel;
#[cfg(test)]
pub(crate) mod contract;
pub mod sqlite;

/// Why the database did not do it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreError {
    /// No space left.
    #[error("磁盘满了：请清理出空间后再启动服务，已给出回执的内容都在。")]
    Full,
    /// The disk refuses writing.
    #[error("数据目录不能写入：请检查磁盘和目录权限。")]
    ReadOnly,
    /// Not a store of this district, or the wrong key.
    #[error("数据库打不开：文件损坏或密钥不对。请运行 doctor 查看，必要时用 restore 恢复备份。")]
    Damaged,
    /// Another process holds the files.
    #[error("数据库正被另一个进程使用：请先停掉正在运行的服务。")]
    Busy,
    /// The linked SQLite is too old.
    #[error("SQLite 版本过旧（{0}），需要 3.51.3 或更新。")]
    Version(String),
    /// Anything else.
    #[error("数据库出错：{0}")]
    Failed(String),
}

/// Result of a store.
pub type Stored<T> = Result<T, StoreError>;

/// What the server remembers of a device besides its roster row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DeviceState {
    /// Newest request counter.
    pub counter: u64,
    /// Cursor position of its last good request: it has everything up to here.
    pub confirmed: Position,
    /// When it last asked.
    pub seen: Timestamp,
    /// When it last got a lease.
    pub leased: Timestamp,
    /// How far it said its chain goes; `None` before its first envelope.
    pub reach: Option<Reach>,
}

/// An envelope as kept: every part bare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEnvelope {
    /// Its id.
    pub id: Digest,
    /// Author.
    pub device: DeviceId,
    /// Branch of the author's chain.
    pub branch: Branch,
    /// Number in the branch.
    pub seq: u32,
    /// Position the author's device had confirmed before this came: rights are never judged older.
    pub floor: Position,
    /// The encoded envelope, every part a bare digest.
    pub header: Vec<u8>,
}

/// A delivery as it came: one row, until the gate lays it out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewArrival {
    /// Its inbox number.
    pub number: u64,
    /// Id of the envelope.
    pub id: Digest,
    /// The envelope and its sealed items, encoded.
    pub body: Vec<u8>,
}

/// An item as it is laid out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewItem {
    /// Row of its envelope.
    pub envelope: u64,
    /// Place in the envelope.
    pub place: u16,
    /// SHA-256 of the item's bytes.
    pub digest: Digest,
    /// Inbox number of its delivery.
    pub number: u64,
    /// What it is.
    pub kind: Kind,
    /// Its record.
    pub record: RecordId,
    /// Its form.
    pub form: String,
    /// Its child.
    pub child: Option<ChildId>,
    /// The item's bytes, sealed.
    pub sealed: Vec<u8>,
    /// Where it stands.
    pub standing: Standing,
}

impl NewItem {
    /// An item that has no row yet, as it is to stand.
    pub fn of(item: StoredItem, sealed: Vec<u8>, standing: Standing) -> Self {
        let StoredItem { envelope, place, digest, number, kind, record, form, child, .. } = item;
        Self { envelope, place, digest, number, kind, record, form, child, sealed, standing }
    }
}

/// Where an item stands. The number is stored: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Laid out, to be judged (again).
    New,
    /// In the log at a position.
    Accepted(Position),
    /// Kept, not in the log; the reason's wire code.
    Held(u8),
    /// Builds on something not here yet; judged again when its record grows.
    Waiting(Digest),
}

/// An item without its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredItem {
    /// Row.
    pub id: u64,
    /// Row of its envelope.
    pub envelope: u64,
    /// Place in the envelope.
    pub place: u16,
    /// SHA-256 of the item's bytes.
    pub digest: Digest,
    /// Inbox number of its delivery.
    pub number: u64,
    /// What it is.
    pub kind: Kind,
    /// Its record.
    pub record: RecordId,
    /// Its form.
    pub form: String,
    /// Its child.
    pub child: Option<ChildId>,
    /// Where it stands.
    pub standing: Standing,
}

/// What a record is for ever, fixed by its first accepted item, and its newest position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordState {
    /// Its form.
    pub form: String,
    /// Its child.
    pub child: Option<ChildId>,
    /// Position of its newest accepted item.
    pub last: Position,
}

/// A one-time enrolment code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// What finds it; no secret.
    pub id: u32,
    /// The secret part.
    pub secret: [u8; 10],
    /// Whom it enrols.
    pub person: PersonId,
    /// Until when.
    pub expires: Timestamp,
    /// Wrong guesses so far.
    pub tries: u32,
    /// Already used.
    pub used: bool,
}

/// What cannot be read and waits for the operator: passed over until the next start, so that all else goes on.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Aside {
    /// Deliveries not laid out, by inbox number.
    pub arrivals: BTreeSet<u64>,
    /// Envelopes, by row.
    pub envelopes: BTreeSet<u64>,
    /// Items, by row.
    pub items: BTreeSet<u64>,
}

/// One packed frame of a first download.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Number in its set, from 0.
    pub number: u32,
    /// Everything of the set up to here is in the frames so far.
    pub upto: Position,
    /// Where the set was cut when this frame was made; stands in the frame's cursor.
    pub first: Position,
    /// The encoded frame.
    pub frame: Vec<u8>,
}

/// Which piece of a file, and whose file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PieceId {
    /// Whose file it is.
    pub child: ChildId,
    /// The file.
    pub file: RecordId,
    /// Which piece of it.
    pub n: u16,
    /// SHA-256 of its bytes, as they came: encrypted under the file's key, which stores do not need.
    pub digest: Digest,
}

/// Transactions, small facts, devices, codes.
pub trait Facts {
    /// Opens the one transaction.
    fn begin(&mut self) -> Stored<()>;
    /// Makes it durable.
    fn commit(&mut self) -> Stored<()>;
    /// Throws it away.
    fn rollback(&mut self) -> Stored<()>;
    /// Reads until [`Facts::end_reading`] see one state and lock it once; nothing may be written meanwhile.
    fn begin_reading(&mut self) -> Stored<()>;
    /// Ends it.
    fn end_reading(&mut self) -> Stored<()>;
    /// A small fact.
    fn fact(&mut self, name: &str) -> Stored<Option<Vec<u8>>>;
    /// Sets a small fact.
    fn set_fact(&mut self, name: &str, value: &[u8]) -> Stored<()>;
    /// What is remembered of a device.
    fn device(&mut self, device: DeviceId) -> Stored<DeviceState>;
    /// Remembers it.
    fn set_device(&mut self, device: DeviceId, state: &DeviceState) -> Stored<()>;
    /// The devices that asked at or after a time.
    fn seen_since(&mut self, since: Timestamp) -> Stored<Vec<(DeviceId, DeviceState)>>;
    /// An enrolment code.
    fn code(&mut self, id: u32) -> Stored<Option<Code>>;
    /// Adds or replaces one.
    fn set_code(&mut self, code: &Code) -> Stored<()>;
}

/// The inbox: deliveries, envelopes, items, verdicts.
pub trait Inbox {
    /// Keeps a delivery as it came; its number is above all given before.
    fn add_arrival(&mut self, arrival: &NewArrival) -> Stored<()>;
    /// The oldest deliveries not laid out, in order. One that cannot be read comes without id and body.
    fn arrivals(&mut self, limit: usize, aside: &Aside) -> Stored<Vec<NewArrival>>;
    /// The deliveries of an envelope not laid out.
    fn arrivals_of(&mut self, id: &Digest) -> Stored<Vec<NewArrival>>;
    /// A delivery is laid out.
    fn drop_arrival(&mut self, number: u64) -> Stored<()>;
    /// Row of the envelope with this id.
    fn envelope_row(&mut self, id: &Digest) -> Stored<Option<u64>>;
    /// Rows of the envelopes whose ids begin so.
    fn envelopes_marked(&mut self, mark: Mark) -> Stored<Vec<u64>>;
    /// Keeps an envelope, without items.
    fn add_envelope(&mut self, new: &NewEnvelope) -> Stored<u64>;
    /// An envelope as kept.
    fn envelope(&mut self, row: u64) -> Stored<Option<NewEnvelope>>;
    /// Whether another envelope has this place in the author's chain.
    fn forked(&mut self, device: DeviceId, branch: Branch, seq: u32) -> Stored<bool>;
    /// Keeps an item.
    fn add_item(&mut self, new: &NewItem) -> Stored<u64>;
    /// The record's item with this digest.
    fn item_of(&mut self, record: RecordId, digest: &Digest) -> Stored<Option<StoredItem>>;
    /// The items kept of an envelope, by place.
    fn items_of_envelope(&mut self, row: u64) -> Stored<Vec<StoredItem>>;
    /// Every item of a record, in order of arrival.
    fn items_of_record(&mut self, record: RecordId) -> Stored<Vec<StoredItem>>;
    /// A record's items that wait for something, in order of arrival.
    fn waiting_of_record(&mut self, record: RecordId) -> Stored<Vec<StoredItem>>;
    /// Every item about a child, in order of arrival.
    fn items_of_child(&mut self, child: ChildId) -> Stored<Vec<StoredItem>>;
    /// The oldest deliveries laid out and to be judged: envelope rows, in order of arrival.
    fn unjudged(&mut self, limit: usize, aside: &Aside) -> Stored<Vec<u64>>;
    /// Every item that neither is in the log nor was, in order of arrival: its number, and the item where its row
    /// can be read.
    fn outside_log(&mut self) -> Stored<Vec<(u64, Option<StoredItem>)>>;
    /// The sealed bytes of an item.
    fn sealed(&mut self, item: u64) -> Stored<Option<Vec<u8>>>;
    /// Adds to those who returned an envelope after a restore; when she was not among them, what was held of
    /// it for want of a right is judged again.
    fn vouch(&mut self, envelope: u64, voucher: DeviceId) -> Stored<()>;
    /// Those who returned it.
    fn vouchers(&mut self, envelope: u64) -> Stored<Vec<DeviceId>>;
    /// What a device wrote, was held for want of a right, and came back from somebody else's log, is judged again.
    fn reconsider_of(&mut self, device: DeviceId) -> Stored<()>;
    /// Notes the reason, by its wire code, for which an item is said to be kept outside the log; whether that is
    /// another than was noted last.
    fn note_reason(&mut self, item: u64, reason: u8) -> Stored<bool>;
    /// What was held of a child for want of a right, and came back after a restore from somebody
    /// else's log, is judged again.
    /// With `all`, of a child nobody knew before, what its author brought, too.
    fn reconsider(&mut self, child: ChildId, all: bool) -> Stored<()>;
    /// Roster rows that are held.
    fn held_rows(&mut self) -> Stored<Vec<StoredItem>>;
    /// Puts an item where it stands.
    fn set_standing(&mut self, item: u64, standing: Standing) -> Stored<()>;
    /// Highest inbox number given.
    fn newest_number(&mut self) -> Stored<u64>;
    /// Writes down a verdict for a device; its number.
    fn add_verdict(&mut self, device: DeviceId, verdict: &[u8]) -> Stored<u64>;
    /// The next verdict's number will be above this one.
    fn skip_verdicts_to(&mut self, number: u64) -> Stored<()>;
    /// The device's verdicts after a number, oldest first.
    fn verdicts(&mut self, device: DeviceId, after: u64, limit: usize) -> Stored<Vec<(u64, Vec<u8>)>>;
    /// How many items stand: new (deliveries not laid out count as one each), accepted, held, waiting.
    fn standings(&mut self) -> Stored<[u64; 4]>;
}

/// The log and where each row is heard.
pub trait Log {
    /// The end of the log and its chain value.
    fn head(&mut self) -> Stored<(Position, Digest)>;
    /// Chain value at a position.
    fn chain(&mut self, at: Position) -> Stored<Option<Digest>>;
    /// Appends an item; `at` is the head's next.
    fn append(&mut self, at: Position, item: &StoredItem, chain: &Digest, heard: &[Channel]) -> Stored<()>;
    /// The item at a position.
    fn row(&mut self, at: Position) -> Stored<Option<StoredItem>>;
    /// Positions heard on a channel in `(after, upto]`, ascending.
    fn heard(&mut self, on: Channel, after: Position, upto: Position, limit: usize) -> Stored<Vec<Position>>;
    /// Positions of a child's rows in `(after, upto]`, ascending.
    fn of_child(&mut self, child: ChildId, after: Position, upto: Position, limit: usize) -> Stored<Vec<Position>>;
    /// Keeps a roster row where the roster is folded from.
    fn add_roster_row(&mut self, at: Position, row: &[u8]) -> Stored<()>;
    /// All roster rows after a position, ascending.
    fn roster_rows(&mut self, after: Position) -> Stored<Vec<(Position, Vec<u8>)>>;
    /// A record's fixed form and child.
    fn record(&mut self, record: RecordId) -> Stored<Option<RecordState>>;
    /// Sets it.
    fn set_record(&mut self, record: RecordId, state: &RecordState) -> Stored<()>;
    /// Every record, by id.
    fn records(&mut self, after: Option<RecordId>, limit: usize) -> Stored<Vec<RecordId>>;
}

/// Keys under which items are sealed; a file of its own.
pub trait Keys {
    /// The key of a child, or of a record without a child.
    fn key(&mut self, owner: &[u8; 16]) -> Stored<Option<[u8; 32]>>;
    /// Keeps a key; durable before anything else of the transaction.
    fn add_key(&mut self, owner: &[u8; 16], key: &[u8; 32]) -> Stored<()>;
    /// Destroys a child's key and the pieces of its files for ever: when the open transaction is durable
    /// and never before. The key is given to nobody from now on.
    fn erase(&mut self, child: ChildId) -> Stored<()>;
    /// Does what erasures that are durable left undone when something failed. Asked at each start and
    /// after each failure, outside a transaction; costs nothing when nothing is left.
    fn finish_erasing(&mut self) -> Stored<()>;
}

/// Pieces of files; apart, so that the log and its backups stay small. Durable no later than
/// anything else of the transaction.
pub trait Pieces {
    /// Whether the piece is here.
    fn has_piece(&mut self, id: &PieceId) -> Stored<bool>;
    /// Its bytes.
    fn piece(&mut self, id: &PieceId) -> Stored<Option<Vec<u8>>>;
    /// Keeps a piece that is not here.
    fn add_piece(&mut self, id: &PieceId, bytes: &[u8]) -> Stored<()>;
    /// How many pieces, and their bytes.
    fn pieces(&mut self) -> Stored<(u64, u64)>;
}

/// What can be rebuilt from the log; never backed up.
pub trait Cache {
    /// A saved document and the position it was saved at.
    fn document(&mut self, record: RecordId) -> Stored<Option<(Position, Vec<u8>)>>;
    /// Keeps one.
    fn set_document(&mut self, record: RecordId, at: Position, saved: &[u8]) -> Stored<()>;
    /// Forgets one.
    fn drop_document(&mut self, record: RecordId) -> Stored<()>;
    /// Position a set of segments reaches, and how many frames it has.
    fn segments(&mut self, set: &Digest) -> Stored<Option<(Position, u32)>>;
    /// One frame of a set.
    fn segment(&mut self, set: &Digest, number: u32) -> Stored<Option<Segment>>;
    /// The first frame of a set that reaches beyond a position.
    fn segment_after(&mut self, set: &Digest, after: Position) -> Stored<Option<Segment>>;
    /// Adds a frame.
    fn add_segment(&mut self, set: &Digest, segment: &Segment) -> Stored<()>;
    /// Remembers which channels a set is made from.
    fn note_set(&mut self, set: &Digest, channels: &[Channel]) -> Stored<()>;
    /// Sets made from a channel.
    fn sets_on(&mut self, channel: Channel) -> Stored<Vec<Digest>>;
    /// Drops a set.
    fn drop_segments(&mut self, set: &Digest) -> Stored<()>;
    /// Drops everything in the cache.
    fn drop_cache(&mut self) -> Stored<()>;
}

/// The whole contract.
pub trait Store: Facts + Inbox + Log + Keys + Pieces + Cache {}
