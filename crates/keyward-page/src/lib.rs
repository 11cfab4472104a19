//! Keyward's page: what an owner sees and does in a browser, at `/` of the public listener.
//!
//! Every page is whole HTML, written by the server from the templates in `templates/`; it works with
//! scripts off. htmx and a few modules in `assets/` make it quicker. All links are relative, so that it
//! works under whatever path prefix a proxy puts before it.
//!
//! 1. [`configure`]: which path leads to which page.
//! 2. `pages`: one file a page or an action; each calls the same use cases as the API.
//! 3. `request`: one request of a browser: its language, its session, its proof of ownership.
//! 4. `layout`: what every page has, and the headers under which HTML is sent.
//! 5. `views`: what pages show of keys, scopes and events.

mod assets;
mod language;
mod layout;
mod pages;
mod request;
mod routes;
mod state;
mod views;

pub use self::{request::one_time_link::OneTimeLink, routes::configure, state::PageState};

#[cfg(test)]
mod tests;
