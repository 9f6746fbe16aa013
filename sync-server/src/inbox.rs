//! Requests read, envelopes verified and taken in, receipts. It opens no item's body and judges nothing.

use std::collections::BTreeMap;

use domain::id::{Branch, DeviceId, Digest, Position};
use domain::moment::{Moment, Timestamp};
use domain::roster::Row;
use sync::envelope::{Envelope, Part};
use sync::head::SignedHead;
use sync::item::Kind;
use sync::request::SignedRequest;
use sync::wire::{Pushed, Reach, Receipt, Refusal, Request, State, Verdict};

use crate::arrival::Brought;
use crate::server::{Server, ServerError};
use crate::store::{DeviceState, Store};

/// A posted request whose head, and with it the whole of a small one, is signed by a device of the roster.
#[derive(Debug)]
pub struct Proven {
    /// Its head.
    pub(crate) head: SignedHead,
    /// Head and body.
    pub(crate) bytes: Vec<u8>,
}

impl Proven {
    /// Posted bytes as if they had been proven.
    #[cfg(test)]
    pub(crate) fn believed(bytes: Vec<u8>) -> Self {
        let (head, _) = SignedHead::split(&bytes).expect("a head");
        Self { head, bytes }
    }

    /// Bytes it takes once it is unpacked.
    pub(crate) fn weight(&self) -> usize {
        SignedRequest::read(&self.bytes).map_or(0, |request| request.weight())
    }
}

/// A request whose signature fits its device.
pub(crate) struct Incoming {
    pub(crate) device: DeviceId,
    pub(crate) sig: [u8; 64],
    pub(crate) request: Request,
    counter: u64,
}

/// What keeping a request came to.
pub(crate) struct Asked {
    pub(crate) state: State,
    pub(crate) receipts: Vec<Receipt>,
    pub(crate) leased: Timestamp,
}

/// Most verdicts in one answer, and their bytes before the last; the rest come with the next.
const VERDICTS_MAX: usize = 2048;
const VERDICTS_BYTES: usize = 512 * 1024;

type Keys = BTreeMap<DeviceId, [u8; 32]>;

impl<S: Store> Server<S> {
    /// Believes a request only under the signature of a device the roster knows.
    pub(crate) fn read(&self, body: &[u8]) -> Option<Incoming> {
        let signed = SignedRequest::read(body).ok()?;
        let public = self.roster.devices.get(&signed.device)?.sign;
        let request = signed.open(&self.digest, &public).ok()?;
        Some(self.incoming(&signed, request))
    }

    /// The same of one that was proven at the door.
    pub(crate) fn read_proven(&self, proven: &Proven) -> Option<Incoming> {
        self.roster.devices.get(&proven.head.device)?;
        let signed = SignedRequest::read(&proven.bytes).ok()?;
        let request = signed.open_proven().ok()?;
        Some(self.incoming(&signed, request))
    }

    fn incoming(&self, signed: &SignedRequest<'_>, mut request: Request) -> Incoming {
        let sealed = std::mem::take(&mut request.sealed);
        request.push.extend(sealed.iter().map(|sealed| Pushed(self.unsealed(sealed))));
        Incoming { device: signed.device, sig: signed.sig, request, counter: signed.counter }
    }

    /// Opens an envelope sealed to the inbox key; what cannot be opened is nobody's envelope and
    /// gets its refusal like any other.
    fn unsealed(&self, sealed: &[u8]) -> Envelope {
        let opened = sync::seal::open_sealed(&self.secret.inbox.seal_secret(), sealed).ok();
        opened.and_then(|bytes| Envelope::decode(&bytes).ok()).unwrap_or(Envelope {
            v: 0,
            suite: 0,
            device: DeviceId::new([0; 16]),
            branch: Branch([0; 8]),
            seq: 0,
            prev: Digest([0; 32]),
            at: Timestamp(0),
            roster: 0,
            parts: Vec::new(),
            sig: [0; 64],
        })
    }

    /// Keeps what several requests bring; runs inside one transaction.
    pub(crate) fn keep_all(
        &mut self,
        m: &mut Moment,
        incoming: &[Option<Incoming>],
    ) -> Result<Vec<Option<Asked>>, ServerError> {
        incoming.iter().map(|one| one.as_ref().map(|one| self.keep_one(m, one)).transpose()).collect()
    }

    fn keep_one(&mut self, m: &mut Moment, incoming: &Incoming) -> Result<Asked, ServerError> {
        let before = self.vault.store.device(incoming.device)?;
        if incoming.counter <= before.counter {
            let state = State::Counter(before.counter);
            return Ok(Asked { state, receipts: Vec::new(), leased: m.now });
        }
        let receipts = self.keep_pushed(m, incoming, before.confirmed)?;
        let state = self.state_for(incoming, &before)?;
        self.note_brought_back(m.now, incoming, &state)?;
        let reach = reach_after(before.reach, incoming, &receipts);
        let mut after = DeviceState { counter: incoming.counter, seen: m.now, reach, ..before };
        let cursor = incoming.request.cursor;
        if state == State::Fine && cursor.first == 0 {
            after.confirmed = before.confirmed.max(cursor.position);
        }
        if !receipts.is_empty() || self.lease_due(m.now, before.leased) {
            after.leased = m.now;
        }
        self.vault.store.set_device(incoming.device, &after)?;
        Ok(Asked { state, receipts, leased: before.leased })
    }

    fn keep_pushed(
        &mut self,
        m: &mut Moment,
        incoming: &Incoming,
        floor: Position,
    ) -> Result<Vec<Receipt>, ServerError> {
        let push = &incoming.request.push;
        let keys = self.keys_brought(push.iter().map(|p| &p.0));
        let mut receipts = vec![Receipt::Refused(Refusal::Signature); push.len()];
        // The server's own rows first: after a restore they bring revocations and erasures back.
        let own = self.roster.server;
        let mut order: Vec<usize> = (0..push.len()).collect();
        order.sort_by_key(|n| push[*n].0.device != own);
        let mut number = self.vault.store.newest_number()?;
        for n in order {
            let envelope = &push[n].0;
            let by_author = envelope.device == incoming.device;
            let voucher = (!by_author && self.regaining.is_some()).then_some(incoming.device);
            let brought = Brought { by_author, floor: if by_author { floor } else { 0 }, voucher };
            receipts[n] = match self.verified(envelope, &keys) {
                Err(refusal) => Receipt::Refused(refusal),
                Ok(()) => {
                    let kept = self.arrive(m, envelope, brought, number + 1)?;
                    number = number.max(kept);
                    Receipt::Kept(kept)
                }
            };
        }
        Ok(receipts)
    }

    /// Keys of devices enrolled in rows that this request brings back after a restore.
    fn keys_brought<'a>(&self, envelopes: impl Iterator<Item = &'a Envelope>) -> Keys {
        let mut keys = Keys::new();
        for envelope in envelopes.filter(|e| e.device == self.roster.server) {
            if envelope.verify(&self.digest, &self.secret.device.sign_public()).is_err() {
                continue;
            }
            for (_, item) in envelope.items() {
                let row = item.ok().filter(|i| i.kind == Kind::Roster).and_then(|i| minicbor::decode(&i.body).ok());
                if let Some(Row::Device { id, sign, .. }) = row {
                    keys.insert(id, sign);
                }
            }
        }
        keys
    }

    fn verified(&self, envelope: &Envelope, brought: &Keys) -> Result<(), Refusal> {
        let known = self.roster.devices.get(&envelope.device).map(|d| d.sign);
        let own = (envelope.device == self.roster.server).then(|| self.secret.device.sign_public());
        let public = known.or(own).or_else(|| brought.get(&envelope.device).copied()).ok_or(Refusal::Signature)?;
        let readable = envelope.items().all(|(_, item)| item.is_ok());
        if !readable {
            return Err(Refusal::Format);
        }
        envelope.verify(&self.digest, &public).map_err(|bad| match bad {
            sync::envelope::BadEnvelope::Signature => Refusal::Signature,
            sync::envelope::BadEnvelope::Caps | sync::envelope::BadEnvelope::Format => Refusal::Format,
        })
    }

    /// Adds the device's verdicts after the one it has seen; false when not all fitted.
    pub(crate) fn add_verdicts(&mut self, device: DeviceId, head: &mut sync::wire::Head) -> Result<bool, ServerError> {
        let verdicts = self.vault.store.verdicts(device, head.verdict, VERDICTS_MAX)?;
        let (count, mut bytes) = (verdicts.len(), 0);
        for (number, verdict) in verdicts {
            if bytes >= VERDICTS_BYTES {
                return Ok(false);
            }
            bytes += verdict.len();
            head.verdict = number;
            // One that cannot be read is passed over: the author goes on without it.
            head.verdicts.extend(minicbor::decode::<Verdict>(&verdict).ok());
        }
        Ok(count < VERDICTS_MAX)
    }
}

/// How far a device's chain goes by what it says, or else by what of it was kept.
fn reach_after(before: Option<Reach>, incoming: &Incoming, receipts: &[Receipt]) -> Option<Reach> {
    let kept = incoming.request.push.iter().zip(receipts).filter(|(_, receipt)| matches!(receipt, Receipt::Kept(_)));
    let own = kept.map(|(pushed, _)| &pushed.0).filter(|envelope| envelope.device == incoming.device);
    let brought = own.map(|envelope| Reach { branch: envelope.branch, seq: envelope.seq });
    brought.chain(incoming.request.reach).fold(before, |far, next| match far {
        Some(far) if far.branch == next.branch && far.seq > next.seq => Some(far),
        Some(_) | None => Some(next),
    })
}

/// The envelope with every part as its digest.
pub(crate) fn bare(envelope: &Envelope) -> Envelope {
    let parts = envelope.parts.iter().map(|part| Part::Bare(part.digest())).collect();
    Envelope { parts, ..envelope.clone() }
}
