//! Decides without `std`: this crate brings the panic handler and the allocator that `std` would bring, so that a second
//! of them, and with it `std` anywhere below, is refused by the compiler.

#![no_std]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_int;
use core::panic::PanicInfo;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use shipgate::model::Permission;
use shipgate::{
    Account, Action, Cluster, ClusterAccess, CustomRole, Decision, Environment, Membership, Project, Protection,
    Reason, Resource, Role, RoleDefinition, RolePermissions, Subject, Team, Visibility, decide,
};

/// Gives out an arena front to back, and takes nothing back.
struct Arena {
    used: AtomicUsize,
}

const SIZE: usize = 1 << 20;

static mut BYTES: [u8; SIZE] = [0; SIZE];

// SAFETY: no two allocations overlap, as each moves `used` past its own end, and none reaches beyond the arena.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = &raw mut BYTES as *mut u8;
        let mut used = self.used.load(Ordering::Relaxed);
        loop {
            let place = used + (start as usize + used).wrapping_neg() % layout.align();
            let Some(end) = place.checked_add(layout.size()).filter(|end| *end <= SIZE) else {
                return ptr::null_mut();
            };
            match self.used.compare_exchange_weak(used, end, Ordering::Relaxed, Ordering::Relaxed) {
                // SAFETY: `place` is within the arena.
                Ok(_) => return unsafe { start.add(place) },
                Err(now) => used = now,
            }
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ARENA: Arena = Arena { used: AtomicUsize::new(0) };

unsafe extern "C" {
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    abort()
}

/// 0 where an Admin may deploy to production and a Developer may not, and why not is said; and where a custom role deploys by
/// what its team has.
#[unsafe(no_mangle)]
pub extern "C" fn shipgate_decides() -> c_int {
    let denied = Decision::Deny(Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin });
    if protected_production() != Some([Decision::Allow, denied]) {
        1
    } else if deployed_by_a_team() != Some(Decision::Allow) {
        4
    } else {
        directory_decides()
    }
}

fn protected_production() -> Option<[Decision; 2]> {
    let shop = Project::new(2_u64, 1);
    let us_east = Cluster::new(3, 1);
    let production = Environment::new(4, &shop, &us_east, Protection::RESTRICTED).ok()?;
    let carol = Account::user(5).with(Membership::new(1, Role::Admin)).ok()?;
    let alice = Account::user(6).with(Membership::new(1, Role::Developer)).ok()?;
    Some([&carol, &alice].map(|who| decide(&Subject::new(who), Action::Deploy, Resource::Environment(&production))))
}

fn deployed_by_a_team() -> Option<Decision> {
    let hidden = Cluster::new(3_u64, 1).with_visibility(Visibility::Members);
    let on_call = Team::new(7, 1).with_cluster_access(&hidden, ClusterAccess::Deploy).ok()?;
    let permissions = RolePermissions::new([Permission::View, Permission::Deploy]).ok()?;
    let role = CustomRole::new(8, 1, RoleDefinition::new(Role::Developer, permissions).ok()?);
    let rita = Account::user(9).with(Membership::custom(&role).in_team(&on_call).ok()?).ok()?;
    Some(decide(&rita, Action::Deploy, &hidden))
}

/// 0 where a directory answers the same of what it holds, and refuses what it does not.
#[cfg(feature = "directory")]
fn directory_decides() -> c_int {
    use shipgate::directory::RowError;
    use shipgate::{AccountKind, Directory, ResourceId, SubjectId};

    fn held() -> Result<Directory<u64>, RowError> {
        let mut rows = Directory::builder();
        rows.organization(1)?;
        rows.member(&1, 6, AccountKind::User, Role::Developer, None)?;
        rows.cluster(3, &1, Visibility::Organization)?;
        Ok(rows.build())
    }

    let Ok(directory) = held() else { return 2 };
    let answers = [3, 4].map(|id| directory.decide(&SubjectId::new(&6), Action::Deploy, ResourceId::Cluster(&id)));
    if answers == [Decision::Allow, Decision::Deny(Reason::UnknownResource)] { 0 } else { 3 }
}

#[cfg(not(feature = "directory"))]
fn directory_decides() -> c_int {
    0
}
