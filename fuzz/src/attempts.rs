//! What is tried on a model, read from bytes: mostly what somebody may do, with ids that are held.

use shipgate::change::Change;
use shipgate::{AccountKind, AnyRole, ClusterAccess, Grant, Holder, ProjectRole, Role, Time, Visibility};

use crate::changes::model::{Actor, Attempt, Model};
use crate::oracle::{Id, World};
use crate::testing::draw::{Bytes, Draw, Source};

/// The highest id that a change names: higher than any that a world starts with.
pub(crate) const HIGHEST_ID: usize = 5;

impl Draw<Bytes<'_>> {
    pub(crate) fn attempt(&mut self, model: &Model) -> Attempt {
        let is_empty = model.world.organizations.is_empty();
        match self.up_to(15) {
            0..=9 if !is_empty => {
                let (actor, change) = self.act(model);
                Attempt::Change(Box::new(actor), change)
            }
            10..=14 if !is_empty => self.batch(model),
            0..=15 => self.founding(&model.world),
            _ => unreachable!("that is beyond fifteen"),
        }
    }

    fn founding(&mut self, world: &World) -> Attempt {
        let organization = self.free(world.organizations.iter());
        let owner = self.id();
        let kind = self.kind_of(owner, world);
        Attempt::Founding { organization, owner, kind, at: self.once_in(2, Self::moment) }
    }

    /// Each change is one for what those before it leave, mostly at the same time and in the same organization.
    fn batch(&mut self, model: &Model) -> Attempt {
        let mut after = model.clone();
        let mut changes = Vec::new();
        let (now, organization) = self.here_and_now(model);
        for index in 0..=self.up_to(3) {
            let (actor, change) = match if index == 0 { 0 } else { self.up_to(15) } {
                14 => {
                    let later = Some(self.moment());
                    self.act_in(&after, organization, later)
                }
                15 => {
                    let (_, elsewhere) = self.here_and_now(&after);
                    self.act_in(&after, elsewhere, now)
                }
                _ => self.act_in(&after, organization, now),
            };
            // Whoever is refused leaves everything as it was, and the batch goes on to say so.
            let _refused = after.change(&actor, &change);
            changes.push((actor, change));
        }
        let behind = self.one_of(&[0, 0, 0, 1], 0);
        let decided_on = self.once_in(2, |_| model.revision(organization).saturating_sub(behind));
        Attempt::Batch { changes, decided_on }
    }

    fn act(&mut self, model: &Model) -> (Actor, Change<Id>) {
        let (now, organization) = self.here_and_now(model);
        self.act_in(model, organization, now)
    }

    /// Mostly an organization that somebody leads.
    fn here_and_now(&mut self, model: &Model) -> (Option<Time>, Id) {
        let now = if self.source.once_in(8) { None } else { Some(self.moment()) };
        let led: Vec<&Id> =
            model.world.organizations.iter().filter(|id| !leaders(&model.world, **id, now).is_empty()).collect();
        (now, self.held(led.into_iter()))
    }

    fn act_in(&mut self, model: &Model, organization: Id, now: Option<Time>) -> (Actor, Change<Id>) {
        (self.actor(&model.world, organization, now), self.change(&model.world, organization))
    }

    /// Mostly an Owner or an Admin.
    fn actor(&mut self, world: &World, organization: Id, now: Option<Time>) -> Actor {
        Actor {
            account: self.held(leaders(world, organization, now).into_iter()),
            kind: self.once_in(24, |draw| draw.one_of(&AccountKind::ALL, AccountKind::ALL[0])),
            token: self.once_in(12, Self::token),
            service_token: self.once_in(24, Self::token),
            now,
        }
    }

    /// Mostly about the organization, or what it holds.
    fn change(&mut self, world: &World, organization: Id) -> Change<Id> {
        let has_clusters = clusters(world, organization).next().is_some();
        let has_projects = projects(world, organization).next().is_some();
        match self.up_to(47) {
            0..=8 => self.change_of_member(world, organization),
            9..=13 if has_clusters => self.change_of_access(world, organization),
            14..=18 if has_projects => self.change_of_project_role(world, organization),
            19..=21 if has_projects => self.change_of_project(world, organization),
            22..=30 if has_projects && has_clusters => self.change_of_environment(world, organization),
            31..=34 if has_clusters => self.change_of_cluster(world, organization),
            35 => Change::UpdateOrganization { organization },
            36 if self.up_to(3) == 0 => Change::DeleteOrganization { organization },
            37..=40 => self.change_of_role(world, organization),
            41..=47 => self.change_of_team(world, organization),
            9..=21 => self.new_project(world, organization),
            22..=47 => self.new_cluster(world, organization),
            _ => unreachable!("that is beyond forty-seven"),
        }
    }

    fn change_of_member(&mut self, world: &World, organization: Id) -> Change<Id> {
        let which = self.up_to(12);
        let account = if which < 4 { self.id() } else { self.held(members(world, organization)) };
        match which {
            0..=3 => {
                let (kind, role) = (self.kind_of(account, world), self.role_of(world, organization));
                Change::InviteMember { organization, account, kind, role, expires_at: self.once_in(4, Self::until) }
            }
            4 | 5 => Change::ChangeRole { organization, account, to: self.role_of(world, organization) },
            6 | 7 => Change::SetExpiry { organization, account, to: self.once_in(2, Self::until) },
            8 | 9 => Change::RemoveMember { organization, account },
            _ => Change::TransferOwnership { organization, account },
        }
    }

    fn change_of_role(&mut self, world: &World, organization: Id) -> Change<Id> {
        let which = self.up_to(5);
        let role = self.held(roles(world, organization));
        match (which, self.definition(), self.permissions()) {
            (0 | 1, Some(definition), _) => {
                Change::CreateRole { organization, role: self.free(world.roles.keys()), definition }
            }
            (2 | 3, _, Some(permissions)) => Change::UpdateRole { role, permissions },
            (_, _, _) => Change::DeleteRole { role },
        }
    }

    fn change_of_team(&mut self, world: &World, organization: Id) -> Change<Id> {
        let which = self.up_to(8);
        let (team, account) = (self.held(teams(world, organization)), self.held(members(world, organization)));
        match which {
            0 | 1 => Change::CreateTeam { organization, team: self.free(world.teams.keys()) },
            2 => Change::UpdateTeam { team },
            3 => Change::DeleteTeam { team },
            4..=6 => Change::AddToTeam { team, account },
            _ => Change::RemoveFromTeam { team, account: self.held(places(world, team)) },
        }
    }

    fn change_of_access(&mut self, world: &World, organization: Id) -> Change<Id> {
        let (cluster, holder) = (self.held(clusters(world, organization)), self.holder(world, organization));
        Change::SetClusterAccess { cluster, holder, to: self.expiring(&ClusterAccess::ALL) }
    }

    fn change_of_project_role(&mut self, world: &World, organization: Id) -> Change<Id> {
        let (project, holder) = (self.held(projects(world, organization)), self.holder(world, organization));
        Change::SetProjectRole { project, holder, to: self.expiring(&ProjectRole::ALL) }
    }

    fn change_of_project(&mut self, world: &World, organization: Id) -> Change<Id> {
        match self.up_to(3) {
            0 => self.new_project(world, organization),
            1 | 2 => Change::UpdateProject {
                project: self.held(projects(world, organization)),
                visibility: self.once_in(2, Self::visibility),
            },
            _ => Change::DeleteProject { project: self.held(projects(world, organization)) },
        }
    }

    fn new_project(&mut self, world: &World, organization: Id) -> Change<Id> {
        let (project, visibility) =
            (self.free(world.projects.keys()), self.one_of(&Visibility::ALL, Visibility::ALL[0]));
        Change::CreateProject { organization, project, visibility }
    }

    fn change_of_cluster(&mut self, world: &World, organization: Id) -> Change<Id> {
        let cluster = self.held(clusters(world, organization));
        match self.up_to(3) {
            0 => self.new_cluster(world, organization),
            1 | 2 => Change::UpdateCluster { cluster, visibility: self.once_in(2, Self::visibility) },
            _ => Change::DisconnectCluster { cluster },
        }
    }

    fn new_cluster(&mut self, world: &World, organization: Id) -> Change<Id> {
        let (cluster, visibility) = (self.free(world.clusters.keys()), self.visibility());
        Change::ConnectCluster { organization, cluster, visibility }
    }

    fn change_of_environment(&mut self, world: &World, organization: Id) -> Change<Id> {
        let has_environments = environments(world, organization).next().is_some();
        let which = self.up_to(if has_environments { 9 } else { 2 });
        let environment =
            if which < 3 { self.free(world.environments.keys()) } else { self.held(environments(world, organization)) };
        match which {
            0..=2 => Change::CreateEnvironment {
                environment,
                project: self.held(projects(world, organization)),
                cluster: self.held(clusters(world, organization)),
                namespace: self.namespace(),
                protection: self.protection(),
            },
            3 => Change::UpdateEnvironment { environment },
            4..=6 => Change::Retarget {
                environment,
                cluster: self.held(clusters(world, organization)),
                namespace: self.once_in(2, Self::namespace),
            },
            7 | 8 => Change::SetProtection { environment, to: self.protection() },
            _ => Change::DeleteEnvironment { environment },
        }
    }

    /// A role that a member can have: one in three is custom, and mostly of the organization.
    fn role_of(&mut self, world: &World, organization: Id) -> AnyRole<Id> {
        match self.once_in(3, |draw| draw.held(roles(world, organization))) {
            Some(id) => AnyRole::Custom(id),
            None => AnyRole::BuiltIn(self.one_of(&Role::ALL, Role::ALL[0])),
        }
    }

    /// Mostly a member.
    fn holder(&mut self, world: &World, organization: Id) -> Holder<Id> {
        match self.once_in(3, |draw| draw.held(teams(world, organization))) {
            Some(team) => Holder::Team(team),
            None => Holder::Account(self.held(members(world, organization))),
        }
    }

    /// Mostly one of these.
    fn held<'i>(&mut self, held: impl Iterator<Item = &'i Id>) -> Id {
        let held: Vec<Id> = held.copied().collect();
        if held.is_empty() || self.source.once_in(8) { self.id() } else { self.one_of(&held, held[0]) }
    }

    /// Mostly none of these.
    fn free<'i>(&mut self, held: impl Iterator<Item = &'i Id>) -> Id {
        let held: Vec<&Id> = held.collect();
        let free: Vec<Id> = (0..=HIGHEST_ID as Id).filter(|id| !held.contains(&id)).collect();
        self.held(free.iter())
    }

    /// Mostly what the account is.
    fn kind_of(&mut self, account: Id, world: &World) -> AccountKind {
        match (world.kind_of(account), self.up_to(7)) {
            (Some(kind), 1..) => kind,
            (None, 1..=5) => AccountKind::User,
            (Some(_) | None, _) => self.one_of(&AccountKind::ALL, AccountKind::ALL[0]),
        }
    }

    /// A present time: now and then one that no record can say.
    fn moment(&mut self) -> Time {
        if self.source.once_in(64) { Time::MAX } else { Time::from_millis(self.one_of(&[0, 1, 2, 3], 0)) }
    }

    /// An expiry: now and then one that no record can say.
    fn until(&mut self) -> Time {
        if self.source.once_in(32) { Time::MIN } else { Time::from_millis(self.one_of(&[0, 1, 2, 3], 0)) }
    }

    fn expiring<T: Copy>(&mut self, values: &[T]) -> Option<Grant<T>> {
        let value = self.one_of(values, values[0]);
        let until = self.once_in(3, Self::until);
        if self.source.once_in(4) { None } else { Some(Grant::expiring(value, until)) }
    }

    /// A namespace: now and then a text that is none.
    fn namespace(&mut self) -> String {
        self.one_of(&["shop", "shop", "api", "blog", "shop-2", "", "Shop", "kube-system"], "shop").to_owned()
    }
}

/// Who is an Owner or an Admin by rank, and for good or until later.
fn leaders(world: &World, organization: Id, now: Option<Time>) -> Vec<&Id> {
    let leads = |account: &&Id| {
        world.membership(**account, organization).is_some_and(|membership| {
            let lasts = membership.role.until.is_none_or(|until| now.is_some_and(|now| now < until));
            let rank = match membership.role.what {
                AnyRole::BuiltIn(role) => Some(role),
                AnyRole::Custom(role) => world.roles.get(&role).map(|role| role.definition.rank()),
            };
            lasts && matches!(rank, Some(Role::Owner | Role::Admin))
        })
    };
    world.accounts.keys().filter(leads).collect()
}

fn members(world: &World, organization: Id) -> impl Iterator<Item = &Id> {
    world.accounts.keys().filter(move |account| world.membership(**account, organization).is_some())
}

fn places(world: &World, team: Id) -> impl Iterator<Item = &Id> {
    let is_in_team = move |account: &&Id| {
        let organization = world.organization_of_team(team);
        let membership = organization.and_then(|organization| world.membership(**account, organization));
        membership.is_some_and(|membership| membership.teams.contains(&team))
    };
    world.accounts.keys().filter(is_in_team)
}

fn roles(world: &World, organization: Id) -> impl Iterator<Item = &Id> {
    world.roles.iter().filter(move |(_, role)| role.organization == organization).map(|(id, _)| id)
}

fn teams(world: &World, organization: Id) -> impl Iterator<Item = &Id> {
    world.teams.iter().filter(move |(_, team)| team.organization == organization).map(|(id, _)| id)
}

fn projects(world: &World, organization: Id) -> impl Iterator<Item = &Id> {
    world.projects.iter().filter(move |(_, project)| project.organization == organization).map(|(id, _)| id)
}

fn clusters(world: &World, organization: Id) -> impl Iterator<Item = &Id> {
    world.clusters.iter().filter(move |(_, cluster)| cluster.organization == organization).map(|(id, _)| id)
}

fn environments(world: &World, organization: Id) -> impl Iterator<Item = &Id> {
    let is_here = move |project: &Id| world.projects.get(project).is_some_and(|held| held.organization == organization);
    world.environments.iter().filter(move |(_, environment)| is_here(&environment.project)).map(|(id, _)| id)
}
