//! Families: parents with the states handbook §2.2 and §11.3 give, the person who looks after
//! the child, and the kind of guardianship that follows. It must not decide anything about rights.

use std::collections::BTreeMap;

use domain::day::Day;
use domain::id::RowId;
use domain::moment::Chance as _;
use domain::value::{Key, Value};

use super::name::{self, Era, Name};
use super::number::Numbers;
use super::place;
use crate::chance::Seeded;

/// States of (one parent, the other) in a family nobody really cares for, by weight.
const NOBODY_CARES: [((&str, &str), f64); 10] = [
    (("DEAD", "LOST"), 38.0),
    (("DEAD", "DISABLED"), 20.0),
    (("DEAD", "PRISON"), 12.0),
    (("DEAD", "SERIOUS_ILL"), 6.0),
    (("PRISON", "DRUG"), 6.0),
    (("DISABLED", "DISABLED"), 7.0),
    (("PRISON", "LOST"), 8.0),
    (("RESTRICT", "LOST"), 1.0),
    (("REVOKED", "LOST"), 1.0),
    (("MISSING", "DEPORTED"), 1.0),
];

/// A family as the form keeps it.
#[derive(Clone, Debug)]
pub(super) struct Family {
    /// What the children inherit.
    pub(super) surname: String,
    /// GB 3304.
    pub(super) nation: &'static str,
    /// Rows without their row ids: father, mother, others.
    pub(super) members: Vec<Member>,
    /// `guard_type`.
    pub(super) guard_type: &'static str,
    /// `guard_reason`, where one is needed.
    pub(super) guard_reason: Option<&'static str>,
}

/// One member: column → value, and the states (father and mother only).
#[derive(Clone, Debug, Default)]
pub(super) struct Member {
    pub(super) columns: BTreeMap<&'static str, Value>,
    pub(super) states: Vec<&'static str>,
}

impl Member {
    fn set(&mut self, column: &'static str, value: &str) {
        self.columns.insert(column, Value::text(value));
    }
    fn yes(&mut self, column: &'static str, yes: bool) {
        self.columns.insert(column, Value::Yes(yes));
    }
    /// The text of a column.
    pub(super) fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(Value::as_text).unwrap_or("")
    }
}

/// Makes families.
pub(super) struct Kin<'a> {
    pub(super) chance: &'a mut Seeded,
    pub(super) numbers: &'a mut Numbers,
    /// Six digits where the family is registered.
    pub(super) area: u32,
    pub(super) on: Day,
}

impl Kin<'_> {
    /// The family of a child of a category born on a day.
    pub(super) fn family(&mut self, category: &str, birth: Day) -> Family {
        let (father_state, mother_state) = self.states(category);
        let (father_birth, mother_birth) = (self.born_before(birth, 23, 38), self.born_before(birth, 21, 35));
        let father_name = name::fresh(self.chance, Era::of(father_birth.ymd().0), true);
        let mother_name = name::fresh(self.chance, Era::of(mother_birth.ymd().0), false);
        let mut father = self.member("51", &father_name, father_birth, true);
        let mut mother = self.member("52", &mother_name, mother_birth, false);
        self.parent(&mut father, category, father_state);
        self.parent(&mut mother, category, mother_state);
        let Name { surname, nation, .. } = father_name;
        let mut members = vec![father, mother];
        let (guard_type, guard_reason) = self.guard(category, (father_state, mother_state));
        match guard_type {
            "3" => members.push(self.grandparent(&surname, nation, birth)),
            "4" => members.push(self.relative(&surname, nation, birth)),
            "1" | "2" => {
                let guardian = usize::from(father_state != "NORMAL" || self.chance.hits(0.4));
                members[guardian].yes("is_guardian", true);
                members[guardian].yes("live_together", true);
            }
            _ => {}
        }
        Family { surname, nation, members, guard_type, guard_reason }
    }

    fn states(&mut self, category: &str) -> (&'static str, &'static str) {
        let (one, other) = match category {
            "A1" | "A2" => ("DEAD", "DEAD"),
            "B1" => self.chance.weighted(&NOBODY_CARES),
            "D1" => self.chance.weighted(&[
                (("DISABLED", "NORMAL"), 4.0),
                (("DEAD", "NORMAL"), 3.0),
                (("PRISON", "NORMAL"), 3.0),
            ]),
            "E4" => self.chance.weighted(&[(("LOST", "NORMAL"), 3.0), (("NORMAL", "NORMAL"), 7.0)]),
            _ => ("NORMAL", "NORMAL"),
        };
        if self.chance.hits(0.7) { (one, other) } else { (other, one) }
    }

    fn guard(&mut self, category: &str, states: (&str, &str)) -> (&'static str, Option<&'static str>) {
        match category {
            "A1" => ("5", None),
            "A2" | "B1" if self.chance.hits(0.9) => ("3", Some("3")),
            "A2" | "B1" => ("4", Some("3")),
            "F1" if self.chance.hits(0.98) => ("3", Some("1")),
            "F1" => ("4", Some("2")),
            _ if states == ("NORMAL", "NORMAL") => ("1", None),
            _ => ("2", None),
        }
    }

    fn born_before(&mut self, birth: Day, least: i64, most: i64) -> Day {
        birth.plus(-self.chance.between(least * 365, most * 365) as i32)
    }

    fn member(&mut self, relation: &'static str, name: &Name, birth: Day, male: bool) -> Member {
        let mut member = Member::default();
        member.set("relation", relation);
        member.set("name", &name.full);
        member.set("sex", if male { "1" } else { "2" });
        member.set("birth", &birth.to_string());
        member.set("id_type", "01");
        member.set("id_no", &self.numbers.id_no(self.area, birth, male));
        member.set("tel", &self.numbers.phone());
        member
    }

    fn parent(&mut self, member: &mut Member, category: &str, state: &'static str) {
        member.states.push(state);
        member.set(
            "edu",
            self.chance.weighted(&[("71", 5.0), ("81", 2.0), ("61", 2.0), ("41", 1.0), ("31", 1.0), ("21", 0.5)]),
        );
        if state != "NORMAL" {
            member.columns.remove("tel");
            member.yes("live_together", state == "DISABLED" || state == "SERIOUS_ILL");
            let since = self.on.plus(-self.chance.between(200, 2500) as i32);
            member.set("status_from", &since.to_string());
            if state == "PRISON" || state == "DRUG" || state == "RESTRICT" {
                member.set("status_to", &self.on.plus(self.chance.between(60, 1500) as i32).to_string());
            }
            let evidence = ["死亡证明", "残疾人证", "判决书", "诊断证明", "公安查找无果材料", "村（居）委会证明"];
            member.set("status_evidence", self.chance.pick(&evidence));
            return;
        }
        let jobs = [
            "工地务工",
            "工厂务工",
            "超市店员",
            "外卖骑手",
            "货车司机",
            "保洁",
            "务农",
            "个体经营",
            "家政",
            "无固定工作",
        ];
        member.set("job", self.chance.pick(&jobs));
        member.set("health", self.chance.weighted(&[("10", 8.0), ("20", 1.5), ("30", 0.5)]));
        let income = self.chance.between(120, 900) * 10_000;
        member.columns.insert("annual_income", Value::Int(income));
        if category == "F1" {
            member.yes("live_together", false);
            member.set("work_area", place::far_away(self.chance));
            member.set("away_from", &self.on.plus(-self.chance.between(200, 2200) as i32).to_string());
            member.set("return_freq", self.chance.weighted(&[("3", 1.0), ("4", 3.0), ("5", 6.0)]));
            member.set("contact_freq", self.chance.weighted(&[("1", 2.0), ("2", 5.0), ("3", 2.0), ("4", 1.0)]));
        }
    }

    fn grandparent(&mut self, surname: &str, nation: &'static str, birth: Day) -> Member {
        let relation = self.chance.weighted(&[("61", 3.0), ("62", 4.0), ("63", 1.0), ("64", 2.0)]);
        let male = relation == "61" || relation == "63";
        let born = self.born_before(birth, 46, 58);
        let name = match relation {
            "61" => name::of_family(self.chance, surname, nation, Era::Grandparent, true),
            _ => name::fresh(self.chance, Era::Grandparent, male),
        };
        let mut member = self.member(relation, &name, born, male);
        member.set("edu", self.chance.weighted(&[("81", 5.0), ("80", 3.0), ("90", 2.0), ("71", 2.0)]));
        member.set("health", self.chance.weighted(&[("10", 3.0), ("20", 4.0), ("30", 3.0)]));
        self.guardian(member)
    }

    fn relative(&mut self, surname: &str, nation: &'static str, birth: Day) -> Member {
        let relation = self.chance.weighted(&[("81", 2.0), ("83", 2.0), ("85", 1.0), ("88", 1.0), ("90", 3.0)]);
        let male = relation != "88" && relation != "90";
        let born = self.born_before(birth, 20, 42);
        let name = name::of_family(self.chance, surname, nation, Era::Parent, male);
        let member = self.member(relation, &name, born, male);
        self.guardian(member)
    }

    fn guardian(&self, mut member: Member) -> Member {
        member.yes("is_guardian", true);
        member.columns.insert("guardian_order", Value::Int(1));
        member.yes("live_together", true);
        member
    }
}

impl Family {
    /// Whoever looks after the child; none in an institution.
    pub(super) fn guardian(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.columns.get("is_guardian") == Some(&Value::Yes(true)))
    }

    /// Writes the rows into a file under fresh row ids.
    pub(super) fn write(&self, chance: &mut Seeded, values: &mut BTreeMap<Key, Value>) {
        for member in &self.members {
            let mut id = [0; 16];
            chance.fill(&mut id);
            let row = format!("family/{}", RowId::new(id));
            for (column, value) in &member.columns {
                values.insert(format!("{row}/{column}"), value.clone());
            }
            for state in &member.states {
                values.insert(format!("{row}/status/{state}"), Value::Yes(true));
            }
        }
    }
}
