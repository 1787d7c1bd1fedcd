//! The recipes of the guide: each document allows what the page says, and the page shows what the command prints.

use std::fs;
use std::path::{Path, PathBuf};

use shipgate::change::Change;
use shipgate::model::ApprovalId;
use shipgate::query::FindingCode;
use shipgate::{
    AccountKind, Action, ActionSet, ClusterAccess, Decision, Directory, Exposure, Grant, Holder, ProjectRole,
    Protection, Reason, ResourceId, Role, SubjectId, Team, Time, Token,
};

use crate::command;
use crate::world::fresh::fresh;

const AT: &str = "2026-11-21T12:00:00Z";
const RECIPES: [&str; 6] = ["auditor", "release-manager", "guest", "preview-bot", "off-boarding", "sole-owner"];

type Resource<'a> = ResourceId<&'a str, &'a [ApprovalId<String>], &'a str>;

const ACME: Resource<'static> = ResourceId::Organization("acme-corp");

/// A file of the repository.
fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A recipe's directory, at the time of its matrix.
struct Recipe {
    directory: Directory<String>,
    now: Time,
}

impl Recipe {
    fn named(name: &str) -> Self {
        let document = read(&format!("examples/data/recipes/{name}.json"));
        Self { directory: Directory::from_json(&document).unwrap(), now: AT.parse().unwrap() }
    }

    fn decide(&self, account: &str, action: Action<&str>, resource: Resource<'_>) -> Decision {
        self.directory.decide(&SubjectId::new(account).at(self.now), action, resource)
    }

    fn allows(&self, account: &str, action: Action<&str>, resource: Resource<'_>) -> bool {
        self.decide(account, action, resource).is_allowed()
    }

    fn awaits_approval(&self, account: &str, resource: Resource<'_>) -> bool {
        matches!(self.decide(account, Action::Deploy, resource), Decision::RequireApproval(_))
    }

    /// Whether an account is told that there is no such thing.
    fn hides(&self, account: &str, resource: Resource<'_>) -> bool {
        self.directory.exposure(&SubjectId::new(account).at(self.now), resource) == Exposure::Hidden
    }

    /// Makes a change that must be allowed.
    fn change(&mut self, account: &str, change: Change<String>) {
        self.directory.change(fresh(), &SubjectId::new(account).at(self.now), change).unwrap();
    }

    fn finds(&self, code: FindingCode) -> bool {
        self.directory.findings("acme-corp", self.now).any(|finding| finding.code() == code)
    }
}

const fn member(account: &str) -> Resource<'_> {
    ResourceId::Member { organization: "acme-corp", account }
}

/// A deployment without a release.
const fn deployment<'a>(
    environment: &'a str,
    requested_by: &'a str,
    approvals: &'a [ApprovalId<String>],
) -> Resource<'a> {
    ResourceId::Deployment { environment, requested_by, on_behalf_of: None, release: None, approvals }
}

fn by(account: &str) -> [ApprovalId<String>; 1] {
    [ApprovalId::new(account.to_string())]
}

/// A new environment on a cluster.
const fn new<'a>(project: &'a str, cluster: &'a str, protection: Protection) -> Resource<'a> {
    ResourceId::NewEnvironment { id: "new", project, cluster, protection }
}

#[test]
fn an_auditor_reads_the_audit_log_and_changes_nothing() {
    let mut recipe = Recipe::named("auditor");
    assert!(recipe.allows("nora", Action::ViewAuditLog, ACME));
    assert!(!recipe.allows("victor", Action::ViewAuditLog, ACME));

    let production = ResourceId::Environment("shop-production");
    for viewer in ["nora", "victor"] {
        for resource in [production, ResourceId::Project("shop"), ResourceId::Cluster("production-us-east")] {
            assert!(recipe.allows(viewer, Action::View, resource), "{viewer} {resource:?}");
        }
        assert!(recipe.allows(viewer, Action::ReadVariables, production));
        assert!(!recipe.allows(viewer, Action::ReadSecrets, production));
    }
    assert!(recipe.allows("victor", Action::ViewLogs, production));
    assert!(!recipe.allows("nora", Action::ViewLogs, production));

    let deploy = Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::Deploy)) };
    let on_production = ResourceId::ClusterMember { cluster: "production-us-east", account: "nora" };
    assert!(matches!(recipe.decide("olivia", deploy, on_production), Decision::Deny(Reason::AboveCeiling { .. })));

    let ledger = ResourceId::Environment("ledger-production");
    assert!(recipe.hides("nora", ledger));
    let to = Some(Grant::new(ProjectRole::Viewer));
    recipe.change("carol", Change::set_project_role("ledger", Holder::Account("nora"), to));
    assert!(recipe.allows("nora", Action::View, ledger));
    assert!(recipe.allows("nora", Action::ViewLogs, ledger));

    recipe.now = "2026-12-31T00:00:00Z".parse().unwrap();
    assert!(!recipe.allows("nora", Action::View, ACME), "the membership has expired");
}

#[test]
fn a_release_manager_deploys_and_approves_and_administers_nothing() {
    let recipe = Recipe::named("release-manager");
    let [staging, production, payments] =
        ["shop-staging", "shop-production", "shop-payments"].map(ResourceId::Environment);
    assert!(recipe.allows("rita", Action::Deploy, production));
    assert!(!recipe.allows("alice", Action::Deploy, production));

    assert!(recipe.awaits_approval("alice", staging));
    for approver in ["rita", "carol"] {
        assert!(recipe.allows(approver, Action::Approve, deployment("shop-staging", "alice", &[])));
        assert!(recipe.allows("alice", Action::Deploy, deployment("shop-staging", "alice", &by(approver))));
    }
    for action in [Action::Manage, Action::Cancel] {
        assert!(recipe.allows("rita", action, deployment("shop-staging", "alice", &[])));
    }

    assert!(recipe.awaits_approval("rita", deployment("shop-staging", "rita", &by("rita"))));
    assert!(recipe.allows("rita", Action::Deploy, deployment("shop-staging", "rita", &by("carol"))));
    let own = recipe.decide("rita", Action::Approve, deployment("shop-staging", "rita", &[]));
    assert_eq!(own, Decision::Deny(Reason::SelfApproval));

    assert!(!recipe.allows("rita", Action::Deploy, payments));
    assert!(!recipe.allows("rita", Action::Approve, deployment("shop-payments", "carol", &[])));
    for action in [Action::ReadSecrets, Action::WriteVariables, Action::SetProtection { to: Protection::NONE }] {
        assert!(!recipe.allows("rita", action, production), "{action}");
        assert!(recipe.allows("carol", action, production), "{action}");
    }
    assert!(!recipe.allows("rita", Action::InviteMember { role: Role::Viewer.into(), expires_at: None }, ACME));

    let cluster = ResourceId::Cluster("production-us-east");
    assert!(recipe.allows("rita", Action::Deploy, cluster));
    assert!(!recipe.allows("rita", Action::Manage, cluster));
}

/// What the page says of other ranks for the same permissions.
#[test]
fn a_release_manager_of_the_rank_developer_does_not_deploy_to_restricted_environments() {
    let document = read("examples/data/recipes/release-manager.json");
    let hidden = document.replace(r#""id": "shop","#, r#""id": "shop", "visibility": "members","#);
    assert_ne!(hidden, document);
    let recipe = Recipe { directory: Directory::from_json(&hidden).unwrap(), now: AT.parse().unwrap() };
    assert!(recipe.allows("rita", Action::Deploy, ResourceId::Environment("shop-production")));

    let lower = document.replace(r#""rank": "admin""#, r#""rank": "developer""#);
    assert_ne!(lower, document);
    let recipe = Recipe { directory: Directory::from_json(&lower).unwrap(), now: AT.parse().unwrap() };
    assert!(recipe.allows("rita", Action::Approve, deployment("shop-staging", "alice", &[])));
    let denied = recipe.decide("rita", Action::Deploy, ResourceId::Environment("shop-production"));
    assert_eq!(denied, Decision::Deny(Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin }));

    let lower = hidden.replace(r#""rank": "admin""#, r#""rank": "developer""#);
    let recipe = Recipe { directory: Directory::from_json(&lower).unwrap(), now: AT.parse().unwrap() };
    assert!(recipe.hides("rita", ResourceId::Project("shop")));
}

#[test]
fn a_guest_works_in_one_project_and_sees_no_other() {
    let recipe = Recipe::named("guest");
    for account in ["alice", "gus"] {
        assert!(recipe.allows(account, Action::Deploy, ResourceId::Environment("shop-dev")));
        assert!(recipe.awaits_approval(account, ResourceId::Environment("shop-production")));
    }
    let elsewhere = [
        ResourceId::Project("website"),
        ResourceId::Environment("website-dev"),
        ResourceId::Cluster("staging-us-east"),
    ];
    for resource in elsewhere {
        assert!(recipe.hides("gus", resource), "{resource:?}");
        assert!(!recipe.hides("alice", resource), "{resource:?}");
    }
    for resource in [ACME, member("alice"), ResourceId::Role("guest")] {
        assert!(recipe.allows("gus", Action::View, resource), "{resource:?}");
    }
}

#[test]
fn another_rank_would_not_do_for_a_guest() {
    let document = read("examples/data/recipes/guest.json");
    let with_rank = |rank: &str| {
        let document = document.replace(r#""rank": "developer""#, &format!(r#""rank": "{rank}""#));
        let owner = r#""members": [{ "account": "olivia", "role": "owner" },"#;
        let document = document.replacen(r#""members": ["#, owner, 1);
        Recipe { directory: Directory::from_json(&document).unwrap(), now: AT.parse().unwrap() }
    };
    let deploy = Action::SetClusterAccess { to: Some(Grant::new(ClusterAccess::Deploy)) };
    let on_staging = ResourceId::ClusterMember { cluster: "staging-us-east", account: "gus" };
    assert!(matches!(
        with_rank("viewer").decide("olivia", deploy, on_staging),
        Decision::Deny(Reason::AboveCeiling { .. })
    ));
    assert!(with_rank("developer").allows("olivia", deploy, on_staging));
    assert!(with_rank("admin").hides("gus", ResourceId::Project("shop")), "the project role does not count");
}

#[test]
fn a_preview_bot_manages_previews_and_touches_nothing_else() {
    let recipe = Recipe::named("preview-bot");
    let preview = ResourceId::Environment("shop-pr-7");
    assert!(recipe.allows("preview-bot", Action::Create, new("shop-previews", "previews-us-east", Protection::NONE)));
    for action in [Action::View, Action::Deploy, Action::Delete] {
        assert!(recipe.allows("preview-bot", action, preview), "{action}");
    }
    assert!(!recipe.allows(
        "preview-bot",
        Action::Create,
        new("shop-previews", "production-us-east", Protection::NONE)
    ));
    assert!(!recipe.allows(
        "preview-bot",
        Action::Retarget,
        ResourceId::Placement { environment: "shop-pr-7", to: "production-us-east" },
    ));
    assert!(recipe.hides("preview-bot", ResourceId::Project("shop")));

    let locked = new("shop-previews", "previews-us-east", Protection::LOCKED);
    let tightening = Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin };
    assert_eq!(recipe.decide("preview-bot", Action::Create, locked), Decision::Deny(tightening));

    // The token that the page advises.
    let actions = ActionSet::VIEW | ActionSet::CREATE | ActionSet::DEPLOY | ActionSet::DELETE;
    let token = Token::new(actions).for_projects(["shop-previews".to_string()]);
    let bot = SubjectId::new("preview-bot").of_kind(AccountKind::Service).with_token(&token).at(recipe.now);
    assert!(recipe.directory.decide(&bot, Action::Deploy, preview).is_allowed());
    assert!(recipe.allows("preview-bot", Action::ReadSecrets, preview));
    assert_eq!(recipe.directory.decide(&bot, Action::ReadSecrets, preview), Decision::Deny(Reason::OutOfScope));
}

#[test]
fn who_removes_whom() {
    let recipe = Recipe::named("off-boarding");
    let everyone = ["olivia", "oscar", "frank", "carol", "tess", "paula", "alice", "victor", "ci-bot"];
    let owners = ["olivia", "oscar", "frank"];
    for account in everyone {
        for target in everyone.into_iter().filter(|target| *target != account) {
            let expected = match account {
                "olivia" | "oscar" => true,
                "frank" | "carol" | "tess" => !owners.contains(&target),
                "paula" => target == "victor",
                _ => false,
            };
            assert_eq!(recipe.allows(account, Action::Remove, member(target)), expected, "{account} {target}");
        }
        assert!(recipe.allows(account, Action::Remove, member(account)), "{account} leaves");
    }
}

#[test]
fn a_removed_member_loses_everything_at_once() {
    let mut recipe = Recipe::named("off-boarding");
    let (cluster, shop) = (ResourceId::Cluster("production-us-east"), ResourceId::Project("shop"));
    assert!(recipe.allows("alice", Action::Manage, cluster));
    assert!(recipe.allows("alice", Action::UPDATE, shop));

    recipe.change("carol", Change::remove_member("acme-corp", "alice"));
    assert_eq!(recipe.decide("alice", Action::View, ACME), Decision::Deny(Reason::NotAMember));
    assert_eq!(recipe.directory.team("on-call").map(Team::members), Some(0));

    let invite = Change::invite_member("acme-corp", "alice", AccountKind::User, Role::Developer, None);
    recipe.change("carol", invite);
    assert!(recipe.allows("alice", Action::View, ACME));
    assert!(recipe.hides("alice", cluster));
    assert!(!recipe.allows("alice", Action::UPDATE, shop));
}

#[test]
fn an_approval_counts_again_when_its_approver_comes_back() {
    let mut recipe = Recipe::named("release-manager");
    let approvals = by("rita");
    let staging = deployment("shop-staging", "alice", &approvals);
    assert!(recipe.allows("alice", Action::Deploy, staging));
    recipe.change("carol", Change::remove_member("acme-corp", "rita"));
    assert!(recipe.awaits_approval("alice", staging));
    recipe.change("carol", Change::invite_member("acme-corp", "rita", AccountKind::User, Role::Admin, None));
    assert!(recipe.allows("alice", Action::Deploy, staging));
}

#[test]
fn a_sole_owner_deploys_to_a_locked_environment_by_self_approval_or_bypass() {
    let mut recipe = Recipe::named("sole-owner");
    assert!(recipe.finds(FindingCode::OneOwner));
    assert!(recipe.finds(FindingCode::UnapprovableEnvironment));

    let [payments, ledger, production] =
        ["shop-payments", "shop-ledger", "shop-production"].map(|id| (id, ResourceId::Environment(id)));
    for (_, environment) in [payments, ledger, production] {
        assert!(recipe.awaits_approval("olivia", environment));
    }
    for approver in ["olivia", "carol", "alice"] {
        assert!(!recipe.allows(approver, Action::Approve, deployment(payments.0, "olivia", &[])), "{approver}");
    }
    assert!(!recipe.allows("olivia", Action::BreakGlass, payments.1));

    assert!(recipe.allows("olivia", Action::Approve, deployment(ledger.0, "olivia", &[])));
    assert!(recipe.allows("olivia", Action::Deploy, deployment(ledger.0, "olivia", &by("olivia"))));

    assert!(recipe.allows("olivia", Action::BreakGlass, production.1));
    assert!(!recipe.allows("carol", Action::BreakGlass, production.1));

    for action in [Action::Remove, Action::ChangeRole { to: Role::Admin.into() }] {
        assert_eq!(recipe.decide("olivia", action, member("olivia")), Decision::Deny(Reason::LastOwner), "{action}");
    }
    assert!(!recipe.allows("olivia", Action::SetExpiry { to: Some(Time::MAX) }, member("olivia")));

    recipe.change("olivia", Change::transfer_ownership("acme-corp", "carol"));
    assert!(recipe.allows("carol", Action::Delete, ACME));
    assert!(recipe.allows("olivia", Action::ViewAuditLog, ACME), "an Admin");
    assert!(!recipe.allows("olivia", Action::Delete, ACME));
}

/// The blocks of the page, each after a marker that names its file.
fn blocks<'a>(page: &'a str, marker: &str, language: &str) -> Vec<(&'a str, &'a str)> {
    let start = format!("<!-- {marker}: ");
    let block = |rest: &'a str| {
        let (file, rest) = rest.split_once(" -->\n").unwrap();
        let block = rest.strip_prefix(&*format!("```{language}\n")).unwrap_or_else(|| panic!("{file}: no block"));
        (file, block.split_once("```").unwrap().0)
    };
    page.split(&*start).skip(1).map(block).collect()
}

#[test]
fn the_page_shows_the_documents() {
    let page = read("src/guide/recipes.md");
    let shown = blocks(&page, "document", "json");
    assert_eq!(shown.len(), RECIPES.len());
    for (recipe, (file, block)) in RECIPES.into_iter().zip(shown) {
        assert_eq!(file, format!("examples/data/recipes/{recipe}.json"));
        assert_eq!(block, read(file), "{file} differs from the page");
    }
}

/// `UPDATE_RECIPES=1` writes the files again.
#[test]
fn the_command_prints_the_matrix_of_each_recipe() {
    for recipe in RECIPES {
        let document = at(&format!("examples/data/recipes/{recipe}.json"));
        let printed = command::output(&["matrix", document.to_str().unwrap(), "--at", AT]);
        let file = format!("examples/data/recipes/{recipe}.txt");
        if std::env::var_os("UPDATE_RECIPES").is_some() {
            fs::write(at(&file), &printed).unwrap();
        }
        assert!(printed == read(&file), "{file} differs: run `UPDATE_RECIPES=1 cargo test --test it recipes`");
    }
}

/// The page shows parts of a matrix: titles of tables, and blocks of rows that are not changed.
#[test]
fn the_page_shows_parts_of_the_matrix_of_each_recipe() {
    let page = read("src/guide/recipes.md");
    let shown = blocks(&page, "matrix", "text");
    let files: Vec<_> = RECIPES.map(|recipe| format!("examples/data/recipes/{recipe}.txt")).into();
    assert_eq!(shown.iter().map(|(file, _)| *file).collect::<Vec<_>>(), files);
    for (file, block) in shown {
        let matrix = read(file);
        let mut parts = block.trim_end().split("\n\n").peekable();
        assert!(parts.peek().is_some_and(|first| !first.is_empty()), "{file}");
        let mut from = 0;
        for part in parts {
            let part = format!("\n{part}\n");
            let found = matrix[from..].find(&part);
            from += found.unwrap_or_else(|| panic!("{file} does not have, in this order:{part}"));
        }
    }
}
