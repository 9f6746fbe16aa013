//! A stage for windows: a small synthetic district, served by the real server program, with a
//! code for whoever joins. It must not know screens.

use std::path::Path;

use anyhow::{Context as _, Result};
use domain::day::Day;
use domain::post::Role;

use crate::demo::centre::Centre;
use crate::demo::proxy::Cable;
use crate::synth::{self, District, Scale, ledger, org_book};

/// A small district that serves until dropped.
pub struct Stage {
    /// Who lives and works there.
    pub district: District,
    centre: Centre,
}

/// Somebody who is about to join, and her cable to the centre.
pub struct Guest {
    /// Her name.
    pub name: String,
    /// Where her computer reaches the centre: `127.0.0.1:port`, over the cable.
    pub address: String,
    /// Her one-time code.
    pub code: String,
    /// The cable; unplugged, her computer has no network.
    pub cable: Cable,
}

impl Stage {
    /// Founds the district in an empty folder from its two workbooks and serves it.
    pub fn set(folder: &Path, scale: Scale) -> Result<Self> {
        let district = synth::make(scale, 1, Day::of(desk::clock::now()));
        let (org, book) = (folder.join("组织.xlsx"), folder.join("台账.xlsx"));
        std::fs::write(&org, org_book::write(&district)?)?;
        std::fs::write(&book, ledger::write(&district, false)?.bytes)?;
        let mut centre = Centre::found(&folder.join("区中心"), &district)?;
        centre.run(&["import-org", &org.to_string_lossy()])?;
        centre.run(&["import-ledger", &book.to_string_lossy()])?;
        centre.serve()?;
        Ok(Self { district, centre })
    }

    /// Copies the centre's store to a folder, as its operator does every day.
    pub fn back_up(&self, to: &Path) -> Result<()> {
        std::fs::create_dir_all(to)?;
        self.centre.run(&["backup", "--to", &to.to_string_lossy()]).map(drop)
    }

    /// The centre's machine is lost: the only copy in a folder is put back, and served at the same address.
    pub fn restore(&mut self, from: &Path) -> Result<()> {
        let copy = std::fs::read_dir(from)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.join("store.db").is_file());
        let copy = copy.context("没有备份")?;
        self.centre.stop();
        self.centre.lose("files.db")?;
        self.centre.run(&["restore", "--from", &copy.to_string_lossy()])?;
        self.centre.serve()
    }

    /// How many pieces of photographs the centre has taken since it serves.
    pub fn pieces(&self) -> Result<u64> {
        self.centre.counter("tongdang_pieces_kept_total")
    }

    /// A code and a cable for the first holder of a role in the first street.
    pub fn invite(&self, role: Role) -> Result<Guest> {
        let name = self.person(role).context("没有这个岗位的人")?.to_owned();
        let cable = Cable::lay(self.centre.address())?;
        let text = self.centre.enrol_text(&name, cable.port())?;
        let (address, code) = text.split_once(' ').context("看不懂登记码")?;
        Ok(Guest { name, address: address.to_owned(), code: code.to_owned(), cable })
    }

    fn person(&self, role: Role) -> Option<&str> {
        self.district.current_posts().find(|post| post.role == role).map(|post| post.person.as_str())
    }

    /// The names of the children of the first director.
    pub fn children(&self) -> Vec<&str> {
        let Some(post) = self.district.current_posts().find(|post| post.role == Role::Director) else {
            return Vec::new();
        };
        let hers = self.district.children.iter().filter(|child| child.community == post.unit);
        hers.map(|child| child.text("name")).collect()
    }
}
