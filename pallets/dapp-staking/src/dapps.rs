//! The records of dApps: their owners, what is staked on them, and what they have earned.

use crate::*;
use frame_support::dispatch::DispatchResult;
use sp_runtime::DispatchError;

/// The most dApps that can have a record, on any network.
pub const MAX_DAPPS: u32 = 500;

/// The address of a dApp.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DappAddress<AccountId> {
    /// An account of this chain.
    Account(AccountId),
    /// The address of an Ethereum contract.
    Contract(H160),
}

/// The unclaimed rewards of a dApp: for each period that is kept, the amount that it has earned in it.
pub type DappRewards = BoundedVec<(Period, Balance), ConstU32<{ MAX_RETENTION + 2 }>>;

/// The record of a dApp.
///
/// The record stays after the dApp is unregistered: until the period ends, because there are stakes on the
/// dApp, and until its rewards are claimed or expire.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Dapp<AccountId> {
    /// The number of its registration. Each registration gets the next number.
    pub number: u32,
    /// The era in which it was registered.
    pub registered: Era,
    /// The era and the period in which it was unregistered.
    pub unregistered: Option<(Era, Period)>,
    /// The owner, who decides who is paid.
    pub owner: AccountId,
    /// The account that gets the rewards. The owner gets them if there is none.
    pub beneficiary: Option<AccountId>,
    /// What is staked on it.
    pub stake: Staked,
    /// The last era in which it reached a tier, and the tier, counted from zero.
    pub tier: Option<(Era, u8)>,
    /// Its unclaimed rewards.
    pub rewards: DappRewards,
}

impl<AccountId: Clone> Dapp<AccountId> {
    /// The account that gets the rewards.
    pub fn payee(&self) -> AccountId {
        self.beneficiary.clone().unwrap_or_else(|| self.owner.clone())
    }

    /// Whether it was registered when the era ended.
    pub(crate) fn is_ranked_for(&self, era: Era) -> bool {
        self.registered <= era && self.unregistered.is_none_or(|(end, _)| end > era)
    }

    /// Removes the rewards of periods before `oldest`, the oldest period that is kept. Returns their sum.
    pub(crate) fn remove_expired(&mut self, oldest: Period) -> Balance {
        let mut expired = 0u128;
        self.rewards.retain(|(period, amount)| {
            if *period < oldest {
                expired = expired.saturating_add(*amount);
            }
            *period >= oldest
        });
        expired
    }

    /// The sum of its unclaimed rewards.
    pub(crate) fn unclaimed(&self) -> Balance {
        self.rewards.iter().fold(0u128, |sum, (_, amount)| sum.saturating_add(*amount))
    }

    /// Whether the record can be removed in period `now`.
    pub(crate) fn is_obsolete(&self, now: Period) -> bool {
        self.unclaimed() == 0 && self.unregistered.is_some_and(|(_, period)| period < now)
    }
}

impl<T: Config> Pallet<T> {
    /// The most dApps that can have a record on this network: as many as can be ranked in its shortest era.
    pub fn max_dapps_of_network() -> u32 {
        CurrentLimits::<T>::get().max_dapps(&T::Cadence::get())
    }

    /// Registers a dApp, and returns the number of the registration.
    ///
    /// A dApp that was unregistered keeps its stakes, and its unclaimed rewards are paid to its old payee.
    /// Nothing is minted in maintenance, so a dApp with unclaimed rewards cannot be registered then.
    ///
    /// Fails with [`Error::AlreadyRegistered`], [`Error::BeingRanked`], [`Error::Stopped`],
    /// [`Error::NotBegun`] or [`Error::TooManyDapps`].
    pub(crate) fn register_dapp(dapp: &AddressOf<T>, owner: T::AccountId) -> Result<u32, Error<T>> {
        let calendar = Self::ensure_begun()?;
        let stake = match Dapps::<T>::get(dapp) {
            Some(mut known) => {
                let (left, _) = known.unregistered.ok_or(Error::<T>::AlreadyRegistered)?;
                let is_ranked = CurrentTurn::<T>::get().is_some_and(|turn| left > turn.era);
                ensure!(!is_ranked, Error::<T>::BeingRanked);
                Self::expire_dapp_rewards(dapp, known.remove_expired(OldestPeriod::<T>::get()));
                if known.unclaimed() > 0 {
                    Self::ensure_running()?;
                    if Self::pay_dapp(dapp, &mut known).is_err() {
                        // The payee's account would hold less than the existential deposit.
                        Self::expire_dapp_rewards(dapp, known.unclaimed());
                    }
                }
                known.stake
            }
            None => {
                ensure!(Dapps::<T>::count() < Self::max_dapps_of_network(), Error::<T>::TooManyDapps);
                Staked::default()
            }
        };
        let number = NextNumber::<T>::get();
        NextNumber::<T>::put(number.saturating_add(1));
        let record = Dapp {
            number,
            registered: calendar.era,
            unregistered: None,
            owner,
            beneficiary: None,
            stake,
            tier: None,
            rewards: DappRewards::default(),
        };
        Dapps::<T>::insert(dapp, record);
        Ok(number)
    }

    /// Changes the record of a registered dApp.
    ///
    /// Fails with [`Error::NotRegistered`], or with the error of `change`.
    pub(crate) fn change_dapp(
        dapp: &AddressOf<T>,
        change: impl FnOnce(&mut Dapp<T::AccountId>) -> Result<(), Error<T>>,
    ) -> Result<(), Error<T>> {
        let mut record = Dapps::<T>::get(dapp).ok_or(Error::<T>::NotRegistered)?;
        ensure!(record.unregistered.is_none(), Error::<T>::NotRegistered);
        change(&mut record)?;
        Dapps::<T>::insert(dapp, record);
        Ok(())
    }

    /// Changes the record of a registered dApp on behalf of its owner, or of the manager if `owner` is none.
    /// The manager can do so in maintenance too.
    ///
    /// Fails with [`Error::NotRegistered`], [`Error::NotTheOwner`], [`Error::Stopped`] or
    /// [`Error::NotBegun`].
    pub(crate) fn change_own_dapp(
        owner: Option<T::AccountId>,
        dapp: &AddressOf<T>,
        change: impl FnOnce(&mut Dapp<T::AccountId>),
    ) -> DispatchResult {
        if owner.is_some() {
            Self::ensure_running()?;
        }
        Ok(Self::change_dapp(dapp, |record| {
            ensure!(owner.is_none_or(|owner| owner == record.owner), Error::<T>::NotTheOwner);
            change(record);
            Ok(())
        })?)
    }

    /// Does what [`Pallet::claim_dapp`] describes.
    pub(crate) fn claim_dapp_rewards(dapp: &AddressOf<T>) -> DispatchResult {
        let calendar = Self::ensure_running()?;
        let mut record = Dapps::<T>::get(dapp).ok_or(Error::<T>::NotRegistered)?;
        let expired = record.remove_expired(OldestPeriod::<T>::get());
        let amount = record.unclaimed();
        ensure!(amount > 0 || expired == 0, Error::<T>::RewardsExpired);
        ensure!(amount > 0, Error::<T>::NothingToClaim);
        Self::pay_dapp(dapp, &mut record)?;
        Self::expire_dapp_rewards(dapp, expired);
        if record.is_obsolete(calendar.period) {
            Dapps::<T>::remove(dapp);
        } else {
            Dapps::<T>::insert(dapp, record);
        }
        Ok(())
    }

    /// Pays the dApp's unclaimed rewards to its payee.
    ///
    /// Fails if the payee's account would hold less than the existential deposit.
    fn pay_dapp(dapp: &AddressOf<T>, record: &mut Dapp<T::AccountId>) -> Result<(), DispatchError> {
        let (payee, amount) = (record.payee(), record.unclaimed());
        Inflation::<T>::issue(&payee, &[(Recipient::Dapps, amount)])?;
        let rewards = core::mem::take(&mut record.rewards);
        Self::deposit_event(Event::DappPaid { dapp: dapp.clone(), payee, amount, rewards });
        Ok(())
    }

    /// Books `amount` of a dApp's rewards as expired. They are never minted.
    pub(crate) fn expire_dapp_rewards(dapp: &AddressOf<T>, amount: Balance) {
        if amount > 0 {
            Inflation::<T>::expire(Recipient::Dapps, amount);
            Self::deposit_event(Event::DappExpired { dapp: dapp.clone(), amount });
        }
    }
}
