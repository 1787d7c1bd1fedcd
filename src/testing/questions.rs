//! Questions about rows.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::vec::Vec;

use shipgate::directory::{Question, Rows};
use shipgate::model::{ApprovalId, ResourceKind};
use shipgate::{Action, ActionKind, ResourceId, Time};

use super::draw::{Draw, Source};
use super::oracle::row;
use super::random::Random;

/// The present time of [`questions`] about a [`platform`](super::platform), and the time about which its grants expire.
pub const NOW: Time = Time::from_millis(1_795_219_200_000);

/// What questions are about, and in which proportions.
#[derive(Clone, Copy, Debug)]
pub struct Mix {
    /// Kinds of resource and actions on them, each with its weight; every action that applies, if it is empty.
    asked: &'static [(ResourceKind, &'static [ActionKind], usize)],
    /// One question in this many comes with a token, names no time, is about another organization, or is about nothing that
    /// there is.
    token: usize,
    no_time: usize,
    elsewhere: usize,
    unknown: usize,
}

impl Mix {
    /// Every kind of resource and every action that applies to it in equal parts, with tokens, with times that meet the
    /// expiries of [`dense`](super::dense) rows, and with approvals: for tests that compare answers.
    pub const EVEN: Self = Self { asked: &[], token: 4, no_time: 4, elsewhere: 4, unknown: 16 };

    /// What a platform asks all day: viewing, deploying to and managing clusters and environments, at [`NOW`], without a
    /// token.
    pub const PLATFORM: Self = Self {
        elsewhere: 16,
        unknown: 64,
        ..Self::of(&[
            (ResourceKind::Organization, &[ActionKind::View, ActionKind::Update, ActionKind::ViewInvoices], 2),
            (ResourceKind::Cluster, &[ActionKind::View, ActionKind::Deploy, ActionKind::Manage], 15),
            (ResourceKind::Environment, &[ActionKind::View, ActionKind::Deploy, ActionKind::Update], 15),
        ])
    };

    /// Deploying to environments, at [`NOW`], without a token.
    pub const DEPLOY: Self = Self::of(&[(ResourceKind::Environment, &[ActionKind::Deploy], 1)]);

    /// Kinds of resource, each with the actions on it and a weight. The actions on one kind are asked in equal parts, at
    /// [`NOW`], without a token; one question in twenty is about another organization, and all are about what there is.
    ///
    /// # Examples
    ///
    /// ```
    /// use shipgate::ActionKind;
    /// use shipgate::model::ResourceKind;
    /// use shipgate::testing::{Mix, Size, platform, questions};
    ///
    /// // Three questions in four are about clusters.
    /// let mix = Mix::of(&[
    ///     (ResourceKind::Project, &[ActionKind::View, ActionKind::Update], 1),
    ///     (ResourceKind::Cluster, &[ActionKind::Manage], 3),
    /// ]);
    /// let rows = platform(Size::of_memberships(1_000), 1);
    /// let kinds: Vec<_> = questions(&rows, mix, 1).take(1_000).map(|question| question.resource.kind()).collect();
    /// let clusters = kinds.iter().filter(|kind| **kind == ResourceKind::Cluster).count();
    /// assert!((700..800).contains(&clusters));
    /// ```
    #[must_use]
    pub const fn of(asked: &'static [(ResourceKind, &'static [ActionKind], usize)]) -> Self {
        Self { asked, token: usize::MAX, no_time: usize::MAX, elsewhere: 20, unknown: usize::MAX }
    }

    /// The kinds of resource and the actions, in turn.
    fn choose(&self, random: &mut Random) -> (ResourceKind, Option<ActionKind>) {
        let total = self.asked.iter().fold(0_usize, |total, (_, _, weight)| total.saturating_add(*weight));
        let mut left = random.below(total);
        for (kind, actions, weight) in self.asked {
            if left < *weight {
                return (*kind, random.choose(actions).copied());
            }
            left = left.saturating_sub(*weight);
        }
        (random.choose(&ResourceKind::ALL).copied().unwrap_or(ResourceKind::Organization), None)
    }
}

/// Distinct questions about rows, in the proportions of a mix. It ends when it finds no question that it has not asked.
///
/// Most questions are those of a member about its own organization.
///
/// # Examples
///
/// ```
/// use shipgate::testing::{Mix, dense, questions};
///
/// let rows = dense(1);
/// assert_eq!(questions(&rows, Mix::EVEN, 1).take(1_000).count(), 1_000);
/// assert!(questions(&rows, Mix::EVEN, 1).take(10).eq(questions(&rows, Mix::EVEN, 1).take(10)));
/// ```
pub fn questions(rows: &Rows<u64>, mix: Mix, seed: u64) -> impl Iterator<Item = Question<u64>> {
    let mut asker = Asker::new(rows, mix, seed);
    let mut digests = HashSet::new();
    core::iter::from_fn(move || {
        // So many tries without a new question, and there is hardly one left.
        (0..TRIES).map(|_| asker.question()).find(|question| digests.insert(digest(question)))
    })
}

const TRIES: usize = 10_000;

/// Stands for a question that was asked, in a thirtieth of its memory. In a million questions, two have the same digest once in
/// thirty million times; the second of them is then left out.
fn digest(question: &Question<u64>) -> u64 {
    let mut hasher = DefaultHasher::new();
    question.hash(&mut hasher);
    hasher.finish()
}

/// The ids of what an organization has.
#[derive(Default)]
struct Office {
    members: Vec<u64>,
    roles: Vec<u64>,
    teams: Vec<u64>,
    projects: Vec<u64>,
    clusters: Vec<u64>,
    environments: Vec<u64>,
}

struct Asker<'a> {
    rows: &'a Rows<u64>,
    mix: Mix,
    offices: BTreeMap<u64, Office>,
    random: Random,
}

impl<'a> Asker<'a> {
    fn new(rows: &'a Rows<u64>, mix: Mix, seed: u64) -> Self {
        let mut offices: BTreeMap<u64, Office> =
            rows.organizations.iter().map(|row| (row.id, Office::default())).collect();
        for row in &rows.members {
            offices.entry(row.organization).or_default().members.push(row.account);
        }
        for row in &rows.roles {
            offices.entry(row.organization).or_default().roles.push(row.id);
        }
        for row in &rows.teams {
            offices.entry(row.organization).or_default().teams.push(row.id);
        }
        for row in &rows.clusters {
            offices.entry(row.organization).or_default().clusters.push(row.id);
        }
        let mut owners = BTreeMap::new();
        for row in &rows.projects {
            owners.insert(row.id, row.organization);
            offices.entry(row.organization).or_default().projects.push(row.id);
        }
        for row in &rows.environments {
            if let Some(office) = owners.get(&row.project).and_then(|owner| offices.get_mut(owner)) {
                office.environments.push(row.id);
            }
        }
        Self { rows, mix, offices, random: Random::new(seed) }
    }

    fn question(&mut self) -> Question<u64> {
        let (account, home) = match self.random.choose(&self.rows.members) {
            Some(member) => (member.account, member.organization),
            None => (0, 0),
        };
        let account = if self.random.once_in(self.mix.unknown) { self.random.next() } else { account };
        let elsewhere = self.random.once_in(self.mix.elsewhere);
        let organization = if elsewhere { self.any_organization(home) } else { home };
        let (kind, action) = self.mix.choose(&mut self.random);
        let resource = self.resource(kind, organization, account);
        let action = self.action(organization, action, &resource);

        let mut question = Question::new(account, action, resource);
        if !self.random.once_in(self.mix.no_time) {
            question.time = Some(self.time());
        }
        if self.random.once_in(self.mix.token) {
            let token = Draw::new(&mut self.random).token();
            match self.random.below(4) {
                0 => {
                    question.token = Some(Draw::new(&mut self.random).token());
                    question.service_token = Some(token);
                }
                1 => question.service_token = Some(token),
                _ => question.token = Some(token),
            }
        }
        question
    }

    fn any_organization(&mut self, home: u64) -> u64 {
        self.random.choose(&self.rows.organizations).map_or(home, |row| row.id)
    }

    /// The time of a platform, or of a mix that meets the expiries of few times.
    fn time(&mut self) -> Time {
        if self.mix.asked.is_empty() && self.random.once_in(2) { Draw::new(&mut self.random).time() } else { NOW }
    }

    fn action(&mut self, organization: u64, action: Option<ActionKind>, on: &ResourceId<u64>) -> Action<u64> {
        let kind = on.kind();
        let action = match action {
            Some(action) => action,
            None if matches!(on, ResourceId::NewEnvironment { .. }) => ActionKind::Create,
            None => {
                let applies = |action: &ActionKind| row(*action, kind).is_some();
                let applicable: Vec<_> = ActionKind::ALL.into_iter().filter(applies).collect();
                self.random.choose(&applicable).copied().unwrap_or(ActionKind::View)
            }
        };
        let action = Draw::new(&mut self.random).with_parameter(action, kind);
        // A custom role is mostly one of the organization.
        action.map(|drawn| {
            let roles = self.offices.get(&organization).map(|office| &office.roles);
            let role = roles.and_then(|roles| self.random.choose(roles)).copied();
            role.filter(|_| !self.random.once_in(8)).unwrap_or(drawn)
        })
    }

    fn resource(&mut self, kind: ResourceKind, organization: u64, account: u64) -> ResourceId<u64> {
        match kind {
            ResourceKind::Organization => ResourceId::Organization(self.or_unknown(Some(organization))),
            ResourceKind::Member => ResourceId::Member { organization, account: self.member(organization, account) },
            ResourceKind::Role => ResourceId::Role(self.one(organization, |office| &office.roles)),
            ResourceKind::Team => ResourceId::Team(self.one(organization, |office| &office.teams)),
            ResourceKind::TeamMember => ResourceId::TeamMember {
                team: self.one(organization, |office| &office.teams),
                account: self.member(organization, account),
            },
            ResourceKind::Project => ResourceId::Project(self.one(organization, |office| &office.projects)),
            ResourceKind::ProjectMember => ResourceId::ProjectMember {
                project: self.one(organization, |office| &office.projects),
                account: self.member(organization, account),
            },
            ResourceKind::ProjectTeam => ResourceId::ProjectTeam {
                project: self.one(organization, |office| &office.projects),
                team: self.one(organization, |office| &office.teams),
            },
            ResourceKind::Environment if self.mix.asked.is_empty() && self.random.once_in(4) => {
                ResourceId::NewEnvironment {
                    id: self.random.next(),
                    project: self.one(organization, |office| &office.projects),
                    cluster: self.one(organization, |office| &office.clusters),
                    protection: Draw::new(&mut self.random).protection(),
                }
            }
            ResourceKind::Environment => ResourceId::Environment(self.one(organization, |office| &office.environments)),
            ResourceKind::Placement => ResourceId::Placement {
                environment: self.one(organization, |office| &office.environments),
                to: self.one(organization, |office| &office.clusters),
            },
            ResourceKind::Deployment => self.deployment(organization, account),
            ResourceKind::Cluster => ResourceId::Cluster(self.one(organization, |office| &office.clusters)),
            ResourceKind::ClusterMember => ResourceId::ClusterMember {
                cluster: self.one(organization, |office| &office.clusters),
                account: self.member(organization, account),
            },
            ResourceKind::ClusterTeam => ResourceId::ClusterTeam {
                cluster: self.one(organization, |office| &office.clusters),
                team: self.one(organization, |office| &office.teams),
            },
        }
    }

    fn deployment(&mut self, organization: u64, account: u64) -> ResourceId<u64> {
        let environment = self.one(organization, |office| &office.environments);
        let requested_by = if self.random.once_in(2) { account } else { self.member(organization, account) };
        let approvals: Vec<_> = (0..self.random.below(4)).map(|_| self.member(organization, account)).collect();
        let on_behalf_of = self.random.once_in(8).then(|| self.member(organization, account));
        let release = Draw::new(&mut self.random).release();
        let approvals = approvals.into_iter().map(|by| {
            let mut approval = ApprovalId { release: release.clone(), ..ApprovalId::new(by) };
            if self.random.once_in(8) {
                approval.release = Draw::new(&mut self.random).release();
            }
            if self.random.once_in(4) {
                approval.cluster = Some(self.one(organization, |office| &office.clusters));
            }
            if self.random.once_in(8) {
                approval.expires_at = Some(self.time());
            }
            approval
        });
        let approvals = approvals.collect();
        ResourceId::Deployment { environment, requested_by, on_behalf_of, release, approvals }
    }

    /// A member of an organization, now and then oneself.
    fn member(&mut self, organization: u64, oneself: u64) -> u64 {
        if self.random.once_in(8) { oneself } else { self.one(organization, |office| &office.members) }
    }

    fn one(&mut self, organization: u64, ids: fn(&Office) -> &Vec<u64>) -> u64 {
        let ids = self.offices.get(&organization).map(ids);
        let id = ids.and_then(|ids| self.random.choose(ids)).copied();
        self.or_unknown(id)
    }

    /// This id, unless the question is about nothing that exists; 0 if there is none.
    fn or_unknown(&mut self, id: Option<u64>) -> u64 {
        if self.random.once_in(self.mix.unknown) { self.random.next() } else { id.unwrap_or(0) }
    }
}
