//! Signing in and out.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::OffsetDateTime;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload, ReqData};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use askama::Template;
use keyward_web::{AskedByHead, Code, RequestContext, RequestError, SessionError, TokenError};
use zeroize::Zeroizing;

use super::arrival::arrival;
use super::error_page::{error_page, error_page_with};
use crate::language::MessageId as M;
use crate::layout::page::{Page, html, see_other};
use crate::request::form::Form;
use crate::request::kept_form::KeptForm;
use crate::request::links::keys_path;
use crate::request::page_request::{self, PageRequest};
use crate::request::page_state::PageState;
use crate::request::sender::{self, Sender};
use crate::request::session_cookie::{self, SessionCookie};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    /// Why the last attempt failed.
    problem: Option<String>,
    workspace: String,
    client_hash: String,
    /// Whether a session has ended.
    is_ended: bool,
    /// A form that was submitted after the session had ended.
    kept: Option<KeptForm>,
}

#[derive(Template)]
#[template(path = "continue.html")]
struct ContinuePage {
    page: Page,
    kept: KeptForm,
    csrf: String,
}

/// `GET /`: the list of keys for a signed-in user, otherwise the sign-in form.
pub(crate) async fn front_door(
    request: HttpRequest,
    state: Data<PageState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let page_request = PageRequest::begin(&request, &state, &context);
    match &page_request.session {
        Some(session) => see_other(&keys_path(&session.workspace)),
        None => ask(&page_request, StatusCode::OK, None, ("", ""), None),
    }
}

/// `POST /session`: stores the platform's token in a cookie. The only form that a page of an allowed
/// origin may submit.
pub(crate) async fn sign_in(
    request: HttpRequest,
    payload: Payload,
    state: Data<PageState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let page_request = PageRequest::begin(&request, &state, &context);
    let form = match Form::read(&request, payload, state.api.body_deadline).await {
        Ok(form) => form,
        Err(failure) => return error_page(&page_request, &failure),
    };
    let sender = match sender::of_sign_in(&request, &state.api.allowed_origins) {
        Ok(sender) => sender,
        Err(failure) => return error_page(&page_request, &failure),
    };
    let session = SessionCookie {
        workspace: form.text("workspace").trim().to_owned(),
        client_hash: form.text("clientHash").trim().to_owned(),
        token: Zeroizing::new(form.text("token").trim().to_owned()),
    };
    let kept = KeptForm::carried(&form);
    let again = |status, problem| {
        let given = (session.workspace.as_str(), session.client_hash.as_str());
        ask(&page_request, status, Some(problem), given, kept.clone())
    };
    if session.workspace.is_empty() {
        return again(StatusCode::BAD_REQUEST, M::WorkspaceMissing);
    }
    match page_request::believed(&state, &session).await {
        Ok(_session) => {}
        Err(failure) if failure.code() == Code::InvalidToken => {
            failure.note_refused_token(&page_request.context, &state.api.metrics);
            return again(StatusCode::UNAUTHORIZED, M::TokenRefused);
        }
        Err(failure) => return error_page(&page_request, &failure),
    }
    let continued = kept.clone().filter(|_kept| sender == Sender::Own);
    let signed_in = match continued {
        Some(kept) => continued_with(&page_request, &session, kept),
        None => signed_in(&page_request, &session, sender),
    };
    match signed_in {
        Some(answer) => answer,
        None => again(StatusCode::BAD_REQUEST, M::TokenTooLong),
    }
}

/// `GET /sign-in?once=…`: the link that `keyward dev` prints.
pub(crate) async fn by_one_time_link(
    request: HttpRequest,
    state: Data<PageState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let page_request = PageRequest::begin(&request, &state, &context);
    let code = request.query_string().strip_prefix("once=");
    let link = state.one_time_link.as_ref();
    // A HEAD request, for example from a link preview, must not use up the link.
    let is_look = request.extensions().contains::<AskedByHead>();
    let taken = link.zip(code).filter(|_link| !is_look);
    let session = taken.and_then(|(link, code)| link.take(code));
    let answer = session.and_then(|session| signed_in(&page_request, &session, Sender::Own));
    // A second use of the link by the signed-in browser leads to the list of keys.
    match (answer, &page_request.session) {
        (Some(answer), _) => answer,
        (None, Some(session)) => see_other(&keys_path(&session.workspace)),
        (None, None) => ask(
            &page_request,
            StatusCode::UNAUTHORIZED,
            Some(M::LinkUsed),
            ("", ""),
            None,
        ),
    }
}

/// `POST /sign-out`: ends the session on every node and in the browser.
///
/// The browser's cookie is removed even when the store fails: a user who signs out on a shared
/// machine must not stay signed in there. The response then says that the token still works.
pub(crate) async fn sign_out(
    request: HttpRequest,
    payload: Payload,
    state: Data<PageState>,
    context: ReqData<RequestContext>,
) -> HttpResponse {
    let mut page_request = PageRequest::begin(&request, &state, &context);
    let form = match Form::read(&request, payload, state.api.body_deadline).await {
        Ok(form) => form,
        Err(failure) => return error_page(&page_request, &failure),
    };
    if let Err(failure) = sender::refuse_other_sites(&request) {
        return error_page(&page_request, &failure);
    }
    let csrf = form.text("csrf");
    // When there are several session cookies, the form identifies the right one.
    let shown = session_cookie::all(&request, &state);
    let meant = shown.iter().filter(|session| session.has_csrf(csrf));
    let meant: Vec<&SessionCookie> = meant.collect();
    if meant.is_empty() && !shown.is_empty() {
        return error_page(&page_request, &RequestError::ForeignForm);
    }
    // The response is for a signed-out user in any case.
    page_request.session = None;
    let mut ended = Ok(());
    for session in meant {
        ended = ended.and(end(&page_request, session).await);
    }
    let mut answer = match ended {
        Ok(()) => see_other("./"),
        Err(failure) => error_page_with(&page_request, &failure, Some(M::SignedOutHereAloneAdvice)),
    };
    let mut cookie = session_cookie::cookie(&state, "");
    cookie.set_expires(OffsetDateTime::UNIX_EPOCH);
    set(&mut answer, &cookie);
    answer
}

/// Ends a session on all nodes. The session of an invalid token does not exist. If this node does
/// not know the token's key, other nodes may still accept the token.
///
/// # Errors
/// [`RequestError`] of 5xx.
async fn end(page_request: &PageRequest<'_>, session: &SessionCookie) -> Result<(), RequestError> {
    let ended = page_request.state.api.sessions.end(&session.token).await;
    match ended {
        Ok(session) => {
            let request_id = page_request.context.request_id.as_str();
            let subject = session.principal.user_id.as_str();
            tracing::info!(request_id, subject, "session.ended");
            Ok(())
        }
        Err(SessionError::Token(TokenError::UnknownKey)) => Err(RequestError::TokenKeysUnavailable),
        Err(SessionError::Token(TokenError::Invalid(_))) => Ok(()),
        Err(failure) => Err(failure.into()),
    }
}

/// The sign-in page for a user without a session.
pub(crate) fn asked_again(page_request: &PageRequest<'_>, kept: Option<KeptForm>) -> HttpResponse {
    let problem = page_request
        .session
        .as_ref()
        .map(|_session| M::SessionEnded);
    let workspace = page_request.workspace();
    ask(
        page_request,
        StatusCode::UNAUTHORIZED,
        problem,
        (workspace.as_str(), ""),
        kept,
    )
}

fn ask(
    page_request: &PageRequest<'_>,
    status: StatusCode,
    problem: Option<M>,
    (workspace, client_hash): (&str, &str),
    kept: Option<KeptForm>,
) -> HttpResponse {
    let mut page = Page::titled(page_request, M::SignIn);
    page.signed_in = None;
    let template = SignInPage {
        problem: problem.map(|id| page.say(id)),
        page,
        workspace: workspace.to_owned(),
        client_hash: client_hash.to_owned(),
        is_ended: problem == Some(M::SessionEnded),
        kept,
    };
    let mut answer = html(page_request, status, &template);
    if status == StatusCode::UNAUTHORIZED {
        let bearer = header::HeaderValue::from_static("Bearer");
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, bearer);
    }
    answer
}

/// Stores the session in the browser; `None` when it would refuse the cookie.
fn signed_in(
    page_request: &PageRequest<'_>,
    session: &SessionCookie,
    sender: Sender,
) -> Option<HttpResponse> {
    let value = session.encode().ok()?;
    let keys_path = keys_path(&session.workspace);
    let mut answer = match sender {
        Sender::Own => see_other(&keys_path),
        Sender::AllowedOrigin => arrival(page_request, &keys_path),
    };
    set(
        &mut answer,
        &session_cookie::cookie(page_request.state, &value),
    );
    Some(answer)
}

/// Stores the session, and leads back to the form that was submitted after the last one had ended.
fn continued_with(
    page_request: &PageRequest<'_>,
    session: &SessionCookie,
    kept: KeptForm,
) -> Option<HttpResponse> {
    let value = session.encode().ok()?;
    let mut page = Page::titled(page_request, M::SignedIn);
    page.signed_in = None;
    page.here = None;
    let template = ContinuePage {
        page,
        kept,
        csrf: session.csrf(&page_request.name()),
    };
    let mut answer = html(page_request, StatusCode::OK, &template);
    set(
        &mut answer,
        &session_cookie::cookie(page_request.state, &value),
    );
    Some(answer)
}

fn set(answer: &mut HttpResponse, cookie: &Cookie<'_>) {
    // All its characters are valid in a header.
    if answer.add_cookie(cookie).is_err() {
        tracing::error!("page.cookie_unwritable");
    }
}
