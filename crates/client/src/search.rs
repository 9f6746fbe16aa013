//! Finding a child by whatever a person remembers: characters, pinyin in any mix, the last digits
//! of a number, a guardian, a school, an address (handbook §8.3).
//!
//! Pure matching over text; it must not read the store.

mod alike;
pub(crate) mod reading;
mod why;

use domain::check::{self, name};
use reading::{readings, spellings};
pub(crate) use why::Why;

/// What a needle is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// The child's name.
    Name,
    /// A former name.
    Former,
    /// The name of a guardian.
    Guardian,
    /// The name of another member of the family.
    Family,
    /// A document's number. Numbers are found by their last four or more digits.
    IdNo,
    /// A telephone number.
    Phone,
    /// A number of the file, or one whose kind is not known.
    Number,
    /// The school.
    School,
    /// An address.
    Address,
}

impl Kind {
    /// The letter stands in stores: never give one another meaning.
    const ALL: [(Self, char); 9] = [
        (Self::Name, 'n'),
        (Self::Former, 'o'),
        (Self::Guardian, 'g'),
        (Self::Family, 'f'),
        (Self::IdNo, 'i'),
        (Self::Phone, 't'),
        (Self::Number, '#'),
        (Self::School, 's'),
        (Self::Address, 'a'),
    ];

    /// Kinds of one rank are as good as each other.
    const fn rank(self) -> u8 {
        match self {
            Self::Name | Self::Former => 0,
            Self::Guardian | Self::Family => 1,
            Self::IdNo | Self::Phone | Self::Number => 2,
            Self::School => 3,
            Self::Address => 4,
        }
    }
}

/// Everything one child may be found by, as it stands in a row: a letter for the kind, the text,
/// a line end.
#[derive(Default)]
pub(crate) struct Needles(String);

impl Needles {
    /// Adds a text; line ends inside it become spaces, empty texts are left out.
    pub(crate) fn push(&mut self, kind: Kind, text: &str) {
        let clean = fold(text);
        if clean.is_empty() {
            return;
        }
        let letter = Kind::ALL.iter().find(|(k, _)| *k == kind).map_or('n', |(_, c)| *c);
        self.0.push(letter);
        self.0.push_str(&clean);
        self.0.push('\n');
    }
    /// The text to store.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// What stored needles hold of one kind.
pub(crate) fn of_kind(needles: &str, kind: Kind) -> impl Iterator<Item = &str> {
    let letter = Kind::ALL.iter().find(|(k, _)| *k == kind).map(|(_, c)| *c);
    needles.lines().filter_map(move |line| line.strip_prefix(letter?))
}

/// What a person typed, made comparable.
pub(crate) struct Query {
    whole: Term,
    terms: Vec<Term>,
}

/// One piece of what was typed.
struct Term {
    typed: Vec<char>,
    /// The same as they spell who say z for zh, l for n, an for ang; `None` where that is not wanted or
    /// no letter was typed.
    alike: Option<Vec<char>>,
}

/// Longest query looked at, in characters; the rest is ignored.
const QUERY_MAX: usize = 40;

impl Query {
    /// `None` when nothing but spaces was typed. `alike`: whether z and zh, n and l, an and ang are as
    /// good as each other.
    pub(crate) fn new(text: &str, alike: bool) -> Option<Self> {
        let text: String = fold(text).chars().filter(|c| !is_passed_over(*c)).take(QUERY_MAX).collect();
        let term = |typed: Vec<char>| {
            let letters = alike && typed.iter().any(char::is_ascii_lowercase);
            Term { alike: letters.then(|| alike::typed(&typed)), typed }
        };
        let terms: Vec<Vec<char>> = text.split_whitespace().map(|t| t.chars().collect()).collect();
        let whole: Vec<char> = terms.iter().flatten().copied().collect();
        (!whole.is_empty()).then(|| Self { whole: term(whole), terms: terms.into_iter().map(term).collect() })
    }

    /// How the stored needles fit; `None` when they do not. Either the whole query fits one needle
    /// (`wang xm`), or each of its words fits some (`王 明湖小学`).
    pub(crate) fn fit<'n>(&'n self, needles: &'n str) -> Option<Fit<'n>> {
        let best = |typed: &'n Term| {
            let fitting = needles.lines().filter_map(|line| Some((fits(line, typed)?, line, typed)));
            fitting.min_by_key(|(rank, ..)| *rank)
        };
        if let Some(whole) = best(&self.whole) {
            return Some(Fit(vec![whole]));
        }
        if self.terms.len() < 2 {
            return None;
        }
        self.terms.iter().map(best).collect::<Option<Vec<_>>>().map(Fit)
    }
}

/// How a child fits a query: a needle for each part of it, with its rank.
pub(crate) struct Fit<'n>(Vec<(u8, &'n str, &'n Term)>);

impl Fit<'_> {
    /// How well: smaller is better.
    pub(crate) fn rank(&self) -> u8 {
        self.0.iter().map(|(rank, ..)| *rank).max().unwrap_or_default()
    }

    /// Why, where it is not simply the name.
    pub(crate) fn why(&self) -> Vec<Why> {
        let mut whys = Vec::new();
        for why in self.0.iter().filter_map(|(_, line, typed)| why::why(line, typed)) {
            if !whys.contains(&why) {
                whys.push(why);
            }
        }
        whys
    }
}

/// The kind of a stored needle and its text.
fn parted(line: &str) -> Option<(Kind, Vec<char>)> {
    let mut chars = line.chars();
    let letter = chars.next()?;
    let (kind, _) = Kind::ALL.into_iter().find(|(_, c)| *c == letter)?;
    Some((kind, chars.collect()))
}

fn fits(line: &str, term: &Term) -> Option<u8> {
    let (kind, text) = parted(line)?;
    let typed = &term.typed;
    let base = kind.rank() * 4;
    // Whoever types it as it is spelt stands before who types it as it sounds to her.
    let alike = || term.alike.as_ref().is_some_and(|typed| heard(&text, typed, Said::Alike).is_some());
    match kind {
        Kind::IdNo | Kind::Phone | Kind::Number => is_number(&text, typed).then_some(base),
        Kind::Name | Kind::Former | Kind::Guardian | Kind::Family => {
            let Some(start) = heard(&text, typed, Said::Every) else { return alike().then_some(base + 3) };
            // 云朵 before 陶陶 for `yd`: few say 陶 as yáo and nobody means it.
            let rare = !sounds(&text[start..], typed, Said::Usual);
            Some(base + 2 * u8::from(rare) + u8::from(start > 0))
        }
        // Long texts: two initials would fit nearly every address.
        Kind::School | Kind::Address => {
            let by_sound = || typed.len() >= 3 && (heard(&text, typed, Said::Every).is_some() || alike());
            let short = || kind == Kind::School && is_short_for(typed, &text);
            (contains(&text, typed) || by_sound() || short()).then_some(base)
        }
    }
}

/// Whether a number was typed: its end, or six digits of it, with whatever signs between them and with or
/// without the country's code before it.
fn is_number(text: &[char], typed: &[char]) -> bool {
    let foreign = |c: &char| !c.is_ascii() && c.is_alphabetic() && !matches!(c, '转' | '接' | '分' | '机' | '号');
    if typed.iter().any(foreign) || !typed.iter().any(char::is_ascii_digit) {
        return false;
    }
    let bare = |chars: &[char]| chars.iter().copied().filter(char::is_ascii_alphanumeric).collect::<Vec<char>>();
    let (text, typed) = (bare(text), bare(typed));
    let home = [&['0', '0', '8', '6'][..], &['8', '6']].into_iter().find_map(|code| typed.strip_prefix(code));
    let said =
        |typed: &[char]| typed.len() >= 4 && (text.ends_with(typed) || typed.len() >= 6 && contains(&text, typed));
    said(&typed) || home.is_some_and(|home| home.len() >= 7 && said(home))
}

/// Whether people say this for a school: its characters in their order, some left out (松风一小).
fn is_short_for(typed: &[char], school: &[char]) -> bool {
    let numeral = |c: char| c.to_digit(10).and_then(|n| "〇一二三四五六七八九".chars().nth(n as usize)).unwrap_or(c);
    let mut rest = school.iter().map(|c| numeral(*c));
    typed.len() >= 2
        && !typed.iter().any(char::is_ascii_lowercase)
        && typed.iter().all(|c| rest.any(|s| s == numeral(*c)))
}

fn contains(text: &[char], typed: &[char]) -> bool {
    text.windows(typed.len()).any(|w| w == typed)
}

/// Which of a character's readings count.
#[derive(Clone, Copy)]
enum Said {
    /// The usual one.
    Usual,
    /// Any.
    Every,
    /// The usual ones, and this one of this character.
    Also(char, &'static str),
    /// Any, spelt as they do who do not tell some sounds apart: what was typed must be spelt so too.
    Alike,
}

impl Said {
    fn of(self, c: char) -> impl Iterator<Item = &'static str> {
        let most = if matches!(self, Self::Every | Self::Alike) { usize::MAX } else { 1 };
        let also = match self {
            Self::Also(character, read) if character == c => Some(read),
            Self::Also(..) | Self::Usual | Self::Every | Self::Alike => None,
        };
        readings(c).take(most).chain(also)
    }
}

/// Where a text begins to sound like what was typed.
fn heard(text: &[char], typed: &[char], said: Said) -> Option<usize> {
    (0..text.len()).find(|start| sounds(&text[*start..], typed, said))
}

/// Whether `typed` can be read off the start of `text`: each character as itself, as a full
/// reading, or as the beginning of one; signs between the parts of a name and spaces cost nothing, and
/// nobody need say 第 in 第一小学.
fn sounds(text: &[char], typed: &[char], as_said: Said) -> bool {
    let (Some(next), Some(first)) = (text.first(), typed.first()) else { return typed.is_empty() };
    let rest = &text[1..];
    if *next == ' ' || *next == '-' || is_passed_over(*next) {
        return sounds(rest, typed, as_said);
    }
    if *next == '第' && sounds(rest, typed, as_said) {
        return true;
    }
    if next == first && sounds(rest, &typed[1..], as_said) {
        return true;
    }
    if !first.is_ascii_lowercase() {
        return false;
    }
    let head = |r: &&str| r.chars().next().map(|c| if matches!(as_said, Said::Alike) { alike::head(c) } else { c });
    let read = as_said.of(*next).filter(|r| head(r) == Some(*first));
    read.flat_map(spellings).any(|reading| match as_said {
        Said::Alike => said(alike::reading(&reading), typed, rest, as_said),
        Said::Usual | Said::Every | Said::Also(..) => said(reading.chars(), typed, rest, as_said),
    })
}

fn said(reading: impl Iterator<Item = char> + Clone, typed: &[char], rest: &[char], as_said: Said) -> bool {
    let shared = reading.clone().zip(typed).take_while(|(a, b)| a == *b).count();
    if shared == typed.len() {
        return true;
    }
    // Full reading, initial consonant (zh, ch, sh have two letters), or first letter.
    let whole = reading.clone().count();
    let initial = 1 + usize::from(reading.clone().nth(1) == Some('h'));
    [whole, initial, 1].into_iter().any(|n| (1..=shared).contains(&n) && sounds(rest, &typed[n..], as_said))
}

/// Signs inside names that nobody need type.
const fn is_passed_over(c: char) -> bool {
    matches!(c, '·' | '.' | '。' | '\'')
}

/// Lower case, half width, one kind of middle dot, single spaces.
fn fold(text: &str) -> String {
    let dots: String = text.chars().map(|c| if name::is_dot(c) { '·' } else { c }).collect();
    let plain = check::plain(&dots).to_lowercase().replace('ü', "v").replace(['’', '‘'], "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// By what a list is sorted: the surname's own reading first, then the others' usual ones.
/// Characters without a reading stay as they are and so come last.
pub(crate) fn sort_key(name: &str) -> String {
    reading::said(&fold(name)).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needles(lines: &[(Kind, &str)]) -> String {
        let mut needles = Needles::default();
        lines.iter().for_each(|(kind, text)| needles.push(*kind, text));
        needles.finish()
    }

    fn finds(typed: &str, name: &str) -> bool {
        Query::new(typed, true).expect("a query").fit(&needles(&[(Kind::Name, name)])).map(|fit| fit.rank()).is_some()
    }

    #[test]
    fn a_name_is_found_by_characters_full_pinyin_initials_and_any_mix() {
        for typed in
            ["王小明", "小明", "王", "wangxiaoming", "wang xiao ming", "wxm", "WXM", "wang xm", "wangxm", "wxming"]
        {
            assert!(finds(typed, "王小明"), "{typed}");
        }
        for typed in ["xm", "xiaom", "王xm", "王 xm", "小m", "wangx", "ｗｘｍ", "w xiaoming", "王　小明"] {
            assert!(finds(typed, "王小明"), "{typed}");
        }
        for typed in ["wmx", "李", "xmw", "wangm", "王明", "mingx"] {
            assert!(!finds(typed, "王小明"), "{typed}");
        }
    }

    #[test]
    fn a_name_as_it_is_usually_said_stands_before_one_that_could_be_read_so() {
        let rank =
            |name| Query::new("yd", true).expect("a query").fit(&needles(&[(Kind::Name, name)])).map(|fit| fit.rank());
        assert!(rank("云朵").is_some() && rank("云朵") < rank("陶德"), "{:?} {:?}", rank("云朵"), rank("陶德"));
        let surname = |typed: &str| {
            Query::new(typed, true).expect("a query").fit(&needles(&[(Kind::Name, "单雨桐")])).map(|fit| fit.rank())
        };
        assert!(surname("shan") < surname("dan"), "a surname's own reading is its usual one");
    }

    #[test]
    fn every_reading_of_a_surname_finds_it() {
        let table: &[(&str, &[&str])] = &[
            ("单雨桐", &["shan", "shanyutong", "syt", "dan"]),
            ("曾一诺", &["zeng", "zengyn", "zyn", "ceng"]),
            ("仇浩然", &["qiu", "qhr", "chou"]),
            ("查若汐", &["zha", "zrx", "cha"]),
            ("盖子墨", &["ge", "gai", "gezm"]),
            ("解梓萱", &["xie", "jie", "xzx"]),
            ("区沐辰", &["ou", "qu", "omc"]),
            ("朴芷昕", &["piao", "pu", "pzx"]),
            ("任奕辰", &["ren", "ryc"]),
            ("覃诗涵", &["tan", "qin", "tsh", "qsh"]),
            ("吕思远", &["lv", "lyu", "lu", "lsy", "lvsiyuan", "lüsiyuan"]),
            ("尉迟子涵", &["yuchi", "ycz", "yczh", "weichi"]),
            ("欧阳雨欣", &["ouyang", "oyyx", "ouyangyx"]),
            ("万俟明", &["moqi", "mqm"]),
            ("诸葛亮亮", &["zhuge", "zgll"]),
            ("长孙静", &["zhangsun", "zsj"]),
            ("𬭎一诺", &["𬭎", "yn", "hong"]),
            ("张䶮", &["zhangyan", "zy"]),
        ];
        for (name, typed) in table {
            for typed in *typed {
                assert!(finds(typed, name), "{typed} should find {name}");
            }
        }
    }

    #[test]
    fn a_name_in_parts_is_found_by_each_part() {
        for typed in ["ayne", "ayiyakemaimaiti", "mmt", "maimaiti", "阿依努尔", "买买提", "阿依努尔买买提", "aynemmt"]
        {
            let name = if typed == "ayiyakemaimaiti" { "阿依亚克·买买提" } else { "阿依努尔·买买提" };
            assert!(finds(typed, name), "{typed}");
        }
        for dot in "·•・･‧∙⋅●▪．.。｡﹒˙◦ ".chars() {
            let typed = format!("阿依努尔{dot}买买提");
            for stored in ["阿依努尔·买买提", "阿依努尔买买提", "阿依努尔.买买提"] {
                assert!(finds(&typed, stored), "{typed} should find {stored}");
            }
        }
    }

    #[test]
    fn a_telephone_is_found_with_whatever_stands_between_its_digits() {
        let row =
            needles(&[(Kind::Phone, "14000001234"), (Kind::Phone, "053188885678"), (Kind::Phone, "0531888856782")]);
        for typed in [
            "14000001234",
            "140 0000 1234",
            "140-0000-1234",
            "１４０－００００－１２３４",
            "+86 140 0000 1234",
            "+8614000001234",
            "0086-14000001234",
            "(0531)8888 5678",
            "0531—88885678",
            "+86 531 88885678",
            "8888-5678",
            "0531-88885678转2",
            "5678",
        ] {
            assert!(Query::new(typed, false).expect("a query").fit(&row).is_some(), "{typed}");
        }
        for typed in ["14000001235", "王1234", "+86"] {
            assert!(Query::new(typed, false).expect("a query").fit(&row).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_school_is_found_by_what_people_call_it() {
        let finds = |typed: &str, school| {
            Query::new(typed, false).expect("a query").fit(&needles(&[(Kind::School, school)])).is_some()
        };
        for (typed, school) in [
            ("松风一小", "松风第一小学"),
            ("松风1小", "松风第一小学"),
            ("sfyx", "松风第一小学"),
            ("松风第一小", "松风第一小学"),
            ("明湖二小", "明湖路第二小学"),
            ("实小", "澄明区实验小学"),
            ("三中", "澄明第三中学"),
            ("一幼", "松风第一幼儿园"),
        ] {
            assert!(finds(typed, school), "{typed} should find {school}");
        }
        for (typed, school) in [("松风二小", "松风第一小学"), ("小一", "松风第一小学"), ("三中", "澄明第二中学")]
        {
            assert!(!finds(typed, school), "{typed} should not find {school}");
        }
    }

    #[test]
    fn who_says_z_for_zh_or_l_for_n_or_an_for_ang_finds_too_unless_she_does_not_want_it() {
        let rank = |typed: &str, name, alike| {
            Query::new(typed, alike).expect("a query").fit(&needles(&[(Kind::Name, name)])).map(|fit| fit.rank())
        };
        for (typed, name) in [
            ("zangsan", "张三"),
            ("zhansan", "张三"),
            ("wanxiaomin", "王小明"),
            ("liuer", "牛二"),
            ("niulan", "刘兰"),
            ("cengsi", "陈思"),
            ("shusi", "苏诗"),
            ("lingyu", "林雨"),
        ] {
            assert!(rank(typed, name, true).is_some(), "{typed} should find {name}");
            assert!(rank(typed, name, false).is_none(), "{typed} should not find {name} when it is off");
        }
        assert!(rank("zhang", "张三", true) < rank("zhang", "臧三", true), "as it is spelt stands first");
        assert!(rank("zhangs", "李四", true).is_none());
    }

    #[test]
    fn numbers_are_found_by_their_end_and_guardians_schools_and_addresses_by_word() {
        let row = needles(&[
            (Kind::Name, "王小明"),
            (Kind::Family, "李桂兰"),
            (Kind::Number, "99010220150307002X"),
            (Kind::Number, "14000001234"),
            (Kind::School, "明湖路第二小学"),
            (Kind::Address, "澄明区明湖路街道竹影社区5号楼2单元301"),
        ]);
        for typed in [
            "002x",
            "002X",
            "1234",
            "14000001234",
            "李桂兰",
            "lgl",
            "liguil",
            "第二小学",
            "dexx",
            "竹影",
            "zysq",
            "王 小学",
            "wxm 竹影",
        ] {
            assert!(Query::new(typed, true).expect("a query").fit(&row).map(|fit| fit.rank()).is_some(), "{typed}");
        }
        for typed in ["234", "9901", "王 第三小学", "0070"] {
            assert!(Query::new(typed, true).expect("a query").fit(&row).map(|fit| fit.rank()).is_none(), "{typed}");
        }
        let rank = |typed| Query::new(typed, true).expect("a query").fit(&row).map(|fit| fit.rank());
        assert!(rank("wxm") < rank("xm") && rank("xm") < rank("lgl") && rank("lgl") < rank("竹影"));
    }

    #[test]
    fn a_list_is_sorted_by_the_surname_as_it_is_said() {
        let mut names = vec!["朱一", "单一", "安一", "曾一", "解一", "欧阳一"];
        names.sort_by_key(|n| sort_key(n));
        assert_eq!(names, ["安一", "欧阳一", "单一", "解一", "曾一", "朱一"]);
    }

    #[test]
    fn nothing_typed_is_no_query() {
        assert!(Query::new(" 　 ", true).is_none() && Query::new("", true).is_none());
    }
}
