use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use keyward_domain::Timestamp;
use keyward_domain::ports::Clock;

use super::config::TokenConfigError;
use super::key_set::{InvalidKeySet, KEY_SET_LENGTH_MAX, KeySet};
use super::verification_key::VerificationKey;

/// How often the file is checked for changes.
const CHECK_INTERVAL_SECONDS: i64 = 5;

/// The key set in a file. A change to the file takes effect within 5 seconds. While the file is not
/// a valid key set, the last valid one stays in use. An empty key set withdraws all keys.
pub(super) struct JwksFile {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    keys: Arc<KeySet>,
    stamp: Option<Stamp>,
    checked_at: Timestamp,
}

/// Changes when the file is written. The state has `None` when the file's metadata can't be read.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
}

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("can't be read")]
    Unreadable(#[from] io::Error),
    #[error(transparent)]
    Invalid(#[from] InvalidKeySet),
}

impl JwksFile {
    /// Reads the file.
    pub(super) fn open(path: PathBuf, clock: Arc<dyn Clock>) -> Result<Self, TokenConfigError> {
        // Taken before reading, so that a concurrent change is found at the next check.
        let stamp = stamp_of(&path);
        let keys = match read(&path) {
            Ok(keys) => keys,
            Err(ReadError::Unreadable(source)) => {
                return Err(TokenConfigError::UnreadableJwksFile { path, source });
            }
            Err(ReadError::Invalid(source)) => {
                return Err(TokenConfigError::InvalidJwksFile { path, source });
            }
        };
        keys.warn_of_unusable(None);
        if keys.is_empty() {
            let source = InvalidKeySet::NoUsableKey;
            return Err(TokenConfigError::InvalidJwksFile { path, source });
        }
        let state = State {
            keys: Arc::new(keys),
            stamp,
            checked_at: clock.now(),
        };
        Ok(Self {
            path,
            clock,
            state: Mutex::new(state),
        })
    }

    /// The key with this `kid`.
    pub(super) fn get(&self, key_id: &str) -> Option<Arc<VerificationKey>> {
        self.current().get(key_id)
    }

    fn current(&self) -> Arc<KeySet> {
        let now = self.clock.now();
        // The set is only replaced as a whole, so it is consistent even after a panic.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next_check = state.checked_at.plus_seconds(CHECK_INTERVAL_SECONDS);
        // A clock that was set back must not stop the checks.
        if now >= next_check || now < state.checked_at {
            state.checked_at = now;
            self.check(&mut state);
        }
        Arc::clone(&state.keys)
    }

    /// Reads the file again when it has changed. The file is small and local, so another thread
    /// would cost more than the read.
    fn check(&self, state: &mut State) {
        let stamp = stamp_of(&self.path);
        if stamp == state.stamp {
            return;
        }
        state.stamp = stamp;
        match read(&self.path) {
            Ok(keys) => {
                keys.warn_of_unusable(Some(&state.keys));
                state.keys = Arc::new(keys);
                tracing::info!(path = %self.path.display(), "token.key_file_read_again");
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(path = %self.path.display(), error, "token.key_file_unusable");
            }
        }
    }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    let metadata = path.metadata().ok()?;
    Some(Stamp {
        modified: metadata.modified().ok()?,
        length: metadata.len(),
    })
}

fn read(path: &Path) -> Result<KeySet, ReadError> {
    let bytes_max = u64::try_from(KEY_SET_LENGTH_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(KeySet::parse(&bytes)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{KEYS, SetClock};
    use super::super::verification_key::SignatureAlgorithm;
    use super::*;

    fn key_set(kids: &[&str]) -> String {
        let algorithm = SignatureAlgorithm::EdDsa;
        let keys: Vec<_> = kids.iter().map(|kid| KEYS.jwk(algorithm, kid)).collect();
        json!({ "keys": keys }).to_string()
    }

    #[test]
    fn a_changed_file_is_noticed_within_5_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        std::fs::write(&path, key_set(&["a"])).unwrap();
        let clock = SetClock::new();
        let file = JwksFile::open(path.clone(), Arc::<SetClock>::clone(&clock)).unwrap();
        assert!(file.get("a").is_some());
        std::fs::write(&path, key_set(&["b", "c"])).unwrap();
        clock.advance(4);
        assert!(file.get("a").is_some() && file.get("b").is_none());
        clock.advance(1);
        assert!(file.get("a").is_none() && file.get("b").is_some());
    }

    #[test]
    fn an_empty_set_withdraws_all_but_opens_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        std::fs::write(&path, key_set(&["a"])).unwrap();
        let clock = SetClock::new();
        let file = JwksFile::open(path.clone(), Arc::<SetClock>::clone(&clock)).unwrap();
        std::fs::write(&path, key_set(&[])).unwrap();
        clock.advance(5);
        assert!(file.get("a").is_none());
        let opened = JwksFile::open(path, clock);
        assert!(matches!(
            opened.err(),
            Some(TokenConfigError::InvalidJwksFile {
                source: InvalidKeySet::NoUsableKey,
                ..
            })
        ));
    }

    #[test]
    fn the_last_valid_key_set_stays_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        std::fs::write(&path, key_set(&["a"])).unwrap();
        let clock = SetClock::new();
        let file = JwksFile::open(path.clone(), Arc::<SetClock>::clone(&clock)).unwrap();
        for rubbish in ["", "{\"keys\":{}}", "half a fi"] {
            std::fs::write(&path, rubbish).unwrap();
            clock.advance(5);
            assert!(file.get("a").is_some(), "{rubbish}");
        }
        std::fs::remove_file(&path).unwrap();
        clock.advance(5);
        assert!(file.get("a").is_some());
        std::fs::write(&path, key_set(&["a", "b"])).unwrap();
        clock.advance(5);
        assert!(file.get("b").is_some());
    }
}
