use std::sync::atomic::Ordering;

use keyward_domain::{ClientAddress, Question, Scope};
use keyward_guard::{LocalVerifier, LocalVerifierConfig, Verdict, Verifier as _};
use tokio::runtime::Handle;

use super::asker::{self, PAUSE};
use super::{Changes, FeedProxy, Random, World};

/// A guard whose node is behind this proxy.
pub(crate) fn guard(proxy: &FeedProxy) -> LocalVerifier {
    let config = LocalVerifierConfig::at(&format!("http://{}", proxy.address));
    LocalVerifier::start(config).unwrap()
}

/// Asks one guard about keys until the end of the run; panics at the first contradiction.
pub(crate) fn run(world: &World, at: usize, runtime: &Handle) -> Changes {
    let guard = &world.guards[at];
    let mut random = Random::new(200 + u64::try_from(at).unwrap());
    let question = Question {
        address: Some(ClientAddress::vouched_for("192.168.1.7".parse().unwrap())),
        scopes: vec![Scope::parse("payment:read").unwrap()],
        mode: None,
        ..Question::default()
    };
    while !world.is_over.load(Ordering::SeqCst) {
        std::thread::sleep(PAUSE);
        let asked = asker::next(world, &mut random);
        let at_once = guard.at_once(&asked.secret, &question);
        world.asked.fetch_add(1, Ordering::Relaxed);
        let verdict = match at_once {
            Some(verdict) => Ok(verdict),
            None => runtime.block_on(guard.verify(&asked.secret, &question)),
        };
        match verdict {
            Ok(Verdict::Allowed(_)) => asked.check("VALID", &format!("guard {at}")),
            Ok(Verdict::Denied(decision)) => {
                asked.check(decision.as_str(), &format!("guard {at}"));
            }
            Err(_undecided) => {
                world.undecided.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Changes::default()
}
