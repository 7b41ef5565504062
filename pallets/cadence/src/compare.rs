//! What is stored in blocks, expressed in time, and the check that a change has kept it.

use crate::rescale::number;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::{Decode, Encode};
use sp_runtime::traits::AtLeast32BitUnsigned;

/// A value that is stored in blocks, expressed in time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Stored {
    /// What the value is, as exactly as possible. It is the same before and after a change.
    pub what: String,
    /// Its time.
    pub time: Time,
}

/// A time, in milliseconds. It can also stand for block numbers beyond the last one, such as the end of a
/// long vesting schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Time {
    /// The time from the clock's origin to a deadline. Negative for a deadline behind.
    Deadline(i128),
    /// The same for a deadline that the change may make later. [`i128::MIN`] if the change may also create
    /// it.
    OrLater(i128),
    /// The length of a duration.
    Duration(i128),
    /// [`BlockNumber::MAX`], which means never, or for ever.
    Never,
    /// Unknown, because the entry cannot be decoded.
    Undecodable,
}

impl Stored {
    /// A deadline, which is a block number of `clock`.
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

    /// A duration, which is a number of blocks of `clock`.
    pub fn duration<N: AtLeast32BitUnsigned + Copy>(what: String, clock: &Clock, blocks: N) -> Self {
        let time = match number(blocks) {
            BlockNumber::MAX => Time::Never,
            blocks => Time::Duration(i128::from(blocks) * i128::from(clock.block_millis)),
        };
        Stored { what, time }
    }

    /// The same deadline, as one that the change may make later.
    pub(crate) fn or_later(self) -> Self {
        match self.time {
            Time::Deadline(due) => Stored { time: Time::OrLater(due), ..self },
            _ => self,
        }
    }

    /// A deadline that the change may create, at any moment.
    pub(crate) fn any_deadline(what: String) -> Self {
        Stored { what, time: Time::OrLater(i128::MIN) }
    }

    /// An entry that cannot be decoded, named by its key.
    pub(crate) fn undecodable(key: &str) -> Self {
        Stored { what: format!("entry {key}"), time: Time::Undecodable }
    }

    /// The same value, named as one of the pallet `name`.
    pub(crate) fn of_pallet(self, name: &str) -> Self {
        Stored { what: format!("{name}: {}", self.what), time: self.time }
    }
}

impl Time {
    /// Whether `change` has kept this time, if it is `after` the change.
    ///
    /// A deadline may not become earlier, and may become later by less than one block. A duration may not
    /// become shorter, and may become longer by less than one block. A deadline that would be before block
    /// zero has to be at block zero. A time that has no block number any more may become never, or any moment
    /// beyond the last block number.
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

/// Compares what was stored before a change with what is stored after it, if no block was made since. Returns
/// a line for each value that the change has not kept.
pub fn moved(before: Vec<Stored>, after: Vec<Stored>, change: &Change) -> Vec<String> {
    compare(before, after, change, 0)
}

/// Compares as [`moved`] does, `since` milliseconds after the change. What has fallen due since may be gone,
/// and so may durations. Deadlines after the change may be new.
///
/// A value is compared only with those of its own name. So a missing value does not make another one look
/// wrong.
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
        // Blocks that were made since the change may have removed what is due, and may have added more.
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

/// Returns the times of `before` that are not kept in `after`, and the times of `after` that were not in
/// `before`. Both arguments are sorted.
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
