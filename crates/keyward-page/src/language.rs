//! The page's messages: `locales` has one Fluent file per language.
//!
//! `build.rs` generates the ids from `locales/en.ftl`. Add messages there and to the files of the
//! other languages.

use keyward_domain::Language;
use keyward_web::{Bundles, Message};

#[expect(
    clippy::doc_markdown,
    clippy::too_many_lines,
    reason = "generated, with a line per message"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/message_id.rs"));
}

pub(crate) use self::generated::MessageId;

static BUNDLES: Bundles = Bundles::new(|language| match language {
    Language::English => include_str!("locales/en.ftl"),
    Language::ChineseSimplified => include_str!("locales/zh.ftl"),
    Language::ChineseTraditional => include_str!("locales/zh-Hant.ftl"),
    Language::Japanese => include_str!("locales/ja.ftl"),
    Language::Vietnamese => include_str!("locales/vi.ftl"),
});

impl Message for MessageId {
    fn id(self) -> &'static str {
        self.as_str()
    }

    fn bundles() -> &'static Bundles {
        &BUNDLES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_page_can_be_said_in_every_language() {
        let messages: Vec<_> = MessageId::ALL
            .iter()
            .map(|id| (*id, id.arguments()))
            .collect();
        keyward_web::testing::check_messages(&messages);
    }
}
