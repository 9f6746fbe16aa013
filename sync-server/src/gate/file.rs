//! Manifests of files: photographs and scans of a note or of a child's file. It must not see their pieces.

use domain::form::builtin;
use domain::rights::Verb;
use sync::file::Manifest;
use sync::item::Item;
use sync::wire::Reason;

use super::{Court, Known};

/// Above the longest manifest: 161 digests, three words, a key.
const BYTES_MAX: usize = 8 * 1024;

impl<K: Known> Court<'_, K> {
    /// Whether it is a manifest, and of something its author may write. What it points to may still be on
    /// its way; then its own right must do.
    pub(super) fn manifest(&mut self, item: &Item) -> Result<Result<(), Reason>, K::Error> {
        if item.body.len() > BYTES_MAX {
            return Ok(Err(Reason::Caps));
        }
        let Ok(manifest) = Manifest::decode(&item.body) else { return Ok(Err(Reason::Malformed)) };
        let Some(about) = self.fixed(manifest.about)? else { return Ok(Ok(())) };
        if about.child != item.child {
            return Ok(Err(Reason::Mismatch));
        }
        let event = builtin(&about.form).is_some_and(|form| form.event);
        let verb = if event { Verb::Create } else { Verb::Change };
        Ok(self.right_to(&about.form, item.child, &[verb]))
    }
}
