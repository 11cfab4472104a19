use std::sync::Arc;
use std::time::Duration;

use keyward_domain::Timestamp;
use keyward_domain::ports::Clock as _;
use tokio::task::AbortHandle;

use super::listener_tls::ListenerTls;
use super::material::{Contents, Fingerprint, TlsMaterial};
use crate::system::SystemClock;

/// How often the files are read. Their folders may be swapped by a link, or be on a network: notifications
/// of the system would miss changes.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The task that follows the files of a listener; it ends on drop.
pub(crate) struct Following(AbortHandle);

impl Following {
    /// Replaces the certificate of a listener when its files change. Files that can't be used change
    /// nothing and are logged once.
    pub(crate) fn start(tls: Arc<ListenerTls>) -> Self {
        Self(tokio::spawn(follow(tls)).abort_handle())
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the last look has found that can't be used.
struct Refused {
    found: Result<Fingerprint, String>,
    is_logged: bool,
}

async fn follow(tls: Arc<ListenerTls>) {
    let mut refused = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let read = Arc::clone(&tls);
        // The process ends when it is cancelled.
        let Ok(found) = tokio::task::spawn_blocking(move || look(&read)).await else {
            return;
        };
        match found {
            Found::Nothing => {
                refused = None;
                tls.set_outdated(false);
            }
            Found::Unusable { found, problem } => note(&tls, &mut refused, found, &problem),
            Found::New {
                fingerprint,
                material,
            } => match tls.replace(fingerprint, *material) {
                Ok(()) => {
                    refused = None;
                    tls.set_outdated(false);
                    tracing::info!(
                        listener = tls.listener,
                        expires_at = %tls.expires_at(),
                        "tls.certificate_changed"
                    );
                }
                Err(error) => note(&tls, &mut refused, Ok(fingerprint), &error.to_string()),
            },
        }
    }
}

enum Found {
    /// The same as before.
    Nothing,
    Unusable {
        /// What it is, to tell it from others.
        found: Result<Fingerprint, String>,
        problem: String,
    },
    New {
        fingerprint: Fingerprint,
        material: Box<TlsMaterial>,
    },
}

fn look(tls: &ListenerTls) -> Found {
    let contents = match Contents::read(&tls.files) {
        Ok(contents) => contents,
        Err(error) => {
            let problem = error.to_string();
            return Found::Unusable {
                found: Err(problem.clone()),
                problem,
            };
        }
    };
    let fingerprint = contents.fingerprint();
    if fingerprint == tls.fingerprint() {
        return Found::Nothing;
    }
    let unusable = |problem| Found::Unusable {
        found: Ok(fingerprint),
        problem,
    };
    match contents.parse(&tls.files) {
        Ok(material) if is_over(material.validity.end) => {
            unusable("the new certificate has expired".to_owned())
        }
        Ok(material) => Found::New {
            fingerprint,
            material: Box::new(material),
        },
        Err(error) => unusable(error.to_string()),
    }
}

fn is_over(end: Timestamp) -> bool {
    end < SystemClock.now()
}

/// Logs what is found twice: the certificate and its key are not replaced at the same moment.
fn note(
    tls: &ListenerTls,
    refused: &mut Option<Refused>,
    found: Result<Fingerprint, String>,
    problem: &str,
) {
    match refused {
        Some(before) if before.found == found => {
            if !before.is_logged {
                before.is_logged = true;
                tls.set_outdated(true);
                tracing::error!(
                    listener = tls.listener,
                    problem,
                    expires_at = %tls.expires_at(),
                    "tls.certificate_unchanged: the new files can't be used, and the certificate before stays"
                );
            }
        }
        _ => {
            *refused = Some(Refused {
                found,
                is_logged: false,
            });
        }
    }
}
