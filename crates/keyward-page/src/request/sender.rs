use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use keyward_web::{AllowedOrigins, RequestError};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whose page has submitted a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// Our own page, or a user without any page.
    Own,
    /// A page of an allowed origin, such as the platform's portal.
    AllowedOrigin,
}

/// Refuses a form that another site's page has submitted.
///
/// # Errors
/// [`RequestError::ForeignForm`].
pub(crate) fn refuse_other_sites(request: &HttpRequest) -> Result<(), RequestError> {
    if is_own(request) {
        Ok(())
    } else {
        Err(RequestError::ForeignForm)
    }
}

/// The sender of the form that signs a browser in, which pages of the allowed origins may submit
/// too. The browser sets `Origin`; a page can't choose it.
///
/// # Errors
/// [`RequestError::ForeignForm`] for a page of any other site.
pub(crate) fn of_sign_in(
    request: &HttpRequest,
    allowed: &AllowedOrigins,
) -> Result<Sender, RequestError> {
    if is_own(request) {
        Ok(Sender::Own)
    } else if allowed.allow(request.headers()) {
        Ok(Sender::AllowedOrigin)
    } else {
        Err(RequestError::ForeignForm)
    }
}

/// The browser reports whose page it is (Fetch Metadata); otherwise the origin must equal the
/// target.
fn is_own(request: &HttpRequest) -> bool {
    let text = |name: &HeaderName| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or("unreadable"))
    };
    match (text(&SEC_FETCH_SITE), text(&header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_scheme, host)| host);
            host.is_some() && host == text(&header::HOST)
        }
        (None, None) => true,
    }
}
