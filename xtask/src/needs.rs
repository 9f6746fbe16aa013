//! Installs what this machine lacks, from the one committed list `xtask/needs.toml`.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

#[derive(Deserialize)]
struct Needs {
    given: Vec<Need>,
    apt: Vec<Need>,
    cargo: Vec<Need>,
}

#[derive(Deserialize)]
struct Need {
    package: String,
    probe: String,
    reason: String,
    version: Option<String>,
    #[serde(default)]
    only: Vec<String>,
}

/// Installs every need without an `only`, and those whose `only` names one of `parts`.
pub fn install(parts: &[&str]) -> Result<()> {
    let needs: Needs = toml::from_str(include_str!("../needs.toml"))?;
    let wanted = |need: &&Need| need.only.is_empty() || need.only.iter().any(|only| parts.contains(&only.as_str()));
    let absent: Vec<String> = needs
        .given
        .iter()
        .filter(wanted)
        .filter(|n| !present(n))
        .map(|n| format!("{} ({})", n.package, n.reason))
        .collect();
    if !absent.is_empty() {
        bail!("please install, then run the command again: {}", absent.join(", "));
    }
    let missing: Vec<&Need> = needs.apt.iter().filter(wanted).filter(|n| !present(n)).collect();
    if !missing.is_empty() {
        apt(&missing)?;
    }
    for need in needs.cargo.iter().filter(wanted).filter(|n| !present(n)) {
        eprintln!("installing {} ({})", need.package, need.reason);
        let version = need.version.as_deref().context("a cargo tool without a version")?;
        let args = ["install", "--locked", &need.package, "--version", version];
        if !Command::new("cargo").args(args).status()?.success() {
            bail!("could not install {} {version}: run `cargo {}`", need.package, args.join(" "));
        }
    }
    Ok(())
}

fn present(need: &Need) -> bool {
    Command::new("sh")
        .args(["-c", &need.probe])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

fn apt(missing: &[&Need]) -> Result<()> {
    let names: Vec<&str> = missing.iter().map(|n| n.package.as_str()).collect();
    let list = names.join(" ");
    for need in missing {
        eprintln!("missing: {} ({})", need.package, need.reason);
    }
    let script = format!(
        "export DEBIAN_FRONTEND=noninteractive; sudo=$([ \"$(id -u)\" = 0 ] || echo 'sudo -n'); \
         $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends {list}"
    );
    let done = Command::new("sh").args(["-c", &script]).status().is_ok_and(|s| s.success());
    if !done || missing.iter().any(|n| !present(n)) {
        bail!("please install these packages, then run the command again: {list}");
    }
    Ok(())
}
