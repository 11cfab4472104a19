use keyward_domain::Question;

use super::body_members::BodyMembers;
use super::question::question;
use crate::json::{Json, JsonObject};
use crate::language::MessageId;
use crate::members;
use crate::problem::Problem;

/// The maximum number of questions in a batch (contract §4).
const QUESTIONS_MAX: usize = 100;

/// The secrets and questions of a batch, in order.
///
/// # Errors
/// Every problem of every question, with the question's index.
pub(crate) fn questions(object: JsonObject) -> Result<Vec<(String, Question)>, Vec<Problem>> {
    let mut members = BodyMembers::of(object, members::BATCH);
    let listed = members.take("questions");
    let mut problems: Vec<Problem> = members
        .into_unexpected()
        .into_iter()
        .map(|unexpected| Problem::of(&unexpected.into(), members::BATCH))
        .collect();
    let mut questions = Vec::new();
    match listed {
        Some(Json::List(items)) if (1..=QUESTIONS_MAX).contains(&items.len()) => {
            for (at, item) in items.into_iter().enumerate() {
                match one(item) {
                    Ok(question) => questions.push(question),
                    Err(found) => problems.extend(found.into_iter().map(|problem| {
                        let field = match problem.field.as_ref() {
                            "" => format!("questions[{at}]"),
                            field => format!("questions[{at}].{field}"),
                        };
                        Problem {
                            field: field.into(),
                            ..problem
                        }
                    })),
                }
            }
        }
        Some(_) | None => {
            let max = ("max", QUESTIONS_MAX.to_string().into());
            let problem = Problem::with("questions", MessageId::QuestionsInvalid, vec![max]);
            problems.push(problem);
        }
    }
    if problems.is_empty() {
        Ok(questions)
    } else {
        Err(problems)
    }
}

fn one(item: Json) -> Result<(String, Question), Vec<Problem>> {
    let Json::Object(members) = item else {
        return Err(vec![Problem::new("", MessageId::BodyNotObject)]);
    };
    question(members).parse().map_err(|violations| {
        let of = |violation| Problem::of(violation, members::QUESTION);
        violations.iter().map(of).collect()
    })
}
