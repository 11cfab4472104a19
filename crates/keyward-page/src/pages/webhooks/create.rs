//! Adds a webhook.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use keyward_domain::usecases::WebhookError;
use keyward_web::{Problem, RequestError, members};

use super::{Operations, list, secret};
use crate::language::MessageId as M;
use crate::layout::page::see_other;
use crate::pages::respond::Call;
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::webhook_form::WebhookForm;

/// `GET /workspaces/{workspaceId}/webhooks/new/secret`: opening the address has no form data.
pub(crate) async fn begin_again() -> HttpResponse {
    see_other("../../webhooks")
}

/// `POST /workspaces/{workspaceId}/webhooks/new/secret`: adds the webhook and shows its secret once.
pub(crate) async fn create(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
    let filled = WebhookForm::of_form(form);
    match webhooks.add(&caller, filled.raw()).await {
        Ok(added) => {
            let title = (StatusCode::CREATED, M::WebhookAdded);
            Ok(secret::reveal(page_request, owner, title, &added))
        }
        Err(WebhookError::Invalid(violations)) => {
            let problems = violations.iter();
            let problems = problems.map(|violation| Problem::of(violation, members::WEBHOOK));
            let problems: Vec<Problem> = problems.collect();
            list::page(page_request, owner, (&filled, &problems)).await
        }
        Err(error) => Err(error.into()),
    }
}
