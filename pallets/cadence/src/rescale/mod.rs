//! What FRAME's pallets store in blocks: one file per pallet, which says which of its fields are
//! deadlines, durations and rates, and walks its entries.
//!
//! A pallet that is not here, of the SDK or of a chain's own, is a type of a few lines that implements
//! [`Rescale`]; bounties, child bounties, elections, nomination pools and staking are not here. Left
//! alone on purpose are:
//!
//! - **multisig**: a `Timepoint` is the identity of a call in flight, which its signatories name
//!   when they approve it. Moved, none of them could approve, cancel or poke it any more.
//! - **proxy**'s pure proxies: the block of its creation is part of what such an account's address is
//!   derived from, and is not stored.
//! - **preimage**, **session**, **assets** and whatever else stores no number of blocks.

#[cfg(feature = "collator-selection")]
mod collator_selection;
#[cfg(feature = "collective")]
mod collective;
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
#[cfg(feature = "safe-mode")]
mod safe_mode;
#[cfg(feature = "scheduler")]
mod scheduler;
#[cfg(feature = "treasury")]
mod treasury;
#[cfg(feature = "vesting")]
mod vesting;
#[cfg(feature = "whitelist")]
mod whitelist;
#[cfg(feature = "xcm")]
mod xcm;

#[cfg(feature = "collator-selection")]
pub use collator_selection::CollatorSelection;
#[cfg(feature = "collective")]
pub use collective::Collective;
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
#[cfg(feature = "safe-mode")]
pub use safe_mode::SafeMode;
#[cfg(feature = "scheduler")]
pub use scheduler::Scheduler;
#[cfg(feature = "treasury")]
pub use treasury::Treasury;
#[cfg(feature = "vesting")]
pub use vesting::Vesting;
#[cfg(feature = "whitelist")]
pub use whitelist::Whitelist;
#[cfg(feature = "xcm")]
pub use xcm::Xcm;

use crate::{Stored, Walk};
use alloc::vec::Vec;
use cadence::{BlockNumber, Change, Clock};
use core::marker::PhantomData;
use frame_support::traits::PalletInfoAccess;
use sp_runtime::traits::{AtLeast32BitUnsigned, BlockNumberProvider};

/// What one pallet stores in blocks.
pub trait Rescale {
    /// The pallet in the runtime.
    type Pallet: PalletInfoAccess;

    /// The block of the pallet's own clock, if it has a `BlockNumberProvider`. That has to be System's,
    /// as the change is one of the chain's own blocks.
    fn now() -> Option<BlockNumber> {
        None
    }

    /// Does what cannot wait, in full, before the first hook of the first block: rescales what the
    /// pallet's own hooks act on, or keeps them from it until [`Rescale::finish`]. Returns what that
    /// took, and must be a few values, or as many entries as those hooks themselves go through in a block.
    fn begin(_: &Change) -> Touched {
        Touched::default()
    }

    /// Goes on with rescaling, and returns whether all is done. It may take many blocks, in which the
    /// pallet's calls are refused.
    fn rescale(_: &Change, _: &mut Walk) -> bool {
        true
    }

    /// Goes on with what can be done only when all pallets are rescaled, and returns whether all is done.
    fn finish(_: &Change, _: &mut Walk) -> bool {
        true
    }

    /// All that the pallet has stored in blocks, in time, as `clock` tells it: for checks before and
    /// after a change.
    fn stored(clock: &Clock) -> Vec<Stored>;
}

/// So many entries, of so many bytes together, that were read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub entries: u32,
    pub bytes: u32,
}

impl Touched {
    /// `entries` entries of `bytes` bytes each, at most.
    pub fn of(entries: u32, bytes: usize) -> Self {
        Touched { entries, bytes: entries.saturating_mul(bytes as u32) }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Touched {
            entries: self.entries.saturating_add(other.entries),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// A pallet that stores nothing in blocks, and is closed until all that are listed before it are rescaled.
///
/// That is one whose calls reach another's entries by a trait: ranked collective, whose votes set the
/// alarms of referenda; claims and crowdloan rewards, which make vesting schedules. And it is one that
/// dispatches calls that were agreed on before, as a multisig's last approval does: a call that is
/// refused would be used up. Such a pallet is listed last.
pub struct Closed<P>(PhantomData<P>);

impl<P: PalletInfoAccess> Rescale for Closed<P> {
    type Pallet = P;

    fn stored(_: &Clock) -> Vec<Stored> {
        Vec::new()
    }
}

/// The pallet's name in the runtime, as its calls have it.
fn name<R: Rescale>() -> &'static str {
    R::Pallet::name()
}

/// The runtime's pallets that store something in blocks, in the order in which they are rescaled: a
/// pallet whose calls act on another's entries comes after it.
pub trait RescaleAll {
    /// The pallets' names.
    fn names() -> Vec<&'static str>;
    /// The block of each pallet's own clock; see [`Rescale::now`].
    fn clocks() -> Vec<(&'static str, Option<BlockNumber>)>;
    /// Does what cannot wait, of all pallets.
    fn begin(change: &Change) -> Touched;
    /// Goes on with the `i`th pallet, and returns whether it is done; `None` if there is none.
    fn rescale(i: u32, change: &Change, walk: &mut Walk) -> Option<bool>;
    /// Goes on with finishing the `i`th pallet, likewise.
    fn finish(i: u32, change: &Change, walk: &mut Walk) -> Option<bool>;
    /// All that is stored in blocks, in time.
    fn stored(clock: &Clock) -> Vec<Stored>;
}

#[impl_trait_for_tuples::impl_for_tuples(1, 24)]
#[tuple_types_custom_trait_bound(Rescale)]
impl RescaleAll for Tuple {
    fn names() -> Vec<&'static str> {
        let mut names = Vec::new();
        for_tuples!( #( names.push(name::<Tuple>()); )* );
        names
    }

    fn clocks() -> Vec<(&'static str, Option<BlockNumber>)> {
        let mut clocks = Vec::new();
        for_tuples!( #( clocks.push((name::<Tuple>(), Tuple::now())); )* );
        clocks
    }

    fn begin(change: &Change) -> Touched {
        let mut touched = Touched::default();
        for_tuples!( #( touched = touched.and(Tuple::begin(change)); )* );
        touched
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

    fn finish(i: u32, change: &Change, walk: &mut Walk) -> Option<bool> {
        let mut n = 0;
        for_tuples!( #(
            if n == i {
                return Some(Tuple::finish(change, walk));
            }
            n += 1;
        )* );
        let _ = n;
        None
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let mut stored = Vec::new();
        for_tuples!( #(
            // An entry is known by its pallet, too.
            stored.extend(Tuple::stored(clock).into_iter().map(|stored| stored.of(name::<Tuple>())));
        )* );
        stored
    }
}

/// A block number of any runtime; one beyond [`BlockNumber::MAX`] is as far as never, and is left alone.
pub fn number<N: AtLeast32BitUnsigned>(n: N) -> BlockNumber {
    n.unique_saturated_into()
}

/// The block that a provider tells.
fn block_of<P: BlockNumberProvider<BlockNumber: AtLeast32BitUnsigned>>() -> Option<BlockNumber> {
    Some(number(P::current_block_number()))
}

/// Rescales a deadline in place. One that would fall before block zero is put there: what elapsed
/// since is then the whole age of the chain, as blocks are counted now.
pub fn deadline<N: AtLeast32BitUnsigned + Copy>(change: &Change, block: &mut N) {
    let old = number(*block);
    if old != BlockNumber::MAX {
        *block = change.deadline(old).unwrap_or(0).into();
    }
}

/// The number, below zero, of the block at which something ended that [`deadline`] puts at block zero.
#[cfg(any(feature = "democracy", feature = "referenda"))]
fn before_zero<N: AtLeast32BitUnsigned + Copy>(change: &Change, block: N) -> Option<i64> {
    let block = number(block);
    if change.deadline(block).is_some() {
        return None;
    }
    let behind = change.from.millis(block).saturating_neg() / i128::from(change.to.block_millis);
    Some(i128::from(change.to.origin).saturating_sub(behind).try_into().unwrap_or(i64::MIN))
}

/// What an account's prior lock is told as, where it holds until `prior`: one that is over is not told,
/// as it locks only until anybody takes notice. Votes of the account on polls that ended before block
/// zero may join it, so that it ends later, or is new.
#[cfg(any(feature = "democracy", feature = "conviction-voting"))]
fn stored_lock<N: AtLeast32BitUnsigned + Copy>(
    what: alloc::string::String,
    clock: &Clock,
    prior: Option<N>,
    votes: bool,
) -> Option<Stored> {
    let running = prior.filter(|until| number(*until) > clock.origin);
    let lock = running.map(|until| Stored::deadline(what.clone(), clock, until));
    match lock {
        Some(lock) if votes => Some(lock.or_later()),
        None if votes => Some(Stored::any_deadline(what)),
        lock => lock,
    }
}

/// The block until which a vote locks for `periods` periods from a moment [before block zero](before_zero)
/// on; none if that is over. The pallet itself would count from block zero.
#[cfg(any(feature = "democracy", feature = "conviction-voting"))]
fn locked_until<N: AtLeast32BitUnsigned + Copy>(
    change: &Change,
    end: i64,
    period: N,
    periods: u32,
) -> Option<N> {
    let length = i64::from(number(period)).saturating_mul(periods.into());
    let until = u64::try_from(end.saturating_add(length)).ok()?;
    let until = BlockNumber::try_from(until).unwrap_or(BlockNumber::MAX);
    (until > change.to.origin).then(|| until.into())
}

/// Polls that remember, as long as a change is under way, which of them ended before what is block zero
/// now. Their votes need that: each locks for some periods from the end of its poll.
pub trait EndedPolls<Index> {
    /// The number of the block at which the poll ended, below zero, and whether it was approved.
    fn ended_before_zero(poll: Index) -> Option<(i64, bool)>;
}

/// Rescales a duration in place.
pub fn duration<N: AtLeast32BitUnsigned + Copy>(change: &Change, blocks: &mut N) {
    let old = number(*blocks);
    if old != BlockNumber::MAX {
        *blocks = change.duration(old).into();
    }
}
