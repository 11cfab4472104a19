use keyward_domain::{
    Actor, AuditAction, AuditEvent, AuditedFields, FoundAt, FoundPlaces, Language, RecordedEvent,
    Timestamp,
};
use keyward_web::message;

use super::catalogue::Catalogue;
use super::key_view::StatusView;
use super::moment::Moment;
use crate::language::MessageId as M;

/// One entry of a key's history, in words.
pub(crate) struct EventView {
    pub(crate) at: Moment,
    pub(crate) action: String,
    pub(crate) actor: String,
    pub(crate) address: Option<String>,
    pub(crate) changes: Vec<ChangeView>,
    /// Where the secret was found. Not a link, because a stranger wrote it.
    pub(crate) found_at: Option<String>,
}

/// The old and new value of a field.
pub(crate) struct ChangeView {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl EventView {
    pub(crate) fn of(recorded: &RecordedEvent, catalogue: &Catalogue, language: Language) -> Self {
        let AuditEvent {
            workspace_id: _,
            api_key_id: _,
            action,
            actor,
            origin,
            occurred_at,
            before,
            after,
            found_at,
        } = &recorded.event;
        let changes = match before.as_ref().zip(after.as_ref()) {
            Some((before, after)) => changes((before, after), catalogue, (language, *occurred_at)),
            None => Vec::new(),
        };
        Self {
            at: Moment::of(*occurred_at),
            action: message(language, of_action(*action), &[]),
            actor: match actor {
                Actor::User(principal) => principal.user_id.as_str().to_owned(),
                Actor::Operator => message(language, M::Operator, &[]),
                Actor::Service { name } => {
                    let name = ("name", name.to_string().into());
                    message(language, M::Service, &[name])
                }
            },
            address: origin.address.map(|address| address.ip().to_string()),
            changes,
            found_at: said_places(found_at, language),
        }
    }
}

fn said_places(places: &FoundPlaces, language: Language) -> Option<String> {
    let places: Vec<&str> = places.as_slice().iter().map(FoundAt::as_str).collect();
    let said = ("places", places.join(" · ").into());
    (!places.is_empty()).then(|| message(language, M::EventFoundAt, &[said]))
}

fn of_action(action: AuditAction) -> M {
    match action {
        AuditAction::Created => M::EventCreated,
        AuditAction::Updated => M::EventUpdated,
        AuditAction::Disabled => M::EventDisabled,
        AuditAction::Enabled => M::EventEnabled,
        AuditAction::Rotated => M::EventRotated,
        AuditAction::OverlapEnded => M::EventOverlapEnded,
        AuditAction::Deleted => M::EventDeleted,
    }
}

/// Formats a field of a key, if the event records it.
type Said<'a> = &'a dyn Fn(&AuditedFields) -> Option<String>;

/// The fields that differ between two states of a key.
pub(crate) fn changes(
    (before, after): (&AuditedFields, &AuditedFields),
    catalogue: &Catalogue,
    (language, now): (Language, Timestamp),
) -> Vec<ChangeView> {
    let nothing = message(language, M::Nothing, &[]);
    let listed = |list: Vec<String>, empty: M| {
        if list.is_empty() {
            message(language, empty, &[])
        } else {
            list.join("; ")
        }
    };
    let scopes = |key: &AuditedFields| {
        let scopes = key.scopes.as_ref()?;
        Some(listed(catalogue.can(scopes), M::CanNothing))
    };
    let rules = |key: &AuditedFields| {
        let rules = key.ip_allowlist.as_ref()?.as_slice().iter();
        let rules = rules.map(ToString::to_string).collect();
        Some(listed(rules, M::AnyAddress))
    };
    let end = |key: &AuditedFields| {
        Some(match key.state?.expires_at {
            Some(expiry) => Moment::of(expiry.timestamp()).human,
            None => message(language, M::ExpiresNever, &[]),
        })
    };
    let status = |key: &AuditedFields| Some(StatusView::of(key.state?.status(now), language).words);
    let old = |key: &AuditedFields| {
        Some(match key.overlap? {
            Some(overlap) => format!("…{}", overlap.secret_hint.as_str()),
            None => nothing.clone(),
        })
    };
    let hint = |key: &AuditedFields| Some(format!("…{}", key.secret_hint?.as_str()));
    let name = |key: &AuditedFields| Some(key.name.as_ref()?.as_str().to_owned());
    let or_nothing = |text: Option<String>| Some(text.unwrap_or_else(|| nothing.clone()));
    let description = |key: &AuditedFields| {
        or_nothing(key.description.as_ref()?.as_ref().map(ToString::to_string))
    };
    let external_id = |key: &AuditedFields| {
        or_nothing(key.external_id.as_ref()?.as_ref().map(ToString::to_string))
    };
    let metadata = |key: &AuditedFields| {
        let members = key.metadata.as_ref()?.iter();
        let members = members.map(|(name, value)| format!("{name}={value}"));
        Some(listed(members.collect(), M::Nothing))
    };
    let limits = |key: &AuditedFields| {
        let limits = key.limits.as_ref()?.as_slice().iter();
        let limits = limits.map(|limit| {
            let (name, max, window) = (&limit.name, limit.max.get(), limit.window);
            format!("{name}: {max} / {window}")
        });
        Some(listed(limits.collect(), M::Nothing))
    };
    let fields: [(M, Said<'_>); 11] = [
        (M::FieldName, &name),
        (M::FieldDescription, &description),
        (M::FieldExternalId, &external_id),
        (M::FieldMetadata, &metadata),
        (M::FieldStatus, &status),
        (M::FieldScopes, &scopes),
        (M::FieldIp, &rules),
        (M::FieldExpires, &end),
        (M::FieldLimits, &limits),
        (M::FieldSecret, &hint),
        (M::FieldOldSecret, &old),
    ];
    let fields = fields.into_iter().filter_map(|(id, of)| {
        Some(ChangeView {
            field: message(language, id, &[]),
            before: of(before)?,
            after: of(after)?,
        })
    });
    fields
        .filter(|change| change.before != change.after)
        .collect()
}
