//! What dApp staking should do, said as plainly as possible: loops over everybody in every era, all
//! at once, everything in memory. Histories compare the pallet with it to the unit.

use crate::{mock::*, *};
use cadence::Duration;
use pallet_inflation::{part, share, Shape, Split};
use sp_core::U512;
use sp_runtime::{PerThing, Perbill};
use std::collections::BTreeMap;

#[derive(Clone, Default)]
pub struct Account {
    pub free: u128,
    pub locked: u128,
    /// Amounts, and the era in which they are free.
    pub unlocking: BTreeMap<u32, u128>,
    pub period: u32,
    pub stakes: BTreeMap<u64, OnDapp>,
    /// What earns in this era.
    pub earns: u128,
    pub moves: u8,
    /// Earned in eras that have ended, and not claimed.
    pub points: U256,
}

#[derive(Clone, Copy, Default)]
pub struct OnDapp {
    pub voting: u128,
    pub earning: u128,
    /// What counts for the dApp in this era.
    pub counts: u128,
}

impl OnDapp {
    fn total(&self) -> u128 {
        self.voting + self.earning
    }
}

impl Account {
    pub fn staked(&self) -> u128 {
        self.stakes.values().map(OnDapp::total).sum()
    }

    fn voting(&self) -> u128 {
        self.stakes.values().map(|stake| stake.voting).sum()
    }

    pub fn frozen(&self) -> u128 {
        self.locked + self.unlocking.values().sum::<u128>()
    }
}

#[derive(Clone)]
pub struct ModelDapp {
    pub owner: u64,
    pub beneficiary: Option<u64>,
    number: u32,
    /// The period in which it was unregistered.
    unregistered: Option<u32>,
    /// By period.
    pub rewards: BTreeMap<u32, u128>,
}

#[derive(Clone, Default)]
struct Pot {
    unpaid: u128,
    points: U512,
}

impl Pot {
    fn take(&mut self, points: U512) -> u128 {
        if points.is_zero() {
            return 0;
        }
        let amount = (U512::from(self.unpaid) * points / self.points).as_u128();
        self.unpaid -= amount;
        self.points -= points;
        amount
    }
}

#[derive(Clone)]
pub struct Model {
    pub staking: Parameters,
    pub inflation: pallet_inflation::Parameters,
    pub accounts: BTreeMap<u64, Account>,
    pub dapps: BTreeMap<u64, ModelDapp>,
    next_number: u32,
    pub block: u32,
    pub era: u32,
    era_start: u32,
    era_end: u32,
    era_of_period: u32,
    pub period: u32,
    period_of_cycle: u32,
    pub shape: Shape,
    amounts: Split<u128>,
    eras_of_cycle: u32,
    earning_eras_of_cycle: u32,
    /// What the treasury and the collators get in this era, and what of it they have.
    streams: [(u64, u128, u128); 2],
    pots: BTreeMap<u32, Pot>,
    bonuses: BTreeMap<u32, Pot>,
    /// Tier rewards of the last era, until the pallet has dealt them out.
    pub to_credit: Vec<(u64, u32, u128)>,
    pub expired: u128,
}

type Outcome = Result<(), &'static str>;

impl Model {
    /// The first block of the first era.
    pub fn new(accounts: u64, staking: Parameters) -> Self {
        let account = Account { free: ISSUANCE / u128::from(accounts), ..Default::default() };
        let mut model = Model {
            shape: staking.shape,
            staking,
            inflation: Default::default(),
            accounts: (1..=accounts).map(|who| (who, account.clone())).collect(),
            dapps: Default::default(),
            next_number: 0,
            block: 1,
            era: 1,
            era_start: 0,
            era_end: 0,
            era_of_period: 0,
            period: 1,
            period_of_cycle: 0,
            amounts: Default::default(),
            eras_of_cycle: 0,
            earning_eras_of_cycle: 0,
            streams: [(TREASURY, 0, 0), (COLLATORS, 0, 0)],
            pots: [(1, Pot::default())].into(),
            bonuses: Default::default(),
            to_credit: Default::default(),
            expired: 0,
        };
        model.begin_cycle();
        model.begin_era();
        model
    }

    pub fn issuance(&self) -> u128 {
        self.accounts.values().map(|account| account.free).sum()
    }

    fn pay(&mut self, who: u64, amount: u128) {
        self.accounts.entry(who).or_default().free += amount;
    }

    fn is_earning(&self) -> bool {
        self.era_of_period >= self.shape.voting_eras
    }

    fn is_last_era(&self) -> bool {
        self.era_of_period + 1 == self.shape.voting_eras + self.shape.earning_eras
    }

    pub fn next_block(&mut self) {
        self.block += 1;
        for i in 0..2 {
            let (who, total, paid) = self.streams[i];
            let by_now =
                share(total, (self.block - self.era_start).into(), (self.era_end - self.era_start).into());
            self.pay(who, by_now - paid);
            self.streams[i].2 = by_now;
        }
        if self.block == self.era_end {
            self.end_era();
        }
    }

    fn begin_cycle(&mut self) {
        let maximum =
            share(self.issuance(), self.inflation.maximum.deconstruct().into(), Perbill::ACCURACY.into());
        self.amounts = self.inflation.shares.of(maximum);
        (self.eras_of_cycle, self.earning_eras_of_cycle, self.period_of_cycle) = (0, 0, 0);
    }

    fn begin_era(&mut self) {
        let eras = (self.shape.voting_eras + self.shape.earning_eras) * self.shape.periods;
        self.streams = [
            (TREASURY, part(self.amounts.treasury, eras, self.eras_of_cycle), 0),
            (COLLATORS, part(self.amounts.collators, eras, self.eras_of_cycle), 0),
        ];
        self.eras_of_cycle += 1;
        self.era_start = self.block;
        self.era_end =
            self.block + CurrentCadence::get().blocks(Duration::from_millis(self.staking.era_millis));
        for account in self.accounts.values_mut().filter(|account| account.period == self.period) {
            account.earns = account.staked();
            for stake in account.stakes.values_mut() {
                stake.counts = stake.total();
            }
        }
    }

    fn end_era(&mut self) {
        if self.is_earning() {
            self.end_earning_era();
        }
        self.era += 1;
        self.era_of_period += 1;
        if self.era_of_period == self.shape.voting_eras + self.shape.earning_eras {
            self.end_period();
        }
        let oldest = *self.pots.keys().next().unwrap();
        if oldest + self.staking.retention < self.period {
            self.expired += self.pots.remove(&oldest).unwrap().unpaid;
            self.expired += self.bonuses.remove(&oldest).unwrap().unpaid;
        }
        self.begin_era();
    }

    fn end_earning_era(&mut self) {
        let eras = self.shape.earning_eras * self.shape.periods;
        let of = |amount| part(amount, eras, self.earning_eras_of_cycle);
        let (base, adjustable, dapps) =
            (of(self.amounts.base), of(self.amounts.adjustable), of(self.amounts.dapps));
        self.earning_eras_of_cycle += 1;

        let issuance = self.issuance();
        let period = self.period;
        let stakers = || self.accounts.values().filter(move |account| account.period == period);
        let staked: u128 = stakers().map(|account| account.earns).sum();
        let on = |dapp: u64| -> u128 {
            stakers().filter_map(|account| account.stakes.get(&dapp)).map(|stake| stake.counts).sum()
        };

        // Tiers, by the rule: the best go first, the older before the younger.
        let mut ranked: Vec<_> = self
            .dapps
            .iter()
            .filter(|(_, dapp)| dapp.unregistered.is_none())
            .map(|(id, dapp)| (std::cmp::Reverse(on(*id)), dapp.number, *id))
            .collect();
        ranked.sort();
        let mut ranked = ranked.into_iter().peekable();
        let mut to_credit = vec![];
        let (mut rewards_before, mut slots_before) = (0u128, 0u128);
        let billion = u128::from(Perbill::ACCURACY);
        for tier in self.staking.tiers {
            let cut = |whole: u128, before: &mut u128, portion: Perbill| {
                let after = *before + u128::from(portion.deconstruct());
                let cut = whole * after / billion - whole * *before / billion;
                *before = after;
                cut
            };
            let pool = cut(dapps, &mut rewards_before, tier.reward);
            let slots = cut(self.staking.slots.into(), &mut slots_before, tier.slots);
            let threshold = issuance * u128::from(tier.threshold.deconstruct()) / billion;
            for slot in 0..slots {
                match ranked.next_if(|(stake, ..)| stake.0 > 0 && stake.0 >= threshold) {
                    Some((.., id)) => {
                        to_credit.push((id, self.period, pool * (slot + 1) / slots - pool * slot / slots))
                    }
                    None => break,
                }
            }
        }
        self.to_credit = to_credit;

        // Stakers, each by each.
        if staked > 0 {
            let ideal = issuance * u128::from(self.inflation.ideal_staking.deconstruct()) / billion;
            let reward = base + if staked >= ideal { adjustable } else { adjustable * staked / ideal };
            let rate = (U256::from(reward) << 96) / U256::from(staked);
            let pot = self.pots.get_mut(&period).unwrap();
            pot.unpaid += reward;
            for account in self.accounts.values_mut().filter(|account| account.period == period) {
                let points = U256::from(account.earns) * rate;
                account.points += points;
                pot.points += U512::from(points);
            }
        }
    }

    fn end_period(&mut self) {
        let voting: u128 =
            self.accounts.values().filter(|account| account.period == self.period).map(Account::voting).sum();
        let amount = part(self.amounts.bonus, self.shape.periods, self.period_of_cycle);
        let unpaid = if voting > 0 { amount } else { 0 };
        self.bonuses.insert(self.period, Pot { unpaid, points: voting.into() });
        self.period += 1;
        self.era_of_period = 0;
        self.period_of_cycle += 1;
        self.pots.insert(self.period, Pot::default());
        if self.period_of_cycle == self.shape.periods {
            self.shape = self.staking.shape;
            self.begin_cycle();
        }
    }

    /// The pallet has dealt out the tiers.
    pub fn credit(&mut self) {
        for (id, period, amount) in std::mem::take(&mut self.to_credit) {
            *self.dapps.get_mut(&id).unwrap().rewards.entry(period).or_default() += amount;
        }
    }

    /// What a claim would bring: for stakes, as bonus.
    pub fn due(&self, who: u64) -> (u128, u128) {
        let account = &self.accounts[&who];
        let over = account.period < self.period;
        let stakers = self.pots.get(&account.period).map_or(0, |pot| pot.clone().take(account.points.into()));
        let bonus = if over { self.bonuses.get(&account.period) } else { None };
        (stakers, bonus.map_or(0, |pot| pot.clone().take(account.voting().into())))
    }

    fn settle(&mut self, who: u64) {
        let (stakers, bonus) = self.due(who);
        let account = self.accounts.get_mut(&who).unwrap();
        if let Some(pot) = self.pots.get_mut(&account.period) {
            pot.take(account.points.into());
            if account.period < self.period {
                self.bonuses.get_mut(&account.period).unwrap().take(account.voting().into());
            }
        }
        account.points = U256::zero();
        account.free += stakers + bonus;
        if account.period != self.period {
            account.stakes.clear();
            account.earns = 0;
            account.moves = 0;
            account.period = self.period;
        }
    }

    pub fn lock(&mut self, who: u64, amount: u128) -> Outcome {
        let minimum = self.staking.minimum_lock;
        let account = self.accounts.get_mut(&who).unwrap();
        check(amount > 0 && amount <= account.free - account.frozen(), "not that much")?;
        check(account.locked + amount >= minimum, "too little")?;
        account.locked += amount;
        Ok(())
    }

    pub fn unlock(&mut self, who: u64, amount: u128) -> Outcome {
        check(amount > 0, "nothing")?;
        self.settle(who);
        let free_in = self.era + self.staking.unlocking_eras;
        let minimum = self.staking.minimum_lock;
        let account = self.accounts.get_mut(&who).unwrap();
        check(amount <= account.locked, "not that much")?;
        let amount = if account.locked - amount < minimum { account.locked } else { amount };
        check(account.locked - amount >= account.staked(), "staked")?;
        check(account.unlocking.len() < 8 || account.unlocking.contains_key(&free_in), "too many")?;
        account.locked -= amount;
        *account.unlocking.entry(free_in).or_default() += amount;
        Ok(())
    }

    pub fn relock(&mut self, who: u64) -> Outcome {
        let minimum = self.staking.minimum_lock;
        let account = self.accounts.get_mut(&who).unwrap();
        check(!account.unlocking.is_empty() && account.frozen() >= minimum, "nothing")?;
        account.locked = account.frozen();
        account.unlocking.clear();
        Ok(())
    }

    pub fn claim_unlocked(&mut self, who: u64) -> Outcome {
        let era = self.era;
        let account = self.accounts.get_mut(&who).unwrap();
        let before = account.unlocking.len();
        account.unlocking.retain(|free_in, _| *free_in > era);
        check(account.unlocking.len() < before, "nothing")
    }

    fn put(&mut self, who: u64, dapp: u64, voting: u128, earning: u128) -> Outcome {
        check(self.dapps.get(&dapp).is_some_and(|dapp| dapp.unregistered.is_none()), "no dApp")?;
        let (max, minimum) = (self.staking.max_stakes as usize, self.staking.minimum_stake);
        let account = self.accounts.get_mut(&who).unwrap();
        check(account.staked() + voting + earning <= account.locked, "not that much")?;
        check(account.stakes.contains_key(&dapp) || account.stakes.len() < max, "too many")?;
        let stake = account.stakes.entry(dapp).or_default();
        stake.voting += voting;
        stake.earning += earning;
        check(stake.total() >= minimum, "too little")
    }

    fn take(&mut self, who: u64, dapp: u64, amount: u128) -> Result<(u128, u128), &'static str> {
        let known = self.dapps.get(&dapp).ok_or("no dApp")?;
        let costs = self.is_earning() && known.unregistered.is_none();
        let minimum = self.staking.minimum_stake;
        let account = self.accounts.get_mut(&who).unwrap();
        let stake = account.stakes.get_mut(&dapp).ok_or("nothing staked")?;
        check(amount <= stake.total(), "not that much")?;
        let amount = if stake.total() - amount < minimum { stake.total() } else { amount };
        let earning = amount.min(stake.earning);
        let voting = amount - earning;
        stake.earning -= earning;
        stake.voting -= voting;
        let mut taken = (voting, earning);
        if costs && voting > 0 {
            if account.moves == 2 {
                taken = (0, amount);
                *stake = OnDapp { voting: 0, earning: stake.total(), ..*stake };
            } else {
                account.moves += 1;
            }
        }
        stake.counts = stake.counts.min(stake.total());
        if stake.total() == 0 {
            account.stakes.remove(&dapp);
        }
        Ok(taken)
    }

    pub fn stake(&mut self, who: u64, dapp: u64, amount: u128) -> Outcome {
        check(amount > 0 && !self.is_last_era(), "not now")?;
        self.settle(who);
        let (voting, earning) = if self.is_earning() { (0, amount) } else { (amount, 0) };
        self.put(who, dapp, voting, earning)
    }

    pub fn unstake(&mut self, who: u64, dapp: u64, amount: u128) -> Outcome {
        check(amount > 0, "nothing")?;
        self.settle(who);
        self.take(who, dapp, amount)?;
        let account = self.accounts.get_mut(&who).unwrap();
        account.earns = account.earns.min(account.staked());
        Ok(())
    }

    pub fn move_stake(&mut self, who: u64, from: u64, to: u64, amount: u128) -> Outcome {
        check(amount > 0 && from != to && !self.is_last_era(), "not now")?;
        self.settle(who);
        let (voting, earning) = self.take(who, from, amount)?;
        self.put(who, to, voting, earning)
    }

    pub fn claim(&mut self, who: u64) -> Outcome {
        check(self.due(who) != (0, 0), "nothing")?;
        self.settle(who);
        Ok(())
    }

    /// What a dApp's owner could claim.
    pub fn due_to_dapp(&self, dapp: u64) -> u128 {
        let oldest = *self.pots.keys().next().unwrap();
        self.dapps.get(&dapp).map_or(0, |dapp| dapp.rewards.range(oldest..).map(|(_, amount)| amount).sum())
    }

    pub fn claim_dapp(&mut self, dapp: u64) -> Outcome {
        let amount = self.due_to_dapp(dapp);
        check(amount > 0, "nothing")?;
        let record = self.dapps.get_mut(&dapp).unwrap();
        record.rewards.clear();
        let payee = record.beneficiary.unwrap_or(record.owner);
        self.pay(payee, amount);
        Ok(())
    }

    pub fn register(&mut self, dapp: u64, owner: u64) -> Outcome {
        if let Some(known) = self.dapps.get(&dapp) {
            let over = known.unregistered.is_some_and(|period| period < self.period);
            check(over && self.due_to_dapp(dapp) == 0, "known")?;
        }
        let number = self.next_number;
        self.next_number += 1;
        let record =
            ModelDapp { owner, beneficiary: None, number, unregistered: None, rewards: Default::default() };
        self.dapps.insert(dapp, record);
        Ok(())
    }

    pub fn unregister(&mut self, dapp: u64) -> Outcome {
        let record = self.dapps.get_mut(&dapp).ok_or("no dApp")?;
        check(record.unregistered.is_none(), "no dApp")?;
        record.unregistered = Some(self.period);
        Ok(())
    }

    pub fn set_beneficiary(&mut self, who: u64, dapp: u64, beneficiary: Option<u64>) -> Outcome {
        let record = self.dapps.get_mut(&dapp).ok_or("no dApp")?;
        check(record.unregistered.is_none() && record.owner == who, "not yours")?;
        record.beneficiary = beneficiary;
        Ok(())
    }
}

fn check(holds: bool, error: &'static str) -> Outcome {
    holds.then_some(()).ok_or(error)
}
