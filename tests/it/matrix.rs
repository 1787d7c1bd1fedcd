//! The whole policy as one text: who may do what to what, and why not. Reviewed as a diff, made anew with
//!
//! ```text
//! UPDATE_MATRIX=1 cargo test --test it matrix
//! ```

mod asker;
mod needs;
mod parameters;
mod protections;
mod question;
mod scene;
mod symbol;
mod table;
mod walls;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use shipgate::model::{Permission, ResourceKind};
use shipgate::{Action, ClusterAccess, Decision, ProjectRole, Reason, Visibility};

use asker::{Setting, Who};
use needs::Needs;
use table::{Table, wrapped};
use walls::Grid;

const REVIEWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/matrix.txt");

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::ask);

#[test]
fn the_policy_is_as_it_was_reviewed() {
    let policy = POLICY.to_text();
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(REVIEWED, policy).expect("the matrix can be written");
        return;
    }
    let reviewed = std::fs::read_to_string(REVIEWED).expect("the matrix can be read");
    assert!(
        policy == reviewed,
        "the policy is not as it was reviewed (-: reviewed, +: now):\n{}\n\
         If it should be so: `UPDATE_MATRIX=1 cargo test --test it matrix`, read the diff, and say so in the changelog.",
        differences(&reviewed, &policy)
    );
}

#[test]
fn every_answer_of_decide_stands_in_the_matrix_under_a_character_of_its_own() {
    let legend = symbol::legend();
    let characters: BTreeSet<char> = legend.iter().map(|(symbol, _)| *symbol).collect();
    assert_eq!(characters.len(), legend.len(), "two answers share a character");

    let mut found: BTreeSet<char> = POLICY.tables().flat_map(Table::symbols).chain(POLICY.tokens.symbols()).collect();
    assert!(found.remove(&walls::UNCHANGED), "no token leaves anything as it is");
    assert_eq!(found, characters, "the matrix does not show each answer of the legend, or shows another");
}

#[test]
fn every_action_is_allowed_to_somebody_on_every_kind_of_resource_that_it_applies_to() {
    for table in POLICY.tables() {
        for (action, symbols) in table.symbols_by_action() {
            assert!(symbols.contains(&symbol::ALLOW), "{action}: {symbols:?}");
            assert!(symbols.len() > 1, "{action} is answered {symbols:?} only");
        }
    }
}

#[test]
fn every_permission_is_asked_for_by_an_action() {
    let mut asked: Vec<_> = POLICY.needs.permissions().map(Permission::index).collect();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked, Permission::ALL.map(Permission::index), "an action asks for each permission");
}

#[test]
fn nobody_is_answered_across_the_wall() {
    assert_eq!(POLICY.wall.symbols(), BTreeSet::from(['m']));
}

/// The matrix asks for those updates only that a kind of resource has.
#[test]
fn an_update_applies_to_those_kinds_of_resource_only_that_have_what_it_changes() {
    for kind in ResourceKind::ALL {
        let of_kind: Vec<_> = parameters::parameters(shipgate::ActionKind::Update, kind)
            .into_iter()
            .map(|(_, action)| std::mem::discriminant(&update_of(action)))
            .collect();
        for to in parameters::every_update() {
            let (_, scene) = scene::scenes(kind).remove(0).1.remove(0);
            let is_its_own = of_kind.contains(&std::mem::discriminant(&to));
            let answer =
                question::ask(Who::Member(shipgate::Role::Owner), Action::Update { to }, scene, &Setting::PLAIN);
            if !is_its_own {
                assert_eq!(answer, Decision::Deny(Reason::NotApplicable), "{to:?} on {kind}");
            }
        }
    }
}

fn update_of(action: parameters::Asked) -> shipgate::model::Update {
    match action {
        Action::Update { to } => to,
        other => panic!("{other} is no update"),
    }
}

/// Every answer.
struct Policy {
    by_override: Vec<Table>,
    by_override_of_a_team: Vec<Table>,
    by_project_role: Vec<(Visibility, Vec<Table>)>,
    wall: Grid,
    tokens: Grid,
    needs: Needs,
}

impl Policy {
    fn ask() -> Self {
        let of_clusters = || ResourceKind::ALL.into_iter().filter(|kind| is_on_a_cluster(*kind));
        let of_projects = || ResourceKind::ALL.into_iter().filter(|kind| is_of_a_project(*kind));
        let by_project_role = |visibility| {
            let settings = Setting::each_project_role(visibility);
            (visibility, of_projects().map(|kind| Table::ask(kind, &settings)).collect())
        };
        Self {
            by_override: ResourceKind::ALL.map(|kind| Table::ask(kind, &Setting::each_override())).into(),
            by_override_of_a_team: of_clusters()
                .map(|kind| Table::ask(kind, &Setting::each_override_of_a_team()))
                .collect(),
            by_project_role: Visibility::ALL.map(by_project_role).into(),
            wall: walls::wall(),
            tokens: walls::tokens(),
            needs: Needs::ask(),
        }
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        let by_project_role = self.by_project_role.iter().flat_map(|(_, tables)| tables);
        self.by_override.iter().chain(&self.by_override_of_a_team).chain(by_project_role)
    }

    fn to_text(&self) -> String {
        let mut text = legend();
        let overrides = then(&ClusterAccess::ALL);
        heading(&mut text, &format!("In a cell: without an override on the cluster, {overrides}"));
        for table in &self.by_override {
            table.write(&mut text);
        }
        heading(
            &mut text,
            &format!("The cluster visible to its members only. In a cell: without an override, by a team {overrides}"),
        );
        for table in &self.by_override_of_a_team {
            table.write(&mut text);
        }
        for (visibility, tables) in &self.by_project_role {
            let roles = then(&ProjectRole::ALL);
            let (whom, given) = match visibility {
                Visibility::Organization => ("the organization", roles),
                Visibility::Members => ("their members only", format!("by a team {roles}")),
            };
            heading(
                &mut text,
                &format!(
                    "Project and cluster visible to {whom}. In a cell: without a project role, {given} (no override)"
                ),
            );
            for table in tables {
                table.write(&mut text);
            }
        }
        heading(&mut text, "The wall: all that members of one organization are answered in another (n aside)");
        self.wall.write(&mut text);
        heading(&mut text, "Tokens: what they make of the answers above (=: nothing; n, m and f aside)");
        self.tokens.write(&mut text);
        heading(&mut text, "Permissions: those that a role of an Admin's rank lacks, until it suffices\n");
        self.needs.write(&mut text);
        text
    }
}

fn is_of_a_project(kind: ResourceKind) -> bool {
    match kind {
        ResourceKind::Project
        | ResourceKind::ProjectMember
        | ResourceKind::ProjectTeam
        | ResourceKind::Environment
        | ResourceKind::Placement
        | ResourceKind::Deployment => true,
        ResourceKind::Organization
        | ResourceKind::Member
        | ResourceKind::Role
        | ResourceKind::Team
        | ResourceKind::TeamMember
        | ResourceKind::Cluster
        | ResourceKind::ClusterMember
        | ResourceKind::ClusterTeam => false,
    }
}

fn is_on_a_cluster(kind: ResourceKind) -> bool {
    match kind {
        ResourceKind::Cluster | ResourceKind::ClusterMember | ResourceKind::ClusterTeam => true,
        ResourceKind::Organization
        | ResourceKind::Member
        | ResourceKind::Role
        | ResourceKind::Team
        | ResourceKind::TeamMember
        | ResourceKind::Project
        | ResourceKind::ProjectMember
        | ResourceKind::ProjectTeam
        | ResourceKind::Environment
        | ResourceKind::Placement
        | ResourceKind::Deployment => false,
    }
}

fn then<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn heading(text: &mut String, heading: &str) {
    let _ = writeln!(text, "\n# {heading}");
}

fn legend() -> String {
    let mut text = String::from("# What decide answers\n\n");
    for (symbol, answer) in symbol::legend() {
        let _ = writeln!(text, "{symbol}  {answer}");
    }
    text.push('\n');
    for paragraph in [
        "A column for each role of a user, built-in or custom: manager (rank admin: view, view_logs, deploy and approve \
         alone), lead (a developer who may approve), guest (rank developer, no permission), auditor (a viewer with \
         view_audit_log); as targets and parameters also deputy (all that an admin has). owner~ and admin~ have \
         memberships that will end, later than what is given for a time, and earlier than a late time. `service` is a \
         service account whose membership says owner, `none` somebody without a membership. A cell has a character for \
         each override of the asker (later: for each project role), in the order that the heading names, or one where \
         they are all answered the same.",
        "A row says action, parameter, scene and protection. Those that make no difference stand together, or are not \
         named at all where none does: every combination was asked.",
        "Environments: existing, or proposed on the project's organization's cluster, or on one elsewhere, in another \
         organization. A deployment carries a release, and has the approval of nobody, or of one account for that \
         release; `expired owner` is an Owner's approval that has ended. `for oneself` is requested by another on \
         behalf of the asker, `requester` is that other, an Owner.",
        protections::LEGEND,
        "Projects and clusters are visible to the organization where nothing else is said.",
        "Targets are other users of a role, without grants where none is named: developer@view has an override of view, \
         developer/admin is an admin in the project. `service` is as above; `expiring` and `expired` are Developers \
         whose membership will end or has ended; `none` is nobody; `oneself` is the asker, and `last owner` the asker \
         where the organization has one permanent Owner, else two. `in the team` is a Developer in the team that the \
         question is about. Of a project or a cluster with a team, the asker is in `one's own`; `foreign` is another \
         organization's, as is the foreign role.",
    ] {
        wrapped(&mut text, paragraph);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The lines that only one of two texts has, each under its heading.
fn differences(reviewed: &str, now: &str) -> String {
    let (reviewed, now) = (under_headings(reviewed), under_headings(now));
    let mut differences = String::new();
    for (sign, here, there) in [('-', &reviewed, &now), ('+', &now, &reviewed)] {
        let mut said = String::new();
        for (heading, line) in here.iter().filter(|line| !there.contains(line)) {
            if *heading != said {
                said.clone_from(heading);
                let _ = writeln!(differences, "{heading}");
            }
            let _ = writeln!(differences, "{sign} {line}");
        }
    }
    differences
}

/// Each line with the heading above it: a kind of resource is named in more than one part, so both headings.
fn under_headings(text: &str) -> Vec<(String, &str)> {
    let (mut part, mut table) = ("", "");
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with("# ") {
            (part, table) = (line, "");
        } else if line.starts_with("## ") {
            table = line;
        }
        lines.push((format!("{part} {table}"), line));
    }
    lines
}
