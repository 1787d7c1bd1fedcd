//! The kinds of finding.

use crate::model::names::names;

names! {
    /// The kind of a finding. The wire names are stable.
    pub enum FindingCode: "finding" {
        /// The organization has no permanent Owner, and no member can appoint one.
        NoOwner = "no_owner",
        /// The organization has only one permanent Owner.
        OneOwner = "one_owner",
        /// No member could deploy to a protected environment, even if everyone who may approve did.
        UnapprovableEnvironment = "unapprovable_environment",
        /// An override is above the ceiling of the member's role, so it does not count in full.
        OverrideAboveCeiling = "override_above_ceiling",
        /// An override equals the default of the member's role, so it has no effect.
        OverrideEqualsDefault = "override_equals_default",
        /// A membership has expired.
        ExpiredMembership = "expired_membership",
        /// An override has expired.
        ExpiredOverride = "expired_override",
        /// A project role has expired.
        ExpiredProjectRole = "expired_project_role",
        /// A project is visible only to its members, and has none.
        PrivateProjectWithoutMembers = "private_project_without_members",
        /// A service account acts as Admin, of the organization or of a project.
        ServiceAccountAdmin = "service_account_admin",
        /// Fewer members could approve a deployment than the environment's rule asks for.
        UnmeetableRule = "unmeetable_rule",
        /// The environment's rule lets a rank deploy without approval that may not deploy there.
        UselessBypass = "useless_bypass",
        /// A membership with the rank Admin or Owner has an expiry, so that its holder gives nothing that lasts.
        TemporaryAdmin = "temporary_admin",
        /// A custom role that no member has.
        UnusedRole = "unused_role",
        /// A team that has no members.
        TeamWithoutMembers = "team_without_members",
        /// A member's own override is lower than one of the member's teams, which does not count.
        OverrideCancelsTeam = "override_cancels_team",
        /// A member's own role in a project is lower than one of the member's teams, which does not count.
        ProjectRoleCancelsTeam = "project_role_cancels_team",
        /// Two ids differ only by case, spaces or Unicode form.
        SimilarIds = "similar_ids",
    }
}

impl FindingCode {
    /// What is wrong, and what to do about it.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::NoOwner => {
                "no member is a permanent owner, and none can appoint one: add an owner to the loaded data"
            }
            Self::OneOwner => "only one member is a permanent owner: appoint a second, who can approve and take over",
            Self::UnapprovableEnvironment => {
                "no member can deploy, even with every possible approval: appoint the members that the protection \
                 requires, or change the protection"
            }
            Self::OverrideAboveCeiling => {
                "the override is above the ceiling of the role: lower it, remove it, or change the role"
            }
            Self::OverrideEqualsDefault => {
                "the override equals the default of the role: remove it, unless it should survive a change of role"
            }
            Self::ExpiredMembership => "the membership has expired: remove it, or set a new expiry",
            Self::ExpiredOverride => "the override has expired and counts no more: remove it, or set it again",
            Self::ExpiredProjectRole => "the project role has expired: remove it, or set it again",
            Self::PrivateProjectWithoutMembers => {
                "the project is visible only to its members, but has none: give members a role in it, or make it \
                 visible to the organization"
            }
            Self::ServiceAccountAdmin => {
                "a service account has the permissions of an admin: give it a lower role if that suffices"
            }
            Self::UnmeetableRule => {
                "the rule asks for more approvals than there are members who could approve: lower the count, or give \
                 more members a role that approves"
            }
            Self::UselessBypass => {
                "the rule lets a rank deploy without approval that may not deploy there: name a higher rank, or none"
            }
            Self::TemporaryAdmin => {
                "the membership ends, so this member gives nothing that lasts longer: remove the expiry if that hinders"
            }
            Self::UnusedRole => "no member has the role: give it to someone, or delete it",
            Self::TeamWithoutMembers => "the team has no members: add some, or delete it",
            Self::OverrideCancelsTeam => {
                "the member's own override is lower than that of a team, which does not count: remove it if that is \
                 not meant"
            }
            Self::ProjectRoleCancelsTeam => {
                "the member's own role is lower than that of a team, which does not count: remove it if that is not \
                 meant"
            }
            Self::SimilarIds => {
                "the ids differ only by case, spaces or Unicode form, so one passes for the other: rename one"
            }
        }
    }
}
