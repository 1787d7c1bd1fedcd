//! The spaces that are exhausted, by the kind of change. In each, what can matter to the change is: the grants on the cluster
//! by themselves, those in the project by themselves, and both together by the least and the most of each.

use shipgate::model::Permission;
use shipgate::{AccountKind, AnyRole, ClusterAccess, ProjectRole, Role, Visibility};

use super::Space;
use super::change::Change;
use super::classes::{
    VISIBILITIES, all_levels, all_roles, both, definitions, given, grants, levels_alone, like, members, product, roles,
    roles_alone, roles_below, roles_by_level, roles_of_managers,
};
use super::world::{AnyRoleOf, BEFORE, Grants, LATER, LATEST, Member, NOW, Things};

const SEEN: [Visibility; 1] = [Visibility::Organization];
const NONE: [Grants; 1] = [Grants { level: None, role: None }];
const OUT: [bool; 1] = [false];

/// Who changes memberships, roles and teams: a project role counts for none of them.
fn managers() -> Vec<Member> {
    members(&roles_of_managers(), &[None, Some(LATER)], &levels_alone(&all_levels()), &NONE, &OUT)
}

fn managers_without_grants() -> Vec<Member> {
    members(&roles_of_managers(), &[None, Some(LATER)], &NONE, &NONE, &OUT)
}

fn managers_by_level() -> Vec<Member> {
    let levels = grants(&[ClusterAccess::None, ClusterAccess::View, ClusterAccess::Deploy]);
    let admins = [Role::Admin.into(), AnyRole::Custom(like(Role::Admin, &[Permission::ManageClusters], &[]))];
    members(&admins, &[None], &levels_alone(&levels), &NONE, &OUT)
}

/// Who changes what is in a project: by the role in the organization, or by a role there.
fn leaders() -> Vec<Member> {
    let there = roles_alone(&grants(&[ProjectRole::Viewer, ProjectRole::Admin]));
    members(&roles(), &[None], &there, &there, &OUT)
        .into_iter()
        .chain(members(&roles(), &[Some(LATER)], &there, &NONE, &OUT))
        .collect()
}

fn leaders_by_level() -> Vec<Member> {
    let own: Vec<_> =
        product(&levels(), &[None, Some(ProjectRole::Admin.into())], |level, role| Grants { level, role });
    let custom = [
        like(Role::Admin, &[Permission::ManageClusters], &[]),
        like(Role::Developer, &[], &[Permission::ManageProjects]),
        like(Role::Viewer, &[], &[Permission::ManageProjects]),
    ];
    let built_in = [Role::Owner, Role::Admin, Role::Developer, Role::Viewer].map(AnyRole::BuiltIn);
    let roles: Vec<_> = built_in.into_iter().chain(custom.map(AnyRole::Custom)).collect();
    members(&roles, &[None], &own, &NONE, &OUT)
}

/// Who sets levels.
fn keepers(in_team: &[bool]) -> Vec<Member> {
    let roles = roles_of_keepers();
    members(&roles, &[None, Some(LATER)], &levels_alone(&all_levels()), &NONE, in_team)
}

/// The same with a second grant, that counts when the first has lapsed. (Of a third one the policy does not look at the end.)
fn keepers_with_two_grants() -> Vec<Member> {
    let (own, ends) = (levels_alone(&all_levels()), [None, Some(LATER)]);
    let alone = levels_alone(&grants(&[ClusterAccess::View, ClusterAccess::Manage]));
    let of_their_own = members(&roles_of_keepers(), &ends, &own, &alone, &OUT);
    of_their_own.into_iter().chain(members(&roles_of_keepers(), &ends, &NONE, &alone, &[true])).collect()
}

fn keepers_by_level() -> Vec<Member> {
    members(&[Role::Admin.into()], &[None], &levels_alone(&levels()), &NONE, &OUT)
}

fn roles_of_keepers() -> Vec<AnyRoleOf> {
    let custom = like(Role::Admin, &[Permission::Approve], &[]);
    vec![Role::Owner.into(), Role::Admin.into(), AnyRole::Custom(custom)]
}

/// No override, and each level for good.
fn levels() -> Vec<Option<shipgate::Grant<ClusterAccess>>> {
    [None].into_iter().chain(ClusterAccess::ALL.map(|level| Some(level.into()))).collect()
}

fn things(projects: &[Visibility], clusters: &[Visibility], teams: &[Grants]) -> Vec<Things> {
    let visibilities = product(projects, clusters, |project, cluster| (project, cluster));
    product(&visibilities, teams, |(project, cluster), team| Things { project, cluster, team })
}

/// A space in which changes are decided now, and one in which they are decided without a time.
fn at_any_time(
    name: &'static str,
    things: &[Things],
    makers: &[Member],
    targets: &[Member],
    changes: &[Change],
) -> [Space; 2] {
    [Some(NOW), None].map(|now| Space {
        name,
        things: things.to_vec(),
        // Without a time, a membership that ends is over.
        makers: makers.iter().filter(|maker| now.is_some() || maker.until.is_none()).copied().collect(),
        targets: targets.to_vec(),
        changes: changes.to_vec(),
        now,
    })
}

fn changes_of_role(roles: &[AnyRoleOf]) -> Vec<Change> {
    roles.iter().map(|role| Change::Role(*role)).chain([Change::Transfer]).collect()
}

pub(super) fn memberships() -> Vec<Space> {
    let (every, by_level) = (roles(), roles_by_level());
    let (all_levels, all_roles) = (levels_alone(&all_levels()), levels_and_roles().1);
    let ends = [None, Some(LATER)];
    let all_ends = [None, Some(BEFORE), Some(LATER), Some(LATEST)];
    let over = [Some(BEFORE)];

    let on_clusters = things(&SEEN, &VISIBILITIES, &NONE);
    let in_projects = things(&VISIBILITIES, &SEEN, &NONE);
    let anywhere = things(&VISIBILITIES, &VISIBILITIES, &NONE);

    let mut on_cluster = members(&every, &ends, &all_levels, &all_levels, &OUT);
    on_cluster.push(Member { kind: AccountKind::Service, ..Member::with_role(Role::Owner.into()) });
    let in_project = members(&every, &ends, &all_roles, &all_roles, &OUT);
    let in_both = members(&by_level, &[None], &both(), &both(), &OUT);
    let new_roles = changes_of_role(&every);

    let expiring_on_cluster = members(&by_level, &all_ends, &all_levels, &all_levels, &OUT);
    let expiring_in_project = members(&every, &all_ends, &all_roles, &all_roles, &OUT);
    let expiring_in_both = members(&roles_below(), &[Some(BEFORE), Some(LATER)], &both(), &both(), &OUT);
    let expiries = all_ends.map(Change::SetExpiry);

    let once_a_member = members(&every, &over, &levels_alone(&grants(&[ClusterAccess::Manage])), &NONE, &OUT);
    let invitations = product(&every, &all_ends, |role, until| Change::Invite { role, until });

    [
        at_any_time("roles, cluster", &on_clusters, &managers(), &on_cluster, &new_roles),
        at_any_time("roles, project", &in_projects, &managers_without_grants(), &in_project, &new_roles),
        at_any_time("roles, both", &anywhere, &managers_by_level(), &in_both, &changes_of_role(&by_level)),
        at_any_time("expiries, cluster", &on_clusters, &managers(), &expiring_on_cluster, &expiries),
        at_any_time("expiries, project", &in_projects, &managers_without_grants(), &expiring_in_project, &expiries),
        at_any_time("expiries, both", &anywhere, &managers_by_level(), &expiring_in_both, &expiries),
        at_any_time("invitations", &anywhere, &managers(), &once_a_member, &invitations),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every grant on the cluster by itself, and every grant in the project.
fn levels_and_roles() -> (Vec<Grants>, Vec<Grants>) {
    (levels_alone(&all_levels()), roles_alone(&all_roles()))
}

pub(super) fn places() -> Vec<Space> {
    let (levels, roles_there) = levels_and_roles();
    let in_or_out = [true, false];
    let ends = [None, Some(BEFORE)];
    let changes = [Change::AddToTeam, Change::RemoveFromTeam];

    let on_cluster = members(&roles_by_level(), &ends, &levels, &levels, &in_or_out);
    let in_project = members(&roles(), &ends, &roles_there, &roles_there, &in_or_out);
    let in_both = members(&roles_below(), &[None], &both(), &both(), &in_or_out);
    [
        at_any_time("places, cluster", &things(&SEEN, &VISIBILITIES, &levels), &managers(), &on_cluster, &changes),
        at_any_time(
            "places, project",
            &things(&VISIBILITIES, &SEEN, &roles_there),
            &managers_without_grants(),
            &in_project,
            &changes,
        ),
        at_any_time(
            "places, both",
            &things(&VISIBILITIES, &VISIBILITIES, &both()),
            &managers_by_level(),
            &in_both,
            &changes,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn project_roles() -> Vec<Space> {
    let (_, roles_there) = levels_and_roles();
    let of_members: Vec<_> = given(&ProjectRole::ALL).into_iter().map(Change::SetRole).collect();
    let of_team: Vec<_> = given(&ProjectRole::ALL).into_iter().map(Change::SetRoleOfTeam).collect();
    let few = grants(&ProjectRole::ALL);
    let few_of_members: Vec<_> = few.iter().map(|to| Change::SetRole(*to)).collect();
    let few_of_team: Vec<_> = few.iter().map(|to| Change::SetRoleOfTeam(*to)).collect();

    let anywhere = things(&VISIBILITIES, &VISIBILITIES, &NONE);
    let in_project = members(&roles(), &[None], &roles_there, &roles_there, &OUT);
    let in_both = members(&roles_below(), &[None], &both(), &both(), &OUT);
    let of_the_team =
        |members: &[Member]| -> Vec<_> { members.iter().map(|member| Member { in_team: true, ..*member }).collect() };
    [
        at_any_time("project roles", &things(&VISIBILITIES, &SEEN, &NONE), &leaders(), &in_project, &of_members),
        at_any_time("project roles, both", &anywhere, &leaders_by_level(), &in_both, &few_of_members),
        at_any_time(
            "project roles of teams",
            &things(&VISIBILITIES, &SEEN, &roles_there),
            &leaders(),
            &of_the_team(&in_project),
            &of_team,
        ),
        at_any_time(
            "project roles of teams, both",
            &things(&VISIBILITIES, &VISIBILITIES, &both()),
            &leaders_by_level(),
            &of_the_team(&in_both),
            &few_of_team,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn levels_of_all() -> Vec<Space> {
    let (levels, _) = levels_and_roles();
    let of_members: Vec<_> = given(&ClusterAccess::ALL).into_iter().map(Change::SetLevel).collect();
    let of_team: Vec<_> = given(&ClusterAccess::ALL).into_iter().map(Change::SetLevelOfTeam).collect();

    let on_clusters = things(&SEEN, &VISIBILITIES, &NONE);
    let of_teams = things(&SEEN, &VISIBILITIES, &levels);
    let anywhere = things(&VISIBILITIES, &VISIBILITIES, &NONE);
    let of_teams_anywhere = things(&VISIBILITIES, &VISIBILITIES, &both());
    let every = |in_team| members(&roles_by_level(), &[None], &levels, &levels, &[in_team]);
    let in_both = |in_team| members(&roles_below(), &[None], &both(), &both(), &[in_team]);
    let plain = members(&roles_by_level(), &[None], &NONE, &NONE, &OUT);
    let keepers = keepers(&[true, false]);
    let with_two_grants = keepers_with_two_grants();
    [
        at_any_time("levels", &on_clusters, &keepers, &every(false), &of_members),
        at_any_time("levels, by two grants", &on_clusters, &with_two_grants, &plain, &of_members),
        at_any_time("levels, both", &anywhere, &keepers_by_level(), &in_both(false), &of_members),
        at_any_time("levels of teams", &of_teams, &keepers, &every(true), &of_team),
        at_any_time("levels of teams, by two grants", &of_teams, &with_two_grants, &plain, &of_team),
        at_any_time("levels of teams, both", &of_teams_anywhere, &keepers_by_level(), &in_both(true), &of_team),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn updates() -> Vec<Space> {
    let (levels, roles_there) = levels_and_roles();
    let anywhere = things(&VISIBILITIES, &VISIBILITIES, &NONE);
    let projects = VISIBILITIES.map(Change::ShowProject);
    let clusters = VISIBILITIES.map(Change::ShowCluster);
    let on_cluster = members(&roles_by_level(), &[None], &levels, &levels, &OUT);
    let in_project = members(&roles(), &[None], &roles_there, &roles_there, &OUT);
    let in_both = members(&roles_below(), &[None], &both(), &both(), &OUT);
    let by_two_grants = keepers_with_two_grants();

    let mut spaces: Vec<Space> = [
        at_any_time("projects shown", &anywhere, &leaders(), &in_project, &projects),
        at_any_time("projects shown, both", &anywhere, &leaders_by_level(), &in_both, &projects),
        at_any_time("clusters shown", &anywhere, &by_two_grants, &on_cluster, &clusters),
        at_any_time("clusters shown, both", &anywhere, &keepers_by_level(), &in_both, &clusters),
    ]
    .into_iter()
    .flatten()
    .collect();
    for definitions in definitions() {
        let roles: Vec<_> = definitions.iter().map(|definition| AnyRole::Custom(*definition)).collect();
        let mut makers = managers();
        makers.extend(members(&roles, &[None, Some(LATER)], &levels, &NONE, &OUT));
        let on_cluster = members(&roles, &[None], &levels, &levels, &OUT);
        let in_project = members(&roles, &[None], &roles_there, &roles_there, &OUT);
        let in_both = members(&roles, &[None], &both(), &both(), &OUT);
        let changes: Vec<_> = product(&definitions, &definitions, |from, to| (from, to))
            .into_iter()
            .map(|(from, to)| Change::UpdateRole { from, to })
            .collect();
        spaces.extend(at_any_time(
            "roles widened, cluster",
            &things(&SEEN, &VISIBILITIES, &NONE),
            &makers,
            &on_cluster,
            &changes,
        ));
        let in_projects = things(&VISIBILITIES, &SEEN, &NONE);
        spaces.extend(at_any_time(
            "roles widened, project",
            &in_projects,
            &managers_without_grants(),
            &in_project,
            &changes,
        ));
        spaces.extend(at_any_time("roles widened, both", &anywhere, &managers_by_level(), &in_both, &changes));
    }
    spaces
}
