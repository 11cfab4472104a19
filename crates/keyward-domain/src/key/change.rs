//! The state machine of a key: which change is possible in which state.
//!
//! | from ╲ change | update | disable | enable | rotate | end the overlap | delete |
//! |---|---|---|---|---|---|---|
//! | ACTIVE | `UPDATED` ¹ | `DISABLED` | no effect | `ROTATED` | `OVERLAP_ENDED` ² | `DELETED` |
//! | DISABLED | `UPDATED` ¹ | no effect | `ENABLED` | `ROTATED` | `OVERLAP_ENDED` ² | `DELETED` |
//! | DISABLED, expired | `UPDATED` ¹ | no effect | refused | refused | `OVERLAP_ENDED` ² | `DELETED` |
//! | EXPIRED | `UPDATED` ¹ | `DISABLED` | refused | refused | `OVERLAP_ENDED` ² | `DELETED` |
//! | DISABLED, too old ³ | `UPDATED` ¹ | no effect | refused | `ROTATED` | `OVERLAP_ENDED` ² | `DELETED` |
//! | EXPIRED, too old ³ | `UPDATED` ¹ | `DISABLED` | refused | `ROTATED` | `OVERLAP_ENDED` ² | `DELETED` |
//! | DELETED | refused | refused | refused | refused | refused | refused |
//!
//! A word in capitals is the [`AuditAction`] that the change records. "No effect" changes and
//! records nothing, and is not an error. An update with a new expiry makes an expired key usable
//! again.
//!
//! ¹ No effect when no field changes. ² No effect when there is no valid old secret. ³ Only by the
//! lifetime policy of its workspace, not by its own expiry: a new secret makes it usable again.

use crate::audit::event::{AuditAction, AuditEvent};
use crate::caller::origin::Origin;
use crate::caller::workspace::{Actor, OwnedWorkspace};
use crate::events::found_at::FoundPlaces;
use crate::key::api_key::{ApiKey, ApiKeyFields};
use crate::key::overlap::Overlap;
use crate::key::stored_secret::{PreviousSecret, StoredSecret};
use crate::request::update::ApiKeyUpdate;
use crate::timestamp::Timestamp;

/// A change to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its owner changes its fields.
    Update(ApiKeyUpdate),
    /// It is disabled.
    Disable,
    /// It is enabled again.
    Enable,
    /// It gets a new secret. Its current secret stays valid for the overlap. An old secret from an
    /// earlier rotation becomes invalid at once.
    Rotate {
        /// The new secret, as it is stored.
        secret: StoredSecret,
        /// How long the old secret stays valid.
        overlap: Overlap,
    },
    /// The old secret from a rotation becomes invalid at once.
    EndOverlap,
    /// It is deleted permanently.
    Delete,
}

/// The result of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The key has changed. Its version is one higher, and the event records the change.
    Changed(Box<(ApiKey, AuditEvent)>),
    /// The key was already in that state; nothing is recorded.
    NoEffect,
}

/// The key is in a state that does not allow the change (contract §2, `4090`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the API key is in a state that does not allow this")]
pub struct WrongState;

/// The state of a key before a change: the rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyState {
    Active,
    Disabled,
    DisabledPastItsEnd,
    Expired,
    DisabledTooOld,
    TooOld,
    Deleted,
}

/// The content of a cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Record(AuditAction),
    NoEffect,
    Refused,
}

impl KeyState {
    fn of(key: &ApiKeyFields, now: Timestamp) -> Self {
        let is_expired = key.expires_at.is_some_and(|expiry| expiry.is_past(now));
        let is_too_old = key.is_too_old(now);
        match (key.deleted_at, key.is_disabled) {
            (Some(_), _) => Self::Deleted,
            (None, true) if is_expired => Self::DisabledPastItsEnd,
            (None, true) if is_too_old => Self::DisabledTooOld,
            (None, true) => Self::Disabled,
            (None, false) if is_expired => Self::Expired,
            (None, false) if is_too_old => Self::TooOld,
            (None, false) => Self::Active,
        }
    }

    #[rustfmt::skip]
    fn rule(self, change: &Change) -> Rule {
        use AuditAction as Did;
        use Rule::{NoEffect, Record, Refused};
        let [update, disable, enable, rotate, end_overlap, delete] = match self {
            Self::Active =>             [Record(Did::Updated), Record(Did::Disabled), NoEffect,             Record(Did::Rotated), Record(Did::OverlapEnded), Record(Did::Deleted)],
            Self::Disabled =>           [Record(Did::Updated), NoEffect,              Record(Did::Enabled), Record(Did::Rotated), Record(Did::OverlapEnded), Record(Did::Deleted)],
            Self::DisabledPastItsEnd => [Record(Did::Updated), NoEffect,              Refused,              Refused,              Record(Did::OverlapEnded), Record(Did::Deleted)],
            Self::Expired =>            [Record(Did::Updated), Record(Did::Disabled), Refused,              Refused,              Record(Did::OverlapEnded), Record(Did::Deleted)],
            Self::DisabledTooOld =>     [Record(Did::Updated), NoEffect,              Refused,              Record(Did::Rotated), Record(Did::OverlapEnded), Record(Did::Deleted)],
            Self::TooOld =>             [Record(Did::Updated), Record(Did::Disabled), Refused,              Record(Did::Rotated), Record(Did::OverlapEnded), Record(Did::Deleted)],
            Self::Deleted =>            [Refused;6],
        };
        match change {
            Change::Update(_) => update,
            Change::Disable => disable,
            Change::Enable => enable,
            Change::Rotate { .. } => rotate,
            Change::EndOverlap => end_overlap,
            Change::Delete => delete,
        }
    }
}

impl ApiKey {
    /// Changes the key at `now`: the changed key, and the event that records the change.
    ///
    /// # Errors
    /// [`WrongState`] where the table of this module says "refused".
    pub fn apply(
        &self,
        change: &Change,
        workspace: &OwnedWorkspace,
        now: Timestamp,
        origin: Origin,
    ) -> Result<Applied, WrongState> {
        self.apply_as(change, workspace.actor(), now, origin)
    }

    /// The same for an actor whose right to make this change was proven otherwise.
    pub(crate) fn apply_as(
        &self,
        change: &Change,
        actor: &Actor,
        now: Timestamp,
        origin: Origin,
    ) -> Result<Applied, WrongState> {
        let before = self.fields();
        let action = match KeyState::of(before, now).rule(change) {
            Rule::Record(action) => action,
            Rule::NoEffect => return Ok(Applied::NoEffect),
            Rule::Refused => return Err(WrongState),
        };
        let mut after = before.clone();
        carry_out(&mut after, change, now);
        if after == *before {
            return Ok(Applied::NoEffect);
        }
        after.version = after.version.saturating_add(1);
        let (told_before, told_after) = before.audited(now).difference(after.audited(now));
        let event = AuditEvent {
            workspace_id: before.workspace_id.clone(),
            api_key_id: before.id,
            action,
            actor: actor.clone(),
            origin,
            occurred_at: now,
            before: Some(told_before),
            after: Some(told_after),
            found_at: FoundPlaces::default(),
        };
        let changed = (Self::from_fields(after), event);
        Ok(Applied::Changed(Box::new(changed)))
    }
}

fn carry_out(key: &mut ApiKeyFields, change: &Change, now: Timestamp) {
    match change {
        Change::Update(update) => carry_out_update(key, update.clone()),
        Change::Disable => key.is_disabled = true,
        Change::Enable => key.is_disabled = false,
        Change::Rotate { secret, overlap } => {
            let ends_at = overlap.ends_at(now, key.ends_at());
            let old = std::mem::replace(&mut key.secret, secret.clone());
            key.previous_secret = (ends_at > now).then_some(PreviousSecret {
                secret: old,
                ends_at,
            });
        }
        Change::EndOverlap if key.overlap(now).is_some() => key.previous_secret = None,
        Change::EndOverlap => {}
        Change::Delete => key.deleted_at = Some(now),
    }
}

fn carry_out_update(key: &mut ApiKeyFields, update: ApiKeyUpdate) {
    let ApiKeyUpdate {
        name,
        scopes,
        ip_allowlist,
        expires_at,
        annotations,
        limits,
    } = update;
    if let Some(name) = name {
        key.name = name;
    }
    if let Some(scopes) = scopes {
        key.scopes = scopes;
    }
    if let Some(ip_allowlist) = ip_allowlist {
        key.ip_allowlist = ip_allowlist;
    }
    key.annotations.update(annotations);
    if let Some(limits) = limits {
        key.limits = limits;
    }
    if let Some(expires_at) = expires_at {
        key.expires_at = expires_at;
        if let (Some(expiry), Some(previous)) = (expires_at, &mut key.previous_secret) {
            previous.ends_at = previous.ends_at.min(expiry.timestamp());
        }
    }
}

#[cfg(test)]
mod tests;
