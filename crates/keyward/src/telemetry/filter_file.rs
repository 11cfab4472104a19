use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::reload;

use super::filter;

/// How often the file is read.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Replaces the filter of the log.
pub(super) type Replace = Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>;

/// Follows a file whose text is the log filter, until it is aborted. A text that is no filter, or a file that can't be
/// read, changes nothing and is logged once.
pub(super) async fn follow(path: PathBuf, mut current: String, replace: Replace) {
    let path = Arc::new(path);
    let mut refused = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let file = Arc::clone(&path);
        let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(&*file)).await;
        let text = match read {
            Ok(Ok(text)) => text.trim().to_owned(),
            Ok(Err(error)) => {
                note_refusal(&mut refused, error.to_string());
                continue;
            }
            // The process ends.
            Err(_cancelled) => return,
        };
        if text == current {
            refused = None;
            continue;
        }
        match filter::parse(&text) {
            Ok(filter) => match replace(filter) {
                Ok(()) => {
                    tracing::info!(filter = text, "log.filter_changed");
                    current = text;
                    refused = None;
                }
                // There is no subscriber any more.
                Err(_gone) => return,
            },
            Err(error) => note_refusal(&mut refused, error.to_string()),
        }
    }
}

fn note_refusal(known: &mut Option<String>, error: String) {
    if known.as_ref() != Some(&error) {
        tracing::warn!(
            error,
            "log.filter_unchanged: KEYWARD_LOG_FILE has no filter"
        );
        *known = Some(error);
    }
}
