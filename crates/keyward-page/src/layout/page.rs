use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName};
use actix_web::http::{Method, StatusCode};
use askama::Template;
use keyward_domain::Language;
use keyward_web::RequestContext;
use keyward_web::message;

use super::notice::Notice;
use crate::assets::VERSION;
use crate::language::MessageId as M;
use crate::request::page_request::PageRequest;

/// Nothing but our own files: no inline script or style, no other host, no frame around it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// What every page has.
pub(crate) struct Page {
    /// In which language it is.
    pub(crate) language: Language,
    /// The front door, seen from here.
    pub(crate) root: String,
    /// Its heading.
    pub(crate) title: String,
    /// Of whom it is, when its reader is signed in.
    pub(crate) signed_in: Option<SignedIn>,
    /// What has just happened.
    pub(crate) notice: Option<String>,
    /// The path from the front door that shows this page again; `None` where there is none.
    pub(crate) here: Option<String>,
}

/// What a page has for whom is signed in.
pub(crate) struct SignedIn {
    /// Which workspace it is about.
    pub(crate) workspace: String,
    /// The list of its keys.
    pub(crate) keys_url: String,
    /// Where keys are tried.
    pub(crate) try_url: String,
    /// What each of its forms carries.
    pub(crate) csrf: String,
}

/// A language to choose.
pub(crate) struct Choice {
    pub(crate) tag: &'static str,
    /// As its speakers call it.
    pub(crate) name: &'static str,
    pub(crate) is_chosen: bool,
}

impl Page {
    /// A page of this title for who asks.
    pub(crate) fn new(page_request: &PageRequest<'_>, title: String) -> Self {
        let signed_in = page_request.session.as_ref().map(|session| {
            let named = page_request.workspace();
            let workspace = match named.as_str() {
                "" => session.workspace.as_str(),
                named => named,
            };
            SignedIn {
                workspace: workspace.to_owned(),
                keys_url: page_request.links.keys(workspace),
                try_url: page_request.links.try_key(workspace),
                csrf: session.csrf(),
            }
        });
        let notice = Notice::of_query(page_request.request.query_string());
        let is_shown_again = page_request.request.method() == Method::GET;
        Self {
            language: page_request.context.language,
            root: page_request.links.root().to_owned(),
            title,
            signed_in,
            notice: notice.map(|notice| notice.say(page_request.context.language)),
            here: is_shown_again.then(|| here(page_request)),
        }
    }

    /// A page whose title is a message.
    pub(crate) fn titled(page_request: &PageRequest<'_>, title: M) -> Self {
        Self::new(
            page_request,
            message(page_request.context.language, title, &[]),
        )
    }

    /// A message in the page's language.
    pub(crate) fn say(&self, id: M) -> String {
        message(self.language, id, &[])
    }

    /// Where one of our files is.
    pub(crate) fn asset(&self, name: &str) -> String {
        format!("{}assets/{}/{name}", self.root, VERSION)
    }

    /// The field that every form of the page carries.
    pub(crate) fn csrf(&self) -> &str {
        let signed_in = self.signed_in.as_ref();
        signed_in.map_or("", |signed_in| &signed_in.csrf)
    }

    /// The list of keys; the front door for who is not signed in.
    pub(crate) fn keys_url(&self) -> &str {
        let signed_in = self.signed_in.as_ref();
        signed_in.map_or(&self.root, |signed_in| &signed_in.keys_url)
    }

    /// All languages, in their own words.
    pub(crate) fn languages(&self) -> Vec<Choice> {
        let choice = |language: Language| Choice {
            tag: language.tag(),
            name: own_name(language),
            is_chosen: language == self.language,
        };
        Language::ALL.into_iter().map(choice).collect()
    }
}

/// As its speakers call it, whatever language the page is in.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::ChineseSimplified => "简体中文",
        Language::ChineseTraditional => "繁體中文",
        Language::Japanese => "日本語",
        Language::Vietnamese => "Tiếng Việt",
    }
}

/// The page's path and query from the front door, without what has just happened.
fn here(page_request: &PageRequest<'_>) -> String {
    let uri = page_request.request.uri();
    let path = uri.path().trim_start_matches('/');
    match uri.query() {
        Some(query) if Notice::of_query(query).is_none() && !query.contains("once=") => {
            format!("{path}?{query}")
        }
        Some(_) | None => path.to_owned(),
    }
}

/// A page as an answer.
pub(crate) fn html(
    context: &RequestContext,
    status: StatusCode,
    template: &impl Template,
) -> HttpResponse {
    const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
        HeaderName::from_static("cross-origin-opener-policy");
    match template.render() {
        Ok(text) => HttpResponse::build(status)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_LANGUAGE, context.language.tag()))
            .insert_header((header::VARY, "Accept-Language, Cookie"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
            .insert_header((header::X_FRAME_OPTIONS, "DENY"))
            .insert_header((header::REFERRER_POLICY, "same-origin"))
            .insert_header((CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
            .body(text),
        Err(error) => {
            let request_id = context.request_id.as_str();
            tracing::error!(request_id, %error, "page.unwritable");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Leads on to another page, which is then asked for (RFC 9110, section 15.4.4).
pub(crate) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
