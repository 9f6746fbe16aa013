//! The calls of the shell itself, by name.

use std::sync::Arc;

use client::{Client, Keystore};
use domain::fault::{Code, Fault};
use domain::moment::Moment;
use domain::passphrase::{self, Strength};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::stage::Stage;
use super::state::ShellState;
use super::{Shell, Then};
use crate::clock::{self, OsChance};
use crate::enrol::Enrolled;
use crate::profile::Profile;
use crate::{Desk, practice};

/// Largest argument text of a call of the shell, bytes.
const ARGS_BYTES_MAX: usize = 16 * 1024;

/// No arguments, or nothing to say.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Nothing {}

/// How to join a district.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Join {
    /// Host and port of the district's server.
    address: String,
    /// The one-time code, however it is typed.
    code: String,
    /// What people will call this computer.
    label: String,
}

/// The district that let this computer in.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Joined {
    /// Its name.
    district: String,
    /// The name of the person the code was for.
    person: String,
    /// Six digits the station sees too.
    comparison: String,
}

/// A passphrase.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Passphrase {
    passphrase: String,
}

/// Another passphrase, and the one until now; none is asked for where the recovery code was used.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Change {
    passphrase: String,
    old: Option<String>,
}

/// A passphrase or a recovery code; to unlock, a PIN as well.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Secret {
    secret: String,
}

/// Another PIN, or none any more, by who says the passphrase or the recovery code.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct NewPin {
    secret: String,
    pin: Option<String>,
}

/// A recovery code, shown once.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Recovery {
    recovery: String,
}

/// A new recovery code where the old one was used.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Renewed {
    recovery: Option<String>,
}

/// Into the practice district (anew, when already there) or out of it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Practise {
    on: bool,
}

/// Leave, even while work waits.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Quit {
    sure: bool,
}

/// Whether it leaves, and what waits.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Leaving {
    leaving: bool,
    waiting: u32,
}

impl Drop for Passphrase {
    fn drop(&mut self) {
        self.passphrase.zeroize();
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        self.passphrase.zeroize();
        self.old.zeroize();
    }
}

impl Drop for NewPin {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.pin.zeroize();
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

macro_rules! calls {
    ($($name:literal $run:path, $args:ty => $out:ty;)*) => {
        /// Makes one call. `NotFound` for a name that is none.
        pub(super) fn call(shell: &Shell, name: &str, args: &[u8]) -> Result<Vec<u8>, Fault> {
            match name {
                $($name => written(&$run(shell, read::<$args>(args)?)?),)*
                _ => Err(Code::NotFound.into()),
            }
        }

        #[cfg(test)]
        pub(super) fn signatures(book: &mut domain::typescript::Book) {
            $(book.call::<$args, $out>(concat!("shell.", $name), &[]);)*
        }
    };
}

calls! {
    "state" state, Nothing => ShellState;
    "enrol" enrol, Join => Joined;
    "strength" strength, Passphrase => Strength;
    "create" create, Passphrase => Recovery;
    "unlock" unlock, Secret => ShellState;
    "passphrase" change, Change => Renewed;
    "recovery" recovery, Secret => Recovery;
    "pin" pin, NewPin => ShellState;
    "lock" lock, Nothing => Nothing;
    "sync" sync, Nothing => Nothing;
    "practice" practise, Practise => Nothing;
    "quit" quit, Quit => Leaving;
}

fn read<A: DeserializeOwned>(args: &[u8]) -> Result<A, Fault> {
    if args.len() > ARGS_BYTES_MAX {
        return Err(Code::BadCall.into());
    }
    serde_json::from_slice(args).map_err(|_| Code::BadCall.into())
}

fn written<O: Serialize>(out: &O) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(out).map_err(|_| Code::Bug.into())
}

fn state(shell: &Shell, _: Nothing) -> Result<ShellState, Fault> {
    shell.state()
}

fn enrol(shell: &Shell, join: Join) -> Result<Joined, Fault> {
    if !matches!(shell.held().stage, Stage::New(_) | Stage::Joined(..)) || shell.0.setup.practice {
        return Err(Code::BadCall.into());
    }
    let text = format!("{} {}", join.address.trim(), join.code.trim());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|_| Code::DiskFailed)?;
    let joined = runtime.block_on(crate::enrol::enrol(&text, join.label.trim()))?;
    let said = Joined {
        district: joined.identity.name.clone(),
        person: joined.person_name.clone(),
        comparison: joined.comparison.clone(),
    };
    let mut held = shell.held();
    let stage = std::mem::replace(&mut held.stage, Stage::Opening);
    let kept = match stage {
        Stage::New(profile) | Stage::Joined(profile, _) => Ok(Stage::Joined(profile, Box::new(joined))),
        other => Err(other),
    };
    let fine = kept.is_ok();
    held.stage = kept.unwrap_or_else(|other| other);
    drop(held);
    if !fine {
        return Err(Code::BadCall.into());
    }
    shell.tell_state();
    Ok(said)
}

fn strength(shell: &Shell, said: Passphrase) -> Result<Strength, Fault> {
    Ok(judged(shell, &said.passphrase))
}

/// Judges a passphrase; names are no secret.
fn judged(shell: &Shell, passphrase: &str) -> Strength {
    let known = known(shell);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    passphrase::strength(passphrase, &known)
}

/// The names that are known here: before there is a profile her own and the district's, then everybody's.
fn known(shell: &Shell) -> Vec<String> {
    if let Stage::Joined(_, joined) = &shell.held().stage {
        return [&joined.person_name, &joined.identity.name]
            .into_iter()
            .flat_map(|name| client::spoken(name))
            .collect();
    }
    everybody(shell).unwrap_or_default()
}

fn everybody(shell: &Shell) -> Result<Vec<String>, Fault> {
    shell.desk()?.with(|client, _| client.known_names())?
}

fn strong(shell: &Shell, passphrase: &str) -> Result<(), Fault> {
    if judged(shell, passphrase).enough { Ok(()) } else { Err(Code::WeakPassphrase.into()) }
}

fn create(shell: &Shell, said: Passphrase) -> Result<Recovery, Fault> {
    strong(shell, &said.passphrase)?;
    let mut held = shell.held();
    let (profile, joined) = match std::mem::replace(&mut held.stage, Stage::Opening) {
        Stage::Joined(profile, joined) => (profile, joined),
        other => {
            held.stage = other;
            return Err(Code::BadCall.into());
        }
    };
    drop(held);
    shell.tell_state();
    let made = made(shell, &profile, &joined, &said.passphrase);
    let (client, recovery) = match made {
        Ok(made) => made,
        Err(fault) => {
            shell.stand(if Client::exists(profile.dir()) {
                Stage::Locked(profile)
            } else {
                Stage::Joined(profile, joined)
            });
            return Err(fault);
        }
    };
    shell.work(profile, client)?;
    Ok(Recovery { recovery })
}

fn made(shell: &Shell, profile: &Profile, joined: &Enrolled, passphrase: &str) -> Result<(Client, String), Fault> {
    let (mut chance, cost) = (OsChance, shell.0.setup.cost);
    let m = &mut Moment::new(clock::now(), &mut chance);
    let mut client = Client::create(profile.dir(), m, joined.identity.clone(), passphrase, cost)?;
    let recovery = client.recovery_code(m, cost)?;
    Ok((client, recovery))
}

fn unlock(shell: &Shell, said: Secret) -> Result<ShellState, Fault> {
    let mut held = shell.held();
    let profile = match std::mem::replace(&mut held.stage, Stage::Opening) {
        Stage::Locked(profile) => profile,
        other => {
            held.stage = other;
            return Err(Code::BadCall.into());
        }
    };
    drop(held);
    shell.tell_state();
    let opened = Client::open(profile.dir()).and_then(|mut client| {
        let tried = tried(&mut client, &said.secret, &*shell.0.setup.keystore);
        shell.held().pin = client.has_pin();
        tried.map(|()| client)
    });
    match opened {
        Ok(client) => shell.work(profile, client)?,
        Err(fault) => {
            shell.stand(Stage::Locked(profile));
            return Err(fault);
        }
    }
    shell.state()
}

fn tried(client: &mut Client, secret: &str, keystore: &dyn Keystore) -> Result<(), Fault> {
    let (mut chance, pin) = (OsChance, client.takes_pin(secret));
    let m = &mut Moment::new(clock::now(), &mut chance);
    if !pin {
        return client.unlock(m, secret);
    }
    let tried = client.unlock_pin(m, secret, keystore);
    // From before there were PINs a passphrase may be digits alone: whatever becomes of the PIN, it opens.
    if secret.trim().chars().count() < DIGITS_AS_PASSPHRASE {
        return tried;
    }
    tried.or_else(|fault| client.unlock(m, secret).map_err(|_| fault))
}

/// So many digits were once enough for a passphrase: twelve, or nine wide ones.
const DIGITS_AS_PASSPHRASE: usize = 9;

fn change(shell: &Shell, mut said: Change) -> Result<Renewed, Fault> {
    strong(shell, &said.passphrase)?;
    if shell.0.setup.practice {
        return Err(Code::Practice.into());
    }
    let (desk, cost, passphrase) = (shell.desk()?, shell.0.setup.cost, said.passphrase.clone());
    let old = Zeroizing::new(said.old.take().unwrap_or_default());
    let recovery = desk.with(move |client, m| {
        let passphrase = Zeroizing::new(passphrase);
        if !client.reopened() {
            client.proves(&old)?;
        }
        // The code that was used lies on a table somewhere: it is void with the old passphrase.
        let recovery = if client.reopened() { Some(client.recovery_code(m, cost)?) } else { None };
        client.change_passphrase(m, &passphrase, cost)?;
        Ok::<_, Fault>(recovery)
    })??;
    shell.held().reopened = false;
    shell.tell_state();
    Ok(Renewed { recovery })
}

fn recovery(shell: &Shell, mut said: Secret) -> Result<Recovery, Fault> {
    if shell.0.setup.practice {
        return Err(Code::Practice.into());
    }
    let (desk, cost) = (shell.desk()?, shell.0.setup.cost);
    let secret = Zeroizing::new(std::mem::take(&mut said.secret));
    let recovery = desk.with(move |client, m| {
        client.proves(&secret)?;
        client.recovery_code(m, cost)
    })??;
    Ok(Recovery { recovery })
}

fn pin(shell: &Shell, mut said: NewPin) -> Result<ShellState, Fault> {
    if shell.0.setup.practice {
        return Err(Code::Practice.into());
    }
    let (secret, pin) = (Zeroizing::new(std::mem::take(&mut said.secret)), said.pin.take().map(Zeroizing::new));
    // Said before the passphrase is tried, which takes a second.
    if pin.as_ref().is_some_and(|pin| passphrase::good_pin(pin).is_none()) {
        return Err(Code::WeakPin.into());
    }
    let (desk, cost, keystore) = (shell.desk()?, shell.0.setup.cost, shell.0.setup.keystore.clone());
    let set = desk.with(move |client, m| {
        client.proves(&secret)?;
        match &pin {
            Some(pin) => client.set_pin(m, pin, cost, &*keystore)?,
            None => client.remove_pin(&*keystore)?,
        }
        Ok::<_, Fault>(client.has_pin())
    })??;
    shell.held().pin = set;
    shell.tell_state();
    shell.state()
}

fn lock(shell: &Shell, _: Nothing) -> Result<Nothing, Fault> {
    shell.leave(Then::Again);
    Ok(Nothing {})
}

fn sync(shell: &Shell, _: Nothing) -> Result<Nothing, Fault> {
    if shell.0.setup.practice {
        return Err(Code::Practice.into());
    }
    shell.desk()?.sync_now()?;
    Ok(Nothing {})
}

fn practise(shell: &Shell, practise: Practise) -> Result<Nothing, Fault> {
    shell.leave(if practise.on { Then::Practice } else { Then::Again });
    Ok(Nothing {})
}

fn quit(shell: &Shell, quit: Quit) -> Result<Leaving, Fault> {
    let waiting = shell.waiting();
    let leaving = waiting == 0 || quit.sure;
    if leaving {
        shell.leave(Then::Quit);
    }
    Ok(Leaving { leaving, waiting })
}

impl Shell {
    fn stand(&self, stage: Stage) {
        self.held().stage = stage;
        self.tell_state();
    }

    /// Work begins with an unlocked client.
    fn work(&self, profile: Profile, client: Client) -> Result<(), Fault> {
        let (aside, reopened) = (client.put_aside().map(str::to_owned), client.reopened());
        let started = if self.0.setup.practice {
            Desk::start_apart(profile, client, self.listener())
        } else {
            Desk::start(profile, client, self.listener())
        };
        let mut held = self.held();
        (held.aside, held.reopened) = (aside, reopened);
        let fault = match started {
            Ok(desk) => {
                held.stage = Stage::Open(Arc::new(desk));
                None
            }
            Err(fault) => {
                held.stage = Stage::Broken(fault.clone());
                Some(fault)
            }
        };
        drop(held);
        self.tell_state();
        self.look_for_keystore();
        fault.map_or(Ok(()), Err)
    }

    /// Looks whether a PIN could be set, aside: no work waits for an operating system's bus.
    fn look_for_keystore(&self) {
        let (weak, keystore) = (Arc::downgrade(&self.0), self.0.setup.keystore.clone());
        std::thread::spawn(move || {
            let missing = !keystore.there();
            if let Some(inner) = weak.upgrade().filter(|_| missing) {
                let shell = Self(inner);
                shell.held().no_keystore = true;
                shell.tell_state();
            }
        });
    }

    /// Makes the practice district, aside from the thread that opens the window.
    pub(super) fn begin_practice(&self) {
        let mut held = self.held();
        let profile = match std::mem::replace(&mut held.stage, Stage::Opening) {
            Stage::New(profile) => profile,
            other => {
                held.stage = other;
                return;
            }
        };
        drop(held);
        let shell = self.clone();
        std::thread::spawn(move || {
            let begun = practice::clear(profile.dir()).and_then(|()| practice::begin(profile.dir(), clock::now()));
            match begun {
                Ok(client) => drop(shell.work(profile, client)),
                Err(fault) => shell.stand(Stage::Broken(fault)),
            }
        });
    }
}
