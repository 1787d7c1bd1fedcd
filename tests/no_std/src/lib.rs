//! Decides without `std`: this crate brings the panic handler and the allocator that `std` would bring, so that a second
//! of them, and with it `std` anywhere below, is refused by the compiler.

#![no_std]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_int;
use core::panic::PanicInfo;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use shipgate::{
    Account, Action, Cluster, Decision, Environment, Membership, Project, Protection, Reason, Resource, Role, Subject,
    decide,
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

/// 0 where an Admin may deploy to production and a Developer may not, and why not is said.
#[unsafe(no_mangle)]
pub extern "C" fn shipgate_decides() -> c_int {
    match protected_production() {
        Some(
            [
                Decision::Allow,
                Decision::Deny(Reason::EnvironmentProtected { have: Role::Developer, need: Role::Admin }),
            ],
        ) => directory_decides(),
        _ => 1,
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

/// 0 where a directory answers the same of what it holds, and refuses what it does not.
#[cfg(feature = "directory")]
fn directory_decides() -> c_int {
    use shipgate::directory::RowError;
    use shipgate::{Directory, ResourceId, SubjectId};

    fn held() -> Result<Directory<u64>, RowError> {
        let mut rows = Directory::builder();
        rows.organization(1)?;
        rows.member(&1, 6, Role::Developer, None)?;
        rows.cluster(3, &1)?;
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
