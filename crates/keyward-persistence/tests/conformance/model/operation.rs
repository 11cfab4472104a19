//! The operations of a store, and its answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use keyward_domain::ports::{Clock, EntropyUnavailable, Purgeable, Secrets};
use keyward_domain::testing::{api_key_id_with, at, origin, secret_with, used_once};
use keyward_domain::usecases::{ChangeError, CreateError, Precondition, Target};
use keyward_domain::{
    ApiKey, ApiKeyFilter, ApiKeyId, ApiKeyListing, Direction, KeyPrefix, Mode, Page, Pagination,
    RawDraft, RawField, RawLimits, RawRotation, RawUpdate, RecordedEvent, RepeatableOperation,
    SearchText, Secret, Sort, SortBy, Status, Timestamp, WebhookId,
};
use proptest::prelude::*;

use super::World;
use crate::subject::{idempotency, raw_limit};

/// One of the two workspaces, and one of the keys created so far in either.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which {
    workspace: usize,
    key: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Operation {
    Create {
        workspace: usize,
        name: &'static str,
        is_test: bool,
        end: Option<i64>,
        max: Option<i64>,
        once: Option<&'static str>,
    },
    Get(Which),
    List {
        workspace: usize,
        filter: (Option<Status>, Option<Mode>, Option<&'static str>),
        sort: Sort,
        number: u32,
    },
    Update {
        which: Which,
        name: Option<&'static str>,
        /// Expires after this many seconds; 0 means never.
        end: Option<i64>,
        /// Of its limit; 0 means no limits.
        max: Option<i64>,
        seen: Option<u32>,
    },
    Disable(Which),
    Enable(Which),
    Rotate {
        which: Which,
        overlap: i64,
        once: Option<&'static str>,
        seen: Option<u32>,
    },
    EndOverlap(Which),
    Delete {
        which: Which,
        seen: Option<u32>,
    },
    Events(Which),
    Use {
        which: Which,
        ago: i64,
        is_previous: bool,
    },
    Purge {
        ago: i64,
    },
    Wait(i64),
}

#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Key(Option<Box<ApiKey>>),
    Keys(Page<ApiKey>),
    Events(Option<Page<RecordedEvent>>),
    Done,
    Purged(Purgeable, Option<u64>, Option<u64>),
    Refused(String),
}

impl Operation {
    pub(super) fn any() -> impl Strategy<Value = Self> {
        let name = || prop::sample::select(vec!["alpha", "Alpha", "BETA", "größe", "50%_"]);
        let once = || prop::option::weighted(0.3, prop::sample::select(vec!["k1", "k2"]));
        let which =
            || (0_usize..2, 0_usize..8).prop_map(|(workspace, key)| Which { workspace, key });
        let seen = || prop::option::weighted(0.3, 1_u32..6);
        let end = || prop::option::weighted(0.4, 1_i64..2_000);
        let max = |least: i64| prop::option::weighted(0.3, least..4);
        let sort = (
            prop::sample::select(SortBy::ALL.to_vec()),
            prop::sample::select(vec![Direction::Ascending, Direction::Descending]),
        );
        let filter = (
            prop::option::weighted(0.3, prop::sample::select(Status::ALL.to_vec())),
            prop::option::weighted(0.3, prop::sample::select(Mode::ALL.to_vec())),
            prop::option::weighted(
                0.3,
                prop::sample::select(vec![
                    "a",
                    "ALPHA",
                    "ß",
                    "%",
                    "_",
                    "sk_live_",
                    "sk_test_0",
                    "acme_live_",
                ]),
            ),
        );
        prop_oneof![
            4 => (0_usize..2, name(), any::<bool>(), end(), max(1), once())
                .prop_map(|(workspace, name, is_test, end, max, once)| Self::Create { workspace, name, is_test, end, max, once }),
            1 => which().prop_map(Self::Get),
            2 => (0_usize..2, filter, sort, 0_u32..3)
                .prop_map(|(workspace, filter, (by, direction), number)| Self::List { workspace, filter, sort: Sort { by, direction }, number }),
            2 => (which(), prop::option::of(name()), prop::option::of(0_i64..2_000), max(0), seen())
                .prop_map(|(which, name, end, max, seen)| Self::Update { which, name, end, max, seen }),
            1 => which().prop_map(Self::Disable),
            1 => which().prop_map(Self::Enable),
            3 => (which(), prop::sample::select(vec![0_i64, 60, 86_400]), once(), seen())
                .prop_map(|(which, overlap, once, seen)| Self::Rotate { which, overlap, once, seen }),
            1 => which().prop_map(Self::EndOverlap),
            1 => (which(), seen()).prop_map(|(which, seen)| Self::Delete { which, seen }),
            1 => which().prop_map(Self::Events),
            2 => (which(), 0_i64..100, any::<bool>())
                .prop_map(|(which, ago, is_previous)| Self::Use { which, ago, is_previous }),
            1 => (0_i64..1_000).prop_map(|ago| Self::Purge { ago }),
            2 => prop::sample::select(vec![1_i64, 59, 500, 86_400]).prop_map(Self::Wait),
        ]
    }

    pub(super) async fn run(&self, world: &mut World) -> Answer {
        let now = world.clock.now();
        match *self {
            Self::Create { workspace, .. } => self.create(world, workspace).await,
            Self::Get(which) => match world.named(which) {
                None => Answer::Done,
                Some(id) => {
                    let key = world
                        .manage
                        .get(&world.workspaces[which.workspace], id)
                        .await;
                    Answer::Key(key.unwrap().map(Box::new))
                }
            },
            Self::List {
                workspace,
                filter: (status, mode, text),
                sort,
                number,
            } => {
                let search = text.map(|text| SearchText::parse(text).unwrap());
                let listing = ApiKeyListing {
                    filter: ApiKeyFilter {
                        status,
                        mode,
                        search,
                        ..ApiKeyFilter::default()
                    },
                    sort,
                    page: Pagination::new(number, 3).unwrap(),
                    now,
                };
                let keys = world
                    .manage
                    .list(&world.workspaces[workspace], &listing)
                    .await;
                Answer::Keys(keys.unwrap())
            }
            Self::Events(which) => match world.named(which) {
                None => Answer::Done,
                Some(id) => {
                    let page = Pagination::new(0, 100).unwrap();
                    let workspace = &world.workspaces[which.workspace];
                    Answer::Events(world.manage.events(workspace, id, page).await.unwrap())
                }
            },
            Self::Use {
                which,
                ago,
                is_previous,
            } => world.used(which, ago, is_previous).await,
            Self::Purge { ago } => {
                let before = now.plus_seconds(-ago);
                let housekeeping = &world.housekeeping;
                Answer::Purged(
                    housekeeping
                        .purgeable(before, before, before, before)
                        .await
                        .unwrap(),
                    housekeeping.purge_api_keys(before, 100).await.unwrap(),
                    housekeeping
                        .purge_idempotency_records(before, 1_000)
                        .await
                        .unwrap(),
                )
            }
            Self::Wait(seconds) => {
                world.clock.0.fetch_add(seconds, Ordering::Relaxed);
                Answer::Done
            }
            Self::Update { which, seen, .. }
            | Self::Delete { which, seen }
            | Self::Rotate { which, seen, .. } => self.change(world, which, seen).await,
            Self::Disable(which) | Self::Enable(which) | Self::EndOverlap(which) => {
                self.change(world, which, None).await
            }
        }
    }

    async fn create(&self, world: &mut World, workspace: usize) -> Answer {
        let Self::Create {
            name,
            is_test,
            end,
            max,
            once,
            ..
        } = *self
        else {
            panic!("no creation");
        };
        let draft = RawDraft {
            name: RawField::Value(name.to_owned()),
            scopes: RawField::Value(vec![RawField::Value("payment:read".to_owned())]),
            mode: RawField::Value(if is_test { 2 } else { 1 }),
            expires_at: instant(world.clock.now(), end),
            limits: limited(max),
            ..RawDraft::default()
        };
        let once = once.map(|key| idempotency(key, name));
        let workspace = &world.workspaces[workspace];
        let manage = &world.manage;
        let created = async {
            let operation = RepeatableOperation::Create;
            let first_time = manage.first_time(workspace, operation, once).await?;
            manage.create(workspace, draft, origin(), first_time).await
        };
        match created.await {
            Ok(created) => {
                world.created.push(created.key.clone());
                Answer::Key(Some(Box::new(created.key)))
            }
            Err(CreateError::Repository(error)) => panic!("{error:?}"),
            Err(refused) => Answer::Refused(format!("{refused:?}")),
        }
    }

    async fn change(&self, world: &World, which: Which, seen: Option<u32>) -> Answer {
        let Some(api_key_id) = world.named(which) else {
            return Answer::Done;
        };
        let (manage, now) = (&world.manage, world.clock.now());
        let precondition = seen.map_or(Precondition::Anything, |version| {
            Precondition::Versions(vec![version])
        });
        let target = Target {
            workspace: &world.workspaces[which.workspace],
            api_key_id,
            precondition: &precondition,
            origin: &origin(),
        };
        let done = |changed: Result<(), ChangeError>| changed.map(|()| Answer::Done);
        let answer = match *self {
            Self::Update { name, end, max, .. } => {
                let update = RawUpdate {
                    name: name.map_or(RawField::Absent, |name| RawField::Value(name.to_owned())),
                    expires_at: match end {
                        Some(0) => RawField::Null,
                        Some(_) | None => instant(now, end),
                    },
                    limits: limited(max),
                    ..RawUpdate::default()
                };
                let updated = manage.update(target, update).await;
                updated.map(|key| Answer::Key(Some(Box::new(key))))
            }
            Self::Disable(_) => done(manage.disable(target.supervised()).await),
            Self::Enable(_) => done(manage.enable(target).await),
            Self::EndOverlap(_) => done(manage.end_overlap(target).await),
            Self::Delete { .. } => done(manage.delete(target).await),
            Self::Rotate { overlap, once, .. } => {
                let rotation = RawRotation {
                    overlap_seconds: RawField::Value(overlap),
                    unexpected: vec![],
                };
                let body = format!("{api_key_id} {overlap}");
                let once = once.map(|key| idempotency(key, &body));
                let rotated = async {
                    let operation = RepeatableOperation::Rotate;
                    let first_time = manage.first_time(target.workspace, operation, once).await?;
                    manage.rotate(target, rotation, first_time).await
                };
                rotated
                    .await
                    .map(|rotated| Answer::Key(Some(Box::new(rotated.key))))
            }
            Self::Create { .. }
            | Self::Get(_)
            | Self::List { .. }
            | Self::Events(_)
            | Self::Use { .. }
            | Self::Purge { .. }
            | Self::Wait(_) => panic!("no change"),
        };
        match answer {
            Ok(answer) => answer,
            Err(ChangeError::Repository(error)) => panic!("{error:?}"),
            Err(refused) => Answer::Refused(format!("{refused:?}")),
        }
    }
}

fn instant(now: Timestamp, seconds: Option<i64>) -> RawField<String> {
    seconds.map_or(RawField::Absent, |seconds| {
        RawField::Value(now.plus_seconds(seconds).to_string())
    })
}

/// One limit; with a `max` of 0 none.
fn limited(max: Option<i64>) -> RawLimits {
    match max {
        None => RawField::Absent,
        Some(0) => RawField::Null,
        Some(max) => RawField::Value(vec![raw_limit("requests", max, "1m")]),
    }
}

impl World {
    /// The selected key, whichever workspace it was created in; `None` while there is none.
    fn named(&self, which: Which) -> Option<ApiKeyId> {
        let count = self.created.len();
        (count > 0).then(|| self.created[which.key % count].id())
    }

    /// Uses one of the key's current secrets.
    async fn used(&self, which: Which, ago: i64, is_previous: bool) -> Answer {
        let Some(id) = self.named(which) else {
            return Answer::Done;
        };
        let workspace = &self.workspaces[which.workspace];
        let Some(key) = self.manage.get(workspace, id).await.unwrap() else {
            return Answer::Done;
        };
        let fields = key.into_fields();
        let secret = match fields.previous_secret {
            Some(previous) if is_previous => previous.secret,
            Some(_) | None => fields.secret,
        };
        let secret_use = used_once(secret.hash, self.clock.now().plus_seconds(-ago));
        self.usage.record(vec![secret_use]).await.unwrap();
        Answer::Done
    }
}

#[derive(Clone, Default)]
pub(super) struct SharedClock(Arc<AtomicI64>);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        at(self.0.load(Ordering::Relaxed))
    }
}

/// Distinguishes the ids and secrets of one case from those of all others.
#[derive(Clone, Copy)]
pub(super) struct Seed(pub(super) u64);

/// The same ids and secrets in each world, in the same order.
pub(super) struct SeededSecrets {
    seed: u64,
    count: AtomicU64,
}

impl From<Seed> for SeededSecrets {
    fn from(seed: Seed) -> Self {
        let count = AtomicU64::new(0);
        Self {
            seed: seed.0,
            count,
        }
    }
}

impl SeededSecrets {
    fn next(&self) -> u64 {
        (self.seed << 32) + self.count.fetch_add(1, Ordering::Relaxed)
    }
}

impl Secrets for SeededSecrets {
    fn new_secret(&self, prefix: KeyPrefix, mode: Mode) -> Result<Secret, EntropyUnavailable> {
        Ok(secret_with(prefix, mode, self.next()))
    }

    fn new_id(
        &self,
        prefix: KeyPrefix,
        mode: Mode,
        now: Timestamp,
    ) -> Result<ApiKeyId, EntropyUnavailable> {
        Ok(api_key_id_with(prefix, mode, now, self.next()))
    }

    fn webhook_id(&self, now: Timestamp) -> Result<WebhookId, EntropyUnavailable> {
        Ok(WebhookId::from_entropy(now, [0; 10]))
    }
}
