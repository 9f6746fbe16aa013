//! What the play tells an actor, and what she answers: one JSON line each. It must not hold acts.

use domain::fault::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The hidden word that makes the demo's binary an actor.
pub const ACTOR: &str = "actor";

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Order {
    /// Join the district with the text the station gave, and open the new profile.
    Enrol {
        /// Address and code.
        text: String,
        /// What people call this computer.
        label: String,
    },
    /// Open the profile that lies in the folder.
    Unlock,
    /// Make a call of the desk.
    Call {
        /// Its name.
        name: String,
        /// Its arguments.
        args: Value,
    },
    /// Exchange with the district until nothing is due.
    Sync,
    /// Count what the store still has of a child.
    Traces {
        /// Which child.
        child: String,
    },
    /// End.
    Exit,
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It was done; on the disk, if it writes.
    Done(Value),
    /// It was not.
    Fault(Fault),
}
