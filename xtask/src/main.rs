//! The house's own commands: `cargo xtask <command>`. Installs, builds, starts; must not import product crates.

mod needs;
mod package;
mod pictures;
mod planted;
mod run;
mod screens;
mod test;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask demo [--headless] [--json]       a district's working day, end to end, on this machine;
                                             then, where there is a display, three of its windows
cargo xtask package                          the window as a .deb, without a network
cargo xtask test [--only PART]               everything CI runs; PART is one of
                                             fmt clippy deny tidy unit story sim wire fuzz demo ui shots e2e
cargo xtask pictures                         the manual's pictures, taken anew
cargo xtask sim --seeds N [--from S]         the simulated district, more seeds
cargo xtask prove doors [--posts N] [--seconds S]   strangers at a real server's doors beside an honest desk
cargo xtask bench [--directors N] [--json]   the district day against its targets
cargo xtask synth [--scale district|county|small] [--seed N] --out DIR   synthetic workbooks
cargo xtask fuzz [--seconds N]               the fuzz targets
cargo xtask planted [NN…]                    plants known bugs one by one; a check must catch each
cargo xtask dict                             trains the wire dictionary anew (changes the wire: see docs/PROTOCOL.md)";

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match command.as_str() {
        "demo" => {
            if package::shown(&rest) {
                needs::install(&["ui", "window"])?;
                screens::build()?;
                run::build(run::Speed::Dev, run::WINDOW)?;
            }
            needs::install(&[])?;
            run::build(run::Speed::Dev, run::SERVER)?;
            run::actor(run::Speed::Dev, "demo", &rest)
        }
        "package" => package::run(&rest),
        "test" => test::run(&rest),
        "pictures" => pictures::take(),
        "sim" => {
            needs::install(&[])?;
            run::actor(run::Speed::Release, "sim", &rest)
        }
        "prove" => {
            needs::install(&[])?;
            run::build(run::Speed::Dev, run::SERVER)?;
            run::build(run::Speed::Dev, run::KEEPER)?;
            run::actor(run::Speed::Dev, "prove", &rest)
        }
        "bench" => {
            needs::install(&["ui", "window", "e2e"])?;
            screens::build()?;
            run::build(run::Speed::Release, run::DRIVEN)?;
            run::build(run::Speed::Release, run::SERVER)?;
            run::bench(&rest)
        }
        "synth" => run::actor(run::Speed::Dev, "synth", &rest),
        "dict" => run::actor(run::Speed::Release, "train_dict", &rest),
        "fuzz" => {
            needs::install(&["fuzzing"])?;
            run::fuzz(&rest)
        }
        "planted" => {
            needs::install(&[])?;
            planted::run(&rest)
        }
        "" | "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => bail!("no such command: {other}\n{HELP}"),
    }
}
