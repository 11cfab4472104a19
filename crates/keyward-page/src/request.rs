//! One request of a browser.

pub(crate) mod form;
pub(crate) mod kept_form;
pub(crate) mod links;
pub(crate) mod one_time_link;
pub(crate) mod page_request;
pub(crate) mod page_state;
pub(crate) mod sender;
pub(crate) mod session_cookie;
