//! The files of the screens: embedded with the feature `embed`, else read from `ui/dist` as it is
//! now, so that a rebuilt screen is seen at once.

use std::borrow::Cow;

include!(concat!(env!("OUT_DIR"), "/screens.rs"));

/// A file of the screens and its media type; `index.html` for the root.
pub(super) fn find(path: &str) -> Option<(&'static str, Cow<'static, [u8]>)> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
    if !plain || name.split('/').any(|part| part.starts_with('.') || part.is_empty()) {
        return None;
    }
    Some((kind(name)?, bytes(name)?))
}

fn bytes(name: &str) -> Option<Cow<'static, [u8]>> {
    if cfg!(feature = "embed") {
        let found = SCREENS.iter().find(|(path, _)| *path == name);
        return found.map(|(_, bytes)| Cow::Borrowed(*bytes));
    }
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    std::fs::read(dist.join(name)).ok().map(Cow::Owned)
}

fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" => "application/json",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_screens() {
        for path in
            ["/../Cargo.toml", "/..%2fCargo.toml", "/assets/../../package.json", "//etc/passwd", "/.git", "/a\\b.js"]
        {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
