use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keyward_domain::ports::SigningKeys;
use keyward_domain::{Timestamp, Webhook, WebhookId};

use crate::master_key::MasterKey;

/// Signs messages with the keys of their webhook.
#[derive(Clone)]
pub(crate) struct Signer(MasterKey);

impl Signer {
    pub(crate) fn new(key: MasterKey) -> Self {
        Self(key)
    }

    /// The value of `webhook-signature`: `v1` and `v1a` of each generation, separated by spaces.
    pub(crate) fn signatures(
        &self,
        webhook: &Webhook,
        message_id: &str,
        at: Timestamp,
        body: &[u8],
    ) -> String {
        let signed = [
            message_id.as_bytes(),
            b".",
            at.unix_seconds().to_string().as_bytes(),
            b".",
            body,
        ]
        .concat();
        let signatures = webhook
            .signing_generations(at)
            .into_iter()
            .map(|generation| {
                let secret = self.0.secret(webhook.id, generation);
                let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_slice());
                let symmetric = STANDARD.encode(hmac::sign(&secret, &signed));
                let asymmetric = self.key_pair(webhook.id, generation);
                let asymmetric = asymmetric.map(|pair| STANDARD.encode(pair.sign(&signed)));
                let asymmetric = asymmetric.map(|signature| format!(" v1a,{signature}"));
                format!("v1,{symmetric}{}", asymmetric.unwrap_or_default())
            });
        signatures.collect::<Vec<_>>().join(" ")
    }

    /// The claims as a signed security event token (RFC 8417), whose `kid` is the generation of the key.
    pub(crate) fn security_event_token(&self, webhook: &Webhook, claims: &str) -> Option<String> {
        let generation = webhook.settings.secret_generation;
        let header = format!(r#"{{"alg":"EdDSA","kid":"{generation}","typ":"secevent+jwt"}}"#);
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        );
        let signature = self
            .key_pair(webhook.id, generation)?
            .sign(signed.as_bytes());
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    pub(crate) fn keys(&self, webhook: &Webhook) -> SigningKeys {
        let generation = webhook.settings.secret_generation;
        let secret = self.0.secret(webhook.id, generation);
        let public = self.key_pair(webhook.id, generation);
        let public = public.map(|pair| STANDARD.encode(pair.public_key()));
        SigningKeys {
            secret: format!("whsec_{}", STANDARD.encode(secret.as_slice())),
            public_key: format!("whpk_{}", public.unwrap_or_default()),
        }
    }

    /// Every seed of 32 bytes is valid.
    fn key_pair(&self, id: WebhookId, generation: u32) -> Option<Ed25519KeyPair> {
        Ed25519KeyPair::from_seed_unchecked(self.0.seed(id, generation).as_slice()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
    use keyward_domain::testing::{at, webhook};

    fn signer() -> Signer {
        Signer::new(MasterKey::parse(&"k".repeat(32)).unwrap())
    }

    fn decoded(text: &str) -> Vec<u8> {
        STANDARD.decode(text).unwrap()
    }

    #[test]
    fn a_message_has_signatures_of_both_kinds() {
        let (signer, webhook) = (signer(), webhook());
        let header = signer.signatures(&webhook, "evt_1", at(0), b"{}");
        let signatures: Vec<&str> = header.split(' ').collect();
        assert_eq!(signatures.len(), 2);
        let content = format!("evt_1.{}.{{}}", at(0).unix_seconds());
        let keys = signer.keys(&webhook);
        let secret = decoded(keys.secret.strip_prefix("whsec_").unwrap());
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let symmetric = decoded(signatures[0].strip_prefix("v1,").unwrap());
        hmac::verify(&secret, content.as_bytes(), &symmetric).unwrap();
        let public = decoded(keys.public_key.strip_prefix("whpk_").unwrap());
        let asymmetric = decoded(signatures[1].strip_prefix("v1a,").unwrap());
        let public = UnparsedPublicKey::new(&ED25519, public);
        public.verify(content.as_bytes(), &asymmetric).unwrap();
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let (signer, mut webhook) = (signer(), webhook());
        let old = signer.signatures(&webhook, "evt_1", at(0), b"{}");
        webhook.settings.secret_generation = 1;
        webhook.previous_secret_until = Some(at(10));
        let both = signer.signatures(&webhook, "evt_1", at(0), b"{}");
        assert_eq!(both.split(' ').count(), 4);
        assert!(both.ends_with(&old) && !both.starts_with(&old));
        let new = signer.signatures(&webhook, "evt_1", at(10), b"{}");
        assert_eq!(new.split(' ').count(), 2);
    }

    #[test]
    fn a_security_event_token_is_signed_with_the_public_key() {
        let (signer, webhook) = (signer(), webhook());
        let token = signer
            .security_event_token(&webhook, r#"{"iss":"k"}"#)
            .unwrap();
        let (content, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = content.split_once('.').unwrap();
        let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(
            text(header),
            r#"{"alg":"EdDSA","kid":"0","typ":"secevent+jwt"}"#
        );
        assert_eq!(text(claims), r#"{"iss":"k"}"#);
        let keys = signer.keys(&webhook);
        let public = decoded(keys.public_key.strip_prefix("whpk_").unwrap());
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, public);
        public.verify(content.as_bytes(), &signature).unwrap();
    }
}
