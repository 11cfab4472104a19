use keyward_domain::{
    AuditAction, Decision, Denial, ExistingKeys, LIMIT_NAME_LENGTH_MAX, LIMIT_UNITS_MAX,
    LIMITS_MAX, METADATA_MEMBERS_MAX, Mode, OnUnavailable, Role, Status,
};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(words))
        .build()
}

/// Always null. Client generators have no type that can only be null.
pub(super) fn null() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Object, Type::Null]))
        .max_properties(Some(0))
        .description(Some("Always null."))
        .build()
}

/// An object of texts.
pub(crate) fn named_texts() -> Object {
    let texts = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .build();
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .additional_properties(Some(RefOr::T(Schema::Object(texts))))
        .description(Some("Named texts, ordered by name."))
        .examples([serde_json::json!({ "plan": "gold" })])
        .build()
}

/// The metadata of a draft or an update.
pub(super) fn metadata() -> Object {
    let mut metadata = named_texts();
    metadata.schema_type = SchemaType::Array(vec![Type::Object, Type::Null]);
    metadata.max_properties = Some(METADATA_MEMBERS_MAX);
    metadata.description = Some(
        "Named texts for the platform's programs, together at most 4 KiB as JSON. A name has 1 to 64 \
         characters of A-Z, a-z, 0-9, `_`, `-` and `.`; a value has no control characters."
            .to_owned(),
    );
    metadata
}

/// `LIVE` or `TEST`.
pub(crate) fn modes() -> Object {
    words(Mode::ALL.map(Mode::as_str))
}

pub(super) fn asked_modes() -> Object {
    let mut modes = modes();
    modes.schema_type = SchemaType::Array(vec![Type::String, Type::Null]);
    modes
        .enum_values
        .get_or_insert_default()
        .push(serde_json::Value::Null);
    modes
}

pub(super) fn mode_numbers() -> Object {
    let mut numbers: Vec<serde_json::Value> = Mode::ALL.map(|mode| mode.code().into()).to_vec();
    numbers.push(serde_json::Value::Null);
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Integer, Type::Null]))
        .enum_values(Some(numbers))
        .build()
}

/// The statuses of a key in its history.
pub(crate) fn statuses() -> Object {
    words(Status::ALL.map(Status::as_str))
}

/// The roles of a member.
pub(crate) fn roles() -> Object {
    words(Role::ALL.map(Role::as_str))
}

/// What happens to keys beyond the maximum lifetime.
pub(crate) fn existing_keys() -> Object {
    words([ExistingKeys::Report, ExistingKeys::Refuse].map(ExistingKeys::as_str))
}

/// What happens to an active key whose secret leaked.
pub(crate) fn leak_reactions() -> Object {
    words(["NOTIFY", "DISABLE", "EXPIRE"])
}

/// What happens to a call when a limit can't be judged.
pub(crate) fn on_unavailable() -> Object {
    words([OnUnavailable::Deny, OnUnavailable::Allow].map(OnUnavailable::as_str))
}

/// The same in a request, `deny` when it is missing.
pub(super) fn asked_on_unavailable() -> Object {
    let mut words = on_unavailable();
    words.schema_type = SchemaType::Array(vec![Type::String, Type::Null]);
    let values = words.enum_values.get_or_insert_default();
    values.push(serde_json::Value::Null);
    words.default = Some(OnUnavailable::Deny.as_str().into());
    words
}

/// The costs of a call.
pub(super) fn costs() -> Object {
    let units = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(0))
        .maximum(Some(LIMIT_UNITS_MAX))
        .build();
    let names = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .max_length(Some(LIMIT_NAME_LENGTH_MAX))
        .pattern(Some("^[a-z][a-z0-9_-]*$"))
        .build();
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Object, Type::Null]))
        .property_names(Some(Schema::Object(names)))
        .additional_properties(Some(RefOr::T(Schema::Object(units))))
        .max_properties(Some(3 * LIMITS_MAX))
        .description(Some(
            "What the call costs of limits, by their names; of all others one unit. With 0, it only asks.",
        ))
        .examples([serde_json::json!({ "tokens": 250 })])
        .build()
}

/// A filter accepts an empty text, which means no filter.
pub(super) fn listed_statuses() -> Object {
    let listed = [Status::Active, Status::Disabled, Status::Expired];
    words(listed.map(Status::as_str).into_iter().chain([""]))
}

pub(super) fn listed_modes() -> Object {
    words(Mode::ALL.map(Mode::as_str).into_iter().chain([""]))
}

/// The actions in a key's history.
pub(crate) fn actions() -> Object {
    words(AuditAction::ALL.map(AuditAction::as_str))
}

/// The decisions of a verification.
pub(crate) fn decisions() -> Object {
    let of_no_key = [Decision::Valid, Decision::Malformed, Decision::Unknown];
    let of_no_key = of_no_key.iter().map(Decision::as_str);
    words(of_no_key.chain(Denial::ALL.map(Denial::as_str)))
}
