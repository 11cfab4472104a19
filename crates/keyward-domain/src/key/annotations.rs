use crate::key::description::Description;
use crate::key::external_id::ExternalId;
use crate::key::metadata::Metadata;

/// What a key carries for people and for the platform. It has no influence on any decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// What the key is for, in its owner's words.
    pub description: Option<Description>,
    /// What the platform calls its holder.
    pub external_id: Option<ExternalId>,
    /// What the platform keeps about it.
    pub metadata: Metadata,
}

/// A change of annotations; `None` leaves one unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnotationsUpdate {
    /// The description; `Some(None)` removes it.
    pub description: Option<Option<Description>>,
    /// The external id; `Some(None)` removes it.
    pub external_id: Option<Option<ExternalId>>,
    /// All members; without any, the metadata are removed.
    pub metadata: Option<Metadata>,
}

impl Annotations {
    /// Carries out an update.
    pub fn update(&mut self, update: AnnotationsUpdate) {
        let AnnotationsUpdate {
            description,
            external_id,
            metadata,
        } = update;
        if let Some(description) = description {
            self.description = description;
        }
        if let Some(external_id) = external_id {
            self.external_id = external_id;
        }
        if let Some(metadata) = metadata {
            self.metadata = metadata;
        }
    }
}
