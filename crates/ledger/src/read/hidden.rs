//! Finds hidden rows and columns in a sheet's XML; the workbook parser does not tell. It must
//! not read cell contents.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use zip::ZipArchive;

/// Rows and columns that are hidden, from 1.
#[derive(Default)]
pub(super) struct Hidden {
    pub(super) rows: BTreeSet<u32>,
    pub(super) columns: BTreeSet<u32>,
}

/// Hidden rows and columns of the sheet called `name`; nothing if the parts are not where they
/// belong (then the parser refuses the workbook anyway).
pub(super) fn of_sheet(bytes: &[u8], name: &str, widest: u32) -> Hidden {
    sheet_xml(bytes, name).map_or_else(Hidden::default, |xml| scan(&xml, widest))
}

fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, path: &str) -> Option<String> {
    let mut text = Vec::new();
    archive.by_name(path).ok()?.take(super::caps::MAX_UNPACKED).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn sheet_xml(bytes: &[u8], name: &str) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let book = part(&mut archive, "xl/workbook.xml")?;
    let links = part(&mut archive, "xl/_rels/workbook.xml.rels")?;
    let wanted = |tag: &&str| attribute(tag, "name").is_some_and(|n| unescape(n) == name);
    let sheet = tags(&book, "sheet").find(wanted)?;
    let id = attribute(sheet, "r:id")?;
    let link = tags(&links, "Relationship").find(|tag| attribute(tag, "Id") == Some(id))?;
    let target = attribute(link, "Target")?;
    let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    part(&mut archive, &path)
}

fn scan(xml: &str, widest: u32) -> Hidden {
    let mut hidden = Hidden::default();
    let is_hidden = |tag: &&str| matches!(attribute(tag, "hidden"), Some("1" | "true"));
    let number = |tag: &str, key: &str| attribute(tag, key).and_then(|n| n.parse::<u32>().ok());
    for tag in tags(xml, "col").filter(is_hidden) {
        let (first, last) = (number(tag, "min").unwrap_or(1), number(tag, "max").unwrap_or(0));
        hidden.columns.extend(first..=last.min(widest));
    }
    hidden.rows.extend(tags(xml, "row").filter(is_hidden).filter_map(|tag| number(tag, "r")));
    hidden
}

/// The insides of every start tag called `name`.
fn tags<'x>(xml: &'x str, name: &'x str) -> impl Iterator<Item = &'x str> {
    xml.split('<').filter_map(move |piece| {
        let rest = piece.strip_prefix(name)?;
        rest.starts_with(char::is_whitespace).then(|| rest.split('>').next().unwrap_or(rest))
    })
}

fn attribute<'t>(tag: &'t str, key: &str) -> Option<&'t str> {
    tag.match_indices(key).find_map(|(at, _)| {
        let before = tag[..at].chars().next_back()?;
        let rest = tag[at + key.len()..].trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        before.is_whitespace().then(|| rest[1..].split(quote).next())?
    })
}

fn unescape(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
