//! The environments of an organization on which a subject may perform an action.

use core::hash::Hash;
use core::hint;

use crate::directory::index::{Index, OrganizationIndex, ProjectIndex, Stage};
use crate::directory::list;
use crate::directory::members::seated::{Filter, Seated};
use crate::directory::numbers::Number;
use crate::directory::set;
use crate::directory::store::Directory;
use crate::model::access::OnCluster;
use crate::model::fact::{AccountFact, ResourceFact, SubjectFact};
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::resource::ResourceKind;
use crate::model::role::ProjectRole;
use crate::model::time::GrantState;
use crate::policy::decide::decide_of;
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;
use crate::policy::requirement::Requirement;
use crate::policy::verdict::listed::InProject;
use crate::query::class::{Class, Memo};
use crate::query::what::Given;

/// The environments, project by project. What is read of each is beside its id, or found by a number.
pub(super) struct Environments<'a, Id> {
    directory: &'a Directory<Id>,
    subject: SubjectFact<'a, Id>,
    action: Given<'a, Id>,
    /// The member that the subject is; `None` if the membership has expired.
    member: Option<Seated<'a, Id>>,
    /// The clusters on which the member may have an override.
    overrides: Filter,
    /// The row of the action table, if the tables may decide.
    row: Option<&'static Requirement>,
    projects: Projects<'a, Id>,
    /// The present project, as the tables read it, and its class.
    project: (Option<InProject>, Class),
    /// What the tables say of environments on clusters without an override: see [`Known`].
    known: Known,
    /// The environments of the present project that are left.
    stages: list::Iter<'a, Id, Stage>,
    found: Found<'a, Id>,
    memo: Memo,
}

impl<'a, Id: Hash + Ord> Environments<'a, Id> {
    /// The environments of an organization, which is given with its number.
    pub(super) fn of(
        directory: &'a Directory<Id>,
        subject: SubjectFact<'a, Id>,
        (action, index): (Given<'a, Id>, &'a OrganizationIndex<Id>),
        number: u32,
    ) -> Self {
        let member = subject.account.and_then(|account| {
            let AccountFact::Stored(account) = account else { return None };
            let facts = (&directory.members, &directory.numbers);
            Seated::of(account.account, number, facts, subject.now())
        });
        let kind = ResourceKind::Environment;
        let row = if is_without_tokens(&subject) && action.suits(kind) {
            Requirement::for_action(action.kind(), kind)
        } else {
            None
        };
        Self {
            directory,
            subject,
            action,
            overrides: member.map_or(Filter::NONE, Seated::filter),
            member,
            row,
            projects: Projects { ids: index.projects.iter(), found: [None; PROJECTS_AHEAD], next: PROJECTS_AHEAD },
            project: (None, Class::default()),
            known: Known { decisions: [None; 3 << BITS], project: 0 },
            stages: list::Iter::default(),
            found: Found::none(),
            memo: Memo::new(),
        }
    }

    /// Goes to the next project.
    fn advance(&mut self) -> Option<()> {
        let project = self.projects.next(&self.directory.index)?;
        let Number(number) = project.number;
        let visibility = self.directory.numbers.visibility_of_project(number);
        let role = self.member.map_or(GrantState::Nothing, |member| member.project_role(number));
        let in_tables = self.row.zip(self.member);
        let in_tables = in_tables.map(|(row, member)| InProject::of(row, member.acting(), visibility, role));
        self.project = (in_tables, Class::default().and(Some(visibility)).and(role));
        self.known.enter(visibility, role);
        self.stages = project.environments.iter();
        Some(())
    }

    /// Decides the next environments of the present project. Returns whether there was any.
    fn look_ahead(&mut self) -> bool {
        let stages = self.stages.next_few(AHEAD);
        (self.found.next, self.found.end) = (0, 0);
        for (id, stage) in stages {
            let decision = self.decide(id, stage);
            self.found.push(id, decision);
        }
        !stages.is_empty()
    }

    #[inline]
    fn decide(&mut self, id: &Id, stage: &Stage) -> Decision {
        let Number(cluster) = stage.cluster;
        let place = self.directory.numbers.places.get(cluster);
        let visibility = place.map_or(Visibility::Organization, |place| place.visibility);
        let known = if self.overrides.may_have(cluster) { None } else { self.known.get(visibility, stage.protection) };
        known.unwrap_or_else(|| self.look_up(id, stage, visibility))
    }

    /// Decides what is not known yet.
    #[inline(never)]
    fn look_up(&mut self, id: &Id, stage: &Stage, visibility: Visibility) -> Decision {
        let Number(cluster) = stage.cluster;
        let is_without = !self.overrides.may_have(cluster);
        let member = self.member.filter(|_| !is_without);
        let granted = member.map_or(GrantState::Nothing, |member| member.level(cluster));
        let on = OnCluster { visibility, granted };
        let (project, _) = self.project;
        let Some(decision) = project.and_then(|project| project.look_up(on, stage.protection.class())) else {
            return self.judge(id, stage, on);
        };
        if is_without {
            self.known.add(visibility, stage.protection, decision);
        }
        decision
    }

    /// Decides what the tables cannot say.
    fn judge(&mut self, id: &Id, stage: &Stage, on: OnCluster) -> Decision {
        let Self { directory, subject, action, project: (_, class), .. } = *self;
        let evaluate = || {
            let environment = directory.environment_fact::<Id>(id);
            environment.map_or(Decision::Deny(Reason::UnknownResource), |environment| {
                decide_of(subject, action, ResourceFact::Environment(environment))
            })
        };
        // A token can be restricted to single environments, so they do not fall into classes.
        if !is_without_tokens(&subject) {
            return evaluate();
        }
        self.memo.get_or_insert_with(class.and(on.visibility).and(on.granted).and(stage.protection), evaluate)
    }
}

/// The projects of an organization.
struct Projects<'a, Id> {
    ids: set::Iter<'a, Id>,
    /// Those that were found, of which the first are passed.
    found: [Option<&'a ProjectIndex<Id>>; PROJECTS_AHEAD],
    next: usize,
}

/// So many projects are looked up at a time.
const PROJECTS_AHEAD: usize = 8;

impl<'a, Id: Hash + Ord> Projects<'a, Id> {
    fn next(&mut self, index: &'a Index<Id>) -> Option<&'a ProjectIndex<Id>> {
        if self.next == PROJECTS_AHEAD {
            self.look_ahead(index);
        }
        let project = *self.found.get(self.next)?;
        self.next = self.next.saturating_add(1);
        project
    }

    // Each loop reads what the one before it found, so that the processor fetches it for all projects at once.
    fn look_ahead(&mut self, index: &'a Index<Id>) {
        let mut projects = self.ids.by_ref().filter_map(|id| index.projects.get::<Id>(id));
        self.found.iter_mut().for_each(|found| *found = projects.next());
        self.next = 0;
        for project in self.found.iter().flatten() {
            hint::black_box(project.environments.values().next().map(|stage| stage.cluster));
        }
    }
}

/// Decisions on environments of one project, or of all in which the member has no role and which the same members see, on clusters
/// without an override.
struct Known {
    /// By project, who can see the cluster, and class of protection.
    decisions: [Option<Decision>; 3 << BITS],
    /// Where those of the present project begin.
    project: usize,
}

/// The bits of a class, and of who can see a cluster.
const BITS: u32 = 4;

impl Known {
    /// Goes to a project.
    fn enter(&mut self, visibility: Visibility, role: GrantState<ProjectRole>) {
        let place = if role == GrantState::Nothing { visibility.index() } else { 2 };
        self.project = place << BITS;
        // With a role in it, it is alone.
        if place == 2 {
            self.decisions.iter_mut().skip(self.project).for_each(|decision| *decision = None);
        }
    }

    #[inline]
    const fn place(&self, cluster: Visibility, protection: Protection) -> usize {
        self.project | cluster.index() << 3 | protection.class().index()
    }

    #[inline]
    fn get(&self, cluster: Visibility, protection: Protection) -> Option<Decision> {
        *self.decisions.get(self.place(cluster, protection))?
    }

    fn add(&mut self, cluster: Visibility, protection: Protection, decision: Decision) {
        let place = self.place(cluster, protection);
        if let Some(known) = self.decisions.get_mut(place) {
            *known = Some(decision);
        }
    }
}

fn is_without_tokens<Id>(subject: &SubjectFact<'_, Id>) -> bool {
    subject.tokens().iter().all(Option::is_none)
}

impl<'a, Id: Hash + Ord> Iterator for Environments<'a, Id> {
    type Item = (&'a Id, Decision);

    #[inline]
    fn next(&mut self) -> Option<(&'a Id, Decision)> {
        loop {
            if let Some(item) = self.found.next() {
                return Some(item);
            }
            if !self.look_ahead() {
                self.advance()?;
            }
        }
    }
}

/// Environments that were found and not yet returned.
struct Found<'a, Id> {
    items: [Option<(&'a Id, Decision)>; AHEAD],
    /// They are between `next` and `end`.
    next: usize,
    end: usize,
}

/// The most environments that are decided before the first of them is returned.
const AHEAD: usize = 16;

impl<'a, Id> Found<'a, Id> {
    const fn none() -> Self {
        Self { items: [None; AHEAD], next: 0, end: 0 }
    }

    /// Keeps an environment unless it is denied.
    // Without a branch: which are denied cannot be predicted.
    #[inline]
    fn push(&mut self, id: &'a Id, decision: Decision) {
        if let Some(item) = self.items.get_mut(self.end) {
            *item = Some((id, decision));
            self.end = self.end.wrapping_add(usize::from(!matches!(decision, Decision::Deny(_))));
        }
    }

    #[inline]
    fn next(&mut self) -> Option<(&'a Id, Decision)> {
        if self.next >= self.end {
            return None;
        }
        let item = *self.items.get(self.next)?;
        self.next = self.next.wrapping_add(1);
        item
    }
}
