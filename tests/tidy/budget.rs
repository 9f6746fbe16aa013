//! Sizes, headers and names.

use syn::spanned::Spanned as _;
use syn::visit::Visit;

use crate::tree;

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const NAMES: &[&str] = &["utils", "util", "manager", "helper", "helpers", "service", "services", "common", "misc"];

#[test]
fn no_file_is_too_long() {
    let long = tree::rust().into_iter().filter_map(|(path, text)| {
        let lines = text.lines().count();
        (lines > FILE_LINES_MAX).then(|| format!("{}: {lines} lines, at most {FILE_LINES_MAX}", path.display()))
    });
    tree::none("files too long", long.collect());
}

#[test]
fn every_file_says_what_it_is() {
    let silent = tree::rust().into_iter().filter(|(_, text)| !text.starts_with("//! ") || text.starts_with("//! stub"));
    tree::none("files without a //! header", silent.map(|(path, _)| path.display().to_string()).collect());
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let vague = tree::files().into_iter().filter(|path| {
        path.iter().any(|part| {
            let name = part.to_string_lossy();
            let stem = name.split('.').next().unwrap_or_default();
            NAMES.contains(&stem) || stem == "mod"
        })
    });
    tree::none("names that say nothing", vague.map(|p| p.display().to_string()).collect());
}

struct Functions {
    long: Vec<(String, usize)>,
}

impl Functions {
    fn measure(&mut self, name: &syn::Ident, block: &syn::Block) {
        let lines = block.span().end().line + 1 - block.span().start().line;
        if lines > FUNCTION_LINES_MAX {
            self.long.push((name.to_string(), lines));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

#[test]
fn no_function_is_too_long() {
    let mut found = Vec::new();
    for (path, text) in tree::rust() {
        let file = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut functions = Functions { long: Vec::new() };
        functions.visit_file(&file);
        let lines = functions.long.iter().map(|(name, n)| format!("{}: fn {name} has {n} lines", path.display()));
        found.extend(lines);
    }
    tree::none(&format!("functions over {FUNCTION_LINES_MAX} lines"), found);
}

#[test]
fn nothing_is_left_open() {
    let marks =
        [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("TO", "DO"), concat!("FIX", "ME"), "#[ignore"];
    let mut found = Vec::new();
    for (path, text) in tree::rust() {
        for (n, line) in text.lines().enumerate().filter(|(_, line)| marks.iter().any(|m| line.contains(m))) {
            found.push(format!("{}:{}: {}", path.display(), n + 1, line.trim()));
        }
    }
    found.retain(|line| !line.starts_with("tests/tidy/budget.rs"));
    tree::none("left open", found);
}

#[test]
fn no_host_of_a_registry_and_no_path_of_a_machine_is_written_down() {
    let hosts =
        [concat!("://regis", "try."), concat!("://in", "dex."), concat!("://static", "."), concat!("://de", "b.")];
    let paths = [concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/fa", "rm/"), concat!("../sha", "red")];
    let mut found = Vec::new();
    for path in tree::files() {
        let name = path.to_string_lossy().into_owned();
        if name.ends_with(".lock") || name.ends_with("package-lock.json") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(tree::root().join(&path)) else { continue };
        for (n, line) in text.lines().enumerate() {
            if hosts.iter().chain(&paths).any(|bad| line.contains(bad)) {
                found.push(format!("{name}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    tree::none("hosts or machine paths", found);
}
