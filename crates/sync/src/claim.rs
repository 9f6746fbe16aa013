//! What a station decided on work that is held (待认领): audit items of form `claim`, signed and
//! chained like everything. It must not judge who may: that is `domain::rights`.

use domain::id::{DeviceId, Digest, RecordId};
use domain::moment::Timestamp;

/// The form of such items.
pub const FORM: &str = "claim";
/// Most items one claim speaks of.
pub const TARGETS_MAX: usize = 48;
/// Longest reason, in characters.
pub const REASON_CHARS_MAX: usize = 100;

/// One item, wherever it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Target {
    /// Its record.
    #[n(0)]
    pub record: RecordId,
    /// Its digest.
    #[n(1)]
    pub digest: Digest,
}

/// What is to become of held items. The number is the wire code: never reuse one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Action {
    /// 认领: into the log as its author's work. For good: no later claim takes it back.
    #[n(0)]
    Take,
    /// 退回: the author hears of it and of the reason; nothing is applied.
    #[n(1)]
    Return,
    /// 只存档: kept as it is, and asks no more.
    #[n(2)]
    Shelve,
    /// A return or a shelving is taken back.
    #[n(3)]
    Reopen,
}

/// One decision. The item that carries it names the child.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Claim {
    /// Who wrote the items.
    #[n(0)]
    pub device: DeviceId,
    /// What is to become of them.
    #[n(1)]
    pub action: Action,
    /// Which.
    #[n(2)]
    pub targets: Vec<Target>,
    /// Why; of a return never empty.
    #[n(3)]
    pub reason: String,
    /// Form of the record they are about, for an author who has it no longer.
    #[n(4)]
    pub form: String,
    /// When the newest of them was written, by its author's clock.
    #[n(5)]
    pub at: Timestamp,
}

impl Claim {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).unwrap_or_default()
    }

    /// Reads a claim; `None` for anything beyond the caps, empty, or spelled otherwise.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let claim: Self = minicbor::decode(bytes).ok()?;
        (claim.is_sound() && claim.encode() == bytes).then_some(claim)
    }

    /// Whether it keeps the caps, and a return says why.
    pub fn is_sound(&self) -> bool {
        let said = !self.reason.trim().is_empty();
        (1..=TARGETS_MAX).contains(&self.targets.len())
            && self.reason.chars().count() <= REASON_CHARS_MAX
            && self.form.len() <= crate::item::FORM_BYTES_MAX
            && (said || self.action != Action::Return)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(targets: usize, reason: &str) -> Claim {
        let target = Target { record: RecordId::new([1; 16]), digest: Digest([2; 32]) };
        let (device, at) = (DeviceId::new([3; 16]), Timestamp(4));
        Claim {
            device,
            action: Action::Return,
            targets: vec![target; targets],
            reason: reason.into(),
            form: "visit".into(),
            at,
        }
    }

    #[test]
    fn a_claim_has_one_spelling_and_caps() {
        let good = claim(TARGETS_MAX, &"请".repeat(REASON_CHARS_MAX));
        let bytes = good.encode();
        assert!(bytes.len() <= 4096, "fits an audit item: {}", bytes.len());
        assert_eq!(Claim::decode(&bytes), Some(good));
        let mut trailing = bytes;
        trailing.push(0);
        assert_eq!(Claim::decode(&trailing), None, "something behind it");
        for bad in [claim(0, "因"), claim(TARGETS_MAX + 1, "因"), claim(1, " "), claim(1, &"请".repeat(101))] {
            assert_eq!(Claim::decode(&bad.encode()), None);
        }
        let shelved = Claim { action: Action::Shelve, ..claim(1, "") };
        assert_eq!(Claim::decode(&shelved.encode()), Some(shelved), "only a return says why");
    }
}
