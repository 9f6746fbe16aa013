//! The district's centre: the real server program and its process. It must not look into its files.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use domain::day::Day;
use domain::post::Role;
use tongdang_tests::synth::{self, District, Post, Scale, org_book};

/// A centre that serves. Dropped, its process ends.
pub(crate) struct Centre {
    /// A director's name.
    pub(crate) director: String,
    /// Her street's supervisor.
    pub(crate) supervisor: String,
    binary: PathBuf,
    folder: tempfile::TempDir,
    serving: Option<Child>,
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Centre {
    /// Founds a small district from its organisation workbook and serves it.
    pub(crate) fn found() -> Self {
        let today = Day::of(desk::clock::now());
        let district = synth::make(Scale::small(1, 2), 1, today);
        let name = |role| name(&district, role);
        let folder = tempfile::tempdir().expect("a folder");
        let (director, supervisor) = (name(Role::Director), name(Role::Supervisor));
        let mut centre = Self { director, supervisor, binary: binary(), folder, serving: None };
        let (area, listen) = (format!("{}000000", district.scale.code), free_port().to_string());
        centre.run(&["init", "--name", "澄明区", "--area", &area, "--host", "127.0.0.1", "--listen", &listen]);
        let book = centre.folder.path().join("组织.xlsx");
        std::fs::write(&book, org_book::write(&district).expect("a workbook")).expect("written");
        centre.run(&["import-org", &book.to_string_lossy()]);
        centre.serve();
        centre
    }

    /// Runs one command of the server's program; what it told the operator.
    fn run(&self, args: &[&str]) -> String {
        let mut command = Command::new(&self.binary);
        command.arg("--dir").arg(self.folder.path()).args(args).stdin(Stdio::null());
        let output = command.output().expect("the server's program starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// The address and a one-time code for a person.
    pub(crate) fn code_for(&self, person: &str) -> String {
        self.run(&["enrol-code", "--person", person]).lines().last().expect("a code").to_owned()
    }

    /// Starts serving; returns once it listens.
    pub(crate) fn serve(&mut self) {
        let mut command = Command::new(&self.binary);
        command.arg("--dir").arg(self.folder.path()).arg("serve");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut serving = command.spawn().expect("the server's program starts");
        let mut line = String::new();
        let said = serving.stdout.take().expect("a pipe");
        BufReader::new(said).read_line(&mut line).expect("it speaks");
        self.serving = Some(serving);
        assert!(line.contains("已启动"), "the server serves: {line}");
    }

    /// Its process is killed.
    pub(crate) fn stop(&mut self) {
        if let Some(mut serving) = self.serving.take() {
            // Gone already is as good.
            drop(serving.kill());
            drop(serving.wait());
        }
    }
}

/// The server's program beside this test's.
fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("this program has a place");
    let beside = format!("tongdang-server{}", std::env::consts::EXE_SUFFIX);
    let found = own.ancestors().skip(1).take(2).map(|dir| dir.join(&beside)).find(|path| path.is_file());
    found.expect("tongdang-server is not built: run `cargo build -p sync-server` first, or `cargo xtask test`")
}

/// Somebody with the role whose name nobody else has.
fn name(district: &District, role: Role) -> String {
    let alone = |post: &&Post| district.posts.iter().filter(|other| other.person == post.person).count() == 1;
    let post = district.current_posts().filter(|post| post.role == role).find(alone);
    post.expect("somebody with the role").person.clone()
}

fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}
