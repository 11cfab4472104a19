//! Changes several keys at once, after the page has said what will happen.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::{ChangeError, Precondition, Target};
use keyward_domain::{ApiKey, ApiKeyId, RawUpdate};
use keyward_web::{Problem, Proof, RequestError, await_propagation, members, message};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html, see_other};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest, Supervisor, User};
use crate::views::catalogue::Catalogue;
use crate::views::key_form::KeyForm;
use crate::views::key_view::KeyView;

/// As many keys as a list can show.
const KEYS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "bulk.html")]
struct SeveralPage {
    page: Page,
    /// `disable` or `expire`.
    action: &'static str,
    /// What will happen.
    lead: String,
    keys: Vec<KeyView>,
    /// How many keys were changed; `None` before the confirmation.
    done: Option<String>,
    /// The names of the keys that were not changed, with the reasons.
    failed: Vec<(String, String)>,
}

/// The words of an action.
struct Words {
    action: &'static str,
    title: M,
    lead: M,
}

const DISABLE: Words = Words {
    action: "disable",
    title: M::DisableSeveral,
    lead: M::DisableSeveralLead,
};

const EXPIRE: Words = Words {
    action: "expire",
    title: M::ExpireSeveral,
    lead: M::ExpireSeveralLead,
};

/// `GET /workspaces/{workspaceId}/keys/several/{action}`: opening the address selects no keys.
pub(crate) async fn begin_again() -> HttpResponse {
    see_other("../../keys")
}

/// `POST /workspaces/{workspaceId}/keys/several/disable`.
pub(crate) async fn disable(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, user: &Supervisor, form| {
        let keys = &page_request.state.api.keys;
        let change = async |target: Target<'_, _>| keys.disable(target).await;
        carry_out(page_request, user, form, (&DISABLE, change)).await
    })
    .await
}

/// `POST /workspaces/{workspaceId}/keys/several/expire`.
pub(crate) async fn expire(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, async |page_request, owner: &Owner, form| {
        let keys = &page_request.state.api.keys;
        let filled = KeyForm::of_form(form, &Catalogue::default());
        let update = RawUpdate {
            expires_at: filled.expires_at(page_request.context.now()),
            ..RawUpdate::default()
        };
        let change = async |target: Target<'_, _>| {
            keys.update(target, update.clone()).await?;
            Ok(())
        };
        carry_out(page_request, owner, form, (&EXPIRE, change)).await
    })
    .await
}

async fn carry_out<W: Proof>(
    page_request: &PageRequest<'_>,
    user: &User<W>,
    form: &Form,
    (words, change): (
        &Words,
        impl AsyncFn(Target<'_, W>) -> Result<(), ChangeError>,
    ),
) -> Result<HttpResponse, RequestError> {
    let chosen = chosen(page_request, user, form).await?;
    if chosen.is_empty() {
        return Ok(see_other(&page_request.links.keys(user.workspace_id())));
    }
    let (context, state) = (&page_request.context, page_request.state);
    let mut failed = Vec::new();
    let is_confirmed = form.text("confirmed") == "1";
    if is_confirmed {
        for key in &chosen {
            let target = user.target(key.id(), &Precondition::Anything);
            if let Err(error) = change(target).await {
                let name = key.fields().name.as_str().to_owned();
                failed.push((name, reason(page_request, error)?));
            }
        }
        await_propagation(&state.api).await;
    }
    let count = chosen.len() - failed.len();
    let count = [("count", count.to_string().into())];
    let done = is_confirmed.then(|| message(context.language, M::SeveralDone, &count));
    let catalogue = Catalogue::default();
    let keys = chosen.iter().map(|key| {
        let url = page_request.links.key(user.workspace_id(), key.id());
        KeyView::of(key, url, &catalogue, (context.language, context.now()))
    });
    let template = SeveralPage {
        page: Page::titled(page_request, words.title),
        action: words.action,
        lead: message(context.language, words.lead, &[]),
        keys: keys.collect(),
        done,
        failed,
    };
    Ok(html(page_request, StatusCode::OK, &template))
}

/// The selected keys that the workspace has, each once.
async fn chosen<W: Proof>(
    page_request: &PageRequest<'_>,
    user: &User<W>,
    form: &Form,
) -> Result<Vec<ApiKey>, RequestError> {
    let mut ids: Vec<ApiKeyId> = Vec::new();
    for id in form.all("key").filter_map(|id| ApiKeyId::parse(id).ok()) {
        if !ids.contains(&id) && ids.len() < KEYS_MAX {
            ids.push(id);
        }
    }
    let mut keys = Vec::new();
    for id in ids {
        let key = page_request.state.api.keys.get(user.supervised(), id);
        keys.extend(key.await?);
    }
    Ok(keys)
}

/// Why a key was not changed.
///
/// # Errors
/// [`RequestError`] when the store failed: the other keys would fail too.
fn reason(page_request: &PageRequest<'_>, error: ChangeError) -> Result<String, RequestError> {
    let language = page_request.context.language;
    if let ChangeError::Invalid(violations) = &error {
        let problems = violations.iter();
        let problems = problems.map(|violation| Problem::of(violation, members::UPDATE));
        let problems = problems.map(|problem| message(language, problem.message, &problem.args));
        return Ok(problems.collect::<Vec<_>>().join(" "));
    }
    let failure = RequestError::of_change(error, members::UPDATE);
    if failure.code().status().is_server_error() {
        return Err(failure);
    }
    Ok(message(language, failure.code().message(), &[]))
}
