//! Decisions in the caller's process: a guard that holds ten thousand keys, asked by one thread.

use std::hint::black_box;
use std::time::{Duration, Instant};

use keyward_domain::testing::address;
use keyward_domain::{Question, Scope};
use keyward_guard::{LocalVerifier, LocalVerifierConfig, Verdict, Verifier as _};
use keyward_persistence::testing::TestDatabase;

use crate::settings::{rounds, seconds};
use crate::subject::Subject;
use crate::{docs, verify};

const KEYS: usize = 10_000;

pub(crate) async fn run() {
    let database = TestDatabase::sqlite();
    let subject = Subject::start(&database).await;
    let mut secrets = Vec::new();
    while secrets.len() < KEYS {
        secrets.extend(verify::secrets(&database).await);
    }
    let node = format!("http://{}", subject.internal);
    let guard = LocalVerifier::start(LocalVerifierConfig::at(&node)).unwrap();
    let question = Question {
        address: Some(address("192.168.1.7")),
        scopes: vec![Scope::parse("payment:read").unwrap()],
        mode: None,
        ..Question::default()
    };
    let mut rates = Vec::new();
    let mut not_at_once = 0_u32;
    for round in 0..=rounds() {
        let (begun, mut decided) = (Instant::now(), 0_u32);
        while begun.elapsed() < Duration::from_secs(seconds()) {
            for secret in &secrets {
                let at_once = black_box(guard.at_once(secret, &question));
                let verdict = if let Some(verdict) = at_once {
                    verdict
                } else {
                    not_at_once += u32::from(round > 0);
                    guard.verify(secret, &question).await.unwrap()
                };
                assert!(matches!(verdict, Verdict::Allowed(_)));
                decided += 1;
            }
        }
        // The first round fills the cache.
        if round > 0 {
            rates.push(f64::from(decided) / begun.elapsed().as_secs_f64());
        }
    }
    rates.sort_by(f64::total_cmp);
    let line = format!(
        "One thread of a service, {KEYS} keys: **{:.0} decisions/s** (median of {} rounds, {:.0} to {:.0}; goal >= \
         2,000,000). {not_at_once} of them needed the node.\n",
        rates[rates.len() / 2],
        rates.len(),
        rates[0],
        rates[rates.len() - 1],
    );
    docs::write_between("guard", &line);
}
