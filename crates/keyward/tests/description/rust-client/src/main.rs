//! A create and a verify by a client that was generated from the description only.

use std::env::var;

use keyward_client::apis::configuration::Configuration;
use keyward_client::apis::{keys_api, verification_api};
use keyward_client::models::{NewApiKey, Question};

#[tokio::main]
async fn main() {
    let portal = Configuration {
        base_path: var("PUBLIC_URL").unwrap(),
        bearer_access_token: Some(var("TOKEN").unwrap()),
        ..Configuration::default()
    };
    let internal = Configuration {
        base_path: var("INTERNAL_URL").unwrap(),
        ..Configuration::default()
    };
    let (workspace, client_hash) = (var("WORKSPACE").unwrap(), var("CLIENT_HASH").unwrap());
    let draft = NewApiKey {
        scopes: Some(Some(vec!["payment:read".to_owned()])),
        ..NewApiKey::new("By Rust".to_owned())
    };
    let created = keys_api::create_api_key(
        &portal, &workspace, &client_hash, &workspace, draft, None, None,
    );
    let created = created.await.expect("created").data;
    let question = Question {
        scopes: Some(Some(vec!["payment:read".to_owned()])),
        ..Question::new(created.secret.clone())
    };
    let verified = verification_api::verify_api_key(&internal, question, None);
    let verdict = verified.await.expect("verified").data;
    assert!(verdict.valid, "{verdict:?}");
    assert_eq!(verdict.api_key_id, Some(created.api_key_id.clone()));
}
