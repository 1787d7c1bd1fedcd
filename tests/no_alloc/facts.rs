//! Asked on facts.

use shipgate::policy::ReasonCode;
use shipgate::{
    Account, Approval, Cluster, ClusterAccess, Deployment, Environment, Grant, Membership, NewEnvironment,
    Organization, Project, Protection, Resource, Subject, Token, Visibility, decide,
};

use crate::Answers;
use crate::questions::{
    APPROVALS, ASKERS, MEMBERS, NOW, Name, OTHER_CLUSTERS, OVERRIDES, actions, protections, tokens,
};

pub(crate) fn decide_allocates_nothing<Id: Name>() {
    let facts = Facts::<Id>::new();
    let (tokens, actions) = (tokens::<Id>(), actions());
    let mut answers = Answers::default();
    facts.for_every_resource(|resource| {
        for asker in ASKERS {
            for token in &tokens {
                let subject = facts.subject(asker, token.as_ref());
                for action in &actions {
                    answers.note((asker, action, resource), || decide(subject, *action, resource));
                }
            }
        }
    });
    answers.are_of_every_kind(&[ReasonCode::UnknownResource]);
}

struct Facts<Id> {
    accounts: Vec<Account<Id>>,
    acme: Organization<Id>,
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
        let protections = protections().map(|(_, protection)| protection);
        let shop = Project::new(Id::of("shop"), acme.clone()).with_environments(protections);
        let hidden = Project::new(Id::of("hidden"), acme.clone()).with_visibility(Visibility::Members);
        let us_east = Cluster::new(Id::of("us-east"), acme.clone()).with_environments(5);
        let mut environments: Vec<_> = crate::questions::protections()
            .iter()
            .map(|(name, protection)| Environment::new(Id::of(name), &shop, &us_east, *protection))
            .collect::<Result<_, _>>()
            .expect("one organization");
        environments.extend(Environment::new(Id::of("hidden-dev"), &hidden, &us_east, Protection::NONE));
        Self {
            accounts: MEMBERS.iter().map(|(name, kind, role)| account(name, *kind, *role)).collect(),
            acme: Organization::new(acme.clone(), 1),
            empty: Project::new(Id::of("empty"), acme.clone()),
            eu_west: Cluster::new(Id::of("eu-west"), acme),
            foreign: Cluster::new(Id::of("ap-south"), Id::of("globex")),
            id: Id::of("shop-preview"),
            shop,
            hidden,
            us_east,
            environments,
        }
    }

    fn account(&self, name: &str) -> Option<&Account<Id>> {
        self.accounts.iter().find(|account| *account.id() == Id::of(name))
    }

    fn subject<'a>(&'a self, asker: &str, token: Option<&'a Token<Id>>) -> Subject<'a, Id> {
        let subject = self.account(asker).map_or(Subject::unknown(), Subject::new).at(NOW);
        token.map_or(subject, |token| subject.with_token(token))
    }

    fn for_every_resource(&self, mut see: impl FnMut(Resource<'_, Id>)) {
        see(Resource::Organization(&self.acme));
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
        let approvals: Vec<_> = self.accounts.iter().cycle().take(APPROVALS).map(Approval::new).collect();
        for requester in &self.accounts {
            for approvals in [&approvals[..0], &approvals] {
                see(Resource::Deployment(&Deployment::new(environment, requester.id(), approvals)));
            }
        }
    }
}

fn account<Id: Name>(name: &str, kind: shipgate::AccountKind, role: shipgate::Role) -> Account<Id> {
    let mut membership = Membership::new(Id::of("acme-corp"), role);
    let us_east =
        OVERRIDES.into_iter().filter(|(holder, _)| *holder == name).map(|(_, level)| (Id::of("us-east"), level));
    let many = (0..if name == "alice" { OTHER_CLUSTERS } else { 0 })
        .map(|number| (Id::of_cluster(number), ClusterAccess::View));
    for (cluster, level) in us_east.chain(many) {
        membership = membership.with_cluster_access(cluster, Grant::new(level)).expect("one override a cluster");
    }
    Account::new(Id::of(name), kind).with(membership).expect("one membership")
}
