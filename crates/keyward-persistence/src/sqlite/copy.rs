//! A consistent copy of a database in use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::Opener;
use crate::error::Cause;

/// A copy that SQLite finds damaged.
#[derive(Debug, thiserror::Error)]
#[error("the copy is damaged, and so probably is the database: {0}")]
struct Damaged(String);

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

#[derive(QueryableByName)]
struct Orphan {
    #[diesel(sql_type = Text)]
    table: String,
}

/// Writes a copy with all committed changes to a new file. Writers continue meanwhile. The file only
/// gets its name when it is complete, checked and on the disk.
pub(super) fn write(opener: &Opener, to: &Path) -> Result<(), Cause> {
    if to.exists() {
        return Err(format!("{} exists; choose another name", to.display()).into());
    }
    let partial = PathBuf::from(format!("{}.partial", to.display()));
    // What an interrupted run has left.
    if partial.exists() {
        fs::remove_file(&partial)?;
    }
    let written = write_checked(opener, &partial);
    if written.is_err() {
        // The first error matters.
        let _best_effort = fs::remove_file(&partial);
        return written;
    }
    fs::rename(&partial, to)?;
    let folder = match to.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn write_checked(opener: &Opener, partial: &Path) -> Result<(), Cause> {
    let copy = Opener::new(partial.to_owned(), opener.busy_timeout())?;
    // Only the owner may read it. SQLite accepts an empty file.
    copy.create_file()?;
    let mut source = opener.copying()?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(copy.name())
        .execute(&mut source)?;
    check(copy.name())?;
    File::open(partial)?.sync_all()?;
    Ok(())
}

/// Reads the whole copy.
fn check(name: &str) -> Result<(), Cause> {
    let mut copy = SqliteConnection::establish(name)?;
    let findings: Vec<Finding> = diesel::sql_query("PRAGMA integrity_check").load(&mut copy)?;
    if let Some(finding) = findings.iter().find(|one| one.integrity_check != "ok") {
        return Err(Damaged(finding.integrity_check.clone()).into());
    }
    let orphans = "SELECT \"table\" FROM pragma_foreign_key_check";
    let orphans: Vec<Orphan> = diesel::sql_query(orphans).load(&mut copy)?;
    match orphans.first() {
        Some(orphan) => {
            Err(Damaged(format!("a row of {} belongs to nothing", orphan.table)).into())
        }
        None => Ok(()),
    }
}
