//! `shipgate explain`.

use serde_json::json;

use super::program::console::Styles;
use super::{ACME, Closed, Run, run, run_into, run_on};

const AT: &str = "2026-11-21T12:00:00Z";
const ALICE: [&str; 6] = ["explain", ACME, "alice", "deploy", "environment", "shop-production"];

fn explain(words: &str) -> Run {
    run(&["explain", ACME].into_iter().chain(words.split_whitespace()).collect::<Vec<_>>())
}

/// The first line of an explanation: the decision.
fn decision(words: &str) -> String {
    let run = explain(words);
    assert_eq!((run.status, run.errors.as_str()), (0, ""), "{words}");
    run.output.lines().next().unwrap_or_default().to_owned()
}

/// What is wrong with the arguments.
fn mistake(words: &str) -> String {
    let Run { status, output, errors } = explain(words);
    assert_eq!((status, output.as_str()), (1, ""), "{words}");
    let problem = errors.strip_prefix("error: ").unwrap_or(&errors);
    let (problem, hint) = problem.split_once(';').unwrap_or((problem, ""));
    assert_eq!(hint, " see `shipgate explain --help`\n");
    problem.to_owned()
}

#[test]
fn the_example_is_as_it_was_reviewed() {
    assert_eq!(run(&ALICE), Run::done(include_str!("../../../examples/data/explain.txt")));
}

#[test]
fn every_kind_of_parameter_and_resource_can_be_asked_about() {
    for (words, expected) in [
        ("olivia update organization acme-corp", "allow"),
        ("carol invite_member organization acme-corp role=owner", "deny: outranked (visible)"),
        ("olivia invite_member organization acme-corp role=auditor expires_at=2027-01-01T00:00:00Z", "allow"),
        ("olivia invite_member organization acme-corp role=nothing", "deny: unknown_resource (hidden)"),
        ("olivia create_role organization acme-corp rank=viewer permissions=view,approve", "allow"),
        ("olivia create_role organization acme-corp rank=viewer permissions=", "allow"),
        ("olivia update role auditor permissions=view", "allow"),
        ("olivia delete role auditor", "deny: not_empty (visible)"),
        ("olivia view team on-call", "allow"),
        ("olivia add_to_team team_member bob team=on-call", "allow"),
        ("olivia update project shop visibility=members", "allow"),
        ("olivia set_project_role project_team on-call project=shop to=viewer", "allow"),
        ("olivia set_cluster_access cluster_team on-call cluster=vault to=manage", "allow"),
        ("alice update cluster vault", "deny: role_insufficient (visible)"),
        ("carol change_role member bob organization=acme-corp to=viewer", "allow"),
        ("carol set_expiry member bob organization=acme-corp to=2027-01-01T00:00:00Z", "allow"),
        ("carol set_expiry member carol organization=acme-corp to=never", "deny: not_assignable (visible)"),
        ("victor view project shop", "allow"),
        ("carol set_project_role project_member bob project=shop to=admin expires_at=2027-01-01T00:00:00Z", "allow"),
        ("carol set_project_role project_member bob project=shop to=nothing", "allow"),
        ("alice deploy environment shop-dev", "allow"),
        ("carol create environment shop-preview project=shop cluster=staging-us-east", "allow"),
        ("carol create environment shop-preview project=shop cluster=staging-us-east protection=locked", "allow"),
        ("carol set_protection environment shop-dev to=restricted from=owner count=2 self_approval=allowed", "allow"),
        ("carol set_protection environment shop-dev to=reviewed from=admin bypass=admin", "allow"),
        ("carol retarget placement shop-dev cluster=edge-swarm", "allow"),
        ("olivia deploy deployment release-7 environment=shop-payments requested_by=olivia approved_by=oscar", "allow"),
        ("olivia deploy deployment release-7 environment=shop-payments requested_by=olivia", "require_approval"),
        (
            "olivia deploy deployment release-7 environment=shop-payments requested_by=alice on_behalf_of=oscar \
             release=v7 approved_by=oscar",
            "require_approval",
        ),
        (
            "olivia deploy deployment release-7 environment=shop-payments requested_by=alice release=v7 approved_by=oscar",
            "allow",
        ),
        ("alice manage cluster edge-swarm", "deny: cluster_level_insufficient (visible)"),
        ("olivia set_cluster_access cluster_member bob cluster=edge-swarm to=view", "allow"),
        ("olivia set_cluster_access cluster_member bob cluster=edge-swarm to=default", "allow"),
        ("olivia view environment shop-nowhere", "deny: unknown_resource (hidden)"),
    ] {
        assert_eq!(decision(words), expected, "{words}");
    }
}

#[test]
fn the_time_is_an_option_or_a_detail() {
    let words = "frank view organization acme-corp";
    assert_eq!(decision(words), "deny: not_a_member (hidden)");
    for time in [format!("--at {AT}"), format!("at={AT}")] {
        assert_eq!(decision(&format!("{words} {time}")), "allow");
    }
    assert_eq!(decision("alice view project shop at=now"), "allow");
    assert_eq!(decision("alice view project shop --at now"), "allow");
    assert_eq!(mistake(&format!("{words} --at {AT} at={AT}")), format!("`at={AT}` is not needed here"));
}

#[test]
fn mistakes_are_named() {
    for (words, problem) in [
        ("alice view project shop loud", "`loud` should be KEY=VALUE"),
        ("alice view project shop cluster=x", "`cluster=x` is not needed here"),
        ("alice view member bob", "`organization=...` is missing"),
        ("carol change_role member bob organization=acme-corp", "`to=...` is missing"),
        ("carol set_expiry member bob organization=acme-corp", "`to=...` is missing"),
        ("olivia create_role organization acme-corp rank=viewer", "`permissions=...` is missing"),
        (
            "olivia create_role organization acme-corp rank=viewer permissions=view,fly",
            "permissions: unknown permission `fly`: expected view, view_logs, deploy, manage_builds, manage_secrets, exec, \
             approve, create_projects, manage_projects, manage_clusters, manage_protection, manage_members, change_roles, \
             manage_billing, view_invoices, manage_organization, view_audit_log, delete_organization or transfer_ownership",
        ),
        (
            "olivia create_role organization acme-corp rank=viewer permissions=view,deploy",
            "the permission deploy needs the rank developer: raise the rank, or leave the permission out",
        ),
        (
            "carol set_protection environment shop-dev to=locked from=admin",
            "a locked environment needs approval from an owner: set `from` to `owner`, or protect it as `restricted`",
        ),
        (
            "carol set_protection environment shop-dev to=restricted from=admin count=0",
            "an approval rule needs 1 to 255 approvals: to require none, leave the rule out",
        ),
        (
            "alice view project shop at=noon",
            "at: `noon` is not a time of RFC 3339: write it like `2026-12-31T23:59:59Z`",
        ),
    ] {
        assert_eq!(mistake(words), problem, "{words}");
    }
    assert!(mistake("alice fly project shop").starts_with("unknown action `fly`: expected view, "));
    assert!(mistake("alice view planet shop").starts_with("unknown resource type `planet`: expected organization, "));
    let few = explain("alice view project");
    assert_eq!((few.status, few.output.as_str()), (1, ""));
    assert!(few.errors.starts_with("error: the following required arguments were not provided:\n  <ID>\n"));
}

#[test]
fn a_stranger_is_said_to_be_one() {
    let output = explain("mallory view project shop").output;
    let note = "(no account in the document is called mallory: it is asked as a stranger)\n\n";
    assert!(output.starts_with(&format!("{note}deny: not_a_member (hidden)\n")), "{output}");
    assert!(output.ends_with("\nmallory is told\n  nothing was found\n"), "{output}");
}

#[test]
fn markdown_has_a_section_for_each_part() {
    let expected = "\
## alice: deploy shop-production

**deny: cluster_level_insufficient (visible)**

alice has view on production-us-east (by an override), and needs deploy to deploy to shop-production; \
alice is a Developer; shop-production is restricted, so an Admin must deploy; 1 approval from an Owner

| gate | verdict |
|---|---|
| applicable | passed |
| membership | passed |
| tenancy | passed |
| credential | not asked |
| standing | passed |
| role | passed |
| cluster | failed |
| safeguard | failed |
| relation | not asked |
| approval | failed |

what lies behind it:

- view on production-us-east

what would open it:

- the project role admin, and deploy on production-us-east, and 1 approval from an Owner
- the role owner, and 1 approval from an Owner
- the role admin, and deploy on production-us-east, and 1 approval from an Owner

alice is told: You have view on production-us-east (by an override), and need deploy to deploy to shop-production; \
you are a Developer; shop-production is restricted, so an Admin must deploy; 1 approval from an Owner
";
    assert_eq!(run(&[&ALICE[..], &["--markdown"]].concat()), Run::done(expected));
    let allowed = run(&["explain", ACME, "alice", "view", "project", "shop", "--markdown"]).output;
    assert!(allowed.ends_with("| approval | not asked |\n\nalice is told: You may view shop\n"), "{allowed}");
}

#[test]
fn json_has_the_answer_and_all_that_led_to_it() {
    let [report] = run(&[&ALICE[..], &["--format", "json"]].concat()).json().try_into().unwrap();
    assert_eq!(report["question"]["resource"], json!({ "type": "environment", "id": "shop-production" }));
    let lacks_level = json!({ "outcome": "deny", "reason": "cluster_level_insufficient", "hidden": false,
        "have": "view", "need": "deploy", "cluster": "production-us-east" });
    assert_eq!(report["answer"], json!({ "decision": false, "context": lacks_level }));
    assert_eq!(report["known"], true);
    assert_eq!(
        report["obstacles"],
        json!([
            { "outcome": "deny", "reason": "cluster_level_insufficient", "have": "view", "need": "deploy", "cluster": "production-us-east" },
            { "outcome": "deny", "reason": "environment_protected", "have": "developer", "need": "admin" },
            { "outcome": "require_approval", "from": "owner", "missing": 1 },
        ])
    );
    assert_eq!(report["gates"][6], json!({ "gate": "cluster", "verdict": "failed" }));
    let approvals = json!({ "from": "owner", "missing": 1 });
    assert_eq!(report["remedies"][1], json!({ "role": "owner", "approvals": approvals }));
    let access = json!([{ "cluster": "production-us-east", "level": "deploy" }]);
    let admin = json!({ "role": "admin", "cluster_access": access, "approvals": approvals });
    assert_eq!(report["remedies"][2], admin);
    let view = json!({ "cluster": "production-us-east", "value": "view", "is_over": false });
    assert_eq!(report["circumstances"], json!([{ "cluster_access": view }]));
    assert!(report["told"].as_str().unwrap().starts_with("You have view on production-us-east (by an override), "));
}

#[test]
fn json_names_what_ran_out_where_grants_come_from_and_what_would_help() {
    let explain = |words: &str| {
        let words = ["explain", ACME].into_iter().chain(words.split_whitespace()).chain(["--format", "json"]);
        let [report] = run(&words.collect::<Vec<_>>()).json().try_into().unwrap();
        report
    };
    let report = explain("erin view project shop at=2026-11-21T12:00:00Z");
    let over = json!([{ "membership_over": { "expires_at": "2026-06-30T00:00:00Z" } }]);
    assert_eq!(report["circumstances"], over);
    assert_eq!(report["remedies"][0], json!({ "later_expiry": true }));

    let report = explain("rita manage cluster vault");
    let deploy = json!({ "cluster": "vault", "value": "deploy", "team": "on-call", "is_over": false });
    let role = json!({ "id": "release-manager", "rank": "admin" });
    assert_eq!(report["circumstances"], json!([{ "custom_role": role }, { "cluster_access": deploy }]));

    let report = explain("bob write_variables project shop");
    let levels: Vec<_> =
        report["obstacles"].as_array().unwrap().iter().filter_map(|obstacle| obstacle.get("cluster")).collect();
    assert_eq!(levels, ["production-us-east"]);
}

#[test]
fn of_a_placement_the_new_cluster_is_named() {
    let words = ["explain", ACME, "alice", "retarget", "placement", "shop-dev", "cluster=production-us-east"];
    let [report] = run(&[&words[..], &["--format", "json"]].concat()).json().try_into().unwrap();
    let clusters: Vec<_> =
        report["obstacles"].as_array().unwrap().iter().filter_map(|held| held.get("cluster")).collect();
    assert_eq!(clusters, ["production-us-east"]);
    assert!(run(&words).output.contains("alice has view on production-us-east (by an override)"));
}

#[test]
fn the_decision_is_coloured_on_a_terminal() {
    for (words, start) in [
        (&ALICE, "\x1b[1m\x1b[31mdeny: cluster_level_insufficient (visible)\x1b[0m\n"),
        (&["explain", ACME, "alice", "view", "project", "shop"], "\x1b[32mallow\x1b[0m\n"),
    ] {
        let output = run_on(words, "", Styles::COLOURED).output;
        assert!(output.starts_with(start), "{output:?}");
        assert_eq!(run_into(&mut Closed, words, "", Styles::PLAIN), (0, String::new()));
    }
}
