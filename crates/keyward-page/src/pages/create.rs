//! Creates a key.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::{CreateError, RepeatError};
use keyward_domain::{ApiKey, Mode, RepeatableOperation, RequestFingerprint};
use keyward_web::{MessageId, Problem, RequestError, members};

use super::respond::Call;
use super::{reveal, sent_before};
use crate::language::MessageId as M;
use crate::layout::page::{Page, html, see_other};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::settings::PageSettings;
use crate::views::catalogue::Catalogue;
use crate::views::key_form::{ExpiryChoices, KeyForm, KeyFormView, LimitFields};
use crate::views::preset::{presets, scopes_of};

#[derive(Template)]
#[template(path = "create.html")]
struct CreatePage {
    page: Page,
    view: KeyFormView,
    /// Whether the user's portal may create TEST keys.
    may_test: bool,
    /// The user's address, as a suggestion for an IP rule.
    address: Option<String>,
    /// Identifies this form, so that submitting it twice creates one key.
    idempotency_key: String,
}

/// `GET /workspaces/{workspaceId}/keys/new`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let catalogue = catalogue(page_request).await?;
        let name = new_form_name(page_request);
        let rules = rules(page_request, owner).await?;
        let mut blank = KeyForm::blank(&rules.expiry);
        let asked = page_request.request.query_string().strip_prefix("preset=");
        if let Some(scopes) =
            asked.and_then(|id| scopes_of(id, settings_of(page_request), &catalogue))
        {
            blank.choose(scopes);
        }
        let blank = (blank, [].as_slice());
        Ok(form_page(
            page_request,
            owner,
            (&catalogue, &rules),
            blank,
            name,
        ))
    })
    .await
}

/// `GET /workspaces/{workspaceId}/keys/new/secret`: opening the address has no form data.
pub(crate) async fn begin_again() -> HttpResponse {
    see_other("../new")
}

/// `POST /workspaces/{workspaceId}/keys/new/secret`: creates the key and shows its secret once.
/// `do=form` shows the form as it is filled in.
pub(crate) async fn create(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    if form.text("do") == "form" {
        let catalogue = catalogue(page_request).await?;
        let rules = rules(page_request, owner).await?;
        let filled = (KeyForm::of_form(form, &catalogue), [].as_slice());
        let name = new_form_name(page_request);
        let read = (&catalogue, &rules);
        return Ok(form_page(page_request, owner, read, filled, name));
    }
    let state = page_request.state;
    let once = (
        RepeatableOperation::Create,
        RequestFingerprint::of(&form.bytes),
    );
    let first_time = match sent_before::first_time(page_request, owner, form, once).await {
        Err(RepeatError::AlreadyCarriedOut(id)) => {
            return sent_before::answer(page_request, owner, id).await;
        }
        first_time => first_time?,
    };
    let catalogue = catalogue(page_request).await?;
    let filled = KeyForm::of_form(form, &catalogue);
    let idempotency_key = form.text("idempotencyKey").to_owned();
    let rules = rules(page_request, owner).await?;
    let draft = filled.draft(&rules.limits, page_request.context.now());
    let origin = owner.origin.clone();
    let created = state
        .api
        .keys
        .create(&owner.workspace, draft, origin, first_time);
    match created.await {
        Ok(created) => {
            state.api.metrics.created();
            Ok(reveal::created(page_request, &created))
        }
        Err(CreateError::AlreadyCarriedOut(id)) => {
            sent_before::answer(page_request, owner, id).await
        }
        Err(CreateError::Invalid(violations)) => {
            let problems = violations.iter();
            let problems = problems.map(|violation| Problem::of(violation, members::DRAFT));
            let problems: Vec<Problem> = problems.collect();
            let filled = (filled, problems.as_slice());
            Ok(form_page(
                page_request,
                owner,
                (&catalogue, &rules),
                filled,
                idempotency_key,
            ))
        }
        Err(CreateError::TestModeRefused(_)) => {
            let problems = [Problem::new("mode", MessageId::TestModeRefused)];
            let filled = (filled, problems.as_slice());
            Ok(form_page(
                page_request,
                owner,
                (&catalogue, &rules),
                filled,
                idempotency_key,
            ))
        }
        Err(error) => Err(error.into()),
    }
}

async fn catalogue(page_request: &PageRequest<'_>) -> Result<Catalogue, RequestError> {
    let catalogue = page_request.state.api.keys.scope_catalogue.as_ref();
    Ok(Catalogue::read(catalogue, page_request.context.language).await?)
}

/// What a new key may have.
struct Rules {
    expiry: ExpiryChoices,
    limits: LimitFields,
}

async fn rules(page_request: &PageRequest<'_>, owner: &Owner) -> Result<Rules, RequestError> {
    let api_keys = page_request.state.api.keys.api_keys.as_ref();
    let workspace_id = owner.workspace.workspace_id();
    let rules = api_keys.field_rules(workspace_id, &BTreeSet::new()).await?;
    let now = page_request.context.now();
    Ok(Rules {
        expiry: ExpiryChoices::of_new(&rules.lifetime_policy, now),
        limits: LimitFields::of_plan(&rules.plan),
    })
}

/// The form with the submitted values and their problems.
fn form_page(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    (catalogue, rules): (&Catalogue, &Rules),
    (filled, problems): (KeyForm, &[Problem]),
    idempotency_key: String,
) -> HttpResponse {
    let context = &page_request.context;
    let address = context.address.map(keyward_domain::ClientAddress::ip);
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let asked = (context.language, address, context.now());
    let mut view = KeyFormView::new(
        filled,
        catalogue,
        (&rules.expiry, &rules.limits),
        asked,
        problems,
    );
    view.presets = presets(settings_of(page_request), catalogue, context.language);
    let template = CreatePage {
        page: Page::titled(page_request, M::CreateKey),
        view,
        may_test: ApiKey::may_issue(owner.workspace.actor(), Mode::Test).is_ok(),
        address: address.map(|address| address.to_string()),
        idempotency_key,
    };
    html(page_request, status, &template)
}

fn settings_of<'a>(page_request: &'a PageRequest<'_>) -> &'a PageSettings {
    &page_request.state.settings
}

/// An idempotency key that no other form of this browser has.
pub(crate) fn new_form_name(page_request: &PageRequest<'_>) -> String {
    format!("form-{}", page_request.name())
        .chars()
        .take(255)
        .collect()
}
