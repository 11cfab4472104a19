//! `keyward → keyward-web, keyward-persistence → keyward-domain`, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .other_options(vec!["--locked".to_owned(), "--offline".to_owned()])
        .exec()
        .unwrap()
}

/// What each package is built with, dev-dependencies aside.
fn built_with(metadata: &Metadata) -> BTreeMap<&PackageId, BTreeSet<&PackageId>> {
    let nodes = &metadata.resolve.as_ref().unwrap().nodes;
    nodes
        .iter()
        .map(|node| {
            let normal = node.deps.iter().filter(|dep| {
                dep.dep_kinds
                    .iter()
                    .any(|kind| kind.kind != DependencyKind::Development)
            });
            (&node.id, normal.map(|dep| &dep.pkg).collect())
        })
        .collect()
}

fn name<'a>(metadata: &'a Metadata, id: &PackageId) -> &'a str {
    metadata[id].name.as_str()
}

#[test]
fn crates_of_the_workspace_depend_inwards_alone() {
    let metadata = metadata();
    let edges = built_with(&metadata);
    for (package, allowed) in [
        ("keyward-domain", &[][..]),
        ("keyward-web", &["keyward-domain"]),
        ("keyward-persistence", &["keyward-domain"]),
        (
            "keyward",
            &["keyward-domain", "keyward-persistence", "keyward-web"],
        ),
    ] {
        let member = metadata
            .workspace_packages()
            .into_iter()
            .find(|p| p.name == package)
            .unwrap();
        let ours: BTreeSet<&str> = edges[&member.id]
            .iter()
            .map(|id| name(&metadata, id))
            .filter(|name| name.starts_with("keyward"))
            .collect();
        assert_eq!(ours, allowed.iter().copied().collect(), "{package}");
    }
}

#[test]
fn the_domain_is_built_without_io_frameworks() {
    let metadata = metadata();
    let edges = built_with(&metadata);
    let domain = metadata
        .workspace_packages()
        .into_iter()
        .find(|p| p.name == "keyward-domain");
    let mut reached = BTreeSet::new();
    let mut waiting = vec![&domain.unwrap().id];
    while let Some(id) = waiting.pop() {
        if reached.insert(id) {
            waiting.extend(edges[id].iter().copied());
        }
    }
    let names: BTreeSet<&str> = reached.into_iter().map(|id| name(&metadata, id)).collect();
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
        assert!(!names.contains(banned), "keyward-domain reaches {banned}");
    }
    assert!(names.contains("sha2"), "the walk sees dependencies at all");
}
