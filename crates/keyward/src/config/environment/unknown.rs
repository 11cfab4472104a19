use std::collections::BTreeMap;
use std::fmt;

use super::super::settings::names;

/// The prefix of Keyward's variables.
const PREFIX: &str = "KEYWARD_";
/// The minimum similarity of an unknown and a known variable for a suggestion, 0 to 1.
const MISSPELLING_SIMILARITY: f64 = 0.94;

/// A variable that looks like one of Keyward's but is unknown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownVariable {
    /// Its name. Its value is dropped, because it may be a secret.
    pub(crate) name: String,
    /// The variable that was probably meant.
    pub(crate) likely: Option<&'static str>,
}

impl fmt::Display for UnknownVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.escape_debug();
        write!(f, "{name} is not a variable of Keyward and is ignored")?;
        match self.likely {
            Some(likely) => write!(f, "; did you mean {likely}?"),
            None => Ok(()),
        }
    }
}

/// All unknown variables, sorted by name.
pub(super) fn among(variables: &BTreeMap<String, String>) -> Vec<UnknownVariable> {
    let unknown = variables.iter().filter(|(name, value)| {
        name.starts_with("KEYWARD")
            && !names().any(|known| known == name.as_str())
            && !made_by_kubernetes(name, value)
    });
    let described = unknown.map(|(name, _)| UnknownVariable {
        name: name.clone(),
        likely: likely(name),
    });
    // Without the prefix, only a probable misspelling is reported; other variables belong to other
    // programs.
    described
        .filter(|unknown| unknown.name.starts_with(PREFIX) || unknown.likely.is_some())
        .collect()
}

fn likely(unknown: &str) -> Option<&'static str> {
    names()
        .filter(|known| strsim::jaro_winkler(known, unknown) >= MISSPELLING_SIMILARITY)
        .min_by_key(|known| strsim::damerau_levenshtein(known, unknown))
}

/// Whether Kubernetes has set this variable. It sets variables in each pod for every Service of the
/// namespace; for a Service `keyward-internal` they begin with `KEYWARD_INTERNAL_`
/// (<https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>).
fn made_by_kubernetes(name: &str, value: &str) -> bool {
    let is_link = ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    name.ends_with("_SERVICE_HOST")
        || name.ends_with("_SERVICE_PORT")
        || name.contains("_SERVICE_PORT_")
        || (name.ends_with("_PORT") && is_link)
        || name
            .match_indices("_PORT_")
            .any(|(at, word)| is_port_of_link(name.get(at + word.len()..).unwrap_or_default()))
}

/// Whether the rest of a name is like `8081_TCP`, `8081_TCP_ADDR`, `8081_TCP_PORT` or
/// `8081_TCP_PROTO`.
fn is_port_of_link(rest: &str) -> bool {
    let mut words = rest.split('_');
    let port = words.next().unwrap_or_default();
    let protocol = words.next().unwrap_or_default();
    let detail = words.next();
    !port.is_empty()
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && ["TCP", "UDP", "SCTP"].contains(&protocol)
        && detail.is_none_or(|word| ["ADDR", "PORT", "PROTO"].contains(&word))
        && words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::super::Environment;
    use super::*;

    /// The variables of Kubernetes 1.31 for a Service with a port 8081 that is named `http`.
    fn links_of(service: &str) -> Vec<(String, String)> {
        let address = "10.96.0.10";
        let url = format!("tcp://{address}:8081");
        [
            ("SERVICE_HOST", address),
            ("SERVICE_PORT", "8081"),
            ("SERVICE_PORT_HTTP", "8081"),
            ("PORT", &url),
            ("PORT_8081_TCP", &url),
            ("PORT_8081_TCP_PROTO", "tcp"),
            ("PORT_8081_TCP_PORT", "8081"),
            ("PORT_8081_TCP_ADDR", address),
        ]
        .map(|(name, value)| (format!("{service}_{name}"), value.to_owned()))
        .into()
    }

    #[test]
    fn what_kubernetes_sets_for_any_service_is_no_mistake() {
        let services = [
            "KEYWARD",
            "KEYWARD_INTERNAL",
            "KEYWARD_PUBLIC",
            "KEYWARD_API",
        ];
        let services = services.iter().map(|service| (*service).to_owned());
        let unlucky = names().map(str::to_owned);
        for service in services.chain(unlucky) {
            let links = links_of(&service);
            let pairs = links.iter().map(|(n, v)| (n.as_str(), v.as_str()));
            let environment = Environment::from_pairs(&pairs.collect::<Vec<_>>());
            assert_eq!(environment.unknown(), [], "{service}");
        }
    }

    #[test]
    fn no_variable_of_ours_is_named_like_one_of_kubernetes() {
        for variable in names() {
            assert!(!made_by_kubernetes(variable, "tcp://10.96.0.10:8081"));
        }
    }

    #[test]
    fn an_unknown_variable_is_named_with_the_likely_one() {
        let check = |name: &str, likely: Option<Option<&str>>| {
            let unknown = Environment::from_pairs(&[(name, "canary")]).unknown();
            let found = unknown.first().map(|unknown| unknown.likely);
            assert_eq!(found, likely, "{name}");
            for unknown in unknown {
                assert!(!unknown.to_string().contains("canary"), "{unknown}");
            }
        };
        check("KEYWARD_PUBLIC_ADRR", Some(Some("KEYWARD_PUBLIC_ADDR")));
        check("KEYWARD_INTERNAL_PORT", Some(Some("KEYWARD_INTERNAL_ADDR")));
        check("KEYWARD_LOGG", Some(Some("KEYWARD_LOG")));
        check("KEYWARDLOG", Some(Some("KEYWARD_LOG")));
        check(
            "KEYWARD_JWT_SECRET_FIL",
            Some(Some("KEYWARD_JWT_SECRET_FILE")),
        );
        check("KEYWARD_COLOUR", Some(None));
        check("KEYWARD_LOG", None);
        check("KEYWARDEN_HOME", None);
        check("PATH", None);
    }
}
