//! Reads a form from JSON Schema 2020-12 plus `x-` keywords. Trusts nothing it reads.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de::Error as _};

use super::{Class, Field, Form, Kind, Mask, Merge, Need};
use crate::check::day::Near;
use crate::code;
use crate::post::Role;

/// Bytes of JSON a form may have.
const JSON_MAX: usize = 256 * 1024;
/// Fields a form, or columns a row, may have.
const FIELDS_MAX: usize = 300;
/// Characters of a title, a help text or a synonym.
const WORDS_MAX: usize = 500;
/// Heading synonyms or former keys of one field.
const LIST_MAX: usize = 60;
/// Characters any value may be allowed to have.
const VALUE_MAX: usize = 20_000;

/// Why a form was not taken. The text names the key.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadForm {
    /// More bytes, fields, words or synonyms than a form may have.
    #[error("larger than a form may be: {0}")]
    TooLarge(String),
    /// Not JSON, or not the JSON of a form.
    #[error("not a form: {0}")]
    Json(String),
    /// A key that is not lower-case letters, digits and `_`, or stands twice.
    #[error("bad key: {0}")]
    Key(String),
    /// A field whose type, format and keywords do not fit together.
    #[error("type, format and x-merge do not fit: {0}")]
    Kind(String),
    /// A code table nobody knows.
    #[error("unknown code table of {0}")]
    Table(String),
}

pub(super) fn form(json: &str) -> Result<Form, BadForm> {
    if json.len() > JSON_MAX {
        return Err(BadForm::TooLarge("bytes".into()));
    }
    let raw: RawForm = serde_json::from_str(json).map_err(|e| BadForm::Json(e.to_string()))?;
    let form = Form {
        id: key(raw.id)?,
        version: raw.version,
        title: words(raw.title)?,
        en: words(raw.en)?,
        class: raw.class,
        event: raw.event,
        fields: fields(raw.properties, false)?,
    };
    let unique = |name: &str| form.fields.iter().filter(|f| f.key == name || f.was.iter().any(|w| w == name)).count();
    match form.fields.iter().find(|f| unique(&f.key) > 1 || f.key == super::VERSION_KEY) {
        Some(field) => Err(BadForm::Key(field.key.clone())),
        None => Ok(form),
    }
}

fn fields(raw: Ordered, column: bool) -> Result<Vec<Field>, BadForm> {
    if raw.0.is_empty() {
        return Err(BadForm::Json("no properties".into()));
    }
    raw.0.into_iter().map(|(name, raw)| field(name, raw, column)).collect()
}

fn field(name: String, raw: RawField, column: bool) -> Result<Field, BadForm> {
    let key = key(name)?;
    let kind = kind(&raw).ok_or_else(|| BadForm::Kind(key.clone()))?;
    let merge = raw.merge.unwrap_or(Merge::Register);
    let rows = kind == Kind::Rows;
    let text = kind == Kind::LongText || merge != Merge::Text;
    if (rows && column) || !text || (merge == Merge::Authority) == raw.authority.is_empty() {
        return Err(BadForm::Kind(key));
    }
    if raw.code.as_ref().is_some_and(|id| code::table(id).is_none()) {
        return Err(BadForm::Table(key));
    }
    if raw.excel.len() > LIST_MAX || raw.was.len() > LIST_MAX || raw.max.is_some_and(|max| max > VALUE_MAX) {
        return Err(BadForm::TooLarge(key));
    }
    let columns = match raw.items.and_then(|items| items.properties) {
        Some(columns) if rows => fields(columns, true)?,
        Some(_) => return Err(BadForm::Kind(key)),
        None if rows => return Err(BadForm::Kind(key)),
        None => Vec::new(),
    };
    Ok(Field {
        title: words(raw.title)?,
        en: words(raw.en)?,
        help: words(raw.help)?,
        help_en: words(raw.help_en)?,
        group: words(raw.group)?,
        kind,
        merge,
        need: raw.need.into(),
        unknown: raw.unknown,
        code: raw.code,
        max: raw.max.unwrap_or(if kind == Kind::LongText { 2000 } else { 200 }),
        excel: raw.excel.into_iter().map(words).collect::<Result<_, _>>()?,
        pinyin: raw.pinyin,
        mask: raw.mask,
        authority: raw.authority,
        columns,
        computed: raw.computed,
        given: raw.given,
        near: raw.near,
        was: raw.was.into_iter().map(self::key).collect::<Result<_, _>>()?,
        key,
    })
}

/// What a field holds, from the standard keywords.
fn kind(raw: &RawField) -> Option<Kind> {
    let format = raw.format.as_deref();
    if raw.kind == "array" {
        let items = raw.items.as_ref().and_then(|items| items.format.as_deref());
        return match (raw.merge?, items, &raw.code) {
            (Merge::Rows, None, _) => Some(Kind::Rows),
            (Merge::Set, Some("file"), None) => Some(Kind::Files),
            (Merge::Set, Some("ref"), None) => Some(Kind::Ref),
            (Merge::Set, None, Some(_)) => Some(Kind::Codes),
            _ => None,
        };
    }
    if matches!(raw.merge, Some(Merge::Rows | Merge::Set)) || raw.items.is_some() {
        return None;
    }
    match (raw.kind.as_str(), format, raw.code.is_some()) {
        ("boolean", None, false) => Some(Kind::Yes),
        ("integer", None, false) => Some(Kind::Int),
        ("integer", Some("money"), false) => Some(Kind::Money),
        ("string", None, true) => Some(Kind::Code),
        ("string", format, false) => scalar(format),
        _ => None,
    }
}

fn scalar(format: Option<&str>) -> Option<Kind> {
    Some(match format {
        None => Kind::Text,
        Some("name") => Kind::Name,
        Some("long-text") => Kind::LongText,
        Some("date") => Kind::Day,
        Some("month") => Kind::Month,
        Some("date-time") => Kind::Time,
        Some("decimal") => Kind::Decimal,
        Some("id-no") => Kind::IdNo,
        Some("tel") => Kind::Tel,
        Some("area") => Kind::Area,
        Some("ref") => Kind::Ref,
        Some(_) => return None,
    })
}

fn key(name: String) -> Result<String, BadForm> {
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if good { Ok(name) } else { Err(BadForm::Key(name.chars().take(40).collect())) }
}

fn words(text: String) -> Result<String, BadForm> {
    if text.chars().count() <= WORDS_MAX { Ok(text) } else { Err(BadForm::TooLarge(text.chars().take(20).collect())) }
}

#[derive(Deserialize)]
struct RawForm {
    #[serde(rename = "$id")]
    id: String,
    #[serde(rename = "x-version")]
    version: u32,
    title: String,
    #[serde(rename = "x-en")]
    en: String,
    #[serde(rename = "x-class")]
    class: Class,
    #[serde(rename = "x-event", default)]
    event: bool,
    properties: Ordered,
}

#[derive(Deserialize)]
struct RawField {
    #[serde(rename = "type")]
    kind: String,
    format: Option<String>,
    title: String,
    #[serde(rename = "x-en")]
    en: String,
    #[serde(rename = "description", default)]
    help: String,
    #[serde(rename = "x-en-help", default)]
    help_en: String,
    #[serde(rename = "x-group", default)]
    group: String,
    #[serde(rename = "x-code")]
    code: Option<String>,
    #[serde(rename = "x-merge")]
    merge: Option<Merge>,
    #[serde(rename = "x-need", default)]
    need: RawNeed,
    #[serde(rename = "x-unknown", default)]
    unknown: bool,
    #[serde(rename = "maxLength")]
    max: Option<usize>,
    #[serde(rename = "x-excel", default)]
    excel: Vec<String>,
    #[serde(rename = "x-pinyin", default)]
    pinyin: bool,
    #[serde(rename = "x-mask")]
    mask: Option<Mask>,
    #[serde(rename = "x-authority", default)]
    authority: Vec<Role>,
    #[serde(rename = "readOnly", default)]
    computed: bool,
    #[serde(rename = "x-given", default)]
    given: bool,
    #[serde(rename = "x-near")]
    near: Option<Near>,
    #[serde(rename = "x-was", default)]
    was: Vec<String>,
    items: Option<RawItems>,
}

#[derive(Deserialize)]
struct RawItems {
    format: Option<String>,
    properties: Option<Ordered>,
}

#[derive(Deserialize, Default)]
enum RawNeed {
    M,
    C,
    #[default]
    O,
}

impl From<RawNeed> for Need {
    fn from(need: RawNeed) -> Self {
        match need {
            RawNeed::M => Self::Must,
            RawNeed::C => Self::When,
            RawNeed::O => Self::May,
        }
    }
}

/// Properties in the order of the page; a key that stands twice is an error.
struct Ordered(Vec<(String, RawField)>);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(InOrder)
    }
}

struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Ordered;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
        let mut fields: Vec<(String, RawField)> = Vec::new();
        while let Some((key, field)) = map.next_entry::<String, RawField>()? {
            if fields.len() == FIELDS_MAX {
                return Err(A::Error::custom("too many fields"));
            }
            if fields.iter().any(|(k, _)| *k == key) {
                return Err(A::Error::custom("a key stands twice"));
            }
            fields.push((key, field));
        }
        Ok(Ordered(fields))
    }
}
