//! What the maps written by hand know: more than the questions that are timed ask. They are asked every action that they
//! claim to know, also about what is hidden, and answer as the oracle and a directory do.

use foldhash::fast;
use shipgate::directory::Rows;
use shipgate::model::ResourceKind;
use shipgate::{ActionKind, Directory, SubjectId, Visibility};

use crate::sheet::Sheet;
use crate::testing::{Customer, Mix, NOW, Oracle, Size, platform, questions};
use crate::world::by_hand::Answer;
use crate::world::by_hand::whole::{Maps, Teams, Whole, WithTeams};
use crate::world::question::Packed;
use crate::world::team_platform;

/// Every action on one of these kinds that gives nobody anything.
const MIX: Mix = {
    use ActionKind as A;
    Mix::of(&[
        (
            ResourceKind::Organization,
            &[
                A::View,
                A::Update,
                A::CreateProject,
                A::ConnectCluster,
                A::CreateTeam,
                A::ViewInvoices,
                A::ManageBilling,
                A::ViewAuditLog,
            ],
            1,
        ),
        (ResourceKind::Cluster, &[A::View, A::Deploy, A::Manage], 1),
        (
            ResourceKind::Environment,
            &[
                A::View,
                A::ReadVariables,
                A::ViewLogs,
                A::Restart,
                A::Deploy,
                A::ReadSecrets,
                A::WriteVariables,
                A::Exec,
                A::Update,
                A::Delete,
            ],
            3,
        ),
    ])
};

const QUESTIONS: usize = 50_000;

pub(crate) fn run(_: &mut Sheet) {
    let customer = Customer { members: 500, clusters: 10, environments: 200 };
    let mut without = platform(Size::of_memberships(3_000).with_customer(customer), 1);
    without.teams.clear();
    without.team_members.clear();
    without.cluster_access.retain(|row| matches!(row.holder, shipgate::Holder::Account(_)));
    without.project_roles.retain(|row| matches!(row.holder, shipgate::Holder::Account(_)));
    hide_clusters(&mut without);
    check::<()>(&without, |rows| Whole::<_, fast::RandomState>::load(rows, |id| *id));
    let mut with = team_platform(2_000, 2);
    hide_clusters(&mut with);
    check(&with, |rows| WithTeams::<_, fast::RandomState>::load(rows, |id| *id));
}

/// A third of all clusters.
fn hide_clusters(rows: &mut Rows<u64>) {
    for cluster in rows.clusters.iter_mut().step_by(3) {
        cluster.visibility = Visibility::Members;
    }
}

fn check<T: Teams<u64>>(rows: &Rows<u64>, load: impl Fn(&Rows<u64>) -> Maps<u64, T, fast::RandomState>) {
    let (oracle, by_hand) = (Oracle::new(rows), load(rows));
    let directory = Directory::try_from(rows).expect("the rows load");
    let mut answers = [0_usize; 3];
    for question in questions(rows, MIX, 1).take(QUESTIONS) {
        let (packed, right) = (Packed::of(&question), oracle.decide(&question));
        let subject = SubjectId::new(&packed.account).at(NOW);
        assert_eq!(directory.decide(&subject, packed.action, packed.resource(|id| id)), right, "{question:?}");
        let answer = by_hand.decide(&packed);
        assert_eq!(answer, Answer::from(right), "by hand: {question:?}");
        answers[answer as usize] += 1;
    }
    let [allowed, approved, denied] = answers;
    assert!(answers.iter().all(|count| *count > QUESTIONS / 1_000), "of every answer there are many: {answers:?}");
    println!("by hand as the library: {allowed} allowed, {approved} to be approved, {denied} denied");
}
