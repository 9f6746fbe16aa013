//! Invented people's names by the frequencies of handbook §11.1: surnames, given names by
//! decade, compound surnames, minority names with ·, rare characters. No real person is meant.

use crate::chance::Seeded;

/// Who a name is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Era {
    /// Born before 1970.
    Grandparent,
    /// Born 1970–1999.
    Parent,
    /// Born 2000–2012.
    Teen,
    /// Born 2013–2018.
    Pupil,
    /// Born since 2019.
    Small,
}

impl Era {
    /// The era of a year of birth.
    pub const fn of(year: i16) -> Self {
        match year {
            ..1970 => Self::Grandparent,
            1970..2000 => Self::Parent,
            2000..2013 => Self::Teen,
            2013..2019 => Self::Pupil,
            2019.. => Self::Small,
        }
    }
}

/// A name and the nation it goes with (GB 3304).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// In full.
    pub full: String,
    /// What the children of this person inherit; empty for nations without surnames.
    pub surname: String,
    /// GB 3304 code.
    pub nation: &'static str,
}

/// Per 1000 people; the tail shares the rest.
const SURNAMES: [(&str, f64); 20] = [
    ("王", 72.0),
    ("李", 71.0),
    ("张", 68.0),
    ("刘", 54.0),
    ("陈", 46.0),
    ("杨", 31.0),
    ("黄", 23.0),
    ("赵", 22.0),
    ("吴", 21.0),
    ("周", 20.0),
    ("徐", 14.5),
    ("孙", 14.0),
    ("马", 13.0),
    ("朱", 12.5),
    ("胡", 12.0),
    ("郭", 11.5),
    ("何", 11.0),
    ("林", 10.5),
    ("高", 10.0),
    ("罗", 9.5),
];
const TAIL: &str = "郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单解查仇盖乐";
const COMPOUND: [&str; 6] = ["欧阳", "司马", "上官", "诸葛", "东方", "夏侯"];
const RARE: [&str; 7] = ["𬭎", "䶮", "玥", "翀", "㛃", "𬍛", "彧"];
const UYGHUR: [(&str, bool); 10] = [
    ("阿依古丽", false),
    ("古丽娜尔", false),
    ("热依汗", false),
    ("迪丽努尔", false),
    ("阿依努尔", false),
    ("艾力", true),
    ("买买提", true),
    ("吐尔逊", true),
    ("库尔班", true),
    ("阿不都", true),
];
const SMALL_NATIONS: [(&str, f64); 6] = [("03", 5.0), ("11", 3.0), ("06", 2.0), ("15", 2.0), ("08", 2.0), ("02", 1.0)];

/// Given names of an era: (boys, girls).
const fn given(era: Era) -> (&'static str, &'static str) {
    match era {
        Era::Grandparent => (
            "建国 国强 志明 保田 德胜 福贵 长顺 庆生 永年 金山 广才 守业 明德 文斌 学礼 树林 万春 宝贵 希望 全有",
            "秀英 桂兰 玉珍 淑华 凤英 素芳 桂英 玉兰 秀兰 翠花 春梅 月娥 巧云 爱莲 银环 桂芝 秋菊 金凤 美荣 彩霞",
        ),
        Era::Parent => (
            "伟 强 磊 军 勇 涛 斌 超 鹏 辉 刚 建华 志强 海涛 永刚 文涛 晓东 立新 俊峰 春雷 小军 兴华 大勇 振华 国栋",
            "丽 静 娟 敏 艳 霞 燕 芳 玲 红 娜 秀丽 海燕 晓红 小芳 玉梅 春燕 丽娟 雪梅 冬梅 亚男 晓丽 文静 红霞 婷婷",
        ),
        Era::Teen => (
            "子涵 梓轩 浩然 宇轩 俊杰 浩宇 子豪 博文 宇航 志远 天佑 家豪 明哲 鑫磊 文昊 嘉伟 思远 泽宇 晨曦 一鸣",
            "雨欣 欣怡 思琪 佳怡 雨桐 梦瑶 诗涵 紫萱 可欣 佳琪 心怡 静怡 雨婷 晓彤 梦琪 思雨 雅婷 嘉欣 婉婷 若曦",
        ),
        Era::Pupil => (
            "子墨 沐辰 浩轩 宇泽 子睿 梓睿 俊熙 梓豪 景行 承泽 一凡 嘉懿 奕然 书瑞 铭轩 昊天 煜城 皓轩 彦霖 瑾瑜",
            "梓萱 一诺 诗琪 语桐 可馨 沐晴 梓涵 雨萱 欣妍 依诺 若彤 子萱 艺涵 梦涵 语嫣 佳宁 思彤 悦心 婉清 书瑶",
        ),
        Era::Small => (
            "奕辰 宇辰 沐阳 亦辰 星泽 屿安 言蹊 知行 泽安 云舟 煜宸 安澜 时砚 嘉树 朗月 清川 牧野 景明 逸尘 予安",
            "若汐 芷昕 一一 沐瑶 苡沫 语汐 念安 星眠 知意 晚柠 书妤 清欢 南乔 安可 初夏 芊羽 洛伊 慕晴 以沫 听雨",
        ),
    }
}

/// A fresh name.
pub fn fresh(chance: &mut Seeded, era: Era, male: bool) -> Name {
    if chance.hits(0.015) {
        return dotted(chance, male);
    }
    let surname = match chance.weighted(&[(0, 540.0), (1, 457.0), (2, 3.0)]) {
        0 => chance.weighted(&SURNAMES).to_owned(),
        1 => nth_char(TAIL, chance),
        _ => chance.pick(&COMPOUND).to_owned(),
    };
    let nation = if chance.hits(0.03) { chance.weighted(&SMALL_NATIONS) } else { "01" };
    of_family(chance, &surname, nation, era, male)
}

/// A name inside a family: its surname and nation.
pub fn of_family(chance: &mut Seeded, surname: &str, nation: &'static str, era: Era, male: bool) -> Name {
    if surname.is_empty() {
        return Name { nation, ..dotted(chance, male) };
    }
    let (boys, girls) = given(era);
    let pool: Vec<&str> = if male { boys } else { girls }.split(' ').collect();
    let mut given = chance.pick(&pool).to_owned();
    // Half of the longer names mix two of the pool, so that a district has more than 20 of them.
    if given.chars().count() == 2 && chance.hits(0.6) {
        let second = chance.pick(&pool).chars().next_back();
        given = given.chars().take(1).chain(second).collect();
    }
    if chance.hits(0.12) {
        given = given.chars().next_back().into_iter().collect();
    }
    if chance.hits(0.005) {
        let rare = chance.pick(&RARE);
        given = given.chars().take(1).collect::<String>() + rare;
    }
    Name { full: format!("{surname}{given}"), surname: surname.to_owned(), nation }
}

fn dotted(chance: &mut Seeded, male: bool) -> Name {
    let of = |male: bool| UYGHUR.iter().filter(move |(_, m)| *m == male).map(|(name, _)| *name).collect::<Vec<_>>();
    let (own, father) = (chance.pick(&of(male)), chance.pick(&of(true)));
    Name { full: format!("{own}·{father}"), surname: String::new(), nation: "05" }
}

fn nth_char(text: &str, chance: &mut Seeded) -> String {
    let n = chance.below(text.chars().count());
    text.chars().skip(n).take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_their_frequencies() {
        let mut chance = Seeded::new(3);
        let names: Vec<Name> = (0..20_000).map(|n| fresh(&mut chance, Era::Pupil, n % 2 == 0)).collect();
        let share = |test: &dyn Fn(&Name) -> bool| names.iter().filter(|n| test(n)).count() as f64 / 20_000.0;
        assert!((0.055..0.09).contains(&share(&|n| n.surname == "王")));
        assert!((0.010..0.020).contains(&share(&|n| n.full.contains('·'))));
        assert!((0.001..0.006).contains(&share(&|n| COMPOUND.contains(&n.surname.as_str()))));
        assert!((0.002..0.009).contains(&share(&|n| RARE.iter().any(|r| n.full.contains(r)))));
        assert!(names.iter().all(|n| n.full.chars().count() >= 2));
    }
}
