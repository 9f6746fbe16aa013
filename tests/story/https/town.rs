//! A small town with a director and her street's supervisor, and its centre: the real server program.

use std::ops::{Deref, DerefMut};

use domain::day::Day;
use domain::post::Role;
use tongdang_tests::demo::centre::Centre;
use tongdang_tests::synth::{self, District, Post, Scale, org_book};

/// A town whose centre serves. Dropped, the centre's process ends.
pub(crate) struct Town {
    /// A director's name.
    pub(crate) director: String,
    /// Her street's supervisor.
    pub(crate) supervisor: String,
    centre: Centre,
    _folder: tempfile::TempDir,
}

impl Town {
    /// Founds it from its organisation workbook.
    pub(crate) fn found() -> Self {
        let district = synth::make(Scale::small(1, 2), 1, Day::of(desk::clock::now()));
        let folder = tempfile::tempdir().expect("a folder");
        let mut centre = Centre::found(folder.path(), &district).expect("a centre");
        let book = folder.path().join("组织.xlsx");
        std::fs::write(&book, org_book::write(&district).expect("a workbook")).expect("written");
        centre.run(&["import-org", &book.to_string_lossy()]).expect("imported");
        centre.serve().expect("it serves");
        let name = |role| name(&district, role);
        Self { director: name(Role::Director), supervisor: name(Role::Supervisor), centre, _folder: folder }
    }

    /// The address and a one-time code for a person.
    pub(crate) fn code_for(&self, person: &str) -> String {
        self.centre.code_for(person).expect("a code")
    }
}

impl Deref for Town {
    type Target = Centre;
    fn deref(&self) -> &Centre {
        &self.centre
    }
}

impl DerefMut for Town {
    fn deref_mut(&mut self) -> &mut Centre {
        &mut self.centre
    }
}

/// Somebody with the role whose name nobody else has.
fn name(district: &District, role: Role) -> String {
    let alone = |post: &&Post| district.posts.iter().filter(|other| other.person == post.person).count() == 1;
    let post = district.current_posts().filter(|post| post.role == role).find(alone);
    post.expect("somebody with the role").person.clone()
}
