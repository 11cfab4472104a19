use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::key::{Key, Random};
use super::{Changes, World};
use crate::client::Client;

/// The pause between two questions, so that the machine is not at its limit.
pub(super) const PAUSE: Duration = Duration::from_micros(500);

/// The keys that change most are asked about most.
const HOT: usize = 200;

/// A question that is about to be asked.
pub(super) struct Asked<'a> {
    key: &'a Key,
    pub(super) secret: String,
    secret_at: usize,
    /// The oldest state that may decide it.
    binding: usize,
}

/// The next question about a random key.
pub(super) fn next<'a>(world: &'a World, random: &mut Random) -> Asked<'a> {
    let bound = if random.below(2) == 0 {
        HOT
    } else {
        world.keys.len()
    };
    let key = &world.keys[random.below(bound.min(world.keys.len()))];
    let history = key.history();
    // The current secret or the previous one.
    let secret_at = history.secrets.len() - 1 - random.below(history.secrets.len().min(2));
    Asked {
        key,
        secret: history.secrets[secret_at].clone(),
        secret_at,
        binding: history.binding(Instant::now()),
    }
}

impl Asked<'_> {
    /// Panics when the answer contradicts the state of the key.
    pub(super) fn check(&self, told: &str, by: &str) {
        let history = self.key.history();
        let may_be = |state: &super::key::State| state.decision(self.secret_at) == told;
        assert!(
            history.states[self.binding..].iter().any(may_be),
            "CONTRADICTION: {by} says {told} of {}, which is {} since {} of {} changes",
            self.key.id,
            history.states[self.binding].decision(self.secret_at),
            self.binding,
            history.states.len(),
        );
    }
}

/// Asks one node about keys until the end of the run; panics at the first contradiction.
pub(crate) fn run(world: &World, at: usize) -> Changes {
    let mut client = Client::of(world.nodes[at].internal);
    let mut random = Random::new(100 + u64::try_from(at).unwrap());
    while !world.is_over.load(Ordering::SeqCst) {
        std::thread::sleep(PAUSE);
        let asked = next(world, &mut random);
        let question =
            json!({ "secret": asked.secret, "ip": "192.168.1.7", "scopes": ["payment:read"] });
        let path = "/internal/v1/api-keys/verify";
        let answer = client.send("POST", path, "", &question.to_string());
        world.asked.fetch_add(1, Ordering::Relaxed);
        let Some((200, body)) = answer else {
            assert!(
                matches!(answer, None | Some((503, _))),
                "an undecided question is answered with 503: {answer:?}"
            );
            world.undecided.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let body: Value = serde_json::from_str(&body).unwrap();
        let told = body["data"]["decision"].as_str().unwrap();
        asked.check(told, &format!("node {at}"));
    }
    Changes::default()
}
