//! What a column of a ledger means, from the words of its heading. It must not look at cells
//! below the heading.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::code;
use domain::form::{self, Field, Form, Kind, Merge};

use crate::words::{squash, squash_bare};

/// Which of a child's two records a field is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Part {
    /// `child`
    Child,
    /// `child_sensitive`
    Sensitive,
}

impl Part {
    /// The form of this part.
    pub fn form(self) -> &'static Form {
        let id = match self {
            Self::Child => "child",
            Self::Sensitive => "child_sensitive",
        };
        form::builtin(id).expect("the program is built with both forms of a child's file")
    }
}

/// Whose a family column is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Who {
    /// One relation of GB/T 4761: `51` father, `52` mother.
    Relation(String),
    /// The guardian; the relation stands in a column of its own.
    Guardian,
    /// A family member whose relation stands in a column of its own.
    Member,
}

/// What a column means.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    /// Running number; says nothing about the child.
    Serial,
    /// The reason column of a returned ledger; ours.
    Reason,
    /// 街道、乡镇
    Street,
    /// 社区、村
    Community,
    /// 儿童主任
    Director,
    /// 名 beside a column 姓: the second part of the child's name.
    Given,
    /// A field of one of the two records.
    Field(Part, String),
    /// A column of a family member.
    Family(Who, String),
    /// A column of the category or aid rows, e.g. `categories`, `from`.
    Row(String, String),
    /// One code as a column of its own, ticked or not, e.g. `aid`, `1`.
    Tick(String, String),
    /// Not known; the cell is kept in the remark.
    Other,
}

impl Target {
    /// What the words of a heading mean, from the widest group down to the column itself.
    pub fn of(levels: &[&str]) -> Self {
        let levels: Vec<&str> = levels.iter().copied().filter(|l| !squash(l).is_empty()).collect();
        let Some(last) = levels.last() else { return Self::Other };
        for group in levels.iter().rev().skip(1) {
            if let Some(target) = whole_person(group).and_then(|who| family(&who, last)) {
                return target;
            }
            if let Some(target) = in_group(group, last) {
                return target;
            }
        }
        let joined = levels.concat();
        let words = [squash(&joined), squash(last), squash_bare(last)];
        words.iter().find_map(|w| by_words(w)).unwrap_or(Self::Other)
    }

    /// The field a cell of this column goes to, if it goes to one.
    pub fn field(&self) -> Option<&'static Field> {
        let child = Part::Child.form();
        match self {
            Self::Field(part, key) => part.form().fields.iter().find(|f| f.key == *key),
            Self::Family(_, column) => {
                child.field(&format!("family/x/{column}")).or_else(|| child.field(&format!("family/x/{column}/x")))
            }
            Self::Row(field, column) => child.field(&format!("{field}/x/{column}")),
            Self::Serial
            | Self::Reason
            | Self::Street
            | Self::Community
            | Self::Director
            | Self::Given
            | Self::Tick(..)
            | Self::Other => None,
        }
    }
}

const SERIAL: [&str; 6] = ["序号", "编号", "NO", "顺序号", "行号", "序"];
const STREET: [&str; 8] = ["街道", "乡镇", "所属街道", "镇街", "街镇", "街道乡镇", "所在街道", "乡镇街道"];
const COMMUNITY: [&str; 14] = [
    "社区",
    "村",
    "村居",
    "社区村",
    "村社区",
    "所属社区",
    "所在社区",
    "社区名称",
    "村居名称",
    "居委会",
    "村委会",
    "所属村居",
    "社区村居",
    "村名",
];
const DIRECTOR: [&str; 7] =
    ["儿童主任", "责任儿童主任", "儿童主任姓名", "包保儿童主任", "责任人", "负责儿童主任", "儿童主任签名"];
/// The heading of the column that says why a row came back.
pub const REASON: &str = "退改原因";

/// Words for people in headings, longest first, with their relation; empty is the guardian.
const PEOPLE: [(&str, &str); 24] = [
    ("实际监护人", ""),
    ("主要监护人", ""),
    ("法定监护人", ""),
    ("现监护人", ""),
    ("监护人", ""),
    ("实际照料人", ""),
    ("照护人", ""),
    ("照料人", ""),
    ("外祖父", "63"),
    ("外祖母", "64"),
    ("祖父", "61"),
    ("祖母", "62"),
    ("外公", "63"),
    ("外婆", "64"),
    ("姥爷", "63"),
    ("姥姥", "64"),
    ("爷爷", "61"),
    ("奶奶", "62"),
    ("父亲", "51"),
    ("母亲", "52"),
    ("爸爸", "51"),
    ("妈妈", "52"),
    ("父", "51"),
    ("母", "52"),
];
/// Words for people that only head a group of columns.
const GROUPS: [&str; 5] = ["家庭成员", "其他家庭成员", "家庭主要成员", "其他成员", "成员"];

/// Words for family columns that the form's own synonyms lack.
const FAMILY_WORDS: [(&str, &str); 12] = [
    ("身份证号", "id_no"),
    ("身份证号码", "id_no"),
    ("公民身份号码", "id_no"),
    ("证件号码", "id_no"),
    ("证件号", "id_no"),
    ("联系电话", "tel"),
    ("联系方式", "tel"),
    ("与儿童关系", "relation"),
    ("与孩子关系", "relation"),
    ("关系", "relation"),
    ("现状", "status"),
    ("情形", "status"),
];

fn relation_or_guardian(code: &str) -> Who {
    if code.is_empty() { Who::Guardian } else { Who::Relation(code.to_owned()) }
}

/// Whether a group heading is about one person, e.g. `父亲情况`.
fn whole_person(group: &str) -> Option<Who> {
    let word = squash_bare(group);
    let word = ["基本情况", "情况", "基本信息", "信息"].iter().find_map(|t| word.strip_suffix(t)).unwrap_or(&word);
    if GROUPS.contains(&word) {
        return Some(Who::Member);
    }
    PEOPLE.iter().find(|(name, _)| *name == word).map(|(_, code)| relation_or_guardian(code))
}

fn family(who: &Who, column: &str) -> Option<Target> {
    family_column(&squash(column))
        .or_else(|| family_column(&squash_bare(column)))
        .map(|key| Target::Family(who.clone(), key))
}

fn family_column(word: &str) -> Option<String> {
    Vocabulary::get().family.get(word).cloned()
}

/// Columns below a group that names a repeating field, e.g. `享受救助` over `低保 | 特困`.
fn in_group(group: &str, last: &str) -> Option<Target> {
    let groups = &Vocabulary::get().groups;
    let field = groups.get(&squash(group)).or_else(|| groups.get(&squash_bare(group)))?;
    let word = squash_bare(last);
    if let Some(column) = field.columns.iter().find(|c| says(c, &word)) {
        return Some(Target::Row(field.key.clone(), column.key.clone()));
    }
    matches!(field.kind, Kind::Rows | Kind::Codes).then_some(())?;
    let code = code::table(field.code.as_deref()?)?.code_of(last)?;
    Some(Target::Tick(field.key.clone(), code.to_owned()))
}

fn says(field: &Field, word: &str) -> bool {
    squash(&field.title) == word || field.excel.iter().any(|w| squash(w) == word)
}

/// Fields no ledger may write: made by the system, by a post, or by an assessment.
fn writable(field: &Field) -> bool {
    const NOT: [&str; 8] =
        ["child_no", "risk_level", "risk_at", "source", "id_suspect", "photo", "hukou_area", "next_visit_due"];
    !field.computed
        && field.merge != Merge::Authority
        && !matches!(field.kind, Kind::Ref | Kind::Files)
        && field.key != "family"
        && !NOT.contains(&field.key.as_str())
}

fn by_words(word: &str) -> Option<Target> {
    let lists: [(&[&str], Target); 4] = [
        (&SERIAL, Target::Serial),
        (&STREET, Target::Street),
        (&COMMUNITY, Target::Community),
        (&DIRECTOR, Target::Director),
    ];
    if word == REASON {
        return Some(Target::Reason);
    }
    if let Some((_, target)) = lists.into_iter().find(|(words, _)| words.contains(&word)) {
        return Some(target);
    }
    field(word).or_else(|| person(word)).or_else(|| loose(word))
}

fn field(word: &str) -> Option<Target> {
    Vocabulary::get().fields.get(word).cloned()
}

/// `父亲身份证号`, `监护人电话`, `母亲`.
fn person(word: &str) -> Option<Target> {
    PEOPLE.iter().find_map(|(name, code)| {
        let rest = word.strip_prefix(name)?;
        let who = relation_or_guardian(code);
        match rest {
            "" => Some(Target::Family(who, "name".to_owned())),
            rest => family_column(rest).map(|key| Target::Family(who, key)),
        }
    })
}

/// Columns without a group that still have only one meaning.
fn loose(word: &str) -> Option<Target> {
    const GUARDIAN: [&str; 10] = [
        "与儿童关系",
        "与本人关系",
        "与孩子关系",
        "关系",
        "联系电话",
        "联系方式",
        "电话",
        "手机",
        "手机号",
        "电话号码",
    ];
    let words = Vocabulary::get();
    let guardian = || GUARDIAN.contains(&word).then(|| family_column(word)).flatten();
    let row = words.rows.get(word).cloned();
    row.or_else(|| guardian().map(|key| Target::Family(Who::Guardian, key))).or_else(|| words.ticks.get(word).cloned())
}

/// Every word of the forms that a heading may be, squashed once.
#[derive(Default)]
struct Vocabulary {
    fields: BTreeMap<String, Target>,
    family: BTreeMap<String, String>,
    groups: BTreeMap<String, &'static Field>,
    rows: BTreeMap<String, Target>,
    ticks: BTreeMap<String, Target>,
}

impl Vocabulary {
    fn get() -> &'static Self {
        static WORDS: OnceLock<Vocabulary> = OnceLock::new();
        WORDS.get_or_init(Self::build)
    }

    fn build() -> Self {
        let mut words = Self::default();
        for part in [Part::Child, Part::Sensitive] {
            for field in part.form().fields.iter().filter(|f| writable(f)) {
                for word in names(field) {
                    words.fields.entry(word).or_insert_with(|| Target::Field(part, field.key.clone()));
                }
            }
        }
        for field in &Part::Child.form().fields {
            match (field.key.as_str(), &field.code) {
                ("family", _) => words.family(field),
                (_, Some(table)) => words.coded(field, table),
                (_, None) => {}
            }
        }
        words
    }

    fn family(&mut self, field: &'static Field) {
        for column in &field.columns {
            for word in names(column) {
                self.family.entry(word).or_insert_with(|| column.key.clone());
            }
        }
        for (word, key) in FAMILY_WORDS {
            self.family.entry(word.to_owned()).or_insert_with(|| key.to_owned());
        }
    }

    fn coded(&mut self, field: &'static Field, table: &str) {
        for word in names(field) {
            self.groups.entry(word).or_insert(field);
        }
        if field.kind != Kind::Rows {
            return;
        }
        for column in &field.columns {
            for word in column.excel.iter().map(|w| squash(w)) {
                let target = || Target::Row(field.key.clone(), column.key.clone());
                self.rows.entry(word).or_insert_with(target);
            }
        }
        for entry in code::table(table).into_iter().flat_map(|t| &t.entries) {
            let labels = std::iter::once(&entry.name).chain(&entry.also).map(|w| squash(w));
            for word in labels.filter(|w| w.chars().count() > 1 && w != "其他" && w != "没有") {
                self.ticks.entry(word).or_insert_with(|| Target::Tick(field.key.clone(), entry.code.clone()));
            }
        }
    }
}

fn names(field: &Field) -> impl Iterator<Item = String> {
    std::iter::once(&field.title).chain(&field.excel).map(|word| squash(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn child(key: &str) -> Target {
        Target::Field(Part::Child, key.into())
    }
    fn relative(code: &str, key: &str) -> Target {
        Target::Family(relation_or_guardian(code), key.into())
    }

    #[test]
    fn headings_people_really_write_are_understood() {
        let row = |field: &str, column: &str| Target::Row(field.into(), column.into());
        let cases: [(&[&str], Target); 26] = [
            (&["序号"], Target::Serial),
            (&["儿童姓名"], child("name")),
            (&["姓　名"], child("name")),
            (&["公民身份\n号码"], child("id_no")),
            (&["证件号码"], child("id_no")),
            (&["出生年月（年/月/日）"], child("birth")),
            (&["基本信息", "性别"], child("sex")),
            (&["父亲", "姓名"], relative("51", "name")),
            (&["父亲", "身份证号"], relative("51", "id_no")),
            (&["母亲情况", "联系电话"], relative("52", "tel")),
            (&["母亲", "状况"], relative("52", "status")),
            (&["父亲姓名"], relative("51", "name")),
            (&["父亲身份证号码"], relative("51", "id_no")),
            (&["监护人姓名"], relative("", "name")),
            (&["监护人", "与儿童关系"], relative("", "relation")),
            (&["监护人电话"], relative("", "tel")),
            (&["与儿童关系"], relative("", "relation")),
            (&["监护情况"], child("guard_type")),
            (&["认定时间"], row("categories", "from")),
            (&["享受救助情况", "低保"], Target::Tick("aid".into(), "1".into())),
            (&["银行账号"], Target::Field(Part::Sensitive, "bank_account".into())),
            (&["所属社区"], Target::Community),
            (&["责任儿童主任"], Target::Director),
            (&["退改原因"], Target::Reason),
            (&["鞋码"], Target::Other),
            (&["风险等级"], Target::Other),
        ];
        for (heading, target) in cases {
            assert_eq!(Target::of(heading), target, "{heading:?}");
        }
    }

    #[test]
    fn every_target_with_a_field_finds_it() {
        for target in
            [relative("51", "status"), relative("", "tel"), child("birth"), Target::Row("aid".into(), "amount".into())]
        {
            assert!(target.field().is_some(), "{target:?}");
        }
    }
}
