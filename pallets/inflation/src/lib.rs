//! Inflation: the pallet that plans and mints all new tokens.
//!
//! Time is divided into cycles, periods and eras. Another pallet (dApp staking) decides when these begin and
//! end: it calls [`Pallet::begin_cycle`], [`Pallet::begin_era`], [`Pallet::end_earning_era`] and
//! [`Pallet::end_period`]. When a cycle begins, this pallet makes its [`Plan`] from the issuance and the
//! [`Parameters`] of that moment. Nothing changes the plan afterwards. Parameters that are set during a cycle
//! wait for the next one, and can be withdrawn until then.
//!
//! The plan is carried out in two ways:
//!
//! - The treasury and the collators are paid in every block, out of the era's [`Stream`].
//! - Stakers, the bonus and dApps are *allotted* amounts when eras and periods end. They are paid when they
//!   claim, by [`Pallet::issue`].
//!
//! Nothing else mints. Two kinds of amounts are never minted: what was planned but not earned (too little
//! was staked, slots of tiers were free, nobody kept a right to the bonus), and what was earned but not
//! claimed in time. [`Tallies`] keeps the sums. At any moment, for every recipient,
//! `planned = unearned + issued + expired + still to be claimed`.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

mod api;
mod plan;
pub mod weights;

pub use api::*;
pub use pallet::*;
pub use plan::{part, share, split, Flow, Parameters, Plan, Shape, Split, Stream};
pub use weights::WeightInfo;

use cadence::Change;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    dispatch::DispatchResult,
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use scale_info::TypeInfo;
use sp_runtime::{traits::Zero, PerThing, Perbill};

/// Amounts in the smallest unit of the token.
pub type Balance = u128;

/// A recipient, or a kind of recipients, of minted tokens.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Recipient {
    Treasury,
    Collators,
    Stakers,
    Bonus,
    Dapps,
}

impl Recipient {
    /// All recipients.
    pub const ALL: [Recipient; 5] =
        [Recipient::Treasury, Recipient::Collators, Recipient::Stakers, Recipient::Bonus, Recipient::Dapps];
}

/// The sums for one recipient, since the chain's first cycle or over part of that time.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Tally {
    /// The amount that could have been earned.
    pub planned: Balance,
    /// The part of `planned` that was earned.
    pub earned: Balance,
    /// The part of `earned` that was minted.
    pub issued: Balance,
    /// The part of `earned` that was not claimed in time, and is never minted.
    pub expired: Balance,
}

impl Tally {
    /// The amount that was earned and can still be claimed.
    pub fn outstanding(&self) -> Balance {
        self.earned.saturating_sub(self.issued).saturating_sub(self.expired)
    }
}

/// The rewards of an earning era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EraRewards {
    /// For all stakers. Allotted already.
    pub stakers: Balance,
    /// For all slots of all tiers. The caller [allots](Pallet::allot) the part of the filled slots once the
    /// dApps are ranked.
    pub dapps: Balance,
}

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The token that is minted.
        type Currency: Mutate<Self::AccountId, Balance = Balance>;
        /// The treasury's account.
        type Treasury: Get<Self::AccountId>;
        /// The account from which block authors are paid.
        type Collators: Get<Self::AccountId>;
        /// The origin that may set the next cycle's parameters, which decide how much is minted.
        type ParametersOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// The parameters of the next cycle. None if it keeps those of the current cycle.
    #[pallet::storage]
    pub type NextParameters<T> = StorageValue<_, Parameters>;

    /// The most that [`Parameters::maximum`] can be on this network. Set at genesis.
    #[pallet::storage]
    pub type Ceiling<T> = StorageValue<_, Perbill, ValueQuery>;

    /// The plan of the current cycle. None before the first cycle.
    #[pallet::storage]
    pub type CurrentPlan<T> = StorageValue<_, Plan>;

    /// The payments of the current era to the treasury and the collators, block by block. None before the
    /// first era.
    #[pallet::storage]
    pub type CurrentStream<T> = StorageValue<_, Stream<BlockNumberFor<T>>>;

    /// The sums for each recipient since the chain's first cycle. Payments of the current stream are added
    /// when the next era begins, or when the block time changes.
    #[pallet::storage]
    pub type Tallies<T> = StorageMap<_, Twox64Concat, Recipient, Tally, ValueQuery>;

    /// The sums for each recipient at the start of the current cycle.
    #[pallet::storage]
    pub type OpeningTallies<T> = StorageMap<_, Twox64Concat, Recipient, Tally, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A cycle has begun. It mints `maximum` at most, divided into `amounts`.
        CycleBegun { maximum: Balance, amounts: Split<Balance>, shape: Shape, ideal_staking: Perbill },
        /// The parameters of the next cycle were set. With `None` they were withdrawn, and the next cycle
        /// keeps those of the current one.
        ParametersSet { parameters: Option<Parameters> },
        /// `amount` was earned. Stakers and dApps earn it for an era that has ended, the bonus belongs to a
        /// period that has ended, and the treasury and the collators earn it for an era that begins.
        Allotted { recipient: Recipient, amount: Balance },
        /// `amount` was earned but not claimed in time. It is never minted.
        Expired { recipient: Recipient, amount: Balance },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The maximum is above the ceiling of this network, [`Ceiling`].
        AboveTheCeiling,
        /// The shares do not add up to one whole.
        SharesAreNotOneWhole,
        /// The ideal rate of staking is zero.
        IdealStakingIsZero,
    }

    #[pallet::genesis_config]
    pub struct GenesisConfig<T> {
        /// The parameters of the first cycle.
        pub parameters: Parameters,
        /// The most that [`Parameters::maximum`] can be on this network.
        pub ceiling: Perbill,
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    impl<T> Default for GenesisConfig<T> {
        fn default() -> Self {
            GenesisConfig {
                parameters: Parameters::default(),
                ceiling: Perbill::from_percent(10),
                _config: Default::default(),
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Ceiling::<T>::put(self.ceiling);
            if let Err(error) = Pallet::<T>::check_parameters(&self.parameters) {
                panic!("the parameters of inflation are wrong: {error:?}");
            }
            NextParameters::<T>::put(self.parameters);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            CurrentStream::<T>::mutate_extant(|stream| Self::pay(stream, now));
            T::WeightInfo::pay()
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::check()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Sets how much is minted, and for whom, from the next cycle on. This replaces what was set for the
        /// next cycle before. `None` withdraws it, and the next cycle keeps the current parameters.
        ///
        /// Only [`Config::ParametersOrigin`] may call this. Fails with [`Error::AboveTheCeiling`],
        /// [`Error::SharesAreNotOneWhole`] or [`Error::IdealStakingIsZero`].
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Option<Parameters>) -> DispatchResult {
            T::ParametersOrigin::ensure_origin(origin)?;
            if let Some(parameters) = &parameters {
                Self::check_parameters(parameters)?;
            }
            NextParameters::<T>::set(parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Fails if this network cannot have these parameters.
    fn check_parameters(parameters: &Parameters) -> Result<(), Error<T>> {
        ensure!(parameters.maximum <= Ceiling::<T>::get(), Error::<T>::AboveTheCeiling);
        ensure!(parameters.shares.is_whole(), Error::<T>::SharesAreNotOneWhole);
        ensure!(!parameters.ideal_staking.is_zero(), Error::<T>::IdealStakingIsZero);
        Ok(())
    }

    /// Begins a cycle of this shape, and plans it from the issuance of this moment.
    pub fn begin_cycle(shape: Shape) {
        let last = CurrentPlan::<T>::get().map(|plan| plan.parameters);
        let parameters = NextParameters::<T>::take().or(last).unwrap_or_default();
        let plan = Plan::new(T::Currency::total_issuance(), parameters, shape);
        for recipient in Recipient::ALL {
            OpeningTallies::<T>::insert(recipient, Self::tally(recipient));
        }
        CurrentPlan::<T>::put(plan);
        Self::deposit_event(Event::CycleBegun {
            maximum: plan.maximum,
            amounts: plan.amounts,
            shape,
            ideal_staking: parameters.ideal_staking,
        });
    }

    /// Begins an era. It pays the treasury and the collators in the blocks after `start`, up to and including
    /// `end`. What the last era still owes them is paid at once.
    pub fn begin_era(start: BlockNumberFor<T>, end: BlockNumberFor<T>) {
        let Some(mut plan) = CurrentPlan::<T>::get() else { return };
        let (treasury, collators) = plan.begin_era();
        CurrentPlan::<T>::put(plan);

        // An account cannot exist with less than the existential deposit, so a payment to it can fail. The
        // next era pays that amount.
        let mut unpaid = (0, 0);
        if let Some(mut last) = CurrentStream::<T>::get() {
            let last_block = last.end;
            Self::pay(&mut last, last_block);
            Self::book_payments(&last);
            unpaid = (
                last.treasury.total.saturating_sub(last.treasury.paid),
                last.collators.total.saturating_sub(last.collators.paid),
            );
        }
        for (recipient, amount) in [(Recipient::Treasury, treasury), (Recipient::Collators, collators)] {
            Self::book_planned(recipient, amount);
            Self::allot(recipient, amount);
        }
        CurrentStream::<T>::put(Stream {
            start,
            end,
            treasury: Flow { total: treasury.saturating_add(unpaid.0), paid: 0 },
            collators: Flow { total: collators.saturating_add(unpaid.1), paid: 0 },
        });
    }

    /// Converts the era's remaining payments to another block time. They take the same time as before.
    pub fn rescale(change: &Change) {
        CurrentStream::<T>::mutate_extant(|stream| {
            Self::book_payments(stream);
            *stream = stream.rescaled(change);
        });
    }

    /// Adds a stream's payments to the sums.
    fn book_payments(stream: &Stream<BlockNumberFor<T>>) {
        for (recipient, flow) in
            [(Recipient::Treasury, stream.treasury), (Recipient::Collators, stream.collators)]
        {
            Tallies::<T>::mutate(recipient, |tally| tally.issued = tally.issued.saturating_add(flow.paid));
        }
    }

    /// Ends an earning era in which `staked` was staked, and allots the stakers their part: the base part if
    /// anything is staked, and the adjustable part in proportion to how far the ideal rate is reached.
    pub fn end_earning_era(staked: Balance) -> EraRewards {
        let Some(mut plan) = CurrentPlan::<T>::get() else { return EraRewards { stakers: 0, dapps: 0 } };
        let (base, adjustable, dapps) = plan.end_earning_era();
        CurrentPlan::<T>::put(plan);

        let ideal = plan.parameters.ideal_staking.deconstruct();
        let ideal = share(T::Currency::total_issuance(), ideal.into(), Perbill::ACCURACY.into());
        let stakers =
            if staked.is_zero() { 0 } else { base.saturating_add(share(adjustable, staked, ideal)) };
        Self::book_planned(Recipient::Stakers, base.saturating_add(adjustable));
        Self::book_planned(Recipient::Dapps, dapps);
        Self::allot(Recipient::Stakers, stakers);
        EraRewards { stakers, dapps }
    }

    /// Ends a period and returns its bonus. The bonus is allotted if `kept`, that is, if somebody has kept
    /// voting stake to the end. Otherwise it is zero.
    pub fn end_period(kept: bool) -> Balance {
        let Some(mut plan) = CurrentPlan::<T>::get() else { return 0 };
        let planned = plan.end_period();
        CurrentPlan::<T>::put(plan);
        Self::book_planned(Recipient::Bonus, planned);
        let bonus = if kept { planned } else { 0 };
        Self::allot(Recipient::Bonus, bonus);
        bonus
    }

    /// Books `amount` as earned, out of the planned amount. It is minted when it is claimed.
    pub fn allot(recipient: Recipient, amount: Balance) {
        Tallies::<T>::mutate(recipient, |tally| tally.earned = tally.earned.saturating_add(amount));
        Self::deposit_event(Event::Allotted { recipient, amount });
    }

    /// Books `amount` as planned, that is, as what could be earned.
    fn book_planned(recipient: Recipient, amount: Balance) {
        Tallies::<T>::mutate(recipient, |tally| tally.planned = tally.planned.saturating_add(amount));
    }

    /// Mints the sum of `amounts` to `who`, each amount out of what its recipient was allotted.
    ///
    /// Fails, and changes nothing, if the account would hold less than the existential deposit.
    pub fn issue(who: &T::AccountId, amounts: &[(Recipient, Balance)]) -> DispatchResult {
        let sum = amounts.iter().fold(0u128, |sum, (_, amount)| sum.saturating_add(*amount));
        T::Currency::mint_into(who, sum)?;
        for (recipient, amount) in amounts.iter().filter(|(_, amount)| *amount > 0) {
            Tallies::<T>::mutate(recipient, |tally| tally.issued = tally.issued.saturating_add(*amount));
        }
        Ok(())
    }

    /// Books `amount` as expired: it was not claimed in time, and is never minted.
    pub fn expire(recipient: Recipient, amount: Balance) {
        if amount.is_zero() {
            return;
        }
        Tallies::<T>::mutate(recipient, |tally| tally.expired = tally.expired.saturating_add(amount));
        Self::deposit_event(Event::Expired { recipient, amount });
    }

    /// The sums for `recipient`, including the payments of the current stream so far.
    pub fn tally(recipient: Recipient) -> Tally {
        let mut tally = Tallies::<T>::get(recipient);
        let paid = CurrentStream::<T>::get().map_or(0, |stream| match recipient {
            Recipient::Treasury => stream.treasury.paid,
            Recipient::Collators => stream.collators.paid,
            _ => 0,
        });
        tally.issued = tally.issued.saturating_add(paid);
        tally
    }

    /// Pays what is due by block `now`. An amount that is too small for its account to exist stays due.
    fn pay(stream: &mut Stream<BlockNumberFor<T>>, now: BlockNumberFor<T>) {
        let (treasury, collators) = (stream.due(&stream.treasury, now), stream.due(&stream.collators, now));
        for (who, amount, flow) in [
            (T::Treasury::get(), treasury, &mut stream.treasury),
            (T::Collators::get(), collators, &mut stream.collators),
        ] {
            if !amount.is_zero() && T::Currency::mint_into(&who, amount).is_ok() {
                flow.paid = flow.paid.saturating_add(amount);
            }
        }
    }

    /// Fails if the sums contradict each other.
    pub fn check() -> Result<(), sp_runtime::TryRuntimeError> {
        for recipient in Recipient::ALL {
            let tally = Self::tally(recipient);
            ensure!(tally.earned <= tally.planned, "more was earned than planned");
            ensure!(
                tally.issued.saturating_add(tally.expired) <= tally.earned,
                "more was issued or expired than was earned"
            );
        }
        if let Some(plan) = CurrentPlan::<T>::get() {
            let planned = Recipient::ALL.iter().try_fold(0u128, |sum, recipient| {
                let planned = Tallies::<T>::get(recipient).planned;
                sum.checked_add(planned.checked_sub(OpeningTallies::<T>::get(recipient).planned)?)
            });
            ensure!(
                planned.is_some_and(|planned| planned <= plan.maximum),
                "more was allotted than the cycle may mint"
            );
        }
        Ok(())
    }
}
