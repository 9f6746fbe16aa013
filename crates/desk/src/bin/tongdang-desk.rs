//! The loopback shell: the screens in the system's browser. `tongdang-desk [--profile DIR]
//! [--practice] [--no-browser]` prints the address of the first page, good for one visit.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use client::KdfCost;
use desk::keystore::OsKeystore;
use desk::loopback::again::{self, Handed};
use desk::loopback::gate::Gate;
use desk::loopback::{self, Door};
use desk::profile::Profile;
use desk::shell::{Setup, Shell, Then};
use domain::fault::{Code, Fault};

/// Time for the last answer to leave before the process ends.
const FAREWELL: Duration = Duration::from_millis(150);
const USAGE: &str = "用法：tongdang-desk [--profile 文件夹] [--practice] [--no-browser]";

struct Args {
    profile: Option<PathBuf>,
    practice: bool,
    browser: bool,
    again: bool,
}

fn args() -> Option<Args> {
    let mut args = Args { profile: None, practice: false, browser: true, again: false };
    let mut rest = std::env::args_os().skip(1);
    while let Some(arg) = rest.next() {
        match arg.to_str()? {
            "--profile" => args.profile = Some(rest.next()?.into()),
            "--practice" => args.practice = true,
            "--no-browser" => args.browser = false,
            "--again" => args.again = true,
            _ => return None,
        }
    }
    Some(args)
}

fn main() -> ExitCode {
    desk::shell::quiet_panics();
    let Some(args) = args() else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("童档：{}", fault.code.text());
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<(), Fault> {
    let dir = args.profile.or_else(Profile::usual_dir).ok_or(Code::DiskFailed)?;
    let before = Handed::from_before().filter(|_| args.again);
    let listener = loopback::listen(before.as_ref().map_or(0, |before| before.port))?;
    let port = listener.local_addr().map_err(|_| Code::DiskFailed)?.port();
    let gate = Gate::new(port, before.map(|before| before.cookie));
    let handed = Handed { port, cookie: gate.cookie().to_owned() };
    let (news, at) = (loopback::news(), dir.clone());
    let pages = news.clone();
    let shell = Shell::open(Setup {
        dir: dir.clone(),
        practice: args.practice,
        desktop: false,
        cost: KdfCost::STANDARD,
        patient: args.again,
        keystore: Arc::new(OsKeystore),
        tell: Box::new(move |told| loopback::tell(&pages, &told)),
        then: Box::new(move |then| go_on(&handed, &at, then)),
    });
    if let Err(fault) = shell.state() {
        // Open already: show the page of the one that has it.
        if fault.code == Code::AlreadyOpen
            && let Some(url) = again::ask(&dir)
        {
            return show(&url, args.browser);
        }
        return Err(fault);
    }
    if !args.practice {
        again::leave_word(&dir, &gate).map_err(|_| Code::DiskFailed)?;
    }
    if !args.again {
        show(&gate.invite(), args.browser)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|_| Code::DiskFailed)?;
    let door = Door::new(shell, gate, news);
    runtime.block_on(loopback::serve(listener, door)).map_err(|_| Code::DiskFailed.into())
}

fn show(url: &str, browser: bool) -> Result<(), Fault> {
    println!("童档已打开：{url}");
    if browser && again::browse(url).is_err() {
        eprintln!("没有找到浏览器，请把上面的地址复制到浏览器里打开。");
    }
    Ok(())
}

/// Ends this process once the answer under way is out.
fn go_on(handed: &Handed, profile: &std::path::Path, then: Then) {
    let (handed, profile) = (Arc::new(handed.clone()), profile.to_owned());
    std::thread::spawn(move || {
        std::thread::sleep(FAREWELL);
        if then != Then::Quit {
            let failed = handed.become_fresh(&profile, then);
            eprintln!("童档没能重新打开：{failed}");
        }
        std::process::exit(0);
    });
}
