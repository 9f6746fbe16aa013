//! Every place where words about a child can lie, and how an erasure reaches it: one list, which SECURITY.md
//! shows, tests compare with the tables that are made, and the canary story goes through. It must not erase.

/// A place, as people look for it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Where.
    pub at: &'static str,
    /// What of a child lies there.
    pub holds: &'static str,
    /// How an erasure reaches it.
    pub reached: &'static str,
    /// The test that would see it left behind; empty where nothing reaches it.
    pub proof: &'static str,
}

/// How an erasure reaches the rows of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// No words of or about a child stand in it.
    NoWords,
    /// Its rows about the child are deleted.
    Deleted,
    /// Every row is sealed under a key that is destroyed.
    Sealed,
    /// Not reached; SECURITY.md says why.
    NotReached,
}

/// The places, desks first.
pub const PLACES: &[Place] = &[
    Place {
        at: "desk: `desk.db`, records and items",
        holds: "changes, documents, lists, search words, history",
        reached: "deleted when the desk hears of the erasure, whoever else wrote them",
        proof: "nothing_of_an_erased_child_is_left_in_any_place",
    },
    Place {
        at: "desk: drafts and their photographs",
        holds: "what is being typed, thumbnails, pieces",
        reached: "deleted with the child; what was begun about two stays with the other, a registration that is being typed is about nobody yet",
        proof: "nothing_of_an_erased_child_is_left_in_any_place",
    },
    Place {
        at: "desk: reasons",
        holds: "why a value was looked at, why work was sent back",
        reached: "deleted with the child, also where the child had left before",
        proof: "nothing_of_an_erased_child_is_left_in_any_place",
    },
    Place {
        at: "desk: `资料库-损坏-…`",
        holds: "a damaged store that was put aside, whole",
        reached: "the file goes when the new store hears of the erasure of a child it knew",
        proof: "a_damaged_store_put_aside_goes_with_the_next_erasure",
    },
    Place {
        at: "desk: envelopes sealed for the district",
        holds: "own work about several children, one handed over, one erased",
        reached: "nobody can open them there; dropped once a compared backup has them, the server takes nothing of the erased child",
        proof: "",
    },
    Place {
        at: "desk: phrases and settings",
        holds: "what a person kept for herself as a phrase",
        reached: "not reached: it belongs to no child; delete a phrase that says too much",
        proof: "",
    },
    Place {
        at: "page: the web view's own data",
        holds: "look and practice only; answers are not cached",
        reached: "nothing of a child is kept",
        proof: "the_page_keeps_nothing_of_a_child",
    },
    Place {
        at: "server: `store.db`",
        holds: "items, arrivals, reasons of looking and of decisions",
        reached: "sealed under the child's key, which is destroyed",
        proof: "nothing_of_an_erased_child_is_left_in_any_place",
    },
    Place {
        at: "server: `keys.db`",
        holds: "the child's key",
        reached: "destroyed once the erasure is durable, journal too",
        proof: "an_erasure_cut_off_once_it_is_durable_is_finished_at_the_next_start",
    },
    Place {
        at: "server: `files.db`",
        holds: "pieces of photographs",
        reached: "deleted; their keys stand in items that cannot be read any more",
        proof: "an_erasure_cut_off_once_it_is_durable_is_finished_at_the_next_start",
    },
    Place {
        at: "server: `cache.db`",
        holds: "saved documents, packed first downloads",
        reached: "the child's documents are dropped, and what is packed for all who heard of it, journal too",
        proof: "why_work_was_sent_back_goes_from_what_is_packed_for_its_author",
    },
    Place {
        at: "server: `恢复前-…`",
        holds: "the store as a restore found it",
        reached: "the child's key in it is destroyed; no cache is kept there; `doctor` names one whose keys do not open",
        proof: "an_erasure_reaches_what_a_restore_moved_aside",
    },
    Place {
        at: "backups: `keys/keys.db`",
        holds: "keys as of the backup",
        reached: "destroyed by the next backup; whoever puts one back begins with the erasure",
        proof: "an_erasure_reaches_the_keys_of_earlier_backups_and_is_told_when_one_is_put_back",
    },
    Place {
        at: "backups: `files.db`",
        holds: "pieces of photographs",
        reached: "deleted by the next backup",
        proof: "photographs_are_backed_up_once_and_put_back_beside_what_is_here",
    },
    Place {
        at: "backups: `.part`",
        holds: "what a broken-off backup left: never keys before the copy is proven",
        reached: "gone with the next backup",
        proof: "a_backup_broken_off_leaves_no_keys",
    },
    Place {
        at: "ledgers and their 退改 books",
        holds: "rows as people typed them",
        reached: "not reached: files of the operator, to be deleted once imported",
        proof: "",
    },
];

/// Every table of every store, by its file, and how an erasure reaches its rows.
pub const TABLES: &[(&str, &str, Way)] = &[
    ("desk.db", "standing", Way::NoWords),
    // `head` holds digests; `sealed` only the district opens.
    ("desk.db", "envelope", Way::NoWords),
    ("desk.db", "item", Way::Deleted),
    ("desk.db", "aside", Way::NoWords),
    ("desk.db", "record", Way::Deleted),
    ("desk.db", "hidden", Way::NoWords),
    ("desk.db", "author", Way::NoWords),
    ("desk.db", "checkpoint", Way::NoWords),
    ("desk.db", "lack", Way::NoWords),
    ("desk.db", "child_card", Way::Deleted),
    ("desk.db", "file_card", Way::Deleted),
    ("desk.db", "visit_card", Way::Deleted),
    ("desk.db", "remark_card", Way::Deleted),
    ("desk.db", "differing", Way::Deleted),
    ("desk.db", "draft", Way::Deleted),
    ("desk.db", "draft_end", Way::NoWords),
    ("desk.db", "stale", Way::NoWords),
    ("desk.db", "alarm_card", Way::Deleted),
    ("desk.db", "contact", Way::NoWords),
    ("desk.db", "follow_up", Way::Deleted),
    ("desk.db", "follow_said", Way::Deleted),
    ("desk.db", "setting", Way::NotReached),
    ("desk.db", "file", Way::Deleted),
    ("desk.db", "piece", Way::Deleted),
    ("desk.db", "draft_file", Way::Deleted),
    ("desk.db", "claimable", Way::Deleted),
    ("desk.db", "missed", Way::NoWords),
    ("desk.db", "departed", Way::NoWords),
    ("desk.db", "said_of", Way::Deleted),
    ("desk.db", "sent_back", Way::Deleted),
    ("desk.db", "kept_aside", Way::NoWords),
    ("desk.db", "chain", Way::NoWords),
    ("desk.db", "gap", Way::NoWords),
    ("store.db", "fact", Way::NoWords),
    ("store.db", "device", Way::NoWords),
    ("store.db", "code", Way::NoWords),
    ("store.db", "envelope", Way::NoWords),
    ("store.db", "item", Way::NoWords),
    ("store.db", "body", Way::Sealed),
    ("store.db", "verdict", Way::NoWords),
    ("store.db", "log", Way::NoWords),
    ("store.db", "feed", Way::NoWords),
    ("store.db", "roster", Way::NoWords),
    ("store.db", "record", Way::NoWords),
    ("store.db", "arrival", Way::Sealed),
    ("store.db", "erasing", Way::NoWords),
    ("store.db", "voucher", Way::NoWords),
    ("store.db", "noticed", Way::NoWords),
    ("keys.db", "key", Way::Deleted),
    ("files.db", "piece", Way::Deleted),
    ("cache.db", "document", Way::Deleted),
    ("cache.db", "segment", Way::Deleted),
    ("cache.db", "segment_channel", Way::NoWords),
];
