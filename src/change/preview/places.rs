//! The resources that a preview is about, apart from members, and the decisions about them that would change.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::Hash;

use hashbrown::HashMap;

use crate::change::preview::Preview;
use crate::change::preview::audience::{Audience, Part};
use crate::change::preview::group::{DecisionChanges, Pairs, Parts, Resources};
use crate::change::preview::question::{Person, Question, differ, facts};
use crate::change::preview::set::Set;
use crate::model::action::Action;
use crate::model::fact::EnvironmentFact;
use crate::model::project::Visibility;
use crate::model::protection::Protection;
use crate::model::resource::{ResourceId, ResourceRef};
use crate::policy::decision::Decision;
use crate::query::Sharing;

/// Resources in one project and on one cluster, as far as anyone has grants there.
pub(super) struct Spot<'a, Id> {
    project: Option<&'a Id>,
    /// The cluster before and after.
    clusters: [Option<&'a Id>; 2],
    /// The resources, sorted into classes of those that a decision does not tell apart.
    classes: Vec<Vec<ResourceRef<'a, Id, Id>>>,
}

/// What a decision about an environment reads of it, besides who has grants where it is.
type Stage = [Option<(Visibility, Visibility, Protection)>; 2];

/// Whom to ask about resources.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everyone, because the resources differ.
    Everyone,
    /// Those who have changed themselves.
    WhoDiffers,
}

impl<'a, Id: Hash + Ord> Spot<'a, Id> {
    /// Sorts resources by where they are.
    pub(super) fn each(
        preview: &'a Preview<'_, Id>,
        resources: Vec<ResourceRef<'a, Id, Id>>,
        audience: &Audience<'_, Id>,
    ) -> Vec<Self> {
        let mut spots = Vec::new();
        let mut environments: BTreeMap<_, HashMap<Stage, Vec<ResourceRef<'a, Id, Id>>>> = BTreeMap::new();
        for resource in resources {
            let one = || Vec::from([Vec::from([resource])]);
            let nowhere = [None, None];
            spots.push(match resource {
                ResourceId::Project(id) => Self { project: Some(id), clusters: nowhere, classes: one() },
                ResourceId::Cluster(id) => Self { project: None, clusters: [Some(id), Some(id)], classes: one() },
                ResourceId::Environment(id) => {
                    let both = preview.both().map(|directory| directory.environment_fact::<Id>(id));
                    let place = place(both, audience);
                    environments.entry(place).or_default().entry(both.map(stage)).or_default().push(resource);
                    continue;
                }
                _ => Self { project: None, clusters: nowhere, classes: one() },
            });
        }
        let of = |((project, clusters), classes): (_, HashMap<_, _>)| Self {
            project,
            clusters,
            classes: classes.into_values().collect(),
        };
        spots.extend(environments.into_iter().map(of));
        spots
    }

    /// The decisions about these resources that would change.
    pub(super) fn changes(
        self,
        preview: &'a Preview<'_, Id>,
        people: &Arc<[Person<'a, Id>]>,
        audience: &Audience<'a, Id>,
        asked: Asked,
    ) -> Vec<DecisionChanges<'a, Id>> {
        let on = audience.on(self.clusters);
        let parts = audience.parts(on.as_deref(), audience.in_project(self.project));
        let mut changes = Vec::new();
        for class in self.classes {
            let Some(example) = class.first().copied() else { continue };
            let resources: Arc<[_]> = class.into();
            for action in preview.actions_on(example.kind()) {
                let both = preview.both().map(|directory| facts(directory, example));
                let ask = Ask {
                    question: Question::new(preview, action, both),
                    sharing: Sharing::of(action, example),
                    people,
                };
                let mut outcomes = Outcomes::default();
                for part in &parts {
                    ask.part(part, asked, &mut outcomes);
                }
                changes.extend(outcomes.groups(action, people, &resources));
            }
        }
        changes
    }
}

/// Where an environment is: its project and its clusters, as far as anyone has grants there.
fn place<'a, Id: Ord>(
    [before, after]: [Option<EnvironmentFact<'a, Id>>; 2],
    audience: &Audience<'_, Id>,
) -> (Option<&'a Id>, [Option<&'a Id>; 2]) {
    let clusters = [before, after].map(|environment| environment.map(EnvironmentFact::cluster));
    // An environment stays in its project.
    let project = before.or(after).map(EnvironmentFact::project).filter(|id| audience.in_project(Some(id)).is_some());
    let is_plain = audience.on(clusters).is_none();
    (project, if is_plain { [None, None] } else { clusters })
}

fn stage<Id>(environment: Option<EnvironmentFact<'_, Id>>) -> Option<(Visibility, Visibility, Protection)> {
    environment.map(|it| (it.visibility(), it.cluster_visibility(), it.protection()))
}

/// A question to many accounts.
struct Ask<'q, 'a, Id> {
    question: Question<'a, Id>,
    sharing: Sharing,
    people: &'q [Person<'a, Id>],
}

impl<Id: Hash + Ord> Ask<'_, '_, Id> {
    /// Asks the accounts of a part, one for all of them if they share the answer.
    fn part(&self, part: &Part, asked: Asked, outcomes: &mut Outcomes) {
        let may_skip = self.sharing == Sharing::All && !part.differs;
        let Some(example) = self.people.get(part.example).filter(|_| asked == Asked::Everyone || !may_skip) else {
            return;
        };
        let answers = self.question.answers(example);
        if answers.into_iter().all(|answer| self.sharing.shares(answer)) {
            outcomes.add(answers, &part.set, part.count);
            return;
        }
        for place in part.set.places() {
            if let Some(person) = self.people.get(place) {
                outcomes.add_one(self.question.answers(person), place);
            }
        }
    }
}

/// Accounts by the answers that they get, before and after, where these differ.
#[derive(Default)]
pub(super) struct Outcomes(Vec<Outcome>);

pub(super) struct Outcome {
    pub(super) answers: [Decision; 2],
    sets: Vec<Set>,
    single: Vec<usize>,
    count: usize,
}

impl Outcomes {
    pub(super) fn add(&mut self, answers: [Decision; 2], set: &Set, count: usize) {
        if let Some(outcome) = self.of(answers, count) {
            outcome.sets.push(set.clone());
        }
    }

    pub(super) fn add_one(&mut self, answers: [Decision; 2], place: usize) {
        if let Some(outcome) = self.of(answers, 1) {
            outcome.single.push(place);
        }
    }

    fn of(&mut self, answers: [Decision; 2], count: usize) -> Option<&mut Outcome> {
        if !differ(answers) {
            return None;
        }
        let known = self.0.iter().position(|outcome| outcome.answers == answers);
        let index = known.unwrap_or_else(|| {
            self.0.push(Outcome { answers, sets: Vec::new(), single: Vec::new(), count: 0 });
            self.0.len().saturating_sub(1)
        });
        let outcome = self.0.get_mut(index)?;
        outcome.count = outcome.count.saturating_add(count);
        Some(outcome)
    }

    pub(super) fn each(self) -> impl Iterator<Item = Outcome> {
        self.0.into_iter()
    }

    fn groups<'a, Id>(
        self,
        action: Action<&'a Id>,
        people: &Arc<[Person<'a, Id>]>,
        resources: &Arc<[ResourceRef<'a, Id, Id>]>,
    ) -> impl Iterator<Item = DecisionChanges<'a, Id>> {
        self.each().map(move |outcome| {
            let count = product(outcome.count, resources.len());
            DecisionChanges::new(
                people,
                Parts {
                    action,
                    answers: outcome.answers,
                    accounts: outcome.sets(),
                    resources: Resources::Listed(Arc::clone(resources)),
                    pairs: Pairs::Others,
                    count,
                },
            )
        })
    }
}

impl Outcome {
    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// The accounts.
    pub(super) fn sets(self) -> Vec<Set> {
        let mut single = self.single;
        single.sort_unstable();
        let mut sets = self.sets;
        if !single.is_empty() {
            sets.push(single.into());
        }
        sets
    }
}

/// A product of two counts.
pub(super) fn product(a: usize, b: usize) -> u64 {
    let wide = |count| u64::try_from(count).unwrap_or(u64::MAX);
    wide(a).saturating_mul(wide(b))
}
