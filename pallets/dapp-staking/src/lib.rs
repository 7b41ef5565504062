//! dApp staking: accounts lock the token and stake it on dApps. Stakers and dApps earn rewards for it.
//!
//! The [`Calendar`] divides time into eras, periods and cycles. Stakes are placed in the voting eras of a
//! period. In its earning eras, stakers share what [inflation](pallet_inflation) mints for them, and the
//! dApps with most stake are ranked into [tiers] and paid by tier. All stakes end with their period; locks
//! stay.
//!
//! **A claim costs the same after any number of eras.** A unit of stake earns the same in an era on every
//! dApp. So the running sum over the eras, [`EarnedPerUnit`], gives what an unchanged stake has earned
//! between any two eras, by a multiplication and without a loop. A [ledger](Ledger) holds the stakes of one
//! period, as they stood in one era. Every call that changes stakes first pays what they have earned. What is
//! due is a share of the period's [`Pool`], so claims add up to exactly what was allotted. The rewards of a
//! dApp are added to its record when the tiers of an era are assigned.
//!
//! **What decides how much is minted is fixed for a whole cycle.** That is the [`Timetable`]. The settings
//! origin sets it within the network's [`Limits`]. A new timetable waits for the next cycle, and can be
//! withdrawn until then. The [`Parameters`] decide how what is minted is distributed. The same origin sets
//! them, and they are in force at once.
//!
//! **The work at the end of an era is bounded.** The first block of the next era does what depends on sums
//! alone. After it, each block ranks or credits [`CHUNK`] dApps. Users can go on staking in these blocks,
//! because [`Staked`] keeps the amounts of the era before.
//!
//! **[Maintenance] stops everything for a limited time.** See [`Pallet::set_maintenance`].

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
mod invariants;
mod ledger;
mod locks;
mod maintenance;
mod parameters;
mod pool;
mod rewards;
mod staked;
mod stakes;
pub mod tiers;
mod turn;
pub mod weights;

pub use api::*;
pub use calendar::{Calendar, Ended, Era, Period, Subperiod};
pub use dapps::{Dapp, DappAddress, DappRewards, MAX_DAPPS};
pub use ledger::{Ledger, LedgerError, MovedOff, Stake, StakeAmount, Unlocking, MAX_UNLOCKING, SAFE_MOVES};
pub use pallet::*;
pub use parameters::{Limits, ParameterError, Parameters, Range, Timetable, MAX_RETENTION, MAX_STAKES};
pub use pool::{points_per_unit, Pool};
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

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_runtime::DispatchError;

    /// The address of a dApp on a chain.
    pub type AddressOf<T> = DappAddress<<T as frame_system::Config>::AccountId>;
    /// The ledger of an account on a chain.
    pub type LedgerOf<T> = Ledger<AddressOf<T>>;

    #[pallet::config]
    pub trait Config:
        pallet_inflation::Config + frame_system::Config<RuntimeEvent: From<Event<Self>>>
    {
        /// The pallet that freezes what is locked.
        type Freezer: MutateFreeze<Self::AccountId, Id = Self::RuntimeFreezeReason, Balance = Balance>;
        /// The runtime's reasons for a freeze.
        type RuntimeFreezeReason: From<FreezeReason>;
        /// The block time of the chain.
        type Cadence: Get<cadence::Cadence>;
        /// The clock, for the moments in the runtime API.
        type Time: UnixTime;
        /// The accounts that may lock and stake.
        type MayStake: Contains<Self::AccountId>;
        /// The origin that sets the next cycle's timetable, which decides how much is minted in a year, and
        /// the parameters, which decide how it is distributed.
        type SettingsOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// The origin of the manager, who registers and unregisters dApps, gives them to other owners, and
        /// may end maintenance early.
        type ManagerOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// The origin that may stop dApp staking for some time, and may end that early.
        type EmergencyOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// How long maintenance lasts unless it is ended early.
        type MaintenanceTime: Get<core::time::Duration>;
        /// How long after the end of maintenance only Root may stop dApp staking again.
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

    /// The parameters in force.
    #[pallet::storage]
    pub type CurrentParameters<T> = StorageValue<_, Parameters, ValueQuery>;

    /// The ranges of timetables and parameters on this network. Set at genesis.
    #[pallet::storage]
    pub type CurrentLimits<T> = StorageValue<_, Limits, ValueQuery>;

    /// The timetable of the next cycle. None if it keeps that of the current cycle.
    #[pallet::storage]
    pub type NextTimetable<T> = StorageValue<_, Timetable>;

    /// The block in which maintenance ends. None if dApp staking is running.
    #[pallet::storage]
    pub type Maintenance<T> = StorageValue<_, BlockNumberFor<T>>;

    /// The block from which on an origin other than Root may stop dApp staking again. None if it was never
    /// stopped.
    #[pallet::storage]
    pub type NextMaintenance<T> = StorageValue<_, BlockNumberFor<T>>;

    /// The current era, period and cycle. None before the first block.
    #[pallet::storage]
    pub type CurrentCalendar<T> = StorageValue<_, Calendar<BlockNumberFor<T>>>;

    /// The turn of the era whose tiers are being assigned. None once that is done.
    #[pallet::storage]
    pub type CurrentTurn<T> = StorageValue<_, Turn<AddressOf<T>>>;

    /// The best dApps of the era whose tiers are being assigned, or were assigned last.
    #[pallet::storage]
    pub type Ranking<T> = StorageValue<_, tiers::Ranking<AddressOf<T>>, ValueQuery>;

    /// The locks and stakes of each account.
    #[pallet::storage]
    pub type Ledgers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, LedgerOf<T>, ValueQuery>;

    /// The record of each dApp.
    #[pallet::storage]
    pub type Dapps<T: Config> = CountedStorageMap<_, Blake2_128Concat, AddressOf<T>, Dapp<T::AccountId>>;

    /// The number of the next registration of a dApp.
    #[pallet::storage]
    pub type NextNumber<T> = StorageValue<_, u32, ValueQuery>;

    /// The sum of what all accounts have staked.
    #[pallet::storage]
    pub type TotalStaked<T> = StorageValue<_, Staked, ValueQuery>;

    /// The part of it that has a right to this period's bonus.
    #[pallet::storage]
    pub type TotalVoting<T> = StorageValue<_, Balance, ValueQuery>;

    /// The points that a unit of stake has earned from the first era up to and including this one.
    #[pallet::storage]
    pub type EarnedPerUnit<T> = StorageMap<_, Twox64Concat, Era, U256, ValueQuery>;

    /// The oldest era in [`EarnedPerUnit`].
    #[pallet::storage]
    pub type OldestEra<T> = StorageValue<_, Era, ValueQuery>;

    /// The rewards of the current period, and of the periods whose rewards can still be claimed.
    #[pallet::storage]
    pub type Periods<T> = StorageMap<_, Twox64Concat, Period, PeriodRewards>;

    /// The oldest period in [`Periods`].
    #[pallet::storage]
    pub type OldestPeriod<T> = StorageValue<_, Period, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An era has begun.
        EraBegun { era: Era, period: Period, subperiod: Subperiod },
        /// A subperiod has begun with this era. It lasts until era `end`, exclusive. A voting subperiod also
        /// begins its period.
        SubperiodBegun { era: Era, period: Period, subperiod: Subperiod, end: Era },
        /// A cycle has begun with this timetable.
        TimetableInForce { timetable: Timetable },
        /// An earning era has ended. Its stakes, `staked` in all, share the reward `stakers`.
        EraEnded { era: Era, period: Period, staked: Balance, stakers: Balance },
        /// A period has ended. The voting stake that was kept, `voting` in all, shares the bonus.
        PeriodEnded { period: Period, voting: Balance, bonus: Balance },
        /// The rewards of a period can no longer be claimed.
        PeriodExpired { period: Period },
        /// A dApp reached a tier, counted from zero, in an era that has ended.
        TierReached { dapp: AddressOf<T>, era: Era, tier: u8, reward: Balance },
        /// dApp staking is stopped until this block, unless maintenance is ended early.
        Stopped { until: BlockNumberFor<T> },
        /// Maintenance has ended, by itself or early.
        Resumed,
        /// The timetable of the next cycle was set. With `None` it was withdrawn, and the next cycle keeps
        /// that of the current one.
        TimetableSet { timetable: Option<Timetable> },
        /// The parameters were set.
        ParametersSet { parameters: Parameters },
        /// A dApp was registered.
        Registered { dapp: AddressOf<T>, owner: T::AccountId, number: u32 },
        /// A dApp was unregistered.
        Unregistered { dapp: AddressOf<T> },
        /// A dApp was given to another owner, who is paid from now on.
        OwnerSet { dapp: AddressOf<T>, owner: T::AccountId },
        /// The beneficiary of a dApp was set. Without one the owner is paid.
        BeneficiarySet { dapp: AddressOf<T>, beneficiary: Option<T::AccountId> },
        /// An account has locked `amount`.
        Locked { who: T::AccountId, amount: Balance },
        /// An account has started to unlock `amount`, which is free from `era` on.
        Unlocking { who: T::AccountId, amount: Balance, era: Era },
        /// An account has locked again everything that it was unlocking, `amount` in all.
        Relocked { who: T::AccountId, amount: Balance },
        /// `amount` of an account is unlocked and can be spent.
        Unlocked { who: T::AccountId, amount: Balance },
        /// An account has staked `amount` on a dApp.
        Staked { who: T::AccountId, dapp: AddressOf<T>, amount: Balance },
        /// An account has unstaked `amount` from a dApp.
        Unstaked { who: T::AccountId, dapp: AddressOf<T>, amount: Balance },
        /// An account has moved `amount` from one dApp to another.
        Moved { who: T::AccountId, from: AddressOf<T>, to: AddressOf<T>, amount: Balance },
        /// An account has moved or unstaked voting stake with no safe move left. `amount` of what it had on
        /// the dApp has lost its right to the bonus.
        BonusLost { who: T::AccountId, dapp: AddressOf<T>, amount: Balance },
        /// An account was paid what its stakes of a period have earned in the eras from `from` to `until`,
        /// exclusive, and the bonus if the period is over.
        Paid { who: T::AccountId, period: Period, from: Era, until: Era, stakers: Balance, bonus: Balance },
        /// An account did not claim in time what its stakes of a period have earned from era `from` on.
        Expired { who: T::AccountId, period: Period, from: Era },
        /// The rewards of a dApp were paid: `amount` in all, in `rewards` by period.
        DappPaid { dapp: AddressOf<T>, payee: T::AccountId, amount: Balance, rewards: DappRewards },
        /// `amount` of a dApp's rewards is never minted. It was not claimed in time, or was less than the
        /// payee's account can hold.
        DappExpired { dapp: AddressOf<T>, amount: Balance },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// dApp staking is stopped for maintenance.
        Stopped,
        /// dApp staking is stopped, or was stopped not long ago. At this time only Root may stop it.
        StoppedNotLongAgo,
        /// dApp staking has not begun yet. It begins with the next block.
        NotBegun,
        /// This network cannot have this timetable or these parameters. The inner error names the figure.
        Parameter(ParameterError),
        /// The account's locks and stakes do not allow this. The inner error has the reason.
        Ledger(LedgerError),
        /// The amount is zero.
        ZeroAmount,
        /// [`Config::MayStake`] does not allow the account to lock or stake. Collators may not, for example.
        MayNotStake,
        /// The account does not have that much to lock, or a slash has left it less than it has locked.
        NotThatMuchToLock,
        /// The amount that the account would have locked is below the minimum.
        BelowMinimumLock,
        /// The dApp is registered already.
        AlreadyRegistered,
        /// The dApp was just unregistered, and is being ranked for the era before. It can be registered again
        /// some blocks later.
        BeingRanked,
        /// The network has as many dApps as it can have.
        TooManyDapps,
        /// The dApp is not registered.
        NotRegistered,
        /// The caller does not own the dApp.
        NotTheOwner,
        /// This is the last era of the period. A stake would count from the next era on, but all stakes end
        /// with the period.
        PeriodEndsWithThisEra,
        /// The stake is on that dApp already. A stake can only be moved to another dApp.
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

        /// The most chunks that an account can be unlocking at once.
        fn max_unlocking() -> u32 {
            MAX_UNLOCKING
        }

        /// How often in a period an account may unstake or move voting stake without losing the bonus of the
        /// rest.
        fn safe_moves() -> u8 {
            SAFE_MOVES
        }
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T> {
        /// The ranges of timetables and parameters.
        pub limits: Limits,
        /// The timetable of the first cycle.
        pub timetable: Timetable,
        /// The parameters.
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
            Self::process_block(now)
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::check()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Stops dApp staking for [`Config::MaintenanceTime`] from now on, or ends maintenance early.
        ///
        /// Maintenance stops eras and all calls, except this call, those that set the timetable and the
        /// parameters, and the manager's calls [`register`](Self::register),
        /// [`unregister`](Self::unregister) and [`set_owner`](Self::set_owner). A decision of governance that
        /// is refused would be used up.
        ///
        /// Only [`Config::EmergencyOrigin`] may stop dApp staking. [`Config::ManagerOrigin`] may end
        /// maintenance, too. Root may stop dApp staking again at any time, others once
        /// [`Config::MaintenanceRest`] has passed since the end. Fails with [`Error::StoppedNotLongAgo`]
        /// before that.
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
            if stopped {
                Self::stop(is_root)?;
            } else {
                Self::resume();
            }
            Ok(())
        }

        /// Sets the parameters, which are in force at once.
        ///
        /// Only [`Config::SettingsOrigin`] may call this. Fails with [`Error::Parameter`], which names the
        /// figure that is wrong.
        #[pallet::call_index(1)]
        #[pallet::weight(<T as Config>::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
            T::SettingsOrigin::ensure_origin(origin)?;
            parameters.check(&CurrentLimits::<T>::get()).map_err(Error::<T>::Parameter)?;
            CurrentParameters::<T>::put(parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }

        /// Registers a dApp. Accounts can stake on it from now on.
        ///
        /// A dApp that was unregistered keeps the stakes that are still on it. Its unclaimed rewards are paid
        /// to its old payee. In maintenance nothing is minted, so a dApp with unclaimed rewards cannot be
        /// registered then.
        ///
        /// Only [`Config::ManagerOrigin`] may call this. Fails with [`Error::AlreadyRegistered`],
        /// [`Error::BeingRanked`], [`Error::TooManyDapps`], [`Error::Stopped`] or [`Error::NotBegun`].
        #[pallet::call_index(2)]
        #[pallet::weight(<T as Config>::WeightInfo::register())]
        pub fn register(origin: OriginFor<T>, dapp: AddressOf<T>, owner: T::AccountId) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            let number = Self::register_dapp(&dapp, owner.clone())?;
            Self::deposit_event(Event::Registered { dapp, owner, number });
            Ok(())
        }

        /// Unregisters a dApp. It is not ranked for the current era any more, but what it has earned can
        /// still be claimed. Stakes on it go on earning. To unstake or move them costs no right to the bonus.
        ///
        /// Only [`Config::ManagerOrigin`] may call this. Fails with [`Error::NotRegistered`] or
        /// [`Error::NotBegun`].
        #[pallet::call_index(3)]
        #[pallet::weight(<T as Config>::WeightInfo::unregister())]
        pub fn unregister(origin: OriginFor<T>, dapp: AddressOf<T>) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            let calendar = Self::ensure_begun()?;
            Self::change_dapp(&dapp, |record| {
                record.unregistered = Some((calendar.era, calendar.period));
                Ok(())
            })?;
            Self::deposit_event(Event::Unregistered { dapp });
            Ok(())
        }

        /// Gives a dApp to another owner, and removes its beneficiary. The new owner is paid from now on,
        /// including what was earned and not claimed before.
        ///
        /// The owner may call this, and [`Config::ManagerOrigin`], which may do so in maintenance too. Fails
        /// with [`Error::NotRegistered`], [`Error::NotTheOwner`] or [`Error::Stopped`].
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

        /// Sets the beneficiary of a dApp, who gets its rewards. With `None` the owner gets them again.
        ///
        /// Only the owner may call this. Fails with [`Error::NotRegistered`], [`Error::NotTheOwner`] or
        /// [`Error::Stopped`].
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

        /// Locks `amount`, so that the caller can stake it.
        ///
        /// Fails with [`Error::Stopped`], [`Error::ZeroAmount`], [`Error::MayNotStake`],
        /// [`Error::NotThatMuchToLock`] or [`Error::BelowMinimumLock`].
        #[pallet::call_index(6)]
        #[pallet::weight(<T as Config>::WeightInfo::lock())]
        pub fn lock(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::lock_amount(&who, amount)?;
            Self::deposit_event(Event::Locked { who, amount });
            Ok(())
        }

        /// Starts to unlock `amount`, which must not be staked. If nothing is staked and less than the
        /// minimum would remain, unlocks everything. The amount is free when the era begins that follows
        /// [`Parameters::unlocking_eras`] whole eras. Pays what is due first.
        ///
        /// Fails with [`Error::Stopped`], [`Error::ZeroAmount`] or [`Error::Ledger`].
        #[pallet::call_index(7)]
        #[pallet::weight(<T as Config>::WeightInfo::unlock())]
        pub fn unlock(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let (amount, era) = Self::unlock_amount(&who, amount)?;
            Self::deposit_event(Event::Unlocking { who, amount, era });
            Ok(())
        }

        /// Locks again everything that the caller is unlocking.
        ///
        /// Fails with [`Error::Stopped`], [`Error::MayNotStake`], [`Error::Ledger`] or
        /// [`Error::BelowMinimumLock`].
        #[pallet::call_index(8)]
        #[pallet::weight(<T as Config>::WeightInfo::relock())]
        pub fn relock(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let amount = Self::relock_all(&who)?;
            Self::deposit_event(Event::Relocked { who, amount });
            Ok(())
        }

        /// Releases the amounts of the caller whose time of unlocking is over.
        ///
        /// Fails with [`Error::Stopped`] or [`Error::Ledger`].
        #[pallet::call_index(9)]
        #[pallet::weight(<T as Config>::WeightInfo::claim_unlocked())]
        pub fn claim_unlocked(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let amount = Self::release_unlocked(&who)?;
            Self::deposit_event(Event::Unlocked { who, amount });
            Ok(())
        }

        /// Stakes `amount` of what is locked on a dApp, from the next era on. Pays what is due first, as all
        /// calls do that change stakes.
        ///
        /// Fails with [`Error::Stopped`], [`Error::ZeroAmount`], [`Error::MayNotStake`],
        /// [`Error::PeriodEndsWithThisEra`], [`Error::NotThatMuchToLock`], [`Error::NotRegistered`] or
        /// [`Error::Ledger`].
        #[pallet::call_index(10)]
        #[pallet::weight(<T as Config>::WeightInfo::stake())]
        pub fn stake(
            origin: OriginFor<T>,
            dapp: AddressOf<T>,
            #[pallet::compact] amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::stake_amount(&who, &dapp, amount)?;
            Self::deposit_event(Event::Staked { who, dapp, amount });
            Ok(())
        }

        /// Unstakes `amount` from a dApp. If the stake is the minimum or more and less would remain, unstakes
        /// all of it. The amount does not earn in the current era any more, and stays locked. Pays what is
        /// due first.
        ///
        /// Fails with [`Error::Stopped`], [`Error::ZeroAmount`], [`Error::NotRegistered`] or
        /// [`Error::Ledger`].
        #[pallet::call_index(11)]
        #[pallet::weight(<T as Config>::WeightInfo::unstake())]
        pub fn unstake(
            origin: OriginFor<T>,
            dapp: AddressOf<T>,
            #[pallet::compact] amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let amount = Self::unstake_amount(&who, &dapp, amount)?;
            Self::deposit_event(Event::Unstaked { who, dapp, amount });
            Ok(())
        }

        /// Moves `amount` from one dApp to another. If the stake is the minimum or more and less would
        /// remain, moves all of it. The amount counts for the first dApp until the current era ends, and for
        /// the other from the next era on. It goes on earning for the caller. A stake that is moved whole may
        /// be below the minimum, because governance can have raised the minimum since. Pays what is due
        /// first.
        ///
        /// Fails with [`Error::Stopped`], [`Error::ZeroAmount`], [`Error::SameDapp`],
        /// [`Error::PeriodEndsWithThisEra`], [`Error::NotRegistered`] or [`Error::Ledger`].
        #[pallet::call_index(12)]
        #[pallet::weight(<T as Config>::WeightInfo::move_stake())]
        pub fn move_stake(
            origin: OriginFor<T>,
            from: AddressOf<T>,
            to: AddressOf<T>,
            #[pallet::compact] amount: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let amount = Self::move_amount(&who, &from, &to, amount)?;
            Self::deposit_event(Event::Moved { who, from, to, amount });
            Ok(())
        }

        /// Pays `staker` what its stakes have earned, and the bonus if their period is over. Anyone may call
        /// this.
        ///
        /// Fails with [`Error::Stopped`], [`Error::RewardsExpired`] or [`Error::NothingToClaim`], or if the
        /// account would hold less than the existential deposit.
        #[pallet::call_index(13)]
        #[pallet::weight(<T as Config>::WeightInfo::claim())]
        pub fn claim(origin: OriginFor<T>, staker: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::claim_rewards(&staker)
        }

        /// Pays the rewards of a dApp to its beneficiary, or to its owner if it has none. Anyone may call
        /// this.
        ///
        /// Fails with [`Error::Stopped`], [`Error::NotRegistered`] if the dApp has no record,
        /// [`Error::RewardsExpired`] or [`Error::NothingToClaim`], or if the account would hold less than the
        /// existential deposit.
        #[pallet::call_index(14)]
        #[pallet::weight(<T as Config>::WeightInfo::claim_dapp())]
        pub fn claim_dapp(origin: OriginFor<T>, dapp: AddressOf<T>) -> DispatchResult {
            ensure_signed(origin)?;
            Self::claim_dapp_rewards(&dapp)
        }

        /// Sets the timetable of the next cycle. This replaces what was set for the next cycle before. `None`
        /// withdraws it, and the next cycle keeps the current timetable.
        ///
        /// Only [`Config::SettingsOrigin`] may call this. Fails with [`Error::Parameter`], which names the
        /// figure that is wrong.
        #[pallet::call_index(15)]
        #[pallet::weight(<T as Config>::WeightInfo::set_timetable())]
        pub fn set_timetable(origin: OriginFor<T>, timetable: Option<Timetable>) -> DispatchResult {
            T::SettingsOrigin::ensure_origin(origin)?;
            if let Some(timetable) = &timetable {
                timetable.check(&CurrentLimits::<T>::get()).map_err(Error::<T>::Parameter)?;
            }
            NextTimetable::<T>::set(timetable);
            Self::deposit_event(Event::TimetableSet { timetable });
            Ok(())
        }
    }
}
