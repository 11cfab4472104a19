//! `keyward → keyward-page → keyward-web → keyward-guard → keyward-domain` and `keyward →
//! keyward-persistence → keyward-domain` and `keyward → keyward-webhooks → keyward-domain`, and nothing else. A guarded service builds few crates.
//!
//! Read from the workspace's manifests and Cargo.lock, which always exist. Manifests of other
//! packages may be missing, such as those for other systems.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn members() -> Metadata {
    MetadataCommand::new()
        .manifest_path(Path::new(ROOT).join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--locked".to_owned(), "--offline".to_owned()])
        .exec()
        .unwrap()
}

/// The dependencies in a member's manifest for any system and any feature, without
/// dev-dependencies.
fn named_by<'a>(members: &'a Metadata, package: &str) -> BTreeSet<&'a str> {
    let mut members = members.packages.iter();
    let member = members.find(|found| found.name == package).unwrap();
    let built_with = member
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development);
    built_with
        .map(|dependency| dependency.name.as_str())
        .collect()
}

/// The dependencies of each package in Cargo.lock, with all versions, systems and features
/// together.
fn locked(lock: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut locked: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let mut lines = package.lines();
        let name = lines.find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        let dependencies = lines
            .skip_while(|line| *line != "dependencies = [")
            .filter_map(|line| line.strip_prefix(" \"")?.strip_suffix("\","))
            .map(|dependency| dependency.split(' ').next().unwrap());
        locked
            .entry(name.unwrap())
            .or_default()
            .extend(dependencies);
    }
    locked
}

#[test]
fn crates_of_the_workspace_depend_inwards_alone() {
    let members = members();
    for (package, allowed) in [
        ("keyward-domain", &[][..]),
        ("keyward-guard", &["keyward-domain"]),
        ("keyward-web", &["keyward-domain", "keyward-guard"]),
        ("keyward-page", &["keyward-domain", "keyward-web"]),
        ("keyward-persistence", &["keyward-domain"]),
        ("keyward-webhooks", &["keyward-domain"]),
        (
            "keyward",
            &[
                "keyward-domain",
                "keyward-page",
                "keyward-persistence",
                "keyward-web",
                "keyward-webhooks",
            ],
        ),
    ] {
        let ours: BTreeSet<&str> = named_by(&members, package)
            .into_iter()
            .filter(|name| name.starts_with("keyward"))
            .collect();
        assert_eq!(ours, allowed.iter().copied().collect(), "{package}");
    }
}

#[test]
fn no_crate_is_built_with_what_is_for_tests() {
    for member in members().packages {
        let built_with = member
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development);
        for dependency in built_with {
            let is_for_tests = dependency.features.iter().any(|name| name == "testing");
            assert!(!is_for_tests, "{}: {}", member.name, dependency.name);
        }
        let by_default = member.features.get("default").into_iter().flatten();
        assert_eq!(by_default.count(), 0, "{}", member.name);
    }
}

#[test]
fn the_domain_is_built_without_io_frameworks() {
    let lock = std::fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).unwrap();
    let locked = locked(&lock);
    let members = members();
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&str> = named_by(&members, "keyward-domain").into_iter().collect();
    while let Some(name) = waiting.pop() {
        if reached.insert(name) {
            waiting.extend(locked[name].iter().copied());
        }
    }
    for banned in [
        "actix-web",
        "actix-http",
        "diesel",
        "diesel-async",
        "tokio",
        "serde_json",
        "http",
        "reqwest",
    ] {
        assert!(!reached.contains(banned), "keyward-domain reaches {banned}");
        assert!(locked.contains_key(banned), "{banned} is not in Cargo.lock");
    }
    let indirect = "typenum";
    assert!(
        reached.contains(indirect),
        "no indirect dependency was found"
    );
}

/// All crates that the guard is built with on this system, with these features.
fn guard_with(features: &str) -> BTreeSet<String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(ROOT);
    tree.args(["tree", "--locked", "--offline", "--package=keyward-guard"]);
    tree.args(["--edges=normal", "--prefix=none", "--no-dedupe"]);
    let output = tree.arg("--features").arg(features).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    let packages = String::from_utf8(output.stdout).unwrap();
    packages.lines().map(str::to_owned).collect()
}

fn has(packages: &BTreeSet<String>, name: &str) -> bool {
    let mut names = packages
        .iter()
        .filter_map(|package| package.split(' ').next());
    names.any(|found| found == name)
}

#[test]
fn a_guarded_service_builds_what_it_asks_for() {
    let frameworks = [
        "actix-web",
        "http",
        "hyper",
        "rustls",
        "tokio",
        "tower-layer",
    ];
    let plain = guard_with("");
    for framework in frameworks {
        assert!(!has(&plain, framework), "{framework} without any feature");
    }
    for (feature, brings) in [
        ("actix", &["actix-web", "http", "tokio"][..]),
        ("tower", &["http", "tower-layer"]),
        ("http-client", &["http", "hyper", "rustls", "tokio"]),
        ("local", &["http", "hyper", "rustls", "tokio"]),
    ] {
        let packages = guard_with(feature);
        for framework in frameworks {
            let is_meant = brings.contains(&framework);
            assert_eq!(
                has(&packages, framework),
                is_meant,
                "{feature}: {framework}"
            );
        }
        for banned in ["axum", "diesel", "keyward-web", "reqwest", "tower"] {
            assert!(!has(&packages, banned), "{feature}: {banned}");
        }
    }
}

#[test]
fn a_service_that_asks_a_node_builds_fewer_than_90_crates() {
    let packages = guard_with("tower,http-client");
    assert!(
        has(&packages, "keyward-domain"),
        "cargo tree shows no dependency"
    );
    let count = packages.len();
    assert!(count < 90, "{count}: {packages:#?}");
}
