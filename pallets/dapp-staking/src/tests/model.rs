//! A model of dApp staking, written as plainly as possible. It keeps everything in memory, loops over all
//! accounts in every era, and has arithmetic of its own. The [histories](super::histories) compare the pallet
//! with it.
//!
//! The model computes what stakers are due as the fair share of each era, in fractions of a unit. The pallet
//! may differ from that by about one unit for each claim before, because claims are rounded. The model checks
//! this, takes over the amount that the pallet pays, and keeps the pots exact to the unit.

use crate::{mock::*, *};
use pallet_inflation::Shape;
use sp_runtime::Perbill;
use std::collections::{BTreeMap, BTreeSet};

const BILLION: u128 = 1_000_000_000;
/// Fair shares are counted in 2^-64 of a unit.
const FRACTION: usize = 64;

#[derive(Clone, Default)]
pub struct Account {
    pub free: u128,
    pub locked: u128,
    /// The amounts that are being unlocked, by the era from which they are free.
    pub unlocking: BTreeMap<u32, u128>,
    pub period: u32,
    pub stakes: BTreeMap<u64, OnDapp>,
    /// The amounts that were moved in this era, by the dApp for which they still count.
    pub moved: BTreeMap<u64, u128>,
    /// The amount that earns in this era.
    pub earns: u128,
    pub moves: u8,
    /// The fair share of the eras that have ended, as far as it is not claimed.
    pub fair: U256,
}

#[derive(Clone, Copy, Default)]
pub struct OnDapp {
    pub voting: u128,
    pub earning: u128,
    /// The part that counts for the dApp in this era.
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

    fn counts_for(&self, dapp: u64) -> u128 {
        self.stakes.get(&dapp).map_or(0, |stake| stake.counts) + self.moved.get(&dapp).copied().unwrap_or(0)
    }
}

#[derive(Clone)]
pub struct ModelDapp {
    pub owner: u64,
    pub beneficiary: Option<u64>,
    number: u32,
    /// The era and the period in which it was unregistered.
    pub unregistered: Option<(u32, u32)>,
    /// The unclaimed rewards, by period.
    pub rewards: BTreeMap<u32, u128>,
}

impl ModelDapp {
    fn payee(&self) -> u64 {
        self.beneficiary.unwrap_or(self.owner)
    }
}

#[derive(Clone, Default)]
struct Pot {
    unpaid: u128,
    /// The number of claims so far.
    claims: u128,
}

/// A bonus, and the sum of the voting stakes that share it.
#[derive(Clone, Default)]
struct Bonus {
    total: u128,
    voting: u128,
    pot: Pot,
}

/// An amount that is paid over the blocks of an era.
#[derive(Clone, Copy)]
struct Paid {
    to: u64,
    total: u128,
    paid: u128,
    start: u32,
    end: u32,
}

#[derive(Clone)]
pub struct Model {
    pub staking: Parameters,
    pub timetable: Timetable,
    pub next_timetable: Option<Timetable>,
    pub inflation: pallet_inflation::Parameters,
    pub next_inflation: Option<pallet_inflation::Parameters>,
    pub accounts: BTreeMap<u64, Account>,
    pub dapps: BTreeMap<u64, ModelDapp>,
    pub collating: BTreeSet<u64>,
    next_number: u32,
    pub block_millis: u32,
    pub block: u32,
    /// The block in which maintenance ends.
    pub stopped: Option<u32>,
    /// The block from which on dApp staking can be stopped again.
    next_stop: u32,
    pub era: u32,
    era_end: u32,
    era_of_period: u32,
    pub period: u32,
    period_of_cycle: u32,
    /// The amounts of the cycle: for the treasury, the collators, dApps, stakers (base and adjustable), and
    /// as bonus.
    amounts: [u128; 6],
    eras_of_cycle: u32,
    earning_eras_of_cycle: u32,
    streams: [Paid; 2],
    pots: BTreeMap<u32, Pot>,
    bonuses: BTreeMap<u32, Bonus>,
    /// The last period in which the rewards of a period can be claimed.
    kept_through: BTreeMap<u32, u32>,
    /// The tier rewards of the last era that the pallet has not credited yet: dApp, period and amount.
    to_credit: Vec<(u64, u32, u128)>,
    /// The era whose tiers the pallet is assigning.
    turning: Option<u32>,
    pub expired: u128,
}

pub type Outcome = Result<(), &'static str>;

/// The part of `total` from share `from` up to share `to`, of `of` shares in all.
fn cut(total: u128, from: u128, to: u128, of: u128) -> u128 {
    total * to / of - total * from / of
}

/// `n` billionths of `total`.
fn billionths(total: u128, n: Perbill) -> u128 {
    total * u128::from(n.deconstruct()) / BILLION
}

impl Model {
    /// The model in the first block of the first era.
    pub fn new(accounts: u64, timetable: Timetable, staking: Parameters) -> Self {
        let account = Account { free: ISSUANCE / u128::from(accounts), ..Default::default() };
        let nothing = |to| Paid { to, total: 0, paid: 0, start: 0, end: 1 };
        let mut model = Model {
            staking,
            timetable,
            next_timetable: None,
            inflation: Default::default(),
            next_inflation: None,
            accounts: (1..=accounts).map(|who| (who, account.clone())).collect(),
            dapps: Default::default(),
            collating: Default::default(),
            next_number: 0,
            block_millis: CurrentCadence::get().block_millis(),
            block: 1,
            stopped: None,
            next_stop: 0,
            era: 1,
            era_end: 0,
            era_of_period: 0,
            period: 1,
            period_of_cycle: 0,
            amounts: Default::default(),
            eras_of_cycle: 0,
            earning_eras_of_cycle: 0,
            streams: [nothing(TREASURY), nothing(COLLATORS)],
            pots: Default::default(),
            bonuses: Default::default(),
            kept_through: Default::default(),
            to_credit: Default::default(),
            turning: None,
            expired: 0,
        };
        model.begin_cycle();
        model.begin_period();
        model.begin_era();
        model
    }

    pub fn issuance(&self) -> u128 {
        self.accounts.values().map(|account| account.free).sum()
    }

    fn pay(&mut self, who: u64, amount: u128) {
        self.accounts.entry(who).or_default().free += amount;
    }

    fn shape(&self) -> Shape {
        self.timetable.shape
    }

    fn is_earning(&self) -> bool {
        self.era_of_period >= self.shape().voting_eras
    }

    fn is_last_era(&self) -> bool {
        self.era_of_period + 1 == self.shape().voting_eras + self.shape().earning_eras
    }

    fn blocks(&self, millis: u64) -> u32 {
        millis.div_ceil(self.block_millis.into()) as u32
    }

    /// Makes the next block. An era may end in it, unless the tiers of the last one are being assigned.
    pub fn next_block(&mut self, is_turning: bool) {
        self.block += 1;
        for i in 0..2 {
            let Paid { to, total, paid, start, end } = self.streams[i];
            let by_now = if self.block >= end {
                total
            } else {
                total * u128::from(self.block - start) / u128::from(end - start)
            };
            self.pay(to, by_now - paid);
            self.streams[i].paid = by_now;
        }
        if let Some(until) = self.stopped {
            if self.block < until {
                return;
            }
            self.stopped = None;
        }
        if self.block >= self.era_end && !is_turning {
            self.end_era();
        }
    }

    /// Changes the block time for the blocks after this one.
    pub fn change_cadence(&mut self, block_millis: u32) {
        let now = self.block;
        let (old, new) = (self.block_millis, block_millis);
        let later = |end: u32| {
            now + (u64::from(end.saturating_sub(now)) * u64::from(old)).div_ceil(new.into()) as u32
        };
        self.era_end = later(self.era_end);
        self.stopped = self.stopped.map(later);
        self.next_stop = later(self.next_stop);
        for stream in &mut self.streams {
            let (total, end) = (stream.total - stream.paid, later(stream.end));
            *stream = Paid { to: stream.to, total, paid: 0, start: now, end };
        }
        self.block_millis = new;
    }

    fn begin_cycle(&mut self) {
        self.inflation = self.next_inflation.take().unwrap_or(self.inflation);
        self.timetable = self.next_timetable.take().unwrap_or(self.timetable);
        let maximum = billionths(self.issuance(), self.inflation.maximum);
        let shares = self.inflation.shares;
        let shares =
            [shares.treasury, shares.collators, shares.dapps, shares.base, shares.adjustable, shares.bonus];
        let mut before = 0;
        self.amounts = shares.map(|share| {
            let from = before;
            before += u128::from(share.deconstruct());
            cut(maximum, from, before, BILLION)
        });
        (self.eras_of_cycle, self.earning_eras_of_cycle, self.period_of_cycle) = (0, 0, 0);
    }

    fn begin_period(&mut self) {
        self.pots.insert(self.period, Pot::default());
        self.kept_through.insert(self.period, self.period + self.timetable.retention);
    }

    fn begin_era(&mut self) {
        let shape = self.shape();
        let eras = u128::from((shape.voting_eras + shape.earning_eras) * shape.periods);
        let i = u128::from(self.eras_of_cycle);
        let end = self.block + self.blocks(self.timetable.era_millis);
        let stream =
            |to, amount| Paid { to, total: cut(amount, i, i + 1, eras), paid: 0, start: self.block, end };
        self.streams = [stream(TREASURY, self.amounts[0]), stream(COLLATORS, self.amounts[1])];
        self.eras_of_cycle += 1;
        self.era_end = end;
        for account in self.accounts.values_mut().filter(|account| account.period == self.period) {
            account.earns = account.staked();
            account.moved.clear();
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
        if self.era_of_period == self.shape().voting_eras + self.shape().earning_eras {
            self.end_period();
        }
        let oldest = *self.pots.keys().next().unwrap();
        if self.kept_through[&oldest] < self.period {
            self.expired += self.pots.remove(&oldest).unwrap().unpaid;
            self.expired += self.bonuses.remove(&oldest).unwrap().pot.unpaid;
        }
        self.begin_era();
    }

    fn end_earning_era(&mut self) {
        let shape = self.shape();
        let (i, eras) =
            (u128::from(self.earning_eras_of_cycle), u128::from(shape.earning_eras * shape.periods));
        let [.., dapps, base, adjustable, _] = self.amounts.map(|amount| cut(amount, i, i + 1, eras));
        self.earning_eras_of_cycle += 1;

        let issuance = self.issuance();
        let period = self.period;
        let stakers = || self.accounts.values().filter(move |account| account.period == period);
        let staked: u128 = stakers().map(|account| account.earns).sum();
        let on = |dapp: u64| -> u128 { stakers().map(|account| account.counts_for(dapp)).sum() };

        // The tiers, by the plain rule: the best dApps go first, and of equals the older one.
        let mut ranked: Vec<_> = self
            .dapps
            .iter()
            .filter(|(_, dapp)| dapp.unregistered.is_none())
            .map(|(id, dapp)| (std::cmp::Reverse(on(*id)), dapp.number, *id))
            .collect();
        ranked.sort();
        let mut ranked = ranked.into_iter().peekable();
        let mut to_credit = vec![];
        let (mut rewards_before, mut slots_before) = (0, 0);
        for tier in self.staking.tiers {
            let next = |before: &mut u128, portion: Perbill| {
                let from = *before;
                *before += u128::from(portion.deconstruct());
                (from, *before)
            };
            let (from, to) = next(&mut rewards_before, tier.reward);
            let pool = cut(dapps, from, to, BILLION);
            let (from, to) = next(&mut slots_before, tier.slots);
            let slots = cut(self.staking.slots.into(), from, to, BILLION);
            let threshold = billionths(issuance, tier.threshold);
            for slot in 0..slots {
                match ranked.next_if(|(stake, ..)| stake.0 > 0 && stake.0 >= threshold) {
                    Some((.., id)) => to_credit.push((id, self.period, cut(pool, slot, slot + 1, slots))),
                    None => break,
                }
            }
        }
        self.to_credit = to_credit;
        self.turning = Some(self.era);

        // The stakers, one by one.
        if staked > 0 {
            let ideal = billionths(issuance, self.inflation.ideal_staking);
            let reward = base + if staked >= ideal { adjustable } else { adjustable * staked / ideal };
            self.pots.get_mut(&period).unwrap().unpaid += reward;
            for account in self.accounts.values_mut().filter(|account| account.period == period) {
                account.fair += (U256::from(reward * account.earns) << FRACTION) / U256::from(staked);
            }
        }
    }

    fn end_period(&mut self) {
        let voting: u128 =
            self.accounts.values().filter(|account| account.period == self.period).map(Account::voting).sum();
        let i = u128::from(self.period_of_cycle);
        let planned = cut(self.amounts[5], i, i + 1, self.shape().periods.into());
        let total = if voting > 0 { planned } else { 0 };
        self.bonuses.insert(self.period, Bonus { total, voting, pot: Pot { unpaid: total, claims: 0 } });
        self.period += 1;
        self.era_of_period = 0;
        self.period_of_cycle += 1;
        if self.period_of_cycle == self.shape().periods {
            self.begin_cycle();
        }
        self.begin_period();
    }

    /// Credits the tier rewards of the last era, after the pallet has done so.
    pub fn credit(&mut self) {
        self.turning = None;
        for (id, period, amount) in std::mem::take(&mut self.to_credit) {
            *self.dapps.get_mut(&id).unwrap().rewards.entry(period).or_default() += amount;
        }
    }

    /// The amounts that can still be claimed: for stakes, and as bonus.
    pub fn unpaid(&self) -> (u128, u128) {
        let stakers = self.pots.values().map(|pot| pot.unpaid).sum();
        (stakers, self.bonuses.values().map(|bonus| bonus.pot.unpaid).sum())
    }

    /// The amounts that the pallet would pay for a claim: for stakes, and as bonus. Fails the test if they
    /// are not fair.
    pub fn due(&self, who: u64) -> (u128, u128) {
        let account = &self.accounts[&who];
        let position = DappStaking::account(&who);
        let (stakers, bonus) = position.map_or((0, 0), |position| (position.rewards, position.bonus));
        let assert_near = |due: u128, fair: U256, claims: u128| {
            let fair = (fair >> FRACTION).as_u128();
            assert!(
                due.abs_diff(fair) <= claims + 2,
                "{due} is due to {who}, not {fair}, after {claims} claims"
            );
        };
        match self.pots.get(&account.period) {
            Some(pot) => assert_near(stakers, account.fair, pot.claims),
            None => assert_eq!(stakers, 0, "{who} has nothing to claim"),
        }
        match self.bonuses.get(&account.period).filter(|_| account.period < self.period) {
            Some(of) if account.voting() > 0 => {
                let fair = (U256::from(of.total * account.voting()) << FRACTION) / U256::from(of.voting);
                assert_near(bonus, fair, of.pot.claims);
            }
            _ => assert_eq!(bonus, 0, "{who} has no bonus to claim"),
        }
        (stakers, bonus)
    }

    fn settle(&mut self, who: u64) {
        let (stakers, bonus) = self.due(who);
        let account = self.accounts.get_mut(&who).unwrap();
        let period = account.period;
        account.fair = U256::zero();
        account.free += stakers + bonus;
        if period != self.period {
            account.stakes.clear();
            account.moved.clear();
            account.earns = 0;
            account.moves = 0;
            account.period = self.period;
        }
        let others = || self.accounts.values().filter(|account| account.period == period);
        if let Some(pot) = self.pots.get_mut(&period) {
            pot.unpaid -= stakers;
            pot.claims += u128::from(stakers > 0);
            // The last claim takes all that is left.
            if others().all(|account| account.fair.is_zero()) {
                assert_eq!(pot.unpaid, 0, "{} is left of period {period}", pot.unpaid);
            }
        }
        if let Some(Bonus { pot, .. }) = self.bonuses.get_mut(&period) {
            pot.unpaid -= bonus;
            pot.claims += u128::from(bonus > 0);
            if others().all(|account| account.voting() == 0) {
                assert_eq!(pot.unpaid, 0, "{} is left of the bonus of {period}", pot.unpaid);
            }
        }
    }

    fn ensure_running(&self) -> Outcome {
        check(self.stopped.is_none(), "stopped")
    }

    pub fn stop(&mut self, stopped: bool) -> Outcome {
        let blocks = |time: cadence::Duration| self.blocks(time.as_millis() as u64);
        let (time, rest) = (blocks(MaintenanceTime::get()), blocks(MaintenanceRest::get()));
        if stopped {
            check(self.block >= self.next_stop, "not yet")?;
            self.stopped = Some(self.block + time);
            self.next_stop = self.block + time + rest;
        } else if self.stopped.take().is_some() {
            self.next_stop = self.block + rest;
        }
        Ok(())
    }

    /// An account that has something locked may not collate.
    pub fn collate(&mut self, who: u64, collate: bool) -> Outcome {
        check(collate != self.collating.contains(&who), "no change")?;
        if collate {
            check(self.accounts[&who].locked == 0, "locked")?;
            self.collating.insert(who);
        } else {
            self.collating.remove(&who);
        }
        Ok(())
    }

    fn may_stake(&self, who: u64) -> Outcome {
        self.ensure_running()?;
        check(!self.collating.contains(&who), "collates")
    }

    pub fn lock(&mut self, who: u64, amount: u128) -> Outcome {
        self.may_stake(who)?;
        let minimum = self.staking.minimum_lock;
        let account = self.accounts.get_mut(&who).unwrap();
        check(amount > 0 && amount <= account.free - account.frozen(), "not that much")?;
        check(account.locked + amount >= minimum, "too little")?;
        account.locked += amount;
        Ok(())
    }

    pub fn unlock(&mut self, who: u64, amount: u128) -> Outcome {
        self.ensure_running()?;
        check(amount > 0, "nothing")?;
        self.settle(who);
        // The era after so many whole eras after this one.
        let free_in = self.era + 1 + self.staking.unlocking_eras;
        let minimum = self.staking.minimum_lock;
        let account = self.accounts.get_mut(&who).unwrap();
        check(amount <= account.locked, "not that much")?;
        let all = account.staked() == 0 && account.locked - amount < minimum;
        let amount = if all { account.locked } else { amount };
        check(account.locked - amount >= account.staked(), "staked")?;
        check(account.unlocking.len() < 8 || account.unlocking.contains_key(&free_in), "too many")?;
        account.locked -= amount;
        *account.unlocking.entry(free_in).or_default() += amount;
        Ok(())
    }

    pub fn relock(&mut self, who: u64) -> Outcome {
        self.may_stake(who)?;
        let minimum = self.staking.minimum_lock;
        let account = self.accounts.get_mut(&who).unwrap();
        check(!account.unlocking.is_empty() && account.frozen() >= minimum, "nothing")?;
        account.locked = account.frozen();
        account.unlocking.clear();
        Ok(())
    }

    pub fn claim_unlocked(&mut self, who: u64) -> Outcome {
        self.ensure_running()?;
        let era = self.era;
        let account = self.accounts.get_mut(&who).unwrap();
        let before = account.unlocking.len();
        account.unlocking.retain(|free_in, _| *free_in > era);
        check(account.unlocking.len() < before, "nothing")
    }

    fn add_stake(&mut self, who: u64, dapp: u64, voting: u128, earning: u128, minimum: u128) -> Outcome {
        check(self.dapps.get(&dapp).is_some_and(|dapp| dapp.unregistered.is_none()), "no dApp")?;
        let max = self.staking.max_stakes as usize;
        let account = self.accounts.get_mut(&who).unwrap();
        check(account.staked() + voting + earning <= account.locked, "not that much")?;
        check(account.stakes.contains_key(&dapp) || account.stakes.len() < max, "too many")?;
        let stake = account.stakes.entry(dapp).or_default();
        stake.voting += voting;
        stake.earning += earning;
        check(stake.total() >= minimum, "too little")
    }

    /// Returns the removed amounts, voting and earning, and how much less of the stake counts in this era.
    fn remove_stake(
        &mut self,
        who: u64,
        dapp: u64,
        amount: u128,
    ) -> Result<(u128, u128, u128), &'static str> {
        let known = self.dapps.get(&dapp).ok_or("no dApp")?;
        let costs = self.is_earning() && known.unregistered.is_none();
        let minimum = self.staking.minimum_stake;
        let account = self.accounts.get_mut(&who).unwrap();
        let stake = account.stakes.get_mut(&dapp).ok_or("nothing staked")?;
        check(amount <= stake.total(), "not that much")?;
        let total = stake.total();
        let amount = if total >= minimum && total - amount < minimum { total } else { amount };
        let earning = amount.min(stake.earning);
        let voting = amount - earning;
        stake.earning -= earning;
        stake.voting -= voting;
        let mut removed = (voting, earning);
        if costs && voting > 0 {
            if account.moves == 2 {
                removed = (0, amount);
                *stake = OnDapp { voting: 0, earning: stake.total(), ..*stake };
            } else {
                account.moves += 1;
            }
        }
        let less = stake.counts.saturating_sub(stake.total());
        stake.counts -= less;
        if stake.total() == 0 {
            account.stakes.remove(&dapp);
        }
        Ok((removed.0, removed.1, less))
    }

    pub fn stake(&mut self, who: u64, dapp: u64, amount: u128) -> Outcome {
        self.may_stake(who)?;
        check(amount > 0 && !self.is_last_era(), "not now")?;
        self.settle(who);
        let (voting, earning) = if self.is_earning() { (0, amount) } else { (amount, 0) };
        self.add_stake(who, dapp, voting, earning, self.staking.minimum_stake)
    }

    pub fn unstake(&mut self, who: u64, dapp: u64, amount: u128) -> Outcome {
        self.ensure_running()?;
        check(amount > 0, "nothing")?;
        self.settle(who);
        self.remove_stake(who, dapp, amount)?;
        let account = self.accounts.get_mut(&who).unwrap();
        account.earns = account.earns.min(account.staked());
        Ok(())
    }

    pub fn move_stake(&mut self, who: u64, from: u64, to: u64, amount: u128) -> Outcome {
        self.ensure_running()?;
        check(amount > 0 && from != to && !self.is_last_era(), "not now")?;
        self.settle(who);
        let (voting, earning, still_counts) = self.remove_stake(who, from, amount)?;
        *self.accounts.get_mut(&who).unwrap().moved.entry(from).or_default() += still_counts;
        let is_whole = !self.accounts[&who].stakes.contains_key(&from);
        let minimum = self.staking.minimum_stake;
        let minimum = if is_whole { minimum.min(voting + earning) } else { minimum };
        self.add_stake(who, to, voting, earning, minimum)
    }

    pub fn claim(&mut self, who: u64) -> Outcome {
        self.ensure_running()?;
        check(self.due(who) != (0, 0), "nothing")?;
        self.settle(who);
        Ok(())
    }

    /// The amount that can be claimed for a dApp.
    pub fn due_to_dapp(&self, dapp: u64) -> u128 {
        let oldest = *self.pots.keys().next().unwrap();
        self.dapps.get(&dapp).map_or(0, |dapp| dapp.rewards.range(oldest..).map(|(_, amount)| amount).sum())
    }

    pub fn claim_dapp(&mut self, dapp: u64) -> Outcome {
        self.ensure_running()?;
        let amount = self.due_to_dapp(dapp);
        check(amount > 0, "nothing")?;
        let record = self.dapps.get_mut(&dapp).unwrap();
        record.rewards.clear();
        let payee = record.payee();
        self.pay(payee, amount);
        Ok(())
    }

    pub fn register(&mut self, dapp: u64, owner: u64) -> Outcome {
        if let Some(known) = self.dapps.get(&dapp) {
            let (era, _) = known.unregistered.ok_or("known")?;
            check(self.turning.is_none_or(|turning| era <= turning), "being ranked")?;
            let (payee, amount) = (known.payee(), self.due_to_dapp(dapp));
            if amount > 0 {
                self.ensure_running()?;
            }
            self.pay(payee, amount);
        }
        let number = self.next_number;
        self.next_number += 1;
        let record =
            ModelDapp { owner, beneficiary: None, number, unregistered: None, rewards: Default::default() };
        self.dapps.insert(dapp, record);
        Ok(())
    }

    fn registered(&mut self, dapp: u64) -> Result<&mut ModelDapp, &'static str> {
        self.dapps.get_mut(&dapp).filter(|dapp| dapp.unregistered.is_none()).ok_or("no dApp")
    }

    pub fn unregister(&mut self, dapp: u64) -> Outcome {
        let now = (self.era, self.period);
        self.registered(dapp)?.unregistered = Some(now);
        Ok(())
    }

    /// Called by the owner, or by the manager if `who` is none.
    pub fn set_owner(&mut self, who: Option<u64>, dapp: u64, owner: u64) -> Outcome {
        if who.is_some() {
            self.ensure_running()?;
        }
        let record = self.registered(dapp)?;
        check(who.is_none_or(|who| who == record.owner), "not yours")?;
        (record.owner, record.beneficiary) = (owner, None);
        Ok(())
    }

    pub fn set_beneficiary(&mut self, who: u64, dapp: u64, beneficiary: Option<u64>) -> Outcome {
        self.ensure_running()?;
        let record = self.registered(dapp)?;
        check(record.owner == who, "not yours")?;
        record.beneficiary = beneficiary;
        Ok(())
    }
}

fn check(holds: bool, error: &'static str) -> Outcome {
    holds.then_some(()).ok_or(error)
}
