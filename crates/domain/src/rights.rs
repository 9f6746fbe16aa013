//! Who may do what: one table for desks, gate, documents and tests (handbook §1, DESIGN §5).

use crate::area::Area;
use crate::day::Day;
use crate::form::Field;
use crate::id::{ChildId, DeviceId, Position};
use crate::post::Role::{
    self, CentreAdmin, CentreLeader, CentreOfficer, Director, SocialWorker, Specialist, Supervisor,
};
use crate::roster::{NOW, Post, Roster, Row};

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verb {
    /// See a record.
    Read,
    /// Write the first item of a record.
    Create,
    /// Write a later item of a record.
    Change,
}

/// Why not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Denied {
    /// The device is not enrolled, or was stopped.
    Device,
    /// No post held on that day.
    Post,
    /// The post reaches no such child.
    Child,
    /// The role may not do this with this form.
    Form,
}

/// One line of the table: what each role may do with a form, for the children it reaches.
pub struct Grant {
    /// The form's id; roster rows are `register` and `assign`, what becomes of held work is `claim`.
    pub form: &'static str,
    /// Who may read it.
    pub read: &'static [Role],
    /// Who may begin one.
    pub create: &'static [Role],
    /// Who may add to one.
    pub change: &'static [Role],
}

const FIELD: &[Role] = &[Director, SocialWorker, Supervisor, Specialist];
const STATION: &[Role] = &[Supervisor, Specialist];
const WRITERS: &[Role] = &[Director, SocialWorker, Supervisor, Specialist, CentreAdmin, CentreOfficer];
const ALL: &[Role] = &Role::ALL;

/// The table. `docs/SECURITY.md` shows it; `tests/tidy` keeps both equal.
pub const TABLE: &[Grant] = &[
    Grant { form: "child", read: ALL, create: &[Director, Supervisor, Specialist, CentreAdmin], change: WRITERS },
    Grant {
        form: "child_sensitive",
        read: WRITERS,
        // it begins with its first value, whoever knows it
        create: WRITERS,
        change: WRITERS,
    },
    Grant { form: "visit", read: ALL, create: FIELD, change: &[] },
    Grant { form: "supplement", read: ALL, create: FIELD, change: &[] },
    Grant { form: "review", read: ALL, create: STATION, change: &[] },
    Grant { form: "assessment", read: ALL, create: FIELD, change: &[] },
    Grant { form: "unfinished", read: ALL, create: FIELD, change: &[] },
    Grant { form: "file", read: ALL, create: WRITERS, change: &[] },
    Grant { form: "claim", read: ALL, create: STATION, change: &[] },
    Grant { form: "register", read: ALL, create: &[Director, Supervisor, Specialist, CentreAdmin], change: &[] },
    Grant { form: "assign", read: ALL, create: &[Supervisor, CentreAdmin], change: &[] },
];

/// Whether work of a form may come back after a restore on the word of somebody else who had it in her log: what
/// people write about a child, and its files. Never what decides on other people's work, nor what is not known here.
pub fn is_returnable(form: &str) -> bool {
    form == "file" || (form != "review" && crate::form::builtin(form).is_some())
}

/// Whether a role may do a verb with a form, regardless of the child.
pub fn role_may(role: Role, verb: Verb, form: &str) -> bool {
    TABLE.iter().find(|g| g.form == form).is_some_and(|g| {
        let roles = match verb {
            Verb::Read => g.read,
            Verb::Create => g.create,
            Verb::Change => g.change,
        };
        roles.contains(&role)
    })
}

/// Whether a device may do a verb with a form of a child, by the roster as of position `at`.
/// The server's own device may do everything.
pub fn may(
    roster: &Roster,
    device: DeviceId,
    (at, on): (Position, Day),
    verb: Verb,
    form: &str,
    child: ChildId,
) -> Result<(), Denied> {
    if device == roster.server {
        return Ok(());
    }
    let known = roster.devices.get(&device).ok_or(Denied::Device)?;
    if known.since > at || known.revoked.is_some_and(|p| p <= at) {
        return Err(Denied::Device);
    }
    let mut why = Denied::Post;
    for (id, post) in roster.posts_on(device, on) {
        match (role_may(post.role, verb, form), roster.reaches(id, post, child, at)) {
            (true, true) => return Ok(()),
            (false, true) => why = why.max(Denied::Form),
            (_, false) => why = why.max(Denied::Child),
        }
    }
    Err(why)
}

/// Whether a device may write a field of a child's record that only named posts may write (`x-authority`): its person
/// holds such a post today and it reaches the child.
pub fn has_authority(roster: &Roster, device: DeviceId, on: Day, field: &Field, child: ChildId) -> bool {
    device == roster.server
        || roster
            .posts_on(device, on)
            .any(|(id, post)| field.authority.contains(&post.role) && roster.reaches(id, post, child, NOW))
}

/// Whether a post of a device's person may begin something of a form in an area, which its own holds.
pub fn covers(roster: &Roster, device: DeviceId, on: Day, form: &str, area: Area) -> bool {
    let mut posts = roster.posts_on(device, on).filter(|(_, post)| role_may(post.role, Verb::Create, form));
    posts.any(|(_, post)| roster.area_of(post).is_some_and(|own| own.contains(area)))
}

/// Whether a device may write a roster row, by the roster as of position `at`: the server any;
/// a post that covers the community may register a child there for itself; the station's
/// supervisor and the centre's admin may assign and withdraw inside their area, and stop a device
/// whose person works nowhere else, never the one they write on.
pub fn may_write_row(roster: &Roster, device: DeviceId, (at, on): (Position, Day), row: &Row) -> Result<(), Denied> {
    if device == roster.server {
        return Ok(());
    }
    let known = roster.devices.get(&device).ok_or(Denied::Device)?;
    if known.since > at || known.revoked.is_some_and(|p| p <= at) {
        return Err(Denied::Device);
    }
    let covers = |form: &str, area: Area| covers(roster, device, on, form, area);
    match row {
        Row::Register { child, area, post } => {
            let fresh = roster.children.get(child).is_none_or(|s| s.area().is_none());
            let own = roster.posts_on(device, on).any(|(id, _)| id == *post);
            (fresh && own && covers("register", *area)).then_some(()).ok_or(Denied::Child)
        }
        Row::Assign { child, post } | Row::Withdraw { child, post } => {
            let home = roster.children.get(child).and_then(|s| s.area_at(at)).ok_or(Denied::Child)?;
            let to = roster.posts.get(post).and_then(|p| roster.area_of(p)).ok_or(Denied::Post)?;
            (covers("assign", home) && covers("assign", to)).then_some(()).ok_or(Denied::Child)
        }
        Row::Revoke { device: lost } => {
            let inside = works_inside(roster, *lost, on, |area| covers("assign", area));
            (*lost != device && inside).then_some(()).ok_or(Denied::Post)
        }
        Row::Unit { .. }
        | Row::Person { .. }
        | Row::Post { .. }
        | Row::Device { .. }
        | Row::Child { .. }
        | Row::Alias { .. }
        | Row::Policy { .. }
        | Row::Erase { .. } => Err(Denied::Form),
    }
}

/// Whether a row registers a child nobody knows yet for a post, past or present, of the device's own
/// person, in a community where that post may register.
pub fn found_at_work(roster: &Roster, device: DeviceId, row: &Row) -> bool {
    let Row::Register { child, area, post } = row else { return false };
    let fresh = roster.children.get(child).is_none_or(|seat| seat.area().is_none());
    let person = roster.devices.get(&device).map(|device| device.person);
    let post = roster.posts.get(post).filter(|post| Some(post.person) == person);
    let covers = |post: &Post| {
        role_may(post.role, Verb::Create, "register") && roster.area_of(post).is_some_and(|own| own.contains(*area))
    };
    fresh && post.is_some_and(covers)
}

/// Whether a device's person holds posts on a day and each of them in a covered area. Of one who holds none,
/// each she ever held: until its next contact her computer still has the files of her last.
fn works_inside(roster: &Roster, device: DeviceId, on: Day, covers: impl Fn(Area) -> bool) -> bool {
    let mut posts: Vec<&Post> = roster.posts_on(device, on).map(|(_, post)| post).collect();
    if posts.is_empty() {
        let person = roster.devices.get(&device).map(|known| known.person);
        posts.extend(person.into_iter().flat_map(|person| roster.posts_of(person)).map(|(_, post)| post));
    }
    !posts.is_empty() && posts.into_iter().all(|post| roster.area_of(post).is_some_and(&covers))
}

/// The leader reads only; kept apart so that a new form cannot forget it.
pub const READS_ONLY: &[Role] = &[CentreLeader];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{PersonId, PostId, UnitId};

    #[test]
    fn a_leader_writes_nothing_and_finished_notes_never_change() {
        for grant in TABLE {
            assert!(!READS_ONLY.iter().any(|r| grant.create.contains(r) || grant.change.contains(r)), "{}", grant.form);
        }
        for form in ["visit", "supplement", "review", "assessment", "unfinished", "file", "claim"] {
            assert!(Role::ALL.iter().all(|r| !role_may(*r, Verb::Change, form)), "{form}");
        }
    }

    const fn device(n: u8) -> DeviceId {
        DeviceId::new([n; 16])
    }

    fn post(n: u8, area: u64, role: Role, to: Option<Day>) -> [Row; 2] {
        let unit = UnitId::new([n; 16]);
        let area = Area::new(area).expect("an area");
        let person = PersonId::new([n % 10; 16]);
        let post = Row::Post { id: PostId::new([n; 16]), person, unit, role, from: Day::EPOCH, to };
        [Row::Unit { id: unit, name: String::new(), area }, post]
    }

    /// Two streets: 1 and 2 are their supervisors, 3 and 4 their directors, 5 the centre's admin;
    /// 6 has a post in both streets, 7 had one in the first.
    fn district() -> Roster {
        let mut roster = Roster::new(device(0));
        for n in 1..=7 {
            let (id, person) = (device(n), PersonId::new([n; 16]));
            roster.apply(
                1,
                &Row::Device { id, person, sign: [n; 32], seal: [n; 32], label: String::new(), segment: None },
            );
        }
        let rows = [
            post(1, 990_102_001_000, Supervisor, None),
            post(2, 990_102_002_000, Supervisor, None),
            post(3, 990_102_001_001, Director, None),
            post(4, 990_102_002_001, Director, None),
            post(5, 990_102_000_000, CentreAdmin, None),
            post(6, 990_102_001_002, SocialWorker, None),
            post(16, 990_102_002_002, SocialWorker, None),
            post(7, 990_102_001_003, Director, Some(Day::EPOCH)),
        ];
        rows.iter().flatten().for_each(|row| roster.apply(2, row));
        roster
    }

    #[test]
    fn a_lost_computer_is_stopped_by_whoever_covers_all_its_person_s_work() {
        let (mut roster, on) = (district(), Day::EPOCH.plus(30));
        let stops = |roster: &Roster, by: u8, lost: u8| {
            may_write_row(roster, device(by), (2, on), &Row::Revoke { device: device(lost) }).is_ok()
        };
        for (by, lost, may) in [
            (1, 3, true),
            (1, 4, false), // the other street's
            (1, 6, false), // works there too
            (1, 5, false), // the centre's
            (1, 1, false), // her own
            (1, 7, true),  // held her last post here
            (2, 7, false),
            (1, 9, false), // nobody's
            (3, 3, false),
            (3, 1, false), // a director stops nothing
            (5, 4, true),
            (5, 6, true),
            (5, 2, true),
            (5, 5, false),
            (0, 7, true),
        ] {
            assert_eq!(stops(&roster, by, lost), may, "{by} stops {lost}");
        }
        roster.apply(2, &Row::Revoke { device: device(1) });
        assert!(!stops(&roster, 1, 3), "a stopped device stops nobody");
    }
}
