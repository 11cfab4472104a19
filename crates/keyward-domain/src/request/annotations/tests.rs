use super::*;
use crate::key::description::Description;
use crate::key::external_id::ExternalId;
use crate::key::metadata::Metadata;

type RawMember = (String, RawField<String>);

fn text(text: &str) -> RawField<String> {
    RawField::Value(text.to_owned())
}

fn member(name: &str, value: &str) -> RawMember {
    (name.to_owned(), text(value))
}

fn metadata(members: Vec<RawMember>) -> RawAnnotations {
    RawAnnotations {
        metadata: RawField::Value(members),
        ..RawAnnotations::default()
    }
}

fn parse(raw: RawAnnotations) -> Result<Annotations, Vec<String>> {
    let mut violations = Violations::default();
    let annotations = raw.parse(&mut violations);
    let found = violations.found();
    if found.is_empty() {
        return Ok(annotations);
    }
    Err(found.iter().map(ToString::to_string).collect())
}

fn full() -> RawAnnotations {
    RawAnnotations {
        description: text(" For the report "),
        external_id: text("customer-4711"),
        metadata: RawField::Value(vec![member("b", "2"), member("a", "1")]),
    }
}

#[test]
fn all_annotations_are_optional() {
    let want = Annotations {
        description: Some(Description::parse("For the report").unwrap()),
        external_id: Some(ExternalId::parse("customer-4711").unwrap()),
        metadata: Metadata::parse([("a", "1"), ("b", "2")]).unwrap(),
    };
    assert_eq!(parse(full()), Ok(want));
    let null = RawAnnotations {
        description: RawField::Null,
        external_id: RawField::Null,
        metadata: RawField::Null,
    };
    for none in [RawAnnotations::default(), null, metadata(vec![])] {
        assert_eq!(parse(none), Ok(Annotations::default()));
    }
}

#[test]
fn an_update_changes_what_is_given_and_null_clears_it() {
    let mut violations = Violations::default();
    let mut annotations = full().parse(&mut violations);
    let before = annotations.clone();
    annotations.update(RawAnnotations::default().parse_update(&mut violations));
    assert_eq!(annotations, before);
    let null = RawAnnotations {
        external_id: RawField::Null,
        ..RawAnnotations::default()
    };
    annotations.update(null.parse_update(&mut violations));
    let without_id = Annotations {
        external_id: None,
        ..before
    };
    assert_eq!(annotations, without_id);
    let rest = RawAnnotations {
        description: RawField::Null,
        metadata: RawField::Null,
        ..RawAnnotations::default()
    };
    annotations.update(rest.parse_update(&mut violations));
    assert_eq!(annotations, Annotations::default());
    assert_eq!(violations.found(), []);
}

#[test]
fn wrong_types_and_texts_name_their_fields() {
    let wrong = RawAnnotations {
        description: RawField::WrongType,
        external_id: RawField::WrongType,
        metadata: RawField::WrongType,
    };
    let want = [
        "description: must be text",
        "externalId: must be text",
        "metadata: must be an object whose values are texts",
    ];
    assert_eq!(parse(wrong), Err(want.map(str::to_owned).to_vec()));
    let wrong = RawAnnotations {
        description: text(""),
        external_id: text("a b"),
        metadata: RawField::Value(vec![member("a b", "1")]),
    };
    let want = [
        "description: must have at least one visible character",
        "externalId: must have 1 to 255 visible ASCII characters without spaces",
        "metadata.a b: a name has 1 to 64 characters of A-Z, a-z, 0-9, '_', '-' and '.'",
    ];
    assert_eq!(parse(wrong), Err(want.map(str::to_owned).to_vec()));
}

#[test]
fn every_faulty_member_of_the_metadata_is_named() {
    let members = vec![
        member("a", "1"),
        ("number".to_owned(), RawField::WrongType),
        ("null".to_owned(), RawField::Null),
        member("a", "1"),
        member("line", "1\n2"),
    ];
    let want = [
        "metadata.number: must be text",
        "metadata.null: must be text",
        "metadata.a: is given more than once",
        "metadata.line: must not contain the character U+000A",
    ];
    assert_eq!(
        parse(metadata(members)),
        Err(want.map(str::to_owned).to_vec())
    );
}

#[test]
fn metadata_are_bounded() {
    let many = (0..51).map(|number| member(&format!("n{number}"), "v"));
    let want = "metadata: must have at most 50 entries".to_owned();
    assert_eq!(parse(metadata(many.collect())), Err(vec![want]));
    let large = vec![member("a", &"x".repeat(4_096))];
    let want = "metadata: must have at most 4096 bytes as JSON, has 4104".to_owned();
    assert_eq!(parse(metadata(large)), Err(vec![want]));
}
