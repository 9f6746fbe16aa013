//! The company and the ground it plays on: everybody at their desks, and what each did that was
//! acknowledged. The acts stand in `morning`, `field`, `evening` and `night`; this file must not
//! hold any.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::centre::Centre;
use super::player::Player;
use super::story::Story;
use super::tally::Tally;
use crate::synth::District;

/// A person at a desk.
pub struct Seat {
    /// Her process and cable.
    pub player: Player,
    /// Her post.
    pub post: String,
    /// Her device.
    pub device: String,
    /// The children she saw first thing in the morning.
    pub children: Vec<Card>,
    /// Notes that were acknowledged as finished.
    pub visits: Vec<String>,
    /// Fields of files that were acknowledged as written.
    pub edits: usize,
}

/// A child as the play needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The figures of the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Figures {
    /// Directors of the station's street.
    pub directors: usize,
    /// Notes acknowledged at the desks.
    pub visits_made: usize,
    /// Notes the station has from the district's log.
    pub visits_received: usize,
    /// Numbers missing in the chains.
    pub missing: usize,
    /// Values two people wrote differently, before anybody chose.
    pub to_decide: usize,
    /// Of these, settled.
    pub decided: usize,
}

/// The day under way.
pub struct Day<'a> {
    /// Tells it.
    pub story: &'a Story,
    /// Who there is.
    pub district: &'a District,
    /// The server.
    pub centre: Centre,
    /// The street's station.
    pub station: Seat,
    /// Its directors.
    pub directors: Vec<Seat>,
    /// What was compared.
    pub tally: Tally,
    /// What comes out.
    pub figures: Figures,
}

/// Longest anything may need to get from one desk to another.
const PATIENCE: Duration = Duration::from_secs(20);

impl Seat {
    /// Everyone at work is a seat: name first.
    pub fn name(&self) -> &str {
        &self.player.name
    }

    /// Where her work stands.
    pub fn state(&mut self) -> Result<Value> {
        self.player.call("sync.state", json!({}))
    }

    /// The children she sees now.
    pub fn list(&mut self) -> Result<Vec<Card>> {
        let listed = self.player.call("children.list", json!({ "sort": "name" }))?;
        let cards = listed["cards"].as_array().context("children.list 没有名单")?;
        Ok(cards.iter().map(|card| Card { id: text(&card["child"]), name: text(&card["name"]) }).collect())
    }

    /// Writes one field of a file; it must be taken as it is.
    pub fn edit(&mut self, child: &str, key: &str, value: &str) -> Result<()> {
        let edits = json!([{ "set": { "key": key, "value": value } }]);
        let edited = self.player.call("child.edit", json!({ "child": child, "edits": edits }))?;
        if edited["saved"] != json!([key]) {
            bail!("{}改“{key}”没有存下：{}", self.name(), edited["findings"]);
        }
        self.edits += 1;
        Ok(())
    }

    /// How her note stands on her own desk: (word, whether the district has it).
    pub fn standing(&mut self, visit: &str) -> Result<(String, bool)> {
        let opened = self.player.call("visit.open", json!({ "visit": visit }))?;
        Ok((text(&opened["line"]["standing"]), opened["line"]["received"] == json!(true)))
    }
}

impl Day<'_> {
    /// Asks again and again until it is so; an error after too long.
    pub fn until(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> Result<bool>) -> Result<()> {
        let story = self.story;
        story.during(what, || {
            let begun = Instant::now();
            while !so(self)? {
                if begun.elapsed() > PATIENCE {
                    bail!("等了 {} 秒还没有", PATIENCE.as_secs());
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        })
    }

    /// Everybody, the station first.
    pub fn everybody(&mut self) -> impl Iterator<Item = &mut Seat> {
        std::iter::once(&mut self.station).chain(&mut self.directors)
    }

    /// Everybody exchanges with the district, all at once.
    pub fn all_sync(&mut self, what: &str) -> Result<()> {
        let story = self.story;
        story.during(what, || {
            std::thread::scope(|scope| {
                let syncing: Vec<_> =
                    self.everybody().map(|seat| scope.spawn(|| seat.player.sync().map(|_| ()))).collect();
                syncing.into_iter().try_for_each(|one| one.join().unwrap_or_else(|_| bail!("同步的线程断了")))
            })
        })
    }
}

/// A JSON text; empty if it is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A JSON count; 0 if it is none.
pub fn count(value: &Value) -> usize {
    value.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

/// A JSON list; empty if it is none.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
