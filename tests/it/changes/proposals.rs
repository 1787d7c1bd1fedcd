//! What a directory applies and what it does not, one claim at a time.

use shipgate::change::{
    ApplyError, Cause, Change, Edit, Entry, MemberState, Place, ProjectState, Record, Removed, TeamState,
};
use shipgate::{AccountKind, Directory, Role, Visibility};

use super::claims::{directory, invite, olivia};

const ACME: &str = "acme-corp";
/// A policy by which nobody can plan a change again.
const EARLIER: u32 = Record::<String>::POLICY - 1;

fn acme() -> String {
    r#""acme-corp""#.into()
}

/// Where the first entry of a record of acme-corp is.
fn first_of(record: u64) -> Place {
    Place { organization: acme(), record, entry: 0 }
}

/// Applies a record that is refused. Nothing changes.
fn refused(directory: &Directory<String>, record: &Record<String>) -> ApplyError {
    let mut follower = directory.clone();
    let error = follower.apply(record).unwrap_err();
    assert!(follower == *directory, "refused, yet something changed: {error}");
    error
}

/// The first record of acme-corp, with these edits, by an earlier policy.
fn with_edits(edits: Vec<Edit<String>>) -> Record<String> {
    let cause = Cause::Change { by: "olivia".into(), change: Change::update_organization(ACME) };
    Record::new("record-1".into(), ACME.into(), 1, vec![Entry::new(cause, edits)]).by_policy(EARLIER)
}

fn invited(leader: &mut Directory<String>, id: &str, account: &str) -> Record<String> {
    leader.change(id.into(), &olivia(), invite(account, AccountKind::User, Role::Viewer)).unwrap()
}

#[test]
fn a_record_follows_the_last_one_without_a_gap() {
    let (mut leader, mut follower) = (directory(), directory());
    let log = ["bob", "dana", "erin"].map(|account| invited(&mut leader, account, account));
    let skips = |record, present| ApplyError::Skips { organization: acme(), record, present };
    assert_eq!(refused(&follower, &log[1]), skips(2, 0));
    follower.apply(&log[0]).unwrap();
    assert_eq!(refused(&follower, &log[0]), skips(1, 1));
    assert_eq!(refused(&follower, &log[2]), skips(3, 1));
    let says = r#"record 3 of "acme-corp" does not follow revision 1: the next one is 2"#;
    assert_eq!(refused(&follower, &log[2]).to_string(), says);
}

#[test]
fn a_record_that_follows_another_one_than_the_last_is_refused_until_the_organization_is_attached_again() {
    let (mut leader, mut follower) = (directory(), directory());
    follower.apply(&invited(&mut directory(), "lost", "bob")).unwrap();
    invited(&mut leader, "stored", "bob");
    let next = invited(&mut leader, "next", "dana");
    let expected = ApplyError::OtherPredecessor { organization: acme(), record: 2 };
    assert_eq!(refused(&follower, &next), expected);
    // The rows are the same, and yet it is not the same history.
    let organization = ACME.to_owned();
    let rows = super::rows::rows_of(&follower, &organization);
    follower.attach(&rows, 1, Some("stored".into())).unwrap();
    follower.apply(&next).unwrap();
    assert!(follower == leader);
}

#[test]
fn the_first_record_of_an_organization_creates_it_and_no_later_one_does() {
    let mut leader = directory();
    let founded = |leader: &mut Directory<String>| {
        leader.create_organization("first".into(), "initech".into(), "olivia".into(), AccountKind::User, None).unwrap()
    };
    let mut follower = directory();
    let first = founded(&mut leader);
    let renamed = leader.change("second".into(), &olivia(), Change::update_organization("initech")).unwrap();
    let expected = ApplyError::NotLoaded { organization: r#""initech""#.into(), record: 2 };
    assert_eq!(refused(&follower, &renamed), expected);
    follower.apply(&first).unwrap();
    follower.apply(&renamed).unwrap();
    assert!(follower == leader);

    // Nor does a first record of rows that were loaded: nobody knows them here.
    let update = directory().propose("first".into(), &olivia(), Change::update_organization(ACME)).unwrap();
    let expected = ApplyError::NotLoaded { organization: acme(), record: 1 };
    assert_eq!(refused(&Directory::new(), &update), expected);
    assert_eq!(refused(&Directory::new(), &update.by_policy(EARLIER)), expected);
    // And a first record has nothing before it.
    let with_predecessor = founded(&mut directory()).after("record-0".into());
    let expected = ApplyError::OtherPredecessor { organization: r#""initech""#.into(), record: 1 };
    assert_eq!(refused(&directory(), &with_predecessor), expected);
}

#[test]
fn a_record_edits_no_other_organization() {
    let team = |organization: &str| Edit::Team {
        organization: organization.into(),
        team: "night".into(),
        from: None,
        to: Some(TeamState {}),
    };
    let foreign = with_edits(vec![team(ACME), team("globex")]);
    let expected = ApplyError::OtherOrganization { place: first_of(1), edit: 1 };
    assert_eq!(refused(&directory(), &foreign), expected);

    // What changes no row belongs to an organization all the same.
    let update = directory().propose("record-1".into(), &olivia(), Change::update_organization(ACME)).unwrap();
    let cause = Cause::Change { by: "olivia".into(), change: Change::update_organization("globex") };
    let other = Record::new("record-1".into(), ACME.into(), 1, vec![Entry::new(cause, Vec::new())]);
    assert_eq!(refused(&directory(), &other), ApplyError::OtherEdits { place: first_of(1) });
    directory().apply(&update).unwrap();
}

#[test]
fn a_record_of_another_policy_is_applied_if_its_edits_are_sound() {
    let id = String::from;
    // By that policy, who is invited finds a team of their own.
    let member = |to| Edit::Member { organization: id(ACME), account: id("dana"), from: None, to };
    let viewer = Some(MemberState { kind: AccountKind::User, role: Role::Viewer.into(), expires_at: None });
    let team = Edit::Team { organization: id(ACME), team: id("danas"), from: None, to: Some(TeamState {}) };
    let cause = Cause::Change { by: id("olivia"), change: invite("dana", AccountKind::User, Role::Viewer) };
    let entry = Entry::new(cause, vec![member(viewer), team]);
    let record = Record::new(id("record-1"), id(ACME), 1, vec![entry]);
    for policy in [EARLIER, Record::<String>::POLICY + 1] {
        let mut follower = directory();
        follower.apply(&record.clone().by_policy(policy)).unwrap();
        assert!(follower.team("danas").is_some() && follower.account("dana").is_some());
        assert_eq!(follower.revision(ACME), Some(1));
    }
    assert_eq!(refused(&directory(), &record), ApplyError::OtherEdits { place: first_of(1) });
}

#[test]
fn a_record_of_another_policy_is_refused_if_its_edits_are_not_sound() {
    let id = String::from;
    let organization = || id(ACME);
    let project = |project: &str, from: Option<Visibility>, to: Option<Visibility>| {
        let [from, to] = [from, to].map(|state| state.map(|visibility| ProjectState { visibility }));
        Edit::Project { organization: organization(), project: project.into(), from, to }
    };
    let remove = |removed, restore| Edit::Remove { organization: organization(), removed, restore };
    let (all, members) = (Some(Visibility::Organization), Some(Visibility::Members));
    let viewer = |role: Role| Some(MemberState { kind: AccountKind::User, role: role.into(), expires_at: None });
    let unsound = vec![
        ("it is there already", project("shop", None, all)),
        ("it was not so", project("shop", members, all)),
        ("it is not there", project("stock", all, members)),
        ("it belongs to globex", project("secret", members, None)),
        ("environments are in it", project("shop", all, None)),
        ("environments are in it", remove(Removed::Project(id("shop")), None)),
        ("environments are on it", remove(Removed::Cluster(id("us-east")), None)),
        ("alice is in it", remove(Removed::Team(id("on-call")), None)),
        ("it is not there", remove(Removed::Team(id("night")), None)),
        ("it belongs to globex", remove(Removed::Project(id("secret")), None)),
        ("more is removed than would be restored", remove(Removed::Cluster(id("hidden")), Some(Vec::new()))),
        (
            "alice has grants",
            Edit::Member {
                organization: organization(),
                account: id("alice"),
                from: viewer(Role::Developer),
                to: None,
            },
        ),
        (
            "nobody is dana",
            Edit::Member { organization: organization(), account: id("dana"), from: viewer(Role::Viewer), to: None },
        ),
    ];
    for (why, edit) in unsound {
        let record = with_edits(vec![edit]);
        assert_eq!(refused(&directory(), &record), ApplyError::Differs { place: first_of(1), edit: 0 }, "{why}");
    }
    // The others are undone.
    let record = with_edits(vec![project("stock", None, all), project("stock", None, all)]);
    assert_eq!(refused(&directory(), &record), ApplyError::Differs { place: first_of(1), edit: 1 });
}

#[test]
fn of_two_proposals_the_second_is_refused_and_proposed_again() {
    let mut directory = directory();
    let propose = |directory: &Directory<String>, id: &str, account| {
        directory.propose(id.into(), &olivia(), invite(account, AccountKind::User, Role::Viewer)).unwrap()
    };
    let (first, second) = (propose(&directory, "a", "bob"), propose(&directory, "b", "dana"));
    assert_eq!((first.revision(), second.revision()), (1, 1), "the key of both in a database is the same");
    directory.apply(&first).unwrap();
    assert_eq!(refused(&directory, &second), ApplyError::Skips { organization: acme(), record: 1, present: 1 });
    let again = propose(&directory, "b", "dana");
    assert_eq!((again.revision(), again.previous()), (2, Some(&"a".to_owned())));
    directory.apply(&again).unwrap();
    assert!(directory.account("bob").is_some() && directory.account("dana").is_some());
}
