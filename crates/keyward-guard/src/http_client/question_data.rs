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
}

impl<'a> QuestionData<'a> {
    pub(super) fn of(secret: &'a str, question: &'a Question) -> Self {
        let ip = question.address.map(ClientAddress::ip);
        Self {
            secret,
            ip: ip.map(|ip| ip.to_string()),
            scopes: question.scopes.iter().map(Scope::as_str).collect(),
            mode: question.mode.map(Mode::as_str),
        }
    }
}
