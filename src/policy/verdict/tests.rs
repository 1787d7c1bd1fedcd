//! Holds the tables to the gates, cell by cell.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;

use super::*;
use crate::model::access::ClusterAccess;
use crate::model::action::ActionKind;
use crate::model::project::Visibility;
use crate::model::protection::{ApprovalFrom, ApprovalRule, Protection, Safeguard};
use crate::model::resource::ResourceKind;
use crate::model::role::{Permission, Permissions, ProjectRole, Role};
use crate::policy::approval::decide_after;
use crate::policy::decide::evaluate;
use crate::policy::gates::{FirstFailure, Passed, Rest, Trace};
use crate::policy::inputs::Inputs;
use crate::policy::reason::Reason;
use crate::policy::requirement::LevelBy;
use crate::policy::verdict::position::{Effect, OVERRIDES, PROJECT_ROLES};

const KINDS: [ResourceKind; 4] =
    [ResourceKind::Organization, ResourceKind::Project, ResourceKind::Environment, ResourceKind::Cluster];

/// The facts of one question that the tables may be asked about.
#[derive(Clone, Copy, Debug)]
struct Question {
    requirement: &'static Requirement,
    inputs: Inputs,
}

/// What a question knows besides its inputs: whether the gates asked for it.
struct Asking(Cell<bool>);

impl Rest for Asking {
    fn is_oneself(&self) -> bool {
        self.0.set(true);
        false
    }

    fn first_below(
        &self,
        _: RankedPermissions,
        _: RankedPermissions,
        _: ClusterAccess,
    ) -> Option<(u16, ClusterAccess)> {
        self.0.set(true);
        None
    }

    fn judge(&self, inputs: &Inputs, passed: Passed, _: &mut impl Trace) -> Result<Decision, Reason> {
        self.0.set(!passed.requirement.constraints.is_empty());
        // Nothing but a deployment has approvals.
        let rule = passed.requirement.approval.rule(inputs.protection);
        Ok(rule.map_or(Decision::Allow, |rule| decide_after(rule, 0)))
    }
}

impl Question {
    /// The decision of the gates; `None` if they asked for more than the inputs.
    fn judge(&self) -> Option<Decision> {
        let asking = Asking(Cell::new(false));
        let decision = evaluate(&self.inputs, &asking, &mut FirstFailure);
        (!asking.0.get()).then_some(decision)
    }

    fn member(&self) -> Option<Member> {
        let [cluster, _] = self.inputs.clusters;
        let project = |(visibility, project_role)| ProjectBits::new(visibility, project_role);
        self.inputs.role.map(|role| Member {
            role,
            project: self.inputs.project.map(project),
            cluster: cluster.map_or(ClusterBits::NONE, ClusterBits::new),
        })
    }

    fn look_up(&self, tables: &Tables) -> Option<Decision> {
        tables.look_up(self.requirement, self.member(), self.inputs.protection.class())
    }

    /// Whether the tables say what the gates say, and all that they can.
    fn agrees(&self, tables: &Tables) -> bool {
        match (self.look_up(tables), self.judge()) {
            (Some(said), Some(judged)) => said == judged,
            (Some(_), None) => false,
            (None, None) => true,
            (None, Some(judged)) => self.may_be_left(judged),
        }
    }

    /// Whether the tables may leave a question to the gates that these decide by the inputs alone.
    fn may_be_left(&self, judged: Decision) -> bool {
        let by_other_levels = self.requirement.level_by != LevelBy::Standing;
        match judged {
            Decision::Deny(Reason::NotAMember | Reason::NotInProject) => false,
            Decision::Deny(Reason::RoleInsufficient { .. }) => self.requirement.permissions.count() > 1,
            Decision::Deny(Reason::ClusterLevelInsufficient { .. }) => by_other_levels,
            _ => by_other_levels || self.inputs.protection.class() == Class::Counted,
        }
    }
}

/// The roles that a requirement can tell apart, and no role.
fn roles(requirement: &Requirement) -> Vec<Option<RankedPermissions>> {
    let all = Role::Admin.permissions();
    let without = |without: Permissions| {
        all.iter().filter(|one| !without.contains(*one)).fold(Permissions::NONE, Permissions::with)
    };
    let manages_clusters = Permissions::NONE.with(Permission::ManageClusters);
    let custom = [Role::Admin, Role::Developer, Role::Viewer].into_iter().flat_map(|rank| {
        [Permissions::NONE, requirement.permissions, all, without(requirement.permissions), without(manages_clusters)]
            .map(|permissions| RankedPermissions { rank, permissions })
    });
    Role::ALL.map(RankedPermissions::built_in).into_iter().chain(custom).map(Some).chain([None]).collect()
}

fn projects(kind: ResourceKind) -> Vec<Option<(Visibility, GrantState<ProjectRole>)>> {
    match kind {
        ResourceKind::Project | ResourceKind::Environment => {
            let roles = |visibility| PROJECT_ROLES.map(|project_role| Some((visibility, project_role)));
            Visibility::ALL.into_iter().flat_map(roles).collect()
        }
        _ => [None].into(),
    }
}

fn clusters(kind: ResourceKind) -> Vec<Option<OnCluster>> {
    match kind {
        ResourceKind::Environment | ResourceKind::Cluster => {
            let overrides = |visibility| OVERRIDES.map(|granted| Some(OnCluster { visibility, granted }));
            Visibility::ALL.into_iter().flat_map(overrides).collect()
        }
        _ => [None].into(),
    }
}

fn protections(kind: ResourceKind) -> Vec<(Protection, Option<Safeguard>)> {
    match kind {
        ResourceKind::Environment => {
            let counted = ApprovalFrom::ALL.map(|from| ApprovalRule::new(from).with_count(2).unwrap());
            let counted =
                counted.into_iter().flat_map(|rule| [Protection::reviewed(rule), Protection::restricted(rule)]);
            let plain = Class::ALL.into_iter().filter_map(Class::example);
            plain.chain(counted).map(|protection| (protection, None)).collect()
        }
        ResourceKind::Project => {
            let joint = [Protection::NONE, Protection::RESTRICTED, Protection::LOCKED].map(Protection::safeguard);
            joint.map(|joint| (Protection::NONE, Some(joint))).into()
        }
        _ => [(Protection::NONE, None)].into(),
    }
}

/// Every question that the tables can be asked, as far as the gates can tell questions apart.
fn each_question(visit: &mut impl FnMut(Question)) {
    for (action, kind) in ActionKind::ALL.into_iter().flat_map(|action| KINDS.map(|kind| (action, kind))) {
        let Some(requirement) = Requirement::for_action(action, kind) else { continue };
        let (projects, clusters, protections) = (projects(kind), clusters(kind), protections(kind));
        for role in roles(requirement) {
            for project in &projects {
                for cluster in &clusters {
                    for (protection, joint) in &protections {
                        let inputs = Inputs {
                            requirement: Some(requirement),
                            role,
                            project: *project,
                            clusters: [*cluster, None],
                            tenancy: Tenancy::One,
                            credential: None,
                            protection: *protection,
                            joint: *joint,
                        };
                        visit(Question { requirement, inputs });
                    }
                }
            }
        }
    }
}

#[test]
fn the_tables_say_what_the_gates_say() {
    let (mut asked, mut said) = (0_u32, 0_u32);
    each_question(&mut |question| {
        assert!(
            question.agrees(&TABLES),
            "{question:?}: {:?}, by gates {:?}",
            question.look_up(&TABLES),
            question.judge()
        );
        asked += 1;
        said += u32::from(question.look_up(&TABLES).is_some());
    });
    assert!(said > asked / 2, "{said} of {asked}");
}

/// Some of the questions that read a kind of cell.
fn sample(concerned: impl Fn(&Question, Option<Decision>) -> bool) -> Vec<Question> {
    let (mut sample, mut seen) = (Vec::new(), 0_u32);
    each_question(&mut |question| {
        if concerned(&question, question.look_up(&TABLES)) {
            if seen % 997 == 0 {
                sample.push(question);
            }
            seen += 1;
        }
    });
    assert!(sample.len() > 10, "{}", sample.len());
    sample
}

/// Plants a fault for each of the questions, and sees that comparing the tables with the gates notices it.
fn notices(questions: &[Question], plant: impl Fn(&Question, &mut Tables)) {
    for question in questions {
        let mut faulty = Box::new(TABLES.clone());
        plant(question, &mut faulty);
        assert!(question.agrees(&TABLES) && !question.agrees(&faulty), "{question:?}");
    }
}

#[test]
fn a_fault_in_a_verdict_is_noticed() {
    notices(&sample(|_, _| true), |question, tables| {
        let (allow, other) = (Code::of(Some(Decision::Allow)), Code::of(Some(Decision::Deny(Reason::NotInProject))));
        let cell = tables.cell(question.requirement, question.member(), question.inputs.protection.class());
        let code = &mut tables.verdicts.0[cell];
        *code = if *code == allow || *code == Code::JUDGE { other } else { allow };
    });
}

#[test]
fn a_fault_in_a_decision_is_noticed() {
    notices(&sample(|_, said| said.is_some()), |question, tables| {
        let code = Code::of(question.look_up(&TABLES));
        tables.decisions.0[usize::from(code.0)] = Decision::Deny(Reason::LastOwner);
    });
}

#[test]
fn a_fault_in_a_standing_is_noticed() {
    let standing = |question: &Question, _| question.member().is_some();
    notices(&sample(standing), |question, tables| {
        *tables.position_of(question.member().unwrap()) = Position::NOT_A_MEMBER;
    });
}

#[test]
fn a_fault_in_a_level_is_noticed() {
    let by_level = |_: &Question, said| matches!(said, Some(Decision::Deny(Reason::ClusterLevelInsufficient { .. })));
    notices(&sample(by_level), |question, tables| {
        let Position(bits) = tables.position_of(question.member().unwrap());
        *bits ^= 1 << 4;
    });
}

#[test]
fn a_fault_in_what_becomes_of_permissions_is_noticed() {
    let in_project = |question: &Question| question.inputs.project.is_some();
    let lacking = |question: &Question, said| {
        in_project(question) && matches!(said, Some(Decision::Deny(Reason::RoleInsufficient { .. })))
    };
    notices(&sample(lacking), |question, tables| {
        *tables.effect_of(question.member().unwrap()) = Effect { kept: Permissions::NONE, given: Permissions::ALL };
    });
    notices(&sample(|question, said| in_project(question) && said == Some(Decision::Allow)), |question, tables| {
        *tables.effect_of(question.member().unwrap()) = Effect { kept: Permissions::NONE, given: Permissions::NONE };
    });
}

impl Tables {
    fn cell(&self, requirement: &Requirement, member: Option<Member>, class: Class) -> usize {
        let (permitted, position) = self.of_member(requirement, member);
        verdicts::index(requirement, permitted, position, class)
    }

    fn position_of(&mut self, Member { role, project, cluster }: Member) -> &mut Position {
        &mut self.positions.positions[position::position_index(role, project, cluster)]
    }

    fn effect_of(&mut self, Member { role, project, .. }: Member) -> &mut Effect {
        &mut self.positions.effects[position::effect_index(role.rank, project)]
    }
}
