//! An actix-web service that only accepts calls with an API key:
//! `cargo run -p keyward-guard --features actix,http-client --example actix-web`.
//!
//! It asks the Keyward node at `KEYWARD_URL` (default `http://127.0.0.1:8081`) and listens on
//! `PAYMENTS_ADDR` (default `127.0.0.1:9000`).

use std::error::Error;

use actix_web::{App, HttpResponse, HttpServer, web};
use keyward_guard::{Caller, Guard, HttpVerifier, HttpVerifierConfig};
use serde_json::json;

async fn list(caller: Caller) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "payments": [],
        "workspaceId": caller.workspace_id().as_str(),
        "apiKeyId": caller.api_key_id().to_string(),
    }))
}

async fn create(caller: Caller) -> HttpResponse {
    HttpResponse::Created().json(json!({ "createdBy": caller.name() }))
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let keyward = variable("KEYWARD_URL", "http://127.0.0.1:8081");
    let addr = variable("PAYMENTS_ADDR", "127.0.0.1:9000");

    let guard = Guard::new(HttpVerifier::new(HttpVerifierConfig::at(&keyward))?);
    let reads = guard.require(&["payment:read"])?;
    let writes = guard.require(&["payment:write"])?;
    let service = HttpServer::new(move || {
        App::new().service(
            web::scope("/payments")
                .route("", web::get().to(list).wrap(reads.clone()))
                .route("", web::post().to(create).wrap(writes.clone())),
        )
    });
    service.bind(addr)?.run().await?;
    Ok(())
}
