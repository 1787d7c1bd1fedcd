//! Organizations, members, custom roles and teams.

use shipgate::model::Permission;
use shipgate::{AccountKind, ClusterAccess, ProjectRole, Role, Visibility};

use super::each_target;
use super::facts::{
    ACME, CREW, EXPIRY, LATER, SHOP, SUBJECT, TARGET, US_EAST, WITNESS, add, add_named_roles, definitions, for_good,
    see, see_cluster, until, world,
};
use super::grants::{
    State, give_access, give_role, overrides, overrides_of_a_giver, overrides_of_a_target, project_roles_of_a_target,
};
use super::roles::{custom_role, everyone, givers, id_of, member, named, nothing, of, owner, strangers, user};
use super::survey::Survey;
use crate::oracle::{Account, Id, Resource, Team, World};

/// What the rows of an organization ask for.
const OF_ORGANIZATION: [Permission; 12] = [
    Permission::ManageOrganization,
    Permission::DeleteOrganization,
    Permission::CreateProjects,
    Permission::ManageClusters,
    Permission::ViewInvoices,
    Permission::ManageBilling,
    Permission::ViewAuditLog,
    Permission::ManageMembers,
    Permission::ChangeRoles,
    Permission::View,
    Permission::Deploy,
    Permission::TransferOwnership,
];

/// Who asks; and for an invitation, what the asker has on a cluster.
pub(super) fn organizations(survey: &mut Survey) {
    for subject in everyone(&OF_ORGANIZATION) {
        for state in overrides() {
            for visibility in Visibility::ALL {
                let mut world = world(subject.clone());
                give_access(&mut world, SUBJECT, US_EAST, state);
                see_cluster(&mut world, US_EAST, visibility);
                add_named_roles(&mut world);
                survey.rows(&world, &[Resource::Organization(ACME)]);
            }
        }
    }
}

/// Subjects, targets, and how many permanent Owners there are beside them.
pub(super) fn members(survey: &mut Survey) {
    let asked = [Permission::ManageMembers, Permission::ChangeRoles];
    for subject in everyone(&asked) {
        for target in targets() {
            for owners in 0..=2 {
                let mut world = world(subject.clone());
                add(&mut world, TARGET, target.clone());
                for beside in 0..owners {
                    add(&mut world, WITNESS + beside, Some(owner()));
                }
                add_named_roles(&mut world);
                survey.rows(&world, &each_target(|account| Resource::Member { organization: ACME, account }));
            }
        }
    }
}

/// Whom a change may be about: strangers, every built-in role, for good, until the expiry and until later, and custom roles.
fn targets() -> Vec<Option<Account>> {
    let mut targets = strangers();
    for role in Role::ALL {
        for end in [None, Some(EXPIRY), Some(LATER)] {
            targets.push(Some(member(AccountKind::User, role, end)));
        }
        targets.push(Some(member(AccountKind::Service, role, None)));
    }
    targets.extend(named().into_iter().map(|role| Some(user(of(role)))));
    targets
}

/// What a change of a member gives: what giver and target have on a cluster and in a project.
pub(super) fn given_to_members(survey: &mut Survey) {
    let givers = [
        owner(),
        user(Role::Admin),
        member(AccountKind::User, Role::Admin, Some(LATER)),
        user(of(super::roles::all_but(Role::Admin, Permission::ManageClusters).expect("an Admin may"))),
    ];
    for giver in givers {
        for mine in overrides_of_a_giver() {
            for_each_given(|with| {
                let mut world = world(Some(giver.clone()));
                give_access(&mut world, SUBJECT, US_EAST, mine);
                with(&mut world);
                add_named_roles(&mut world);
                survey.rows(&world, &[Resource::Member { organization: ACME, account: TARGET }]);
            });
        }
    }
}

/// Every target of a change that has grants, in a world of every visibility.
fn for_each_given(mut ask: impl FnMut(&dyn Fn(&mut World))) {
    let roles = [Role::Developer.into(), Role::Viewer.into(), of(nothing(Role::Developer)), Role::Admin.into()];
    for role in roles {
        for end in [None, Some(EXPIRY)] {
            for on in overrides_of_a_target() {
                for in_shop in project_roles_of_a_target() {
                    for (shop, cluster) in [
                        (Visibility::Organization, Visibility::Organization),
                        (Visibility::Members, Visibility::Members),
                    ] {
                        ask(&|world| {
                            add(world, TARGET, Some(member(AccountKind::User, role, end)));
                            give_access(world, TARGET, US_EAST, on);
                            give_role(world, TARGET, SHOP, in_shop);
                            see(world, shop);
                            see_cluster(world, US_EAST, cluster);
                        });
                    }
                }
            }
        }
    }
}

/// Every custom role, of nobody and of a member, and every change to it.
pub(super) fn custom_roles(survey: &mut Survey) {
    let mut givers: Vec<_> = everyone(&[Permission::ChangeRoles]);
    givers.extend(givers_with(Permission::ChangeRoles));
    for subject in givers {
        for mine in overrides_of_a_giver() {
            for definition in definitions() {
                for holder in [None, Some(user(of(definition)))] {
                    let mut world = world(subject.clone());
                    give_access(&mut world, SUBJECT, US_EAST, mine);
                    add(&mut world, TARGET, holder);
                    let role = id_of(definition);
                    world.roles.insert(role, custom_role(role));
                    survey.rows(&world, &[Resource::Role(role)]);
                }
            }
        }
    }
}

fn givers_with(asked: Permission) -> impl Iterator<Item = Option<Account>> {
    givers(asked).into_iter().map(Some)
}

/// Teams with and without members.
pub(super) fn teams(survey: &mut Survey) {
    for subject in everyone(&[Permission::ManageMembers]) {
        for members in 0..=2 {
            let mut world = world(subject.clone());
            world.teams.insert(CREW, Team::of_organization(ACME));
            for id in 0..members {
                add(&mut world, TARGET + id, Some(member(AccountKind::User, Role::Viewer, Some(EXPIRY))));
                join(&mut world, TARGET + id, CREW);
            }
            survey.rows(&world, &[Resource::Team(CREW)]);
        }
    }
}

fn join(world: &mut World, account: Id, team: Id) {
    if let Some(membership) = world.accounts.get_mut(&account).and_then(|facts| facts.memberships.get_mut(&ACME)) {
        membership.teams.insert(team);
    }
}

/// Who may put whom into a team that has nothing.
pub(super) fn places(survey: &mut Survey) {
    for subject in everyone(&[Permission::ManageMembers]) {
        for target in targets() {
            for is_in_it in [false, true] {
                let mut world = world(subject.clone());
                add(&mut world, TARGET, target.clone());
                world.teams.insert(CREW, Team::of_organization(ACME));
                if is_in_it {
                    join(&mut world, TARGET, CREW);
                }
                survey.rows(&world, &each_target(|account| Resource::TeamMember { team: CREW, account }));
            }
        }
    }
}

/// What a place in a team gives by an override of the team.
pub(super) fn places_with_access(survey: &mut Survey) {
    let of_team = [
        for_good(ClusterAccess::None),
        for_good(ClusterAccess::Deploy),
        for_good(ClusterAccess::Manage),
        until(ClusterAccess::None, EXPIRY),
        until(ClusterAccess::Manage, EXPIRY),
        until(ClusterAccess::Manage, LATER),
    ];
    for_each_place(Permission::ManageMembers, |giver, target| {
        for mine in overrides_of_a_giver() {
            for theirs in overrides_of_a_target() {
                for access in of_team {
                    for visibility in Visibility::ALL {
                        for is_in_it in [false, true] {
                            let mut world = world(Some(giver.clone()));
                            give_access(&mut world, SUBJECT, US_EAST, mine);
                            add(&mut world, TARGET, Some(target.clone()));
                            give_access(&mut world, TARGET, US_EAST, theirs);
                            see_cluster(&mut world, US_EAST, visibility);
                            let mut crew = Team::of_organization(ACME);
                            crew.overrides.insert(US_EAST, access);
                            world.teams.insert(CREW, crew);
                            if is_in_it {
                                join(&mut world, TARGET, CREW);
                            }
                            survey.rows(&world, &[Resource::TeamMember { team: CREW, account: TARGET }]);
                        }
                    }
                }
            }
        }
    });
}

/// What a place in a team gives by a project role of the team.
pub(super) fn places_with_project_roles(survey: &mut Survey) {
    let of_team = [
        for_good(ProjectRole::Viewer),
        for_good(ProjectRole::Admin),
        until(ProjectRole::Viewer, EXPIRY),
        until(ProjectRole::Admin, LATER),
    ];
    let on_cluster =
        [State::NOTHING, State::own(for_good(ClusterAccess::Manage)), State::own(until(ClusterAccess::None, EXPIRY))];
    for_each_place(Permission::ManageMembers, |giver, target| {
        for mine in
            [State::NOTHING, State::own(for_good(ClusterAccess::View)), State::team(for_good(ClusterAccess::None))]
        {
            for theirs in project_roles_of_a_target() {
                for on in on_cluster {
                    for role in of_team {
                        for (shop, is_in_it) in
                            Visibility::ALL.into_iter().flat_map(|shop| [false, true].map(|is_in_it| (shop, is_in_it)))
                        {
                            let mut world = world(Some(giver.clone()));
                            give_access(&mut world, SUBJECT, US_EAST, mine);
                            add(&mut world, TARGET, Some(target.clone()));
                            give_access(&mut world, TARGET, US_EAST, on);
                            give_role(&mut world, TARGET, SHOP, theirs);
                            see(&mut world, shop);
                            see_cluster(&mut world, US_EAST, shop);
                            let mut crew = Team::of_organization(ACME);
                            crew.project_roles.insert(SHOP, role);
                            world.teams.insert(CREW, crew);
                            if is_in_it {
                                join(&mut world, TARGET, CREW);
                            }
                            survey.rows(&world, &[Resource::TeamMember { team: CREW, account: TARGET }]);
                        }
                    }
                }
            }
        }
    });
}

fn for_each_place(asked: Permission, mut ask: impl FnMut(&Account, &Account)) {
    let targets = [
        user(Role::Developer),
        user(Role::Viewer),
        user(of(nothing(Role::Developer))),
        member(AccountKind::User, Role::Developer, Some(EXPIRY)),
    ];
    let others = [
        user(Role::Admin),
        member(AccountKind::User, Role::Owner, Some(LATER)),
        user(of(super::roles::all_but(Role::Admin, Permission::ManageClusters).expect("an Admin may"))),
        user(of(super::roles::all_but(Role::Admin, asked).expect("an Admin may"))),
    ];
    for giver in &others {
        for target in &targets {
            ask(giver, target);
        }
    }
}
