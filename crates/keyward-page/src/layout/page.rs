use std::io::{self, Write as _};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{self, ContentEncoding, HeaderName};
use actix_web::http::{Method, StatusCode};
use askama::Template;
use flate2::Compression;
use flate2::write::GzEncoder;
use keyward_domain::Language;
use keyward_web::{message, takes_gzip};

use super::notice::Notice;
use super::policy::content_security_policy;
use crate::assets::VERSION;
use crate::language::MessageId as M;
use crate::request::page_request::{EMBED_COOKIE, PageRequest};
use crate::settings::PageSettings;

/// The common parts of all pages.
pub(crate) struct Page {
    /// The language of the page.
    pub(crate) language: Language,
    /// The relative link to the front door.
    pub(crate) root: String,
    /// The heading.
    pub(crate) title: String,
    /// The part of the page that it belongs to: `keys`, `webhooks`, `try` or `settings`; empty for none.
    pub(crate) section: String,
    /// The session, when the user is signed in.
    pub(crate) signed_in: Option<SignedIn>,
    /// Whether the user may do more with keys than to supervise them.
    pub(crate) may_manage: bool,
    /// The notice about the last action.
    pub(crate) notice: Option<String>,
    /// What the operator has configured.
    pub(crate) settings: Arc<PageSettings>,
    /// Whether a page of the portal shows it in a frame, without a header.
    pub(crate) is_embedded: bool,
    /// The path from the front door that shows this page again; `None` if no path does.
    pub(crate) here: Option<String>,
}

/// The common parts of pages for a signed-in user.
pub(crate) struct SignedIn {
    /// The workspace.
    pub(crate) workspace: String,
    /// The list of its keys.
    pub(crate) keys_url: String,
    /// The list of its webhooks; `None` for a user who may not, and without webhooks.
    pub(crate) webhooks_url: Option<String>,
    /// The page that tests a key; `None` for a user who may not.
    pub(crate) try_url: Option<String>,
    /// What operators have set for the workspace.
    pub(crate) settings_url: String,
    /// The token that every form contains against cross-site request forgery.
    pub(crate) csrf: String,
}

/// A choice of language.
pub(crate) struct Choice {
    pub(crate) tag: &'static str,
    /// The language's own name.
    pub(crate) name: &'static str,
    pub(crate) is_chosen: bool,
}

impl Page {
    /// A page with this title.
    pub(crate) fn new(page_request: &PageRequest<'_>, title: String) -> Self {
        let may_manage = page_request.may_manage.get();
        let has_webhooks = page_request.state.api.webhooks.is_some();
        let signed_in = page_request.session.as_ref().map(|session| {
            let named = page_request.workspace();
            let workspace = match named.as_str() {
                "" => session.workspace.as_str(),
                named => named,
            };
            SignedIn {
                workspace: workspace.to_owned(),
                keys_url: page_request.links.keys(workspace),
                webhooks_url: (may_manage && has_webhooks)
                    .then(|| page_request.links.webhooks(workspace)),
                try_url: may_manage.then(|| page_request.links.try_key(workspace)),
                settings_url: page_request.links.settings(workspace),
                csrf: session.csrf(&page_request.name()),
            }
        });
        let notice = Notice::of_query(page_request.request.query_string());
        let notice = notice.filter(|notice| notice.is_fresh(page_request.context.now()));
        let is_shown_again = page_request.request.method() == Method::GET;
        Self {
            language: page_request.context.language,
            root: page_request.links.root().to_owned(),
            title,
            section: page_request.section(),
            signed_in,
            may_manage,
            notice: notice.map(|notice| notice.say(page_request.context.language)),
            settings: Arc::clone(&page_request.state.settings),
            is_embedded: page_request.is_embedded(),
            here: is_shown_again.then(|| here(page_request)),
        }
    }

    /// A page with a message as its title.
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

    /// The address of one of our files.
    pub(crate) fn asset(&self, name: &str) -> String {
        format!("{}assets/{}/{name}", self.root, VERSION)
    }

    /// The name that the page shows for itself.
    pub(crate) fn brand_name(&self) -> &str {
        self.settings.brand.shown_name()
    }

    /// The address of a file of the brand, if there is one.
    fn brand_asset(&self, name: &str) -> Option<String> {
        let brand = &self.settings.brand;
        let file = brand.file(name)?;
        Some(format!(
            "{}assets/{}/{}",
            self.root,
            brand.version(),
            file.name
        ))
    }

    /// The logo.
    pub(crate) fn logo(&self) -> String {
        let name = self.settings.brand.logo_name();
        let logo = name.and_then(|name| self.brand_asset(name));
        logo.unwrap_or_else(|| self.asset("icon.svg"))
    }

    /// The style sheet with the platform's colours.
    pub(crate) fn brand_style(&self) -> Option<String> {
        self.brand_asset("brand.css")
    }

    /// The link back to the portal, and its words.
    pub(crate) fn back_to_portal(&self) -> Option<(&str, String)> {
        let url = self.settings.brand.back()?;
        let name = [("name", self.brand_name().to_owned().into())];
        Some((url, message(self.language, M::BackTo, &name)))
    }

    /// The value of the `csrf` field in every form of the page.
    pub(crate) fn csrf(&self) -> &str {
        let signed_in = self.signed_in.as_ref();
        signed_in.map_or("", |signed_in| &signed_in.csrf)
    }

    /// The list of keys, or the front door without a session.
    pub(crate) fn keys_url(&self) -> &str {
        let signed_in = self.signed_in.as_ref();
        signed_in.map_or(&self.root, |signed_in| &signed_in.keys_url)
    }

    /// The list of keys, for pages that lead back to it.
    pub(crate) fn back_url(&self) -> Option<&str> {
        let signed_in = self.signed_in.as_ref()?;
        Some(&signed_in.keys_url)
    }

    /// The list of webhooks, or the front door when the page does not lead there.
    pub(crate) fn webhooks_url(&self) -> &str {
        let signed_in = self.signed_in.as_ref();
        let url = signed_in.and_then(|signed_in| signed_in.webhooks_url.as_deref());
        url.unwrap_or(&self.root)
    }

    /// All languages with their own names.
    pub(crate) fn languages(&self) -> Vec<Choice> {
        let choice = |language: Language| Choice {
            tag: language.tag(),
            name: own_name(language),
            is_chosen: language == self.language,
        };
        Language::ALL.into_iter().map(choice).collect()
    }
}

/// The name of a language in that language itself.
fn own_name(language: Language) -> &'static str {
    match language {
        Language::English => "English",
        Language::ChineseSimplified => "简体中文",
        Language::ChineseTraditional => "繁體中文",
        Language::Japanese => "日本語",
        Language::Vietnamese => "Tiếng Việt",
    }
}

/// The page's path and query from the front door, without the notice.
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

/// The response with a page, compressed if the browser accepts it. All secrets in it differ in each response.
pub(crate) fn html(
    page_request: &PageRequest<'_>,
    status: StatusCode,
    template: &impl Template,
) -> HttpResponse {
    let is_compressed = takes_gzip(page_request.request);
    answer(page_request, status, template, is_compressed)
}

/// The response with a page that shows a secret. It is never compressed, because its size would tell something
/// about the secret.
pub(crate) fn html_with_secret(
    page_request: &PageRequest<'_>,
    status: StatusCode,
    template: &impl Template,
) -> HttpResponse {
    answer(page_request, status, template, false)
}

fn answer(
    page_request: &PageRequest<'_>,
    status: StatusCode,
    template: &impl Template,
    is_compressed: bool,
) -> HttpResponse {
    const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
        HeaderName::from_static("cross-origin-opener-policy");
    let context = &page_request.context;
    let framed_by = &page_request.state.api.allowed_origins;
    match template.render() {
        Ok(text) => {
            let mut answer = HttpResponse::build(status);
            answer
                .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
                .insert_header((header::CONTENT_LANGUAGE, context.language.tag()))
                .insert_header((header::VARY, "Accept-Encoding, Accept-Language, Cookie"))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((
                    header::CONTENT_SECURITY_POLICY,
                    content_security_policy(framed_by),
                ))
                .insert_header((header::REFERRER_POLICY, "same-origin"))
                .insert_header((CROSS_ORIGIN_OPENER_POLICY, "same-origin"));
            if page_request.asks_to_be_embedded() {
                // For the pages that this one links to, in the same frame.
                let mut cookie = Cookie::new(EMBED_COOKIE, "1");
                cookie.set_same_site(SameSite::Lax);
                cookie.set_http_only(true);
                answer.cookie(cookie);
            }
            // This older header can't express a list.
            if framed_by.is_empty() {
                answer.insert_header((header::X_FRAME_OPTIONS, "DENY"));
            }
            let compressed = is_compressed.then(|| gzip(&text)).and_then(Result::ok);
            match compressed {
                Some(bytes) => answer.insert_header(ContentEncoding::Gzip).body(bytes),
                None => answer.body(text),
            }
        }
        Err(error) => {
            let request_id = context.request_id.as_str();
            tracing::error!(request_id, %error, "page.unwritable");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn gzip(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

/// Redirects to another page with GET (RFC 9110, section 15.4.4).
pub(crate) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
