use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, web};

use crate::testing::behaviour::{Answered, Call, behaves};
use crate::{Caller, Require};

async fn call(require: Require, call: Call) -> Answered {
    let greet = async |caller: Caller| format!("Hello {}", caller.name());
    let resource = web::resource("/").wrap(require).route(web::get().to(greet));
    let app = init_service(App::new().service(resource)).await;
    let mut request = TestRequest::get();
    for header in call.headers {
        request = request.append_header(header);
    }
    if let Some(peer) = call.peer {
        request = request.peer_addr(peer);
    }
    let response = app.call(request.to_request()).await.unwrap();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap()));
    Answered {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name, value.to_owned()))
            .collect(),
        text: String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap(),
    }
}

behaves!(call, actix_web::test);

#[actix_web::test]
async fn a_handler_without_a_guard_has_no_caller() {
    let greet = async |_caller: Caller| "Hello";
    let app = init_service(App::new().route("/", web::get().to(greet))).await;
    let response = app.call(TestRequest::get().to_request()).await.unwrap();
    assert_eq!(response.status().as_u16(), 500);
}
