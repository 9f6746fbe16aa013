//! Who has which child: the posts there are, assigning (分派) and withdrawing (收回).

use std::collections::BTreeSet;

use domain::area::Area;
use domain::fault::{Code, Fault};
use domain::id::{ChildId, PostId};
use domain::moment::Moment;
use domain::post::Role;
use domain::roster::{Post, Roster, Row};
use domain::words::Words;
use serde::{Deserialize, Serialize};

use super::me::Nothing;
use super::offer::Offers;
use super::{Acted, close, seen};
use crate::desk::Desk;
use crate::write::Act;

/// A post held today.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PostLine {
    post: PostId,
    role: Role,
    title: Words,
    person: String,
    unit: String,
    area: Option<Area>,
    /// How many children it has, without closed files.
    children: usize,
    /// Whether this person may put children into its charge.
    may_hand: bool,
}

/// Answers `roster.posts`: the posts known here, by area.
pub(crate) fn posts(desk: &Desk, m: &Moment, _: Nothing) -> Result<Vec<PostLine>, Fault> {
    let (roster, today) = (&desk.roster, desk.today(m));
    let closed = close::closed_children(desk)?;
    let held = roster.posts.iter().filter(|(_, post)| post.held_on(today));
    let offers = Offers::new(desk, m);
    let mut lines: Vec<PostLine> = held.map(|(id, post)| line(roster, *id, post, (&closed, &offers))).collect();
    lines.sort_by_key(PostLine::order);
    Ok(lines)
}

/// A post as a list shows it; children whose file is `closed` count for nobody.
pub(super) fn line(
    roster: &Roster,
    id: PostId,
    post: &Post,
    (closed, offers): (&BTreeSet<ChildId>, &Offers<'_>),
) -> PostLine {
    PostLine {
        post: id,
        role: post.role,
        title: Words::new(post.role.name(), post.role.en()),
        person: roster.people.get(&post.person).cloned().unwrap_or_default(),
        unit: roster.units.get(&post.unit).map(|unit| unit.name.clone()).unwrap_or_default(),
        area: roster.area_of(post),
        children: roster.children_of(id).filter(|child| !closed.contains(child)).count(),
        may_hand: offers.may_hand_to(post),
    }
}

impl PostLine {
    /// By area, then by role.
    pub(super) const fn order(&self) -> (Option<Area>, Role, PostId) {
        (self.area, self.role, self.post)
    }
}

/// Which children, and to or from which post.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Assign {
    children: Vec<ChildId>,
    post: PostId,
}

/// Most children in one call: they travel in one envelope.
const CHILDREN_MAX: usize = 60;

/// Does `roster.assign`.
pub(crate) fn assign(desk: &mut Desk, m: &mut Moment, args: Assign) -> Acted<Nothing> {
    rows(desk, m, args, (|offers, post| offers.may_hand_to(post), |child, post| Row::Assign { child, post }))
}

/// Does `roster.withdraw`.
pub(crate) fn withdraw(desk: &mut Desk, m: &mut Moment, args: Assign) -> Acted<Nothing> {
    rows(desk, m, args, (|offers, post| offers.may_take_from(post), |child, post| Row::Withdraw { child, post }))
}

/// Whether it is allowed as far as the post goes, and the row of each child.
type Move = (fn(&Offers<'_>, &Post) -> bool, fn(ChildId, PostId) -> Row);

fn rows(desk: &mut Desk, m: &mut Moment, args: Assign, (allowed, row): Move) -> Acted<Nothing> {
    if args.children.is_empty() || args.children.len() > CHILDREN_MAX {
        return Err(Code::BadCall.into());
    }
    let post = desk.roster.posts.get(&args.post).ok_or(Code::NotFound)?;
    if !allowed(&Offers::new(desk, m), post) {
        return Err(Code::Denied.into());
    }
    for child in &args.children {
        seen(desk, m, *child)?;
    }
    let acts = args.children.into_iter().map(|child| Act::Row(row(child, args.post))).collect();
    Ok((Nothing {}, desk.commit(m, acts)?))
}
