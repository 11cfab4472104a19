use keyward_domain::RawRotation;

use super::body_members::BodyMembers;
use crate::json::JsonObject;
use crate::members;

/// Reads the members of a rotation. None is ignored; the domain checks their values.
pub(crate) fn rotation(object: JsonObject) -> RawRotation {
    let mut members = BodyMembers::of(object, members::ROTATION);
    RawRotation {
        overlap_seconds: members.integer("overlapSeconds"),
        unexpected: members.into_unexpected(),
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::{RawField, Unexpected};

    use super::*;
    use crate::json::object;

    #[test]
    fn a_rotation_has_an_overlap_and_nothing_else() {
        let read = |text: &str| rotation(object(text.as_bytes()).unwrap());
        assert_eq!(read("{}"), RawRotation::default());
        assert_eq!(
            read(r#"{"overlapSeconds":0}"#).overlap_seconds,
            RawField::Value(0)
        );
        let rotation = read(r#"{"overlapSeconds":1.5,"name":"n","overlapSeconds":1}"#);
        assert_eq!(rotation.overlap_seconds, RawField::WrongType);
        assert_eq!(
            rotation.unexpected,
            [
                Unexpected::Unknown("name".into()),
                Unexpected::Repeated("overlapSeconds".into()),
            ]
        );
    }
}
