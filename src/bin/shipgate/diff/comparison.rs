//! Which questions two directories answer differently.

use std::collections::HashSet;
use std::io;

use shipgate::directory::Question;
use shipgate::json::Answer;
use shipgate::model::ApprovalId;
use shipgate::{AccountKind, Action, Decision, Directory, Exposure, Membership, MissingApprovals, Reason, ResourceId};
use shipgate::{SubjectId, Time};

use super::super::ask::{Request, applies, requests};
use super::super::progress::Counter;
use super::super::resources::{Borrowed, Ids, Label, organizations};

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
    fn organization<'i>(
        &self,
        organization: &'i str,
        ids: &'i Ids<'_>,
        ask: &mut dyn FnMut(Asker<'i>, Action, Borrowed<'i>) -> io::Result<()>,
    ) -> io::Result<()> {
        let askers = self.askers(&ids.members);
        let changed: Vec<Asker<'_>> =
            askers.iter().filter(|asker| !self.is_same_member(asker.id, organization)).copied().collect();
        for (_, resources) in ids.resources() {
            // The same for every resource of a kind.
            let mut asked: Option<Vec<Request>> = None;
            // Members are asked about one by one, and oneself is among them.
            for resource in resources.filter(|resource| resource.label != Label::Oneself) {
                self.counter.count();
                let sample = resource.asked_by("");
                if self.both().iter().all(|held| is_unknown(held, sample)) {
                    continue;
                }
                let asked = asked.get_or_insert_with(|| {
                    let applies = |request: &Request| self.both().iter().all(|held| applies(request, &resource, held));
                    requests().filter(applies).collect()
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
        action: Action,
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
        let mut question = Question::new(asker.id.to_owned(), action, owned(resource)).of_kind(asker.kind);
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
        let is_same_cluster = |id: &str| before.cluster(id) == after.cluster(id);
        let is_same_project = |id: &str| before.project(id) == after.project(id);
        let is_same_environment = |id: &str| before.environment(id) == after.environment(id);
        match resource {
            ResourceId::Organization(id) => before.organization(id) == after.organization(id),
            ResourceId::Member { organization: id, account } => {
                before.organization(id) == after.organization(id) && self.is_same_member(account, organization)
            }
            ResourceId::Project(id) => is_same_project(id),
            ResourceId::ProjectMember { project, account } => {
                is_same_project(project) && self.is_same_member(account, organization)
            }
            ResourceId::Environment(id) | ResourceId::Deployment { environment: id, .. } => is_same_environment(id),
            ResourceId::NewEnvironment { project, cluster, .. } => is_same_project(project) && is_same_cluster(cluster),
            ResourceId::Placement { environment, to } => is_same_environment(environment) && is_same_cluster(to),
            ResourceId::Cluster(id) => is_same_cluster(id),
            ResourceId::ClusterMember { cluster, account } => {
                is_same_cluster(cluster) && self.is_same_member(account, organization)
            }
        }
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
) -> Option<(AccountKind, Option<&'d Membership<String>>)> {
    let account = directory.account(account)?;
    Some((account.kind(), account.membership(organization)))
}

/// The organization that a resource belongs to.
fn home<'d>(directory: &'d Directory<String>, resource: Borrowed<'d>) -> Option<&'d str> {
    match resource {
        ResourceId::Organization(organization) | ResourceId::Member { organization, .. } => Some(organization),
        ResourceId::Project(project)
        | ResourceId::ProjectMember { project, .. }
        | ResourceId::NewEnvironment { project, .. } => {
            directory.project(project).map(|project| project.organization().as_str())
        }
        ResourceId::Environment(environment)
        | ResourceId::Placement { environment, .. }
        | ResourceId::Deployment { environment, .. } => {
            directory.environment(environment).map(|environment| environment.organization().as_str())
        }
        ResourceId::Cluster(cluster) | ResourceId::ClusterMember { cluster, .. } => {
            directory.cluster(cluster).map(|cluster| cluster.organization().as_str())
        }
    }
}

fn is_unknown(directory: &Directory<String>, resource: Borrowed<'_>) -> bool {
    directory.decide(&SubjectId::new(""), Action::View, resource) == Decision::Deny(Reason::UnknownResource)
}

fn owned(resource: Borrowed<'_>) -> ResourceId<String> {
    let own = |id: &str| id.to_owned();
    match resource {
        ResourceId::Organization(id) => ResourceId::Organization(own(id)),
        ResourceId::Member { organization, account } => {
            ResourceId::Member { organization: own(organization), account: own(account) }
        }
        ResourceId::Project(id) => ResourceId::Project(own(id)),
        ResourceId::ProjectMember { project, account } => {
            ResourceId::ProjectMember { project: own(project), account: own(account) }
        }
        ResourceId::Environment(id) => ResourceId::Environment(own(id)),
        ResourceId::NewEnvironment { id, project, cluster, protection } => {
            ResourceId::NewEnvironment { id: own(id), project: own(project), cluster: own(cluster), protection }
        }
        ResourceId::Placement { environment, to } => {
            ResourceId::Placement { environment: own(environment), to: own(to) }
        }
        ResourceId::Deployment { environment, requested_by, approvals } => {
            let approvals: Vec<ApprovalId<String>> = approvals.to_vec();
            ResourceId::Deployment { environment: own(environment), requested_by: own(requested_by), approvals }
        }
        ResourceId::Cluster(id) => ResourceId::Cluster(own(id)),
        ResourceId::ClusterMember { cluster, account } => {
            ResourceId::ClusterMember { cluster: own(cluster), account: own(account) }
        }
    }
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
        action: Action,
        resource: Borrowed<'_>,
    ) -> Self {
        match directory.decide(subject, action, resource) {
            Decision::Allow => Self::Allowed,
            Decision::RequireApproval(approvals) => Self::Waiting(approvals),
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
