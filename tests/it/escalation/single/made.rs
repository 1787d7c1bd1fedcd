//! The small worlds in a directory: what changes are taken to do there is what they do.

use shipgate::change;
use shipgate::directory::{
    ClusterAccessRow, ClusterRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow, RoleRow, Rows, TeamMemberRow,
    TeamRow,
};
use shipgate::{AccountKind, AnyRole, Directory, Holder, Role, RoleDefinition, SubjectId};

use super::change::{After, Case, Change};
use super::world::{
    ACME, ALONE, AnyRoleOf, CLUSTER, Facts, Grants, Id, MAKER, Member, NOW, PROJECT, TARGET, TEAM, TIMES, Things,
};
use super::{Space, applies, spaces};
use crate::escalation::holdings::{self, Held};

/// Of each space, this many changes are made.
const TRIED: usize = 2_000;
const ANOTHER_OWNER: Id = 5;
const FIRST_ROLE: Id = 20;

/// The custom roles of a small world, each with an id.
struct Roles(Vec<RoleDefinition>);

impl Roles {
    fn id(&mut self, definition: RoleDefinition) -> Id {
        let known = self.0.iter().position(|known| *known == definition);
        let place = known.unwrap_or_else(|| {
            self.0.push(definition);
            self.0.len() - 1
        });
        FIRST_ROLE + Id::try_from(place).expect("few roles")
    }

    fn named(&mut self, role: AnyRoleOf) -> AnyRole<Id> {
        role.map(|definition| self.id(definition))
    }
}

/// A small world in a directory, and the change there.
fn directory(
    things: Things,
    maker: Member,
    target: Option<Member>,
    change: Change,
) -> (Directory<Id>, change::Change<Id>) {
    let mut roles = Roles(Vec::new());
    let change = named(change, &mut roles);
    let (project, cluster) = (PROJECT, CLUSTER);
    let mut rows = Rows {
        organizations: vec![OrganizationRow { id: ACME }],
        teams: vec![TeamRow { id: TEAM, organization: ACME }],
        clusters: vec![ClusterRow { id: cluster, organization: ACME, orchestrator: None, visibility: things.cluster }],
        projects: vec![ProjectRow { id: project, organization: ACME, visibility: things.project }],
        ..Rows::default()
    };
    grant(&mut rows, Holder::Team(TEAM), things.team);
    let owner = Member::with_role(Role::Owner.into());
    for (account, member) in [(MAKER, Some(maker)), (TARGET, target), (ANOTHER_OWNER, Some(owner))] {
        let Some(Member { kind, role, until: expires_at, own, alone, in_team }) = member else { continue };
        rows.members.push(MemberRow { organization: ACME, account, kind, role: roles.named(role), expires_at });
        grant(&mut rows, Holder::Account(account), own);
        if in_team {
            rows.team_members.push(TeamMemberRow { team: TEAM, account });
        }
        if alone != Grants::default() {
            let team = ALONE + account;
            rows.teams.push(TeamRow { id: team, organization: ACME });
            rows.team_members.push(TeamMemberRow { team, account });
            grant(&mut rows, Holder::Team(team), alone);
        }
    }
    let definitions = (FIRST_ROLE..).zip(roles.0);
    rows.roles = definitions.map(|(id, definition)| RoleRow { id, organization: ACME, definition }).collect();
    (Directory::try_from(&rows).expect("the rows fit each other"), change)
}

fn grant(rows: &mut Rows<Id>, holder: Holder<Id>, Grants { level, role }: Grants) {
    rows.cluster_access.extend(level.map(|grant| {
        let (level, expires_at) = (grant.value(), grant.expires_at());
        ClusterAccessRow { cluster: CLUSTER, holder, level, expires_at }
    }));
    rows.project_roles.extend(role.map(|grant| {
        let (role, expires_at) = (grant.value(), grant.expires_at());
        ProjectRoleRow { project: PROJECT, holder, role, expires_at }
    }));
}

fn named(change: Change, roles: &mut Roles) -> change::Change<Id> {
    use shipgate::change::Change as Made;

    let target = Holder::Account(TARGET);
    match change {
        Change::Invite { role, until } => {
            Made::invite_member(ACME, TARGET, AccountKind::User, roles.named(role), until)
        }
        Change::Role(to) => Made::change_role(ACME, TARGET, roles.named(to)),
        Change::SetExpiry(to) => Made::set_expiry(ACME, TARGET, to),
        Change::Transfer => Made::transfer_ownership(ACME, TARGET),
        Change::AddToTeam => Made::add_to_team(TEAM, TARGET),
        Change::RemoveFromTeam => Made::remove_from_team(TEAM, TARGET),
        Change::SetLevel(to) => Made::set_cluster_access(CLUSTER, target, to),
        Change::SetRole(to) => Made::set_project_role(PROJECT, target, to),
        Change::SetLevelOfTeam(to) => Made::set_cluster_access(CLUSTER, Holder::Team(TEAM), to),
        Change::SetRoleOfTeam(to) => Made::set_project_role(PROJECT, Holder::Team(TEAM), to),
        Change::ShowProject(to) => Made::update_project(PROJECT, Some(to)),
        Change::ShowCluster(to) => Made::update_cluster(CLUSTER, Some(to)),
        Change::UpdateRole { from, to } => Made::update_role(roles.id(from), to.permissions()),
    }
}

fn course(directory: &Directory<Id>, account: Id) -> [Held; TIMES.len()] {
    let member: Option<holdings::Member<2>> = holdings::Member::read(directory, account, ACME, PROJECT, CLUSTER);
    TIMES.map(|time| member.map_or(Held::NOTHING, |member| member.held(time)))
}

/// Makes some of the changes of a space, strewn over it. Returns how many were allowed.
fn make_some(space: &Space) -> usize {
    let mut made = 0;
    for place in 0..TRIED {
        // Numbers without a common divisor, so that the parts are not always chosen together.
        let things = space.things[place * 7 % space.things.len()];
        let maker = space.makers[place * 101 % space.makers.len()];
        let target = space.targets.get(place * 1_009 % (space.targets.len() + 1)).copied();
        let change = space.changes[place * 11 % space.changes.len()];

        let facts = Facts::of(things);
        let (maker_facts, target_facts) =
            ((maker, facts.maker(&maker)), target.map(|target| (target, facts.target(&target))));
        if !applies(change, target_facts.as_ref()) {
            continue;
        }
        let case = Case { facts: &facts, maker: &maker_facts, target: target_facts.as_ref(), now: space.now };
        let is_allowed = case.decide(change).is_allowed();

        let (mut directory, named) = directory(things, maker, target, change);
        let say = || format!("{things:?}, {maker:?}, {target:?}, {change:?}");
        assert_eq!(course(&directory, MAKER), things.course(Some(&maker)), "{}", say());
        assert_eq!(course(&directory, TARGET), things.course(target.as_ref()), "{}", say());
        let result = directory.change(0, &SubjectId::new(&MAKER).at(NOW), named);
        assert_eq!(result.is_ok(), is_allowed, "{result:?}: {}", say());
        if is_allowed {
            made += 1;
            let After { things, maker, target } = change.make(things, maker, target);
            assert_eq!(course(&directory, MAKER), things.course(Some(&maker)), "{}", say());
            assert_eq!(course(&directory, TARGET), things.course(target.as_ref()), "{}", say());
        }
    }
    made
}

#[test]
fn in_a_directory_changes_do_what_they_are_taken_to_do() {
    let spaces =
        [spaces::memberships(), spaces::places(), spaces::project_roles(), spaces::levels_of_all(), spaces::updates()];
    let mut all = 0;
    for space in spaces.iter().flatten().filter(|space| space.now.is_some()) {
        let made = make_some(space);
        println!("{}: {made} changes made", space.name());
        assert!(made > 0, "no change was made");
        all += made;
    }
    println!("all: {all} changes made");
}
