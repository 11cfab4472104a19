use crate::key::overlap::Overlap;
use crate::request::checks::Violations;
use crate::request::raw_field::{RawField, Unexpected};
use crate::request::violation::Violation;

/// A request to rotate a key, as it was written (contract §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawRotation {
    /// How long the old secret stays valid, in seconds; one day by default.
    pub overlap_seconds: RawField<i64>,
    /// Unknown and repeated members.
    pub unexpected: Vec<Unexpected>,
}

impl RawRotation {
    /// Checks every field.
    ///
    /// # Errors
    /// All violations at once.
    pub fn parse(self) -> Result<Overlap, Vec<Violation>> {
        let mut violations = Violations::default();
        let overlap = violations.overlap(&self.overlap_seconds);
        violations.unexpected(self.unexpected);
        let found = violations.found();
        if found.is_empty() {
            Ok(overlap)
        } else {
            Err(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlap_seconds_are_0_to_604800_and_a_day_by_default() {
        let of = |overlap_seconds| {
            let raw = RawRotation {
                overlap_seconds,
                unexpected: vec![],
            };
            raw.parse().map(Overlap::seconds)
        };
        assert_eq!(of(RawField::Absent), Ok(86_400));
        assert_eq!(of(RawField::Null), Ok(86_400));
        assert_eq!(of(RawField::Value(0)), Ok(0));
        assert_eq!(of(RawField::Value(604_800)), Ok(604_800));
        for wrong in [
            RawField::Value(-1),
            RawField::Value(604_801),
            RawField::WrongType,
        ] {
            let found = of(wrong).unwrap_err();
            assert_eq!(
                found[0].to_string(),
                "overlapSeconds: an overlap has 0 to 604800 seconds"
            );
        }
        let raw = RawRotation {
            unexpected: vec![Unexpected::Unknown("overlap".into())],
            ..RawRotation::default()
        };
        assert_eq!(raw.parse().unwrap_err().len(), 1);
    }
}
