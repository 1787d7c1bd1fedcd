//! `shipgate diff`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use shipgate::directory::{AccountRef, EnvironmentRef, Question};
use shipgate::json::Answer;
use shipgate::{AccountKind, Action, Decision, Directory, Exposure, Protection, Reason, ResourceId, Time};

use super::program::ask::requests;
use super::program::console::Styles;
use super::{ACME, ACME_TEXT, Closed, Run, edited, file, run, run_into, run_on};

const AT: &str = "2026-11-21T12:00:00Z";

/// Replacements in the document of acme-corp, each of which makes another document that loads.
const EDITS: &[&[(&str, &str)]] = &[
    // A level on a cluster, and a role in a project.
    &[(r#"{ "account": "bob", "level": "view" }"#, r#"{ "account": "bob", "level": "deploy" }"#)],
    &[(r#"{ "account": "victor", "role": "admin" }"#, r#"{ "account": "victor", "role": "viewer" }"#)],
    // A role, and with it the number of owners.
    &[(r#"{ "account": "oscar", "role": "owner" }"#, r#"{ "account": "oscar", "role": "developer" }"#)],
    // An expiry.
    &[(r#""role": "viewer", "expires_at": "2026-06-30T00:00:00Z""#, r#""role": "viewer""#)],
    // A member who left, and one who came.
    &[
        (r#"{ "account": "ada", "role": "admin" }"#, r#"{ "account": "ivan", "role": "admin" }"#),
        (r#"{ "account": "ada", "level": "view" },"#, ""),
    ],
    // A user who becomes a service, and a service that becomes a user.
    &[(r#"{ "id": "ops-bot", "kind": "service" }"#, r#"{ "id": "carol", "kind": "service" }"#)],
    // Who sees a project, and how environments are protected.
    &[(
        r#""id": "ledger",
          "visibility": "members""#,
        r#""id": "ledger",
          "visibility": "organization""#,
    )],
    &[(r#""namespace": "shop-dev""#, r#""namespace": "shop-dev", "protection": "locked""#)],
    &[(r#""count": 2"#, r#""count": 3"#)],
    // The cluster that an environment is on.
    &[(r#"{ "id": "shop-dev", "cluster": "staging-us-east""#, r#"{ "id": "shop-dev", "cluster": "edge-swarm""#)],
    // An environment that is gone, and a project and a cluster that are new.
    &[
        (
            r#"{ "id": "ledger-dev", "cluster": "staging-us-east", "namespace": "ledger-dev", "protection": "none" },"#,
            "",
        ),
        (r#"{ "id": "website" }"#, r#"{ "id": "website" }, { "id": "wiki", "visibility": "members" }"#),
        (r#""clusters": [{ "id": "globex-eu""#, r#""clusters": [{ "id": "globex-us" }, { "id": "globex-eu""#),
    ],
    // What moves to another organization, one member of which is a member of both.
    &[
        (
            r#",
        { "id": "website" }"#,
            "",
        ),
        (
            r#""projects": [
        {
          "id": "portal""#,
            r#""projects": [{ "id": "website" },
        {
          "id": "portal""#,
        ),
    ],
    // A custom role: its permissions, and who has it.
    &[(
        r#""permissions": ["view", "view_audit_log"]"#,
        r#""permissions": ["view", "view_audit_log", "view_invoices"]"#,
    )],
    &[(r#"{ "account": "victor", "role": "viewer" }"#, r#"{ "account": "victor", "role": "shipper" }"#)],
    &[(
        r#"{ "id": "shipper", "rank": "developer", "permissions": ["view", "deploy"] }"#,
        r#"{ "id": "deployer", "rank": "developer", "permissions": ["view", "deploy"] }"#,
    )],
    // A team: who is in it, what it is granted, and one that is gone.
    &[(r#""members": ["alice", "rita"]"#, r#""members": ["alice", "bob"]"#)],
    &[(r#"{ "team": "on-call", "level": "deploy" }"#, r#"{ "team": "on-call", "level": "view" }"#)],
    &[(r#"{ "team": "contractors", "role": "developer", "#, r#"{ "team": "contractors", "role": "admin", "#)],
    &[(
        r#",
        { "id": "night-shift" }"#,
        "",
    )],
    // Who sees a cluster.
    &[(
        r#""visibility": "members",
          "access": ["#,
        r#""access": ["#,
    )],
    // Who may deploy without approval.
    &[(r#""from": "admin", "bypass": "admin""#, r#""from": "admin", "bypass": "owner""#)],
    // An organization that is gone.
    &[(r#""id": "globex","#, r#""id": "initech","#)],
];

fn edit(replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(ACME_TEXT.to_owned(), |text, (from, to)| edited(&text, from, to))
}

fn diff(before: &str, after: &str, options: &[&str]) -> Run {
    run(&[&["diff", before, after], options].concat())
}

#[test]
fn a_document_does_not_differ_from_itself() {
    assert_eq!(diff(ACME, ACME, &[]), Run::done("no answer differs\n"));
    assert_eq!(diff(ACME, ACME, &["--markdown", "--at", AT]), Run::done("no answer differs\n"));
    assert_eq!(diff(ACME, ACME, &["--format", "json", "--outcomes"]), Run::done(""));
    // Its order does not matter, nor does what decides nothing.
    let (bots, stob) = (r#"{ "id": "ci-bot", "kind": "service" },"#, r#"{ "id": "ops-bot", "kind": "service" }"#);
    let other = edited(&edited(ACME_TEXT, bots, ""), stob, &format!("{stob}, {}", bots.trim_end_matches(',')));
    let other = file("diff-order.json", &edited(&other, r#""orchestrator": "compose""#, r#""orchestrator": "swarm""#));
    assert_eq!(diff(ACME, &other, &[]), Run::done("no answer differs\n"));
    // Nor does a namespace.
    let moved = edited(ACME_TEXT, r#""namespace": "shop-dev""#, r#""namespace": "elsewhere""#);
    assert_eq!(diff(ACME, &file("diff-namespace.json", &moved), &[]), Run::done("no answer differs\n"));
}

#[test]
fn each_answer_that_differs_is_a_line() {
    let one = |level: &str| {
        format!(
            r#"{{ "organizations": [{{ "id": "acme-corp",
                "members": [{{ "account": "olivia", "role": "owner" }}, {{ "account": "victor", "role": "viewer" }}],
                "clusters": [{{ "id": "us-east", "access": [{{ "account": "victor", "level": "{level}" }}] }}] }}] }}"#
        )
    };
    let (before, after) = (file("diff-view.json", &one("view")), file("diff-none.json", &one("none")));
    let text = "\
victor view cluster us-east: allowed -> not found
victor update cluster us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor update to organization cluster us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor update to members cluster us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor delete cluster us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor deploy cluster us-east: denied: role_insufficient have=viewer permission=deploy -> not found
victor manage cluster us-east: denied: cluster_level_insufficient cluster=us-east have=view need=manage -> not found
victor view cluster_member olivia on us-east: allowed -> not found
victor set_cluster_access to none cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to view cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to deploy cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to manage cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to default cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to none until 0000-01-01T00:00:00Z cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to view until 0000-01-01T00:00:00Z cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to deploy until 0000-01-01T00:00:00Z cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to manage until 0000-01-01T00:00:00Z cluster_member olivia on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor view cluster_member victor on us-east: allowed -> not found
victor set_cluster_access to none cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to view cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to deploy cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to manage cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to default cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to none until 0000-01-01T00:00:00Z cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to view until 0000-01-01T00:00:00Z cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to deploy until 0000-01-01T00:00:00Z cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
victor set_cluster_access to manage until 0000-01-01T00:00:00Z cluster_member victor on us-east: denied: role_insufficient have=viewer permission=manage_clusters -> not found
27 answers differ
";
    assert_eq!(diff(&before, &after, &[]), Run { status: 2, output: text.to_owned(), errors: String::new() });

    let markdown = diff(&before, &after, &["--format", "markdown"]);
    let start = "\
| account | action | resource | before | after |
|---|---|---|---|---|
| victor | view | cluster us-east | allowed | not found |
";
    assert!(markdown.output.starts_with(start), "{}", markdown.output);
    assert!(markdown.output.ends_with("|\n\n27 answers differ\n"), "{}", markdown.output);

    let json = diff(&before, &after, &["--format", "json", "--at", AT]);
    let question = json!({
        "subject": { "type": "user", "id": "victor" }, "action": { "name": "view" },
        "resource": { "type": "cluster", "id": "us-east" }, "context": { "time": AT },
    });
    assert_eq!(json.status, 2);
    assert_eq!(json.json().len(), 27);
    let hidden = json!({ "outcome": "deny", "reason": "cluster_level_insufficient", "hidden": true });
    assert_eq!(
        json.json()[0],
        json!({
            "question": question,
            "before": { "decision": true, "context": { "outcome": "allow" } },
            "after": { "decision": false, "context": hidden },
        })
    );
}

#[test]
fn outcomes_leave_out_denials_for_another_reason() {
    let after = edited(
        ACME_TEXT,
        r#"{ "id": "shop-payments", "cluster": "production-us-east", "namespace": "shop-payments", "protection": "locked" }"#,
        r#"{ "id": "shop-payments", "cluster": "production-us-east", "namespace": "shop-payments", "protection": "restricted" }"#,
    );
    let after = file("diff-outcomes.json", &after);
    let all = diff(ACME, &after, &["--at", AT]).output;
    let outcomes = diff(ACME, &after, &["--at", AT, "--outcomes"]).output;
    let reason = "alice delete environment shop-payments: ";
    let outcome =
        "ada read_secrets environment shop-payments: denied: environment_protected have=admin need=owner -> allowed\n";
    assert!(all.contains(outcome) && outcomes.contains(outcome), "{outcomes}");
    assert!(!outcomes.contains(reason), "{outcomes}");
    let lines = |text: &str| text.lines().rev().skip(1).map(ToOwned::to_owned).collect::<BTreeSet<_>>();
    let (all, outcomes) = (lines(&all), lines(&outcomes));
    assert!(outcomes.is_subset(&all));
    let only_reasons = |line: &&String| line.split_once(": ").unwrap().1.matches("denied: ").count() == 2;
    assert_eq!(all.difference(&outcomes).count(), all.iter().filter(only_reasons).count());
    assert!(all.iter().any(|line| only_reasons(&line)));
}

#[test]
fn a_reader_that_goes_away_does_not_hide_that_answers_differ() {
    let after = file("diff-closed.json", &edit(EDITS[0]));
    assert_eq!(run_into(&mut Closed, &["diff", ACME, &after], "", Styles::PLAIN), (2, String::new()));
    assert_eq!(run_into(&mut Closed, &["diff", ACME, ACME], "", Styles::PLAIN), (0, String::new()));
}

#[test]
fn decide_gives_the_answers_of_a_difference() {
    let after = file("diff-decide.json", &edit(EDITS[5]));
    let differences = diff(ACME, &after, &["--format", "json", "--at", AT]).json();
    let questions: Vec<String> = differences.iter().map(|line| line["question"].to_string()).collect();
    let questions = questions.join("\n");
    for (document, side) in [(ACME, "before"), (after.as_str(), "after")] {
        let answers = run_on(&["decide", document], &questions, Styles::PLAIN);
        assert_eq!(answers.status, 0);
        let expected: Vec<Value> = differences.iter().map(|line| line[side].clone()).collect();
        assert_eq!(answers.json(), expected);
    }
    // Someone who was a user and is a service is asked about as both.
    let kinds: BTreeSet<&str> = differences
        .iter()
        .filter(|line| line["question"]["subject"]["id"] == "carol")
        .filter_map(|line| line["question"]["subject"]["type"].as_str())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["user", "service"]));
}

/// The command skips what cannot differ; this asks everything.
#[test]
fn it_finds_exactly_the_answers_that_differ() {
    let before = Directory::<String>::from_json(ACME_TEXT).unwrap();
    for (i, replacements) in EDITS.iter().enumerate() {
        let text = edit(replacements);
        let after = Directory::<String>::from_json(&text).unwrap();
        let path = file(&format!("diff-exact-{i}.json"), &text);
        for (options, seen) in [
            (&["--at", AT, "--format", "json"][..], seen as fn(&Answer) -> Value),
            (&["--at", AT, "--format", "json", "--outcomes"], outcome),
        ] {
            let found = diff(ACME, &path, options);
            let lines: Vec<String> = found.json().iter().map(|line| line["question"].to_string()).collect();
            let expected = differences(&before, &after, seen);
            let unique: BTreeSet<String> = lines.iter().cloned().collect();
            assert_eq!(unique.len(), lines.len(), "{replacements:?}: a question is there twice");
            let missed: Vec<_> = expected.difference(&unique).collect();
            let invented: Vec<_> = unique.difference(&expected).collect();
            assert!(missed.is_empty() && invented.is_empty(), "{replacements:?}\n{missed:#?}\n{invented:#?}");
            assert_eq!(found.status, if expected.is_empty() { 0 } else { 2 });
            assert!(!expected.is_empty() || options.contains(&"--outcomes"), "{replacements:?} changes no answer");
        }
    }
}

/// What an account sees of an answer.
fn seen(answer: &Answer) -> Value {
    match answer.exposure() {
        Exposure::Hidden => Value::Null,
        Exposure::Visible => serde_json::to_value(answer).unwrap(),
    }
}

fn outcome(answer: &Answer) -> Value {
    let seen = seen(answer);
    seen.pointer("/context/outcome").cloned().unwrap_or(seen)
}

/// The questions, as JSON, whose answers are not seen to be the same.
fn differences(
    before: &Directory<String>,
    after: &Directory<String>,
    seen: impl Fn(&Answer) -> Value,
) -> BTreeSet<String> {
    let both = [before, after];
    let time: Time = AT.parse().unwrap();
    let accounts: BTreeSet<(&String, bool)> = both
        .iter()
        .flat_map(|held| held.accounts())
        .map(|account| (account.id(), account.kind() == AccountKind::Service))
        .collect();
    let ids: BTreeSet<&String> = accounts.iter().map(|(id, _)| *id).collect();
    let mut found = BTreeSet::new();
    for (resource, roles) in resources(both, &ids) {
        let applies = |action: &Action<&str>| {
            let of = |held: &&Directory<String>| {
                held.decide(&shipgate::SubjectId::new("nobody"), *action, resource.borrowed::<str>())
                    != Decision::Deny(Reason::NotApplicable)
            };
            let proposed = matches!(resource, ResourceId::NewEnvironment { .. });
            both.iter().all(of) && proposed == (*action == Action::Create)
        };
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        let actions = requests(resource.kind(), &roles, Some(time)).map(|request| request.action);
        let actions: Vec<Action<&str>> = actions.filter(applies).collect();
        for (account, is_service) in &accounts {
            let kind = if *is_service { AccountKind::Service } else { AccountKind::User };
            for action in &actions {
                for resource in deployments(&resource, account, both) {
                    let question = Question::new((*account).clone(), action.map(ToOwned::to_owned), resource);
                    let question = question.of_kind(kind).at(time);
                    let [before, after] = both.map(|held| seen(&Answer::new(held, &question)));
                    if before != after {
                        found.insert(serde_json::to_value(&question).unwrap().to_string());
                    }
                }
            }
        }
    }
    found
}

/// A deployment is one's own, or that of the first other member of the organization.
fn deployments(resource: &ResourceId<String>, account: &str, both: [&Directory<String>; 2]) -> Vec<ResourceId<String>> {
    let ResourceId::Deployment { environment, .. } = resource else { return vec![resource.clone()] };
    let organizations = both.iter().filter_map(|held| Some(held.environment(environment)?.organization()));
    let members: BTreeSet<&String> = organizations
        .flat_map(|id| both.iter().flat_map(move |held| held.members_of(id)))
        .map(AccountRef::id)
        .collect();
    let other = members.into_iter().find(|member| *member != account).cloned().unwrap_or_default();
    let of = |requested_by| deployment(environment, requested_by);
    vec![of(account.to_owned()), of(other)]
}

/// A deployment without approvals.
fn deployment(environment: &str, requested_by: String) -> ResourceId<String> {
    let (on_behalf_of, release, approvals) = (None, None, vec![]);
    ResourceId::Deployment { environment: environment.to_owned(), requested_by, on_behalf_of, release, approvals }
}

/// Every resource that can be named with what either directory holds, with the custom roles of its organization.
fn resources(
    both: [&Directory<String>; 2],
    accounts: &BTreeSet<&String>,
) -> Vec<(ResourceId<String>, BTreeSet<String>)> {
    let organizations: BTreeSet<String> =
        both.iter().flat_map(|held| held.organizations()).map(|held| held.id().clone()).collect();
    organizations.iter().flat_map(|organization| resources_of(organization, both, accounts)).collect()
}

fn resources_of(
    organization: &String,
    both: [&Directory<String>; 2],
    accounts: &BTreeSet<&String>,
) -> Vec<(ResourceId<String>, BTreeSet<String>)> {
    let roles: BTreeSet<String> =
        both.iter().flat_map(|held| held.roles_of(organization)).map(|held| held.id().clone()).collect();
    let teams: BTreeSet<String> =
        both.iter().flat_map(|held| held.teams_of(organization)).map(|held| held.id().clone()).collect();
    let projects: BTreeSet<String> =
        both.iter().flat_map(|held| held.projects_of(organization)).map(|held| held.id().clone()).collect();
    let clusters: BTreeSet<String> =
        both.iter().flat_map(|held| held.clusters_of(organization)).map(|held| held.id().clone()).collect();
    let mut environments: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for environment in both.iter().flat_map(|held| held.environments_of(organization)) {
        environments.entry(environment.id().clone()).or_default().insert(environment.cluster());
    }
    // Each may be on a cluster that is another organization's in one of them.
    for held in both {
        for (id, on) in &mut environments {
            on.extend(held.environment(id).map(EnvironmentRef::cluster));
        }
    }
    let accounts = || accounts.iter().map(|id| (*id).clone());
    let mut all = vec![ResourceId::Organization(organization.clone())];
    all.extend(accounts().map(|account| ResourceId::Member { organization: organization.clone(), account }));
    all.extend(roles.iter().cloned().map(ResourceId::Role));
    for team in &teams {
        all.push(ResourceId::Team(team.clone()));
        all.extend(accounts().map(|account| ResourceId::TeamMember { team: team.clone(), account }));
    }
    for project in &projects {
        all.push(ResourceId::Project(project.clone()));
        all.extend(accounts().map(|account| ResourceId::ProjectMember { project: project.clone(), account }));
        all.extend(teams.iter().cloned().map(|team| ResourceId::ProjectTeam { project: project.clone(), team }));
        all.extend(clusters.iter().map(|cluster| ResourceId::NewEnvironment {
            id: "new".to_owned(),
            project: project.clone(),
            cluster: cluster.clone(),
            protection: Protection::NONE,
        }));
    }
    for (environment, on) in &environments {
        all.push(ResourceId::Environment(environment.clone()));
        all.push(deployment(environment, String::new()));
        // One that is on this cluster in both does not move there.
        let others = clusters.iter().filter(|cluster| *on != BTreeSet::from([*cluster]));
        all.extend(others.map(|to| ResourceId::Placement { environment: environment.clone(), to: to.clone() }));
    }
    for cluster in &clusters {
        all.push(ResourceId::Cluster(cluster.clone()));
        all.extend(accounts().map(|account| ResourceId::ClusterMember { cluster: cluster.clone(), account }));
        all.extend(teams.iter().cloned().map(|team| ResourceId::ClusterTeam { cluster: cluster.clone(), team }));
    }
    all.into_iter().map(|resource| (resource, roles.clone())).collect()
}
