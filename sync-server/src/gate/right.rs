//! Who may write what, when she wrote it and now. It must not look into bodies.

use domain::day::Day;
use domain::form::{Field, Merge, builtin};
use domain::id::{ChildId, DeviceId, Position, PostId};
use domain::rights::{Verb, has_authority, is_returnable, may, role_may};
use domain::roster::{NOW, Post};
use dossier::ChangeInfo;
use sync::claim;
use sync::item::Item;
use sync::wire::Reason;

use super::{Court, Known};

impl<K: Known> Court<'_, K> {
    pub(super) fn erased(&self, child: ChildId) -> bool {
        self.roster.children.get(&child).is_some_and(|seat| seat.erased)
    }

    /// Whether the author may do one of the verbs. Forbidden then: held. Allowed then and not
    /// now: 待认领. Allowed in both: go on.
    pub(super) fn right(&self, item: &Item, verbs: &[Verb]) -> Result<(), Reason> {
        self.right_to(&item.form, item.child, verbs)
    }

    /// The same of a form of a child.
    pub(super) fn right_to(&self, form: &str, child: Option<ChildId>, verbs: &[Verb]) -> Result<(), Reason> {
        let Some(child) = child else { return Err(Reason::Forbidden) };
        let allowed = |verb: &Verb, when| may(&self.roster, self.batch.device, when, *verb, form, child).is_ok();
        let judged = self.then_and_now(self.then(Some(child)), |when| verbs.iter().any(|verb| allowed(verb, when)));
        let granted = judged.is_ok() || self.vouched(form, verbs, child) || self.claimed(form, verbs);
        if granted { Ok(()) } else { judged }
    }

    /// Whether whoever took the item over may do one of the verbs herself: nobody lets in what her own
    /// role may not write. Her area was judged with her claim, which stays good when she moves on.
    fn claimed(&self, form: &str, verbs: &[Verb]) -> bool {
        let claimer = self.claimer.and_then(|claimer| self.roster.devices.get(&claimer));
        let mut posts = claimer.into_iter().flat_map(|claimer| self.roster.posts_of(claimer.person));
        posts.any(|(_, post)| {
            role_may(post.role, Verb::Create, claim::FORM) && verbs.iter().any(|verb| role_may(post.role, *verb, form))
        })
    }

    /// Whether the envelope came back after a restore in which it stood in somebody's log, and the author signed it.
    /// Whoever returned it stands in for the log that was lost, not for a right: only for what the author could have
    /// written in a post of hers.
    fn vouched(&self, form: &str, verbs: &[Verb], child: ChildId) -> bool {
        is_returnable(form) && self.could_write(form, verbs) && self.is_brought_back(child)
    }

    /// Whether somebody who reaches the child now returned the envelope after a restore.
    fn is_brought_back(&self, child: ChildId) -> bool {
        let today = Day::of(self.now);
        let reaches = |voucher: &DeviceId| {
            let mut posts = self.roster.posts_on(*voucher, today);
            self.roster.active(*voucher) && posts.any(|(id, post)| self.roster.reaches(id, post, child, NOW))
        };
        self.batch.vouchers.iter().any(reaches)
    }

    /// Whether a post the author held when she wrote it may do one of the verbs. Where, the lost log knew.
    fn could_write(&self, form: &str, verbs: &[Verb]) -> bool {
        self.posts_then().any(|(_, post)| verbs.iter().any(|verb| role_may(post.role, *verb, form)))
    }

    /// The same of a field that only named posts may write: that post reached the child then or does now. Without a
    /// restore she would have been heard while she held it.
    fn had_authority(&self, form: &str, field: &Field, child: ChildId) -> bool {
        let then = self.then(Some(child));
        let reached = |id, post: &Post| [then, NOW].into_iter().any(|at| self.roster.reaches(id, post, child, at));
        let mut named = self.posts_then().filter(|(_, post)| field.authority.contains(&post.role));
        is_returnable(form) && self.is_brought_back(child) && named.any(|(id, post)| reached(id, post))
    }

    /// The posts the author held when she wrote it, by her clock. As in `then_and_now`, those of today too: a wrong
    /// clock must not lose work.
    fn posts_then(&self) -> impl Iterator<Item = (PostId, &Post)> {
        let now = Day::of(self.now);
        let then = Day::of(self.batch.at.min(self.now));
        [then, now].into_iter().flat_map(move |day| self.roster.posts_on(self.batch.device, day))
    }

    /// Asks once as of the position the author knew, once as of now.
    pub(super) fn then_and_now(&self, then: Position, allowed: impl Fn((Position, Day)) -> bool) -> Result<(), Reason> {
        let today = Day::of(self.now);
        let claimed = Day::of(self.batch.at.min(self.now));
        // a wrong clock must not lose work: today's posts count as well as those of the claimed day
        if !allowed((then, claimed)) && !allowed((then, today)) {
            return Err(Reason::Forbidden);
        }
        if allowed((NOW, today)) { Ok(()) } else { Err(Reason::Unclaimed) }
    }

    /// The roster position by which her rights then are judged: the version she says she knew,
    /// never older than what her device confirmed or than the device itself. A child that came
    /// into the roster later can only be one she registered herself: then as of that row.
    pub(super) fn then(&self, child: Option<ChildId>) -> Position {
        let since = self.roster.devices.get(&self.batch.device).map_or(0, |device| device.since);
        let knew = self.batch.roster.min(self.roster.version).max(self.batch.confirmed).max(since);
        let seat = child.and_then(|child| self.roster.children.get(&child));
        seat.and_then(|seat| seat.since()).map_or(knew, |first| first.max(knew))
    }

    /// Whether the writer's posts, or those of whoever took it over, may write every field that only
    /// named posts may; of what came back after a restore, those she held when she wrote it.
    pub(super) fn authority(&self, item: &Item, info: &ChangeInfo) -> Result<(), Reason> {
        let Some(form) = builtin(&item.form) else { return Ok(()) };
        if self.batch.device == self.roster.server {
            return Ok(());
        }
        let today = Day::of(self.now);
        let may = |field: &Field| {
            let Some(child) = item.child else { return false };
            let mut writers = [Some(self.batch.device), self.claimer].into_iter().flatten();
            writers.any(|by| has_authority(&self.roster, by, today, field, child))
                || self.had_authority(&item.form, field, child)
        };
        let foreign = |key: &String| form.touches(key, |f| f.merge == Merge::Authority && !may(f));
        if info.writes.keys().any(foreign) { Err(Reason::Authority) } else { Ok(()) }
    }
}
