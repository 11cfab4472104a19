//! What `keyward doctor` says about certificates.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Authority, Issued, start, variables};
use crate::doctor::{Diagnosis, diagnose};
use crate::server::{On, TestStore};

fn diagnose_in(store: &TestStore, folder: &Path, more: &[(&'static str, &str)]) -> Diagnosis {
    let variables = variables(folder, false);
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .chain(more.iter().copied())
        .collect();
    diagnose(store.database.url(), &variables)
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_checks_dates_key_and_rights_of_certificates() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let found = diagnose_in(&store, folder.path(), &[]);
    found.assert(
        "certificates",
        "OK",
        "public listener has its key and is valid for",
    );
    found.assert("certificates", "OK", "internal listener");
    found.assert("file rights", "OK", "the key of a certificate");

    let key = folder.path().join("tls.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let found = diagnose_in(&store, folder.path(), &[]);
    found.assert("file rights", "WARNING", "the key of a certificate");

    authority
        .issue_until("keyward", 2021)
        .write(folder.path(), "tls");
    let found = diagnose_in(&store, folder.path(), &[]);
    assert_eq!(found.code, Some(1));
    found.assert("certificates", "FAILED", "has expired");

    Issued {
        certificate: authority.issue("keyward").certificate,
        key: authority.issue("keyward").key,
    }
    .write(folder.path(), "tls");
    let found = diagnose_in(&store, folder.path(), &[]);
    assert_eq!(found.code, Some(3));
    found.assert("certificates", "FAILED", "is not that of the certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_asks_a_running_node_by_https() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::create();
    authority.issue("keyward").write(folder.path(), "tls");
    let server = start(&store, folder.path(), false);
    let internal = server.internal.to_string();
    let addr = ("KEYWARD_INTERNAL_ADDR", internal.as_str());
    let found = diagnose_in(&store, folder.path(), &[addr]);
    found.assert(
        "internal listener",
        "OK",
        "a node serves there and is ready",
    );
    let other = tempfile::tempdir().unwrap();
    authority.issue("keyward").write(other.path(), "tls");
    let found = diagnose_in(&store, other.path(), &[addr]);
    found.assert("certificates", "WARNING", "shows another one than");
}
