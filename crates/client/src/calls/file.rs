//! Photographs and scans: put beside a draft, a note or a child's file, listed, looked at, and
//! taken out of a draft again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::fault::{Code, Fault};
use domain::id::{ChildId, DeviceId, RecordId};
use domain::moment::{Moment, Timestamp};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use sync::envelope::Envelope;
use sync::file::{Cut, FIELD_BYTES_MAX, Label, Manifest, NAME_BYTES_MAX, cut};

use super::me::Nothing;
use super::words::{self, Who};
use super::{Acted, in_sight, record_id, rows, seen};
use crate::desk::Desk;
use crate::file::{OF_A_VISIT_MAX, numbers};
use crate::store::files::{self, Known, OfDraft};
use crate::tag::Tag;
use crate::write::Act;
use crate::{draft, picture};

/// What pictures are kept as.
const MEDIA: &str = "image/jpeg";

/// A picture to put somewhere: into a draft, or beside a record of a child.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename = "AddFile"))]
pub(crate) struct Add {
    /// Whose, with `about`; with `draft`, of which child of several alone.
    child: Option<ChildId>,
    /// The draft it belongs to; in place of `about`.
    draft: Option<RecordId>,
    /// The record it belongs to: a finished note, or a child's file.
    about: Option<RecordId>,
    /// The field it stands under, e.g. `attach`, `photo`.
    field: String,
    /// What its maker called it.
    name: String,
    /// The picture as it is, base64; at most 15 MB before that.
    data: String,
}

/// One photograph or scan.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FileLine {
    file: RecordId,
    about: RecordId,
    /// Whose; of a draft: of which child of several alone, `None` for all of them.
    child: Option<ChildId>,
    field: String,
    name: String,
    media: String,
    /// Bytes.
    size: u32,
    at: Timestamp,
    who: Option<Who>,
    /// Whether it can be shown whole without a connection.
    here: bool,
    /// Whether the district has all of it.
    sent: bool,
    /// Whether it belongs to a draft, and can be taken out.
    draft: bool,
}

/// Does `file.add`.
pub(crate) fn add(desk: &mut Desk, m: &mut Moment, add: Add) -> Acted<FileLine> {
    match (add.draft, add.about, add.child) {
        (Some(draft), None, _) => add_to_draft(desk, m, draft, &add),
        (None, Some(about), Some(child)) => add_to_record(desk, m, (about, child), &add),
        _ => Err(Code::BadCall.into()),
    }
}

fn add_to_draft(desk: &mut Desk, m: &mut Moment, draft: RecordId, add: &Add) -> Acted<FileLine> {
    let known = draft::load(&desk.db, draft)?.ok_or(Code::NotFound)?;
    if add.child.is_some_and(|child| !known.children.contains(&child)) {
        return Err(Code::BadCall.into());
    }
    let there = files::of_draft(&desk.db, draft)?;
    let of_each = |child: &ChildId| there.iter().filter(|of| of.is_of(*child)).count();
    let whose = add.child.map_or(known.children, |child| vec![child]);
    room_for_one(whose.iter().map(of_each).max().unwrap_or(0))?;
    let Cut { manifest, pieces } = cut_picture(m, draft, add)?;
    let of = OfDraft { file: RecordId::new(m.uuid()), draft, at: desk.now(m), manifest, child: add.child };
    let mut work = desk.work(m)?;
    files::keep(&work.tx, of.file, None, &pieces)?;
    files::put_in_draft(&work.tx, &of)?;
    work.touch(Tag::Files);
    work.touch(Tag::Record(draft));
    let touched = work.finish(m)?;
    Ok((line_of_draft(of), touched))
}

fn add_to_record(desk: &mut Desk, m: &mut Moment, (about, child): (RecordId, ChildId), add: &Add) -> Acted<FileLine> {
    seen(desk, m, child)?;
    let record = desk.record(about)?.filter(|opened| opened.meta.child == Some(child)).ok_or(Code::NotFound)?;
    if record.meta.form == "visit" {
        room_for_one(ids(desk, "about", *about.as_bytes())?.len())?;
    }
    let file = RecordId::new(m.uuid());
    let cut = cut_picture(m, about, add)?;
    let touched = desk.commit(m, vec![Act::File { file, child, cut }])?;
    let known = files::manifest(&desk.db, file)?.ok_or(Code::Bug)?;
    Ok((line(desk, &known)?, touched))
}

fn room_for_one(there: usize) -> Result<(), Fault> {
    if there < OF_A_VISIT_MAX { Ok(()) } else { Err(Code::ManyPictures.into()) }
}

fn cut_picture(m: &mut Moment, about: RecordId, add: &Add) -> Result<Cut, Fault> {
    if add.field.is_empty() || add.field.len() > FIELD_BYTES_MAX {
        return Err(Code::BadCall.into());
    }
    let raw = STANDARD.decode(&add.data).map_err(|_| Code::BadPicture)?;
    let picture = picture::read(&raw)?;
    let name = jpeg_name(&add.name);
    let label = Label { about, field: &add.field, name: &name, media: MEDIA };
    cut(m, label, &picture.thumb, &picture.whole).map_err(|_| Code::BadPicture.into())
}

/// The name without folders, with the ending of what it became, within the cap.
fn jpeg_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem).trim();
    let stem: String = stem.chars().filter(|c| !c.is_control()).collect();
    let mut end = stem.len().min(NAME_BYTES_MAX - 4);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = if stem.is_empty() { "照片" } else { &stem[..end] };
    format!("{stem}.jpg")
}

/// Answers `file.list`: a child's, the newest first.
pub(crate) fn list(desk: &Desk, m: &Moment, which: super::child::Which) -> Result<Vec<FileLine>, Fault> {
    seen(desk, m, which.child)?;
    lines(desk, m, ids(desk, "child", *which.child.as_bytes())?)
}

/// Which draft or record.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FilesOf"))]
pub(crate) struct Of {
    about: RecordId,
}

/// Answers `file.of`: those of a draft, or of a record in sight.
pub(crate) fn of(desk: &Desk, m: &Moment, of: Of) -> Result<Vec<FileLine>, Fault> {
    let found: Vec<FileLine> = files::of_draft(&desk.db, of.about)?.into_iter().map(line_of_draft).collect();
    if !found.is_empty() || draft::load(&desk.db, of.about)?.is_some() {
        return Ok(found);
    }
    desk.reading(m)?;
    lines(desk, m, ids(desk, "about", *of.about.as_bytes())?)
}

fn ids(desk: &Desk, column: &str, id: [u8; 16]) -> Result<Vec<RecordId>, Fault> {
    let sql = format!("SELECT file FROM file WHERE {column} = ?1 AND child NOT IN (SELECT child FROM hidden)");
    rows(&desk.db, &sql, params![id], |row| record_id(row, 0))
}

fn lines(desk: &Desk, m: &Moment, ids: Vec<RecordId>) -> Result<Vec<FileLine>, Fault> {
    let mut known = Vec::new();
    for id in ids {
        known.extend(files::manifest(&desk.db, id)?);
    }
    let mut lines = Vec::new();
    for known in in_sight(desk, m, known, |known| known.child) {
        lines.push((known.item, line(desk, &known)?));
    }
    // those of one note were signed in one moment: they stand as they were added, the same with every sibling
    lines.sort_by_key(|(item, line)| (std::cmp::Reverse(line.at), *item));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn line_of_draft(of: OfDraft) -> FileLine {
    FileLine {
        file: of.file,
        about: of.draft,
        child: of.child,
        field: of.manifest.field.clone(),
        name: of.manifest.name.clone(),
        media: of.manifest.media.clone(),
        size: of.manifest.size,
        at: of.at,
        who: None,
        here: true,
        sent: false,
        draft: true,
    }
}

fn line(desk: &Desk, known: &Known) -> Result<FileLine, Fault> {
    let Known { file, child, manifest, .. } = known;
    let (at, who, received) = author(desk, known.item)?;
    let held = files::held(&desk.db, *file)?;
    Ok(FileLine {
        file: *file,
        about: manifest.about,
        child: Some(*child),
        field: manifest.field.clone(),
        name: manifest.name.clone(),
        media: manifest.media.clone(),
        size: manifest.size,
        at,
        who,
        here: held.here >= manifest.pieces.len(),
        sent: received && held.unsent == 0,
        draft: false,
    })
}

/// Who made a manifest and when, and whether the district has it.
fn author(desk: &Desk, item: i64) -> Result<(Timestamp, Option<Who>, bool), Fault> {
    let sql = "SELECT i.at, e.head, e.inbox IS NOT NULL OR i.state = 1 FROM item i
        LEFT JOIN envelope e ON e.no = i.envelope WHERE i.no = ?1";
    type Found = (Option<i64>, Option<Vec<u8>>, bool);
    let found =
        rows(&desk.db, sql, [item], |row| -> rusqlite::Result<Found> { Ok((row.get(0)?, row.get(1)?, row.get(2)?)) })?;
    let (at, head, received) = found.into_iter().next().unwrap_or_default();
    let envelope = head.and_then(|head| Envelope::decode(&head).ok());
    let signed = envelope.as_ref().map(|envelope| envelope.at);
    let at = at.map(Timestamp).or(signed).unwrap_or_default();
    let device = envelope.map_or(desk.me.device(), |envelope| envelope.device);
    Ok((at, Some(who(desk, device, at)), received))
}

fn who(desk: &Desk, device: DeviceId, at: Timestamp) -> Who {
    words::who(desk, &dossier::Actor::new(device, [0; 8]), at)
}

/// Which file.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "WhichFile"))]
pub(crate) struct Which {
    file: RecordId,
}

/// A thumbnail.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Thumb {
    /// A JPEG, base64; `None` while it is not here.
    data: Option<String>,
}

/// A file to look at.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct FileOpened {
    media: String,
    name: String,
    /// Base64; `None` while it is not here: it was asked for, and `files` is touched when it came.
    data: Option<String>,
}

/// A file in sight: its manifest, and whose it is unless a draft's.
fn sighted(desk: &Desk, m: &Moment, file: RecordId) -> Result<(Manifest, Option<ChildId>), Fault> {
    if let Some(of) = files::in_draft(&desk.db, file)? {
        return Ok((of.manifest, None));
    }
    desk.reading(m)?;
    let known = files::manifest(&desk.db, file)?.ok_or(Code::NotFound)?;
    seen(desk, m, known.child)?;
    Ok((known.manifest, Some(known.child)))
}

/// Answers `file.thumb`.
pub(crate) fn thumb(desk: &Desk, m: &Moment, which: Which) -> Result<Thumb, Fault> {
    let (manifest, _) = sighted(desk, m, which.file)?;
    Ok(Thumb { data: desk.thumbnail(which.file, &manifest)?.map(|bytes| STANDARD.encode(bytes)) })
}

/// Does `file.open`: asks the district for what is not here.
pub(crate) fn open(desk: &mut Desk, m: &mut Moment, which: Which) -> Acted<FileOpened> {
    let (manifest, child) = sighted(desk, m, which.file)?;
    let whole = desk.whole(which.file, &manifest)?;
    if let Some(child) = child.filter(|_| whole.is_none()) {
        let work = desk.work(m)?;
        for n in numbers(&manifest) {
            files::want(&work.tx, which.file, child, n)?;
        }
        work.finish(m)?;
        desk.courier.ask_now(m.now);
    }
    let data = whole.map(|bytes| STANDARD.encode(bytes));
    Ok((FileOpened { media: manifest.media.clone(), name: manifest.name.clone(), data }, Vec::new()))
}

/// Does `file.drop`: out of a draft. What was finished stays.
pub(crate) fn discard(desk: &mut Desk, m: &mut Moment, which: Which) -> Acted<Nothing> {
    let Some(of) = files::in_draft(&desk.db, which.file)? else {
        let (_, child) = sighted(desk, m, which.file)?;
        return Err(child.map_or(Code::NotFound, |_| Code::Finished).into());
    };
    let mut work = desk.work(m)?;
    files::leave_draft(&work.tx, which.file)?;
    work.touch(Tag::Files);
    work.touch(Tag::Record(of.draft));
    Ok((Nothing {}, work.finish(m)?))
}

#[cfg(test)]
pub(crate) mod tests;
