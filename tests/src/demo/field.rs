//! The working day without a network: notes, files, a telephone number two people hear
//! differently, and a computer whose power goes. It must not let anything out of the desks.

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::cast;
use super::day::{Card, Day, Seat, list, text};
use super::order::{Answer, Order};
use crate::synth::District;

/// Notes of one director, one record a child.
const NOTES: usize = 8;
/// The number the child's mother told the director, and the one the school told the station.
pub(super) const PHONES: [&str; 2] = ["14000002468", "14000001357"];
/// Saves sent at once when the power goes, and after how many answers it goes.
const SAVES: usize = 40;
const ANSWERS: usize = 5;

impl Day<'_> {
    /// Everybody works for hours without a network.
    pub fn offline(&mut self) -> Result<()> {
        self.story.chapter("三、断网，各自下户");
        self.everybody().for_each(|seat| seat.player.cable.unplug());
        let (story, district) = (self.story, self.district);
        let mut together = 0;
        for seat in &mut self.directors {
            let siblings = story.during("写走访", || write_notes(seat, district))?;
            together += siblings.len() / 2;
            let (notes, edits) = (seat.visits.len(), seat.edits);
            story.tell(format!("{} 写完 {notes} 次走访，改了 {edits} 项档案", seat.name()));
            if !siblings.is_empty() {
                story.tell(format!("  其中{}是一家的孩子，写一遍，各存一篇", siblings.join("、")));
            }
            story.tell(format!("  屏幕下方：{}", text(&seat.state()?["line"])));
        }
        self.tally.holds("有为兄弟姐妹一起写的走访", together > 0);
        self.danger()?;
        self.two_numbers()?;
        self.power_cut()
    }

    /// A director finds a child in danger. Nobody hears of it before she is back at a network.
    fn danger(&mut self) -> Result<()> {
        let Some(seat) = self.directors.first_mut() else { bail!("没有主任") };
        let child = seat.children.last().cloned().context("没有儿童")?;
        let begun = seat.player.call("visit.begin", json!({ "children": [child.id] }))?;
        let mut values = note(&begun, "孩子身上有新伤，不愿意回家。已打电话报警，陪孩子等到民警来。");
        let seen = json!({
            "safety": "4", "safety_note": "继父酒后动手，孩子害怕回家。", "hazard/10": true, "report_needed": true,
            "risk_hint": "2",
        });
        for (key, value) in seen.as_object().into_iter().flatten() {
            values[key] = value.clone();
        }
        let args = json!({ "draft": begun["draft"], "children": [child.id], "values": values });
        let done = seat.player.call("visit.complete", args)?;
        finished(seat, &done)?;
        let today = seat.player.call("today", json!({}))?;
        let (name, red) = (seat.name().to_owned(), list(&today["alarms"]).len());
        let due = list(&today["alarms"]).first().map_or_else(String::new, |alarm| text(&alarm["name"]));
        self.story.tell(format!("{name}写了一篇告急的走访：{due}有危险；她的“今天”里马上是红的，明天再访"));
        self.tally.same("断网时主任看到的告急", 1, red);
        Ok(())
    }

    /// The same child's telephone, written by a director and by the station, neither knowing.
    fn two_numbers(&mut self) -> Result<()> {
        let Some(director) = self.directors.first_mut() else { bail!("没有主任") };
        let child = director.children.first().cloned().context("没有儿童")?;
        director.edit(&child.id, "phone_child", PHONES[0])?;
        self.station.edit(&child.id, "phone_child", PHONES[1])?;
        let (one, two) = (director.name(), self.station.name());
        self.story.tell(format!("{one}和{two}都断着网，各自给{}登记了电话，写得不一样", child.name));
        Ok(())
    }

    /// The last director's process is killed while she is writing.
    fn power_cut(&mut self) -> Result<()> {
        let Some(seat) = self.directors.last_mut() else { bail!("没有主任") };
        let child = seat.children.last().cloned().context("没有儿童")?;
        let begun = seat.player.call("visit.begin", json!({ "children": [child.id] }))?;
        let words = cast::words(self.district, &child.name);
        let save = |n: usize| {
            let values = note(&begun, &format!("{words}（第{n}稿）"));
            let args = json!({ "draft": begun["draft"], "children": [child.id], "values": values });
            Order::Call { name: "draft.save".to_owned(), args }
        };
        for n in 1..=SAVES {
            seat.player.send(&save(n))?;
        }
        let mut acknowledged = 0;
        for _ in 0..ANSWERS {
            ensure!(matches!(seat.player.hear()?, Some(Answer::Done(_))), "草稿没有存下");
            acknowledged += 1;
        }
        let id = seat.player.id();
        acknowledged += seat.player.kill()?.len();
        seat.player.revive()?;
        let kept = seat.player.call("draft.open", json!({ "draft": begun["draft"] }))?;
        let found = text(&kept["values"]["note"]);
        let number = found.rsplit('第').next().and_then(|end| end.trim_end_matches("稿）").parse().ok()).unwrap_or(0);
        let name = seat.name().to_owned();
        self.story.tell(format!(
            "{name}正在写，进程 {id} 被 kill -9（已确认存到第 {acknowledged} 稿）；重新打开，草稿在第 {number} 稿"
        ));
        self.tally.holds("断电后，确认过的草稿都在", (acknowledged..=SAVES).contains(&number));
        let visits = seat.visits.clone();
        let there = visits.iter().filter(|visit| seat.standing(visit).is_ok()).count();
        self.tally.same("断电后，确认过的走访还在", visits.len(), there);
        let done = seat.player.call("visit.complete", json!({ "draft": begun["draft"] }))?;
        finished(seat, &done)?;
        self.story.tell(format!("{name}接着把这一篇写完：{there} 次走访一次不少，加上这一次"));
        Ok(())
    }
}

/// One note for two siblings where there are two, then one a child; two files corrected. The
/// siblings' names.
fn write_notes(seat: &mut Seat, district: &District) -> Result<Vec<String>> {
    let names: Vec<&str> = seat.children.iter().map(|card| card.name.as_str()).collect();
    let pair = cast::siblings(district, &names).map(|(one, two)| (one.to_owned(), two.to_owned()));
    let mut left: Vec<Card> = seat.children.clone();
    let mut households: Vec<Vec<Card>> = Vec::new();
    if let Some((one, two)) = pair {
        let (both, others): (Vec<Card>, _) = left.into_iter().partition(|c| c.name == one || c.name == two);
        left = others;
        households.push(both);
    }
    let siblings = households.concat().into_iter().map(|card| card.name).collect();
    households.extend(left.into_iter().map(|card| vec![card]));
    for household in households {
        if seat.visits.len() >= NOTES {
            break;
        }
        write_note(seat, district, &household)?;
    }
    ensure!(seat.visits.len() >= NOTES, "{}的儿童太少，凑不够走访", seat.name());
    let corrected: Vec<String> = seat.children.iter().take(2).map(|card| card.id.clone()).collect();
    for (n, child) in corrected.iter().enumerate() {
        seat.edit(child, "wx_contact", &format!("奶奶的微信，晚上看（{n}）"))?;
        seat.edit(child, "live_addr", &format!("虚构路{}号", n + 1))?;
    }
    Ok(siblings)
}

fn write_note(seat: &mut Seat, district: &District, household: &[Card]) -> Result<()> {
    let children: Vec<&str> = household.iter().map(|card| card.id.as_str()).collect();
    let begun = seat.player.call("visit.begin", json!({ "children": children }))?;
    let first = household.first().map_or("", |card| card.name.as_str());
    let values = note(&begun, &cast::words(district, first));
    let save = json!({ "draft": begun["draft"], "children": children, "values": values });
    seat.player.call("draft.save", save)?;
    let done = seat.player.call("visit.complete", json!({ "draft": begun["draft"] }))?;
    let before = seat.visits.len();
    finished(seat, &done)?;
    ensure!(seat.visits.len() == before + children.len(), "每个孩子应有一篇");
    Ok(())
}

/// Counts the notes that were acknowledged.
fn finished(seat: &mut Seat, done: &Value) -> Result<()> {
    let records = list(&done["records"]);
    ensure!(!records.is_empty(), "{}的走访没有完成：{}", seat.name(), done["findings"]);
    seat.visits.extend(records.iter().map(|record| text(&record["visit"])));
    Ok(())
}

/// A whole note over what `visit.begin` proposed.
fn note(begun: &Value, words: &str) -> Value {
    let mut values = begun["values"].clone();
    let written = json!({
        "met_child": true, "met_guardian": true, "child_talk_alone": true, "contact_parent": "1",
        "living": "1", "guard": "1", "health": "1", "study": "2", "psych": "1", "safety": "1", "social": "1",
        "note": words,
    });
    for (key, value) in written.as_object().into_iter().flatten() {
        values[key] = value.clone();
    }
    values
}
