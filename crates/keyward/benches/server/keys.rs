//! Keys of a typical size.

use std::sync::atomic::{AtomicU64, Ordering};

use keyward_domain::ports::NewApiKey;
use keyward_domain::testing::{at, new_api_key, origin, secret};
use keyward_domain::{OwnedWorkspace, RawDraft, RawField, Secret};

/// The addresses from which a typical key may be used.
pub(crate) const ALLOWED: &str = "192.168.1.0/24";

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// A new key.
pub(crate) fn new_key(workspace: &OwnedWorkspace) -> NewApiKey {
    new_key_and_secret(workspace, ALLOWED).0
}

/// A new key for these addresses, and its secret.
pub(crate) fn new_key_and_secret(workspace: &OwnedWorkspace, allowed: &str) -> (NewApiKey, Secret) {
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let text = |text: &str| RawField::Value(text.to_owned());
    let draft = RawDraft {
        name: text("Production Key"),
        scopes: RawField::Value(vec![text("payment:read"), text("payment:write")]),
        ip_allowlist: RawField::Value(vec![text(allowed)]),
        ..RawDraft::default()
    };
    let new = new_api_key(workspace, draft, number, at(0), origin());
    (new, secret(number))
}
