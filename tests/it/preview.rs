//! A preview tells the answers that differ on a copy that is changed, and nothing that who asks may not view.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use shipgate::change::{ApplyError, Batch, Change, DecisionChange, DecisionChanges, Preview};
use shipgate::model::{ApprovalId, Parameter, ParameterKind};
use shipgate::{
    AccountKind, Action, ActionKind, ActionSet, AnyRole, ClusterAccess, Decision, Directory, Exposure, Grant, Holder,
    ProjectRole, Protection, ResourceId, Role, RoleDefinition, RolePermissions, SubjectId, Time, Token, Visibility,
};

use crate::changes::model::Attempt;
use crate::changes::reached::{beginning, drawn, tries};
use crate::changes::twin::{Twin, proposed, subject};
use crate::oracle::{Id, row};
use crate::world::fresh::fresh;

type Resource<'a> = ResourceId<&'a Id, &'a [ApprovalId<Id>], &'a str>;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_preview_tells_exactly_the_answers_that_differ(beginning in beginning(), tries in tries(6)) {
        let mut twin = Twin::of(beginning);
        for bytes in &tries {
            let attempt = drawn(&twin, bytes);
            match &attempt {
                Attempt::Change(actor, change) => compare_change(&twin.directory, &subject(actor), change),
                Attempt::Founding { owner, .. } => {
                    compare_record(&twin, &SubjectId::new(owner), &attempt);
                }
                Attempt::Batch { changes, .. } => compare_record(&twin, &subject(&changes[0].0), &attempt),
            }
            let _made_or_refused = twin.attempt(&attempt);
        }
    }
}

/// The preview of a change with what the change does to a copy.
fn compare_change(before: &Directory<Id>, subject: &SubjectId<'_, Id>, change: &Change<Id>) {
    let mut after = before.clone();
    let applied = after.change(fresh(), subject, change.clone());
    let preview = match before.preview(subject, change.clone()) {
        Ok(preview) => preview,
        Err(refused) => return assert_eq!(Err(refused), applied),
    };
    let applied = applied.unwrap();
    assert_eq!(preview.entries(), applied.entries());
    compare(&preview, [before, &after], subject, applied.time());
    #[cfg(feature = "shared")]
    compare_shared(&preview, before, |snapshot| each_of(&snapshot.preview(subject, change.clone()).unwrap()));
}

/// A directory that is shared tells the same, and is not changed by it.
#[cfg(feature = "shared")]
fn compare_shared(
    preview: &Preview<'_, Id>,
    before: &Directory<Id>,
    shared: impl Fn(&Directory<Id>) -> BTreeSet<String>,
) {
    let directory = shipgate::SharedDirectory::new(before.clone());
    assert_eq!(shared(&directory.snapshot()), each_of(preview));
    assert_eq!(*directory.snapshot(), *before);
}

#[cfg(feature = "shared")]
fn each_of(preview: &Preview<'_, Id>) -> BTreeSet<String> {
    preview.changes().map(|flip| format!("{flip:?}")).collect()
}

/// The preview of what is proposed together, for whom proposes it, with what its record does to a copy.
fn compare_record(twin: &Twin, viewer: &SubjectId<'_, Id>, attempt: &Attempt) {
    let before = &twin.directory;
    let Ok(record) = proposed(&mut before.clone(), attempt, twin.next_record()) else { return };
    let mut after = before.clone();
    after.apply(&record).unwrap();
    let preview = before.preview_record(viewer, &record).unwrap();
    assert_eq!(preview.entries(), record.entries());
    let viewer = record.time().map_or(*viewer, |now| viewer.at(now));
    compare(&preview, [before, &after], &viewer, record.time());
    #[cfg(feature = "shared")]
    compare_shared(&preview, before, |snapshot| each_of(&snapshot.preview_record(&viewer, &record).unwrap()));
    assert!(after.preview_record(&viewer, &record).is_err(), "it was applied already: {record:?}");
}

/// What a preview tells is what differs.
fn compare(
    preview: &Preview<'_, Id>,
    [before, after]: [&Directory<Id>; 2],
    subject: &SubjectId<'_, Id>,
    now: Option<Time>,
) {
    let mut found = BTreeSet::new();
    for group in preview.diff() {
        let known = found.len();
        for flip in group.changes() {
            let DecisionChange { account, action, resource, .. } = flip;
            let answers = [before, after].map(|directory| directory.decide(&at(account, now), action, resource));
            assert_eq!([flip.before, flip.after], answers, "{flip:?}");
            assert_ne!(outcome(answers[0]), outcome(answers[1]), "{flip:?} is no difference");
            assert!(is_shown(before, after, subject, resource), "{flip:?} is told to who may not view it");
            assert!(found.insert(told(*account, action, resource)), "{flip:?} is told twice");
        }
        assert_eq!(found.len() - known, usize::try_from(group.count()).unwrap(), "{group:?}");
        compare_group(&group);
    }
    assert_eq!(preview.changes().count(), found.len());
    let missing: Vec<_> = differing(before, after, subject, now).difference(&found).cloned().collect();
    assert!(missing.is_empty(), "{:?} for {subject:?}: {missing:?}", preview.entries());
}

/// The accounts and the resources of a group are those of its decisions, and all of these are alike.
fn compare_group(group: &DecisionChanges<'_, Id>) {
    let accounts: BTreeSet<Id> = group.accounts().copied().collect();
    let resources: BTreeSet<String> = group.resources().map(|resource| format!("{resource:?}")).collect();
    let of_flips: BTreeSet<Id> = group.changes().map(|flip| *flip.account).collect();
    assert_eq!(accounts, of_flips, "{group:?}");
    assert_eq!((accounts.len(), resources.len()), (group.accounts().count(), group.resources().count()), "{group:?}");
    let alike = (group.action(), group.before(), group.after());
    for flip in group.changes() {
        assert_eq!((flip.action, flip.before, flip.after), alike);
        assert!(resources.contains(&format!("{:?}", flip.resource)), "{flip:?} is about nothing of {group:?}");
    }
}

fn at(account: &Id, now: Option<Time>) -> SubjectId<'_, Id> {
    now.map_or(SubjectId::new(account), |now| SubjectId::new(account).at(now))
}

fn told(account: Id, action: Action<&Id>, resource: Resource<'_>) -> String {
    format!("{account} {action:?} {resource:?}")
}

/// Every answer that is another in the second directory, about what who asks may view: all are asked, in every organization.
fn differing(
    before: &Directory<Id>,
    after: &Directory<Id>,
    subject: &SubjectId<'_, Id>,
    now: Option<Time>,
) -> BTreeSet<String> {
    let ids: Vec<Id> = (0..6).collect();
    let mut resources: Vec<Resource<'_>> = Vec::new();
    for id in &ids {
        resources.push(ResourceId::Organization(id));
        resources.extend(ids.iter().map(|account| ResourceId::Member { organization: id, account }));
        resources.extend([ResourceId::Role(id), ResourceId::Team(id), ResourceId::Project(id)]);
        resources.extend([ResourceId::Cluster(id), ResourceId::Environment(id)]);
    }
    resources.retain(|resource| is_shown(before, after, subject, *resource));
    let mut different = BTreeSet::new();
    for account in &ids {
        for resource in &resources {
            for action in actions(*resource, &ids) {
                let answers =
                    [before, after].map(|directory| outcome(directory.decide(&at(account, now), action, *resource)));
                if answers[0] != answers[1] {
                    different.insert(told(*account, action, *resource));
                }
            }
        }
    }
    different
}

/// What exists now is shown to those who may view it now, all else to those who may view it afterwards.
fn is_shown(
    before: &Directory<Id>,
    after: &Directory<Id>,
    subject: &SubjectId<'_, Id>,
    resource: Resource<'_>,
) -> bool {
    let exists = match resource {
        ResourceId::Organization(id) => before.organization(id).is_some(),
        ResourceId::Member { organization, account } => {
            before.members_of(organization).any(|member| member.id() == account)
        }
        ResourceId::Role(id) => before.role(id).is_some(),
        ResourceId::Team(id) => before.team(id).is_some(),
        ResourceId::Project(id) => before.project(id).is_some(),
        ResourceId::Cluster(id) => before.cluster(id).is_some(),
        ResourceId::Environment(id) => before.environment(id).is_some(),
        other => panic!("a preview says nothing of {other:?}"),
    };
    let directory = if exists { before } else { after };
    directory.exposure(subject, resource) == Exposure::Visible
}

/// Actions that apply to a resource, with some of the values that a preview shows.
fn actions<'a>(resource: Resource<'a>, ids: &'a [Id]) -> Vec<Action<&'a Id>> {
    let on = resource.kind();
    let roles = || Role::ALL.into_iter().map(AnyRole::BuiltIn).chain(ids.iter().map(AnyRole::Custom));
    let parameters = |kind: ActionKind| -> Vec<Parameter<&'a Id>> {
        match kind.parameter(on) {
            ParameterKind::None => vec![Parameter::None],
            ParameterKind::Invitation => {
                roles().flat_map(|role| ENDS.map(|expires_at| Parameter::Invitation { role, expires_at })).collect()
            }
            ParameterKind::Role => roles().map(Parameter::Role).collect(),
            ParameterKind::Visibility => {
                let each = Visibility::ALL.map(Some).into_iter();
                each.chain([None]).map(Parameter::Visibility).collect()
            }
            ParameterKind::Expiry => ENDS.map(Parameter::Expiry).into(),
            ParameterKind::ProjectRole => vec![Parameter::ProjectRole(Some(Grant::new(ProjectRole::Admin)))],
            ParameterKind::ClusterAccess => vec![Parameter::ClusterAccess(Some(Grant::new(ClusterAccess::Manage)))],
            ParameterKind::Protection => vec![Parameter::Protection(Protection::NONE)],
            ParameterKind::Definition => {
                let custom = |role: Role| RoleDefinition::new(role, permissions_of(role)).unwrap();
                [Role::Admin, Role::Developer, Role::Viewer].map(custom).map(Parameter::Definition).into()
            }
            ParameterKind::Permissions => {
                [Role::Admin, Role::Developer, Role::Viewer].map(permissions_of).map(Parameter::Permissions).into()
            }
        }
    };
    let applicable = ActionKind::ALL.into_iter().filter(|kind| row(*kind, on).is_some());
    applicable
        .flat_map(|kind| parameters(kind).into_iter().filter_map(move |value| kind.with(on, value).ok()))
        .collect()
}

/// None, and the earliest that a record can say.
const ENDS: [Option<Time>; 2] = [None, Some(Time::from_millis(-62_167_219_200_000))];

fn permissions_of(role: Role) -> RolePermissions {
    RolePermissions::new(role.permissions().iter()).expect("a custom role may have the permissions of these")
}

fn outcome(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::RequireApproval(_) => "waits for approval",
        Decision::Deny(_) => "denied",
    }
}

#[test]
fn a_promotion_shows_what_it_gives_and_a_demotion_what_it_takes() {
    let mut rows = Directory::<String>::builder();
    rows.organization("acme-corp".into()).unwrap();
    rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None).unwrap();
    rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None).unwrap();
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
    let directory = rows.build();
    let olivia = SubjectId::new("olivia");
    let to = |to: Role| Change::<String>::change_role("acme-corp", "alice", to);

    let preview = directory.preview(&olivia, to(Role::Admin)).unwrap();
    assert!(preview.changes().all(|flip| flip.account == "alice"
        || matches!(flip.resource, ResourceId::Member { account, .. } if account == "alice")));
    let manages = |flip: &DecisionChange<'_, String>| {
        matches!(flip.resource, ResourceId::Cluster(id) if id == "us-east") && flip.action == Action::Manage
    };
    let given = preview.changes().find(manages).expect("an admin manages the cluster");
    assert_eq!((given.account.as_str(), given.after), ("alice", Decision::Allow));

    let preview = directory.preview(&olivia, to(Role::Billing)).unwrap();
    let taken: Vec<_> = preview.changes().filter(|flip| matches!(flip.resource, ResourceId::Cluster(_))).collect();
    assert!(taken.iter().all(|flip| flip.before == Decision::Allow && flip.account == "alice"), "{taken:?}");
    assert_eq!(taken.len(), 2, "to view and to deploy: {taken:?}");
    assert_eq!(directory.account("alice").unwrap().membership("acme-corp").unwrap().rank(), Role::Developer);
}

/// alice may invite members, and is shut out of the vault.
#[test]
fn a_preview_tells_nothing_of_what_who_asks_may_not_view() {
    let mut rows = Directory::<String>::builder();
    rows.organization("acme-corp".into()).unwrap();
    for (account, role) in [("carol", Role::Admin), ("alice", Role::Admin), ("bob", Role::Developer)] {
        rows.member("acme-corp", account.into(), AccountKind::User, role, None).unwrap();
    }
    for cluster in ["us-east", "vault"] {
        rows.cluster(cluster.into(), "acme-corp", Visibility::Organization).unwrap();
    }
    rows.project("shop".into(), "acme-corp", Visibility::Organization).unwrap();
    rows.environment("shop-dev".into(), "shop", "us-east", "shop", Protection::NONE).unwrap();
    rows.environment("shop-vault".into(), "shop", "vault", "shop", Protection::NONE).unwrap();
    rows.cluster_access("vault", Holder::Account("alice"), ClusterAccess::None).unwrap();
    let directory = rows.build();
    let of = |subject: SubjectId<'_, String, str>| {
        let preview = directory.preview(&subject, Change::remove_member("acme-corp", "bob")).unwrap();
        let places: BTreeSet<String> = preview.changes().map(|flip| format!("{:?}", flip.resource)).collect();
        places.into_iter().filter(|place| place.contains("vault")).count()
    };
    assert_eq!(of(SubjectId::new("carol")), 2, "the cluster and what runs there");
    assert_eq!(of(SubjectId::new("alice")), 0);
    // Nor of what a token does not reach.
    let token = Token::new(ActionSet::all()).for_organizations(["acme-corp".to_owned()]);
    assert_eq!(of(SubjectId::new("carol").with_token(&token)), 2);
    let token = token.for_clusters(["us-east".to_owned()]);
    let denied =
        directory.preview(&SubjectId::new("carol").with_token(&token), Change::remove_member("acme-corp", "bob"));
    assert!(denied.is_err(), "such a token reaches no member");
}

#[test]
fn a_batch_is_previewed_as_a_whole() {
    let mut rows = Directory::<String>::builder();
    rows.organization("acme-corp".into()).unwrap();
    rows.member("acme-corp", "olivia".into(), AccountKind::User, Role::Owner, None).unwrap();
    rows.member("acme-corp", "alice".into(), AccountKind::User, Role::Developer, None).unwrap();
    rows.cluster("us-east".into(), "acme-corp", Visibility::Organization).unwrap();
    let mut directory = rows.build();
    let olivia = SubjectId::new("olivia");
    let to = |to: Role| Change::<String>::change_role("acme-corp", "alice", to);
    let told = |directory: &mut Directory<String>, batch: Batch<'_, String, str>| {
        let record = directory.propose_all(fresh(), batch).unwrap();
        let preview = directory.preview_record(&olivia, &record).unwrap();
        let told: BTreeSet<_> = preview.changes().map(|flip| (flip.account.clone(), flip.after.is_allowed())).collect();
        (preview.entries().len(), told)
    };
    let there_and_back = Batch::new().with(olivia, to(Role::Admin)).with(olivia, to(Role::Developer));
    assert_eq!(told(&mut directory, there_and_back), (2, BTreeSet::new()), "nothing would be another");
    let up = Batch::new()
        .with(olivia, to(Role::Admin))
        .with(olivia, Change::invite_member("acme-corp", "bob", AccountKind::User, Role::Viewer, None));
    let gained = [("alice".to_owned(), true), ("bob".to_owned(), true), ("olivia".to_owned(), true)];
    assert_eq!(told(&mut directory, up), (2, BTreeSet::from(gained)), "and who may now do something to bob");
    assert!(directory.account("bob").is_none());
}

#[test]
fn a_record_out_of_its_turn_has_no_preview() {
    let mut directory = Directory::<String>::new();
    let owner = "olivia".to_owned();
    let founded = directory.create_organization(fresh(), "acme-corp".into(), owner, AccountKind::User, None).unwrap();
    let organization = r#""acme-corp""#.to_owned();
    let again = directory.preview_record(&SubjectId::new("olivia"), &founded).unwrap_err();
    assert_eq!(again, ApplyError::Skips { organization, record: 1, present: 1 });
}

/// Twelve Developers, one of them with an override on each cluster and one with a role in the project: a hidden project is one group for each action, cluster and outcome, however many environments there are.
#[test]
fn decisions_that_change_alike_are_one_group() {
    let mut rows = Directory::<u64>::builder();
    rows.organization(1).unwrap();
    rows.member(&1, 0, AccountKind::User, Role::Owner, None).unwrap();
    for account in 1..=12 {
        rows.member(&1, account, AccountKind::User, Role::Developer, None).unwrap();
    }
    for cluster in [1, 2] {
        rows.cluster(cluster, &1, Visibility::Organization).unwrap();
        rows.cluster_access(&cluster, Holder::Account(&1), ClusterAccess::View).unwrap();
    }
    rows.project(1, &1, Visibility::Organization).unwrap();
    rows.project_role(&1, Holder::Account(&2), ProjectRole::Viewer).unwrap();
    for environment in 0..40 {
        let cluster = environment % 2 + 1;
        rows.environment(environment, &1, &cluster, &format!("n{environment}"), Protection::NONE).unwrap();
    }
    let directory = rows.build();
    let preview =
        directory.preview(&SubjectId::new(&0), Change::update_project(1_u64, Some(Visibility::Members))).unwrap();
    let is_deploy = |group: &DecisionChanges<'_, u64>| group.action() == Action::Deploy;
    let groups: Vec<_> =
        preview.diff().filter(is_deploy).map(|it| (it.accounts().count(), it.resources().count())).collect();
    assert_eq!(groups, [(10, 20), (10, 20)], "not the Viewer of the project, nor who only views the cluster");
    let logs = preview.diff().filter(|group| group.action() == Action::ViewLogs);
    let on_environments = logs.filter(|group| group.resources().count() > 1);
    assert_eq!(on_environments.map(|group| group.count()).sum::<u64>(), 11 * 40);
}
