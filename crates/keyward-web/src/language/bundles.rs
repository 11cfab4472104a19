use std::sync::OnceLock;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use keyward_domain::Language;

/// The messages of one language, for any number of threads.
type Bundle = FluentBundle<FluentResource>;

/// The messages of a crate in every language.
pub struct Bundles {
    source: fn(Language) -> &'static str,
    read: [OnceLock<Bundle>; Language::ALL.len()],
}

impl Bundles {
    /// The bundles of these `.ftl` files; each file is read when its language is first asked for.
    #[must_use]
    pub const fn new(source: fn(Language) -> &'static str) -> Self {
        Self {
            source,
            read: [const { OnceLock::new() }; Language::ALL.len()],
        }
    }

    /// The `.ftl` file of a language.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn source(&self, language: Language) -> &'static str {
        (self.source)(language)
    }

    /// The bundle of a language.
    pub(super) fn of(&self, language: Language) -> Option<&Bundle> {
        let at = Language::ALL.iter().position(|known| *known == language)?;
        let read = self.read.get(at)?;
        Some(read.get_or_init(|| load(language, (self.source)(language))))
    }
}

fn load(language: Language, source: &str) -> Bundle {
    let broken = || tracing::error!(language = language.tag(), "language.file_broken");
    let locales = language.tag().parse().into_iter().collect();
    let mut bundle = Bundle::new_concurrent(locales);
    // The isolation marks would be invisible characters in the values that people copy from a
    // message.
    bundle.set_use_isolating(false);
    // The tests refuse a broken file. Should one ever come through, what can be read of it serves,
    // and English stands in for the rest.
    let resource =
        FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _faults)| {
            broken();
            readable
        });
    if bundle.add_resource(resource).is_err() {
        broken();
    }
    bundle
}
