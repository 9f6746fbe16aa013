//! The rows of one child → a draft of the file, cell by cell. Nothing that can be read is dropped:
//! what fits no field goes to a remark as `列名：值`. It must not look at other children.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::value::Value;

use crate::context::Context;
use crate::family::{self, Members};
use crate::heading::{Column, Heading};
use crate::held::Held;
use crate::normalise::{self, Said};
use crate::remark::{self, Remark};
use crate::report::{Draft, Finding, Level, RowReport};
use crate::target::{Part, Target};
use crate::words::{is_dash, one_line, squash};
use crate::workbook::{Cell, Sheet, UNCALCULATED};

/// Where a sheet says its rows belong, besides the cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Belongs {
    /// The street of the sheet's name or reporting-unit row.
    pub(crate) street: Option<Area>,
    /// The community of the sheet's name or reporting-unit row.
    pub(crate) community: Option<Area>,
}

/// One sheet as its rows are read.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) index: usize,
    pub(crate) sheet: &'a Sheet,
    pub(crate) heading: &'a Heading,
    pub(crate) held: &'a Held<'a>,
}

/// A draft while it grows.
pub(crate) struct Desk<'a> {
    pub(crate) context: &'a Context,
    pub(crate) page: Page<'a>,
    /// The first of the child's rows.
    pub(crate) row: u32,
    pub(crate) draft: Draft,
    pub(crate) findings: Vec<Finding>,
    remark: Remark,
    sensitive_remark: Remark,
    members: Members<'a>,
    dates: Vec<(Place<'a>, String, String)>,
    pub(crate) named: Named<'a>,
}

/// Who and where the row says, and on what document: settled once all its cells are read.
#[derive(Default)]
pub(crate) struct Named<'a> {
    pub(crate) street: Option<(Place<'a>, String)>,
    pub(crate) community: Option<(Place<'a>, String)>,
    pub(crate) director: Option<(Place<'a>, String)>,
    pub(crate) document: Option<(Place<'a>, String)>,
    pub(crate) given: Option<(Place<'a>, String)>,
}

/// One of them.
type Slot<'a> = for<'n> fn(&'n mut Named<'a>) -> &'n mut Option<(Place<'a>, String)>;

/// One cell of the ledger and its column.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) heading: &'a Column,
    pub(crate) cell: &'a Cell,
}

/// Reads one child's rows.
pub(crate) fn draft<'a>(context: &'a Context, page: Page<'a>, belongs: Belongs, rows: &[u32]) -> RowReport {
    let row = rows.first().copied().unwrap_or_default();
    let mut desk = Desk {
        context,
        page,
        row,
        draft: Draft::default(),
        findings: Vec::new(),
        remark: Remark::default(),
        sensitive_remark: Remark::default(),
        members: Members::default(),
        dates: Vec::new(),
        named: Named::default(),
    };
    for place in rows.iter().flat_map(|at| places(page, row, *at)) {
        desk.take(place);
    }
    rows.iter().for_each(|row| desk.take_comments(*row));
    desk.look_for_strikes(rows);
    family::write(&mut desk);
    desk.spread_columns();
    desk.settle(belongs);
    desk.write_remarks();
    desk.judge(rows);
    RowReport { sheet: page.index, row, rows: rows.to_vec(), draft: desk.draft, findings: desk.findings }
}

const NO_HEADING: &Column = &Column { title: String::new(), target: Target::Other };

/// The cells of a row of a child whose first row is `first`: what is merged down inside the child's own rows was
/// read with the first of them.
fn places<'a>(page: Page<'a>, first: u32, row: u32) -> impl Iterator<Item = Place<'a>> {
    let cells = page.held.cells(row).into_values().filter(move |seen| seen.from == row || seen.from < first);
    cells.map(move |seen| Place { row, column: seen.column, heading: heading_of(page, seen.column), cell: seen.cell })
}

fn heading_of(page: Page<'_>, column: u32) -> &Column {
    page.heading.columns.get(&column).unwrap_or(NO_HEADING)
}

impl<'a> Desk<'a> {
    fn take(&mut self, at: Place<'a>) {
        let text = one_line(&at.cell.shown());
        match (at.cell, &at.heading.target) {
            (_, Target::Reason) => {}
            (Cell::Failed(what), target) => self.failed(at, what, target),
            (Cell::Picture, _) => self.find(at, Level::Warning, "单元格里的图片没有带入，请到档案里另加照片", None),
            (_, Target::Serial) if squash(&text).chars().all(|c| c.is_ascii_digit()) => {}
            (_, Target::Serial | Target::Other) => self.keep(at),
            (_, Target::Street) => self.once(at, text, |named| &mut named.street),
            (_, Target::Community) => self.once(at, text, |named| &mut named.community),
            (_, Target::Director) => self.once(at, text, |named| &mut named.director),
            (_, Target::Given) => self.once(at, text, |named| &mut named.given),
            (_, Target::Family(who, column)) => self.members.take(at.row, who, column, at),
            (_, Target::Field(Part::Child, key)) if key == "id_no" => self.once(at, text, |named| &mut named.document),
            (_, Target::Field(part, key)) => self.take_field(at, *part, key),
            (_, Target::Row(field, column)) => self.dates.push((at, field.clone(), column.clone())),
            (_, Target::Tick(field, code)) => self.tick(at, field, code),
        }
    }

    /// The first of several rows says it; what others say differently is kept.
    fn once(&mut self, at: Place<'a>, text: String, slot: Slot<'a>) {
        if is_dash(&text) {
            return;
        }
        let slot = slot(&mut self.named);
        match slot.as_ref().map(|(_, said)| *said == text) {
            None => *slot = Some((at, text)),
            Some(true) => {}
            Some(false) => self.keep(at),
        }
    }

    /// A formula that failed or was never worked out is not an empty cell. Without who, when born and where the row
    /// comes back, and so it does where opening the file once would tell the value.
    fn failed(&mut self, at: Place<'_>, what: &str, target: &Target) {
        let needed = match target {
            Target::Community | Target::Given => true,
            Target::Field(Part::Child, key) => matches!(key.as_str(), "name" | "id_no" | "birth"),
            _ => false,
        };
        if what == UNCALCULATED {
            let text = "这一格的公式还没有算出来，没有读到内容，请用 WPS 打开原表保存一次再导入，或在这里填上";
            return self.find(at, Level::Error, text, None);
        }
        let level = if needed { Level::Error } else { Level::Warning };
        self.find(at, level, format!("这一格的公式出错（{what}），没有读到内容，请改成文字或数字"), None);
    }

    fn take_comments(&mut self, row: u32) {
        for ((_, column), text) in self.page.sheet.comments.range((row, 0)..=(row, u32::MAX)) {
            let heading = heading_of(self.page, *column);
            let title = if heading.title.is_empty() { "其他" } else { &heading.title };
            self.add_line(remark::part_of(&heading.target, text), format!("{title}（批注）：{}", one_line(text)));
        }
    }

    /// A struck-out row asks a question; a struck-out cell is worth a look.
    fn look_for_strikes(&mut self, rows: &[u32]) {
        let sheet = self.page.sheet;
        let (mut filled, mut struck, mut name) = (0, 0, false);
        for (row, column) in
            rows.iter().flat_map(|row| sheet.rows.get(row).into_iter().flatten().map(move |(c, _)| (*row, *c)))
        {
            let heading = heading_of(self.page, column);
            if matches!(heading.target, Target::Serial | Target::Reason) {
                continue;
            }
            filled += 1;
            if sheet.struck.contains(&(row, column)) {
                struck += 1;
                name |= heading.target == Target::Field(Part::Child, "name".into());
            }
        }
        if name || struck > 0 && struck == filled {
            let text = "这一行已划掉，是否仍在册？仍在册的，请在退改表里直接再导入；不在册的，请删去这一行";
            return self.find_row(Level::Error, text);
        }
        for row in rows {
            for (column, cell) in sheet.rows.get(row).into_iter().flatten() {
                if sheet.struck.contains(&(*row, *column)) || sheet.partly_struck.contains(&(*row, *column)) {
                    let at = Place { row: *row, column: *column, heading: heading_of(self.page, *column), cell };
                    self.find(at, Level::Warning, "这一格里有划掉的字，已一并读入，请核对", None);
                }
            }
        }
    }

    fn take_field(&mut self, at: Place<'a>, part: Part, key: &str) {
        let whole = || at.cell.shown().trim().to_owned();
        match (part, key) {
            (Part::Child, "remark") => return self.remark.begin(whole()),
            (Part::Sensitive, "private_remark") => return self.sensitive_remark.begin(whole()),
            (_, _) => {}
        }
        let Some(field) = at.heading.target.field() else { return self.keep(at) };
        match normalise::read(field, at.cell, self.context.today) {
            Said::Codes(codes, rest) => self.codes(at, part, key, codes, rest.is_empty()),
            // 201503 typed into a cell of dates is a day of the year 2451.
            Said::Unclear(advice) if key == "birth" && matches!(at.cell, Cell::Date(_)) => {
                let typed = normalise::typed(at.cell).and_then(|text| normalise::partial(&text));
                self.find(at, Level::Error, advice, typed);
            }
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
            Said::Value(value, words) => {
                if let Some(words) = words {
                    self.keep_words(at, &words);
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
                self.draft.child.insert("id_suspect".into(), Value::Yes(true));
                Some(Value::Text(number))
            }
            Said::Doubtful(_, advice) => {
                let advice = format!("{advice}；证件上确实如此的，导入时请选择“照原样导入并标为存疑”");
                self.find(at, Level::Error, advice, None);
                None
            }
        }
    }

    /// Writes a value; a second, different one (several rows of one child) goes to the remark.
    pub(crate) fn set(&mut self, at: Place<'_>, part: Part, key: &str, value: Value) {
        let values = self.values(part);
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
        all_known: bool,
    ) {
        for (code, day) in codes {
            self.member(part, key, &code, day);
        }
        if !all_known {
            self.find(at, Level::Warning, "有一项写法不认识，请从下拉选项里选；原文已放进备注", None);
            self.keep(at);
        }
    }

    /// A member of a set, or a row kept under its code with its state and first day.
    fn member(&mut self, part: Part, key: &str, code: &str, day: Option<String>) {
        let values = self.values(part);
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

    /// Keeps a cell under its column's name where its words may stand.
    pub(crate) fn keep(&mut self, at: Place<'_>) {
        self.keep_words(at, &one_line(&at.cell.shown()));
    }

    /// Keeps words of a cell under its column's name where they may stand.
    pub(crate) fn keep_words(&mut self, at: Place<'_>, words: &str) {
        if words.is_empty() || is_dash(words) {
            return;
        }
        let name = if at.heading.title.is_empty() { "其他" } else { &at.heading.title };
        self.add_line(remark::part_of(&at.heading.target, words), format!("{name}：{words}"));
    }

    fn add_line(&mut self, part: Part, line: String) {
        match part {
            Part::Child => self.remark.add(line),
            Part::Sensitive => self.sensitive_remark.add(line),
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

    pub(crate) fn find_row(&mut self, level: Level, text: impl Into<String>) {
        let (row, heading, text) = (self.row, String::new(), text.into());
        self.findings.push(Finding { row, column: None, heading, level, text, suggestion: None });
    }

    pub(crate) fn members(&mut self) -> Members<'a> {
        std::mem::take(&mut self.members)
    }

    fn write_remarks(&mut self) {
        let (ordinary, sensitive) = (std::mem::take(&mut self.remark), std::mem::take(&mut self.sensitive_remark));
        let both = [(Part::Child, "remark", ordinary.text()), (Part::Sensitive, "private_remark", sensitive.text())];
        for (part, key, text) in both {
            let Some(text) = text else { continue };
            let most = part.form().field(key).map_or(0, |f| f.max);
            if text.chars().count() > most {
                let text = format!("备注和对不上的内容合起来超过{most}字，请删短或拆到别处");
                self.find_row(Level::Error, text);
            }
            self.values(part).insert(key.into(), Value::Text(text));
        }
    }

    pub(crate) fn values(&mut self, part: Part) -> &mut BTreeMap<String, Value> {
        match part {
            Part::Child => &mut self.draft.child,
            Part::Sensitive => &mut self.draft.sensitive,
        }
    }
}
