//! The few steps of XML a workbook needs: elements and attributes by their local name, whatever
//! their prefix; text with its entities resolved. Nothing but the predefined entities is expanded.

use std::borrow::Cow;

use domain::fault::{Code, Fault};
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// One step through a part.
pub(super) enum Step<'x> {
    /// An element begins; one without content ends at the next step.
    Open(BytesStart<'x>),
    /// An element ends.
    Close(BytesEnd<'x>),
    /// Text of the element that is open.
    Text(Cow<'x, str>),
    /// The part is over.
    Over,
}

/// A part being read.
pub(super) struct Xml<'x>(Reader<&'x [u8]>);

/// What cannot be read as XML is no workbook.
pub(super) fn bad<E>(_: E) -> Fault {
    Code::BadWorkbook.into()
}

impl<'x> Xml<'x> {
    pub(super) fn new(text: &'x str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self(reader)
    }

    pub(super) fn step(&mut self) -> Result<Step<'x>, Fault> {
        loop {
            return Ok(match self.0.read_event().map_err(bad)? {
                Event::Start(tag) => Step::Open(tag),
                Event::End(tag) => Step::Close(tag),
                Event::Text(text) => Step::Text(text.xml10_content()),
                Event::CData(text) => Step::Text(text.xml10_content()),
                Event::GeneralRef(entity) => Step::Text(Cow::Owned(resolve(&entity))),
                Event::Eof => Step::Over,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            });
        }
    }

    /// The text of the element just opened, up to where it ends; elements inside are passed over.
    pub(super) fn text(&mut self) -> Result<String, Fault> {
        let (mut text, mut depth) = (String::new(), 0usize);
        loop {
            match self.step()? {
                Step::Text(piece) if depth == 0 => text.push_str(&piece),
                Step::Text(_) => {}
                Step::Open(_) => depth += 1,
                Step::Close(_) if depth == 0 => return Ok(text),
                Step::Close(_) => depth -= 1,
                Step::Over => return Err(Code::BadWorkbook.into()),
            }
        }
    }

    /// Passes over the element just opened.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        self.text().map(|_| ())
    }
}

fn resolve(entity: &BytesRef<'_>) -> String {
    match entity.resolve_char_ref() {
        Ok(Some(c)) => c.to_string(),
        Ok(None) => resolve_xml_entity(entity).unwrap_or_default().to_owned(),
        Err(_) => String::new(),
    }
}

/// The local name of an element that begins.
pub(super) fn name<'t>(tag: &'t BytesStart<'_>) -> &'t str {
    tag.local_name().into_inner()
}

/// The local name of an element that ends.
pub(super) fn end_name<'t>(tag: &'t BytesEnd<'_>) -> &'t str {
    tag.local_name().into_inner()
}

/// An attribute by its local name.
pub(super) fn attribute(tag: &BytesStart<'_>, key: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| a.key.local_name().into_inner() == key)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    Some(value.map_or_else(|_| found.value.clone().into_owned(), Cow::into_owned))
}

/// A number in an attribute.
pub(super) fn number<N: std::str::FromStr>(tag: &BytesStart<'_>, key: &str) -> Option<N> {
    attribute(tag, key)?.trim().parse().ok()
}

/// Whether an attribute says yes.
pub(super) fn yes(tag: &BytesStart<'_>, key: &str) -> bool {
    matches!(attribute(tag, key).as_deref(), Some("1" | "true" | "on"))
}
