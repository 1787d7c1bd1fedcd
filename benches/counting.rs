//! An allocator that counts what is allocated while something is made, and otherwise only passes calls on.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

#[global_allocator]
static COUNTING: Counting = Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static HELD: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);
static BLOCKS: AtomicIsize = AtomicIsize::new(0);

struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe to implement; this one hands every call to the system's")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_in(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count_in(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_out(layout.size());
        count_in(size);
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count_out(layout.size());
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(block, layout) }
    }
}

fn count_in(size: usize) {
    if COUNTS.load(Relaxed) {
        let size = size.cast_signed();
        let held = HELD.fetch_add(size, Relaxed) + size;
        MOST.fetch_max(held, Relaxed);
        BLOCKS.fetch_add(1, Relaxed);
    }
}

fn count_out(size: usize) {
    if COUNTS.load(Relaxed) {
        HELD.fetch_sub(size.cast_signed(), Relaxed);
        BLOCKS.fetch_sub(1, Relaxed);
    }
}

/// What making something took, in bytes asked of the allocator.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// What was allocated and not freed meanwhile; below 0 if more was freed.
    bytes: isize,
    /// In this many blocks, each of which costs an allocator a few bytes more.
    pub(crate) blocks: isize,
    /// The most that was allocated at a time.
    most: isize,
}

#[expect(clippy::cast_precision_loss, reason = "bytes are counted in gigabytes at most")]
impl Memory {
    pub(crate) const fn bytes(self) -> f64 {
        self.bytes as f64
    }

    pub(crate) const fn mib(self) -> f64 {
        self.bytes as f64 / MIB
    }

    pub(crate) const fn most_mib(self) -> f64 {
        self.most as f64 / MIB
    }
}

const MIB: f64 = 1_048_576.0;

/// Makes something, and says what it took. Other threads count as well.
pub(crate) fn of<T>(make: impl FnOnce() -> T) -> (T, Memory) {
    for counter in [&HELD, &MOST, &BLOCKS] {
        counter.store(0, Relaxed);
    }
    COUNTS.store(true, Relaxed);
    let it = make();
    COUNTS.store(false, Relaxed);
    (it, Memory { bytes: HELD.load(Relaxed), blocks: BLOCKS.load(Relaxed), most: MOST.load(Relaxed) })
}
