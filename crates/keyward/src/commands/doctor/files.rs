use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use keyward_persistence::DatabaseUrl;

use super::report::Report;
use crate::config::{self, Environment, Listeners, secret_files};

/// Read and write by others than the owner and the group.
const OTHERS: u32 = 0o006;

/// Files with secrets and the SQLite file must not be readable by everyone on this machine. Files that can't be read are
/// faults of the configuration.
pub(super) fn check(environment: &Environment, listeners: Option<&Listeners>, report: &mut Report) {
    for (variable, path) in secret_files(environment) {
        check_mode(&format!("{variable}, {path}"), Path::new(&path), report);
    }
    for listener in listeners
        .into_iter()
        .flat_map(|both| [&both.public, &both.internal])
    {
        if let Some(tls) = &listener.tls {
            let what = format!("the key of a certificate, {}", tls.key.display());
            check_mode(&what, &tls.key, report);
        }
    }
    let url = config::store(environment).map(|store| store.url);
    if let Ok(DatabaseUrl::Sqlite(path)) = url {
        check_mode(&format!("the store, {}", path.display()), &path, report);
    }
}

fn check_mode(what: &str, path: &Path, report: &mut Report) {
    const CHECK: &str = "file rights";
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        report.ok(CHECK, format!("{what}: {mode:04o}"));
    } else {
        report.warning(
            CHECK,
            format!("{what}: {mode:04o}, open to everyone on this machine"),
            format!("chmod o-rwx '{}'", path.display()),
        );
    }
}
