use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{Components, Ref, RefOr};

/// Generic types contain the schemas of their parts inline; replaces them with references where a
/// named schema exists.
pub(super) fn name_what_has_a_name(components: &mut Components) {
    let named: Vec<(String, RefOr<Schema>)> = components
        .schemas
        .iter()
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    for schema in components.schemas.values_mut() {
        name_parts(schema, &named);
    }
}

fn name_parts(schema: &mut RefOr<Schema>, named: &[(String, RefOr<Schema>)]) {
    let name = |part: &mut RefOr<Schema>| match named.iter().find(|(_, schema)| schema == part) {
        Some((name, _)) => *part = Ref::from_schema_name(name).into(),
        None => name_parts(part, named),
    };
    if let RefOr::T(Schema::Object(object)) = schema {
        object.properties.values_mut().for_each(name);
    } else if let RefOr::T(Schema::Array(array)) = schema
        && let ArrayItems::RefOrSchema(items) = &mut array.items
    {
        name(items);
    }
}
