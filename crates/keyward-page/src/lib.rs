//! The page for owners in a browser, at `/` of the public listener.
//!
//! Every page is complete HTML, rendered by the server from `templates/`. It works without scripts;
//! htmx and a few modules in `assets/` make it faster. All links are relative, so that it works
//! under any path prefix of a proxy.
//!
//! 1. [`configure`]: the routes.
//! 2. `pages`: one file per page or action; each calls the same use cases as the API.
//! 3. `request`: one request of a browser: its language, its session, its proof of ownership.
//! 4. `layout`: the common parts of all pages, and the headers of HTML responses.
//! 5. `views`: keys, scopes, events and webhooks as pages show them.

mod assets;
mod brand;
mod language;
mod layout;
mod pages;
mod request;
mod routes;
mod settings;
mod views;

pub use self::{
    brand::{Brand, InvalidBrand},
    request::{one_time_link::OneTimeLink, page_state::PageState},
    routes::configure,
    settings::{ApiUrl, InvalidApiUrl, InvalidPresets, PageSettings, Preset},
};

#[cfg(test)]
mod tests;
