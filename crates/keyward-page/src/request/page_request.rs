use std::cell::Cell;

use actix_web::{HttpMessage as _, HttpRequest};
use keyward_domain::usecases::{Precondition, Target};
use keyward_domain::{
    ApiKey, ApiKeyId, Language, Origin, OwnedWorkspace, SupervisedWorkspace, WebhookId,
};
use keyward_web::{Proof, Refused, RequestContext, RequestError, Session, extract::PathSegment};

use super::form::Form;
use super::links::Links;
use super::sender::refuse_other_sites;
use super::session_cookie::{self, SessionCookie};
use crate::request::page_state::PageState;

/// The language that was selected on the page.
pub(crate) const LANGUAGE_COOKIE: &str = "keyward_language";

/// Remembers in a frame that its pages have no header.
pub(crate) const EMBED_COOKIE: &str = "keyward_embed";
/// The parameter that asks for a page without a header.
const EMBED: &str = "embed=1";

/// The position of the workspace in `/workspaces/{workspaceId}/…`.
const WORKSPACE: usize = 2;
/// The position of the part of the page in `/workspaces/{workspaceId}/keys/…`.
const SECTION: usize = 3;
/// The position of the key in `/workspaces/{workspaceId}/keys/{apiKeyId}/…`.
const API_KEY: usize = 4;
/// The position of the webhook in `/workspaces/{workspaceId}/webhooks/{webhookId}/…`.
const WEBHOOK: usize = 4;

/// One request of a browser.
pub(crate) struct PageRequest<'a> {
    pub(crate) request: &'a HttpRequest,
    pub(crate) state: &'a PageState,
    /// It has the language of the page.
    pub(crate) context: RequestContext,
    /// The session cookie, not yet verified.
    pub(crate) session: Option<SessionCookie>,
    pub(crate) links: Links,
    /// Whether pages offer more than supervision. It follows from the user's role, once that is known.
    pub(crate) may_manage: Cell<bool>,
}

/// An owner who uses the page.
pub(crate) type Owner = User<OwnedWorkspace>;

/// A user of the page who may at least supervise the workspace's keys.
pub(crate) type Supervisor = User<SupervisedWorkspace>;

/// A user of the page.
pub(crate) struct User<W> {
    /// The proof of what the user may do.
    pub(crate) workspace: W,
    /// The address and the request id.
    pub(crate) origin: Origin,
}

impl<W: Proof> User<W> {
    /// A change of one key, with a precondition.
    pub(crate) fn target<'a>(
        &'a self,
        api_key_id: ApiKeyId,
        precondition: &'a Precondition,
    ) -> Target<'a, W> {
        Target {
            workspace: &self.workspace,
            api_key_id,
            precondition,
            origin: &self.origin,
        }
    }

    /// The proof that is enough to read keys.
    pub(crate) fn supervised(&self) -> &SupervisedWorkspace {
        self.workspace.borrow()
    }

    /// The workspace's id.
    pub(crate) fn workspace_id(&self) -> &str {
        self.supervised().workspace_id().as_str()
    }
}

impl<'a> PageRequest<'a> {
    /// Reads the cookies: the session, and the language, which overrides `Accept-Language`.
    pub(crate) fn begin(
        request: &'a HttpRequest,
        state: &'a PageState,
        context: &RequestContext,
    ) -> Self {
        let cookie = |name: &str| request.cookie(name).map(|cookie| cookie.value().to_owned());
        let chosen = cookie(LANGUAGE_COOKIE).and_then(|tag| Language::parse(&tag));
        Self {
            request,
            state,
            context: context.in_language(chosen.unwrap_or(context.language)),
            session: session_cookie::shown(request, state),
            links: Links::from(request.uri().path()),
            may_manage: Cell::new(true),
        }
    }

    /// A name that no other request has, whichever node answers it.
    pub(crate) fn name(&self) -> String {
        let now = self.context.now().unix_micros();
        let id = self.context.request_id.as_str();
        format!("{id}-{now}")
    }

    /// The workspace in the path, decoded.
    pub(crate) fn workspace(&self) -> PathSegment {
        PathSegment::nth(self.request.uri().path(), WORKSPACE)
    }

    /// Whether the address asks for a page without a header.
    pub(crate) fn asks_to_be_embedded(&self) -> bool {
        let query = self.request.query_string();
        query.split('&').any(|pair| pair == EMBED)
    }

    /// Whether the page is shown without a header: its address asks for it, or an earlier one did in
    /// the same frame.
    pub(crate) fn is_embedded(&self) -> bool {
        let destination = self.request.headers().get("sec-fetch-dest");
        let is_in_frame = destination.is_some_and(|destination| destination == "iframe");
        self.asks_to_be_embedded() || is_in_frame && self.request.cookie(EMBED_COOKIE).is_some()
    }

    /// The query without the request for no header.
    pub(crate) fn query(&self) -> String {
        let query = self.request.query_string();
        let pairs: Vec<&str> = query.split('&').filter(|pair| *pair != EMBED).collect();
        pairs.join("&")
    }

    /// The part of the page in `/workspaces/{workspaceId}/keys…` and the like; empty elsewhere.
    pub(crate) fn section(&self) -> String {
        let section = PathSegment::nth(self.request.uri().path(), SECTION);
        section.as_str().to_owned()
    }

    /// The key id in the path.
    ///
    /// # Errors
    /// [`RequestError::ApiKeyNotFound`] when it is not a valid key id.
    pub(crate) fn api_key_id(&self) -> Result<ApiKeyId, RequestError> {
        let segment = PathSegment::nth(self.request.uri().path(), API_KEY);
        ApiKeyId::parse(segment.as_str()).map_err(|_nobody_has_it| RequestError::ApiKeyNotFound)
    }

    /// The id of the webhook in the path.
    ///
    /// # Errors
    /// [`RequestError::WebhookNotFound`] when it is not a valid id of a webhook.
    pub(crate) fn webhook_id(&self) -> Result<WebhookId, RequestError> {
        let segment = PathSegment::nth(self.request.uri().path(), WEBHOOK);
        WebhookId::parse(segment.as_str()).map_err(|_nobody_has_it| RequestError::WebhookNotFound)
    }

    /// Proves what the user of the browser's session may do.
    ///
    /// # Errors
    /// [`RequestError`] of 401, 403 or 5xx.
    pub(crate) async fn user<W: Proof>(&self) -> Result<User<W>, RequestError> {
        let cookie = self.session.as_ref().ok_or(RequestError::TokenMissing)?;
        let session = believed(self.state, cookie).await;
        let session = session.inspect_err(|failure| {
            failure.note_refused_token(&self.context, &self.state.api.metrics);
        })?;
        let workspace = self.workspace();
        let proof = W::prove(&self.state.api.users, &session, workspace.as_str()).await;
        let proof = proof.inspect_err(|_refused| {
            self.may_manage.set(false);
            let refused = Refused::new(&session.principal, workspace.as_str());
            self.request.extensions_mut().insert(refused);
        })?;
        let supervised: &SupervisedWorkspace = proof.borrow();
        self.may_manage.set(supervised.is_owned());
        Ok(User {
            workspace: proof,
            origin: Origin {
                address: self.context.address,
                request_id: self.context.request_id.clone(),
            },
        })
    }

    /// Proves that the user submitted the form, from a page of their own session.
    ///
    /// # Errors
    /// As [`user`](Self::user); [`RequestError::ForeignForm`] when another page may have
    /// submitted it.
    pub(crate) async fn user_of_form<W: Proof>(
        &self,
        form: &Form,
    ) -> Result<User<W>, RequestError> {
        refuse_other_sites(self.request)?;
        let user = self.user().await?;
        let session = self.session.as_ref();
        if session.is_some_and(|session| session.has_csrf(form.text("csrf"))) {
            Ok(user)
        } else {
            Err(RequestError::ForeignForm)
        }
    }

    /// The key in the path, which must belong to the user's workspace.
    ///
    /// # Errors
    /// [`RequestError`] of 404 or 5xx.
    pub(crate) async fn key<W: Proof>(&self, user: &User<W>) -> Result<ApiKey, RequestError> {
        let key = self
            .state
            .api
            .keys
            .get(user.supervised(), self.api_key_id()?);
        key.await?.ok_or(RequestError::ApiKeyNotFound)
    }
}

/// The session of a cookie, if its token is valid, its session has not ended, and it belongs to the
/// device in the cookie (contract §1, `X-Client-Hash`).
///
/// # Errors
/// [`RequestError::TokenRefused`], [`RequestError::TokenKeysUnavailable`] or [`RequestError::Repository`].
pub(crate) async fn believed(
    state: &PageState,
    cookie: &SessionCookie,
) -> Result<Session, RequestError> {
    use subtle::ConstantTimeEq as _;
    let session = state.api.sessions.open(&cookie.token, None).await?;
    let given = cookie.client_hash.as_bytes();
    let expected = session.client_hash.as_ref();
    if expected.is_none_or(|hash| bool::from(hash.as_bytes().ct_eq(given))) {
        Ok(session)
    } else {
        Err(RequestError::TokenRefused("of another device"))
    }
}
