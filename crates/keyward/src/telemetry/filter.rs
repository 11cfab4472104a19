use std::str::FromStr as _;

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{ParseError, Targets};

/// Targets of the HTTP library that log at ERROR what any client can cause: a malformed request
/// line, or a connection that ends during a request.
const CAUSED_BY_CLIENTS: [&str; 2] = ["actix_http::h1::dispatcher", "actix_http::h1::decoder"];

/// Parses `KEYWARD_LOG`. Messages of the HTTP library that any client can cause only appear when
/// its debug level is requested.
pub(super) fn parse(wanted: &str) -> Result<EnvFilter, ParseError> {
    let mut filter = EnvFilter::builder().parse(wanted)?;
    for target in CAUSED_BY_CLIENTS {
        // `Targets` does not support directives about spans; then the most verbose directive
        // counts.
        let debugs = Targets::from_str(wanted).map_or_else(
            |_about_spans| filter.max_level_hint() >= Some(LevelFilter::DEBUG),
            |targets| targets.would_enable(target, &Level::DEBUG),
        );
        if !debugs {
            filter = filter.add_directive(format!("{target}=off").parse()?);
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_cause_in_the_http_library_is_at_debug() {
        let check = |wanted: &str, shown: bool| {
            let filter = parse(wanted).unwrap().to_string();
            assert_eq!(
                !filter.contains("dispatcher=off"),
                shown,
                "{wanted}: {filter}"
            );
        };
        check("info", false);
        check("keyward=debug", false);
        check("keyward=debug,info", false);
        check("actix_http=info", false);
        check("debug", true);
        check("trace", true);
        check("info,actix_http=debug", true);
        check("info,actix_http::h1=trace", true);
        check("keyward[request]=debug,info", false);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        assert!(parse("=[").is_err());
    }
}
