use actix_web::test::TestRequest;
use prometheus_client::registry::Registry;

use super::*;
use crate::metrics::{MetricsFormat, exposition};

const EDGE: &str = "edge-token-of-32-visible-characters";
const BACK_END: &str = "back-end-token-of-32-visible-characters";

fn caller(name: &str, token: &str) -> (CallerName, InternalToken) {
    let name = CallerName::parse(name).unwrap();
    (name, InternalToken::parse(token).unwrap())
}

struct World {
    callers: InternalCallers,
    metrics: Metrics,
    registry: Registry,
}

impl World {
    fn new() -> Self {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let callers = vec![caller("edge", EDGE), caller("back-end", BACK_END)];
        let callers = InternalCallers::new(callers).unwrap();
        Self {
            callers: callers.counted_in(&metrics),
            metrics,
            registry,
        }
    }

    /// The name of the admitted caller.
    fn admit(&self, shown_in: ShownIn, headers: &[(&str, &str)]) -> Result<String, RequestError> {
        let mut request = TestRequest::default();
        for header in headers {
            request = request.append_header(*header);
        }
        let request = request.to_http_request();
        self.callers.admit(&request, shown_in, &self.metrics)?;
        let extensions = request.extensions();
        Ok(extensions.get::<CallerName>().unwrap().to_string())
    }

    fn assert_counted(&self, line: &str) {
        let text = exposition(&self.registry, MetricsFormat::Text).unwrap();
        assert!(text.contains(line), "{line}: {text}");
        assert!(!text.contains(EDGE) && !text.contains(BACK_END), "{text}");
    }
}

#[test]
fn each_token_is_counted_under_its_name_from_0_on() {
    let world = World::new();
    world.assert_counted("keyward_internal_requests_total{caller=\"edge\"} 0\n");
    world.assert_counted("keyward_internal_requests_total{caller=\"back-end\"} 0\n");
    for (token, name) in [(EDGE, "edge"), (BACK_END, "back-end"), (EDGE, "edge")] {
        let bearer = format!("Bearer {token}");
        let admitted = world.admit(ShownIn::Authorization, &[("authorization", &bearer)]);
        assert_eq!(admitted.unwrap(), name);
        let header = [("x-keyward-internal-token", token)];
        let admitted = world.admit(ShownIn::InternalTokenHeader, &header);
        assert_eq!(admitted.unwrap(), name);
    }
    world.assert_counted("keyward_internal_requests_total{caller=\"edge\"} 4\n");
    world.assert_counted("keyward_internal_requests_total{caller=\"back-end\"} 2\n");
}

#[test]
fn who_shows_none_of_them_is_counted_by_the_reason() {
    let world = World::new();
    let name = "x-keyward-internal-token";
    let (bearer, wrong) = (format!("Bearer {EDGE}"), format!("{EDGE}x"));
    for headers in [
        &[][..],
        &[(name, "")],
        &[("authorization", bearer.as_str())],
    ] {
        let refused = world.admit(ShownIn::InternalTokenHeader, headers);
        assert!(
            matches!(refused, Err(RequestError::GatewayUnknown)),
            "{headers:?}"
        );
    }
    for headers in [&[(name, wrong.as_str())][..], &[(name, EDGE), (name, EDGE)]] {
        let refused = world.admit(ShownIn::InternalTokenHeader, headers);
        assert!(
            matches!(refused, Err(RequestError::GatewayUnknown)),
            "{headers:?}"
        );
    }
    let missing = world.admit(ShownIn::Authorization, &[(name, EDGE)]);
    assert!(
        matches!(missing, Err(RequestError::TokenMissing)),
        "{missing:?}"
    );
    let wrong = [("authorization", format!("Bearer {wrong}"))];
    let wrong = wrong
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let wrong = world.admit(ShownIn::Authorization, &wrong);
    assert!(
        matches!(wrong, Err(RequestError::TokenRefused(_))),
        "{wrong:?}"
    );
    for (asked_as, reason, count) in [
        ("gateway", "missing", 3),
        ("gateway", "wrong", 2),
        ("caller", "missing", 1),
        ("caller", "wrong", 1),
    ] {
        let labels = format!("asked_as=\"{asked_as}\",reason=\"{reason}\"");
        world.assert_counted(&format!(
            "keyward_internal_refusals_total{{{labels}}} {count}\n"
        ));
    }
}

#[test]
fn callers_can_be_told_apart_and_are_few() {
    let new = |callers| InternalCallers::new(callers).map(drop);
    assert_eq!(new(vec![]), Err(InvalidInternalCallers::Nobody));
    let same_name = vec![
        caller("a", EDGE),
        caller("b", BACK_END),
        caller("a", BACK_END),
    ];
    assert_eq!(new(same_name), Err(InvalidInternalCallers::SameName(1, 3)));
    let same_token = vec![caller("a", EDGE), caller("b", EDGE)];
    assert_eq!(
        new(same_token),
        Err(InvalidInternalCallers::SameToken(1, 2))
    );
    let many = |count: usize| {
        let callers = (0..count).map(|at| caller(&format!("n{at}"), &format!("{at:032}")));
        callers.collect::<Vec<_>>()
    };
    assert_eq!(new(many(INTERNAL_CALLERS_MAX)), Ok(()));
    let too_many = new(many(INTERNAL_CALLERS_MAX + 1));
    assert_eq!(too_many, Err(InvalidInternalCallers::TooMany));
    let shown = format!("{:?}", World::new().callers);
    assert!(!shown.contains(EDGE) && shown.contains("edge"), "{shown}");
}
