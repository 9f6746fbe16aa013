//! Invented places: streets, communities, house numbers, schools (handbook §11.1). No real place
//! of the seed district may stand here.

use crate::chance::Seeded;

const STREETS: [&str; 24] = [
    "松风",
    "云锦",
    "鹤鸣",
    "听泉",
    "栖霞里",
    "明湖路",
    "望舒",
    "青禾",
    "白鹭",
    "丹枫",
    "澄江",
    "临溪",
    "麦浪",
    "石榴",
    "银杏",
    "柳堤",
    "南圃",
    "北辰里",
    "东篱",
    "西园里",
    "枕流",
    "晓月",
    "杏坛里",
    "梧桐里",
];
const FIRST: [&str; 21] = [
    "竹", "松", "梅", "兰", "荷", "枫", "桐", "杏", "桂", "樱", "榆", "槐", "棠", "蓝", "云", "月", "星", "霞", "雪",
    "露", "晴",
];
const SECOND: [&str; 20] = [
    "影", "溪", "苑", "坡", "岸", "汀", "渡", "屿", "谷", "坪", "洲", "庭", "巷", "塘", "畔", "麓", "井", "台", "川",
    "浦",
];
const FAR: [&str; 8] = [
    "清源市松原里区",
    "清源市临川里县",
    "云州省白石市",
    "云州省青口市",
    "海右省望海市",
    "海右省平沙市",
    "陇中省玉门沟市",
    "粤安省珠浦市",
];

/// Streets at most.
pub const STREETS_MAX: usize = STREETS.len();
/// Communities at most.
pub const COMMUNITIES_MAX: usize = FIRST.len() * SECOND.len();

/// The n-th street's name without its kind.
pub fn street(n: usize) -> &'static str {
    STREETS[n % STREETS.len()]
}

/// The n-th community's name without its kind; distinct up to [`COMMUNITIES_MAX`].
pub fn community(n: usize) -> String {
    let first = n % FIRST.len();
    let second = (n / FIRST.len() * 2 + n) % SECOND.len();
    format!("{}{}", FIRST[first], SECOND[second])
}

/// Somewhere people go to work, or come from.
pub fn far_away(chance: &mut Seeded) -> &'static str {
    chance.pick(&FAR)
}

/// A home inside a community, as people write it.
pub fn home(chance: &mut Seeded, rural: bool) -> String {
    if rural {
        return format!("{}组{}号", chance.between(1, 12), chance.between(1, 90));
    }
    let (building, door) = (chance.between(1, 38), chance.between(1, 6));
    format!("{building}号楼{door}单元{}0{}", chance.between(1, 17), chance.between(1, 4))
}

/// A school for a stage (`school_stage`), named after the place it stands in.
pub fn school(chance: &mut Seeded, stage: &str, place: &str) -> Option<String> {
    let n = ["", "第一", "第二", "实验"][chance.below(4)];
    Some(match stage {
        "1" => format!("{place}{}幼儿园", ["", "中心", "小星星"][chance.below(3)]),
        "2" => format!("{place}{n}小学"),
        "3" => format!("{place}{n}中学"),
        "4" => format!("{place}{n}高级中学"),
        "5" => format!("{place}职业中等专业学校"),
        "8" => format!("{place}特殊教育学校"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_places_share_a_name() {
        let communities: BTreeSet<String> = (0..COMMUNITIES_MAX).map(community).collect();
        assert_eq!(communities.len(), COMMUNITIES_MAX);
        assert_eq!((0..STREETS_MAX).map(street).collect::<BTreeSet<_>>().len(), STREETS_MAX);
    }
}
