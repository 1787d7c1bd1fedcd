//! Which slot a fact has: perfect hashing.
//!
//! Hashes are in groups of a few. Each group has a pilot: the number of the function that gives its facts slots which no other fact
//! of the page has.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::ops::Range;

use smallvec::SmallVec;

/// As many as have room in a line of memory, beside two pointers.
const GROUPS: usize = 40;

/// By group: how the facts of the group are placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pilots([u8; GROUPS]);

/// The group of a hash, from some of the bits that choose no page.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of every decision")]
#[expect(clippy::as_conversions, reason = "fewer than the groups")]
pub(super) const fn group(hash: u64) -> usize {
    ((hash & 0xffff_ffff).wrapping_mul(GROUPS as u64) >> u32::BITS) as usize
}

/// Where a pilot places a hash among some slots.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of every decision")]
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "halves, and fewer than the slots")]
pub(super) const fn place(hash: u64, pilot: u8, slots: usize) -> usize {
    let (low, high) = (hash as u32, (hash >> u32::BITS) as u32);
    let mixed = low.wrapping_add(high.wrapping_mul(pilot as u32));
    ((mixed as u64).wrapping_mul(slots as u64) >> u32::BITS) as usize
}

impl Pilots {
    pub(super) const FIRST: Self = Self([0; GROUPS]);

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of every decision")]
    pub(super) fn place(&self, hash: u64, slots: usize) -> usize {
        place(hash, self.0.get(group(hash)).copied().unwrap_or(0), slots)
    }

    pub(super) fn set(&mut self, group: usize, pilot: u8) {
        if let Some(present) = self.0.get_mut(group) {
            *present = pilot;
        }
    }
}

/// How the facts of a page are placed.
pub(super) struct Plan {
    pub(super) pilots: Pilots,
    pub(super) slots: usize,
    /// Whether each fact has a slot.
    pub(super) is_whole: bool,
}

/// Hashes by group.
pub(super) struct Groups {
    hashes: Vec<u64>,
    /// The ranges of the groups, the largest first: for them it is hardest to find room.
    groups: SmallVec<[(usize, Range<usize>); GROUPS]>,
}

impl Groups {
    pub(super) fn of(hashes: &[u64]) -> Self {
        // The end of each group, and then, as its hashes are put before it, its start.
        let mut ends = [0_usize; GROUPS];
        for hash in hashes {
            if let Some(size) = ends.get_mut(group(*hash)) {
                *size = size.saturating_add(1);
            }
        }
        let mut end = 0_usize;
        let mut groups = SmallVec::<[(usize, Range<usize>); GROUPS]>::new();
        for (group, size) in ends.iter_mut().enumerate().filter(|(_, size)| **size != 0) {
            let start = end;
            end = end.saturating_add(*size);
            *size = end;
            groups.push((group, start..end));
        }
        let mut by_group = vec![0; hashes.len()];
        for hash in hashes {
            let Some(end) = ends.get_mut(group(*hash)) else { continue };
            *end = end.saturating_sub(1);
            if let Some(place) = by_group.get_mut(*end) {
                *place = *hash;
            }
        }
        groups.sort_unstable_by_key(|(_, range)| Reverse(range.len()));
        Self { hashes: by_group, groups }
    }

    /// Places the hashes among some slots.
    pub(super) fn plan(&self, slots: usize) -> Plan {
        let mut plan = Plan { pilots: Pilots::FIRST, slots, is_whole: true };
        let mut taken = vec![false; slots];
        for (group, range) in &self.groups {
            let hashes = self.hashes.get(range.clone()).unwrap_or_default();
            match (0..=u8::MAX).find(|pilot| take_all(hashes, *pilot, &mut taken)) {
                Some(pilot) => plan.pilots.set(*group, pilot),
                None => plan.is_whole = false,
            }
        }
        plan
    }
}

/// Takes the slots in which a pilot places the hashes, if they are all free.
fn take_all(hashes: &[u64], pilot: u8, taken: &mut [bool]) -> bool {
    let slots = taken.len();
    for (before, hash) in hashes.iter().enumerate() {
        match taken.get_mut(place(*hash, pilot, slots)) {
            Some(taken) if !*taken => *taken = true,
            Some(_) | None => {
                // One of these has it, or another group.
                for hash in hashes.iter().take(before) {
                    if let Some(taken) = taken.get_mut(place(*hash, pilot, slots)) {
                        *taken = false;
                    }
                }
                return false;
            }
        }
    }
    true
}
