//! The TypeScript of the calls of a door: types, names, arguments, answers, tags listened to.
//! For tests that compare it with what is committed; the product never writes files of its source.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

/// What is collected: each type once, each call once.
pub struct Book {
    config: Config,
    types: BTreeMap<String, String>,
    calls: Vec<(String, String, String, Vec<&'static str>)>,
}

impl Book {
    /// An empty one.
    pub fn new() -> Self {
        let config = Config::new().with_large_int("number");
        Self { config, types: BTreeMap::new(), calls: Vec::new() }
    }

    /// Takes down a type that no call needs.
    pub fn also<T: TS + 'static>(&mut self) {
        self.visit::<T>();
    }

    /// Takes down a call and every type it needs.
    pub fn call<A: TS + 'static, O: TS + 'static>(&mut self, name: &str, listens: &[&'static str]) {
        self.visit::<A>();
        self.visit::<O>();
        let (args, out) = (A::name(&self.config), O::name(&self.config));
        self.calls.push((name.to_owned(), args, out, listens.to_vec()));
    }

    /// The file of one room's calls, which TypeScript knows as `calls`.
    pub fn text(&self, room: &str, source: &str, calls: &str) -> String {
        let mut out = format!(
            "// Written by `cargo test -p {room}` with TONGDANG_BINDINGS=write; do not edit.\n// Every call of the {room}: see {source}.\n\n",
        );
        for declaration in self.types.values() {
            writeln!(out, "export {declaration}\n").expect("a string takes text");
        }
        writeln!(out, "/** Arguments and answer of every call. */\nexport type {calls} = {{")
            .expect("a string takes text");
        for (name, args, answer, _) in &self.calls {
            writeln!(out, "  \"{name}\": {{ args: {args}; answer: {answer} }};").expect("a string takes text");
        }
        out.push_str("};\n");
        if self.calls.iter().all(|(.., tags)| tags.is_empty()) {
            return out;
        }
        out.push_str("\n/** Tags after which a call's answer may be another one. */\n");
        out.push_str("export const listens: { readonly [name in keyof Calls]: readonly string[] } = {\n");
        for (name, _, _, tags) in &self.calls {
            writeln!(out, "  \"{name}\": {tags:?},").expect("a string takes text");
        }
        out.push_str("};\n");
        out
    }
}

impl Default for Book {
    fn default() -> Self {
        Self::new()
    }
}

impl TypeVisitor for Book {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only types of the house have a file of their own; the others are spelled where they stand.
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            let declaration = T::decl(&self.config);
            if let Some(known) = self.types.get(&name) {
                assert_eq!(known, &declaration, "two types are called {name}");
                return;
            }
            self.types.insert(name, declaration);
            T::visit_dependencies(self);
        }
        T::visit_generics(self);
    }
}
