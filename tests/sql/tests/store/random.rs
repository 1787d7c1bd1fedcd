//! Random changes of a few organizations.

use shipgate::change::{Batch, BatchError, Change, ChangeError, Platform, Record};
use shipgate::model::{ApprovalFrom, ApprovalRule, Bypass, Permission, SelfApproval};
use shipgate::{
    AccountKind, AnyRole, ClusterAccess, Directory, Grant, Holder, ProjectRole, Protection, Role, RoleDefinition,
    RolePermissions, SubjectId, Time, Visibility,
};

pub(crate) const NOW: Time = Time::from_millis(1_795_219_200_000);

/// Ids that a database must keep apart, and keep in the order of their bytes.
const IDS: [&str; 12] = ["7", "07", "007", "7.0", "1e1", "10", " 7", "Z", "a", "É", "e\u{301}", "a'; --"];

/// What a step draws from: `SplitMix64`.
pub(crate) struct Random {
    state: u64,
    /// The number of ids of records and organizations that were given: each is new.
    given: u64,
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed, given: 0 }
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(count).unwrap()).unwrap()
    }

    /// A record of the next change that can be made.
    pub(crate) fn record(&mut self, directory: &mut Directory<String>) -> Record<String> {
        loop {
            if let Some(record) = self.attempt(directory) {
                return record;
            }
        }
    }

    fn attempt(&mut self, directory: &mut Directory<String>) -> Option<Record<String>> {
        let id = self.new_id("record");
        if directory.organizations().len() < 4 {
            let (organization, owner) = (self.new_id("organization"), self.id());
            let kind = AccountKind::User;
            return expected(directory.propose_organization(id, organization, owner, kind, Some(NOW)));
        }
        let mut organizations: Vec<_> = directory.organizations().map(|each| each.id().clone()).collect();
        organizations.sort();
        let organization = self.of(&organizations);
        let support = Platform::new("support", NOW).even_the_last_owner();
        match self.below(10) {
            0 => {
                let mut batch: Batch<'_, String> = Batch::new().because("a batch");
                for _ in 0..=self.below(3) {
                    batch = batch.with_platform(support, self.change(&organization));
                }
                match directory.propose_all(id, batch) {
                    Ok(record) => Some(record),
                    Err(BatchError::Change { .. } | BatchError::SeveralOrganizations { .. }) => None,
                    Err(error) => panic!("{error}"),
                }
            }
            1..5 => {
                let account = self.id();
                let change = self.change(&organization);
                expected(directory.propose(id, &SubjectId::new(&account).at(NOW), change))
            }
            _ => expected(directory.propose_as_platform(id, self.change(&organization), support, "at random")),
        }
    }

    fn new_id(&mut self, kind: &str) -> String {
        self.given += 1;
        format!("{kind}-{}", self.given)
    }

    fn id(&mut self) -> String {
        self.of(&IDS).to_owned()
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn maybe<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| draw(self))
    }

    fn change(&mut self, organization: &str) -> Change<String> {
        let organization = organization.to_owned();
        match self.below(30) {
            0 | 1 => {
                let (account, kind, role) = (self.id(), self.of(&AccountKind::ALL), self.role());
                let expires_at = self.expiry();
                Change::InviteMember { organization, account, kind, role, expires_at }
            }
            2 => Change::ChangeRole { organization, account: self.id(), to: self.role() },
            3 => Change::SetExpiry { organization, account: self.id(), to: self.expiry() },
            4 => Change::RemoveMember { organization, account: self.id() },
            5 => Change::TransferOwnership { organization, account: self.id() },
            6 => {
                let rank = self.of(&[Role::Viewer, Role::Developer, Role::Admin]);
                let definition = RoleDefinition::new(rank, self.permissions()).unwrap();
                Change::CreateRole { organization, role: self.id(), definition }
            }
            7 => Change::UpdateRole { role: self.id(), permissions: self.permissions() },
            8 => Change::DeleteRole { role: self.id() },
            9 => Change::CreateTeam { organization, team: self.id() },
            10 => Change::DeleteTeam { team: self.id() },
            11 | 12 => Change::AddToTeam { team: self.id(), account: self.id() },
            13 => Change::RemoveFromTeam { team: self.id(), account: self.id() },
            14 | 15 => {
                let to = self.maybe(|random| Grant::expiring(random.of(&ClusterAccess::ALL), random.expiry()));
                Change::SetClusterAccess { cluster: self.id(), holder: self.holder(), to }
            }
            16 | 17 => {
                let to = self.maybe(|random| Grant::expiring(random.of(&ProjectRole::ALL), random.expiry()));
                Change::SetProjectRole { project: self.id(), holder: self.holder(), to }
            }
            18 => Change::CreateProject { organization, project: self.id(), visibility: self.visibility() },
            19 => Change::UpdateProject { project: self.id(), visibility: self.maybe(Self::visibility) },
            26 => Change::UpdateCluster { cluster: self.id(), visibility: self.maybe(Self::visibility) },
            27 => Change::UpdateOrganization { organization },
            20 => Change::DeleteProject { project: self.id() },
            21 => {
                let (environment, project, cluster) = (self.id(), self.id(), self.id());
                let (namespace, protection) = (self.namespace(), self.protection());
                Change::CreateEnvironment { environment, project, cluster, namespace, protection }
            }
            22 => {
                let (environment, cluster, namespace) = (self.id(), self.id(), self.maybe(Self::namespace));
                Change::Retarget { environment, cluster, namespace }
            }
            28 => Change::SetProtection { environment: self.id(), to: self.protection() },
            23 => Change::DeleteEnvironment { environment: self.id() },
            24 => Change::ConnectCluster { organization, cluster: self.id(), visibility: self.visibility() },
            _ if self.below(10) == 0 => Change::DeleteOrganization { organization },
            _ => Change::DisconnectCluster { cluster: self.id() },
        }
    }

    fn role(&mut self) -> AnyRole<String> {
        match self.below(4) {
            0 => AnyRole::Custom(self.id()),
            _ => AnyRole::BuiltIn(self.of(&Role::ALL)),
        }
    }

    fn permissions(&mut self) -> RolePermissions {
        let all = [Permission::ViewLogs, Permission::ViewAuditLog, Permission::Approve, Permission::ManageBilling];
        let count = self.below(5);
        let chosen = all.into_iter().take(count).chain((count > 0).then_some(Permission::View));
        RolePermissions::new(chosen).unwrap()
    }

    fn holder(&mut self) -> Holder<String> {
        let id = self.id();
        if self.below(2) == 0 { Holder::Account(id) } else { Holder::Team(id) }
    }

    fn visibility(&mut self) -> Visibility {
        self.of(&Visibility::ALL)
    }

    fn expiry(&mut self) -> Option<Time> {
        self.of(&[None, None, Some(NOW), Some(Time::from_millis(-1)), Some(Time::from_millis(1_900_000_000_000))])
    }

    fn namespace(&mut self) -> String {
        format!("namespace-{}", self.below(8))
    }

    fn protection(&mut self) -> Protection {
        let rule = ApprovalRule::new(self.of(&ApprovalFrom::ALL)).with_count(self.of(&[1, 2, 255])).unwrap();
        let rule = rule.with_self_approval(self.of(&SelfApproval::ALL)).with_bypass(self.of(&Bypass::ALL));
        match self.below(4) {
            0 => Protection::NONE,
            1 => Protection::reviewed(rule),
            2 => self.of(&[Protection::RESTRICTED, Protection::restricted(rule)]),
            _ => Protection::locked(rule).unwrap_or(Protection::LOCKED),
        }
    }
}

/// `None` if the change cannot be made.
fn expected(proposed: Result<Record<String>, ChangeError>) -> Option<Record<String>> {
    match proposed {
        Ok(record) => Some(record),
        Err(ChangeError::TooLarge | ChangeError::Exhausted | ChangeError::Time) => panic!("{proposed:?}"),
        Err(_) => None,
    }
}
