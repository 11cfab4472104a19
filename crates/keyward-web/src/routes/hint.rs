use keyward_domain::{Mode, SecretHint};

/// The part of a secret that may be shown later: its prefix and its last four characters (contract
/// §3).
pub(crate) fn shown(mode: Mode, hint: SecretHint) -> String {
    format!("{}…{}", mode.prefix(), hint.as_str())
}
