//! What is measured with: the processor time of this thread, and what it allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The system's allocator, counting.
pub(crate) struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static HEAP: Cell<i64> = const { Cell::new(0) };
}

fn count(allocations: u64, taken: usize, given: usize) {
    ALLOCATIONS.set(ALLOCATIONS.get() + allocations);
    HEAP.set(HEAP.get().wrapping_add_unsigned(taken as u64).wrapping_sub_unsigned(given as u64));
}

// SAFETY: each call is passed on to the system's allocator as it came; the counters neither allocate nor panic.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size(), 0);
        // SAFETY: as the caller vouches.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(0, 0, layout.size());
        // SAFETY: as the caller vouches.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size, layout.size());
        // SAFETY: as the caller vouches.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// How often this thread has allocated.
pub(crate) fn allocations() -> u64 {
    ALLOCATIONS.get()
}

/// The bytes that this thread has allocated and not given back.
pub(crate) fn heap() -> i64 {
    HEAP.get()
}

/// The processor time that this thread takes for something.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = thread_time();
    let done = work();
    (thread_time().saturating_sub(start), done)
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("processor time is not negative");
    Duration::new(seconds, u32::try_from(time.tv_nsec).expect("less than a second"))
}
