use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::ErrorInternalServerError;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use keyward_domain::{ApiKeyFields, ApiKeyId, Scope, WorkspaceId};

/// Whose key a call was made with. Handlers behind a [`Require`](super::Require) take it as an
/// argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Which key, and of which mode.
    pub api_key_id: ApiKeyId,
    /// Whose key it is.
    pub workspace_id: WorkspaceId,
    /// All that it may do.
    pub scopes: Vec<Scope>,
    /// What its owner calls it.
    pub name: String,
}

impl From<&ApiKeyFields> for Caller {
    fn from(key: &ApiKeyFields) -> Self {
        Self {
            api_key_id: key.id,
            workspace_id: key.workspace_id.clone(),
            scopes: key.scopes.as_slice().to_vec(),
            name: key.name.as_str().to_owned(),
        }
    }
}

impl FromRequest for Caller {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    /// Fails with 500 where no guard stands before: nobody is a caller there.
    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(caller.ok_or_else(|| {
            tracing::error!(
                "guard.missing: a handler takes a Caller and no guard stands before it"
            );
            ErrorInternalServerError("no guard")
        }))
    }
}
