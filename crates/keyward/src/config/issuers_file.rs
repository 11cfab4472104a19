//! The file with several issuers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keyward_web::{
    AmbiguousRole, ClaimMapping, ClaimName, HmacSecret, IssuerConfig, IssuerUrl, KeySetFile,
    KeySource, Leeway, PlainHttp, RolesClaim, TrustedUrl,
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::tokens::with_causes;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the list \"issuers\"")]
struct RawFile {
    issuers: Vec<RawIssuer>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "an object with the text \"issuer\""
)]
struct RawIssuer {
    issuer: String,
    jwks_url: Option<String>,
    jwks_file: Option<PathBuf>,
    secret_files: Option<Vec<PathBuf>>,
    #[serde(default)]
    allow_http: bool,
    audiences: Option<Vec<String>>,
    #[serde(default)]
    claims: RawClaims,
    leeway_seconds: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "an object with names of claims"
)]
struct RawClaims {
    user: Option<String>,
    portal: Option<String>,
    partner_values: Option<Vec<String>>,
    client_hash: Option<String>,
    roles: Option<String>,
    owner_values: Option<Vec<String>>,
    admin_values: Option<Vec<String>>,
}

/// The issuers of the file, or what is wrong with it and what would be right.
pub(super) fn read(path: &str) -> Result<BTreeMap<String, IssuerConfig>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("can't be read: {error}"))?;
    let file: RawFile = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if file.issuers.is_empty() {
        return Err("\"issuers\" is empty; it must have at least one issuer".to_owned());
    }
    let mut issuers = BTreeMap::new();
    for (index, raw) in file.issuers.into_iter().enumerate() {
        let name = raw.issuer.clone();
        let entry = format!("entry {} ({name:?})", index + 1);
        let issuer = raw
            .parse()
            .map_err(|problem| format!("{entry}: {problem}"))?;
        if issuers.insert(name, issuer).is_some() {
            return Err(format!("{entry}: an earlier entry has the same issuer"));
        }
    }
    Ok(issuers)
}

impl RawIssuer {
    fn parse(self) -> Result<IssuerConfig, String> {
        if self.issuer.is_empty() {
            return Err("\"issuer\" must be the `iss` of the tokens".to_owned());
        }
        let leeway = self
            .leeway_seconds
            .map_or(Ok(Leeway::default()), Leeway::parse);
        Ok(IssuerConfig {
            keys: self.keys()?,
            audiences: texts("audiences", self.audiences)?.unwrap_or_default(),
            claims: self.claims.parse()?,
            leeway: leeway.map_err(|error| format!("\"leewaySeconds\": {error}"))?,
        })
    }

    fn keys(&self) -> Result<KeySource, String> {
        let plain_http = if self.allow_http {
            PlainHttp::AnyHost
        } else {
            PlainHttp::ThisMachine
        };
        let hint = |url: &str| {
            if url.starts_with("http://") && !self.allow_http {
                "; inside a cluster whose network is trusted, set \"allowHttp\": true"
            } else {
                ""
            }
        };
        match (&self.jwks_url, &self.jwks_file, &self.secret_files) {
            (Some(url), None, None) => TrustedUrl::parse(url, plain_http)
                .map(KeySource::JwksUrl)
                .map_err(|error| format!("\"jwksUrl\": {error}{}", hint(url))),
            (None, Some(file), None) => KeySetFile::read(file.clone())
                .map(KeySource::JwksFile)
                .map_err(|error| format!("\"jwksFile\": {}", with_causes(&error))),
            (None, None, Some(files)) => {
                secrets(files).map_err(|problem| format!("\"secretFiles\": {problem}"))
            }
            (None, None, None) => IssuerUrl::parse(&self.issuer, plain_http)
                .map(KeySource::Discovery)
                .map_err(|error| {
                    let hint = hint(&self.issuer);
                    format!(
                        "without \"jwksUrl\", \"jwksFile\" and \"secretFiles\", keys are found by \
                         the URL in \"issuer\": {error}{hint}"
                    )
                }),
            (_, _, _) => {
                Err("set only one of \"jwksUrl\", \"jwksFile\" and \"secretFiles\"".to_owned())
            }
        }
    }
}

impl RawClaims {
    fn parse(self) -> Result<ClaimMapping, String> {
        let claim = |member: &str, name: Option<String>, default: ClaimName| match name {
            Some(name) => ClaimName::parse(&name)
                .map_err(|error| format!("{member:?} of \"claims\": {error}")),
            None => Ok(default),
        };
        let default = ClaimMapping::default();
        Ok(ClaimMapping {
            user: claim("user", self.user, default.user)?,
            portal: claim("portal", self.portal, default.portal)?,
            partner_values: texts("partnerValues", self.partner_values)?,
            client_hash: claim("clientHash", self.client_hash, default.client_hash)?,
            roles: roles(self.roles, self.owner_values, self.admin_values)?,
        })
    }
}

fn roles(
    name: Option<String>,
    owner_values: Option<Vec<String>>,
    admin_values: Option<Vec<String>>,
) -> Result<Option<RolesClaim>, String> {
    let owner_values = texts("ownerValues", owner_values)?;
    let admin_values = texts("adminValues", admin_values)?;
    let Some(name) = name else {
        let is_unused = owner_values.is_some() || admin_values.is_some();
        return if is_unused {
            Err("\"ownerValues\" and \"adminValues\" of \"claims\" need \"roles\"".to_owned())
        } else {
            Ok(None)
        };
    };
    let name =
        ClaimName::parse(&name).map_err(|error| format!("\"roles\" of \"claims\": {error}"))?;
    let roles = RolesClaim::new(name, owner_values, admin_values);
    roles.map(Some).map_err(|AmbiguousRole(value)| {
        format!("{value:?} is in \"ownerValues\" and in \"adminValues\"; a text means one role")
    })
}

/// The secrets in these files, one a file.
fn secrets(files: &[PathBuf]) -> Result<KeySource, String> {
    let mut secrets = Vec::new();
    for file in files {
        secrets.push(secret(file).map_err(|problem| format!("{}: {problem}", file.display()))?);
    }
    let mut secrets = secrets.into_iter();
    let first = secrets.next().ok_or("it must name at least one file")?;
    Ok(KeySource::Hs256(first, secrets.collect()))
}

fn secret(file: &Path) -> Result<HmacSecret, String> {
    let contents = std::fs::read_to_string(file).map(Zeroizing::new);
    let contents = contents.map_err(|error| format!("can't be read: {error}"))?;
    HmacSecret::parse(contents.trim().as_bytes()).map_err(|error| error.to_string())
}

fn texts(member: &str, texts: Option<Vec<String>>) -> Result<Option<Vec<String>>, String> {
    if texts
        .as_ref()
        .is_some_and(|texts| texts.is_empty() || texts.iter().any(String::is_empty))
    {
        return Err(format!(
            "{member:?} must have at least one text, and none may be empty"
        ));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests;
