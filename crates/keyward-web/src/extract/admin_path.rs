use keyward_domain::{
    ApiKeyId, BUSINESS_ID_LENGTH_MAX, LIMIT_NAME_LENGTH_MAX, PlanName, RESOURCE_LENGTH_MAX,
    Resource, Scope, UserId, WorkspaceId,
};

use super::path_segment::PathSegment;
use crate::error::RequestError;
use crate::language::MessageId;
use crate::problem::Problem;

/// The position of the first parameter in `/internal/v1/admin/workspaces/{workspaceId}/…`,
/// `/internal/v1/admin/plans/{name}`, `/internal/v1/admin/scopes/{code}` and
/// `/internal/v1/admin/resources/{code}`.
const FIRST: usize = 5;
/// The position of the second parameter in `…/workspaces/{workspaceId}/members/{userId}` and
/// `…/workspaces/{workspaceId}/api-keys/{apiKeyId}`.
const SECOND: usize = 7;

/// The path of a request to the administration (contract §9). Unlike owners, a service is told
/// that an id is invalid, because it may know all of them.
#[derive(Clone, Copy)]
pub(crate) struct AdminPath<'a>(pub(crate) &'a str);

impl AdminPath<'_> {
    /// # Errors
    /// [`RequestError::Invalid`] when no workspace can have this id.
    pub(crate) fn workspace_id(self) -> Result<WorkspaceId, RequestError> {
        let written = PathSegment::nth(self.0, FIRST);
        WorkspaceId::parse(written.as_str()).map_err(|_invalid| invalid_id("workspaceId").into())
    }

    /// # Errors
    /// [`RequestError::Invalid`] when no user can have this id.
    pub(crate) fn user_id(self) -> Result<UserId, RequestError> {
        let written = PathSegment::nth(self.0, SECOND);
        UserId::parse(written.as_str()).map_err(|_invalid| invalid_id("userId").into())
    }

    /// # Errors
    /// [`RequestError::ApiKeyNotFound`] when it is not a valid key id.
    pub(crate) fn api_key_id(self) -> Result<ApiKeyId, RequestError> {
        ApiKeyId::parse(PathSegment::nth(self.0, SECOND).as_str())
            .map_err(|_nobody_has_it| RequestError::ApiKeyNotFound)
    }

    /// # Errors
    /// [`RequestError::Invalid`] when no plan can have this name.
    pub(crate) fn plan_name(self) -> Result<PlanName, RequestError> {
        PlanName::parse(PathSegment::nth(self.0, FIRST).as_str())
            .map_err(|_invalid| invalid_plan_name("name").into())
    }

    /// # Errors
    /// [`RequestError::Invalid`] when it can't be the code of a scope.
    pub(crate) fn scope(self) -> Result<Scope, RequestError> {
        Scope::parse(PathSegment::nth(self.0, FIRST).as_str())
            .map_err(|_invalid| Problem::new("code", MessageId::ScopeInvalid).into())
    }

    /// # Errors
    /// [`RequestError::Invalid`] when it can't be the code of a resource.
    pub(crate) fn resource(self) -> Result<Resource, RequestError> {
        Resource::parse(PathSegment::nth(self.0, FIRST).as_str()).map_err(|_invalid| {
            let max = ("max", RESOURCE_LENGTH_MAX.to_string().into());
            Problem::with("code", MessageId::ResourceInvalid, vec![max]).into()
        })
    }
}

/// The problem of a text that can't be the id of a workspace or a user.
pub(super) fn invalid_id(field: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    let max = BUSINESS_ID_LENGTH_MAX.to_string().into();
    Problem::with(field, MessageId::HeaderInvalid, vec![("max", max)])
}

/// The problem of a text that can't be the name of a plan.
pub(super) fn invalid_plan_name(field: &'static str) -> Problem {
    let max = LIMIT_NAME_LENGTH_MAX.to_string().into();
    Problem::with(field, MessageId::LimitNameInvalid, vec![("max", max)])
}

#[cfg(test)]
mod tests {
    use keyward_domain::Mode;

    use super::*;
    use crate::testing::key_id;

    #[test]
    fn a_path_names_valid_ids_or_tells_which_is_not() {
        let path = AdminPath("/internal/v1/admin/workspaces/ws%5F1/members/user%2F1");
        assert_eq!(path.workspace_id().unwrap().as_str(), "ws_1");
        assert_eq!(path.user_id().unwrap().as_str(), "user/1");
        let id = key_id(Mode::Live);
        let text = format!("/internal/v1/admin/workspaces/ws_1/api-keys/{id}/disable");
        assert_eq!(AdminPath(&text).api_key_id().unwrap(), id);
        let scope = AdminPath("/internal/v1/admin/scopes/payment:read").scope();
        assert_eq!(scope.unwrap().as_str(), "payment:read");
        let resource = AdminPath("/internal/v1/admin/resources/payment").resource();
        assert_eq!(resource.unwrap().as_str(), "payment");
        let plan = AdminPath("/internal/v1/admin/plans/pro%2D2").plan_name();
        assert_eq!(plan.unwrap().as_str(), "pro-2");
        for segment in ["", "a%20b", "%00", "%C3%A9", &"w".repeat(129)] {
            let text = format!("/internal/v1/admin/workspaces/{segment}/members/{segment}");
            let path = AdminPath(&text);
            assert!(
                matches!(path.workspace_id(), Err(RequestError::Invalid(_))),
                "{segment}"
            );
            assert!(
                matches!(path.user_id(), Err(RequestError::Invalid(_))),
                "{segment}"
            );
            assert!(
                matches!(path.plan_name(), Err(RequestError::Invalid(_))),
                "{segment}"
            );
            assert!(
                matches!(path.scope(), Err(RequestError::Invalid(_))),
                "{segment}"
            );
            assert!(
                matches!(path.resource(), Err(RequestError::Invalid(_))),
                "{segment}"
            );
            assert!(
                matches!(path.api_key_id(), Err(RequestError::ApiKeyNotFound)),
                "{segment}"
            );
        }
    }
}
