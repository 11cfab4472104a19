//! Made by `build.rs` from `locales/en.ftl`: add a message there, and in the files of the other languages.

use keyward_domain::Language;

use super::bundles::Bundles;
use super::message::Message;

#[expect(clippy::doc_markdown, reason = "messages for people")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/message_id.rs"));
}

pub use self::generated::MessageId;

static BUNDLES: Bundles = Bundles::new(|language| match language {
    Language::English => include_str!("../locales/en.ftl"),
    Language::ChineseSimplified => include_str!("../locales/zh.ftl"),
    Language::ChineseTraditional => include_str!("../locales/zh-Hant.ftl"),
    Language::Japanese => include_str!("../locales/ja.ftl"),
    Language::Vietnamese => include_str!("../locales/vi.ftl"),
});

impl Message for MessageId {
    fn id(self) -> &'static str {
        self.as_str()
    }

    fn bundles() -> &'static Bundles {
        &BUNDLES
    }
}
