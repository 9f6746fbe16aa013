//! `import-org`, `import-ledger`, `undo-import`. It must not guess what a cell means.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use domain::day::Day;
use domain::id::ChildId;
use domain::number::FileNumber;
use ledger::context::{Context, Known};
use ledger::org::{Named, OrgPlan, read_org};
use ledger::report::{Level, Report};
use ledger::workbook::Workbook;
use sync::wire::Outcome;

use super::{Place, now, say, workbook};
use crate::import::Enlisted;
use crate::server::Server;
use crate::store::sqlite::Sqlite;

fn read(file: &Path) -> anyhow::Result<Workbook> {
    let bytes = std::fs::read(file).with_context(|| format!("文件读不出来：{}", file.display()))?;
    Ok(workbook::read_limited(&bytes)?)
}

fn read_plan(server: &Server<Sqlite>, file: &Path) -> anyhow::Result<OrgPlan> {
    let book = read(file)?;
    Ok(now(|m| {
        let today = Day::of(m.now);
        read_org(&book, server.roster(), today, m)
    })?)
}

pub(super) fn import_org(place: &Place<'_>, file: &Path) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let mut server = place.server()?;
    let plan = read_plan(&server, file)?;
    for (sheet, finding) in &plan.findings {
        say(&format!("{sheet} 第 {} 行 {}：{}", finding.row, finding.heading, finding.text));
    }
    if plan.has_errors() {
        bail!("组织工作簿有错，没有写入任何内容：请按上面的提示改好后再导入。");
    }
    let rows = plan.rows.len();
    let outcomes = now(|m| server.write_rows(m, plan.rows.clone()))?;
    all_accepted(&outcomes)?;
    say(&format!("组织导入完成：新增 {rows} 条（单位、人员、岗位）。"));
    match (plan.assignments.len(), server.roster().children.is_empty()) {
        (0, _) => Ok(()),
        (_, false) => assign(&mut server, &plan),
        (n, true) => {
            say(&format!("分派表有 {n} 条，等台账导入后写入：import-ledger 台账.xlsx --org {}", file.display()));
            Ok(())
        }
    }
}

/// Writes the 分派 sheet for the children that are there.
fn assign(server: &mut Server<Sqlite>, plan: &OrgPlan) -> anyhow::Result<()> {
    let children = server.enlisted()?;
    let areas: std::collections::BTreeMap<ChildId, _> =
        server.roster().children.iter().filter_map(|(id, seat)| Some((*id, seat.area()?))).collect();
    let same = |one: &Enlisted, named: &Named| match &named.id_no {
        Some(id) => one.text("id_no") == Some(id),
        None => named.name.as_deref() == one.text("name") && areas.get(&one.child) == Some(&named.area),
    };
    let (rows, lost) = plan.assign(|named| {
        let mut found = children.iter().filter(|one| same(one, named));
        found.next().filter(|_| found.next().is_none()).map(|one| one.child)
    });
    let (written, left) = (rows.len(), lost.len());
    all_accepted(&now(|m| server.write_rows(m, rows))?)?;
    say(&format!("分派：写入 {written} 条；没有找到（或不止一个）的 {left} 条。"));
    for row in lost.iter().take(20) {
        say(&format!("分派 第 {row} 行：没有找到这个孩子，请核对证件号或姓名、社区。"));
    }
    Ok(())
}

fn all_accepted(outcomes: &[Outcome]) -> anyhow::Result<()> {
    let refused = outcomes.iter().filter(|o| !matches!(o, Outcome::Accepted(_))).count();
    if refused > 0 {
        bail!("有 {refused} 条没有通过检查：请运行 verify，并把结果告诉开发方。");
    }
    Ok(())
}

pub(super) fn import_ledger(
    place: &Place<'_>,
    file: &Path,
    org: Option<&Path>,
    dry_run: bool,
    accept_doubtful: bool,
) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let mut server = place.server()?;
    let book = read(file)?;
    let today = now(|m| Day::of(m.now));
    let mut context = Context::of(server.roster(), today);
    context.known = known(&mut server)?;
    context.accept_doubtful = accept_doubtful;
    let report = ledger::dry_run(&book, &context)?;
    tell(&book, &report);
    if let Some(bytes) = ledger::error_book(&book, &report)? {
        let back = beside(file);
        std::fs::write(&back, bytes).with_context(|| format!("退改表写不进去：{}", back.display()))?;
        say(&format!("退改表：{}（改好后可直接再导入）", back.display()));
    }
    if dry_run {
        say("这是试算，没有写入任何内容。");
        return Ok(());
    }
    if server.withholds() {
        bail!(
            "服务刚从备份恢复，备份以后的档案还没有补回来，现在导入会重复建档：请先启动服务，让一台街道站或区中心的电脑同步一次，再导入。"
        );
    }
    let source = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let plan = now(|m| ledger::batch::plan(&report, &source, &context.known, m));
    let written = now(|m| server.import(m, &plan))?;
    if written.refused > 0 {
        bail!("有 {} 条没有通过检查：请用 undo-import {} 撤销，并把情况告诉开发方。", written.refused, plan.batch.id);
    }
    say(&format!("导入完成：儿童 {} 名，档案 {} 份。批次号 {}", written.children, written.records, plan.batch.id));
    match org {
        Some(org) => {
            let plan = read_plan(&server, org)?;
            assign(&mut server, &plan)
        }
        None => Ok(()),
    }
}

fn known(server: &mut Server<Sqlite>) -> anyhow::Result<Known> {
    let mut known = Known::default();
    known.numbers.extend(server.last_number()?);
    for one in server.enlisted()? {
        if let Some(id) = one.text("id_no") {
            known.ids.insert(id.to_owned(), one.text("live_area").unwrap_or("本区").to_owned());
        }
        if let (Some(name), Some(Ok(birth))) = (one.text("name"), one.text("birth").map(str::parse)) {
            known.births.insert((name.to_owned(), birth));
        }
        known.numbers.extend(one.text("child_no").and_then(FileNumber::parse));
    }
    Ok(known)
}

fn tell(book: &Workbook, report: &Report) {
    let counts = &report.counts;
    say(&format!(
        "读到儿童 {} 行：可导入 {}，退回 {}（错误单元格 {}，已有或重复 {}）；需留意 {} 处。",
        counts.rows, counts.ready, counts.returned, counts.errors, counts.duplicates, counts.warnings
    ));
    let sheet = |n: usize| book.sheets.get(n).map_or("", |s| s.name.as_str());
    let bad = report.rows.iter().flat_map(|row| row.findings.iter().map(move |f| (row.sheet, f)));
    for (n, finding) in bad.filter(|(_, f)| f.level != Level::Warning).take(30) {
        // The cell's content is personal: the workbook that goes back shows it, the terminal does not.
        say(&format!("  {} 第 {} 行 {}：{}", sheet(n), finding.row, finding.heading, finding.text));
    }
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    file.with_file_name(ledger::error_book_name(&name))
}

pub(super) fn undo_import(place: &Place<'_>, batch: &str) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let mut server = place.server()?;
    let Some(batch) = server.batch(batch)? else {
        bail!("没有这个批次，或已经撤销过：请核对导入时给出的批次号。");
    };
    let undone = now(|m| server.undo_import(m, &batch))?;
    say(&format!("已撤销批次 {}（{}）：{} 名儿童的档案已从全区删除。", batch.id, batch.source, undone.children));
    Ok(())
}
