//! Deployments: who requested them, and whose approvals count.

use shipgate::model::Permission;
use shipgate::{AccountKind, Action, ClusterAccess, ProjectRole, Protection, Role, Visibility};

use super::environments::guest;
use super::facts::{
    EU_WEST, EXPIRY, PRODUCTION, SHOP, STRANGER, SUBJECT, TARGET, US_EAST, WITNESS, add, for_good, protect, see,
    see_cluster, until, world,
};
use super::grants::{State, give_access, give_role, overrides, project_roles};
use super::protections::{protections_by_safeguard, protections_of_deployments};
use super::roles::{everyone, member, members, of, only, owner, user};
use super::survey::Survey;
use crate::oracle::{Account, Approval, Id, Resource};

/// A deployment of the release v2 that the asker requested.
struct Requested {
    by: Id,
    on_behalf_of: Option<Id>,
    release: Option<&'static str>,
    approvals: Vec<Approval>,
}

impl Requested {
    fn by(by: Id, approvals: Vec<Approval>) -> Self {
        Self { by, on_behalf_of: None, release: None, approvals }
    }

    fn resource(self) -> Resource {
        let Self { by: requested_by, on_behalf_of, release, approvals } = self;
        let release = release.map(String::from);
        Resource::Deployment { environment: PRODUCTION, requested_by, on_behalf_of, release, approvals }
    }
}

fn by(by: Id) -> Approval {
    Approval::new(by)
}

/// Deployments by who requested them, and by a few approvals of Owners and of the asker.
fn requested() -> Vec<Resource> {
    let (other, another) = (WITNESS, WITNESS + 1);
    let for_v2 = |approvals| Requested { release: Some("v2"), ..Requested::by(other, approvals) };
    let on_behalf =
        |on_behalf_of, approvals| Requested { on_behalf_of: Some(on_behalf_of), ..Requested::by(other, approvals) };
    [
        Requested::by(SUBJECT, vec![]),
        Requested::by(SUBJECT, vec![by(other)]),
        Requested::by(SUBJECT, vec![by(other).until(EXPIRY)]),
        Requested::by(SUBJECT, vec![by(other), by(other)]),
        Requested::by(SUBJECT, vec![by(other), by(another)]),
        Requested::by(SUBJECT, vec![by(SUBJECT)]),
        Requested::by(SUBJECT, vec![by(SUBJECT), by(other).until(EXPIRY)]),
        Requested::by(other, vec![]),
        Requested::by(other, vec![by(SUBJECT), by(another)]),
        Requested::by(other, vec![by(other), by(another)]),
        Requested::by(STRANGER, vec![by(STRANGER), by(another)]),
        on_behalf(SUBJECT, vec![by(SUBJECT), by(another)]),
        on_behalf(another, vec![by(other), by(another)]),
        on_behalf(STRANGER, vec![by(another)]),
        for_v2(vec![by(another)]),
        for_v2(vec![by(another).for_release("v1"), by(SUBJECT).for_release("v2")]),
        for_v2(vec![by(another).for_release("v1"), by(another).for_release("v2")]),
        Requested::by(other, vec![by(another).for_release("v2")]),
        Requested::by(other, vec![by(another).on_cluster(EU_WEST), by(SUBJECT).on_cluster(US_EAST)]),
        Requested::by(other, vec![by(another).on_cluster(US_EAST).until(EXPIRY)]),
    ]
    .into_iter()
    .map(Requested::resource)
    .collect()
}

/// What the rows of a deployment ask for.
const OF_DEPLOYMENT: [Permission; 4] =
    [Permission::View, Permission::ViewLogs, Permission::Deploy, Permission::Approve];

/// Every role by classes, every protection, and every request; some levels and standings.
pub(super) fn deployments(survey: &mut Survey) {
    let requested = requested();
    let mut subjects: Vec<_> = members(&OF_DEPLOYMENT).into_iter().map(Some).collect();
    subjects.extend([None, Some(member(AccountKind::User, Role::Admin, Some(EXPIRY)))]);
    let situations = [
        (State::NOTHING, State::NOTHING),
        (State::own(for_good(ClusterAccess::Manage)), State::NOTHING),
        (State::team(until(ClusterAccess::None, EXPIRY)), State::own(for_good(ProjectRole::Admin))),
    ];
    for subject in subjects {
        for (on, in_shop) in situations {
            for protection in protections_of_deployments() {
                let mut world = world(subject.clone());
                give_access(&mut world, SUBJECT, US_EAST, on);
                give_role(&mut world, SUBJECT, SHOP, in_shop);
                protect(&mut world, PRODUCTION, protection);
                add(&mut world, WITNESS, Some(owner()));
                add(&mut world, WITNESS + 1, Some(owner()));
                survey.rows(&world, &requested);
            }
        }
    }
}

/// Every level, standing and visibility, with two requests.
pub(super) fn rollouts(survey: &mut Survey) {
    let requested: Vec<_> = [
        Requested::by(SUBJECT, vec![by(SUBJECT), by(WITNESS)]),
        Requested { on_behalf_of: Some(STRANGER), ..Requested::by(WITNESS, vec![]) },
    ]
    .into_iter()
    .map(Requested::resource)
    .collect();
    let mut subjects = super::projects::standing_classes();
    subjects.extend(
        [Permission::Deploy, Permission::Approve]
            .into_iter()
            .filter_map(|permission| only(Role::Developer, permission).map(|role| user(of(role)))),
    );
    for subject in subjects {
        for on in overrides() {
            for in_shop in project_roles() {
                for visibility in Visibility::ALL {
                    for protection in protections_by_safeguard() {
                        let mut world = world(Some(subject.clone()));
                        give_access(&mut world, SUBJECT, US_EAST, on);
                        give_role(&mut world, SUBJECT, SHOP, in_shop);
                        see(&mut world, visibility);
                        see_cluster(&mut world, US_EAST, visibility);
                        protect(&mut world, PRODUCTION, protection);
                        add(&mut world, WITNESS, Some(owner()));
                        survey.rows(&world, &requested);
                    }
                }
            }
        }
    }
}

/// Every approver of a deployment that an Owner requested and wants to go out.
pub(super) fn approvers(survey: &mut Survey) {
    let resources: Vec<_> = [
        vec![by(TARGET)],
        vec![by(TARGET).until(EXPIRY)],
        vec![by(TARGET).until(EXPIRY), by(TARGET)],
        vec![by(TARGET), by(WITNESS)],
        vec![by(STRANGER), by(WITNESS).until(EXPIRY), by(TARGET).until(EXPIRY)],
    ]
    .into_iter()
    .map(|approvals| Requested::by(SUBJECT, approvals).resource())
    .collect();
    let protections: Vec<Protection> =
        protections_by_safeguard().into_iter().filter(|protection| protection.rule().is_some()).collect();
    let mut approvers: Vec<Option<Account>> = everyone(&[Permission::View, Permission::Approve]);
    approvers.push(Some(guest()));
    for approver in approvers {
        for on in overrides() {
            for in_shop in project_roles() {
                for visibility in Visibility::ALL {
                    for protection in &protections {
                        let mut world = world(Some(owner()));
                        see(&mut world, visibility);
                        see_cluster(&mut world, US_EAST, visibility);
                        protect(&mut world, PRODUCTION, *protection);
                        add(&mut world, TARGET, approver.clone());
                        give_access(&mut world, TARGET, US_EAST, on);
                        give_role(&mut world, TARGET, SHOP, in_shop);
                        add(&mut world, WITNESS, Some(owner()));
                        survey.actions(&world, &resources, &[Action::Deploy]);
                    }
                }
            }
        }
    }
}
