//! What a person may do, as screens offer it: every answer that opens a thing says it, by the rules that would refuse
//! the act. No screen judges a role.

use domain::closing;
use domain::day::Day;
use domain::form::builtin;
use domain::id::{ChildId, DeviceId, PostId};
use domain::moment::Moment;
use domain::post::{Reach, Role};
use domain::rights::{self, Verb, role_may};
use domain::roster::{NOW, Post, Roster};
use serde::Serialize;

use super::me::settles;
use crate::desk::Desk;

/// Something a person may do; a word a button.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Offer {
    /// 写走访
    Visit,
    /// 评估
    Assess,
    /// Change the file, and add photographs to it.
    Edit,
    /// Pick one of two values that differ.
    Choose,
    /// 分派, 移交, 收回
    Hand,
    /// 结案
    Close,
    /// 重新启用
    Reopen,
    /// 已阅, 退回补充, and the answer to an alarm.
    Review,
    /// 补充说明, and that something to be done afterwards is done.
    Supplement,
    /// Photographs that belong to one's own note.
    Photograph,
    /// 新登记
    Register,
}

/// The posts a person holds today, asked about many children.
pub(super) struct Offers<'d> {
    roster: &'d Roster,
    device: DeviceId,
    today: Day,
    own: Vec<(PostId, &'d Post)>,
}

impl<'d> Offers<'d> {
    pub(super) fn new(desk: &'d Desk, m: &Moment) -> Self {
        let (roster, device, today) = (&desk.roster, desk.me.device(), desk.today(m));
        let held = roster.active(device).then(|| roster.posts_on(device, today));
        Self { roster, device, today, own: held.into_iter().flatten().collect() }
    }

    fn roles(&self, child: ChildId) -> impl Iterator<Item = Role> + Clone + '_ {
        self.own.iter().filter(move |(id, post)| self.roster.reaches(*id, post, child, NOW)).map(|(_, post)| post.role)
    }

    /// With a child's file, open or closed.
    pub(super) fn of_child(&self, child: ChildId, closed: bool) -> Vec<Offer> {
        let roles = self.roles(child);
        let may = |verb: Verb, form: &str| roles.clone().any(|role| role_may(role, verb, form));
        let ending = builtin("child").and_then(|form| form.field(closing::CLOSED));
        let ends = ending.is_some_and(|field| roles.clone().any(|role| field.authority.contains(&role)));
        let offers = [
            (Offer::Visit, may(Verb::Create, "visit")),
            (Offer::Assess, may(Verb::Create, "assessment")),
            (Offer::Edit, may(Verb::Change, "child")),
            (Offer::Choose, roles.clone().any(settles)),
            (Offer::Hand, self.may_hand(child)),
            (Offer::Close, ends && !closed),
            (Offer::Reopen, ends && closed),
        ];
        offered(&offers)
    }

    /// With a finished note about a child; nobody reads off her own.
    pub(super) fn of_note(&self, child: ChildId, own: bool) -> Vec<Offer> {
        let roles = self.roles(child);
        let may = |form: &str| roles.clone().any(|role| role_may(role, Verb::Create, form));
        let offers = [
            (Offer::Review, !own && may("review")),
            (Offer::Supplement, may("supplement")),
            (Offer::Photograph, own && may("file")),
        ];
        offered(&offers)
    }

    /// Whatever the child: what a page is for that names none.
    pub(super) fn of_anybody(&self) -> Vec<Offer> {
        let may = |form: &str| self.own.iter().any(|(_, post)| role_may(post.role, Verb::Create, form));
        let offers = [
            (Offer::Visit, may("visit")),
            (Offer::Assess, may("assessment")),
            (Offer::Hand, may("assign")),
            (Offer::Review, may("review")),
            (Offer::Register, may("register")),
        ];
        offered(&offers)
    }

    /// Whether a child may be handed from one to another, as far as the child goes.
    pub(super) fn may_hand(&self, child: ChildId) -> bool {
        let home = self.roster.children.get(&child).and_then(|seat| seat.area());
        let covered = |home| rights::covers(self.roster, self.device, self.today, "assign", home);
        home.is_some_and(covered) && self.roles(child).next().is_some()
    }

    /// Whether children may be put into a post's charge, as far as the post goes: who looks after a whole street has
    /// them anyway.
    pub(super) fn may_hand_to(&self, post: &Post) -> bool {
        post.role.reach() == Reach::Assigned && self.may_take_from(post)
    }

    /// Whether children may be taken back from a post, whatever it is: who was given one by mistake gives it back.
    pub(super) fn may_take_from(&self, post: &Post) -> bool {
        let covered = |area| rights::covers(self.roster, self.device, self.today, "assign", area);
        self.roster.area_of(post).is_some_and(covered)
    }
}

fn offered(all: &[(Offer, bool)]) -> Vec<Offer> {
    all.iter().filter(|(_, may)| *may).map(|(offer, _)| *offer).collect()
}

#[cfg(test)]
mod tests;
