//! Measures the decision alone, without a look-up.

use std::hint::black_box;
use std::time::Instant;

use keyward_domain::testing::{address, altered, scope, workspace_id};
use keyward_domain::usecases::authorize;
use keyward_domain::{Decision, IpAllowlist, IpRule, Question, Timestamp, VerificationKey, decide};
use keyward_persistence::testing::TestDatabase;

use crate::keys::new_key;
use crate::settings::rounds;
use crate::{docs, subject};

const TIMES: u32 = 1_000_000;

/// A key with ten IP rules, of which only the last one matches, and a question with three scopes.
pub(crate) async fn run() {
    let database = TestDatabase::sqlite();
    let store = database.open().await;
    subject::seed(&store).await;
    let workspace = workspace_id(&subject::workspace(0));
    let owned = authorize::operator(&store, &workspace).await;
    let key = new_key(&owned.unwrap().unwrap()).key;
    let scopes = ["a:read", "b:read", "c:read"].map(scope);
    let rule = |at: u8| IpRule::parse(&format!("10.{at}.0.0/16")).unwrap();
    let rules: IpAllowlist = (0..10).map(rule).collect();
    let key = &altered(key, |fields| {
        fields.scopes = scopes.iter().cloned().collect();
        fields.ip_allowlist = rules;
    });
    let key = VerificationKey::from(key);
    let question = Question {
        address: Some(address("10.9.1.1")),
        scopes: scopes.to_vec(),
        mode: Some(key.mode()),
        ..Question::default()
    };
    let (hash, now) = (key.secret_hash, Timestamp::MAX);
    assert_eq!(decide(&key, &hash, &question, now), Decision::Valid);
    let mut nanoseconds = Vec::new();
    for _ in 0..rounds() {
        let begun = Instant::now();
        for _ in 0..TIMES {
            black_box(decide(black_box(&key), &hash, black_box(&question), now));
        }
        nanoseconds.push(begun.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES));
    }
    nanoseconds.sort_by(f64::total_cmp);
    let median = nanoseconds[nanoseconds.len() / 2];
    let line = format!(
        "One decision: **{median:.0} ns** (median of {} rounds; goal <= 80).\n",
        rounds()
    );
    docs::write_between("decide", &line);
}
