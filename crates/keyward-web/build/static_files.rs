//! Embeds static files in the binary: compressed, hashed, and with their content types.
//! `keyward-page` uses this file too.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// Names and contents.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// The code of a table of these files. Their contents are written to `out`.
pub(crate) fn table(out: &Path, table: &str, files: &Files) -> Result<String, Box<dyn Error>> {
    let folder = out.join(table);
    fs::create_dir_all(&folder)?;
    let mut code = format!("pub(crate) static {table}: &[StaticFile] = &[\n");
    for (name, bytes) in files {
        let hash = hexadecimal(&Sha256::digest(bytes));
        let content_type =
            content_type(name).ok_or_else(|| format!("{name}: unknown file type"))?;
        let (plain, gzip) = (folder.join(name), folder.join(format!("{name}.gz")));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes)?;
        fs::write(&gzip, encoder.finish()?)?;
        fs::write(&plain, bytes)?;
        writeln!(
            code,
            "StaticFile {{ name: {name:?}, content_type: {content_type:?}, hash: {hash:?}, \
             plain: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            plain.to_str().ok_or("OUT_DIR is not UTF-8")?,
            gzip.to_str().ok_or("OUT_DIR is not UTF-8")?,
        )?;
    }
    code += "];\n";
    Ok(code)
}

fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "png" => Some("image/png"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// The first half of a hash in hexadecimal digits, which is enough to distinguish files.
pub(crate) fn hexadecimal(hash: &[u8]) -> String {
    let mut text = String::new();
    for byte in hash.iter().take(16) {
        // Writing into a String can't fail.
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}
