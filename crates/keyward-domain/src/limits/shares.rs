//! All limits that a node has a part of.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use foldhash::fast::RandomState;
use uuid::Uuid;

use super::costs::Costs;
use super::limit::{Cost, Limit, OnUnavailable};
use super::limit_id::{LimitId, LimitSubject};
use super::name::LimitName;
use super::refill::{Refill, RefillRequest};
use super::share::{Afford, Share};
use super::verdict::{LimitState, LimitVerdict, ShareAnswer};
use crate::caller::workspace::WorkspaceId;
use crate::verification::verification_key::VerificationKey;

/// The shares are in so many parts, each with its own lock. All limits of a workspace and its keys
/// are in one.
const PARTS: u64 = 64;

/// The maximum number of calls whose limits are refilled before the others.
const WAITING_MAX: usize = 4_096;

/// The node's parts of all limits.
pub struct Shares {
    node: Uuid,
    numbers: AtomicU64,
    parts: Vec<Mutex<Part>>,
    hasher: RandomState,
    /// The workspaces and keys of calls that need a refill.
    waiting: Mutex<Vec<(Arc<WorkspaceId>, Uuid)>>,
}

type Part = HashMap<Arc<WorkspaceId>, OfWorkspace, RandomState>;

/// The shares of a workspace's limits and of those of its keys.
#[derive(Default)]
struct OfWorkspace {
    own: Vec<NamedShare>,
    keys: HashMap<Uuid, Vec<NamedShare>, RandomState>,
}

struct NamedShare {
    name: LimitName,
    share: Share,
}

impl Shares {
    /// A node without any units. `node` must be a new one at each start.
    #[must_use]
    pub fn new(node: Uuid) -> Self {
        Self {
            node,
            numbers: AtomicU64::new(1),
            parts: (0..PARTS).map(|_part| Mutex::default()).collect(),
            hasher: RandomState::default(),
            waiting: Mutex::default(),
        }
    }

    /// Judges a call and pays its costs: all of them, or none. A caller that can't wait for a refill
    /// gets no [`ShareAnswer::NeedsRefill`]: the limits that need one are then unavailable.
    pub fn judge(
        &self,
        key: &VerificationKey,
        costs: &Costs,
        now: Instant,
        can_wait: bool,
    ) -> ShareAnswer {
        let Some(limits) = key.limits.as_deref() else {
            return ShareAnswer::Verdict(LimitVerdict::Allowed(Vec::new()));
        };
        let workspace_id = &key.workspace_id;
        let all = || limits.of_workspace.iter().chain(limits.of_key.iter());
        let above = |limit: &&Limit| costs.get(&limit.name).get() > limit.max.get();
        if let Some(limit) = all().find(above) {
            return ShareAnswer::Verdict(LimitVerdict::CostAboveLimit(limit.clone()));
        }
        let Some(mut part) = self.part(workspace_id) else {
            return ShareAnswer::Unavailable;
        };
        let OfWorkspace { own, keys } = match part.get_mut(workspace_id) {
            Some(workspace) => workspace,
            None => part.entry(Arc::clone(workspace_id)).or_default(),
        };
        let own = shares_of(own, &limits.of_workspace);
        let of_key = if limits.of_key.is_empty() {
            &mut []
        } else {
            let of_key = keys.entry(key.id.uuid()).or_default();
            shares_of(of_key, &limits.of_key)
        };
        let mut reached = None;
        let mut needs_refill = false;
        let mut is_unavailable = false;
        for (limit, NamedShare { share, .. }) in all().zip(own.iter_mut().chain(of_key.iter_mut()))
        {
            let cost = costs.get(&limit.name);
            match share.afford(limit, cost, now) {
                Afford::Yes => {}
                Afford::No => {
                    reached.get_or_insert_with(|| state_of(limit, share, cost, now));
                }
                Afford::AfterRefill if can_wait => needs_refill = true,
                Afford::AfterRefill | Afford::Unavailable => match limit.on_unavailable {
                    OnUnavailable::Allow => {}
                    OnUnavailable::Deny => is_unavailable = true,
                },
            }
        }
        if let Some(reached) = reached {
            return ShareAnswer::Verdict(LimitVerdict::Reached(reached));
        } else if is_unavailable {
            return ShareAnswer::Unavailable;
        } else if needs_refill {
            let mut waiting = lock(&self.waiting);
            if waiting.len() < WAITING_MAX {
                waiting.push((Arc::clone(workspace_id), key.id.uuid()));
            }
            return ShareAnswer::NeedsRefill;
        }
        let mut states = Vec::with_capacity(own.len() + of_key.len());
        for (limit, NamedShare { share, .. }) in all().zip(own.iter_mut().chain(of_key.iter_mut()))
        {
            // Of the others, none can be judged, and each allows the call then.
            if share.pay(costs.get(&limit.name), now) {
                states.push(state_of(limit, share, Cost::ZERO, now));
            }
        }
        ShareAnswer::Verdict(LimitVerdict::Allowed(states))
    }

    /// The requests that calls wait for, without a look at the other limits. Each must be answered by
    /// [`refilled`](Self::refilled) or [`failed`](Self::failed).
    pub fn begin_urgent(&self, now: Instant) -> Vec<(LimitId, RefillRequest)> {
        let mut requests = Vec::new();
        // A call takes this lock inside that of its part, so it must be free before a part is locked.
        let waiting = std::mem::take(&mut *lock(&self.waiting));
        for (workspace_id, key) in waiting {
            let Some(mut part) = self.part(&workspace_id) else {
                continue;
            };
            let Some(OfWorkspace { own, keys }) = part.get_mut(&workspace_id) else {
                continue;
            };
            let own = own.iter_mut().map(|named| (LimitSubject::Workspace, named));
            let of_key = keys.get_mut(&key).into_iter().flatten();
            let of_key = of_key.map(|named| (LimitSubject::Key(key), named));
            for (subject, named) in own.chain(of_key) {
                if named.share.is_due(now) {
                    requests.push(self.request(&workspace_id, subject, named, now));
                }
            }
        }
        requests
    }

    /// All requests that are due at `now`. Each must be answered by [`refilled`](Self::refilled) or
    /// [`failed`](Self::failed).
    pub fn begin_refills(&self, now: Instant) -> Vec<(LimitId, RefillRequest)> {
        // Before the look, which finds what they wait for.
        lock(&self.waiting).clear();
        self.begin(now, |share| share.is_due(now))
    }

    /// Requests that give back everything, for a node that ends.
    pub fn begin_return(&self, now: Instant) -> Vec<(LimitId, RefillRequest)> {
        self.begin(now, Share::returns_all)
    }

    fn begin(
        &self,
        now: Instant,
        mut is_due: impl FnMut(&mut Share) -> bool,
    ) -> Vec<(LimitId, RefillRequest)> {
        let mut requests = Vec::new();
        for part in &self.parts {
            let mut part = lock(part);
            part.retain(|workspace_id, workspace| {
                workspace.retain(|subject, named| {
                    if is_due(&mut named.share) {
                        requests.push(self.request(workspace_id, subject, named, now));
                    }
                    !named.share.is_over(now)
                })
            });
        }
        requests
    }

    fn request(
        &self,
        workspace_id: &Arc<WorkspaceId>,
        subject: LimitSubject,
        NamedShare { name, share }: &mut NamedShare,
        now: Instant,
    ) -> (LimitId, RefillRequest) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let id = LimitId {
            workspace_id: Arc::clone(workspace_id),
            subject,
            name: name.clone(),
        };
        (id, share.begin_refill(self.node, number, now))
    }

    /// The store has answered a request.
    pub fn refilled(&self, id: &LimitId, number: u64, refill: &Refill, now: Instant) {
        self.with(id, |share| share.refilled(number, refill, now));
    }

    /// It is unknown whether the store has carried out a request.
    pub fn failed(&self, id: &LimitId, number: u64, now: Instant) {
        self.with(id, |share| share.refill_failed(number, now));
    }

    fn with(&self, id: &LimitId, change: impl FnOnce(&mut Share)) {
        let part = self.part(&id.workspace_id);
        let Some(mut part) = part else { return };
        let Some(workspace) = part.get_mut(&id.workspace_id) else {
            return;
        };
        let shares = match id.subject {
            LimitSubject::Workspace => Some(&mut workspace.own),
            LimitSubject::Key(key) => workspace.keys.get_mut(&key),
        };
        let named = shares.and_then(|shares| shares.iter_mut().find(|one| one.name == id.name));
        if let Some(named) = named {
            change(&mut named.share);
        }
    }

    /// There is one for each remainder.
    fn part(&self, workspace_id: &WorkspaceId) -> Option<MutexGuard<'_, Part>> {
        let at = self.hasher.hash_one(workspace_id) % PARTS;
        self.parts.get(usize::try_from(at).ok()?).map(lock)
    }
}

impl OfWorkspace {
    /// Keeps the shares for which `keep` says so. Returns whether any is left.
    fn retain(&mut self, mut keep: impl FnMut(LimitSubject, &mut NamedShare) -> bool) -> bool {
        self.own
            .retain_mut(|named| keep(LimitSubject::Workspace, named));
        self.keys.retain(|key, shares| {
            shares.retain_mut(|named| keep(LimitSubject::Key(*key), named));
            !shares.is_empty()
        });
        !self.own.is_empty() || !self.keys.is_empty()
    }
}

/// The shares of these limits, in their order. A missing one is made.
fn shares_of<'a>(named: &'a mut Vec<NamedShare>, limits: &[Limit]) -> &'a mut [NamedShare] {
    for (at, limit) in limits.iter().enumerate() {
        let is_limits = |one: &NamedShare| one.name == limit.name;
        if named.get(at).is_some_and(is_limits) {
            continue;
        }
        match named.iter().position(is_limits) {
            Some(other) => named.swap(at, other),
            None => named.insert(
                at,
                NamedShare {
                    name: limit.name.clone(),
                    share: Share::of(limit),
                },
            ),
        }
    }
    named.get_mut(..limits.len()).unwrap_or_default()
}

fn state_of(limit: &Limit, share: &Share, cost: Cost, now: Instant) -> LimitState {
    let state = share.state(cost, now);
    LimitState {
        limit: limit.clone(),
        remaining: state.remaining,
        resets_in: state.resets_in,
    }
}

fn lock<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
