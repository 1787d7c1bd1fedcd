//! Deciding allocates nothing: neither on facts nor by ids, whatever the answer and however much there is.

#![expect(unsafe_code, reason = "an allocator cannot be counted without one")]

#[path = "no_alloc/facts.rs"]
mod facts;
#[cfg(feature = "directory")]
#[path = "no_alloc/held.rs"]
mod held;
#[path = "no_alloc/questions.rs"]
mod questions;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;

use shipgate::Decision;
use shipgate::policy::ReasonCode;

/// The system's allocator, with a count for each thread: what the test harness does on its own does not count.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is passed on to the system's allocator as it came; the counter is a constant-initialized cell
// without a destructor, so touching it does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps `realloc`'s contract.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What some work gives, and how often it allocated.
fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = ALLOCATIONS.with(Cell::get);
    let made = work();
    (made, ALLOCATIONS.with(Cell::get) - before)
}

/// The answers to many questions, none of which may allocate.
#[derive(Default)]
struct Answers {
    asked: u64,
    reasons: BTreeSet<&'static str>,
    allowed: bool,
    approval: bool,
}

impl Answers {
    fn note(&mut self, question: impl std::fmt::Debug, decide: impl FnOnce() -> Decision) {
        let (decision, allocations) = counted(decide);
        assert_eq!(allocations, 0, "{question:?}: {decision:?}");
        self.asked += 1;
        match decision {
            Decision::Allow => self.allowed = true,
            Decision::RequireApproval(_) => self.approval = true,
            Decision::Deny(reason) => {
                self.reasons.insert(reason.code().as_str());
            }
        }
    }

    /// Every answer that there can be was among them.
    fn are_of_every_kind(&self, never: &[ReasonCode]) {
        assert!(self.allowed && self.approval, "{} questions", self.asked);
        let expected = ReasonCode::ALL.into_iter().filter(|reason| !never.contains(reason));
        assert_eq!(self.reasons, expected.map(ReasonCode::as_str).collect());
    }
}

#[test]
fn the_counter_sees_an_allocation_of_each_sort() {
    let (mut made, allocations) = counted(|| Vec::<u64>::with_capacity(1));
    assert_eq!(allocations, 1, "alloc");
    assert_eq!(counted(|| made.reserve_exact(1_000)).1, 1, "realloc");
    assert_eq!(counted(|| vec![0_u64; 1_000]).1, 1, "alloc_zeroed");
    assert_eq!(counted(|| made.push(1)).1, 0, "nothing");
}

#[test]
fn the_questions_ask_for_every_action() {
    let asked: BTreeSet<_> = questions::actions().iter().map(|action| action.kind().as_str()).collect();
    assert_eq!(asked, shipgate::ActionKind::ALL.map(shipgate::ActionKind::as_str).into());
}

#[test]
fn decide_allocates_nothing_on_facts_with_numbers_for_ids() {
    facts::decide_allocates_nothing::<u64>();
}

#[test]
fn decide_allocates_nothing_on_facts_with_text_for_ids() {
    facts::decide_allocates_nothing::<String>();
}

#[cfg(feature = "directory")]
#[test]
fn a_directory_of_numbers_allocates_nothing_to_decide() {
    held::decide_allocates_nothing::<u64, u64>(|name| Box::leak(Box::new(questions::number(name))));
}

#[cfg(feature = "directory")]
#[test]
fn a_directory_of_text_asked_by_borrowed_text_allocates_nothing_to_decide() {
    held::decide_allocates_nothing::<String, str>(|name| name);
}
