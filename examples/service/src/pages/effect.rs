//! What a change would do, shown before it is made if it takes something away or gives much.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use shipgate::change::{Change, DecisionChanges};
use shipgate::directory::EntityKind;
use shipgate::{ActionKind, Decision, Directory, ResourceId, SubjectId};

use crate::api::Failure;
use crate::api::access::main_id;
use crate::api::answer::Changed;
use crate::api::asking::Asking;
use crate::api::caller::Caller;
use crate::organizations;
use crate::pages::fields::Fields;
use crate::pages::form::Form;
use crate::pages::layout::{Attempt, Entry, Frame};
use crate::pages::names::Names;
use crate::pages::{attempted, redirect, words};

/// How many groups of decisions are shown.
const MOST_GROUPS: usize = 200;

/// How many names of a group are shown.
const MOST_NAMES: usize = 5;

/// How many decisions a change may give without showing them first.
const FEW: u64 = 20;

/// The field by which a reader says that they have seen the effect.
const CONFIRMED_FIELD: &str = "confirmed";

/// Whether the organization is as a reader has seen it.
pub(crate) type IsAsSeen = Box<dyn Fn(&Directory<String>) -> bool + Send + Sync>;

/// A change that a reader asks for.
pub(crate) struct Proposal {
    pub(crate) change: Change<String>,
    /// The question that the page asks, such as `Remove Bob from Acme Corp?`.
    pub(crate) question: String,
    /// What the button says that makes the change.
    pub(crate) button: &'static str,
    /// Where the form was sent.
    pub(crate) action: String,
    /// Where the reader goes afterwards.
    pub(crate) back: String,
    /// The word for what was done.
    pub(crate) done: &'static str,
    /// Whether the organization is still as the reader has seen it.
    pub(crate) is_as_seen: IsAsSeen,
}

/// Makes a change, or shows its effect first. If it is not made, the page is shown again, with the reason.
pub(crate) async fn change<F: Future<Output = Result<Response, Failure>>>(
    caller: Caller,
    organization: &str,
    entry: Entry,
    fields: &Fields,
    propose: impl FnOnce(&Asking) -> Result<Proposal, Failure>,
    show: impl FnOnce(Asking, Option<Attempt>) -> F,
) -> Result<Response, Failure> {
    let asking = caller.clone().of(organization).await?;
    let made = match propose(&asking) {
        Ok(proposal) => make(&asking, entry, fields, proposal).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok(response) => Ok(response),
        Err(failure) => {
            // The page shows what was changed meanwhile.
            let asking = caller.of(organization).await?;
            attempted(&failure, fields, |attempt| show(asking, attempt)).await
        }
    }
}

async fn make(asking: &Asking, entry: Entry, fields: &Fields, proposal: Proposal) -> Result<Response, Failure> {
    if fields.get(CONFIRMED_FIELD).is_none() {
        let effect = Effect::of(asking, proposal.change.clone())?;
        if !(proposal.is_as_seen)(asking.directory()?) {
            return Err(organizations::Error::Outdated.into());
        }
        if effect.is_shown() {
            return confirm(asking, entry, fields, &proposal, &effect).await;
        }
    }
    let Proposal { change, back, done, is_as_seen, .. } = proposal;
    asking.change_if(change, vec![], Changed::by, is_as_seen).await?;
    Ok(redirect(&back, done))
}

async fn confirm(
    asking: &Asking,
    entry: Entry,
    fields: &Fields,
    proposal: &Proposal,
    effect: &Effect,
) -> Result<Response, Failure> {
    let frame = Frame::of(asking, entry, &Fields::default()).await?;
    let names = effect.names(asking).await?;
    let form = Form::new(&frame, fields.text("form"), proposal.action.clone());
    let sent = html! {
        @for (name, value) in fields.each().filter(|(name, _)| !["csrf", "form"].contains(name)) {
            (form.hidden(name, value))
        }
        (form.hidden(CONFIRMED_FIELD, "yes"))
    };
    let body = html! {
        h1 { (proposal.question) }
        p { "Nothing was changed yet. This is what the change would do, as far as you may see it." }
        (effect.shown(&names))
        (form.with(&sent, proposal.button))
        p { a href=(proposal.back) { "Cancel" } }
    };
    Ok(frame.page(&proposal.question, &body).into_response())
}

/// What a change would do.
struct Effect {
    lines: Vec<Line>,
    /// Whether there is more of it.
    has_more: bool,
}

/// Decisions that would change alike.
#[derive(PartialEq, Eq)]
struct Line {
    gains: bool,
    /// Whether it is about doing it after approval, or without one; empty if about doing it at all.
    how: &'static str,
    actions: BTreeSet<&'static str>,
    people: Few<String>,
    places: Few<(EntityKind, String)>,
    decisions: u64,
    is_much: bool,
}

/// The first of many.
#[derive(PartialEq, Eq)]
struct Few<T> {
    first: Vec<T>,
    all: usize,
}

impl<T> Few<T> {
    fn of(all: impl Iterator<Item = T>) -> Self {
        let mut few = Self { first: Vec::new(), all: 0 };
        for one in all {
            few.all = few.all.saturating_add(1);
            if few.first.len() < MOST_NAMES {
                few.first.push(one);
            }
        }
        few
    }

    fn more(&self) -> usize {
        self.all.saturating_sub(self.first.len())
    }
}

impl Effect {
    fn of(asking: &Asking, change: Change<String>) -> Result<Self, Failure> {
        let look = |subject: &SubjectId<'_, String>| -> Result<Self, Failure> {
            let preview = asking.directory()?.preview(subject, change)?;
            let mut effect = Self { lines: Vec::new(), has_more: false };
            for (place, group) in preview.diff().enumerate() {
                if place >= MOST_GROUPS {
                    effect.has_more = true;
                    break;
                }
                effect.add(Line::of(&group));
            }
            Ok(effect)
        };
        asking.guard().enforce(look)
    }

    /// Adds a line, to one about the same people and places if there is one.
    fn add(&mut self, line: Line) {
        let alike = |other: &&mut Line| {
            (other.gains, other.how, &other.people, &other.places) == (line.gains, line.how, &line.people, &line.places)
        };
        match self.lines.iter_mut().find(alike) {
            Some(other) => {
                other.actions.extend(line.actions);
                other.decisions = other.decisions.saturating_add(line.decisions);
                other.is_much |= line.is_much;
            }
            None => self.lines.push(line),
        }
    }

    /// Whether it takes something away, or gives much.
    fn is_shown(&self) -> bool {
        let given = self.lines.iter().fold(0_u64, |sum, line| sum.saturating_add(line.decisions));
        self.has_more || given > FEW || self.lines.iter().any(|line| line.is_much || line.takes_away())
    }

    /// The names of all that is shown.
    async fn names(&self, asking: &Asking) -> Result<EffectNames, Failure> {
        let database = &asking.caller.service.database;
        let people = self.lines.iter().flat_map(|line| &line.people.first).map(|id| (EntityKind::Account, id));
        let places = self.lines.iter().flat_map(|line| &line.places.first).map(|(kind, id)| (*kind, id));
        let mut ids: BTreeMap<EntityKind, BTreeSet<&String>> = BTreeMap::new();
        for (kind, id) in people.chain(places) {
            ids.entry(kind).or_default().insert(id);
        }
        let mut names = BTreeMap::new();
        for (kind, ids) in ids {
            let found = match kind {
                EntityKind::Account => Names::of_accounts(database, ids).await?,
                kind => Names::of_things(database, kind, ids).await?,
            };
            names.insert(kind, found);
        }
        Ok(EffectNames(names))
    }

    fn shown(&self, names: &EffectNames) -> Markup {
        html! {
            @if self.lines.is_empty() { p class="empty" { "No decision that you may see would change." } }
            div class="effects" {
                @for (gains, title) in [(false, "Who loses what"), (true, "Who gains what")] {
                    @if self.lines.iter().any(|line| line.gains == gains) {
                        section class=(if gains { "gains" } else { "loses" }) {
                            h2 { (title) }
                            ul { @for line in self.lines.iter().filter(|line| line.gains == gains) { li { (line.shown(names)) } } }
                        }
                    }
                }
            }
            @if self.has_more { p class="needs" { "There is more than this page shows." } }
        }
    }
}

/// The names that an effect shows.
struct EffectNames(BTreeMap<EntityKind, Names>);

impl EffectNames {
    fn of<'a>(&'a self, kind: EntityKind, id: &'a str) -> &'a str {
        self.0.get(&kind).map_or(id, |names| names.of(id))
    }
}

/// How much a decision lets through.
fn degree(decision: Decision) -> u8 {
    match decision {
        Decision::Allow => 2,
        Decision::RequireApproval(_) => 1,
        Decision::Deny(_) => 0,
    }
}

impl Line {
    fn of(group: &DecisionChanges<'_, String>) -> Self {
        let (before, after) = (degree(group.before()), degree(group.after()));
        let kind = group.action().kind();
        Self {
            gains: after > before,
            how: match (before, after) {
                (0, 1) | (1, 0) => " after approval",
                (1, 2) | (2, 1) => " without approval",
                _ => "",
            },
            actions: [kind.as_str()].into(),
            people: Few::of(group.accounts().cloned()),
            places: Few::of(group.resources().map(|resource| (entity(&resource), main_id(&resource).clone()))),
            decisions: group.count(),
            is_much: after > before && is_power(kind),
        }
    }

    /// Whether it takes something away from somebody. That what is in use cannot be deleted does not.
    fn takes_away(&self) -> bool {
        !self.gains && self.actions.iter().any(|action| *action != ActionKind::Delete.as_str())
    }

    fn shown(&self, names: &EffectNames) -> Markup {
        let actions: Vec<_> = self.actions.iter().map(|action| words::readable(action)).collect();
        html! {
            strong dir="auto" { (listed(self.people.first.iter().map(|id| names.of(EntityKind::Account, id)), self.people.more())) }
            (self.how) ": " (actions.join(", ")) " – "
            span dir="auto" { (listed(self.places.first.iter().map(|(kind, id)| names.of(*kind, id)), self.places.more())) }
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>, more: usize) -> String {
    let names = names.collect::<Vec<_>>().join(", ");
    if more == 0 { names } else { format!("{names} and {more} more") }
}

/// What gives power over others.
const fn is_power(action: ActionKind) -> bool {
    matches!(
        action,
        ActionKind::ChangeRole
            | ActionKind::InviteMember
            | ActionKind::Delete
            | ActionKind::TransferOwnership
            | ActionKind::SetProtection
            | ActionKind::SetClusterAccess
            | ActionKind::BreakGlass
    )
}

/// The kind of what the main id of a resource names.
fn entity<A, S>(resource: &ResourceId<&String, A, S>) -> EntityKind {
    match resource {
        ResourceId::Organization(_) => EntityKind::Organization,
        ResourceId::Role(_) => EntityKind::Role,
        ResourceId::Team(_) | ResourceId::ProjectTeam { .. } | ResourceId::ClusterTeam { .. } => EntityKind::Team,
        ResourceId::Project(_) => EntityKind::Project,
        ResourceId::Cluster(_) => EntityKind::Cluster,
        ResourceId::Environment(_)
        | ResourceId::NewEnvironment { .. }
        | ResourceId::Placement { .. }
        | ResourceId::Deployment { .. } => EntityKind::Environment,
        ResourceId::Member { .. }
        | ResourceId::TeamMember { .. }
        | ResourceId::ProjectMember { .. }
        | ResourceId::ClusterMember { .. } => EntityKind::Account,
    }
}
