//! Fifty things are typed on desks and not one of them may lie readable in any file of a desk or
//! of the server, while they work, after a crash and when they are locked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::day::Day;
use domain::id::ChildId;
use serde_json::{Value, json};
use sync_server::server::Server;
use sync_server::store::sqlite::Sqlite;
use tongdang_tests::photo;
use tongdang_tests::synth::number::Numbers;
use tongdang_tests::world::{SERVER, World};

use crate::say::{DIRECTOR, STATION, assesses, listed, note};

const TYPED: usize = 50;

/// What is typed; everything is looked for afterwards.
pub(crate) struct Typist {
    numbers: Numbers,
    typed: Vec<String>,
}

impl Typist {
    pub(crate) fn new(seed: u64) -> Self {
        Self { numbers: Numbers::new(seed), typed: Vec::new() }
    }
    /// Everything that was typed.
    pub(crate) fn all(&self) -> &[String] {
        &self.typed
    }
    fn typed(&mut self, text: String) -> String {
        assert!(!self.typed.contains(&text), "typed once");
        self.typed.push(text.clone());
        text
    }
    /// Words nobody else writes.
    pub(crate) fn words(&mut self, about: &str) -> String {
        let n = self.typed.len() as u32;
        let mark = [0x9e1f + 41 * n, 0x6c34 + 53 * n].map(|c| char::from_u32(c).unwrap_or('雀'));
        self.typed(format!("{about}金丝雀{}{}飞过湖心亭", mark[0], mark[1]))
    }
    fn name(&mut self) -> String {
        let n = self.typed.len() as u32;
        self.typed(format!("鹇{}鸲", char::from_u32(0x9d00 + n).unwrap_or('雀')))
    }
    fn phone(&mut self) -> String {
        let phone = self.numbers.phone();
        self.typed(phone)
    }
    fn id_no(&mut self) -> String {
        let birth: Day = "2015-03-07".parse().expect("a day");
        let id_no = self.numbers.id_no(990_102, birth, true);
        self.typed(id_no)
    }
    fn card(&mut self) -> String {
        let card = self.numbers.card();
        self.typed(card)
    }
}

#[test]
fn no_typed_word_is_found_in_any_file() {
    let mut world = World::found_on_disk(1, 1, 1);
    world.settle();
    let mut typist = Typist::new(1);
    let child = file(&mut world, &mut typist);
    let visit = visit(&mut world, &mut typist, child);
    world.settle();
    remarks(&mut world, &mut typist, child, &visit);
    drafts(&mut world, &mut typist, child);
    assert_eq!(typist.typed.len(), TYPED);
    let nothing: [String; 0] = [];
    assert_eq!(missed(&mut world, &typist.typed, child, &visit), nothing, "what was typed stands on the screens");

    let search = |world: &World, when: &str| {
        let found = found(world.folder(), &typist.typed);
        assert!(found.is_empty(), "{when}: {found:?}");
    };
    search(&world, "typed and not sent");
    world.settle();
    search(&world, "at work");
    restart_on_disk(&mut world);
    world.crash(DIRECTOR);
    world.crash(STATION);
    search(&world, "after a crash");
    world.wake(DIRECTOR);
    world.wake(STATION);
    world.settle();
    for seat in [DIRECTOR, STATION] {
        world.seats[seat].client.as_mut().expect("awake").lock();
    }
    search(&world, "locked");
}

#[test]
fn no_place_no_name_and_no_byte_of_a_photograph_is_found_in_any_file() {
    let mut world = World::found_on_disk(2, 1, 1);
    let child = world.child("张小明", DIRECTOR);
    world.settle();
    let place = "GPS金丝雀北纬三十六度".to_owned();
    let name = "金丝雀门前的院子".to_owned();
    let begun = world.ok(DIRECTOR, "visit.begin", json!({ "children": [child] }));
    let raw = photo::yard_with(5, &place);
    let add = json!({ "draft": begun["draft"], "field": "attach", "name": format!("{name}.jpg"), "data": raw });
    let file = world.ok(DIRECTOR, "file.add", add)["file"].clone();
    let picture = photo::bytes(&world.ok(DIRECTOR, "file.open", json!({ "file": file }))["data"]);
    let inside = |bytes: &[u8], needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    assert!(!inside(&picture, place.as_bytes()), "the place does not even stand in the picture that is kept");
    let search = |world: &World, when: &str| {
        assert_eq!(found(world.folder(), &[place.clone(), name.clone()]), [], "{when}");
        let middle = &picture[picture.len() / 2..][..24];
        for path in files(world.folder()) {
            assert!(!inside(&fs::read(&path).expect("a file"), middle), "{when}: {}", path.display());
        }
    };
    search(&world, "in a draft");
    let values = note(&mut world, DIRECTOR, "家中整洁，拍了门前的院子。");
    let done = world.ok(DIRECTOR, "visit.complete", json!({ "draft": begun["draft"], "values": values }));
    world.settle();
    let theirs = listed(&world.ok(STATION, "file.of", json!({ "about": done["records"][0]["visit"] })));
    world.ok(STATION, "file.open", json!({ "file": theirs[0]["file"] }));
    world.settle();
    let here = world.ok(STATION, "file.open", json!({ "file": theirs[0]["file"] }));
    assert_eq!(photo::bytes(&here["data"]), picture, "it is where it belongs");
    search(&world, "at the station and the server");
    restart_on_disk(&mut world);
    world.crash(DIRECTOR);
    search(&world, "after a crash");
}

#[test]
fn the_search_finds_what_lies_open_in_both_writings() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("seat").join("deep");
    fs::create_dir_all(&below).expect("a folder");
    let wide: Vec<u8> = "前言金丝雀后语".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(below.join("wide"), wide).expect("written");
    fs::write(folder.path().join("plain"), "…14000001111…").expect("written");
    let typed = ["金丝雀", "14000001111", "别的话"].map(str::to_owned);
    let mut found: Vec<String> = found(folder.path(), &typed).into_iter().map(|(word, _)| word).collect();
    found.sort();
    assert_eq!(found, ["14000001111", "金丝雀"]);
}

/// The file of a child found on a visit: names, numbers, addresses, remarks.
pub(crate) fn file(world: &mut World, typist: &mut Typist) -> ChildId {
    let area = world.communities[0];
    let values = json!({
        "name": typist.name(), "former_name": typist.name(), "birth": "2015-03-07", "sex": "1",
        "id_type": "01", "id_no": typist.id_no(), "phone_child": typist.phone(), "teacher_tel": typist.phone(),
        "hukou_addr": typist.words("户籍"), "live_addr": typist.words("住"), "wx_contact": typist.words("微信"),
        "live_type_other": typist.words("借住"), "health_other": typist.words("病"),
        "school_name": typist.words("校"), "grade_class": typist.words("班"), "teacher": typist.name(),
        "dropout_reason_other": typist.words("辍"), "guard_reason_other": typist.words("外出"),
        "improper_other": typist.words("不当"), "income_src_other": typist.words("收入"),
        "aid_other": typist.words("救助"), "no_id_reason_other": typist.words("无证"),
        "psych_org": typist.words("机构"), "psych_scale": typist.words("量表"), "disease_other": typist.words("疾"),
        "bank_name": typist.words("行"), "bank_holder": typist.name(), "bank_account": typist.card(),
        "bank_payee": typist.name(), "remark": typist.words("备注"),
        "family/+1/relation": "51", "family/+1/name": typist.name(), "family/+1/tel": typist.phone(),
        "family/+1/id_no": typist.id_no(), "family/+1/job": typist.words("务工"),
        "family/+2/relation": "52", "family/+2/name": typist.name(), "family/+2/tel": typist.phone(),
        "family/+2/job": typist.words("打工"), "family/+1/work_area": typist.words("在外"), "family/+1/status_evidence": typist.words("凭据"),
    });
    let created = world.ok(DIRECTOR, "child.create", json!({ "area": area, "values": values }));
    created["child"].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("registered: {created}"))
}

/// A visit with its words.
pub(crate) fn visit(world: &mut World, typist: &mut Typist, child: ChildId) -> Value {
    let text = typist.words("情况记录：");
    let mut values = note(world, DIRECTOR, &text);
    for (key, about) in [
        ("child_words", "孩子说"),
        ("actions_text", "已做"),
        ("sign_note", "签"),
        ("study_note", "学"),
        ("living_note", "居"),
    ] {
        values[key] = json!(typist.words(about));
    }
    let done = world.ok(DIRECTOR, "visit.complete", json!({ "children": [child], "values": values }));
    assert!(done["records"][0]["visit"].is_string(), "finished: {done}");
    done["records"][0]["visit"].clone()
}

/// What is said about a finished visit and about the risk.
pub(crate) fn remarks(world: &mut World, typist: &mut Typist, child: ChildId, visit: &Value) {
    let returned = json!({ "visit": visit, "verdict": "2", "note": typist.words("退回") });
    assert!(world.ok(STATION, "visit.review", returned)["record"].is_string());
    let added = json!({ "visit": visit, "text": typist.words("补充") });
    assert!(world.ok(DIRECTOR, "visit.supplement", added)["record"].is_string());
    let reason = typist.words("评估理由：");
    assesses(world, DIRECTOR, child, "3", &reason);
    let shown = json!({ "child": child, "key": "id_no", "reason": typist.words("查看缘由") });
    world.ok(STATION, "child.reveal", shown);
}

/// What is typed and not finished, looked for, or kept for oneself.
fn drafts(world: &mut World, typist: &mut Typist, child: ChildId) {
    let half =
        json!({ "children": [child], "values": { "note": typist.words("草稿"), "late_reason": typist.words("迟") } });
    world.ok(DIRECTOR, "draft.save", half);
    world.ok(DIRECTOR, "settings.set", json!({ "key": "phrases", "value": [typist.words("常用语")] }));
    world.ok(STATION, "children.find", json!({ "text": typist.words("查找") }));
}

/// What of the typed words no screen of the director or the station shows; what was looked for and
/// why something was looked at is shown nowhere, and what masks hide is not missed.
fn missed(world: &mut World, typed: &[String], child: ChildId, visit: &Value) -> Vec<String> {
    let mut screens = String::new();
    for seat in [DIRECTOR, STATION] {
        let drafts = listed(&world.ok(seat, "draft.list", json!({})));
        for draft in drafts {
            screens += &world.ok(seat, "draft.open", json!({ "draft": draft["draft"] })).to_string();
        }
        for (call, args) in [
            ("child.open", json!({ "child": child })),
            ("visit.open", json!({ "visit": visit })),
            ("visit.phrases", json!({})),
        ] {
            screens += &world.call(seat, call, &args).unwrap_or_default().to_string();
        }
        let file = world.ok(seat, "child.open", json!({ "child": child }));
        for key in masked(&file) {
            let shown = json!({ "child": child, "key": key, "reason": "核对" });
            screens += &world.call(seat, "child.reveal", &shown).unwrap_or_default().to_string();
        }
    }
    let unseen = ["查找", "查看缘由", "评估理由"];
    let missing =
        |word: &&String| !screens.contains(word.as_str()) && !unseen.iter().any(|about| word.starts_with(about));
    typed.iter().filter(missing).cloned().collect()
}

/// The keys of a page whose values are masked.
fn masked(page: &Value) -> Vec<String> {
    match page {
        Value::Array(parts) => parts.iter().flat_map(masked).collect(),
        Value::Object(parts) => {
            let own = page["key"].as_str().filter(|_| page["cell"]["masked"] == true).map(str::to_owned);
            own.into_iter().chain(parts.values().flat_map(masked)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The server's program ends without a word and starts again on its files.
fn restart_on_disk(world: &mut World) {
    let secret = world.server.secret().clone();
    let nothing = Server::open(Sqlite::in_memory().expect("a store"), secret.clone()).expect("a server");
    drop(std::mem::replace(&mut world.server, nothing));
    let store = Sqlite::open(&world.folder().join(SERVER), &secret.files).expect("the files open");
    world.server = Server::open(store, secret).expect("a server");
}

/// Which words lie open in which files of a folder, in UTF-8 or UTF-16.
pub(crate) fn found(folder: &Path, typed: &[String]) -> Vec<(String, String)> {
    let wide = |word: &String| word.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let needles = typed.iter().flat_map(|word| [(word.as_bytes().to_vec(), word), (wide(word), word)]);
    // By their beginnings, so that every byte of every file is looked at once.
    let mut beginnings: BTreeMap<[u8; 2], Vec<(Vec<u8>, &String)>> = BTreeMap::new();
    for (needle, word) in needles {
        beginnings.entry([needle[0], needle[1]]).or_default().push((needle, word));
    }
    let mut found = Vec::new();
    for path in files(folder) {
        let bytes = fs::read(&path).expect("a file");
        for at in 0..bytes.len().saturating_sub(1) {
            let Some(needles) = beginnings.get(&[bytes[at], bytes[at + 1]]) else { continue };
            let here = needles.iter().filter(|(needle, _)| bytes[at..].starts_with(needle));
            found.extend(here.map(|(_, word)| ((*word).clone(), path.display().to_string())));
        }
    }
    found
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
