//! Caches from the log: documents from items, projections from documents. It must not read a cache
//! to rebuild one.

use std::fmt::Write as _;

use domain::fault::Fault;
use domain::moment::Moment;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::desk::Desk;
use crate::project;
use crate::store::{Stored, chains, claims, files, records, roster};
use crate::work::Work;

impl Desk {
    /// Whether documents, projections and roster rebuilt from the items equal those kept.
    /// Nothing is changed.
    pub(crate) fn rebuilt_equals(&mut self, m: &mut Moment) -> Result<bool, Fault> {
        let kept = self.roster.clone();
        let work = self.work(m)?;
        let before = work.caches()?;
        work.rebuild_all()?;
        let after = work.caches()?;
        let folded = roster::fold(&work.tx, work.me.server)?;
        drop(work);
        self.reload()?;
        Ok(before == after && folded == kept)
    }
}

impl Desk {
    /// Makes the caches anew where a migration says (`stale`) that this program keeps others than the one before.
    pub(crate) fn renew_stale(&mut self, m: &mut Moment) -> Stored<()> {
        let stale = self.db.query_row("SELECT EXISTS (SELECT 1 FROM stale)", [], |row| row.get::<_, bool>(0))?;
        if !stale {
            return Ok(());
        }
        let work = self.work(m)?;
        work.rebuild_all()?;
        work.tx.execute("DELETE FROM stale", [])?;
        work.finish(m).map(drop)
    }
}

impl Work<'_> {
    fn rebuild_all(&self) -> Stored<()> {
        project::clear(&self.tx)?;
        for meta in records::all(&self.tx, None)? {
            let doc = records::rebuild(&self.tx, &meta)?;
            let mut opened = records::Opened { meta, doc };
            records::save(&self.tx, &mut opened)?;
            let meta = &opened.meta;
            let shown = self.shown(meta)?;
            if let Some(form) = meta.form().filter(|_| shown) {
                project::record(&self.tx, meta, &opened.doc.view(form), self.roster)?;
            }
        }
        for file in files::all(&self.tx, None)? {
            self.write_file_row(file)?;
        }
        chains::rebuild(&self.tx)?;
        Ok(claims::rebuild(&self.tx)?)
    }

    /// All rows of the caches as text, documents by their heads: saved bytes may differ.
    fn caches(&self) -> Stored<Vec<String>> {
        let mut lines = Vec::new();
        for table in project::TABLES.into_iter().chain(claims::TABLES).chain(chains::TABLES) {
            lines.extend(dump(&self.tx, table)?);
        }
        for meta in records::all(&self.tx, None)? {
            let heads = records::open(&self.tx, meta.record)?.map(|opened| opened.doc.heads());
            lines.push(format!("{} {heads:?}", meta.record));
        }
        Ok(lines)
    }
}

fn dump(db: &Connection, table: &str) -> Stored<Vec<String>> {
    let mut query = db.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = query.column_count();
    let mut rows = query.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let mut line = table.to_owned();
        for column in 0..columns {
            let value = row.get_ref(column)?;
            match value {
                ValueRef::Text(text) => line.push_str(&String::from_utf8_lossy(text)),
                other => write!(line, "{other:?}").unwrap_or(()),
            }
            line.push('\u{1f}');
        }
        lines.push(line);
    }
    lines.sort_unstable();
    Ok(lines)
}
