//! One account: what it has locked, what it is unlocking, and where it has staked in one period.
//!
//! Plain data and arithmetic; paying rewards and keeping the sums over all accounts is up to the
//! caller.

use crate::calendar::{Calendar, Era, Period, Subperiod};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use pallet_inflation::Balance;
use scale_info::TypeInfo;

/// The most chunks that an account can be unlocking at once.
pub const MAX_UNLOCKING: u32 = 8;
/// The most dApps that an account can stake on at once, whatever the parameters allow.
pub const MAX_STAKES: u32 = 16;
/// How often in a period an account may unstake or move what it staked while voting and still keep
/// the bonus of the rest.
pub const SAFE_MOVES: u8 = 2;

/// Why a ledger refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub enum LedgerError {
    /// The account has locked less than that.
    NotThatMuchLocked,
    /// What would remain locked is less than what is staked.
    StillStaked,
    /// The account is unlocking as many chunks as it can; claim or relock some first.
    TooManyUnlocking,
    /// The account is unlocking nothing.
    NothingUnlocking,
    /// Nothing that the account is unlocking is free yet.
    NothingUnlocked,
    /// The account has not that much locked that is not staked yet.
    NotThatMuchFreeToStake,
    /// An account's stake on a dApp cannot be that small.
    BelowMinimumStake,
    /// The account stakes on as many dApps as it can.
    TooManyStakes,
    /// The account has nothing staked on this dApp in this period.
    NothingStaked,
    /// The account has staked less than that on this dApp.
    NotThatMuchStaked,
}

/// What is free from an era on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Unlocking {
    pub amount: Balance,
    /// The first era in which it can be taken.
    pub era: Era,
}

/// What is staked on one dApp.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Stake<Dapp> {
    pub dapp: Dapp,
    /// What of it counts for the dApp in the ledger's era; all of it does from the next era on.
    pub active: Balance,
    /// Staked while voting and kept since: has a part in the bonus.
    pub voting: Balance,
    /// The rest.
    pub earning: Balance,
}

impl<Dapp> Stake<Dapp> {
    /// All that is staked on the dApp.
    pub fn total(&self) -> Balance {
        self.voting.saturating_add(self.earning)
    }
}

/// What was moved off a dApp in the ledger's era, and counts for it until the era ends.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MovedOff<Dapp> {
    pub dapp: Dapp,
    pub amount: Balance,
}

/// What was taken off a stake, and what it was staked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub voting: Balance,
    pub earning: Balance,
}

impl Taken {
    /// All that was taken.
    pub fn total(&self) -> Balance {
        self.voting.saturating_add(self.earning)
    }
}

/// An account's locks and stakes. The stakes are those of `period`, as they stood in `era`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ledger<Dapp> {
    /// Locked and not being unlocked.
    pub locked: Balance,
    pub unlocking: BoundedVec<Unlocking, ConstU32<MAX_UNLOCKING>>,
    pub period: Period,
    pub era: Era,
    /// What earns in `era`; all that is staked does from the next era on. A move does not touch it.
    pub active: Balance,
    /// What was moved in `era`. One entry for each dApp at most, and only for those that the account
    /// had a stake on as the era began.
    pub moved_off: BoundedVec<MovedOff<Dapp>, ConstU32<MAX_STAKES>>,
    /// Safe moves made in `period`.
    pub moves: u8,
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
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.locked == 0 && self.unlocking.is_empty() && self.stakes.is_empty()
    }

    /// All that the account cannot spend.
    pub fn frozen(&self) -> Balance {
        self.unlocking.iter().fold(self.locked, |sum, chunk| sum.saturating_add(chunk.amount))
    }

    /// All that is staked.
    pub fn staked(&self) -> Balance {
        self.stakes.iter().fold(0, |sum, stake| sum.saturating_add(stake.total()))
    }

    /// What is staked and has a part in the bonus.
    pub fn voting(&self) -> Balance {
        self.stakes.iter().fold(0, |sum, stake| sum.saturating_add(stake.voting))
    }

    /// What earns in the ledger's era, and from the next one on.
    pub fn amounts(&self) -> (Balance, Balance) {
        (self.active, self.staked())
    }

    fn on(&self, dapp: &Dapp) -> Option<&Stake<Dapp>> {
        self.stakes.iter().find(|stake| stake.dapp == *dapp)
    }

    /// What counts for `dapp`: in the ledger's era, and from the next one on.
    pub fn amounts_on(&self, dapp: &Dapp) -> (Balance, Balance) {
        let moved_off = self.moved_off.iter().find(|moved| moved.dapp == *dapp);
        let moved_off = moved_off.map_or(0, |moved| moved.amount);
        let (active, total) = self.on(dapp).map_or((0, 0), |stake| (stake.active, stake.total()));
        (active.saturating_add(moved_off), total)
    }

    /// What is staked on `dapp` and has a part in the bonus.
    pub fn voting_on(&self, dapp: &Dapp) -> Balance {
        self.on(dapp).map_or(0, |stake| stake.voting)
    }

    /// Brings the stakes to the present era. In another period there are none.
    pub fn enter<BlockNumber>(&mut self, calendar: &Calendar<BlockNumber>) {
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

    /// Starts to unlock `amount`, to be free from `era` on; all that is locked if nothing is staked and
    /// less than `minimum` would remain. Returns how much.
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

    /// Locks again all that is being unlocked. Returns how much.
    pub fn relock(&mut self) -> Result<Balance, LedgerError> {
        if self.unlocking.is_empty() {
            return Err(LedgerError::NothingUnlocking);
        }
        let amount = self.frozen().saturating_sub(self.locked);
        self.unlocking.clear();
        self.locked = self.locked.saturating_add(amount);
        Ok(amount)
    }

    /// Lets go of all that is free in `era`. Returns how much.
    pub fn claim_unlocked(&mut self, era: Era) -> Result<Balance, LedgerError> {
        let before = self.frozen();
        self.unlocking.retain(|chunk| chunk.era > era);
        match before.saturating_sub(self.frozen()) {
            0 => Err(LedgerError::NothingUnlocked),
            amount => Ok(amount),
        }
    }

    /// Stakes on `dapp`, from the next era on. The account may have `max` stakes of at least
    /// `minimum`.
    pub fn stake(&mut self, dapp: &Dapp, more: Taken, minimum: Balance, max: u32) -> Result<(), LedgerError> {
        if more.total() > self.locked.saturating_sub(self.staked()) {
            return Err(LedgerError::NotThatMuchFreeToStake);
        }
        let place = match self.stakes.iter().position(|stake| stake.dapp == *dapp) {
            Some(place) => place,
            None => {
                let stake = Stake { dapp: dapp.clone(), active: 0, voting: 0, earning: 0 };
                if self.stakes.len() >= max as usize || self.stakes.try_push(stake).is_err() {
                    return Err(LedgerError::TooManyStakes);
                }
                self.stakes.len().saturating_sub(1)
            }
        };
        let stake = self.stakes.get_mut(place).ok_or(LedgerError::TooManyStakes)?;
        stake.voting = stake.voting.saturating_add(more.voting);
        stake.earning = stake.earning.saturating_add(more.earning);
        if stake.total() < minimum {
            return Err(LedgerError::BelowMinimumStake);
        }
        Ok(())
    }

    /// Takes `amount` off the stake on `dapp`; all of it if that is `minimum` or more, and less would
    /// remain. A stake can be less, as the minimum can be raised. What was staked while voting is taken
    /// last.
    ///
    /// Taking of that costs a safe move while `costs_a_move`; without one left, the whole stake on
    /// this dApp, what is taken and what remains, has no part in the bonus any more. What the
    /// account earns with is for the caller to adjust, by [`Ledger::stop_earning`].
    pub fn take(
        &mut self,
        dapp: &Dapp,
        amount: Balance,
        minimum: Balance,
        costs_a_move: bool,
    ) -> Result<Taken, LedgerError> {
        let place =
            self.stakes.iter().position(|stake| stake.dapp == *dapp).ok_or(LedgerError::NothingStaked)?;
        let stake = self.stakes.get_mut(place).ok_or(LedgerError::NothingStaked)?;
        let rest = stake.total().checked_sub(amount).ok_or(LedgerError::NotThatMuchStaked)?;
        let amount = if rest < minimum && stake.total() >= minimum { stake.total() } else { amount };

        let earning = amount.min(stake.earning);
        let voting = amount.saturating_sub(earning);
        stake.earning = stake.earning.saturating_sub(earning);
        stake.voting = stake.voting.saturating_sub(voting);
        let mut taken = Taken { voting, earning };
        if voting > 0 && costs_a_move {
            if self.moves < SAFE_MOVES {
                self.moves = self.moves.saturating_add(1);
            } else {
                taken = Taken { voting: 0, earning: amount };
                stake.earning = stake.total();
                stake.voting = 0;
            }
        }
        // What was staked in this era goes first.
        stake.active = stake.active.min(stake.total());
        if stake.total() == 0 {
            self.stakes.remove(place);
        }
        Ok(taken)
    }

    /// As [`Ledger::take`], to be staked on another dApp: what counted for this one goes on doing so
    /// until the era ends, and the other gets it with the next.
    pub fn move_off(
        &mut self,
        dapp: &Dapp,
        amount: Balance,
        minimum: Balance,
        costs_a_move: bool,
    ) -> Result<Taken, LedgerError> {
        let active = |ledger: &Self| ledger.on(dapp).map_or(0, |stake| stake.active);
        let before = active(self);
        let taken = self.take(dapp, amount, minimum, costs_a_move)?;
        let gone = before.saturating_sub(active(self));
        if gone > 0 {
            match self.moved_off.iter_mut().find(|moved| moved.dapp == *dapp) {
                Some(moved) => moved.amount = moved.amount.saturating_add(gone),
                // There is room: what is active was staked before the era, on so many dApps at most.
                None => self
                    .moved_off
                    .try_push(MovedOff { dapp: dapp.clone(), amount: gone })
                    .map_err(|_| LedgerError::TooManyStakes)?,
            }
        }
        Ok(taken)
    }

    /// What is not staked any more earns nothing in this era either; what was staked in this era
    /// went first.
    pub fn stop_earning(&mut self) {
        self.active = self.active.min(self.staked());
    }

    /// What `amount` is staked as in this part of the period.
    pub fn staked_as(amount: Balance, subperiod: Subperiod) -> Taken {
        match subperiod {
            Subperiod::Voting => Taken { voting: amount, earning: 0 },
            Subperiod::Earning => Taken { voting: 0, earning: amount },
        }
    }
}
