use super::form::Form;
use super::page_request::PageRequest;

/// A form that was submitted after the session had ended. The form to sign in carries it, so that
/// nothing has to be filled in again. Only forms without secrets are kept.
#[derive(Clone)]
pub(crate) struct KeptForm {
    /// Where it was submitted to, as a path from the front door.
    pub(crate) path: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl KeptForm {
    /// The field that has the path.
    pub(crate) const PATH: &str = "kept-path";
    /// The names of the carried fields begin with it.
    pub(crate) const PREFIX: &str = "kept.";

    /// The submitted form, if its input is worth keeping.
    pub(crate) fn of(page_request: &PageRequest<'_>, form: &Form) -> Option<Self> {
        let path = page_request.request.uri().path().trim_start_matches('/');
        is_kept(path).then(|| Self {
            path: path.to_owned(),
            fields: form.without(&["csrf", "do"]),
        })
    }

    /// The form that a form to sign in has carried.
    pub(crate) fn carried(form: &Form) -> Option<Self> {
        let path = form.text(Self::PATH);
        let fields = form.without(&[]).into_iter();
        let fields = fields.filter_map(|(name, value)| {
            let name = name.strip_prefix(Self::PREFIX)?;
            Some((name.to_owned(), value))
        });
        is_kept(path).then(|| Self {
            path: path.to_owned(),
            fields: fields.collect(),
        })
    }
}

/// Whether the path is that of a form of a key, on this site.
fn is_kept(path: &str) -> bool {
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/%._~-".contains(&byte));
    let segments: Vec<&str> = path.split('/').collect();
    is_plain
        && match segments.as_slice() {
            ["workspaces", workspace, "keys", "new", "secret"] => !workspace.starts_with('.'),
            ["workspaces", workspace, "keys", key, "edit"] => {
                !workspace.starts_with('.') && !key.starts_with('.')
            }
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_of_keys_are_kept_and_only_here() {
        for path in [
            "workspaces/ws_1/keys/new/secret",
            "workspaces/a%2Fb/keys/sk_live_1/edit",
        ] {
            assert!(is_kept(path), "{path}");
        }
        for path in [
            "",
            "workspaces/ws_1/try",
            "workspaces/ws_1/keys/sk_live_1/rotate",
            "workspaces/../keys/new/secret",
            "workspaces/ws_1/keys/../edit",
            "/workspaces/ws_1/keys/new/secret",
            "https://evil.example/keys/new/secret",
            "workspaces/ws_1\r\n/keys/new/secret",
        ] {
            assert!(!is_kept(path), "{path}");
        }
    }

    #[test]
    fn the_fields_are_carried_as_they_were_submitted() {
        let form = Form::of(&[
            ("workspace", "ws_1"),
            ("token", "a.b.c"),
            ("kept-path", "workspaces/ws_1/keys/new/secret"),
            ("kept.name", "Mine"),
            ("kept.scope", "a:b"),
            ("kept.scope", "c:d"),
        ]);
        let kept = KeptForm::carried(&form).unwrap();
        let fields = kept
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let want = [("name", "Mine"), ("scope", "a:b"), ("scope", "c:d")];
        assert_eq!(fields.collect::<Vec<_>>(), want);
    }
}
