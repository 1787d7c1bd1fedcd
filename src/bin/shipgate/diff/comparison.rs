//! Which questions two directories answer differently.

use std::collections::HashSet;
use std::io;

use shipgate::directory::{MembershipRef, Question};
use shipgate::json::Answer;
use shipgate::{AccountKind, Action, Decision, Directory, Exposure, MissingApprovals, Reason};
use shipgate::{ResourceId, SubjectId, Time};

use super::super::ask::{Request, applies, requests};
use super::super::progress::Counter;
use super::super::resources::{Borrowed, Ids, Label, organizations, owned};

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// All that an account can tell apart.
    Answers,
    /// Whether it is allowed, waits for approval, is denied or is not found.
    Outcomes,
}

/// Two directories to compare.
pub(super) struct Comparison<'a> {
    pub(super) before: &'a Directory<String>,
    pub(super) after: &'a Directory<String>,
    pub(super) at: Option<Time>,
    pub(super) what: What,
    pub(super) counter: &'a Counter,
}

/// Takes a question, with the answers before and after.
pub(super) type Found<'f> = dyn FnMut(&Question<String>, &Answer, &Answer) -> io::Result<()> + 'f;

/// Takes a question about an organization.
type Ask<'i, 'f> = dyn FnMut(Asker<'i>, Action<&str>, Borrowed<'i>) -> io::Result<()> + 'f;

/// Who asks. An account that is a user in one document and a service in the other asks as both.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Asker<'a> {
    id: &'a str,
    kind: AccountKind,
}

impl<'a> Comparison<'a> {
    /// Finds every question whose answers differ: by organization, kind of resource, resource, account and action.
    pub(super) fn each(&self, found: &mut Found<'_>) -> io::Result<()> {
        // A resource that moved to another organization is asked about in both.
        let mut told = HashSet::new();
        organizations(&self.both()).into_iter().try_for_each(|organization| {
            let ids = Ids::of(organization, &self.both());
            let moved =
                |resource| self.both().iter().any(|held| home(held, resource).is_some_and(|home| home != organization));
            self.organization(organization, &ids, &mut |asker, action, resource| {
                let Some((question, [before, after])) = self.difference(asker, action, resource)? else {
                    return Ok(());
                };
                if moved(resource) && !told.insert(serde_json::to_string(&question)?) {
                    return Ok(());
                }
                found(&question, &before, &after)
            })
        })
    }

    const fn both(&self) -> [&'a Directory<String>; 2] {
        [self.before, self.after]
    }

    /// Asks about every resource of an organization, for each of its members. All other accounts are answered `not found`.
    fn organization<'i>(&self, organization: &'i str, ids: &'i Ids<'_>, ask: &mut Ask<'i, '_>) -> io::Result<()> {
        let askers = self.askers(&ids.members);
        let changed: Vec<Asker<'_>> =
            askers.iter().filter(|asker| !self.is_same_member(asker.id, organization)).copied().collect();
        for (_, resources) in ids.resources() {
            // The same for every resource of a kind.
            let mut asked: Option<Vec<Request<'_>>> = None;
            // Members are asked about one by one, and oneself is among them.
            for resource in resources.filter(|resource| resource.label != Label::Oneself) {
                self.counter.count();
                let sample = resource.asked_by("");
                if self.both().iter().all(|held| is_unknown(held, sample)) {
                    continue;
                }
                let asked = asked.get_or_insert_with(|| {
                    let applies =
                        |request: &Request<'_>| self.both().iter().all(|held| applies(request, &resource, held));
                    requests(resource.kind(), &ids.roles, self.at).filter(applies).collect()
                });
                // An answer depends on the facts of the resource and on the membership of the one who asks.
                for asker in if self.is_same(sample, organization) { &changed } else { &askers } {
                    asked.iter().try_for_each(|request| ask(*asker, request.action, resource.asked_by(asker.id)))?;
                }
            }
        }
        Ok(())
    }

    fn askers<'i>(&self, members: &[&'i str]) -> Vec<Asker<'i>> {
        let mut askers: Vec<Asker<'i>> = Vec::new();
        for id in members {
            for account in self.both().into_iter().filter_map(|directory| directory.account(*id)) {
                let asker = Asker { id, kind: account.kind() };
                if askers.last() != Some(&asker) {
                    askers.push(asker);
                }
            }
        }
        askers
    }

    /// The question and its answers, if they differ.
    fn difference(
        &self,
        asker: Asker<'_>,
        action: Action<&str>,
        resource: Borrowed<'_>,
    ) -> io::Result<Option<(Question<String>, [Answer; 2])>> {
        let mut subject = SubjectId::new(asker.id).of_kind(asker.kind);
        if let Some(now) = self.at {
            subject = subject.at(now);
        }
        let [before, after] = self.both().map(|held| Seen::of(held, &subject, action, resource));
        let differ = match self.what {
            What::Answers => before != after || before.names_a_cluster(),
            What::Outcomes => before.outcome() != after.outcome(),
        };
        if !differ {
            return Ok(None);
        }
        let mut question =
            Question::new(asker.id.to_owned(), action.map(ToOwned::to_owned), owned(resource)).of_kind(asker.kind);
        if let Some(now) = self.at {
            question = question.at(now);
        }
        let answers = self.both().map(|held| Answer::new(held, &question));
        // A reason says of a cluster whether it is the present one or the new one, an answer its id.
        let [before, after] = answers.each_ref().map(serde_json::to_value);
        Ok((before? != after?).then_some((question, answers)))
    }

    /// Whether both directories hold the same facts of a resource of this organization.
    fn is_same(&self, resource: Borrowed<'_>, organization: &str) -> bool {
        let Self { before, after, .. } = self;
        let is_same_team = |id: &str| before.team(id) == after.team(id);
        let is_same_cluster = |id: &str| before.cluster(id) == after.cluster(id);
        let is_same_project = |id: &str| before.project(id) == after.project(id);
        let is_same_environment = |id: &str| before.environment(id) == after.environment(id);
        let is_same_member = |account: &str| self.is_same_member(account, organization);
        match resource {
            ResourceId::Organization(_) => self.is_same_organization(organization),
            ResourceId::Member { account, .. } => self.is_same_organization(organization) && is_same_member(account),
            ResourceId::Role(id) => before.role(id) == after.role(id),
            ResourceId::Team(id) => is_same_team(id),
            ResourceId::TeamMember { team, account } => is_same_team(team) && is_same_member(account),
            ResourceId::Project(id) => is_same_project(id),
            ResourceId::ProjectMember { project, account } => is_same_project(project) && is_same_member(account),
            ResourceId::ProjectTeam { project, team } => is_same_project(project) && is_same_team(team),
            ResourceId::Environment(id) | ResourceId::Deployment { environment: id, .. } => is_same_environment(id),
            ResourceId::NewEnvironment { project, cluster, .. } => is_same_project(project) && is_same_cluster(cluster),
            ResourceId::Placement { environment, to } => is_same_environment(environment) && is_same_cluster(to),
            ResourceId::Cluster(id) => is_same_cluster(id),
            ResourceId::ClusterMember { cluster, account } => is_same_cluster(cluster) && is_same_member(account),
            ResourceId::ClusterTeam { cluster, team } => is_same_cluster(cluster) && is_same_team(team),
        }
    }

    /// Whether an organization is the same, with the custom roles that can be given in it.
    fn is_same_organization(&self, id: &str) -> bool {
        let Self { before, after, .. } = self;
        let roles = |held: &'a Directory<String>| held.roles_of(id).map(|role| (role.id(), role.definition()));
        before.organization(id) == after.organization(id) && roles(before).eq(roles(after))
    }

    fn is_same_member(&self, account: &str, organization: &str) -> bool {
        let [before, after] = self.both().map(|held| member(held, account, organization));
        before == after
    }
}

/// What an answer reads of an account, in an organization.
fn member<'d>(
    directory: &'d Directory<String>,
    account: &str,
    organization: &str,
) -> Option<(AccountKind, Option<MembershipRef<'d, String>>)> {
    let account = directory.account(account)?;
    Some((account.kind(), account.membership(organization)))
}

/// The organization that a resource belongs to.
fn home<'d>(directory: &'d Directory<String>, resource: Borrowed<'d>) -> Option<&'d str> {
    match resource {
        ResourceId::Organization(organization) | ResourceId::Member { organization, .. } => Some(organization),
        ResourceId::Role(role) => directory.role(role).map(|role| role.organization().as_str()),
        ResourceId::Team(team) | ResourceId::TeamMember { team, .. } => {
            directory.team(team).map(|team| team.organization().as_str())
        }
        ResourceId::Project(project)
        | ResourceId::ProjectMember { project, .. }
        | ResourceId::ProjectTeam { project, .. }
        | ResourceId::NewEnvironment { project, .. } => {
            directory.project(project).map(|project| project.organization().as_str())
        }
        ResourceId::Environment(environment)
        | ResourceId::Placement { environment, .. }
        | ResourceId::Deployment { environment, .. } => {
            directory.environment(environment).map(|environment| environment.organization().as_str())
        }
        ResourceId::Cluster(cluster)
        | ResourceId::ClusterMember { cluster, .. }
        | ResourceId::ClusterTeam { cluster, .. } => {
            directory.cluster(cluster).map(|cluster| cluster.organization().as_str())
        }
    }
}

fn is_unknown(directory: &Directory<String>, resource: Borrowed<'_>) -> bool {
    directory.decide(&SubjectId::new(""), Action::View, resource) == Decision::Deny(Reason::UnknownResource)
}

/// An answer as the one who asks sees it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Allowed,
    Waiting(MissingApprovals),
    Denied(Reason),
    NotFound,
}

impl Seen {
    fn of(
        directory: &Directory<String>,
        subject: &SubjectId<'_, String, str>,
        action: Action<&str>,
        resource: Borrowed<'_>,
    ) -> Self {
        match directory.decide(subject, action, resource) {
            Decision::Allow => Self::Allowed,
            Decision::RequireApproval(approvals) => Self::Waiting(approvals),
            // Even where only the custom role that the action gives is unknown.
            Decision::Deny(Reason::UnknownResource) => Self::NotFound,
            Decision::Deny(reason) => match directory.exposure(subject, resource) {
                Exposure::Visible => Self::Denied(reason),
                Exposure::Hidden => Self::NotFound,
            },
        }
    }

    /// Whether the answer names a cluster by its id, which a reason does not hold.
    const fn names_a_cluster(self) -> bool {
        matches!(self, Self::Denied(Reason::ClusterLevelInsufficient { .. }))
    }

    const fn outcome(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::Waiting(_) => 1,
            Self::Denied(_) => 2,
            Self::NotFound => 3,
        }
    }
}
