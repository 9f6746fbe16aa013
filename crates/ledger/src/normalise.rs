//! One cell → what it says for a field. Damaged numbers are refused, never repaired by guessing;
//! what does not fit is handed back so that it can be kept in the remark.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::check;
use domain::check::bank::BankProblem;
use domain::check::id_no::IdNoProblem;
use domain::check::tel::TelProblem;
use domain::code::{self, Table};
use domain::day::Day;
use domain::finding::Level;
use domain::form::{self, Field, Kind, Merge};
use domain::value::Value;

use crate::remark::holds_number;
use crate::words::{half, half_width, is_dash, is_unknown, one_line, squash, unbroken};
use crate::workbook::{Cell, EXACT};

/// What a cell says for a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// Nothing: a dash, a stroke.
    Nothing,
    /// One value, and the words of the cell that are to be kept besides.
    Value(Value, Option<String>),
    /// Codes of a table, each with a date if one stands behind it, and pieces that are no code.
    Codes(BTreeMap<String, Option<String>>, Vec<String>),
    /// It can be read but does not fit: kept in the remark, with advice.
    Unclear(String),
    /// It cannot be read safely: the row comes back, with advice and perhaps a suggestion.
    Damaged(String, Option<String>),
    /// A number whose check digit is wrong: what stands there, and the advice.
    Doubtful(String, String),
}

const ROUNDED: &str = "数字太长，表格已把后几位改坏，请对照原件重新输入（单元格先设为文本）";

/// Reads a cell for a field; `today` bounds dates of birth in document numbers. What the form
/// would not take is unclear, whatever this file made of it.
pub(crate) fn read(field: &Field, cell: &Cell, today: Day) -> Said {
    let said = read_kind(field, cell, today);
    let Said::Value(value, _) = &said else { return said };
    let key = if field.merge == Merge::Register { field.key.as_str() } else { "" };
    match form::check_value(field, key, value).filter(|finding| finding.level == Level::Red && !finding.missing) {
        Some(finding) if !key.is_empty() => Said::Unclear(finding.text),
        _ => said,
    }
}

fn read_kind(field: &Field, cell: &Cell, today: Day) -> Said {
    let text = match cell {
        Cell::Number(n) if n.abs() >= EXACT => return Said::Damaged(ROUNDED.into(), None),
        cell => cell.shown(),
    };
    if is_dash(&text) {
        return Said::Nothing;
    }
    if is_unknown(&text) && field.unknown {
        return whole(Value::Unknown);
    }
    match field.kind {
        Kind::Text if field.key == "bank_account" => account(&text),
        Kind::Text | Kind::Name | Kind::Ref | Kind::Files => short_text(field, &text),
        Kind::LongText => whole(Value::text(text.trim())),
        Kind::Day | Kind::Month | Kind::Time => day_value(cell),
        Kind::Int => number(&text),
        Kind::Money => money(&text),
        Kind::Decimal => decimal(&text),
        Kind::Yes => yes(&text).map_or_else(|| unclear("请写“是”或“否”"), |y| whole(Value::Yes(y))),
        Kind::Code => code_value(field, &text),
        Kind::Codes | Kind::Rows => codes(field, &text),
        Kind::IdNo => id_no(&text, today),
        Kind::Tel => tel(&text),
        Kind::Area => text
            .trim()
            .parse::<Area>()
            .map_or_else(|_| unclear("请写12位区划代码"), |a| whole(Value::text(a.to_string()))),
    }
}

/// A value that is all the cell says.
fn whole(value: Value) -> Said {
    Said::Value(value, None)
}

fn unclear(text: &str) -> Said {
    Said::Unclear(text.to_owned())
}

fn short_text(field: &Field, text: &str) -> Said {
    let scientific = matches!(check::id_no::read(text), Err(IdNoProblem::Rounded));
    let numbered = field.mask.is_some() || field.key == "student_no";
    if numbered && scientific {
        return Said::Damaged(ROUNDED.into(), None);
    }
    let text = match field.kind {
        Kind::Name => check::name::normal(&unbroken(text)),
        _ if numbered => half_width(text).trim().trim_start_matches('\'').split_whitespace().collect(),
        _ => unbroken(text),
    };
    if field.max > 0 && text.chars().count() > field.max {
        return Said::Unclear(format!("超过{}个字", field.max));
    }
    whole(Value::text(text))
}

/// An account number; other words of the cell (`卡在姑姑处`) are not for this field.
fn account(text: &str) -> Said {
    match check::bank::read(text) {
        Ok(account) => whole(Value::Text(account.digits)),
        Err(problem @ BankProblem::Rounded) => Said::Damaged(problem.words().text, None),
        Err(problem @ BankProblem::Shape) => Said::Unclear(problem.words().text),
    }
}

/// A date in any of the styles people use, as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. The number
/// 2012.1 may have been 2012.10: no date.
pub(crate) fn day_text(cell: &Cell) -> Result<String, String> {
    match cell {
        Cell::Date(day) => Ok(day.to_string()),
        Cell::Number(n) if n.fract() != 0.0 && n.to_string().ends_with(".1") => {
            Err("分不清是1月还是10月，请写成 2012-10 这样".into())
        }
        cell => {
            let text = cell.shown();
            let day = check::day::read(&text).or_else(|problem| match text.contains('\n') {
                true => check::day::read(&unbroken(&text)),
                false => Err(problem),
            });
            day.map(|day| day.to_string()).map_err(|problem| problem.text())
        }
    }
}

/// What was typed into a cell that is shown as a day: the number behind it.
pub(crate) fn typed(cell: &Cell) -> Option<String> {
    let Cell::Date(day) = cell else { return None };
    Day::new(1899, 12, 30).ok().map(|zero| day.since(zero).to_string())
}

/// A date as far as it is known, in its stored form.
pub(crate) fn partial(text: &str) -> Option<String> {
    check::day::read(text).ok().map(|day| day.to_string())
}

fn day_value(cell: &Cell) -> Said {
    let timed = matches!(cell, Cell::Text(text) if text.contains([':', '：', '时']));
    match day_text(cell) {
        Ok(day) => Said::Value(Value::text(day), timed.then(|| one_line(&cell.shown()))),
        Err(advice) => Said::Unclear(advice),
    }
}

fn number(text: &str) -> Said {
    let digits = half_width(text).trim().to_owned();
    digits.parse::<i64>().map_or_else(|_| unclear("请只写数字"), |n| whole(Value::Int(n)))
}

/// Yuan as written (`1,200.5元/月`, `0.3万`) in fen.
fn money(text: &str) -> Said {
    let plain: String =
        half_width(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '¥' | '￥')).collect();
    let (plain, noted) = match plain.split_once('元') {
        Some((amount, rest)) => (amount.to_owned(), !rest.is_empty()),
        None => (plain, false),
    };
    let (plain, scale) = plain.strip_suffix('万').map_or((plain.as_str(), 2), |p| (p, 6));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let padded = format!("{part:0<scale$}");
    let (kept, lost) = padded.split_at_checked(scale).unwrap_or((padded.as_str(), ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || !digits(whole) || !digits(kept) || lost.bytes().any(|b| b != b'0') {
        return unclear("金额看不懂，请只写数字，单位元");
    }
    format!("{whole}{kept}").parse().map_or_else(
        |_| unclear("金额看不懂，请只写数字，单位元"),
        |fen| Said::Value(Value::Int(fen), noted.then(|| one_line(text))),
    )
}

fn decimal(text: &str) -> Said {
    let lower = half_width(text).trim().to_lowercase();
    let units = ["厘米", "公分", "cm", "公斤", "千克", "kg"];
    let bare = units.iter().find_map(|u| lower.strip_suffix(u)).unwrap_or(&lower).trim();
    let plain = bare.chars().all(|c| c.is_ascii_digit() || c == '.') && bare.parse::<f64>().is_ok();
    if plain { whole(Value::text(bare)) } else { unclear("请只写数字") }
}

/// Yes or no as people tick it.
pub(crate) fn yes(text: &str) -> Option<bool> {
    let text = half_width(text);
    match text.trim() {
        "√" | "✓" | "✔" | "☑" | "是" | "有" | "1" | "Y" | "y" | "对" | "已" | "R" => Some(true),
        "×" | "✗" | "✘" | "否" | "无" | "没有" | "0" | "N" | "n" | "X" | "x" | "□" | "☐" | "不是" | "未" => {
            Some(false)
        }
        _ => None,
    }
}

fn table(field: &Field) -> Option<&'static Table> {
    code::table(field.code.as_deref()?)
}

fn code_value(field: &Field, text: &str) -> Said {
    let Some(table) = table(field) else { return unclear("请写在备注里") };
    if let Some(code) = table.code_of(text) {
        return whole(Value::text(code));
    }
    match yes(text).map(|y| if y { "有" } else { "无" }).and_then(|word| table.code_of(word)) {
        Some(code) => whole(Value::text(code)),
        None => inside(table, text).map_or_else(
            || unclear("写法不认识，请从下拉选项里选一个"),
            |code| Said::Value(Value::text(code), Some(one_line(text))),
        ),
    }
}

/// The one code whose name stands inside a longer text: `小学三年级` → 小学.
fn inside(table: &Table, text: &str) -> Option<String> {
    let word = squash(text);
    let said = |name: &String| {
        let name = squash(name);
        name.chars().count() > 1
            && word.contains(&name)
            && !word.contains(&format!("不{name}"))
            && !word.contains(&format!("非{name}"))
    };
    let mut found = table.entries.iter().filter(|e| std::iter::once(&e.name).chain(&e.also).any(said));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one.code.clone()),
        (_, _) => None,
    }
}

fn codes(field: &Field, text: &str) -> Said {
    let Some(table) = table(field) else { return unclear("请写在备注里") };
    if let Some(code) = table.code_of(text) {
        return Said::Codes(BTreeMap::from([(code.to_owned(), None)]), Vec::new());
    }
    let (mut found, mut rest) = (BTreeMap::new(), Vec::new());
    let pieces = text.split(['、', '，', ',', '；', ';', '/', '／', '\n', '|', '+', ' ', '\u{3000}']);
    for piece in pieces.map(str::trim).filter(|p| !p.is_empty()) {
        match dated(table, piece) {
            Some((code, day)) => {
                found.insert(code, day);
            }
            None => rest.push(piece.to_owned()),
        }
    }
    Said::Codes(found, rest)
}

/// A label with or without a date behind it: `事实无人抚养儿童（2021.5）`.
fn dated(table: &Table, piece: &str) -> Option<(String, Option<String>)> {
    if let Some(code) = table.code_of(piece) {
        return Some((code.to_owned(), None));
    }
    let half = half_width(piece);
    let (label, rest) = half.split_once('(')?;
    let day = partial(rest.trim_end_matches(')').trim_end_matches(['起', '认', '定']))?;
    Some((table.code_of(label)?.to_owned(), Some(day)))
}

fn id_no(text: &str, today: Day) -> Said {
    match check::id_no::read_by(text, today) {
        Ok(id) => whole(Value::text(id.number)),
        Err(problem) if problem.may_be_kept() => Said::Doubtful(check::id_no::normal(text), problem.text()),
        Err(problem) => Said::Damaged(problem.text(), problem.suggestion().map(str::to_owned)),
    }
}

fn tel(text: &str) -> Said {
    let joined = |numbers: Vec<String>| Value::text(check::tel::join(&numbers));
    match check::tel::read(text) {
        Ok(numbers) => whole(joined(numbers)),
        Err(problem @ TelProblem::Rounded) => Said::Damaged(problem.text(), None),
        Err(problem) => match check::tel::read(&unbroken(text)).map_err(|_| numbers_among_words(text)) {
            Ok(numbers) => whole(joined(numbers)),
            Err(Some((numbers, words))) => Said::Value(joined(numbers), Some(words)),
            Err(None) => Said::Unclear(problem.text()),
        },
    }
}

/// The numbers of `14000000111（爷爷）` and the words around them; `None` where a number among them
/// cannot be read, or there is none.
fn numbers_among_words(text: &str) -> Option<(Vec<String>, String)> {
    let (mut numbers, mut words, mut run) = (Vec::new(), String::new(), String::new());
    for c in text.chars().map(half).chain(['。']) {
        if matches!(c, '0'..='9' | '-' | '+' | ' ') {
            run.push(c);
        } else {
            let piece = std::mem::take(&mut run);
            if holds_number(&piece) {
                numbers.extend(check::tel::read(&piece).ok()?);
            } else {
                words.push_str(&piece);
            }
            words.push(c);
        }
    }
    let words = words.trim_end_matches('。').trim_matches([' ', ',', '，', '、', ';', '；', '/', ':', '：', '\n']);
    (!numbers.is_empty()).then(|| (numbers, one_line(words)))
}
