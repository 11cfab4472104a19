use keyward_domain::ports::{SecretUse, UsageStore as _};
use keyward_domain::testing::{self, at, used_once};

use crate::subject::{Subject, new_secret, on_both_stores};

on_both_stores! {
    async fn the_last_time_moves_forward_only_and_counts_add_up(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let used = |second, address: Option<&str>, count| vec![SecretUse {
            address: address.map(testing::address),
            count,
            ..used_once(key.fields().secret.hash, at(second))
        }];
        for (uses, want) in [
            (used(10, Some("203.0.113.7"), 1), (10, Some("203.0.113.7"), 1)),
            (used(5, Some("198.51.100.1"), 2), (10, Some("203.0.113.7"), 3)),
            (used(10, Some("198.51.100.1"), 1), (10, Some("203.0.113.7"), 4)),
            (used(11, Some("2001:db8::7"), 1), (11, Some("2001:db8::7"), 5)),
            (used(12, None, 1), (12, None, 6)),
        ] {
            subject.store.record(uses).await.unwrap();
            let fields = subject.current(&key).await.unwrap().into_fields();
            let last_use = fields.secret.last_use.unwrap();
            let address = last_use.address.map(|address| address.ip().to_string());
            assert_eq!((last_use.at, address.as_deref(), last_use.count), (at(want.0), want.1, want.2));
            assert_eq!(fields.last_used_at, Some(at(want.0)));
            assert_eq!(fields.version, 1, "a use is no change");
        }
    }

    async fn uses_of_many_secrets_are_recorded_together(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (first, second) = (subject.created(&workspace).await, subject.created(&workspace).await);
        let once = |hash, second| used_once(hash, at(second));
        let nobodys = new_secret(keyward_domain::Mode::Live).hash();
        let uses = vec![
            once(first.fields().secret.hash, 1),
            once(nobodys, 2),
            once(second.fields().secret.hash, 3),
        ];
        subject.store.record(uses).await.unwrap();
        for (key, second) in [(first, 1), (second, 3)] {
            let last_used_at = subject.current(&key).await.unwrap().into_fields().last_used_at;
            assert_eq!(last_used_at, Some(at(second)));
        }
        subject.store.record(vec![]).await.unwrap();
    }
}
