//! The short way in: a PIN, good only on this computer, because its device secret lies in the
//! operating system's keystore. It is an addition: passphrase and recovery code open as before.

use domain::fault::{Code, Fault};
use domain::moment::Moment;
use domain::passphrase;
use zeroize::Zeroizing;

use super::Client;
use crate::keystore::{DeviceSecret, Keystore};
use crate::slot::{KdfCost, pin};

impl Client {
    /// Whether a PIN is set.
    pub fn has_pin(&self) -> bool {
        self.slots.device_name().is_some()
    }

    /// Whether a text is to be tried as the PIN first.
    pub fn takes_pin(&self, text: &str) -> bool {
        self.has_pin() && passphrase::pin(text).is_some()
    }

    /// Sets a PIN, with a fresh device secret, in the place of the one there was.
    pub fn set_pin(&mut self, m: &mut Moment, pin: &str, cost: KdfCost, keystore: &dyn Keystore) -> Result<(), Fault> {
        let inside = self.inside.as_ref().ok_or(Code::Locked)?;
        let pin = Zeroizing::new(passphrase::good_pin(pin).ok_or(Code::WeakPin)?);
        let device: DeviceSecret = Zeroizing::new(m.bytes());
        let (mut slots, before) = (self.slots.clone(), self.slots.device_name());
        slots.set_pin(m, &inside.key, &pin, &device, cost)?;
        // The keystore first: a crash in between leaves a secret that opens nothing, not a PIN without one.
        keystore.write(&pin::name(device.as_ref()), device.as_ref()).map_err(|_| Code::NoKeystore)?;
        self.keep(slots)?;
        forget(keystore, before);
        Ok(())
    }

    /// Removes the PIN, if there is one, and its device secret.
    pub fn remove_pin(&mut self, keystore: &dyn Keystore) -> Result<(), Fault> {
        let (mut slots, before) = (self.slots.clone(), self.slots.device_name());
        if before.is_some() {
            slots.drop_pin();
            self.keep(slots)?;
            forget(keystore, before);
        }
        Ok(())
    }

    /// Unlocks with the PIN. Every try stands on the disk before it is made, so that ending the
    /// process gives none back; the fifth wrong one in a row removes the PIN.
    pub fn unlock_pin(&mut self, m: &mut Moment, pin: &str, keystore: &dyn Keystore) -> Result<(), Fault> {
        let pin = Zeroizing::new(passphrase::pin(pin).ok_or(Code::BadCall)?);
        // The process may have ended between the last try and the removal.
        if self.slots.tries_left() == 0 {
            self.remove_pin(keystore)?;
            return Err(Code::PinGone.into());
        }
        let device = self.device(keystore)?;
        let mut slots = self.slots.clone();
        slots.count_try();
        // A disk that takes no count lets nobody try; the passphrase needs no writing.
        self.keep(slots).map_err(|_| Code::PinAway)?;
        if let Some((key, me)) = self.slots.open_pin(&pin, &device)? {
            self.forgive();
            return self.begin(m, key, me);
        }
        match self.slots.tries_left() {
            0 => {
                self.remove_pin(keystore)?;
                Err(Code::PinGone.into())
            }
            left => Err(Fault::new(Code::WrongPin, left.to_string())),
        }
    }

    /// Somebody who may has opened: tries before that count no more. A disk that refuses to note
    /// it keeps nobody out.
    pub(super) fn forgive(&mut self) {
        let mut slots = self.slots.clone();
        if slots.forgive() {
            drop(self.keep(slots));
        }
    }

    /// The process ended between the fifth wrong try and the removal: a passphrase gives no tries
    /// back to a PIN that is gone. What its secret in the keystore opened is no more.
    pub(super) fn drop_used_up(&mut self) {
        if self.has_pin() && self.slots.tries_left() == 0 {
            let mut slots = self.slots.clone();
            slots.drop_pin();
            drop(self.keep(slots));
        }
    }

    /// The device secret of the PIN. Another one than the PIN was set with would make every PIN
    /// look wrong, and cost its owner her tries.
    fn device(&self, keystore: &dyn Keystore) -> Result<DeviceSecret, Fault> {
        let name = self.slots.device_name().ok_or(Code::PinAway)?;
        let kept = keystore.read(&name).map_err(|_| Code::PinAway)?;
        let device = <[u8; 32]>::try_from(kept.as_slice()).map(Zeroizing::new).map_err(|_| Code::PinAway)?;
        if pin::name(device.as_ref()) == name { Ok(device) } else { Err(Code::PinAway.into()) }
    }
}

/// Without its slot a device secret opens nothing: one that cannot be erased now does no harm.
fn forget(keystore: &dyn Keystore, name: Option<String>) {
    if let Some(name) = name {
        let _ = keystore.erase(&name);
    }
}

#[cfg(test)]
mod tests;
