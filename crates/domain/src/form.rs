//! Forms as data: what a record may hold, how it is checked, merged, found, masked and imported.
//!
//! One JSON file per form under `crates/domain/forms/` (JSON Schema 2020-12 plus `x-` keywords,
//! DESIGN §3). This file reads them; it must not know any particular field.

use crate::post::Role;

/// How widely a form's records may be seen (`x-class`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// 普通
    Ordinary,
    /// 敏感
    Sensitive,
    /// 密封: never an Automerge record.
    Sealed,
}

/// What happens when two people write differently (`x-merge`, handbook §12).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Merge {
    /// All concurrent values are kept; a person picks.
    Register,
    /// Two people may write in it together, character by character.
    Text,
    /// Union; each member is a key `field/<code>`.
    Set,
    /// Repeating rows with stable ids; keys `field/<row>/<column>`.
    Rows,
    /// The higher value stands until a later one replaces all (risk).
    Higher,
    /// Only the named posts may write.
    Authority,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// One line of text.
    Text,
    /// Long text.
    LongText,
    /// ISO day, or `YYYY`, `YYYY-MM` where only that is known.
    Day,
    /// ISO month.
    Month,
    /// RFC 3339 time with zone.
    Time,
    /// Whole number.
    Int,
    /// Money in fen.
    Money,
    /// Decimal written out.
    Decimal,
    /// Yes or no.
    Yes,
    /// One code of a table.
    Code,
    /// Several codes of a table (merge is `Set`).
    Codes,
    /// An identity document's number.
    IdNo,
    /// Telephone numbers, separated by `、`.
    Tel,
    /// 12-digit area code.
    Area,
    /// A reference: the id of a child, a post or a record.
    Ref,
    /// Repeating rows (merge is `Rows`).
    Rows,
    /// Files (reserved: ids of file manifests).
    Files,
}

/// When a field must be filled before 完成.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Need {
    /// M
    Must,
    /// C: a rule of the form says when.
    When,
    /// O
    May,
}

/// How a value is shown until asked for (`x-mask`, handbook §7.4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mask {
    /// `9901**********0018`
    IdNo,
    /// `138****1234`
    Tel,
    /// last 4
    Bank,
}

/// One field of a form, or one column of repeating rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Key in the record.
    pub key: String,
    /// Chinese label.
    pub title: String,
    /// English label.
    pub en: String,
    /// Help text in Chinese.
    pub help: String,
    /// Section, e.g. `A`.
    pub group: String,
    /// What it holds.
    pub kind: Kind,
    /// What happens when two differ.
    pub merge: Merge,
    /// When it must be filled.
    pub need: Need,
    /// Whether "unknown / not collected" is an answer.
    pub unknown: bool,
    /// Code table id.
    pub code: Option<String>,
    /// Most characters.
    pub max: usize,
    /// Heading synonyms for import; the title is always one.
    pub excel: Vec<String>,
    /// Found by pinyin.
    pub pinyin: bool,
    /// Masked until asked for.
    pub mask: Option<Mask>,
    /// Who may write it (only with [`Merge::Authority`]).
    pub authority: Vec<Role>,
    /// Columns of repeating rows.
    pub columns: Vec<Field>,
    /// Computed, never written.
    pub computed: bool,
}

/// One form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// Its id, e.g. `child`.
    pub id: String,
    /// Version; stands in the record under [`VERSION_KEY`].
    pub version: u32,
    /// Chinese title.
    pub title: String,
    /// English title.
    pub en: String,
    /// How widely it may be seen.
    pub class: Class,
    /// An event: one author, one change at 完成, never changed.
    pub event: bool,
    /// The fields in the order of the page.
    pub fields: Vec<Field>,
}

/// Key of the form version inside a record.
pub const VERSION_KEY: &str = "form_ver";

impl Form {
    /// The field (or column) that a record key belongs to: `name`, `family/<row>/name`,
    /// `categories/B1`. `None` for keys of newer versions.
    pub fn field(&self, key: &str) -> Option<&Field> {
        let mut parts = key.split('/');
        let head = parts.next()?;
        let field = self.fields.iter().find(|f| f.key == head)?;
        match (field.merge, parts.next(), parts.next(), parts.next()) {
            (Merge::Rows, Some(_), Some(column), None) => field.columns.iter().find(|c| c.key == column),
            (Merge::Set, Some(_), None, None) => Some(field),
            (Merge::Rows | Merge::Set, _, _, _) => None,
            (_, None, None, None) => Some(field),
            (_, _, _, _) => None,
        }
    }
}
