use std::sync::LazyLock;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use keyward_domain::Language;

/// All messages of one language, shared by all threads.
pub(super) type Bundle = FluentBundle<FluentResource>;

/// The bundle of a language; loaded on first use.
pub(super) fn bundle(language: Language) -> &'static Bundle {
    static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| load(Language::English));
    static CHINESE_SIMPLIFIED: LazyLock<Bundle> =
        LazyLock::new(|| load(Language::ChineseSimplified));
    static CHINESE_TRADITIONAL: LazyLock<Bundle> =
        LazyLock::new(|| load(Language::ChineseTraditional));
    static JAPANESE: LazyLock<Bundle> = LazyLock::new(|| load(Language::Japanese));
    static VIETNAMESE: LazyLock<Bundle> = LazyLock::new(|| load(Language::Vietnamese));
    match language {
        Language::English => &ENGLISH,
        Language::ChineseSimplified => &CHINESE_SIMPLIFIED,
        Language::ChineseTraditional => &CHINESE_TRADITIONAL,
        Language::Japanese => &JAPANESE,
        Language::Vietnamese => &VIETNAMESE,
    }
}

/// The `.ftl` file of a language.
pub(super) fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../locales/en.ftl"),
        Language::ChineseSimplified => include_str!("../locales/zh.ftl"),
        Language::ChineseTraditional => include_str!("../locales/zh-Hant.ftl"),
        Language::Japanese => include_str!("../locales/ja.ftl"),
        Language::Vietnamese => include_str!("../locales/vi.ftl"),
    }
}

fn load(language: Language) -> Bundle {
    let broken = || tracing::error!(language = language.tag(), "language.file_broken");
    let locales = language.tag().parse().into_iter().collect();
    let mut bundle = Bundle::new_concurrent(locales);
    // Isolation marks would be invisible characters in values that people copy from a message.
    bundle.set_use_isolating(false);
    // The tests refuse a broken file. If one is released anyway, its readable part is used, and
    // English for the rest.
    let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(
        |(readable, _faults)| {
            broken();
            readable
        },
    );
    if bundle.add_resource(resource).is_err() {
        broken();
    }
    bundle
}
