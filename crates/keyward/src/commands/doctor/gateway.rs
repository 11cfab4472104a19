use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::RequestHead;
use actix_web::http::header::HeaderValue;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use ipnetwork::IpNetwork;
use keyward_web::{Credential, GatewayRequest};

use crate::cli::DoctorGatewayArgs;
use crate::config::{Environment, trusted_proxies};
use crate::failure::Failure;
use crate::output;

/// Headers whose values are secret, or may be.
const HIDDEN: [&str; 5] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-api-key",
    "x-keyward-internal-token",
];

/// Listens in the place of the internal listener, and shows each request until it is interrupted. No call is allowed.
pub(super) async fn run(
    environment: &Environment,
    args: &DoctorGatewayArgs,
) -> Result<(), Failure> {
    let trusted: Arc<[IpNetwork]> = trusted_proxies(environment)?.into();
    let shown = web::Data::from(trusted);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(shown.clone())
            .default_service(web::to(show))
    })
    .workers(1)
    .bind(args.listen)
    .map_err(Failure::io(format!("can't listen on {}", args.listen)))?;
    let addrs: Vec<SocketAddr> = server.addrs();
    for addr in addrs {
        output::note(&format!(
            "listening on {addr}; every call is denied; Ctrl-C ends it"
        ))?;
    }
    server
        .run()
        .await
        .map_err(Failure::io("the listener failed"))
}

async fn show(request: HttpRequest, trusted: web::Data<[IpNetwork]>) -> HttpResponse {
    // Without a reader there is nobody to show it to.
    let _nobody_reads = output::line(&described(request.head(), &trusted));
    HttpResponse::Unauthorized()
        .insert_header(("X-Auth-Decision", "UNKNOWN"))
        .finish()
}

/// The request as it came, without secrets, and what the internal listener would make of it.
fn described(head: &RequestHead, trusted: &[IpNetwork]) -> String {
    let mut lines = vec![format!("{} {} {:?}", head.method, head.uri, head.version)];
    if let Some(peer) = head.peer_addr {
        lines.push(format!("  from {peer}"));
    }
    for (name, value) in &head.headers {
        lines.push(format!("  {name}: {}", shown(name.as_str(), value)));
    }
    let read = GatewayRequest::of(head, trusted);
    let finding =
        |is_ok, text: String| format!("  {:<7} {text}", if is_ok { "ok" } else { "WARNING" });
    lines.push(match read.path {
        Some(path) => finding(true, format!("asked at {path}")),
        None => finding(
            false,
            "the path is none of /internal/v1/authorize/{forwarded,nginx,envoy}".to_owned(),
        ),
    });
    lines.push(match read.address {
        Some(address) => finding(
            true,
            format!("the client is {}, by {}", address.ip(), read.address_header),
        ),
        None => finding(
            false,
            format!("{} has no address, or several headers", read.address_header),
        ),
    });
    lines.push(match read.credential {
        Credential::Secret => finding(true, "the client's key has the form of a secret".to_owned()),
        Credential::Malformed => finding(
            false,
            "the client's key is not a secret of Keyward".to_owned(),
        ),
        Credential::None => finding(
            false,
            "no key in Authorization: Bearer or X-Api-Key, or two different ones".to_owned(),
        ),
    });
    lines.push(if read.has_internal_token {
        finding(true, "X-Keyward-Internal-Token is there".to_owned())
    } else {
        finding(
            false,
            "no X-Keyward-Internal-Token, which a configured token requires".to_owned(),
        )
    });
    if !read.has_valid_requirements {
        lines.push(finding(
            false,
            "the scopes, mode or cost can't be read: this is answered with 400".to_owned(),
        ));
    }
    lines
        .iter()
        .map(|line| output::inert(line))
        .collect::<Vec<_>>()
        .join("\n")
}

fn shown(name: &str, value: &HeaderValue) -> String {
    if HIDDEN.contains(&name) {
        return format!("(hidden, {} bytes)", value.len());
    }
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
