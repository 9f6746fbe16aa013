//! The evening: the network is back, one request breaks in the middle, everything arrives, the
//! station merges the day. It must not repair what did not arrive.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::day::{Day, count, list, text};
use super::field::PHONES;
use super::order::Order;

/// After so many bytes up the cable breaks: past the TLS handshake, in the middle of the body.
const BREAK_AFTER: usize = 2_500;

impl Day<'_> {
    /// Everybody is back at a network, and sends.
    pub fn homecoming(&mut self) -> Result<()> {
        self.story.chapter("四、傍晚，回到有网的地方");
        self.broken_request()?;
        self.everybody().for_each(|seat| seat.player.cable.plug_in());
        self.all_sync("各台电脑同步")?;
        let made: usize = self.directors.iter().map(|seat| seat.visits.len()).sum();
        self.figures.visits_made = made;
        self.until("等走访到街道站", |day| {
            day.station.player.sync()?;
            let dayend = day.station.player.call("dayend", json!({}))?;
            Ok(count(&dayend["sum"]["received"]) >= made)
        })?;
        self.until("等各台电脑听到结果", |day| {
            day.all_sync("同步")?;
            day.all_heard()
        })
    }

    fn broken_request(&mut self) -> Result<()> {
        let seat = self.directors.get_mut(1).context("没有第二位主任")?;
        seat.player.cable.plug_in_and_break_after(BREAK_AFTER);
        let broken = seat.player.ask(&Order::Sync)?;
        let (times, state) = (seat.player.cable.broken(), seat.state()?);
        let name = seat.name().to_owned();
        let told = match &broken {
            Err(fault) => fault.to_string(),
            Ok(_) => "（没有断）".to_owned(),
        };
        self.story.tell(format!("{name}的上传走到 {BREAK_AFTER} 字节，网断了。屏幕上：{told}"));
        self.story.tell(format!("{name}本机：{}", text(&state["line"])));
        self.tally.same("请求在中途断掉的次数", 1, times);
        self.tally.holds("断掉的那次没有被当成送达", broken.is_err() && count(&state["waiting"]) > 0);
        Ok(())
    }

    /// Whether nothing waits at any desk and every own note is known to be in the district's log.
    fn all_heard(&mut self) -> Result<bool> {
        for seat in self.everybody() {
            if count(&seat.state()?["waiting"]) > 0 {
                return Ok(false);
            }
            for visit in seat.visits.clone() {
                if !seat.standing(&visit)?.1 {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The station's day end: who handed in what, what differs, what is chosen, what is approved.
    pub fn dayend(&mut self) -> Result<()> {
        self.story.chapter("五、街道站日终合并");
        let dayend = self.station.player.call("dayend", json!({}))?;
        self.lines(&dayend);
        self.figures.to_decide = count(&dayend["sum"]["to_decide"]);
        self.tally.same("两人写得不一样的", 1, self.figures.to_decide);
        self.edits_arrived(&dayend)?;
        self.choose(&dayend)?;
        self.answer(&dayend)?;
        self.review(&dayend)?;
        self.close_file()
    }

    /// What nobody may leave lying stands first, and is answered in words.
    fn answer(&mut self, dayend: &Value) -> Result<()> {
        let alarms = list(&dayend["alarms"]);
        self.tally.same("街道站的告急", 1, alarms.len());
        let alarm = alarms.first().context("没有告急")?;
        let causes: Vec<String> = list(&alarm["causes"]).iter().map(|cause| text(&cause["text"])).collect();
        self.story.tell(format!("告急排在最前面：{}，{}", text(&alarm["name"]), causes.join("、")));
        let bare = json!({ "visit": alarm["record"], "verdict": "1" });
        let refused = self.station.player.call("visit.review", bare)?;
        self.tally.holds("告急的走访，光点已阅不行", refused["record"].is_null());
        let words = "已与派出所联系，今晚站里派两人同去，孩子先住姑姑家。";
        let reply = json!({ "record": alarm["record"], "text": words });
        let answered = self.station.player.call("alarm.answer", reply)?;
        if answered["review"].is_null() {
            bail!("回复没有存下：{}", answered["findings"]);
        }
        self.story.tell(format!("街道站回复：{words}"));
        Ok(())
    }

    /// A child moved away: the station closes its file.
    fn close_file(&mut self) -> Result<()> {
        let before = self.station.list()?;
        let child = self.directors.last().and_then(|seat| seat.children.first()).cloned().context("没有儿童")?;
        let values = json!({ "closed_why": "MOVED_OUT", "closed_papers": "迁移证（虚构）" });
        let done = self.station.player.call("child.close", json!({ "child": child.id, "values": values }))?;
        if done["done"] != json!(true) {
            bail!("没有结案：{}", done["findings"]);
        }
        let after = self.station.list()?.len();
        self.story.tell(format!(
            "{}迁出了，街道站结案：名单上 {} 人变成 {after} 人，档案还能看",
            child.name,
            before.len()
        ));
        self.tally.same("结案后名单上的人数", before.len() - 1, after);
        Ok(())
    }

    fn lines(&mut self, dayend: &Value) {
        let lines = list(&dayend["directors"]);
        for seat in &self.directors {
            let line = lines.iter().find(|line| text(&line["device"]) == seat.device);
            let line = line.unwrap_or(&Value::Null);
            let (made, received) = (count(&line["made"]), count(&line["received"]));
            let missing = list(&line["missing"]).len() + count(&line["missing_earlier"]);
            let (unit, name) = (text(&line["unit"]), seat.player.name.as_str());
            self.story.tell(format!("{name}（{unit}）：走访 {made}，收到 {received}，缺 {missing}"));
            self.tally.same(&format!("{name}的走访，街道站收到"), seat.visits.len(), received);
            self.tally.same(&format!("{name}的编号，缺"), 0, missing);
        }
        let without = lines.iter().filter(|line| line["device"].is_null()).count();
        if without > 0 {
            self.story.tell(format!("本街道另有 {without} 位主任今天没有登记电脑"));
        }
        self.story.tell(text(&dayend["sum"]["sentence"]["text"]));
    }

    /// Every field a director was told is saved stands in the station's history, under her device.
    fn edits_arrived(&mut self, dayend: &Value) -> Result<()> {
        let mut lines: Vec<Value> = Vec::new();
        // Imported this very morning, a file is one line at the day's end; its history has all of them.
        for file in list(&dayend["files"]) {
            let history = self.station.player.call("child.history", json!({ "child": file["child"] }))?;
            lines.extend(list(&history).iter().cloned());
        }
        for seat in std::iter::once(&self.station).chain(&self.directors) {
            let hers = lines.iter().filter(|line| text(&line["who"]["device_id"]) == seat.device).count();
            self.tally.same(&format!("{}改的档案，历史里有", seat.player.name), seat.edits, hers);
        }
        Ok(())
    }

    fn choose(&mut self, dayend: &Value) -> Result<()> {
        let differing = list(&dayend["differing"]).first().context("没有要核对的")?;
        let said: Vec<String> = list(&differing["cell"]["said"])
            .iter()
            .map(|said| {
                format!(
                    "{}写 {}（{}）",
                    text(&said["who"]["person"]),
                    text(&said["text"]),
                    text(&said["who"]["device"])
                )
            })
            .collect();
        self.story.tell(format!(
            "{}的“{}”：{}",
            text(&differing["name"]),
            text(&differing["label"]["text"]),
            said.join("；")
        ));
        self.tally.same("这一项写过的值", 2, said.len());
        let choice = json!({ "record": differing["record"], "key": differing["key"], "value": PHONES[0] });
        let edited = self.station.player.call("child.choose", choice)?;
        if edited["saved"] != json!([differing["key"]]) {
            bail!("核对没有存下：{}", edited["findings"]);
        }
        let left = self.station.player.call("differing.list", json!({}))?;
        self.figures.decided = self.figures.to_decide - list(&left).len().min(self.figures.to_decide);
        self.story.tell("打电话问过家长，选主任写的号码；两个写法都留在历史里，可以撤回");
        Ok(())
    }

    /// All notes are approved but one, which goes back for a word more.
    fn review(&mut self, dayend: &Value) -> Result<()> {
        // What raised an alarm was read with its answer.
        let answered: Vec<String> = list(&dayend["alarms"]).iter().map(|alarm| text(&alarm["record"])).collect();
        let mut visits: Vec<String> = list(&dayend["visits"]).iter().map(|line| text(&line["record"])).collect();
        visits.retain(|visit| !answered.contains(visit));
        let back = self.directors.last().and_then(|seat| seat.visits.last()).cloned().context("没有走访")?;
        let station = &mut self.station.player;
        for visit in &visits {
            let returned = json!({ "visit": visit, "verdict": "2", "note": "请补充监护人电话" });
            let args = if *visit == back { returned } else { json!({ "visit": visit, "verdict": "1" }) };
            let written = station.call("visit.review", args)?;
            if written["record"].is_null() {
                bail!("审阅没有存下：{}", written["findings"]);
            }
        }
        self.story.tell(format!("{} 篇走访：已阅 {}，退回补充 1", visits.len(), visits.len() - 1));
        self.until("等主任看到审阅", |day| {
            day.all_sync("同步")?;
            day.standings("read", &back, "returned")
        })?;
        let seat = self.directors.last_mut().context("没有主任")?;
        let today = seat.player.call("today", json!({}))?;
        let name = seat.name().to_owned();
        self.tally.same(&format!("{name}今天被退回的"), 1, list(&today["returned"]).len());
        let words = json!({ "visit": back, "text": "监护人电话已核对，与档案一致。" });
        seat.player.call("visit.supplement", words)?;
        self.until("等补充说明到街道站", |day| {
            day.all_sync("同步")?;
            Ok(day.station.standing(&back)?.0 == "supplemented")
        })?;
        self.station.player.call("visit.review", json!({ "visit": back, "verdict": "1" }))?;
        self.until("等主任看到已阅", |day| {
            day.all_sync("同步")?;
            day.standings("read", &back, "read")
        })?;
        self.story.tell(format!("{name}补充一句，街道站已阅；各位主任都看到了"));
        self.everywhere_chosen(dayend)
    }

    /// Whether every note stands so on its author's desk, and one of them otherwise.
    fn standings(&mut self, usual: &str, one: &str, otherwise: &str) -> Result<bool> {
        for seat in &mut self.directors {
            for visit in seat.visits.clone() {
                let wanted = if visit == one { otherwise } else { usual };
                if seat.standing(&visit)?.0 != wanted {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The number chosen stands at the director's and at the station's desk.
    fn everywhere_chosen(&mut self, dayend: &Value) -> Result<()> {
        let child = list(&dayend["differing"]).first().map(|d| d["child"].clone()).unwrap_or_default();
        let asked = json!({ "child": child, "key": "phone_child", "reason": "核对" });
        let [at_station, at_director] = [&mut self.station, &mut self.directors[0]].map(|seat| {
            let shown = seat.player.call("child.reveal", asked.clone())?;
            Ok::<_, anyhow::Error>(text(&shown["value"]))
        });
        self.tally.same("街道站的电话", PHONES[0].to_owned(), at_station?);
        self.tally.same("主任的电话", PHONES[0].to_owned(), at_director?);
        Ok(())
    }
}
