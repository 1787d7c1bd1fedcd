//! Asked on facts.

use shipgate::policy::ReasonCode;
use shipgate::{
    Account, Action, AnyRole, Approval, Cluster, ClusterAccess, CustomRole, Deployment, Environment, Grant, Membership,
    NewEnvironment, Organization, Project, Protection, Resource, Subject, Team, Token, Visibility, decide,
};

use crate::Answers;
use crate::questions::{
    APPROVALS, ASKERS, Grants, LATER, MEMBERS, NOW, Name, OTHER_CLUSTERS, OVERRIDES, RELEASES, TEAMS, actions,
    protections, roles, tokens,
};

pub(crate) fn decide_allocates_nothing<Id: Name>() {
    let facts = Facts::<Id>::new();
    let tokens = tokens::<Id>();
    let actions: Vec<Action<&CustomRole<Id>>> =
        actions().into_iter().map(|action| action.map(|role| facts.role(role))).collect();
    let mut answers = Answers::default();
    facts.for_every_resource(|resource| {
        for asker in ASKERS {
            for tokens in &tokens {
                // Without a time, every case that the expiries allow is looked at.
                for time in [Some(NOW), None] {
                    let subject = facts.subject(asker, tokens);
                    let subject = time.map_or(subject, |now| subject.at(now));
                    for action in &actions {
                        answers.note((asker, action, resource), || decide(subject, *action, resource));
                    }
                }
            }
        }
    });
    answers.are_of_every_kind(&[ReasonCode::UnknownResource]);
}

struct Facts<Id> {
    accounts: Vec<Account<Id>>,
    acme: Organization<Id>,
    roles: Vec<(&'static str, CustomRole<Id>)>,
    teams: Vec<(&'static str, Team<Id>)>,
    shop: Project<Id>,
    empty: Project<Id>,
    hidden: Project<Id>,
    us_east: Cluster<Id>,
    eu_west: Cluster<Id>,
    foreign: Cluster<Id>,
    environments: Vec<Environment<Id>>,
    id: Id,
}

impl<Id: Name> Facts<Id> {
    fn new() -> Self {
        let acme = Id::of("acme-corp");
        let us_east = Cluster::new(Id::of("us-east"), acme.clone()).with_environments(5);
        let eu_west = Cluster::new(Id::of("eu-west"), acme.clone()).with_visibility(Visibility::Members);
        let on_us_east = protections().map(|(_, protection)| (&us_east, protection));
        let shop = Project::new(Id::of("shop"), acme.clone()).with_environments(on_us_east);
        let hidden = Project::new(Id::of("hidden"), acme.clone()).with_visibility(Visibility::Members);
        let mut environments: Vec<_> = protections()
            .iter()
            .map(|(name, protection)| Environment::new(Id::of(name), &shop, &us_east, *protection))
            .collect::<Result<_, _>>()
            .expect("one organization");
        environments.extend(Environment::new(Id::of("hidden-dev"), &hidden, &us_east, Protection::NONE));
        let holders = |role| MEMBERS.iter().filter(|(_, _, held, ..)| *held == AnyRole::Custom(role)).count();
        let roles = roles().map(|(name, definition)| {
            let members = u32::try_from(holders(name)).expect("there are few");
            (name, CustomRole::new(Id::of(name), acme.clone(), definition).with_members(members))
        });
        let teams = TEAMS.map(|(name, grants)| (name, team(name, &acme, grants, &us_east, &shop)));
        let mut facts = Self {
            accounts: Vec::new(),
            acme: Organization::new(acme.clone(), 1),
            roles: roles.into(),
            teams: teams.into(),
            empty: Project::new(Id::of("empty"), acme),
            eu_west,
            foreign: Cluster::new(Id::of("ap-south"), Id::of("globex")),
            id: Id::of("shop-preview"),
            shop,
            hidden,
            us_east,
            environments,
        };
        facts.accounts = MEMBERS.iter().map(|member| facts.member(*member)).collect();
        facts
    }

    fn member(&self, (name, kind, role, expires_at, teams): crate::questions::Member) -> Account<Id> {
        let mut membership = match role {
            AnyRole::BuiltIn(role) => Membership::new(self.acme.id().clone(), role),
            AnyRole::Custom(role) => Membership::custom(self.role(role)),
        };
        if let Some(expiry) = expires_at {
            membership = membership.until(expiry);
        }
        for team in teams {
            membership = membership.in_team(self.team(team)).expect("one place a team");
        }
        for (_, level) in OVERRIDES.into_iter().filter(|(holder, _)| *holder == name) {
            membership = membership.with_cluster_access(&self.us_east, level).expect("one override a cluster");
        }
        for number in 0..if name == "alice" { OTHER_CLUSTERS } else { 0 } {
            let cluster = Cluster::new(Id::of_cluster(number), self.acme.id().clone());
            membership = membership.with_cluster_access(&cluster, ClusterAccess::View).expect("one override a cluster");
        }
        Account::new(Id::of(name), kind).with(membership).expect("one membership")
    }

    fn role(&self, name: &str) -> &CustomRole<Id> {
        &self.roles.iter().find(|(role, _)| *role == name).expect("a role of acme-corp").1
    }

    fn team(&self, name: &str) -> &Team<Id> {
        &self.teams.iter().find(|(team, _)| *team == name).expect("a team of acme-corp").1
    }

    fn account(&self, name: &str) -> Option<&Account<Id>> {
        self.accounts.iter().find(|account| *account.id() == Id::of(name))
    }

    fn subject<'a>(&'a self, asker: &str, [token, service_token]: &'a [Option<Token<Id>>; 2]) -> Subject<'a, Id> {
        let subject = self.account(asker).map_or(Subject::unknown(), Subject::new);
        let subject = token.as_ref().map_or(subject, |token| subject.with_token(token));
        service_token.as_ref().map_or(subject, |token| subject.with_service_token(token))
    }

    fn for_every_resource(&self, mut see: impl FnMut(Resource<'_, Id>)) {
        see(Resource::Organization(&self.acme));
        for (_, role) in &self.roles {
            see(Resource::Role(role));
        }
        for (_, team) in &self.teams {
            see(Resource::Team(team));
            see(Resource::ProjectTeam(&self.shop, team));
            see(Resource::ClusterTeam(&self.us_east, team));
        }
        for project in [&self.shop, &self.empty, &self.hidden] {
            see(Resource::Project(project));
            for cluster in [&self.us_east, &self.foreign] {
                see(Resource::NewEnvironment(NewEnvironment::new(
                    Some(&self.id),
                    project,
                    cluster,
                    Protection::LOCKED,
                )));
            }
        }
        for cluster in [&self.us_east, &self.eu_west] {
            see(Resource::Cluster(cluster));
        }
        for target in ASKERS {
            let target = self.account(target);
            see(Resource::Member(&self.acme, target));
            see(Resource::TeamMember(self.team("crew"), target));
            see(Resource::ProjectMember(&self.shop, target));
            see(Resource::ClusterMember(&self.us_east, target));
        }
        for environment in &self.environments {
            see(Resource::Environment(environment));
            for cluster in [&self.us_east, &self.eu_west, &self.foreign] {
                see(Resource::Placement { environment, to: cluster });
            }
            self.for_every_deployment(environment, &mut see);
        }
    }

    fn for_every_deployment(&self, environment: &Environment<Id>, see: &mut impl FnMut(Resource<'_, Id>)) {
        let given = self.accounts.iter().cycle().zip(RELEASES.into_iter().cycle()).take(APPROVALS);
        let approvals: Vec<_> = given
            .map(|(by, release)| {
                let approval = Approval::new(by).on_cluster(self.us_east.id()).until(LATER);
                release.map_or(approval, |release| approval.for_release(release))
            })
            .collect();
        let [olivia, ..] = self.accounts.as_slice() else { unreachable!("there are members") };
        for requester in &self.accounts {
            for approvals in [&approvals[..0], &approvals] {
                let deployment = Deployment::new(environment, requester.id(), approvals);
                see(Resource::Deployment(&deployment));
                see(Resource::Deployment(&deployment.on_behalf_of(olivia.id()).with_release("v1.4.2")));
            }
        }
    }
}

fn team<Id: Name>(
    name: &str,
    acme: &Id,
    grants: Option<Grants>,
    us_east: &Cluster<Id>,
    shop: &Project<Id>,
) -> Team<Id> {
    let members = MEMBERS.iter().filter(|(.., teams)| teams.contains(&name)).count();
    let team = Team::new(Id::of(name), acme.clone()).with_members(u32::try_from(members).expect("there are few"));
    let Some((level, role, end)) = grants else { return team };
    let with_access = team.with_cluster_access(us_east, Grant::expiring(level, end));
    with_access.and_then(|team| team.with_project_role(shop, Grant::expiring(role, end))).expect("one grant each")
}
