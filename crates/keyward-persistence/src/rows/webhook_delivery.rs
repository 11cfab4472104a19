use std::time::Duration;

use diesel::{AsChangeset, Queryable, Selectable};
use keyward_domain::{
    Attempt, Delivery, DeliveryFailure, DeliveryStatus, EventId, EventType, Outcome,
};

use super::ColumnRef;
use crate::error::CorruptRow;
use crate::schema::{published_events, webhook_deliveries};
use crate::sql_types::{Id, Micros, Stored, bigint};

/// What an attempt changes.
#[derive(AsChangeset)]
#[diesel(table_name = webhook_deliveries, treat_none_as_null = true)]
pub(crate) struct AttemptedRow {
    status: &'static str,
    attempts: i64,
    due_at: Option<Micros>,
    lease: Option<Id>,
    attempted_at: Option<Micros>,
    duration_micros: Option<i64>,
    answer_status: Option<i64>,
    answer: Option<String>,
    failure: Option<String>,
}

impl AttemptedRow {
    pub(crate) fn new(
        attempt: Attempt,
        number: u32,
        status: DeliveryStatus,
        due_at: Option<Micros>,
    ) -> Self {
        let (answer_status, answer, failure) = match attempt.outcome {
            Outcome::Answered { status, answer } => (Some(status.into()), Some(answer), None),
            Outcome::Failed(failure) => (None, None, Some(failure.as_str().to_owned())),
        };
        let micros = u64::try_from(attempt.duration.as_micros()).unwrap_or(u64::MAX);
        Self {
            status: status.as_str(),
            attempts: number.into(),
            due_at,
            lease: None,
            attempted_at: Some(attempt.at.into()),
            duration_micros: Some(bigint(micros)),
            answer_status,
            answer,
            failure,
        }
    }
}

/// A delivery as it is read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_deliveries)]
pub(crate) struct WebhookDeliveryRow {
    position: i64,
    status: String,
    attempts: i64,
    due_at: Option<Micros>,
    attempted_at: Option<Micros>,
    duration_micros: Option<i64>,
    answer_status: Option<i64>,
    answer: Option<String>,
    failure: Option<String>,
}

/// The event of a delivery, without its content.
#[derive(Queryable, Selectable)]
#[diesel(table_name = published_events)]
pub(crate) struct DeliveredEventRow {
    id: Stored<Id>,
    sequence: Option<i64>,
    event_type: String,
}

impl WebhookDeliveryRow {
    pub(crate) fn read(self, event: DeliveredEventRow) -> Result<Delivery, CorruptRow> {
        let position = self.position;
        let column = ColumnRef {
            table: "webhook_deliveries",
            id: &position,
        };
        let outcome = match (self.answer_status, self.answer, &self.failure) {
            (Some(status), Some(answer), None) => Some(Outcome::Answered {
                status: column.read("answer_status", status.try_into())?,
                answer,
            }),
            (None, None, Some(word)) => {
                let failure = column.word("failure", DeliveryFailure::parse(word))?;
                Some(Outcome::Failed(failure))
            }
            (_, _, _) => None,
        };
        let last_attempt = match (self.attempted_at, self.duration_micros, outcome) {
            (Some(at), Some(micros), Some(outcome)) => Some(Attempt {
                at: column.instant("attempted_at", at)?,
                duration: Duration::from_micros(column.read("duration_micros", micros.try_into())?),
                outcome,
            }),
            (_, _, _) => None,
        };
        let due_at = self.due_at.map(|at| column.instant("due_at", at));
        let sequence = event.sequence.map(u64::try_from).transpose();
        Ok(Delivery {
            event_id: EventId::from_uuid(column.read("id", event.id.0)?.0),
            event_type: column.read("event_type", EventType::parse(&event.event_type))?,
            position: column.read("position", position.try_into())?,
            sequence: column.read("sequence", sequence)?,
            status: column.word("status", DeliveryStatus::parse(&self.status))?,
            attempts: column.read("attempts", self.attempts.try_into())?,
            due_at: due_at.transpose()?,
            last_attempt,
        })
    }
}
