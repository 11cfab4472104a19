//! Files of different top-level folders never import each other in a circle, so that a reader can
//! read a file without the files that depend on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Files by module path, with the modules that each imports.
struct Imports(BTreeMap<String, BTreeSet<String>>);

impl Imports {
    fn of(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(root, root, &mut files);
        let known: BTreeSet<String> = files.keys().cloned().collect();
        let imports = files.into_iter().map(|(module, source)| {
            let mut imported = BTreeSet::new();
            let paths = imported_paths(&source);
            let modules = paths.iter().filter(|path| is_rooted(path));
            let modules: Vec<Vec<String>> = modules.map(|path| absolute(&module, path)).collect();
            for path in &paths {
                let path = if is_rooted(path) {
                    absolute(&module, path)
                } else {
                    through(&module, path, &modules, &known)
                };
                imported.extend(file_of(&path, &known));
            }
            imported.remove(&module);
            (module, imported)
        });
        Self(imports.collect())
    }

    /// All modules that a module imports, directly or not.
    fn reachable<'a>(&'a self, from: &str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let imported = |module: &str| self.0.get(module).into_iter().flatten();
        let mut open: Vec<&'a str> = imported(from).map(String::as_str).collect();
        while let Some(module) = open.pop() {
            if reached.insert(module) {
                open.extend(imported(module).map(String::as_str));
            }
        }
        reached
    }

    /// Pairs of files in different folders that import each other, directly or not.
    fn circles(&self) -> Vec<(String, String)> {
        let reachable: BTreeMap<&str, BTreeSet<&str>> = self
            .0
            .keys()
            .map(|module| (module.as_str(), self.reachable(module)))
            .collect();
        let mut circles = Vec::new();
        for (one, reached) in &reachable {
            for other in reached {
                let is_circle =
                    one < other && reachable.get(other).is_some_and(|back| back.contains(one));
                if is_circle && folder(one) != folder(other) {
                    circles.push(((*one).to_owned(), (*other).to_owned()));
                }
            }
        }
        circles
    }
}

/// The folder of a file; a file with a folder of its name (`cli.rs` and `cli/`) belongs to that
/// folder.
fn folder(module: &str) -> &str {
    module.split("::").next().unwrap()
}

fn collect(root: &Path, at: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if matches!(name, "tests" | "testing" | "main" | "lib") {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = path.strip_prefix(root).unwrap().with_extension("");
            let parts = module.iter().map(|part| part.to_str().unwrap());
            let source = std::fs::read_to_string(&path).unwrap();
            let source = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
            let code = source
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            files.insert(
                parts.collect::<Vec<_>>().join("::"),
                code.collect::<Vec<_>>().join("\n"),
            );
        }
    }
}

/// The paths in all `use` items and all expressions.
fn imported_paths(source: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut code = String::new();
    let mut rest = source;
    while let Some(at) = rest.find("use ") {
        code.push_str(&rest[..at]);
        // Skips a match at the end of a longer word.
        if rest[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            rest = &rest[at + 4..];
            continue;
        }
        let (tree, after) = rest[at + 4..]
            .split_once(';')
            .unwrap_or((&rest[at + 4..], ""));
        expand("", tree, &mut paths);
        rest = after;
    }
    code.push_str(rest);
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':');
    let words = code.split(|character| !is_part(character));
    paths.extend(words.filter(|word| word.contains("::")).map(str::to_owned));
    paths
}

fn is_rooted(path: &str) -> bool {
    matches!(path.split("::").next(), Some("crate" | "self" | "super"))
}

/// A path that begins with a child of the module, or with a module that it imports.
fn through(
    module: &str,
    path: &str,
    modules: &[Vec<String>],
    known: &BTreeSet<String>,
) -> Vec<String> {
    let parts: Vec<String> = path.split("::").map(str::to_owned).collect();
    let first = &parts[0];
    if known.contains(&format!("{module}::{first}")) {
        let here = module.split("::").map(str::to_owned);
        return here.chain(parts).collect();
    }
    let imported = modules
        .iter()
        .find(|imported| imported.last() == Some(first));
    let rest = parts[1..].iter().cloned();
    imported.map_or_else(Vec::new, |imported| {
        imported.iter().cloned().chain(rest).collect()
    })
}

/// Expands `a::{b, c::d}` to `a::b` and `a::c::d`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let mut depth = 0;
    let branches = tree.split(|character| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    });
    for branch in branches.map(str::trim).filter(|branch| !branch.is_empty()) {
        if let Some((head, inner)) = branch.split_once('{') {
            expand(
                &format!("{prefix}{head}"),
                inner.trim_end().trim_end_matches('}'),
                paths,
            );
        } else {
            let path = branch.split_whitespace().next().unwrap();
            paths.push(format!("{prefix}{path}"));
        }
    }
}

fn absolute(module: &str, path: &str) -> Vec<String> {
    let mut here: Vec<&str> = module.split("::").collect();
    let mut parts: Vec<&str> = path.split("::").filter(|part| !part.is_empty()).collect();
    match parts.remove(0) {
        "crate" => here.clear(),
        "super" => {
            here.pop();
            while parts.first() == Some(&"super") {
                here.pop();
                parts.remove(0);
            }
        }
        _ => {}
    }
    here.into_iter().chain(parts).map(str::to_owned).collect()
}

/// The file of a path.
fn file_of(path: &[String], known: &BTreeSet<String>) -> Option<String> {
    let heads = (1..=path.len())
        .rev()
        .map(|length| path[..length].join("::"));
    heads.into_iter().find(|head| known.contains(head))
}

#[test]
fn files_of_different_folders_import_each_other_in_no_circle() {
    let crates = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for name in [
        "keyward-domain",
        "keyward-page",
        "keyward-guard",
        "keyward-persistence",
        "keyward-web",
        "keyward",
    ] {
        let imports = Imports::of(&crates.join(name).join("src"));
        assert!(
            imports.0.values().any(|imported| imported.len() > 3),
            "{name}"
        );
        assert_eq!(imports.circles(), [], "{name}");
    }
}

#[test]
fn a_circle_would_be_found() {
    let known = |modules: &[(&str, &[&str])]| {
        let set = |imported: &[&str]| imported.iter().map(|module| (*module).to_owned()).collect();
        Imports(
            modules
                .iter()
                .map(|(module, imported)| ((*module).to_owned(), set(imported)))
                .collect(),
        )
    };
    let imports = known(&[
        ("a::x", &["b"]),
        ("b", &["b::y"]),
        ("b::y", &["a::z"]),
        ("a::z", &["a::x"]),
    ]);
    assert!(
        imports
            .circles()
            .contains(&("a::x".to_owned(), "b".to_owned()))
    );
    let imports = known(&[("a", &["a::x"]), ("a::x", &["a"]), ("b", &["a"])]);
    assert_eq!(imports.circles(), []);
    assert_eq!(
        imported_paths("use crate::a::{b, c::{D, self}};\nlet x = super::e::f(1);"),
        [
            "crate::a::b",
            "crate::a::c::D",
            "crate::a::c::self",
            "super::e::f",
        ]
    );
}
