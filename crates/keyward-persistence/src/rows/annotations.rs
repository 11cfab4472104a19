use diesel::{AsChangeset, Insertable, Queryable, Selectable};
use keyward_domain::{Annotations, Description};
use serde_json::Value;

use super::ColumnRef;
use super::metadata::metadata_to_json;
use crate::error::CorruptRow;
use crate::schema::api_keys;
use crate::sql_types::{Json, Stored};

/// A key's annotations to store. NULL where there are none.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct NewAnnotationsRow {
    description: Option<String>,
    external_id: Option<String>,
    metadata: Option<Json>,
}

/// A key's annotations as they are read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub(crate) struct AnnotationsRow {
    description: Option<String>,
    external_id: Option<String>,
    metadata: Option<Stored<Value>>,
}

impl From<Annotations> for NewAnnotationsRow {
    fn from(annotations: Annotations) -> Self {
        let Annotations {
            description,
            external_id,
            metadata,
        } = annotations;
        Self {
            description: description.map(|description| description.as_str().to_owned()),
            external_id: external_id.map(|id| id.as_str().to_owned()),
            metadata: (!metadata.is_empty()).then(|| Json(metadata_to_json(&metadata))),
        }
    }
}

impl AnnotationsRow {
    pub(super) fn read(self, column: &ColumnRef<'_>) -> Result<Annotations, CorruptRow> {
        let description = self.description.as_deref().map(Description::parse);
        Ok(Annotations {
            description: column.read("description", description.transpose())?,
            external_id: column.external_id(self.external_id.as_deref())?,
            metadata: column.metadata(self.metadata)?,
        })
    }
}
