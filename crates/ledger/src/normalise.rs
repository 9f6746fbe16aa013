//! One cell → what it says for a field. Damaged numbers are refused, never repaired by guessing;
//! what does not fit is handed back so that it can be kept in the remark.

use std::collections::BTreeMap;

use domain::area::Area;
use domain::check;
use domain::check::id_no::IdNoProblem;
use domain::check::tel::TelProblem;
use domain::code::{self, Table};
use domain::day::Day;
use domain::form::{Field, Kind};
use domain::value::Value;

use crate::words::{half_width, is_dash, is_unknown, one_line, squash};
use crate::workbook::{Cell, EXACT};

/// What a cell says for a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Said {
    /// Nothing: a dash, a stroke.
    Nothing,
    /// One value; true if the cell says more than the value, so its text is kept as well.
    Value(Value, bool),
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

/// Reads a cell for a field; `today` bounds dates of birth in document numbers.
pub(crate) fn read(field: &Field, cell: &Cell, today: Day) -> Said {
    let text = match cell {
        Cell::Number(n) if n.abs() >= EXACT => return Said::Damaged(ROUNDED.into(), None),
        Cell::Failed(_) => return Said::Unclear("单元格公式出错，请改成文字或数字".into()),
        cell => cell.shown(),
    };
    if is_dash(&text) {
        return Said::Nothing;
    }
    if is_unknown(&text) && field.unknown {
        return Said::Value(Value::Unknown, false);
    }
    match field.kind {
        Kind::Text | Kind::Ref | Kind::Files => short_text(field, &text),
        Kind::LongText => Said::Value(Value::text(text.trim()), false),
        Kind::Day | Kind::Month | Kind::Time => day_value(cell),
        Kind::Int => number(&text),
        Kind::Money => money(&text),
        Kind::Decimal => decimal(&text),
        Kind::Yes => yes(&text).map_or_else(|| unclear("请写“是”或“否”"), |y| Said::Value(Value::Yes(y), false)),
        Kind::Code => code_value(field, &text),
        Kind::Codes | Kind::Rows => codes(field, &text),
        Kind::IdNo => id_no(&text, today),
        Kind::Tel => tel(&text),
        Kind::Area => text
            .trim()
            .parse::<Area>()
            .map_or_else(|_| unclear("请写12位区划代码"), |a| Said::Value(Value::text(a.to_string()), false)),
    }
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
    let text = match field.key.as_str() {
        "name" | "bank_holder" | "bank_payee" | "teacher" => check::name::clean(&one_line(text)),
        _ if numbered => half_width(text).trim().trim_start_matches('\'').split_whitespace().collect(),
        _ => one_line(text),
    };
    if field.max > 0 && text.chars().count() > field.max {
        return Said::Unclear(format!("超过{}个字，已放进备注", field.max));
    }
    Said::Value(Value::text(text), false)
}

/// A date in any of the styles people use, as `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. The number
/// 2012.1 may have been 2012.10: no date.
pub(crate) fn day_text(cell: &Cell) -> Result<String, String> {
    match cell {
        Cell::Date(day) => Ok(day.to_string()),
        Cell::Number(n) if n.fract() != 0.0 && n.to_string().ends_with(".1") => {
            Err("分不清是1月还是10月，请写成 2012-10 这样".into())
        }
        cell => check::day::read(&cell.shown()).map(|day| day.to_string()).map_err(|problem| problem.text().to_owned()),
    }
}

fn partial(text: &str) -> Option<String> {
    check::day::read(text).ok().map(|day| day.to_string())
}

fn day_value(cell: &Cell) -> Said {
    let timed = matches!(cell, Cell::Text(text) if text.contains([':', '：', '时']));
    match day_text(cell) {
        Ok(day) => Said::Value(Value::text(day), timed),
        Err(advice) => Said::Unclear(advice),
    }
}

fn number(text: &str) -> Said {
    let digits = half_width(text).trim().to_owned();
    digits.parse::<i64>().map_or_else(|_| unclear("请只写数字"), |n| Said::Value(Value::Int(n), false))
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
    format!("{whole}{kept}")
        .parse()
        .map_or_else(|_| unclear("金额看不懂，请只写数字，单位元"), |fen| Said::Value(Value::Int(fen), noted))
}

fn decimal(text: &str) -> Said {
    let lower = half_width(text).trim().to_lowercase();
    let units = ["厘米", "公分", "cm", "公斤", "千克", "kg"];
    let bare = units.iter().find_map(|u| lower.strip_suffix(u)).unwrap_or(&lower).trim();
    let plain = bare.chars().all(|c| c.is_ascii_digit() || c == '.') && bare.parse::<f64>().is_ok();
    if plain { Said::Value(Value::text(bare), false) } else { unclear("请只写数字") }
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
        return Said::Value(Value::text(code), false);
    }
    match yes(text).map(|y| if y { "有" } else { "无" }).and_then(|word| table.code_of(word)) {
        Some(code) => Said::Value(Value::text(code), false),
        None => inside(table, text)
            .map_or_else(|| unclear("写法不认识，请从下拉选项里选一个"), |code| Said::Value(Value::text(code), true)),
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
        Ok(id) => Said::Value(Value::text(id.number), false),
        Err(problem) if problem.may_be_kept() => Said::Doubtful(check::id_no::clean(text), problem.text()),
        Err(problem) => Said::Damaged(problem.text(), problem.suggestion().map(str::to_owned)),
    }
}

fn tel(text: &str) -> Said {
    match check::tel::read(text) {
        Ok(numbers) => Said::Value(Value::text(check::tel::join(&numbers)), false),
        Err(problem @ TelProblem::Rounded) => Said::Damaged(problem.text(), None),
        Err(problem) => Said::Unclear(problem.text()),
    }
}
