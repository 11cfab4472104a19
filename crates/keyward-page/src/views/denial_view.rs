use std::collections::BTreeMap;

use keyward_domain::ports::KeyDenials;
use keyward_domain::{Denial, Language};
use keyward_web::message;

use super::moment::Moment;
use crate::language::MessageId as M;

/// The denials of a key for one reason.
pub(crate) struct DenialView {
    pub(crate) reason: String,
    pub(crate) count: u64,
    pub(crate) last_at: Moment,
    pub(crate) address: Option<String>,
    /// "Allow 203.0.113.9", and the address, when that was the reason.
    pub(crate) may_allow: Option<(String, String)>,
}

impl DenialView {
    /// All reasons, the latest first.
    pub(crate) fn all(denials: &[KeyDenials], language: Language) -> Vec<Self> {
        let mut by_reason: BTreeMap<Denial, KeyDenials> = BTreeMap::new();
        for denied in denials.iter().filter(|denied| denied.count > 0) {
            let so_far = by_reason.entry(denied.denial);
            so_far
                .and_modify(|so_far| {
                    so_far.count = so_far.count.saturating_add(denied.count);
                    if denied.last_denied_at > so_far.last_denied_at {
                        so_far.last_denied_at = denied.last_denied_at;
                        so_far.address = denied.address;
                    }
                })
                .or_insert_with(|| denied.clone());
        }
        let mut all: Vec<KeyDenials> = by_reason.into_values().collect();
        all.sort_by_key(|denied| std::cmp::Reverse(denied.last_denied_at));
        all.iter()
            .map(|denied| Self::of(denied, language))
            .collect()
    }

    fn of(denied: &KeyDenials, language: Language) -> Self {
        let address = denied.address.map(|address| address.ip().to_string());
        let refused = address
            .clone()
            .filter(|_| denied.denial == Denial::IpNotAllowed);
        Self {
            reason: message(language, of_denial(denied.denial), &[]),
            count: denied.count,
            last_at: Moment::of(denied.last_denied_at),
            address,
            may_allow: refused.map(|address| {
                let words = [("address", address.clone().into())];
                (message(language, M::AddAddress, &words), address)
            }),
        }
    }
}

fn of_denial(denial: Denial) -> M {
    match denial {
        Denial::Disabled => M::DenialDisabled,
        Denial::Expired => M::DenialExpired,
        Denial::WrongMode => M::DenialWrongMode,
        Denial::IpNotAllowed => M::DenialIpNotAllowed,
        Denial::NoScopes => M::DenialNoScopes,
        Denial::InsufficientScope => M::DenialInsufficientScope,
        Denial::RateLimited => M::DenialRateLimited,
        Denial::QuotaExceeded => M::DenialQuotaExceeded,
        Denial::CostAboveLimit => M::DenialCostAboveLimit,
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::Mode;
    use keyward_domain::testing::address;
    use keyward_web::testing::{key_id, now};

    use super::*;

    #[test]
    fn each_reason_is_told_once_with_its_last_call() {
        let denied = |denial, ago: i64, from: &str| KeyDenials {
            api_key_id: key_id(Mode::Live),
            denial,
            last_denied_at: now().plus_seconds(-ago),
            address: Some(address(from)),
            count: 2,
        };
        let denials = [
            denied(Denial::IpNotAllowed, 7_200, "203.0.113.8"),
            denied(Denial::Expired, 60, "203.0.113.7"),
            denied(Denial::IpNotAllowed, 3_600, "203.0.113.9"),
        ];
        let views = DenialView::all(&denials, Language::English);
        let shown = views
            .iter()
            .map(|view| (view.reason.as_str(), view.count, view.address.as_deref()));
        let want = [
            ("The key has expired", 2, Some("203.0.113.7")),
            ("Address not allowed", 4, Some("203.0.113.9")),
        ];
        assert_eq!(shown.collect::<Vec<_>>(), want);
        assert_eq!(views[0].may_allow, None);
        let (words, added) = views[1].may_allow.as_ref().unwrap();
        assert_eq!(
            (words.as_str(), added.as_str()),
            ("Allow 203.0.113.9", "203.0.113.9")
        );
    }
}
