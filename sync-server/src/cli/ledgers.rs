//! `import-org`, `import-ledger`, `undo-import`. It must not guess what a cell means.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use domain::child::Identity;
use domain::day::Day;
use domain::fault::{Code, Fault};
use domain::id::ChildId;
use domain::number::FileNumber;
use ledger::context::{Context, Known};
use ledger::org::{Named, OrgPlan, read_org};
use ledger::report::Report;
use ledger::workbook::Workbook;
use sync::wire::Outcome;

use super::{Place, now, say, told, workbook};
use crate::import::Enlisted;
use crate::server::Server;
use crate::store::sqlite::Sqlite;

fn read(file: &Path) -> anyhow::Result<Workbook> {
    if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
        return Err(Fault::from(Code::WorkbookTemporary).into());
    }
    let bytes = std::fs::read(file).with_context(|| format!("文件读不出来：{}", file.display()))?;
    workbook::read_limited(&bytes).map_err(|fault| match (fault.code, fault.about.as_str()) {
        (Code::WorkbookTooLarge, at) if !at.is_empty() => {
            anyhow::anyhow!("{fault}（{at} 处还有内容：若是误填的，请在表里删去再导入。）")
        }
        (_, _) => fault.into(),
    })
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
        Some(id) => Identity::of(&one.values).id_no.as_ref() == Some(id),
        None => named.name == Identity::of(&one.values).name && areas.get(&one.child) == Some(&named.area),
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

/// How a ledger is to be imported.
pub(super) struct Import<'a> {
    /// The ledger.
    pub(super) file: &'a Path,
    /// An organisation workbook whose sheet 分派 says who looks after whom.
    pub(super) org: Option<&'a Path>,
    /// Where what comes back is written, if not beside the ledger.
    pub(super) back: Option<&'a Path>,
    pub(super) dry_run: bool,
    pub(super) accept_doubtful: bool,
}

pub(super) fn import_ledger(place: &Place<'_>, how: &Import<'_>) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let mut server = place.server()?;
    let book = read(how.file)?;
    let today = now(|m| Day::of(m.now));
    let mut context = Context::of(server.roster(), today);
    context.known = known(&mut server)?;
    context.accept_doubtful = how.accept_doubtful;
    let report = ledger::dry_run(&book, &context)?;
    told::tell(&book, &report);
    if how.dry_run {
        give_back(&book, &report, how);
        say("这是试算，没有写入任何内容。");
        return Ok(());
    }
    if server.withholds() {
        bail!(
            "服务刚从备份恢复，备份以后的档案还没有补回来，现在导入会重复建档：请先启动服务，让一台街道站或区中心的电脑同步一次，再导入。"
        );
    }
    let source = how.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let plan = now(|m| ledger::batch::plan(&report, &source, &context.known, m));
    if plan.children.is_empty() {
        give_back(&book, &report, how);
        say("没有可以导入的行，没有写入任何内容。");
    } else {
        let written = now(|m| server.import(m, &plan))?;
        if written.refused > 0 {
            bail!(
                "有 {} 条没有通过检查：请用 undo-import {} 撤销，并把情况告诉开发方。",
                written.refused,
                plan.batch.id
            );
        }
        say(&format!("导入完成：儿童 {} 名，档案 {} 份。批次号 {}", written.children, written.records, plan.batch.id));
        give_back(&book, &report, how);
    }
    match how.org {
        Some(org) => {
            let plan = read_plan(&server, org)?;
            assign(&mut server, &plan)
        }
        None => Ok(()),
    }
}

/// Writes what comes back into a new file: where it was asked for, else beside the ledger, else, where that cannot
/// be written, where the command runs. The import stands whatever becomes of it.
fn give_back(book: &Workbook, report: &Report, how: &Import<'_>) {
    let bytes = match ledger::error_book(book, report) {
        Ok(None) => return,
        Ok(Some(bytes)) => bytes,
        Err(fault) => {
            return say(&format!("退改表没有写成（{}）：请按上面的提示在原表里改，再导入原表。", fault.about));
        }
    };
    let beside = how.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folders = how.back.map_or_else(|| vec![beside, Path::new(".")], |folder| vec![folder]);
    let name = how.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    match folders.iter().find_map(|folder| write_new(folder, &name, &bytes)) {
        Some(path) => say(&format!("退改表：{}（改好后可直接再导入）", path.display())),
        None => say(&format!(
            "退改表写不进 {}，退回的行见上面。请用 --back 指定一个能写的文件夹，再试算一次（--dry-run）；已导入的行那时会标为“已有”。",
            folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join("，也写不进 ")
        )),
    }
}

/// Writes a file that was not there before.
fn write_new(folder: &Path, source: &str, bytes: &[u8]) -> Option<PathBuf> {
    for name in ledger::error_book_names(source) {
        let path = folder.join(name);
        match File::create_new(&path) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                if written.is_err() {
                    // Ours, and half written.
                    let _ = std::fs::remove_file(&path);
                    return None;
                }
                return Some(path);
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}

fn known(server: &mut Server<Sqlite>) -> anyhow::Result<Known> {
    let mut known = Known::default();
    known.numbers.extend(server.last_number()?);
    for one in server.enlisted()? {
        // As the desk looks for doubles: one number written in two ways is one number.
        let identity = Identity::of(&one.values);
        if let Some(id) = identity.id_no {
            known.ids.insert(id, one.text("live_area").unwrap_or("本区").to_owned());
        }
        known.births.extend(identity.name.zip(identity.birth));
        known.numbers.extend(one.text("child_no").and_then(FileNumber::parse));
    }
    Ok(known)
}

pub(super) fn undo_import(place: &Place<'_>, batch: &str, rest: bool) -> anyhow::Result<()> {
    let _lock = place.lock()?;
    let mut server = place.server()?;
    let Some(batch) = server.batch(batch)? else {
        bail!("没有这个批次，或已经撤销过：请核对导入时给出的批次号。");
    };
    let since = now(|m| server.since_import(m, &batch))?;
    if !since.touched.is_empty() {
        let pieces: usize = since.touched.values().sum();
        say(&format!(
            "这一批里有 {} 名儿童，导入以后别人又写了 {pieces} 条内容：这些儿童不会撤销，请在档案里改正。",
            since.touched.len()
        ));
    }
    if !since.holders.is_empty() {
        say(&format!(
            "另外 {} 名儿童的档案已经到过 {} 台电脑，上面可能有还没上传的内容：请先让这些电脑各同步一次。",
            since.untouched.len(),
            since.holders.len()
        ));
    }
    if since.untouched.is_empty() {
        bail!("没有可以撤销的儿童，什么也没有改动。");
    }
    let ask = !since.touched.is_empty() || !since.holders.is_empty();
    if ask && !rest {
        bail!(
            "还没有撤销。确认只撤销没有人动过的 {} 名儿童，请再运行：undo-import {} --rest",
            since.untouched.len(),
            batch.id
        );
    }
    let undone = now(|m| server.undo_import(m, &batch))?;
    say(&format!("已撤销批次 {}（{}）：{} 名儿童的档案已从全区删除。", batch.id, batch.source, undone.children));
    Ok(())
}
