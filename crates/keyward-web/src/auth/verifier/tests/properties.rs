use std::sync::LazyLock;

use proptest::prelude::*;

use super::{HS256, hs256_verifier, key_set_verifier, verify};
use crate::auth::testing::{KEYS, PUBLIC_KEY_ALGORITHMS, SECRET, base64url, hmac_of};
use crate::auth::verifier::TokenVerifier;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_refused_without_panic(text in ".{0,300}") {
        prop_assert!(verify(&hs256_verifier(), &text).is_err());
    }

    #[test]
    fn any_likely_text_is_refused_without_panic(
        header in r#"\{("alg":"(HS256|none|RS256)")?(,"[a-z]{1,4}":("a"|1|null|\[\]|\{\}))?\}"#,
        claims in r#"\{("(sub|exp|portal)":("a"|1|null|"PARTNER")){0,1}\}"#,
        signature in "[A-Za-z0-9_-]{0,50}",
    ) {
        let token = format!("{}.{}.{signature}", base64url(header), base64url(claims));
        prop_assert!(verify(&hs256_verifier(), &token).is_err());
    }

    #[test]
    fn any_signed_bytes_are_judged_without_panic(
        header in prop::collection::vec(any::<u8>(), 0..60),
        claims in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let message = format!("{}.{}", base64url(header), base64url(claims));
        let token = format!("{message}.{}", base64url(hmac_of(SECRET, message.as_bytes())));
        prop_assert!(verify(&hs256_verifier(), &token).is_err());
    }

    #[test]
    fn a_changed_token_is_refused(
        algorithm in prop::sample::select(vec![0_usize, 1, 2, 3]),
        at in any::<prop::sample::Index>(),
        to in "[A-Za-z0-9_.=-]",
        how in 0..3_u8,
    ) {
        static FIXTURES: LazyLock<Vec<(TokenVerifier, String)>> = LazyLock::new(|| {
            let mut fixtures = vec![(hs256_verifier(), KEYS.token(HS256))];
            for algorithm in PUBLIC_KEY_ALGORITHMS {
                fixtures.push((key_set_verifier(), KEYS.token(algorithm)));
            }
            fixtures
        });
        let (verifier, good) = &FIXTURES[algorithm];
        let at = at.index(good.len());
        let mut changed = good.clone();
        match how {
            0 => changed.replace_range(at..=at, &to),
            1 => changed.insert_str(at, &to),
            _ => drop(changed.remove(at)),
        }
        prop_assert_eq!(verify(verifier, &changed).is_ok(), &changed == good);
    }
}
