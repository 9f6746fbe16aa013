//! Synthetic records as they really travel: values → Automerge changes → items → envelopes. Used
//! to train the compression dictionary and to weigh a day's traffic without any store or server.
//! It must not make content of its own: that is `synth`.

use std::collections::BTreeMap;

use domain::form::{self, Form, Merge};
use domain::id::{Branch, ChildId, Digest, PersonId, PostId, RecordId, UnitId};
use domain::moment::{Moment, Timestamp};
use domain::roster::Row;
use domain::value::{Key, Value};
use dossier::{Actor, Edit, Record};
use sync::envelope::{Envelope, Link};
use sync::item::{Item, Kind};
use sync::key::DeviceKey;

use crate::chance::Seeded;
use crate::synth::archive::{Archive, Edits};
use crate::synth::text::{Mixture, written};
use crate::synth::{District, Scale, as_of, make, visit};

/// Most items that one envelope takes here: 40 files and 480 notes make 26 envelopes.
pub const ENVELOPE_ITEMS: usize = 20;

/// One device that writes.
pub struct Pen {
    key: DeviceKey,
    actor: Actor,
    chance: Seeded,
    at: Timestamp,
    seq: u32,
    prev: Digest,
    post: PostId,
}

impl Pen {
    /// The pen of a seed.
    pub fn new(seed: u64) -> Self {
        let mut chance = Seeded::named(seed, "pen");
        let at = as_of().start();
        let mut moment = Moment::new(at, &mut chance);
        let key = DeviceKey::fresh(&mut moment);
        let actor = Actor::new(key.id(), moment.bytes());
        let post = PostId::new(moment.uuid());
        Self { key, actor, chance, at, seq: 0, prev: Digest([0; 32]), post }
    }

    /// The device's key.
    pub const fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// The post that its visits name as the visitor.
    pub const fn post(&self) -> PostId {
        self.post
    }

    fn uuid(&mut self) -> [u8; 16] {
        self.at = self.at.plus_s(self.chance.between(20, 400));
        Moment::new(self.at, &mut self.chance).uuid()
    }

    /// A new record of a form, as the item of its first change.
    pub fn write(&mut self, form: &str, child: ChildId, values: &BTreeMap<Key, Value>) -> (Item, Record) {
        let (record, mut document) = (RecordId::new(self.uuid()), Record::empty());
        let pairs: Edits = values.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let body = self.change(&mut document, form, &pairs);
        (Item { kind: Kind::Change, record, form: form.to_owned(), child: Some(child), body }, document)
    }

    /// A visit note; the visitor is this pen's post.
    pub fn visit(&mut self, child: ChildId, values: &BTreeMap<Key, Value>) -> Item {
        let mut values = values.clone();
        values.insert(format!("visitors/{}", self.post), Value::Yes(true));
        self.write("visit", child, &values).0
    }

    /// One more change of a record that is there.
    pub fn change(&mut self, document: &mut Record, form: &str, pairs: &Edits) -> Vec<u8> {
        let form = form::builtin(form).expect("a built-in form");
        let edits: Vec<Edit> = pairs.iter().map(|(key, value)| edit(form, key, value)).collect();
        self.at = self.at.plus_s(self.chance.between(20, 400));
        let change = document.edit(form, &self.actor, self.at, &edits);
        change.expect("synthetic values fit their form").expect("they change something")
    }

    /// A roster row as an item.
    pub fn row(&mut self, row: &Row) -> Item {
        let record = RecordId::new(self.uuid());
        let body = minicbor::to_vec(row).expect("memory");
        Item { kind: Kind::Roster, record, form: "roster".to_owned(), child: row.child(), body }
    }

    /// Signs items as this device's next envelopes.
    pub fn envelopes(&mut self, items: &[Item]) -> Vec<Envelope> {
        items.chunks(ENVELOPE_ITEMS).map(|items| self.envelope(items)).collect()
    }

    fn envelope(&mut self, items: &[Item]) -> Envelope {
        self.seq += 1;
        let link = Link { branch: Branch([9; 8]), seq: self.seq, prev: self.prev, at: self.at, roster: 7000 };
        let district = Digest([7; 32]);
        let envelope = Envelope::sign(&self.key, &district, link, items.iter().map(Item::encode).collect());
        self.prev = envelope.id(&district);
        envelope
    }
}

fn edit(form: &Form, key: &Key, value: &Value) -> Edit {
    match (form.field(key).map(|field| field.merge), value) {
        (Some(Merge::Text), Value::Text(text)) => Edit::Write(key.clone(), text.clone()),
        (_, value) => Edit::Set(key.clone(), value.clone()),
    }
}

/// The segment of file numbers of the n-th director's computer.
pub fn segment(n: usize) -> u16 {
    100 + u16::try_from(n % 900).unwrap_or_default()
}

/// The number that her computer gives a file: the gate takes no other.
fn number(values: &mut BTreeMap<Key, Value>, n: usize, file: usize) {
    if let Some(Value::Text(text)) = values.get_mut("child_no") {
        text.truncate(text.len().saturating_sub(6));
        text.push_str(&format!("{:06}", usize::from(segment(n)) * 1000 + file + 1));
    }
}

/// A director of the bench: her archive, and the records she has written from it.
pub struct Director {
    /// What she keeps.
    pub archive: Archive,
    /// Her device.
    pub pen: Pen,
    files: Vec<(Item, Record)>,
}

impl Director {
    /// The n-th director with so many files.
    pub fn new(seed: u64, n: usize, files: usize, mixture: Mixture) -> Self {
        let archive = Archive::new(seed, n, files, mixture, as_of());
        let mut pen = Pen::new(seed.wrapping_mul(1000) + n as u64);
        let files = (0..archive.len()).map(|file| {
            let child = ChildId::new(pen.uuid());
            let mut values = archive.file(file);
            number(&mut values, n, file);
            pen.write("child", child, &values)
        });
        let files = files.collect();
        Self { archive, pen, files }
    }

    fn child(&self, file: usize) -> ChildId {
        self.files[file].0.child.expect("a child's file is about a child")
    }

    /// The first items of her files and `notes` notes for each.
    pub fn history(&mut self, notes: usize) -> Vec<Item> {
        let mut items: Vec<Item> = self.files.iter().map(|(item, _)| item.clone()).collect();
        for (n, file) in (0..notes).flat_map(|n| (0..self.files.len()).map(move |file| (n, file))) {
            let child = self.child(file);
            items.push(self.pen.visit(child, &self.archive.note(file, n)));
        }
        items
    }

    /// The items of her n-th day: 6 edits, 6 notes.
    pub fn day(&mut self, n: usize) -> Vec<Item> {
        let work = self.archive.day(n);
        let mut items = Vec::new();
        for (file, pairs) in &work.edits {
            let (item, document) = &mut self.files[*file];
            let body = self.pen.change(document, "child", pairs);
            items.push(Item { body, ..item.clone() });
        }
        for (file, values) in &work.notes {
            let child = self.child(*file);
            items.push(self.pen.visit(child, values));
        }
        items
    }
}

/// Samples for the dictionary: every kind of item in the training language and about places no
/// bench or demo knows.
pub fn training(seed: u64, directors: usize) -> Vec<Vec<u8>> {
    let mut samples = Vec::new();
    for n in 0..directors {
        let mut director = Director::new(seed, n, 12, Mixture::Training);
        let mut items = director.history(2);
        items.extend(director.day(0));
        samples.extend(items.iter().map(Item::encode));
    }
    // The demo's streets and communities come first in the lists of names; these do not.
    let scale = Scale { names_from: (14, 230), code: 990_655, name: "远川区", ..Scale::small(3, 12) };
    let district = make(scale, seed, as_of());
    let mut pen = Pen::new(seed);
    let items = roster_items(&district, &mut pen).into_iter().chain(file_items(&district, &mut pen));
    samples.extend(items.map(|item| item.encode()));
    samples
}

fn roster_items(district: &District, pen: &mut Pen) -> Vec<Item> {
    let units: Vec<UnitId> = district.units.iter().map(|_| UnitId::new(pen.uuid())).collect();
    let mut rows: Vec<Row> = Vec::new();
    for (unit, id) in district.units.iter().zip(&units) {
        rows.push(Row::Unit { id: *id, name: unit.name.clone(), area: unit.area });
    }
    for post in &district.posts {
        let (person, id, device) = (PersonId::new(pen.uuid()), PostId::new(pen.uuid()), Pen::new(pen.chance.number()));
        let unit = units[post.unit];
        rows.push(Row::Person { id: person, name: post.person.clone() });
        rows.push(Row::Post { id, person, unit, role: post.role, from: post.from, to: post.to });
        let (sign, seal, label) =
            (device.key.sign_public(), device.key.seal_public(), format!("{}的笔记本", post.person));
        rows.push(Row::Device { id: device.key.id(), person, sign, seal, label, segment: None });
    }
    for child in &district.children {
        let (id, post) = (ChildId::new(pen.uuid()), PostId::new(pen.uuid()));
        rows.push(Row::Child { child: id, area: district.units[child.community].area });
        rows.push(Row::Assign { child: id, post });
    }
    rows.iter().map(|row| pen.row(row)).collect()
}

fn file_items(district: &District, pen: &mut Pen) -> Vec<Item> {
    let mut items = Vec::new();
    let mut chance = Seeded::named(district.seed, "reviews");
    for (n, child) in district.children.iter().enumerate() {
        let id = ChildId::new(pen.uuid());
        items.push(pen.write("child", id, &child.values).0);
        items.push(pen.write("assessment", id, &child.assessment).0);
        if !child.sensitive.is_empty() {
            items.push(pen.write("child_sensitive", id, &child.sensitive).0);
        }
        for visit in visit::history(district, n).iter().take(3) {
            let note = pen.visit(id, &visit.values);
            let about = |key: &str, text: String| {
                let about = ("about".to_owned(), Value::Text(note.record.to_string()));
                BTreeMap::from([about, (key.to_owned(), Value::Text(text))])
            };
            items.push(pen.write("review", id, &about("verdict", "1".into())).0);
            let words = written(&mut chance, Mixture::Training, 40);
            items.push(pen.write("supplement", id, &about("text", words)).0);
            items.push(note);
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::word::WORK_PHRASES;
    use sync::pack::{Level, pack};
    use sync::request::SignedRequest;
    use sync::wire::{Placed, Pushed, Request, Rows};

    #[test]
    fn the_shipped_dictionary_was_not_trained_on_the_benchs_phrases() {
        let dictionary = include_bytes!("../../crates/sync/dict/v1.zdict");
        assert!(dictionary.len() <= 110 * 1024);
        let known = |phrase: &str| dictionary.windows(phrase.len()).any(|window| window == phrase.as_bytes());
        let long = WORK_PHRASES.iter().filter(|phrase| phrase.chars().count() >= 8);
        let leaked: Vec<_> = long.filter(|phrase| known(phrase)).collect();
        assert!(leaked.is_empty(), "{leaked:?}");
    }

    #[test]
    fn a_directors_day_fits_one_small_request() {
        let mut sizes: Vec<usize> = Vec::new();
        for n in 0..5 {
            let mut director = Director::new(1, n, 40, Mixture::Work);
            let items = director.day(0);
            let push = director.pen.envelopes(&items).into_iter().map(Pushed).collect();
            let request = Request { push, ..Request::default() };
            sizes.push(SignedRequest::sign(director.pen.key(), &Digest([7; 32]), 9, &request, Level::Dense).len());
        }
        sizes.sort_unstable();
        assert!(sizes[2] <= 6000, "{sizes:?} bytes; the target is 6.5 KB with all headers");
    }

    #[test]
    fn a_directors_first_download_stays_near_the_entropy_floor() {
        let mut director = Director::new(1, 3, 40, Mixture::Work);
        let items = director.history(12);
        let envelopes = director.pen.envelopes(&items);
        assert_eq!(envelopes.len(), 26);
        let placed = |envelope: Envelope| {
            let steps = vec![1; envelope.parts.len()];
            Placed { envelope: Pushed(envelope), steps }
        };
        let rows = Rows { envelopes: envelopes.into_iter().map(placed).collect(), ..Rows::default() };
        let packed = pack(Level::Dense, &minicbor::to_vec(&rows).expect("memory"));
        assert!(packed.len() <= 285 * 1024, "{} bytes", packed.len());
    }
}
