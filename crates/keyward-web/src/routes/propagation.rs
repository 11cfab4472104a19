use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use keyward_domain::ports::{Propagation, Reach};

use crate::headers::ascii_header_value;
use crate::metrics::Metrics;
use crate::state::{InternalState, PublicState};

const X_KEYWARD_PROPAGATION: HeaderName = HeaderName::from_static("x-keyward-propagation");

/// The response to a change, with its propagation: `complete` when every node uses the change, else
/// `pending; within=1s`, the seconds after which every node does.
pub(super) async fn with_propagation(state: &PublicState, answer: HttpResponse) -> HttpResponse {
    with_reach(answer, await_propagation(state).await)
}

/// The same for a change by a service.
pub(super) async fn with_propagation_of_service(
    state: &InternalState,
    answer: HttpResponse,
) -> HttpResponse {
    let propagation = state.admin.propagation.as_ref();
    with_reach(answer, settled(propagation, &state.metrics).await)
}

fn with_reach(mut answer: HttpResponse, reach: Reach) -> HttpResponse {
    let reach = match reach {
        Reach::Everywhere => HeaderValue::from_static("complete"),
        Reach::Within(time) => {
            let seconds = time.as_millis().div_ceil(1_000);
            ascii_header_value(&format!("pending; within={seconds}s"))
        }
    };
    answer.headers_mut().insert(X_KEYWARD_PROPAGATION, reach);
    answer
}

/// Waits until a change has propagated, with a time limit. Returns how far it has.
pub async fn await_propagation(state: &PublicState) -> Reach {
    settled(state.propagation.as_ref(), &state.metrics).await
}

async fn settled(propagation: &dyn Propagation, metrics: &Metrics) -> Reach {
    let begun = Instant::now();
    let reach = propagation.settle().await;
    metrics.changed(reach, begun);
    reach
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::{Operation, World};

    #[actix_web::test]
    async fn a_change_says_how_far_it_is_known() {
        for (reach, want) in [
            (Reach::Everywhere, "complete"),
            (Reach::Within(Duration::from_secs(1)), "pending; within=1s"),
            (
                Reach::Within(Duration::from_millis(2_500)),
                "pending; within=3s",
            ),
            (Reach::Within(Duration::ZERO), "pending; within=0s"),
        ] {
            let world = World {
                reach,
                ..World::default()
            };
            for operation in Operation::CHANGES {
                let answer = world.send(operation.request()).await;
                assert!(answer.status.is_success(), "{operation:?}: {}", answer.text);
                assert_eq!(
                    answer.header("x-keyward-propagation"),
                    Some(want),
                    "{operation:?}"
                );
            }
        }
    }
}
