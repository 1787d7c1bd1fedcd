//! The values of each fact, and a small world to vary them in. Ids of different kinds are equal on purpose.

use std::collections::{BTreeMap, BTreeSet};

use shipgate::model::{ApprovalFrom, ApprovalRule, Parameter, ParameterKind, ProtectionLevel, SelfApproval};
use shipgate::{
    AccountKind, Action, ActionKind, ActionSet, ClusterAccess, Grant, ProjectRole, Protection, Role, Time, Visibility,
};

use crate::oracle::{Account, Cluster, Environment, Given, Id, Membership, Project, Token, World};

pub(super) const ACME: Id = 0;
pub(super) const GLOBEX: Id = 1;

pub(super) const SUBJECT: Id = 0;
pub(super) const TARGET: Id = 1;
pub(super) const WITNESS: Id = 2;
pub(super) const STRANGER: Id = 9;

pub(super) const SHOP: Id = 0;
pub(super) const US_EAST: Id = 0;
pub(super) const EU_WEST: Id = 1;
pub(super) const PRODUCTION: Id = 0;

/// When everything that expires does.
pub(super) const EXPIRY: Time = Time::from_millis(100);

/// No time, the last moment before the expiry, and the expiry.
pub(super) const NOWS: [Option<Time>; 3] = [None, Some(Time::from_millis(99)), Some(EXPIRY)];

/// One project with one environment on one of two clusters, and who asks.
pub(super) fn world(subject: Option<Account>) -> World {
    World {
        organizations: BTreeSet::from([ACME, GLOBEX]),
        accounts: subject.into_iter().map(|account| (SUBJECT, account)).collect(),
        projects: BTreeMap::from([(SHOP, Project { organization: ACME, visibility: Visibility::Organization })]),
        clusters: BTreeMap::from([
            (US_EAST, Cluster { organization: ACME }),
            (EU_WEST, Cluster { organization: ACME }),
        ]),
        environments: BTreeMap::from([(
            PRODUCTION,
            Environment { project: SHOP, cluster: US_EAST, protection: Protection::NONE },
        )]),
        ..World::default()
    }
}

/// A permanent Owner.
pub(super) fn owner() -> Account {
    user(Given { what: Role::Owner, until: None })
}

/// A Viewer until the expiry.
pub(super) fn expiring_viewer() -> Account {
    user(Given { what: Role::Viewer, until: Some(EXPIRY) })
}

fn user(role: Given<Role>) -> Account {
    let membership = Membership { role, overrides: BTreeMap::new(), project_roles: BTreeMap::new() };
    Account { kind: AccountKind::User, memberships: BTreeMap::from([(ACME, membership)]) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProjectRoles {
    Read,
    NotRead,
}

/// What an account may hold: nothing, another organization, or every role in this one, with every override on each
/// cluster named, and every project role where they are read.
pub(super) fn accounts(overridden: &[Id], project_roles: ProjectRoles) -> Vec<BTreeMap<Id, Membership>> {
    let project_roles = match project_roles {
        ProjectRoles::Read => with_none(given(ProjectRole::ALL)),
        ProjectRoles::NotRead => vec![None],
    };
    let elsewhere = Membership {
        role: Given { what: Role::Owner, until: None },
        overrides: overridden.iter().map(|id| (*id, Given { what: ClusterAccess::Manage, until: None })).collect(),
        project_roles: BTreeMap::from([(SHOP, Given { what: ProjectRole::Admin, until: None })]),
    };

    let mut accounts = vec![BTreeMap::new(), BTreeMap::from([(GLOBEX, elsewhere)])];
    for role in given(Role::ALL) {
        for overrides in every_override(overridden) {
            for project_role in &project_roles {
                let project_roles = project_role.iter().map(|given| (SHOP, *given)).collect();
                let membership = Membership { role, overrides: overrides.clone(), project_roles };
                accounts.push(BTreeMap::from([(ACME, membership)]));
            }
        }
    }
    accounts
}

fn every_override(overridden: &[Id]) -> Vec<BTreeMap<Id, Given<ClusterAccess>>> {
    let Some((cluster, rest)) = overridden.split_first() else { return vec![BTreeMap::new()] };
    let mut every = Vec::new();
    for others in every_override(rest) {
        for level in with_none(given(ClusterAccess::ALL)) {
            let mut overrides = others.clone();
            overrides.extend(level.map(|level| (*cluster, level)));
            every.push(overrides);
        }
    }
    every
}

/// Users and service accounts with these memberships, and an account that nobody knows.
pub(super) fn every_kind(memberships: Vec<BTreeMap<Id, Membership>>) -> Vec<Option<Account>> {
    let mut accounts = vec![None];
    for memberships in memberships {
        for kind in AccountKind::ALL {
            accounts.push(Some(Account { kind, memberships: memberships.clone() }));
        }
    }
    accounts
}

pub(super) fn only_users(memberships: Vec<BTreeMap<Id, Membership>>) -> Vec<Option<Account>> {
    let user = |memberships| Some(Account { kind: AccountKind::User, memberships });
    std::iter::once(None).chain(memberships.into_iter().map(user)).collect()
}

/// Each value for good, and each until the expiry.
fn given<T: Copy>(values: impl IntoIterator<Item = T>) -> Vec<Given<T>> {
    let both = |what| [Given { what, until: None }, Given { what, until: Some(EXPIRY) }];
    values.into_iter().flat_map(both).collect()
}

fn with_none<T>(values: Vec<T>) -> Vec<Option<T>> {
    std::iter::once(None).chain(values.into_iter().map(Some)).collect()
}

/// Every level with every rule that it may have, with counts of one and two.
pub(super) fn every_protection() -> Vec<Protection> {
    let mut every = Vec::new();
    for level in ProtectionLevel::ALL {
        every.extend(with_none(every_rule()).into_iter().filter_map(|rule| Protection::new(level, rule).ok()));
    }
    every.dedup();
    every
}

fn every_rule() -> Vec<ApprovalRule> {
    let mut every = Vec::new();
    for from in ApprovalFrom::ALL {
        for count in [1, 2] {
            for self_approval in SelfApproval::ALL {
                let rule = ApprovalRule::new(from).with_count(count).expect("one or two is a count");
                every.push(rule.with_self_approval(self_approval));
            }
        }
    }
    every
}

/// One protection for each level and each role that its rule asks.
pub(super) fn protections_by_custodian() -> Vec<Protection> {
    let mut by_custodian: Vec<Protection> = Vec::new();
    for protection in every_protection() {
        let key = |of: Protection| (of.level(), of.rule().map(ApprovalRule::from));
        if by_custodian.iter().all(|other| key(*other) != key(protection)) {
            by_custodian.push(protection);
        }
    }
    by_custodian
}

/// None, one that covers everything until the expiry, and one that covers nothing here.
pub(super) fn few_tokens() -> [Option<Token>; 3] {
    let covering = Token::new(ActionSet::all()).for_organizations([ACME]).until(EXPIRY);
    let elsewhere = Token::new(ActionSet::all()).for_organizations([GLOBEX]);
    [None, Some(covering), Some(elsewhere)]
}

/// Every token: with the action or with others only, live or expiring, and each restriction absent, empty, hit and missed;
/// of two clusters, each hit alone as well.
pub(super) fn every_token(clusters: &[Id]) -> Vec<Option<Token>> {
    let hit_or_miss = with_none(vec![BTreeSet::new(), BTreeSet::from([0]), BTreeSet::from([8])]);
    let mut of_clusters = hit_or_miss.clone();
    if let [one, other] = *clusters {
        of_clusters.extend([Some(BTreeSet::from([other])), Some(BTreeSet::from([one, other]))]);
    }
    let even: ActionSet = ActionKind::ALL.into_iter().filter(|action| action.index().is_multiple_of(2)).collect();

    let mut every = vec![None];
    for actions in [even, ActionSet::all() - even] {
        for until in [None, Some(EXPIRY)] {
            for organizations in &hit_or_miss {
                for projects in &hit_or_miss {
                    for environments in &hit_or_miss {
                        for clusters in &of_clusters {
                            let token = Token::new(actions);
                            let token = organizations.clone().into_iter().fold(token, Token::for_organizations);
                            let token = projects.clone().into_iter().fold(token, Token::for_projects);
                            let token = environments.clone().into_iter().fold(token, Token::for_environments);
                            let token = clusters.clone().into_iter().fold(token, Token::for_clusters);
                            every.push(Some(until.into_iter().fold(token, Token::until)));
                        }
                    }
                }
            }
        }
    }
    every
}

/// The action of a kind with everything that it may ask for.
pub(crate) fn parameters(kind: ActionKind) -> Vec<Action> {
    let parameters: Vec<Parameter> = match kind.parameter() {
        ParameterKind::None => vec![Parameter::None],
        ParameterKind::Role => Role::ALL.map(Parameter::Role).to_vec(),
        ParameterKind::Expiry => [None, Some(EXPIRY)].map(Parameter::Expiry).to_vec(),
        ParameterKind::ProjectRole => {
            let roles = with_none(given(ProjectRole::ALL)).into_iter();
            roles.map(|to| Parameter::ProjectRole(to.map(grant))).collect()
        }
        ParameterKind::ClusterAccess => {
            let levels = with_none(given(ClusterAccess::ALL)).into_iter();
            levels.map(|to| Parameter::ClusterAccess(to.map(grant))).collect()
        }
        ParameterKind::Protection => every_protection().into_iter().map(Parameter::Protection).collect(),
    };
    parameters.into_iter().map(|parameter| kind.with(parameter).expect("it is of the action's kind")).collect()
}

fn grant<T: Copy>(given: Given<T>) -> Grant<T> {
    Grant::expiring(given.what, given.until)
}
