use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{self, HeaderMap};

/// Whether `Host` is this machine, or is missing.
pub(crate) fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST);
    host.is_none_or(|host| host.to_str().is_ok_and(is_loopback))
}

/// Whether the value of `Host` is this machine: `localhost` or a loopback address, with or without
/// a port (RFC 9110, section 7.2).
fn is_loopback(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split_once(']').is_some_and(|(address, port)| {
            is_port(port) && address.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback())
        });
    }
    let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
    let is_address = name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_port(port) && (is_address || name.eq_ignore_ascii_case("localhost"))
}

/// A port with its colon, or an empty text.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .map_or(text.is_empty(), |port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]",
            "[::1]:8081",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "localhost.",
            "localhost.example",
            "localhost:x",
            "127.0.0.1.example",
            "0.0.0.0",
            "10.0.0.7:8080",
            "[::1",
            "[::1]x",
            "[::2]",
            "::1",
            "evil.example:8081",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
