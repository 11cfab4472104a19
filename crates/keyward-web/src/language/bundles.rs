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
    /// The bundles of these `.ftl` files. A file is parsed when its language is first used.
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
    // Isolation marks are invisible characters. People would copy them from a message together with
    // a value.
    bundle.set_use_isolating(false);
    // Tests find a malformed file. If one is released anyway, its valid messages are used, and the
    // others fall back to English.
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
