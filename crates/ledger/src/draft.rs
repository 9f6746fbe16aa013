//! The rows of one child → a draft of the file. Nothing that can be read is dropped: what fits no
//! field goes to the remark as `列名：值`. It must not look at other children.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::check;
use domain::day::Day;
use domain::value::Value;

use crate::context::Context;
use crate::family::{self, Members};
use crate::heading::{Column, Heading};
use crate::normalise::{self, Said};
use crate::places::{Unfound, director_for};
use crate::report::{Draft, Finding, Level, RowReport};
use crate::target::{Part, Target};
use crate::words::{is_dash, one_line, squash};
use crate::workbook::{Cell, Sheet};

/// Where a sheet says its rows belong, besides the cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Belongs {
    /// The street of the sheet's name or reporting-unit row.
    pub(crate) street: Option<Area>,
    /// The community of the sheet's name or reporting-unit row.
    pub(crate) community: Option<Area>,
}

/// A draft while it grows.
pub(crate) struct Desk<'a> {
    pub(crate) context: &'a Context,
    pub(crate) draft: Draft,
    findings: Vec<Finding>,
    remark: Vec<String>,
    members: Members<'a>,
    dates: Vec<(Place<'a>, String, String)>,
    named: Named<'a>,
}

/// Who and where the row says.
#[derive(Default)]
struct Named<'a> {
    street: Option<(Place<'a>, String)>,
    community: Option<(Place<'a>, String)>,
    director: Option<(Place<'a>, String)>,
}

/// One cell of the ledger and its column.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) heading: &'a Column,
    pub(crate) cell: &'a Cell,
}

/// Reads one child's rows.
pub(crate) fn draft(
    context: &Context,
    sheet: (usize, &Sheet),
    heading: &Heading,
    belongs: Belongs,
    rows: &[u32],
) -> RowReport {
    let mut desk = Desk {
        context,
        draft: Draft::default(),
        findings: Vec::new(),
        remark: Vec::new(),
        members: Members::default(),
        dates: Vec::new(),
        named: Named::default(),
    };
    for place in rows.iter().flat_map(|row| places(sheet.1, heading, *row)) {
        desk.take(place);
    }
    family::write(&mut desk);
    desk.spread_columns();
    desk.settle_identity(rows[0]);
    desk.settle_area(rows[0], belongs);
    desk.settle_director(rows[0]);
    desk.write_remark(rows[0]);
    RowReport { sheet: sheet.0, row: rows[0], rows: rows.to_vec(), draft: desk.draft, findings: desk.findings }
}

const NO_HEADING: &Column = &Column { title: String::new(), target: Target::Other };

fn places<'a>(sheet: &'a Sheet, heading: &'a Heading, row: u32) -> impl Iterator<Item = Place<'a>> {
    sheet.rows.get(&row).into_iter().flatten().map(move |(column, cell)| Place {
        row,
        column: *column,
        heading: heading.columns.get(column).unwrap_or(NO_HEADING),
        cell,
    })
}

impl<'a> Desk<'a> {
    fn take(&mut self, at: Place<'a>) {
        let text = one_line(&at.cell.shown());
        match &at.heading.target {
            Target::Reason => {}
            Target::Serial if text.chars().all(|c| c.is_ascii_digit()) => {}
            Target::Serial | Target::Other => self.keep(at),
            Target::Street => Self::once(&mut self.named.street, at, text),
            Target::Community => Self::once(&mut self.named.community, at, text),
            Target::Director => Self::once(&mut self.named.director, at, text),
            Target::Family(who, column) => self.members.take(at.row, who, column, at),
            Target::Field(part, key) => self.take_field(at, *part, key),
            Target::Row(field, column) => self.dates.push((at, field.clone(), column.clone())),
            Target::Tick(field, code) => self.tick(at, field, code),
        }
    }

    fn once(slot: &mut Option<(Place<'a>, String)>, at: Place<'a>, text: String) {
        if slot.is_none() && !is_dash(&text) {
            *slot = Some((at, text));
        }
    }

    fn take_field(&mut self, at: Place<'a>, part: Part, key: &str) {
        if key == "remark" {
            self.remark.insert(0, at.cell.shown().trim().to_owned());
            return;
        }
        let Some(field) = at.heading.target.field() else { return self.keep(at) };
        if key == "id_no" && self.no_document(at) {
            return;
        }
        match normalise::read(field, at.cell, self.context.today) {
            Said::Codes(codes, rest) => self.codes(at, part, key, codes, &rest),
            said => {
                if let Some(value) = self.value(at, said) {
                    self.set(at, part, key, value);
                }
            }
        }
    }

    /// One value of what a cell says; findings and remark are written on the way.
    pub(crate) fn value(&mut self, at: Place<'_>, said: Said) -> Option<Value> {
        match said {
            Said::Nothing | Said::Codes(..) => None,
            Said::Value(value, more) => {
                if more {
                    self.keep(at);
                }
                Some(value)
            }
            Said::Unclear(advice) => {
                self.find(at, Level::Warning, format!("{advice}；原文已放进备注"), None);
                self.keep(at);
                None
            }
            Said::Damaged(advice, suggestion) => {
                self.find(at, Level::Error, advice, suggestion);
                None
            }
            Said::Doubtful(number, advice) if self.context.accept_doubtful => {
                self.find(at, Level::Warning, format!("{advice}；已照原样导入并标为存疑"), None);
                if at.heading.target == Target::Field(Part::Child, "id_no".into()) {
                    self.draft.child.insert("id_suspect".into(), Value::Yes(true));
                }
                Some(Value::Text(number))
            }
            Said::Doubtful(_, advice) => {
                let advice = format!("{advice}；证件上确实如此的，导入时请选择“照原样导入并标为存疑”");
                self.find(at, Level::Error, advice, None);
                None
            }
        }
    }

    /// A child without papers: `无`, `无户口`, `未办理`.
    fn no_document(&mut self, at: Place<'_>) -> bool {
        let word = squash(&at.cell.shown());
        let none = [
            "无",
            "没有",
            "无证",
            "无证件",
            "无身份证",
            "无户口",
            "未办",
            "未办理",
            "未上户口",
            "未上户",
            "未办理身份证",
        ];
        if !none.contains(&word.as_str()) {
            return false;
        }
        self.draft.child.insert("id_type".into(), Value::text("90"));
        if word != "无" {
            self.keep(at);
        }
        true
    }

    /// Writes a value; a second, different one (several rows of one child) goes to the remark.
    fn set(&mut self, at: Place<'_>, part: Part, key: &str, value: Value) {
        let values = match part {
            Part::Child => &mut self.draft.child,
            Part::Sensitive => &mut self.draft.sensitive,
        };
        match values.get(key) {
            None => {
                values.insert(key.to_owned(), value);
            }
            Some(same) if *same == value => {}
            Some(_) => self.keep(at),
        }
    }

    fn codes(
        &mut self,
        at: Place<'_>,
        part: Part,
        key: &str,
        codes: BTreeMap<String, Option<String>>,
        rest: &[String],
    ) {
        for (code, day) in codes {
            self.member(part, key, &code, day);
        }
        if !rest.is_empty() {
            let advice = format!("“{}”写法不认识，请从下拉选项里选；原文已放进备注", rest.join("、"));
            self.find(at, Level::Warning, advice, None);
            self.keep(at);
        }
    }

    /// A member of a set, or a row kept under its code with its state and first day.
    fn member(&mut self, part: Part, key: &str, code: &str, day: Option<String>) {
        let values = match part {
            Part::Child => &mut self.draft.child,
            Part::Sensitive => &mut self.draft.sensitive,
        };
        if part.form().field(&format!("{key}/x/status")).is_some() {
            values.insert(format!("{key}/{code}/status"), Value::text("1"));
            if let Some(day) = day {
                values.insert(format!("{key}/{code}/from"), Value::Text(day));
            }
        } else {
            values.insert(format!("{key}/{code}"), Value::Yes(true));
        }
    }

    fn tick(&mut self, at: Place<'_>, field: &str, code: &str) {
        let text = at.cell.shown();
        match normalise::yes(&text) {
            Some(false) => {}
            _ if is_dash(&text) => {}
            Some(true) => self.member(Part::Child, field, code, None),
            None => {
                self.member(Part::Child, field, code, None);
                self.keep(at);
            }
        }
    }

    /// Columns about category and aid rows: they belong to all categories, or to the only aid.
    fn spread_columns(&mut self) {
        for (at, field, column) in std::mem::take(&mut self.dates) {
            let rows: Vec<String> =
                domain::form::rows(&self.draft.child, &field).keys().map(|k| (*k).to_owned()).collect();
            let fits = !rows.is_empty() && (rows.len() == 1 || column == "from");
            let Some(known) = at.heading.target.field().filter(|_| fits) else {
                self.keep(at);
                continue;
            };
            let said = normalise::read(known, at.cell, self.context.today);
            let Some(value) = self.value(at, said) else { continue };
            for row in rows {
                self.draft.child.entry(format!("{field}/{row}/{column}")).or_insert_with(|| value.clone());
            }
        }
    }

    /// Keeps a cell in the remark under its column's name.
    pub(crate) fn keep(&mut self, at: Place<'_>) {
        let text = one_line(&at.cell.shown());
        if text.is_empty() || is_dash(&text) {
            return;
        }
        let name = if at.heading.title.is_empty() { "其他" } else { &at.heading.title };
        let line = format!("{name}：{text}");
        if !self.remark.contains(&line) {
            self.remark.push(line);
        }
    }

    pub(crate) fn find(&mut self, at: Place<'_>, level: Level, text: impl Into<String>, suggestion: Option<String>) {
        let heading = at.heading.title.clone();
        self.findings.push(Finding {
            row: at.row,
            column: Some(at.column),
            heading,
            level,
            text: text.into(),
            suggestion,
        });
    }

    fn find_row(&mut self, row: u32, level: Level, text: &str) {
        let (heading, text) = (String::new(), text.to_owned());
        self.findings.push(Finding { row, column: None, heading, level, text, suggestion: None });
    }

    pub(crate) fn members(&mut self) -> Members<'a> {
        std::mem::take(&mut self.members)
    }

    /// Name, document, birth and sex: what must be there, what the number tells, what differs.
    fn settle_identity(&mut self, row: u32) {
        let child = |desk: &Self, key: &str| desk.draft.child.get(key).and_then(Value::as_text).map(str::to_owned);
        self.draft.child.insert("source".into(), Value::text("5"));
        match child(self, "name") {
            None => self.find_row(row, Level::Error, "没有姓名，请填写"),
            Some(name) => {
                if let Err(problem) = check::name::read(&name) {
                    self.find_row(row, Level::Warning, &problem.text());
                }
            }
        }
        let id = child(self, "id_no").and_then(|number| check::id_no::read(&number).ok());
        if let Some(id) = id {
            self.draft.child.entry("id_type".into()).or_insert_with(|| Value::text("01"));
            self.compare_birth(row, id.birth);
            let sex = if id.male { "1" } else { "2" };
            if child(self, "sex").is_some_and(|said| matches!(said.as_str(), "1" | "2") && said != sex) {
                self.find_row(row, Level::Warning, "性别和身份证号第17位不一致，请核对");
            }
            self.draft.child.entry("sex".into()).or_insert_with(|| Value::text(sex));
        } else if !self.draft.child.contains_key("id_no") && !self.draft.child.contains_key("id_type") {
            let told = self.findings.iter().any(|f| f.level == Level::Error);
            if !told {
                self.find_row(row, Level::Warning, "没有证件号，先导入，请尽快补采");
            }
        }
        let birth = child(self, "birth").and_then(|text| text.parse::<Day>().ok());
        if birth.is_some_and(|b| b.age_on(self.context.today) >= 18) {
            self.find_row(row, Level::Warning, "已满18周岁，请确认是否应退出");
        }
    }

    /// The number's day of birth completes `2012年5月`; if the two differ somebody must look.
    fn compare_birth(&mut self, row: u32, birth: Day) {
        let exact = birth.to_string();
        let said = self.draft.child.get("birth").and_then(Value::as_text);
        if said.is_none_or(|said| exact.starts_with(said)) {
            self.draft.child.insert("birth".into(), Value::Text(exact));
        } else {
            self.find_row(row, Level::Warning, "出生日期和身份证号里的不一致，请核对");
        }
    }

    fn settle_area(&mut self, row: u32, belongs: Belongs) {
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
                None => self.find_row(row, Level::Error, "没有社区，请填写儿童所在的社区"),
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

    fn settle_director(&mut self, row: u32) {
        let Some(area) = self.draft.area else { return };
        let named = self.named.director.take();
        let name = named.as_ref().map(|(_, text)| check::name::clean(text));
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
            (Err(Unfound::Nothing), None) => self.find_row(row, Level::Warning, "这个社区还没有儿童主任，先不分派"),
            (Err(Unfound::Several), None) => {
                self.find_row(row, Level::Warning, "这个社区有几位儿童主任，先不分派，请写明是哪一位");
            }
        }
    }

    fn write_remark(&mut self, row: u32) {
        self.remark.retain(|line| !line.is_empty());
        if self.remark.is_empty() {
            return;
        }
        let text = self.remark.join("\n");
        let most = Part::Child.form().field("remark").map_or(0, |f| f.max);
        if text.chars().count() > most {
            self.find_row(row, Level::Error, &format!("备注和对不上的内容合起来超过{most}字，请删短或拆到别处"));
        }
        self.draft.child.insert("remark".into(), Value::Text(text));
    }
}
