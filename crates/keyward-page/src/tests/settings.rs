use keyward_domain::ports::{MockPlans, MockWorkspaceDirectory};
use keyward_domain::testing::limit;
use keyward_domain::usecases::{ManageApiKeys, ReadWorkspaceSettings};
use keyward_domain::{
    GracePeriod, LeakPolicy, LimitUse, Limits, Plan, PlanLimits, PlanName, Workspace,
};
use keyward_web::testing::now;

use super::*;

/// The settings of a workspace with this plan.
pub(super) fn in_plan(keys: ManageApiKeys, plan: Option<Plan>) -> ReadWorkspaceSettings {
    let name = plan.as_ref().map(|plan| plan.name.clone());
    let mut directory = MockWorkspaceDirectory::new();
    directory.expect_workspace().returning(move |id| {
        let grace = GracePeriod::from_hours(24).unwrap();
        Ok(Some(Workspace {
            id: id.clone(),
            created_at: now(),
            key_count: 1,
            key_lifetime: None,
            leak_policy: Some(LeakPolicy::Expire(grace)),
            plan: name.clone(),
        }))
    });
    let mut plans = MockPlans::new();
    plans.expect_get().returning(move |_| Ok(plan.clone()));
    ReadWorkspaceSettings {
        keys,
        directory: Arc::new(directory),
        plans: Arc::new(plans),
    }
}

fn pro() -> Plan {
    let limits = |max| Limits::of(vec![limit("requests", max, "1m")]).unwrap();
    Plan {
        name: PlanName::parse("pro").unwrap(),
        limits: PlanLimits {
            of_key: limits(100),
            of_workspace: limits(2_500),
        },
    }
}

#[actix_web::test]
async fn the_settings_of_the_workspace_are_told_in_words() {
    let path = "/workspaces/ws_1/settings";
    let answer = page_world().send(get(path)).await;
    assert_page(&answer, path, 200);
    for part in [
        " of 10 keys",
        "No limit",
        "expires 24 hours later",
        "has no plan",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
    let world = World {
        configure: |api, config| {
            let mut state = page_state(api.clone());
            state.workspace_settings = in_plan(api.keys.clone(), Some(pro()));
            configure(&state, config);
        },
        limit_uses: || {
            vec![LimitUse {
                limit: limit("requests", 2_500, "1m"),
                is_of_workspace: true,
                used: 1_200,
            }]
        },
        ..page_world()
    };
    let answer = world.send(get(path)).await;
    assert_page(&answer, path, 200);
    for part in [
        ">pro</span>",
        "At most 100 per minute",
        "At most 2,500 per minute",
        "1,200 of 2,500 used",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}
