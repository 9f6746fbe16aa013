//! How a character may be read aloud, surnames included.
//!
//! A small table over the `pinyin` crate; it must not know names or children.

use std::borrow::Cow;

use pinyin::ToPinyinMulti;

/// Readings the general table lacks or puts last: characters as surnames, in compound surnames,
/// and rare characters of given names. The surname's own reading stands first.
const EXTRA: &[(char, &[&str])] = &[
    ('䶮', &["yan"]),
    ('万', &["wan", "mo"]),
    ('乐', &["yue", "le"]),
    ('乜', &["nie"]),
    ('仇', &["qiu", "chou"]),
    ('任', &["ren"]),
    ('佴', &["nai"]),
    ('俟', &["qi", "si"]),
    ('冼', &["xian"]),
    ('区', &["ou", "qu"]),
    ('华', &["hua"]),
    ('单', &["shan", "dan", "chan"]),
    ('召', &["shao", "zhao"]),
    ('员', &["yun", "yuan"]),
    ('哈', &["ha"]),
    ('宁', &["ning"]),
    ('宓', &["mi", "fu"]),
    ('尉', &["wei", "yu"]),
    ('折', &["she", "zhe"]),
    ('曾', &["zeng", "ceng"]),
    ('朴', &["piao", "pu"]),
    ('查', &["zha", "cha"]),
    ('洗', &["xian", "xi"]),
    ('燕', &["yan"]),
    ('盖', &["ge", "gai"]),
    ('种', &["chong", "zhong"]),
    ('秘', &["bi", "mi"]),
    ('繁', &["po", "fan"]),
    ('纪', &["ji"]),
    ('缪', &["miao", "mou"]),
    ('葛', &["ge"]),
    ('覃', &["qin", "tan"]),
    ('解', &["xie", "jie"]),
    ('逄', &["pang"]),
    ('郇', &["xun", "huan"]),
    ('长', &["chang", "zhang"]),
    ('阚', &["kan"]),
    ('隗', &["wei", "kui"]),
    ('黑', &["he", "hei"]),
    ('𬭎', &["hong"]),
];

/// Compound surnames and how they are said.
const COMPOUND: &[(&str, &[&str])] = &[
    ("欧阳", &["ou", "yang"]),
    ("上官", &["shang", "guan"]),
    ("司马", &["si", "ma"]),
    ("司徒", &["si", "tu"]),
    ("诸葛", &["zhu", "ge"]),
    ("尉迟", &["yu", "chi"]),
    ("长孙", &["zhang", "sun"]),
    ("万俟", &["mo", "qi"]),
    ("单于", &["chan", "yu"]),
    ("夏侯", &["xia", "hou"]),
    ("皇甫", &["huang", "fu"]),
    ("令狐", &["ling", "hu"]),
    ("慕容", &["mu", "rong"]),
    ("东方", &["dong", "fang"]),
    ("澹台", &["tan", "tai"]),
    ("公孙", &["gong", "sun"]),
    ("宇文", &["yu", "wen"]),
    ("轩辕", &["xuan", "yuan"]),
    ("端木", &["duan", "mu"]),
    ("呼延", &["hu", "yan"]),
    ("南宫", &["nan", "gong"]),
];

/// Every reading of a character, the likeliest first, without tones. May repeat one.
pub(crate) fn readings(c: char) -> impl Iterator<Item = &'static str> {
    let own = EXTRA.binary_search_by_key(&c, |(k, _)| *k).map_or(&[][..], |n| EXTRA[n].1);
    let general = c.to_pinyin_multi().into_iter().flatten().map(|p| p.plain());
    own.iter().copied().chain(general)
}

/// How people type a reading: `ü` is `v`, `yu` or `u` to them.
pub(crate) fn spellings(reading: &'static str) -> impl Iterator<Item = Cow<'static, str>> {
    let plain = (!reading.contains('ü')).then_some(Cow::Borrowed(reading));
    let spelled = ["v", "yu", "u"].into_iter().filter(move |_| reading.contains('ü'));
    plain.into_iter().chain(spelled.map(move |u| Cow::Owned(reading.replace('ü', u))))
}

/// How a name is usually said, character by character; what has no reading stays as it is.
pub(crate) fn said(name: &str) -> Vec<String> {
    let mut said = surname(name);
    let rest = name.chars().skip(said.len()).filter(|c| c.is_alphanumeric());
    said.extend(
        rest.map(|c| {
            readings(c).flat_map(spellings).next().map_or_else(|| c.to_lowercase().to_string(), Cow::into_owned)
        }),
    );
    said
}

/// How the compound surname at the start of a name is said, syllable by syllable; empty for others.
pub(crate) fn surname(name: &str) -> Vec<String> {
    let found = COMPOUND.iter().find(|(surname, _)| name.starts_with(surname));
    found.map_or_else(Vec::new, |(_, said)| said.iter().map(|s| (*s).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_searched_by_halves() {
        assert!(EXTRA.is_sorted_by_key(|(c, _)| *c));
    }

    #[test]
    fn an_umlaut_is_typed_in_three_ways() {
        let typed: Vec<_> = readings('吕').flat_map(spellings).collect();
        assert_eq!(typed[..3], ["lv", "lyu", "lu"]);
    }
}
