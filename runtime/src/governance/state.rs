//! Governance's own state: the origins that referenda act as, this network's factors for periods and prices,
//! and pauses of calls, each of which ends by itself.
//!
//! [`pallet_tx_pause`] pauses calls, but without an end. [`Pallet::pause`] records an end, and the first
//! block after it lifts the pause. Then the calls rest: until the rest is over, only Root can pause them
//! again. Both ends are kept as times and not as block numbers, so a change of cadence does not touch them.

pub use pallet::*;

use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::{GetCallMetadata, SafeModeNotify, TransactionPause, TransactionPauseError};
use pallet_tx_pause::RuntimeCallNameOf;
use scale_info::TypeInfo;

/// The most calls that can be paused, or rest after a pause, at once.
pub const MAX_PAUSES: u32 = 32;

/// A call that is paused, or that rests after a pause.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pause<Name> {
    /// The call, by the names of its pallet and of itself.
    pub call: Name,
    /// When the pause ends or has ended, in milliseconds of the Unix epoch.
    pub until: u64,
    /// Whether the pause has ended and the call rests.
    pub over: bool,
}

/// A time, in milliseconds of the Unix epoch.
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
        /// The origin that may pause calls and end a pause, besides Root.
        type EmergencyOrigin: EnsureOrigin<<Self as frame_system::Config>::RuntimeOrigin>;
        /// How long a pause lasts, in milliseconds.
        type PauseLength: Get<u64>;
        /// How long after a pause only Root can pause the same calls again, in milliseconds.
        type PauseRest: Get<u64>;
        /// How long after safe mode only Root can enter it again, in milliseconds.
        type SafeModeRest: Get<u64>;
        type Time: UnixTime;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// The origins that a referendum can act as, besides Root.
    #[pallet::origin]
    #[derive(
        Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
    )]
    pub enum Origin {
        /// Names the registrars of identities and the authorities of usernames, and manages dApps.
        GeneralAdmin,
        /// Spends any amount from the treasury, and voids spends.
        Treasurer,
        /// Cancels a referendum.
        ReferendumCanceller,
        /// Cancels a referendum and slashes its deposits.
        ReferendumKiller,
        /// Spends a small amount from the treasury.
        SmallSpender,
        /// Spends a medium amount from the treasury.
        MediumSpender,
        /// Spends a big amount from the treasury.
        BigSpender,
        /// Makes a call as Root, if the technical committee has whitelisted it.
        WhitelistedCaller,
    }

    /// How many times faster than written all of governance's periods run.
    #[pallet::storage]
    pub type Speedup<T> = StorageValue<_, NonZeroU32, ValueQuery, One>;

    /// How many of Astar's tokens are worth one of this network's. All prices are written for Astar, and
    /// divided by this number.
    ///
    /// It is set at genesis and never after. The existential deposit follows from it, and accounts exist by
    /// the existential deposit that was in force when they were made.
    #[pallet::storage]
    pub type PriceDivisor<T> = StorageValue<_, NonZeroU32, ValueQuery, One>;

    /// The calls that are paused, or that rest after a pause.
    #[pallet::storage]
    pub type Pauses<T: Config> =
        StorageValue<_, BoundedVec<Pause<RuntimeCallNameOf<T>>, ConstU32<MAX_PAUSES>>, ValueQuery>;

    /// When safe mode last ended, in milliseconds of the Unix epoch.
    #[pallet::storage]
    pub type SafeModeEnded<T> = StorageValue<_, u64>;

    /// The default of a factor.
    pub struct One;

    impl Get<NonZeroU32> for One {
        fn get() -> NonZeroU32 {
            NonZeroU32::MIN
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// Calls are paused. The pause ends at a time, in milliseconds of the Unix epoch.
        Paused { calls: Vec<RuntimeCallNameOf<T>>, until: u64 },
        /// The pause of calls has ended.
        Resumed { calls: Vec<RuntimeCallNameOf<T>> },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The runtime has no call of this name.
        NoSuchCall,
        /// This call can never be paused.
        NeverPaused,
        /// The call is already paused.
        AlreadyPaused,
        /// The call is paused, or rests after a pause, so only Root can pause it.
        Resting,
        /// Too many calls are paused, or rest after a pause.
        TooManyPauses,
        /// The call is not paused, or was not paused by this pallet.
        NotPaused,
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        /// How many times faster than written periods run. The default is 1.
        pub speedup: Option<NonZeroU32>,
        /// How many of Astar's tokens are worth one of this network's. The default is 1.
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
        /// Ends pauses, by the last block's time. Also pays for reading the speedup and the price divisor
        /// once. Later reads in a block are served from the block's own changes and proof.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Speedup::<T>::get();
            PriceDivisor::<T>::get();
            let ended = Self::end_pauses();
            <T as Config>::WeightInfo::on_initialize(ended)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Pauses `calls` for [`Config::PauseLength`]. Each call is named by its pallet's name and its own,
        /// as in the metadata.
        ///
        /// The origin is [`Config::EmergencyOrigin`], which cannot pause a call that is paused or that rests,
        /// or Root, which can and so prolongs a pause.
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

        /// Ends the pause of `calls`, which then rest. The origin is [`Config::EmergencyOrigin`] or Root.
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
        /// Whether the origin is Root. Fails if it is not [`Config::EmergencyOrigin`] either.
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
                    // Root need not wait for calls to rest: it takes the place of one that does.
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

        /// Lifts a pause, unless Root has already lifted it by other means.
        fn lift(pause: &mut Pause<RuntimeCallNameOf<T>>) {
            pause.over = true;
            let _ = <pallet_tx_pause::Pallet<T> as TransactionPause>::unpause(pause.call.clone());
        }

        /// Lifts the pauses that have ended, and forgets those whose calls have rested. Returns how many
        /// there were of both.
        fn end_pauses() -> u32 {
            let pauses = Pauses::<T>::get();
            if pauses.is_empty() {
                return 0;
            }
            let now = Self::now();
            let rest = T::PauseRest::get();
            let is_due = |pause: &Pause<RuntimeCallNameOf<T>>| {
                let end = if pause.over { pause.until.saturating_add(rest) } else { pause.until };
                end <= now
            };
            let count = pauses.iter().filter(|pause| is_due(pause)).count();
            if count > 0 {
                let mut pauses = pauses;
                pauses.retain(|pause| !(pause.over && is_due(pause)));
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

        /// Whether safe mode ended so long ago that origins other than Root may enter it again.
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

        /// Records when safe mode ended, and adds the weight, which the pallet's own weights do not include.
        fn exited() {
            SafeModeEnded::<T>::put(Self::now());
            let weight = T::DbWeight::get().reads_writes(1, 1);
            frame_system::Pallet::<T>::register_extra_weight_unchecked(weight, DispatchClass::Mandatory);
        }
    }
}
