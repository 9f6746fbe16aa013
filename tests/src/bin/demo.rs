//! The demo from the command line: `[--headless] [--json]`, and the hidden parts of the actor and
//! the keeper. It must not hold the play.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use tongdang_tests::demo::{self, actor, centre, order};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("演示没有成功：{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [word, dir] = &args[..]
        && word == order::ACTOR
    {
        return actor::act(PathBuf::from(dir));
    }
    if let [word, command @ ..] = &args[..]
        && word == centre::KEEPER
    {
        return centre::keep(command);
    }
    let known = ["--headless", "--json"];
    if let Some(strange) = args.iter().find(|arg| !known.contains(&arg.as_str())) {
        bail!("不认识的参数 {strange}；用法：cargo xtask demo [--headless] [--json]");
    }
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let figures = demo::play(display && !args.iter().any(|arg| arg == "--headless"))?;
    if args.iter().any(|arg| arg == "--json") {
        println!("{}", serde_json::to_string(&figures)?);
    }
    Ok(())
}
