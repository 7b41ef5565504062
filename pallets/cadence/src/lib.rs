//! The cadence of a chain: the one in force, the history of all, and the change from one to another.
//!
//! A runtime is built for one [`Cadence`], which is [`Config::Cadence`]. When governance enacts a build for
//! another cadence, the first block under it adds the change to the [`History`]. It also begins to rescale
//! what the pallets of [`Config::Stored`] have stored in blocks, so that each stored number keeps its meaning
//! in time. This has three steps:
//!
//! 1. [`Rescale::begin`] of each pallet rescales what hooks act on. This cannot wait, and is done before any
//!    hook runs ([`Hooks::on_runtime_upgrade`]).
//! 2. [`Rescale::rescale`] goes through the rest, pallet by pallet. The first block does as much as
//!    [`Config::MaxWeight`] allows ([`Hooks::on_initialize`]). On most chains that is everything. Otherwise
//!    later blocks continue ([`Hooks::on_poll`]).
//! 3. [`Rescale::finish`] does what has to wait until all pallets are rescaled.
//!
//! The chain keeps running during the change. Three things are closed, because they could go wrong:
//!
//! - The calls of a pallet are refused until its entries are rescaled, because they would take old numbers
//!   for new ones. [`Open`] does this as the base call filter.
//! - The scheduler rests until everything is rescaled, because tasks would run too early, or fail because
//!   their calls are refused. Tasks that fall due in that time run right after. [`Resting`] does this.
//! - Messages from other chains wait until everything is rescaled, for the same reason. [`Waiting`] does
//!   this.
//!
//! [`Open`] refuses another upgrade, too. Only Root can set new code during a change. Then the rest of the
//! first change is done at once, before the next one begins.
//!
//! If the same upgrade has multi-block migrations, the walk through the entries waits for them, because the
//! SDK reserves such blocks for migrations. What is closed stays closed for as long as that takes.
//!
//! If two cadences have the same block time, a change between them has nothing to rescale, and is done at
//! once.
//!
//! [`rescale`] covers what thirteen pallets of the SDK store in blocks. For any other pallet that stores
//! blocks, of the SDK (such as bounties) or of the chain itself, the chain implements [`Rescale`].

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

/// The most entries that the history of cadences can have. A new one replaces the oldest.
pub const MAX_HISTORY: u32 = 64;

/// A change that is being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ongoing {
    /// The change.
    pub change: Change,
    /// How far it is carried out.
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
        /// The cadence that was in force when a running chain added this pallet. If the chain adds the pallet
        /// together with its first change, it changes from this cadence. If the Aura slot of the last block
        /// contradicts it, nothing is changed. Without Aura nothing checks it.
        type Before: Get<Cadence>;
        /// The pallets that store something in blocks, in the order in which they are rescaled. A pallet
        /// whose calls act on the entries of another one comes after it. If such a pallet stores nothing in
        /// blocks itself, it is listed as [`rescale::Closed`]. Pallets that dispatch any call come last.
        type Stored: RescaleAll;
        /// The chain's clock.
        type Time: UnixTime;
        /// The most weight that rescaling may use of a block, besides what cannot wait.
        type MaxWeight: Get<Weight>;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// The chain's cadences, oldest first, each with the block after which it came into force.
    #[pallet::storage]
    pub type History<T> = StorageValue<_, BoundedVec<Entry, ConstU32<MAX_HISTORY>>, ValueQuery>;

    /// The change that is being carried out. None if everything is rescaled.
    #[pallet::storage]
    pub type Rescaling<T> = StorageValue<_, Ongoing>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The cadence has changed. The blocks after `at` are built at the cadence `to`.
        Changed { from: Cadence, to: Cadence, at: BlockNumber },
        /// Everything that a pallet has stored in blocks is rescaled, and its calls are open again.
        /// `entries` entries were rescaled one by one, besides the few that could not wait. `undecodable`
        /// entries cannot be decoded, and are left as they are.
        Rescaled { pallet: String, entries: u32, undecodable: u32 },
        /// The change at block `at` is complete. Nothing is left to rescale.
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
            Pallet::<T>::add_to_history(Entry { since: 0, moment: 0, cadence: T::Cadence::get() });
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Begins a change if the new code is for another cadence.
        fn on_runtime_upgrade() -> Weight {
            T::WeightInfo::begin().saturating_add(Self::begin_change())
        }

        /// In the first block of a change, begins to walk through the entries. By now all pallets have run
        /// their hooks for the upgrade, so it is known whether it has multi-block migrations.
        ///
        /// The weight includes the reads of [`History`] and [`Rescaling`]. Later reads in the same block come
        /// from the block's own changes and proof.
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            let mut meter = WeightMeter::with_limit(T::MaxWeight::get());
            if Self::is_first_of_cadence(now) && !T::MultiBlockMigrator::ongoing() {
                Self::continue_rescaling(&mut meter);
            }
            let proof =
                BoundedVec::<Entry, ConstU32<MAX_HISTORY>>::max_encoded_len() + Ongoing::max_encoded_len();
            let reads = T::DbWeight::get().reads(2).saturating_add(Weight::from_parts(0, proof as u64));
            reads.saturating_add(meter.consumed())
        }

        /// Continues a change, except in its first block, whose share is used up. In block one, stores the
        /// moment at which the chain began.
        fn on_poll(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
            if now == 1u32.into() && meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_ok() {
                Self::store_genesis_moment();
            }
            if Self::is_first_of_cadence(now) {
                return;
            }
            let limit = meter.remaining().min(T::MaxWeight::get());
            let mut block = WeightMeter::with_limit(limit);
            Self::continue_rescaling(&mut block);
            meter.consume(block.consumed());
        }

        #[cfg(feature = "try-runtime")]
        fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
            let is_new = History::<T>::get().is_empty();
            if is_new && Self::last_slot_contradicts(T::Before::get(), T::Cadence::get()) {
                return Err(
                    "the chain was not at `Before`: its last block has a slot of the new cadence".into()
                );
            }
            Ok(Self::record())
        }

        #[cfg(feature = "try-runtime")]
        fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
            // This hook may not change the state. So it completes the change, checks the result, and rolls
            // everything back.
            let outcome = with_transaction(|| {
                let blocks = Self::finish();
                log::info!("rescaling takes {blocks} more blocks");
                TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(Self::check(&state)))
            })?;
            outcome.map_err(|moved| {
                moved.iter().for_each(|line| log::error!("{line}"));
                "something stored in blocks has moved in time".into()
            })
        }

        #[cfg(feature = "std")]
        fn integrity_test() {
            integrity::check::<T, T::Stored>();
            let (most, step) = (T::MaxWeight::get(), T::WeightInfo::step());
            assert!(most.all_gte(step), "with a `MaxWeight` of {most:?} no change would ever end");
        }
    }
}

impl<T: Config> Pallet<T> {
    /// The cadence in force.
    pub fn cadence() -> Cadence {
        History::<T>::get().last().map_or_else(Self::cadence_before_pallet, |entry| entry.cadence)
    }

    /// The change to [`Config::Cadence`] after this block. None if that is the cadence in force.
    pub fn change() -> Option<Change> {
        let (from, to) = (Self::cadence(), T::Cadence::get());
        (from != to).then(|| Change::of_cadence(from, to, Self::now().block))
    }

    /// Begins a change if [`Config::Cadence`] is not the cadence in force, and returns the weight of that.
    /// Called between the last block of the old code and the first block of the new code.
    fn begin_change() -> Weight {
        let now = Self::now();
        if History::<T>::get().is_empty() {
            let cadence = Self::cadence_before_pallet();
            let age = cadence.time(now.block).as_millis() as u64;
            Self::add_to_history(Entry { since: 0, moment: now.moment.saturating_sub(age), cadence });
        }
        let Some(change) = Self::change() else { return Weight::zero() };
        let mut rest = WeightMeter::new();
        while Rescaling::<T>::exists() {
            Self::continue_rescaling(&mut rest);
        }
        let (from, to) = (Self::cadence(), T::Cadence::get());
        Self::add_to_history(Entry { since: now.block, moment: now.moment, cadence: to });
        Self::deposit_event(Event::Changed { from, to, at: now.block });
        if change.from == change.to {
            Self::deposit_event(Event::Completed { at: now.block });
            return rest.consumed();
        }
        let at_once = EntryWeights::of::<T::WeightInfo>().weigh(T::Stored::begin(&change));
        Rescaling::<T>::put(Ongoing { change, position: Position::default() });
        rest.consumed().saturating_add(at_once)
    }

    /// Whether block `now` is the first block of the cadence in force.
    fn is_first_of_cadence(now: frame_system::pallet_prelude::BlockNumberFor<T>) -> bool {
        let since = History::<T>::get().last().map(|entry| entry.since.saturating_add(1));
        since == Some(rescale::number(now))
    }

    /// Adds an entry to the history. If the history is full, the oldest entry is removed.
    fn add_to_history(entry: Entry) {
        History::<T>::mutate(|history| {
            if history.is_full() {
                history.remove(0);
            }
            let _ = history.try_push(entry);
        });
    }

    /// Stores the moment of block zero, which has no timestamp of its own. It follows from that of block one.
    fn store_genesis_moment() {
        let now = Self::now();
        History::<T>::mutate(|history| {
            for first in history.iter_mut().take(1).filter(|first| first.moment == 0) {
                first.moment = now.moment.saturating_sub(first.cadence.block_millis().into());
            }
        });
    }

    /// Continues the change, and rescales as many entries as fit into `meter`. Does nothing if there is no
    /// change, or if `meter` is too small for a step.
    fn continue_rescaling(meter: &mut WeightMeter) {
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

    /// Records what is stored in blocks before an upgrade that changes the cadence, for [`Pallet::check`]
    /// after it. Before any other upgrade the record is empty. For try-runtime and for rehearsals.
    pub fn record() -> Vec<u8> {
        Self::change().map(|change| (change, T::Stored::stored(&change.from))).encode()
    }

    /// Completes a change in steps as large as a block allows, and returns the number of steps. For
    /// rehearsals that make no blocks.
    pub fn finish() -> u32 {
        let mut blocks = 0;
        while Rescaling::<T>::exists() {
            Self::continue_rescaling(&mut WeightMeter::with_limit(T::MaxWeight::get()));
            blocks += 1;
        }
        blocks
    }

    /// Checks, after an upgrade and its change, that everything that was [recorded](Pallet::record) before it
    /// has kept its time. For try-runtime and for rehearsals.
    ///
    /// Blocks may have been made since the upgrade. What has fallen due in them may be gone, and what they
    /// have stored is not checked. Entries that could not be decoded before are only logged.
    ///
    /// Fails with a line for each thing that has moved in time, or with one line if the change is not
    /// complete or `record` cannot be decoded.
    pub fn check(record: &[u8]) -> Result<(), Vec<String>> {
        let Ok(record) = Option::<(Change, Vec<Stored>)>::decode(&mut &record[..]) else {
            return Err(alloc::vec!["this version cannot decode the record".into()]);
        };
        let Some((change, before)) = record else { return Ok(()) };
        if Rescaling::<T>::exists() {
            let closed = match Self::closed() {
                none if none.is_empty() => "everything is rescaled, and is being finished".into(),
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
