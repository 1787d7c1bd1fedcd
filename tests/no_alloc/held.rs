//! Asked of a directory, by ids.

use std::borrow::Borrow;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::directory::RowError;
use shipgate::model::ApprovalId;
use shipgate::{AccountKind, ClusterAccess, Directory, Grant, Protection, ResourceId, Role, SubjectId, Visibility};

use crate::Answers;
use crate::questions::{
    APPROVALS, ASKERS, MEMBERS, NOW, Name, OTHER_CLUSTERS, OVERRIDES, actions, protections, tokens,
};

pub(crate) fn decide_allocates_nothing<Id, Q>(id: impl Fn(&'static str) -> &'static Q)
where
    Id: Name + Borrow<Q>,
    Q: Hash + Ord + Debug + ToOwned<Owned = Id> + ?Sized + 'static,
{
    let directory = directory::<Id>().expect("the rows hold together");
    let (tokens, actions) = (tokens::<Id>(), actions());
    let accounts = ASKERS.map(&id);
    let many: Vec<_> = accounts.iter().cycle().take(APPROVALS).map(|by| ApprovalId::new((*by).to_owned())).collect();
    let resources = resources(&id, &accounts, &many);

    let mut answers = Answers::default();
    for asker in accounts {
        for token in &tokens {
            let mut subject = SubjectId::new(asker).at(NOW);
            if let Some(token) = token {
                subject = subject.with_token(token);
            }
            for resource in &resources {
                for action in &actions {
                    answers.note((asker, action, resource), || directory.decide(&subject, *action, *resource));
                }
            }
        }
    }
    let stranger = SubjectId::new(accounts[0]).of_kind(AccountKind::Service);
    answers.note("of another kind", || directory.decide(&stranger, actions[0], resources[0]));
    // What facts could say of two organizations at once, a directory does not hold: it is in the target's membership.
    answers.are_of_every_kind(&[]);
}

fn directory<Id: Name + Display>() -> Result<Directory<Id>, RowError> {
    let mut rows = Directory::<Id>::builder();
    let acme = Id::of("acme-corp");
    rows.organization(acme.clone())?;
    rows.organization(Id::of("globex"))?;
    for (name, kind, role) in MEMBERS {
        rows.account(Id::of(name), kind)?;
        rows.member(&acme, Id::of(name), role, None)?;
    }
    rows.member(&Id::of("globex"), Id::of("mallory"), Role::Owner, None)?;
    for name in ["us-east", "eu-west"] {
        rows.cluster(Id::of(name), &acme)?;
    }
    rows.cluster(Id::of("ap-south"), &Id::of("globex"))?;
    for (name, level) in OVERRIDES {
        rows.cluster_access(&Id::of("us-east"), &Id::of(name), Grant::new(level))?;
    }
    for number in 0..OTHER_CLUSTERS {
        rows.cluster(Id::of_cluster(number), &acme)?;
        rows.cluster_access(&Id::of_cluster(number), &Id::of("alice"), Grant::new(ClusterAccess::View))?;
    }
    for (name, visibility) in
        [("shop", Visibility::Organization), ("empty", Visibility::Organization), ("hidden", Visibility::Members)]
    {
        rows.project(Id::of(name), &acme, visibility)?;
    }
    for (name, protection) in protections() {
        rows.environment(Id::of(name), &Id::of("shop"), &Id::of("us-east"), None, protection)?;
    }
    rows.environment(Id::of("hidden-dev"), &Id::of("hidden"), &Id::of("us-east"), None, Protection::NONE)?;
    Ok(rows.build())
}

fn resources<'a, Id, Q: ?Sized>(
    id: &impl Fn(&'static str) -> &'static Q,
    accounts: &[&'static Q],
    many: &'a [ApprovalId<Id>],
) -> Vec<ResourceId<&'a Q, &'a [ApprovalId<Id>]>> {
    let mut resources = vec![ResourceId::Organization(id("acme-corp")), ResourceId::Organization(id("initech"))];
    for project in ["shop", "empty", "hidden"].map(id) {
        resources.push(ResourceId::Project(project));
        for cluster in ["us-east", "ap-south"].map(id) {
            resources.push(ResourceId::NewEnvironment {
                id: id("shop-preview"),
                project,
                cluster,
                protection: Protection::LOCKED,
            });
        }
    }
    for account in accounts {
        resources.extend([
            ResourceId::Member { organization: id("acme-corp"), account },
            ResourceId::ProjectMember { project: id("shop"), account },
            ResourceId::ClusterMember { cluster: id("us-east"), account },
        ]);
    }
    for cluster in ["us-east", "eu-west"].map(id) {
        resources.push(ResourceId::Cluster(cluster));
    }
    for environment in ["shop-dev", "shop-staging", "shop-canary", "shop-production", "hidden-dev", "nowhere"].map(id) {
        resources.push(ResourceId::Environment(environment));
        for cluster in ["us-east", "eu-west", "ap-south"].map(id) {
            resources.push(ResourceId::Placement { environment, to: cluster });
        }
        for requested_by in accounts {
            for approvals in [&many[..0], many] {
                resources.push(ResourceId::Deployment { environment, requested_by, approvals });
            }
        }
    }
    resources
}
