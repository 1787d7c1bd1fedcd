use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use proptest::collection::vec as vec_of;
use proptest::prelude::*;

use super::*;
use crate::change::edit::{ClusterState, OrganizationState, ProjectState, RoleState, TeamMemberState, TeamState};
use crate::model::access::ClusterAccess;
use crate::model::account::AccountKind;
use crate::model::cluster::Orchestrator;
use crate::model::custom_role::{RoleDefinition, RolePermissions};
use crate::model::project::Visibility;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Bypass, Protection, SelfApproval};
use crate::model::role::{ProjectRole, Role};
use crate::model::time::{Grant, Time};

/// The time whose text is the longest.
const LATEST: Time = Time::from_millis(253_402_300_799_999);

/// Ids, one after the other.
struct Ids<'a>(core::iter::Cycle<core::slice::Iter<'a, String>>);

impl Ids<'_> {
    fn next(&mut self) -> String {
        self.0.next().cloned().unwrap_or_default()
    }

    fn role(&mut self) -> AnyRole<String> {
        AnyRole::Custom(self.next())
    }

    fn holder(&mut self) -> Holder<String> {
        Holder::Account(self.next())
    }
}

/// The role whose text is the longest.
fn definition() -> RoleDefinition {
    RoleDefinition::new(Role::Admin, permissions()).expect("an Admin may have what an Admin has")
}

fn permissions() -> RolePermissions {
    RolePermissions::new(Role::Admin.permissions().iter()).expect("so may a role")
}

fn protection() -> Protection {
    let rule = ApprovalRule::new(ApprovalFrom::Admin).with_count(255).expect("it is not 0");
    Protection::restricted(rule.with_self_approval(SelfApproval::Forbidden).with_bypass(Bypass::Admin))
}

/// A change of each kind, with everything that is optional.
fn changes(ids: &mut Ids<'_>) -> Vec<Change<String>> {
    let access = Some(Grant::new(ClusterAccess::Manage).until(LATEST));
    let project_role = Some(Grant::new(ProjectRole::Developer).until(LATEST));
    let (kind, role, expires_at) = (AccountKind::Service, ids.role(), Some(LATEST));
    let visibility = Visibility::Organization;
    vec![
        Change::InviteMember { organization: ids.next(), account: ids.next(), kind, role, expires_at },
        Change::ChangeRole { organization: ids.next(), account: ids.next(), to: ids.role() },
        Change::SetExpiry { organization: ids.next(), account: ids.next(), to: expires_at },
        Change::RemoveMember { organization: ids.next(), account: ids.next() },
        Change::TransferOwnership { organization: ids.next(), account: ids.next() },
        Change::CreateRole { organization: ids.next(), role: ids.next(), definition: definition() },
        Change::UpdateRole { role: ids.next(), permissions: permissions() },
        Change::DeleteRole { role: ids.next() },
        Change::CreateTeam { organization: ids.next(), team: ids.next() },
        Change::UpdateTeam { team: ids.next() },
        Change::DeleteTeam { team: ids.next() },
        Change::AddToTeam { team: ids.next(), account: ids.next() },
        Change::RemoveFromTeam { team: ids.next(), account: ids.next() },
        Change::SetClusterAccess { cluster: ids.next(), holder: ids.holder(), to: access },
        Change::SetProjectRole { project: ids.next(), holder: ids.holder(), to: project_role },
        Change::UpdateOrganization { organization: ids.next() },
        Change::DeleteOrganization { organization: ids.next() },
        Change::CreateProject { organization: ids.next(), project: ids.next(), visibility },
        Change::UpdateProject { project: ids.next(), visibility: Some(visibility) },
        Change::DeleteProject { project: ids.next() },
        Change::CreateEnvironment {
            environment: ids.next(),
            project: ids.next(),
            cluster: ids.next(),
            namespace: ids.next(),
            protection: protection(),
        },
        Change::UpdateEnvironment { environment: ids.next() },
        Change::Retarget { environment: ids.next(), cluster: ids.next(), namespace: Some(ids.next()) },
        Change::DeleteEnvironment { environment: ids.next() },
        Change::SetProtection { environment: ids.next(), to: protection() },
        Change::ConnectCluster { organization: ids.next(), cluster: ids.next(), visibility },
        Change::UpdateCluster { cluster: ids.next(), visibility: Some(visibility) },
        Change::DisconnectCluster { cluster: ids.next() },
    ]
}

/// An edit of each kind, with a row before and after.
fn rows(ids: &mut Ids<'_>) -> Vec<Edit<String>> {
    let access = Some(Grant::new(ClusterAccess::Manage).until(LATEST));
    let project_role = Some(Grant::new(ProjectRole::Developer).until(LATEST));
    let role = || Some(RoleState { definition: definition() });
    let member = |role| Some(MemberState { kind: AccountKind::Service, role, expires_at: Some(LATEST) });
    let project = || Some(ProjectState { visibility: Visibility::Organization });
    let orchestrator = Some(Orchestrator::Kubernetes);
    let cluster = || Some(ClusterState { orchestrator, visibility: Visibility::Organization });
    let environment = |ids: &mut Ids<'_>| {
        let (project, cluster, namespace) = (ids.next(), ids.next(), ids.next());
        Some(EnvironmentState { project, cluster, namespace, protection: protection() })
    };
    let mut edits = Vec::new();
    edits.push(Edit::Organization {
        organization: ids.next(),
        from: Some(OrganizationState {}),
        to: Some(OrganizationState {}),
    });
    edits.push(Edit::Role { organization: ids.next(), role: ids.next(), from: role(), to: role() });
    let (from, to) = (member(ids.role()), member(ids.role()));
    edits.push(Edit::Member { organization: ids.next(), account: ids.next(), from, to });
    let (from, to) = (Some(TeamState {}), Some(TeamState {}));
    edits.push(Edit::Team { organization: ids.next(), team: ids.next(), from, to });
    let (from, to) = (Some(TeamMemberState {}), Some(TeamMemberState {}));
    edits.push(Edit::TeamMember { organization: ids.next(), team: ids.next(), account: ids.next(), from, to });
    let (organization, holder) = (ids.next(), ids.holder());
    edits.push(Edit::ClusterAccess { organization, cluster: ids.next(), holder, from: access, to: access });
    let (organization, holder) = (ids.next(), ids.holder());
    edits.push(Edit::ProjectRole { organization, project: ids.next(), holder, from: project_role, to: project_role });
    edits.push(Edit::Project { organization: ids.next(), project: ids.next(), from: project(), to: project() });
    edits.push(Edit::Cluster { organization: ids.next(), cluster: ids.next(), from: cluster(), to: cluster() });
    let (from, to) = (environment(ids), environment(ids));
    edits.push(Edit::Environment { organization: ids.next(), environment: ids.next(), from, to });
    edits
}

fn removals(ids: &mut Ids<'_>) -> Vec<Edit<String>> {
    let organization = Edit::Remove { organization: ids.next(), removed: Removed::Organization, restore: None };
    let all = [Removed::Project(ids.next()), Removed::Cluster(ids.next()), Removed::Team(ids.next())];
    let with_rows = all.map(|removed| Edit::Remove { organization: ids.next(), removed, restore: Some(rows(ids)) });
    [organization].into_iter().chain(with_rows).collect()
}

const ESCAPED: [char; 6] = ['"', '\\', '\0', '\n', '\u{1f}', '\u{7f}'];

/// Texts whose characters JSON writes as one, two, six or more bytes.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let character = (0..3 * ESCAPED.len(), any::<char>());
    let character = character.prop_map(|(index, other)| ESCAPED.get(index).copied().unwrap_or(other));
    vec_of(vec_of(character, 0..40).prop_map(|text| text.into_iter().collect()), 1..24)
}

fn written<T: serde::Serialize>(value: &T) -> usize {
    serde_json::to_string(value).expect("it has a form").len()
}

fn bound(count: impl FnOnce(&mut Size)) -> usize {
    let mut size = Size(0);
    count(&mut size);
    size.0
}

proptest! {
    #[test]
    fn an_edit_is_written_in_no_more_bytes_than_its_size_with_a_comma(texts in texts()) {
        let mut ids = Ids(texts.iter().cycle());
        let edits = [rows(&mut ids), removals(&mut ids)].concat();
        for edit in edits {
            let size = bound(|size| size.add_edits(core::slice::from_ref(&edit)));
            prop_assert!(written(&edit) < size, "{} of {}: {:?}", written(&edit), size, edit);
        }
    }

    #[test]
    fn an_entry_is_written_in_no_more_bytes_than_its_size_with_a_comma(texts in texts()) {
        let mut ids = Ids(texts.iter().cycle());
        let changes = changes(&mut ids);
        let mut causes = vec![Cause::CreateOrganization {
            organization: ids.next(),
            owner: ids.next(),
            kind: AccountKind::Service,
        }];
        for change in changes {
            causes.push(Cause::Change { by: ids.next(), change: change.clone() });
            causes.push(Cause::Platform { by: ids.next(), change });
        }
        for cause in causes {
            let tokens = match cause {
                Cause::Change { .. } => [Some(ids.next()), Some(ids.next())],
                Cause::CreateOrganization { .. } | Cause::Platform { .. } => [None, None],
            };
            let [token, service_token] = tokens;
            let entry = Entry::new(cause, Vec::new()).with_tokens(token, service_token);
            let size = bound(|size| size.add_entry(&entry));
            prop_assert!(written(&entry) < size, "{} of {}: {:?}", written(&entry), size, entry);
        }
    }

    #[test]
    fn a_record_is_written_in_no_more_bytes_than_its_size(texts in texts(), place in any::<usize>()) {
        let mut ids = Ids(texts.iter().cycle());
        let changes = changes(&mut ids);
        let change = changes.into_iter().cycle().nth(place % 28).expect("there are changes");
        let edits = [rows(&mut ids), removals(&mut ids)].concat();
        let steps = vec![Entry::new(Cause::Change { by: ids.next(), change }, edits)];
        for entries in [Vec::new(), steps] {
            let record = Record::new(ids.next(), ids.next(), u64::MAX, entries).by_policy(u32::MAX);
            let record = record.at(LATEST).after(ids.next()).because(ids.next());
            prop_assert!(written(&record) <= Size::of_record(&record).0, "{:?}", record);
        }
    }
}

/// Nobody calls something larger than it is by much, or what fits would be refused.
#[test]
fn a_size_is_counted_as_json_escapes() {
    assert_eq!(bound(|size| size.add("a\"\\\n\u{e9}")), 1 + 2 + 2 + 6 + 2);
    assert_eq!(bound(|size| size.add(&7.to_string())), 1);
}
