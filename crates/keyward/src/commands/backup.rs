//! `keyward backup`: a consistent copy of a SQLite store that is in use.

use keyward_persistence::Store;

use crate::cli::BackupArgs;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(store: &Store, args: &BackupArgs) -> Result<(), Failure> {
    store.back_up(&args.file).await?;
    let file = args.file.display();
    let what = format!("can't read {file}");
    let bytes = std::fs::metadata(&args.file)
        .map_err(Failure::io(what))?
        .len();
    output::note(&format!(
        "{file}: {bytes} bytes, complete and checked; keep the heads of the trails in another place: keyward audit heads"
    ))
}
