//! Whatever two instances do, and in whatever order: what an instance answers is what the log said at a revision.

use proptest::prelude::*;
use shipgate::change::{Change, Follower, Record, Taken};
use shipgate::{AccountKind, Holder, Role, SubjectId, Visibility};

use super::log::Log;
use super::{ACME, GLOBEX, NOW, following, log};

/// One step of an instance.
#[derive(Clone, Debug)]
enum Step {
    /// Proposes a change, and stores it, unless the writer dies before.
    Change { by: u64, change: Change<u64>, dies: bool },
    /// Reads the streams and takes them, or dies before.
    Read { dies: bool },
    /// Takes again what was read last.
    TakeAgain,
    /// Loads an organization again.
    Attach { organization: u64 },
    /// The log is restored to an earlier revision.
    Restore { organization: u64, to: u64 },
}

fn account() -> impl Strategy<Value = u64> {
    7..12_u64
}

fn change() -> impl Strategy<Value = Change<u64>> {
    let role = || prop::sample::select(vec![Role::Owner, Role::Admin, Role::Developer, Role::Viewer]);
    let organization = || prop::sample::select(vec![ACME, GLOBEX]);
    let team = || 60..62_u64;
    prop_oneof![
        (organization(), account(), role()).prop_map(|(of, account, role)| Change::invite_member(
            of,
            account,
            AccountKind::User,
            role,
            None
        )),
        (organization(), account(), role()).prop_map(|(of, account, role)| Change::change_role(of, account, role)),
        (organization(), account()).prop_map(|(of, account)| Change::remove_member(of, account)),
        (organization(), team()).prop_map(|(of, team)| Change::create_team(of, team)),
        (team(), account()).prop_map(|(team, account)| Change::add_to_team(team, account)),
        team().prop_map(Change::delete_team),
        (organization(), 20..22_u64).prop_map(|(of, id)| Change::connect_cluster(of, id, Visibility::Members)),
        (20..22_u64, team()).prop_map(|(id, team)| Change::set_cluster_access(id, Holder::Team(team), None)),
        organization().prop_map(Change::delete_organization),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let organization = || prop::sample::select(vec![ACME, GLOBEX]);
    prop_oneof![
        8 => (account(), change(), prop::bool::weighted(0.2)).prop_map(|(by, change, dies)| Step::Change { by, change, dies }),
        6 => prop::bool::weighted(0.2).prop_map(|dies| Step::Read { dies }),
        2 => Just(Step::TakeAgain),
        1 => organization().prop_map(|organization| Step::Attach { organization }),
        1 => (organization(), 1..6_u64).prop_map(|(organization, to)| Step::Restore { organization, to }),
    ]
}

/// What an instance answers is what the log of that time said, unless the log was restored since the last read.
fn check(follower: &Follower<u64>, history: &[Log], organization: u64) {
    let Ok(snapshot) = follower.snapshot(&organization, NOW) else { return };
    let is_said = |log: &Log| match snapshot.revision(&organization) {
        Some(revision) => {
            log.get(organization, revision).map(Record::id) == snapshot.last_record(&organization)
                && log.directory(organization, revision) == *snapshot
        }
        None => log.directory(organization, u64::MAX).revision(&organization).is_none(),
    };
    assert!(history.iter().any(is_said), "a state of {organization} that the log never said: {snapshot:?}");
}

proptest! {
    #[test]
    fn no_instance_answers_what_the_log_never_said(steps in prop::collection::vec((0..2_usize, step()), 1..40)) {
        let mut log = log();
        let mut history = vec![log.clone()];
        let instances = [following(&log, [ACME, GLOBEX]), following(&log, [ACME, GLOBEX])];
        let mut last_read = [None, None];
        for (index, step) in steps {
            let follower = &instances[index];
            match step {
                Step::Change { by, change, dies } => {
                    for organization in [ACME, GLOBEX] {
                        let id = log.id();
                        let proposed = follower.propose(&organization, NOW, id, &SubjectId::new(&by), change.clone());
                        if let Ok(record) = proposed && !dies && log.insert(record).is_ok() {
                            history.push(log.clone());
                        }
                    }
                }
                Step::Read { dies } => for read in follower.reads() {
                    let records: Vec<_> = log.records(&read).collect();
                    if !dies && let Ok(taken) = follower.take(&read, records.clone(), NOW) {
                        prop_assert_eq!(taken, Taken::UpToDate);
                        let snapshot = follower.snapshot(read.organization(), NOW).unwrap();
                        let present = log.directory(*read.organization(), u64::MAX);
                        prop_assert_eq!(&*snapshot, &present, "after a read, the instance is at the log's state");
                    }
                    last_read[index] = Some((read, records));
                },
                Step::TakeAgain => if let Some((read, records)) = last_read[index].take() {
                    // It may have diverged, or be of a stream that was attached since.
                    drop(follower.take(&read, records, NOW));
                },
                Step::Attach { organization } => {
                    if log.directory(organization, u64::MAX).revision(&organization).is_some() {
                        log.attach(follower, organization, NOW).unwrap();
                    }
                }
                Step::Restore { organization, to } => {
                    log.truncate(organization, to);
                    history.push(log.clone());
                }
            }
            for follower in &instances {
                check(follower, &history, ACME);
                check(follower, &history, GLOBEX);
            }
        }
    }
}
