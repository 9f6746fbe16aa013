//! Where the operating system keeps a device secret, as this room sees it: a door that comes in as
//! an argument. It must not know PINs; what is kept there opens nothing by itself.

use zeroize::Zeroizing;

/// The half of a PIN's key that never lies in the profile folder.
pub(crate) type DeviceSecret = Zeroizing<[u8; 32]>;

/// The operating system's keystore.
pub trait Keystore: Send + Sync {
    /// Whether this machine has one at all. Asks nobody to unlock anything.
    fn there(&self) -> bool;
    /// Reads what is kept under a name.
    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Amiss>;
    /// Keeps bytes under a name.
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), Amiss>;
    /// Keeps nothing under a name any more.
    fn erase(&self, name: &str) -> Result<(), Amiss>;
}

/// Why a keystore does not do what it is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Amiss {
    /// Nothing is kept under that name.
    Absent,
    /// There is no keystore, or it stays shut.
    Unavailable,
}
