//! Every way in which a member's own grants and those of two teams meet, which rows drawn at random seldom have.

use shipgate::directory::{
    ClusterAccessRow, ClusterRow, EnvironmentRow, MemberRow, OrganizationRow, ProjectRoleRow, ProjectRow,
    TeamMemberRow, TeamRow,
};
use shipgate::model::{ApprovalFrom, ApprovalRule, Update};
use shipgate::{AccountKind, ClusterAccess, Holder, ProjectRole, Protection, ResourceId, Role, Time, Visibility};

use crate::question::{Action, Question};
use crate::rows::{Id, Rows};

/// What one holder is given on every cluster and in every project, and until when.
type Given = Option<(ClusterAccess, ProjectRole, Option<Time>)>;

/// Nothing, or the lower or the higher of two levels and roles, for good or until some time.
fn every_given(low: (ClusterAccess, ProjectRole), until: i64) -> [Given; 5] {
    let high = (ClusterAccess::Manage, ProjectRole::Admin);
    let until = Some(Time::from_millis(until));
    let given = |(level, role), until| Some((level, role, until));
    [None, given(low, None), given(low, until), given(high, None), given(high, until)]
}

const ORGANIZATION: Id = 0;

/// An organization with a visible and a hidden project, each with an environment on a visible and on a hidden cluster; and of
/// Admins, Developers and Viewers each one with each combination of grants.
#[must_use]
pub fn combinations() -> Rows {
    let mut rows = places();
    let own = every_given((ClusterAccess::View, ProjectRole::Viewer), 1);
    let one = every_given((ClusterAccess::View, ProjectRole::Viewer), 0);
    let other = every_given((ClusterAccess::Deploy, ProjectRole::Developer), 3);
    for (id, given) in (0..).zip(one.iter().chain(&other)) {
        rows.teams.push(TeamRow { id, organization: ORGANIZATION });
        give(&mut rows, Holder::Team(id), *given);
    }
    let mut account = 0;
    for role in [Role::Admin, Role::Developer, Role::Viewer] {
        for own in own {
            for (one, other) in (0..5).flat_map(|one| (5..10).map(move |other| (one, other))) {
                let (organization, kind, role) = (ORGANIZATION, AccountKind::User, role.into());
                rows.members.push(MemberRow { organization, account, kind, role, expires_at: None });
                rows.team_members.extend([one, other].map(|team| TeamMemberRow { team, account }));
                give(&mut rows, Holder::Account(account), own);
                account += 1;
            }
        }
    }
    rows
}

fn places() -> Rows {
    let mut rows = Rows { organizations: vec![OrganizationRow { id: ORGANIZATION }], ..Rows::default() };
    for (id, visibility) in (0..).zip(Visibility::ALL) {
        rows.projects.push(ProjectRow { id, organization: ORGANIZATION, visibility });
        rows.clusters.push(ClusterRow { id, organization: ORGANIZATION, orchestrator: None, visibility });
    }
    let protection = Protection::restricted(ApprovalRule::new(ApprovalFrom::Admin));
    for (id, (project, cluster)) in (0..).zip([(0, 0), (0, 1), (1, 0), (1, 1)]) {
        let protection = if project == cluster { Protection::NONE } else { protection };
        rows.environments.push(EnvironmentRow { id, project, cluster, namespace: format!("env-{id}"), protection });
    }
    rows
}

fn give(rows: &mut Rows, holder: Holder<Id>, given: Given) {
    let Some((level, role, expires_at)) = given else { return };
    for place in [0, 1] {
        rows.cluster_access.push(ClusterAccessRow { cluster: place, holder, level, expires_at });
        rows.project_roles.push(ProjectRoleRow { project: place, holder, role, expires_at });
    }
}

/// Questions whose answers depend on grants, of everybody, at each of these times.
#[must_use]
pub fn questions_about_grants(rows: &Rows, times: &[Option<Time>]) -> Vec<Question> {
    let mut asked: Vec<(Action, ResourceId<Id>)> = Vec::new();
    let show = Action::Update { to: Update::Visibility(Visibility::Organization) };
    for place in [0, 1] {
        asked.extend(
            [Action::View, Action::Deploy, Action::Manage, show].map(|action| (action, ResourceId::Cluster(place))),
        );
        asked.extend([Action::ManageBuilds, Action::UPDATE, show].map(|action| (action, ResourceId::Project(place))));
    }
    for environment in &rows.environments {
        let actions = [Action::ViewLogs, Action::Restart, Action::Exec, Action::Delete];
        asked.extend(actions.map(|action| (action, ResourceId::Environment(environment.id))));
        let deployment = ResourceId::Deployment {
            environment: environment.id,
            requested_by: 0,
            on_behalf_of: None,
            release: None,
            approvals: Vec::new(),
        };
        asked.extend([Action::Cancel, Action::Manage].map(|action| (action, deployment.clone())));
    }
    let invite = Action::InviteMember { role: Role::Developer.into(), expires_at: None };
    asked.push((invite, ResourceId::Organization(ORGANIZATION)));
    let of_everybody = |(action, resource): (Action, ResourceId<Id>)| {
        let of = move |account: Id| Question::new(account, action, resource.clone());
        rows.members.iter().map(move |member| of(member.account))
    };
    let questions = asked.into_iter().flat_map(of_everybody);
    questions.flat_map(|question| times.iter().map(move |time| Question { time: *time, ..question.clone() })).collect()
}
