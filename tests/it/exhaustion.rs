//! Everything that is finite, whole: for each action on each kind of resource, the product of all facts that its row and
//! the gates read. Every cell is asked of the facts and of a directory, and agrees with the oracle.
//!
//! Three factorings keep the product within reach. They are exact, because of what the policy says that a gate reads:
//!
//! - The gate `credential` reads the token, the time, the action and the resource's ids, and no other gate reads the
//!   token. So every token is asked in the worlds that tell the gates before it and the one after it apart
//!   (`narrowed`), and every other fact under three tokens: none, one that covers and expires, one that does not cover.
//! - An action without a row is refused by the first gate, which reads nothing else. So it is asked in those same worlds,
//!   under every token, and not in the rest.
//! - Approvals are read after every other gate has passed, and without the subject's facts. So every approver is asked for
//!   a deployment that passes them, and every deployment with a few approvals.

pub(crate) mod facts;
mod survey;

use std::thread;

use shipgate::model::ResourceKind;
use shipgate::policy::ReasonCode;
use shipgate::{
    Account, Action, ActionKind, Decision, Membership, Organization, Protection, Reason, Resource as Asked, Role,
    Subject, Visibility, decide,
};

use crate::oracle::{Account as Person, Approval, Cluster, Environment, Resource, World};
use facts::{
    ACME, EU_WEST, EXPIRY, GLOBEX, PRODUCTION, ProjectRoles, SHOP, STRANGER, SUBJECT, TARGET, US_EAST, WITNESS,
    accounts, every_kind, every_protection, every_token, expiring_viewer, few_tokens, only_users, owner,
    protections_by_custodian, world,
};
use survey::Survey;

#[test]
fn every_cell_agrees_with_the_oracle() {
    let parts: [fn(&mut Survey); 18] = [
        organizations,
        members,
        projects,
        project_members,
        environments,
        proposals,
        placements,
        placements_on_a_foreign_cluster,
        deployments,
        approvers,
        clusters,
        cluster_members,
        narrowed_organizations,
        narrowed_projects,
        narrowed_environments,
        narrowed_placements,
        narrowed_deployments,
        narrowed_clusters,
    ];
    let survey: Survey = thread::scope(|scope| {
        let running: Vec<_> = parts.iter().map(|part| scope.spawn(move || Survey::of(*part))).collect();
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

fn organizations(survey: &mut Survey) {
    for subject in every_kind(accounts(&[], ProjectRoles::NotRead)) {
        survey.rows(&world(subject), &[Resource::Organization(ACME)], &few_tokens());
    }
}

/// Subjects, targets, and how many permanent Owners there are beside them.
fn members(survey: &mut Survey) {
    let people = every_kind(accounts(&[], ProjectRoles::NotRead));
    for subject in &people {
        for target in &people {
            for owners in 0..=2 {
                let mut world = world(subject.clone());
                add(&mut world, TARGET, target.clone());
                for beside in 0..owners {
                    world.accounts.insert(WITNESS + beside, owner());
                }
                survey.rows(
                    &world,
                    &each_target(|account| Resource::Member { organization: ACME, account }),
                    &few_tokens(),
                );
            }
        }
    }
}

/// Every set of at most two environments: a safeguard joined over more is one joined over two of them.
fn projects(survey: &mut Survey) {
    for subject in every_kind(accounts(&[], ProjectRoles::Read)) {
        for visibility in Visibility::ALL {
            for environments in sets_of_protections() {
                let mut world = world(subject.clone());
                see(&mut world, visibility);
                world.environments.clear();
                for (id, protection) in (0..).zip(environments) {
                    protect(&mut world, id, protection);
                }
                survey.rows(&world, &[Resource::Project(SHOP)], &few_tokens());
            }
        }
    }
}

fn sets_of_protections() -> Vec<Vec<Protection>> {
    let mut sets = vec![vec![]];
    for (i, first) in every_protection().into_iter().enumerate() {
        sets.push(vec![first]);
        for second in every_protection().into_iter().skip(i) {
            sets.push(vec![first, second]);
        }
    }
    sets
}

fn project_members(survey: &mut Survey) {
    let resources = each_target(|account| Resource::ProjectMember { project: SHOP, account });
    for subject in every_kind(accounts(&[], ProjectRoles::Read)) {
        for visibility in Visibility::ALL {
            for target in every_kind(accounts(&[], ProjectRoles::NotRead)) {
                let mut world = world(subject.clone());
                see(&mut world, visibility);
                add(&mut world, TARGET, target);
                survey.rows(&world, &resources, &few_tokens());
            }
        }
    }
}

fn environments(survey: &mut Survey) {
    for_each_protected(&every_protection(), &[US_EAST], |world, _| {
        survey.rows(world, &[Resource::Environment(PRODUCTION)], &few_tokens());
    });
}

fn proposals(survey: &mut Survey) {
    for_each_protected(&every_protection(), &[US_EAST], |world, protection| {
        let proposal = Resource::NewEnvironment { id: PRODUCTION + 1, project: SHOP, cluster: US_EAST, protection };
        survey.rows(world, &[proposal], &few_tokens());
    });
}

/// Of a protection, a placement's rows read the custodian, which depends on its level and on its rule's `from` only.
fn placements(survey: &mut Survey) {
    let placement = [Resource::Placement { environment: PRODUCTION, to: EU_WEST }];
    for_each_protected(&protections_by_custodian(), &[US_EAST, EU_WEST], |world, _| {
        survey.rows(world, &placement, &few_tokens());
    });
}

/// Overrides on a foreign cluster are another membership's, so there are none to vary.
fn placements_on_a_foreign_cluster(survey: &mut Survey) {
    let placement = [Resource::Placement { environment: PRODUCTION, to: EU_WEST }];
    for_each_protected(&protections_by_custodian(), &[US_EAST], |world, _| {
        let mut world = world.clone();
        world.clusters.insert(EU_WEST, Cluster { organization: GLOBEX });
        survey.rows(&world, &placement, &few_tokens());
    });
}

fn deployments(survey: &mut Survey) {
    let by = |by| Approval::new(by);
    let until = |by| Approval { by, expires_at: Some(EXPIRY) };
    let (other, another) = (WITNESS, WITNESS + 1);
    let resources: Vec<Resource> = [
        (SUBJECT, vec![]),
        (SUBJECT, vec![by(other)]),
        (SUBJECT, vec![until(other)]),
        (SUBJECT, vec![by(other), by(other)]),
        (SUBJECT, vec![by(other), by(another)]),
        (SUBJECT, vec![by(SUBJECT)]),
        (SUBJECT, vec![by(SUBJECT), until(other)]),
        (other, vec![]),
        (other, vec![by(other), by(another)]),
        (STRANGER, vec![by(STRANGER), by(another)]),
    ]
    .into_iter()
    .map(|(requested_by, approvals)| Resource::Deployment { environment: PRODUCTION, requested_by, approvals })
    .collect();

    for_each_protected(&every_protection(), &[US_EAST], |world, _| {
        let mut world = world.clone();
        world.accounts.insert(other, owner());
        world.accounts.insert(another, owner());
        survey.rows(&world, &resources, &few_tokens());
    });
}

/// Every approver of a deployment that an Owner requested and wants to go out.
fn approvers(survey: &mut Survey) {
    let by = |by| Approval::new(by);
    let until = |by| Approval { by, expires_at: Some(EXPIRY) };
    let resources: Vec<Resource> = [
        vec![by(TARGET)],
        vec![until(TARGET)],
        vec![until(TARGET), by(TARGET)],
        vec![by(TARGET), by(WITNESS)],
        vec![by(STRANGER), until(WITNESS), until(TARGET)],
    ]
    .into_iter()
    .map(|approvals| Resource::Deployment { environment: PRODUCTION, requested_by: SUBJECT, approvals })
    .collect();

    for approver in every_kind(accounts(&[US_EAST], ProjectRoles::Read)) {
        for visibility in Visibility::ALL {
            for protection in every_protection().into_iter().filter(|protection| protection.rule().is_some()) {
                let mut world = world(Some(owner()));
                see(&mut world, visibility);
                protect(&mut world, PRODUCTION, protection);
                add(&mut world, TARGET, approver.clone());
                world.accounts.insert(WITNESS, owner());
                survey.rows(&world, &resources, &[None]);
            }
        }
    }
}

fn clusters(survey: &mut Survey) {
    for subject in every_kind(accounts(&[US_EAST], ProjectRoles::NotRead)) {
        for environments in 0..=2 {
            let mut world = world(subject.clone());
            world.environments.clear();
            for id in 0..environments {
                protect(&mut world, id, Protection::NONE);
            }
            survey.rows(&world, &[Resource::Cluster(US_EAST)], &few_tokens());
        }
    }
}

fn cluster_members(survey: &mut Survey) {
    let on_us_east = |account| Resource::ClusterMember { cluster: US_EAST, account };
    let people = every_kind(accounts(&[US_EAST], ProjectRoles::NotRead));
    for subject in &people {
        let mut world = world(subject.clone());
        survey.rows(&world, &[on_us_east(SUBJECT), on_us_east(STRANGER)], &few_tokens());
        for target in &people {
            add(&mut world, TARGET, target.clone());
            survey.rows(&world, &[on_us_east(TARGET)], &few_tokens());
        }
    }
}

fn narrowed_organizations(survey: &mut Survey) {
    narrowed(survey, &Resource::Organization(ACME));
    narrowed(survey, &Resource::Member { organization: ACME, account: TARGET });
}

fn narrowed_projects(survey: &mut Survey) {
    narrowed(survey, &Resource::Project(SHOP));
    narrowed(survey, &Resource::ProjectMember { project: SHOP, account: TARGET });
}

fn narrowed_environments(survey: &mut Survey) {
    narrowed(survey, &Resource::Environment(PRODUCTION));
    for cluster in [US_EAST, EU_WEST] {
        narrowed(
            survey,
            &Resource::NewEnvironment { id: PRODUCTION, project: SHOP, cluster, protection: Protection::NONE },
        );
    }
}

fn narrowed_placements(survey: &mut Survey) {
    for cluster in [US_EAST, EU_WEST] {
        narrowed(survey, &Resource::Placement { environment: PRODUCTION, to: cluster });
    }
}

fn narrowed_deployments(survey: &mut Survey) {
    narrowed(survey, &Resource::Deployment { environment: PRODUCTION, requested_by: SUBJECT, approvals: vec![] });
}

fn narrowed_clusters(survey: &mut Survey) {
    narrowed(survey, &Resource::Cluster(US_EAST));
    narrowed(survey, &Resource::ClusterMember { cluster: US_EAST, account: TARGET });
}

/// Every action under every token: with and without a live membership and a foreign part before it, a standing and a
/// permission after it.
fn narrowed(survey: &mut Survey, resource: &Resource) {
    let Varied { visibilities, targets, organizations, clusters } = varied(resource);
    let tokens = every_token(clusters);
    for subject in only_users(accounts(&[], ProjectRoles::NotRead)) {
        for visibility in visibilities {
            for target in &targets {
                for organization in organizations {
                    let mut world = world(subject.clone());
                    see(&mut world, *visibility);
                    add(&mut world, TARGET, target.clone());
                    world.clusters.insert(EU_WEST, Cluster { organization: *organization });
                    survey.every_action(&world, std::slice::from_ref(resource), &tokens);
                }
            }
        }
    }
}

/// What a kind of resource has for the gates around the token's to read: a project's visibility, a target, a cluster that
/// may be foreign; and the clusters that a token may name.
struct Varied {
    visibilities: &'static [Visibility],
    targets: Vec<Option<Person>>,
    organizations: &'static [u64],
    clusters: &'static [u64],
}

fn varied(resource: &Resource) -> Varied {
    let nothing = Varied {
        visibilities: &[Visibility::Organization],
        targets: vec![None],
        organizations: &[ACME],
        clusters: &[US_EAST],
    };
    let targets = vec![None, Some(owner()), Some(expiring_viewer())];
    match resource {
        Resource::Organization(_) | Resource::Cluster(_) => nothing,
        Resource::Member { .. } | Resource::ClusterMember { .. } => Varied { targets, ..nothing },
        Resource::ProjectMember { .. } => Varied { visibilities: &Visibility::ALL, targets, ..nothing },
        Resource::Project(_) | Resource::Environment(_) | Resource::Deployment { .. } => {
            Varied { visibilities: &Visibility::ALL, ..nothing }
        }
        Resource::NewEnvironment { .. } => {
            Varied { visibilities: &Visibility::ALL, organizations: &[ACME, GLOBEX], ..nothing }
        }
        Resource::Placement { .. } => Varied {
            visibilities: &Visibility::ALL,
            organizations: &[ACME, GLOBEX],
            clusters: &[US_EAST, EU_WEST],
            ..nothing
        },
    }
}

/// A world for every subject, visibility and protection.
fn for_each_protected(protections: &[Protection], overridden: &[u64], mut ask: impl FnMut(&World, Protection)) {
    for subject in every_kind(accounts(overridden, ProjectRoles::Read)) {
        for visibility in Visibility::ALL {
            for protection in protections {
                let mut world = world(subject.clone());
                see(&mut world, visibility);
                protect(&mut world, PRODUCTION, *protection);
                ask(&world, *protection);
            }
        }
    }
}

/// Somebody else, oneself, and an account that nobody knows.
fn each_target(resource: impl Fn(u64) -> Resource) -> [Resource; 3] {
    [TARGET, SUBJECT, STRANGER].map(resource)
}

fn add(world: &mut World, id: u64, account: Option<Person>) {
    match account {
        Some(account) => world.accounts.insert(id, account),
        None => world.accounts.remove(&id),
    };
}

fn see(world: &mut World, visibility: Visibility) {
    world.projects.get_mut(&SHOP).expect("every world has the shop").visibility = visibility;
}

fn protect(world: &mut World, id: u64, protection: Protection) {
    let environment = Environment { project: SHOP, cluster: US_EAST, protection };
    world.environments.insert(id, environment);
}

/// A caller's own count may miss the very Owner that a question is about: that Owner is the last.
#[test]
fn an_owner_whom_nobody_counted_is_the_last() {
    let olivia = Account::user("olivia").with(Membership::new("acme-corp", Role::Owner)).unwrap();
    let demotion = Action::ChangeRole { to: Role::Admin };
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
