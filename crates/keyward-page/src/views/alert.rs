use keyward_domain::{Alarm, Language, QuotaAlarm, Usage};
use keyward_web::message;

use crate::language::MessageId as M;

/// What the owner of a key should know now, with the page that helps.
pub(crate) struct Alert {
    pub(crate) words: String,
    pub(crate) action_url: String,
    pub(crate) action: String,
    /// Whether someone else may have the secret.
    pub(crate) is_serious: bool,
}

/// The alerts about a key with this URL, the most serious first.
pub(crate) fn alerts(usage: &Usage, url: &str, language: Language) -> Vec<Alert> {
    let activity = |words: String, is_serious| Alert {
        words,
        action_url: format!("{url}/activity"),
        action: message(language, M::SeeActivity, &[]),
        is_serious,
    };
    let alarms = usage.alarms.iter().map(|raised| {
        let words = match raised.alarm {
            Alarm::WrongAddress => M::AlarmWrongAddress,
            Alarm::StillCalled => M::AlarmStillCalled,
            Alarm::ManyDenials => M::AlarmManyDenials,
        };
        let count = [("count", raised.count.to_string().into())];
        let is_serious = raised.alarm == Alarm::WrongAddress;
        activity(message(language, words, &count), is_serious)
    });
    let quotas = usage.limits.iter().filter_map(|used| {
        let words = match used.alarm()? {
            QuotaAlarm::NearlyReached => M::AlarmQuotaNear,
            QuotaAlarm::Reached => M::AlarmQuotaReached,
        };
        let limit = [("limit", used.limit.name.to_string().into())];
        Some(activity(message(language, words, &limit), false))
    });
    alarms.chain(quotas).collect()
}
