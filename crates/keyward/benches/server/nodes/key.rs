use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use keyward_domain::ports::ApiKeys as _;
use keyward_domain::testing::workspace_id;
use keyward_domain::usecases::authorize;
use keyward_persistence::Store;

use crate::keys::{ALLOWED, new_key_and_secret};
use crate::{WORKSPACES, subject};

/// A key with all its states.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) workspace: usize,
    history: Mutex<History>,
}

pub(crate) struct History {
    pub(crate) secrets: Vec<String>,
    pub(crate) states: Vec<State>,
}

/// The state of a key after a change.
#[derive(Clone, Copy)]
pub(crate) struct State {
    /// The valid secrets.
    pub(crate) secret: usize,
    pub(crate) is_disabled: bool,
    pub(crate) is_narrowed: bool,
    pub(crate) is_deleted: bool,
    /// From when on every node must use it; `None` while the change is in progress.
    pub(crate) binding_from: Option<Instant>,
}

impl State {
    /// The expected decision about the holder of a secret.
    pub(crate) fn decision(&self, secret: usize) -> &'static str {
        if self.is_deleted || self.secret != secret {
            "UNKNOWN"
        } else if self.is_disabled {
            "DISABLED"
        } else if self.is_narrowed {
            "INSUFFICIENT_SCOPE"
        } else {
            "VALID"
        }
    }
}

impl Key {
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap()
    }
}

impl History {
    /// The oldest state that may still decide a question at `now`.
    pub(crate) fn binding(&self, now: Instant) -> usize {
        let is_binding = |state: &State| state.binding_from.is_some_and(|from| from <= now);
        self.states.iter().rposition(is_binding).unwrap_or(0)
    }

    pub(crate) fn last(&self) -> State {
        *self.states.last().expect("a key begins with a state")
    }
}

pub(crate) async fn create(store: &Store, count: usize) -> Vec<Key> {
    let mut owned = Vec::new();
    for at in 0..WORKSPACES {
        let workspace = workspace_id(&subject::workspace(at));
        let operator = authorize::operator(store, &workspace).await;
        owned.push(operator.unwrap().unwrap());
    }
    let mut keys = Vec::with_capacity(count);
    for (number, (workspace, owned)) in (0..count).zip(owned.iter().enumerate().cycle()) {
        let (new, secret) = new_key_and_secret(owned, ALLOWED);
        let id = new.key.id().to_string();
        store.insert(new).await.unwrap();
        assert_eq!(keys.len(), number);
        keys.push(Key {
            id,
            workspace,
            history: Mutex::new(History {
                secrets: vec![secret.expose().to_owned()],
                states: vec![State {
                    secret: 0,
                    is_disabled: false,
                    is_narrowed: false,
                    is_deleted: false,
                    binding_from: Some(Instant::now()),
                }],
            }),
        });
    }
    keys
}

/// Pseudo-random numbers that are the same in every run (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn milliseconds(&mut self, bound: usize) -> u64 {
        u64::try_from(self.below(bound)).unwrap()
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}
