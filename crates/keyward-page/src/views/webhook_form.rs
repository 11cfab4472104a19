use keyward_domain::{EventType, Language, RawField, RawWebhook, WebhookEncoding};
use keyward_web::Problem;

use super::field_problems::FieldProblems;
use crate::request::form::Form;

/// The submitted values of the form that adds a webhook.
#[derive(Default)]
pub(crate) struct WebhookForm {
    url: String,
    /// The selected types; none for all.
    event_types: Vec<String>,
    /// `KEYWARD`, `CAEP`, or empty when the form does not have the field.
    encoding: String,
}

/// The form as it is shown on a page.
pub(crate) struct WebhookFormView {
    pub(crate) url: String,
    pub(crate) event_types: Vec<EventTypeView>,
    pub(crate) is_caep: bool,
    problems: FieldProblems,
}

/// A type of events to select.
pub(crate) struct EventTypeView {
    pub(crate) code: &'static str,
    /// Whether CAEP has a form for it.
    pub(crate) has_caep: bool,
    pub(crate) is_chosen: bool,
}

impl WebhookForm {
    /// The submitted form.
    pub(crate) fn of_form(form: &Form) -> Self {
        Self {
            url: form.text("url").trim().to_owned(),
            event_types: form.all("eventType").map(str::to_owned).collect(),
            encoding: form.text("encoding").to_owned(),
        }
    }

    /// The webhook to add.
    pub(crate) fn raw(&self) -> RawWebhook {
        let event_types = self.event_types.iter().cloned();
        RawWebhook {
            url: RawField::Value(self.url.clone()),
            event_types: RawField::Value(event_types.map(RawField::Value).collect()),
            encoding: match self.encoding.as_str() {
                "" => RawField::Absent,
                encoding => RawField::Value(encoding.to_owned()),
            },
            unexpected: Vec::new(),
        }
    }
}

impl WebhookFormView {
    /// The form in the page's language, with its problems.
    pub(crate) fn new(form: &WebhookForm, problems: &[Problem], language: Language) -> Self {
        let of_keys = EventType::ALL.into_iter().filter(|one| one.is_of_key());
        let event_types = of_keys.map(|one| EventTypeView {
            code: one.as_str(),
            has_caep: one.is_credential_change(),
            is_chosen: form.event_types.iter().any(|code| code == one.as_str()),
        });
        Self {
            url: form.url.clone(),
            event_types: event_types.collect(),
            is_caep: form.encoding == WebhookEncoding::Caep.as_str(),
            problems: FieldProblems::of(problems, language),
        }
    }

    /// The problems of a field, or of an entry of it, each once.
    pub(crate) fn problems_of(&self, field: &str) -> Vec<&str> {
        let mut problems = self.problems.of_field(field);
        problems.dedup();
        problems
    }

    /// Whether there is any problem.
    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_the_same_webhook_as_a_body() {
        let form = Form::of(&[
            ("url", " https://hooks.example.com/in "),
            ("eventType", "api_key.disabled"),
            ("eventType", "api_key.deleted"),
            ("encoding", "CAEP"),
        ]);
        let value = |text: &str| RawField::Value(text.to_owned());
        let types = vec![value("api_key.disabled"), value("api_key.deleted")];
        let want = RawWebhook {
            url: value("https://hooks.example.com/in"),
            event_types: RawField::Value(types),
            encoding: value("CAEP"),
            unexpected: vec![],
        };
        assert_eq!(WebhookForm::of_form(&form).raw(), want);
        let empty = WebhookForm::of_form(&Form::of(&[])).raw();
        assert_eq!(empty.event_types, RawField::Value(vec![]));
        assert_eq!(empty.encoding, RawField::Absent);
    }

    #[test]
    fn only_types_of_keys_are_offered() {
        let view = WebhookFormView::new(&WebhookForm::default(), &[], Language::English);
        let codes: Vec<&str> = view.event_types.iter().map(|one| one.code).collect();
        assert!(codes.contains(&"api_key.exposed"), "{codes:?}");
        let is_of_key = |code: &&str| code.starts_with("api_key.");
        assert!(codes.iter().all(is_of_key), "{codes:?}");
    }
}
