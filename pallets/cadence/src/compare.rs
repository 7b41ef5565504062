//! What is stored in blocks, in time, and whether a change has kept it.

use crate::rescale::number;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::{Decode, Encode};
use sp_runtime::traits::AtLeast32BitUnsigned;

/// Something stored in blocks, in time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Stored {
    /// What it is, as exactly as can be; the same before and after a change.
    pub what: String,
    pub time: Time,
}

/// Time, in milliseconds. It is told of block numbers beyond the last, too: the end of a long schedule
/// is a moment as any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Time {
    /// From the clock's origin to a deadline; negative for one behind.
    Deadline(i128),
    /// The same of a deadline that the change may make later; [`i128::MIN`] if it may make it.
    OrLater(i128),
    /// How long something lasts.
    Duration(i128),
    /// [`BlockNumber::MAX`]: never, or for ever.
    Never,
    /// Nobody knows: the entry cannot be decoded.
    Undecodable,
}

impl Stored {
    pub fn deadline<N: AtLeast32BitUnsigned + Copy>(what: String, clock: &Clock, block: N) -> Self {
        match number(block) {
            BlockNumber::MAX => Stored { what, time: Time::Never },
            block => Self::moment(what, clock, block.into()),
        }
    }

    /// A deadline that may be beyond the last block number.
    pub fn moment(what: String, clock: &Clock, block: u128) -> Self {
        Stored { what, time: Time::Deadline(clock.millis(block)) }
    }

    pub fn duration<N: AtLeast32BitUnsigned + Copy>(what: String, clock: &Clock, blocks: N) -> Self {
        let time = match number(blocks) {
            BlockNumber::MAX => Time::Never,
            blocks => Time::Duration(i128::from(blocks) * i128::from(clock.block_millis)),
        };
        Stored { what, time }
    }

    /// The same, of a deadline that the change may make later.
    pub(crate) fn or_later(self) -> Self {
        match self.time {
            Time::Deadline(due) => Stored { time: Time::OrLater(due), ..self },
            _ => self,
        }
    }

    /// A deadline that may be made by the change, and may be any.
    pub(crate) fn any_deadline(what: String) -> Self {
        Stored { what, time: Time::OrLater(i128::MIN) }
    }

    /// An entry that cannot be decoded, by its key.
    pub(crate) fn undecodable(key: &str) -> Self {
        Stored { what: format!("entry {key}"), time: Time::Undecodable }
    }

    /// The same, of the pallet `name`.
    pub(crate) fn of(self, name: &str) -> Self {
        Stored { what: format!("{name}: {}", self.what), time: self.time }
    }
}

impl Time {
    /// Whether `after` is the same as this before `change`: a deadline never earlier and less than one
    /// block later, a duration never shorter and less than one block longer. What would be before block
    /// zero is at block zero; what has no block number any more is as far as never, or as any moment
    /// that no block has.
    pub fn is_kept(self, after: Time, change: &Change) -> bool {
        let block = i128::from(change.to.block_millis);
        let (zero, last) = (change.to.millis(0u32), change.to.millis(BlockNumber::MAX - 1));
        let longest = block * i128::from(BlockNumber::MAX - 1);
        match (self, after) {
            (Time::Never, Time::Never) | (Time::Undecodable, Time::Undecodable) => true,
            (Time::OrLater(before), Time::OrLater(after) | Time::Deadline(after)) => after >= before,
            (Time::OrLater(_), Time::Never) => true,
            (Time::Deadline(before), Time::Never) => before > last,
            (Time::Duration(before), Time::Never) => before > longest,
            (Time::Deadline(before), Time::Deadline(after)) if before > last => after > last,
            (Time::Deadline(before), Time::Deadline(after)) if before < zero => after == zero,
            (Time::Deadline(before), Time::Deadline(after))
            | (Time::Duration(before), Time::Duration(after)) => {
                (before..before.saturating_add(block)).contains(&after)
            }
            _ => false,
        }
    }
}

/// What of `before` is not found in `after` as the change should have left it, a line for each, where no
/// block was made meanwhile.
pub fn moved(before: Vec<Stored>, after: Vec<Stored>, change: &Change) -> Vec<String> {
    compare(before, after, change, 0)
}

/// As [`moved`], `since` milliseconds after the change: what fell due meanwhile may be gone, and so may
/// durations of what runs no more; what is stored for later than the change may be new.
///
/// An entry is compared with those of its own name, so that one that is missing makes no other a wrong
/// one.
pub(crate) fn compare(before: Vec<Stored>, after: Vec<Stored>, change: &Change, since: i128) -> Vec<String> {
    let mut sides = BTreeMap::<String, (Vec<Time>, Vec<Time>)>::new();
    for Stored { what, time } in before {
        sides.entry(what).or_default().0.push(time);
    }
    for Stored { what, time } in after {
        sides.entry(what).or_default().1.push(time);
    }
    let mut lines = Vec::new();
    for (what, (mut before, mut after)) in sides {
        before.sort();
        after.sort();
        let (lost, new) = unmatched(before, after, change);
        // Of this change, whatever was made of them since.
        let is_lost = |time: &Time| match time {
            Time::Deadline(due) => since == 0 || *due > since,
            Time::OrLater(due) => *due > since,
            Time::Duration(_) | Time::Undecodable => since == 0,
            Time::Never => true,
        };
        let is_wrong = |time: &Time| match time {
            Time::Deadline(due) => since == 0 || *due <= 0,
            Time::OrLater(due) => since == 0 && *due > 0,
            Time::Duration(_) | Time::Never => since == 0,
            Time::Undecodable => true,
        };
        if lost.iter().any(is_lost) || new.iter().any(is_wrong) {
            lines.push(format!("{what}: {lost:?} became {new:?}"));
        }
    }
    lines
}

/// What of the one is not kept in the other, and what of the other was not in the one; both are in order.
fn unmatched(before: Vec<Time>, after: Vec<Time>, change: &Change) -> (Vec<Time>, Vec<Time>) {
    let (mut lost, mut new) = (Vec::new(), Vec::new());
    let mut after = after.into_iter().peekable();
    for time in before {
        while let Some(other) = after.next_if(|other| !time.is_kept(*other, change) && *other < time) {
            new.push(other);
        }
        if after.next_if(|other| time.is_kept(*other, change)).is_none() {
            lost.push(time);
        }
    }
    new.extend(after);
    (lost, new)
}
