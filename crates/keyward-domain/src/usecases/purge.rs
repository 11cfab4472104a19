//! Physically removes old data, batch by batch.

use crate::caller::session_id::ENDED_SESSION_SECONDS;
use crate::ports::{Housekeeping, Purgeable, RepositoryError};
use crate::request::idempotency::IDEMPOTENCY_SECONDS;
use crate::timestamp::Timestamp;

/// The size of a batch: so small that a concurrent create does not notice it.
const BATCH: u32 = 200;

/// A purge of counters of denials and uses, deleted keys, idempotency records and ended sessions, in
/// this order. Counters come first, because a deleted key may have many. The purge can stop after any batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    deleted_by: Timestamp,
    recorded_by: Timestamp,
    counted_by: Timestamp,
    ended_by: Timestamp,
    stage: Stage,
}

/// What the purge removes at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Denials,
    Uses,
    ApiKeys,
    IdempotencyRecords,
    EndedSessions,
}

/// The result of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurgeStep {
    /// This many deleted keys were removed, with their last uses.
    ApiKeys(u64),
    /// This many idempotency records were removed.
    IdempotencyRecords(u64),
    /// This many denial counters were removed.
    Denials(u64),
    /// This many use counters were removed.
    Uses(u64),
    /// This many ended sessions were removed.
    EndedSessions(u64),
    /// Another purge is running; nothing was done.
    Elsewhere,
    /// Nothing is left to remove.
    Finished,
}

impl Purge {
    /// A purge of keys that were deleted at least `deleted_for_seconds` before `now`, of counters of
    /// uses and denials in hours that began at least `counted_for_seconds` before `now`, and of
    /// idempotency records and sessions that have expired.
    #[must_use]
    pub fn at(now: Timestamp, deleted_for_seconds: i64, counted_for_seconds: i64) -> Self {
        Self {
            deleted_by: now.plus_seconds(deleted_for_seconds.saturating_neg()),
            recorded_by: now.plus_seconds(-IDEMPOTENCY_SECONDS),
            counted_by: now.plus_seconds(counted_for_seconds.saturating_neg()),
            ended_by: now.plus_seconds(-ENDED_SESSION_SECONDS),
            stage: Stage::Denials,
        }
    }

    /// How many records the purge would remove.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed.
    pub async fn purgeable(
        &self,
        housekeeping: &dyn Housekeeping,
    ) -> Result<Purgeable, RepositoryError> {
        housekeeping
            .purgeable(
                self.deleted_by,
                self.recorded_by,
                self.counted_by,
                self.ended_by,
            )
            .await
    }

    /// Removes the next batch.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store failed. The batch can be retried.
    pub async fn step(
        &mut self,
        housekeeping: &dyn Housekeeping,
    ) -> Result<PurgeStep, RepositoryError> {
        if self.stage == Stage::Denials {
            let denials = housekeeping.purge_denials(self.counted_by, self.deleted_by, BATCH);
            match denials.await? {
                None => return Ok(PurgeStep::Elsewhere),
                Some(0) => self.stage = Stage::Uses,
                Some(count) => return Ok(PurgeStep::Denials(count)),
            }
        }
        if self.stage == Stage::Uses {
            let uses = housekeeping.purge_uses(self.counted_by, self.deleted_by, BATCH);
            match uses.await? {
                None => return Ok(PurgeStep::Elsewhere),
                Some(0) => self.stage = Stage::ApiKeys,
                Some(count) => return Ok(PurgeStep::Uses(count)),
            }
        }
        if self.stage == Stage::ApiKeys {
            match housekeeping.purge_api_keys(self.deleted_by, BATCH).await? {
                None => return Ok(PurgeStep::Elsewhere),
                Some(0) => self.stage = Stage::IdempotencyRecords,
                Some(count) => return Ok(PurgeStep::ApiKeys(count)),
            }
        }
        if self.stage == Stage::IdempotencyRecords {
            let records = housekeeping.purge_idempotency_records(self.recorded_by, BATCH);
            match records.await? {
                None => return Ok(PurgeStep::Elsewhere),
                Some(0) => self.stage = Stage::EndedSessions,
                Some(count) => return Ok(PurgeStep::IdempotencyRecords(count)),
            }
        }
        let sessions = housekeeping.purge_ended_sessions(self.ended_by, BATCH);
        Ok(match sessions.await? {
            None => PurgeStep::Elsewhere,
            Some(0) => PurgeStep::Finished,
            Some(count) => PurgeStep::EndedSessions(count),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::MockHousekeeping;
    use crate::testing::at;

    #[test]
    fn counters_go_first_then_keys_records_and_sessions_until_nothing_is_left() {
        let mut housekeeping = MockHousekeeping::new();
        let mut keys = [Some(200), None, Some(7), Some(0)].into_iter();
        housekeeping
            .expect_purge_api_keys()
            .withf(|deleted_by, _| *deleted_by == at(-60))
            .returning(move |_, _| Ok(keys.next().unwrap()));
        let mut records = [Some(3), None, Some(0)].into_iter();
        housekeeping
            .expect_purge_idempotency_records()
            .withf(|recorded_by, _| *recorded_by == at(-IDEMPOTENCY_SECONDS))
            .returning(move |_, _| Ok(records.next().unwrap()));
        let mut denials = [Some(9), None, Some(0)].into_iter();
        housekeeping
            .expect_purge_denials()
            .withf(|counted_by, deleted_by, _| *counted_by == at(-99) && *deleted_by == at(-60))
            .returning(move |_, _, _| Ok(denials.next().unwrap()));
        let mut uses = [Some(4), None, Some(0)].into_iter();
        housekeeping
            .expect_purge_uses()
            .withf(|counted_by, deleted_by, _| *counted_by == at(-99) && *deleted_by == at(-60))
            .returning(move |_, _, _| Ok(uses.next().unwrap()));
        let mut sessions = [Some(2), None, Some(0)].into_iter();
        housekeeping
            .expect_purge_ended_sessions()
            .withf(|ended_by, _| *ended_by == at(-ENDED_SESSION_SECONDS))
            .returning(move |_, _| Ok(sessions.next().unwrap()));
        let mut purge = Purge::at(at(0), 60, 99);
        for want in [
            PurgeStep::Denials(9),
            PurgeStep::Elsewhere,
            PurgeStep::Uses(4),
            PurgeStep::Elsewhere,
            PurgeStep::ApiKeys(200),
            PurgeStep::Elsewhere,
            PurgeStep::ApiKeys(7),
            PurgeStep::IdempotencyRecords(3),
            PurgeStep::Elsewhere,
            PurgeStep::EndedSessions(2),
            PurgeStep::Elsewhere,
            PurgeStep::Finished,
        ] {
            let step = pollster::block_on(purge.step(&housekeeping));
            assert_eq!(step.unwrap(), want);
        }
    }
}
