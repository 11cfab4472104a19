use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use super::memory::{arc_bytes, limits_bytes, scopes_bytes, workspace_bytes};
use super::verification_key::VerificationKey;
use crate::caller::workspace::WorkspaceId;
use crate::key::scope::{Scope, ScopeSet};
use crate::limits::key_limits::KeyLimits;

/// The maximum memory of the values that keys share, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// After a search for unused values that made too little room, so many keys keep their own values
/// before the next one, because it looks at all values.
const KEYS_PER_SEARCH: u32 = 1_024;

/// Values that many cached keys have in common: the sets of scopes, the workspaces, and the limits. Each
/// is held once, up to a limit of 4 MiB.
#[derive(Default)]
pub struct SharedValues(Mutex<Held>);

#[derive(Default)]
struct Held {
    scopes: HashSet<SharedScopes>,
    workspaces: HashSet<Arc<WorkspaceId>>,
    limits: HashSet<Arc<KeyLimits>>,
    bytes: usize,
    /// How many values must be refused before the next search.
    refused_before_search: u32,
}

/// Equal when the scopes are, in their order.
#[derive(PartialEq, Eq)]
struct SharedScopes(Arc<ScopeSet>);

impl Hash for SharedScopes {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.as_slice().hash(state);
    }
}

impl std::borrow::Borrow<[Scope]> for SharedScopes {
    fn borrow(&self) -> &[Scope] {
        self.0.as_slice()
    }
}

impl SharedValues {
    /// Replaces the values of the key by equal ones that are held here. Returns the memory of the
    /// values that the key has for itself, because the limit is reached, in bytes.
    pub fn share(&self, key: &mut VerificationKey) -> usize {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.share_scopes(&mut key.scopes)
            + held.share_workspace(&mut key.workspace_id)
            + key
                .limits
                .as_mut()
                .map_or(0, |limits| held.share_limits(limits))
    }
}

impl Held {
    fn share_scopes(&mut self, scopes: &mut Arc<ScopeSet>) -> usize {
        if let Some(known) = self.scopes.get(scopes.as_slice()) {
            *scopes = Arc::clone(&known.0);
            return 0;
        }
        let bytes = arc_bytes::<ScopeSet>() + scopes_bytes(scopes);
        if !self.has_room_for(bytes) {
            return bytes;
        }
        self.scopes.insert(SharedScopes(Arc::clone(scopes)));
        0
    }

    fn share_workspace(&mut self, workspace: &mut Arc<WorkspaceId>) -> usize {
        if let Some(known) = self.workspaces.get(workspace.as_ref()) {
            *workspace = Arc::clone(known);
            return 0;
        }
        let bytes = arc_bytes::<WorkspaceId>() + workspace_bytes(workspace);
        if !self.has_room_for(bytes) {
            return bytes;
        }
        self.workspaces.insert(Arc::clone(workspace));
        0
    }

    fn share_limits(&mut self, limits: &mut Arc<KeyLimits>) -> usize {
        if let Some(known) = self.limits.get(limits.as_ref()) {
            *limits = Arc::clone(known);
            return 0;
        }
        let bytes = arc_bytes::<KeyLimits>() + limits_bytes(limits);
        if !self.has_room_for(bytes) {
            return bytes;
        }
        self.limits.insert(Arc::clone(limits));
        0
    }

    /// Reserves the memory. When there is too little, removes the values that no key has any more.
    fn has_room_for(&mut self, bytes: usize) -> bool {
        if self.bytes + bytes > BYTES_MAX {
            if self.refused_before_search > 0 {
                self.refused_before_search -= 1;
                return false;
            }
            self.remove_unused();
        }
        let has_room = self.bytes + bytes <= BYTES_MAX;
        if has_room {
            self.bytes += bytes;
        } else {
            self.refused_before_search = KEYS_PER_SEARCH;
        }
        has_room
    }

    fn remove_unused(&mut self) {
        let is_used = |count: usize| count > 1;
        self.scopes
            .retain(|scopes| is_used(Arc::strong_count(&scopes.0)));
        self.workspaces
            .retain(|workspace| is_used(Arc::strong_count(workspace)));
        self.limits
            .retain(|limits| is_used(Arc::strong_count(limits)));
        let scopes = self.scopes.iter();
        let scopes = scopes.map(|shared| arc_bytes::<ScopeSet>() + scopes_bytes(&shared.0));
        let workspaces = self.workspaces.iter();
        let workspaces =
            workspaces.map(|workspace| arc_bytes::<WorkspaceId>() + workspace_bytes(workspace));
        let limits = self.limits.iter();
        let limits = limits.map(|limits| arc_bytes::<KeyLimits>() + limits_bytes(limits));
        self.bytes = scopes.chain(workspaces).chain(limits).sum();
    }
}

#[cfg(test)]
mod tests {
    use crate::limits::set::Limits;
    use crate::testing::{altered, key, limit, scopes, workspace_id};

    use super::*;

    fn with_scope(code: &str) -> VerificationKey {
        let key = altered(key(), |fields| {
            fields.scopes = scopes(&[code, "payment:read"]);
            fields.workspace_id = workspace_id(code);
            let name = code.replace(':', "-");
            fields.limits = Limits::of(vec![limit(&name, 1, "1m")]).unwrap();
        });
        VerificationKey::from(&key)
    }

    #[test]
    fn keys_share_equal_values_and_no_others() {
        let shared = SharedValues::default();
        let (mut one, mut same, mut other) =
            (with_scope("a:a"), with_scope("a:a"), with_scope("b:b"));
        for key in [&mut one, &mut same, &mut other] {
            assert_eq!(shared.share(key), 0);
        }
        assert!(Arc::ptr_eq(&one.scopes, &same.scopes));
        assert!(Arc::ptr_eq(&one.workspace_id, &same.workspace_id));
        let limits = [&one, &same].map(|key| Arc::as_ptr(key.limits.as_ref().unwrap()));
        assert_eq!(limits[0], limits[1]);
        assert_eq!((&one, &other), (&with_scope("a:a"), &with_scope("b:b")));
    }

    #[test]
    fn what_no_key_has_any_more_makes_room() {
        let shared = SharedValues::default();
        let mut kept = Vec::new();
        let own_bytes = (0..40_000).map(|number| {
            let mut key = with_scope(&format!("a:a{number}"));
            let own_bytes = shared.share(&mut key);
            kept.push(key);
            own_bytes
        });
        assert!(own_bytes.max() > Some(0), "the limit is never reached");
        assert!(shared.0.lock().unwrap().bytes <= BYTES_MAX);
        kept.clear();
        let mut keys = 0..=KEYS_PER_SEARCH;
        assert!(keys.any(|_key| shared.share(&mut with_scope("b:b")) == 0));
        assert!(shared.0.lock().unwrap().bytes < 1_000);
    }
}
