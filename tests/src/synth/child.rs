//! One child's file: every section of handbook §3.1 with plausible values under the real keys of
//! the forms. It must not write what only an assessment may write (`risk_level`).

use std::collections::BTreeMap;

use domain::day::Day;
use domain::post::Role;
use domain::value::{Key, Value};

use super::family::{Family, Kin};
use super::name::{self, Era};
use super::number::Numbers;
use super::{Child, District, Tie, WATERMARK, place};
use crate::chance::Seeded;

/// Six-digit areas mobile children come from.
const ELSEWHERE: [u32; 6] = [990_203, 990_311, 990_402, 990_524, 990_681, 990_725];

/// Six-digit area merged away years ago; numbers given there stay right.
pub(super) const OLD_AREA: u32 = 990_199;

/// Makes children one after the other.
pub(super) struct Maker {
    chance: Seeded,
    numbers: Numbers,
    families: Vec<Family>,
}

/// What is fixed before a file is written.
struct Who {
    name: String,
    male: bool,
    birth: Day,
    id_no: String,
    /// Six digits.
    hukou: u32,
}

impl Maker {
    pub(super) fn new(seed: u64) -> Self {
        Self { chance: Seeded::named(seed, "children"), numbers: Numbers::new(seed), families: Vec::new() }
    }

    /// The next child. Neighbours of one category may be twins or siblings.
    pub(super) fn child(&mut self, district: &District, category: &'static str, community: usize) -> Child {
        let before = district.children.len().checked_sub(1).filter(|n| {
            let last = &district.children[*n];
            last.community == community && last.category() == category && last.tie == Tie::None
        });
        match before {
            Some(n) if self.chance.hits(0.025) => self.relative(district, n, true),
            Some(n) if self.chance.hits(0.06) => self.relative(district, n, false),
            _ => self.stranger(district, category, community),
        }
    }

    fn stranger(&mut self, district: &District, category: &'static str, community: usize) -> Child {
        let hukou = if category == "F2" { ELSEWHERE[self.chance.below(ELSEWHERE.len())] } else { district.scale.code };
        let namesake = self.namesake(district);
        let birth = namesake.map_or_else(|| self.birth(district.on, category), |n| district.children[n].birth());
        let kin = Kin { chance: &mut self.chance, numbers: &mut self.numbers, area: hukou, on: district.on };
        let family = { kin }.family(category, birth);
        let male = namesake.map_or_else(|| self.chance.hits(0.53), |n| district.children[n].text("sex") == "1");
        let own = name::of_family(&mut self.chance, &family.surname, family.nation, Era::of(birth.ymd().0), male);
        let name = namesake.map_or(own.full, |n| district.children[n].text("name").to_owned());
        // One in fifty keeps the number of a district that no longer exists.
        let area = if hukou == district.scale.code && self.chance.hits(0.02) { OLD_AREA } else { hukou };
        let id_no = self.numbers.id_no(area, birth, male);
        let who = Who { name, male, birth, id_no, hukou };
        let tie = namesake.map_or(Tie::None, Tie::NamesakeOf);
        self.file(district, (category, community), &who, family, tie)
    }

    /// An earlier child whose name and birthday this one shares by accident.
    fn namesake(&mut self, district: &District) -> Option<usize> {
        let n = district.children.len();
        let due = n > 0 && (n.is_multiple_of(400) || n == 20);
        due.then(|| self.chance.below(n)).filter(|n| district.children[*n].tie == Tie::None)
    }

    fn relative(&mut self, district: &District, of: usize, twin: bool) -> Child {
        let elder = &district.children[of];
        let family = self.families[of].clone();
        let category = district.scale.children.iter().map(|(c, _)| *c).find(|c| *c == elder.category()).unwrap_or("E1");
        let hukou = elder.text("hukou_area").get(..6).and_then(|code| code.parse().ok()).unwrap_or(district.scale.code);
        let birth = if twin { elder.birth() } else { sibling_birth(&mut self.chance, elder.birth(), district.on) };
        let male = if twin { elder.text("sex") == "1" } else { self.chance.hits(0.53) };
        let mut name;
        loop {
            name = name::of_family(&mut self.chance, &family.surname, family.nation, Era::of(birth.ymd().0), male).full;
            if name != elder.text("name") {
                break;
            }
        }
        let id_no = match twin {
            true => self.numbers.twin_of(elder.text("id_no"), birth),
            false => self.numbers.id_no(hukou, birth, male),
        };
        let who = Who { name, male, birth, id_no, hukou };
        let tie = if twin { Tie::TwinOf(of) } else { Tie::SiblingOf(of) };
        let mut child = self.file(district, (category, elder.community), &who, family, tie);
        for key in ["hukou_area", "hukou_addr", "live_area", "live_addr", "live_type"] {
            if let Some(value) = elder.values.get(key) {
                child.values.insert(key.to_owned(), value.clone());
            }
        }
        child
    }

    fn birth(&mut self, on: Day, category: &str) -> Day {
        let (low, high) = match category {
            "F1" | "F2" => self.chance.weighted(&[((0, 5), 33.7), ((6, 13), 60.8), ((14, 15), 5.5)]),
            _ => self.chance.weighted(&[((0, 5), 20.0), ((6, 13), 55.0), ((14, 17), 25.0)]),
        };
        on.plus(-self.chance.between(low * 365 + 20, high * 365 + 300) as i32)
    }

    fn file(
        &mut self,
        district: &District,
        (category, community): (&'static str, usize),
        who: &Who,
        family: Family,
        tie: Tie,
    ) -> Child {
        let mut file = File { chance: &mut self.chance, values: BTreeMap::new() };
        file.basics(district, community, who, &family);
        file.categories(district, category);
        file.health(category, who, district.on);
        file.school(category, who, district);
        file.guardianship(category, &family);
        file.aid(category, district.on);
        file.yes("hukou_has", true);
        if file.chance.hits(0.3) {
            file.set("phone_child", &self.numbers.phone());
        } else {
            file.values.insert("phone_child".into(), Value::Unknown);
        }
        if file.values.contains_key("school_name") {
            let teacher = name::fresh(file.chance, Era::Parent, false).full;
            file.set("teacher", &teacher);
            file.set("teacher_tel", &self.numbers.phone());
        }
        file.set("child_no", &format!("{}-{}-{:06}", district.scale.code, 2026, district.children.len() + 1));
        let mut values = file.values;
        family.write(&mut self.chance, &mut values);
        let sensitive = self.sensitive(category, who, &family, district.on);
        let assessment = self.assessment(category, district.on);
        self.families.push(family);
        let director =
            district.posts.iter().position(|p| p.role == Role::Director && p.unit == community && p.to.is_none());
        Child { community, director: director.unwrap_or(0), values, sensitive, assessment, tie }
    }

    fn sensitive(&mut self, category: &str, who: &Who, family: &Family, on: Day) -> BTreeMap<Key, Value> {
        let mut file = File { chance: &mut self.chance, values: BTreeMap::new() };
        if category == "E3" {
            let disease = file.chance.weighted(&[("01", 1.0), ("02", 3.0), ("07", 3.0), ("09", 2.0), ("13", 1.0)]);
            file.yes(&format!("disease/{disease}"), true);
        }
        if who.birth.age_on(on) >= 8 && file.chance.hits(0.3) {
            let result = file.chance.weighted(&[("1", 80.0), ("2", 15.0), ("3", 4.0), ("4", 1.0)]);
            file.set("psych", result);
            file.set("psych_scale", "儿童心理健康筛查量表");
            let screened = on.plus(-file.chance.between(20, 400) as i32);
            file.set("psych_at", &screened.to_string());
            file.set("psych_org", "区未成年人心理健康辅导站");
        }
        if !category.starts_with('F') {
            let holder = family.guardian().map_or(who.name.as_str(), |g| g.text("name"));
            file.set("bank_name", "清源农商银行澄明支行");
            file.set("bank_holder", holder);
            file.set("bank_account", &self.numbers.card());
            file.set("bank_payee", holder);
            file.set("bank_relation", family.guardian().map_or("01", |g| g.text("relation")));
            file.set("bank_way", "1");
        }
        file.values
    }

    /// Risk by handbook §11.3: low 51.4, middle 45.8, high 2.6, urgent 0.2 %.
    fn assessment(&mut self, category: &str, on: Day) -> BTreeMap<Key, Value> {
        let level = match category {
            "F2" => self.chance.weighted(&[("1", 97.5), ("2", 2.3), ("3", 0.2)]),
            _ => self.chance.weighted(&[("1", 51.4), ("2", 45.8), ("3", 2.6), ("4", 0.2)]),
        };
        let reason = match level {
            "1" => "监护到位，生活和学习稳定，未见明显隐患。",
            "2" => "监护人年纪较大或收入不稳，需要按半月随访。",
            "3" => "监护能力明显不足，存在安全隐患，需要社工介入。",
            _ => "孩子人身安全有现实危险，已上报并安排临时照护。",
        };
        let date = on.plus(-self.chance.between(5, 170) as i32).to_string();
        let pairs = [("level", level), ("reason", reason), ("date", &date), ("basis", "入户评估")];
        pairs.into_iter().map(|(key, value)| (key.to_owned(), Value::text(value))).collect()
    }
}

fn sibling_birth(chance: &mut Seeded, elder: Day, on: Day) -> Day {
    let younger = elder.plus(chance.between(450, 1800) as i32);
    if younger < on.plus(-30) { younger } else { elder.plus(-chance.between(450, 1500) as i32) }
}

/// A file being filled.
struct File<'a> {
    chance: &'a mut Seeded,
    values: BTreeMap<Key, Value>,
}

impl File<'_> {
    fn set(&mut self, key: &str, value: &str) {
        self.values.insert(key.to_owned(), Value::text(value));
    }
    fn yes(&mut self, key: &str, yes: bool) {
        self.values.insert(key.to_owned(), Value::Yes(yes));
    }
    fn code(&mut self, key: &str, of: &[(&'static str, f64)]) -> &'static str {
        let code = self.chance.weighted(of);
        self.set(key, code);
        code
    }

    fn basics(&mut self, district: &District, community: usize, who: &Who, family: &Family) {
        let unit = &district.units[community];
        let street = district.scale.street(community_street(district, community));
        let kind = if district.scale.rural { "镇" } else { "街道" };
        let home = place::home(self.chance, district.scale.rural);
        let here = format!("{}{street}{kind}{}{home}", district.scale.name, unit.name);
        self.set("name", &who.name);
        if self.chance.hits(0.2) {
            let last: String = who.name.chars().last().into_iter().collect();
            self.set("former_name", &format!("{last}{last}"));
        }
        self.set("sex", if who.male { "1" } else { "2" });
        self.set("birth", &who.birth.to_string());
        self.set("id_type", "01");
        self.set("id_no", &who.id_no);
        self.set("nation", family.nation);
        self.set("live_area", &unit.area.to_string());
        self.set("live_addr", &here);
        if who.hukou == district.scale.code {
            self.set("hukou_area", &unit.area.to_string());
            self.set("hukou_addr", &here);
        } else {
            self.set("hukou_area", &format!("{}000000", who.hukou));
            let far = place::far_away(self.chance);
            let (group, door) = (self.chance.between(1, 9), self.chance.between(1, 60));
            self.set("hukou_addr", &format!("{far}{}村{group}组{door}号", place::community(who.hukou as usize)));
        }
        self.code("hukou_kind", &[("1", 4.0), ("2", 4.0), ("3", 2.0)]);
        self.code("live_type", &[("1", 5.0), ("2", 4.0), ("3", 1.0)]);
        self.set("source", "5");
        self.set("remark", WATERMARK);
    }

    fn categories(&mut self, district: &District, category: &str) {
        self.set(&format!("categories/{category}/status"), "1");
        let from = district.on.plus(-self.chance.between(40, 900) as i32);
        self.set(&format!("categories/{category}/from"), &from.to_string());
    }

    fn health(&mut self, category: &str, who: &Who, on: Day) {
        let age = who.birth.age_on(on);
        match category {
            "E2" => {
                self.set("health", "60");
                let of = [("5", 34.0), ("4", 26.0), ("6", 18.0), ("2", 8.0), ("7", 8.0), ("1", 4.0), ("3", 2.0)];
                let kind = self.chance.weighted(&of);
                self.yes(&format!("dis_type/{kind}"), true);
                let level = self.code("dis_level", &[("1", 25.0), ("2", 30.0), ("3", 25.0), ("4", 20.0)]);
                self.set("dis_cert", &format!("{}{kind}{level}", who.id_no));
                self.code("care_level", &[("1", 3.0), ("2", 5.0), ("3", 2.0)]);
            }
            "E3" => {
                self.set("health", "40");
                self.code("care_level", &[("1", 7.0), ("2", 3.0)]);
            }
            _ => {
                self.code("health", &[("10", 88.0), ("20", 10.0), ("30", 2.0)]);
                self.set("care_level", if age >= 6 { "1" } else { "2" });
            }
        }
        let vaccinated = self.chance.hits(0.97);
        self.yes("vaccine", vaccinated);
        self.code("medical_ins", &[("1", 96.0), ("2", 3.0), ("9", 1.0)]);
        let height = 52.0 + 6.5 * f64::from(age) + self.chance.normal(20.0, 4.0);
        let weight = 8.0 + 2.7 * f64::from(age) + self.chance.normal(2.0, 1.5);
        self.set("height_cm", &format!("{height:.0}"));
        self.set("weight_kg", &format!("{weight:.1}"));
    }

    fn school(&mut self, category: &str, who: &Who, district: &District) {
        let age = who.birth.age_on(district.on);
        let stage = match age {
            ..3 => "0",
            3..6 => self.chance.weighted(&[("1", 9.0), ("0", 1.0)]),
            6..12 if category == "E2" => self.chance.weighted(&[("2", 6.0), ("8", 4.0)]),
            6..12 => "2",
            12..15 => "3",
            _ => self.chance.weighted(&[("4", 6.0), ("5", 3.0), ("11", 0.5)]),
        };
        self.set("school_stage", stage);
        let place = district.scale.street(self.chance.below(district.scale.streets));
        let Some(school) = place::school(self.chance, stage, place) else { return };
        self.set("school_name", &school);
        let class = self.chance.between(1, 8);
        let grade = match stage {
            "1" => ["小班", "中班", "大班"][(age - 3).clamp(0, 2) as usize].to_owned(),
            "2" => format!("{}年级{class}班", ["一", "二", "三", "四", "五", "六"][(age - 6).clamp(0, 5) as usize]),
            "3" => format!("初{}{class}班", ["一", "二", "三"][(age - 12).clamp(0, 2) as usize]),
            "4" | "5" => format!("高{}{class}班", ["一", "二", "三"][(age - 15).clamp(0, 2) as usize]),
            _ => format!("{class}班"),
        };
        self.set("grade_class", &grade);
        let boarding = stage != "1" && stage != "2" && self.chance.hits(0.3);
        self.yes("boarding", boarding);
        self.set("student_no", &format!("G{}", who.id_no));
        self.code("academic", &[("1", 1.5), ("2", 4.0), ("3", 3.5), ("4", 1.0)]);
    }

    fn guardianship(&mut self, category: &str, family: &Family) {
        self.set("guard_type", family.guard_type);
        if let Some(reason) = family.guard_reason {
            self.set("guard_reason", reason);
        }
        self.code("guard_eval", &[("1", 81.3), ("2", 15.3), ("3", 3.4)]);
        if category == "E4" {
            let what = self.chance.weighted(&[("1", 3.0), ("2", 6.0), ("3", 1.0)]);
            self.yes(&format!("improper/{what}"), true);
        }
        let income = self.chance.weighted(&[("1", 6.0), ("2", 2.0), ("3", 1.0), ("4", 1.0)]);
        self.yes(&format!("income_src/{income}"), true);
    }

    /// Amounts in fen a month, near the national means of handbook §6.1.
    fn aid(&mut self, category: &str, on: Day) {
        let (family_type, aid): (&str, &[(&str, i64)]) = match category {
            "A1" => ("2", &[("8", 207_000)]),
            "A2" => ("2", &[("8", 160_700)]),
            "B1" => ("1", &[("9", 159_300), ("1", 62_000)]),
            "D1" => ("1", &[("1", 62_000)]),
            "E1" => ("1", &[("1", 62_000), ("10", 50_000)]),
            "E2" => ("3", &[("6", 18_000), ("7", 16_000)]),
            "E3" => ("4", &[("4", 300_000)]),
            _ => ("6", &[("0", 0)]),
        };
        self.set("family_type", family_type);
        for (code, amount) in aid {
            self.set(&format!("aid/{code}/status"), "1");
            if *amount > 0 {
                let from = on.plus(-self.chance.between(30, 800) as i32);
                self.set(&format!("aid/{code}/from"), &from.to_string());
                self.values.insert(format!("aid/{code}/amount"), Value::Int(*amount));
                self.set(&format!("aid/{code}/dept"), "区民政局");
            }
        }
    }
}

fn community_street(district: &District, community: usize) -> usize {
    district.station_of(community).saturating_sub(1)
}
