//! The memory of a cached key, as the allocator takes it.

use super::verification_key::{PreviousSecretHash, VerificationKey};
use crate::caller::workspace::WorkspaceId;
use crate::key::annotations::Annotations;
use crate::key::external_id::ExternalId;
use crate::key::metadata::MetadataMember;
use crate::key::scope::ScopeSet;
use crate::limits::key_limits::KeyLimits;

/// The memory of an allocation beside its content: the allocator's own header, and rounding up to
/// 16 bytes.
const ALIGNMENT: usize = 16;
const HEADER: usize = 8;

/// An allocation of this many bytes; none for 0.
fn allocated(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        bytes => (bytes + HEADER)
            .next_multiple_of(ALIGNMENT)
            .max(2 * ALIGNMENT),
    }
}

/// The two counts of an `Arc`.
const COUNTS: usize = 2 * size_of::<usize>();

/// An `Arc` of a `T`, with its two counts.
pub(super) fn arc_bytes<T>() -> usize {
    allocated(COUNTS + size_of::<T>())
}

impl VerificationKey {
    /// The memory that this key takes in an [`Arc`](std::sync::Arc), in bytes, as the allocator takes it; without
    /// the values that it may share with others.
    #[must_use]
    pub fn own_bytes(&self) -> usize {
        let previous = self.previous_secret.as_ref();
        arc_bytes::<Self>()
            + allocated(self.name.as_str().len())
            + allocated(size_of_val(self.ip_allowlist.as_slice()))
            + previous.map_or(0, |_previous| allocated(size_of::<PreviousSecretHash>()))
            + self.annotations.as_deref().map_or(0, annotations_bytes)
    }
}

/// The heap memory of a set of scopes.
pub(super) fn scopes_bytes(scopes: &ScopeSet) -> usize {
    let scopes = scopes.as_slice();
    let codes = scopes.iter().map(|scope| allocated(scope.as_str().len()));
    allocated(size_of_val(scopes)) + codes.sum::<usize>()
}

/// The heap memory of the limits of a key.
pub(super) fn limits_bytes(limits: &KeyLimits) -> usize {
    let lists = [&limits.of_key, &limits.of_workspace];
    let lists = lists.map(|list| {
        let names = list
            .iter()
            .map(|limit| allocated(COUNTS + limit.name.as_str().len()));
        allocated(COUNTS + size_of_val(&**list)) + names.sum::<usize>()
    });
    lists.into_iter().sum()
}

/// The heap memory of a workspace's id.
pub(super) fn workspace_bytes(workspace: &WorkspaceId) -> usize {
    allocated(workspace.as_str().len())
}

fn annotations_bytes(annotations: &Annotations) -> usize {
    let external_id = annotations.external_id.as_ref().map(ExternalId::as_str);
    let members = annotations.metadata.iter();
    let texts = members.map(|(name, value)| allocated(name.len()) + allocated(value.len()));
    allocated(size_of::<Annotations>())
        + external_id.map_or(0, |id| allocated(id.len()))
        + allocated(size_of::<MetadataMember>() * annotations.metadata.iter().count())
        + texts.sum::<usize>()
}
