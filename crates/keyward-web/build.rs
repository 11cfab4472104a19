//! Generates the enum of all messages from the English file (`build/message_ids.rs`).
//!
//! Embeds Swagger UI as the table `DOCS` of static files (`build/static_files.rs`). Its files come
//! from the archive in the crate `utoipa-swagger-ui-vendored`, with our API description instead of
//! the example.

#[path = "build/message_ids.rs"]
mod message_ids;
#[path = "build/static_files.rs"]
mod static_files;

use std::error::Error;
use std::io::{Cursor, Read as _};
use std::path::PathBuf;
use std::{env, fs};

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

use self::static_files::Files;

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

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let docs = static_files::table(&out, "DOCS", &docs()?)?;
    fs::write(out.join("docs_files.rs"), docs)?;
    fs::write(out.join("message_id.rs"), message_ids::code("pub")?)?;
    Ok(())
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
