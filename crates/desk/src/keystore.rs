//! The operating system's keystore: Secret Service, Credential Manager or Keychain. Somebody may
//! have to be asked to unlock it, or nobody answers: it is waited for, but not for long.

use std::sync::mpsc;
use std::time::Duration;

use client::{Amiss, Keystore};
use keyring::v1::{Entry, Error, Result as Told};
use zeroize::Zeroizing;

/// Whose the entries are; their names are the client's.
const SERVICE: &str = "cn.tongdang.desk";
/// Long enough to type the password of a keystore that is shut; below what locking waits for.
const PATIENCE: Duration = Duration::from_secs(8);

/// The keystore of this computer's user.
pub struct OsKeystore;

impl Keystore for OsKeystore {
    fn there(&self) -> bool {
        timely(|| if Entry::store_status().is_ok() { Ok(()) } else { Err(Error::NoDefaultStore) }).is_ok()
    }

    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Amiss> {
        with(name, |entry| entry.get_secret().map(Zeroizing::new))
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), Amiss> {
        let secret = Zeroizing::new(secret.to_vec());
        with(name, move |entry| entry.set_secret(&secret))
    }

    fn erase(&self, name: &str) -> Result<(), Amiss> {
        with(name, |entry| entry.delete_credential())
    }
}

fn with<T: Send + 'static>(name: &str, act: impl FnOnce(&Entry) -> Told<T> + Send + 'static) -> Result<T, Amiss> {
    let name = name.to_owned();
    timely(move || act(&Entry::new(SERVICE, &name)?))
}

/// Does something on a thread of its own, which is left behind when it takes too long: a bus
/// has no deadline.
fn timely<T: Send + 'static>(act: impl FnOnce() -> Told<T> + Send + 'static) -> Result<T, Amiss> {
    within(PATIENCE, act)
}

fn within<T: Send + 'static>(patience: Duration, act: impl FnOnce() -> Told<T> + Send + 'static) -> Result<T, Amiss> {
    let (tell, told) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("keystore".into());
    thread.spawn(move || drop(tell.send(act()))).map_err(|_| Amiss::Unavailable)?;
    match told.recv_timeout(patience) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(Error::NoEntry)) => Err(Amiss::Absent),
        Ok(Err(_)) | Err(_) => Err(Amiss::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keystore_that_does_not_answer_is_none() {
        let deaf = || {
            std::thread::sleep(Duration::from_secs(5));
            Ok(())
        };
        assert_eq!(within(Duration::from_millis(20), deaf), Err(Amiss::Unavailable));
        assert_eq!(timely(|| Ok(7)), Ok(7));
        assert_eq!(timely(|| Err::<(), _>(Error::NoEntry)), Err(Amiss::Absent));
        assert_eq!(timely(|| Err::<(), _>(Error::NoDefaultStore)), Err(Amiss::Unavailable));
    }

    /// On a machine with a keystore its whole round; on one without, or shut, it says so.
    #[test]
    fn the_real_one_keeps_and_forgets_or_says_that_it_is_none() {
        let name = format!("test-{}", std::process::id());
        match OsKeystore.write(&name, &[7; 32]) {
            Ok(()) => {
                assert_eq!(OsKeystore.read(&name).map(|kept| kept.to_vec()), Ok(vec![7; 32]));
                assert_eq!(OsKeystore.erase(&name), Ok(()));
                assert_eq!(OsKeystore.read(&name).map(drop), Err(Amiss::Absent));
            }
            Err(amiss) => assert_eq!(amiss, Amiss::Unavailable),
        }
    }
}
