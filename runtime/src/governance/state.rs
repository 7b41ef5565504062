//! What governance keeps for itself: the origins that referenda speak with, how fast this network's
//! governance runs, what a token is worth here, and pauses of calls, each of which ends by itself.
//!
//! A pause is [`pallet_tx_pause`]'s, which knows of no end. [`Pallet::pause`] notes one, and the first
//! block after it lifts the pause. Then the calls rest: until that is over, too, only Root can pause them
//! again. All this is kept in time, not in blocks, so a change of cadence does not touch it.

pub use pallet::*;

use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::{GetCallMetadata, SafeModeNotify, TransactionPause, TransactionPauseError};
use pallet_tx_pause::RuntimeCallNameOf;
use scale_info::TypeInfo;

/// The most calls that are paused, or rest after it, at once.
pub const MAX_PAUSES: u32 = 32;

/// A call that is paused, or rests after it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pause<Name> {
    /// The call, by the names of its pallet and of itself.
    pub call: Name,
    /// When the pause ends, or has ended, in milliseconds of the Unix epoch.
    pub until: u64,
    /// Whether it has ended, and the call rests.
    pub over: bool,
}

/// In milliseconds.
type Millis = u64;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use crate::governance::weights::WeightInfo;
    use codec::DecodeWithMemTracking;
    use core::num::NonZeroU32;
    use frame_support::{dispatch::DispatchClass, pallet_prelude::*, traits::UnixTime};
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>> + pallet_tx_pause::Config
    {
        /// Who may pause calls and end a pause, besides Root.
        type EmergencyOrigin: EnsureOrigin<<Self as frame_system::Config>::RuntimeOrigin>;
        /// How long a pause lasts, in milliseconds.
        type PauseLength: Get<u64>;
        /// For how long after a pause only Root can pause the same calls again, in milliseconds.
        type PauseRest: Get<u64>;
        /// For how long after safe mode only Root can enter it again, in milliseconds.
        type SafeModeRest: Get<u64>;
        type Time: UnixTime;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What a referendum may act as, besides root.
    #[pallet::origin]
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
    )]
    pub enum Origin {
        /// Names those who judge identities and give out usernames.
        GeneralAdmin,
        /// Spends from the treasury without limit, and rejects spends.
        Treasurer,
        /// Cancels a referendum.
        ReferendumCanceller,
        /// Cancels a referendum and slashes its deposits.
        ReferendumKiller,
        /// Spends a little from the treasury.
        SmallSpender,
        /// Spends more.
        MediumSpender,
        /// Spends much.
        BigSpender,
        /// Makes a call as Root that the technical committee has whitelisted.
        WhitelistedCaller,
    }

    /// How many times faster than written all periods of governance run.
    #[pallet::storage]
    pub type Speedup<T> = StorageValue<_, NonZeroU32, ValueQuery, One>;

    /// How many of Astar's tokens are worth one of this network's: all prices are written for Astar, and
    /// divided by it. Set at genesis and never after: accounts are kept by the existential deposit that
    /// they were made with, and it follows from this.
    #[pallet::storage]
    pub type PriceDivisor<T> = StorageValue<_, NonZeroU32, ValueQuery, One>;

    /// Calls that are paused, or rest after it.
    #[pallet::storage]
    pub type Pauses<T: Config> =
        StorageValue<_, BoundedVec<Pause<RuntimeCallNameOf<T>>, ConstU32<MAX_PAUSES>>, ValueQuery>;

    /// When safe mode last ended, in milliseconds of the Unix epoch.
    #[pallet::storage]
    pub type SafeModeEnded<T> = StorageValue<_, u64>;

    /// Periods and prices as they are written.
    pub struct One;

    impl Get<NonZeroU32> for One {
        fn get() -> NonZeroU32 {
            NonZeroU32::MIN
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Calls are paused until a moment, in milliseconds of the Unix epoch.
        Paused { calls: Vec<RuntimeCallNameOf<T>>, until: u64 },
        /// A pause of calls has ended.
        Resumed { calls: Vec<RuntimeCallNameOf<T>> },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The runtime has no call of that name.
        NoSuchCall,
        /// The call is one of those that are never paused.
        NeverPaused,
        /// The call is paused already.
        AlreadyPaused,
        /// The call is paused, or was so lately that only Root can pause it again.
        Resting,
        /// As many calls are paused, or rest after it, as can be.
        TooManyPauses,
        /// The call is not paused, or not by this pallet.
        NotPaused,
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        /// How many times faster than written periods run; absent means as written.
        pub speedup: Option<NonZeroU32>,
        /// How many of Astar's tokens are worth one of this network's; absent means one.
        pub price_divisor: Option<NonZeroU32>,
        #[serde(skip)]
        pub _config: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Some(speedup) = self.speedup {
                Speedup::<T>::put(speedup);
            }
            if let Some(divisor) = self.price_divisor {
                PriceDivisor::<T>::put(divisor);
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Ends pauses, by the last block's time. Pays for the one read of the speedup and of the price
        /// divisor, too; later reads in a block are served from the block's own changes and proof.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Speedup::<T>::get();
            PriceDivisor::<T>::get();
            let ended = Self::end_pauses();
            <T as Config>::WeightInfo::on_initialize(ended)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pauses `calls`, each named by its pallet and itself as in the metadata, for
        /// [`Config::PauseLength`].
        ///
        /// By [`Config::EmergencyOrigin`], which cannot pause a call that is paused or that rests; or by
        /// Root, which can, and so prolongs a pause.
        #[pallet::call_index(0)]
        #[pallet::weight((<T as Config>::WeightInfo::pause(calls.len() as u32), DispatchClass::Operational))]
        pub fn pause(
            origin: OriginFor<T>,
            calls: BoundedVec<RuntimeCallNameOf<T>, ConstU32<MAX_PAUSES>>,
        ) -> DispatchResult {
            let by_root = Self::ensure_emergency(origin)?;
            let until = Self::now().saturating_add(T::PauseLength::get());
            Pauses::<T>::try_mutate(|pauses| {
                for call in &calls {
                    Self::pause_one(pauses, call, until, by_root)?;
                }
                Ok::<_, Error<T>>(())
            })?;
            Self::deposit_event(Event::Paused { calls: calls.into_inner(), until });
            Ok(())
        }

        /// Ends the pause of `calls`, which then rest. By [`Config::EmergencyOrigin`] or Root.
        #[pallet::call_index(1)]
        #[pallet::weight((<T as Config>::WeightInfo::resume(calls.len() as u32), DispatchClass::Operational))]
        pub fn resume(
            origin: OriginFor<T>,
            calls: BoundedVec<RuntimeCallNameOf<T>, ConstU32<MAX_PAUSES>>,
        ) -> DispatchResult {
            Self::ensure_emergency(origin)?;
            let now = Self::now();
            Pauses::<T>::try_mutate(|pauses| {
                for call in &calls {
                    let pause = pauses.iter_mut().find(|pause| pause.call == *call && !pause.over);
                    let pause = pause.ok_or(Error::<T>::NotPaused)?;
                    pause.until = now;
                    Self::lift(pause);
                }
                Ok::<_, Error<T>>(())
            })?;
            Self::deposit_event(Event::Resumed { calls: calls.into_inner() });
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        /// Whether it is Root; fails if it is not [`Config::EmergencyOrigin`] either.
        fn ensure_emergency(origin: OriginFor<T>) -> Result<bool, DispatchError> {
            match ensure_root(origin.clone()) {
                Ok(()) => Ok(true),
                Err(_) => {
                    T::EmergencyOrigin::ensure_origin(origin)?;
                    Ok(false)
                }
            }
        }

        fn pause_one(
            pauses: &mut BoundedVec<Pause<RuntimeCallNameOf<T>>, ConstU32<MAX_PAUSES>>,
            call: &RuntimeCallNameOf<T>,
            until: Millis,
            by_root: bool,
        ) -> Result<(), Error<T>> {
            ensure!(Self::is_call(call), Error::<T>::NoSuchCall);
            let pause = Pause { call: call.clone(), until, over: false };
            let mut prolonged = false;
            match pauses.iter_mut().find(|pause| pause.call == *call) {
                Some(_) if !by_root => return Err(Error::<T>::Resting),
                Some(known) => {
                    prolonged = !known.over;
                    *known = pause;
                }
                None => {
                    // Root does not wait until others' pauses have rested.
                    let resting = pauses.iter().position(|pause| pause.over);
                    if let Some(resting) = resting.filter(|_| by_root && pauses.is_full()) {
                        pauses.remove(resting);
                    }
                    pauses.try_push(pause).map_err(|_| Error::<T>::TooManyPauses)?
                }
            }
            match <pallet_tx_pause::Pallet<T> as TransactionPause>::pause(call.clone()) {
                Ok(()) => Ok(()),
                Err(TransactionPauseError::AlreadyPaused) if prolonged => Ok(()),
                Err(TransactionPauseError::AlreadyPaused) => Err(Error::<T>::AlreadyPaused),
                Err(_) => Err(Error::<T>::NeverPaused),
            }
        }

        fn is_call((pallet, call): &RuntimeCallNameOf<T>) -> bool {
            type Calls<T> = <T as pallet_tx_pause::Config>::RuntimeCall;
            let pallets = Calls::<T>::get_module_names();
            let Some(pallet) = pallets.iter().find(|name| name.as_bytes() == pallet.as_slice()) else {
                return false;
            };
            Calls::<T>::get_call_names(pallet).iter().any(|name| name.as_bytes() == call.as_slice())
        }

        /// Lifts the pause. One that Root has lifted by other means is lifted already.
        fn lift(pause: &mut Pause<RuntimeCallNameOf<T>>) {
            pause.over = true;
            let _ = <pallet_tx_pause::Pallet<T> as TransactionPause>::unpause(pause.call.clone());
        }

        /// Lifts the pauses that are over, forgets those that have rested, and returns how many of either.
        fn end_pauses() -> u32 {
            let pauses = Pauses::<T>::get();
            if pauses.is_empty() {
                return 0;
            }
            let now = Self::now();
            let rest = T::PauseRest::get();
            let due = |pause: &Pause<RuntimeCallNameOf<T>>| {
                let end = if pause.over { pause.until.saturating_add(rest) } else { pause.until };
                end <= now
            };
            let count = pauses.iter().filter(|pause| due(pause)).count();
            if count > 0 {
                let mut pauses = pauses;
                pauses.retain(|pause| !(pause.over && due(pause)));
                let mut calls = Vec::new();
                for pause in pauses.iter_mut().filter(|pause| !pause.over && pause.until <= now) {
                    Self::lift(pause);
                    calls.push(pause.call.clone());
                }
                Pauses::<T>::put(pauses);
                if !calls.is_empty() {
                    Self::deposit_event(Event::Resumed { calls });
                }
            }
            count as u32
        }

        /// Whether safe mode has ended so long ago that others than Root may enter it again.
        pub fn has_safe_mode_rested() -> bool {
            let rested = |ended: Millis| Self::now() >= ended.saturating_add(T::SafeModeRest::get());
            SafeModeEnded::<T>::get().is_none_or(rested)
        }

        fn now() -> Millis {
            T::Time::now().as_millis() as u64
        }
    }

    impl<T: Config> SafeModeNotify for Pallet<T> {
        fn entered() {}

        /// Notes when safe mode ended. Its pallet's weights do not know of that.
        fn exited() {
            SafeModeEnded::<T>::put(Self::now());
            let weight = T::DbWeight::get().reads_writes(1, 1);
            frame_system::Pallet::<T>::register_extra_weight_unchecked(weight, DispatchClass::Mandatory);
        }
    }
}
