use crate::headers::{FieldName, HeaderFields};

/// Headers without a framework.
#[derive(Debug)]
pub(crate) struct Headers(Vec<(FieldName, Vec<u8>)>);

impl Headers {
    pub(crate) fn of<'a>(fields: impl IntoIterator<Item = (FieldName, &'a [u8])>) -> Self {
        let fields = fields.into_iter();
        Self(fields.map(|(name, value)| (name, value.to_vec())).collect())
    }
}

impl HeaderFields for Headers {
    fn fields(&self, name: FieldName) -> impl Iterator<Item = &[u8]> {
        let fields = self.0.iter().filter(move |(found, _value)| *found == name);
        fields.map(|(_name, value)| value.as_slice())
    }
}
