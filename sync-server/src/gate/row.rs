//! Rows the gate reads itself: roster rows and audit rows. It must not apply them to the store.

use domain::day::Day;
use domain::id::DeviceId;
use domain::rights::{Verb, found_at_work, may_write_row};
use domain::roster::{NOW, Row};
use sync::claim::{self, Claim};
use sync::item::Item;
use sync::wire::Reason;

use super::{Court, Known, ROW_BYTES_MAX};

/// The form of roster items.
const ROSTER: &str = "roster";
/// The form of audit items.
const AUDIT: &str = "audit";

impl<K: Known> Court<'_, K> {
    /// Reads a roster row the author may write.
    pub(super) fn row(&self, item: &Item) -> Result<Row, Reason> {
        if item.body.len() > ROW_BYTES_MAX {
            return Err(Reason::Caps);
        }
        let row: Row = minicbor::decode(&item.body).map_err(|_| Reason::Malformed)?;
        let canonical = minicbor::to_vec(&row).is_ok_and(|bytes| bytes == item.body);
        if !canonical || item.form != ROSTER || item.child != row.child() {
            return Err(Reason::Malformed);
        }
        if row.child().is_some_and(|child| self.erased(child)) && self.batch.device != self.roster.server {
            return Err(Reason::Erased);
        }
        let device = self.batch.device;
        let judged =
            self.then_and_now(self.then(row.child()), |when| may_write_row(&self.roster, device, when, &row).is_ok());
        if !self.brings_back_a_stop(&row) && !self.finds(&row, judged) {
            judged?;
        }
        Ok(row)
    }

    /// Whether it registers a child of a community its author worked in. Held, the child would be known to
    /// nobody; so it belongs to its community though her post has ended or her computer was stopped. What
    /// else she wrote of it waits at its station to be claimed.
    fn finds(&self, row: &Row, judged: Result<(), Reason>) -> bool {
        super::wants_right(judged.err()) && found_at_work(&self.roster, self.batch.device, row)
    }

    /// Whether a device returned after a restore that another was stopped, and may stop it itself:
    /// the stricter wins, though whoever stopped it has the right no longer.
    fn brings_back_a_stop(&self, row: &Row) -> bool {
        let now = (NOW, Day::of(self.now));
        let may = |voucher: &DeviceId| may_write_row(&self.roster, *voucher, now, row).is_ok();
        matches!(row, Row::Revoke { .. }) && self.batch.vouchers.iter().any(may)
    }

    /// What a station decided on held work of a child it reaches: only by the roles that may.
    fn claim(&self, item: &Item) -> Result<(), Reason> {
        Claim::decode(&item.body).ok_or(Reason::Malformed)?;
        self.right(item, &[Verb::Create])
    }

    /// Audit rows of every enrolled device are wanted, those of a stopped one too.
    pub(super) fn audit(&self, item: &Item) -> Result<(), Reason> {
        if item.body.len() > ROW_BYTES_MAX {
            return Err(Reason::Caps);
        }
        if item.form == claim::FORM {
            return self.claim(item);
        }
        let notice = item.form == sync::notice::FORM && self.batch.device == self.roster.server;
        if item.form != AUDIT && !notice {
            return Err(Reason::Malformed);
        }
        let enrolled = self.roster.devices.contains_key(&self.batch.device) || self.batch.device == self.roster.server;
        if enrolled { Ok(()) } else { Err(Reason::Forbidden) }
    }
}
