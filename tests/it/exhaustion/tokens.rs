//! Tokens: every one, and two at a time, in the worlds that tell the gates around theirs apart.

use std::collections::BTreeSet;

use shipgate::model::ResourceKind;
use shipgate::{AccountKind, ActionKind, ActionSet, Protection, Role, Visibility};

use super::facts::{
    ACME, CREW, EU_WEST, EXPIRY, GLOBEX, PRODUCTION, SHOP, SUBJECT, TARGET, US_EAST, add, see, with_none, world,
};
use super::roles::{custom_role, expiring_viewer, full, id_of, member, owner, strangers, user};
use super::survey::Survey;
use crate::oracle::{Account, Cluster, Id, Resource, Team, Token};

pub(super) fn narrowed_organizations(survey: &mut Survey) {
    narrowed(survey, &Resource::Organization(ACME));
    narrowed(survey, &Resource::Member { organization: ACME, account: TARGET });
    narrowed(survey, &Resource::Role(id_of(full(Role::Viewer))));
    narrowed(survey, &Resource::Team(CREW));
    narrowed(survey, &Resource::TeamMember { team: CREW, account: TARGET });
}

pub(super) fn narrowed_projects(survey: &mut Survey) {
    narrowed(survey, &Resource::Project(SHOP));
    narrowed(survey, &Resource::ProjectMember { project: SHOP, account: TARGET });
    narrowed(survey, &Resource::ProjectTeam { project: SHOP, team: CREW });
}

pub(super) fn narrowed_environments(survey: &mut Survey) {
    narrowed(survey, &Resource::Environment(PRODUCTION));
    for cluster in [US_EAST, EU_WEST] {
        narrowed(
            survey,
            &Resource::NewEnvironment { id: PRODUCTION, project: SHOP, cluster, protection: Protection::NONE },
        );
    }
}

pub(super) fn narrowed_placements(survey: &mut Survey) {
    for to in [US_EAST, EU_WEST] {
        narrowed(survey, &Resource::Placement { environment: PRODUCTION, to });
    }
}

pub(super) fn narrowed_deployments(survey: &mut Survey) {
    let deployment = Resource::Deployment {
        environment: PRODUCTION,
        requested_by: SUBJECT,
        on_behalf_of: None,
        release: None,
        approvals: vec![],
    };
    narrowed(survey, &deployment);
}

pub(super) fn narrowed_clusters(survey: &mut Survey) {
    narrowed(survey, &Resource::Cluster(US_EAST));
    narrowed(survey, &Resource::ClusterMember { cluster: US_EAST, account: TARGET });
    narrowed(survey, &Resource::ClusterTeam { cluster: US_EAST, team: CREW });
}

/// Every action under every token: with and without a live membership and a foreign part before it, a standing and a
/// permission after it.
fn narrowed(survey: &mut Survey, resource: &Resource) {
    let Varied { visibilities, targets, organizations, clusters } = varied(resource);
    let tokens = every_token(clusters);
    for subject in subjects() {
        for visibility in visibilities {
            for target in &targets {
                for organization in organizations {
                    let mut world = world(subject.clone());
                    see(&mut world, *visibility);
                    add(&mut world, TARGET, target.clone());
                    let role = id_of(full(Role::Viewer));
                    world.roles.insert(role, custom_role(role));
                    // Where a part may be foreign, it is the other cluster or the team.
                    let foreign = Cluster { organization: *organization, visibility: Visibility::Organization };
                    world.clusters.insert(EU_WEST, foreign);
                    let of = if is_of_a_team(resource.kind()) { *organization } else { ACME };
                    world.teams.insert(CREW, Team::of_organization(of));
                    survey.every_action(&world, resource, &tokens);
                }
            }
        }
    }
}

fn is_of_a_team(kind: ResourceKind) -> bool {
    matches!(kind, ResourceKind::ProjectTeam | ResourceKind::ClusterTeam)
}

/// Strangers, and users of each role, for good and until the expiry.
fn subjects() -> Vec<Option<Account>> {
    let members = Role::ALL
        .into_iter()
        .flat_map(|role| [None, Some(EXPIRY)].map(|until| Some(member(AccountKind::User, role, until))));
    strangers().into_iter().chain(members).collect()
}

/// What a kind of resource has for the gates around the token's to read: a project's visibility, a target, a cluster or team
/// that may be foreign; and the clusters that a token may name.
struct Varied {
    visibilities: &'static [Visibility],
    targets: Vec<Option<Account>>,
    organizations: &'static [Id],
    clusters: &'static [Id],
}

fn varied(resource: &Resource) -> Varied {
    let nothing = Varied {
        visibilities: &[Visibility::Organization],
        targets: vec![None],
        organizations: &[ACME],
        clusters: &[US_EAST],
    };
    let targets = vec![None, Some(owner()), Some(expiring_viewer()), Some(user(Role::Developer))];
    match resource {
        Resource::Organization(_) | Resource::Role(_) | Resource::Team(_) | Resource::Cluster(_) => nothing,
        Resource::Member { .. } | Resource::TeamMember { .. } | Resource::ClusterMember { .. } => {
            Varied { targets, ..nothing }
        }
        Resource::ClusterTeam { .. } => Varied { organizations: &[ACME, GLOBEX], ..nothing },
        Resource::ProjectMember { .. } => Varied { visibilities: &Visibility::ALL, targets, ..nothing },
        Resource::Project(_) | Resource::Environment(_) | Resource::Deployment { .. } => {
            Varied { visibilities: &Visibility::ALL, ..nothing }
        }
        Resource::NewEnvironment { .. } | Resource::ProjectTeam { .. } => {
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

/// Every token: with the action or with others only, live or expiring, and each restriction absent, empty, hit and missed; of
/// two clusters, each hit alone as well. And two tokens, each of which fails in one respect or in none.
fn every_token(clusters: &[Id]) -> Vec<[Option<Token>; 2]> {
    let hit_or_miss = with_none(vec![BTreeSet::new(), BTreeSet::from([0]), BTreeSet::from([8])]);
    let mut of_clusters = hit_or_miss.clone();
    if let [one, other] = *clusters {
        of_clusters.extend([Some(BTreeSet::from([other])), Some(BTreeSet::from([one, other]))]);
    }
    let even: ActionSet = ActionKind::ALL.into_iter().filter(|action| action.index().is_multiple_of(2)).collect();

    let mut every = vec![[None, None]];
    for actions in [even, ActionSet::all() - even] {
        for until in [None, Some(EXPIRY)] {
            for organizations in &hit_or_miss {
                for projects in &hit_or_miss {
                    for environments in &hit_or_miss {
                        for clusters in &of_clusters {
                            let token = Token::new(actions);
                            let token = organizations.clone().into_iter().fold(token, Token::for_organizations);
                            let token = projects.clone().into_iter().fold(token, Token::for_projects);
                            let token = environments.clone().into_iter().fold(token, Token::for_environments);
                            let token = clusters.clone().into_iter().fold(token, Token::for_clusters);
                            every.push([Some(until.into_iter().fold(token, Token::until)), None]);
                        }
                    }
                }
            }
        }
    }
    let all = || Token::new(ActionSet::all());
    let each = [
        None,
        Some(all()),
        Some(all().until(EXPIRY)),
        Some(Token::new(even)),
        Some(all().for_organizations([GLOBEX])),
        Some(all().for_environments([PRODUCTION])),
    ];
    every.extend(each.iter().flat_map(|one| each.each_ref().map(|other| [one.clone(), other.clone()])));
    every
}
