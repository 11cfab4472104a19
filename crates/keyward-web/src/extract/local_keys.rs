use keyward_domain::ports::{ChangePosition, GuardHeartbeat, KeyDenials, ScopeUse, SecretUse};
use keyward_domain::{
    AddressSketch, ApiKeyId, ClientAddress, Denial, RawField, Scope, SecretHash, Timestamp,
};
use uuid::Uuid;

use super::body_members::BodyMembers;
use super::finish::finish;
use super::query::Query;
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

/// The maximum number of hashes in a look-up (contract §10).
const HASHES_MAX: usize = 100;

/// The maximum number of entries of each kind in a report (contract §10).
const ENTRIES_MAX: usize = 1_024;

const STREAM: &str = "stream";

/// What a guard reports. No `Debug`: it has hashes of secrets.
pub(crate) struct ReportedUses {
    pub(crate) uses: Vec<SecretUse>,
    pub(crate) denials: Vec<KeyDenials>,
    pub(crate) scope_uses: Vec<ScopeUse>,
}

/// The guard's earlier stream: `?stream=…`.
///
/// # Errors
/// [`RequestError::Invalid`] with every invalid parameter.
pub(crate) fn stream(query: &str) -> Result<Option<Uuid>, RequestError> {
    let mut query = Query::read(query, &[STREAM]);
    let stream = query.take(STREAM, |text| {
        let malformed = || Problem::new(STREAM, MessageId::ParameterMalformed);
        Uuid::try_parse(text).map_err(|_any| malformed())
    });
    let problems = query.into_problems();
    if problems.is_empty() {
        Ok(stream)
    } else {
        Err(RequestError::Invalid(problems))
    }
}

/// The secrets to look up.
///
/// # Errors
/// [`RequestError::Invalid`] with all problems.
pub(crate) fn secret_hashes(object: JsonObject) -> Result<Vec<SecretHash>, RequestError> {
    let mut body = BodyMembers::of(object, members::SECRET_HASHES);
    let mut problems = Vec::new();
    let mut hashes = Vec::new();
    match body.texts("secretHashes") {
        RawField::Value(written) if written.len() <= HASHES_MAX => {
            for (at, written) in written.into_iter().enumerate() {
                match secret_hash(written) {
                    Some(hash) => hashes.push(hash),
                    None => problems.push(Problem::new(
                        format!("secretHashes[{at}]"),
                        MessageId::SecretHashInvalid,
                    )),
                }
            }
        }
        RawField::Value(_) => problems.push(too_many("secretHashes", HASHES_MAX)),
        RawField::Absent | RawField::Null => {
            problems.push(Problem::new("secretHashes", MessageId::Required));
        }
        RawField::WrongType => problems.push(Problem::new("secretHashes", MessageId::NotList)),
    }
    finish(hashes, body, problems, members::SECRET_HASHES)
}

/// A guard's heartbeat.
///
/// # Errors
/// [`RequestError::Invalid`] with all problems.
pub(crate) fn heartbeat(object: JsonObject) -> Result<GuardHeartbeat, RequestError> {
    let mut body = BodyMembers::of(object, members::HEARTBEAT);
    let stream = written(body.text(STREAM)).and_then(|text| Uuid::try_parse(&text).ok());
    let number = written(body.integer("number")).and_then(|number| u64::try_from(number).ok());
    let position = written(body.text("position")).and_then(|text| ChangePosition::parse(&text));
    let read = [
        (STREAM, stream.is_some()),
        ("number", number.is_some()),
        ("position", position.is_some()),
    ];
    let missing = read.into_iter().filter(|(_name, is_read)| !is_read);
    let problems = missing.map(|(name, _)| Problem::new(name, MessageId::Required));
    let heartbeat = GuardHeartbeat {
        stream: stream.unwrap_or_default(),
        number: number.unwrap_or(0),
        applied: position.map_or(0, |position| position.number),
    };
    finish(heartbeat, body, problems.collect(), members::HEARTBEAT)
}

/// The uses, denials and uses of scopes of a guard.
///
/// # Errors
/// [`RequestError::Invalid`] with all problems. Then none is recorded.
pub(crate) fn reported_uses(object: JsonObject) -> Result<ReportedUses, RequestError> {
    let mut body = BodyMembers::of(object, members::USES);
    let mut problems = Vec::new();
    let reported = ReportedUses {
        uses: entries(&mut body, "uses", &mut problems, used),
        denials: entries(&mut body, "denials", &mut problems, denied),
        scope_uses: optional_entries(&mut body, "scopeUses", &mut problems, used_scope),
    };
    finish(reported, body, problems, members::USES)
}

pub(super) fn entries<T>(
    body: &mut BodyMembers,
    name: &'static str,
    problems: &mut Vec<Problem>,
    parse: fn(JsonObject) -> Option<T>,
) -> Vec<T> {
    let listed = body.take(name).unwrap_or(Json::Null);
    parsed(listed, name, problems, parse)
}

/// The same for a member that older guards do not send.
fn optional_entries<T>(
    body: &mut BodyMembers,
    name: &'static str,
    problems: &mut Vec<Problem>,
    parse: fn(JsonObject) -> Option<T>,
) -> Vec<T> {
    let listed = body.take(name);
    listed.map_or_else(Vec::new, |listed| parsed(listed, name, problems, parse))
}

fn parsed<T>(
    listed: Json,
    name: &'static str,
    problems: &mut Vec<Problem>,
    parse: fn(JsonObject) -> Option<T>,
) -> Vec<T> {
    let listed = match listed {
        Json::List(listed) if listed.len() <= ENTRIES_MAX => listed,
        Json::List(_) => {
            problems.push(too_many(name, ENTRIES_MAX));
            return Vec::new();
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_) => {
            problems.push(Problem::new(name, MessageId::Required));
            return Vec::new();
        }
    };
    let mut parsed = Vec::with_capacity(listed.len());
    for (at, entry) in listed.into_iter().enumerate() {
        let entry = if let Json::Object(entry) = entry {
            parse(entry)
        } else {
            None
        };
        let Some(entry) = entry else {
            // The reader is a program: one problem is as good as many.
            let field = format!("{name}[{at}]");
            problems.push(Problem::new(field, MessageId::Required));
            break;
        };
        parsed.push(entry);
    }
    parsed
}

fn used(object: JsonObject) -> Option<SecretUse> {
    let mut body = BodyMembers::of(object, members::USE);
    let address = address(&mut body).ok()?;
    let used = SecretUse {
        secret_hash: secret_hash(body.text("secretHash"))?,
        api_key_id: api_key_id(&mut body)?,
        last_used_at: time(&mut body, "lastUsedAtMicros")?,
        address,
        addresses: match body.text("addresses") {
            RawField::Absent | RawField::Null => AddressSketch::of(address),
            RawField::Value(text) => AddressSketch::parse(&text)?,
            RawField::WrongType => return None,
        },
        count: count(&mut body)?,
    };
    body.into_unexpected().is_empty().then_some(used)
}

fn denied(object: JsonObject) -> Option<KeyDenials> {
    let mut body = BodyMembers::of(object, members::DENIAL);
    let denied = KeyDenials {
        api_key_id: api_key_id(&mut body)?,
        denial: Denial::parse(&written(body.text("denial"))?)?,
        last_denied_at: time(&mut body, "lastDeniedAtMicros")?,
        address: address(&mut body).ok()?,
        count: count(&mut body)?,
    };
    body.into_unexpected().is_empty().then_some(denied)
}

fn used_scope(object: JsonObject) -> Option<ScopeUse> {
    let mut body = BodyMembers::of(object, members::SCOPE_USE);
    let used = ScopeUse {
        api_key_id: api_key_id(&mut body)?,
        scope: Scope::parse(&written(body.text("scope"))?).ok()?,
        last_used_on: time(&mut body, "lastUsedOnMicros")?.truncated_to_days(),
    };
    body.into_unexpected().is_empty().then_some(used)
}

fn secret_hash(text: RawField<String>) -> Option<SecretHash> {
    SecretHash::parse(&written(text)?).ok()
}

fn api_key_id(body: &mut BodyMembers) -> Option<ApiKeyId> {
    ApiKeyId::parse(&written(body.text("apiKeyId"))?).ok()
}

fn time(body: &mut BodyMembers, name: &str) -> Option<Timestamp> {
    Timestamp::from_unix_micros(written(body.integer(name))?)
}

/// The text is not an address.
struct NoAddress;

/// A guard may know no address.
fn address(body: &mut BodyMembers) -> Result<Option<ClientAddress>, NoAddress> {
    match body.text("address") {
        RawField::Absent | RawField::Null => Ok(None),
        RawField::WrongType => Err(NoAddress),
        RawField::Value(text) => {
            let address = text.parse().map_err(|_unhelpful| NoAddress)?;
            Ok(Some(ClientAddress::vouched_for(address)))
        }
    }
}

fn count(body: &mut BodyMembers) -> Option<u64> {
    // A larger number is no count of anything, and would overflow a sum in the store.
    let count = u32::try_from(written(body.integer("count"))?).ok()?;
    Some(count.into())
}

pub(super) fn written<T>(field: RawField<T>) -> Option<T> {
    match field {
        RawField::Value(value) => Some(value),
        RawField::Absent | RawField::Null | RawField::WrongType => None,
    }
}

pub(super) fn too_many(field: &'static str, max: usize) -> Problem {
    Problem::with(
        field,
        MessageId::TooMany,
        vec![("max", max.to_string().into())],
    )
}
