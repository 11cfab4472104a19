use keyward_domain::usecases::KeyExposure;
use keyward_domain::{ApiKey, Language, Status, Timestamp};
use keyward_web::message;

use super::moment::Moment;
use crate::language::MessageId as M;

/// The notice that someone else knows the secret of a key.
pub(crate) struct ExposureView {
    /// What was done, and what helps now.
    pub(crate) words: String,
    pub(crate) at: Moment,
    /// Where the secret was found. Not links, because strangers wrote them.
    pub(crate) places: Vec<String>,
    /// Whether a new secret helps. Otherwise only a new key does.
    pub(crate) may_rotate: bool,
}

impl ExposureView {
    pub(crate) fn of(
        exposure: &KeyExposure,
        key: &ApiKey,
        may_rotate: bool,
        (language, now): (Language, Timestamp),
    ) -> Self {
        let words = match key.status(now) {
            _ if !may_rotate => M::ExposedReplace,
            Status::Disabled if exposure.was_disabled => M::ExposedDisabled,
            Status::Active | Status::Disabled | Status::Expired | Status::Deleted => {
                M::ExposedStillValid
            }
        };
        let places = exposure.places.as_slice().iter();
        Self {
            words: message(language, words, &[]),
            at: Moment::of(exposure.at),
            places: places.map(|place| place.as_str().to_owned()).collect(),
            may_rotate,
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_domain::FoundAt;
    use keyward_domain::testing::{altered, at};
    use keyward_web::testing::{key, now};

    use super::*;

    #[test]
    fn the_words_follow_from_what_the_key_is_now() {
        let told = |is_disabled, was_disabled, may_rotate| {
            let key = altered(key(), |fields| fields.is_disabled = is_disabled);
            let exposure = KeyExposure {
                at: at(1),
                places: FoundAt::parse("https://git.example/a")
                    .into_iter()
                    .collect(),
                was_disabled,
            };
            let asked = (Language::English, now());
            let view = ExposureView::of(&exposure, &key, may_rotate, asked);
            assert_eq!(view.places, ["https://git.example/a"]);
            view.words
        };
        let english = |id| message(Language::English, id, &[]);
        assert_eq!(told(true, true, true), english(M::ExposedDisabled));
        assert_eq!(told(false, true, true), english(M::ExposedStillValid));
        assert_eq!(told(false, false, true), english(M::ExposedStillValid));
        assert_eq!(told(false, false, false), english(M::ExposedReplace));
    }
}
