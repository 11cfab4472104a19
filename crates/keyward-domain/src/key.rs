//! API keys: their fields and their changes.

pub(crate) mod annotations;
pub(crate) mod api_key;
pub(crate) mod base62;
pub(crate) mod change;
pub(crate) mod description;
pub(crate) mod display_text;
pub(crate) mod expiry;
pub(crate) mod external_id;
pub(crate) mod id;
pub(crate) mod ip_rule;
pub(crate) mod leak_policy;
pub(crate) mod lifetime;
pub(crate) mod lifetime_policy;
pub(crate) mod metadata;
pub(crate) mod mode;
pub(crate) mod name;
pub(crate) mod overlap;
pub(crate) mod prefix;
pub(crate) mod scope;
pub(crate) mod secret;
pub(crate) mod secret_hash;
pub(crate) mod secret_hint;
pub(crate) mod secret_text;
pub(crate) mod status;
pub(crate) mod stored_secret;
