//! Law 7 by exhaustion: no single change, of every change in every small world, gives anybody what neither who makes it nor
//! they themselves held up to then. If none does, no sequence does, whoever acts together. The guide says why these worlds
//! are enough: see *Self-escalation* in `src/guide/security.md`.

mod change;
mod classes;
mod environment;
mod made;
mod rules;
mod spaces;
mod world;

use std::fmt::{self, Display, Formatter};

use shipgate::{Account, AnyRole, ClusterAccess, ProjectRole, Time, Visibility};

use super::holdings::{Held, Kind, Powers, covers, gain, is_live};
use change::{Case, Change, is_member};
use rules::Without;
use world::{Facts, Id, Member, NOW, TIMES, Things};

type Course = [Held; TIMES.len()];

/// Worlds, and the changes to try in them: each of the things with each of the makers, each of the targets and each change.
pub(crate) struct Space {
    name: &'static str,
    things: Vec<Things>,
    makers: Vec<Member>,
    /// Who may gain, beside the maker and beside who is no member.
    targets: Vec<Member>,
    changes: Vec<Change>,
    /// The time at which the change is decided. Without one, it may be any.
    now: Option<Time>,
}

/// What an exhaustion went through.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    worlds: u64,
    decided: u64,
    allowed: u64,
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} worlds, {} changes decided, {} allowed", self.worlds, self.decided, self.allowed)
    }
}

/// What somebody held after a change that they should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gain {
    /// What neither they nor the maker held up to then.
    Of(Kind),
    /// It is theirs for longer than anybody had it.
    ForLonger(Kind),
    /// What was given ends later than the maker's.
    Given,
}

#[derive(Debug)]
#[expect(dead_code, reason = "it is printed")]
struct Violation {
    gain: Gain,
    at: Time,
    things: Things,
    maker: Member,
    target: Option<Member>,
    change: Change,
    now: Option<Time>,
}

impl Space {
    fn name(&self) -> String {
        format!("{}{}", self.name, if self.now.is_some() { "" } else { ", without a time" })
    }

    /// The first violation of the law without a rule, if there is one.
    fn exhaust(&self, without: Without) -> Result<Tally, Box<Violation>> {
        let mut tally = Tally::default();
        for things in &self.things {
            self.exhaust_with(&Facts::of(*things), without, &mut tally)?;
        }
        Ok(tally)
    }

    fn exhaust_with(&self, facts: &Facts, without: Without, tally: &mut Tally) -> Result<(), Box<Violation>> {
        let with_course =
            |member: &Member, account: Account<Id>| ((*member, account), facts.things.course(Some(member)));
        let targets: Vec<_> = self.targets.iter().map(|target| with_course(target, facts.target(target))).collect();
        for maker in &self.makers {
            let (maker, course) = with_course(maker, facts.maker(maker));
            let stranger = (None, [Held::NOTHING; TIMES.len()]);
            let oneself = (Some(&maker), course);
            let others = targets.iter().map(|(target, course)| (Some(target), *course));
            let everybody: Vec<_> = [stranger, oneself].into_iter().chain(others).collect();
            tally.worlds += everybody.len() as u64;
            for change in &self.changes {
                let judged = |target| Judged { facts, maker: &maker, target, now: self.now, change: *change };
                if change.is_about_the_target() {
                    for (target, target_course) in everybody.iter().filter(|(target, _)| applies(*change, *target)) {
                        tally.decided += 1;
                        let judged = judged(*target);
                        if judged.case().is_allowed(*change, without) {
                            tally.allowed += 1;
                            judged.judge_what_is_given(&course)?;
                            judged.judge([course, *target_course], None)?;
                        }
                    }
                } else {
                    tally.decided += 1;
                    if judged(None).case().is_allowed(*change, without) {
                        tally.allowed += 1;
                        judged(None).judge_what_is_given(&course)?;
                        // What becomes of the maker does not depend on the target either.
                        let after = change.make(facts.things, maker.0, None);
                        let after = after.things.course(Some(&after.maker));
                        for (target, target_course) in everybody.iter().filter(|(target, _)| applies(*change, *target))
                        {
                            judged(*target).judge([course, *target_course], Some(after))?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether a change is one for this target: an invitation for who is no live member, every other for who is one.
fn applies(change: Change, target: Option<&(Member, Account<Id>)>) -> bool {
    let target = target.map(|(target, _)| target);
    match change {
        Change::Invite { .. } => !is_member(target),
        Change::SetExpiry(_) => target.is_some(),
        Change::AddToTeam => is_member(target) && target.is_some_and(|target| !target.in_team),
        Change::RemoveFromTeam => target.is_some_and(|target| target.in_team),
        Change::UpdateRole { from, .. } => target.is_some_and(|target| target.role == AnyRole::Custom(from)),
        Change::Role(_) | Change::Transfer | Change::SetLevel(_) | Change::SetRole(_) => is_member(target),
        Change::SetLevelOfTeam(_) | Change::SetRoleOfTeam(_) | Change::ShowProject(_) | Change::ShowCluster(_) => true,
    }
}

/// A change that is made.
struct Judged<'a> {
    facts: &'a Facts,
    maker: &'a (Member, Account<Id>),
    target: Option<&'a (Member, Account<Id>)>,
    now: Option<Time>,
    change: Change,
}

impl<'a> Judged<'a> {
    fn case(&self) -> Case<'a> {
        Case { facts: self.facts, maker: self.maker, target: self.target, now: self.now }
    }

    /// Judges what the maker and the target hold after the change. What the maker holds may be known.
    fn judge(&self, before: [Course; 2], maker_after: Option<Course>) -> Result<(), Box<Violation>> {
        let (maker, target) = (self.maker.0, self.target.map(|(target, _)| *target));
        let after = self.change.make(self.facts.things, maker, target);
        let target_after = after.things.course(after.target.as_ref());
        let is_oneself = || self.target.is_some_and(|(_, account)| account.id() == self.maker.1.id());
        let maker_after = maker_after
            .unwrap_or_else(|| if is_oneself() { target_after } else { after.things.course(Some(&after.maker)) });
        let after = [maker_after, target_after];
        if after == before {
            return Ok(());
        }
        for start in self.starts() {
            for at in start..TIMES.len() {
                gained(&before, &after, start, at).map_or(Ok(()), |gain| Err(self.violation(gain, at)))?;
            }
        }
        Ok(())
    }

    /// The times at which the change may be made: without a time it may be any.
    fn starts(&self) -> std::ops::Range<usize> {
        if self.now.is_some() { 0..1 } else { 0..TIMES.len() }
    }

    fn violation(&self, gain: Gain, at: usize) -> Box<Violation> {
        Box::new(Violation {
            gain,
            at: TIMES[at],
            things: self.facts.things,
            maker: self.maker.0,
            target: self.target.map(|(target, _)| *target),
            change: self.change,
            now: self.now,
        })
    }

    /// While something is given, the maker has it.
    fn judge_what_is_given(&self, maker: &Course) -> Result<(), Box<Violation>> {
        let lacks = |at: &usize| !self.has_what_is_given(maker, *at);
        (0..TIMES.len()).find(lacks).map_or(Ok(()), |at| Err(self.violation(Gain::Given, at)))
    }

    fn has_what_is_given(&self, maker: &Course, at: usize) -> bool {
        let has_level = |level: ClusterAccess| maker[at].level >= level;
        let has_role = |role: ProjectRole| covers(maker[at].standing, Some(Powers::built_in(role.role())));
        match self.change {
            Change::SetLevel(Some(grant)) | Change::SetLevelOfTeam(Some(grant)) => {
                !is_live(grant.expires_at(), TIMES[at]) || has_level(grant.value())
            }
            Change::SetRole(Some(grant)) | Change::SetRoleOfTeam(Some(grant)) => {
                !is_live(grant.expires_at(), TIMES[at]) || has_role(grant.value())
            }
            Change::ShowProject(Visibility::Organization) => {
                self.facts.things.project == Visibility::Organization || has_role(ProjectRole::Admin)
            }
            Change::ShowCluster(Visibility::Organization) => {
                self.facts.things.cluster == Visibility::Organization || has_level(ClusterAccess::Deploy)
            }
            _ => true,
        }
    }
}

/// What one of two accounts holds at a time that neither held from the start up to then, or for longer than either.
fn gained(before: &[Course; 2], after: &[Course; 2], start: usize, at: usize) -> Option<Gain> {
    let up_to_then = before.iter().flat_map(|course| &course[start..=at]);
    let from_then = || before.iter().flat_map(|course| &course[at..]);
    let at_that_time = || before.iter().map(|course| &course[at]);
    for held in after.iter().map(|course| &course[at]) {
        if let Some(kind) = gain(&up_to_then, held) {
            return Some(Gain::Of(kind));
        }
        if !at_that_time().any(|before| covers(before.role, held.role)) {
            return Some(Gain::ForLonger(Kind::Role));
        }
        if held.standing.is_some() && !from_then().any(|before| before.standing.is_some()) {
            return Some(Gain::ForLonger(Kind::Standing));
        }
    }
    None
}

/// Goes through spaces, of which none may have a violation.
fn hold(spaces: &[Space]) {
    let mut all = Tally::default();
    for space in spaces {
        match space.exhaust(Without::Nothing) {
            Ok(tally) => {
                println!("{}: {tally}", space.name());
                all.worlds += tally.worlds;
                all.decided += tally.decided;
                all.allowed += tally.allowed;
            }
            Err(violation) => panic!("{}: {violation:#?}", space.name()),
        }
    }
    println!("all: {all}");
}

#[test]
fn no_change_of_a_membership_gives_what_its_maker_lacks() {
    hold(&spaces::memberships());
}

#[test]
fn no_place_in_a_team_gives_what_its_maker_lacks() {
    hold(&spaces::places());
}

#[test]
fn no_project_role_gives_what_its_maker_lacks() {
    hold(&spaces::project_roles());
}

#[test]
fn no_level_gives_what_its_maker_lacks() {
    hold(&spaces::levels_of_all());
}

#[test]
fn no_update_gives_what_its_maker_lacks() {
    hold(&spaces::updates());
}

/// The rules that prevent it: without any of them the search finds what it is looking for.
#[test]
fn without_a_rule_a_single_change_gives_what_its_maker_lacks() {
    for (without, is_expected) in [
        (Without::Roles, (|gain, _| matches!(gain, Gain::Of(Kind::Role | Kind::Standing))) as fn(Gain, Time) -> bool),
        (Without::Levels, |gain, _| matches!(gain, Gain::Of(Kind::Level | Kind::LevelInProject))),
        (Without::Expiries, |gain, at| matches!(gain, Gain::Of(_)) && at > NOW),
        (Without::Outlast, |gain, _| matches!(gain, Gain::ForLonger(_))),
    ] {
        let spaces = spaces::memberships();
        let mut spaces = spaces.iter().filter(|space| space.now.is_some());
        let found = spaces.find_map(|space| space.exhaust(without).err());
        let violation = found.unwrap_or_else(|| panic!("{without:?} is a rule that nothing needs"));
        println!("without {without:?}: {:?} by {:?}", violation.gain, violation.change);
        assert!(is_expected(violation.gain, violation.at), "{violation:#?}");
    }
    for spaces in [spaces::project_roles(), spaces::levels_of_all(), spaces::updates()] {
        let without = Without::Outlast;
        let mut spaces = spaces.iter().filter(|space| space.now.is_some());
        let violation =
            spaces.find_map(|space| space.exhaust(without).err()).expect("what is given outlasts its giver");
        println!("without {without:?}: {:?} by {:?}", violation.gain, violation.change);
        assert_eq!(violation.gain, Gain::Given, "{violation:#?}");
    }
}
