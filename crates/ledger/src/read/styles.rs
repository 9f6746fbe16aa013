//! How cells are shown: which numbers are days, months or years, and what is struck out. It must
//! not read cells.

use std::collections::BTreeMap;

use domain::fault::Fault;
use quick_xml::events::BytesStart;

use super::xml::{Step, Xml, attribute, end_name, name, number};

/// What a number is shown as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Shown {
    /// A number, or text.
    #[default]
    Plain,
    /// A day, perhaps with a time.
    Day,
    /// Year and month.
    Month,
    /// The year alone.
    Year,
    /// A time or a span of time without a day.
    Clock,
}

/// One style of cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Style {
    pub(super) shown: Shown,
    pub(super) struck: bool,
}

/// The styles by their number.
pub(super) fn read(xml: &str) -> Result<Vec<Style>, Fault> {
    let (mut formats, mut fonts, mut styles) = (BTreeMap::new(), Vec::new(), Vec::new());
    let (mut xml, mut inside) = (Xml::new(xml), String::new());
    loop {
        match xml.step()? {
            Step::Over => return Ok(styles),
            Step::Close(tag) if end_name(&tag) == inside => inside.clear(),
            Step::Open(tag) => match (inside.as_str(), name(&tag)) {
                ("", part @ ("fonts" | "cellXfs" | "numFmts")) => inside = part.to_owned(),
                ("numFmts", "numFmt") => {
                    let format = number::<u32>(&tag, "numFmtId").zip(attribute(&tag, "formatCode"));
                    formats.extend(format);
                }
                ("fonts", "font") => fonts.push(false),
                ("fonts", "strike") => {
                    if let Some(font) = fonts.last_mut() {
                        *font = is_on(&tag);
                    }
                }
                ("cellXfs", "xf") => {
                    let format = number::<u32>(&tag, "numFmtId").unwrap_or(0);
                    let shown = formats.get(&format).map_or_else(|| built_in(format), |code| shown_by(code));
                    let font = number::<usize>(&tag, "fontId").unwrap_or(0);
                    styles.push(Style { shown, struck: fonts.get(font).copied().unwrap_or(false) });
                }
                (_, _) => {}
            },
            Step::Close(_) | Step::Text(_) => {}
        }
    }
}

/// A property that is on unless it says otherwise.
pub(super) fn is_on(tag: &BytesStart<'_>) -> bool {
    !matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "off"))
}

/// The formats that stand in no workbook, as the Chinese edition shows them.
const fn built_in(id: u32) -> Shown {
    match id {
        14..=16 | 22 | 28..=31 | 51 | 53 | 54 | 58 => Shown::Day,
        17 | 27 | 36 | 50 | 52 | 57 => Shown::Month,
        18..=21 | 32..=35 | 45..=47 | 55 | 56 => Shown::Clock,
        _ => Shown::Plain,
    }
}

/// What a format shows, from the letters of its first section outside quotes and brackets.
fn shown_by(code: &str) -> Shown {
    let letters = letters(code);
    if letters.starts_with("general") || letters.contains(['0', '#', '?', '@']) {
        return Shown::Plain;
    }
    let has = |c: char| letters.contains(c);
    let (year, day) = (has('y') || has('e'), has('d') || letters.contains("aaa"));
    let month = letters.contains('m') && (year || day || !(has('h') || has('s')));
    match (year, month, day) {
        (_, _, true) => Shown::Day,
        (true, _, false) if has('h') => Shown::Day,
        (_, true, false) => Shown::Month,
        (true, false, false) => Shown::Year,
        (false, false, false) if has('h') || has('s') || has('m') => Shown::Clock,
        (false, false, false) => Shown::Plain,
    }
}

fn letters(code: &str) -> String {
    let mut letters = String::new();
    let mut code = code.chars();
    while let Some(c) = code.next() {
        match c {
            ';' => break,
            '"' => drop(code.by_ref().find(|c| *c == '"')),
            // [h], [mm] and [ss] count time; colours, conditions and languages say nothing here.
            '[' => {
                let inner: String = code.by_ref().take_while(|c| *c != ']').collect::<String>().to_lowercase();
                if !inner.is_empty() && inner.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    letters.push('h');
                }
            }
            '\\' | '_' | '*' => drop(code.next()),
            c => letters.extend(c.to_lowercase()),
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_format_shows_is_told_by_its_letters() {
        for (code, shown) in [
            ("General", Shown::Plain),
            ("G/通用格式", Shown::Plain),
            ("@", Shown::Plain),
            ("#,##0.00;[Red]-#,##0.00", Shown::Plain),
            ("0.00E+00", Shown::Plain),
            ("[$¥-804]#,##0", Shown::Plain),
            ("yyyy-mm-dd", Shown::Day),
            ("yyyy\"年\"m\"月\"d\"日\";@", Shown::Day),
            ("[$-804]yyyy\\-mm\\-dd\\ dddd", Shown::Day),
            ("m\"月\"d\"日\"", Shown::Day),
            ("yyyy/m/d h:mm", Shown::Day),
            ("yyyy\"年\"m\"月\"", Shown::Month),
            ("yyyy\"年\"m\"月\";@", Shown::Month),
            ("yyyy年m月", Shown::Month),
            ("yyyy.mm", Shown::Month),
            ("mmm\\-yy", Shown::Month),
            ("[$-409]mmm/yy;@", Shown::Month),
            ("yyyy", Shown::Year),
            ("h:mm AM/PM", Shown::Clock),
            ("[h]:mm:ss", Shown::Clock),
            ("mm:ss", Shown::Clock),
        ] {
            assert_eq!(shown_by(code), shown, "{code}");
        }
    }
}
