use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use keyward_domain::{
    LIMIT_WINDOW_SECONDS_MAX, LimitId, LimitName, LimitSubject, LimitUnits, LimitWindow, RawField,
    RefillRequest, SpentForNow, Timestamp, WorkspaceId,
};
use uuid::Uuid;

use super::body_members::BodyMembers;
use super::finish::finish;
use super::local_keys::{entries, written};
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

/// The maximum number of entries about used units in a refill. A guard has at most 256, and those of
/// earlier refills without an answer.
const SPENT_MAX: usize = 4_096;

/// The refills that a guard asks for.
///
/// # Errors
/// [`RequestError::Invalid`] with all problems. Then none is carried out.
pub(crate) fn refills(object: JsonObject) -> Result<Vec<(LimitId, RefillRequest)>, RequestError> {
    let mut body = BodyMembers::of(object, members::REFILLS);
    let mut problems = Vec::new();
    let refills = entries(&mut body, "refills", &mut problems, refill);
    let mut known = BTreeSet::new();
    if let Some(at) = refills.iter().position(|(id, _request)| !known.insert(id)) {
        let field = format!("refills[{at}]");
        problems.push(Problem::new(field, MessageId::RepeatedMember));
    }
    finish(refills, body, problems, members::REFILLS)
}

fn refill(object: JsonObject) -> Option<(LimitId, RefillRequest)> {
    let mut body = BodyMembers::of(object, members::REFILL);
    let workspace_id = WorkspaceId::parse(&written(body.text("workspaceId"))?).ok()?;
    let subject = match body.text("apiKeyUuid") {
        RawField::Absent | RawField::Null => LimitSubject::Workspace,
        RawField::Value(text) => LimitSubject::Key(Uuid::try_parse(&text).ok()?),
        RawField::WrongType => return None,
    };
    let id = LimitId {
        workspace_id: Arc::new(workspace_id),
        subject,
        name: LimitName::parse(&written(body.text("name"))?).ok()?,
    };
    let request = RefillRequest {
        node: Uuid::try_parse(&written(body.text("guard"))?).ok()?,
        number: u64::try_from(written(body.integer("number"))?).ok()?,
        max: LimitUnits::of(written(body.integer("max"))?).ok()?,
        window: LimitWindow::parse(&written(body.text("window"))?).ok()?,
        kept: units(&mut body, "kept")?,
        spent: spent(&mut body)?,
        wanted: units(&mut body, "wanted")?,
        period_end: match body.integer("periodEndMicros") {
            RawField::Absent | RawField::Null => None,
            RawField::Value(micros) => Some(Timestamp::from_unix_micros(micros)?),
            RawField::WrongType => return None,
        },
    };
    body.into_unexpected().is_empty().then_some((id, request))
}

fn spent(body: &mut BodyMembers) -> Option<Vec<SpentForNow>> {
    let Some(Json::List(listed)) = body.take("spent") else {
        return None;
    };
    if listed.len() > SPENT_MAX {
        return None;
    }
    let spent = listed.into_iter().map(|entry| {
        let Json::Object(entry) = entry else {
            return None;
        };
        let mut entry = BodyMembers::of(entry, members::SPENT);
        let micros = u64::try_from(written(entry.integer("restsMicros"))?).ok()?;
        let longest = Duration::from_secs(LIMIT_WINDOW_SECONDS_MAX.into());
        let spent = SpentForNow {
            units: units(&mut entry, "units")?,
            rests: Duration::from_micros(micros).min(longest),
        };
        entry.into_unexpected().is_empty().then_some(spent)
    });
    spent.collect()
}

/// A larger number is no part of a limit, and would overflow a sum.
fn units(body: &mut BodyMembers, name: &str) -> Option<u64> {
    let units = u32::try_from(written(body.integer(name))?).ok()?;
    Some(units.into())
}
