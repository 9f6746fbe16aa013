//! Finding a child by whatever a person remembers: characters, pinyin in any mix, the last digits
//! of a number, a guardian, a school, an address (handbook §8.3).
//!
//! Pure matching over text; it must not read the store.

pub(crate) mod reading;
mod why;

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
    whole: Vec<char>,
    terms: Vec<Vec<char>>,
}

/// Longest query looked at, in characters; the rest is ignored.
const QUERY_MAX: usize = 40;

impl Query {
    /// `None` when nothing but spaces was typed.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text: String = fold(text).chars().filter(|c| !matches!(c, '\'' | '·')).take(QUERY_MAX).collect();
        let terms: Vec<Vec<char>> = text.split_whitespace().map(|t| t.chars().collect()).collect();
        let whole: Vec<char> = terms.iter().flatten().copied().collect();
        (!whole.is_empty()).then_some(Self { whole, terms })
    }

    /// How the stored needles fit; `None` when they do not. Either the whole query fits one needle
    /// (`wang xm`), or each of its words fits some (`王 明湖小学`).
    pub(crate) fn fit<'n>(&'n self, needles: &'n str) -> Option<Fit<'n>> {
        let best = |typed: &'n [char]| {
            let fitting = needles.lines().filter_map(|line| Some((fits(line, typed)?, line, typed)));
            fitting.min_by_key(|(rank, ..)| *rank)
        };
        if let Some(whole) = best(&self.whole) {
            return Some(Fit(vec![whole]));
        }
        if self.terms.len() < 2 {
            return None;
        }
        self.terms.iter().map(|term| best(term)).collect::<Option<Vec<_>>>().map(Fit)
    }
}

/// How a child fits a query: a needle for each part of it, with its rank.
pub(crate) struct Fit<'n>(Vec<(u8, &'n str, &'n [char])>);

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

fn fits(line: &str, typed: &[char]) -> Option<u8> {
    let (kind, text) = parted(line)?;
    let base = kind.rank() * 4;
    match kind {
        Kind::IdNo | Kind::Phone | Kind::Number => {
            let long = typed.len() >= 4 && typed.iter().any(char::is_ascii_digit);
            (long && (text.ends_with(typed) || typed.len() >= 6 && contains(&text, typed))).then_some(base)
        }
        Kind::Name | Kind::Former | Kind::Guardian | Kind::Family => {
            let start = heard(&text, typed, Said::Every)?;
            // 云朵 before 陶陶 for `yd`: few say 陶 as yáo and nobody means it.
            let rare = !sounds(&text[start..], typed, Said::Usual);
            Some(base + 2 * u8::from(rare) + u8::from(start > 0))
        }
        // Long texts: two initials would fit nearly every address.
        Kind::School | Kind::Address => {
            let by_sound = || typed.len() >= 3 && heard(&text, typed, Said::Every).is_some();
            (contains(&text, typed) || by_sound()).then_some(base)
        }
    }
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
}

impl Said {
    fn of(self, c: char) -> impl Iterator<Item = &'static str> {
        let most = if matches!(self, Self::Every) { usize::MAX } else { 1 };
        let also = match self {
            Self::Also(character, read) if character == c => Some(read),
            Self::Also(..) | Self::Usual | Self::Every => None,
        };
        readings(c).take(most).chain(also)
    }
}

/// Where a text begins to sound like what was typed.
fn heard(text: &[char], typed: &[char], said: Said) -> Option<usize> {
    (0..text.len()).find(|start| sounds(&text[*start..], typed, said))
}

/// Whether `typed` can be read off the start of `text`: each character as itself, as a full
/// reading, or as the beginning of one; `·` and spaces cost nothing.
fn sounds(text: &[char], typed: &[char], as_said: Said) -> bool {
    let (Some(next), Some(first)) = (text.first(), typed.first()) else { return typed.is_empty() };
    let rest = &text[1..];
    if matches!(next, '·' | ' ' | '-') {
        return sounds(rest, typed, as_said);
    }
    if next == first && sounds(rest, &typed[1..], as_said) {
        return true;
    }
    if !first.is_ascii_lowercase() {
        return false;
    }
    let read = as_said.of(*next).filter(|r| r.starts_with(*first));
    read.flat_map(spellings).any(|reading| said(&reading, typed, rest, as_said))
}

fn said(reading: &str, typed: &[char], rest: &[char], as_said: Said) -> bool {
    let shared = reading.chars().zip(typed).take_while(|(a, b)| a == *b).count();
    if shared == typed.len() {
        return true;
    }
    // Full reading, initial consonant (zh, ch, sh have two letters), or first letter.
    let whole = reading.chars().count();
    let initial = 1 + usize::from(reading[1..].starts_with('h'));
    [whole, initial, 1].into_iter().any(|n| (1..=shared).contains(&n) && sounds(rest, &typed[n..], as_said))
}

/// Lower case, half width, one kind of middle dot, single spaces.
fn fold(text: &str) -> String {
    let half = text.chars().map(|c| match c {
        '\u{3000}' => ' ',
        '•' | '‧' | '・' | '．' => '·',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        'ü' | 'Ü' => 'v',
        c => c,
    });
    let lower: String = half.flat_map(char::to_lowercase).filter(|c| !c.is_control() || c.is_whitespace()).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// By what a list is sorted: the surname's own reading first, then the others' usual ones.
/// Characters without a reading stay as they are and so come last.
pub(crate) fn sort_key(name: &str) -> String {
    let name = fold(name);
    let mut key = reading::surname(&name);
    let skip = key.len();
    for c in name.chars().skip(skip) {
        key.push(readings(c).flat_map(spellings).next().map_or_else(|| c.to_string(), |r| r.to_string()));
    }
    key.join(" ")
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
        Query::new(typed).expect("a query").fit(&needles(&[(Kind::Name, name)])).map(|fit| fit.rank()).is_some()
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
        let rank = |name| Query::new("yd").expect("a query").fit(&needles(&[(Kind::Name, name)])).map(|fit| fit.rank());
        assert!(rank("云朵").is_some() && rank("云朵") < rank("陶德"), "{:?} {:?}", rank("云朵"), rank("陶德"));
        let surname = |typed: &str| {
            Query::new(typed).expect("a query").fit(&needles(&[(Kind::Name, "单雨桐")])).map(|fit| fit.rank())
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
        assert!(finds("阿依努尔•买买提", "阿依努尔·买买提"), "another kind of dot");
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
            assert!(Query::new(typed).expect("a query").fit(&row).map(|fit| fit.rank()).is_some(), "{typed}");
        }
        for typed in ["234", "9901", "王 第三小学", "0070"] {
            assert!(Query::new(typed).expect("a query").fit(&row).map(|fit| fit.rank()).is_none(), "{typed}");
        }
        let rank = |typed| Query::new(typed).expect("a query").fit(&row).map(|fit| fit.rank());
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
        assert!(Query::new(" 　 ").is_none() && Query::new("").is_none());
    }
}
