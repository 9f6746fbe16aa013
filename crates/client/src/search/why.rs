//! Why a child stands in an answer, where it is not simply its name: in so many words that a person
//! sees it, and no more of a number or an address than a list shows anyway.

use domain::mask;
use serde::Serialize;

use super::reading::readings;
use super::{Kind, Said, Term, contains, heard, parted, sounds};

/// What the words fit. A name that is said as it is usually said gives no reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Why {
    /// 曾用名
    Former { name: String },
    /// 监护人
    Guardian { name: String },
    /// Another member of the family.
    Family { name: String },
    /// The end of a document's number.
    IdNo { end: String },
    /// The end of a telephone number.
    Phone { end: String },
    /// The end of another number.
    Number { end: String },
    /// The school.
    School { name: String },
    /// The part of an address that fits.
    Address { part: String },
    /// The name, with this character read as it seldom is.
    Reading { character: char, read: &'static str },
}

/// Why a needle fits what was typed.
pub(super) fn why(line: &str, term: &Term) -> Option<Why> {
    let (kind, text) = parted(line)?;
    let typed = &term.typed;
    let name: String = text.iter().collect();
    Some(match kind {
        Kind::Name => return seldom(&text, typed),
        Kind::Former => Why::Former { name },
        Kind::Guardian => Why::Guardian { name },
        Kind::Family => Why::Family { name },
        Kind::IdNo => Why::IdNo { end: end(&name) },
        Kind::Phone => Why::Phone { end: end(&name) },
        Kind::Number => Why::Number { end: end(&name) },
        Kind::School => Why::School { name },
        Kind::Address => Why::Address { part: part(&text, term) },
    })
}

/// The last four of a number as lists show them, without the stars.
fn end(number: &str) -> String {
    let shown = mask::last4(&number.to_uppercase());
    shown.strip_prefix("****").filter(|end| !end.is_empty()).unwrap_or(&shown).to_owned()
}

/// The characters that were typed, or that sound like it.
fn part(text: &[char], term: &Term) -> String {
    if contains(text, &term.typed) {
        return term.typed.iter().collect();
    }
    let as_spelt = heard(text, &term.typed, Said::Every).map(|start| (start, &term.typed, Said::Every));
    let as_heard =
        || term.alike.as_ref().and_then(|typed| Some((heard(text, typed, Said::Alike)?, typed, Said::Alike)));
    let Some((start, typed, said)) = as_spelt.or_else(as_heard) else { return String::new() };
    let n = (1..=text.len() - start).find(|n| sounds(&text[start..start + n], typed, said)).unwrap_or(0);
    text[start..start + n].iter().collect()
}

/// The one character of a name that only fits as it is seldom read.
fn seldom(text: &[char], typed: &[char]) -> Option<Why> {
    let start = heard(text, typed, Said::Every)?;
    let text = &text[start..];
    let fits = |said| sounds(text, typed, said);
    if fits(Said::Usual) {
        return None;
    }
    let pairs = text.iter().flat_map(|c| readings(*c).skip(1).map(|read| (*c, read)));
    let mut fitting = pairs.filter(|(c, read)| fits(Said::Also(*c, read)));
    fitting.next().map(|(character, read)| Why::Reading { character, read })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Needles, Query};

    fn whys(typed: &str) -> Vec<Why> {
        let mut needles = Needles::default();
        for (kind, text) in [
            (Kind::Name, "单雨桐"),
            (Kind::Former, "单小雨"),
            (Kind::Guardian, "李桂兰"),
            (Kind::Family, "单建国"),
            (Kind::IdNo, "99010220150307002X"),
            (Kind::Phone, "14000004821"),
            (Kind::Number, "990102-2026-017005"),
            (Kind::School, "明湖路第二小学"),
            (Kind::Address, "澄明区明湖路街道竹影社区5号楼2单元301"),
        ] {
            needles.push(kind, text);
        }
        let needles = needles.finish();
        let query = Query::new(typed, true).expect("a query");
        query.fit(&needles).map(|fit| fit.why()).unwrap_or_default()
    }

    #[test]
    fn a_name_as_it_is_said_needs_no_reason() {
        for typed in ["单雨桐", "shanyt", "syt", "雨桐", "单 yt", "没有这个人"] {
            assert_eq!(whys(typed), [], "{typed}");
        }
    }

    #[test]
    fn whatever_else_fits_is_said() {
        let text = str::to_owned;
        for (typed, why) in [
            ("dan yt", Why::Reading { character: '单', read: "dan" }),
            ("单小雨", Why::Former { name: text("单小雨") }),
            ("lgl", Why::Guardian { name: text("李桂兰") }),
            ("单建国", Why::Family { name: text("单建国") }),
            ("002x", Why::IdNo { end: text("002X") }),
            ("990102201503", Why::IdNo { end: text("002X") }),
            ("4821", Why::Phone { end: text("4821") }),
            ("7005", Why::Number { end: text("7005") }),
            ("第二小学", Why::School { name: text("明湖路第二小学") }),
            ("竹影", Why::Address { part: text("竹影") }),
            ("zysq", Why::Address { part: text("竹影社区") }),
        ] {
            assert_eq!(whys(typed), [why], "{typed}");
        }
    }

    #[test]
    fn of_several_words_each_that_is_no_name_is_told_once() {
        let school = Why::School { name: "明湖路第二小学".into() };
        assert_eq!(whys("syt 第二小学"), std::slice::from_ref(&school));
        assert_eq!(whys("4821 第二 小学"), [Why::Phone { end: "4821".into() }, school]);
    }
}
