//! Writes a synthetic district to a folder: 台账.xlsx, 组织.xlsx, truth.json. It must not know
//! any server: what reads the files is somebody else's business.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use domain::day::Day;
use tongdang_tests::synth::{self, Scale, ledger, org_book};

const USAGE: &str = "用法：synth [--scale district|county|small] [--seed N] [--on YYYY-MM-DD] [--clean] --out 文件夹";

struct Order {
    scale: Scale,
    seed: u64,
    on: Day,
    dirty: bool,
    out: PathBuf,
}

fn order(args: impl Iterator<Item = String>) -> anyhow::Result<Order> {
    let (mut scale, mut seed, mut on, mut dirty, mut out) = (Scale::district(), 1, synth::as_of(), true, None);
    let mut args = args;
    while let Some(arg) = args.next() {
        let mut value = || args.next().context(USAGE);
        match arg.as_str() {
            "--scale" => {
                scale = match value()?.as_str() {
                    "district" => Scale::district(),
                    "county" => Scale::county(),
                    "small" => Scale::small(2, 6),
                    _ => bail!(USAGE),
                }
            }
            "--seed" => seed = value()?.parse().context(USAGE)?,
            "--on" => on = value()?.parse().context(USAGE)?,
            "--clean" => dirty = false,
            "--out" => out = Some(PathBuf::from(value()?)),
            _ => bail!(USAGE),
        }
    }
    Ok(Order { scale, seed, on, dirty, out: out.context(USAGE)? })
}

fn main() -> anyhow::Result<()> {
    let Order { scale, seed, on, dirty, out } = order(std::env::args().skip(1))?;
    let district = synth::make(scale, seed, on);
    let ledger = ledger::write(&district, dirty)?;
    std::fs::create_dir_all(&out).with_context(|| format!("建不了文件夹 {}", out.display()))?;
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(out.join(name), bytes).with_context(|| format!("写不了 {name}，请检查磁盘空间和权限"))
    };
    write("台账.xlsx", &ledger.bytes)?;
    write("组织.xlsx", &org_book::write(&district)?)?;
    write("truth.json", &serde_json::to_vec_pretty(&ledger.truth)?)
}
