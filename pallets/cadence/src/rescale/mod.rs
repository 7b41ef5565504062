//! What FRAME's pallets store in blocks: one file per pallet, which says which of its fields are
//! deadlines, durations and rates, and walks its entries.
//!
//! A pallet that is not here, or one of a chain's own, is a type of a few lines that implements
//! [`Rescale`]. Three pallets count blocks and are left alone on purpose:
//!
//! - **multisig**: a `Timepoint` is the identity of a call in flight, which its signatories name
//!   when they approve it. Moved, none of them could approve, cancel or poke it any more.
//! - **proxy**'s pure proxies: the block of its creation is part of what such an account's address is
//!   derived from, and is not stored.
//! - **preimage**, **session**, **assets** and whatever else stores no number of blocks.

#[cfg(feature = "collator-selection")]
mod collator_selection;
#[cfg(feature = "conviction-voting")]
mod conviction_voting;
#[cfg(feature = "democracy")]
mod democracy;
#[cfg(feature = "identity")]
mod identity;
#[cfg(feature = "proxy")]
mod proxy;
#[cfg(feature = "referenda")]
mod referenda;
#[cfg(feature = "scheduler")]
mod scheduler;
#[cfg(feature = "treasury")]
mod treasury;
#[cfg(feature = "vesting")]
mod vesting;
#[cfg(feature = "xcm")]
mod xcm;

#[cfg(feature = "collator-selection")]
pub use collator_selection::CollatorSelection;
#[cfg(feature = "conviction-voting")]
pub use conviction_voting::ConvictionVoting;
#[cfg(feature = "democracy")]
pub use democracy::Democracy;
#[cfg(feature = "identity")]
pub use identity::Identity;
#[cfg(feature = "proxy")]
pub use proxy::Proxy;
#[cfg(feature = "referenda")]
pub use referenda::Referenda;
#[cfg(feature = "scheduler")]
pub use scheduler::Scheduler;
#[cfg(feature = "treasury")]
pub use treasury::Treasury;
#[cfg(feature = "vesting")]
pub use vesting::Vesting;
#[cfg(feature = "xcm")]
pub use xcm::Xcm;

use crate::Walk;
use alloc::{string::String, vec::Vec};
use cadence::{BlockNumber, Change, Clock};
use codec::{Decode, Encode};
use sp_runtime::traits::AtLeast32BitUnsigned;

/// What one pallet stores in blocks.
pub trait Rescale {
    /// The pallet's name in the runtime.
    fn name() -> &'static str;

    /// Goes on with rescaling, and returns whether all is done.
    fn rescale(change: &Change, walk: &mut Walk) -> bool;

    /// All that the pallet has stored in blocks, in time, as `clock` tells it: for checks before and
    /// after a change.
    fn stored(clock: &Clock) -> Vec<Stored>;
}

/// Something stored in blocks, in time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Stored {
    /// What it is; the same before and after a change.
    pub what: String,
    pub time: Time,
}

/// Time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Time {
    /// From the clock's origin to a deadline; negative for one behind, [`i64::MAX`] for never.
    Deadline(i64),
    /// How long something lasts.
    Duration(i64),
}

impl Stored {
    pub fn deadline<N: AtLeast32BitUnsigned + Copy>(what: String, clock: &Clock, block: N) -> Self {
        let millis = match number(block) {
            BlockNumber::MAX => i64::MAX,
            block => clock.millis(block),
        };
        Stored { what, time: Time::Deadline(millis) }
    }

    pub fn duration<N: AtLeast32BitUnsigned + Copy>(what: String, clock: &Clock, blocks: N) -> Self {
        let millis = i64::from(number(blocks)).saturating_mul(clock.block_millis.into());
        Stored { what, time: Time::Duration(millis) }
    }

    /// Whether `after` is the same as this before `change`: ahead never earlier and less than one
    /// block later, behind as long ago and less than one block longer. What would be before block
    /// zero is at block zero.
    pub fn is_kept(&self, after: &Stored, change: &Change) -> bool {
        let block = i64::from(change.to.block_millis);
        let kept = match (self.time, after.time) {
            // So far ahead that there is no block of that number.
            (Time::Deadline(before), Time::Deadline(i64::MAX)) => {
                before > change.to.millis(BlockNumber::MAX - 1)
            }
            (Time::Deadline(before), Time::Deadline(after)) if before < 0 => {
                (before - block + 1..=before).contains(&after)
                    || (before <= change.to.millis(0) && after == change.to.millis(0))
            }
            (Time::Deadline(before), Time::Deadline(after))
            | (Time::Duration(before), Time::Duration(after)) => {
                before == after || (before..before.saturating_add(block)).contains(&after)
            }
            _ => false,
        };
        kept && self.what == after.what
    }
}

/// What of `before` is not found in `after` as the change should have left it, a line for each.
pub fn moved(mut before: Vec<Stored>, mut after: Vec<Stored>, change: &Change) -> Vec<String> {
    before.sort();
    after.sort();
    let mut lines = Vec::new();
    if before.len() != after.len() {
        lines.push(alloc::format!("there were {} entries, and are {}", before.len(), after.len()));
    }
    for (before, after) in before.iter().zip(&after) {
        if !before.is_kept(after, change) {
            lines.push(alloc::format!(
                "{}: {:?} became {:?} ({})",
                before.what,
                before.time,
                after.time,
                after.what
            ));
        }
    }
    lines
}

/// The runtime's pallets that store something in blocks, in the order in which they are rescaled: a
/// pallet whose calls act on another's entries comes after it.
pub trait RescaleAll {
    /// The pallets' names.
    fn names() -> Vec<&'static str>;
    /// Goes on with the `i`th pallet, and returns whether it is done; `None` if there is none.
    fn rescale(i: u32, change: &Change, walk: &mut Walk) -> Option<bool>;
    /// All that is stored in blocks, in time.
    fn stored(clock: &Clock) -> Vec<Stored>;
}

#[impl_trait_for_tuples::impl_for_tuples(1, 24)]
#[tuple_types_custom_trait_bound(Rescale)]
impl RescaleAll for Tuple {
    fn names() -> Vec<&'static str> {
        let mut names = Vec::new();
        for_tuples!( #( names.push(Tuple::name()); )* );
        names
    }

    fn rescale(i: u32, change: &Change, walk: &mut Walk) -> Option<bool> {
        let mut n = 0;
        for_tuples!( #(
            if n == i {
                return Some(Tuple::rescale(change, walk));
            }
            n += 1;
        )* );
        let _ = n;
        None
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for_tuples!( #( stored.extend(Tuple::stored(clock)); )* );
        stored
    }
}

/// A block number of any runtime; those beyond [`BlockNumber::MAX`] mean never.
pub fn number<N: AtLeast32BitUnsigned>(n: N) -> BlockNumber {
    n.unique_saturated_into()
}

/// Rescales a deadline in place. One that would fall before block zero is put there: what elapsed
/// since is then the whole age of the chain, as blocks are counted now.
pub fn deadline<N: AtLeast32BitUnsigned + Copy>(change: &Change, block: &mut N) {
    let old = number(*block);
    if old != BlockNumber::MAX {
        *block = change.deadline(old).unwrap_or(0).into();
    }
}

/// Rescales a duration in place.
pub fn duration<N: AtLeast32BitUnsigned + Copy>(change: &Change, blocks: &mut N) {
    let old = number(*blocks);
    if old != BlockNumber::MAX {
        *blocks = change.duration(old).into();
    }
}
