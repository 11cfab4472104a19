use keyward_domain::ports::{Clock as _, KeyLifetimes as _, LongLived};
use keyward_domain::{ApiKey, WorkspaceId};
use keyward_persistence::Store;

use super::row::{HEADERS_WITH_WORKSPACE, Row};
use crate::cli::Format;
use crate::failure::Failure;
use crate::output::{self, PAGE, Rows};
use crate::progress::Progress;
use crate::wiring;

/// Lists these keys, page by page.
pub(super) async fn run(
    store: &Store,
    which: LongLived,
    workspace: Option<WorkspaceId>,
    format: Format,
) -> Result<(), Failure> {
    let now = wiring::clock(store).now();
    let mut rows = Rows::new(format, &HEADERS_WITH_WORKSPACE);
    // On a terminal, the rows themselves are the progress.
    let mut progress = (!output::is_terminal()).then(|| Progress::begin("keys", None));
    let mut after = None;
    loop {
        let keys = store.long_lived(which, workspace.clone(), after, PAGE);
        let keys = keys.await?;
        after = keys.last().map(ApiKey::id);
        let page: Vec<Row<'_>> = keys.iter().map(|key| Row::of(key, now)).collect();
        rows.write(&page, Row::cells_with_workspace)?;
        if let Some(progress) = &mut progress {
            progress.add(u64::try_from(page.len()).unwrap_or(u64::MAX))?;
        }
        if after.is_none() {
            if let Some(progress) = progress {
                progress.finish();
            }
            return rows.finish();
        }
    }
}
