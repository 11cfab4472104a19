use std::future::{Ready, ready};

use actix_web::dev;
use actix_web::web::{Data, Payload};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse};

use super::error_page::error_page;
use super::form::Form;
use super::visit::{Owner, Visit};
use crate::apps::PublicState;
use crate::edge::RequestContext;
use crate::error::Failure;

/// A request of a browser, before anything is done about it.
pub(super) struct Call {
    request: HttpRequest,
    state: Data<PublicState>,
    context: RequestContext,
}

impl FromRequest for Call {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut dev::Payload) -> Self::Future {
        let state = request.app_data::<Data<PublicState>>().cloned();
        let context = request.extensions().get::<RequestContext>().cloned();
        let call = state.zip(context).map(|(state, context)| Self {
            request: request.clone(),
            state,
            context,
        });
        // Every request of the public app has both.
        let none = || actix_web::error::ErrorInternalServerError("not of the public app");
        ready(call.ok_or_else(none))
    }
}

impl Call {
    /// The page that an owner asks for, or why there is none.
    pub(super) async fn show(
        self,
        page: impl AsyncFnOnce(&Visit<'_>, &Owner) -> Result<HttpResponse, Failure>,
    ) -> HttpResponse {
        let visit = Visit::begin(&self.request, &self.state, &self.context);
        let show = async {
            let owner = visit.owner().await?;
            page(&visit, &owner).await
        };
        show.await
            .unwrap_or_else(|failure| error_page(&visit, &failure))
    }

    /// What comes of an owner's form, or why nothing does.
    pub(super) async fn submit(
        self,
        payload: Payload,
        act: impl AsyncFnOnce(&Visit<'_>, &Owner, &Form) -> Result<HttpResponse, Failure>,
    ) -> HttpResponse {
        let visit = Visit::begin(&self.request, &self.state, &self.context);
        let submit = async {
            let deadline = self.state.body_deadline;
            let form = Form::read(&self.request, payload, deadline).await?;
            let owner = visit.owner_of_form(&form).await?;
            act(&visit, &owner, &form).await
        };
        submit
            .await
            .unwrap_or_else(|failure| error_page(&visit, &failure))
    }
}
