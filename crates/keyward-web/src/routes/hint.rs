use keyward_domain::{Mode, SecretHint};

/// What is shown of a secret ever after: how it begins, and its last four characters (contract §3).
#[must_use]
pub fn shown_hint(mode: Mode, hint: SecretHint) -> String {
    format!("{}…{}", mode.prefix(), hint.as_str())
}
