//! The files of `assets/`, as `build.rs` has put them into the binary.

use keyward_web::StaticFile;

include!(concat!(env!("OUT_DIR"), "/page_files.rs"));
