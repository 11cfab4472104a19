//! Keys of a typical size.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use keyward_domain::ports::NewApiKey;
use keyward_domain::{
    ApiKey, ApiKeyId, Mode, Origin, OwnedWorkspace, RawDraft, RawField, RequestId, Scope, Secret,
    Timestamp,
};

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// A new key.
pub(crate) fn new_key(workspace: &OwnedWorkspace) -> NewApiKey {
    new_key_and_secret(workspace).0
}

/// A new key and its secret.
pub(crate) fn new_key_and_secret(workspace: &OwnedWorkspace) -> (NewApiKey, Secret) {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let now = Timestamp::from_unix_seconds(1_800_000_000).unwrap();
    let text = |text: &str| RawField::Value(text.to_owned());
    let raw = RawDraft {
        name: text("Production Key"),
        scopes: RawField::Value(vec![text("payment:read"), text("payment:write")]),
        ip_allowlist: RawField::Value(vec![text("192.168.1.0/24")]),
        ..RawDraft::default()
    };
    let existing: BTreeSet<Scope> = raw.named_scopes();
    let draft = raw.parse(now, &existing).unwrap();
    let mut id = [0; 10];
    id.iter_mut()
        .zip(count.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    let mut entropy = zeroize::Zeroizing::new([0; 32]);
    entropy
        .iter_mut()
        .zip(count.to_be_bytes())
        .for_each(|(to, from)| *to = from);
    let secret = Secret::from_entropy(Mode::Live, &entropy);
    let id = ApiKeyId::from_entropy(Mode::Live, now, id);
    let origin = Origin {
        address: None,
        request_id: RequestId::parse("bench").unwrap(),
    };
    let (key, event) = ApiKey::issue(workspace, draft, id, &secret, now, origin).unwrap();
    let new = NewApiKey {
        key,
        event,
        idempotency: None,
        key_count_max: u32::MAX,
        events_per_minute_max: None,
    };
    (new, secret)
}
