//! Sends events again.

use actix_web::HttpResponse;
use actix_web::web::Payload;
use keyward_web::RequestError;

use super::Operations;
use super::detail::{self, Told};
use crate::pages::respond::Call;
use crate::request::form::Form;
use crate::request::page_request::{Owner, PageRequest};

/// `POST /workspaces/{workspaceId}/webhooks/{webhookId}/replay`.
pub(crate) async fn replay(call: Call, payload: Payload) -> HttpResponse {
    call.submit(payload, carry_out).await
}

async fn carry_out(
    page_request: &PageRequest<'_>,
    owner: &Owner,
    form: &Form,
) -> Result<HttpResponse, RequestError> {
    let Operations { webhooks, caller } = Operations::of(page_request, owner)?;
    let id = page_request.webhook_id()?;
    let text = form.text("from").trim();
    let told = match before(text) {
        Some(after) => Told::SentAgain(webhooks.replay(&caller, id, after).await?),
        None => Told::NoSequence(text),
    };
    detail::page(page_request, owner, told).await
}

/// The sequence before the written one: the use case sends what comes after it. No store has a
/// greater sequence than the largest `i64`.
fn before(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|digit| digit.is_ascii_digit());
    let first: i64 = text.parse().ok().filter(|_first| is_number)?;
    u64::try_from(first).ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_that_is_sent_is_the_written_one() {
        assert_eq!(before("1"), Some(0));
        assert_eq!(before("17"), Some(16));
        assert!(before("9223372036854775807").is_some());
        for text in ["", "0", "-1", "+1", "1.5", "evt_1", "9223372036854775808"] {
            assert_eq!(before(text), None, "{text}");
        }
    }
}
