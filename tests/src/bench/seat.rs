//! A real desk: the real client on its encrypted store, the real line, everything counted. It
//! must not decide anything the client decides.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use client::{Client, Identity, KdfCost, Outgoing, Reply};
use desk::clock::{self, OsChance};
use desk::meter::Traffic;
use desk::net::Line;
use domain::id::ChildId;
use domain::moment::Moment;
use domain::value::{Key, Value};
use serde_json::{Value as Json, json};
use sync::pack::Level;
use sync::request::SignedRequest;
use sync_server::meter::thread_cpu;
use sync_server::secret::Secret;

use super::plan::Person;
use super::sample::Sample;
use crate::synth::archive::Daywork;

/// These passphrases protect nobody; key derivation is measured apart.
pub const PASSPHRASE: &str = "明湖路走访用的口令";

/// A desk.
pub struct Seat {
    /// Its client, unlocked.
    pub client: Client,
    /// Whose it is.
    pub person: Person,
    address: String,
}

/// Values of a record.
pub type Values = BTreeMap<Key, Value>;

/// What came back over the line for one request.
pub struct Carried {
    /// Pieces of the body.
    pub chunks: Vec<Vec<u8>>,
    /// From sending until the head of the answer, which holds the receipts.
    pub durable: Duration,
    /// What the line carried.
    pub traffic: Traffic,
}

/// Who a person's device is, as enrolment leaves it behind.
pub fn identity(secret: &Secret, person: &Person, address: &str) -> Identity {
    let district = &secret.district;
    Identity {
        district: district.digest(),
        name: district.name.clone(),
        address: address.to_owned(),
        ca: district.ca.subject.clone(),
        server: secret.id(),
        server_sign: secret.device.sign_public(),
        inbox: secret.inbox.seal_public(),
        key: person.key.clone(),
        person: person.id,
        lease: Some(clock::now().plus_s(14 * 86_400)),
    }
}

/// Now, by this computer.
pub fn moment(chance: &mut OsChance) -> Moment<'_> {
    Moment::new(clock::now(), chance)
}

impl Seat {
    /// A desk whose client is open.
    pub const fn of(client: Client, person: Person, address: String) -> Self {
        Self { client, person, address }
    }

    /// A new profile for a person, enrolled and empty.
    pub fn join(dir: &Path, secret: &Secret, person: Person, address: &str) -> Result<Self> {
        let grant = identity(secret, &person, address);
        let client = Client::create(dir, &mut moment(&mut OsChance), grant, PASSPHRASE, KdfCost::TRIVIAL)?;
        Ok(Self::of(client, person, address.to_owned()))
    }

    /// Makes a call that must succeed.
    pub fn call(&mut self, name: &str, args: &Json) -> Result<Json> {
        let done = self.client.call(&mut moment(&mut OsChance), name, args.to_string().as_bytes());
        let done = done.with_context(|| format!("{name} at {}", self.person.name))?;
        Ok(serde_json::from_slice(&done.json)?)
    }

    /// The children she sees, in a fixed order.
    pub fn children(&mut self) -> Result<Vec<ChildId>> {
        let listed = self.call("children.list", &json!({}))?;
        let cards = listed["cards"].as_array().context("no cards")?;
        let mut children: Vec<ChildId> =
            cards.iter().map(|card| serde_json::from_value(card["child"].clone())).collect::<Result<_, _>>()?;
        children.sort_unstable();
        Ok(children)
    }

    /// Her day's work, offline.
    pub fn work(&mut self, day: &Daywork) -> Result<()> {
        let children = self.children()?;
        for (file, edits) in &day.edits {
            let sets: Vec<Json> =
                edits.iter().map(|(key, value)| json!({"set": {"key": key, "value": value}})).collect();
            let edited = self.call("child.edit", &json!({"child": children[*file], "edits": sets}))?;
            let saved = edited["saved"].as_array().map_or(0, Vec::len);
            ensure!(saved == edits.len(), "an edit was not saved: {edited}");
        }
        for (file, values) in &day.notes {
            self.visit(children[*file], values)?;
        }
        Ok(())
    }

    /// Completes one visit note, now.
    pub fn visit(&mut self, child: ChildId, values: &Values) -> Result<()> {
        let ready = self.draft(child, values)?;
        let done = self.call("visit.complete", &ready)?;
        ensure!(
            done["records"].as_array().is_some_and(|records| records.len() == 1),
            "a note was not finished: {done}"
        );
        Ok(())
    }

    /// Begins a visit note; what `visit.complete` is to be called with.
    pub fn draft(&mut self, child: ChildId, values: &Values) -> Result<Json> {
        let begun = self.call("visit.begin", &json!({"children": [child]}))?;
        let mut values = values.clone();
        let known = begun["values"].as_object().context("a draft without values")?;
        let now = |key: &str| matches!(key, "visit_at" | "next_visit") || key.starts_with("visitors/");
        for (key, value) in known.iter().filter(|(key, _)| now(key)) {
            values.insert(key.clone(), serde_json::from_value(value.clone())?);
        }
        Ok(json!({"draft": begun["draft"], "values": values}))
    }

    /// A line of its own, not yet connected.
    pub fn line(&self) -> Result<Line> {
        let me = self.client.identity().context("locked")?;
        Ok(Line::pinned(&self.address, &me.ca)?)
    }

    /// The next request if one is due, asking for one first when `now`.
    pub fn request(&mut self, now: bool) -> Option<Outgoing> {
        let mut chance = OsChance;
        let mut m = moment(&mut chance);
        if now {
            self.client.sync_now(&m);
        }
        self.client.next_request(&mut m)
    }

    /// Gives the client what came back.
    pub fn take(&mut self, carried: &Carried) -> Result<()> {
        for chunk in &carried.chunks {
            self.client.on_reply(&mut moment(&mut OsChance), Reply::Chunk(chunk))?;
        }
        self.client.on_reply(&mut moment(&mut OsChance), Reply::End)?;
        Ok(())
    }

    /// Talks to the district until there is no more to say.
    pub async fn talk(&mut self) -> Result<Sample> {
        let cpu = thread_cpu();
        let mut line = self.line()?;
        let mut sample = Sample::default();
        let mut outgoing = self.request(true);
        while let Some(out) = outgoing {
            let pushed = self.pushed(&out.body);
            sample.pushed += pushed;
            let carried = carry(&mut line, out).await?;
            sample.durable = sample.durable.max(carried.durable);
            self.take(&carried)?;
            outgoing = self.request(false);
        }
        sample.add_traffic(line.traffic());
        sample.client = thread_cpu().saturating_sub(cpu);
        Ok(sample)
    }

    /// Bytes of a request that are the envelopes pushed with it.
    fn pushed(&self, body: &[u8]) -> u64 {
        let Some(me) = self.client.identity() else { return 0 };
        let opened = SignedRequest::read(body).and_then(|r| r.open(&me.district, &me.key.sign_public()));
        let Ok(mut request) = opened else { return 0 };
        if request.push.is_empty() {
            return 0;
        }
        request.push.clear();
        let bare = SignedRequest::sign(&me.key, &me.district, 1, &request, Level::Dense);
        body.len().saturating_sub(bare.len()) as u64
    }
}

/// Posts one request and collects the answer.
pub async fn carry(line: &mut Line, out: Outgoing) -> Result<Carried> {
    let began = Instant::now();
    let posted = line.post(out.path, out.body).await;
    let mut answer = posted.map_err(|fault| anyhow::anyhow!("the request failed: {fault:?}"))?;
    let durable = began.elapsed();
    let mut chunks = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(|fault| anyhow::anyhow!("the answer failed: {fault:?}"))? {
        chunks.push(bytes.to_vec());
    }
    Ok(Carried { chunks, durable, traffic: line.traffic() })
}
