//! A chain's block time: which is in force, which was in force when, and the change from one to
//! another with everything that is stored in blocks kept to the moment.
//!
//! A runtime is built for one [`Cadence`], [`Config::Cadence`]. When governance has enacted a build
//! for another one, the first block under it enters the change in the [`History`] and rescales what the
//! pallets of [`Config::Stored`] have stored:
//!
//! 1. What hooks act on cannot wait: [`Rescale::begin`] of all pallets does it before any hook runs
//!    ([`Hooks::on_runtime_upgrade`]).
//! 2. [`Rescale::rescale`] goes through the rest, pallet by pallet. The first block does as much as
//!    [`Config::MaxWeight`] allows ([`Hooks::on_initialize`]), which on most chains is all; later ones
//!    go on with it ([`Hooks::on_poll`]).
//! 3. [`Rescale::finish`] does what has to wait until all pallets are rescaled.
//!
//! The chain stays open meanwhile. What could go wrong is closed:
//!
//! - the calls of a pallet until its entries are rescaled, by [`Open`] as the base call filter: they
//!   would take old numbers for new ones;
//! - the scheduler until all is done, by [`Resting`]: tasks would run too early, or fail as their
//!   calls are refused. What fell due meanwhile runs right after;
//! - messages of other chains until all is done, by [`Waiting`], for the same reason.
//!
//! [`Open`] refuses another upgrade, too. Only Root can set new code meanwhile; what is left of the
//! one change is then done at once, before the other begins.
//!
//! While multi-block migrations of the same upgrade are under way the walk waits for them: the SDK
//! gives such blocks to them alone. What was begun stays safe for as long as that takes.
//!
//! A change between cadences of the same block time has nothing to rescale, and is done at once.
//!
//! What thirteen pallets of the SDK store in blocks is known to [`rescale`]. Any other pallet that stores
//! blocks, of the SDK (such as bounties) or of a chain's own, needs an implementation of [`Rescale`].

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

mod api;
mod before;
mod compare;
mod entries;
mod gates;
mod history;
#[cfg(feature = "std")]
mod integrity;
pub mod rescale;
mod walk;
pub mod weights;

pub use api::*;
pub use compare::{moved, Stored, Time};
pub use entries::{Entries, Map};
pub use gates::{Open, Phase, Resting, Waiting};
pub use history::{Entry, Point};
pub use pallet::*;
pub use rescale::{Rescale, RescaleAll, Touched};
pub use walk::{Position, Walk};
pub use weights::WeightInfo;

use alloc::{string::String, vec::Vec};
use cadence::{BlockNumber, Cadence, Change};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    migrations::MultiStepMigrator,
    traits::{ConstU32, Get, UnixTime},
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use scale_info::TypeInfo;
use walk::EntryWeights;

/// The most changes of cadence that a chain remembers; the oldest are forgotten.
pub const MAX_HISTORY: u32 = 64;

/// A change that is still being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ongoing {
    pub change: Change,
    pub position: Position,
}

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    #[cfg(feature = "try-runtime")]
    use frame_support::storage::{with_transaction, TransactionOutcome};
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The cadence that this build is for.
        type Cadence: Get<Cadence>;
        /// The cadence in force when this pallet came to a chain that was running already: what such
        /// a chain changes from if the pallet comes with its first change. Where the Aura slot of the
        /// last block shows that it was not, nothing is changed. Without Aura nothing checks it.
        type Before: Get<Cadence>;
        /// The pallets that store something in blocks. One whose calls act on the entries of another
        /// comes after it, also if it stores nothing in blocks itself: as [`rescale::Closed`]. Those that
        /// dispatch any call come last.
        type Stored: RescaleAll;
        type Time: UnixTime;
        /// The most that rescaling may use of a block, besides what cannot wait.
        type MaxWeight: Get<Weight>;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// All cadences, each with the block after which it came into force.
    #[pallet::storage]
    pub type History<T> = StorageValue<_, BoundedVec<Entry, ConstU32<MAX_HISTORY>>, ValueQuery>;

    /// The change that is being carried out; none when all is rescaled.
    #[pallet::storage]
    pub type Rescaling<T> = StorageValue<_, Ongoing>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Blocks after `at` are built at another cadence.
        Changed { from: Cadence, to: Cadence, at: BlockNumber },
        /// All that a pallet has stored in blocks is rescaled, and its calls are open again. So many
        /// entries were gone through one by one, besides the few that could not wait for that; those
        /// that cannot be decoded are left as they are.
        Rescaled { pallet: String, entries: u32, undecodable: u32 },
        /// Nothing is left to rescale of the change at `at`.
        Completed { at: BlockNumber },
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Pallet::<T>::enter(Entry { since: 0, moment: 0, cadence: T::Cadence::get() });
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Finds out whether the new code is for another cadence, and if so begins the change.
        fn on_runtime_upgrade() -> Weight {
            T::WeightInfo::begin().saturating_add(Self::begin())
        }

        /// Pays for the reads of [`History`] and [`Rescaling`] in a block; later ones are served from
        /// the block's own changes and proof. The first block of a change begins to walk: now all pallets
        /// know of the upgrade, and whether it has migrations.
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            let mut meter = WeightMeter::with_limit(T::MaxWeight::get());
            if Self::is_first_of_cadence(now) && !T::MultiBlockMigrator::ongoing() {
                Self::go_on(&mut meter);
            }
            let proof =
                BoundedVec::<Entry, ConstU32<MAX_HISTORY>>::max_encoded_len() + Ongoing::max_encoded_len();
            let reads = T::DbWeight::get().reads(2).saturating_add(Weight::from_parts(0, proof as u64));
            reads.saturating_add(meter.consumed())
        }

        /// Notes the moment at which the chain began, and goes on with a change: not in its first block,
        /// whose share is used.
        fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
            if now == 1u32.into() && meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_ok() {
                Self::note_beginning();
            }
            if Self::is_first_of_cadence(now) {
                return;
            }
            let limit = meter.remaining().min(T::MaxWeight::get());
            let mut block = WeightMeter::with_limit(limit);
            Self::go_on(&mut block);
            meter.consume(block.consumed());
        }

        #[cfg(feature = "try-runtime")]
        fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
            if History::<T>::get().is_empty() && Self::contradicts(T::Before::get(), T::Cadence::get()) {
                return Err(
                    "the chain was not at `Before`: its last block has a slot of the new cadence".into()
                );
            }
            Ok(Self::record())
        }

        #[cfg(feature = "try-runtime")]
        fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
            // This hook may change nothing, so what it takes to look ahead is taken back.
            let outcome = with_transaction(|| {
                let blocks = Self::finish();
                log::info!("rescaling takes {blocks} more blocks");
                TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(Self::check(&state)))
            })?;
            outcome.map_err(|moved| {
                moved.iter().for_each(|line| log::error!("{line}"));
                "something stored in blocks has moved".into()
            })
        }

        #[cfg(feature = "std")]
        fn integrity_test() {
            integrity::check::<T, T::Stored>();
            let (most, step) = (T::MaxWeight::get(), T::WeightInfo::step());
            assert!(most.all_gte(step), "with `MaxWeight` of {most:?} no change would ever end");
        }
    }
}

impl<T: Config> Pallet<T> {
    /// The cadence in force.
    pub fn cadence() -> Cadence {
        History::<T>::get().last().map_or_else(Self::before, |entry| entry.cadence)
    }

    /// The change that a build for [`Config::Cadence`] is, after this block; none if it is for the
    /// cadence in force.
    pub fn change() -> Option<Change> {
        let (from, to) = (Self::cadence(), T::Cadence::get());
        (from != to).then(|| Change::of_cadence(from, to, Self::now().block))
    }

    /// Begins a change, if there is one to be made, and returns the weight of what it did. Between
    /// the last block of the old code and the first of the new.
    fn begin() -> Weight {
        let now = Self::now();
        if History::<T>::get().is_empty() {
            let cadence = Self::before();
            let age = cadence.time(now.block).as_millis() as u64;
            Self::enter(Entry { since: 0, moment: now.moment.saturating_sub(age), cadence });
        }
        let Some(change) = Self::change() else { return Weight::zero() };
        let mut rest = WeightMeter::new();
        while Rescaling::<T>::exists() {
            Self::go_on(&mut rest);
        }
        let (from, to) = (Self::cadence(), T::Cadence::get());
        Self::enter(Entry { since: now.block, moment: now.moment, cadence: to });
        Self::deposit_event(Event::Changed { from, to, at: now.block });
        if change.from == change.to {
            Self::deposit_event(Event::Completed { at: now.block });
            return rest.consumed();
        }
        let at_once = EntryWeights::of::<T::WeightInfo>().touched(T::Stored::begin(&change));
        Rescaling::<T>::put(Ongoing { change, position: Position::default() });
        rest.consumed().saturating_add(at_once)
    }

    /// Whether block `now` is the first after a change of cadence, or of the chain.
    fn is_first_of_cadence(now: frame_system::pallet_prelude::BlockNumberFor<T>) -> bool {
        let since = History::<T>::get().last().map(|entry| entry.since.saturating_add(1));
        since == Some(rescale::number(now))
    }

    /// Adds to the history, which forgets its oldest entry if it is full.
    fn enter(entry: Entry) {
        History::<T>::mutate(|history| {
            if history.is_full() {
                history.remove(0);
            }
            let _ = history.try_push(entry);
        });
    }

    /// The first block's timestamp tells the moment of block zero, which has none.
    fn note_beginning() {
        let now = Self::now();
        History::<T>::mutate(|history| {
            for first in history.iter_mut().take(1).filter(|first| first.moment == 0) {
                first.moment = now.moment.saturating_sub(first.cadence.block_millis().into());
            }
        });
    }

    /// Rescales as many entries as fit into `meter`.
    fn go_on(meter: &mut WeightMeter) {
        let Some(Ongoing { change, mut position }) = Rescaling::<T>::get() else { return };
        if meter.try_consume(T::WeightInfo::step()).is_err() {
            return;
        }
        let first = position.pallet;
        let weights = EntryWeights::of::<T::WeightInfo>();
        let names = T::Stored::names();
        loop {
            let pallet = position.pallet;
            let mut walk = Walk::new(&mut position, meter, weights, pallet == first);
            let name = names.get(pallet as usize);
            let done = match name {
                Some(_) => T::Stored::rescale(pallet, &change, &mut walk),
                None => T::Stored::finish(pallet.saturating_sub(names.len() as u32), &change, &mut walk),
            };
            match done {
                Some(true) => {
                    if let Some(name) = name {
                        let Position { entries, undecodable, .. } = position;
                        let pallet = (*name).into();
                        Self::deposit_event(Event::Rescaled { pallet, entries, undecodable });
                    }
                    position.next_pallet();
                }
                Some(false) => return Rescaling::<T>::put(Ongoing { change, position }),
                None => break,
            }
        }
        Rescaling::<T>::kill();
        Self::deposit_event(Event::Completed { at: change.from.origin });
    }

    /// What is stored in blocks before an upgrade that changes the cadence, for [`Pallet::check`] after
    /// it; empty before any other. For try-runtime, and for rehearsals of a team's own.
    pub fn record() -> Vec<u8> {
        Self::change().map(|change| (change, T::Stored::stored(&change.from))).encode()
    }

    /// Goes on with a change to its end, in steps as large as a block allows, and returns how many it
    /// took. For rehearsals that make no blocks.
    pub fn finish() -> u32 {
        let mut blocks = 0;
        while Rescaling::<T>::exists() {
            Self::go_on(&mut WeightMeter::with_limit(T::MaxWeight::get()));
            blocks += 1;
        }
        blocks
    }

    /// Whether all that was [recorded](Pallet::record) before an upgrade is at the same moment after it
    /// and after all is rescaled; else what is not, a line for each. For rehearsals.
    ///
    /// Blocks may have been made since: what has fallen due in them may be gone, and what they have
    /// stored is not looked at. What could not be decoded before is told to the log alone.
    pub fn check(record: &[u8]) -> Result<(), Vec<String>> {
        let Ok(record) = Option::<(Change, Vec<Stored>)>::decode(&mut &record[..]) else {
            return Err(alloc::vec!["this is no record of this version".into()]);
        };
        let Some((change, before)) = record else { return Ok(()) };
        if Rescaling::<T>::exists() {
            let closed = match Self::closed() {
                none if none.is_empty() => "all is rescaled, and is being finished".into(),
                closed => closed.join(", "),
            };
            return Err(alloc::vec![alloc::format!("the change is still under way: {closed}")]);
        }
        let since = change.to.millis(Self::now().block);
        let lines = compare::compare(before, T::Stored::stored(&change.to), &change, since);
        if lines.is_empty() {
            Ok(())
        } else {
            Err(lines)
        }
    }
}
