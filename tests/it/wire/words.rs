//! Protection, approval rule, grant, action set and token.

use proptest::prelude::*;
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, SelfApproval};
use shipgate::policy::{ClusterOf, ReasonCode, RoleRequirement};
use shipgate::{
    ActionKind, ActionSet, ClusterAccess, Decision, Grant, MissingApprovals, ProjectRole, Protection, Reason, Role,
    Time, Token,
};

use super::{read, refusal};

fn rule(from: ApprovalFrom, count: u8, self_approval: SelfApproval) -> ApprovalRule {
    ApprovalRule::new(from).with_count(count).unwrap().with_self_approval(self_approval)
}

#[test]
fn a_protection_is_a_level_or_a_level_with_its_rule() {
    use {ApprovalFrom::*, SelfApproval::*};
    let table = [
        (r#""none""#, Protection::NONE),
        (r#""reviewed""#, Protection::REVIEWED),
        (r#""restricted""#, Protection::RESTRICTED),
        (r#""locked""#, Protection::LOCKED),
        (r#"{"level":"none"}"#, Protection::NONE),
        (r#"{"level":"reviewed"}"#, Protection::REVIEWED),
        (r#"{"level":"reviewed","approval":{"from":"admin"}}"#, Protection::REVIEWED),
        (r#"{"level":"reviewed","approval":{"from":"owner"}}"#, Protection::reviewed(rule(Owner, 1, Forbidden))),
        (r#"{"level":"restricted"}"#, Protection::RESTRICTED),
        (r#"{"level":"locked"}"#, Protection::LOCKED),
        (r#"{"level":"locked","approval":{"from":"owner"}}"#, Protection::LOCKED),
        (r#"{"level":"restricted","approval":{"from":"admin"}}"#, Protection::restricted(rule(Admin, 1, Forbidden))),
        (
            r#"{"approval":{"count":255,"from":"owner"},"level":"restricted"}"#,
            Protection::restricted(rule(Owner, 255, Forbidden)),
        ),
        (
            r#"{"level":"locked","approval":{"from":"owner","count":2,"self_approval":true}}"#,
            Protection::locked(rule(Owner, 2, Allowed)).unwrap(),
        ),
        (
            r#"{"level":"locked","approval":{"from":"owner","bypass":"owner"}}"#,
            Protection::locked(rule(Owner, 1, Forbidden).with_bypass(Bypass::Owner)).unwrap(),
        ),
        (r#"{"level":"locked","approval":{"from":"owner","bypass":"none"}}"#, Protection::LOCKED),
    ];
    for (json, protection) in table {
        assert_eq!(read::<Protection>(json), protection, "{json}");
    }
}

#[test]
fn a_protection_is_written_as_short_as_it_can_be() {
    use {ApprovalFrom::*, SelfApproval::*};
    let table = [
        (Protection::NONE, r#""none""#),
        (Protection::REVIEWED, r#""reviewed""#),
        (Protection::RESTRICTED, r#""restricted""#),
        (Protection::LOCKED, r#""locked""#),
        (
            Protection::restricted(rule(Owner, 1, Forbidden)),
            r#"{"level":"restricted","approval":{"from":"owner","count":1,"self_approval":false,"bypass":"none"}}"#,
        ),
        (
            Protection::locked(rule(Owner, 1, Allowed)).unwrap(),
            r#"{"level":"locked","approval":{"from":"owner","count":1,"self_approval":true,"bypass":"none"}}"#,
        ),
        (
            Protection::reviewed(rule(Admin, 1, Forbidden).with_bypass(Bypass::Admin)),
            r#"{"level":"reviewed","approval":{"from":"admin","count":1,"self_approval":false,"bypass":"admin"}}"#,
        ),
    ];
    for (protection, json) in table {
        assert_eq!(serde_json::to_string(&protection).unwrap(), json);
        assert_eq!(read::<Protection>(json), protection);
    }
}

#[test]
fn a_protection_that_contradicts_itself_is_refused() {
    let table = [
        (r#""open""#, "unknown protection level `open`: expected none, reviewed, restricted or locked"),
        (r#""""#, "unknown protection level ``: expected none, reviewed, restricted or locked"),
        (r#""Locked""#, "unknown protection level `Locked`: expected none, reviewed, restricted or locked"),
        ("null", "invalid type: null, expected a protection level, or an object with a `level`"),
        ("1", "invalid type: integer `1`, expected a protection level, or an object with a `level`"),
        (r#"["locked"]"#, "invalid type: sequence, expected a protection level, or an object with a `level`"),
        ("{}", "missing field `level`"),
        (r#"{"level":null}"#, "invalid type: null, expected the protection level's name"),
        (r#"{"level":"locked","level":"none"}"#, "duplicate field `level`"),
        (r#"{"level":"locked","rule":{}}"#, "unknown field `rule`, expected `level` or `approval`"),
        (
            r#"{"level":"restricted","approval":null}"#,
            "invalid type: null, expected an approval rule: an object with `from`",
        ),
        (
            r#"{"level":"restricted","approval":["owner",1,false]}"#,
            "invalid type: sequence, expected an approval rule: an object with `from`",
        ),
        (r#"{"level":"restricted","approval":{}}"#, "missing field `from`"),
        (r#"{"level":"restricted","approval":{"count":1}}"#, "missing field `from`"),
        (
            r#"{"level":"restricted","approval":{"from":"developer"}}"#,
            "unknown approving role `developer`: expected admin or owner",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","count":0}}"#,
            "invalid value: integer `0`, expected a whole number from 1 to 255",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","count":256}}"#,
            "invalid value: integer `256`, expected a whole number from 1 to 255",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","count":-1}}"#,
            "invalid value: integer `-1`, expected a whole number from 1 to 255",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","count":1.0}}"#,
            "invalid type: floating point `1.0`, expected a whole number from 1 to 255",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","count":"1"}}"#,
            r#"invalid type: string "1", expected a whole number from 1 to 255"#,
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","count":null}}"#,
            "invalid type: null, expected a whole number from 1 to 255",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","self_approval":"allowed"}}"#,
            r#"invalid type: string "allowed", expected a boolean"#,
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","self_approval":null}}"#,
            "invalid type: null, expected a boolean",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","form":"owner"}}"#,
            "unknown field `form`, expected one of `from`, `count`, `self_approval`, `bypass`",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","bypass":"developer"}}"#,
            "unknown bypass `developer`: expected none, admin or owner",
        ),
        (
            r#"{"level":"restricted","approval":{"from":"owner","bypass":null}}"#,
            "invalid type: null, expected the bypass's name",
        ),
        (
            r#"{"level":"none","approval":{"from":"owner"}}"#,
            "an environment without protection cannot have an approval rule: protect it as `restricted`, or leave the rule out",
        ),
        (
            r#"{"level":"locked","approval":{"from":"admin"}}"#,
            "a locked environment needs approval from an owner: set `from` to `owner`, or protect it as `restricted`",
        ),
    ];
    for (json, message) in table {
        assert_eq!(refusal::<Protection>(json), message, "{json}");
    }
}

#[test]
fn a_grant_says_what_and_until_when() {
    let expiring = Grant::new(ClusterAccess::Deploy).until(Time::from_millis(1));
    let table = [
        (Grant::new(ClusterAccess::None), r#"{"value":"none"}"#),
        (expiring, r#"{"value":"deploy","expires_at":"1970-01-01T00:00:00.001Z"}"#),
    ];
    for (grant, json) in table {
        assert_eq!(serde_json::to_string(&grant).unwrap(), json);
        assert_eq!(read::<Grant<ClusterAccess>>(json), grant);
    }
    assert_eq!(read::<Grant<ProjectRole>>(r#"{"value":"viewer"}"#), Grant::new(ProjectRole::Viewer));
    for (json, message) in [
        ("{}", "missing field `value`"),
        (r#""deploy""#, r#"invalid type: string "deploy", expected a grant: an object with `value`"#),
        (r#"{"value":null}"#, "invalid type: null, expected the cluster level's name"),
        (r#"{"value":"view","expires_at":null}"#, "invalid type: null, expected a time of RFC 3339, as a string"),
        (
            r#"{"value":"view","expires":"1970-01-01T00:00:00Z"}"#,
            "unknown field `expires`, expected `value` or `expires_at`",
        ),
        (r#"["view"]"#, "invalid type: sequence, expected a grant: an object with `value`"),
    ] {
        assert_eq!(refusal::<Grant<ClusterAccess>>(json), message, "{json}");
    }
}

#[test]
fn a_set_of_actions_names_each_once() {
    let every = ActionKind::ALL.map(|action| format!("{:?}", action.as_str())).join(",");
    assert_eq!(read::<ActionSet>(&format!("[{every}]")), ActionSet::all());
    assert_eq!(serde_json::to_string(&ActionSet::all()).unwrap(), format!("[{every}]"));
    assert_eq!(read::<ActionSet>("[]"), ActionSet::empty());
    assert_eq!(read::<ActionSet>(r#"["deploy","view"]"#), ActionSet::VIEW | ActionSet::DEPLOY);
    for (json, message) in [
        (r#"["view","deploy","view"]"#, "duplicate action `view`"),
        (r#""view""#, r#"invalid type: string "view", expected an array of actions"#),
        ("3", "invalid type: integer `3`, expected an array of actions"),
        ("[1]", "invalid type: integer `1`, expected the action's name"),
        ("[null]", "invalid type: null, expected the action's name"),
        (r#"{"view":true}"#, "invalid type: map, expected an array of actions"),
    ] {
        assert_eq!(refusal::<ActionSet>(json), message, "{json}");
    }
    assert!(refusal::<ActionSet>(r#"["*"]"#).starts_with("unknown action `*`: expected view, "));
}

proptest! {
    #[test]
    fn every_set_of_actions_comes_back(bits: u64) {
        let chosen = |action: &ActionKind| bits & (1 << action.index()) != 0;
        let set: ActionSet = ActionKind::ALL.into_iter().filter(chosen).collect();
        prop_assert_eq!(read::<ActionSet>(&serde_json::to_string(&set).unwrap()), set);
    }
}

#[test]
fn names_that_no_action_has_make_no_set() {
    for name in ["VIEW", "View", "fly", "", "view ", "*"] {
        let error = ActionSet::from_names(["view", name]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("unknown action `{name}`: expected view, ")), "{error}");
    }
    let every_name = ActionKind::ALL.map(ActionKind::as_str);
    assert_eq!(ActionSet::from_names(every_name), Ok(ActionSet::all()));
    assert_eq!(read::<ActionSet>(&serde_json::to_string(&ActionSet::all()).unwrap()), ActionSet::all());
}

#[test]
fn a_token_keeps_what_is_absent_apart_from_what_is_empty() {
    let token = |json: &str| read::<Token<String>>(json);
    let view = Token::new(ActionSet::VIEW);
    let table = [
        (r#"{"actions":["view"]}"#, view.clone()),
        (r#"{"actions":["view"],"organizations":[]}"#, view.clone().for_organizations([])),
        (r#"{"actions":["view"],"projects":["shop"]}"#, view.clone().for_projects(["shop".into()])),
        (r#"{"actions":["view"],"environments":["a","b"]}"#, view.clone().for_environments(["a".into(), "b".into()])),
        (r#"{"actions":["view"],"clusters":["us-east"]}"#, view.clone().for_clusters(["us-east".into()])),
        (
            r#"{"actions":["view"],"expires_at":"9999-12-31T23:59:59Z"}"#,
            view.clone().until(Time::from_millis(253_402_300_799_000)),
        ),
        (r#"{"actions":["view"],"id":"ci-7"}"#, view.clone().named("ci-7")),
    ];
    for (json, expected) in table {
        assert_eq!(token(json), expected, "{json}");
        assert_eq!(serde_json::to_string(&expected).unwrap(), json);
    }
}

#[test]
fn a_token_is_read_strictly() {
    let table = [
        ("{}", "missing field `actions`"),
        ("null", "invalid type: null, expected a token: an object with `actions`"),
        (r#"[["view"]]"#, "invalid type: sequence, expected a token: an object with `actions`"),
        (r#"{"actions":null}"#, "invalid type: null, expected an array of actions"),
        (r#"{"actions":["view"],"actions":["deploy"]}"#, "duplicate field `actions`"),
        (
            r#"{"actions":["view"],"project":["shop"]}"#,
            "unknown field `project`, expected one of `actions`, `organizations`, `projects`, `environments`, \
             `clusters`, `expires_at`, `id`",
        ),
        (r#"{"actions":["view"],"projects":null}"#, "invalid type: null, expected an array of ids"),
        (r#"{"actions":["view"],"projects":"shop"}"#, r#"invalid type: string "shop", expected an array of ids"#),
        (r#"{"actions":["view"],"projects":[1]}"#, "invalid type: integer `1`, expected a string"),
        (r#"{"actions":["view"],"projects":["shop","shop"]}"#, "duplicate id"),
        (r#"{"actions":["view"],"expires_at":null}"#, "invalid type: null, expected a time of RFC 3339, as a string"),
        (r#"{"actions":["view"],"id":null}"#, "invalid type: null, expected a string"),
        (r#"{"actions":["view"],"id":7}"#, "invalid type: integer `7`, expected a string"),
        (r#"{"actions":["view"],"id":""}"#, "an id cannot be empty: write at least one character"),
        (r#"{"actions":["view"],"id":"ci\u0000"}"#, r"`ci\0` has a control character: write the id without it"),
    ];
    for (json, message) in table {
        assert_eq!(refusal::<Token<String>>(json), message, "{json}");
    }
}

#[test]
fn a_token_whose_id_could_not_be_read_again_is_not_written() {
    for id in ["", "ci\n"] {
        assert!(serde_json::to_string(&Token::<String>::new(ActionSet::VIEW).named(id)).is_err(), "{id:?}");
    }
}

#[test]
fn a_decision_is_written_with_what_made_it_so() {
    let table = [
        (Decision::Allow, r#"{"outcome":"allow"}"#),
        (
            Decision::RequireApproval(MissingApprovals { from: ApprovalFrom::Owner, missing: 2 }),
            r#"{"outcome":"require_approval","from":"owner","missing":2}"#,
        ),
        (Decision::Deny(Reason::LastOwner), r#"{"outcome":"deny","reason":"last_owner"}"#),
        (
            Decision::Deny(Reason::ClusterLevelInsufficient {
                have: ClusterAccess::View,
                need: ClusterAccess::Deploy,
                cluster: ClusterOf::New,
            }),
            r#"{"outcome":"deny","reason":"cluster_level_insufficient","have":"view","need":"deploy","cluster":"new"}"#,
        ),
        (
            Decision::Deny(Reason::ClusterLevelInsufficient {
                have: ClusterAccess::None,
                need: ClusterAccess::Deploy,
                cluster: ClusterOf::OfProject(2),
            }),
            r#"{"outcome":"deny","reason":"cluster_level_insufficient","have":"none","need":"deploy","cluster":2}"#,
        ),
    ];
    for (decision, json) in table {
        assert_eq!(serde_json::to_string(&decision).unwrap(), json);
    }
}

#[test]
fn a_reason_is_written_with_its_data() {
    use {ClusterAccess as L, Role as R};
    let table = [
        (
            Reason::RoleInsufficient { have: R::Viewer, need: RoleRequirement::Permission(Permission::ManageBuilds) },
            r#"{"reason":"role_insufficient","have":"viewer","permission":"manage_builds"}"#,
        ),
        (
            Reason::RoleInsufficient { have: R::Admin, need: RoleRequirement::Role(R::Owner) },
            r#"{"reason":"role_insufficient","have":"admin","need":"owner"}"#,
        ),
        (
            Reason::EnvironmentProtected { have: R::Developer, need: R::Admin },
            r#"{"reason":"environment_protected","have":"developer","need":"admin"}"#,
        ),
        (
            Reason::Outranked { have: R::Admin, need: R::Owner, permission: None },
            r#"{"reason":"outranked","have":"admin","need":"owner"}"#,
        ),
        (
            Reason::Outranked { have: R::Admin, need: R::Admin, permission: Some(Permission::ManageClusters) },
            r#"{"reason":"outranked","have":"admin","need":"admin","permission":"manage_clusters"}"#,
        ),
        (
            Reason::BypassForbidden { have: R::Admin, need: Some(R::Owner) },
            r#"{"reason":"bypass_forbidden","have":"admin","need":"owner"}"#,
        ),
        (Reason::BypassForbidden { have: R::Owner, need: None }, r#"{"reason":"bypass_forbidden","have":"owner"}"#),
        (
            Reason::AboveCeiling { need: L::Deploy, ceiling: L::View },
            r#"{"reason":"above_ceiling","need":"deploy","ceiling":"view"}"#,
        ),
        (
            Reason::Escalation { have: L::Deploy, need: L::Manage },
            r#"{"reason":"escalation","have":"deploy","need":"manage"}"#,
        ),
        (
            Reason::ClusterLevelInsufficient { have: L::None, need: L::View, cluster: ClusterOf::Present },
            r#"{"reason":"cluster_level_insufficient","have":"none","need":"view","cluster":"present"}"#,
        ),
    ];
    let without_data = [
        Reason::NotApplicable,
        Reason::NotAMember,
        Reason::ForeignResource,
        Reason::CredentialExpired,
        Reason::OutOfScope,
        Reason::NotInProject,
        Reason::NotAssignable,
        Reason::LastOwner,
        Reason::NotOwnDeployment,
        Reason::ApprovalNotRequired,
        Reason::ServiceAccount,
        Reason::SelfApproval,
        Reason::Outlasts,
        Reason::NotEmpty,
        Reason::UnknownResource,
    ];
    for (reason, json) in table {
        assert_eq!(serde_json::to_string(&reason).unwrap(), json);
    }
    for reason in without_data {
        assert_eq!(serde_json::to_string(&reason).unwrap(), format!(r#"{{"reason":"{}"}}"#, reason.code()));
    }
    for code in ReasonCode::ALL {
        let told = table.iter().map(|(reason, _)| reason).chain(&without_data);
        assert!(told.into_iter().any(|reason| reason.code() == code), "{code}");
    }
}
