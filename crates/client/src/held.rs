//! What the gate did not take: the record is made again without it, and later edits of this device
//! are made again behind it. Nothing anybody wrote is dropped; it must not judge.

use domain::id::{ChildId, Digest, RecordId};
use domain::moment::{Moment, Timestamp};
use domain::rights::{self, Verb};
use domain::roster::NOW;
use dossier::{Actor, Edit};
use rusqlite::params;
use sync::item::Kind;

use crate::desk::Desk;
use crate::store::items::{self, Kept, State};
use crate::store::{Stored, records};
use crate::work::Work;
use crate::write::decode_edits;

/// An item of this device that is not in the log and needs somebody's eyes.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct HeldItem {
    /// The record.
    pub(crate) record: RecordId,
    /// Its form.
    pub(crate) form: String,
    /// The child.
    pub(crate) child: Option<ChildId>,
    /// When it was written.
    pub(crate) at: Timestamp,
    /// Wire code of [`sync::wire::Reason`].
    pub(crate) reason: i64,
    /// What was written; nothing for rows.
    pub(crate) edits: Vec<Edit>,
}

/// How far this device's own work has come, in items; items made again count once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Ladder {
    /// 已保存在本机, not yet received. Audit rows go along uncounted: nobody wrote them.
    pub(crate) saved: u64,
    /// 已送达区中心, not yet in a compared backup.
    pub(crate) received: u64,
    /// 已备份.
    pub(crate) backed_up: u64,
    /// Held by the gate.
    pub(crate) held: u64,
    /// Waiting for another item.
    pub(crate) waiting: u64,
}

impl Desk {
    /// Held items, newest first.
    pub(crate) fn held(&self) -> Stored<Vec<HeldItem>> {
        // 3 is not 1: said so that the index of open items, a partial one, is found.
        let mut query = self.db.prepare_cached(
            "SELECT record, form, child, at, reason, edits FROM item
             WHERE state = 3 AND state <> 1 AND batch IS NOT NULL ORDER BY no DESC",
        )?;
        let rows = query.query_map([], |row| {
            let (child, edits): (Option<[u8; 16]>, Option<Vec<u8>>) = (row.get(2)?, row.get(5)?);
            Ok(HeldItem {
                record: RecordId::new(row.get(0)?),
                form: row.get(1)?,
                child: child.map(ChildId::new),
                at: Timestamp(row.get::<_, Option<i64>>(3)?.unwrap_or(0)),
                reason: row.get::<_, Option<i64>>(4)?.unwrap_or(0),
                edits: edits.map(|bytes| decode_edits(&bytes)).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How far own work has come.
    pub(crate) fn ladder(&self) -> Stored<Ladder> {
        let mut query = self.db.prepare_cached(
            "SELECT count(*) FILTER (WHERE inbox IS NULL AND kind <> ?2),
                    count(*) FILTER (WHERE inbox > ?1),
                    count(*) FILTER (WHERE inbox <= ?1),
                    count(*) FILTER (WHERE state = 3),
                    count(*) FILTER (WHERE state = 2)
             FROM item LEFT JOIN envelope ON envelope.no = item.envelope
             WHERE batch IS NOT NULL AND state <> 4",
        )?;
        let count = |row: &rusqlite::Row<'_>, n: usize| row.get::<_, i64>(n).map(crate::store::unsigned);
        Ok(query.query_row(params![crate::store::signed(self.standing.backed_up), Kind::Audit.code()], |row| {
            Ok(Ladder {
                saved: count(row, 0)?,
                received: count(row, 1)?,
                backed_up: count(row, 2)?,
                held: count(row, 3)?,
                waiting: count(row, 4)?,
            })
        })?)
    }
}

impl Work<'_> {
    /// Makes a record again without what is held, and behind it what this device wrote later.
    pub(crate) fn remake(&mut self, m: &mut Moment, record: RecordId) -> Stored<()> {
        let Some(meta) = records::meta(&self.tx, record)? else { return Ok(()) };
        let event = meta.form().is_none_or(|form| form.event);
        if event {
            // The one change of an event stays visible to its author as it is.
            self.rebuild(&meta)?;
            return Ok(());
        }
        // Who may not write there any more would only be held again: it stays as it was written.
        let (me, on) = (self.me.device(), self.today());
        if meta.child.is_some_and(|c| rights::may(self.roster, me, (NOW, on), Verb::Change, &meta.form, c).is_err()) {
            return self.rebuild(&meta);
        }
        let items = items::of_record(&self.tx, record)?;
        let Some(held) = items.iter().find(|i| i.state == State::Held).map(|i| i.no) else { return Ok(()) };
        let stranded = |i: &&Kept| i.no > held && i.edits.is_some() && matches!(i.state, State::Own | State::Waiting);
        let later: Vec<&Kept> = items.iter().filter(stranded).collect();
        for kept in &later {
            items::settle(&self.tx, kept.no, State::Remade, None, None)?;
        }
        self.rebuild(&meta)?;
        // The stranded changes carry this session's numbers: behind them only another actor is new.
        *self.actor = Actor::new(self.me.device(), m.bytes());
        let now = self.now;
        for kept in later {
            let edits = decode_edits(kept.edits.as_deref().unwrap_or_default());
            let digest: Digest = sync::item::digest(&kept.bytes);
            self.standing.batch += 1;
            self.now = kept.at.unwrap_or(now);
            let made = self.edit(&meta, &edits, Some(digest));
            self.now = now;
            made?;
        }
        Ok(())
    }
}
