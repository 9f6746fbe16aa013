//! One transaction over the desk: records opened, rows applied, and on [`Work::finish`] documents,
//! projections and standing saved together. It must not decide rights nor talk to anybody.

use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::id::{ChildId, Position, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::roster::{Channel, Roster, Row};
use dossier::{Actor, Record, Refused};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sync::item::Item;

use crate::desk::Desk;
use crate::identity::Identity;
use crate::project;
use crate::store::records::{self, Opened, RecordMeta};
use crate::store::roster::{self, Authors, Hidden};
use crate::store::standing::Standing;
use crate::store::{Stored, departed, files};
use crate::tag::Tag;

/// One transaction. Dropped without [`Work::finish`], nothing of it stays.
pub(crate) struct Work<'d> {
    /// The transaction.
    pub(crate) tx: Transaction<'d>,
    /// Who this device is.
    pub(crate) me: &'d Identity,
    /// The roster; rows applied here go with the transaction.
    pub(crate) roster: &'d mut Roster,
    /// Authors outside it.
    pub(crate) authors: &'d mut Authors,
    /// Where the device stands.
    pub(crate) standing: &'d mut Standing,
    /// This session's actor.
    pub(crate) actor: &'d mut Actor,
    /// The best guess at the time.
    pub(crate) now: Timestamp,
    sound: &'d mut bool,
    db: &'d Connection,
    purged: bool,
    opened: BTreeMap<RecordId, Opened>,
    changed: BTreeSet<RecordId>,
    filed: BTreeSet<RecordId>,
    rows: Vec<Row>,
    refold: bool,
    whole: BTreeSet<ChildId>,
    scope: Option<BTreeMap<ChildId, Position>>,
    touched: BTreeSet<Tag>,
}

impl Desk {
    /// Begins a transaction.
    pub(crate) fn work(&mut self, m: &Moment) -> Stored<Work<'_>> {
        if !self.sound {
            self.reload()?;
        }
        let now = self.now(m);
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        self.sound = false;
        Ok(Work {
            tx,
            me: &self.me,
            roster: &mut self.roster,
            authors: &mut self.authors,
            standing: &mut self.standing,
            actor: &mut self.actor,
            now,
            sound: &mut self.sound,
            db: &self.db,
            purged: false,
            opened: BTreeMap::new(),
            changed: BTreeSet::new(),
            filed: BTreeSet::new(),
            rows: Vec::new(),
            refold: false,
            whole: BTreeSet::new(),
            scope: None,
            touched: BTreeSet::new(),
        })
    }
}

/// What became of a change that was offered to its record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Admitted {
    /// It is in the document.
    Yes,
    /// It waits for another change.
    Waiting,
    /// It is no change of this record; set aside with the reason.
    No,
}

impl Work<'_> {
    /// The day in China.
    pub(crate) fn today(&self) -> Day {
        Day::of(self.now)
    }

    /// The children this device may hold: by the day of its clock, or by the server's at the last contact. A
    /// clock that ran ahead ends no post: what is purged for it, no row would bring again.
    fn sight(&self) -> BTreeMap<ChildId, Position> {
        let mut all = self.roster.scope_since(self.me.device(), self.today());
        if let Some(told) = self.standing.told.filter(|told| *told != self.today()) {
            all.extend(self.roster.scope_since(self.me.device(), told));
        }
        all
    }

    /// Whether this device may hold a child; see [`Work::sight`].
    pub(crate) fn may_hold(&self, child: ChildId) -> bool {
        let sees = |day| self.roster.sees(self.me.device(), child, day);
        sees(self.today()) || self.standing.told.is_some_and(sees)
    }

    /// Something a screen may show has changed.
    pub(crate) fn touch(&mut self, tag: Tag) {
        self.touched.insert(tag);
    }

    /// A record that is here.
    pub(crate) fn open(&mut self, record: RecordId) -> Stored<Option<&mut Opened>> {
        if !self.opened.contains_key(&record)
            && let Some(opened) = records::open(&self.tx, record)?
        {
            self.opened.insert(record, opened);
        }
        Ok(self.opened.get_mut(&record))
    }

    /// A record that is here, or a fresh one. `None` when it is here as something else.
    pub(crate) fn open_as(&mut self, meta: &RecordMeta) -> Stored<Option<&mut Opened>> {
        if self.open(meta.record)?.is_none() {
            let opened = Opened { meta: meta.clone(), doc: Record::empty() };
            self.opened.insert(meta.record, opened);
        }
        Ok(self.opened.get_mut(&meta.record).filter(|opened| opened.meta == *meta))
    }

    /// The record's document is another one than before: saved and projected at the end.
    pub(crate) fn changed(&mut self, record: RecordId) {
        self.changed.insert(record);
    }

    /// A file's manifest is another one, or stands otherwise, than before: projected at the end,
    /// when it is known who sees its child.
    pub(crate) fn filed(&mut self, file: RecordId) {
        self.filed.insert(file);
    }

    /// The record is to be read again from its items.
    pub(crate) fn rebuild(&mut self, meta: &RecordMeta) -> Stored<()> {
        let doc = records::rebuild(&self.tx, meta)?;
        self.opened.insert(meta.record, Opened { meta: meta.clone(), doc });
        self.changed(meta.record);
        Ok(())
    }

    /// Offers the change in an item to its record; the item is already kept.
    pub(crate) fn admit(&mut self, item: &Item, digest: &[u8; 32]) -> Stored<Admitted> {
        let meta = RecordMeta { record: item.record, form: item.form.clone(), child: item.child };
        let Some(opened) = self.open_as(&meta)? else {
            records::set_aside(&self.tx, digest, item.record, "mismatch")?;
            return Ok(Admitted::No);
        };
        match opened.doc.admit(&item.body) {
            Ok(_) => {
                self.changed(item.record);
                Ok(Admitted::Yes)
            }
            Err(Refused::Waiting(_)) => {
                records::set_aside(&self.tx, digest, item.record, "waiting")?;
                self.changed(item.record);
                Ok(Admitted::Waiting)
            }
            Err(refused) => {
                records::set_aside(&self.tx, digest, item.record, &refused.to_string())?;
                Ok(Admitted::No)
            }
        }
    }

    /// Changes that waited may follow now.
    fn admit_waiting(&mut self, record: RecordId) -> Stored<()> {
        if !records::has_waiting(&self.tx, record)? {
            return Ok(());
        }
        loop {
            let mut moved = false;
            for (digest, bytes) in records::waiting(&self.tx, record)? {
                let Ok(item) = Item::decode(&bytes) else { continue };
                let Some(opened) = self.open(record)? else { return Ok(()) };
                if opened.doc.admit(&item.body).is_ok() {
                    records::no_longer_aside(&self.tx, &digest)?;
                    moved = true;
                }
            }
            if !moved {
                return Ok(());
            }
        }
    }

    /// Remembers whom this device sees, before the first row that may change it.
    pub(crate) fn mark_scope(&mut self) {
        if self.scope.is_none() {
            self.scope = Some(self.sight());
        }
    }

    /// Applies a roster row; an older one than those known makes the roster be folded again.
    pub(crate) fn apply(&mut self, at: Option<Position>, row: Row) {
        self.mark_scope();
        if matches!(row, Row::Post { .. } | Row::Device { .. }) {
            // Somebody may have come whose contacts were not told until now.
            self.standing.contacts = None;
        }
        let at = at.unwrap_or(self.roster.version);
        self.refold |= at < self.roster.version;
        self.roster.apply(at, &row);
        self.rows.push(row);
    }

    /// The roster is to be folded again from the rows kept.
    pub(crate) fn refold(&mut self) {
        self.mark_scope();
        self.refold = true;
    }

    /// Whether a screen may show a record's rows.
    pub(crate) fn shown(&self, meta: &RecordMeta) -> Stored<bool> {
        let Some(child) = meta.child else { return Ok(true) };
        // Whatever the day: a clock may be wrong and a post may begin tomorrow, and no row says so. What a
        // screen shows is asked for by the day, and whose post ended leaves at the next contact.
        Ok(self.roster.entrusts(self.me.device(), child) && roster::hidden(&self.tx, child)?.is_none())
    }

    /// Projects a record if it may be shown.
    fn project(&mut self, record: RecordId) -> Stored<()> {
        let Some(opened) = self.opened.get(&record) else { return Ok(()) };
        if !self.shown(&opened.meta)? {
            return Ok(());
        }
        let Some(form) = opened.meta.form() else { return Ok(()) };
        let view = opened.doc.view(form);
        let tags = project::record(&self.tx, &opened.meta, &view, self.roster)?;
        self.touched.extend(tags);
        Ok(())
    }

    /// The child's history is whole with what this transaction brings.
    pub(crate) fn reveal_later(&mut self, child: ChildId) {
        self.whole.insert(child);
    }

    /// Shows a child whose history is now whole.
    pub(crate) fn reveal(&mut self, child: ChildId) -> Stored<()> {
        roster::unhide(&self.tx, child)?;
        for meta in records::all(&self.tx, Some(child))? {
            self.open(meta.record)?;
            self.project(meta.record)?;
        }
        for file in files::all(&self.tx, Some(child))? {
            self.project_file(file)?;
        }
        self.touched.extend([Tag::Children, Tag::Child(child)]);
        Ok(())
    }

    /// Children that came into sight and went out of it. `first`: everything below comes in order
    /// in this download, so those that came are only whole when it is over.
    fn settle_scope(&mut self, m: &mut Moment, first: bool) -> Stored<()> {
        let Some(before) = self.scope.take() else { return Ok(()) };
        let after = self.sight();
        if !first {
            self.note_departures(&before)?;
        }
        for child in before.keys().filter(|child| !after.contains_key(child)) {
            self.leave(m, *child)?;
        }
        // One that left earlier leaves words too: why her work was sent back.
        let erased =
            self.rows.iter().filter_map(|row| if let Row::Erase { child } = row { Some(*child) } else { None });
        for child in erased.filter(|child| !before.contains_key(child)).collect::<BTreeSet<_>>() {
            self.leave(m, child)?;
        }
        let district = self.hears_everything();
        for (child, since) in &after {
            let Some(earlier) = before.get(child) else { continue };
            // Taken away and given back in these rows: what lies between comes as history.
            let moved = || self.rows.iter().any(|row| row.child() == Some(*child));
            if !first && !district && since > earlier && moved() {
                roster::miss(&self.tx, *child, 0)?;
            }
        }
        for child in after.keys().filter(|child| !before.contains_key(child)) {
            // A child registered in these rows has no history below them.
            let fresh = self.rows.iter().any(|row| matches!(row, Row::Register { child: c, .. } if c == child));
            if first || !(fresh || district) {
                roster::hide(&self.tx, *child, Hidden::Coming(0))?;
            } else if roster::hidden(&self.tx, *child)?.is_some() {
                self.reveal(*child)?;
            }
        }
        Ok(())
    }

    /// What rows took from this person, or away from where she looks after it, she is told of.
    fn note_departures(&self, before: &BTreeMap<ChildId, Position>) -> Stored<()> {
        for row in &self.rows {
            let (Row::Withdraw { child, .. } | Row::Child { child, .. } | Row::Assign { child, .. }) = row else {
                continue;
            };
            let left = self.roster.departure(self.me.device(), *child, self.today());
            if left.is_none() {
                departed::forget(&self.tx, *child)?;
            } else if before.contains_key(child) && !matches!(row, Row::Assign { .. }) {
                departed::keep(&self.tx, *child, self.now)?;
            }
        }
        Ok(())
    }

    /// Whether this desk sees to it that no number of anybody's chain is missing.
    pub(crate) fn counts_chains(&self) -> bool {
        let channels = self.roster.channels_of(self.me.device(), self.today());
        channels.iter().any(|channel| matches!(channel, Channel::Station(_) | Channel::District))
    }

    fn hears_everything(&self) -> bool {
        let channels = self.roster.channels_of(self.me.device(), self.today());
        channels.contains(&Channel::District)
    }

    /// Records about children out of sight do not stay.
    fn leave_unseen(&mut self, m: &mut Moment) -> Stored<()> {
        let mut children: BTreeSet<ChildId> =
            self.changed.iter().filter_map(|r| self.opened.get(r)?.meta.child).collect();
        for file in &self.filed {
            children.extend(files::manifest(&self.tx, *file)?.map(|known| known.child));
        }
        for child in children {
            if !self.may_hold(child) && roster::hidden(&self.tx, child)? != Some(Hidden::Leaving) {
                self.leave(m, child)?;
            }
        }
        Ok(())
    }

    /// Every child whose history was on its way is here whole.
    pub(crate) fn reveal_coming(&mut self) -> Stored<()> {
        for (child, why) in roster::all_hidden(&self.tx)? {
            if matches!(why, Hidden::Coming(_)) {
                self.reveal(child)?;
            }
        }
        Ok(())
    }

    /// Saves everything and commits; on return it is on the disk.
    pub(crate) fn finish(self, m: &mut Moment) -> Stored<Vec<Tag>> {
        self.finish_download(m, false, false)
    }

    /// Like [`Work::finish`], for rows that came. `first`: rows of the first download; `over`: it
    /// is complete with them.
    pub(crate) fn finish_download(mut self, m: &mut Moment, first: bool, over: bool) -> Stored<Vec<Tag>> {
        if self.refold || (!self.rows.is_empty() && roster::any_unplaced(&self.tx)?) {
            *self.roster = roster::fold(&self.tx, self.me.server)?;
        }
        if self.refold || !self.rows.is_empty() {
            let tags = project::roster(&self.tx, self.roster, &self.rows)?;
            self.touched.extend(tags);
            self.touched.insert(Tag::Roster);
        }
        self.settle_scope(m, first)?;
        for record in self.changed.clone() {
            self.admit_waiting(record)?;
            if let Some(opened) = self.opened.get_mut(&record) {
                records::save(&self.tx, opened)?;
            }
            self.project(record)?;
        }
        for file in self.filed.clone() {
            self.project_file(file)?;
        }
        // In a first download the row that entrusts a child may come after the child's own rows.
        if !first {
            self.leave_unseen(m)?;
        }
        for child in std::mem::take(&mut self.whole) {
            if matches!(roster::hidden(&self.tx, child)?, Some(Hidden::Coming(_))) {
                self.reveal(child)?;
            }
        }
        if over {
            self.reveal_coming()?;
        }
        self.standing.save(&self.tx)?;
        self.tx.commit()?;
        *self.sound = true;
        if self.purged {
            // What was purged must not stay readable in the write-ahead log.
            // A reader in the way only puts it off to the next purge or the next opening.
            self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap_or(());
        }
        Ok(self.touched.into_iter().collect())
    }

    /// A child is purged: its records are not written back.
    pub(crate) fn close_child(&mut self, child: ChildId) {
        self.purged = true;
        self.opened.retain(|_, opened| opened.meta.child != Some(child));
    }
}
