use std::collections::BTreeSet;

use crate::events::event_type::EventType;
use crate::request::checks::Violations;
use crate::request::raw_field::{RawField, Unexpected};
use crate::request::violation::{Fault, Field, Violation};
use crate::webhooks::event_types::EventTypes;
use crate::webhooks::url::WebhookUrl;
use crate::webhooks::webhook::{WebhookEncoding, WebhookSettings};

/// A request to add a webhook, as it was written (contract §14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawWebhook {
    /// Where events are sent.
    pub url: RawField<String>,
    /// The types of events; absent or empty for all.
    pub event_types: RawField<Vec<RawField<String>>>,
    /// The form of the messages; `KEYWARD` by default.
    pub encoding: RawField<String>,
    /// Unknown and repeated members.
    pub unexpected: Vec<Unexpected>,
}

impl RawWebhook {
    /// Checks every field. A webhook of a workspace gets only events about keys.
    ///
    /// # Errors
    /// All violations at once, in the order of the fields.
    pub fn parse(self, is_of_workspace: bool) -> Result<WebhookSettings, Vec<Violation>> {
        let mut violations = Violations::default();
        let url = match self.url {
            RawField::Absent | RawField::Null => Err(Fault::Required),
            RawField::WrongType => Err(Fault::NotText),
            RawField::Value(text) => WebhookUrl::parse(&text).map_err(Fault::from),
        };
        let url = url.map_err(|fault| violations.add(Field::Url, fault)).ok();
        let encoding = violations.word(self.encoding.clone(), Field::Encoding, |text| {
            WebhookEncoding::parse(text).ok_or(Fault::EncodingWord)
        });
        let encoding = encoding.unwrap_or_default();
        let is_possible = |event_type: &EventType| {
            (!is_of_workspace || event_type.is_of_key())
                && (encoding == WebhookEncoding::Keyward || event_type.is_credential_change())
        };
        let field: (Field, fn(usize) -> Field, usize) = (
            Field::EventTypes,
            Field::EventTypesItem,
            EventType::ALL.len(),
        );
        let types = violations.list(self.event_types, field, |text| {
            let event_type = EventType::parse(text).map_err(|_unknown| Fault::EventTypeWord)?;
            if is_possible(&event_type) {
                Ok(event_type)
            } else {
                Err(Fault::EventTypeWord)
            }
        });
        let types: BTreeSet<EventType> = types.into_iter().collect();
        violations.unexpected(self.unexpected);
        let found = violations.found();
        match url {
            Some(url) if found.is_empty() => Ok(WebhookSettings {
                url,
                event_types: all_possible(types, encoding),
                encoding,
                disabled: None,
                secret_generation: 0,
            }),
            _ => Err(found),
        }
    }
}

/// Without a choice, a webhook gets every event that its encoding has a form for.
fn all_possible(chosen: BTreeSet<EventType>, encoding: WebhookEncoding) -> EventTypes {
    if !chosen.is_empty() || encoding == WebhookEncoding::Keyward {
        return EventTypes::of(chosen);
    }
    let possible = EventType::ALL
        .into_iter()
        .filter(|one| one.is_credential_change());
    EventTypes::of(possible.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> RawField<String> {
        RawField::Value(text.to_owned())
    }

    fn raw(types: &[&str], encoding: &str) -> RawWebhook {
        RawWebhook {
            url: text("https://hooks.example.com/in"),
            event_types: RawField::Value(types.iter().map(|one| text(one)).collect()),
            encoding: text(encoding),
            unexpected: vec![],
        }
    }

    fn types(settings: &WebhookSettings) -> Vec<&'static str> {
        settings.event_types.iter().map(EventType::as_str).collect()
    }

    #[test]
    fn only_the_url_is_required() {
        let raw = RawWebhook {
            url: text("https://hooks.example.com/in"),
            ..RawWebhook::default()
        };
        let settings = raw.parse(true).unwrap();
        assert_eq!(settings.url.as_str(), "https://hooks.example.com/in");
        assert_eq!(types(&settings), [""; 0]);
        assert_eq!(settings.encoding, WebhookEncoding::Keyward);
    }

    #[test]
    fn every_violation_is_named() {
        let raw = RawWebhook {
            url: RawField::Null,
            unexpected: vec![Unexpected::Unknown("secret".into())],
            ..raw(&["api_key.created", "member.added", "api_key.made"], "XML")
        };
        let found = raw.parse(true).unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        let of_types = "is not the type of an event that this webhook can get";
        assert_eq!(
            found,
            [
                "url: is required".to_owned(),
                "encoding: must be KEYWARD or CAEP".to_owned(),
                format!("eventTypes[1]: {of_types}"),
                format!("eventTypes[2]: {of_types}"),
                "secret: is not a known field".to_owned(),
            ]
        );
    }

    #[test]
    fn a_webhook_of_the_deployment_can_get_every_event() {
        let all: Vec<&str> = EventType::ALL.map(EventType::as_str).to_vec();
        let settings = raw(&all, "KEYWARD").parse(false).unwrap();
        assert_eq!(types(&settings).len(), all.len());
    }

    #[test]
    fn caep_has_a_form_for_changes_of_keys() {
        let settings = raw(&[], "CAEP").parse(true).unwrap();
        assert!(types(&settings).contains(&"api_key.disabled"));
        assert!(!types(&settings).contains(&"api_key.expiring"));
        assert!(raw(&["api_key.expiring"], "CAEP").parse(true).is_err());
    }
}
