//! The ledger of one account: what it has locked, what it is unlocking, and its stakes in one period.
//!
//! This is data and arithmetic only. The callers pay rewards and keep the sums over all accounts.
//!
//! A stake plays two parts, and each has an amount for the current era. It *earns* for the account, and it
//! *counts* for its dApp. The two differ after a move: the stake goes on earning, but it counts for the dApp
//! that it left until the era ends, and for the other dApp from the next era on.

use crate::{
    calendar::{Calendar, Era, Period, Subperiod},
    parameters::MAX_STAKES,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use pallet_inflation::Balance;
use scale_info::TypeInfo;

/// The most chunks that an account can be unlocking at once.
pub const MAX_UNLOCKING: u32 = 8;
/// How often in a period an account may unstake or move voting stake without losing the bonus of the rest.
pub const SAFE_MOVES: u8 = 2;

/// The reason why a ledger refuses a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub enum LedgerError {
    /// The account has locked less than this amount.
    NotThatMuchLocked,
    /// The amount that would remain locked is less than the amount that is staked.
    StillStaked,
    /// The account is unlocking as many chunks as it can. Claim or relock some first.
    TooManyUnlocking,
    /// The account is not unlocking anything.
    NothingUnlocking,
    /// Nothing that the account is unlocking is free yet.
    NothingUnlocked,
    /// The account has locked less than this amount besides what is staked.
    NotThatMuchFreeToStake,
    /// The stake on the dApp would be below the minimum.
    BelowMinimumStake,
    /// The account stakes on as many dApps as it can.
    TooManyStakes,
    /// The account has nothing staked on this dApp in this period.
    NothingStaked,
    /// The account has staked less than this amount on this dApp.
    NotThatMuchStaked,
}

/// An amount that is being unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Unlocking {
    /// The amount.
    pub amount: Balance,
    /// The first era in which it is free.
    pub era: Era,
}

/// An account's stake on one dApp.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Stake<Dapp> {
    /// The dApp.
    pub dapp: Dapp,
    /// The part of the stake that counts for the dApp in the ledger's era. From the next era on all of it
    /// counts.
    pub active: Balance,
    /// The part that was staked in voting eras and kept since. It has a right to the bonus.
    pub voting: Balance,
    /// The rest.
    pub earning: Balance,
}

impl<Dapp> Stake<Dapp> {
    /// The whole stake.
    pub fn total(&self) -> Balance {
        self.voting.saturating_add(self.earning)
    }
}

/// Stake that was moved off a dApp in the ledger's era. It counts for that dApp until the era ends.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MovedOff<Dapp> {
    /// The dApp that the stake left.
    pub dapp: Dapp,
    /// The amount that still counts for it.
    pub amount: Balance,
}

/// An amount to add to a stake, or that was removed from one, by the subperiod in which it was staked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeAmount {
    /// Staked in voting eras, with a right to the bonus.
    pub voting: Balance,
    /// The rest.
    pub earning: Balance,
}

impl StakeAmount {
    /// An amount that is newly staked in this subperiod.
    pub fn new(amount: Balance, subperiod: Subperiod) -> Self {
        match subperiod {
            Subperiod::Voting => StakeAmount { voting: amount, earning: 0 },
            Subperiod::Earning => StakeAmount { voting: 0, earning: amount },
        }
    }

    /// The whole amount.
    pub fn total(&self) -> Balance {
        self.voting.saturating_add(self.earning)
    }
}

/// The locks and stakes of an account. The stakes belong to `period`, and are as they stood in `era`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ledger<Dapp> {
    /// The amount that is locked and not being unlocked.
    pub locked: Balance,
    /// The amounts that are being unlocked.
    pub unlocking: BoundedVec<Unlocking, ConstU32<MAX_UNLOCKING>>,
    /// The period of the stakes.
    pub period: Period,
    /// The era in which the stakes were last brought up to date.
    pub era: Era,
    /// The amount that earns in `era`. From the next era on everything that is staked earns. A move does not
    /// change this amount.
    pub active: Balance,
    /// What was moved off dApps in `era`. A dApp has one entry at most, and only if the account had a stake
    /// on it when the era began.
    pub moved_off: BoundedVec<MovedOff<Dapp>, ConstU32<MAX_STAKES>>,
    /// The safe moves that were made in `period`.
    pub moves: u8,
    /// The stakes, one for each dApp.
    pub stakes: BoundedVec<Stake<Dapp>, ConstU32<MAX_STAKES>>,
}

impl<Dapp> Default for Ledger<Dapp> {
    fn default() -> Self {
        Ledger {
            locked: 0,
            unlocking: Default::default(),
            period: 0,
            era: 0,
            active: 0,
            moved_off: Default::default(),
            moves: 0,
            stakes: Default::default(),
        }
    }
}

impl<Dapp: PartialEq + Clone> Ledger<Dapp> {
    /// Whether the ledger holds nothing and need not be stored.
    pub fn is_empty(&self) -> bool {
        self.locked == 0 && self.unlocking.is_empty() && self.stakes.is_empty()
    }

    /// The amount that the account cannot spend: what is locked and what is being unlocked.
    pub fn frozen(&self) -> Balance {
        self.unlocking.iter().fold(self.locked, |sum, chunk| sum.saturating_add(chunk.amount))
    }

    /// The sum of all stakes.
    pub fn staked(&self) -> Balance {
        self.stakes.iter().fold(0, |sum, stake| sum.saturating_add(stake.total()))
    }

    /// The sum of all voting stake, which has a right to the bonus.
    pub fn voting(&self) -> Balance {
        self.stakes.iter().fold(0, |sum, stake| sum.saturating_add(stake.voting))
    }

    /// The amounts that earn: in the ledger's era, and from the next era on.
    pub fn earning_amounts(&self) -> (Balance, Balance) {
        (self.active, self.staked())
    }

    fn find_stake(&self, dapp: &Dapp) -> Option<&Stake<Dapp>> {
        self.stakes.iter().find(|stake| stake.dapp == *dapp)
    }

    /// The amounts that count for `dapp`: in the ledger's era, and from the next era on.
    pub fn counted_amounts(&self, dapp: &Dapp) -> (Balance, Balance) {
        let moved_off = self.moved_off.iter().find(|moved| moved.dapp == *dapp);
        let moved_off = moved_off.map_or(0, |moved| moved.amount);
        let (counted, total) = self.find_stake(dapp).map_or((0, 0), |stake| (stake.active, stake.total()));
        (counted.saturating_add(moved_off), total)
    }

    /// The voting stake on `dapp`, which has a right to the bonus.
    pub fn voting_on(&self, dapp: &Dapp) -> Balance {
        self.find_stake(dapp).map_or(0, |stake| stake.voting)
    }

    /// Brings the stakes up to date with the current era. If the period has changed, they are gone.
    pub fn advance_to<BlockNumber>(&mut self, calendar: &Calendar<BlockNumber>) {
        if (self.period, self.era) != (calendar.period, calendar.era) {
            self.moved_off = Default::default();
        }
        if self.period != calendar.period {
            self.stakes = Default::default();
            self.active = 0;
            self.moves = 0;
        } else if self.era != calendar.era {
            self.active = self.staked();
            for stake in self.stakes.iter_mut() {
                stake.active = stake.total();
            }
        }
        self.period = calendar.period;
        self.era = calendar.era;
    }

    /// Starts to unlock `amount`, which is free from `era` on. If nothing is staked and less than `minimum`
    /// would remain, unlocks everything. Returns the amount that is being unlocked.
    ///
    /// Fails with [`LedgerError::NotThatMuchLocked`], [`LedgerError::StillStaked`] or
    /// [`LedgerError::TooManyUnlocking`].
    pub fn unlock(&mut self, amount: Balance, minimum: Balance, era: Era) -> Result<Balance, LedgerError> {
        let rest = self.locked.checked_sub(amount).ok_or(LedgerError::NotThatMuchLocked)?;
        let rest = if rest < minimum && self.staked() == 0 { 0 } else { rest };
        if rest < self.staked() {
            return Err(LedgerError::StillStaked);
        }
        let amount = self.locked.saturating_sub(rest);
        match self.unlocking.iter_mut().find(|chunk| chunk.era == era) {
            Some(chunk) => chunk.amount = chunk.amount.saturating_add(amount),
            None => self
                .unlocking
                .try_push(Unlocking { amount, era })
                .map_err(|_| LedgerError::TooManyUnlocking)?,
        }
        self.locked = rest;
        Ok(amount)
    }

    /// Locks everything again that is being unlocked, and returns the amount.
    ///
    /// Fails with [`LedgerError::NothingUnlocking`].
    pub fn relock(&mut self) -> Result<Balance, LedgerError> {
        if self.unlocking.is_empty() {
            return Err(LedgerError::NothingUnlocking);
        }
        let amount = self.frozen().saturating_sub(self.locked);
        self.unlocking.clear();
        self.locked = self.locked.saturating_add(amount);
        Ok(amount)
    }

    /// Releases everything that is free in `era`, and returns the amount.
    ///
    /// Fails with [`LedgerError::NothingUnlocked`].
    pub fn claim_unlocked(&mut self, era: Era) -> Result<Balance, LedgerError> {
        let before = self.frozen();
        self.unlocking.retain(|chunk| chunk.era > era);
        match before.saturating_sub(self.frozen()) {
            0 => Err(LedgerError::NothingUnlocked),
            amount => Ok(amount),
        }
    }

    /// Adds `amount` to the stake on `dapp`, from the next era on. The account may have `max` stakes, each of
    /// at least `minimum`.
    ///
    /// Fails with [`LedgerError::NotThatMuchFreeToStake`], [`LedgerError::TooManyStakes`] or
    /// [`LedgerError::BelowMinimumStake`].
    pub fn stake(
        &mut self,
        dapp: &Dapp,
        amount: StakeAmount,
        minimum: Balance,
        max: u32,
    ) -> Result<(), LedgerError> {
        if amount.total() > self.locked.saturating_sub(self.staked()) {
            return Err(LedgerError::NotThatMuchFreeToStake);
        }
        let index = match self.stakes.iter().position(|stake| stake.dapp == *dapp) {
            Some(index) => index,
            None => {
                let stake = Stake { dapp: dapp.clone(), active: 0, voting: 0, earning: 0 };
                if self.stakes.len() >= max as usize || self.stakes.try_push(stake).is_err() {
                    return Err(LedgerError::TooManyStakes);
                }
                self.stakes.len().saturating_sub(1)
            }
        };
        let stake = self.stakes.get_mut(index).ok_or(LedgerError::TooManyStakes)?;
        stake.voting = stake.voting.saturating_add(amount.voting);
        stake.earning = stake.earning.saturating_add(amount.earning);
        if stake.total() < minimum {
            return Err(LedgerError::BelowMinimumStake);
        }
        Ok(())
    }

    /// Removes `amount` from the stake on `dapp`, and returns the removed amount. Voting stake goes last. If
    /// the stake is `minimum` or more and less would remain, removes all of it. A stake can be below
    /// `minimum`, because governance can raise the minimum.
    ///
    /// Removing voting stake uses up a safe move if `costs_a_move`. If none is left, the whole stake on this
    /// dApp, both what is removed and what remains, loses its right to the bonus.
    ///
    /// The account goes on earning with the removed amount in this era, unless the caller stops that with
    /// [`Ledger::stop_earning`].
    ///
    /// Fails with [`LedgerError::NothingStaked`] or [`LedgerError::NotThatMuchStaked`].
    pub fn unstake(
        &mut self,
        dapp: &Dapp,
        amount: Balance,
        minimum: Balance,
        costs_a_move: bool,
    ) -> Result<StakeAmount, LedgerError> {
        let index =
            self.stakes.iter().position(|stake| stake.dapp == *dapp).ok_or(LedgerError::NothingStaked)?;
        let stake = self.stakes.get_mut(index).ok_or(LedgerError::NothingStaked)?;
        let rest = stake.total().checked_sub(amount).ok_or(LedgerError::NotThatMuchStaked)?;
        let amount = if rest < minimum && stake.total() >= minimum { stake.total() } else { amount };

        let earning = amount.min(stake.earning);
        let voting = amount.saturating_sub(earning);
        stake.earning = stake.earning.saturating_sub(earning);
        stake.voting = stake.voting.saturating_sub(voting);
        let mut removed = StakeAmount { voting, earning };
        if voting > 0 && costs_a_move {
            if self.moves < SAFE_MOVES {
                self.moves = self.moves.saturating_add(1);
            } else {
                removed = StakeAmount { voting: 0, earning: amount };
                stake.earning = stake.total();
                stake.voting = 0;
            }
        }
        // Stake that was placed in this era goes first.
        stake.active = stake.active.min(stake.total());
        if stake.total() == 0 {
            self.stakes.remove(index);
        }
        Ok(removed)
    }

    /// Removes stake as [`Ledger::unstake`] does, so that the caller can stake it on another dApp. What
    /// counted for this dApp goes on counting for it until the era ends.
    ///
    /// Fails with [`LedgerError::NothingStaked`] or [`LedgerError::NotThatMuchStaked`].
    pub fn move_off(
        &mut self,
        dapp: &Dapp,
        amount: Balance,
        minimum: Balance,
        costs_a_move: bool,
    ) -> Result<StakeAmount, LedgerError> {
        let counted = |ledger: &Self| ledger.find_stake(dapp).map_or(0, |stake| stake.active);
        let before = counted(self);
        let removed = self.unstake(dapp, amount, minimum, costs_a_move)?;
        let still_counts = before.saturating_sub(counted(self));
        if still_counts > 0 {
            match self.moved_off.iter_mut().find(|moved| moved.dapp == *dapp) {
                Some(moved) => moved.amount = moved.amount.saturating_add(still_counts),
                // There is room: what counts was staked before this era, on `MAX_STAKES` dApps at most.
                None => self
                    .moved_off
                    .try_push(MovedOff { dapp: dapp.clone(), amount: still_counts })
                    .map_err(|_| LedgerError::TooManyStakes)?,
            }
        }
        Ok(removed)
    }

    /// Ends earning, from this era on, for what is not staked any more. Stake that was placed in this era is
    /// taken to have gone first.
    pub fn stop_earning(&mut self) {
        self.active = self.active.min(self.staked());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMUM: Balance = 100;

    fn locked(locked: Balance) -> Ledger<u8> {
        Ledger { locked, ..Ledger::default() }
    }

    /// A ledger with 1 000 locked, of which `amount` is staked on dApp 7.
    fn staked(amount: Balance) -> Ledger<u8> {
        let mut ledger = locked(1_000);
        ledger.stake(&7, StakeAmount { voting: amount, earning: 0 }, 1, 1).expect("it is locked");
        ledger
    }

    #[test]
    fn a_lock_is_nothing_or_the_minimum_and_more() {
        let rest = |amount| {
            let mut ledger = locked(1_000);
            let unlocked = ledger.unlock(amount, MINIMUM, 5).expect("nothing is staked");
            assert_eq!(ledger.locked + unlocked, 1_000);
            ledger.locked
        };
        assert_eq!([899, 900, 901, 1_000].map(rest), [101, 100, 0, 0]);
    }

    #[test]
    fn what_is_staked_stays_locked() {
        assert_eq!(staked(990).unlock(11, MINIMUM, 5), Err(LedgerError::StillStaked));
        assert_eq!(staked(990).unlock(10, MINIMUM, 5), Ok(10));
        // Less than the minimum may remain if it is staked.
        assert_eq!(staked(50).unlock(950, MINIMUM, 5), Ok(950));
    }

    #[test]
    fn a_stake_is_nothing_or_the_minimum_and_more() {
        let stake = |amount| locked(1_000).stake(&7, StakeAmount { voting: amount, earning: 0 }, MINIMUM, 1);
        assert_eq!([99, 100].map(stake), [Err(LedgerError::BelowMinimumStake), Ok(())]);
        let removed = |before, amount| {
            staked(before).unstake(&7, amount, MINIMUM, false).expect("it is staked").total()
        };
        assert_eq!([399, 400, 401].map(|amount| removed(500, amount)), [399, 400, 500]);
        assert_eq!(removed(100, 1), 100);
        // The minimum was raised after this was staked.
        assert_eq!(removed(99, 1), 1);
    }
}
