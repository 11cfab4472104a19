//! Tests a secret: shows the verifier's answer, with the outcome of every check.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::{CheckOutcome, Verified};
use keyward_domain::{Check, Decision, Language, Limit, RawField, RawQuestion, Scope};
use keyward_web::{Problem, RequestError, members, message};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::page::{Page, html};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::catalogue::Catalogue;

#[derive(Template)]
#[template(path = "try.html")]
struct TryPage {
    page: Page,
    address: String,
    scopes: Vec<ScopeView>,
    problems: Vec<(String, String)>,
    verdict: Option<TryOutcome>,
}

/// A scope to select.
struct ScopeView {
    code: String,
    description: String,
    is_chosen: bool,
}

/// The answer in words.
struct TryOutcome {
    is_valid: bool,
    code: &'static str,
    sentence: String,
    key: Option<(String, String)>,
    checks: Vec<CheckView>,
}

/// One check.
struct CheckView {
    words: String,
    passes: bool,
}

/// `GET /workspaces/{workspaceId}/try`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(async |page_request, _owner: &Owner| {
        let address = page_request.context.address;
        let address = address.map(|address| address.ip().to_string());
        page(
            page_request,
            (address.unwrap_or_default(), ""),
            vec![],
            None,
        )
        .await
    })
    .await
}

/// `POST /workspaces/{workspaceId}/try`: stores nothing and records no use.
pub(crate) async fn run(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let (address, scope) = (form.text("address").trim(), form.text("scope"));
    let given = |text: &str| match text {
        "" => RawField::Absent,
        text => RawField::Value(text.to_owned()),
    };
    let asked = form.all("scope").filter(|scope| !scope.is_empty());
    let asked = asked.map(|scope| RawField::Value(scope.to_owned()));
    let question = RawQuestion {
        secret: RawField::Value(form.text("secret").trim().to_owned()),
        address: given(address),
        scopes: RawField::Value(asked.collect()),
        ..RawQuestion::default()
    };
    let shown = (address.to_owned(), scope);
    let (secret, question) = match question.parse() {
        Ok(question) => question,
        Err(violations) => {
            let problems = violations.iter();
            let problems = problems.map(|violation| Problem::of(violation, members::QUESTION));
            return page(page_request, shown, problems.collect(), None).await;
        }
    };
    let explained = page_request.state.verify.explain(&secret, &question).await;
    let (verified, checks) = explained.map_err(RequestError::of_verification)?;
    let (verified, checks) = of_workspace(owner, verified, checks);
    let verdict = TryOutcome::of(page_request, owner, (&verified, &checks));
    page(page_request, shown, vec![], Some(verdict)).await
}

/// A key of another workspace counts as unknown here.
fn of_workspace(
    owner: &Owner,
    verified: Verified,
    checks: Vec<CheckOutcome>,
) -> (Verified, Vec<CheckOutcome>) {
    let workspace = owner.workspace.workspace_id();
    let is_other = |verified: &Verified| {
        let key = verified.key.as_ref();
        key.is_some_and(|key| *key.workspace_id != *workspace)
    };
    if is_other(&verified) {
        let unknown = Verified {
            decision: Decision::Unknown,
            key: None,
            limits: vec![],
            is_stale: false,
        };
        let checks = vec![CheckOutcome {
            check: Check::Secret,
            passes: false,
        }];
        (unknown, checks)
    } else {
        (verified, checks)
    }
}

impl TryOutcome {
    fn of(
        page_request: &PageRequest<'_>,
        owner: &Owner,
        (verified, checks): (&Verified, &[CheckOutcome]),
    ) -> Self {
        let language = page_request.context.language;
        let checks = checks.iter().map(|outcome| CheckView {
            words: message(language, of_check(outcome.check), &[]),
            passes: outcome.passes,
        });
        let key = verified.key.as_ref().map(|key| {
            let url = page_request.links.key(owner.workspace_id(), key.id);
            (key.name.as_str().to_owned(), url)
        });
        Self {
            is_valid: verified.decision == Decision::Valid,
            code: verified.decision.as_str(),
            sentence: sentence(&verified.decision, language),
            key,
            checks: checks.collect(),
        }
    }
}

fn of_check(check: Check) -> M {
    match check {
        Check::Secret => M::CheckSecret,
        Check::Enabled => M::CheckEnabled,
        Check::NotExpired => M::CheckNotExpired,
        Check::Mode => M::CheckMode,
        Check::Address => M::CheckAddress,
        Check::Scopes => M::CheckScopes,
        Check::Limits => M::CheckLimits,
    }
}

fn sentence(decision: &Decision, language: Language) -> String {
    let about = |id, limit: &Limit| {
        let limit = [("limit", limit.name.to_string().into())];
        message(language, id, &limit)
    };
    let id = match decision {
        Decision::Valid => M::DecisionValid,
        Decision::Malformed => M::DecisionMalformed,
        Decision::Unknown => M::DecisionUnknown,
        Decision::Disabled => M::DecisionDisabled,
        Decision::Expired => M::DecisionExpired,
        Decision::WrongMode => M::DecisionWrongMode,
        Decision::IpNotAllowed => M::DecisionIpNotAllowed,
        Decision::NoScopes => M::DecisionNoScopes,
        Decision::InsufficientScope { missing } => {
            let missing: Vec<&str> = missing.iter().map(Scope::as_str).collect();
            let missing = [("scopes", missing.join(", ").into())];
            return message(language, M::DecisionInsufficientScope, &missing);
        }
        Decision::RateLimited(reached) => {
            return about(M::DecisionRateLimited, &reached.limit);
        }
        Decision::QuotaExceeded(reached) => {
            return about(M::DecisionQuotaExceeded, &reached.limit);
        }
        Decision::CostAboveLimit(limit) => return about(M::DecisionCostAboveLimit, limit),
    };
    message(language, id, &[])
}

async fn page(
    page_request: &PageRequest<'_>,
    (address, scope): (String, &str),
    problems: Vec<Problem>,
    verdict: Option<TryOutcome>,
) -> Result<HttpResponse, RequestError> {
    let context = &page_request.context;
    let catalogue = page_request.state.api.keys.scope_catalogue.as_ref();
    let catalogue = Catalogue::read(catalogue, context.language).await?;
    let scopes = catalogue.scopes().iter().map(|described| ScopeView {
        code: described.scope.as_str().to_owned(),
        description: described.description.clone(),
        is_chosen: described.scope.as_str() == scope,
    });
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let problems = problems.iter().map(|problem| {
        let words = message(context.language, problem.message, &problem.args);
        (problem.field.to_string(), words)
    });
    let template = TryPage {
        page: Page::titled(page_request, M::TryKey),
        address,
        scopes: scopes.collect(),
        problems: problems.collect(),
        verdict,
    };
    Ok(html(page_request, status, &template))
}
