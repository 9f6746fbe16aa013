//! The unlocked inside of a client: the open database and what is remembered between acts.
//! It must not know what a screen asks.

use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::id::{ChildId, DeviceId, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::rights::{self, Verb};
use domain::roster::{NOW, Roster, Row};
use dossier::Actor;
use rusqlite::Connection;
use sync::courier::Courier;

use crate::exchange::Carrying;
use crate::identity::Identity;
use crate::store::records::{self, Opened, RecordMeta};
use crate::store::roster::{self, Authors};
use crate::store::standing::Standing;
use crate::store::{Stop, Stored};

/// The unlocked inside.
pub(crate) struct Desk {
    /// The open database.
    pub(crate) db: Connection,
    /// Who this device is.
    pub(crate) me: Identity,
    /// The roster as folded from the rows kept.
    pub(crate) roster: Roster,
    /// Authors outside it.
    pub(crate) authors: Authors,
    /// This session's actor.
    pub(crate) actor: Actor,
    /// Where the device stands.
    pub(crate) standing: Standing,
    /// When to ask next.
    pub(crate) courier: Courier,
    /// Where the pieces of photographs stand.
    pub(crate) carrying: Carrying,
    /// False while a transaction is under way: what is remembered may differ from the database.
    pub(crate) sound: bool,
}

/// Who said something, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sayer {
    /// Her device, if known here.
    pub(crate) device: Option<DeviceId>,
    /// What people call the device; empty when unknown.
    pub(crate) label: String,
    /// Her name; empty when unknown.
    pub(crate) person: String,
}

impl Desk {
    /// Reads everything remembered from an open database.
    pub(crate) fn load(db: Connection, me: Identity, m: &mut Moment) -> Stored<Self> {
        let standing = match Standing::load(&db)? {
            Some(standing) => standing,
            None => {
                let fresh = Standing::fresh(m, me.lease);
                fresh.save(&db)?;
                fresh
            }
        };
        let roster = roster::fold(&db, me.server)?;
        let authors = roster::authors(&db)?;
        let actor = Actor::new(me.device(), m.bytes());
        let mut desk = Self {
            db,
            me,
            roster,
            authors,
            actor,
            standing,
            courier: Courier::new(m.now),
            carrying: Carrying::default(),
            sound: true,
        };
        desk.renew_stale(m)?;
        Ok(desk)
    }

    /// Reads again what a broken-off transaction may have changed in memory.
    pub(crate) fn reload(&mut self) -> Stored<()> {
        if let Some(standing) = Standing::load(&self.db)? {
            self.standing = standing;
        }
        self.roster = roster::fold(&self.db, self.me.server)?;
        self.authors = roster::authors(&self.db)?;
        self.sound = true;
        Ok(())
    }

    /// The best guess at the time.
    pub(crate) fn now(&self, m: &Moment) -> Timestamp {
        self.standing.now(m.now)
    }

    /// The day in China.
    pub(crate) fn today(&self, m: &Moment) -> Day {
        Day::of(self.now(m))
    }

    /// Refuses reading once the lease is over or the device was stopped. Never ask this before
    /// writing a new event record.
    pub(crate) fn reading(&self, m: &Moment) -> Result<(), Fault> {
        self.working()?;
        let over = self.standing.lease.is_some_and(|until| until < self.now(m));
        if over { Err(Code::LeaseOver.into()) } else { Ok(()) }
    }

    /// Refuses showing anything once the device was stopped.
    pub(crate) fn working(&self) -> Result<(), Fault> {
        if self.standing.revoked { Err(Code::Revoked.into()) } else { Ok(()) }
    }

    /// Whether this device's person may do a verb with a form of a child now.
    pub(crate) fn may(&self, m: &Moment, verb: Verb, form: &str, child: ChildId) -> bool {
        rights::may(&self.roster, self.me.device(), (NOW, self.today(m)), verb, form, child).is_ok()
    }

    /// Whether a child is here whole and may be seen.
    pub(crate) fn shows(&self, m: &Moment, child: ChildId) -> Result<bool, Fault> {
        let hidden = roster::hidden(&self.db, child)?.is_some();
        Ok(!hidden && self.roster.sees(self.me.device(), child, self.today(m)))
    }

    /// A record's document: from the cache, or from its items if that is damaged. `None` when it
    /// is not here or its child is hidden.
    pub(crate) fn record(&self, record: RecordId) -> Result<Option<Opened>, Fault> {
        let Some(opened) = records::open(&self.db, record)? else { return Ok(None) };
        let hidden = match opened.meta.child {
            Some(child) => roster::hidden(&self.db, child)?.is_some(),
            None => false,
        };
        Ok((!hidden).then_some(opened))
    }

    /// What records a child has, in the order of their ids.
    pub(crate) fn records_of(&self, child: ChildId) -> Result<Vec<RecordMeta>, Fault> {
        Ok(records::all(&self.db, Some(child))?)
    }

    /// Who an actor is, in words.
    pub(crate) fn sayer(&self, actor: &Actor) -> Sayer {
        let known = self.roster.devices.iter().find(|(id, _)| actor.is_of(**id));
        if let Some((id, device)) = known {
            let person = self.roster.people.get(&device.person).cloned().unwrap_or_default();
            return Sayer { device: Some(*id), label: device.label.clone(), person };
        }
        let outside = self.authors.iter().find(|(id, _)| actor.is_of(**id));
        if let Some((id, Row::Device { label, person, .. })) = outside {
            let person = self.roster.people.get(person).cloned().unwrap_or_default();
            return Sayer { device: Some(*id), label: label.clone(), person };
        }
        Sayer { device: None, label: String::new(), person: String::new() }
    }
}

impl From<dossier::EditError> for Stop {
    fn from(error: dossier::EditError) -> Self {
        use dossier::EditError::{Key, Large, Value};
        let about = match error {
            Key(key) | Value(key) => key,
            Large => "size".to_owned(),
        };
        Self(Fault::new(Code::Invalid, about))
    }
}
