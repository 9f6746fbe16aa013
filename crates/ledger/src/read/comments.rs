//! Comments on cells, the old kind and the one with answers. It must not know what they say.

use std::collections::BTreeMap;

use domain::fault::{Code, Fault};

use super::package::Package;
use super::sheet::place;
use super::strings::{rich, unescape};
use super::xml::{Step, Xml, attribute, end_name, name};

/// Comments by row and column.
pub(super) type Comments = BTreeMap<(u32, u32), String>;

/// The comments of the sheet in a part.
pub(super) fn of_sheet(package: &mut Package<'_>, part: &str) -> Result<Comments, Fault> {
    let (mut plain, mut threads) = (Comments::new(), Comments::new());
    for link in package.links(part)? {
        let (found, element) = match link.kind.as_str() {
            "comments" => (&mut plain, "comment"),
            "threadedComment" => (&mut threads, "threadedComment"),
            _ => continue,
        };
        if let Some(xml) = package.part(&link.path)? {
            read(&xml, element, found)?;
        }
    }
    // Beside a thread stands a plain comment for old programs: the same words after an advertisement.
    plain.extend(threads);
    Ok(plain)
}

fn read(xml: &str, element: &str, found: &mut Comments) -> Result<(), Fault> {
    let mut xml = Xml::new(xml);
    loop {
        match xml.step()? {
            Step::Over => return Ok(()),
            Step::Open(tag) if name(&tag) == element => {
                let at = attribute(&tag, "ref").and_then(|at| place(&at));
                let text = one(&mut xml, element)?;
                if let Some(at) = at.filter(|_| !text.trim().is_empty()) {
                    let said = found.entry(at).or_default();
                    if !said.is_empty() {
                        said.push('\n');
                    }
                    said.push_str(text.trim());
                }
            }
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
        }
    }
}

/// The text of one comment, to its end.
fn one(xml: &mut Xml<'_>, element: &str) -> Result<String, Fault> {
    let mut text = String::new();
    loop {
        match xml.step()? {
            Step::Open(tag) if name(&tag) == "text" && element == "comment" => text.push_str(&rich(xml)?.text),
            Step::Open(tag) if name(&tag) == "text" => text.push_str(&unescape(&xml.text()?)),
            Step::Close(tag) if end_name(&tag) == element => return Ok(text),
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
            Step::Over => return Err(Code::BadWorkbook.into()),
        }
    }
}
