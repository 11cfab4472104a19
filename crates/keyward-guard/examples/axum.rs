//! An axum service that only accepts calls with an API key:
//! `cargo run -p keyward-guard --features tower,http-client --example axum`.
//!
//! It asks the Keyward node at `KEYWARD_URL` (default `http://127.0.0.1:8081`) and listens on
//! `PAYMENTS_ADDR` (default `127.0.0.1:9000`).

use std::error::Error;
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Router, routing};
use keyward_guard::{Caller, Guard, HttpVerifier, HttpVerifierConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;

async fn list(Extension(caller): Extension<Caller>) -> impl IntoResponse {
    json(&json!({
        "payments": [],
        "workspaceId": caller.workspace_id().as_str(),
        "apiKeyId": caller.api_key_id().to_string(),
    }))
}

async fn create(Extension(caller): Extension<Caller>) -> impl IntoResponse {
    (
        StatusCode::CREATED,
        json(&json!({ "createdBy": caller.name() })),
    )
}

fn json(value: &Value) -> impl IntoResponse + use<> {
    ([(CONTENT_TYPE, "application/json")], value.to_string())
}

/// axum only provides the peer's address to a service with `ConnectInfo`.
fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    let info = extensions.get::<ConnectInfo<SocketAddr>>();
    info.map(|ConnectInfo(peer)| *peer)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let keyward = variable("KEYWARD_URL", "http://127.0.0.1:8081");
    let addr = variable("PAYMENTS_ADDR", "127.0.0.1:9000");

    let guard = Guard::new(HttpVerifier::new(HttpVerifierConfig::at(&keyward))?);
    let reads = guard.require(&["payment:read"])?.layer(peer);
    let writes = guard.require(&["payment:write"])?.layer(peer);
    let payments = routing::get(list).layer(reads);
    let app = Router::new().route(
        "/payments",
        payments.merge(routing::post(create).layer(writes)),
    );
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(TcpListener::bind(addr).await?, service).await?;
    Ok(())
}
