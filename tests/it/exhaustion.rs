//! Everything that is finite, by classes: for each action on each kind of resource, the product of the facts that its row and the
//! gates read. Every cell is asked of the facts and of a directory, and agrees with the oracle: the decision with its data, and
//! the exposure.
//!
//! These factorings keep the product within reach, because of what the policy says that a gate reads:
//!
//! - The gate `credential` reads the tokens, the time, the action and the resource's ids, and no other gate reads a token. So
//!   every token is asked in the worlds that tell the gates before it and the one after it apart (`tokens`), and every other
//!   fact without one.
//! - An action without a row is refused by the first gate, which reads nothing else. So it is asked in those same worlds, and
//!   not in the rest.
//! - Of a role, a row reads its rank and the permissions that it asks for, and so custom roles come by classes (`roles`).
//! - Of grants, all gates but `outlast` and `gives` read what counts at the time. So every state of own grants and of two
//!   teams' is asked where they make a level and a standing (`levels`, `standings`), and the rest on the states that tell those
//!   apart (`grants`). What a change gives is asked with states of both, the giver and the target.
//! - Of a protection, a safeguard reads three ranks; loosening reads two protections whole, and approvals read the rule
//!   (`protections`).
//! - Approvals are read after every other gate has passed, and without the subject's facts. So every approver is asked for a
//!   deployment that passes them, and every deployment with a few approvals.

mod clusters;
mod deployments;
mod environments;
pub(crate) mod facts;
mod grants;
mod organizations;
mod projects;
mod protections;
mod roles;
mod survey;
mod tokens;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use shipgate::model::ResourceKind;
use shipgate::policy::ReasonCode;
use shipgate::{
    Account, Action, ActionKind, Decision, Membership, Organization, Reason, Resource as Asked, Role, Subject, decide,
};

use crate::oracle::{Id, Resource};
use facts::{STRANGER, SUBJECT, TARGET};
use survey::Survey;

/// A part of the product, by a name to print.
type Part = (&'static str, fn(&mut Survey));

/// Those that take longest first.
const PARTS: [Part; 36] = [
    ("environments", environments::environments),
    ("approvers", deployments::approvers),
    ("deployments", deployments::deployments),
    ("rollouts", deployments::rollouts),
    ("secrets", projects::secrets),
    ("given in projects", projects::given_in_projects),
    ("given to members", organizations::given_to_members),
    ("given on clusters", clusters::given_on_clusters),
    ("placements", environments::placements),
    ("organizations", organizations::organizations),
    ("members", organizations::members),
    ("custom roles", organizations::custom_roles),
    ("teams", organizations::teams),
    ("places", organizations::places),
    ("places with access", organizations::places_with_access),
    ("places with project roles", organizations::places_with_project_roles),
    ("projects", projects::projects),
    ("shown projects", projects::shown_projects),
    ("project members", projects::project_members),
    ("standings of targets", projects::standings_of_targets),
    ("project teams", projects::project_teams),
    ("memberships", environments::memberships),
    ("levels", environments::levels),
    ("standings", environments::standings),
    ("protections", environments::protections),
    ("proposals", environments::proposals),
    ("placements elsewhere", environments::placements_elsewhere),
    ("clusters", clusters::clusters),
    ("cluster members", clusters::cluster_members),
    ("lasting on clusters", clusters::lasting_on_clusters),
    ("cluster teams", clusters::cluster_teams),
    ("narrowed organizations", tokens::narrowed_organizations),
    ("narrowed projects", tokens::narrowed_projects),
    ("narrowed environments", tokens::narrowed_environments),
    ("narrowed placements", tokens::narrowed_placements),
    ("narrowed clusters and deployments", narrowed_rest),
];

fn narrowed_rest(survey: &mut Survey) {
    tokens::narrowed_deployments(survey);
    tokens::narrowed_clusters(survey);
}

#[test]
fn every_cell_agrees_with_the_oracle() {
    let next = AtomicUsize::new(0);
    // Each on the first core that is free.
    let work = || {
        let mut survey = Survey::default();
        while let Some((name, part)) = PARTS.get(next.fetch_add(1, Ordering::Relaxed)) {
            let begun = std::time::Instant::now();
            let of_part = Survey::of(*part);
            println!("{name}: {} in {} worlds, {:.1?}", of_part.total(), of_part.worlds(), begun.elapsed());
            survey = survey.and(of_part);
        }
        survey
    };
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let survey: Survey = thread::scope(|scope| {
        let running: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        running.into_iter().fold(Survey::default(), |whole, part| match part.join() {
            Ok(part) => whole.and(part),
            Err(panic) => std::panic::resume_unwind(panic),
        })
    });

    survey.print();
    for action in ActionKind::ALL {
        for kind in ResourceKind::ALL {
            assert!(survey.cells_of(action, kind) > 0, "{action} on {kind} was not asked");
        }
    }
    for code in ReasonCode::ALL.into_iter().filter(|code| *code != ReasonCode::UnknownResource) {
        assert!(survey.answers_of(code.as_str()) > 0, "{code} was never the answer");
    }
}

/// Somebody else, oneself, and an account that nobody knows.
fn each_target(resource: impl Fn(Id) -> Resource) -> [Resource; 3] {
    [TARGET, SUBJECT, STRANGER].map(resource)
}

/// A caller's own count may miss the very Owner that a question is about: that Owner is the last.
#[test]
fn an_owner_whom_nobody_counted_is_the_last() {
    let olivia = Account::user("olivia").with(Membership::new("acme-corp", Role::Owner)).unwrap();
    let demotion = Action::ChangeRole { to: Role::Admin.into() };
    for (owners, answer) in [
        (0, Decision::Deny(Reason::LastOwner)),
        (1, Decision::Deny(Reason::LastOwner)),
        (2, Decision::Allow),
        (u32::MAX, Decision::Allow),
    ] {
        let acme = Organization::new("acme-corp", owners);
        assert_eq!(decide(Subject::new(&olivia), demotion, Asked::Member(&acme, Some(&olivia))), answer, "{owners}");
    }
}
