use keyward_domain::ports::{CatalogueEntry, MockScopeCatalogue};
use keyward_domain::testing::{altered, limit, resource, resource_names, scope, scopes};
use keyward_domain::{Annotations, Description, Language, LifetimePolicy, Limits, RawUpdate};
use keyward_web::testing::{key, now};

use super::*;

fn catalogue() -> Catalogue {
    let codes = [
        "payment:read",
        "payment:write",
        "refund:approve",
        "report:read",
    ];
    let entry = |code: &str| CatalogueEntry {
        scope: scope(code),
        descriptions: [(Language::English, format!("do {code}"))].into(),
    };
    let entries: Vec<CatalogueEntry> = codes.into_iter().map(entry).collect();
    let mut port = MockScopeCatalogue::new();
    port.expect_list().returning(move || Ok(entries.clone()));
    port.expect_resources().returning(|| {
        let names = resource_names(&[(Language::English, "Payments")]);
        Ok([(resource("payment"), names)].into())
    });
    pollster::block_on(Catalogue::read(&port, Language::English)).unwrap()
}

fn filled(fields: &[(&str, &str)]) -> KeyForm {
    KeyForm::of_form(&Form::of(fields), &catalogue())
}

fn no_limits() -> LimitFields {
    LimitFields::of_plan(&Limits::default())
}

fn view(form: KeyForm) -> KeyFormView {
    let address = Some("10.1.2.3".parse().unwrap());
    let expiry = ExpiryChoices::of_new(&LifetimePolicy::default(), now());
    let asked = (Language::English, address, now());
    KeyFormView::new(form, &catalogue(), (&expiry, &no_limits()), asked, &[])
}

#[test]
fn a_level_stands_for_its_scopes() {
    let check = |fields: &[(&str, &str)], want: &[&str]| {
        assert_eq!(filled(fields).scopes, want, "{fields:?}");
    };
    check(&[], &[]);
    check(&[("access.payment", "none")], &[]);
    check(&[("access.payment", "read")], &["payment:read"]);
    check(
        &[("access.payment", "write")],
        &["payment:read", "payment:write"],
    );
    check(&[("access.payment", "only-write")], &["payment:write"]);
    check(&[("access.report", "write")], &["report:read"]);
    check(&[("access.unknown", "write")], &[]);
    check(&[("scope", "refund:approve")], &["refund:approve"]);
}

#[test]
fn what_was_chosen_is_shown_as_chosen() {
    let chosen = |form: KeyForm| -> Vec<String> {
        let levels = view(form).resources.into_iter().flat_map(|resource| {
            let name = resource.label.code;
            let levels = resource.levels.into_iter();
            let levels = levels.filter(|level| level.is_chosen);
            levels
                .map(|level| format!("{name} {}", level.value))
                .collect::<Vec<_>>()
        });
        levels.collect()
    };
    assert_eq!(chosen(filled(&[])), ["payment none", "report none"]);
    for level in ["read", "write", "only-write"] {
        let form = filled(&[("access.payment", level)]);
        assert_eq!(chosen(form), [&format!("payment {level}"), "report none"]);
    }
}

#[test]
fn a_resource_has_its_name_or_its_code() {
    let resources = view(filled(&[])).resources;
    let labels = resources.iter().map(|resource| resource.label.short());
    assert_eq!(labels.collect::<Vec<_>>(), ["Payments", "refund", "report"]);
}

#[test]
fn what_a_key_can_is_said_in_words() {
    let view = view(filled(&[("access.payment", "read")]));
    assert_eq!(view.summary.can, ["do payment:read"]);
    let words = "It has permissions on 1 of 3 resources.";
    assert_eq!(view.summary.scopes, words);
}

#[test]
fn rules_are_checked_line_by_line() {
    let closed = view(filled(&[("ip", " 10.0.0.0/8 \n\n1.2.3.4/24\r\n")]));
    assert_eq!(closed.ip_check.problems.len(), 1);
    let (line, words) = &closed.ip_check.problems[0];
    assert_eq!(line, "1.2.3.4/24");
    assert!(words.contains("1.2.3.0/24"), "{words}");
    let own = closed.ip_check.own.unwrap();
    assert!(own.contains("is among them"), "{own}");
    let outside = view(filled(&[("ip", "192.0.2.1")])).ip_check.own.unwrap();
    assert!(outside.contains("is not among them"), "{outside}");
    assert_eq!(view(filled(&[])).ip_check.own, None);
}

#[test]
fn an_end_is_a_day_or_a_number_of_days() {
    let end = |fields: &[(&str, &str)]| filled(fields).draft(&no_limits(), now()).expires_at;
    assert_eq!(end(&[("expiry", "never")]), RawField::Null);
    let value = |text: &str| RawField::Value(text.to_owned());
    assert_eq!(end(&[("expiry", "30")]), value("2026-04-20T00:00:00Z"));
    assert_eq!(
        end(&[("expiry", "on"), ("expiresOn", "2026-12-31")]),
        value("2026-12-31T23:59:59Z")
    );
    assert_eq!(end(&[("expiry", "on")]), value("T23:59:59Z"));
    assert_eq!(end(&[("expiry", "soon")]), RawField::WrongType);
    assert_eq!(end(&[("expiry", "-1")]), RawField::WrongType);
}

#[test]
fn a_mode_is_a_number_or_wrong() {
    let mode = |text: &str| filled(&[("mode", text)]).draft(&no_limits(), now()).mode;
    assert_eq!(mode("2"), RawField::Value(2));
    assert_eq!(mode("LIVE"), RawField::WrongType);
}

#[test]
fn a_key_as_its_form_changes_nothing() {
    let key = key();
    let form = KeyForm::of_key(&key, &catalogue(), &no_limits());
    assert_eq!(
        form.update(key.fields(), (&catalogue(), &no_limits()), now()),
        RawUpdate::default()
    );
}

#[test]
fn only_what_differs_is_changed() {
    let key = key();
    let form = KeyForm {
        name: "Another".to_owned(),
        ..KeyForm::of_key(&key, &catalogue(), &no_limits())
    };
    let want = RawUpdate {
        name: RawField::Value("Another".to_owned()),
        ..RawUpdate::default()
    };
    assert_eq!(
        form.update(key.fields(), (&catalogue(), &no_limits()), now()),
        want
    );
    let form = KeyForm {
        scopes: vec![],
        ..KeyForm::of_key(&key, &catalogue(), &no_limits())
    };
    let want = RawUpdate {
        scopes: RawField::Value(vec![]),
        ..RawUpdate::default()
    };
    assert_eq!(
        form.update(key.fields(), (&catalogue(), &no_limits()), now()),
        want
    );
}

#[test]
fn a_scope_that_the_catalogue_has_no_more_is_kept_until_scopes_are_changed() {
    let key = altered(key(), |fields| {
        fields.scopes = scopes(&["payment:read", "gone:read"]);
    });
    let form = KeyForm::of_key(&key, &catalogue(), &no_limits());
    assert_eq!(form.scopes, ["payment:read"]);
    assert_eq!(
        form.update(key.fields(), (&catalogue(), &no_limits()), now()),
        RawUpdate::default()
    );
    let form = KeyForm {
        scopes: vec!["report:read".to_owned()],
        ..form
    };
    let update = form.update(key.fields(), (&catalogue(), &no_limits()), now());
    let want = RawField::Value(vec![RawField::Value("report:read".to_owned())]);
    assert_eq!(update.scopes, want);
}

#[test]
fn an_empty_description_is_none_and_a_missing_field_changes_nothing() {
    let draft = |fields: &[(&str, &str)]| {
        filled(fields)
            .draft(&no_limits(), now())
            .annotations
            .description
    };
    assert_eq!(draft(&[]), RawField::Absent);
    assert_eq!(draft(&[("description", " ")]), RawField::Null);
    assert_eq!(
        draft(&[("description", "x")]),
        RawField::Value("x".to_owned())
    );
    let described = ApiKey::from_fields(ApiKeyFields {
        annotations: Annotations {
            description: Some(Description::parse("For the report").unwrap()),
            ..Annotations::default()
        },
        ..key().into_fields()
    });
    let update = |description: Option<&str>| {
        let form = KeyForm {
            description: description.map(str::to_owned),
            ..KeyForm::of_key(&described, &catalogue(), &no_limits())
        };
        let update = form.update(described.fields(), (&catalogue(), &no_limits()), now());
        update.annotations.description
    };
    assert_eq!(update(Some("For the report ")), RawField::Absent);
    assert_eq!(update(None), RawField::Absent);
    assert_eq!(update(Some("")), RawField::Null);
    assert_eq!(update(Some("New")), RawField::Value("New".to_owned()));
}

#[test]
fn a_block_says_how_many_addresses_it_has_and_whether_it_is_private() {
    let check = |mode: &str, rules: &str| view(filled(&[("mode", mode), ("ip", rules)])).ip_check;
    for (rules, count) in [
        ("192.0.2.0/24\n198.51.100.7", " 257 "),
        ("2001:db8::/48", " 2^80 "),
    ] {
        let sentence = check("1", rules).sentence.unwrap();
        assert!(sentence.contains(count), "{sentence}");
    }
    let rules = "10.0.0.0/8\nfd00::/8\n192.0.2.1";
    let private = check("1", rules).private;
    assert_eq!(private.len(), 2, "{private:?}");
    assert!(private[0].starts_with("10.0.0.0/8 "), "{private:?}");
    assert!(check("2", rules).private.is_empty(), "TEST");
}

#[test]
fn only_changed_limits_are_written_and_empty_fields_are_none() {
    let plan = Limits::of(vec![limit("requests", 100, "1m")]).unwrap();
    let own = Limits::of(vec![limit("requests", 50, "1m")]).unwrap();
    let limited = altered(key(), |fields| fields.limits = own.clone());
    let fields = LimitFields::of_key(&plan, &own);
    let update = |text: &str| {
        let form = KeyForm {
            limits: Form::of(&[("limit.requests", text)]).with_prefix("limit."),
            ..KeyForm::of_key(&limited, &catalogue(), &fields)
        };
        let offered = (&catalogue(), &fields);
        form.update(limited.fields(), offered, now()).limits
    };
    assert_eq!(update(" 50 "), RawField::Absent);
    assert_eq!(update(""), RawField::Value(vec![]));
    assert!(matches!(update("20"), RawField::Value(raw) if raw.len() == 1));
    let draft = |text: &str| {
        let form = filled(&[("limit.requests", text)]);
        form.draft(&LimitFields::of_plan(&plan), now()).limits
    };
    assert_eq!(draft(""), RawField::Absent);
    assert!(matches!(draft("20"), RawField::Value(raw) if raw.len() == 1));
}
