//! Asked of a directory, by ids.

use std::borrow::Borrow;
use std::fmt::{Debug, Display};
use std::hash::Hash;

use shipgate::directory::RowError;
use shipgate::model::ApprovalId;
use shipgate::{
    AccountKind, Action, ClusterAccess, Directory, Grant, Holder, Protection, ResourceId, Role, SubjectId, Visibility,
};

use crate::questions::{
    APPROVALS, ASKERS, LATER, MEMBERS, NOW, Name, OTHER_CLUSTERS, OVERRIDES, RELEASES, TEAMS, actions, protections,
    roles, tokens,
};
use crate::{Answers, counted};

pub(crate) fn decide_allocates_nothing<Id, Q>(id: impl Fn(&'static str) -> &'static Q)
where
    Id: Name + Borrow<Q>,
    Q: Hash + Ord + Debug + Display + ToOwned<Owned = Id> + ?Sized + 'static,
{
    // Of a large one, a batch looks up the facts of several questions at a time.
    let [directory, large] = [0, 20_000].map(|others| directory::<Id, Q>(&id, others).expect("the rows hold together"));
    let tokens = tokens::<Id>();
    let actions: Vec<Action<&Q>> = actions().into_iter().map(|action| action.map(&id)).collect();
    let accounts = ASKERS.map(&id);
    let given = accounts.iter().cycle().zip(RELEASES.into_iter().cycle()).take(APPROVALS);
    let many: Vec<_> = given
        .map(|(by, release)| {
            let approval = ApprovalId::new((*by).to_owned()).on_cluster(Id::of("us-east")).until(LATER);
            release.map_or(approval.clone(), |release| approval.for_release(release))
        })
        .collect();
    let resources = resources(&id, &accounts, &many);

    let mut answers = Answers::default();
    for asker in accounts {
        for [token, service_token] in &tokens {
            for time in [Some(NOW), None] {
                let mut subject = SubjectId::new(asker);
                if let Some(now) = time {
                    subject = subject.at(now);
                }
                if let Some(token) = token {
                    subject = subject.with_token(token);
                }
                if let Some(token) = service_token {
                    subject = subject.with_service_token(token);
                }
                for resource in &resources {
                    for action in &actions {
                        answers.note((asker, action, resource), || directory.decide(&subject, *action, *resource));
                    }
                    let (agree, allocations) = counted(|| {
                        [&directory, &large].into_iter().all(|directory| {
                            let (by, on) = (directory.subject(&subject), directory.resource(*resource));
                            let found = actions.iter().map(|action| by.decide_on(*action, &on));
                            directory.decide_each(&actions, |action| (subject, *action, *resource)).eq(found)
                        })
                    });
                    assert!(agree, "{asker:?}, {resource:?}");
                    assert_eq!(allocations, 0, "in batches, and by what was found: {asker:?}, {resource:?}");
                }
            }
        }
    }
    let stranger = SubjectId::new(accounts[0]).of_kind(AccountKind::Service);
    answers.note("of another kind", || directory.decide(&stranger, actions[0], resources[0]));
    // What facts could say of two organizations at once, a directory does not hold: it is in the target's membership.
    answers.are_of_every_kind(&[]);
}

fn directory<Id, Q>(id: &impl Fn(&'static str) -> &'static Q, others: usize) -> Result<Directory<Id>, RowError>
where
    Id: Name + Borrow<Q>,
    Q: Hash + Ord + Display + ?Sized + 'static,
{
    let mut rows = Directory::<Id>::builder();
    let acme = id("acme-corp");
    rows.organization(Id::of("acme-corp"))?;
    rows.organization(Id::of("globex"))?;
    for (name, definition) in roles() {
        rows.role(Id::of(name), acme, definition)?;
    }
    for (name, kind, role, expires_at, _) in MEMBERS {
        rows.member(acme, Id::of(name), kind, role.map(Id::of), expires_at)?;
    }
    rows.member(id("globex"), Id::of("mallory"), AccountKind::User, Role::Owner, None)?;
    for number in 0..others {
        rows.member(id("globex"), Id::of(&format!("other-{number}")), AccountKind::User, Role::Viewer, None)?;
    }
    for (name, _) in TEAMS {
        rows.team(Id::of(name), acme)?;
        for (member, ..) in MEMBERS.iter().filter(|(.., teams)| teams.contains(&name)) {
            rows.team_member(id(name), id(member))?;
        }
    }
    rows.cluster(Id::of("us-east"), acme, Visibility::Organization)?;
    rows.cluster(Id::of("eu-west"), acme, Visibility::Members)?;
    rows.cluster(Id::of("ap-south"), id("globex"), Visibility::Organization)?;
    for (name, level) in OVERRIDES {
        rows.cluster_access(id("us-east"), Holder::Account(id(name)), level)?;
    }
    for number in 0..OTHER_CLUSTERS {
        let cluster = Id::of_cluster(number);
        rows.cluster(cluster.clone(), acme, Visibility::Organization)?;
        rows.cluster_access(cluster.borrow(), Holder::Account(id("alice")), ClusterAccess::View)?;
    }
    for (name, visibility) in
        [("shop", Visibility::Organization), ("empty", Visibility::Organization), ("hidden", Visibility::Members)]
    {
        rows.project(Id::of(name), acme, visibility)?;
    }
    for (name, grants) in TEAMS {
        let Some((level, role, end)) = grants else { continue };
        rows.cluster_access(id("us-east"), Holder::Team(id(name)), Grant::expiring(level, end))?;
        rows.project_role(id("shop"), Holder::Team(id(name)), Grant::expiring(role, end))?;
    }
    for (name, protection) in protections() {
        rows.environment(Id::of(name), id("shop"), id("us-east"), name, protection)?;
    }
    rows.environment(Id::of("hidden-dev"), id("hidden"), id("us-east"), "hidden-dev", Protection::NONE)?;
    Ok(rows.build())
}

/// A resource as a directory takes it.
type Asked<'a, Id, Q> = ResourceId<&'a Q, &'a [ApprovalId<Id>], &'a str>;

fn resources<'a, Id, Q: ?Sized>(
    id: &impl Fn(&'static str) -> &'static Q,
    accounts: &[&'static Q],
    many: &'a [ApprovalId<Id>],
) -> Vec<Asked<'a, Id, Q>> {
    let mut resources = vec![ResourceId::Organization(id("acme-corp")), ResourceId::Organization(id("initech"))];
    resources.extend(roles().map(|(role, _)| ResourceId::Role(id(role))));
    for (team, _) in TEAMS {
        resources.extend([
            ResourceId::Team(id(team)),
            ResourceId::ProjectTeam { project: id("shop"), team: id(team) },
            ResourceId::ClusterTeam { cluster: id("us-east"), team: id(team) },
        ]);
    }
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
            ResourceId::TeamMember { team: id("crew"), account },
            ResourceId::ProjectMember { project: id("shop"), account },
            ResourceId::ClusterMember { cluster: id("us-east"), account },
        ]);
    }
    for cluster in ["us-east", "eu-west"].map(id) {
        resources.push(ResourceId::Cluster(cluster));
    }
    let environments = protections().map(|(name, _)| name).into_iter().chain(["hidden-dev", "nowhere"]).map(id);
    for environment in environments {
        resources.push(ResourceId::Environment(environment));
        for cluster in ["us-east", "eu-west", "ap-south"].map(id) {
            resources.push(ResourceId::Placement { environment, to: cluster });
        }
        for requested_by in accounts {
            for approvals in [&many[..0], many] {
                for (on_behalf_of, release) in [(None, None), (Some(id("olivia")), Some("v1.4.2"))] {
                    resources.push(ResourceId::Deployment {
                        environment,
                        requested_by,
                        on_behalf_of,
                        release,
                        approvals,
                    });
                }
            }
        }
    }
    resources
}
