use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use keyward_domain::ports::{LimitLeases, RepositoryError};
use keyward_domain::{LimitId, LimitSubject, Refill, RefillRequest, SpentForNow, Timestamp};
use serde::{Deserialize, Serialize};

use crate::http_client::{Node, NodeError};

/// How long a refill may take.
const REFILL_MAX: Duration = Duration::from_secs(2);

/// Leases units from the node, which passes the requests on to its store (contract §10).
pub(super) struct NodeLeases(pub(super) Arc<Node>);

#[derive(Serialize)]
struct RefillsBody {
    refills: Vec<RefillData>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefillData {
    workspace_id: String,
    /// Missing for a limit of the whole workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_uuid: Option<String>,
    name: String,
    guard: String,
    number: u64,
    max: u64,
    window: String,
    kept: u64,
    spent: Vec<SpentData>,
    wanted: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    period_end_micros: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SpentData {
    units: u64,
    rests_micros: u64,
}

#[derive(Deserialize)]
struct Envelope {
    data: RefilledData,
}

#[derive(Deserialize)]
struct RefilledData {
    refills: Vec<AnswerData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerData {
    continued: bool,
    units: u64,
    target: u64,
    valid_for_micros: u64,
    period_end_micros: Option<i64>,
    period_remaining_micros: Option<u64>,
    free: u64,
    next_free_in_micros: Option<u64>,
}

#[async_trait]
impl LimitLeases for NodeLeases {
    async fn refill(
        &self,
        requests: Vec<(LimitId, RefillRequest)>,
    ) -> Result<Vec<Refill>, RepositoryError> {
        let body = RefillsBody {
            refills: requests.iter().map(RefillData::of).collect(),
        };
        let asking = self.0.post("/internal/v1/limits/refills", &body);
        let answer = match tokio::time::timeout(REFILL_MAX, asking).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error @ NodeError::Unsent(_))) => {
                return Err(RepositoryError::Unavailable(error.into()));
            }
            Ok(Err(error)) => return Err(RepositoryError::OutcomeUnknown(error.into())),
            Err(late) => return Err(RepositoryError::OutcomeUnknown(late.into())),
        };
        if !answer.status.is_success() {
            let refused = format!("the node answered with {}", answer.status);
            return Err(RepositoryError::OutcomeUnknown(refused.into()));
        }
        let unreadable = RepositoryError::OutcomeUnknown;
        let envelope: Envelope =
            serde_json::from_slice(&answer.body).map_err(|error| unreadable(error.into()))?;
        let refills: Option<Vec<Refill>> = envelope
            .data
            .refills
            .into_iter()
            .map(AnswerData::parse)
            .collect();
        refills
            .filter(|refills| refills.len() == requests.len())
            .ok_or_else(|| unreadable("the answer is not from Keyward".into()))
    }
}

impl RefillData {
    fn of((id, request): &(LimitId, RefillRequest)) -> Self {
        let spent = request.spent.iter().map(|spent| SpentData {
            units: spent.units,
            rests_micros: micros(spent),
        });
        Self {
            workspace_id: id.workspace_id.as_str().to_owned(),
            api_key_uuid: match id.subject {
                LimitSubject::Key(uuid) => Some(uuid.to_string()),
                LimitSubject::Workspace => None,
            },
            name: id.name.to_string(),
            guard: request.node.to_string(),
            number: request.number,
            max: request.max.get(),
            window: request.window.to_string(),
            kept: request.kept,
            spent: spent.collect(),
            wanted: request.wanted,
            period_end_micros: request.period_end.map(Timestamp::unix_micros),
        }
    }
}

/// Rounded up: units are never free too early.
fn micros(spent: &SpentForNow) -> u64 {
    u64::try_from(spent.rests.as_nanos().div_ceil(1_000)).unwrap_or(u64::MAX)
}

impl AnswerData {
    /// `None` when Keyward would not write it.
    fn parse(self) -> Option<Refill> {
        let period_end = match self.period_end_micros {
            Some(micros) => Some(Timestamp::from_unix_micros(micros)?),
            None => None,
        };
        Some(Refill {
            is_continued: self.continued,
            units: self.units,
            target: self.target,
            valid_for: Duration::from_micros(self.valid_for_micros),
            period_end,
            period_remaining: self.period_remaining_micros.map(Duration::from_micros),
            free: self.free,
            next_free_in: self.next_free_in_micros.map(Duration::from_micros),
        })
    }
}
