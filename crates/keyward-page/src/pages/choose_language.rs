use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use keyward_domain::Language;
use keyward_web::RequestContext;

use super::error_page::error_page;
use crate::layout::page::see_other;
use crate::request::form::Form;
use crate::request::page_request::{LANGUAGE_COOKIE, PageRequest};
use crate::request::page_state::PageState;

/// `POST /language`: stores the language and shows the same page in it.
pub(crate) async fn choose(
    request: HttpRequest,
    payload: Payload,
    state: Data<PageState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let form = match Form::read(&request, payload, state.api.body_deadline).await {
        Ok(form) => form,
        Err(failure) => {
            let page_request = PageRequest::begin(&request, &state, &context);
            return error_page(&page_request, &failure);
        }
    };
    let mut answer = see_other(&format!("./{}", page_of_ours(form.text("next"))));
    if let Some(language) = Language::parse(form.text("language")) {
        let mut cookie = Cookie::new(LANGUAGE_COOKIE, language.tag());
        cookie.set_same_site(SameSite::Lax);
        cookie.set_http_only(true);
        cookie.set_max_age(Duration::days(365));
        // A language tag is always a valid header value.
        if answer.add_cookie(&cookie).is_err() {
            tracing::error!("page.cookie_unwritable");
        }
    }
    answer
}

/// A path below the front door that can't lead to another site, whatever was sent.
fn page_of_ours(next: &str) -> &str {
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/?&=%._~-+,".contains(&byte));
    if is_plain && next.starts_with("workspaces/") && !next.contains("..") {
        next
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        let ours = "workspaces/ws_1/keys?status=ACTIVE&q=a%20b";
        assert_eq!(page_of_ours(ours), ours);
        for next in [
            "",
            "/",
            "//evil.example",
            "https://evil.example/",
            "\\\\evil.example",
            "workspaces/../../evil",
            "workspaces/\r\nSet-Cookie: a=b",
        ] {
            assert_eq!(page_of_ours(next), "", "{next}");
        }
    }
}
