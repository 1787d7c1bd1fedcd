//! The decisions about members that would change.
//!
//! Whoever may not manage members is told apart by the role alone, and so is everybody from whom no grant is asked. What remains
//! are the gifts of members who manage others: each of these depends on all grants of both, so it is decided pair by pair.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::Hash;

use hashbrown::HashMap;

use crate::change::preview::Preview;
use crate::change::preview::group::{DecisionChanges, Pairs, Parts, Resources};
use crate::change::preview::places::{Outcome, Outcomes, product};
use crate::change::preview::question::{Person, Question};
use crate::change::preview::set::{Places, Set, only};
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::action::{Action, ActionKind};
use crate::model::custom_role::AnyRole;
use crate::model::fact::{MembershipFact, OrganizationFact, ResourceFact, RoleFact};
use crate::model::project::Visibility;
use crate::model::resource::ResourceKind;
use crate::model::role::{Permissions, RankedPermissions, Role};
use crate::model::time::{Now, Time};
use crate::policy::decision::Decision;
use crate::policy::reason::Reason;
use crate::policy::requirement::{Constraints, Requirement};

/// The members of the organization as resources.
pub(super) struct Members<'a, Id> {
    preview: &'a Preview<'a, Id>,
    people: Arc<[Person<'a, Id>]>,
    organizations: [Option<OrganizationFact<'a, Id>>; 2],
}

/// What is asked, by whom and about whom.
struct Round<'a, Id> {
    askers: Vec<Class>,
    targets: Vec<Class>,
    /// The accounts that ask about themselves.
    selves: Vec<usize>,
    actions: Vec<Action<&'a Id>>,
    /// Whether neither who asks nor the targets differ.
    is_still: bool,
}

/// Accounts that are not told apart.
struct Class {
    places: Places,
    /// Whether no gift of theirs depends on grants, before and after, because they have all that an Admin can give.
    holds_all: [bool; 2],
    /// Whether their role has all that an Admin's has, before and after.
    is_full: [bool; 2],
}

impl<'a, Id: Hash + Ord> Members<'a, Id> {
    pub(super) fn new(preview: &'a Preview<'a, Id>, people: &Arc<[Person<'a, Id>]>) -> Self {
        let organizations = preview.both().map(|directory| directory.organization_fact::<Id>(&preview.organization));
        Self { preview, people: Arc::clone(people), organizations }
    }

    /// The decisions about members that would change.
    pub(super) fn changes(self) -> impl Iterator<Item = DecisionChanges<'a, Id>> {
        let members = Arc::new(self);
        let rounds = members.rounds();
        rounds.into_iter().flat_map(move |round| {
            let (members, round) = (Arc::clone(&members), Arc::new(round));
            let actions = round.actions.clone();
            actions.into_iter().flat_map(move |action| {
                let selves = members.about_themselves(action, &round.selves);
                let (members, round) = (Arc::clone(&members), Arc::clone(&round));
                let others = (0..round.targets.len()).flat_map(move |target| members.about(action, &round, target));
                selves.chain(others)
            })
        })
    }

    /// Everyone is asked about the members who differ, and those who differ about everyone. Where a custom role differs, all
    /// others are asked whether it may be given.
    fn rounds(&self) -> Vec<Round<'a, Id>> {
        let each = || self.people.iter().enumerate();
        let places = |keep: &dyn Fn(&Person<'a, Id>) -> bool| -> Vec<usize> {
            each().filter(|(_, person)| keep(person)).map(|(place, _)| place).collect()
        };
        let differing = places(&|person| person.differs);
        let actions = self.preview.actions_on(ResourceKind::Member).collect::<Vec<_>>();
        let of_roles: Vec<_> = actions.iter().copied().filter(|action| self.gives_another_role(*action)).collect();
        let touched = places(&|person| self.is_touched(person) && self.is_shown(person));
        let mut rounds = Vec::new();
        if !touched.is_empty() {
            rounds.push(Round {
                askers: self.askers((0..self.people.len()).collect()),
                targets: self.targets(touched.clone()),
                selves: touched,
                actions: actions.clone(),
                is_still: false,
            });
        }
        if differing.is_empty() && of_roles.is_empty() {
            return rounds;
        }
        let untouched = places(&|person| !self.is_touched(person) && self.is_shown(person));
        if !differing.is_empty() {
            let (askers, targets) = (self.askers(differing), self.targets(untouched.clone()));
            rounds.push(Round { askers, targets, selves: Vec::new(), actions, is_still: false });
        }
        if !of_roles.is_empty() {
            let askers = self.askers(places(&|person| !person.differs));
            let targets = self.targets(untouched.clone());
            rounds.push(Round { askers, targets, selves: untouched, actions: of_roles, is_still: true });
        }
        rounds
    }

    /// Whether a decision about a member could differ for someone who does not differ. Of the number of Owners counts whether
    /// there is one who is the last.
    fn is_touched(&self, person: &Person<'_, Id>) -> bool {
        let [before, after] = self.organizations.map(|it| it.is_some_and(|organization| organization.owners() > 1));
        let is_owner = |membership: MembershipFact<'_, Id>| membership.rank() == Role::Owner;
        person.differs || before != after && person.memberships.into_iter().flatten().any(is_owner)
    }

    fn is_shown(&self, person: &Person<'_, Id>) -> bool {
        let facts = self.facts(person);
        let [before, _] = person.memberships;
        self.preview.shows(before.is_some(), facts)
    }

    fn facts(&self, person: &Person<'a, Id>) -> [Option<ResourceFact<'a, Id>>; 2] {
        let [before, after] = self.organizations;
        let [account, account_after] = person.accounts;
        [(before, account), (after, account_after)]
            .map(|(organization, account)| Some(ResourceFact::Member(organization?, account)))
    }

    fn definitions(&self, role: &Id) -> [Option<RankedPermissions>; 2] {
        let definition = |role: RoleFact<'_, Id>| RankedPermissions::from(role.definition());
        self.preview.both().map(|directory| directory.role_fact::<Id>(role).map(definition))
    }

    fn gives_another_role(&self, action: Action<&Id>) -> bool {
        let Action::ChangeRole { to: AnyRole::Custom(role) } = action else { return false };
        let [before, after] = self.definitions(role);
        before != after
    }

    /// Whether grants alone decide on a gift, before and after, and do so alike: the role comes with the same access to clusters.
    fn is_same_gift(&self, action: Action<&Id>, asker: &Class, answers: [Decision; 2]) -> bool {
        let Action::ChangeRole { to: AnyRole::Custom(role) } = action else { return false };
        let [Some(before), Some(after)] = self.definitions(role) else { return false };
        let is_default_same = |visibility| {
            ClusterAccess::default_for(before, visibility) == ClusterAccess::default_for(after, visibility)
        };
        asker.is_full == [true, true]
            && !answers.into_iter().any(|answer| is_denied_by_roles(answer, true))
            && before.rank == after.rank
            && Visibility::ALL.into_iter().all(is_default_same)
    }

    /// Sorts the accounts that ask.
    fn askers(&self, places: Vec<usize>) -> Vec<Class> {
        let now = Now::new(self.preview.at);
        self.classes(places, |person| {
            let [role, role_after] = person.roles(now);
            let [before, after] = person.memberships;
            [(role, before), (role_after, after)].map(|(role, membership)| {
                let ((kind, role), membership) = (role?, membership?);
                let gives = may_manage(role).then(|| (membership.expires_at(), holds_all(role, membership)));
                Some(Asker { kind, role, gives })
            })
        })
        .into_iter()
        .map(|(asker, places)| Class {
            places,
            holds_all: asker.map(|it| it.and_then(|it| it.gives).is_some_and(|(_, holds_all)| holds_all)),
            is_full: asker.map(|it| it.is_some_and(|it| is_full(it.role))),
        })
        .collect()
    }

    /// Sorts the members who are asked about.
    fn targets(&self, places: Vec<usize>) -> Vec<Class> {
        let classes = self.classes(places, |person| {
            let [before, after] = person.memberships;
            let [account, account_after] = person.accounts;
            [(account, before), (account_after, after)].map(|(account, membership)| {
                let (kind, membership) = (account?.kind(), membership?);
                Some((kind, membership.rank(), membership.permissions(), membership.expires_at()))
            })
        });
        let none = [false, false];
        classes.into_iter().map(|(_, places)| Class { places, holds_all: none, is_full: none }).collect()
    }

    fn classes<K: Copy + Eq + Hash>(&self, places: Vec<usize>, key: impl Fn(&Person<'a, Id>) -> K) -> Vec<(K, Places)> {
        let mut classes: HashMap<K, Vec<usize>> = HashMap::new();
        for place in places {
            if let Some(person) = self.people.get(place) {
                classes.entry(key(person)).or_default().push(place);
            }
        }
        classes.into_iter().map(|(key, places)| (key, places.into())).collect()
    }

    fn answers(&self, action: Action<&'a Id>, asker: usize, target: usize) -> Option<[Decision; 2]> {
        let (asker, target) = (self.people.get(asker)?, self.people.get(target)?);
        Some(Question::new(self.preview, action, self.facts(target)).answers(asker))
    }

    fn about_themselves(
        &self,
        action: Action<&'a Id>,
        selves: &[usize],
    ) -> impl Iterator<Item = DecisionChanges<'a, Id>> + use<'a, Id> {
        let mut outcomes = Outcomes::default();
        for place in selves {
            if let Some(answers) = self.answers(action, *place, *place) {
                outcomes.add_one(answers, *place);
            }
        }
        let (people, organization) = (Arc::clone(&self.people), &self.preview.organization);
        outcomes.each().map(move |outcome| {
            let (answers, count) = (outcome.answers, product(outcome.count(), 1));
            let accounts = outcome.sets();
            let resources = Resources::Members(organization, accounts.clone().into());
            DecisionChanges::new(
                &people,
                Parts { action, answers, accounts, resources, pairs: Pairs::Themselves, count },
            )
        })
    }

    /// What each account is answered about the members of a class.
    fn about(
        self: &Arc<Self>,
        action: Action<&'a Id>,
        round: &Arc<Round<'a, Id>>,
        target: usize,
    ) -> impl Iterator<Item = DecisionChanges<'a, Id>> + use<'a, Id> {
        let mut outcomes = Outcomes::default();
        let mut one_by_one = Vec::new();
        let targets = round.targets.get(target).map(|class| Arc::clone(&class.places)).unwrap_or_default();
        for asker in &round.askers {
            let Some(answers) = self.example(action, &asker.places, &targets) else { continue };
            if is_settled(action.kind(), asker, answers) {
                outcomes.add(answers, &whole(&asker.places), asker.places.len());
            } else if !(round.is_still && self.is_same_gift(action, asker, answers)) {
                one_by_one.push(Arc::clone(&asker.places));
            }
        }
        let members = Arc::clone(self);
        let about_all = Vec::from([whole(&targets)]);
        let settled: Vec<_> = outcomes.each().map(|it| members.group(action, it, about_all.clone())).collect();
        let pairs = one_by_one.into_iter().flat_map(move |askers| members.one_by_one(action, &askers, &targets));
        settled.into_iter().chain(pairs)
    }

    /// What one account is answered about another one.
    fn example(&self, action: Action<&'a Id>, askers: &[usize], targets: &[usize]) -> Option<[Decision; 2]> {
        let (asker, target) = (askers.first()?, targets.first()?);
        if asker != target {
            return self.answers(action, *asker, *target);
        }
        match (askers.get(1), targets.get(1)) {
            (Some(asker), _) => self.answers(action, *asker, *target),
            (None, Some(target)) => self.answers(action, *asker, *target),
            (None, None) => None,
        }
    }

    /// What each account is answered about each member, in groups for each of those who are fewer.
    fn one_by_one(
        self: &Arc<Self>,
        action: Action<&'a Id>,
        askers: &Places,
        targets: &Places,
    ) -> impl Iterator<Item = DecisionChanges<'a, Id>> + use<'a, Id> {
        let by_asker = askers.len() < targets.len();
        let (outer, inner) = if by_asker { (askers, targets) } else { (targets, askers) };
        let (members, outer, inner) = (Arc::clone(self), Arc::clone(outer), Arc::clone(inner));
        (0..outer.len()).flat_map(move |index| {
            let one = outer.get(index).copied().unwrap_or_default();
            let mut outcomes = Outcomes::default();
            for other in inner.iter().filter(|other| **other != one) {
                let (asker, target) = if by_asker { (one, *other) } else { (*other, one) };
                if let Some(answers) = members.answers(action, asker, target) {
                    outcomes.add_one(answers, *other);
                }
            }
            let alone = || Vec::from([Set::from(Vec::from([one]))]);
            let group = |outcome: Outcome| {
                if by_asker {
                    members.pairs(action, outcome.answers, alone(), outcome.sets())
                } else {
                    members.group(action, outcome, alone())
                }
            };
            outcomes.each().map(group).collect::<Vec<_>>()
        })
    }

    fn group(&self, action: Action<&'a Id>, outcome: Outcome, targets: Vec<Set>) -> DecisionChanges<'a, Id> {
        self.pairs(action, outcome.answers, outcome.sets(), targets)
    }

    /// A group of what accounts are answered about others.
    fn pairs(
        &self,
        action: Action<&'a Id>,
        answers: [Decision; 2],
        mut accounts: Vec<Set>,
        mut targets: Vec<Set>,
    ) -> DecisionChanges<'a, Id> {
        // Nobody asks about themselves here.
        let without = |sets: Vec<Set>, place| sets.into_iter().map(|set| set.without(place)).collect();
        if let Some(target) = only(&targets) {
            accounts = without(accounts, target);
        } else if let Some(account) = only(&accounts) {
            targets = without(targets, account);
        }
        let size = |sets: &[Set]| sets.iter().map(Set::count).fold(0_usize, usize::saturating_add);
        let (few, many) = if size(&accounts) < size(&targets) { (&accounts, &targets) } else { (&targets, &accounts) };
        let is_in_both = |place: &usize| many.iter().any(|set| set.contains(*place));
        let both = few.iter().flat_map(Set::places).filter(is_in_both).count();
        let count = product(size(&accounts), size(&targets)).saturating_sub(product(both, 1));
        let resources = Resources::Members(&self.preview.organization, targets.into());
        let parts = Parts { action, answers, accounts, resources, pairs: Pairs::Others, count };
        DecisionChanges::new(&self.people, parts)
    }
}

/// What the answers to an account depend on, besides its grants.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Asker {
    kind: AccountKind,
    role: RankedPermissions,
    /// Of who may manage members: when the membership ends, and whether no grant lowers what they can give.
    gives: Option<(Option<Time>, bool)>,
}

fn whole(places: &Places) -> Set {
    let nobody = Places::default();
    Set::new(places, [&nobody, &nobody])
}

/// Whether the answers hold for all accounts of a class and all members of the other. A gift depends on all grants of both, once
/// it has passed what depends on roles and expiries alone.
fn is_settled(action: ActionKind, asker: &Class, answers: [Decision; 2]) -> bool {
    let requirement = Requirement::for_action(action, ResourceKind::Member);
    let is_gift = requirement.is_some_and(|it| it.constraints.contains(Constraints::GIVES));
    let [before, after] = answers;
    let ([all, all_after], [full, full_after]) = (asker.holds_all, asker.is_full);
    let is_settled = |decision, holds_all, is_full| holds_all || is_denied_by_roles(decision, is_full);
    !is_gift || is_settled(before, all, full) && is_settled(after, all_after, full_after)
}

/// Whether a denial comes from roles and expiries. Who has all that an Admin has is not outranked by a role in a project.
const fn is_denied_by_roles(decision: Decision, is_full: bool) -> bool {
    match decision {
        Decision::Deny(
            Reason::NotApplicable
            | Reason::NotAMember
            | Reason::ForeignResource
            | Reason::UnknownResource
            | Reason::RoleInsufficient { .. }
            | Reason::NotAssignable
            | Reason::LastOwner
            | Reason::Outlasts,
        ) => true,
        Decision::Deny(Reason::Outranked { .. }) => is_full,
        Decision::Deny(_) | Decision::Allow | Decision::RequireApproval(_) => false,
    }
}

/// Whether a role may do anything to members but view them.
fn may_manage(role: RankedPermissions) -> bool {
    let rows = ActionKind::ALL.into_iter().filter_map(|kind| Requirement::for_action(kind, ResourceKind::Member));
    let needed = rows.map(|row| row.permissions).filter(|needed| *needed != Permissions::NONE);
    needed.into_iter().any(|needed| role.permissions.includes(needed))
}

fn is_full(role: RankedPermissions) -> bool {
    role.includes(Role::Admin.into())
}

/// Whether a member has all that an Admin can give: no override lowers it.
fn holds_all<Id>(role: RankedPermissions, membership: MembershipFact<'_, Id>) -> bool {
    let own = membership.own_grants().into_iter();
    let mut grants = own.chain(membership.team_grants().map(|(_, grants)| grants));
    is_full(role) && (role.rank == Role::Owner || grants.all(|grants| grants.overrides().len() == 0))
}
