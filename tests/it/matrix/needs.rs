//! Which permissions each action asks for: found by a custom role of an Admin's rank that gets one after the other, until the
//! role suffices.

use shipgate::model::{Permission, ResourceKind};
use shipgate::policy::RoleRequirement;
use shipgate::{ActionKind, Decision, Protection, Reason, Role, RoleDefinition, RolePermissions};

use super::asker::{Setting, Who};
use super::parameters::parameters;
use super::question::ask;
use super::scene::scenes;
use super::table::wrapped;

/// Each list of permissions, with the actions on kinds of resource that ask for it.
pub(super) struct Needs(Vec<(Vec<Permission>, Vec<String>)>);

impl Needs {
    pub(super) fn ask() -> Self {
        let mut needs = Self(Vec::new());
        for kind in ResourceKind::ALL {
            for action in ActionKind::ALL {
                if let Some(permissions) = permissions_for(action, kind) {
                    needs.add(permissions, format!("{action} {kind}"));
                }
            }
        }
        needs
    }

    fn add(&mut self, permissions: Vec<Permission>, asked: String) {
        match self.0.iter_mut().find(|(others, _)| *others == permissions) {
            Some((_, all)) => all.push(asked),
            None => self.0.push((permissions, vec![asked])),
        }
    }

    pub(super) fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().flat_map(|(permissions, _)| permissions.iter().copied())
    }

    pub(super) fn write(&self, to: &mut String) {
        for (permissions, asked) in &self.0 {
            let names: Vec<_> = permissions.iter().map(|permission| permission.as_str()).collect();
            let names = if names.is_empty() { "none".to_owned() } else { names.join(", then ") };
            wrapped(to, &format!("{names}: {}.", asked.join("; ")));
        }
    }
}

/// The permissions that are lacking one after the other; `None` if the action does not apply.
fn permissions_for(action: ActionKind, kind: ResourceKind) -> Option<Vec<Permission>> {
    let (_, asked) = parameters(action, kind).into_iter().next()?;
    let (_, scene) = scenes(kind).into_iter().flat_map(|(_, scenes)| scenes).next()?;
    // Reviewed, as approving asks for nothing else where there is no rule.
    let setting = Setting { protection: Protection::REVIEWED, ..Setting::PLAIN };
    let mut found = Vec::new();
    loop {
        match ask(Who::AdminByRank(with(&found)), asked, scene, &setting) {
            Decision::Deny(Reason::NotApplicable) => return None,
            Decision::Deny(Reason::RoleInsufficient { need: RoleRequirement::Permission(permission), .. }) => {
                assert!(!found.contains(&permission), "{action} on {kind}: {permission} is there, and lacking");
                if Role::Owner.permissions().contains(permission) && !Role::Admin.permissions().contains(permission) {
                    found.push(permission);
                    return Some(found);
                }
                found.push(permission);
            }
            _ => return Some(found),
        }
    }
}

/// A role of an Admin's rank with these permissions, and with `view` where one of them is nothing without.
fn with(permissions: &[Permission]) -> RoleDefinition {
    let alone = RolePermissions::new(permissions.iter().copied());
    let permissions = alone.or_else(|_| RolePermissions::new(permissions.iter().copied().chain([Permission::View])));
    RoleDefinition::new(Role::Admin, permissions.expect("an Admin may have them")).expect("the rank suffices")
}
