//! A ledger's plan written as the server's own device: roster rows, then records; the whole batch
//! can be undone. It must not read workbooks.

use std::collections::{BTreeMap, BTreeSet};

use domain::day::Day;
use domain::form::{Form, Merge, builtin};
use domain::id::{ChildId, DeviceId, RecordId};
use domain::moment::Moment;
use domain::number::FileNumber;
use domain::roster::Row;
use domain::value::{Key, Value};
use dossier::{Actor, Edit, Record};
use ledger::batch::{Batch, ImportPlan, NewChild};
use sync::item::{Item, Kind};
use sync::wire::Outcome;

use crate::gate::Known as _;
use crate::pull::Reader;
use crate::server::{Server, ServerError};
use crate::store::{Standing, Store};

/// What an import or its undoing came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// Children.
    pub children: usize,
    /// Records.
    pub records: usize,
    /// Rows or records the gate did not accept: a defect of ours, and the reason to undo.
    pub refused: usize,
}

/// What was written about the children of a batch since, and who may still have something to send.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Since {
    /// Children nobody wrote about: what undoing takes back.
    pub untouched: Vec<ChildId>,
    /// Children others wrote about, and how many pieces: they stay.
    pub touched: BTreeMap<ChildId, usize>,
    /// Computers that have the files of untouched children already.
    pub holders: BTreeSet<DeviceId>,
}

/// A child as the district knows it already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enlisted {
    /// The child.
    pub child: ChildId,
    /// Values of its file.
    pub values: BTreeMap<Key, Value>,
}

impl Enlisted {
    /// A text value.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).and_then(Value::as_text)
    }
}

const PAGE: usize = 500;
/// The fact under which the newest file number of an import is kept.
const NUMBERED: &str = "numbered";

fn batch_fact(id: &str) -> String {
    format!("batch/{id}")
}

impl<S: Store> Server<S> {
    /// Writes every child of a plan and remembers the batch.
    pub fn import(&mut self, m: &mut Moment, plan: &ImportPlan) -> Result<Written, ServerError> {
        let batch = serde_json::to_vec(&plan.batch).unwrap_or_default();
        self.durably(|s| Ok(s.vault.store.set_fact(&batch_fact(&plan.batch.id), &batch)?))?;
        let mut rows = Vec::new();
        let mut items = Vec::new();
        let actor = Actor::new(self.secret.id(), m.bytes());
        for new in &plan.children {
            rows.push(Row::Child { child: new.child, area: new.area });
            rows.extend(new.director.map(|post| Row::Assign { child: new.child, post }));
            items.extend(records(m, &actor, new));
        }
        let records = items.len();
        let wanted = plan.children.iter().map(|new| 1 + usize::from(!new.sensitive.is_empty())).sum::<usize>();
        let mut outcomes = self.write_rows(m, rows)?;
        outcomes.extend(self.write_items(m, items)?);
        let refused = outcomes.iter().filter(|o| !matches!(o, Outcome::Accepted(_))).count() + (wanted - records);
        self.remember_numbers(plan)?;
        Ok(Written { children: plan.children.len(), records, refused })
    }

    /// A file number stands on paper: it is not given again, though its child is erased or the import undone.
    fn remember_numbers(&mut self, plan: &ImportPlan) -> Result<(), ServerError> {
        let given = plan.children.iter().filter_map(|new| FileNumber::parse(new.values.get("child_no")?.as_text()?));
        let Some(last) = given.chain(self.last_number()?).max() else { return Ok(()) };
        self.durably(|s| Ok(s.vault.store.set_fact(NUMBERED, last.to_string().as_bytes())?))
    }

    /// The newest file number an import gave.
    pub fn last_number(&mut self) -> Result<Option<FileNumber>, ServerError> {
        let bytes = self.vault.store.fact(NUMBERED)?;
        Ok(bytes.and_then(|bytes| FileNumber::parse(std::str::from_utf8(&bytes).ok()?)))
    }

    /// A batch that was imported and not undone.
    pub fn batch(&mut self, id: &str) -> Result<Option<Batch>, ServerError> {
        let bytes = self.vault.store.fact(&batch_fact(id))?;
        Ok(bytes.and_then(|b| serde_json::from_slice(&b).ok()))
    }

    /// Looks at what became of a batch's children. What arrived and was not judged yet counts, too.
    pub fn since_import(&mut self, m: &mut Moment, batch: &Batch) -> Result<Since, ServerError> {
        while self.gate_step(m)? {}
        let (mut since, today) = (Since::default(), Day::of(m.now));
        let working = self.roster.devices.iter().filter(|(_, device)| device.revoked.is_none()).map(|(id, _)| *id);
        let mut desks = Vec::new();
        for device in working.collect::<Vec<_>>() {
            let confirmed = self.vault.store.device(device)?.confirmed;
            desks.push((device, confirmed, Reader::new(&self.roster, device, today)));
        }
        let own = self.secret.id();
        for one in &batch.children {
            let here = self.roster.children.get(&one.child).is_some_and(|seat| !seat.erased);
            if !here {
                continue;
            }
            let (mut others, mut last) = (0, 0);
            for item in self.vault.store.items_of_child(one.child)? {
                let author = self.vault.store.envelope(item.envelope)?.map(|envelope| envelope.device);
                others += usize::from(author != Some(own));
                if let Standing::Accepted(at) = item.standing {
                    last = last.max(at);
                }
            }
            if others > 0 {
                since.touched.insert(one.child, others);
                continue;
            }
            since.untouched.push(one.child);
            let holds = desks.iter().filter(|(_, confirmed, reader)| {
                *confirmed >= last && reader.may_read_form(&self.roster, "child", one.child)
            });
            since.holders.extend(holds.map(|(device, _, _)| *device));
        }
        Ok(since)
    }

    /// Takes a batch back: the children nobody wrote about are erased here and on every desk, the
    /// others stay and so does what is left of the batch.
    pub fn undo_import(&mut self, m: &mut Moment, batch: &Batch) -> Result<Written, ServerError> {
        let Since { untouched, touched, .. } = self.since_import(m, batch)?;
        let rows: Vec<Row> = untouched.iter().map(|child| Row::Erase { child: *child }).collect();
        let outcomes = self.write_rows(m, rows)?;
        let refused = outcomes.iter().filter(|o| !matches!(o, Outcome::Accepted(_))).count();
        let mut left = batch.clone();
        left.children.retain(|one| touched.contains_key(&one.child));
        let fact = if left.children.is_empty() { Vec::new() } else { serde_json::to_vec(&left).unwrap_or_default() };
        self.durably(|s| Ok(s.vault.store.set_fact(&batch_fact(&batch.id), &fact)?))?;
        Ok(Written { children: outcomes.len() - refused, records: 0, refused })
    }

    /// Every child's file, for finding duplicates and names.
    pub fn enlisted(&mut self) -> Result<Vec<Enlisted>, ServerError> {
        let mut children = Vec::new();
        let Some(form) = builtin("child") else { return Ok(children) };
        let mut after = None;
        loop {
            let records = self.vault.store.records(after, PAGE)?;
            let Some(last) = records.last() else { return Ok(children) };
            after = Some(*last);
            for record in records {
                children.extend(self.enlisted_in(record, form)?);
            }
        }
    }

    fn enlisted_in(&mut self, record: RecordId, form: &Form) -> Result<Option<Enlisted>, ServerError> {
        let Some(state) = self.vault.store.record(record)?.filter(|state| state.form == form.id) else {
            return Ok(None);
        };
        let Some(child) = state.child.filter(|c| self.roster.children.get(c).is_some_and(|s| !s.erased)) else {
            return Ok(None);
        };
        let open = crate::judging::Docs::new(&mut self.vault, &mut self.open).document(record)?;
        let Some(record) = open else { return Ok(None) };
        let values = record.view(form).cells.into_iter().map(|(key, cell)| (key, cell.value)).collect();
        Ok(Some(Enlisted { child, values }))
    }
}

fn records(m: &mut Moment, actor: &Actor, new: &NewChild) -> Vec<Item> {
    let parts = [("child", new.record, &new.values), ("child_sensitive", new.sensitive_record, &new.sensitive)];
    let mut items = Vec::new();
    for (form_id, record, values) in parts {
        let Some(form) = builtin(form_id).filter(|_| !values.is_empty()) else { continue };
        let edits: Vec<Edit> = values.iter().map(|(key, value)| edit(form, key, value)).collect();
        let Ok(Some(body)) = Record::empty().edit(form, actor, m.now, &edits) else {
            tracing::error!(form = form_id, "a draft does not fit its form");
            continue;
        };
        items.push(Item { kind: Kind::Change, record, form: form_id.to_owned(), child: Some(new.child), body });
    }
    items
}

fn edit(form: &Form, key: &Key, value: &Value) -> Edit {
    match (form.field(key).map(|field| field.merge), value) {
        (Some(Merge::Text), Value::Text(text)) => Edit::Write(key.clone(), text.clone()),
        (_, _) => Edit::Set(key.clone(), value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{POSTS, STREET, World};
    use domain::area::Area;
    use ledger::batch::Imported;

    fn plan(world: &mut World) -> ImportPlan {
        let mut m = world.moment();
        let child = ChildId::new(m.uuid());
        let text = |k: &str, v: &str| (k.to_owned(), Value::text(v));
        let number = text("child_no", "990102-2026-000041");
        let values = BTreeMap::from([number, text("name", "虚构一"), text("remark", "备注：一"), text("sex", "1")]);
        let new = NewChild {
            child,
            record: RecordId::new(m.uuid()),
            sensitive_record: RecordId::new(m.uuid()),
            area: Area::new(STREET + 1).expect("an area"),
            director: Some(POSTS[1]),
            values,
            sensitive: BTreeMap::new(),
        };
        let children = vec![Imported { child, sheet: 0, row: 4 }];
        let batch = Batch { id: "b1".to_owned(), source: "台账.xlsx".to_owned(), children };
        ImportPlan { batch, children: vec![new] }
    }

    #[test]
    fn an_imported_child_reaches_its_director_and_the_batch_can_be_undone() {
        let mut world = World::new();
        let plan = plan(&mut world);
        world.second += 1;
        let written = world.server.import(&mut world.dice.moment(world.second), &plan).expect("imported");
        assert_eq!(written, Written { children: 1, records: 1, refused: 0 });
        let enlisted = world.server.enlisted().expect("asked");
        assert_eq!((enlisted.len(), enlisted[0].text("name")), (1, Some("虚构一")));
        let mut director = world.desk(1);
        assert_eq!(director.pull(&mut world).about(plan.children[0].child).len(), 1);
        let batch = world.server.batch("b1").expect("asked").expect("kept");
        let undone = world.server.undo_import(&mut world.dice.moment(99), &batch).expect("undone");
        assert_eq!((undone.children, undone.refused), (1, 0));
        assert_eq!(world.server.batch("b1"), Ok(None), "only once");
        assert_eq!(world.server.enlisted(), Ok(vec![]));
        let last = world.server.last_number().expect("asked").map(|number| number.to_string());
        assert_eq!(last.as_deref(), Some("990102-2026-000041"), "it stands on paper and is not given again");
        let erase = Row::Erase { child: plan.children[0].child };
        assert_eq!(director.pull(&mut world).rows(), [erase]);
    }

    #[test]
    fn undoing_an_import_never_takes_away_what_others_wrote_since() {
        let mut world = World::new();
        let mut plan = plan(&mut world);
        let second = ChildId::new([77; 16]);
        let mut other = plan.children[0].clone();
        (other.child, other.record) = (second, RecordId::new([78; 16]));
        plan.children.push(other);
        plan.batch.children.push(Imported { child: second, sheet: 0, row: 5 });
        world.second += 1;
        let written = world.server.import(&mut world.dice.moment(world.second), &plan).expect("imported");
        assert_eq!((written.children, written.refused), (2, 0));
        let touched = plan.children[0].child;
        let mut director = world.desk(1);
        director.pull(&mut world);
        director.visits(&mut world, touched);
        let batch = world.server.batch("b1").expect("asked").expect("kept");
        let since = world.server.since_import(&mut world.dice.moment(98), &batch).expect("looked");
        assert_eq!((since.untouched, since.touched), (vec![second], BTreeMap::from([(touched, 1)])));
        assert_eq!(since.holders, BTreeSet::from([director.key.id()]), "she may have more to send about the other");
        let undone = world.server.undo_import(&mut world.dice.moment(99), &batch).expect("undone");
        assert_eq!((undone.children, undone.refused), (1, 0));
        let left: Vec<ChildId> = world.server.enlisted().expect("asked").iter().map(|one| one.child).collect();
        assert_eq!(left, [touched]);
        let kept = world.server.batch("b1").expect("asked").expect("what is left can still be asked about");
        assert_eq!(kept.children.iter().map(|one| one.child).collect::<Vec<_>>(), [touched]);
    }
}
