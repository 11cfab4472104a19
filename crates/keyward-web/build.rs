//! Generates the enum of all messages from the English ones (`build/message_ids.rs`).
//!
//! Embeds the static files, compressed and hashed and with their content types, as the tables
//! `PAGE` and `DOCS` of `static_files.rs` in `OUT_DIR`.
//!
//! `assets/` has the files of the page. The documentation is Swagger UI from the archive in the
//! crate `utoipa-swagger-ui-vendored`, with our API description instead of its example.

#[path = "build/message_ids.rs"]
mod message_ids;

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// Swagger UI's page and the files that it loads.
const DOCS: [&str; 8] = [
    "favicon-16x16.png",
    "favicon-32x32.png",
    "index.css",
    "index.html",
    "swagger-initializer.js",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-ui.css",
];
const EXAMPLE: &str = "https://petstore.swagger.io/v2/swagger.json";

type Files = Vec<(String, Vec<u8>)>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=assets");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut code = String::new();
    let page = page()?;
    writeln!(
        code,
        "pub(crate) const PAGE_VERSION: &str = {:?};",
        version(&page)
    )?;
    code += &table(&out, "PAGE", page)?;
    code += &table(&out, "DOCS", docs()?)?;
    fs::write(out.join("static_files.rs"), code)?;
    fs::write(out.join("message_id.rs"), message_ids::code()?)?;
    Ok(())
}

fn page() -> Result<Files, Box<dyn Error>> {
    let mut files = Files::new();
    for entry in fs::read_dir("assets")? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| format!("{}: no name", name.display()))?;
        files.push((name, fs::read(entry.path())?));
    }
    // The order of files in a folder is undefined.
    files.sort();
    Ok(files)
}

fn docs() -> Result<Files, Box<dyn Error>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let mut files = Files::new();
    for name in DOCS {
        let ending = format!("/dist/{name}");
        let at = (0..archive.len()).find(|at| {
            let file = archive.by_index(*at);
            file.is_ok_and(|file| file.name().is_ok_and(|name| name.ends_with(&ending)))
        });
        let at = at.ok_or_else(|| format!("Swagger UI has no {name}"))?;
        let mut bytes = Vec::new();
        archive.by_index(at)?.read_to_end(&mut bytes)?;
        if name == "swagger-initializer.js" {
            let text = String::from_utf8(bytes)?;
            if !text.contains(EXAMPLE) {
                return Err("Swagger UI has another example URL: update EXAMPLE".into());
            }
            bytes = text.replace(EXAMPLE, "../openapi.json").into_bytes();
        }
        files.push((name.to_owned(), bytes));
    }
    Ok(files)
}

fn table(out: &Path, table: &str, files: Files) -> Result<String, Box<dyn Error>> {
    let folder = out.join(table);
    fs::create_dir_all(&folder)?;
    let mut code = format!("pub(crate) static {table}: &[StaticFile] = &[\n");
    for (name, bytes) in files {
        let hash = hexadecimal(&Sha256::digest(&bytes));
        let content_type =
            content_type(&name).ok_or_else(|| format!("{name}: unknown content type"))?;
        let (plain, gzip) = (folder.join(&name), folder.join(format!("{name}.gz")));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
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

/// Identifies these files among those of other binaries.
fn version(files: &Files) -> String {
    let mut of_all = Sha256::new();
    for (name, bytes) in files {
        of_all.update(name);
        of_all.update(Sha256::digest(bytes));
    }
    hexadecimal(&of_all.finalize())
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

/// Half of a hash is enough to distinguish files.
fn hexadecimal(hash: &[u8]) -> String {
    let mut text = String::new();
    for byte in hash.iter().take(16) {
        // Writing to a `String` can't fail.
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}
