//! Photographs and scans (附件): a manifest becomes an item like any other, its encrypted pieces
//! are kept beside the log and travel after all text.
//!
//! It must not know pictures, nor talk to anybody.

use domain::fault::Code;
use domain::id::{ChildId, RecordId};
use domain::moment::Moment;
use domain::rights::{self, Verb};
use domain::roster::NOW;
use sync::file::{Cut, FORM, Label, Manifest, cut};
use sync::item::{Item, Kind};
use sync::piece::Place;

use crate::desk::Desk;
use crate::store::Stored;
use crate::store::files::{self, OfDraft};
use crate::store::records::RecordMeta;
use crate::tag::Tag;
use crate::work::Work;

/// Photographs of one visit at most (handbook §3.3).
pub(crate) const OF_A_VISIT_MAX: usize = 5;

impl Desk {
    /// The thumbnail of a file; `None` without one, or while it is not here.
    pub(crate) fn thumbnail(&self, file: RecordId, manifest: &Manifest) -> Stored<Option<Vec<u8>>> {
        let piece = files::bytes(&self.db, Place { file, n: 0 })?.filter(|_| manifest.thumb > 0);
        Ok(piece.and_then(|piece| manifest.thumbnail(&piece).ok()))
    }

    /// A whole file; `None` while a piece of it is not here.
    pub(crate) fn whole(&self, file: RecordId, manifest: &Manifest) -> Stored<Option<Vec<u8>>> {
        let mut pieces = Vec::new();
        for n in numbers(manifest).skip(1) {
            let Some(piece) = files::bytes(&self.db, Place { file, n })? else { return Ok(None) };
            pieces.push(piece);
        }
        Ok(manifest.whole(pieces.iter().map(Vec::as_slice)).ok())
    }
}

/// The numbers of a file's pieces.
pub(crate) fn numbers(manifest: &Manifest) -> impl Iterator<Item = u16> + use<> {
    0..u16::try_from(manifest.pieces.len()).unwrap_or(0)
}

impl Work<'_> {
    /// Writes the manifest of a file just cut and keeps its pieces; the size of the item.
    pub(crate) fn attach(&mut self, file: RecordId, child: ChildId, made: &Cut) -> Stored<usize> {
        self.allow_file(child)?;
        files::keep(&self.tx, file, Some(child), &made.pieces)?;
        self.make_manifest(file, child, &made.manifest)
    }

    fn allow_file(&self, child: ChildId) -> Stored<()> {
        let on = (NOW, self.today());
        rights::may(self.roster, self.me.device(), on, Verb::Create, FORM, child).map_err(|denied| match denied {
            rights::Denied::Child => Code::NotFound,
            rights::Denied::Device => Code::Revoked,
            rights::Denied::Post | rights::Denied::Form => Code::Denied,
        })?;
        Ok(())
    }

    fn make_manifest(&mut self, file: RecordId, child: ChildId, manifest: &Manifest) -> Stored<usize> {
        let (form, body) = (FORM.to_owned(), manifest.encode());
        let size = self.make(&Item { kind: Kind::File, record: file, form, child: Some(child), body }, None, None)?;
        self.filed(file);
        Ok(size)
    }

    /// The photographs of a draft become those of the notes it was finished as: one note takes
    /// them as they lie, of several each gets its own, under its own keys, so that one child's can
    /// be destroyed without the other's. The size of the items.
    pub(crate) fn finish_files(
        &mut self,
        m: &mut Moment,
        draft: RecordId,
        notes: &[(RecordId, ChildId)],
    ) -> Stored<usize> {
        let mut size = 0;
        for of in files::of_draft(&self.tx, draft)? {
            if let [(note, child)] = *notes
                && note == of.manifest.about
                && of.is_of(child)
            {
                files::entrust(&self.tx, of.file, child)?;
                size += self.make_manifest(of.file, child, &of.manifest)?;
            } else {
                size += self.share(m, &of, notes)?;
            }
            files::leave_draft(&self.tx, of.file)?;
        }
        Ok(size)
    }

    /// The photographs of a draft once more for one note; the draft keeps its own.
    pub(crate) fn copy_files(&mut self, m: &mut Moment, draft: RecordId, note: (RecordId, ChildId)) -> Stored<()> {
        let all = files::of_draft(&self.tx, draft)?;
        all.iter().try_for_each(|of| self.share(m, of, &[note]).map(drop))
    }

    /// Encrypts a draft's photograph anew for each of several notes.
    fn share(&mut self, m: &mut Moment, of: &OfDraft, notes: &[(RecordId, ChildId)]) -> Stored<usize> {
        let mut pieces = Vec::new();
        for n in numbers(&of.manifest) {
            pieces.push(files::bytes(&self.tx, Place { file: of.file, n })?.ok_or(Code::Bug)?);
        }
        let (first, rest) = pieces.split_first().ok_or(Code::Bug)?;
        let thumb = of.manifest.thumbnail(first).map_err(|_| Code::Bug)?;
        let whole = of.manifest.whole(rest.iter().map(Vec::as_slice)).map_err(|_| Code::Bug)?;
        let Manifest { field, name, media, .. } = &of.manifest;
        let mut size = 0;
        for (note, child) in notes.iter().filter(|(_, child)| of.is_of(*child)) {
            let made = cut(m, Label { about: *note, field, name, media }, &thumb, &whole).map_err(|_| Code::Bug)?;
            let file = RecordId::new(m.uuid());
            files::keep(&self.tx, file, Some(*child), &made.pieces)?;
            size += self.make_manifest(file, *child, &made.manifest)?;
        }
        Ok(size)
    }

    /// Writes a file's row as its manifest now stands, if a screen may show it.
    pub(crate) fn project_file(&mut self, file: RecordId) -> Stored<()> {
        if let Some((child, about)) = self.write_file_row(file)? {
            self.touch(Tag::Record(about));
            self.touch(Tag::Child(child));
        }
        self.touch(Tag::Files);
        Ok(())
    }

    /// Writes a file's row; whose it is and what about.
    pub(crate) fn write_file_row(&self, file: RecordId) -> Stored<Option<(ChildId, RecordId)>> {
        files::forget_row(&self.tx, file)?;
        let Some(known) = files::manifest(&self.tx, file)? else { return Ok(None) };
        let meta = RecordMeta { record: file, form: FORM.to_owned(), child: Some(known.child) };
        if !self.shown(&meta)? {
            return Ok(None);
        }
        files::write_row(&self.tx, &known)?;
        Ok(Some((known.child, known.manifest.about)))
    }
}
