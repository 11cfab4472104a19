//! The files of `assets/`, which `build.rs` embeds.

use keyward_web::StaticFile;

include!(concat!(env!("OUT_DIR"), "/page_files.rs"));
