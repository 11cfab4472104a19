use keyward_domain::CallerName;
use keyward_web::{InternalCallers, InternalToken, InvalidInternalCallers};

use super::{ConfigError, Endpoint, Environment, ListenerConfig};

const ONE: &str = "KEYWARD_INTERNAL_TOKEN";
const LIST: &str = "KEYWARD_INTERNAL_TOKENS";

/// The name of the caller with `KEYWARD_INTERNAL_TOKEN`.
const NAME_OF_ONE: &str = "default";

/// The allowed callers of the internal listener: the one with `KEYWARD_INTERNAL_TOKEN`, and those
/// in `KEYWARD_INTERNAL_TOKENS`. Without any, everyone who can connect is allowed, which is only
/// this machine, and clients with a certificate where it is required.
///
/// No message contains an entry's text: a token may be in the place of a name.
pub(crate) fn internal_callers(
    environment: &Environment,
    listener: &ListenerConfig,
) -> Result<Option<InternalCallers>, ConfigError> {
    let mut callers = listed(environment)?;
    let listed_count = callers.len();
    // After the list, so that positions in messages refer to the list.
    if let Some(token) = environment.secret(ONE)? {
        let token = InternalToken::parse(&token).map_err(invalid(ONE))?;
        let name = CallerName::parse(NAME_OF_ONE).map_err(invalid(ONE))?;
        if callers.iter().any(|(other, _token)| *other == name) {
            let problem =
                format!("{NAME_OF_ONE} is the name of {ONE}; give that entry another name");
            return Err(invalid(LIST)(problem));
        }
        callers.push((name, token));
    }
    if !callers.is_empty() {
        let callers = InternalCallers::new(callers).map_err(|error| {
            if let InvalidInternalCallers::SameToken(at, other) = error
                && other > listed_count
            {
                invalid(LIST)(format!("entry {at} has the same token as {ONE}"))
            } else {
                invalid(LIST)(error)
            }
        });
        return callers.map(Some);
    }
    let is_open = listener.requires_client_certificates()
        || listener.endpoints.iter().all(Endpoint::is_local);
    if is_open {
        return Ok(None);
    }
    Err(ConfigError::Missing {
        variable: ONE,
        wanted: "the internal listener is to be reached from other machines; set it to at least \
                 32 characters that callers show as a bearer token, or KEYWARD_INTERNAL_TOKENS to \
                 several, or require client certificates with \
                 KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE, or listen on 127.0.0.1",
    })
}

/// The entries of `KEYWARD_INTERNAL_TOKENS`; empty when it is not set.
fn listed(environment: &Environment) -> Result<Vec<(CallerName, InternalToken)>, ConfigError> {
    let Some(list) = environment.secret(LIST)? else {
        return Ok(Vec::new());
    };
    let entries = list.split([',', '\n']).map(str::trim);
    let entries = entries.filter(|entry| !entry.is_empty()).enumerate();
    let read = |(at, entry)| {
        read_entry(entry).map_err(|problem| invalid(LIST)(format!("entry {} {problem}", at + 1)))
    };
    let callers: Vec<_> = entries.map(read).collect::<Result<_, _>>()?;
    if callers.is_empty() {
        let problem = "it has no token; write NAME:TOKEN, separated by commas or line breaks";
        return Err(invalid(LIST)(problem));
    }
    Ok(callers)
}

fn read_entry(entry: &str) -> Result<(CallerName, InternalToken), String> {
    let Some((name, token)) = entry.split_once(':') else {
        return Err("is not NAME:TOKEN".to_owned());
    };
    let name = CallerName::parse(name.trim()).map_err(|error| format!("has a name that {error}"));
    if let Ok(name) = &name
        && name.is_reserved()
    {
        return Err(format!("has a reserved name: {name}"));
    }
    let token = InternalToken::parse(token.trim());
    let token = token.map_err(|error| format!("has a token that {error}"));
    Ok((name?, token?))
}

fn invalid<E: ToString>(variable: &'static str) -> impl FnOnce(E) -> ConfigError {
    move |problem| ConfigError::Invalid {
        variable,
        problem: problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::config::TlsFiles;

    const TOKENS: [&str; 3] = [
        "canary-a-aaaaaaaaaaaaaaaaaaaaaaaaa",
        "canary-b:bbbbbbbbbbbbbbbbbbbbbbbbb",
        "canary-c-ccccccccccccccccccccccccc",
    ];

    fn listener(tls: Option<TlsFiles>) -> ListenerConfig {
        let addr = SocketAddr::from(([0, 0, 0, 0], 8081));
        ListenerConfig {
            endpoints: vec![Endpoint::Tcp(addr)],
            tls,
        }
    }

    #[test]
    fn client_certificates_stand_in_for_tokens() {
        let files = |client_ca: Option<&str>| TlsFiles {
            certificate: "/tls.crt".into(),
            key: "/tls.key".into(),
            client_ca: client_ca.map(Into::into),
        };
        let resolve = |client_ca| {
            let environment = Environment::from_pairs(&[]);
            internal_callers(&environment, &listener(Some(files(client_ca))))
        };
        assert!(resolve(None).is_err());
        assert!(resolve(Some("/ca.crt")).unwrap().is_none());
    }

    fn resolve(variables: &[(&str, &str)]) -> Result<Option<Vec<String>>, String> {
        let environment = Environment::from_pairs(variables);
        let listener = listener(None);
        let callers =
            internal_callers(&environment, &listener).map_err(|error| error.to_string())?;
        let names = |callers: InternalCallers| callers.names().map(ToString::to_string).collect();
        Ok(callers.map(names))
    }

    #[test]
    fn tokens_are_named_by_commas_or_lines_or_are_the_default() {
        let [a, b, c] = TOKENS;
        let names = |variables: &[(&str, &str)]| resolve(variables).unwrap().unwrap();
        assert_eq!(names(&[(ONE, a)]), ["default"]);
        for list in [
            format!("edge:{a},back-end:{b}"),
            format!(" edge : {a} ,\n, back-end:{b} ,"),
            format!("\nedge:{a}\r\nback-end:{b}\n\n"),
        ] {
            assert_eq!(names(&[(LIST, &list)]), ["edge", "back-end"], "{list:?}");
            let with_one = names(&[(LIST, &list), (ONE, c)]);
            assert_eq!(with_one, ["edge", "back-end", "default"]);
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokens");
        std::fs::write(&file, format!("edge:{a}\nback-end:{b}\n")).unwrap();
        let file = ("KEYWARD_INTERNAL_TOKENS_FILE", file.to_str().unwrap());
        assert_eq!(names(&[file]), ["edge", "back-end"]);
    }

    #[test]
    fn a_wrong_list_says_which_entry_and_never_what_it_holds() {
        let [a, b, _] = TOKENS;
        let many: Vec<String> = (0..17).map(|at| format!("n{at}:{at:032}")).collect();
        for (list, part) in [
            (a.to_owned(), "entry 1 is not NAME:TOKEN"),
            (format!("edge:{b},{a}"), "entry 2 is not NAME:TOKEN"),
            (format!("edge {a}"), "entry 1 is not NAME:TOKEN"),
            (format!(":{a}"), "entry 1 has a name that must have"),
            (format!("{a}:edge"), "entry 1 has a name that must have"),
            ("edge:canary".to_owned(), "entry 1 has a token that must"),
            (format!("edge:{a},edge:{b}"), "1 and 2 have the same name"),
            (format!("edge:{b},back:{b}"), "1 and 2 have the same token"),
            (" , \n".to_owned(), "it has no token"),
            (many.join(","), "more than 16 tokens"),
        ] {
            let message = resolve(&[(LIST, &list)]).unwrap_err();
            assert!(
                message.starts_with("KEYWARD_INTERNAL_TOKENS: "),
                "{message}"
            );
            assert!(message.contains(part), "{message}");
            assert!(!message.contains("canary"), "{message}");
        }
        let default = format!("default:{b}");
        let message = resolve(&[(LIST, &default), (ONE, a)]).unwrap_err();
        assert!(
            message.contains("give that entry another name"),
            "{message}"
        );
        let same = resolve(&[(LIST, &format!("edge:{a}")), (ONE, a)]).unwrap_err();
        assert!(
            same.contains("entry 1 has the same token as KEYWARD_INTERNAL_TOKEN"),
            "{same}"
        );
        let missing = resolve(&[]).unwrap_err();
        assert!(missing.contains("KEYWARD_INTERNAL_TOKENS"), "{missing}");
    }
}
