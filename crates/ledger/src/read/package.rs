//! The parts of a workbook's container and how they refer to each other. It must not know what
//! is in them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use domain::fault::Fault;
use zip::ZipArchive;

use super::caps::MAX_UNPACKED;
use super::xml::{Step, Xml, attribute, bad, name};

/// An opened container.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Where a part is, by its path in small letters: some programs write other capitals than they refer to.
    places: BTreeMap<String, usize>,
}

/// What one part says of another.
pub(super) struct Link {
    pub(super) id: String,
    /// The last word of its kind, e.g. `worksheet`; the rest differs between the strict form and the other.
    pub(super) kind: String,
    /// The whole path of the other part.
    pub(super) path: String,
}

impl<'b> Package<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Fault> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(bad)?;
        let path = |i: usize| Some((plain(&archive.name_for_index(i)?.ok()?), i));
        let places = (0..archive.len()).filter_map(path).collect();
        Ok(Self { archive, places })
    }

    /// The text of a part; `None` if there is no such part.
    pub(super) fn part(&mut self, path: &str) -> Result<Option<String>, Fault> {
        let Some(at) = self.places.get(&plain(path)) else { return Ok(None) };
        let mut bytes = Vec::new();
        self.archive.by_index(*at).map_err(bad)?.take(MAX_UNPACKED).read_to_end(&mut bytes).map_err(bad)?;
        Ok(Some(decode(bytes)))
    }

    /// What a part refers to.
    pub(super) fn links(&mut self, of: &str) -> Result<Vec<Link>, Fault> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let Some(xml) = self.part(&format!("{folder}/_rels/{file}.rels"))? else { return Ok(Vec::new()) };
        let (mut xml, mut links) = (Xml::new(&xml), Vec::new());
        loop {
            match xml.step()? {
                Step::Over => return Ok(links),
                Step::Open(tag) if name(&tag) == "Relationship" => {
                    let said = |key| attribute(&tag, key).unwrap_or_default();
                    let kind = said("Type").rsplit('/').next().unwrap_or_default().to_owned();
                    links.push(Link { id: said("Id"), kind, path: join_path(folder, &said("Target")) });
                }
                Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
            }
        }
    }
}

fn plain(path: &str) -> String {
    path.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// A path as it is written from a folder.
fn join_path(folder: &str, target: &str) -> String {
    let from = if target.starts_with('/') { "" } else { folder };
    let mut whole: Vec<&str> = Vec::new();
    for piece in from.split('/').chain(target.split(['/', '\\'])) {
        match piece {
            "" | "." => {}
            ".." => {
                whole.pop();
            }
            piece => whole.push(piece),
        }
    }
    whole.join("/")
}

/// UTF-8, or UTF-16 where a mark at the beginning says so.
fn decode(bytes: Vec<u8>) -> String {
    let wide = |from: fn([u8; 2]) -> u16| {
        let units = bytes.as_chunks::<2>().0.iter().skip(1).map(|pair| from(*pair));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_from_where_it_is_written() {
        assert_eq!(join_path("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(join_path("xl/worksheets", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(join_path("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(join_path("", "../../xl\\workbook.xml"), "xl/workbook.xml");
    }

    #[test]
    fn wide_characters_are_read() {
        assert_eq!(decode(vec![0xff, 0xfe, 0x2d, 0x4e]), "中");
        assert_eq!(decode("\u{feff}中".into()), "中");
    }
}
