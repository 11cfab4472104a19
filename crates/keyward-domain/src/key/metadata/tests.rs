use proptest::prelude::*;

use super::*;

fn parse(members: &[(&str, &str)]) -> Result<Metadata, MetadataError> {
    Metadata::parse(members.iter().copied())
}

#[test]
fn members_are_ordered_by_name_and_kept_as_they_are() {
    let metadata = parse(&[("b", " two "), ("a.b-c_D", "支付 \"\\"), ("B", "")]).unwrap();
    let members: Vec<_> = metadata.iter().collect();
    assert_eq!(
        members,
        [("B", ""), ("a.b-c_D", "支付 \"\\"), ("b", " two ")]
    );
    assert!(Metadata::default().is_empty());
    assert_eq!(parse(&[]), Ok(Metadata::default()));
}

#[test]
fn a_name_has_1_to_64_clear_characters() {
    let longest = "n".repeat(64);
    assert!(parse(&[(&longest, "v")]).is_ok());
    for name in [
        "",
        " ",
        "a b",
        "a:b",
        "a/b",
        "$a",
        "ä",
        "a\0",
        "a\n",
        &"n".repeat(65),
    ] {
        assert_eq!(
            parse(&[(name, "v")]),
            Err(MetadataError::InvalidName),
            "{name:?}"
        );
    }
}

#[test]
fn a_value_has_no_control_character() {
    for character in ['\0', '\n', '\t', '\u{1B}', '\u{7F}', '\u{9F}'] {
        let value = format!("a{character}");
        let forbidden = MetadataError::ForbiddenCharacter { character };
        assert_eq!(parse(&[("k", &value)]), Err(forbidden), "{character:?}");
    }
    assert!(parse(&[("k", "\u{202E}\u{FEFF}👋")]).is_ok());
}

#[test]
fn no_two_members_have_the_same_name() {
    let name = "a".to_owned();
    assert_eq!(
        parse(&[("a", "1"), ("b", "2"), ("a", "1")]),
        Err(MetadataError::Repeated { name })
    );
    assert!(parse(&[("a", "1"), ("A", "1")]).is_ok());
}

#[test]
fn there_are_at_most_50_members() {
    let names: Vec<String> = (0..51).map(|number| format!("n{number}")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
    assert_eq!(parse(&members[..50]).unwrap().iter().count(), 50);
    assert_eq!(parse(&members), Err(MetadataError::TooMany));
}

#[test]
fn all_members_together_have_at_most_4_kib() {
    // {"k":"…"} has 8 bytes without the value.
    let fits = "x".repeat(4_088);
    assert_eq!(parse(&[("k", &fits)]).unwrap().json_length(), 4_096);
    let too_large = |value: &str, length| {
        let error = MetadataError::TooLarge { length };
        assert_eq!(parse(&[("k", value)]), Err(error), "{length}");
    };
    too_large(&"x".repeat(4_089), 4_097);
    too_large(&"\"".repeat(2_045), 4_098);
    too_large(&"支".repeat(1_363), 4_097);
    assert_eq!(Metadata::default().json_length(), 2);
    let two = parse(&[("a", "1"), ("b", "2")]).unwrap();
    assert_eq!(two.json_length(), r#"{"a":"1","b":"2"}"#.len());
}

proptest! {
    #[test]
    fn metadata_parse_to_themselves_in_any_order(
        members in proptest::collection::btree_map("[A-Za-z0-9_.-]{1,64}", "\\PC{0,40}", 0..8)
    ) {
        let forward = Metadata::parse(members.iter().map(|(n, v)| (n.as_str(), v.as_str())));
        let backward = Metadata::parse(members.iter().rev().map(|(n, v)| (n.as_str(), v.as_str())));
        prop_assert_eq!(&forward, &backward);
        if let Ok(metadata) = forward {
            prop_assert!(metadata.json_length() <= METADATA_BYTES_MAX);
            let read: Vec<_> = metadata.iter().collect();
            let given: Vec<_> = members.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            prop_assert_eq!(read, given);
            prop_assert_eq!(Metadata::parse(metadata.iter()), Ok(metadata.clone()));
        }
    }

    #[test]
    fn any_texts_are_read_without_panic(members: Vec<(String, String)>) {
        let _ = Metadata::parse(members.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    }
}
