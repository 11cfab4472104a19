/// A field of a request before validation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RawField<T> {
    /// The field is missing.
    #[default]
    Absent,
    /// The field is null.
    Null,
    /// The value has another type than the field.
    WrongType,
    /// The value has the field's type.
    Value(T),
}

/// A member that is not allowed in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unexpected {
    /// The member does not exist.
    Unknown(String),
    /// The member occurred before.
    Repeated(String),
    /// A key has this member, but it can't be changed.
    Immutable(String),
}

/// Whether the field is there, even as null.
pub(crate) fn is_given<T>(given: &RawField<T>) -> bool {
    match given {
        RawField::Absent => false,
        RawField::Null | RawField::WrongType | RawField::Value(_) => true,
    }
}
