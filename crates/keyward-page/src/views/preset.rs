use keyward_domain::Language;
use keyward_web::message;

use super::catalogue::Catalogue;
use crate::language::MessageId as M;
use crate::settings::{PageSettings, Preset};

/// A choice of permissions for a purpose.
pub(crate) struct PresetView {
    /// Its value in the address of the form.
    pub(crate) id: String,
    pub(crate) label: String,
    /// Its scopes, separated by spaces, for a script.
    pub(crate) scopes: String,
}

const READ: &str = "read";
const EVERYTHING: &str = "everything";
const NOTHING: &str = "nothing";

/// The presets of every deployment, and between them those of the operator.
pub(crate) fn presets(
    settings: &PageSettings,
    catalogue: &Catalogue,
    language: Language,
) -> Vec<PresetView> {
    let of = |id: &str, label: String| {
        let scopes = scopes_of(id, settings, catalogue)?;
        Some(PresetView {
            id: id.to_owned(),
            label,
            scopes: scopes.join(" "),
        })
    };
    let say = |words| message(language, words, &[]);
    let configured = settings.presets.iter().enumerate();
    let configured = configured.map(|(at, preset)| (at.to_string(), preset.name.clone()));
    let all = [(READ.to_owned(), say(M::PresetRead))].into_iter();
    let all = all.chain(configured);
    let all = all.chain([
        (EVERYTHING.to_owned(), say(M::PresetEverything)),
        (NOTHING.to_owned(), say(M::PresetNothing)),
    ]);
    all.filter_map(|(id, label)| of(&id, label)).collect()
}

/// The scopes of a preset, as far as they exist; `None` when there is no such preset.
pub(crate) fn scopes_of(
    id: &str,
    settings: &PageSettings,
    catalogue: &Catalogue,
) -> Option<Vec<String>> {
    let existing = |is_chosen: &dyn Fn(&str, &str) -> bool| {
        let scopes = catalogue.scopes().iter().map(|described| &described.scope);
        let scopes = scopes.filter(|scope| is_chosen(scope.as_str(), scope.action()));
        scopes.map(|scope| scope.as_str().to_owned()).collect()
    };
    Some(match id {
        READ => existing(&|_code, action| action == "read"),
        EVERYTHING => existing(&|_code, _action| true),
        NOTHING => vec![],
        _ => {
            let Preset { name: _, scopes } = settings.presets.get(id.parse::<usize>().ok()?)?;
            existing(&|code, _action| scopes.iter().any(|scope| scope.as_str() == code))
        }
    })
}
