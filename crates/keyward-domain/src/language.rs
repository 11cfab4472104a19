/// A language of Keyward's messages (contract §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, the default.
    English,
    /// Chinese in simplified characters.
    ChineseSimplified,
    /// Chinese in traditional characters.
    ChineseTraditional,
    /// Japanese.
    Japanese,
    /// Vietnamese.
    Vietnamese,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 5] = [
        Self::English,
        Self::ChineseSimplified,
        Self::ChineseTraditional,
        Self::Japanese,
        Self::Vietnamese,
    ];

    /// The BCP 47 tag: `en`, `zh`, `zh-Hant`, `ja` or `vi`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::ChineseSimplified => "zh",
            Self::ChineseTraditional => "zh-Hant",
            Self::Japanese => "ja",
            Self::Vietnamese => "vi",
        }
    }

    /// Parses the text of [`tag`](Self::tag).
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}
