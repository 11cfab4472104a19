//! Migrations are embedded at compile time, so a new migration must trigger a build.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
