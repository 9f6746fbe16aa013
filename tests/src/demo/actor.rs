//! One person at one computer: a process that owns a real desk and takes orders on its standard
//! input. It must not decide anything; whoever gives the orders does.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use client::{Client, KdfCost};
use desk::clock::{self, OsChance};
use desk::profile::Profile;
use desk::{Desk, Event};
use domain::fault::{Code, Fault};
use domain::id::ChildId;
use domain::moment::Moment;
use serde_json::{Value, json};

use super::order::{Answer, Order};

/// These passphrases protect nobody, so one guess may be cheap.
pub(super) const PASSPHRASE: &str = "演示用的口令";
const COST: KdfCost = KdfCost::TRIVIAL;
/// Longest an exchange may take.
const PATIENCE: Duration = Duration::from_secs(40);
const BLINK: Duration = Duration::from_millis(5);

/// Takes orders until told to end, or until nobody gives any more.
pub fn act(dir: PathBuf) -> anyhow::Result<()> {
    let mut seat = Seat { dir, desk: None, trouble: Arc::default() };
    let mut said = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let order: Order = serde_json::from_str(&line?)?;
        if matches!(order, Order::Exit) {
            break;
        }
        let answer = seat.obey(order).map_or_else(Answer::Fault, Answer::Done);
        let told = writeln!(said, "{}", serde_json::to_string(&answer)?).and_then(|()| said.flush());
        // Nobody listens any more: the play is over.
        if told.is_err() {
            break;
        }
    }
    Ok(())
}

struct Seat {
    dir: PathBuf,
    desk: Option<Desk>,
    /// What went wrong on the line since the last look.
    trouble: Arc<Mutex<Option<Fault>>>,
}

impl Seat {
    fn obey(&mut self, order: Order) -> Result<Value, Fault> {
        match order {
            Order::Enrol { text, label } => self.enrol(&text, &label),
            Order::Unlock => self.unlock(),
            Order::Call { name, args } => {
                let done = self.desk()?.call(&name, args.to_string().as_bytes())?;
                serde_json::from_slice(&done.json).map_err(|_| Code::Bug.into())
            }
            Order::Sync => self.sync(),
            Order::Traces { child } => self.traces(&child),
            Order::Exit => Ok(Value::Null),
        }
    }

    fn desk(&self) -> Result<&Desk, Fault> {
        self.desk.as_ref().ok_or_else(|| Code::Locked.into())
    }

    fn enrol(&mut self, text: &str, label: &str) -> Result<Value, Fault> {
        let profile = Profile::take(&self.dir)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|_| Code::DiskFailed)?;
        let joined = runtime.block_on(desk::enrol::enrol(text, label))?;
        let mut chance = OsChance;
        let mut moment = Moment::new(clock::now(), &mut chance);
        let client = Client::create(profile.dir(), &mut moment, joined.identity, PASSPHRASE, COST)?;
        self.start(profile, client)?;
        Ok(json!({ "person": joined.person_name, "comparison": joined.comparison }))
    }

    fn unlock(&mut self) -> Result<Value, Fault> {
        let profile = Profile::take(&self.dir)?;
        let mut client = Client::open(profile.dir())?;
        client.unlock(&mut Moment::new(clock::now(), &mut OsChance), PASSPHRASE)?;
        self.start(profile, client)?;
        Ok(Value::Null)
    }

    fn start(&mut self, profile: Profile, client: Client) -> Result<(), Fault> {
        let trouble = self.trouble.clone();
        let tell = move |event| {
            if let Event::Trouble(fault) = event {
                *trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
            }
        };
        self.desk = Some(Desk::start(profile, client, tell)?);
        Ok(())
    }

    fn sync(&self) -> Result<Value, Fault> {
        let desk = self.desk()?;
        let trouble = || self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        quiet(desk)?;
        trouble();
        desk.sync_now()?;
        quiet(desk)?;
        match trouble() {
            Some(fault) => Err(fault),
            None => Ok(json!({ "requests": desk.traffic()?.requests })),
        }
    }

    fn traces(&self, child: &str) -> Result<Value, Fault> {
        let child: ChildId = child.parse().map_err(|_| Code::BadCall)?;
        let count = move |client: &mut Client, _: &mut Moment<'_>| client.with_db(|db| traces(db, child));
        let found = self.desk()?.with(count)?.ok_or(Code::Locked)?.map_err(|_| Code::StoreDamaged)?;
        Ok(json!(found))
    }
}

/// Waits until no exchange is under way or due.
fn quiet(desk: &Desk) -> Result<(), Fault> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let (wake, now) = desk.with(|client, moment| (client.wake_at(), moment.now))?;
        if wake.is_some_and(|wake| wake > now) {
            return Ok(());
        }
        std::thread::sleep(BLINK);
    }
    Err(Code::Offline.into())
}

/// Items of content, records, and cards that are about the child.
fn traces(db: &rusqlite::Connection, child: ChildId) -> rusqlite::Result<i64> {
    let mut found = 0;
    for table in ["item", "record", "child_card", "visit_card", "file_card", "alarm_card", "differing"] {
        let kinds = if table == "item" { "AND kind NOT IN (2, 3)" } else { "" };
        let sql = format!("SELECT count(*) FROM {table} WHERE child = ?1 {kinds}");
        found += db.query_row(&sql, [child.as_bytes()], |row| row.get::<_, i64>(0))?;
    }
    Ok(found)
}
