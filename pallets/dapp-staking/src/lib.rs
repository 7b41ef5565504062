//! dApp staking: accounts lock the token and stake it on dApps, and both are paid for it.
//!
//! [`Calendar`] divides time into eras, periods and cycles. In a period's voting eras stakes are
//! placed; in its earning eras, stakers share what [inflation](pallet_inflation) mints for them, and
//! the dApps with most stake are ranked into [tiers] and paid by tier. All stakes end with the
//! period, locks stay.
//!
//! **Claims cost the same however late they come.** What a unit of stake earns in an era is the same
//! on every dApp, so one running sum over the eras, [`EarnedPerUnit`], tells what a stake that did
//! not change has earned between any two of them: a multiplication, not a loop. A [ledger](Ledger)
//! holds the stakes of one period, as they stood in one era; whatever touches them first pays what
//! they have earned. What is due is a share of the period's [`Pool`], so claims add up to exactly
//! what was allotted. A dApp's rewards are added to its record as eras are dealt out.
//!
//! **What decides how much is minted stands for a whole cycle.** The [`Timetable`] is Root's to set,
//! within the network's [`Limits`]; what is set waits for the next cycle and can be taken back until
//! then. Who may have which part of it, the [`Parameters`], the manager sets at once.
//!
//! **The turn of an era is bounded.** Its first block does what depends on sums alone. Ranking the
//! dApps and crediting them takes [`CHUNK`] of them a block after that; users act in between, as
//! [`Staked`] remembers the amounts of the era before.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

mod api;
mod calendar;
mod dapps;
mod ledger;
mod parameters;
mod pool;
mod rewards;
mod staked;
mod stakes;
mod sums;
pub mod tiers;
mod turn;
pub mod weights;

pub use api::*;
pub use calendar::{Calendar, Ended, Era, Period, Subperiod};
pub use dapps::{Dapp, DappAddress, DappRewards, MAX_DAPPS};
pub use ledger::{
    Ledger, LedgerError, MovedOff, Stake, Taken, Unlocking, MAX_STAKES, MAX_UNLOCKING, SAFE_MOVES,
};
pub use pallet::*;
pub use parameters::{Limits, ParameterError, Parameters, Range, Timetable, MAX_RETENTION};
pub use pool::{rate, Pool};
pub use rewards::{Due, PeriodRewards};
pub use staked::Staked;
pub use turn::{Phase, Turn, CHUNK};
pub use weights::WeightInfo;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    traits::{fungible::InspectFreeze, fungible::MutateFreeze, ConstU32, Contains, Get, UnixTime},
    BoundedVec,
};
use pallet_inflation::{Balance, Pallet as Inflation, Recipient};
use scale_info::TypeInfo;
use sp_core::{H160, U256};
use stakes::Taking;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_runtime::{traits::Saturating, DispatchError};

    pub type AddressOf<T> = DappAddress<<T as frame_system::Config>::AccountId>;
    pub type LedgerOf<T> = Ledger<AddressOf<T>>;

    #[pallet::config]
    pub trait Config:
        pallet_inflation::Config + frame_system::Config<RuntimeEvent: From<Event<Self>>>
    {
        /// Where locks are kept.
        type Freezer: MutateFreeze<Self::AccountId, Id = Self::RuntimeFreezeReason, Balance = Balance>;
        type RuntimeFreezeReason: From<FreezeReason>;
        /// How long a block takes.
        type Cadence: Get<cadence::Cadence>;
        /// The clock, for what the runtime API tells.
        type Time: UnixTime;
        /// Who may lock and stake.
        type MayStake: Contains<Self::AccountId>;
        /// Who sets the next cycle's timetable, which decides how much is minted in a year, and the
        /// parameters, which decide among whom.
        type ParametersOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Who registers and unregisters dApps, gives them to other owners, and may end maintenance early.
        type ManagerOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Who stops everything for some time, and may end that early.
        type EmergencyOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// How long that is.
        type MaintenanceTime: Get<core::time::Duration>;
        /// How long it is after the end until any of them but Root may stop everything again.
        type MaintenanceRest: Get<core::time::Duration>;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    #[pallet::composite_enum]
    pub enum FreezeReason {
        /// Locked for dApp staking.
        DappStaking,
    }

    #[pallet::storage]
    pub type CurrentParameters<T> = StorageValue<_, Parameters, ValueQuery>;

    /// What timetables and parameters can be on this network.
    #[pallet::storage]
    pub type CurrentLimits<T> = StorageValue<_, Limits, ValueQuery>;

    /// The next cycle's timetable; none if it is this one's.
    #[pallet::storage]
    pub type NextTimetable<T> = StorageValue<_, Timetable>;

    /// The block from which on all goes on; none if nothing is stopped.
    #[pallet::storage]
    pub type Maintenance<T> = StorageValue<_, BlockNumberFor<T>>;

    /// The block from which on others than Root may stop everything again; none if nothing was ever
    /// stopped.
    #[pallet::storage]
    pub type NextMaintenance<T> = StorageValue<_, BlockNumberFor<T>>;

    /// Where we are; none before the first block.
    #[pallet::storage]
    pub type CurrentCalendar<T> = StorageValue<_, Calendar<BlockNumberFor<T>>>;

    /// The era whose tiers are being dealt out.
    #[pallet::storage]
    pub type CurrentTurn<T> = StorageValue<_, Turn<AddressOf<T>>>;

    /// The best dApps of the era whose tiers are being dealt out, or were last.
    #[pallet::storage]
    pub type Ranking<T> = StorageValue<_, tiers::Ranking<AddressOf<T>>, ValueQuery>;

    #[pallet::storage]
    pub type Ledgers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, LedgerOf<T>, ValueQuery>;

    #[pallet::storage]
    pub type Dapps<T: Config> = CountedStorageMap<_, Blake2_128Concat, AddressOf<T>, Dapp<T::AccountId>>;

    /// The number of the next dApp to be registered.
    #[pallet::storage]
    pub type NextNumber<T> = StorageValue<_, u32, ValueQuery>;

    /// What everybody has staked.
    #[pallet::storage]
    pub type TotalStaked<T> = StorageValue<_, Staked, ValueQuery>;

    /// What of it has a part in this period's bonus.
    #[pallet::storage]
    pub type TotalVoting<T> = StorageValue<_, Balance, ValueQuery>;

    /// Points that a unit of stake has earned from the first era up to and with this one.
    #[pallet::storage]
    pub type EarnedPerUnit<T> = StorageMap<_, Twox64Concat, Era, U256, ValueQuery>;

    /// The oldest era in [`EarnedPerUnit`].
    #[pallet::storage]
    pub type OldestEra<T> = StorageValue<_, Era, ValueQuery>;

    /// The rewards of this period and of those that can still be claimed.
    #[pallet::storage]
    pub type Periods<T> = StorageMap<_, Twox64Concat, Period, PeriodRewards>;

    /// The oldest period in [`Periods`].
    #[pallet::storage]
    pub type OldestPeriod<T> = StorageValue<_, Period, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An era begins.
        EraBegun {
            era: Era,
            period: Period,
            subperiod: Subperiod,
        },
        /// A part of a period begins with this era, which lasts up to era `end`, without it. The first
        /// part begins the period.
        SubperiodBegun {
            era: Era,
            period: Period,
            subperiod: Subperiod,
            end: Era,
        },
        /// A cycle begins with this timetable.
        TimetableInForce {
            timetable: Timetable,
        },
        /// An earning era has ended, in which `staked` shared what stakers were allotted.
        EraEnded {
            era: Era,
            period: Period,
            staked: Balance,
            stakers: Balance,
        },
        /// A period has ended. Those who kept `voting` in all share the bonus.
        PeriodEnded {
            period: Period,
            voting: Balance,
            bonus: Balance,
        },
        /// The rewards of a period can no longer be claimed.
        PeriodExpired {
            period: Period,
        },
        /// A dApp reached a tier, counted from zero, in an era that has ended.
        TierReached {
            dapp: AddressOf<T>,
            era: Era,
            tier: u8,
            reward: Balance,
        },
        /// All is stopped until this block.
        Stopped {
            until: BlockNumberFor<T>,
        },
        /// All goes on: the time is over, or it was ended early.
        Resumed,
        /// The next cycle's timetable was set; none: it was taken back, and the next cycle gets this
        /// one's.
        TimetableSet {
            timetable: Option<Timetable>,
        },
        ParametersSet {
            parameters: Parameters,
        },
        Registered {
            dapp: AddressOf<T>,
            owner: T::AccountId,
            number: u32,
        },
        Unregistered {
            dapp: AddressOf<T>,
        },
        /// Another owner, who is the one that is paid.
        OwnerSet {
            dapp: AddressOf<T>,
            owner: T::AccountId,
        },
        BeneficiarySet {
            dapp: AddressOf<T>,
            beneficiary: Option<T::AccountId>,
        },
        Locked {
            who: T::AccountId,
            amount: Balance,
        },
        /// What is being unlocked can be taken from the era on.
        Unlocking {
            who: T::AccountId,
            amount: Balance,
            era: Era,
        },
        Relocked {
            who: T::AccountId,
            amount: Balance,
        },
        Unlocked {
            who: T::AccountId,
            amount: Balance,
        },
        Staked {
            who: T::AccountId,
            dapp: AddressOf<T>,
            amount: Balance,
        },
        Unstaked {
            who: T::AccountId,
            dapp: AddressOf<T>,
            amount: Balance,
        },
        Moved {
            who: T::AccountId,
            from: AddressOf<T>,
            to: AddressOf<T>,
            amount: Balance,
        },
        /// An account has moved or unstaked once too often: of what it had on the dApp, so much has no
        /// part in the bonus any more.
        BonusLost {
            who: T::AccountId,
            dapp: AddressOf<T>,
            amount: Balance,
        },
        /// An account was paid what its stakes of a period have earned in the eras `from` up to
        /// `until`, without it, and the bonus if the period is over.
        Paid {
            who: T::AccountId,
            period: Period,
            from: Era,
            until: Era,
            stakers: Balance,
            bonus: Balance,
        },
        /// What an account's stakes of a period have earned, from this era on, was not claimed in time.
        Expired {
            who: T::AccountId,
            period: Period,
            from: Era,
        },
        /// A dApp's rewards were paid: `amount` in all, of these periods.
        DappPaid {
            dapp: AddressOf<T>,
            payee: T::AccountId,
            amount: Balance,
            rewards: DappRewards,
        },
        /// A dApp's rewards were not claimed in time, or are less than an account can hold.
        DappExpired {
            dapp: AddressOf<T>,
            amount: Balance,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// dApp staking is stopped for maintenance.
        Stopped,
        /// dApp staking is stopped, or was not long ago. Only Root may stop it again yet.
        StoppedNotLongAgo,
        /// dApp staking begins with the next block.
        NotBegun,
        /// These parameters cannot be worked with.
        Parameter(ParameterError),
        /// The account's locks and stakes do not allow it.
        Ledger(LedgerError),
        /// The amount must be above zero.
        ZeroAmount,
        /// Who collates may not stake.
        MayNotStake,
        /// The account has not that much to lock.
        NotThatMuchToLock,
        /// An account cannot have that little locked.
        BelowMinimumLock,
        /// The dApp is registered already.
        AlreadyRegistered,
        /// The dApp was just unregistered, and is being ranked for the era before; it can be
        /// registered again some blocks later.
        BeingRanked,
        /// There are as many dApps as there can be.
        TooManyDapps,
        /// There is no such dApp.
        NotRegistered,
        /// Only the dApp's owner may do this.
        NotTheOwner,
        /// Stakes count from the next era, in which another period begins.
        PeriodEndsWithThisEra,
        /// A stake can be moved to another dApp only.
        SameDapp,
        /// There is nothing to claim.
        NothingToClaim,
        /// The rewards were not claimed in time.
        RewardsExpired,
    }

    impl<T> From<LedgerError> for Error<T> {
        fn from(error: LedgerError) -> Self {
            Error::Ledger(error)
        }
    }

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// The most dApps that can have a record, on any network.
        fn max_dapps() -> u32 {
            MAX_DAPPS
        }

        /// The most chunks that an account can be unlocking.
        fn max_unlocking() -> u32 {
            MAX_UNLOCKING
        }

        /// Moves of voting stake in a period that do not cost the bonus.
        fn safe_moves() -> u8 {
            SAFE_MOVES
        }
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        pub limits: Limits,
        /// Of the first cycle.
        pub timetable: Timetable,
        pub parameters: Parameters,
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let limits = &self.limits;
            for check in [
                limits.check(&T::Cadence::get()),
                self.timetable.check(limits),
                self.parameters.check(limits),
            ] {
                if let Err(error) = check {
                    panic!("the figures of dApp staking are wrong: {error:?}");
                }
            }
            CurrentLimits::<T>::put(limits);
            NextTimetable::<T>::put(self.timetable);
            CurrentParameters::<T>::put(self.parameters);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::turn(now)
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::check()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Stops everything for [`Config::MaintenanceTime`] from now on, eras too, or lets it go on at
        /// once. What is not stopped is this call, those that set figures, and the manager's
        /// [`register`](Self::register), [`unregister`](Self::unregister) and
        /// [`set_owner`](Self::set_owner): what governance has decided would be used up. The manager, too,
        /// may let it go on.
        ///
        /// Root may stop it again at any time, others once [`Config::MaintenanceRest`] has passed since
        /// the end. Fails with [`Error::StoppedNotLongAgo`] before that.
        #[pallet::call_index(0)]
        #[pallet::weight(<T as Config>::WeightInfo::set_maintenance())]
        pub fn set_maintenance(origin: OriginFor<T>, stopped: bool) -> DispatchResult {
            let is_root = ensure_root(origin.clone()).is_ok();
            match T::EmergencyOrigin::try_origin(origin) {
                Ok(_) => (),
                Err(_) if stopped => return Err(DispatchError::BadOrigin),
                Err(origin) => {
                    T::ManagerOrigin::ensure_origin(origin)?;
                }
            }
            let now = frame_system::Pallet::<T>::block_number();
            let after =
                |start: BlockNumberFor<T>, time| start.saturating_add(T::Cadence::get().blocks(time).into());
            let rest = T::MaintenanceRest::get();
            if stopped {
                let rested = NextMaintenance::<T>::get().is_none_or(|next| now >= next);
                ensure!(is_root || rested, Error::<T>::StoppedNotLongAgo);
                let until = after(now, T::MaintenanceTime::get());
                Maintenance::<T>::put(until);
                NextMaintenance::<T>::put(after(until, rest));
                Self::deposit_event(Event::Stopped { until });
            } else if Maintenance::<T>::take().is_some() {
                NextMaintenance::<T>::put(after(now, rest));
                Self::deposit_event(Event::Resumed);
            }
            Ok(())
        }

        /// Sets the parameters, which are in force at once. Fails with [`Error::Parameter`], which
        /// names the one that is wrong.
        #[pallet::call_index(1)]
        #[pallet::weight(<T as Config>::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
            <T as Config>::ParametersOrigin::ensure_origin(origin)?;
            parameters.check(&CurrentLimits::<T>::get()).map_err(Error::<T>::Parameter)?;
            CurrentParameters::<T>::put(parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }

        /// Registers a dApp, which can be staked on from now on. One that was unregistered in this
        /// period keeps the stakes that are still on it; what it has earned is paid to whom it was
        /// paid before, so in maintenance it has to wait.
        #[pallet::call_index(2)]
        #[pallet::weight(<T as Config>::WeightInfo::register())]
        pub fn register(origin: OriginFor<T>, dapp: AddressOf<T>, owner: T::AccountId) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            let number = Self::enter(&dapp, owner.clone())?;
            Self::deposit_event(Event::Registered { dapp, owner, number });
            Ok(())
        }

        /// Unregisters a dApp. It is not ranked for this era any more; what it has earned can still
        /// be claimed. Stakes on it go on earning, and can be taken or moved off it at no cost to
        /// the bonus.
        #[pallet::call_index(3)]
        #[pallet::weight(<T as Config>::WeightInfo::unregister())]
        pub fn unregister(origin: OriginFor<T>, dapp: AddressOf<T>) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            let calendar = Self::calendar_in_maintenance()?;
            Self::change_dapp(&dapp, |record| {
                record.unregistered = Some((calendar.era, calendar.period));
                Ok(())
            })?;
            Self::deposit_event(Event::Unregistered { dapp });
            Ok(())
        }

        /// Gives a dApp to another owner, who is paid from then on, what was earned and not claimed
        /// before included. The owner may, and the manager, who may in maintenance, too.
        #[pallet::call_index(4)]
        #[pallet::weight(<T as Config>::WeightInfo::set_owner())]
        pub fn set_owner(origin: OriginFor<T>, dapp: AddressOf<T>, owner: T::AccountId) -> DispatchResult {
            let by = match T::ManagerOrigin::try_origin(origin) {
                Ok(_) => None,
                Err(origin) => Some(ensure_signed(origin)?),
            };
            Self::change_own_dapp(by, &dapp, |record| {
                record.owner = owner.clone();
                record.beneficiary = None;
            })?;
            Self::deposit_event(Event::OwnerSet { dapp, owner });
            Ok(())
        }

        /// Has a dApp's rewards paid to somebody else than its owner, or to the owner again.
        #[pallet::call_index(5)]
        #[pallet::weight(<T as Config>::WeightInfo::set_beneficiary())]
        pub fn set_beneficiary(
            origin: OriginFor<T>,
            dapp: AddressOf<T>,
            beneficiary: Option<T::AccountId>,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::change_own_dapp(Some(owner), &dapp, |record| record.beneficiary = beneficiary.clone())?;
            Self::deposit_event(Event::BeneficiarySet { dapp, beneficiary });
            Ok(())
        }

        /// Locks `amount`, so that it can be staked.
        #[pallet::call_index(6)]
        #[pallet::weight(<T as Config>::WeightInfo::lock())]
        pub fn lock(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::calendar()?;
            ensure!(amount > 0, Error::<T>::ZeroAmount);
            ensure!(T::MayStake::contains(&who), Error::<T>::MayNotStake);
            let mut ledger = Ledgers::<T>::get(&who);
            let free = T::Freezer::balance_freezable(&who).saturating_sub(ledger.frozen());
            ensure!(amount <= free, Error::<T>::NotThatMuchToLock);
            ledger.locked = ledger.locked.saturating_add(amount);
            let minimum = CurrentParameters::<T>::get().minimum_lock;
            ensure!(ledger.locked >= minimum, Error::<T>::BelowMinimumLock);
            Self::freeze(&who, &ledger)?;
            Self::store(&who, ledger);
            Self::deposit_event(Event::Locked { who, amount });
            Ok(())
        }

        /// Starts to unlock `amount`, or all if nothing is staked and less than the minimum would
        /// remain; it must not be staked. It is free with the era that begins after so many whole eras.
        #[pallet::call_index(7)]
        #[pallet::weight(<T as Config>::WeightInfo::unlock())]
        pub fn unlock(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            ensure!(amount > 0, Error::<T>::ZeroAmount);
            let mut ledger = Ledgers::<T>::get(&who);
            Self::settle(&who, &mut ledger, &calendar)?;
            let parameters = CurrentParameters::<T>::get();
            // The rest of this era does not count.
            let era = calendar.era.saturating_add(parameters.unlocking_eras).saturating_add(1);
            let amount = ledger.unlock(amount, parameters.minimum_lock, era).map_err(Error::<T>::from)?;
            Self::store(&who, ledger);
            Self::deposit_event(Event::Unlocking { who, amount, era });
            Ok(())
        }

        /// Locks again all that is being unlocked.
        #[pallet::call_index(8)]
        #[pallet::weight(<T as Config>::WeightInfo::relock())]
        pub fn relock(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::calendar()?;
            ensure!(T::MayStake::contains(&who), Error::<T>::MayNotStake);
            let mut ledger = Ledgers::<T>::get(&who);
            let amount = ledger.relock().map_err(Error::<T>::from)?;
            let minimum = CurrentParameters::<T>::get().minimum_lock;
            ensure!(ledger.locked >= minimum, Error::<T>::BelowMinimumLock);
            Self::store(&who, ledger);
            Self::deposit_event(Event::Relocked { who, amount });
            Ok(())
        }

        /// Frees what has been unlocking for long enough.
        #[pallet::call_index(9)]
        #[pallet::weight(<T as Config>::WeightInfo::claim_unlocked())]
        pub fn claim_unlocked(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            let mut ledger = Ledgers::<T>::get(&who);
            let amount = ledger.claim_unlocked(calendar.era).map_err(Error::<T>::from)?;
            Self::freeze(&who, &ledger)?;
            Self::store(&who, ledger);
            Self::deposit_event(Event::Unlocked { who, amount });
            Ok(())
        }

        /// Stakes `amount` of what is locked on a dApp, from the next era on. Pays what is due
        /// first, as all calls do that touch stakes.
        #[pallet::call_index(10)]
        #[pallet::weight(<T as Config>::WeightInfo::stake())]
        pub fn stake(
            origin: OriginFor<T>,
            dapp: AddressOf<T>,
            #[pallet::compact] amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            ensure!(amount > 0, Error::<T>::ZeroAmount);
            ensure!(T::MayStake::contains(&who), Error::<T>::MayNotStake);
            ensure!(!calendar.is_last_era(), Error::<T>::PeriodEndsWithThisEra);
            let staked = Ledger::<AddressOf<T>>::staked_as(amount, calendar.subperiod());
            Self::change_stakes(&who, &calendar, |ledger, parameters| {
                // A slash can leave less than is locked.
                let balance = T::Freezer::balance_freezable(&who);
                ensure!(ledger.frozen() <= balance, Error::<T>::NotThatMuchToLock);
                Self::add(ledger, &calendar, &dapp, staked, parameters)
            })?;
            Self::deposit_event(Event::Staked { who, dapp, amount });
            Ok(())
        }

        /// Takes `amount` off a dApp, or all of the stake if that is the minimum or more and less
        /// would remain. It does not earn in this era any more, and stays locked.
        #[pallet::call_index(11)]
        #[pallet::weight(<T as Config>::WeightInfo::unstake())]
        pub fn unstake(
            origin: OriginFor<T>,
            dapp: AddressOf<T>,
            #[pallet::compact] amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            ensure!(amount > 0, Error::<T>::ZeroAmount);
            let taken = Self::change_stakes(&who, &calendar, |ledger, parameters| {
                let taken = Self::take(&who, ledger, &calendar, &dapp, amount, Taking::Off, parameters)?;
                ledger.stop_earning();
                Ok(taken)
            })?;
            Self::deposit_event(Event::Unstaked { who, dapp, amount: taken.total() });
            Ok(())
        }

        /// Moves `amount` from one dApp to another, or all of the stake if that is the minimum or more
        /// and less would remain. It counts for the one until this era ends, and for the other from the
        /// next on; for its holder it goes on earning. A stake that is moved whole may be less than the
        /// minimum: it was raised since.
        #[pallet::call_index(12)]
        #[pallet::weight(<T as Config>::WeightInfo::move_stake())]
        pub fn move_stake(
            origin: OriginFor<T>,
            from: AddressOf<T>,
            to: AddressOf<T>,
            #[pallet::compact] amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            ensure!(amount > 0, Error::<T>::ZeroAmount);
            ensure!(from != to, Error::<T>::SameDapp);
            ensure!(!calendar.is_last_era(), Error::<T>::PeriodEndsWithThisEra);
            let taken = Self::change_stakes(&who, &calendar, |ledger, parameters| {
                let taken =
                    Self::take(&who, ledger, &calendar, &from, amount, Taking::Elsewhere, parameters)?;
                let is_whole = ledger.amounts_on(&from).1 == 0;
                let minimum_stake = match is_whole {
                    true => parameters.minimum_stake.min(taken.total()),
                    false => parameters.minimum_stake,
                };
                Self::add(ledger, &calendar, &to, taken, &Parameters { minimum_stake, ..*parameters })?;
                Ok(taken)
            })?;
            Self::deposit_event(Event::Moved { who, from, to, amount: taken.total() });
            Ok(())
        }

        /// Pays `staker` what the stakes have earned, and the bonus if their period is over. Anyone
        /// may call it.
        #[pallet::call_index(13)]
        #[pallet::weight(<T as Config>::WeightInfo::claim())]
        pub fn claim(origin: OriginFor<T>, staker: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            let mut ledger = Ledgers::<T>::get(&staker);
            let expired = Self::has_expired(&ledger);
            let due = Self::settle(&staker, &mut ledger, &calendar)?;
            ensure!(!expired, Error::<T>::RewardsExpired);
            ensure!(due != Due::default(), Error::<T>::NothingToClaim);
            Self::store(&staker, ledger);
            Ok(())
        }

        /// Pays a dApp's rewards to its beneficiary. Anyone may call it.
        #[pallet::call_index(14)]
        #[pallet::weight(<T as Config>::WeightInfo::claim_dapp())]
        pub fn claim_dapp(origin: OriginFor<T>, dapp: AddressOf<T>) -> DispatchResult {
            ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            let mut record = Dapps::<T>::get(&dapp).ok_or(Error::<T>::NotRegistered)?;
            let expired = record.take_expired(OldestPeriod::<T>::get());
            let amount = record.earned();
            ensure!(amount > 0 || expired == 0, Error::<T>::RewardsExpired);
            ensure!(amount > 0, Error::<T>::NothingToClaim);
            Self::pay_dapp(&dapp, &mut record)?;
            Self::expire_of(&dapp, expired);
            if record.is_over(calendar.period) {
                Dapps::<T>::remove(&dapp);
            } else {
                Dapps::<T>::insert(&dapp, record);
            }
            Ok(())
        }

        /// Sets the timetable of the next cycle. What was set before for it is replaced; with none it
        /// is taken back, and the next cycle gets this one's.
        ///
        /// Fails with [`Error::Parameter`], which names what is wrong.
        #[pallet::call_index(15)]
        #[pallet::weight(<T as Config>::WeightInfo::set_timetable())]
        pub fn set_timetable(origin: OriginFor<T>, timetable: Option<Timetable>) -> DispatchResult {
            <T as Config>::ParametersOrigin::ensure_origin(origin)?;
            if let Some(timetable) = &timetable {
                timetable.check(&CurrentLimits::<T>::get()).map_err(Error::<T>::Parameter)?;
            }
            NextTimetable::<T>::set(timetable);
            Self::deposit_event(Event::TimetableSet { timetable });
            Ok(())
        }
    }
}
