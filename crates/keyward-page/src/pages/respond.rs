use std::future::{Ready, ready};

use actix_web::dev;
use actix_web::web::{Data, Payload};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse};
use keyward_web::{Proof, RequestContext, RequestError};

use super::error_page::{error_page, error_page_of_form};
use crate::request::form::Form;
use crate::request::page_request::{PageRequest, User};
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
    /// Shows a page for a user with this proof, or the failure.
    pub(crate) async fn show<W: Proof>(
        self,
        page: impl AsyncFnOnce(&PageRequest<'_>, &User<W>) -> Result<HttpResponse, RequestError>,
    ) -> HttpResponse {
        let page_request = PageRequest::begin(&self.request, &self.state, &self.context);
        let show = async {
            let user = page_request.user().await?;
            page(&page_request, &user).await
        };
        show.await
            .unwrap_or_else(|failure| error_page(&page_request, &failure))
    }

    /// Processes the form of a user with this proof and shows the result, or the failure.
    pub(crate) async fn submit<W: Proof>(
        self,
        payload: Payload,
        act: impl AsyncFnOnce(&PageRequest<'_>, &User<W>, &Form) -> Result<HttpResponse, RequestError>,
    ) -> HttpResponse {
        let page_request = PageRequest::begin(&self.request, &self.state, &self.context);
        let submit = async {
            let deadline = self.state.api.body_deadline;
            let form = match Form::read(&self.request, payload, deadline).await {
                Ok(form) => form,
                Err(failure) => return error_page(&page_request, &failure),
            };
            let done = async {
                let user = page_request.user_of_form(&form).await?;
                act(&page_request, &user, &form).await
            };
            done.await
                .unwrap_or_else(|failure| error_page_of_form(&page_request, &failure, &form))
        };
        submit.await
    }
}
