/// A field as it was given, before anything is known of its worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RawField<T> {
    /// Not there at all.
    #[default]
    Absent,
    /// There, and null.
    Null,
    /// Of another type than the field has.
    WrongType,
    /// Of the field's type.
    Value(T),
}

/// A member that should not be where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unexpected {
    /// No such member exists.
    Unknown(String),
    /// The member was there before.
    Repeated(String),
    /// A key has such a member, but it never changes.
    Immutable(String),
}
