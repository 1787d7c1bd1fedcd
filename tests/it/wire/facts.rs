//! Facts: each comes back as it went out, and what contradicts itself does not come in.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shipgate::model::{ApprovalFrom, ApprovalRule, Safeguard};
use shipgate::{
    Account, Cluster, ClusterAccess, Environment, Grant, Membership, Organization, Project, ProjectRole, Protection,
    Role, Time, Visibility,
};

use super::{read, refusal};

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(fact: &T, json: &str) {
    assert_eq!(serde_json::to_string(fact).unwrap(), json);
    assert_eq!(&read::<T>(json), fact);
}

#[test]
fn facts_come_back() {
    let owned = String::from;
    comes_back(&Organization::new(owned("acme-corp"), 2), r#"{"id":"acme-corp","owners":2}"#);
    comes_back(
        &Cluster::new(7_u64, 1).with_environments(u32::MAX),
        r#"{"id":7,"organization":1,"environments":4294967295}"#,
    );
    let shop = Project::new(owned("shop"), owned("acme-corp")).with_visibility(Visibility::Members);
    comes_back(
        &shop,
        r#"{"id":"shop","organization":"acme-corp","visibility":"members","environments":0,"safeguard":{"deployer":"developer","custodian":"admin"}}"#,
    );
    let us_east = Cluster::new(owned("us-east"), owned("acme-corp"));
    comes_back(
        &Environment::new(owned("shop-production"), &shop, &us_east, Protection::LOCKED).unwrap(),
        r#"{"id":"shop-production","organization":"acme-corp","project":"shop","visibility":"members","cluster":"us-east","protection":"locked"}"#,
    );
    comes_back(&Account::service(owned("ci-bot")), r#"{"id":"ci-bot","kind":"service","memberships":[]}"#);
    let dana = Membership::new(owned("acme-corp"), Role::Developer)
        .until(Time::from_millis(1_000))
        .with_cluster_access(owned("us-east"), Grant::new(ClusterAccess::View))
        .and_then(|dana| {
            dana.with_cluster_access(owned("staging"), Grant::new(ClusterAccess::None).until(Time::from_millis(1)))
        })
        .and_then(|dana| dana.with_project_role(owned("shop"), Grant::new(ProjectRole::Admin)))
        .unwrap();
    comes_back(
        &Account::user(owned("dana")).with(dana).unwrap(),
        r#"{"id":"dana","kind":"user","memberships":[{"organization":"acme-corp","role":"developer","expires_at":"1970-01-01T00:00:01Z","overrides":[{"cluster":"staging","level":"none","expires_at":"1970-01-01T00:00:00.001Z"},{"cluster":"us-east","level":"view"}],"project_roles":[{"project":"shop","role":"admin"}]}]}"#,
    );
}

#[test]
fn a_project_comes_back_whatever_its_environments() {
    let rule = ApprovalRule::new(ApprovalFrom::Owner);
    let protections = [Protection::NONE, Protection::RESTRICTED, Protection::restricted(rule), Protection::LOCKED];
    for first in protections {
        for second in protections {
            let project = Project::new(1_u64, 2).with_environments([first, second]);
            assert_eq!(read::<Project<u64>>(&serde_json::to_string(&project).unwrap()), project);
        }
    }
}

#[test]
fn a_membership_may_leave_its_lists_out() {
    assert_eq!(read::<Membership<u64>>(r#"{"organization":1,"role":"viewer"}"#), Membership::new(1, Role::Viewer));
}

#[test]
fn safeguards_that_no_protections_join_to_are_refused() {
    use Role::{Admin, Developer, Owner};

    for deployer in Role::ALL {
        for custodian in Role::ALL {
            let json = format!(r#"{{"deployer":"{deployer}","custodian":"{custodian}"}}"#);
            if matches!((deployer, custodian), (Developer | Admin, Admin) | (Admin | Owner, Owner)) {
                let safeguard = read::<Safeguard>(&json);
                assert_eq!((safeguard.deployer(), safeguard.custodian()), (deployer, custodian));
            } else {
                assert_eq!(
                    refusal::<Safeguard>(&json),
                    format!(
                        "no protection has the deployer `{deployer}` and the custodian `{custodian}`: expected \
                         developer and admin, admin and admin, admin and owner, or owner and owner"
                    )
                );
            }
        }
    }
}

#[test]
fn accounts_that_contradict_themselves_are_refused() {
    let membership = |rest: &str| {
        format!(r#"{{"id":"bob","kind":"user","memberships":[{{"organization":"acme-corp","role":"viewer"{rest}}}]}}"#)
    };
    let table = [
        (
            r#"{"id":"bob","kind":"user","memberships":[{"organization":"a","role":"viewer"},{"organization":"a","role":"owner"}]}"#
                .to_string(),
            "an account can have only one membership in an organization: this is its second",
        ),
        (
            membership(r#","overrides":[{"cluster":"c","level":"view"},{"cluster":"c","level":"none"}]"#),
            "a member can have only one override on a cluster: this is their second",
        ),
        (
            membership(r#","project_roles":[{"project":"p","role":"admin"},{"project":"p","role":"admin"}]"#),
            "a member can have only one role in a project: this is their second",
        ),
        (
            membership(r#","expires_at":null"#),
            "invalid type: null, expected a time of RFC 3339, as a string",
        ),
        (membership(r#","overrides":null"#), "invalid type: null, expected a sequence"),
        (
            membership(r#","overrides":[["c","view"]]"#),
            "invalid type: sequence, expected an override: an object with `cluster` and `level`",
        ),
        (membership(r#","role":"owner""#), "duplicate field `role`"),
        (
            membership(r#","roles":[]"#),
            "unknown field `roles`, expected one of `organization`, `role`, `expires_at`, `overrides`, `project_roles`",
        ),
        (r#"{"id":"bob","kind":"user"}"#.to_string(), "missing field `memberships`"),
        (r#"{"id":"bob","memberships":[]}"#.to_string(), "missing field `kind`"),
        (
            r#"["bob","user",[]]"#.to_string(),
            "invalid type: sequence, expected an account: an object with `id`, `kind` and `memberships`",
        ),
    ];
    for (json, message) in table {
        assert_eq!(refusal::<Account<String>>(&json), message, "{json}");
    }
}

#[test]
fn a_forgotten_count_is_refused() {
    assert_eq!(refusal::<Organization<u64>>(r#"{"id":1}"#), "missing field `owners`");
    assert_eq!(refusal::<Cluster<u64>>(r#"{"id":1,"organization":2}"#), "missing field `environments`");
    assert_eq!(
        refusal::<Organization<u64>>(r#"{"id":1,"owners":4294967296}"#),
        "invalid value: integer `4294967296`, expected a whole number from 0 to 4294967295"
    );
    assert_eq!(
        refusal::<Organization<u64>>(r#"{"id":1,"owners":-1}"#),
        "invalid value: integer `-1`, expected a whole number from 0 to 4294967295"
    );
    let empty = r#"{"id":1,"organization":2,"visibility":"members","environments":0,"safeguard":{"deployer":"owner","custodian":"owner"}}"#;
    assert_eq!(
        refusal::<Project<u64>>(empty),
        "a project without environments has the safeguard of none: deployer developer, custodian admin"
    );
    assert_eq!(
        refusal::<Environment<u64>>(r#"{"id":1,"organization":2,"project":3,"visibility":"members","cluster":4}"#),
        "missing field `protection`"
    );
}
