//! The rows that are asked about, and what else the benches share.

pub(crate) mod by_hand;
pub(crate) mod change;
pub(crate) mod question;
pub(crate) mod table;

use shipgate::directory::Rows;
use shipgate::{Holder, Visibility};

use crate::testing::draw::Source;
use crate::testing::random::Random;
use crate::testing::{Customer, Size, platform};

/// A million memberships, most of them in organizations of a hundred people, nearly as many overrides, a hundred thousand
/// environments, and one large customer.
pub(crate) const PLATFORM: Size = Size::of_memberships(1_000_000).with_customer(LARGE);

/// The same customer on a tenth of the platform.
pub(crate) const TENTH_OF_PLATFORM: Size = Size::of_memberships(100_000).with_customer(LARGE);

const LARGE: Customer = Customer { members: 10_000, clusters: 1_000, environments: 5_000 };

/// As much as shows that a bench works.
pub(crate) const SMALL_PLATFORM: Size =
    Size::of_memberships(10_000).with_customer(Customer { members: 500, clusters: 50, environments: 250 });

/// The first world: a platform of about this many accounts in organizations of 50 to 200, without teams, for the rules written by
/// hand that know no roles in projects. Nobody has one, and every project is open to its organization. One membership in five
/// has an override, not nearly each.
pub(crate) fn simple_platform(accounts: usize, seed: u64) -> Rows<u64> {
    let mut rows = platform(Size::of_memberships(accounts * 3 / 2), seed);
    // Ids are random.
    rows.cluster_access.retain(|row| match row.holder {
        Holder::Account(account) => (row.cluster ^ account) % 9 < 2,
        Holder::Team(_) => false,
    });
    rows.teams.clear();
    rows.team_members.clear();
    rows.project_roles.clear();
    for project in &mut rows.projects {
        project.visibility = Visibility::Organization;
    }
    rows
}

/// The second world: a platform of about this many accounts on which teams and custom roles are common, a fifth of the projects are
/// private, and a tenth of the memberships are in one organization: a hundred thousand of 670,000 accounts.
pub(crate) fn team_platform(accounts: usize, seed: u64) -> Rows<u64> {
    let memberships = accounts * 3 / 2;
    let members = memberships / 10;
    let customer = Customer { members, clusters: members / 100 + 2, environments: members / 20 + 10 };
    platform(Size::of_memberships(memberships).with_customer(customer).with_teams(), seed)
}

/// How many rows there are.
pub(crate) fn count<Id>(rows: &Rows<Id>) -> usize {
    rows.organizations.len()
        + rows.roles.len()
        + rows.members.len()
        + rows.teams.len()
        + rows.team_members.len()
        + rows.clusters.len()
        + rows.cluster_access.len()
        + rows.projects.len()
        + rows.project_roles.len()
        + rows.environments.len()
}

/// How much there is, in words.
pub(crate) fn size<Id>(rows: &Rows<Id>) -> String {
    format!(
        "{} memberships, {} overrides, {} clusters, {} environments",
        rows.members.len(),
        rows.cluster_access.len(),
        rows.clusters.len(),
        rows.environments.len()
    )
}

/// These, in a random order.
pub(crate) fn shuffled<T>(all: impl Iterator<Item = T>, random: &mut Random) -> std::vec::IntoIter<T> {
    let mut all: Vec<_> = all.collect();
    for place in (1..all.len()).rev() {
        all.swap(place, random.below(place + 1));
    }
    all.into_iter()
}

/// An id as text, as long as that of a UUID.
pub(crate) fn name(id: u64) -> String {
    let (time, rest) = (id >> 32, id & 0xffff_ffff);
    let node = id.rotate_left(23) >> 16;
    format!("{time:08x}-{:04x}-4{:03x}-a{:03x}-{node:012x}", rest >> 16, rest & 0xfff, rest >> 20)
}
