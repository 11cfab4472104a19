use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use keyward_web::{RequestError, extract};

/// The fields of a browser's form (`application/x-www-form-urlencoded`). No `Debug`: it may contain
/// a secret.
pub(crate) struct Form {
    /// The raw bytes.
    pub(crate) bytes: Bytes,
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a form, with limits on memory and time.
    ///
    /// # Errors
    /// [`RequestError`] of 408, 413, 415 or 400, as for any body.
    pub(crate) async fn read(
        request: &HttpRequest,
        payload: Payload,
        deadline: Duration,
    ) -> Result<Self, RequestError> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let is_form = content_type
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| {
                essence
                    .trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !is_form {
            return Err(RequestError::WrongContentType);
        }
        let bytes = extract::body(request.headers(), payload, deadline).await?;
        Ok(Self::parse(bytes))
    }

    fn parse(bytes: Bytes) -> Self {
        let fields = form_urlencoded::parse(&bytes).into_owned().collect();
        Self { bytes, fields }
    }

    /// The first value of a field; empty when it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        let mut fields = self.fields.iter();
        fields
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter();
        fields
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields with a value whose names begin with this, without it, and their trimmed values.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Vec<(String, String)> {
        let fields = self.fields.iter().filter_map(|(name, value)| {
            let (name, value) = (name.strip_prefix(prefix)?, value.trim());
            (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
        });
        fields.collect()
    }

    /// All fields except `names`, to submit them again.
    pub(crate) fn without(&self, names: &[&str]) -> Vec<(String, String)> {
        let fields = self.fields.iter();
        fields
            .filter(|(field, _)| !names.contains(&field.as_str()))
            .cloned()
            .collect()
    }

    /// A form with these fields, for tests and for new forms.
    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(fields);
        Self::parse(text.finish().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_fields_that_may_be_repeated() {
        let form = Form::of(&[("name", "a & b"), ("scope", "x:y"), ("scope", "é")]);
        assert_eq!(form.text("name"), "a & b");
        assert_eq!(form.text("other"), "");
        assert_eq!(form.all("scope").collect::<Vec<_>>(), ["x:y", "é"]);
        assert_eq!(
            form.without(&["scope"]),
            [("name".to_owned(), "a & b".to_owned())]
        );
    }
}
