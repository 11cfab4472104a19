//! Changes a key's fields, with a review of the differences before they are saved.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;
use askama::Template;
use keyward_domain::usecases::{ChangeError, Precondition};
use keyward_domain::{
    ApiKey, ApiKeyFields, ApiKeyUpdate, IpRule, LifetimePolicy, Limits, RawUpdate, Violation,
};
use keyward_web::{Problem, RequestError, await_propagation, members};

use super::respond::Call;
use crate::language::MessageId as M;
use crate::layout::notice::{Done, Notice};
use crate::layout::page::{Page, html, see_other};
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::views::catalogue::Catalogue;
use crate::views::key_form::{ExpiryChoices, KeyForm, KeyFormView, LimitFields};
use crate::views::moment::Moment;
use crate::views::trail_view::{ChangeView, changes};

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    page: Page,
    view: KeyFormView,
    key_url: String,
    /// The key's current expiry.
    expires_at: Option<Moment>,
    version: String,
    address: Option<String>,
    /// The message that nothing was changed.
    remark: Option<String>,
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    page: Page,
    changes: Vec<ChangeView>,
    /// Whether the key was changed by someone else in the meantime.
    is_conflict: bool,
    /// The submitted fields, to submit them again.
    fields: Vec<(String, String)>,
    version: String,
    key_url: String,
}

/// `GET /workspaces/{workspaceId}/keys/{apiKeyId}/edit`.
pub(crate) async fn show(call: Call) -> HttpResponse {
    call.show(async |page_request, owner: &Owner| {
        let key = page_request.key(owner).await?;
        let editing = Editing::begin(page_request, owner, &key).await?;
        let version = key.fields().version.to_string();
        let mut form = KeyForm::of_key(&key, &editing.catalogue, &editing.limits);
        if let Some(rule) = added_rule(page_request.request.query_string()) {
            form.add_rule(&rule);
        }
        Ok(editing.form_page(form, version, (&[], None)))
    })
    .await
}

/// The rule that a link to the form adds, as one for a denied address does.
fn added_rule(query: &str) -> Option<IpRule> {
    let (_, text) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "allow")?;
    IpRule::parse(&text).ok()
}

/// `POST /workspaces/{workspaceId}/keys/{apiKeyId}/edit`: `do=review` shows the differences,
/// `do=save` saves them, and any other value returns to the form.
pub(crate) async fn submit(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let key = page_request.key(owner).await?;
    let editing = Editing::begin(page_request, owner, &key).await?;
    let filled = KeyForm::of_form(form, &editing.catalogue);
    let version = form.text("version").to_owned();
    let now = page_request.context.now();
    let offered = (&editing.catalogue, &editing.limits);
    let raw = filled.update(key.fields(), offered, now);
    let step = form.text("do");
    if step != "review" && step != "save" {
        return Ok(editing.form_page(filled, version, (&[], None)));
    }
    if raw == RawUpdate::default() {
        let version = key.fields().version.to_string();
        return Ok(editing.form_page(filled, version, (&[], Some(M::NothingChanged))));
    }
    let existing = editing.catalogue.existing();
    let update = raw.clone().parse(now, &existing, &editing.plan);
    let update = update.and_then(|update| {
        update.check_lifetime(key.fields(), &editing.policy, now)?;
        Ok(update)
    });
    let update = match update {
        Ok(update) => update,
        Err(violations) => return Ok(editing.refused_page(filled, version, &violations)),
    };
    let is_current = version == key.fields().version.to_string();
    if step == "review" || !is_current {
        return Ok(editing.review_page(form, update, !is_current));
    }
    let seen = Precondition::Versions(vec![key.fields().version]);
    let target = owner.target(key.id(), &seen);
    match page_request.state.api.keys.update(target, raw).await {
        Ok(_changed) => {
            let notice = Notice::new(
                Done::Saved,
                await_propagation(&page_request.state.api).await,
                page_request.context.now(),
            );
            let url = page_request.links.key(owner.workspace_id(), key.id());
            Ok(see_other(&format!("{url}{}", notice.query())))
        }
        // A change after the check above is shown like an earlier one.
        Err(ChangeError::ChangedBySomeoneElse) => {
            let key = page_request.key(owner).await?;
            let editing = Editing {
                key: &key,
                ..editing
            };
            Ok(editing.review_page(form, update, true))
        }
        // The policy, the scopes or the key may have changed after the check above.
        Err(ChangeError::Invalid(violations)) => {
            Ok(editing.refused_page(filled, version, &violations))
        }
        Err(error) => Err(RequestError::of_change(error, members::UPDATE)),
    }
}

/// The data of an edit's pages.
struct Editing<'a> {
    page_request: &'a PageRequest<'a>,
    owner: &'a Owner,
    key: &'a ApiKey,
    catalogue: Catalogue,
    policy: LifetimePolicy,
    /// The limits that the plan of the workspace gives to each key.
    plan: Limits,
    limits: LimitFields,
}

impl<'a> Editing<'a> {
    async fn begin(
        page_request: &'a PageRequest<'a>,
        owner: &'a Owner,
        key: &'a ApiKey,
    ) -> Result<Self, RequestError> {
        let keys = &page_request.state.api.keys;
        let catalogue = keys.scope_catalogue.as_ref();
        let workspace_id = owner.workspace.workspace_id();
        let rules = keys
            .api_keys
            .field_rules(workspace_id, &BTreeSet::new())
            .await?;
        Ok(Self {
            policy: rules.lifetime_policy,
            limits: LimitFields::of_key(&rules.plan, &key.fields().limits),
            plan: rules.plan,
            page_request,
            owner,
            key,
            catalogue: Catalogue::read(catalogue, page_request.context.language).await?,
        })
    }

    fn key_url(&self) -> String {
        self.page_request
            .links
            .key(self.owner.workspace_id(), self.key.id())
    }

    /// The form with its problems.
    fn refused_page(
        &self,
        filled: KeyForm,
        version: String,
        violations: &[Violation],
    ) -> HttpResponse {
        let problems = violations.iter();
        let problems = problems.map(|violation| Problem::of(violation, members::UPDATE));
        let problems: Vec<Problem> = problems.collect();
        self.form_page(filled, version, (&problems, None))
    }

    fn form_page(
        &self,
        filled: KeyForm,
        version: String,
        (problems, remark): (&[Problem], Option<M>),
    ) -> HttpResponse {
        let context = &self.page_request.context;
        let address = context.address.map(keyward_domain::ClientAddress::ip);
        let page = Page::titled(self.page_request, M::EditKey);
        let status = if problems.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::BAD_REQUEST
        };
        let asked = (context.language, address, context.now());
        let expiry = ExpiryChoices::of_key(&self.policy, self.key.fields(), context.now());
        let template = EditPage {
            remark: remark.map(|id| page.say(id)),
            page,
            view: KeyFormView::new(
                filled,
                &self.catalogue,
                (&expiry, &self.limits),
                asked,
                problems,
            ),
            key_url: self.key_url(),
            expires_at: self
                .key
                .fields()
                .expires_at
                .map(|expiry| Moment::of(expiry.timestamp())),
            version,
            address: address.map(|address| address.to_string()),
        };
        html(self.page_request, status, &template)
    }

    /// Shows the differences. After a change by someone else, they are relative to the newer
    /// version, and saving overwrites it.
    fn review_page(&self, form: &Form, update: ApiKeyUpdate, is_conflict: bool) -> HttpResponse {
        let context = &self.page_request.context;
        let now = context.now();
        let fields = self.key.fields();
        let ApiKeyUpdate {
            name,
            scopes,
            ip_allowlist,
            expires_at,
            annotations: update,
            limits,
        } = update;
        let mut annotations = fields.annotations.clone();
        annotations.update(update);
        let changed = ApiKeyFields {
            annotations,
            name: name.unwrap_or_else(|| fields.name.clone()),
            scopes: scopes.unwrap_or_else(|| fields.scopes.clone()),
            ip_allowlist: ip_allowlist.unwrap_or_else(|| fields.ip_allowlist.clone()),
            expires_at: expires_at.unwrap_or(fields.expires_at),
            limits: limits.unwrap_or_else(|| fields.limits.clone()),
            ..fields.clone()
        };
        let (before, after) = fields.audited(now).difference(changed.audited(now));
        let (title, status) = if is_conflict {
            (M::ChangedMeanwhile, StatusCode::PRECONDITION_FAILED)
        } else {
            (M::ReviewChanges, StatusCode::OK)
        };
        let template = ReviewPage {
            page: Page::titled(self.page_request, title),
            changes: changes((&before, &after), &self.catalogue, (context.language, now)),
            is_conflict,
            fields: form.without(&["csrf", "version", "do"]),
            version: fields.version.to_string(),
            key_url: self.key_url(),
        };
        html(self.page_request, status, &template)
    }
}
