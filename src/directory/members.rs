//! Members: accounts by id, with their memberships in the same line of memory.

pub(crate) mod given;
pub(crate) mod line;
pub(crate) mod seated;
pub(crate) mod teams;
pub(crate) mod terms;
#[cfg(test)]
mod tests;
pub(crate) mod word;

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::convert::Infallible;
use core::hash::Hash;
use core::iter;
use core::num::NonZero;

use smallvec::SmallVec;

use crate::directory::members::given::Held;
use crate::directory::members::line::{Line, NewMember};
use crate::directory::members::terms::Terms;
use crate::directory::members::word::{LAST_LINE, One, Word, if_same};
use crate::directory::numbers::Numbers;
use crate::directory::slots::Slots;
use crate::directory::table::{Shared, Table};
use crate::model::account::AccountKind;
use crate::model::sorted::Keyed;

/// A membership: the number of the organization, and a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    /// Never 0, so that a record has a value that is none.
    organization: NonZero<u32>,
    pub(crate) word: Word,
}

/// The number of no organization.
const FREE: u32 = u32::MAX;
/// In place of an organization, that the word is the number of a list of seats.
const MANY: u32 = u32::MAX - 1;

impl Seat {
    const FREE: Self = Self::new(FREE, Word::NONE);

    const fn new(organization: u32, word: Word) -> Self {
        let organization = match NonZero::new(organization) {
            Some(organization) => organization,
            None => NonZero::<u32>::MAX,
        };
        Self { organization, word }
    }

    /// The number of the organization.
    #[inline]
    pub(crate) const fn organization(self) -> u32 {
        self.organization.get()
    }
}

/// An account: one line of memory with two others, if the id has 64 bits.
#[derive(Clone, Debug)]
#[repr(align(32))]
pub(crate) struct AccountRecord<Id> {
    id: Id,
    /// The memberships, in the order of the organizations' ids. If there are more than three, the third is the number of a list.
    seats: [Seat; 3],
}

impl<Id> AccountRecord<Id> {
    pub(crate) const fn new(id: Id) -> Self {
        Self { id, seats: [Seat::FREE; 3] }
    }

    #[inline]
    pub(crate) const fn id(&self) -> &Id {
        &self.id
    }

    /// The word of the first membership, unless there is none.
    #[inline]
    pub(crate) const fn first_word(&self) -> Word {
        let [Seat { word, .. }, ..] = self.seats;
        word
    }

    /// The word of the membership in an organization, unless it is in a list.
    // Without a branch: which seat it is cannot be predicted.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    fn word_here(&self, organization: u32) -> u32 {
        let word = |seat: Seat| if_same(seat.organization(), organization, seat.word.0);
        let [a, b, c] = self.seats;
        word(a) | word(b) | word(c)
    }
}

impl<Id> Keyed for AccountRecord<Id> {
    type Key = Id;

    #[inline]
    fn key(&self) -> &Id {
        &self.id
    }
}

impl<Id> Shared for AccountRecord<Id> {}

/// The seats of an account, when they change.
type Seats = SmallVec<[Seat; 4]>;

/// Accounts by id, and what their records name by number.
#[derive(Clone, Debug)]
pub(crate) struct Members<Id> {
    pub(crate) accounts: Table<AccountRecord<Id>>,
    pub(crate) lines: Slots<Line>,
    /// The seats from the third on, of accounts that have more than three.
    lists: Slots<Arc<[Seat]>>,
}

impl<Id> Members<Id> {
    pub(crate) fn new() -> Self {
        Self { accounts: Table::new(), lines: Slots::up_to(LAST_LINE), lists: Slots::up_to(u32::MAX) }
    }

    pub(crate) fn open() -> Self {
        Self { accounts: Table::open(), ..Self::new() }
    }

    /// The seats of an account, in the order of the organizations' ids.
    pub(crate) fn seats<'a>(
        &'a self,
        account: &'a AccountRecord<Id>,
    ) -> impl Iterator<Item = Seat> + Clone + use<'a, Id> {
        let [first, second, third] = &account.seats;
        let (third, list): (_, &[Seat]) = if third.organization() == MANY {
            (None, self.lists.get(third.word.0).map_or(&[], |list| list))
        } else {
            (Some(third), &[])
        };
        let here = [Some(first), Some(second), third].into_iter().flatten().filter(|seat| seat.organization() != FREE);
        here.chain(list).copied()
    }

    /// The seat in an organization that is told by its number.
    #[inline]
    pub(crate) fn find_seat(&self, account: &AccountRecord<Id>, is_it: impl Fn(u32) -> bool) -> Option<Seat> {
        for seat in &account.seats {
            match seat.organization() {
                FREE => return None,
                MANY => {
                    let list = self.lists.get(seat.word.0)?;
                    return list.iter().find(|seat| is_it(seat.organization())).copied();
                }
                organization if is_it(organization) => return Some(*seat),
                _ => {}
            }
        }
        None
    }

    /// The word of an account's membership in an organization.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "part of nearly every decision")]
    pub(crate) fn word(&self, account: &AccountRecord<Id>, organization: u32) -> Word {
        word_of(account, organization, &self.lists)
    }

    /// The kind of an account.
    pub(crate) fn kind(&self, account: &AccountRecord<Id>) -> AccountKind {
        kind_of(account, &self.lines)
    }

    /// The membership with this word.
    #[inline]
    pub(crate) fn terms(&self, word: Word) -> Terms<'_> {
        let line = word.line().and_then(|number| self.lines.get(number));
        line.map_or(Terms::Word(word), Terms::Line)
    }

    /// Makes the next version of them cheap.
    pub(crate) fn share(&mut self) {
        self.accounts.share();
        self.lines.put_on_pages();
        self.lists.put_on_pages();
    }

    /// Whether this many memberships can be changed or added, however they are stored then.
    pub(crate) const fn have_room_for(&self, more: u32) -> bool {
        self.lines.have_room_for(more) && self.lists.have_room_for(more)
    }
}

impl<Id: Hash + Ord + Clone> Members<Id> {
    /// Frees unused capacity.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.lines.for_each_mut(Line::shrink_to_fit);
        self.lines.shrink_to_fit();
        self.lists.shrink_to_fit();
    }
}

impl<Id: Clone> Shared for Members<Id> {
    fn separate(&mut self) {
        self.accounts.separate();
        self.lines.separate();
        self.lists.for_each_mut(|list| *list = Arc::from(&**list));
    }
}

impl<Id: Hash + Ord + Clone> Members<Id> {
    /// Adds a membership of an account, which is added if it is not there.
    pub(crate) fn join(
        &mut self,
        id: &Id,
        account: AccountRecord<Id>,
        (organization, line): (u32, Line),
        numbers: &Numbers<Id>,
    ) {
        let Self { accounts, lines, lists } = self;
        let Some(word) = line.store(lines) else { return };
        let joined: Result<(), Infallible> = accounts.change_or_insert(
            id,
            || account,
            |account| {
                add_seat(account, lists, Seat::new(organization, word), numbers);
                Ok(())
            },
        );
        joined.unwrap_or_else(|never| match never {});
    }

    /// Adds a new membership, if the account has none in the organization and no other kind elsewhere.
    pub(crate) fn admit(
        &mut self,
        id: &Id,
        organization: u32,
        new: NewMember,
        numbers: &Numbers<Id>,
    ) -> Result<(), NotAdmitted> {
        let has_room = self.have_room_for(1);
        let Self { accounts, lines, lists } = self;
        accounts.change_or_insert(
            id,
            || AccountRecord::new(id.clone()),
            |account| {
                let is_member_elsewhere = !account.first_word().is_none();
                if is_member_elsewhere && kind_of(account, lines) != new.kind {
                    return Err(NotAdmitted::OtherKind(kind_of(account, lines)));
                }
                if is_member_elsewhere && !word_of(account, organization, lists).is_none() {
                    return Err(NotAdmitted::Member);
                }
                let word = if has_room { new.store(lines) } else { None };
                let word = word.ok_or(NotAdmitted::Full)?;
                add_seat(account, lists, Seat::new(organization, word), numbers);
                Ok(())
            },
        )
    }

    /// Removes a membership. An account without memberships is not kept.
    pub(crate) fn leave(&mut self, id: &Id, organization: u32) {
        let Self { accounts, lines, lists } = self;
        let Some(account) = accounts.get_mut(id) else { return };
        let mut seats = take_seats(account, lists);
        let place = seats.iter().position(|seat| seat.organization() == organization);
        if let Some(seat) = place.map(|place| seats.remove(place)) {
            seat.word.line().and_then(|line| lines.remove(line));
        }
        if seats.is_empty() {
            accounts.remove(id);
        } else {
            put_seats(account, lists, &seats);
        }
    }

    /// Changes a membership. Returns what `change` does; `None` if there is no such membership.
    pub(crate) fn change<Q, R>(&mut self, id: &Q, organization: u32, change: impl FnOnce(&mut Line) -> R) -> Option<R>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        self.membership_mut(id, organization)?.change(change)
    }

    /// A membership, to be changed.
    pub(crate) fn membership_mut<Q>(&mut self, id: &Q, organization: u32) -> Option<MembershipMut<'_, Id>>
    where
        Id: Borrow<Q>,
        Q: Hash + Ord + ?Sized,
    {
        let Self { accounts, lines, lists } = self;
        let AccountRecord { id: account, seats } = accounts.get_mut(id)?;
        let list = *seats;
        let word = match seats.iter_mut().find(|seat| seat.organization() == organization) {
            Some(seat) => &mut seat.word,
            None => word_in(lists, list, organization)?,
        };
        Some(MembershipMut { account, word, lines })
    }
}

/// A membership, to be changed.
pub(crate) struct MembershipMut<'a, Id> {
    /// The account's own id.
    pub(crate) account: &'a Id,
    word: &'a mut Word,
    lines: &'a mut Slots<Line>,
}

impl<Id> MembershipMut<'_, Id> {
    /// Returns what `change` does; `None` if there is no such line.
    pub(crate) fn change<R>(&mut self, change: impl FnOnce(&mut Line) -> R) -> Option<R> {
        let Self { word, lines, .. } = self;
        let (changed, new) = if let Some(number) = word.line() {
            let line = lines.get_mut(number)?;
            let changed = change(line);
            let new = line.to_word();
            if new.is_some() {
                lines.remove(number);
            }
            (changed, new)
        } else {
            let mut line = Line::of_word(**word);
            let changed = change(&mut line);
            (changed, line.store(lines))
        };
        if let Some(new) = new {
            **word = new;
        }
        Some(changed)
    }

    /// Adds a grant on a place, unless the member has one on it. The grant is given as `one` if it does not expire; `add` adds it to
    /// others, and returns whether there was none.
    pub(crate) fn grant(&mut self, one: Option<One>, numbers: &Numbers<Id>, add: impl FnOnce(&mut Held) -> bool) -> bool
    where
        Id: Ord,
    {
        // The first grant of most members, for which no line is made.
        if let Some(word) = one.and_then(|one| self.word.with_one(one)) {
            *self.word = word;
            return true;
        }
        let added = self.change(|line| {
            let added = one.and_then(|one| line.add_one(one, numbers));
            added.unwrap_or_else(|| line.change_own(numbers, add))
        });
        added == Some(true)
    }
}

/// Why a membership is not added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NotAdmitted {
    /// The account has this kind elsewhere.
    OtherKind(AccountKind),
    /// The account is a member already.
    Member,
    /// There is no number left.
    Full,
}

/// The kind of an account that has a membership.
fn kind_of<Id>(account: &AccountRecord<Id>, lines: &Slots<Line>) -> AccountKind {
    let word = account.first_word();
    match word.line() {
        Some(line) => lines.get(line).map_or(AccountKind::User, |line| line.kind),
        None => word.kind(),
    }
}

/// The word of an account's membership in an organization.
#[inline(always)]
#[expect(clippy::inline_always, reason = "part of nearly every decision")]
fn word_of<Id>(account: &AccountRecord<Id>, organization: u32, lists: &Slots<Arc<[Seat]>>) -> Word {
    let word = account.word_here(organization);
    let [.., third] = account.seats;
    if word == 0 && third.organization() == MANY { word_in_list(third.word.0, organization, lists) } else { Word(word) }
}

#[inline(never)]
fn word_in_list(list: u32, organization: u32, lists: &Slots<Arc<[Seat]>>) -> Word {
    let seats = lists.get(list).into_iter().flat_map(|list| list.iter());
    seats.copied().find(|seat| seat.organization() == organization).map_or(Word::NONE, |seat| seat.word)
}

/// A word in a list of seats, to be changed.
fn word_in(lists: &mut Slots<Arc<[Seat]>>, [.., third]: [Seat; 3], organization: u32) -> Option<&mut Word> {
    let list = lists.get_mut(third.word.0).filter(|_| third.organization() == MANY)?;
    let seat = Arc::make_mut(list).iter_mut().find(|seat| seat.organization() == organization)?;
    Some(&mut seat.word)
}

/// Puts a seat in its place.
fn add_seat<Id: Ord>(
    account: &mut AccountRecord<Id>,
    lists: &mut Slots<Arc<[Seat]>>,
    new: Seat,
    numbers: &Numbers<Id>,
) {
    let id = |seat: Seat| numbers.organization_id(seat.organization());
    let [first, second, third] = account.seats;
    if third.organization() == FREE {
        let goes_before = |seat: Seat| seat.organization() == FREE || id(new) < id(seat);
        account.seats = if goes_before(first) {
            [new, first, second]
        } else if goes_before(second) {
            [first, new, second]
        } else {
            [first, second, new]
        };
        return;
    }
    let mut seats = take_seats(account, lists);
    let place = seats.partition_point(|seat| id(*seat) < id(new));
    seats.insert(place, new);
    put_seats(account, lists, &seats);
}

/// Takes the seats out of a record, and frees the list.
fn take_seats<Id>(account: &mut AccountRecord<Id>, lists: &mut Slots<Arc<[Seat]>>) -> Seats {
    let mut seats = Seats::new();
    for seat in core::mem::replace(&mut account.seats, [Seat::FREE; 3]) {
        match seat.organization() {
            FREE => {}
            MANY => seats.extend(lists.remove(seat.word.0).into_iter().flat_map(|list| list.to_vec())),
            _ => seats.push(seat),
        }
    }
    seats
}

fn put_seats<Id>(account: &mut AccountRecord<Id>, lists: &mut Slots<Arc<[Seat]>>, seats: &Seats) {
    account.seats = match seats.as_slice() {
        [first, second, third, others @ ..] if !others.is_empty() => {
            let list = iter::once(third).chain(others).copied().collect();
            let list = lists.add(list).map_or(Seat::FREE, |list| Seat::new(MANY, Word(list)));
            [*first, *second, list]
        }
        few => {
            let seat = |place: usize| few.get(place).copied().unwrap_or(Seat::FREE);
            [seat(0), seat(1), seat(2)]
        }
    };
}
