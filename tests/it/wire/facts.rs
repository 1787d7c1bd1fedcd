//! Facts of organizations: each comes back as it went out, and what contradicts itself does not come in.

use serde::Serialize;
use serde::de::DeserializeOwned;
use shipgate::model::{ApprovalFrom, ApprovalRule, Safeguard};
use shipgate::{Cluster, Environment, Organization, Project, Protection, Role, Visibility};

use super::{read, refusal};

pub(super) fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(fact: &T, json: &str) {
    assert_eq!(serde_json::to_string(fact).unwrap(), json);
    assert_eq!(&read::<T>(json), fact);
}

#[test]
fn facts_come_back() {
    let owned = String::from;
    comes_back(&Organization::new(owned("acme-corp"), 2), r#"{"id":"acme-corp","owners":2}"#);
    comes_back(
        &Cluster::new(7_u64, 1).with_environments(u32::MAX),
        r#"{"id":"7","organization":"1","visibility":"organization","environments":4294967295}"#,
    );
    let us_east = Cluster::new(owned("us-east"), owned("acme-corp")).with_visibility(Visibility::Members);
    comes_back(&us_east, r#"{"id":"us-east","organization":"acme-corp","visibility":"members","environments":0}"#);
    let shop = Project::new(owned("shop"), owned("acme-corp")).with_visibility(Visibility::Members);
    comes_back(
        &shop,
        r#"{"id":"shop","organization":"acme-corp","visibility":"members","environments":0,"clusters":[],"safeguard":{"deployer":"developer","keeper":"developer","custodian":"admin"}}"#,
    );
    comes_back(
        &shop.clone().with_environments([(&us_east, Protection::REVIEWED), (&us_east, Protection::NONE)]),
        r#"{"id":"shop","organization":"acme-corp","visibility":"members","environments":2,"clusters":[{"id":"us-east","visibility":"members"}],"safeguard":{"deployer":"developer","keeper":"admin","custodian":"admin"}}"#,
    );
    let us_west = Cluster::new(owned("us-west"), owned("acme-corp"));
    comes_back(
        &Environment::new(owned("shop-production"), &shop, &us_west, Protection::LOCKED).unwrap(),
        r#"{"id":"shop-production","organization":"acme-corp","project":"shop","visibility":"members","cluster":"us-west","cluster_visibility":"organization","protection":"locked"}"#,
    );
}

#[test]
fn a_project_comes_back_whatever_its_environments() {
    let rule = ApprovalRule::new(ApprovalFrom::Owner);
    let protections = [
        Protection::NONE,
        Protection::REVIEWED,
        Protection::reviewed(rule),
        Protection::RESTRICTED,
        Protection::restricted(rule),
        Protection::LOCKED,
    ];
    let clusters = [Cluster::new(10_u64, 2), Cluster::new(20, 2).with_visibility(Visibility::Members)];
    for first in protections {
        for second in protections {
            for third in protections {
                let project = Project::new(1_u64, 2).with_environments([
                    (&clusters[1], first),
                    (&clusters[0], second),
                    (&clusters[1], third),
                ]);
                assert_eq!(read::<Project<u64>>(&serde_json::to_string(&project).unwrap()), project);
            }
        }
    }
}

#[test]
fn safeguards_that_no_protections_join_to_are_refused() {
    use Role::{Admin, Developer, Owner};

    for deployer in Role::ALL {
        for keeper in Role::ALL {
            for custodian in Role::ALL {
                let json = format!(r#"{{"deployer":"{deployer}","keeper":"{keeper}","custodian":"{custodian}"}}"#);
                if matches!(
                    (deployer, keeper, custodian),
                    (Developer, Developer, Admin)
                        | (Developer | Admin, Admin, Admin)
                        | (Developer | Admin | Owner, Owner, Owner)
                ) {
                    let safeguard = read::<Safeguard>(&json);
                    let ranks = (safeguard.deployer(), safeguard.keeper(), safeguard.custodian());
                    assert_eq!(ranks, (deployer, keeper, custodian));
                    assert_eq!(serde_json::to_string(&safeguard).unwrap(), json);
                } else {
                    assert_eq!(
                        refusal::<Safeguard>(&json),
                        format!(
                            "no protection has the deployer `{deployer}`, the keeper `{keeper}` and the custodian `{custodian}`: \
                             expected developer, developer and admin; developer or admin, admin and admin; \
                             or developer, admin or owner, owner and owner"
                        )
                    );
                }
            }
        }
    }
}

#[test]
fn a_forgotten_count_or_visibility_is_refused() {
    assert_eq!(refusal::<Organization<u64>>(r#"{"id":"1"}"#), "missing field `owners`");
    assert_eq!(
        refusal::<Cluster<u64>>(r#"{"id":"1","organization":"2","visibility":"members"}"#),
        "missing field `environments`"
    );
    assert_eq!(
        refusal::<Cluster<u64>>(r#"{"id":"1","organization":"2","environments":0}"#),
        "missing field `visibility`"
    );
    assert_eq!(
        refusal::<Organization<u64>>(r#"{"id":"1","owners":4294967296}"#),
        "invalid value: integer `4294967296`, expected a whole number from 0 to 4294967295"
    );
    assert_eq!(
        refusal::<Organization<u64>>(r#"{"id":"1","owners":-1}"#),
        "invalid value: integer `-1`, expected a whole number from 0 to 4294967295"
    );
    let environment = r#"{"id":"1","organization":"2","project":"3","visibility":"members","cluster":"4""#;
    assert_eq!(refusal::<Environment<u64>>(&format!("{environment}}}")), "missing field `cluster_visibility`");
    assert_eq!(
        refusal::<Environment<u64>>(&format!(r#"{environment},"cluster_visibility":"members"}}"#)),
        "missing field `protection`"
    );
}

#[test]
fn a_project_whose_parts_do_not_fit_is_refused() {
    let project = |environments: u32, clusters: &str, safeguard: &str| {
        format!(
            r#"{{"id":"1","organization":"2","visibility":"members","environments":{environments},"clusters":[{clusters}],"safeguard":{safeguard}}}"#
        )
    };
    let none = r#"{"deployer":"developer","keeper":"developer","custodian":"admin"}"#;
    let locked = r#"{"deployer":"owner","keeper":"owner","custodian":"owner"}"#;
    let (one, two) = (r#"{"id":"7","visibility":"members"}"#, r#"{"id":"8","visibility":"organization"}"#);
    read::<Project<u64>>(&project(0, "", none));
    read::<Project<u64>>(&project(2, &format!("{one},{two}"), locked));
    read::<Project<u64>>(&project(u32::MAX, one, none));
    for (json, message) in [
        (
            project(0, "", locked),
            "a project without environments has the safeguard of none: \
             deployer developer, keeper developer, custodian admin",
        ),
        (
            project(0, one, none),
            "each environment deploys to one cluster: list the clusters that the environments deploy to",
        ),
        (
            project(1, "", none),
            "each environment deploys to one cluster: list the clusters that the environments deploy to",
        ),
        (
            project(1, &format!("{one},{two}"), none),
            "each environment deploys to one cluster: list the clusters that the environments deploy to",
        ),
        (project(2, &format!("{one},{one}"), none), "a cluster is listed twice: list each once"),
        (project(1, r#"{"id":"7"}"#, none), "missing field `visibility`"),
        (
            project(1, "7", none),
            "invalid type: integer `7`, expected a cluster of a project: an object with `id` and `visibility`",
        ),
    ] {
        assert_eq!(refusal::<Project<u64>>(&json), message, "{json}");
    }
}
