//! One exchange with the district: what to send, and what came back, as data. It must not know
//! sockets; the shell carries the bytes.

mod head;
mod held;
mod pieces;
mod restored;
mod rows;

use domain::fault::{Code, Fault};
use domain::moment::Moment;
use sync::claim::Target;
use sync::courier::NetFault;
use sync::envelope::{ENVELOPE_BYTES_MAX, Envelope, ITEMS_MAX, Link};
use sync::frame::{BadFrame, FrameReader};
use sync::pack::Level;
use sync::request::{PUSH_MAX, SignedRequest, WANT_MAX};
use sync::wire::{End, Frame, Pushed, Reach, Request, Want};

pub(crate) use pieces::Carrying;

use crate::desk::Desk;
use crate::store::items::Uncut;
use crate::store::roster::{self, Hidden};
use crate::store::{Stored, envelopes, items};
use crate::tag::Tag;
use crate::work::Work;

/// Bytes to post.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// Path on the district's server.
    pub path: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply<'a> {
    /// The next bytes of the answer's body.
    Chunk(&'a [u8]),
    /// The body ended.
    End,
    /// It came to nothing, or broke off.
    Failed(NetFault),
}

/// The exchange under way.
pub(crate) struct Flight {
    reader: FrameReader,
    sig: [u8; 64],
    counter: u64,
    /// Numbers of the envelopes pushed, in the order of the receipts.
    pushed: Vec<i64>,
    /// Histories asked for.
    wanted: Vec<Want>,
    /// Held work asked for.
    held: Vec<Target>,
    /// Contacts were asked for.
    contacts: bool,
    /// Rows and cursor of this answer count.
    fine: bool,
    /// Ask again at once.
    again: bool,
}

/// Most bytes of envelopes in one request; what is left goes with the next.
const PUSH_BYTES_MAX: usize = 4 << 20;
/// Room the envelope's own fields need beside the items.
const ENVELOPE_HEAD_MAX: usize = 4096;

impl Desk {
    /// The next request, when one is due. Counter and envelopes are on the disk before it is sent.
    pub(crate) fn next_request(
        &mut self,
        m: &mut Moment,
        flight: &mut Option<Flight>,
    ) -> Result<Option<Outgoing>, Fault> {
        if flight.is_some() || self.carrying.under_way() || !self.courier.due(m.now) {
            return Ok(None);
        }
        if let Some(pieces) = self.next_pieces(m)? {
            return Ok(Some(pieces));
        }
        match self.prepare(m) {
            Ok((request, pushed, again)) => {
                let counter = self.standing.counter;
                let body = SignedRequest::sign(&self.me.key, &self.me.district, counter, &request, Level::Dense);
                let sig = SignedRequest::sig_of(&body).unwrap_or([0; 64]);
                let reader = FrameReader::default();
                let (wanted, held) = (request.want, request.held.unwrap_or_default());
                let contacts = request.contacts.is_some();
                *flight = Some(Flight { reader, sig, counter, pushed, wanted, held, contacts, fine: false, again });
                self.courier.started();
                Ok(Some(Outgoing { path: "/v1/sync", body }))
            }
            Err(stop) => {
                self.courier.started();
                self.courier.failed(m, NetFault::Offline);
                Err(stop.into())
            }
        }
    }

    /// Cuts what is uncut, counts up, and gathers the request. The last is whether more waits.
    fn prepare(&mut self, m: &mut Moment) -> Stored<(Request, Vec<i64>, bool)> {
        let mut work = self.work(m)?;
        work.cut()?;
        work.standing.counter += 1;
        let mut request = Request {
            cursor: work.standing.cursor,
            verdict: work.standing.verdict,
            life: work.standing.life,
            ..Request::default()
        };
        let (mut pushed, mut bytes, mut again) = (Vec::new(), 0, false);
        let mut sealed = Vec::new();
        for no in envelopes::to_push(&work.tx)? {
            if bytes > PUSH_BYTES_MAX || pushed.len() + sealed.len() == PUSH_MAX {
                again = true;
                break;
            }
            if let Some(whole) = envelopes::sealed(&work.tx, no)? {
                bytes += whole.len();
                request.sealed.push(whole.into());
                sealed.push(no);
            } else if let Some(envelope) = envelopes::assemble(&work.tx, no)? {
                bytes += envelope.weight();
                request.push.push(Pushed(envelope));
                pushed.push(no);
            }
        }
        if again {
            request.reach = Some(Reach { branch: work.standing.branch, seq: work.standing.seq });
        }
        if work.counts_chains() {
            request.contacts = Some(work.standing.contacts.unwrap_or_default());
        }
        // Receipts come in this order.
        pushed.append(&mut sealed);
        if work.standing.cursor.first == 0 {
            request.want = wants(&work)?;
            request.held = Some(work.held_wanted()?).filter(|held| !held.is_empty());
        }
        if work.standing.asking {
            request.have = work.have()?;
        } else if work.standing.regaining {
            request.holds = Some(work.holds()?).filter(|holds| !holds.is_empty());
        }
        work.finish(m)?;
        Ok((request, pushed, again))
    }

    /// Takes what came back.
    pub(crate) fn on_reply(
        &mut self,
        m: &mut Moment,
        flight: &mut Option<Flight>,
        reply: Reply<'_>,
    ) -> Result<Vec<Tag>, Fault> {
        let Some(mut current) = flight.take() else { return self.on_pieces(m, reply) };
        match reply {
            Reply::Chunk(bytes) => {
                current.reader.feed(bytes);
                let result = self.take_frames(m, &mut current);
                match &result {
                    Ok(_) => *flight = Some(current),
                    Err(fault) if fault.code == Code::BadAnswer => self.courier.failed(m, NetFault::BadAnswer),
                    Err(_) => self.courier.failed(m, NetFault::Offline),
                }
                result
            }
            Reply::End => self.on_end_of_body(m, &current),
            Reply::Failed(fault) => {
                self.courier.failed(m, fault);
                Ok(vec![Tag::Sync])
            }
        }
    }

    fn on_end_of_body(&mut self, m: &mut Moment, flight: &Flight) -> Result<Vec<Tag>, Fault> {
        match flight.reader.finish() {
            Ok(()) => {
                // A stopped device is told nothing, and its photographs are still taken.
                let taken = flight.fine || self.standing.revoked;
                self.carrying.text_ended(m.now, taken && !flight.again);
                let more = flight.again || self.pieces_due(m);
                self.courier.finished(m, more);
                Ok(vec![Tag::Sync])
            }
            Err(BadFrame::Truncated) => {
                self.courier.failed(m, NetFault::Offline);
                Ok(vec![Tag::Sync])
            }
            Err(BadFrame::Format | BadFrame::Caps | BadFrame::Order) => {
                self.courier.failed(m, NetFault::BadAnswer);
                Err(Code::BadAnswer.into())
            }
        }
    }

    fn take_frames(&mut self, m: &mut Moment, flight: &mut Flight) -> Result<Vec<Tag>, Fault> {
        let mut touched = Vec::new();
        while let Some(frame) = flight.reader.take().map_err(|_| Code::BadAnswer)? {
            touched.extend(match frame {
                Frame::Head(head) => self.on_head(m, flight, &head)?,
                Frame::Rows(_) if !flight.fine => return Err(Code::BadAnswer.into()),
                Frame::Rows(rows) => self.on_rows(m, &rows)?,
                Frame::End(end) => self.on_end(m, flight, &end)?,
            });
        }
        touched.sort_unstable();
        touched.dedup();
        Ok(touched)
    }

    fn on_end(&mut self, m: &mut Moment, flight: &mut Flight, end: &End) -> Result<Vec<Tag>, Fault> {
        flight.again |= end.more;
        let mut work = self.work(m)?;
        if flight.fine {
            if work.standing.cursor.first > 0 && end.cursor.first == 0 {
                work.reveal_coming()?;
            }
            work.stand_at(end.cursor)?;
            work.standing.synced = Some(work.now);
            work.standing.regaining &= !flight.pushed.is_empty() || end.more;
            work.leave_out_of_sight(m)?;
            // The same again would get the same answer.
            let news = |wanted: bool, other: bool| end.cursor.first == 0 && wanted && other;
            let (wanted, held) = (wants(&work)?, work.held_wanted()?);
            flight.again |= news(!wanted.is_empty(), wanted != flight.wanted);
            flight.again |= news(!held.is_empty(), held != flight.held);
        }
        work.touch(Tag::Sync);
        Ok(work.finish(m)?)
    }
}

/// Histories still to come.
fn wants(work: &Work<'_>) -> Stored<Vec<Want>> {
    let hidden = roster::all_hidden(&work.tx)?;
    let coming = hidden.into_iter().filter_map(|(child, why)| match why {
        Hidden::Coming(after) => Some(Want { child, after }),
        Hidden::Leaving => None,
    });
    let missed = roster::all_missed(&work.tx)?.into_iter().map(|(child, after)| Want { child, after });
    Ok(coming.chain(missed).take(WANT_MAX).collect())
}

impl Work<'_> {
    /// Signs what was made since the last envelope: as few envelopes as the caps allow, never
    /// splitting a commit, never joining commits that knew different rosters.
    fn cut(&mut self) -> Stored<()> {
        let mut open: Vec<Uncut> = Vec::new();
        let mut commits: Vec<Vec<Uncut>> = Vec::new();
        for item in items::uncut(&self.tx)? {
            match commits.last_mut() {
                Some(commit) if commit[0].batch == item.batch => commit.push(item),
                Some(_) | None => commits.push(vec![item]),
            }
        }
        for commit in commits {
            let weight = |items: &[Uncut]| items.iter().map(|item| item.bytes.len() + 8).sum::<usize>();
            let full = open.len() + commit.len() > ITEMS_MAX
                || weight(&open) + weight(&commit) > ENVELOPE_BYTES_MAX - ENVELOPE_HEAD_MAX;
            let other = open.first().is_some_and(|first| first.roster != commit[0].roster);
            if full || other {
                self.sign(std::mem::take(&mut open))?;
            }
            open.extend(commit);
        }
        self.sign(open)
    }

    fn sign(&mut self, items: Vec<Uncut>) -> Stored<()> {
        let Some(first) = items.first() else { return Ok(()) };
        let standing = &mut *self.standing;
        standing.seq += 1;
        let link = Link {
            branch: standing.branch,
            seq: standing.seq,
            prev: standing.prev,
            at: self.now,
            roster: first.roster,
        };
        let numbers: Vec<i64> = items.iter().map(|item| item.no).collect();
        let whole = items.into_iter().map(|item| item.bytes).collect();
        let envelope = Envelope::sign(&self.me.key, &self.me.district, link, whole);
        standing.prev = envelope.id(&self.me.district);
        let no = envelopes::keep(&self.tx, &envelope, &standing.prev, true)?;
        let mut update = self.tx.prepare_cached("UPDATE item SET envelope = ?2 WHERE no = ?1")?;
        for number in numbers {
            update.execute([number, no])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
