//! Children that went elsewhere: hidden at once, purged once nothing of them is unsent, confirmed.
//! It must not decide who may see whom.

use std::collections::{BTreeMap, BTreeSet};

use domain::area::{Area, Width};
use domain::day::Day;
use domain::fault::Code;
use domain::form::Merge;
use domain::id::{ChildId, RecordId, RowId};
use domain::moment::Moment;
use domain::rights::{Verb, role_may};
use domain::roster::Row;
use domain::unfinished::{self, Unfinished};
use domain::value::{Key, Value};
use domain::visit::of_child;
use dossier::Edit;
use rusqlite::params;

use crate::calls::create::AREA_KEY;
use crate::calls::draft::words_key;
use crate::calls::note::remark_values;
use crate::draft::{self, Draft, REGISTRATION};
use crate::project;
use crate::store::records::{self, RecordMeta};
use crate::store::roster::{self, Hidden};
use crate::store::{Stored, claims, envelopes, files, items, signed};
use crate::tag::Tag;
use crate::work::Work;
use crate::write::{AuditRow, PURGED};

impl Work<'_> {
    /// A child went out of sight.
    pub(crate) fn leave(&mut self, m: &mut Moment, child: ChildId) -> Stored<()> {
        self.hand_in_drafts(m, child)?;
        let tags = project::forget_child(&self.tx, child)?;
        tags.into_iter().for_each(|tag| self.touch(tag));
        self.touch(Tag::Children);
        self.touch(Tag::Child(child));
        roster::hide(&self.tx, child, Hidden::Leaving)?;
        roster::miss_no_more(&self.tx, child)?;
        self.purge_if_sent(m, child)
    }

    /// What was begun about the child and not finished goes to the district as it stands, as 没写完的记录:
    /// what was saved is not lost, the gate keeps it aside and the station hears of it. A draft about others
    /// too goes on without the child; one about it alone is dropped with its rows.
    fn hand_in_drafts(&mut self, m: &mut Moment, child: ChildId) -> Stored<()> {
        let erased = self.roster.children.get(&child).is_some_and(|seat| seat.erased);
        for mut draft in draft::about(&self.tx, child)? {
            let whole = draft.clone();
            draft.leave_out(child);
            let alone = draft.children.is_empty();
            match (erased, alone) {
                (true, _) => {}
                (false, true) => self.hand_in(m, &whole)?,
                (false, false) => self.hand_in_part(m, &whole, child)?,
            }
            if !alone {
                files::leave_draft_of(&self.tx, draft.id, child)?;
                draft::save(&self.tx, &draft)?;
            }
        }
        Ok(())
    }

    /// For one child of several: a record of its own with photographs of its own, the draft keeps both.
    fn hand_in_part(&mut self, m: &mut Moment, draft: &Draft, child: ChildId) -> Stored<()> {
        let record = RecordId::new(m.uuid());
        self.standing.batch += 1;
        self.copy_files(m, draft.id, (record, child))?;
        self.hand_in_for(draft, record, child)
    }

    /// This device was stopped: nobody may read on it any more, so what was begun on it goes to the
    /// district too. Whether there was any.
    pub(crate) fn hand_in_all(&mut self, m: &mut Moment) -> Stored<bool> {
        let drafts = draft::all(&self.tx)?;
        let mut any = false;
        for draft in &drafts {
            if draft.form != REGISTRATION {
                self.hand_in(m, draft)?;
            } else if !self.hand_in_registration(m, draft)? {
                continue;
            }
            draft::remove(&self.tx, draft.id)?;
            self.touch(Tag::Drafts);
            any = true;
        }
        Ok(any)
    }

    fn hand_in(&mut self, m: &mut Moment, draft: &Draft) -> Stored<()> {
        let erased = |child: &ChildId| self.roster.children.get(child).is_some_and(|seat| seat.erased);
        let children: Vec<ChildId> = draft.children.iter().copied().filter(|child| !erased(child)).collect();
        // Handed in before, and saved again by a page that was still open: another record.
        let again = records::meta(&self.tx, draft.id)?.is_some();
        let notes: Vec<(RecordId, ChildId)> = match children[..] {
            [child] if !again => vec![(draft.id, child)],
            _ => children.into_iter().map(|child| (RecordId::new(m.uuid()), child)).collect(),
        };
        self.standing.batch += 1;
        self.finish_files(m, draft.id, &notes)?;
        for (record, child) in notes {
            self.hand_in_for(draft, record, child)?;
        }
        Ok(())
    }

    fn hand_in_for(&mut self, draft: &Draft, record: RecordId, child: ChildId) -> Stored<()> {
        let own = match draft.form.as_str() {
            "visit" => of_child(&draft.values, &draft.children, child),
            _ => remark_values(&draft.values, draft.about),
        };
        // As of when she last wrote in it, not of now when it is taken from her.
        let now = std::mem::replace(&mut self.now, draft.saved);
        let handed_in = match draft.form.as_str() {
            REGISTRATION => self.begin_file(record, child, own),
            _ => self.write_unfinished(draft, own, record, child),
        };
        self.now = now;
        handed_in
    }

    fn write_unfinished(
        &mut self,
        draft: &Draft,
        own: BTreeMap<Key, Value>,
        record: RecordId,
        child: ChildId,
    ) -> Stored<()> {
        let meta = RecordMeta { record, form: unfinished::FORM.to_owned(), child: Some(child) };
        let proposed = self.left_as_proposed(draft, &own, child)?;
        let whole = Unfinished { of: draft.becomes().to_owned(), values: own, proposed };
        self.edit(&meta, &set_all(whole.record()), None).map(drop)
    }

    /// The file of a child nobody knew: half of one is a file all the same, and to be gone on with.
    fn begin_file(&mut self, record: RecordId, child: ChildId, own: BTreeMap<Key, Value>) -> Stored<()> {
        let meta = RecordMeta { record, form: REGISTRATION.to_owned(), child: Some(child) };
        if self.edit(&meta, &set_all(own.clone()), None).is_err() {
            // A draft may hold what no form takes; then it goes as the text it is kept as.
            let text = serde_json::to_string(&own).map_err(|_| Code::Bug)?;
            let key = words_key(REGISTRATION).to_owned();
            let together =
                meta.form().and_then(|form| form.field(&key)).is_some_and(|field| field.merge == Merge::Text);
            let words = if together { Edit::Write(key, text) } else { Edit::Set(key, Value::text(text)) };
            self.edit(&meta, &[words], None)?;
        }
        Ok(())
    }

    /// Of what the program put into a new note, what nobody changed.
    fn left_as_proposed(&self, draft: &Draft, own: &BTreeMap<Key, Value>, child: ChildId) -> Stored<BTreeSet<Key>> {
        if draft.form != "visit" {
            return Ok(BTreeSet::new());
        }
        let begun = Day::of(draft.begun);
        let mut proposals = draft::proposals(draft.begun);
        if let Some((post, _)) = self.roster.posts_on(self.me.device(), begun).next() {
            proposals.insert(format!("visitors/{post}"), Value::Yes(true));
        }
        if let Some(day) = project::due_after(&self.tx, child, &project::frequency(self.roster), begun)? {
            proposals.insert("next_visit".to_owned(), Value::text(day.to_string()));
        }
        let left = proposals.into_iter().filter(|(key, value)| own.get(key) == Some(value));
        Ok(left.map(|(key, _)| key).collect())
    }

    /// A registration begun on a computer that was stopped: the child is registered where it was to be, by a
    /// post of its finder's, so that the station sees what was written of it as it sees other held work. Whether
    /// there was such a place; a draft without one stays where it is.
    fn hand_in_registration(&mut self, m: &mut Moment, draft: &Draft) -> Stored<bool> {
        let wanted = draft.values.get(AREA_KEY).and_then(Value::as_text).and_then(|area| area.parse::<Area>().ok());
        let person = self.roster.devices.get(&self.me.device()).map(|device| device.person);
        let posts = person.into_iter().flat_map(|person| self.roster.posts_of(person));
        let mut places =
            posts.filter(|(_, post)| role_may(post.role, Verb::Create, "register")).filter_map(|(id, post)| {
                let own = self.roster.area_of(post)?;
                let communities = self.roster.units.values().map(|unit| unit.area);
                let all = wanted.into_iter().chain([own]).chain(communities);
                let mut here = all.filter(|area| area.width() == Width::Community && own.contains(*area));
                here.next().map(|area| (id, area))
            });
        let Some((post, area)) = places.next() else { return Ok(false) };
        drop(places);
        let child = ChildId::new(m.uuid());
        self.standing.batch += 1;
        self.make_row(m, Row::Register { child, area, post })?;
        let mut of = Draft { children: vec![child], ..draft.clone() };
        of.values.remove(AREA_KEY);
        let row = RowId::new(m.uuid()).to_string();
        of.values =
            of.values.into_iter().map(|(key, value)| (key.replace("/+1/", &format!("/{row}/")), value)).collect();
        self.hand_in_for(&of, draft.id, child)?;
        Ok(true)
    }

    /// Children whose posts ended with the day, not with a row.
    pub(crate) fn leave_out_of_sight(&mut self, m: &mut Moment) -> Stored<()> {
        for child in roster::children_kept(&self.tx)? {
            if !self.may_hold(child) && roster::hidden(&self.tx, child)? != Some(Hidden::Leaving) {
                self.leave(m, child)?;
            }
        }
        Ok(())
    }

    /// Purges the children that were only waiting for their unsent work.
    pub(crate) fn purge_leaving(&mut self, m: &mut Moment) -> Stored<()> {
        for (child, why) in roster::all_hidden(&self.tx)? {
            match why {
                // Another post began meanwhile, by date: what was hidden comes anew.
                Hidden::Leaving if self.may_hold(child) => roster::hide(&self.tx, child, Hidden::Coming(0))?,
                Hidden::Leaving => self.purge_if_sent(m, child)?,
                Hidden::Coming(_) => {}
            }
        }
        Ok(())
    }

    fn purge_if_sent(&mut self, m: &mut Moment, child: ChildId) -> Stored<()> {
        let erased = self.roster.children.get(&child).is_some_and(|seat| seat.erased);
        // What was written about an erased child nobody may take any more.
        if !erased && (items::unsent(&self.tx, child)? || files::unsent(&self.tx, child)?) {
            return Ok(());
        }
        if erased {
            envelopes::erase_child(&self.tx, child)?;
        } else {
            self.seal_unbacked(m, child)?;
        }
        self.close_child(child);
        claims::forget_child(&self.tx, child, erased)?;
        project::forget_child(&self.tx, child)?;
        let id = child.as_bytes();
        let gone = self.tx.execute("DELETE FROM item WHERE child = ?1 AND kind <> 2", params![id])?;
        self.tx
            .execute("DELETE FROM aside WHERE record IN (SELECT record FROM record WHERE child = ?1)", params![id])?;
        self.tx.execute("DELETE FROM record WHERE child = ?1", params![id])?;
        roster::unhide(&self.tx, child)?;
        // Its own commit says that the child went; what is kept until that is backed up.
        let commit = (gone > 0 && !erased).then_some(self.standing.batch + 1);
        if erased {
            files::erase_child(&self.tx, child)?;
        } else {
            files::forget_child(&self.tx, child, commit)?;
        }
        if gone > 0 {
            let row = AuditRow { at: self.now, what: PURGED.into(), child: Some(child), about: gone.to_string() };
            self.standing.batch += 1;
            self.audit(m, &row)?;
        }
        Ok(())
    }

    /// Own envelopes that no compared backup holds stay, whole, for the district's eyes only.
    fn seal_unbacked(&mut self, m: &mut Moment, child: ChildId) -> Stored<()> {
        let open: Vec<i64> = {
            let mut query = self.tx.prepare_cached(
                "SELECT DISTINCT envelope.no FROM envelope JOIN item ON item.envelope = envelope.no
                 WHERE own = 1 AND item.child = ?1 AND item.kind <> 2 AND sealed IS NULL
                 AND (inbox IS NULL OR inbox > ?2)",
            )?;
            let rows = query.query_map(params![child.as_bytes(), signed(self.standing.backed_up)], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for no in open {
            let Some(envelope) = envelopes::assemble(&self.tx, no)? else { continue };
            let sealed = sync::seal::seal_to(&self.me.inbox, m, &envelope.encode());
            self.tx.execute("UPDATE envelope SET sealed = ?2 WHERE no = ?1", params![no, sealed])?;
        }
        Ok(())
    }

    /// Sealed copies are dropped once a compared backup holds the envelope.
    pub(crate) fn drop_sealed(&self) -> Stored<()> {
        self.tx
            .prepare_cached("UPDATE envelope SET sealed = NULL WHERE sealed IS NOT NULL AND inbox <= ?1")?
            .execute(params![signed(self.standing.backed_up)])?;
        files::drop_backed_up(&self.tx, self.standing.backed_up)
    }
}

fn set_all(values: BTreeMap<Key, Value>) -> Vec<Edit> {
    values.into_iter().map(|(key, value)| Edit::Set(key, value)).collect()
}
