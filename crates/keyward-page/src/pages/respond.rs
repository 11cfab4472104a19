use std::future::{Ready, ready};

use actix_web::dev;
use actix_web::web::{Data, Payload};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse};
use keyward_web::{RequestContext, RequestError};

use super::error_page::error_page;
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};
use crate::request::page_state::PageState;

/// A browser's request before it is processed.
pub(crate) struct Call {
    request: HttpRequest,
    state: Data<PageState>,
    context: RequestContext,
}

impl FromRequest for Call {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _payload: &mut dev::Payload) -> Self::Future {
        let state = request.app_data::<Data<PageState>>().cloned();
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
    /// Shows a page for an owner, or the failure.
    pub(crate) async fn show(
        self,
        page: impl AsyncFnOnce(&PageRequest<'_>, &Owner) -> Result<HttpResponse, RequestError>,
    ) -> HttpResponse {
        let page_request = PageRequest::begin(&self.request, &self.state, &self.context);
        let show = async {
            let owner = page_request.owner().await?;
            page(&page_request, &owner).await
        };
        show.await
            .unwrap_or_else(|failure| error_page(&page_request, &failure))
    }

    /// Processes an owner's form and shows the result, or the failure.
    pub(crate) async fn submit(
        self,
        payload: Payload,
        act: impl AsyncFnOnce(&PageRequest<'_>, &Owner, &Form) -> Result<HttpResponse, RequestError>,
    ) -> HttpResponse {
        let page_request = PageRequest::begin(&self.request, &self.state, &self.context);
        let submit = async {
            let deadline = self.state.api.body_deadline;
            let form = Form::read(&self.request, payload, deadline).await?;
            let owner = page_request.owner_of_form(&form).await?;
            act(&page_request, &owner, &form).await
        };
        submit
            .await
            .unwrap_or_else(|failure| error_page(&page_request, &failure))
    }
}
