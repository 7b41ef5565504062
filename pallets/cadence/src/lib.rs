//! A chain's block time: which is in force, which was in force when, and the change from one to
//! another with everything that is stored in blocks kept to the moment.
//!
//! A runtime is built for one [`Cadence`], [`Config::Cadence`]. When governance has enacted a build
//! for another one, the first block under it ([`Hooks::on_runtime_upgrade`]) enters the change in the
//! [`History`] and starts to rescale what the pallets of [`Config::Stored`] have stored. It does as
//! much at once as [`Config::MaxWeight`] allows, which on most chains is all; the rest follows block
//! by block ([`Hooks::on_poll`]).
//!
//! The chain stays open meanwhile. What could go wrong is closed, pallet by pallet, for as long as
//! that pallet's entries are not all rescaled:
//!
//! - its calls, by [`Open`] as the base call filter: they would take old numbers for new ones;
//! - the scheduler's agendas, by [`Resting`]: tasks would run, and referenda be decided, too early.
//!
//! [`Open`] refuses another upgrade, too. Only Root can set new code meanwhile; what is left of the
//! one change is then done at once, before the other begins.
//!
//! Hooks of pallets that act on their own entries at a block are the reason for the order of
//! `Stored`: those come first, and fit into the first block.
//!
//! What the pallets of the SDK store in blocks is known to [`rescale`]; a pallet of a chain's own
//! implements [`Rescale`].

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

mod api;
mod gates;
mod history;
pub mod rescale;
mod walk;
pub mod weights;

pub use api::*;
pub use gates::{Open, Phase, Resting};
pub use history::{Entry, Point};
pub use pallet::*;
pub use rescale::{moved, Rescale, RescaleAll, Stored};
pub use walk::{Position, Walk};
pub use weights::WeightInfo;

use alloc::{string::String, vec::Vec};
use cadence::{BlockNumber, Cadence, Change};
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
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
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The cadence that this build is for.
        type Cadence: Get<Cadence>;
        /// The cadence in force when this pallet came to a chain that was running already: what such
        /// a chain changes from if the pallet comes with its first change.
        type Before: Get<Cadence>;
        /// The pallets that store something in blocks. One whose calls or hooks act on the entries
        /// of another comes after it; those whose hooks act on their own come first.
        type Stored: RescaleAll;
        type Time: UnixTime;
        /// The most that rescaling may use of a block.
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
        /// All that a pallet has stored in blocks is rescaled, and its calls are open again.
        Rescaled { pallet: String, entries: u32 },
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
        /// the block's own changes and proof.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            History::<T>::get();
            Rescaling::<T>::exists();
            T::DbWeight::get().reads(2)
        }

        /// Notes the moment at which the chain began, and goes on with a change.
        fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
            if now == 1u32.into() && meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_ok() {
                Self::note_beginning();
            }
            let limit = meter.remaining().min(T::MaxWeight::get());
            let mut block = WeightMeter::with_limit(limit);
            Self::go_on(&mut block);
            meter.consume(block.consumed());
        }

        #[cfg(feature = "try-runtime")]
        fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
            Ok(Self::record())
        }

        #[cfg(feature = "try-runtime")]
        fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::check(&state).map_err(|moved| {
                moved.iter().for_each(|line| log::error!("{line}"));
                "something stored in blocks has moved".into()
            })
        }
    }
}

impl<T: Config> Pallet<T> {
    /// The cadence in force.
    pub fn cadence() -> Cadence {
        History::<T>::get().last().map_or_else(T::Before::get, |entry| entry.cadence)
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
            let cadence = T::Before::get();
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
        Rescaling::<T>::put(Ongoing { change, position: Position::default() });
        let mut meter = WeightMeter::with_limit(T::MaxWeight::get());
        Self::go_on(&mut meter);
        meter.consumed().saturating_add(rest.consumed())
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
        loop {
            let pallet = position.pallet;
            let mut walk = Walk::new(&mut position, meter, weights, pallet == first);
            match T::Stored::rescale(pallet, &change, &mut walk) {
                Some(true) => {
                    let name = T::Stored::names().into_iter().nth(pallet as usize).unwrap_or_default();
                    Self::deposit_event(Event::Rescaled { pallet: name.into(), entries: position.entries });
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

    /// Whether all that was [recorded](Pallet::record) before an upgrade is at the same moment after
    /// it; else all that is not, a line for each. What is not rescaled yet is rescaled for it.
    pub fn check(record: &[u8]) -> Result<(), Vec<String>> {
        type Record = Option<(Change, Vec<Stored>)>;
        let Ok(Some((change, before))) = Record::decode(&mut &record[..]) else { return Ok(()) };
        while Rescaling::<T>::exists() {
            Self::go_on(&mut WeightMeter::new());
        }
        let moved = moved(before, T::Stored::stored(&change.to), &change);
        if moved.is_empty() {
            Ok(())
        } else {
            Err(moved)
        }
    }
}
