use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::http::header::HeaderName;
use keyward_domain::ports::{Durability, Propagation, Reach};

use crate::headers::ascii_header_value;
use crate::metrics::Metrics;
use crate::state::{InternalState, PublicState};

const X_KEYWARD_PROPAGATION: HeaderName = HeaderName::from_static("x-keyward-propagation");

/// The response to a change, with its propagation: `complete` when every node uses the change, else
/// `pending; within=1s`, the seconds after which every node does. `; durable=local` follows when a
/// failover of the database may lose the change.
pub(super) async fn with_propagation(state: &PublicState, answer: HttpResponse) -> HttpResponse {
    let reach = await_propagation(state).await;
    with_reach(answer, reach, state.propagation.durability())
}

/// The same for a change by a service.
pub(super) async fn with_propagation_of_service(
    state: &InternalState,
    answer: HttpResponse,
) -> HttpResponse {
    let propagation = state.admin.propagation.as_ref();
    let reach = settled(propagation, &state.metrics).await;
    with_reach(answer, reach, propagation.durability())
}

fn with_reach(mut answer: HttpResponse, reach: Reach, durability: Durability) -> HttpResponse {
    let durable = match durability {
        Durability::SurvivesFailover => "",
        Durability::Local => "; durable=local",
    };
    let propagation = match reach {
        Reach::Everywhere => format!("complete{durable}"),
        Reach::Within(time) => {
            let seconds = time.as_millis().div_ceil(1_000);
            format!("pending; within={seconds}s{durable}")
        }
    };
    let propagation = ascii_header_value(&propagation);
    answer
        .headers_mut()
        .insert(X_KEYWARD_PROPAGATION, propagation);
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
        let (survives, local) = (Durability::SurvivesFailover, Durability::Local);
        let within = |millis| Reach::Within(Duration::from_millis(millis));
        for (reach, durability, want) in [
            (Reach::Everywhere, survives, "complete"),
            (Reach::Everywhere, local, "complete; durable=local"),
            (within(1_000), survives, "pending; within=1s"),
            (within(2_500), survives, "pending; within=3s"),
            (within(0), local, "pending; within=0s; durable=local"),
        ] {
            let world = World {
                reach,
                durability,
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
