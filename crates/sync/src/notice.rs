//! What the server's own device tells the stations through the log: audit items of form `notice`.
//! It must not carry content: ids, numbers and reasons only.

use domain::id::{Branch, ChildId, DeviceId};

use crate::claim::Target;
use crate::wire::Reason;

/// The form of such items.
pub const FORM: &str = "notice";

/// An item was kept outside the log.
#[derive(Clone, PartialEq, Eq, Debug, minicbor::Encode, minicbor::Decode)]
pub struct Notice {
    /// Who wrote it.
    #[n(0)]
    pub device: DeviceId,
    /// Branch of her chain.
    #[n(1)]
    pub branch: Branch,
    /// Number of the envelope.
    #[n(2)]
    pub seq: u32,
    /// Place of the item in it.
    #[n(3)]
    pub place: u16,
    /// Why.
    #[n(4)]
    pub reason: Reason,
    /// Form of the item.
    #[n(5)]
    pub form: String,
    /// The child it is about.
    #[n(6)]
    pub child: Option<ChildId>,
    /// The item, so that it can be asked for and claimed.
    #[n(7)]
    pub target: Option<Target>,
}
