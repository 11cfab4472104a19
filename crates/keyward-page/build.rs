//! Generates the enum of the page's messages from the English file, and embeds the files of
//! `assets/` as the table `FILES`.

#[path = "../keyward-web/build/message_ids.rs"]
mod message_ids;
#[path = "../keyward-web/build/static_files.rs"]
mod static_files;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use sha2::{Digest as _, Sha256};

use self::static_files::{Files, hexadecimal, table};

const VERSION_BYTES: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../keyward-web/build");
    println!("cargo::rerun-if-changed=assets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let files = files()?;
    let version = version(&files);
    let table = table(&out, "FILES", &files)?;
    let code = format!(
        "/// Identifies the version of all files of the page.\npub(crate) const VERSION: &str = {version:?};\n{table}"
    );
    fs::write(out.join("page_files.rs"), code)?;
    fs::write(out.join("message_id.rs"), message_ids::code("pub(crate)")?)?;
    Ok(())
}

fn files() -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    for entry in fs::read_dir("assets")? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| format!("{}: no name", name.display()))?;
        files.push((name, fs::read(entry.path())?));
    }
    // The operating system returns them in any order.
    files.sort();
    Ok(files)
}

/// One version for all files: a script imports another one by name only, so its own version would
/// not be in that address.
fn version(files: &Files) -> String {
    let mut of_all = Sha256::new();
    for (name, bytes) in files {
        of_all.update(name);
        of_all.update(Sha256::digest(bytes));
    }
    // Every page has it many times, so it is short.
    let digest = of_all.finalize();
    hexadecimal(digest.get(..VERSION_BYTES).unwrap_or(&digest))
}
