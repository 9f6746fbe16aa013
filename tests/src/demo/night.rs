//! The last things of the day: a child goes to another director, the backup, the receipt. Every
//! figure is read back here; it must not remember one instead.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::day::{Day, count, list, text};
use super::order::Order;

impl Day<'_> {
    /// A child moves from the first director to the second, with its history.
    pub fn reassign(&mut self) -> Result<()> {
        self.story.chapter("六、一个孩子换了责任主任");
        let [from, to, ..] = &self.directors[..] else { anyhow::bail!("主任不够") };
        let (old, new) = (from.post.clone(), to.post.clone());
        let names = (from.player.name.clone(), to.player.name.clone());
        let child = from.children.get(1).cloned().context("没有儿童")?;
        let which = json!({ "child": child.id });
        self.station.player.call("roster.assign", json!({ "children": [child.id], "post": new }))?;
        self.station.player.call("roster.withdraw", json!({ "children": [child.id], "post": old }))?;
        let (visits, history) = (
            list(&self.station.player.call("visits.list", which.clone())?).len(),
            list(&self.station.player.call("child.history", which.clone())?).len(),
        );
        self.until("等分派到两位主任", |day| {
            day.all_sync("同步")?;
            let came = day.directors[1].list()?.contains(&child);
            let left = !day.directors[0].list()?.contains(&child);
            Ok(came && left)
        })?;
        let taken = &mut self.directors[1].player;
        let came = (
            list(&taken.call("visits.list", which.clone())?).len(),
            list(&taken.call("child.history", which.clone())?).len(),
        );
        self.tally.holds("换主任的孩子今天有走访", visits > 0);
        self.tally.same("换主任后，走访随档案到新主任", visits, came.0);
        self.tally.same("换主任后，修改历史到新主任", history, came.1);
        let left = self.directors[0].player.done(&Order::Traces { child: child.id.clone() })?;
        self.tally.same("换主任后，原主任电脑里还剩", 0, count(&left));
        let open = Order::Call { name: "child.open".to_owned(), args: which };
        self.tally.holds("原主任打不开这份档案", self.directors[0].player.ask(&open)?.is_err());
        self.story.tell(format!(
            "{}从{}交给{}：新主任有 {} 篇走访、{} 条历史；原主任电脑里剩 {}",
            child.name,
            names.0,
            names.1,
            came.0,
            came.1,
            count(&left)
        ));
        Ok(())
    }

    /// Backup, proof, and the receipt.
    pub fn receipt(&mut self, folder: &Path) -> Result<()> {
        self.story.chapter("七、备份与收条");
        self.until("等全部送达", |day| {
            day.all_sync("同步")?;
            let states = day.everybody().map(|seat| Ok(count(&seat.state()?["waiting"])));
            Ok(states.collect::<Result<Vec<usize>>>()?.iter().all(|waiting| *waiting == 0))
        })?;
        let to = folder.join("备份").to_string_lossy().into_owned();
        let story = self.story;
        let said = story.during("备份", || self.centre.run(&["backup", "--to", &to]))?;
        let first = said.lines().next().unwrap_or_default();
        let (before, after) = first.split_once("：").unwrap_or((first, ""));
        let counts = after.rsplit_once('（').map_or("", |(_, counts)| counts);
        story.tell(format!("{before}（{counts}"));
        let proof = story.during("核验", || self.centre.run(&["verify"]))?;
        proof.lines().for_each(|line| story.tell(line));
        self.tally.holds("服务器数据逐条核验一致", proof.contains("全部一致"));
        let held = self.centre.counter("tongdang_items_held_total")?;
        self.tally.same("区中心没有收下的", 0, held);
        let refused = self.centre.counter("tongdang_requests_refused_total")?;
        self.tally.same("区中心不认识的请求", 0, refused);
        self.all_sync("听到备份")?;
        let uncovered = self.ladder()?;
        self.sum(uncovered)
    }

    /// Where everybody's work stands: all of it in the backup. How much of it is not.
    fn ladder(&mut self) -> Result<usize> {
        let (mut delivered, mut backed_up, mut left) = (0, 0, 0);
        let mut states = Vec::new();
        for seat in self.everybody() {
            states.push((seat.player.name.clone(), seat.state()?));
        }
        for (name, state) in states {
            let [waiting, received, covered] = ["waiting", "received", "backed_up"].map(|key| count(&state[key]));
            self.tally.same(&format!("{name}待上传"), 0, waiting);
            self.tally.same(&format!("{name}还没有备份"), 0, received);
            self.tally.same(&format!("{name}没有被收下"), 0, list(&state["held"]).len());
            delivered += received + covered;
            backed_up += covered;
            left += waiting;
        }
        self.story.tell(format!("四台电脑：已送达区中心 {delivered} 条，其中已备份 {backed_up} 条，待上传 {left} 条"));
        Ok(left + delivered - backed_up)
    }

    fn sum(&mut self, uncovered: usize) -> Result<()> {
        let dayend = self.station.player.call("dayend", json!({}))?;
        let sum = &dayend["sum"];
        self.figures.directors = count(&sum["directors"]);
        self.figures.visits_received = count(&sum["received"]);
        self.figures.missing = count(&sum["missing"]);
        let made = self.figures.visits_made;
        self.tally.same("今日走访", made, count(&sum["visits"]));
        self.tally.same("收到", made, self.figures.visits_received);
        self.tally.same("缺", 0, self.figures.missing);
        self.tally.same("还待核对", 0, count(&sum["to_decide"]));
        self.tally.same("已核对", self.figures.to_decide, self.figures.decided);
        // What is not in the backup might be notes: none of them is promised then.
        let (delivered, covered) =
            (self.figures.visits_received, self.figures.visits_received.saturating_sub(uncovered));
        self.tally.same("已备份", made, covered);
        self.story.say(&format!("\n{}。已送达 {delivered}，已备份 {covered}。", text(&sum["sentence"]["text"])));
        Ok(())
    }
}
