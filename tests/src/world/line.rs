//! The line between a desk and the server, and everything that happens to it.

use client::{Client, Reply};
use domain::fault::Fault;
use domain::moment::Moment;
use sync::courier::NetFault;
use sync_server::server::Answer;

use super::World;

/// What the line does to one exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weather {
    /// Nothing.
    Fine,
    /// The request is lost.
    RequestLost,
    /// The request arrives, the answer is lost.
    AnswerLost,
    /// The answer is cut after so many bytes.
    Cut(usize),
    /// The request arrives twice.
    Twice,
    /// The request is lost now and arrives some exchanges later.
    Late,
    /// A captive portal answers.
    Portal,
}

/// What a sync came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Met {
    /// Requests sent.
    pub requests: usize,
    /// Bytes up and down.
    pub bytes: (usize, usize),
    /// What the desk said, if it did not go through.
    pub faults: Vec<Fault>,
}

/// More than any sync of the world needs; beyond it the desk asks for ever.
const EXCHANGES_MAX: usize = 60;

impl World {
    /// The desk syncs until it has nothing more to ask, in fine weather.
    pub fn sync(&mut self, seat: usize) -> Met {
        self.sync_in(seat, &mut |_| Weather::Fine)
    }

    /// The desk syncs; the weather is asked before each exchange.
    pub fn sync_in(&mut self, seat: usize, weather: &mut dyn FnMut(&mut World) -> Weather) -> Met {
        let mut met = Met::default();
        let now = self.moment_at(seat).now;
        if let Some(client) = self.seats[seat].client.as_mut() {
            client.sync_now(&Moment::new(now, &mut self.chance));
        }
        for _ in 0..EXCHANGES_MAX {
            let sky = weather(self);
            let Some(mut client) = self.seats[seat].client.take() else { return met };
            let went_on = self.exchange(seat, &mut client, sky, &mut met);
            self.seats[seat].client = Some(client);
            if !went_on {
                return met;
            }
        }
        panic!("{} never stops asking", self.seats[seat].name);
    }

    /// Every desk syncs, the gate judges, until nothing moves: everybody is up to date.
    pub fn settle(&mut self) {
        for round in 0..30 {
            let before = self.server.head().expect("a head");
            self.gate();
            for seat in 0..self.seats.len() {
                self.sync(seat);
            }
            self.gate();
            self.pass_s(60);
            let moved = self.server.head().expect("a head") != before;
            if round > 0 && !moved && (0..self.seats.len()).all(|seat| self.unsent(seat) == 0) {
                return;
            }
        }
        let waits: Vec<u64> = (0..self.seats.len()).map(|seat| self.unsent(seat)).collect();
        panic!("the district never settles, {waits:?} unsent:\n{}", self.chains());
    }

    /// What every desk holds of every chain, for messages: device, branch, number, items whole.
    pub fn chains(&self) -> String {
        let mut out = String::new();
        for seat in &self.seats {
            let lines = seat.client.as_ref().and_then(|client| {
                client.with_db(|db| -> rusqlite::Result<Vec<String>> {
                    let mut query = db.prepare(
                        "SELECT hex(substr(device, 1, 3)) || ' ' || hex(substr(branch, 1, 2)) || ' ' || seq || ' own ' || own
                         || ' inbox ' || ifnull(inbox, '-') || CASE WHEN refused IS NULL THEN '' ELSE ' refused' END || CASE WHEN sealed IS NULL THEN '' ELSE ' sealed' END || ' items '
                         || (SELECT ifnull(group_concat(state || ':' || kind || ':' || ifnull(position, '-') || ifnull(':r' || reason, '') || ':' || hex(substr(child, 8, 4)), ' '), 'none')
                             FROM item WHERE item.envelope = envelope.no)
                         FROM envelope ORDER BY device, branch, seq",
                    )?;
                    query.query_map([], |row| row.get(0))?.collect()
                })
            });
            out.push_str(&format!("{} {}\n", seat.name, seat.device));
            lines.into_iter().flatten().flatten().for_each(|line| out.push_str(&format!("  {line}\n")));
        }
        out
    }

    /// Items and pieces of a desk that wait to be sent: all items, audit rows too, which the screen does not count.
    pub fn unsent(&mut self, seat: usize) -> u64 {
        let pieces = self.ok(seat, "sync.state", serde_json::json!({}))["pieces_waiting"].as_u64().expect("a count");
        let sql = "SELECT count(*) FROM item LEFT JOIN envelope ON envelope.no = item.envelope
                   WHERE batch IS NOT NULL AND state <> 4 AND inbox IS NULL";
        let client = self.seats[seat].client.as_ref().expect("awake");
        let items = client.with_db(|db| db.query_row(sql, [], |row| row.get::<_, u32>(0)));
        u64::from(items.expect("open").expect("a count")) + pieces
    }

    fn exchange(&mut self, seat: usize, client: &mut Client, sky: Weather, met: &mut Met) -> bool {
        let Some(out) = client.next_request(&mut self.moment_at(seat)) else { return false };
        met.requests += 1;
        met.bytes.0 += out.body.len();
        let answer = match sky {
            Weather::Fine | Weather::Cut(_) => self.serve(out.path, &out.body),
            Weather::RequestLost => None,
            Weather::AnswerLost => {
                self.serve(out.path, &out.body);
                None
            }
            Weather::Twice => {
                let first = self.serve(out.path, &out.body);
                self.serve(out.path, &out.body);
                first
            }
            Weather::Late => {
                self.late.push((out.path, out.body.clone()));
                None
            }
            Weather::Portal => Some(b"<html>please log in</html>".to_vec()),
        };
        let Some(mut bytes) = answer else {
            self.give(seat, client, Reply::Failed(NetFault::Offline), met);
            return false;
        };
        let cut = matches!(sky, Weather::Cut(_));
        if let Weather::Cut(after) = sky {
            bytes.truncate(after % bytes.len().max(1));
        }
        met.bytes.1 += bytes.len();
        for chunk in bytes.chunks(1400) {
            if !self.give(seat, client, Reply::Chunk(chunk), met) {
                return false;
            }
        }
        self.give(seat, client, if cut { Reply::Failed(NetFault::Offline) } else { Reply::End }, met) && !cut
    }

    fn give(&mut self, seat: usize, client: &mut Client, reply: Reply<'_>, met: &mut Met) -> bool {
        match client.on_reply(&mut self.moment_at(seat), reply) {
            Ok(_) => true,
            Err(fault) => {
                met.faults.push(fault);
                false
            }
        }
    }

    /// The server answers one request; late ones arrive first.
    fn serve(&mut self, path: &'static str, body: &[u8]) -> Option<Vec<u8>> {
        for (path, old) in std::mem::take(&mut self.late) {
            self.handle(path, &old);
        }
        match self.handle(path, body) {
            Answer::Frames(frames) => Some(frames.concat()),
            _ => None,
        }
    }

    fn handle(&mut self, path: &str, body: &[u8]) -> Answer {
        let mut moment = Moment::new(self.now, &mut self.chance);
        let answer = match path {
            sync::piece::PATH => self.server.handle_piece(&mut moment, body),
            _ => self.server.handle(&mut moment, body),
        };
        // What is brought back after a restore is in the log without the gate's step.
        self.remember_scopes();
        answer
    }
}
