//! A whole workbook → what would be imported, what comes back and what was skipped. It must not
//! write anything anywhere.

use std::collections::{BTreeMap, BTreeSet};

use domain::fault::{Code, Fault};

use crate::context::Context;
use crate::draft::{self, Belongs, Page};
use crate::heading::Heading;
use crate::held::Held;
use crate::report::{Counts, Finding, Level, Note, Report, RowReport};
use crate::target::{Part, Target};
use crate::twice;
use crate::words::{half_width, is_dash, one_line, squash};
use crate::workbook::{Sheet, Workbook, cell_name, column_name};

/// Reads a ledger as an import would, and changes nothing. [`Code::NoHeading`] if no sheet has a
/// heading that names children.
pub fn dry_run(book: &Workbook, context: &Context) -> Result<Report, Fault> {
    let (mut rows, mut notes, mut headings) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (index, sheet) in book.sheets.iter().enumerate() {
        let note = |text: String| Note { sheet: index, row: 0, text, said: String::new() };
        let stray = sheet.beyond.iter().map(|b| cell_name(b.row, b.column));
        notes.extend(stray.map(|at| note(format!("{at} 离得太远，没有读入；若是误填的，请在表里删去"))));
        if sheet.rows.is_empty() {
            continue;
        }
        let Some(heading) = Heading::find(sheet) else {
            notes.push(note("没有认出表头，这张表没有导入".into()));
            continue;
        };
        let held = Held::of(sheet, heading.bottom);
        let page = Page { index, sheet, heading: &heading, held: &held };
        let mut pass = Pass { context, index, sheet, page, heading: &heading, groups: Vec::new(), notes: &mut notes };
        pass.note_hidden();
        pass.group();
        pass.note_comments();
        rows.extend(pass.drafts());
        headings.insert(index, heading);
    }
    if headings.is_empty() {
        return Err(Code::NoHeading.into());
    }
    twice::mark(&mut rows, &context.known, &headings, book);
    let counts = Counts::of(&rows);
    Ok(Report { rows, headings, notes, counts })
}

/// One pass over the rows of one sheet.
struct Pass<'a> {
    context: &'a Context,
    index: usize,
    sheet: &'a Sheet,
    page: Page<'a>,
    heading: &'a Heading,
    groups: Vec<Vec<u32>>,
    notes: &'a mut Vec<Note>,
}

enum Kind {
    Child,
    More,
    /// Why, and whether what stands there is to be told.
    Skip(&'static str, bool),
}

const TOTALS: [&str; 5] = ["合计", "总计", "小计", "共计", "累计"];
const SIGNED: [&str; 14] = [
    "填表人",
    "填报人",
    "制表",
    "审核",
    "负责人",
    "单位负责人",
    "联系人",
    "备注",
    "注",
    "说明",
    "填表说明",
    "填报单位",
    "填报时间",
    "单位盖章",
];

impl Pass<'_> {
    fn note(&mut self, row: u32, text: String, said: String) {
        self.notes.push(Note { sheet: self.index, row, text, said });
    }

    fn note_hidden(&mut self) {
        if self.sheet.hidden {
            self.note(0, "这张表是隐藏的，已一并读入，请核对".into(), String::new());
        }
        if self.sheet.pictures {
            self.note(0, "表里的图片或图形没有带入".into(), String::new());
        }
        let filled = |c: &&u32| self.sheet.rows.values().any(|row| row.contains_key(c));
        let columns: Vec<String> = self.sheet.hidden_columns.iter().filter(filled).map(|c| column_name(*c)).collect();
        if !columns.is_empty() {
            self.note(0, format!("隐藏的{}列已一并读入，请核对", columns.join("、")), String::new());
        }
    }

    /// Comments that stand with no child.
    fn note_comments(&mut self) {
        let read: BTreeSet<u32> = self.groups.iter().flatten().copied().collect();
        let left = self.sheet.comments.iter().filter(|((row, _), _)| !read.contains(row));
        for ((row, column), text) in left.map(|(at, text)| (*at, text.clone())).collect::<Vec<_>>() {
            self.note(row, format!("{}列的批注不在儿童的行上，没有带入", column_name(column)), text);
        }
    }

    fn group(&mut self) {
        for row in self.sheet.rows.range(self.heading.bottom + 1..).map(|(n, _)| *n) {
            match self.kind(row) {
                Kind::Child => self.groups.push(vec![row]),
                Kind::More => match self.groups.last_mut() {
                    Some(group) => group.push(row),
                    None => self.groups.push(vec![row]),
                },
                Kind::Skip(why, told) => {
                    let said = if told { self.row_text(row) } else { String::new() };
                    self.note(row, why.to_owned(), said);
                }
            }
        }
    }

    fn kind(&self, row: u32) -> Kind {
        if self.heading.repeated_in(self.sheet, row) {
            return Kind::Skip("重复的表头，已跳过", false);
        }
        let Some((first, filled)) = self.first_word(row) else { return Kind::Skip("空行，已跳过", false) };
        let given = self.heading.column_of(&Target::Given).and_then(|column| self.sheet.cell(row, column));
        let named = self.word(row, "name").is_some() || self.word(row, "id_no").is_some() || given.is_some();
        if TOTALS.iter().any(|t| squash(&first).starts_with(t)) && self.word(row, "id_no").is_none() {
            return Kind::Skip("合计行，已跳过", true);
        }
        let signed =
            SIGNED.iter().any(|s| squash(&first).starts_with(s)) && (half_width(&first).contains(':') || !named);
        if signed && filled <= 6 {
            return Kind::Skip("不是儿童的一行，已跳过", true);
        }
        match (named, self.goes_on(row)) {
            (_, true) => Kind::More,
            (true, false) => Kind::Child,
            (false, false) if self.says_much(row) => Kind::Child,
            (false, false) => Kind::Skip("没有姓名和证件号，已跳过", true),
        }
    }

    fn first_word(&self, row: u32) -> Option<(String, usize)> {
        let cells = self.sheet.rows.get(&row)?;
        let mut filled = cells.values().map(|c| c.shown()).filter(|t| !t.trim().is_empty() && !is_dash(t)).peekable();
        let first = filled.peek()?.clone();
        Some((first, filled.count()))
    }

    fn row_text(&self, row: u32) -> String {
        let cells = self.sheet.rows.get(&row).into_iter().flat_map(|row| row.values());
        cells.map(|c| one_line(&c.shown())).collect::<Vec<_>>().join(" ").chars().take(200).collect()
    }

    /// What stands in a row for a key of the child, compared by words.
    fn word(&self, row: u32, key: &str) -> Option<String> {
        let column = self.heading.column_of(&Target::Field(Part::Child, key.to_owned()))?;
        let text = self.sheet.cell(row, column)?.shown();
        Some(squash(&text)).filter(|word| !word.is_empty())
    }

    fn community(&self, row: u32) -> Option<String> {
        let column = self.heading.column_of(&Target::Community)?;
        Some(squash(&self.page.held.cell(row, column)?.shown())).filter(|word| !word.is_empty())
    }

    /// Whether a row goes on about the child above: its name is merged down, the same name and
    /// number stand there again, or only columns of family, aid and the like are filled.
    fn goes_on(&self, row: u32) -> bool {
        let Some(above) = self.groups.last() else { return false };
        let (Some(first), Some(last)) = (above.first(), above.last()) else { return false };
        if last + 1 != row {
            return false;
        }
        let merged = self
            .heading
            .name_column()
            .and_then(|c| self.sheet.merge_at(row, c))
            .is_some_and(|m| m.top <= *last && m.top > self.heading.bottom);
        let (mine, theirs) = (
            (self.word(row, "name"), self.word(row, "id_no")),
            (self.word(*first, "name"), self.word(*first, "id_no")),
        );
        let place = self.community(row).is_none() || self.community(row) == self.community(*first);
        let again = mine.0.is_some() && mine.1.is_some() && mine == theirs && place;
        merged || again || mine == (None, None) && !self.own_columns(row)
    }

    /// Whether a column that only a child has once is filled.
    fn own_columns(&self, row: u32) -> bool {
        let own = |column: &u32| {
            let target = self.heading.columns.get(column).map(|c| &c.target);
            match target {
                Some(Target::Field(_, key)) => key != "remark",
                Some(Target::Serial | Target::Community | Target::Street) => true,
                Some(_) | None => false,
            }
        };
        self.sheet.rows.get(&row).is_some_and(|cells| cells.keys().any(own))
    }

    fn says_much(&self, row: u32) -> bool {
        let understood = |column: &&u32| {
            self.heading.columns.get(column).is_some_and(|c| !matches!(c.target, Target::Other | Target::Serial))
        };
        self.sheet.rows.get(&row).is_some_and(|cells| cells.keys().filter(understood).count() >= 3)
    }

    /// What the sheet's name and the rows above the heading say about the place.
    fn belongs(&self) -> Belongs {
        let above = self.sheet.rows.range(..self.heading.top).flat_map(|(_, cells)| cells.values().map(|c| c.shown()));
        let mut belongs = Belongs::default();
        for text in std::iter::once(self.sheet.name.clone()).chain(above) {
            let half = half_width(&text);
            let places = &self.context.places;
            for piece in half.split([':', ' ', '\n']).filter(|p| !p.trim().is_empty()) {
                belongs.street = belongs.street.or(places.street(piece).ok());
                belongs.community = belongs.community.or(places.community(piece, belongs.street).ok());
            }
        }
        belongs
    }

    fn drafts(&self) -> Vec<RowReport> {
        let belongs = self.belongs();
        let reports = self.groups.iter().map(|rows| {
            let mut report = draft::draft(self.context, self.page, belongs, rows);
            for row in rows.iter().filter(|row| self.sheet.hidden_rows.contains(row)) {
                let text = "这一行在表里是隐藏的，已一并读入，请核对".to_owned();
                let (level, heading) = (Level::Warning, String::new());
                report.findings.push(Finding { row: *row, column: None, heading, level, text, suggestion: None });
            }
            report
        });
        reports.collect()
    }
}
