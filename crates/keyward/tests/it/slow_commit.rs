//! A disk whose fsync takes longer than any call may take.

use std::path::Path;
use std::process::Command;

use crate::nodes::{change, created, decision, until};
use crate::server::{On, TestServer, TestStore};
use crate::tokens;

/// An fsync that waits while a certain file exists. The store's deadline is 5 s.
const LIBRARY: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slow(const char *name, int fd) {
    const char *file = getenv("STALL_FILE");
    while (file && access(file, F_OK) == 0)
        usleep(10000);
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fsync(int fd) { return slow("fsync", fd); }
int fdatasync(int fd) { return slow("fdatasync", fd); }
"#;

fn library(folder: &Path) -> String {
    let (source, library) = (folder.join("stall.c"), folder.join("stall.so"));
    std::fs::write(&source, LIBRARY).unwrap();
    let compiler = std::env::var("CC").unwrap_or_else(|_unset| "cc".to_owned());
    let built = Command::new(compiler)
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .status();
    assert!(built.unwrap().success());
    library.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_commit_outlasts_its_deadline_counts_once_it_is_made() {
    let store = TestStore::create(On::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let stall = folder.path().join("stall");
    let server = TestServer::start_with(
        &store.database,
        &[
            ("KEYWARD_JWT_SECRET", tokens::SECRET),
            ("LD_PRELOAD", &library(folder.path())),
            ("STALL_FILE", stall.to_str().unwrap()),
        ],
    );
    let (id, secret) = created(&server);
    assert_eq!(decision(&server, &secret), "VALID");

    std::fs::write(&stall, "").unwrap();
    let disabled = server.owner("POST", &format!("/{id}/disable")).send();
    disabled.assert("a commit that stalls", 503, "5030");
    std::fs::remove_file(&stall).unwrap();
    let status = || {
        let key = server.owner("GET", &format!("/{id}")).send().json();
        key["data"]["status"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    until(|| status() == "DISABLED", "the commit ends");
    assert_eq!(decision(&server, &secret), "DISABLED");
    // Repeating it has no effect and the same response.
    change(&server, "POST", &format!("/{id}/disable"));
    assert_eq!(decision(&server, &secret), "DISABLED");
}
