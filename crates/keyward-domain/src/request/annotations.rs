use crate::key::annotations::{Annotations, AnnotationsUpdate};
use crate::request::checks::Violations;
use crate::request::raw_field::{RawField, is_given};

/// The annotations of a draft or an update, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawAnnotations {
    /// The description; null removes it.
    pub description: RawField<String>,
    /// The external id; null removes it.
    pub external_id: RawField<String>,
    /// The members of the metadata in their order, repeats included; null removes all.
    pub metadata: RawField<Vec<(String, RawField<String>)>>,
}

impl RawAnnotations {
    /// The annotations of a new key.
    pub(crate) fn parse(self, violations: &mut Violations) -> Annotations {
        Annotations {
            description: violations.description(self.description),
            external_id: violations.external_id(self.external_id),
            metadata: violations.metadata(self.metadata),
        }
    }

    /// The change of an existing key's annotations.
    pub(crate) fn parse_update(self, violations: &mut Violations) -> AnnotationsUpdate {
        AnnotationsUpdate {
            description: is_given(&self.description)
                .then(|| violations.description(self.description)),
            external_id: is_given(&self.external_id)
                .then(|| violations.external_id(self.external_id)),
            metadata: is_given(&self.metadata).then(|| violations.metadata(self.metadata)),
        }
    }
}

#[cfg(test)]
mod tests;
