//! With the feature `embed`: the built screens as a table of paths and bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut table =
        String::from("/// The screens: path below the root, bytes.\nconst SCREENS: &[(&str, &[u8])] = &[\n");
    if env::var_os("CARGO_FEATURE_EMBED").is_some() {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
        println!("cargo::rerun-if-changed={}", dist.display());
        let mut files = Vec::new();
        gather(&dist, &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(&dist).map_err(io::Error::other)?;
            let name = name.to_string_lossy().replace('\\', "/");
            writeln!(table, "    ({name:?}, include_bytes!({:?})),", file.canonicalize()?).map_err(io::Error::other)?;
        }
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("screens.rs"), table)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { gather(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
