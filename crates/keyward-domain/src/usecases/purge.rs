//! Removing for good what is past its time, batch by batch.

use crate::idempotency::IDEMPOTENCY_SECONDS;
use crate::ports::{Housekeeping, Purgeable, RepositoryError};
use crate::timestamp::Timestamp;

/// How much one batch removes at most: so little that a create waits for it unnoticeably.
const BATCH: u32 = 200;

/// A purge: first of deleted keys, then of idempotency records. It can be given up after any batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purge {
    deleted_by: Timestamp,
    recorded_by: Timestamp,
    keys_are_done: bool,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurgeStep {
    /// So many deleted keys were removed, with their last uses.
    ApiKeys(u64),
    /// So many idempotency records were removed.
    IdempotencyRecords(u64),
    /// Somebody else is removing at this moment; nothing was done.
    Elsewhere,
    /// Nothing is left to remove.
    Finished,
}

impl Purge {
    /// Of keys that were deleted at least `deleted_for_seconds` before `now`, and of idempotency
    /// records that count no more.
    #[must_use]
    pub fn at(now: Timestamp, deleted_for_seconds: i64) -> Self {
        Self {
            deleted_by: now.plus_seconds(deleted_for_seconds.saturating_neg()),
            recorded_by: now.plus_seconds(-IDEMPOTENCY_SECONDS),
            keys_are_done: false,
        }
    }

    /// How much there is to remove.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not say.
    pub async fn purgeable(
        &self,
        housekeeping: &dyn Housekeeping,
    ) -> Result<Purgeable, RepositoryError> {
        housekeeping
            .purgeable(self.deleted_by, self.recorded_by)
            .await
    }

    /// Removes the next batch.
    ///
    /// # Errors
    /// [`RepositoryError`] when the store could not: the batch can be tried again.
    pub async fn step(
        &mut self,
        housekeeping: &dyn Housekeeping,
    ) -> Result<PurgeStep, RepositoryError> {
        if !self.keys_are_done {
            match housekeeping.purge_api_keys(self.deleted_by, BATCH).await? {
                None => return Ok(PurgeStep::Elsewhere),
                Some(0) => self.keys_are_done = true,
                Some(count) => return Ok(PurgeStep::ApiKeys(count)),
            }
        }
        let records = housekeeping.purge_idempotency_records(self.recorded_by, BATCH);
        Ok(match records.await? {
            None => PurgeStep::Elsewhere,
            Some(0) => PurgeStep::Finished,
            Some(count) => PurgeStep::IdempotencyRecords(count),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::MockHousekeeping;

    fn now() -> Timestamp {
        Timestamp::from_unix_seconds(1_800_000_000).unwrap()
    }

    #[test]
    fn keys_go_first_then_records_until_nothing_is_left() {
        let mut housekeeping = MockHousekeeping::new();
        let mut keys = [Some(200), None, Some(7), Some(0)].into_iter();
        housekeeping
            .expect_purge_api_keys()
            .withf(|deleted_by, _| *deleted_by == now().plus_seconds(-60))
            .returning(move |_, _| Ok(keys.next().unwrap()));
        let mut records = [Some(3), None, Some(0)].into_iter();
        housekeeping
            .expect_purge_idempotency_records()
            .withf(|recorded_by, _| *recorded_by == now().plus_seconds(-IDEMPOTENCY_SECONDS))
            .returning(move |_, _| Ok(records.next().unwrap()));
        let mut purge = Purge::at(now(), 60);
        for want in [
            PurgeStep::ApiKeys(200),
            PurgeStep::Elsewhere,
            PurgeStep::ApiKeys(7),
            PurgeStep::IdempotencyRecords(3),
            PurgeStep::Elsewhere,
            PurgeStep::Finished,
        ] {
            let step = pollster::block_on(purge.step(&housekeeping));
            assert_eq!(step.unwrap(), want);
        }
    }
}
