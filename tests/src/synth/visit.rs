//! A child's visits over the last year, written when asked for: due by category and risk, some
//! late, some where nobody was at home (handbook §11.3). It must not hold the visitors' ids:
//! the caller knows who its posts are and adds `visitors/<post>`.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::value::{Key, Value};

use super::{Child, District};
use crate::chance::Seeded;

/// One visit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    /// The day.
    pub day: Day,
    /// Index of the director's post.
    pub by: usize,
    /// Values of the record `visit`, but for `visitors` and `child`.
    pub values: BTreeMap<Key, Value>,
}

const DIMENSIONS: [&str; 7] = ["living", "guard", "health", "study", "psych", "safety", "social"];
const OPENINGS: [&str; 10] = [
    "下午入户走访，{姓名}刚放学回来，正在{做事}。",
    "上午到家，{监护人}在，{姓名}在{做事}。",
    "按计划上门，敲门后{监护人}开的门，孩子在{做事}。",
    "周末走访，{姓名}在家{做事}，看见我主动打招呼。",
    "傍晚去家里看了看，{姓名}正和同学一起{做事}。",
    "入户时{监护人}正在做饭，{姓名}在里屋{做事}。",
    "今天约好时间上门，一家人都在，{姓名}在{做事}。",
    "到学校门口接上{姓名}一起回家，路上聊了{话题}。",
    "走访时{姓名}有点拘谨，聊到{话题}才慢慢放开。",
    "电话约过，{监护人}特意请了半天假在家等。",
];
const MIDDLES: [&str; 16] = [
    "近期作息{好坏}，每天{钟点}睡觉。",
    "学习上{好坏}，班主任说上课{课堂}。",
    "家里收拾得{整洁}，被褥{冷暖}。",
    "{监护人}说最近{身体}，没有去医院。",
    "聊到{话题}，孩子{神情}。",
    "作业由{帮手}看着写，基本能按时完成。",
    "早饭{早饭}，中午在学校吃。",
    "父母{联系}，孩子说{原话}。",
    "查看了燃气和插座，{隐患}。",
    "补贴{到账}，用途主要是{用途}。",
    "手机每天用{时长}，{监护人}表示会管住。",
    "个子又长高了，去年的{衣物}短了一截。",
    "和同学相处{好坏}，没有被欺负的情况。",
    "上次说的{事项}已经办好。",
    "{事项}还差材料，告诉了到哪里补。",
    "最近迷上了{爱好}，想报学校的社团。",
];
const CLOSINGS: [&str; 8] = [
    "无新增需求，下月再来。",
    "约好两周后再看。",
    "提醒了交通和用电安全。",
    "叮嘱不要私自下水。",
    "已把{事项}记入后续事项。",
    "建议社工跟进一次。",
    "离开时孩子送到楼下。",
    "其他情况与上次相同。",
];
const SLOTS: [(&str, &[&str]); 20] = [
    ("做事", &["写作业", "看书", "拼积木", "帮忙择菜", "画画", "看动画片", "练字", "洗红领巾"]),
    ("话题", &["学校的事", "新同桌", "以后想做什么", "爸爸妈妈", "最近看的书", "运动会", "期中考试"]),
    ("好坏", &["比较规律", "还不错", "有进步", "一般", "比上次好", "不太稳定"]),
    ("钟点", &["九点", "九点半", "十点左右", "十点多"]),
    ("课堂", &["能坐得住", "发言积极", "偶尔走神", "注意力不够集中"]),
    ("整洁", &["干净", "还算整齐", "有点乱", "很利索"]),
    ("冷暖", &["够厚", "偏薄", "刚换过"]),
    ("身体", &["身体还可以", "腰疼又犯了", "血压有点高", "感冒刚好"]),
    ("神情", &["笑了", "低头不说话", "说得很起劲", "眼圈有点红", "有点不好意思"]),
    ("帮手", &["姑姑", "邻居姐姐", "志愿者", "托管班老师", "自己"]),
    ("早饭", &["能吃上鸡蛋和牛奶", "多是馒头咸菜", "在路上买着吃", "基本按时吃"]),
    ("联系", &["每周视频一次", "上月打过电话", "很久没有消息", "过年回来过"]),
    ("原话", &["“我想妈妈”", "“我都习惯了”", "“这次考得不好”", "“长大想当医生”", "“奶奶太累了”"]),
    ("隐患", &["没有发现问题", "插座老化已提醒更换", "厨房线路有点乱", "报警器电池没电了"]),
    ("到账", &["按月到账", "这个月晚了几天", "都取出来了"]),
    ("用途", &["伙食和文具", "药费", "学费", "日常开销"]),
    ("时长", &["半小时", "一个小时左右", "两个多小时"]),
    ("衣物", &["棉衣", "校服裤子", "运动鞋"]),
    ("事项", &["残疾证换证", "助学金申请", "医保缴费", "户口迁移", "低保复核", "慢病证明"]),
    ("爱好", &["篮球", "画画", "跳绳", "下象棋", "吹笛子"]),
];

/// The longest time between two visits, in days (handbook §1.6).
fn interval(category: &str, risk: &str) -> i32 {
    let by_category = if category == "F2" { 90 } else { 30 };
    let by_risk = match risk {
        "3" | "4" => 7,
        "2" => 15,
        _ => by_category,
    };
    by_category.min(by_risk)
}

/// The visits of one child in the year before the district's day, oldest first.
pub fn history(district: &District, child: usize) -> Vec<Visit> {
    let mut chance = Seeded::named(district.seed, &format!("visits/{child}"));
    let file = &district.children[child];
    let risk = file.assessment.get("level").and_then(Value::as_text).unwrap_or("1");
    let every = interval(file.category(), risk);
    let start = district.on.plus(-365).max(file.birth().plus(10));
    let mut due = start.plus(chance.between(0, i64::from(every)) as i32);
    let mut visits = Vec::new();
    loop {
        let drift = chance.normal(0.0, 3.0).round() as i32;
        let late = if chance.hits(0.07) { chance.between(4, 12) as i32 } else { 0 };
        let day = due.plus(drift + late).max(start);
        if day >= district.on {
            return visits;
        }
        let met = !chance.hits(0.09);
        let values = one(&mut chance, file, day, met, every);
        visits.push(Visit { day, by: file.director, values });
        // Nobody at home: tried again soon, the interval is not reset.
        due = day.max(due).plus(if met { every } else { 3 });
    }
}

/// Values of one visit on a day.
pub fn one(chance: &mut Seeded, child: &Child, day: Day, met: bool, every: i32) -> BTreeMap<Key, Value> {
    let mut values = frame(chance, day, met, day.plus(every));
    if child.category() == "F1" {
        let contact = chance.weighted(&[("1", 8.0), ("2", 1.5), ("9", 0.5)]);
        values.insert("contact_parent".into(), Value::text(contact));
    }
    if chance.hits(0.12) {
        let need = chance.weighted(&[("1", 3.0), ("2", 3.0), ("3", 2.0), ("4", 2.0), ("10", 2.0)]);
        values.insert(format!("needs/{need}"), Value::Yes(true));
    }
    let note = if met {
        story(chance, child)
    } else {
        "敲门无人应答，电话联系监护人，说临时有事外出，约好改天再来。".to_owned()
    };
    values.insert("note".into(), Value::Text(note));
    values
}

/// What every visit has, whatever its note says.
pub(super) fn frame(chance: &mut Seeded, day: Day, met: bool, next: Day) -> BTreeMap<Key, Value> {
    let mut values: BTreeMap<Key, Value> = BTreeMap::new();
    let mut set = |key: &str, value: Value| values.insert(key.to_owned(), value);
    let (hour, minute) = (chance.between(8, 17), chance.between(0, 59));
    set("visit_at", Value::Text(format!("{day}T{hour:02}:{minute:02}:00+08:00")));
    set("minutes", Value::Int(chance.between(2, 12) * 5));
    set("mode", Value::text(if met { chance.weighted(&[("1", 85.0), ("4", 10.0), ("5", 5.0)]) } else { "1" }));
    set("purpose/1", Value::Yes(true));
    set("met_child", Value::Yes(met));
    let guardian = met && chance.hits(0.85);
    set("met_guardian", Value::Yes(guardian));
    if !met {
        set("unmet_reason", Value::text("敲门无人应答"));
    }
    for dimension in DIMENSIONS {
        let code = if met { chance.weighted(&[("1", 70.0), ("2", 26.0), ("3", 3.0), ("9", 1.0)]) } else { "9" };
        set(dimension, Value::text(code));
        if code == "3" {
            set(&format!("{dimension}_note"), Value::text("比上次差，已当面提醒，继续关注。"));
        }
    }
    set("risk_hint", Value::text(if chance.hits(0.008) { "2" } else { "1" }));
    set("next_visit", Value::Text(next.to_string()));
    set("source", Value::text("1"));
    values
}

/// A note of 40 to 220 characters; one in fifty has a slip of the pen.
fn story(chance: &mut Seeded, child: &Child) -> String {
    let guardian = ["奶奶", "爷爷", "妈妈", "姑姑", "外婆"][chance.below(5)];
    let fill = |chance: &mut Seeded, template: &str| {
        let mut text = template.replace("{姓名}", child.text("name")).replace("{监护人}", guardian);
        for (slot, words) in SLOTS {
            let hole = format!("{{{slot}}}");
            if text.contains(&hole) {
                text = text.replace(&hole, chance.pick(words));
            }
        }
        text
    };
    let wanted = chance.between(40, 190) as usize;
    let opening = chance.pick(&OPENINGS);
    let mut note = fill(chance, opening);
    let mut middles = MIDDLES.to_vec();
    chance.shuffle(&mut middles);
    for middle in middles {
        if note.chars().count() >= wanted {
            break;
        }
        note.push_str(&fill(chance, middle));
    }
    let closing = chance.pick(&CLOSINGS);
    note.push_str(&fill(chance, closing));
    if chance.hits(0.02) {
        let mut chars: Vec<char> = note.chars().collect();
        let at = chance.below(chars.len() - 1);
        chars.swap(at, at + 1);
        note = chars.into_iter().collect();
    }
    note.chars().take(220).collect()
}
