//! The questions of the matrix, and the facts that each is asked on.

use shipgate::{
    Account, AccountKind, Approval, Cluster, ClusterAccess, Decision, Deployment, Environment, Grant, Membership,
    NewEnvironment, Organization, Project, Resource, Role, Subject, Team, decide,
};

use super::asker::{Custom, LATER, NOW, PAST, SOON, Setting, Who, eu_west};
use super::parameters::Asked;
use super::scene::{Approver, Contents, Crew, NewCluster, Requester, Scene, Target, WhoseTeam};

type Id = &'static str;

/// The release that deployments carry.
const RELEASE: &str = "v2";

/// Asks one question.
pub(super) fn ask(who: Who, action: Asked, scene: Scene, setting: &Setting) -> Decision {
    let mut answer = None;
    ask_each(who, &[action], scene, setting, |decision| answer = Some(decision));
    answer.expect("it was asked")
}

/// Asks for each of these actions, on the same facts.
pub(super) fn ask_each(who: Who, actions: &[Asked], scene: Scene, setting: &Setting, answer: impl FnMut(Decision)) {
    let facts = Facts::of(scene, setting);
    let on_new = match scene {
        Scene::Placement(NewCluster::Own(level)) => level,
        _ => None,
    };
    let asker = who.account(setting, on_new, &facts.crews_of_asker(scene));
    let mut subject = match who {
        Who::Stranger => Subject::unknown(),
        _ => Subject::new(&asker),
    }
    .at(NOW);
    if let Some(token) = &setting.token {
        subject = subject.with_token(token);
    }
    facts.with_resource(scene, &asker, |resource| {
        actions.iter().map(|action| decide(subject, *action, resource)).for_each(answer);
    });
}

/// What there is in the organization of the resource, but for members.
struct Facts {
    home: Id,
    us_east: Cluster<Id>,
    eu_west: Cluster<Id>,
    foreign: Cluster<Id>,
    shop: Project<Id>,
    /// The shop with an environment.
    stocked: Project<Id>,
    production: Environment<Id>,
    /// The team that the question is about, if it is about one.
    crew: Team<Id>,
    foreign_crew: Team<Id>,
    setting: Setting,
}

impl Facts {
    fn of(scene: Scene, setting: &Setting) -> Self {
        let home = setting.organization;
        let (us_east, shop) = (setting.us_east(home), setting.shop(home));
        let production = Environment::new("shop-production", &shop, &us_east, setting.protection);
        let crew = match scene {
            Scene::TeamMember(crew, _) => team_with(crew, home, &us_east, &shop),
            _ => Team::new("crew", home),
        };
        Self {
            eu_west: eu_west(home),
            foreign: Cluster::new("ap-south", "initech"),
            stocked: shop.clone().with_environments([(&us_east, setting.protection)]),
            production: production.expect("one organization"),
            foreign_crew: Team::new("crew", "initech"),
            setting: setting.clone(),
            home,
            us_east,
            shop,
            crew,
        }
    }

    /// The teams of the asker that the scene is about.
    fn crews_of_asker(&self, scene: Scene) -> Vec<&Team<Id>> {
        let is_in_it = matches!(scene, Scene::ProjectTeam(WhoseTeam::Own) | Scene::ClusterTeam(WhoseTeam::Own));
        // Across the wall, the asker is in no team of the other organization.
        if is_in_it && self.setting.home == self.home { vec![&self.crew] } else { Vec::new() }
    }

    fn with_resource(&self, scene: Scene, asker: &Account<Id>, ask: impl FnOnce(Resource<'_, Id>)) {
        match scene {
            Scene::Organization => ask(Resource::Organization(&Organization::new(self.home, 2))),
            Scene::Member(target) => {
                let owners = if target == Target::OneselfWithOneOwner { 1 } else { 2 };
                let acme = Organization::new(self.home, owners);
                self.about(target, asker, |target| ask(Resource::Member(&acme, target)));
            }
            Scene::Role(custom, contents) => ask(Resource::Role(&custom.of(self.home).with_members(count(contents)))),
            Scene::Team(contents) => ask(Resource::Team(&self.crew.clone().with_members(count(contents)))),
            Scene::TeamMember(_, target) => {
                self.about(target, asker, |target| ask(Resource::TeamMember(&self.crew, target)));
            }
            Scene::Project(Contents::Nothing) => ask(Resource::Project(&self.shop)),
            Scene::Project(Contents::One) => ask(Resource::Project(&self.stocked)),
            Scene::ProjectMember(target) => {
                self.about(target, asker, |target| ask(Resource::ProjectMember(&self.stocked, target)));
            }
            Scene::ProjectTeam(team) => ask(Resource::ProjectTeam(&self.stocked, self.team(team))),
            Scene::Environment => ask(Resource::Environment(&self.production)),
            Scene::NewEnvironment(cluster) => {
                let (id, protection) = ("shop-production", self.setting.protection);
                let cluster = self.cluster(cluster);
                ask(Resource::NewEnvironment(NewEnvironment::new(Some(&id), &self.shop, cluster, protection)));
            }
            Scene::Placement(cluster) => {
                ask(Resource::Placement { environment: &self.production, to: self.cluster(cluster) });
            }
            Scene::Deployment(requester, approver) => {
                let (requested_by, on_behalf_of) = match requester {
                    Requester::Oneself => (*asker.id(), None),
                    Requester::ForOneself => ("rita", Some(*asker.id())),
                    Requester::Another => ("rita", None),
                };
                self.approved(approver, asker, |approvals| {
                    let mut deployment =
                        Deployment::new(&self.production, &requested_by, approvals).with_release(RELEASE);
                    if let Some(account) = &on_behalf_of {
                        deployment = deployment.on_behalf_of(account);
                    }
                    ask(Resource::Deployment(&deployment));
                });
            }
            Scene::Cluster(contents) => {
                ask(Resource::Cluster(&self.us_east.clone().with_environments(count(contents))));
            }
            Scene::ClusterMember(target) => {
                self.about(target, asker, |target| ask(Resource::ClusterMember(&self.us_east, target)));
            }
            Scene::ClusterTeam(team) => ask(Resource::ClusterTeam(&self.us_east, self.team(team))),
        }
    }

    fn cluster(&self, cluster: NewCluster) -> &Cluster<Id> {
        match cluster {
            NewCluster::Same => &self.us_east,
            NewCluster::Own(_) => &self.eu_west,
            NewCluster::Foreign => &self.foreign,
        }
    }

    fn team(&self, team: WhoseTeam) -> &Team<Id> {
        match team {
            WhoseTeam::Own | WhoseTeam::Another => &self.crew,
            WhoseTeam::Foreign => &self.foreign_crew,
        }
    }

    /// Asks about a target.
    fn about(&self, target: Target, asker: &Account<Id>, ask: impl FnOnce(Option<&Account<Id>>)) {
        let developer = Membership::new(self.home, Role::Developer);
        let overridden = |membership: Membership<Id>, grant: Grant<ClusterAccess>| {
            membership.with_cluster_access(&self.us_east, grant).expect("the first override")
        };
        let another = |membership| member("oscar", AccountKind::User, membership);
        let target = match target {
            Target::Member(role) => another(Membership::new(self.home, role)),
            Target::Custom(custom) => another(self.with_custom_role(custom)),
            Target::Overridden(role, level) => another(overridden(Membership::new(self.home, role), level.into())),
            Target::ShutOutForATime => another(overridden(developer, Grant::new(ClusterAccess::None).until(SOON))),
            Target::RaisedByATeam => {
                let team = Team::new("night-watch", self.home);
                let team = team.with_cluster_access(&self.us_east, ClusterAccess::Manage).expect("the first override");
                another(developer.in_team(&team).expect("the first team"))
            }
            Target::InProject(role) => another(developer.with_project_role(&self.shop, role).expect("the first role")),
            Target::InTheTeam => another(developer.in_team(&self.crew).expect("the first team")),
            Target::Service => member("deploy-bot", AccountKind::Service, Membership::new(self.home, Role::Owner)),
            Target::Expiring => another(developer.until(LATER)),
            Target::Expired => another(developer.until(PAST)),
            Target::Stranger => return ask(None),
            Target::Oneself | Target::OneselfWithOneOwner => return ask(Some(asker)),
        };
        ask(Some(&target));
    }

    fn with_custom_role(&self, custom: Custom) -> Membership<Id> {
        Membership::custom(&custom.of(self.home))
    }

    /// Asks about a deployment that has been approved.
    fn approved(&self, approver: Approver, asker: &Account<Id>, ask: impl FnOnce(&[Approval<'_, Id>])) {
        let by = match approver {
            Approver::Nobody => return ask(&[]),
            Approver::Member(role) => member("oscar", AccountKind::User, Membership::new(self.home, role)),
            Approver::Custom(custom) => member("oscar", AccountKind::User, self.with_custom_role(custom)),
            Approver::Service => member("deploy-bot", AccountKind::Service, Membership::new(self.home, Role::Owner)),
            Approver::Oneself => asker.clone(),
            Approver::Requester => member("rita", AccountKind::User, Membership::new(self.home, Role::Owner)),
            Approver::Late | Approver::OfAnotherRelease | Approver::OnThisCluster | Approver::OnAnotherCluster => {
                member("oscar", AccountKind::User, Membership::new(self.home, Role::Owner))
            }
        };
        let approval = Approval::new(&by).for_release(RELEASE);
        ask(&[match approver {
            Approver::Late => approval.until(PAST),
            Approver::OfAnotherRelease => approval.for_release("v1"),
            Approver::OnThisCluster => approval.on_cluster(self.us_east.id()),
            Approver::OnAnotherCluster => approval.on_cluster(self.eu_west.id()),
            _ => approval,
        }]);
    }
}

const fn count(contents: Contents) -> u32 {
    match contents {
        Contents::Nothing => 0,
        Contents::One => 1,
    }
}

fn team_with(crew: Crew, home: Id, us_east: &Cluster<Id>, shop: &Project<Id>) -> Team<Id> {
    let team = Team::new("crew", home);
    let with = match crew {
        Crew::Nothing => Ok(team),
        Crew::Override(level) => team.with_cluster_access(us_east, level),
        Crew::OverrideForATime(level) => team.with_cluster_access(us_east, Grant::new(level).until(SOON)),
        Crew::ProjectRole(role) => team.with_project_role(shop, role),
    };
    with.expect("the first grant")
}

fn member(id: Id, kind: AccountKind, membership: Membership<Id>) -> Account<Id> {
    Account::new(id, kind).with(membership).expect("the first membership")
}
