//! Made by `build.rs` from `locales/en.ftl`: add a message there, and in the files of the other languages.

#[expect(
    clippy::doc_markdown,
    clippy::too_many_lines,
    reason = "messages for people, as many as there are"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/message_id.rs"));
}

pub(crate) use self::generated::MessageId;
