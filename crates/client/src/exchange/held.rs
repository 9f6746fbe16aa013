//! Held work of others: what to ask for, and taking what comes. It must not decide anything on it.

use domain::fault::Code;
use domain::form;
use domain::id::ChildId;
use domain::rights::{self, Verb};
use domain::roster::NOW;
use sync::claim::{Claim, FORM, Target};
use sync::envelope::{Envelope, Part};
use sync::item::Item;
use sync::request::HELD_MAX;

use crate::store::{Stored, claims, roster};
use crate::tag::Tag;
use crate::work::Work;

impl Work<'_> {
    /// Held work this desk may settle and does not have.
    pub(super) fn held_wanted(&self) -> Stored<Vec<Target>> {
        let mut posts = self.roster.posts_on(self.me.device(), self.today());
        if !posts.any(|(_, post)| rights::role_may(post.role, Verb::Create, FORM)) {
            return Ok(Vec::new());
        }
        let (mut wanted, mut behind) = (Vec::new(), None);
        while wanted.len() < HELD_MAX
            && let Some(child) = claims::next_wanted(&self.tx, behind)?
        {
            behind = Some(child);
            if self.may_settle(child)? {
                let work = claims::wanted(&self.tx, child)?.into_iter().filter(|notice| is_work(&notice.form));
                wanted.extend(work.filter_map(|notice| notice.target));
            }
        }
        wanted.truncate(HELD_MAX);
        Ok(wanted)
    }

    fn may_settle(&self, child: ChildId) -> Stored<bool> {
        let (me, on) = (self.me.device(), self.today());
        let may = rights::may(self.roster, me, (NOW, on), Verb::Create, FORM, child).is_ok();
        Ok(may && roster::hidden(&self.tx, child)?.is_none())
    }

    /// Keeps held items that were asked for; they are not in the log, and nothing applies them.
    pub(super) fn take_held(&mut self, envelope: &Envelope) -> Stored<()> {
        self.verify(envelope)?;
        for part in &envelope.parts {
            let Part::Whole(bytes) = part else { continue };
            let item = Item::decode(bytes).map_err(|_| Code::BadAnswer)?;
            let Some(child) = item.child else { continue };
            if is_work(&item.form) && self.may_settle(child)? {
                claims::keep(&self.tx, child, envelope, bytes)?;
            }
        }
        self.touch(Tag::Sync);
        Ok(())
    }

    /// What somebody decided on held work shows where that work is shown.
    pub(crate) fn decided(&mut self, item: &Item) {
        let Some(child) = item.child else { return };
        self.touch(Tag::Sync);
        self.touch(Tag::Child(child));
        self.touch(Tag::Visits(child));
        for target in Claim::decode(&item.body).iter().flat_map(|claim| &claim.targets) {
            self.touch(Tag::Record(target.record));
        }
    }
}

/// Whether items of a form are work of people: records and photographs, no rows.
fn is_work(form: &str) -> bool {
    form == sync::file::FORM || form::builtin(form).is_some()
}
