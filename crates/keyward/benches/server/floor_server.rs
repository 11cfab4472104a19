//! An actix server that answers every question with a constant of the same size, in its own process.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use actix_web::{App, HttpResponse, HttpServer, web};

/// The argument that makes this program the server.
pub(crate) const ARGUMENT: &str = "floor-server";
pub(crate) const PATH: &str = "/internal/v1/api-keys/verify";
pub(crate) const GATEWAY_PATH: &str = "/internal/v1/authorize/forwarded";

/// The server on the first core, until this is dropped.
pub(crate) struct FloorServer {
    process: Child,
    pub(crate) addr: SocketAddr,
}

impl FloorServer {
    pub(crate) fn start() -> Self {
        let this = std::env::current_exe().unwrap();
        let mut process = Command::new("taskset")
            .args(["-c", "0"])
            .arg(this)
            .args(["--bench", ARGUMENT, "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let addr = line.trim().parse().unwrap();
        Self { process, addr }
    }
}

impl Drop for FloorServer {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

/// The length of the response to a question about one of our keys.
const CONSTANT: &str = concat!(
    r#"{"version":"1.3.0","timestamp":1709337600000,"success":true,"code":"2000","#,
    r#""message":"SUCCESS","data":{"valid":true,"decision":"VALID","#,
    r#""apiKeyId":"sk_live_0000000000000000000000","workspaceId":"ws_0","mode":"LIVE","#,
    r#""scopes":["payment:read","payment:write"],"name":"Production Key"}}"#
);

/// Listens on `addr`, prints the address, and serves until it is killed.
pub(crate) async fn serve(addr: &str) {
    let answer = |_question: web::Bytes| async {
        HttpResponse::Ok()
            .content_type("application/json")
            .body(CONSTANT)
    };
    let allow = || async {
        HttpResponse::Ok()
            .insert_header(("x-auth-key-id", "sk_live_0000000000000000000000"))
            .insert_header(("x-auth-workspace-id", "ws_0"))
            .insert_header(("x-auth-mode", "LIVE"))
            .insert_header(("x-auth-scopes", "payment:read payment:write"))
            .insert_header(("cache-control", "no-store"))
            .insert_header(("x-content-type-options", "nosniff"))
            .insert_header(("x-request-id", "00000000-0000-7000-8000-000000000000"))
            .finish()
    };
    let server = HttpServer::new(move || {
        App::new()
            .route(PATH, web::post().to(answer))
            .route(GATEWAY_PATH, web::get().to(allow))
            // An API behind a gateway.
            .route(
                "/",
                web::get().to(|| async { HttpResponse::Ok().body("ok") }),
            )
    });
    let server = server.bind(addr).unwrap();
    println!("{}", server.addrs()[0]);
    server.run().await.unwrap();
}
