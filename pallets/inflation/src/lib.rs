//! What is minted, for whom and when.
//!
//! Time is divided into cycles, periods and eras by whoever calls [`Pallet::begin_cycle`],
//! [`Pallet::begin_era`], [`Pallet::end_earning_era`] and [`Pallet::end_period`] (dApp staking). A
//! cycle's [`Plan`] is made at its start from the issuance and the [`Parameters`] of that moment, and
//! nothing changes it afterwards; what is set meanwhile waits for the next cycle, and can be taken
//! back until then:
//!
//! - the treasury and the collators are paid in every block, out of the era's [`Stream`];
//! - stakers, bonus and dApps are *allotted* amounts as eras and periods end, and paid when they
//!   claim, by [`Pallet::issue`].
//!
//! Nothing else mints. What was planned but not earned (too little staked, tiers with free slots, a
//! bonus nobody kept) and what was earned but not claimed in time is never minted. [`Tallies`] keeps
//! the sums, so that at any moment and for every recipient
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

/// Whom is minted for.
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
    pub const ALL: [Recipient; 5] =
        [Recipient::Treasury, Recipient::Collators, Recipient::Stakers, Recipient::Bonus, Recipient::Dapps];
}

/// Sums since the chain's first cycle.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Tally {
    /// What could have been earned.
    pub planned: Balance,
    /// What of it was earned.
    pub earned: Balance,
    /// What of that was minted.
    pub issued: Balance,
    /// What of it was not claimed in time, and is never minted.
    pub expired: Balance,
}

impl Tally {
    /// Earned and still to be claimed.
    pub fn outstanding(&self) -> Balance {
        self.earned.saturating_sub(self.issued).saturating_sub(self.expired)
    }
}

/// What an earning era is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EraRewards {
    /// For all stakers; allotted.
    pub stakers: Balance,
    /// For all slots of all tiers; to be [allotted](Pallet::allot) once it is known which are filled.
    pub dapps: Balance,
}

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        type Currency: Mutate<Self::AccountId, Balance = Balance>;
        /// The treasury's account.
        type Treasury: Get<Self::AccountId>;
        /// The account that authors are paid from.
        type Collators: Get<Self::AccountId>;
        /// Who may set the next cycle's parameters. They decide how much is minted.
        type ParametersOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        type WeightInfo: WeightInfo;
    }

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// How much the next cycle mints, and for what; none if as much as this one.
    #[pallet::storage]
    pub type NextParameters<T> = StorageValue<_, Parameters>;

    /// The most that [`Parameters::maximum`] can be on this network.
    #[pallet::storage]
    pub type Ceiling<T> = StorageValue<_, Perbill, ValueQuery>;

    /// The plan of this cycle; none before the first.
    #[pallet::storage]
    pub type CurrentPlan<T> = StorageValue<_, Plan>;

    /// What this era pays block by block; none before the first.
    #[pallet::storage]
    pub type CurrentStream<T> = StorageValue<_, Stream<BlockNumberFor<T>>>;

    /// Sums for each recipient. What the stream has paid in this era is added when the era ends.
    #[pallet::storage]
    pub type Tallies<T> = StorageMap<_, Twox64Concat, Recipient, Tally, ValueQuery>;

    /// The sums at the start of this cycle.
    #[pallet::storage]
    pub type OpeningTallies<T> = StorageMap<_, Twox64Concat, Recipient, Tally, ValueQuery>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A cycle begins, which mints `maximum` at most.
        CycleBegun { maximum: Balance, amounts: Split<Balance>, shape: Shape, ideal_staking: Perbill },
        /// The parameters of the next cycle were set; none: they were taken back, and it gets those of
        /// this cycle.
        ParametersSet { parameters: Option<Parameters> },
        /// So much was earned: by stakers and dApps for an era that has ended, as bonus of a period
        /// that has ended, by the treasury and the collators for an era that begins.
        Allotted { recipient: Recipient, amount: Balance },
        /// What was earned was not claimed in time, and is not minted.
        Expired { recipient: Recipient, amount: Balance },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// A cycle may not mint that much on this network.
        AboveTheCeiling,
        /// The shares do not add up to one whole.
        SharesAreNotOneWhole,
        /// The ideal rate of staking must be above zero.
        IdealStakingIsZero,
    }

    #[pallet::genesis_config]
    pub struct GenesisConfig<T> {
        /// Of the first cycle.
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
            if let Err(error) = Pallet::<T>::sound(&self.parameters) {
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
        /// Sets how much is minted, and for what, from the next cycle on. What was set before for
        /// it is replaced; with none it is taken back, and the next cycle gets what this one has.
        ///
        /// Fails with [`Error::AboveTheCeiling`], [`Error::SharesAreNotOneWhole`] or
        /// [`Error::IdealStakingIsZero`].
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Option<Parameters>) -> DispatchResult {
            T::ParametersOrigin::ensure_origin(origin)?;
            if let Some(parameters) = &parameters {
                Self::sound(parameters)?;
            }
            NextParameters::<T>::set(parameters);
            Self::deposit_event(Event::ParametersSet { parameters });
            Ok(())
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Whether the parameters can be worked with on this network.
    fn sound(parameters: &Parameters) -> Result<(), Error<T>> {
        ensure!(parameters.maximum <= Ceiling::<T>::get(), Error::<T>::AboveTheCeiling);
        ensure!(parameters.shares.is_whole(), Error::<T>::SharesAreNotOneWhole);
        ensure!(!parameters.ideal_staking.is_zero(), Error::<T>::IdealStakingIsZero);
        Ok(())
    }

    /// Plans a cycle of this shape, from the issuance of this moment.
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

    /// Starts an era, which pays the treasury and the collators in the blocks after `start` up to
    /// and with `end`. What the last era still owes them is paid at once.
    pub fn begin_era(start: BlockNumberFor<T>, end: BlockNumberFor<T>) {
        let Some(mut plan) = CurrentPlan::<T>::get() else { return };
        let (treasury, collators) = plan.begin_era();
        CurrentPlan::<T>::put(plan);

        // What could not be paid, as the account would not exist with so little, is not lost.
        let mut unpaid = (0, 0);
        if let Some(mut last) = CurrentStream::<T>::get() {
            let last_block = last.end;
            Self::pay(&mut last, last_block);
            Self::book(&last);
            unpaid = (
                last.treasury.total.saturating_sub(last.treasury.paid),
                last.collators.total.saturating_sub(last.collators.paid),
            );
        }
        for (recipient, amount) in [(Recipient::Treasury, treasury), (Recipient::Collators, collators)] {
            Self::plan(recipient, amount);
            Self::allot(recipient, amount);
        }
        CurrentStream::<T>::put(Stream {
            start,
            end,
            treasury: Flow { total: treasury.saturating_add(unpaid.0), paid: 0 },
            collators: Flow { total: collators.saturating_add(unpaid.1), paid: 0 },
        });
    }

    /// Goes on with the era over the same time, in blocks of another clock.
    pub fn rescale(change: &Change) {
        CurrentStream::<T>::mutate_extant(|stream| {
            Self::book(stream);
            *stream = stream.rescaled(change);
        });
    }

    /// Adds what a stream has paid to the sums.
    fn book(stream: &Stream<BlockNumberFor<T>>) {
        for (recipient, flow) in
            [(Recipient::Treasury, stream.treasury), (Recipient::Collators, stream.collators)]
        {
            Tallies::<T>::mutate(recipient, |tally| tally.issued = tally.issued.saturating_add(flow.paid));
        }
    }

    /// Ends an era in which `staked` earned. Stakers are allotted their part: the base one if
    /// anything is staked, the adjustable one in the measure that the ideal rate is reached.
    pub fn end_earning_era(staked: Balance) -> EraRewards {
        let Some(mut plan) = CurrentPlan::<T>::get() else { return EraRewards { stakers: 0, dapps: 0 } };
        let (base, adjustable, dapps) = plan.end_earning_era();
        CurrentPlan::<T>::put(plan);

        let ideal = plan.parameters.ideal_staking.deconstruct();
        let ideal = share(T::Currency::total_issuance(), ideal.into(), Perbill::ACCURACY.into());
        let stakers =
            if staked.is_zero() { 0 } else { base.saturating_add(share(adjustable, staked, ideal)) };
        Self::plan(Recipient::Stakers, base.saturating_add(adjustable));
        Self::plan(Recipient::Dapps, dapps);
        Self::allot(Recipient::Stakers, stakers);
        EraRewards { stakers, dapps }
    }

    /// Ends a period and returns its bonus, which is allotted if somebody has `kept` the stake.
    pub fn end_period(kept: bool) -> Balance {
        let Some(mut plan) = CurrentPlan::<T>::get() else { return 0 };
        let planned = plan.end_period();
        CurrentPlan::<T>::put(plan);
        Self::plan(Recipient::Bonus, planned);
        let bonus = if kept { planned } else { 0 };
        Self::allot(Recipient::Bonus, bonus);
        bonus
    }

    /// Books `amount` as earned, out of what was planned. What is never claimed is never minted.
    pub fn allot(recipient: Recipient, amount: Balance) {
        Tallies::<T>::mutate(recipient, |tally| tally.earned = tally.earned.saturating_add(amount));
        Self::deposit_event(Event::Allotted { recipient, amount });
    }

    /// Books `amount` as what could be earned.
    fn plan(recipient: Recipient, amount: Balance) {
        Tallies::<T>::mutate(recipient, |tally| tally.planned = tally.planned.saturating_add(amount));
    }

    /// Mints to `who` out of what each recipient was allotted.
    ///
    /// Fails, with nothing changed, if the account would hold less than the existential deposit.
    pub fn issue(who: &T::AccountId, amounts: &[(Recipient, Balance)]) -> DispatchResult {
        let sum = amounts.iter().fold(0u128, |sum, (_, amount)| sum.saturating_add(*amount));
        T::Currency::mint_into(who, sum)?;
        for (recipient, amount) in amounts.iter().filter(|(_, amount)| *amount > 0) {
            Tallies::<T>::mutate(recipient, |tally| tally.issued = tally.issued.saturating_add(*amount));
        }
        Ok(())
    }

    /// Books `amount` as never to be minted, as it was not claimed in time.
    pub fn expire(recipient: Recipient, amount: Balance) {
        if amount.is_zero() {
            return;
        }
        Tallies::<T>::mutate(recipient, |tally| tally.expired = tally.expired.saturating_add(amount));
        Self::deposit_event(Event::Expired { recipient, amount });
    }

    /// The sums for `recipient`, with what the stream has paid up to now.
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

    /// Pays what is due by block `now`. What an account cannot take yet stays due.
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

    /// Fails if the sums do not hold together.
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
