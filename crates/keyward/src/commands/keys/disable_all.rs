use keyward_domain::usecases::{ChangeError, ManageApiKeys, Precondition, Target};
use keyward_domain::{ApiKey, ApiKeyFilter, ApiKeyListing, Origin, OwnedWorkspace, Sort};

use super::list::all_pages;
use super::row::{self, Row};
use crate::cli::DisableArgs;
use crate::cli::Format;
use crate::failure::Failure;
use crate::output;
use crate::progress::Progress;

/// Disables all enabled keys, one by one. After an interruption the disabled ones stay disabled,
/// and a second run continues.
pub(super) async fn run(
    manage: &ManageApiKeys,
    workspace: &OwnedWorkspace,
    origin: &Origin,
    args: &DisableArgs,
) -> Result<(), Failure> {
    let now = manage.clock.now();
    let listed = all_pages(async |page| {
        let listing = ApiKeyListing {
            filter: ApiKeyFilter::default(),
            sort: Sort::default(),
            page,
            now,
        };
        manage.list(workspace, &listing).await
    });
    let mut keys: Vec<ApiKey> = listed.await?;
    keys.retain(|key| !key.fields().is_disabled);
    let what = format!(
        "{} keys of workspace {}",
        keys.len(),
        workspace.workspace_id()
    );
    if args.dry_run {
        let rows: Vec<Row<'_>> = keys.iter().map(|key| Row::of(key, now)).collect();
        row::write(Format::Table, &rows)?;
        return output::note(&format!("would disable {what}"));
    }
    output::confirm(&format!("Disable {what}?"), args.yes)?;
    let mut progress = Progress::begin("disabling", u64::try_from(keys.len()).ok());
    let mut disabled = 0_u64;
    for key in keys {
        let target = Target {
            workspace,
            api_key_id: key.id(),
            precondition: &Precondition::Anything,
            origin,
        };
        match manage.disable(target.supervised()).await {
            Ok(()) => disabled += 1,
            // It was deleted in the meantime.
            Err(ChangeError::NotFound) => {}
            Err(error) => return Err(super::refusal(error, key.id())),
        }
        progress.add(1)?;
    }
    progress.finish();
    output::note(&format!(
        "disabled {disabled} keys of workspace {}",
        workspace.workspace_id()
    ))
}
