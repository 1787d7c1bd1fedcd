//! An allocator that counts what is held.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static COUNTING: Counting = Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
static BLOCKS: AtomicUsize = AtomicUsize::new(0);

struct Counting;

#[expect(unsafe_code, reason = "an allocator is unsafe to implement; this one hands every call to the system's")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(held, Relaxed);
        BLOCKS.fetch_add(1, Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        BLOCKS.fetch_sub(1, Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(block, layout) }
    }
}

/// What making something took, in bytes asked of the allocator.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// What it holds.
    pub(crate) bytes: usize,
    /// In so many blocks, each of which costs an allocator a few bytes more.
    pub(crate) blocks: usize,
    /// The most that was held while it was made.
    pub(crate) most: usize,
}

/// Makes something, and says what it took.
pub(crate) fn of<T>(make: impl FnOnce() -> T) -> (T, Memory) {
    let (bytes, blocks) = (HELD.load(Relaxed), BLOCKS.load(Relaxed));
    MOST.store(bytes, Relaxed);
    let it = make();
    let memory = Memory {
        bytes: HELD.load(Relaxed) - bytes,
        blocks: BLOCKS.load(Relaxed) - blocks,
        most: MOST.load(Relaxed) - bytes,
    };
    (it, memory)
}
