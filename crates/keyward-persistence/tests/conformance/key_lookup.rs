use std::sync::Arc;

use keyward_domain::ports::{KeyLookup as _, RepositoryError};
use keyward_domain::testing::{at, verification_key};
use keyward_domain::{ApiKey, Change, SecretHash, VerificationKey};

use crate::subject::{Subject, new_secret, on_both_stores, rotation};

async fn found(subject: &Subject, hash: &SecretHash) -> Option<Arc<VerificationKey>> {
    subject.store.find(hash).await.unwrap()
}

on_both_stores! {
    async fn a_key_is_found_by_its_secret(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let (key, other) = (subject.created(&workspace).await, subject.created(&workspace).await);
        assert_eq!(found(subject, &key.fields().secret.hash).await, Some(verification_key(&key)));
        assert_eq!(found(subject, &other.fields().secret.hash).await, Some(verification_key(&other)));
        let nobodys = new_secret(keyward_domain::Mode::Live).hash();
        assert_eq!(found(subject, &nobodys).await, None);
    }

    async fn a_rotated_key_is_found_by_both_secrets_until_the_old_one_is_gone(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let first = subject.created(&workspace).await;
        let second = subject.change(&workspace, &first, &rotation(at(1), 600), at(1)).await;
        let hash = |key: &ApiKey| key.fields().secret.hash;
        assert_eq!(found(subject, &hash(&first)).await, Some(verification_key(&second)));
        assert_eq!(found(subject, &hash(&second)).await, Some(verification_key(&second)));
        let third = subject.change(&workspace, &second, &rotation(at(2), 600), at(2)).await;
        assert_eq!(found(subject, &hash(&first)).await, None);
        assert_eq!(found(subject, &hash(&second)).await, Some(verification_key(&third)));
        let ended = subject.change(&workspace, &third, &Change::EndOverlap, at(3)).await;
        assert_eq!(found(subject, &hash(&second)).await, None);
        assert_eq!(found(subject, &hash(&third)).await, Some(verification_key(&ended)));
    }

    async fn a_disabled_key_is_found_and_a_deleted_one_is_not(subject: &Subject) {
        let workspace = subject.workspace("ws_1").await;
        let key = subject.created(&workspace).await;
        let disabled = subject.change(&workspace, &key, &Change::Disable, at(1)).await;
        let hash = key.fields().secret.hash;
        assert_eq!(found(subject, &hash).await, Some(verification_key(&disabled)));
        subject.change(&workspace, &disabled, &Change::Delete, at(2)).await;
        assert_eq!(found(subject, &hash).await, None);
    }

    async fn an_unreadable_key_stands_in_the_way_of_no_other(subject: &Subject) {
        let (bad, good) = (subject.workspace("ws_1").await, subject.workspace("ws_2").await);
        let (bad, good) = (subject.created(&bad).await, subject.created(&good).await);
        subject.execute_on_both("UPDATE api_keys SET name = ' ' WHERE workspace_id = 'ws_1'").await;
        let refused = subject.store.find(&bad.fields().secret.hash).await;
        assert!(matches!(refused, Err(RepositoryError::Corrupt(_))), "{refused:?}");
        assert_eq!(found(subject, &good.fields().secret.hash).await, Some(verification_key(&good)));
    }
}
