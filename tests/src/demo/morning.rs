//! Before work: the ledger becomes a district, the server starts, four people join it. It must
//! not write anything a workbook or a person did not.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::cast::Cast;
use super::centre::Centre;
use super::day::{Day, Seat, count, list, text};
use super::order::Order;
use super::player::Player;
use super::proxy::Cable;
use super::story::Story;
use super::tally::Tally;
use crate::synth::{District, ledger, org_book};

/// Founds the district from two workbooks and starts its server.
pub(super) fn found(story: &Story, folder: &Path, district: &District, tally: &mut Tally) -> Result<Centre> {
    story.chapter("一、台账变成区");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("写不了 {name}"))?;
        Ok::<_, anyhow::Error>(path.to_string_lossy().into_owned())
    };
    let sheets = story.during("写出两本 Excel", || {
        let book = ledger::write(district, true)?;
        Ok((write("组织.xlsx", &org_book::write(district)?)?, write("台账.xlsx", &book.bytes)?, book.truth.rows.len()))
    })?;
    let (org, book, rows) = sheets;
    story
        .tell(format!("街道平时记的台账：台账.xlsx，{rows} 行儿童，带着真实台账的毛病；组织.xlsx：单位、人员、分派。"));
    let mut centre = Centre::found(&folder.join("区中心"), district)?;
    let said = story.during("导入组织", || centre.run(&["import-org", &org]))?;
    said.lines().filter(|line| line.starts_with("组织导入完成")).for_each(|line| story.tell(line));
    let said = story.during("导入台账", || centre.run(&["import-ledger", &book]))?;
    for line in said.lines().filter(|line| line.starts_with("读到") || line.starts_with("导入完成")) {
        story.tell(line);
    }
    let back = said.lines().find_map(|line| line.strip_prefix("退改表：")).unwrap_or_default();
    let name = back.rsplit('/').next().unwrap_or(back);
    story.tell(format!("退改表：{name}"));
    let ready = number_after(&said, "可导入 ");
    tally.same("台账读到的行数", rows, number_after(&said, "读到儿童 "));
    tally.same("台账导入的儿童", ready, number_after(&said, "导入完成：儿童 "));
    tally.holds("退改表写出来了", said.contains("退改表："));
    centre.serve()?;
    story.tell(format!("区中心服务已启动：https://{}", centre.address()));
    Ok(centre)
}

fn number_after(text: &str, words: &str) -> usize {
    let rest = text.split_once(words).map_or("", |(_, rest)| rest);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// Everybody of the cast joins with a one-time code, all at once.
pub(super) fn enrol(story: &Story, folder: &Path, centre: &Centre, cast: &Cast<'_>) -> Result<(Seat, Vec<Seat>)> {
    story.chapter("二、四台电脑登记");
    let people = std::iter::once(cast.supervisor).chain(cast.directors.iter().copied());
    let seats = story.during("登记", || {
        std::thread::scope(|scope| {
            let joining: Vec<_> = people.map(|post| scope.spawn(|| join(folder, centre, &post.person))).collect();
            let joined = joining.into_iter().map(|one| one.join().unwrap_or_else(|_| bail!("登记的线程断了")));
            joined.collect::<Result<Vec<Seat>>>()
        })
    })?;
    let mut seats = seats.into_iter();
    let station = seats.next().context("没有街道站")?;
    story.tell(format!("{}：督导员{}（进程 {}）", cast.station, station.name(), station.player.id()));
    let directors: Vec<Seat> = seats.collect();
    for seat in &directors {
        story.tell(format!("儿童主任{}（进程 {}，资料夹各自加密）", seat.name(), seat.player.id()));
    }
    Ok((station, directors))
}

fn join(folder: &Path, centre: &Centre, person: &str) -> Result<Seat> {
    let cable = Cable::lay(centre.address())?;
    let text = centre.enrol_text(person, cable.port())?;
    let mut player = Player::start(person, &folder.join(person), cable)?;
    let label = format!("{person}的电脑");
    player.done(&Order::Enrol { text, label }).with_context(|| format!("{person}登记"))?;
    let (post, device) = (String::new(), String::new());
    Ok(Seat { player, post, device, children: Vec::new(), visits: Vec::new(), edits: 0 })
}

impl Day<'_> {
    /// Everybody syncs for the first time and sees the own children, and only those.
    pub fn first_sync(&mut self) -> Result<()> {
        self.all_sync("首次同步")?;
        for seat in self.everybody() {
            let me = seat.player.call("me", json!({}))?;
            let post = list(&me["posts"]).first().with_context(|| format!("{}没有岗位", seat.name()))?;
            (seat.post, seat.device) = (text(&post["post"]), text(&me["device"]));
            seat.children = seat.list()?;
        }
        let posts = self.station.player.call("roster.posts", json!({}))?;
        for seat in &self.directors {
            let line = list(&posts).iter().find(|line| text(&line["post"]) == seat.post);
            let assigned = line.map_or(0, |line| count(&line["children"]));
            self.tally.same(&format!("分派给{}的儿童", seat.name()), assigned, seat.children.len());
            self.story.tell(format!("{} 首次同步：{} 名儿童的档案到了本机", seat.name(), seat.children.len()));
        }
        self.story.tell(format!("街道站 首次同步：全街道 {} 名儿童", self.station.children.len()));
        Ok(())
    }
}
