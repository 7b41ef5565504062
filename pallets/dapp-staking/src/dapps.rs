//! dApps: who owns them, what is staked on them, and what they have earned.

use crate::*;
use frame_support::dispatch::DispatchResult;
use sp_runtime::DispatchError;

/// The most dApps that can have a record, on any network.
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
    /// The era in which it was registered.
    pub registered: Era,
    /// When it was unregistered.
    pub unregistered: Option<(Era, Period)>,
    pub owner: AccountId,
    /// Who gets the rewards; the owner if none.
    pub beneficiary: Option<AccountId>,
    pub stake: Staked,
    /// The last era in which it reached a tier, and the tier, counted from zero.
    pub tier: Option<(Era, u8)>,
    pub rewards: DappRewards,
}

impl<AccountId: Clone> Dapp<AccountId> {
    /// Who gets the rewards.
    pub fn payee(&self) -> AccountId {
        self.beneficiary.clone().unwrap_or_else(|| self.owner.clone())
    }

    /// Whether it was registered as the era ended.
    pub(crate) fn is_ranked_for(&self, era: Era) -> bool {
        self.registered <= era && self.unregistered.is_none_or(|(end, _)| end > era)
    }

    /// Takes out what has expired, as `oldest` is the oldest period that counts. Returns how much.
    pub(crate) fn take_expired(&mut self, oldest: Period) -> Balance {
        let mut expired = 0u128;
        self.rewards.retain(|(period, amount)| {
            if *period < oldest {
                expired = expired.saturating_add(*amount);
            }
            *period >= oldest
        });
        expired
    }

    /// All rewards.
    pub(crate) fn earned(&self) -> Balance {
        self.rewards.iter().fold(0u128, |sum, (_, amount)| sum.saturating_add(*amount))
    }

    /// Whether nothing keeps the record once the period `now` runs.
    pub(crate) fn is_over(&self, now: Period) -> bool {
        self.earned() == 0 && self.unregistered.is_some_and(|(_, period)| period < now)
    }
}

impl<T: Config> Pallet<T> {
    /// The most dApps that can have a record on this network: as many as fit into the turn of its
    /// shortest era.
    pub fn max_dapps_here() -> u32 {
        CurrentLimits::<T>::get().max_dapps(&T::Cadence::get())
    }

    /// Registers a dApp. One that was unregistered keeps its stakes, and whoever it paid is paid what
    /// it has earned; in maintenance, in which nothing is minted, that has to wait, and so has this.
    pub(crate) fn enter(dapp: &AddressOf<T>, owner: T::AccountId) -> Result<u32, Error<T>> {
        let calendar = Self::calendar_in_maintenance()?;
        let stake = match Dapps::<T>::get(dapp) {
            Some(mut known) => {
                let (left, _) = known.unregistered.ok_or(Error::<T>::AlreadyRegistered)?;
                let is_ranked = CurrentTurn::<T>::get().is_some_and(|turn| left > turn.era);
                ensure!(!is_ranked, Error::<T>::BeingRanked);
                Self::expire_of(dapp, known.take_expired(OldestPeriod::<T>::get()));
                if known.earned() > 0 {
                    Self::calendar()?;
                    if Self::pay_dapp(dapp, &mut known).is_err() {
                        // Less than an account can hold.
                        Self::expire_of(dapp, known.earned());
                    }
                }
                known.stake
            }
            None => {
                ensure!(Dapps::<T>::count() < Self::max_dapps_here(), Error::<T>::TooManyDapps);
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

    /// Changes the record of a registered dApp for its owner; for the manager if `owner` is none, in
    /// maintenance too.
    pub(crate) fn change_own_dapp(
        owner: Option<T::AccountId>,
        dapp: &AddressOf<T>,
        change: impl FnOnce(&mut Dapp<T::AccountId>),
    ) -> DispatchResult {
        if owner.is_some() {
            Self::calendar()?;
        }
        Ok(Self::change_dapp(dapp, |record| {
            ensure!(owner.is_none_or(|owner| owner == record.owner), Error::<T>::NotTheOwner);
            change(record);
            Ok(())
        })?)
    }

    /// Pays the dApp's rewards to its payee.
    pub(crate) fn pay_dapp(
        dapp: &AddressOf<T>,
        record: &mut Dapp<T::AccountId>,
    ) -> Result<(), DispatchError> {
        let (payee, amount) = (record.payee(), record.earned());
        Inflation::<T>::issue(&payee, &[(Recipient::Dapps, amount)])?;
        let rewards = core::mem::take(&mut record.rewards);
        Self::deposit_event(Event::DappPaid { dapp: dapp.clone(), payee, amount, rewards });
        Ok(())
    }

    /// Books `amount` of a dApp's rewards as never to be minted.
    pub(crate) fn expire_of(dapp: &AddressOf<T>, amount: Balance) {
        if amount > 0 {
            Inflation::<T>::expire(Recipient::Dapps, amount);
            Self::deposit_event(Event::DappExpired { dapp: dapp.clone(), amount });
        }
    }
}
