//! Keys, scopes, events and webhooks as pages show them.

pub(crate) mod alert;
pub(crate) mod attempt_view;
pub(crate) mod attention;
pub(crate) mod catalogue;
pub(crate) mod code_example;
pub(crate) mod delivery_view;
pub(crate) mod denial_view;
pub(crate) mod exposure_view;
mod field_problems;
pub(crate) mod key_form;
pub(crate) mod key_row;
pub(crate) mod key_view;
pub(crate) mod limit_view;
pub(crate) mod list_query;
pub(crate) mod moment;
pub(crate) mod number;
pub(crate) mod permission_chips;
pub(crate) mod permission_matrix;
pub(crate) mod preset;
pub(crate) mod settings_view;
pub(crate) mod sparkline;
pub(crate) mod trail_view;
pub(crate) mod usage_chart;
pub(crate) mod webhook_form;
pub(crate) mod webhook_view;
