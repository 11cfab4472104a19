//! `keyward events`: shows published events.

use std::time::Duration;

use keyward_domain::ports::EventLog as _;
use keyward_domain::{PublishedEvent, WorkspaceId};
use keyward_persistence::Store;
use keyward_web::published_event_json;

use crate::cli::EventsCommand;
use crate::failure::Failure;
use crate::{output, shutdown};

const BATCH: u32 = 500;

/// How often the log is read while there are no new events.
const POLL_EVERY: Duration = Duration::from_millis(500);

pub(super) async fn run(store: &Store, command: EventsCommand) -> Result<(), Failure> {
    let EventsCommand::Tail {
        after,
        workspace,
        follow,
    } = command;
    let mut interrupted = std::pin::pin!(shutdown::requested()?);
    let mut after = after.min(i64::MAX.unsigned_abs());
    loop {
        let events = read(store, workspace.as_ref(), after).await?;
        for event in &events {
            output::line(&published_event_json(event))?;
            after = match workspace {
                Some(_) => event.sequence.unwrap_or(after),
                None => event.position,
            };
        }
        if !events.is_empty() {
            continue;
        }
        if !follow {
            return Ok(());
        }
        tokio::select! {
            _request = &mut interrupted => return Ok(()),
            () = tokio::time::sleep(POLL_EVERY) => {}
        }
    }
}

async fn read(
    store: &Store,
    workspace: Option<&WorkspaceId>,
    after: u64,
) -> Result<Vec<PublishedEvent>, Failure> {
    Ok(match workspace {
        Some(workspace) => {
            store
                .published_of_workspace(workspace, after, BATCH)
                .await?
        }
        None => store.published(after, BATCH).await?,
    })
}
