//! Who may do what: one table for desks, gate, documents and tests (handbook §1, DESIGN §5).

use crate::area::Area;
use crate::day::Day;
use crate::id::{ChildId, DeviceId, Position};
use crate::post::Role::{
    self, CentreAdmin, CentreLeader, CentreOfficer, Director, SocialWorker, Specialist, Supervisor,
};
use crate::roster::{Roster, Row};

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
    /// The form's id; roster rows are `register` and `assign`.
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
        create: &[Director, Supervisor, Specialist, CentreAdmin],
        change: WRITERS,
    },
    Grant { form: "visit", read: ALL, create: FIELD, change: &[] },
    Grant { form: "supplement", read: ALL, create: FIELD, change: &[] },
    Grant { form: "review", read: ALL, create: STATION, change: &[] },
    Grant { form: "assessment", read: ALL, create: FIELD, change: &[] },
    Grant { form: "file", read: ALL, create: WRITERS, change: &[] },
    Grant { form: "register", read: ALL, create: &[Director, Supervisor, Specialist, CentreAdmin], change: &[] },
    Grant { form: "assign", read: ALL, create: &[Supervisor, CentreAdmin], change: &[] },
];

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

/// Whether a device may write a roster row, by the roster as of position `at`: the server any;
/// a post that covers the community may register a child there for itself; the station's
/// supervisor and the centre's admin may assign and withdraw inside their area.
pub fn may_write_row(roster: &Roster, device: DeviceId, (at, on): (Position, Day), row: &Row) -> Result<(), Denied> {
    if device == roster.server {
        return Ok(());
    }
    let known = roster.devices.get(&device).ok_or(Denied::Device)?;
    if known.since > at || known.revoked.is_some_and(|p| p <= at) {
        return Err(Denied::Device);
    }
    let covers = |form: &str, area: Area| {
        roster
            .posts_on(device, on)
            .any(|(_, p)| role_may(p.role, Verb::Create, form) && roster.area_of(p).is_some_and(|a| a.contains(area)))
    };
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
        Row::Unit { .. }
        | Row::Person { .. }
        | Row::Post { .. }
        | Row::Device { .. }
        | Row::Revoke { .. }
        | Row::Child { .. }
        | Row::Alias { .. }
        | Row::Policy { .. }
        | Row::Erase { .. } => Err(Denied::Form),
    }
}

/// The leader reads only; kept apart so that a new form cannot forget it.
pub const READS_ONLY: &[Role] = &[CentreLeader];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leader_writes_nothing_and_finished_notes_never_change() {
        for grant in TABLE {
            assert!(!READS_ONLY.iter().any(|r| grant.create.contains(r) || grant.change.contains(r)), "{}", grant.form);
        }
        for form in ["visit", "supplement", "review", "assessment", "file"] {
            assert!(Role::ALL.iter().all(|r| !role_may(*r, Verb::Change, form)), "{form}");
        }
    }
}
