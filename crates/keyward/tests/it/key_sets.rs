//! Contract §7: RS256, ES256 and EdDSA from a JWKS file or URL, chosen by `kid`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use serde_json::{Value, json};

use crate::server::{OWNER, On, TestServer, TestStore, WORKSPACE, keyward};
use crate::tokens::{SECRET, base64url, claims, signed};

struct Keys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

impl Keys {
    fn generate() -> Self {
        Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            ed: Ed25519KeyPair::generate().unwrap(),
        }
    }

    fn jwks(&self) -> Value {
        let rsa = self.rsa.public_key();
        let point = self.ec.public_key().as_ref();
        json!({ "keys": [
            { "kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256",
              "n": base64url(rsa.modulus().big_endian_without_leading_zero()),
              "e": base64url(rsa.exponent().big_endian_without_leading_zero()) },
            { "kty": "EC", "kid": "ec", "crv": "P-256",
              "x": base64url(&point[1..33]), "y": base64url(&point[33..65]) },
            { "kty": "OKP", "kid": "ed", "crv": "Ed25519", "x": base64url(self.ed.public_key()) },
            { "kty": "oct", "kid": "oct", "k": base64url(SECRET) },
        ] })
    }

    fn token(&self, alg: &str, kid: &str) -> String {
        self.token_of(None, alg, kid)
    }

    fn token_of(&self, issuer: Option<&str>, alg: &str, kid: &str) -> String {
        let header = json!({ "alg": alg, "kid": kid }).to_string();
        let mut claims = claims(OWNER);
        if let Some(issuer) = issuer {
            claims["iss"] = json!(issuer);
        }
        let message = format!("{}.{}", base64url(header), base64url(claims.to_string()));
        let random = SystemRandom::new();
        let signature = match alg {
            "RS256" => {
                let mut signature = vec![0; self.rsa.public_modulus_len()];
                self.rsa
                    .sign(
                        &RSA_PKCS1_SHA256,
                        &random,
                        message.as_bytes(),
                        &mut signature,
                    )
                    .unwrap();
                signature
            }
            "ES256" => self
                .ec
                .sign(&random, message.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
            _ => self.ed.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", base64url(signature))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jwks_file_decides_by_kid_and_each_key_by_its_own_algorithm() {
    let store = TestStore::create(On::Sqlite).await;
    let keys = Keys::generate();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    std::fs::write(&file, keys.jwks().to_string()).unwrap();
    let server = TestServer::start_with(
        &store.database,
        &[("KEYWARD_JWT_JWKS_FILE", file.to_str().unwrap())],
    );
    for (alg, kid) in [("RS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")] {
        server
            .create_as(&keys.token(alg, kid), WORKSPACE)
            .send()
            .assert(alg, 201, "2000");
    }
    let public_key = keys.rsa.public_key().as_ref().to_vec();
    let hmac = |kid: &str, secret: &[u8]| {
        signed(
            &json!({ "alg": "HS256", "kid": kid }),
            &claims(OWNER),
            secret,
        )
    };
    for (case, token) in [
        ("unknown kid", keys.token("RS256", "other")),
        ("kid with a path", keys.token("RS256", "../../rsa")),
        ("kid with SQL", keys.token("RS256", "rsa' OR '1'='1")),
        ("empty kid", keys.token("RS256", "")),
        ("key of another algorithm", keys.token("RS256", "ec")),
        ("algorithm of another key", keys.token("ES256", "ed")),
        ("HS256 with the RSA public key", hmac("rsa", &public_key)),
        ("HS256 with the oct key", hmac("oct", SECRET.as_bytes())),
        (
            "HS256 without kid",
            signed(
                &json!({ "alg": "HS256" }),
                &claims(OWNER),
                SECRET.as_bytes(),
            ),
        ),
    ] {
        server
            .create_as(&token, WORKSPACE)
            .send()
            .assert(case, 401, "4010");
    }
}

/// A service with this document at a URL, which counts its requests.
pub(crate) fn publish(jwks: &Value) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let (body, count) = (jwks.to_string(), Arc::clone(&asked));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 2048];
            if stream.read(&mut head).unwrap_or(0) == 0 {
                continue;
            }
            count.fetch_add(1, Ordering::SeqCst);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body.as_bytes()))
                .ok();
        }
    });
    (url, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jwks_url_is_fetched_once_for_many() {
    let store = TestStore::create(On::Sqlite).await;
    let keys = Keys::generate();
    let (url, asked) = publish(&keys.jwks());
    let server = TestServer::start_with(&store.database, &[("KEYWARD_JWT_JWKS_URL", &url)]);
    for _ in 0..20 {
        server
            .create_as(&keys.token("EdDSA", "ed"), WORKSPACE)
            .send()
            .assert("EdDSA", 201, "2000");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let threads: Vec<_> = (0..50)
        .map(|at| {
            let request =
                server.create_as(&keys.token("EdDSA", &format!("unknown-{at}")), WORKSPACE);
            std::thread::spawn(move || request.send().status)
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 401);
    }
    assert!(
        asked.load(Ordering::SeqCst) <= 2,
        "unknown kids ask at most once more in 10 s"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn code_5030_when_no_key_set_was_ever_there() {
    let store = TestStore::create(On::Sqlite).await;
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks.json", closed.local_addr().unwrap());
    drop(closed);
    let keys = Keys::generate();
    for (variable, url) in [
        ("KEYWARD_JWT_JWKS_URL", url.as_str()),
        ("KEYWARD_JWT_ISSUER", url.trim_end_matches("/jwks.json")),
    ] {
        let server = TestServer::start_with(&store.database, &[(variable, url)]);
        assert!(server.comes_to_log("token.keys_unavailable"), "{variable}");
        let token = keys.token_of(Some(url), "EdDSA", "ed");
        let response = server.create_as(&token, WORKSPACE).send();
        response.assert(variable, 503, "5030");
        assert_eq!(
            response.json()["message"],
            "Service temporarily unavailable"
        );
        assert!(response.header("retry-after").is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_by_http_from_another_machine_are_warned_of() {
    let store = TestStore::create(On::Sqlite).await;
    let url = ("KEYWARD_JWT_JWKS_URL", "http://keys.invalid/jwks.json");
    let allowed = [url, ("KEYWARD_JWT_ALLOW_HTTP", "on")];
    let server = TestServer::start_with(&store.database, &allowed);
    assert!(
        server.logs().contains("token.keys_by_http"),
        "{}",
        server.logs()
    );
    drop(server);
    let output = keyward()
        .arg("serve")
        .env("DATABASE_URL", store.database.url())
        .envs([url])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    for part in ["KEYWARD_JWT_JWKS_URL: ", "KEYWARD_JWT_ALLOW_HTTP=on"] {
        assert!(stderr.contains(part), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_replaced_while_both_count() {
    let store = TestStore::create(On::Sqlite).await;
    let new = "the-next-secret-of-more-than-32-bytes";
    let status = |variables: &[(&str, &str)]| {
        let server = TestServer::start_with(&store.database, variables);
        [SECRET, new].map(|secret| {
            let token = signed(
                &json!({ "alg": "HS256" }),
                &claims(OWNER),
                secret.as_bytes(),
            );
            server.create_as(&token, WORKSPACE).send().status
        })
    };
    let current = |secret| ("KEYWARD_JWT_SECRET", secret);
    assert_eq!(status(&[current(SECRET)]), [201, 401]);
    let both = [current(new), ("KEYWARD_JWT_PREVIOUS_SECRET", SECRET)];
    assert_eq!(status(&both), [201, 201]);
    assert_eq!(status(&[current(new)]), [401, 201]);
}
