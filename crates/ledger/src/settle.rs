//! What is settled once all cells of a child are read: its document, who it is, where it belongs,
//! who looks after it, and what the rules of the desk say of the whole. It must not read cells that
//! have a field of their own.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::check::paper::{self, Paper, PaperProblem};
use domain::check::{id_no, name};
use domain::value::{Key, Value};
use domain::{child, finding};

use crate::draft::{Belongs, Desk, Place};
use crate::normalise::{self, Said};
use crate::places::{Unfound, director_for};
use crate::report::Level;
use crate::target::{Part, Target, Who};
use crate::words::squash;
use crate::workbook::{Cell, EXACT};

/// What people write where there is no document.
const NO_DOCUMENT: [&str; 11] =
    ["无", "没有", "无证", "无证件", "无身份证", "无户口", "未办", "未办理", "未上户口", "未上户", "未办理身份证"];

impl Desk<'_> {
    pub(crate) fn settle(&mut self, belongs: Belongs) {
        self.settle_name();
        self.settle_document();
        self.settle_identity();
        self.settle_area(belongs);
        self.settle_director();
    }

    /// A name in two columns, 姓 and 名.
    fn settle_name(&mut self) {
        let Some((_, given)) = self.named.given.take() else { return };
        let surname = self.draft.child.get("name").and_then(Value::as_text).unwrap_or_default();
        let whole = name::normal(&format!("{surname} {given}"));
        self.draft.child.insert("name".into(), Value::Text(whole));
    }

    /// The child's number is judged by its kind of document; without one it is a citizen's number.
    fn settle_document(&mut self) {
        let Some((at, text)) = self.named.document.take() else { return };
        if self.has_no_document(at) {
            return;
        }
        let kind = self.draft.child.get("id_type").and_then(Value::as_text).unwrap_or("01").to_owned();
        let citizen = matches!(kind.as_str(), "01" | "02") || matches!(at.cell, Cell::Number(n) if n.abs() >= EXACT);
        let value = if citizen {
            let field = at.heading.target.field();
            let said = field.map_or(Said::Nothing, |field| normalise::read(field, at.cell, self.context.today));
            self.value(at, said)
        } else {
            match paper::read(&kind, &text, self.context.today) {
                Ok(Paper::Citizen(id)) => Some(Value::Text(id.number)),
                Ok(Paper::Other(number)) => Some(Value::Text(number)),
                Err(problem) => {
                    let suggestion = match &problem {
                        PaperProblem::IdNo(problem) => problem.suggestion().map(str::to_owned),
                        PaperProblem::Shape(_) | PaperProblem::NoNumber => None,
                    };
                    self.find(at, Level::Error, problem.words().text, suggestion);
                    None
                }
            }
        };
        if let Some(value) = value {
            self.set(at, Part::Child, "id_no", value);
        }
    }

    /// A child without papers: `无`, `无户口`, `未办理`.
    fn has_no_document(&mut self, at: Place<'_>) -> bool {
        let word = squash(&at.cell.shown());
        if !NO_DOCUMENT.contains(&word.as_str()) {
            return false;
        }
        self.draft.child.insert("id_type".into(), Value::text("90"));
        if word != "无" {
            self.keep(at);
        }
        true
    }

    /// What must be there, and what a citizen's number tells: it completes `2012年5月`.
    fn settle_identity(&mut self) {
        let text = |desk: &Self, key: &str| desk.draft.child.get(key).and_then(Value::as_text).map(str::to_owned);
        self.draft.child.insert("source".into(), Value::text("5"));
        if text(self, "name").is_none() {
            self.find_row(Level::Error, "没有姓名，请填写");
        }
        let kind = text(self, "id_type").unwrap_or_else(|| "01".to_owned());
        let number = text(self, "id_no");
        let citizen = number.as_deref().and_then(|number| match paper::read(&kind, number, self.context.today) {
            Ok(Paper::Citizen(id)) => Some(id),
            Ok(Paper::Other(_)) | Err(_) => None,
        });
        if let Some(id) = citizen {
            self.draft.child.entry("id_type".into()).or_insert(Value::Text(kind));
            let exact = id.birth.to_string();
            if text(self, "birth").is_none_or(|said| exact.starts_with(&said)) {
                self.draft.child.insert("birth".into(), Value::Text(exact));
            }
            let sex = if id.male { "1" } else { "2" };
            self.draft.child.entry("sex".into()).or_insert_with(|| Value::text(sex));
        } else if number.is_some() {
            self.draft.child.entry("id_type".into()).or_insert(Value::Text(kind));
        } else if !self.draft.child.contains_key("id_type") && !self.findings.iter().any(|f| f.level == Level::Error) {
            self.find_row(Level::Warning, "没有证件号，先导入，请尽快补采");
        }
    }

    fn settle_area(&mut self, belongs: Belongs) {
        let places = &self.context.places;
        let street = self.named.street.take();
        let in_street = street.as_ref().map(|(_, text)| places.street(text));
        let street_area = in_street.and_then(Result::ok).or(belongs.street);
        if let (Some((at, _)), Some(Err(_))) = (street, in_street) {
            self.find(at, Level::Warning, "没有这个街道，按社区名称归属；原文已放进备注", None);
            self.keep(at);
        }
        let Some((at, text)) = self.named.community.take() else {
            self.draft.area = belongs.community;
            match belongs.community {
                Some(area) => self.live_in(area),
                None => self.find_row(Level::Error, "没有社区，请填写儿童所在的社区"),
            }
            return;
        };
        match places.community(&text, street_area) {
            Ok(area) => {
                self.draft.area = Some(area);
                self.live_in(area);
            }
            Err(Unfound::Nothing) => self.find(at, Level::Error, "名册里没有这个社区，请改成名册里的名称", None),
            Err(Unfound::Several) => self.find(at, Level::Error, "有几个同名的社区，请写上街道", None),
        }
    }

    fn live_in(&mut self, area: Area) {
        self.draft.child.entry("live_area".into()).or_insert_with(|| Value::text(area.to_string()));
    }

    fn settle_director(&mut self) {
        let Some(area) = self.draft.area else { return };
        let named = self.named.director.take();
        let name = named.as_ref().map(|(_, text)| name::normal(text));
        match (director_for(&self.context.directors, area, name.as_deref()), named) {
            (Ok(post), _) => self.draft.director = Some(post),
            (Err(Unfound::Nothing), Some((at, _))) => {
                self.find(at, Level::Warning, "这个社区没有这位儿童主任，先不分派；原文已放进备注", None);
                self.keep(at);
            }
            (Err(Unfound::Several), Some((at, _))) => {
                self.find(at, Level::Warning, "这个社区有几位同名的儿童主任，先不分派；原文已放进备注", None);
                self.keep(at);
            }
            (Err(Unfound::Nothing), None) => self.find_row(Level::Warning, "这个社区还没有儿童主任，先不分派"),
            (Err(Unfound::Several), None) => {
                self.find_row(Level::Warning, "这个社区有几位儿童主任，先不分派，请写明是哪一位");
            }
        }
    }

    /// The rules of the desk: what stops an edit there brings the row back here, what is only
    /// shown there is a warning. What is not collected yet is no fault of a ledger.
    pub(crate) fn judge(&mut self, rows: &[u32]) {
        if self.speaks_of_what_is_sealed(rows) {
            // No more of it than the sentence.
            self.findings.retain(|finding| !child::is_not_ordinary(&finding.text));
            return self.find_row(Level::Error, child::NOT_ORDINARY.0);
        }
        let values = with_row_ids(&self.draft.child);
        let mut found = child::check(&values, self.context.today);
        found.extend(child::check_sensitive(&self.draft.sensitive, self.context.today));
        // A family member's number was judged cell by cell.
        let said = |key: &str| key.starts_with("family/") && key.ends_with("/id_no");
        for finding in found.into_iter().filter(|f| !f.missing && !said(&f.key)) {
            let level = match finding.level {
                finding::Level::Red => Level::Error,
                finding::Level::Yellow => Level::Warning,
            };
            match self.column_of(&finding.key) {
                Some((column, heading)) => self.findings.push(crate::report::Finding {
                    row: self.row,
                    column: Some(column),
                    heading,
                    level,
                    text: finding.text,
                    suggestion: None,
                }),
                None => self.find_row(level, finding.text),
            }
        }
    }

    /// Whether any cell or comment of the rows says what may stand in no ordinary file.
    fn speaks_of_what_is_sealed(&self, rows: &[u32]) -> bool {
        let page = self.page;
        let in_row = |row: u32| {
            let cells = page.held.cells(row).into_values();
            let reason =
                |column: u32| page.heading.columns.get(&column).is_some_and(|heading| heading.target == Target::Reason);
            cells.filter(|seen| !reason(seen.column)).any(|seen| child::is_not_ordinary(&seen.cell.shown()))
                || page.sheet.comments.range((row, 0)..=(row, u32::MAX)).any(|(_, text)| child::is_not_ordinary(text))
        };
        self.draft.child.keys().any(|key| child::is_sealed_category(key)) || rows.iter().any(|row| in_row(*row))
    }

    /// The column a key of the draft was read from.
    fn column_of(&self, key: &str) -> Option<(u32, String)> {
        let mut parts = key.split('/');
        let (head, column) = (parts.next()?, parts.nth(1));
        let fits = |target: &Target| match (target, column) {
            (Target::Field(_, key), _) => key == head,
            (Target::Row(field, own), Some(column)) => field == head && own == column,
            (Target::Family(Who::Relation(_) | Who::Guardian | Who::Member, own), Some(column)) => {
                head == "family" && own == column
            }
            (_, _) => false,
        };
        let mut found = self.page.heading.columns.iter().filter(|(_, heading)| fits(&heading.target));
        let (column, heading) = found.next().filter(|_| found.next().is_none())?;
        Some((*column, heading.title.clone()))
    }
}

/// Family rows are numbered until they get ids; the rules know ids only.
fn with_row_ids(values: &BTreeMap<Key, Value>) -> BTreeMap<Key, Value> {
    let real = |key: &Key| match key.strip_prefix("family/").and_then(|rest| rest.split_once('/')) {
        Some((row, column)) => format!("family/{row:0>32}/{column}"),
        None => key.clone(),
    };
    values.iter().map(|(key, value)| (real(key), value.clone())).collect()
}

/// The number of a family member: a parent's document is at most worth a warning.
pub(crate) fn family_document(desk: &mut Desk<'_>, kind: Option<&str>, at: Place<'_>) -> FamilyDocument {
    let text = at.cell.shown();
    if matches!(at.cell, Cell::Number(n) if n.abs() >= EXACT) {
        desk.find(at, Level::Warning, "数字太长，表格已把后几位改坏，没有登记，请对照原件补上", None);
        return FamilyDocument::Words(text);
    }
    let number = id_no::normal(&text).to_uppercase();
    match paper::read(kind.unwrap_or("01"), &text, desk.context.today) {
        Ok(Paper::Citizen(id)) => FamilyDocument::Number(id.number),
        Ok(Paper::Other(number)) => FamilyDocument::Number(number),
        Err(PaperProblem::IdNo(problem @ id_no::IdNoProblem::Rounded)) => {
            desk.find(at, Level::Warning, problem.text(), None);
            FamilyDocument::Words(text)
        }
        Err(problem) if number.contains(|c: char| c.is_ascii_digit()) && paper::looks_like_one(&number) => {
            let suggestion = match &problem {
                PaperProblem::IdNo(problem) => problem.suggestion().map(str::to_owned),
                PaperProblem::Shape(_) | PaperProblem::NoNumber => None,
            };
            desk.find(at, Level::Warning, format!("{}；已照原样登记", problem.words().text), suggestion);
            FamilyDocument::Number(number)
        }
        Err(_) => {
            desk.find(at, Level::Warning, "这里应写证件号；原文已留在备注里", None);
            FamilyDocument::Words(text)
        }
    }
}

/// What stood where a family member's number belongs.
pub(crate) enum FamilyDocument {
    /// A number.
    Number(String),
    /// Words that are none.
    Words(String),
}
