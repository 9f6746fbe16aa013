//! The PIN's slot: a short number that opens only together with the device secret, and only a few
//! times wrong. It must not reach the keystore: the device secret comes in as an argument.

use domain::fault::Fault;
use domain::moment::Moment;

use super::{KdfCost, Kind, Opened, Slot, Slots, StoreKey, stretch};
use crate::keystore::DeviceSecret;

/// Wrong tries in a row until the slot is removed.
const TRIES: u8 = 5;

/// What a PIN's slot has beyond the others.
#[derive(Clone, minicbor::Encode, minicbor::Decode)]
pub(super) struct Guard {
    /// Half a digest of the device secret: its name in the keystore, and how another is told from it.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    device: [u8; 16],
    /// Tries since the last that was right.
    #[n(1)]
    tries: u8,
}

fn mark(device: &[u8]) -> [u8; 16] {
    let digest = sync::key::sha256(&[b"tongdang/device-secret/1", device]).0;
    std::array::from_fn(|n| digest[n])
}

/// The name of a device secret in the keystore.
pub(crate) fn name(device: &[u8]) -> String {
    hex(&mark(device))
}

fn hex(mark: &[u8; 16]) -> String {
    mark.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Neither half says anything about the key without the other.
fn both(mut stretched: StoreKey, device: &DeviceSecret) -> StoreKey {
    stretched.iter_mut().zip(device.iter()).for_each(|(half, other)| *half ^= other);
    stretched
}

impl Slots {
    fn pin(&self) -> Option<(&Slot, &Guard)> {
        self.slots.iter().find_map(|slot| Some((slot, slot.guard.as_ref()?)))
    }

    fn guard(&mut self) -> Option<&mut Guard> {
        self.slots.iter_mut().find_map(|slot| slot.guard.as_mut())
    }

    /// The name under which the keystore has the device secret, where a PIN is set.
    pub(crate) fn device_name(&self) -> Option<String> {
        self.pin().map(|(_, guard)| hex(&guard.device))
    }

    /// Puts a PIN in the place of the one there was. The device secret must be a fresh one.
    pub(crate) fn set_pin(
        &mut self,
        m: &mut Moment,
        key: &StoreKey,
        pin: &str,
        device: &DeviceSecret,
        cost: KdfCost,
    ) -> Result<(), Fault> {
        self.drop_pin();
        let salt = m.bytes();
        let outer = both(stretch(pin, &salt, cost)?, device);
        let wrapped = sync::seal::cover(&outer, m, key.as_ref());
        let guard = Some(Guard { device: mark(device.as_ref()), tries: 0 });
        self.slots.push(Slot { kind: Kind::Pin, cost, salt, wrapped, guard });
        Ok(())
    }

    /// Removes the PIN's slot.
    pub(crate) fn drop_pin(&mut self) {
        self.slots.retain(|slot| slot.kind != Kind::Pin);
    }

    /// How many tries are left; none where no PIN is set.
    pub(crate) fn tries_left(&self) -> u8 {
        self.pin().map_or(0, |(_, guard)| TRIES.saturating_sub(guard.tries))
    }

    /// One try more.
    pub(crate) fn count_try(&mut self) {
        if let Some(guard) = self.guard() {
            guard.tries = guard.tries.saturating_add(1);
        }
    }

    /// Forgets the tries; whether there were any.
    pub(crate) fn forgive(&mut self) -> bool {
        self.guard().is_some_and(|guard| std::mem::take(&mut guard.tries) > 0)
    }

    /// Tries a PIN; `None` when it is another one.
    pub(crate) fn open_pin(&self, pin: &str, device: &DeviceSecret) -> Result<Option<Opened>, Fault> {
        let Some((slot, _)) = self.pin() else { return Ok(None) };
        self.inside(slot, &both(stretch(pin, &slot.salt, slot.cost)?, device))
    }
}

#[cfg(test)]
mod tests;
