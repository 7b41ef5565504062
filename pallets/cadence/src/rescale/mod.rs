//! What FRAME's pallets store in blocks. There is one file for each pallet. It states which fields are
//! deadlines, durations and rates, and rescales the pallet's entries.
//!
//! For a pallet that is not here, of the SDK or of the chain itself, the chain implements [`Rescale`] for a
//! type of its own, in a few lines. Bounties, child bounties, elections, nomination pools and staking are not
//! here. These are left alone on purpose:
//!
//! - **multisig**: a `Timepoint` identifies a pending call. The signatories name it when they approve the
//!   call. If it were rescaled, none of them could approve, cancel or poke the call any more.
//! - **proxy**'s pure proxies: the address of such an account is derived from the block of its creation,
//!   among other things. That block is not stored.
//! - **preimage**, **session**, **assets** and all other pallets that store no number of blocks.

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
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::traits::PalletInfoAccess;
use sp_runtime::traits::{AtLeast32BitUnsigned, BlockNumberProvider};

/// How to rescale what one pallet stores in blocks.
pub trait Rescale {
    /// The pallet in the runtime.
    type Pallet: PalletInfoAccess;

    /// The current block of the pallet's own clock, if the pallet has a `BlockNumberProvider`. That provider
    /// has to be System, because a change of cadence concerns the chain's own blocks.
    fn now() -> Option<BlockNumber> {
        None
    }

    /// The names of the pallets that have to be listed before this one, if they are listed at all. The
    /// integrity test checks this order.
    fn after() -> Vec<&'static str> {
        Vec::new()
    }

    /// Does what cannot wait, completely, before the first hook of the first block. It rescales what the
    /// pallet's own hooks act on, or keeps the hooks from acting on it until [`Rescale::finish`].
    ///
    /// Returns what it has read and written. That may only be a few values, or as many entries as those
    /// hooks themselves go through in a block.
    fn begin(_: &Change) -> Touched {
        Touched::default()
    }

    /// Continues to rescale the pallet's entries, and returns whether that is done. It may take many blocks,
    /// in which the pallet's calls are refused.
    fn rescale(_: &Change, _: &mut Walk) -> bool {
        true
    }

    /// Continues with what has to wait until all pallets are rescaled, and returns whether that is done.
    fn finish(_: &Change, _: &mut Walk) -> bool {
        true
    }

    /// Everything that the pallet has stored in blocks, expressed in time by means of `clock`. For checks
    /// before and after a change.
    fn stored(clock: &Clock) -> Vec<Stored>;
}

/// The number and the size of entries that were read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The number of entries.
    pub entries: u32,
    /// Their size, in bytes, all together.
    pub bytes: u32,
}

impl Touched {
    /// `entries` entries of at most `bytes` bytes each.
    pub fn of(entries: u32, bytes: usize) -> Self {
        Touched { entries, bytes: entries.saturating_mul(bytes as u32) }
    }

    /// The entries of both.
    pub fn and(self, other: Self) -> Self {
        Touched {
            entries: self.entries.saturating_add(other.entries),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// A pallet that stores nothing in blocks, but has to be closed until all pallets listed before it are
/// rescaled. There are two kinds:
///
/// - A pallet whose calls reach another pallet's entries by a trait. Votes of ranked collective set the
///   alarms of referenda. Claims and crowdloan rewards make vesting schedules.
/// - A pallet that dispatches calls which were agreed on before. The last approval of a multisig does so. If
///   the call were refused, its approvals would be used up. Such a pallet is listed last.
pub struct Closed<P>(PhantomData<P>);

impl<P: PalletInfoAccess> Rescale for Closed<P> {
    type Pallet = P;

    fn stored(_: &Clock) -> Vec<Stored> {
        Vec::new()
    }
}

/// The name of the pallet in the runtime, as in the metadata of its calls.
fn pallet_name<R: Rescale>() -> &'static str {
    R::Pallet::name()
}

/// A pallet in the list of a runtime, as the integrity test sees it.
pub struct Listed {
    /// The name of the pallet.
    pub name: &'static str,
    /// See [`Rescale::now`].
    pub now: Option<BlockNumber>,
    /// See [`Rescale::after`].
    pub after: Vec<&'static str>,
}

/// The pallets of a runtime that store something in blocks, in the order in which they are rescaled. A pallet
/// whose calls act on the entries of another one comes after it.
pub trait RescaleAll {
    /// The names of the pallets.
    fn names() -> Vec<&'static str>;
    /// The pallets, for the integrity test.
    fn listed() -> Vec<Listed>;
    /// Calls [`Rescale::begin`] of all pallets.
    fn begin(change: &Change) -> Touched;
    /// Calls [`Rescale::rescale`] of pallet number `i`, counted from zero. `None` if there is no such pallet.
    fn rescale(i: u32, change: &Change, walk: &mut Walk) -> Option<bool>;
    /// Calls [`Rescale::finish`] of pallet number `i`, counted from zero. `None` if there is no such pallet.
    fn finish(i: u32, change: &Change, walk: &mut Walk) -> Option<bool>;
    /// Everything that all pallets have stored in blocks, expressed in time.
    fn stored(clock: &Clock) -> Vec<Stored>;
}

#[impl_trait_for_tuples::impl_for_tuples(1, 24)]
#[tuple_types_custom_trait_bound(Rescale)]
#[allow(clippy::vec_init_then_push)] // The macro makes one such line for each pallet.
impl RescaleAll for Tuple {
    fn names() -> Vec<&'static str> {
        let mut names = Vec::new();
        for_tuples!( #( names.push(pallet_name::<Tuple>()); )* );
        names
    }

    fn listed() -> Vec<Listed> {
        let mut listed = Vec::new();
        for_tuples!( #(
            listed.push(Listed {
                name: pallet_name::<Tuple>(),
                now: Tuple::now(),
                after: Tuple::after(),
            });
        )* );
        listed
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
            stored.extend(
                Tuple::stored(clock).into_iter().map(|stored| stored.of_pallet(pallet_name::<Tuple>())),
            );
        )* );
        stored
    }
}

/// Converts a block number of any runtime. Saturates at [`BlockNumber::MAX`], which means never and is not
/// rescaled.
pub fn number<N: AtLeast32BitUnsigned>(n: N) -> BlockNumber {
    n.unique_saturated_into()
}

/// The current block of a provider.
fn provider_block<P: BlockNumberProvider<BlockNumber: AtLeast32BitUnsigned>>() -> Option<BlockNumber> {
    Some(number(P::current_block_number()))
}

/// Rescales a deadline in place. A deadline that would fall before block zero becomes block zero. The time
/// since then is the whole age of the chain, at the new block time.
pub fn deadline<N: AtLeast32BitUnsigned + Copy>(change: &Change, block: &mut N) {
    let old = number(*block);
    if old != BlockNumber::MAX {
        *block = change.deadline(old).unwrap_or(0).into();
    }
}

/// The block number, below zero, of an end that [`deadline`] moves to block zero. None for any other end.
#[cfg(any(feature = "democracy", feature = "referenda"))]
fn before_zero<N: AtLeast32BitUnsigned + Copy>(change: &Change, block: N) -> Option<i64> {
    let block = number(block);
    if change.deadline(block).is_some() {
        return None;
    }
    let behind = change.from.millis(block).saturating_neg() / i128::from(change.to.block_millis);
    Some(i128::from(change.to.origin).saturating_sub(behind).try_into().unwrap_or(i64::MIN))
}

/// The [`Stored`] value of an account's prior lock, which holds until `prior`. None if the lock is over,
/// because then anyone can remove it at any time. If the account has `votes`, those on polls that ended
/// before block zero may be joined to the lock. It may then end later, or be new.
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

/// The block until which a vote locks, if it locks for `periods` periods from `end` on, a block number [below
/// zero](before_zero). None if that is over. The pallet itself would count from block zero.
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

/// A pallet of polls that remembers during a change which of them ended before block zero. The votes on a
/// poll need that, because each vote locks for a number of periods from the end of its poll.
pub trait EndedPolls<Index>: PalletInfoAccess {
    /// The block number, below zero, at which the poll ended, and whether it was approved. None for any other
    /// poll.
    fn ended_before_zero(poll: Index) -> Option<(i64, bool)>;
}

/// Rescales a duration in place.
pub fn duration<N: AtLeast32BitUnsigned + Copy>(change: &Change, blocks: &mut N) {
    let old = number(*blocks);
    if old != BlockNumber::MAX {
        *blocks = change.duration(old).into();
    }
}

/// Converts a value to a type that has the same encoding. None if the encoding does not fit.
///
/// This gives access to the fields of a type that its pallet keeps private.
pub fn transcode<To: Decode>(value: &impl Encode) -> Option<To> {
    To::decode(&mut &value.encode()[..]).ok()
}
