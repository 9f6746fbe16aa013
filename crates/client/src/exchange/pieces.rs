//! The pieces of photographs: after all text, thumbnails before files, a few a request. It must
//! not stand in the way of text, and not know sockets.

use domain::fault::{Code, Fault};
use domain::moment::{Moment, Timestamp};
use sync::courier::NetFault;
use sync::piece::{ASKED_MAX, Ask, BYTES_MAX, Kept, PATH, PIECES_A_REQUEST, Piece, Place, SignedAsk, Told};

use super::{Outgoing, Reply};
use crate::desk::Desk;
use crate::store::files::{self, Due, PieceState};
use crate::store::{Stored, items};
use crate::tag::Tag;
use crate::work::Work;

/// After so long without text, text is asked for between pieces.
const TEXT_AGAIN_S: i64 = 5 * 60;
/// After pieces failed to travel they rest so long, doubled each time up to the longest.
const REST_S: i64 = 20;
const REST_MAX_S: i64 = 15 * 60;

/// Where the pieces stand between two exchanges; nothing of it needs to outlive the process.
#[derive(Default)]
pub(crate) struct Carrying {
    /// When the last text exchange ended with nothing more to say; pieces may follow.
    drained: Option<Timestamp>,
    /// Not before this.
    rest_until: Option<Timestamp>,
    failures: u32,
    /// When a person last asked: what was tried in vain before that is tried again.
    asked: Option<Timestamp>,
    flight: Option<Flight>,
}

/// The request under way.
struct Flight {
    sig: [u8; 64],
    ask: Ask,
    heard: Vec<u8>,
}

impl Carrying {
    /// Text ended well; `drained`: with nothing more to say.
    pub(super) fn text_ended(&mut self, now: Timestamp, drained: bool) {
        self.drained = drained.then_some(now);
    }

    /// A person asked for an exchange: text first, then all that rests here.
    pub(crate) const fn asked(&mut self, now: Timestamp) {
        self.text_first();
        self.rest_until = None;
        self.asked = Some(now);
    }

    /// Text goes next, whatever waits here.
    pub(crate) const fn text_first(&mut self) {
        self.drained = None;
    }

    /// Whether a request of pieces is under way.
    pub(super) const fn under_way(&self) -> bool {
        self.flight.is_some()
    }

    fn may_go(&self, now: Timestamp) -> bool {
        // A clock set back must not make them rest for years.
        let rested = self.rest_until.is_none_or(|until| until <= now || until > now.plus_s(REST_MAX_S));
        rested && self.drained.is_some_and(|at| at.since_s(now).abs() < TEXT_AGAIN_S)
    }

    fn failed(&mut self, now: Timestamp) {
        let rest = REST_S.saturating_mul(1 << self.failures.min(10)).min(REST_MAX_S);
        self.failures = self.failures.saturating_add(1);
        (self.rest_until, self.drained) = (Some(now.plus_s(rest)), None);
    }

    fn went_well(&mut self) {
        (self.rest_until, self.failures) = (None, 0);
    }
}

impl Desk {
    /// Whether pieces may travel now and some would. A store that cannot say is met, with words,
    /// by the next call.
    pub(super) fn pieces_due(&self, m: &Moment) -> bool {
        self.carrying.may_go(m.now) && self.gather(m.now).is_ok_and(|ask| ask != Ask::default())
    }

    /// The next request of pieces, if they may travel: what waits as text goes first.
    pub(super) fn next_pieces(&mut self, m: &mut Moment) -> Stored<Option<Outgoing>> {
        if !self.carrying.may_go(m.now) || !items::uncut(&self.db)?.is_empty() {
            return Ok(None);
        }
        let ask = self.gather(m.now)?;
        if ask == Ask::default() {
            return Ok(None);
        }
        // On the disk before it is sent.
        let work = self.work(m)?;
        work.standing.counter += 1;
        work.finish(m)?;
        let body = SignedAsk::sign(&self.me.key, &self.me.district, self.standing.counter, &ask);
        let sig = SignedAsk::sig_of(&body).unwrap_or([0; 64]);
        self.carrying.flight = Some(Flight { sig, ask, heard: Vec::new() });
        self.courier.started();
        Ok(Some(Outgoing { path: PATH, body }))
    }

    /// What would travel: doubts, then thumbnails both ways, then what somebody wants to see, then
    /// own files.
    fn gather(&self, now: Timestamp) -> Stored<Ask> {
        let asked = self.carrying.asked;
        let due = |state, thumbs, most| files::due(&self.db, state, &Due { thumbs, now, asked, most });
        let few = PIECES_A_REQUEST;
        let mut have = due(PieceState::Doubted, true, ASKED_MAX)?;
        have.extend(due(PieceState::Doubted, false, ASKED_MAX - have.len())?);
        if !have.is_empty() {
            return Ok(Ask { have, ..Ask::default() });
        }
        let (put, get) = (due(PieceState::Unsent, true, few)?, due(PieceState::Wanted, true, few)?);
        if !put.is_empty() || !get.is_empty() {
            return Ok(Ask { put: self.with_bytes(put)?, get, ..Ask::default() });
        }
        let get = due(PieceState::Wanted, false, few)?;
        if !get.is_empty() {
            return Ok(Ask { get, ..Ask::default() });
        }
        Ok(Ask { put: self.with_bytes(due(PieceState::Unsent, false, few)?)?, ..Ask::default() })
    }

    fn with_bytes(&self, places: Vec<Place>) -> Stored<Vec<Piece>> {
        let mut pieces = Vec::new();
        for place in places {
            pieces.extend(files::bytes(&self.db, place)?.map(|bytes| Piece { place, bytes }));
        }
        Ok(pieces)
    }

    /// Takes what came back. A failure lets text go on as if nothing had been asked.
    pub(super) fn on_pieces(&mut self, m: &mut Moment, reply: Reply<'_>) -> Result<Vec<Tag>, Fault> {
        let Some(mut flight) = self.carrying.flight.take() else { return Ok(Vec::new()) };
        match reply {
            Reply::Chunk(bytes) if flight.heard.len() + bytes.len() > BYTES_MAX => {
                self.rest_pieces(m, NetFault::BadAnswer);
                Err(Code::BadAnswer.into())
            }
            Reply::Chunk(bytes) => {
                flight.heard.extend_from_slice(bytes);
                self.carrying.flight = Some(flight);
                Ok(Vec::new())
            }
            Reply::Failed(fault) => {
                self.rest_pieces(m, fault);
                Ok(vec![Tag::Sync])
            }
            Reply::End => {
                let told = Told::read(&flight.heard, &self.me.district, &flight.sig, &self.me.server_sign);
                let Ok(told) = told else {
                    self.rest_pieces(m, NetFault::BadAnswer);
                    return Err(Code::BadAnswer.into());
                };
                let taken = self.on_told(m, &flight.ask, &told);
                if taken.is_err() {
                    self.rest_pieces(m, NetFault::BadAnswer);
                }
                taken
            }
        }
    }

    fn rest_pieces(&mut self, m: &mut Moment, fault: NetFault) {
        self.carrying.failed(m.now);
        self.courier.finished(m, false);
        if matches!(fault, NetFault::Offline | NetFault::Timeout | NetFault::Busy) {
            // The line may be back soon; text asks first.
            self.courier.changed(m.now);
        }
    }

    fn on_told(&mut self, m: &mut Moment, ask: &Ask, told: &Told) -> Result<Vec<Tag>, Fault> {
        if told.counter.is_some() || self.standing.life.is_some_and(|life| life != told.life) {
            // Another copy of this profile, or a restored server: the text exchange finds out.
            self.carrying.text_first();
            self.courier.finished(m, true);
            return Ok(Vec::new());
        }
        let fits = told.kept.len() == ask.put.len() && told.have.len() == ask.have.len();
        if !fits || told.got.iter().any(|piece| !ask.get.contains(&piece.place)) {
            return Err(Code::BadAnswer.into());
        }
        let mut work = self.work(m)?;
        for (place, kept) in ask.put.iter().map(|piece| piece.place).zip(&told.kept) {
            work.take_kept(place, *kept)?;
            if *kept == Kept::NotYet {
                files::tried(&work.tx, place, m.now)?;
            }
        }
        for (place, kept) in ask.have.iter().zip(&told.have) {
            work.take_kept(*place, *kept)?;
        }
        for piece in &told.got {
            work.take_piece(piece)?;
        }
        for place in ask.get.iter().filter(|place| !told.got.iter().any(|piece| piece.place == **place)) {
            files::tried(&work.tx, *place, m.now)?;
        }
        work.purge_leaving(m)?;
        work.touch(Tag::Files);
        work.touch(Tag::Sync);
        let touched = work.finish(m)?;
        self.carrying.went_well();
        let more = self.pieces_due(m);
        self.courier.finished(m, more);
        Ok(touched)
    }
}

impl Work<'_> {
    /// What the server said of a piece that is here.
    fn take_kept(&self, place: Place, kept: Kept) -> Stored<()> {
        let state = match kept {
            Kept::Yes => PieceState::Sent,
            Kept::NotYet => PieceState::Unsent,
            Kept::Refused => PieceState::Refused,
        };
        files::settle(&self.tx, place, state)
    }

    /// A piece that came, if it is that of the manifest.
    fn take_piece(&mut self, piece: &Piece) -> Stored<()> {
        let Place { file, n } = piece.place;
        let Some(known) = files::manifest(&self.tx, file)? else { return Ok(()) };
        if !known.manifest.is_piece(usize::from(n), &piece.bytes) {
            return Err(Code::BadAnswer.into());
        }
        files::fill(&self.tx, piece.place, &piece.bytes)?;
        self.touch(Tag::Record(known.manifest.about));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
