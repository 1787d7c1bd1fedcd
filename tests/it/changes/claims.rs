//! What changes do and say, one claim at a time.

use shipgate::change::{ApplyError, Batch, BatchError, Change, ChangeError, Edit, Place, Record};
use shipgate::directory::{EntityKind, RowError};
use shipgate::model::{NamespaceError, Permission};
use shipgate::{
    AccountKind, Action, ActionSet, AnyRole, ClusterAccess, Decision, Directory, Grant, Holder, ProjectRole,
    Protection, ResourceId, Role, RoleDefinition, RolePermissions, SubjectId, Time, Token, Visibility,
};

use crate::world::fresh::fresh;

pub(super) const NOW: Time = Time::from_millis(1_000);
/// A time that no text of RFC 3339 says.
const YEAR_10_000: Time = Time::from_millis(253_402_300_800_000);

/// acme-corp with a team, two clusters and a shop; and globex, of which mallory is the Owner.
pub(super) fn directory() -> Directory<String> {
    let mut rows = Directory::<String>::builder();
    let user = AccountKind::User;
    rows.organization("acme-corp".into()).unwrap();
    rows.organization("globex".into()).unwrap();
    rows.member("globex", "mallory".into(), user, Role::Owner, None).unwrap();
    rows.member("globex", "robot".into(), AccountKind::Service, Role::Developer, None).unwrap();
    rows.project("secret".into(), "globex", Visibility::Members).unwrap();
    rows.role("auditor".into(), "acme-corp", definition(Role::Viewer, &[Permission::ViewAuditLog])).unwrap();
    rows.member("acme-corp", "olivia".into(), user, Role::Owner, None).unwrap();
    rows.member("acme-corp", "carol".into(), user, Role::Admin, None).unwrap();
    rows.member("acme-corp", "alice".into(), user, Role::Developer, None).unwrap();
    rows.member("acme-corp", "victor".into(), user, AnyRole::Custom("auditor".to_owned()), None).unwrap();
    rows.team("on-call".into(), "acme-corp").unwrap();
    rows.team_member("on-call", "alice").unwrap();
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.cluster("hidden".into(), "acme-corp", Visibility::Members).unwrap();
    rows.cluster_access("us-east", Holder::Account("alice"), ClusterAccess::Manage).unwrap();
    rows.cluster_access("hidden", Holder::Account("alice"), ClusterAccess::View).unwrap();
    rows.project("shop".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.project("vault".into(), "acme-corp", Visibility::Members).unwrap();
    rows.project_role("shop", Holder::Account("alice"), ProjectRole::Admin).unwrap();
    rows.environment("shop-dev".into(), "shop", "us-east", "shop-dev", Protection::NONE).unwrap();
    rows.environment("vault-dev".into(), "vault", "us-east", "vault", Protection::NONE).unwrap();
    rows.build()
}

pub(super) fn definition(rank: Role, permissions: &[Permission]) -> RoleDefinition {
    RoleDefinition::new(rank, RolePermissions::new(permissions.iter().copied()).unwrap()).unwrap()
}

pub(super) fn olivia() -> SubjectId<'static, String, str> {
    SubjectId::new("olivia").at(NOW)
}

pub(super) fn invite(account: &str, kind: AccountKind, role: Role) -> Change<String> {
    Change::invite_member("acme-corp", account, kind, role, None)
}

#[test]
fn a_taken_id_reads_the_same_whoever_has_it() {
    let mut directory = directory();
    let mut said = Vec::new();
    // Of acme-corp, and of globex, which olivia knows nothing of.
    for taken in ["shop", "secret"] {
        let create = Change::create_project("acme-corp", taken, Visibility::Organization);
        let error = directory.change(fresh(), &olivia(), create).unwrap_err();
        assert_eq!(error, ChangeError::Taken { kind: EntityKind::Project, id: format!("{taken:?}") });
        said.push(error.to_string());
    }
    assert_eq!(said[0], said[1]);
    assert!(!said[0].contains("globex") && !said[0].contains("secret"));
}

#[test]
fn a_taken_namespace_reads_the_same_whether_who_asks_may_see_the_environment() {
    let mut directory = directory();
    // alice manages the shop and is shut out of the vault.
    let alice = SubjectId::new("alice").at(NOW);
    let vault = ResourceId::Environment("vault-dev");
    assert!(!directory.decide(&alice, Action::View, vault).is_allowed());
    let said = ["shop-dev", "vault"].map(|namespace| {
        let create = Change::create_environment("shop-new", "shop", "us-east", namespace, Protection::NONE);
        let error = directory.change(fresh(), &alice, create).unwrap_err();
        assert!(matches!(error, ChangeError::NamespaceTaken { .. }), "{error:?}");
        error.to_string()
    });
    assert_eq!(said[0], said[1]);
}

#[test]
fn who_invites_an_account_of_the_other_kind_learns_nothing_of_it() {
    let mut directory = directory();
    let error = directory.change(fresh(), &olivia(), invite("robot", AccountKind::User, Role::Viewer)).unwrap_err();
    assert_eq!(error, ChangeError::OtherKind { account: "\"robot\"".into(), present: AccountKind::Service });
    assert_eq!(error.to_string(), "the change cannot be made");
    let founded = directory.create_organization(fresh(), "initech".into(), "robot".into(), AccountKind::User, None);
    assert_eq!(founded.unwrap_err().to_string(), error.to_string());
}

#[test]
fn the_kind_of_an_account_is_that_of_its_memberships_and_ends_with_them() {
    let mut directory = directory();
    directory.change(fresh(), &olivia(), invite("dana", AccountKind::Service, Role::Viewer)).unwrap();
    assert_eq!(directory.account("dana").unwrap().kind(), AccountKind::Service);
    directory.change(fresh(), &olivia(), Change::remove_member("acme-corp", "dana")).unwrap();
    assert!(directory.account("dana").is_none(), "a member of nothing is not kept");
    directory.change(fresh(), &olivia(), invite("dana", AccountKind::User, Role::Viewer)).unwrap();
    assert_eq!(directory.account("dana").unwrap().kind(), AccountKind::User);

    let mut rows = Directory::<String>::builder();
    rows.organization("acme-corp".into()).unwrap();
    rows.organization("globex".into()).unwrap();
    rows.member("globex", "robot".into(), AccountKind::Service, Role::Admin, None).unwrap();
    let error = rows.member("acme-corp", "robot".into(), AccountKind::User, Role::Viewer, None).unwrap_err();
    let (present, kind) = (AccountKind::Service, AccountKind::User);
    assert_eq!(error, RowError::OtherKind { account: "\"robot\"".into(), present, kind });
}

#[test]
fn no_service_account_is_invited_as_an_owner() {
    let error = directory().change(fresh(), &olivia(), invite("bot", AccountKind::Service, Role::Owner)).unwrap_err();
    assert_eq!(error, ChangeError::ServiceOwner);
}

#[test]
fn revisions_do_not_wrap() {
    let mut rows = Directory::builder();
    rows.rows(&directory().rows()).unwrap();
    rows.at_revision("acme-corp", u64::MAX, "the last one".into()).unwrap();
    let mut last = rows.build();
    let before = last.clone();
    let leave = || Change::remove_member("acme-corp", "carol");
    assert_eq!(last.change(fresh(), &olivia(), leave()), Err(ChangeError::Exhausted));
    assert_eq!(last.change_all(fresh(), Batch::new().with(olivia(), leave())), Err(BatchError::Exhausted));
    let record = directory().change(fresh(), &olivia(), leave()).unwrap();
    let error = last.apply(&record).unwrap_err();
    let organization = r#""acme-corp""#.to_owned();
    assert_eq!(error, ApplyError::Skips { organization, record: 1, present: u64::MAX });
    assert!(error.to_string().ends_with("there is no later one"), "{error}");
    assert!(last == before);
    // Another organization has revisions of its own.
    last.create_organization(fresh(), "initech".into(), "dana".into(), AccountKind::User, None).unwrap();
    assert_eq!(last.revision("initech"), Some(1));
}

#[test]
fn a_time_that_no_record_can_say_is_refused() {
    let mut directory = directory();
    let before = directory.clone();
    let view = Some(Grant::new(ClusterAccess::View).until(YEAR_10_000));
    let changes: Vec<Change<String>> = vec![
        Change::invite_member("acme-corp", "dana", AccountKind::User, Role::Viewer, Some(Time::MAX)),
        Change::set_expiry("acme-corp", "alice", Some(Time::MIN)),
        Change::set_cluster_access("us-east", Holder::Account("victor"), view),
        Change::set_project_role(
            "shop",
            Holder::Team("on-call"),
            Some(Grant::new(ProjectRole::Viewer).until(Time::MAX)),
        ),
    ];
    for change in changes {
        assert_eq!(directory.change(fresh(), &olivia(), change.clone()), Err(ChangeError::Time), "{change:?}");
    }
    let late = SubjectId::new("olivia").at(YEAR_10_000);
    assert_eq!(directory.change(fresh(), &late, Change::remove_member("acme-corp", "alice")), Err(ChangeError::Time));
    let founded =
        directory.create_organization(fresh(), "initech".into(), "dana".into(), AccountKind::User, Some(Time::MIN));
    assert_eq!(founded, Err(ChangeError::Time));
    assert!(directory == before);

    // Nor is it in a row, whose removal would have to say it.
    let mut rows = Directory::<u64>::builder();
    rows.organization(1).unwrap();
    let member = |rows: &mut shipgate::directory::DirectoryBuilder<u64>, until| {
        rows.member(&1, 7, AccountKind::User, Role::Viewer, Some(until))
    };
    assert_eq!(member(&mut rows, YEAR_10_000), Err(RowError::Time));
    assert_eq!(member(&mut rows, Time::from_millis(YEAR_10_000.as_millis() - 1)), Ok(()));
}

#[test]
fn a_member_who_is_removed_and_comes_back_has_nothing_of_before() {
    let mut directory = directory();
    let record = directory.change(fresh(), &olivia(), Change::remove_member("acme-corp", "alice")).unwrap();
    let edits = record.entries()[0].edits();
    assert!(matches!(edits.last(), Some(Edit::Member { to: None, .. })), "{edits:?}");
    assert_eq!(edits.len(), 5, "two overrides, a project role, a place in a team and the membership: {edits:?}");
    assert_eq!(directory.team("on-call").unwrap().members(), 0);
    directory.change(fresh(), &olivia(), invite("alice", AccountKind::User, Role::Developer)).unwrap();
    let membership = directory.account("alice").unwrap().membership("acme-corp").unwrap();
    assert_eq!(membership.cluster_accesses().len() + membership.project_roles().len() + membership.teams().len(), 0);
}

#[test]
fn an_invitation_over_an_expired_membership_leaves_nothing_of_it() {
    let mut directory = directory();
    directory.change(fresh(), &olivia(), Change::set_expiry("acme-corp", "alice", Some(NOW))).unwrap();
    let twice = directory.change(fresh(), &SubjectId::new("olivia"), invite("alice", AccountKind::User, Role::Viewer));
    assert!(matches!(twice, Err(ChangeError::AlreadyMember { .. })), "nobody knows whether it is over: {twice:?}");
    directory.change(fresh(), &olivia(), invite("alice", AccountKind::User, Role::Viewer)).unwrap();
    let membership = directory.account("alice").unwrap().membership("acme-corp").unwrap();
    assert_eq!((membership.rank(), membership.expires_at()), (Role::Viewer, None));
    assert_eq!(membership.cluster_accesses().len() + membership.project_roles().len() + membership.teams().len(), 0);
}

#[test]
fn a_changed_role_drops_the_grants_that_can_no_longer_count() {
    let grants = |role: AnyRole<String>| {
        let mut directory = directory();
        directory.change(fresh(), &olivia(), Change::change_role("acme-corp", "alice", role)).unwrap();
        let membership = directory.account("alice").unwrap().membership("acme-corp").unwrap();
        assert_eq!(membership.teams().len(), 1, "places in teams stay");
        let clusters: Vec<_> = membership.cluster_accesses().map(|(id, ..)| id.clone()).collect();
        let projects: Vec<_> = membership.project_roles().map(|(id, ..)| id.clone()).collect();
        [clusters, projects].map(|ids| ids.join(" "))
    };
    assert_eq!(grants(Role::Developer.into()), ["hidden us-east", "shop"]);
    assert_eq!(grants(Role::Admin.into()), ["hidden us-east", ""]);
    assert_eq!(grants(Role::Owner.into()), ["", ""]);
    assert_eq!(grants(Role::Billing.into()), ["", ""]);
    assert_eq!(grants(Role::Viewer.into()), ["hidden", "shop"]);
    assert_eq!(grants(AnyRole::Custom("auditor".into())), ["hidden", "shop"], "by its rank");
}

#[test]
fn who_gets_the_ownership_and_who_gives_it_drop_what_can_no_longer_count() {
    let mut directory = directory();
    directory.change(fresh(), &olivia(), Change::transfer_ownership("acme-corp", "alice")).unwrap();
    let membership = |account| directory.account(account).unwrap().membership("acme-corp").unwrap();
    assert_eq!((membership("alice").rank(), membership("alice").expires_at()), (Role::Owner, None));
    assert_eq!(membership("alice").cluster_accesses().len() + membership("alice").project_roles().len(), 0);
    assert_eq!(membership("olivia").rank(), Role::Admin);
    assert_eq!(directory.organization("acme-corp").unwrap().owners(), 1);
}

#[test]
fn a_namespace_changes_by_retargeting_alone() {
    let mut directory = directory();
    directory.change(fresh(), &olivia(), Change::update_environment("shop-dev")).unwrap();
    assert_eq!(directory.namespace("shop-dev"), Some("shop-dev"));
    let retarget = |namespace: &str| Change::retarget("shop-dev", "us-east", Some(namespace.to_owned()));
    directory.change(fresh(), &olivia(), retarget("shop-dev")).unwrap();
    directory.change(fresh(), &olivia(), retarget("shop-2")).unwrap();
    assert_eq!(directory.namespace("shop-dev"), Some("shop-2"));
    assert_eq!(directory.change(fresh(), &olivia(), retarget("Shop")), Err(ChangeError::Namespace(NamespaceError)));
    let taken = directory.change(fresh(), &olivia(), retarget("vault"));
    assert!(matches!(taken, Err(ChangeError::NamespaceTaken { .. })), "{taken:?}");
    // It is free again.
    let create = Change::create_environment("shop-3", "shop", "us-east", "shop-dev", Protection::NONE);
    directory.change(fresh(), &olivia(), create).unwrap();
}

#[test]
fn what_is_given_to_a_team_is_given_to_those_who_are_in_it() {
    let mut directory = directory();
    let (bob, hidden) = (SubjectId::new("bob").at(NOW), ResourceId::Cluster("hidden"));
    let may = |directory: &Directory<String>, action| directory.decide(&bob, action, hidden) == Decision::Allow;
    directory.change(fresh(), &olivia(), invite("bob", AccountKind::User, Role::Developer)).unwrap();
    directory.change(fresh(), &olivia(), Change::add_to_team("on-call", "bob")).unwrap();
    assert!(!may(&directory, Action::View));
    let deploy = Some(Grant::new(ClusterAccess::Deploy));
    directory
        .change(fresh(), &olivia(), Change::set_cluster_access("hidden", Holder::Team("on-call"), deploy))
        .unwrap();
    assert!(may(&directory, Action::Deploy));

    // Somebody who joins later has it too, and who leaves has not.
    directory.change(fresh(), &olivia(), Change::remove_from_team("on-call", "bob")).unwrap();
    assert!(!may(&directory, Action::View));
    directory.change(fresh(), &olivia(), Change::add_to_team("on-call", "bob")).unwrap();
    assert!(may(&directory, Action::Deploy));
    directory.change(fresh(), &olivia(), Change::set_cluster_access("hidden", Holder::Team("on-call"), None)).unwrap();
    assert!(!may(&directory, Action::View));
    directory.change(fresh(), &olivia(), Change::update_cluster("hidden", Some(Visibility::Organization))).unwrap();
    assert!(may(&directory, Action::View));

    let twice = directory.change(fresh(), &olivia(), Change::add_to_team("on-call", "bob"));
    assert!(matches!(twice, Err(ChangeError::AlreadyInTeam { .. })), "{twice:?}");
    let never = directory.change(fresh(), &olivia(), Change::remove_from_team("on-call", "carol"));
    assert!(matches!(never, Err(ChangeError::NotInTeam { .. })), "{never:?}");
}

#[test]
fn what_a_role_may_is_what_its_holders_may() {
    let mut directory = directory();
    let (victor, acme) = (SubjectId::new("victor").at(NOW), ResourceId::Organization("acme-corp"));
    let may = |directory: &Directory<String>, action| directory.decide(&victor, action, acme) == Decision::Allow;
    assert!(may(&directory, Action::ViewAuditLog) && !may(&directory, Action::ViewInvoices));
    let permissions = RolePermissions::new([Permission::ViewInvoices]).unwrap();
    directory.change(fresh(), &olivia(), Change::update_role("auditor", permissions)).unwrap();
    assert!(!may(&directory, Action::ViewAuditLog) && may(&directory, Action::ViewInvoices));
    assert_eq!(directory.role("auditor").unwrap().definition().rank(), Role::Viewer);
    assert_eq!(directory.role("auditor").unwrap().members(), 1);
    directory.change(fresh(), &olivia(), Change::change_role("acme-corp", "victor", Role::Viewer)).unwrap();
    directory.change(fresh(), &olivia(), Change::delete_role("auditor")).unwrap();
    assert!(directory.role("auditor").is_none());
}

#[test]
fn a_record_names_the_tokens_and_the_policy() {
    let mut directory = directory();
    let (token, service) = (Token::new(ActionSet::all()).named("cli-7"), Token::new(ActionSet::all()).named("gateway"));
    let subject = olivia().with_token(&token).with_service_token(&service);
    let record = directory.change(fresh(), &subject, Change::remove_member("acme-corp", "carol")).unwrap();
    let entry = &record.entries()[0];
    assert_eq!((entry.token(), entry.service_token()), (Some("cli-7"), Some("gateway")));
    assert_eq!(record.policy(), Record::<String>::POLICY);
}

#[test]
fn a_record_of_another_directory_has_not_the_edits_of_its_change() {
    let mut richer = directory();
    let deploy = Some(Grant::new(ClusterAccess::Deploy));
    let grant = Change::set_cluster_access("us-east", Holder::Account("carol"), deploy);
    richer.change(fresh(), &olivia(), grant).unwrap();
    let mut rows = Directory::builder();
    rows.rows(&richer.rows()).unwrap();
    let mut richer = rows.build();

    let record = directory().change(fresh(), &olivia(), Change::remove_member("acme-corp", "carol")).unwrap();
    let before = richer.clone();
    let place = Place { organization: r#""acme-corp""#.into(), record: 1, entry: 0 };
    assert_eq!(richer.apply(&record), Err(ApplyError::OtherEdits { place }));
    assert!(richer == before, "the override of carol is there, and the record does not remove it");
}
