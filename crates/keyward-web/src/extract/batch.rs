use keyward_domain::{FoundAt, RawField, RawImport, Role, UserId, WorkspaceId};

use super::admin_path::invalid_id;
use super::body_members::BodyMembers;
use super::draft::draft_of;
use super::finish::finish;
use super::key_selection::flag;
use super::role::role_of;
use crate::error::RequestError;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

/// The maximum number of entries in a batch (contract §9).
pub(super) const ITEMS_MAX: usize = 1_000;

/// The maximum number of problems in one response, to limit its size.
pub(super) const PROBLEMS_MAX: usize = 100;

/// One member of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BatchMember {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
}

/// One leaked secret of a batch. No `Debug`: it is a secret.
pub(crate) struct BatchLeak {
    pub(crate) secret: String,
    /// Where it was found, without the secret.
    pub(crate) url: Option<FoundAt>,
}

impl BatchLeak {
    pub(crate) fn new(secret: String, url: Option<FoundAt>) -> Self {
        let url = url.and_then(|url| url.without(secret.trim()));
        Self { secret, url }
    }
}

/// One key of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BatchImport {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) import: RawImport,
}

/// The keys of a batch, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BatchImports {
    pub(crate) entries: Vec<BatchImport>,
    /// Whether nothing is to be changed.
    pub(crate) is_dry_run: bool,
}

/// The keys of a batch. The domain checks each key by itself; only their workspaces are checked here.
///
/// # Errors
/// [`RequestError::Invalid`] with the problems of all workspaces. Then none is carried out.
pub(crate) fn imports_batch(object: JsonObject) -> Result<BatchImports, RequestError> {
    let mut body = BodyMembers::of(object, members::IMPORTS);
    let mut problems = Vec::new();
    let is_dry_run = flag(&mut body, "dryRun", &mut problems);
    let entries = items(&mut body, "keys", &mut problems, |item, problems, at| {
        let mut body = BodyMembers::of(item, members::IMPORT);
        let workspace = body.text("workspaceId");
        let workspace_id = id(&workspace, field(at, "workspaceId"), problems, |text| {
            WorkspaceId::parse(text).ok()
        });
        let import = RawImport {
            secret_hash: body.text("secretHash"),
            draft: draft_of(body),
        };
        Some(BatchImport {
            workspace_id: workspace_id?,
            import,
        })
    });
    let imports = BatchImports {
        entries,
        is_dry_run,
    };
    problems.truncate(PROBLEMS_MAX);
    finish(imports, body, problems, members::IMPORTS)
}

/// The workspaces of a batch, in order.
///
/// # Errors
/// [`RequestError::Invalid`] with the problems of all entries. Then none is carried out.
pub(crate) fn workspaces_batch(object: JsonObject) -> Result<Vec<WorkspaceId>, RequestError> {
    let names = (members::WORKSPACES, "workspaces");
    batch(object, names, |item, problems, at| {
        let mut body = BodyMembers::of(item, members::WORKSPACES_ITEM);
        let id = id(&body.text("id"), field(at, "id"), problems, |text| {
            WorkspaceId::parse(text).ok()
        });
        note(body, at, members::WORKSPACES_ITEM, problems);
        id
    })
}

/// The members of a batch, in order.
///
/// # Errors
/// As [`workspaces_batch`].
pub(crate) fn members_batch(object: JsonObject) -> Result<Vec<BatchMember>, RequestError> {
    let names = (members::MEMBERS, "members");
    batch(object, names, |item, problems, at| {
        let mut body = BodyMembers::of(item, members::MEMBERS_ITEM);
        let of = |name| field(at, name);
        let workspace = body.text("workspaceId");
        let workspace_id = id(&workspace, of("workspaceId"), problems, |text| {
            WorkspaceId::parse(text).ok()
        });
        let user_id = id(&body.text("userId"), of("userId"), problems, |text| {
            UserId::parse(text).ok()
        });
        let role = role_of(&body.text("role"), of("role"));
        let role = role.map_err(|problem| problems.push(problem)).ok();
        note(body, at, members::MEMBERS_ITEM, problems);
        Some(BatchMember {
            workspace_id: workspace_id?,
            user_id: user_id?,
            role: role?,
        })
    })
}

/// The leaked secrets of a batch, in order.
///
/// # Errors
/// As [`workspaces_batch`].
pub(crate) fn leaks_batch(object: JsonObject) -> Result<Vec<BatchLeak>, RequestError> {
    batch(object, (members::LEAKS, "leaks"), |item, problems, at| {
        let mut body = BodyMembers::of(item, members::LEAK);
        // Any text may be a secret.
        let secret = id(
            &body.text("secret"),
            field(at, "secret"),
            problems,
            |text| Some(text.to_owned()),
        );
        let url = match body.text("url") {
            RawField::Absent | RawField::Null => None,
            RawField::WrongType => {
                problems.push(Problem::new(field(at, "url"), MessageId::NotText));
                None
            }
            RawField::Value(text) => {
                let url = FoundAt::parse(&text);
                if url.is_none() {
                    problems.push(Problem::new(field(at, "url"), MessageId::UrlInvalid));
                }
                url
            }
        };
        note(body, at, members::LEAK, problems);
        Some(BatchLeak::new(secret?, url))
    })
}

/// The name of the list, and the position of an entry.
type Place = (&'static str, usize);

fn batch<T>(
    object: JsonObject,
    (expected, list): (&[&'static str], &'static str),
    read: impl Fn(JsonObject, &mut Vec<Problem>, Place) -> Option<T>,
) -> Result<Vec<T>, RequestError> {
    let mut body = BodyMembers::of(object, expected);
    let mut problems = Vec::new();
    let all = items(&mut body, list, &mut problems, read);
    problems.truncate(PROBLEMS_MAX);
    finish(all, body, problems, expected)
}

/// The entries of a list that can be read.
fn items<T>(
    body: &mut BodyMembers,
    list: &'static str,
    problems: &mut Vec<Problem>,
    read: impl Fn(JsonObject, &mut Vec<Problem>, Place) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    match body.take(list) {
        Some(Json::List(items)) if (1..=ITEMS_MAX).contains(&items.len()) => {
            for (at, item) in items.into_iter().enumerate() {
                if let Json::Object(members) = item {
                    all.extend(read(members, problems, (list, at)));
                } else {
                    let field = format!("{list}[{at}]");
                    problems.push(Problem::new(field, MessageId::BodyNotObject));
                }
            }
        }
        Some(_) | None => {
            let max = ("max", ITEMS_MAX.to_string().into());
            problems.push(Problem::with(list, MessageId::ItemsInvalid, vec![max]));
        }
    }
    all
}

fn field((list, at): Place, name: &str) -> String {
    format!("{list}[{at}].{name}")
}

fn id<T>(
    written: &RawField<String>,
    field: String,
    problems: &mut Vec<Problem>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let problem = match written {
        RawField::Absent | RawField::Null => Problem::new(field, MessageId::Required),
        RawField::WrongType => Problem::new(field, MessageId::NotText),
        RawField::Value(text) => match parse(text) {
            Some(id) => return Some(id),
            None => invalid_id(field),
        },
    };
    problems.push(problem);
    None
}

/// Adds the unexpected members of an entry to the problems.
fn note(body: BodyMembers, at: Place, expected: &[&'static str], problems: &mut Vec<Problem>) {
    for unexpected in body.into_unexpected() {
        let problem = Problem::of(&unexpected.into(), expected);
        problems.push(Problem {
            field: field(at, &problem.field).into(),
            ..problem
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::object;

    fn fields<T: std::fmt::Debug>(read: Result<T, RequestError>) -> Vec<String> {
        let failure = read.unwrap_err();
        let problems = failure.problems().iter();
        problems.map(|problem| problem.field.to_string()).collect()
    }

    #[test]
    fn a_batch_has_entries_in_order() {
        let read = |body: &str| workspaces_batch(object(body.as_bytes()).unwrap());
        let ids = read(r#"{"workspaces":[{"id":"b"},{"id":"a"},{"id":"b"}]}"#).unwrap();
        let ids: Vec<&str> = ids.iter().map(WorkspaceId::as_str).collect();
        assert_eq!(ids, ["b", "a", "b"]);
        let body = r#"{"members":[{"workspaceId":"w","userId":"u","role":"OWNER"}]}"#;
        let members = members_batch(object(body.as_bytes()).unwrap()).unwrap();
        assert_eq!(members[0].role, Role::Owner);
    }

    #[test]
    fn a_leak_has_a_secret_and_may_have_an_address() {
        let read = |body: &str| leaks_batch(object(body.as_bytes()).unwrap());
        let leaks = read(
            r#"{"leaks":[{"secret":"a","url":"https://x.test/1"},{"secret":"b","url":null}]}"#,
        );
        let Ok(leaks) = leaks else { panic!() };
        assert_eq!(
            leaks[0].url.as_ref().map(FoundAt::as_str),
            Some("https://x.test/1")
        );
        assert_eq!((leaks[1].secret.as_str(), &leaks[1].url), ("b", &None));
        let body = r#"{"leaks":[1,{},{"secret":1,"url":2},{"secret":"a","url":"file:///x"},{"secret":"a","x":1}]}"#;
        let want = [
            "leaks[0]",
            "leaks[1].secret",
            "leaks[2].secret",
            "leaks[2].url",
            "leaks[3].url",
            "leaks[4].x",
        ];
        assert_eq!(fields(read(body).map(|leaks| leaks.len())), want);
    }

    #[test]
    fn every_problem_of_every_entry_is_told() {
        let workspaces = |body: &str| fields(workspaces_batch(object(body.as_bytes()).unwrap()));
        assert_eq!(workspaces("{}"), ["workspaces"]);
        assert_eq!(workspaces(r#"{"workspaces":[]}"#), ["workspaces"]);
        assert_eq!(workspaces(r#"{"workspaces":{"id":"a"}}"#), ["workspaces"]);
        let body = r#"{"workspaces":["a",{},{"id":1},{"id":"a b"},{"id":"a","role":1}],"x":1}"#;
        let want = [
            "workspaces[0]",
            "workspaces[1].id",
            "workspaces[2].id",
            "workspaces[3].id",
            "workspaces[4].role",
            "x",
        ];
        assert_eq!(workspaces(body), want);
        let many = vec![r#"{"id":"a"}"#; ITEMS_MAX + 1].join(",");
        assert_eq!(
            workspaces(&format!(r#"{{"workspaces":[{many}]}}"#)),
            ["workspaces"]
        );
        let members = |body: &str| fields(members_batch(object(body.as_bytes()).unwrap()));
        let body =
            r#"{"members":[{"workspaceId":null,"userId":"","role":"owner"},{"userId":"u"}]}"#;
        let want = [
            "members[0].workspaceId",
            "members[0].userId",
            "members[0].role",
            "members[1].workspaceId",
            "members[1].role",
        ];
        assert_eq!(members(body), want);
        let many = vec!["1"; ITEMS_MAX].join(",");
        let told = workspaces(&format!(r#"{{"workspaces":[{many}]}}"#));
        assert_eq!(told.len(), PROBLEMS_MAX);
    }
}
