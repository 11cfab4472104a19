use keyward_domain::{Language, LimitUse};
use keyward_web::message;

use crate::language::MessageId as M;

/// A limit of a key, and how much of it is used.
pub(crate) struct LimitView {
    pub(crate) name: String,
    pub(crate) window: String,
    pub(crate) used: u64,
    pub(crate) max: u64,
    /// "3 of 100 used".
    pub(crate) words: String,
    pub(crate) is_of_workspace: bool,
}

impl LimitView {
    pub(crate) fn of(used: &LimitUse, language: Language) -> Self {
        let max = used.limit.max.get();
        let arguments = [
            ("used", used.used.to_string().into()),
            ("max", max.to_string().into()),
        ];
        Self {
            name: used.limit.name.to_string(),
            window: used.limit.window.to_string(),
            used: used.used,
            max,
            words: message(language, M::LimitUse, &arguments),
            is_of_workspace: used.is_of_workspace,
        }
    }
}
