use std::collections::BTreeMap;

use keyward_domain::{ClientAddress, Mode, Question, Scope};
use serde::Serialize;

/// The body of a question (contract §4). No `Debug`, because it contains a secret.
#[derive(Serialize)]
pub(super) struct QuestionData<'a> {
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    scopes: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    cost: BTreeMap<&'a str, u64>,
}

impl<'a> QuestionData<'a> {
    pub(super) fn of(secret: &'a str, question: &'a Question) -> Self {
        let costs = question.costs.stated().iter();
        let ip = question.address.map(ClientAddress::ip);
        Self {
            secret,
            ip: ip.map(|ip| ip.to_string()),
            scopes: question.scopes.iter().map(Scope::as_str).collect(),
            mode: question.mode.map(Mode::as_str),
            cost: costs
                .map(|(name, cost)| (name.as_str(), cost.get()))
                .collect(),
        }
    }
}
