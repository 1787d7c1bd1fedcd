//! The library's answer, and what it would be without one of its rules: so that a search which finds nothing is seen to find
//! what the rule prevents.

use shipgate::{AnyRole, Decision, Reason, Role};

use super::change::{Case, Change};
use super::world::{Facts, Member, Things, powers};
use crate::escalation::holdings::{Powers, covers};

/// The rule that is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Without {
    Nothing,
    /// Of *gives*, that the maker has the roles.
    Roles,
    /// Of *gives*, that the maker has the levels.
    Levels,
    /// Of *gives*, that what may lapse may be over: each grant is judged as if it were for good.
    Expiries,
    Outlast,
}

impl Case<'_> {
    pub(crate) fn is_allowed(&self, change: Change, without: Without) -> bool {
        let decision = self.decide(change);
        match (without, decision) {
            (_, Decision::Allow) => true,
            (Without::Roles, Decision::Deny(Reason::Outranked { .. })) => self.is_ranked(change),
            (Without::Levels, Decision::Deny(Reason::Escalation { .. })) => self.is_above(change),
            (Without::Expiries, Decision::Deny(_)) => self.is_allowed_for_good(change),
            (Without::Outlast, Decision::Deny(Reason::Outlasts)) => self.is_allowed_to_one_who_stays(change),
            (_, Decision::Deny(_) | Decision::RequireApproval(_)) => false,
        }
    }

    /// Whether the rule *rank*, which gives the same reason, is not what denies.
    fn is_ranked(&self, change: Change) -> bool {
        let held = |who| self.facts.things.course(who)[0];
        let (maker, target) = (held(Some(&self.maker.0)), held(self.target.map(|(target, _)| target)));
        let is_below = |maker: Option<Powers>, role: Option<Powers>| {
            let of_an_owner = role.is_some_and(|role| role.rank == Role::Owner);
            covers(maker, role) && !(of_an_owner && self.maker.0.until.is_some())
        };
        match change {
            Change::Invite { .. } | Change::SetRoleOfTeam(_) | Change::ShowProject(_) => true,
            // It gives by *rank* alone.
            Change::Transfer => false,
            Change::SetRole(_) => is_below(maker.standing, target.standing),
            Change::UpdateRole { from, .. } => is_below(maker.role, Some(powers(AnyRole::Custom(from)))),
            _ => is_below(maker.role, self.target.map(|(target, _)| target.powers())),
        }
    }

    /// Whether the rule *above*, which gives the same reason, is not what denies.
    fn is_above(&self, change: Change) -> bool {
        let things = self.facts.things;
        let [maker, target] =
            [Some(&self.maker.0), self.target.map(|(target, _)| target)].map(|who| things.course(who)[0].level);
        match change {
            Change::SetLevel(_) => maker >= target,
            Change::AddToTeam | Change::RemoveFromTeam => things.team.level.is_none() || maker >= target,
            _ => true,
        }
    }

    fn is_allowed_for_good(&self, change: Change) -> bool {
        let Facts { things, .. } = *self.facts;
        let facts = Facts::of(Things { team: things.team.for_good(), ..things });
        let keeps_its_end = |target: &Member| Member { until: target.until, ..target.for_good() };
        let target = self.target.map(|(target, account)| {
            let target = keeps_its_end(target);
            let is_maker = account.id() == self.maker.1.id();
            (target, if is_maker { facts.maker(&target) } else { facts.target(&target) })
        });
        let maker = (self.maker.0, facts.maker(&self.maker.0));
        Case { facts: &facts, maker: &maker, target: target.as_ref(), now: self.now }
            .decide(change.for_good())
            .is_allowed()
    }

    fn is_allowed_to_one_who_stays(&self, change: Change) -> bool {
        let Facts { things, .. } = *self.facts;
        let facts = Facts::of(Things { team: things.team.for_good(), ..things });
        let maker = self.maker.0.for_good();
        let maker = (maker, facts.maker(&maker));
        Case { facts: &facts, maker: &maker, target: self.target, now: self.now }.decide(change).is_allowed()
    }
}
