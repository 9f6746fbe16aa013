//! `import-org`, `import-ledger` and `undo-import` as an operator runs them, over files built after trouble reports of
//! people who keep ledgers. What a ledger comes to is tested in `crates/ledger`; here: what is written where, what is
//! said, and what is left alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/ledger/tests/fixtures/met");

/// A district with its organisation, and a folder for ledgers beside it.
struct District {
    home: tempfile::TempDir,
}

impl District {
    fn new() -> Self {
        let district = Self { home: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir(district.ledgers()).expect("a folder");
        let init = ["init", "--name", "澄明区", "--area", "990102000000", "--host", "localhost"];
        district.must(&init);
        let org = district.copy("org");
        let said = district.must(&["import-org", org.to_str().expect("UTF-8")]);
        assert!(said.contains("组织导入完成"), "{said}");
        district
    }

    fn ledgers(&self) -> PathBuf {
        self.home.path().join("ledgers")
    }

    /// A copy of a file as somebody met it.
    fn copy(&self, name: &str) -> PathBuf {
        let to = self.ledgers().join(format!("{name}.xlsx"));
        std::fs::copy(Path::new(MET).join(format!("{name}.xlsx")), &to).expect("copied");
        to
    }

    fn run(&self, args: &[&str]) -> Output {
        let dir = self.home.path().join("data");
        std::fs::create_dir_all(&dir).expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongdang-server"));
        command.arg("--dir").arg(&dir).args(args).current_dir(self.home.path());
        command.output().expect("it runs")
    }

    fn must(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = said(&output);
        assert!(output.status.success(), "{args:?}: {said}");
        said
    }

    fn import(&self, file: &Path, more: &[&str]) -> String {
        let args: Vec<&str> =
            ["import-ledger"].iter().chain(more).copied().chain([file.to_str().expect("UTF-8")]).collect();
        self.must(&args)
    }

    /// The names of the files in the ledgers' folder.
    fn names(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.ledgers()).expect("the folder");
        let mut names: Vec<String> =
            files.map(|f| f.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name != "org.xlsx");
        names.sort();
        names
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// The number of the batch that was just imported.
fn batch(said: &str) -> &str {
    said.split("批次号 ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a batch")
}

#[test]
fn a_dry_run_never_writes_over_its_input_nor_over_what_somebody_worked_in() {
    let district = District::new();
    let (ledger, back) = (district.copy("03_台账"), district.copy("03_台账-退改"));
    let before = [&ledger, &back].map(|path| std::fs::read(path).expect("there"));
    let said = district.import(&back, &["--dry-run"]);
    assert!(said.contains("03_台账-退改-2.xlsx") && said.contains("没有写入任何内容"), "{said}");
    district.import(&ledger, &["--dry-run"]);
    assert_eq!([&ledger, &back].map(|path| std::fs::read(path).expect("there")), before, "both as they were");
    let names = ["03_台账-退改-2.xlsx", "03_台账-退改-3.xlsx", "03_台账-退改.xlsx", "03_台账.xlsx"];
    assert_eq!(district.names(), names);
    let said = district.import(&back, &[]);
    assert!(said.contains("儿童 2 名") && said.contains("-退改-4.xlsx"), "two were corrected: {said}");
}

#[test]
fn an_import_that_is_refused_leaves_no_file_behind() {
    let district = District::new();
    let locked = district.copy("19_password_1234");
    let output = district.run(&["import-ledger", locked.to_str().expect("UTF-8")]);
    assert!(!output.status.success() && said(&output).contains("请先在 WPS 里取消密码再导入"), "{}", said(&output));
    let temporary = district.ledgers().join("~$台账.xlsx");
    std::fs::write(&temporary, b"x").expect("written");
    let output = district.run(&["import-ledger", temporary.to_str().expect("UTF-8")]);
    assert!(said(&output).contains("临时文件"), "{}", said(&output));
    assert_eq!(district.names(), ["19_password_1234.xlsx", "~$台账.xlsx"]);
}

#[test]
fn no_file_of_those_people_met_ends_in_a_mistake_of_the_program() {
    let district = District::new();
    for name in std::fs::read_dir(MET).expect("the files") {
        let name = name.expect("a file").file_name().to_string_lossy().into_owned();
        let file = district.copy(name.strip_suffix(".xlsx").expect("a workbook"));
        let output = district.run(&["import-ledger", "--dry-run", file.to_str().expect("UTF-8")]);
        let said = said(&output);
        assert!(!said.contains("程序出了差错") && !said.contains("panicked"), "{name}: {said}");
        assert!(output.status.success() || said.contains('请'), "{name} says what to do: {said}");
    }
}

#[test]
fn what_is_worth_a_look_is_said_and_what_cells_say_is_not() {
    let district = District::new();
    let said = district.import(&district.copy("12_sensitive_leftovers"), &["--dry-run"]);
    assert!(said.contains("〔留意〕明湖路街道 第 4、5 行 N列领取方式"), "{said}");
    assert!(!said.contains("杨承宇") && !said.contains("62990000"), "{said}");
    let said = district.import(&district.copy("24a_stray_last_row"), &["--dry-run"]);
    assert!(said.contains("A1048576"), "{said}");
    let said = district.import(&district.copy("11_hiv_category"), &["--dry-run"]);
    assert!(said.contains("请删去并电话联系区中心办理") && !said.contains("艾滋"), "{said}");
}

#[test]
fn nothing_of_what_may_not_stand_in_ordinary_records_is_taken_in() {
    let district = District::new();
    let said = district.import(&district.copy("11_hiv_category"), &[]);
    assert!(said.contains("可导入 0，退回 3") && said.contains("没有写入任何内容"), "{said}");
    let again = district.import(&district.copy("11_hiv_category"), &[]);
    assert!(again.contains("可导入 0，退回 3（错误单元格 3，已有或重复 0）"), "none of the three is known: {again}");
}

#[test]
fn good_rows_are_imported_though_the_rest_cannot_be_written_beside_them() {
    let district = District::new();
    let ledger = district.copy("30_plain_one_error");
    // No folder at all is as good as one that may not be written, also where the tests run as root.
    let nowhere = district.home.path().join("nowhere");
    let said = district.import(&ledger, &["--back", nowhere.to_str().expect("UTF-8")]);
    assert!(said.contains("导入完成：儿童 5 名") && said.contains("请用 --back 指定一个能写的文件夹"), "{said}");
    let elsewhere = district.home.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a folder");
    let said = district.import(&ledger, &["--dry-run", "--back", elsewhere.to_str().expect("UTF-8")]);
    assert!(said.contains("可导入 0，退回 6") && elsewhere.join("30_plain_one_error-退改.xlsx").is_file(), "{said}");
}

#[test]
fn a_child_with_a_small_x_is_there_already_and_so_is_a_whole_ledger_read_again() {
    let district = District::new();
    let ledger = district.copy("28_capital_x");
    district.import(&ledger, &[]);
    let said = district.import(&ledger, &[]);
    assert!(said.contains("可导入 0，退回 1（错误单元格 0，已有或重复 1）"), "{said}");
}

#[test]
fn two_people_of_one_name_in_one_post_are_asked_about() {
    let district = District::new();
    let org = district.copy("23_org_two_zhao_min");
    let output = district.run(&["import-org", org.to_str().expect("UTF-8")]);
    assert!(!output.status.success() && said(&output).contains("第 6 行 姓名"), "{}", said(&output));
}

#[test]
fn an_import_nobody_touched_is_undone_at_once_and_only_once() {
    let district = District::new();
    let said = district.import(&district.copy("01_community_merged_down"), &[]);
    let batch = batch(&said).to_owned();
    assert!(district.must(&["undo-import", &batch]).contains("3 名儿童的档案已从全区删除"));
    assert!(!district.run(&["undo-import", &batch]).status.success());
}
