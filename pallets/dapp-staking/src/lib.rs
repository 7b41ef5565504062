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
pub use ledger::{Ledger, LedgerError, Stake, Taken, Unlocking, MAX_STAKES, MAX_UNLOCKING, SAFE_MOVES};
pub use pallet::*;
pub use parameters::{ParameterError, Parameters, MAX_RETENTION};
pub use pool::{rate, Pool};
pub use rewards::Due;
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

/// The most dApps that can have a record.
pub const MAX_DAPPS: u32 = 500;

/// How a dApp is addressed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DappAddress<AccountId> {
    Account(AccountId),
    /// A contract of the Ethereum kind.
    Contract(H160),
}

/// The rewards of a dApp: for each period that still counts, what was earned and not claimed.
pub type DappRewards = BoundedVec<(Period, Balance), ConstU32<{ MAX_RETENTION + 2 }>>;

/// A dApp's record. It outlives the registration: until the period is over, as there are stakes on
/// the dApp, and until its rewards are claimed or expire.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Dapp<AccountId> {
    /// Counts up with each registration.
    pub number: u32,
    pub owner: AccountId,
    /// Who gets the rewards; the owner if none.
    pub beneficiary: Option<AccountId>,
    pub stake: Staked,
    /// The last era in which it reached a tier, and the tier, counted from zero.
    pub tier: Option<(Era, u8)>,
    pub rewards: DappRewards,
    /// When it was unregistered.
    pub unregistered: Option<(Era, Period)>,
}

impl<AccountId: Clone> Dapp<AccountId> {
    /// Who gets the rewards.
    pub fn payee(&self) -> AccountId {
        self.beneficiary.clone().unwrap_or_else(|| self.owner.clone())
    }

    /// Takes out the rewards that can still be claimed while `oldest` is the oldest period that
    /// counts, and those that have expired.
    fn take_rewards(&mut self, oldest: Period) -> (Balance, Balance) {
        let sum = |of: &dyn Fn(Period) -> bool| {
            let rewards = self.rewards.iter().filter(|(period, _)| of(*period));
            rewards.fold(0u128, |sum, (_, amount)| sum.saturating_add(*amount))
        };
        let taken = (sum(&|period| period >= oldest), sum(&|period| period < oldest));
        self.rewards.clear();
        taken
    }

    /// Whether nothing keeps the record once the period `now` runs.
    fn is_over(&self, now: Period) -> bool {
        self.rewards.is_empty() && self.unregistered.is_some_and(|(_, period)| period < now)
    }
}

/// A period's rewards.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PeriodRewards {
    /// The period's first era.
    pub first_era: Era,
    /// The first era after it.
    pub end: Era,
    /// For what was staked, by stake and era.
    pub stakers: Pool,
    /// For what was staked while voting and kept; filled as the period ends.
    pub bonus: Pool,
}

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

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
        /// Who registers and unregisters dApps, changes parameters and stops everything.
        type ManagerOrigin: EnsureOrigin<Self::RuntimeOrigin>;
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

    /// Whether all is stopped.
    #[pallet::storage]
    pub type Maintenance<T> = StorageValue<_, bool, ValueQuery>;

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
        /// A dApp reached a tier, counted from zero, in an era that has ended.
        TierReached {
            dapp: AddressOf<T>,
            era: Era,
            tier: u8,
            reward: Balance,
        },
        MaintenanceSet {
            stopped: bool,
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
        /// An account was paid what its stakes have earned, and the bonus of the last period it
        /// staked in if that is over.
        Paid {
            who: T::AccountId,
            stakers: Balance,
            bonus: Balance,
        },
        /// A dApp's rewards were paid.
        DappPaid {
            dapp: AddressOf<T>,
            payee: T::AccountId,
            amount: Balance,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// dApp staking is stopped for maintenance.
        Stopped,
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
        /// The dApp was unregistered in this period, or has rewards to claim; it can be registered
        /// again afterwards.
        NotForgottenYet,
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
        /// The most dApps that can have a record.
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
        pub parameters: Parameters,
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Err(error) = self.parameters.check() {
                panic!("the parameters of dApp staking are wrong: {error:?}");
            }
            CurrentParameters::<T>::put(&self.parameters);
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
        /// Stops everything but this call, eras too, or lets it go on.
        #[pallet::call_index(0)]
        #[pallet::weight(<T as Config>::WeightInfo::set_maintenance())]
        pub fn set_maintenance(origin: OriginFor<T>, stopped: bool) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            Maintenance::<T>::put(stopped);
            Self::deposit_event(Event::MaintenanceSet { stopped });
            Ok(())
        }

        /// Changes the parameters. Fails with [`Error::Parameter`], which names the one.
        #[pallet::call_index(1)]
        #[pallet::weight(<T as Config>::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            parameters.check().map_err(Error::<T>::Parameter)?;
            CurrentParameters::<T>::put(&parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }

        /// Registers a dApp, which can be staked on from now on.
        #[pallet::call_index(2)]
        #[pallet::weight(<T as Config>::WeightInfo::register())]
        pub fn register(origin: OriginFor<T>, dapp: AddressOf<T>, owner: T::AccountId) -> DispatchResult {
            T::ManagerOrigin::ensure_origin(origin)?;
            let calendar = Self::calendar()?;
            if let Some(mut known) = Dapps::<T>::get(&dapp) {
                ensure!(known.unregistered.is_some(), Error::<T>::AlreadyRegistered);
                let (rewards, expired) = known.take_rewards(OldestPeriod::<T>::get());
                ensure!(rewards == 0 && known.is_over(calendar.period), Error::<T>::NotForgottenYet);
                Inflation::<T>::expire(Recipient::Dapps, expired);
                Dapps::<T>::remove(&dapp);
            }
            ensure!(Dapps::<T>::count() < MAX_DAPPS, Error::<T>::TooManyDapps);
            let number = NextNumber::<T>::get();
            NextNumber::<T>::put(number.saturating_add(1));
            let record = Dapp {
                number,
                owner: owner.clone(),
                beneficiary: None,
                stake: Staked::default(),
                tier: None,
                rewards: DappRewards::default(),
                unregistered: None,
            };
            Dapps::<T>::insert(&dapp, record);
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
            let calendar = Self::calendar()?;
            Self::change_dapp(&dapp, |record| {
                record.unregistered = Some((calendar.era, calendar.period));
                Ok(())
            })?;
            Self::deposit_event(Event::Unregistered { dapp });
            Ok(())
        }

        /// Gives a dApp to another owner.
        #[pallet::call_index(4)]
        #[pallet::weight(<T as Config>::WeightInfo::set_owner())]
        pub fn set_owner(origin: OriginFor<T>, dapp: AddressOf<T>, owner: T::AccountId) -> DispatchResult {
            Self::change_own_dapp(origin, &dapp, |record| record.owner = owner.clone())?;
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
            Self::change_own_dapp(origin, &dapp, |record| record.beneficiary = beneficiary.clone())?;
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

        /// Starts to unlock `amount`, or all if less than the minimum would remain; it must not be
        /// staked. It is free some eras later.
        #[pallet::call_index(7)]
        #[pallet::weight(<T as Config>::WeightInfo::unlock())]
        pub fn unlock(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let calendar = Self::calendar()?;
            ensure!(amount > 0, Error::<T>::ZeroAmount);
            let mut ledger = Ledgers::<T>::get(&who);
            Self::settle(&who, &mut ledger, &calendar)?;
            let parameters = CurrentParameters::<T>::get();
            let era = calendar.era.saturating_add(parameters.unlocking_eras);
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
                Self::add(ledger, &calendar, &dapp, staked, parameters)
            })?;
            Self::deposit_event(Event::Staked { who, dapp, amount });
            Ok(())
        }

        /// Takes `amount` off a dApp, or all of the stake if less than the minimum would remain. It
        /// does not earn in this era any more, and stays locked.
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
                let taken = Self::take(ledger, &calendar, &dapp, amount, parameters)?;
                ledger.stop_earning();
                Ok(taken)
            })?;
            Self::deposit_event(Event::Unstaked { who, dapp, amount: taken.total() });
            Ok(())
        }

        /// Moves `amount`, or all of the stake if less than the minimum would remain, from one dApp
        /// to another, for which it counts from the next era on. It goes on earning for its holder.
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
                let taken = Self::take(ledger, &calendar, &from, amount, parameters)?;
                Self::add(ledger, &calendar, &to, taken, parameters)?;
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
            let (amount, expired) = record.take_rewards(OldestPeriod::<T>::get());
            ensure!(amount > 0 || expired == 0, Error::<T>::RewardsExpired);
            ensure!(amount > 0, Error::<T>::NothingToClaim);
            let payee = record.payee();
            Inflation::<T>::issue(&payee, &[(Recipient::Dapps, amount)])?;
            Inflation::<T>::expire(Recipient::Dapps, expired);
            if record.is_over(calendar.period) {
                Dapps::<T>::remove(&dapp);
            } else {
                Dapps::<T>::insert(&dapp, record);
            }
            Self::deposit_event(Event::DappPaid { dapp, payee, amount });
            Ok(())
        }
    }
}
