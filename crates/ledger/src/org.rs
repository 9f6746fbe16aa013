//! The organisation workbook: 单位, 人员岗位, 分派 → roster rows. Names are resolved here; what
//! cannot be resolved is said cell by cell and nothing is guessed. It must not write the roster.

use std::collections::{BTreeMap, BTreeSet};

use domain::area::Area;
use domain::check;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::id::{ChildId, PersonId, PostId, UnitId};
use domain::moment::Moment;
use domain::post::Role;
use domain::roster::{Post, Roster, Row};

use crate::held::Held;
use crate::normalise::day_text;
use crate::places::{Places, Unfound, director_for, directors};
use crate::report::{Finding, Level};
use crate::words::{one_line, squash, unbroken};
use crate::workbook::{Cell, Sheet, Workbook};

/// A child as the 分派 sheet names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Named {
    /// Its document number, if given.
    pub id_no: Option<String>,
    /// Its name, if given.
    pub name: Option<String>,
    /// Its community.
    pub area: Area,
}

/// One line of the 分派 sheet, resolved as far as this room can.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Its row.
    pub row: u32,
    /// The child.
    pub child: Named,
    /// The director's post.
    pub post: PostId,
}

/// What an organisation workbook comes to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OrgPlan {
    /// New units, people and posts, in an order the roster can take.
    pub rows: Vec<Row>,
    /// Which director looks after which child.
    pub assignments: Vec<Assignment>,
    /// What is wrong, with the sheet's name in front; nothing should be imported while there are errors.
    pub findings: Vec<(String, Finding)>,
}

impl OrgPlan {
    /// Roster rows for the assignments; `find` looks a child up (by number, else by name and
    /// community). Children it does not find come back as rows of the 分派 sheet.
    pub fn assign(&self, find: impl Fn(&Named) -> Option<ChildId>) -> (Vec<Row>, Vec<u32>) {
        let (mut rows, mut lost) = (Vec::new(), Vec::new());
        for one in &self.assignments {
            match find(&one.child) {
                Some(child) => rows.push(Row::Assign { child, post: one.post }),
                None => lost.push(one.row),
            }
        }
        (rows, lost)
    }
    /// Whether anything is red.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|(_, f)| f.level == Level::Error)
    }
}

/// A column that is looked for: what it is called here, and the headings that mean it.
type Wanted = (&'static str, &'static [&'static str]);

const UNITS: [Wanted; 3] = [
    ("name", &["名称", "单位名称", "单位"]),
    ("area", &["区划代码", "区划", "统计用区划代码", "12位区划代码"]),
    ("parent", &["上级", "上级单位"]),
];
const POSTS: [Wanted; 5] = [
    ("name", &["姓名"]),
    ("unit", &["单位", "所在单位", "单位名称"]),
    ("role", &["岗位", "职务", "角色"]),
    ("from", &["起", "起始日期", "开始日期", "任职日期", "起始"]),
    ("to", &["止", "截止日期", "结束日期", "离任日期", "截止"]),
];
const ASSIGNMENTS: [Wanted; 4] = [
    ("name", &["儿童姓名", "儿童", "姓名"]),
    ("id_no", &["证件号", "儿童证件号", "身份证号", "儿童身份证号", "公民身份号码"]),
    ("area", &["社区", "所属社区", "村居"]),
    ("director", &["儿童主任", "责任儿童主任"]),
];

/// Reads an organisation workbook against the roster there is. Units are the same by area code,
/// people by name inside one unit, posts by person, unit and role: reading it twice adds nothing.
pub fn read_org(book: &Workbook, roster: &Roster, today: Day, moment: &mut Moment<'_>) -> Result<OrgPlan, Fault> {
    let units = Table::find(book, &UNITS, 2, "单位");
    let posts = Table::find(book, &POSTS, 3, "人员");
    if units.is_none() && posts.is_none() {
        return Err(Fault::new(Code::NoHeading, "单位、人员岗位"));
    }
    let before = roster.posts.keys().copied().collect();
    let mut reading =
        Reading { roster: roster.clone(), plan: OrgPlan::default(), moment, today, before, written: BTreeMap::new() };
    if let Some(table) = &units {
        reading.whole_rows(table).into_iter().for_each(|row| reading.unit(table, row));
    }
    if let Some(table) = &posts {
        reading.whole_rows(table).into_iter().for_each(|row| reading.post(table, row));
    }
    if let Some(table) = Table::find(book, &ASSIGNMENTS, 3, "分派") {
        reading.assignments(&table);
    }
    Ok(reading.plan)
}

/// One sheet with its columns.
struct Table<'a> {
    sheet: &'a Sheet,
    held: Held<'a>,
    heading: u32,
    columns: BTreeMap<&'static str, (u32, String)>,
}

impl<'a> Table<'a> {
    /// The sheet whose name holds `named` and that has at least `least` of the columns.
    fn find(book: &'a Workbook, wanted: &[Wanted], least: usize, named: &str) -> Option<Self> {
        book.sheets.iter().filter(|s| s.name.contains(named)).find_map(|sheet| {
            let rows = sheet.rows.range(..=20).map(|(n, _)| *n);
            rows.map(|row| Self::at(sheet, row, wanted)).find(|t| t.columns.len() >= least)
        })
    }

    fn at(sheet: &'a Sheet, heading: u32, wanted: &[Wanted]) -> Self {
        let mut columns = BTreeMap::new();
        for (column, cell) in sheet.rows.get(&heading).into_iter().flatten() {
            let word = squash(&cell.shown());
            if let Some((key, _)) =
                wanted.iter().find(|(key, words)| words.contains(&word.as_str()) && !columns.contains_key(key))
            {
                columns.insert(*key, (*column, one_line(&cell.shown())));
            }
        }
        Self { sheet, held: Held::of(sheet, heading), heading, columns }
    }

    fn rows(&self) -> impl Iterator<Item = u32> {
        self.sheet.rows.range(self.heading + 1..).map(|(n, _)| *n)
    }

    fn text(&self, row: u32, key: &str) -> Option<String> {
        let cell = self.held.cell(row, self.columns.get(key)?.0)?;
        Some(unbroken(&cell.shown())).filter(|t| !t.is_empty())
    }

    fn day(&self, row: u32, key: &str) -> Result<Option<Day>, String> {
        let cell = self.columns.get(key).and_then(|(column, _)| self.held.cell(row, *column));
        let Some(cell) = cell else { return Ok(None) };
        let text = day_text(cell)?;
        text.parse().map(Some).map_err(|_| "请写到哪一天，如 2024-09-01".into())
    }
}

/// A row that names somebody: its number, and the role and first day of the post.
type Written = (u32, Role, Day);

struct Reading<'a, 'm> {
    /// The roster as it will be, so that later rows find earlier ones.
    roster: Roster,
    plan: OrgPlan,
    moment: &'a mut Moment<'m>,
    today: Day,
    /// The posts that were there before this workbook.
    before: BTreeSet<PostId>,
    /// The rows in which this workbook names somebody of a unit, with what the post is.
    written: BTreeMap<(UnitId, String), Vec<Written>>,
}

impl Reading<'_, '_> {
    fn add(&mut self, row: Row) {
        self.roster.apply(self.roster.version, &row);
        self.plan.rows.push(row);
    }

    fn wrong(&mut self, table: &Table<'_>, row: u32, key: &str, text: impl Into<String>) {
        self.find(table, row, key, (Level::Error, text.into()));
    }

    /// The rows whose formulas all came to something; the others are said.
    fn whole_rows(&mut self, table: &Table<'_>) -> Vec<u32> {
        let mut rows: Vec<u32> = table.rows().collect();
        rows.retain(|row| {
            let failed = table
                .columns
                .iter()
                .find(|(_, (column, _))| matches!(table.held.cell(*row, *column), Some(Cell::Failed(_))));
            let Some((key, _)) = failed else { return true };
            self.wrong(table, *row, key, "这一格的公式没有算出来或出错，请在 WPS 里打开保存一次，或改成文字");
            false
        });
        rows
    }

    fn find(&mut self, table: &Table<'_>, row: u32, key: &str, (level, text): (Level, String)) {
        let (column, heading) = table.columns.get(key).cloned().map_or((None, String::new()), |(c, t)| (Some(c), t));
        let finding = Finding { row, column, heading, level, text, suggestion: None };
        self.plan.findings.push((table.sheet.name.clone(), finding));
    }

    fn unit(&mut self, table: &Table<'_>, row: u32) {
        let Some(name) = table.text(row, "name") else {
            return self.wrong(table, row, "name", "没有单位名称，请填写");
        };
        let area = table.text(row, "area").and_then(|t| squash(&t).parse::<Area>().ok());
        let Some(area) = area else {
            return self.wrong(table, row, "area", "区划代码应为12位数字，请核对");
        };
        if let Some(parent) = table.text(row, "parent") {
            let above = self.roster.units.values().find(|u| squash(&u.name) == squash(&parent));
            match above.map(|u| u.area) {
                None => self.wrong(table, row, "parent", "没有这个上级单位，上级要写在下级前面"),
                Some(above) if !above.contains(area) => {
                    self.wrong(table, row, "area", "区划代码不在上级单位的范围内，请核对");
                }
                Some(_) => {}
            }
        }
        let known = self.roster.units.iter().find(|(_, u)| u.area == area).map(|(id, u)| (*id, u.name.clone()));
        match known {
            Some((_, old)) if old == name => {}
            Some((id, _)) => self.add(Row::Unit { id, name, area }),
            None => {
                let id = UnitId::new(self.moment.uuid());
                self.add(Row::Unit { id, name, area });
            }
        }
    }

    fn post(&mut self, table: &Table<'_>, row: u32) {
        let Some(name) = table.text(row, "name").map(|t| check::name::normal(&t)) else {
            return self.wrong(table, row, "name", "没有姓名，请填写");
        };
        let Some(unit) = self.unit_named(table, row) else { return };
        let said = table.text(row, "role").map(|t| squash(&t));
        let role = said.and_then(|said| Role::ALL.into_iter().find(|r| squash(r.name()) == said));
        let Some(role) = role else {
            let names = Role::ALL.map(Role::name).join("、");
            return self.wrong(table, row, "role", format!("岗位请从这些里选：{names}"));
        };
        let (from, to) = match (table.day(row, "from"), table.day(row, "to")) {
            (Ok(from), Ok(to)) => (from.unwrap_or(self.today), to),
            (Err(text), _) => return self.wrong(table, row, "from", text),
            (_, Err(text)) => return self.wrong(table, row, "to", text),
        };
        if to.is_some_and(|to| to < from) {
            return self.wrong(table, row, "to", "截止日期早于起始日期，请核对");
        }
        self.ask_who(table, row, (&name, unit, role), (from, to));
        self.add_post(name, unit, role, (from, to));
    }

    /// Two people may have one name. The same name in one unit a second time is one person only where the rows can be
    /// about one: somebody who held the post before, or holds two. Which it is, the operator must know.
    fn ask_who(
        &mut self,
        table: &Table<'_>,
        row: u32,
        (name, unit, role): (&str, UnitId, Role),
        (from, to): (Day, Option<Day>),
    ) {
        let here = self.roster.posts.iter().filter(|(_, post)| {
            post.unit == unit && self.roster.people.get(&post.person).is_some_and(|known| known == name)
        });
        let here: Vec<_> = here.map(|(id, post)| (*id, post.clone())).collect();
        let written = self.written.entry((unit, name.to_owned())).or_default();
        let first = written.first().map(|(row, _, _)| *row);
        let twice = written.iter().any(|(_, r, f)| (*r, *f) == (role, from));
        written.push((row, role, from));
        // Read again, a workbook says what is known.
        let known = |(id, post): &(PostId, Post)| self.before.contains(id) && post.role == role && post.from == from;
        if here.is_empty() || !twice && here.iter().any(known) {
            return;
        }
        let other = first.map_or_else(|| "名册里的人".to_owned(), |first| format!("第{first}行"));
        let ends = |end: Option<Day>, begin: Day| end.is_some_and(|end| end < begin);
        let at_once = here.iter().any(|(_, post)| post.role == role && !ends(post.to, from) && !ends(to, post.from));
        let apart = format!("若是两个人，请在其中一行的姓名后加以区分，如“{name}（小）”");
        let told = if at_once {
            (Level::Error, format!("与{other}同名、同单位、同岗位，时间也重叠：若是同一个人，请删去这一行；{apart}"))
        } else {
            (Level::Warning, format!("与{other}同名、同单位，按同一个人登记；{apart}"))
        };
        self.find(table, row, "name", told);
    }

    fn unit_named(&mut self, table: &Table<'_>, row: u32) -> Option<UnitId> {
        let text = table.text(row, "unit").unwrap_or_default();
        let named = |name: &str| squash(name) == squash(&text);
        let found: Vec<UnitId> = self.roster.units.iter().filter(|(_, u)| named(&u.name)).map(|(id, _)| *id).collect();
        match found.as_slice() {
            [one] => Some(*one),
            [] => {
                let code = squash(&text).parse::<Area>().ok();
                let by_code = self.roster.units.iter().find(|(_, u)| Some(u.area) == code).map(|(id, _)| *id);
                if by_code.is_none() {
                    self.wrong(table, row, "unit", "“单位”表里没有这个单位，请核对名称");
                }
                by_code
            }
            [_, _, ..] => {
                self.wrong(table, row, "unit", "有几个同名的单位，请改写成12位区划代码");
                None
            }
        }
    }

    fn add_post(&mut self, name: String, unit: UnitId, role: Role, (from, to): (Day, Option<Day>)) {
        let here = self
            .roster
            .posts
            .iter()
            .filter(|(_, p)| p.unit == unit && self.roster.people.get(&p.person) == Some(&name));
        let here: Vec<_> = here.map(|(id, p)| (*id, p.clone())).collect();
        let person = here.first().map(|(_, p)| p.person);
        let person = person.unwrap_or_else(|| {
            let id = PersonId::new(self.moment.uuid());
            self.add(Row::Person { id, name });
            id
        });
        let known = here.iter().find(|(_, p)| p.role == role && p.from == from);
        let id = match known {
            Some((_, post)) if post.to == to => return,
            Some((id, _)) => *id,
            None => PostId::new(self.moment.uuid()),
        };
        self.add(Row::Post { id, person, unit, role, from, to });
    }

    fn assignments(&mut self, table: &Table<'_>) {
        let places = Places::new(self.roster.units.values().map(|u| (u.name.as_str(), u.area)));
        let directors = directors(&self.roster, self.today);
        for row in self.whole_rows(table) {
            let (id_no, name) = (table.text(row, "id_no"), table.text(row, "name").map(|n| check::name::normal(&n)));
            if id_no.is_none() && name.is_none() {
                self.wrong(table, row, "id_no", "请填写儿童的证件号或姓名");
                continue;
            }
            let id_no = match id_no.map(|text| check::id_no::read(&text)) {
                None => None,
                Some(Ok(id)) => Some(id.number),
                Some(Err(problem)) => {
                    self.wrong(table, row, "id_no", problem.text());
                    continue;
                }
            };
            let community = table.text(row, "area").unwrap_or_default();
            let area = match places.community(&community, None) {
                Ok(area) => area,
                Err(Unfound::Nothing) => {
                    self.wrong(table, row, "area", "没有这个社区，请改成“单位”表里的名称");
                    continue;
                }
                Err(Unfound::Several) => {
                    self.wrong(table, row, "area", "有几个同名的社区，请写上街道");
                    continue;
                }
            };
            match director_for(&directors, area, table.text(row, "director").as_deref()) {
                Ok(post) => self.plan.assignments.push(Assignment { row, child: Named { id_no, name, area }, post }),
                Err(Unfound::Nothing) => self.wrong(table, row, "director", "这个社区没有这位儿童主任，请核对"),
                Err(Unfound::Several) => self.wrong(table, row, "director", "这个社区有几位儿童主任，请写明是哪一位"),
            }
        }
    }
}
