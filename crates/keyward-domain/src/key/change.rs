//! What can become of a key, and from which status: the state machine.
//!
//! | from ╲ change | update | disable | enable | rotate | end the overlap | delete |
//! |---|---|---|---|---|---|---|
//! | ACTIVE | `UPDATED` ¹ | `DISABLED` | no effect | `ROTATED` | `OVERLAP_ENDED` ² | `DELETED` |
//! | DISABLED | `UPDATED` ¹ | no effect | `ENABLED` | `ROTATED` | `OVERLAP_ENDED` ² | `DELETED` |
//! | DISABLED, past its end | `UPDATED` ¹ | no effect | refused | refused | `OVERLAP_ENDED` ² | `DELETED` |
//! | EXPIRED | `UPDATED` ¹ | `DISABLED` | refused | refused | `OVERLAP_ENDED` ² | `DELETED` |
//! | DELETED | refused | refused | refused | refused | refused | refused |
//!
//! A word is the [`AuditAction`] that the change records. "No effect" changes and records nothing,
//! and is no error. A key past its end lives again by an update that gives it a new one.
//!
//! ¹ no effect when everything is as it was. ² no effect when no old secret lives.

use crate::audit::event::{AuditAction, AuditEvent};
use crate::caller::origin::Origin;
use crate::caller::workspace::OwnedWorkspace;
use crate::key::api_key::{ApiKey, ApiKeyFields};
use crate::key::overlap::Overlap;
use crate::key::stored_secret::{PreviousSecret, StoredSecret};
use crate::request::update::ApiKeyUpdate;
use crate::timestamp::Timestamp;

/// What is to become of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What its owner chose is chosen anew.
    Update(ApiKeyUpdate),
    /// It is switched off.
    Disable,
    /// It is switched on again.
    Enable,
    /// It gets a new secret. The one that it had lives on for the overlap; one that lived on from
    /// an earlier rotation ends at once.
    Rotate {
        /// What is kept of the new secret.
        secret: StoredSecret,
        /// How long the old one lives on.
        overlap: Overlap,
    },
    /// The old secret that lives on from a rotation ends at once.
    EndOverlap,
    /// It ends, for good.
    Delete,
}

/// What a change has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The key is another now, one version on, and the event tells of it.
    Changed(Box<(ApiKey, AuditEvent)>),
    /// It was like that before; there is nothing to tell.
    NoEffect,
}

/// The key is in a state that does not allow the change (contract §2, `4090`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the API key is in a state that does not allow this")]
pub struct WrongState;

/// From where a change starts: the rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyState {
    Active,
    Disabled,
    DisabledPastItsEnd,
    Expired,
    Deleted,
}

/// What a cell of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Record(AuditAction),
    NoEffect,
    Refused,
}

impl KeyState {
    fn of(key: &ApiKeyFields, now: Timestamp) -> Self {
        let is_past = key.expires_at.is_some_and(|expiry| expiry.is_past(now));
        match (key.deleted_at, key.is_disabled, is_past) {
            (Some(_), _, _) => Self::Deleted,
            (None, true, true) => Self::DisabledPastItsEnd,
            (None, true, false) => Self::Disabled,
            (None, false, true) => Self::Expired,
            (None, false, false) => Self::Active,
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
    /// The key after a change at `now`, with the event that tells of it.
    ///
    /// # Errors
    /// [`WrongState`] where the table of this module refuses.
    pub fn apply(
        &self,
        change: &Change,
        workspace: &OwnedWorkspace,
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
            actor: workspace.actor().clone(),
            origin,
            occurred_at: now,
            before: Some(told_before),
            after: Some(told_after),
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
            let old = std::mem::replace(&mut key.secret, secret.clone());
            let ends_at = overlap.ends_at(now, key.expires_at);
            key.previous_secret = (ends_at > now).then_some(PreviousSecret {
                secret: old,
                ends_at,
            });
        }
        Change::EndOverlap if key.live_previous_secret(now).is_some() => key.previous_secret = None,
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
    if let Some(expires_at) = expires_at {
        key.expires_at = expires_at;
        if let (Some(expiry), Some(previous)) = (expires_at, &mut key.previous_secret) {
            previous.ends_at = previous.ends_at.min(expiry.timestamp());
        }
    }
}

#[cfg(test)]
mod tests;
