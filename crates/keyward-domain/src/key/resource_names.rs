use std::collections::BTreeMap;

use crate::key::resource_name::ResourceName;
use crate::language::Language;

/// The name of a resource by language: none at all, or an English one and any others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceNames(BTreeMap<Language, ResourceName>);

/// There are names, but no English one, to which missing languages fall back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a resource with names needs an English one")]
pub struct EnglishNameMissing;

impl ResourceNames {
    /// These names.
    ///
    /// # Errors
    /// [`EnglishNameMissing`] when there are others but no English one.
    pub fn new(names: BTreeMap<Language, ResourceName>) -> Result<Self, EnglishNameMissing> {
        if names.is_empty() || names.contains_key(&Language::English) {
            Ok(Self(names))
        } else {
            Err(EnglishNameMissing)
        }
    }

    /// The name in this language. Falls back to English; `None` when there are no names.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Option<&ResourceName> {
        let name = self.0.get(&language);
        name.or_else(|| self.0.get(&Language::English))
    }

    /// Each language with its name, English first.
    pub fn iter(&self) -> impl Iterator<Item = (Language, &str)> {
        let names = self.0.iter();
        names.map(|(language, name)| (*language, name.as_str()))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &[(Language, &str)]) -> Result<ResourceNames, EnglishNameMissing> {
        let given = given.iter();
        let given = given.map(|(language, text)| (*language, ResourceName::parse(text).unwrap()));
        ResourceNames::new(given.collect())
    }

    #[test]
    fn names_have_an_english_one_to_fall_back_to() {
        let (english, japanese) = (
            (Language::English, "Payments"),
            (Language::Japanese, "決済"),
        );
        let all = names(&[japanese, english]).unwrap();
        let said = |language| all.in_language(language).unwrap().as_str();
        assert_eq!(said(Language::Japanese), "決済");
        assert_eq!(said(Language::English), "Payments");
        assert_eq!(said(Language::Vietnamese), "Payments");
        assert_eq!(all.iter().collect::<Vec<_>>(), [english, japanese]);
        assert_eq!(names(&[japanese]), Err(EnglishNameMissing));
    }

    #[test]
    fn a_resource_may_have_no_names() {
        let none = names(&[]).unwrap();
        assert!(none.is_empty());
        assert_eq!(none, ResourceNames::default());
        assert_eq!(none.in_language(Language::English), None);
    }
}
