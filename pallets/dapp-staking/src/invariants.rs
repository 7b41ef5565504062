//! The invariants of what is stored, for tests and try-runtime: every stored sum is the sum of its parts.

use crate::*;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Fails with the first invariant that does not hold. Goes through all ledgers and all dApps.
    pub fn check() -> Result<(), TryRuntimeError> {
        let Some(calendar) = CurrentCalendar::<T>::get() else { return Ok(()) };
        let (mut earning, mut staked, mut voting) = (0u128, 0u128, 0u128);
        let mut periods: alloc::collections::BTreeMap<Period, (U256, U256)> = Default::default();
        let mut on_dapps: alloc::vec::Vec<(AddressOf<T>, Balance, Balance)> = Default::default();
        for (who, mut ledger) in Ledgers::<T>::iter() {
            ensure!(!ledger.is_empty(), "an empty ledger is stored");
            ensure!(
                ledger.staked() <= ledger.locked || ledger.period < calendar.period,
                "more is staked than locked"
            );
            ensure!(ledger.active <= ledger.staked(), "more earns than is staked");
            let counted = ledger.stakes.iter().map(|stake| stake.active).sum::<Balance>();
            ensure!(counted <= ledger.active, "more of the stakes counts for dApps than earns");
            ensure!(
                T::Freezer::balance_frozen(&FreezeReason::DappStaking.into(), &who) == ledger.frozen(),
                "the frozen amount is not what is locked and being unlocked"
            );
            if let Some(period) = Periods::<T>::get(ledger.period) {
                let has_ended = ledger.period < calendar.period;
                let until = if has_ended { period.end } else { calendar.era };
                let (points, bonus) = periods.entry(ledger.period).or_default();
                *points = points.saturating_add(Self::points_earned(&ledger, until));
                if has_ended {
                    *bonus = bonus.saturating_add(ledger.voting().into());
                }
            }
            ledger.advance_to(&calendar);
            // What was moved counts for the dApp that it left, and for no other. What was unstaked after a
            // move is still locked, or is being unlocked.
            let moved_off = ledger.moved_off.iter().map(|moved| moved.amount).sum::<Balance>();
            let counted = ledger.stakes.iter().map(|stake| stake.active).sum::<Balance>();
            ensure!(counted + moved_off <= ledger.frozen(), "a unit counts for two dApps");
            earning += ledger.active;
            staked += ledger.staked();
            voting += ledger.voting();
            let stakes = ledger.stakes.iter().map(|stake| (&stake.dapp, stake.active, stake.total()));
            let moved_off = ledger.moved_off.iter().map(|moved| (&moved.dapp, moved.amount, 0));
            for (dapp, counted, total) in stakes.chain(moved_off) {
                match on_dapps.iter_mut().find(|(other, ..)| other == dapp) {
                    Some((_, current, next)) => {
                        *current += counted;
                        *next += total;
                    }
                    None => on_dapps.push((dapp.clone(), counted, total)),
                }
            }
        }
        let total = TotalStaked::<T>::get();
        ensure!(
            total.at(calendar.era, calendar.period) == earning,
            "the total that earns is not the sum of what earns"
        );
        ensure!(total.next(&calendar) == staked, "the total stake is not the sum of the stakes");
        ensure!(TotalVoting::<T>::get() == voting, "the total voting stake is not the sum of voting stakes");

        let mut rewards = 0u128;
        for (dapp, record) in Dapps::<T>::iter() {
            let (_, current, next) =
                on_dapps.iter().find(|(other, ..)| *other == dapp).cloned().unwrap_or((dapp.clone(), 0, 0));
            ensure!(
                record.stake.at(calendar.era, calendar.period) == current,
                "a dApp's stake is not the sum of the stakes that count for it"
            );
            ensure!(
                record.stake.next(&calendar) == next,
                "a dApp's stake from the next era on is not the sum of the stakes on it"
            );
            on_dapps.retain(|(other, ..)| *other != dapp);
            rewards += record.rewards.iter().map(|(_, amount)| amount).sum::<Balance>();
        }
        ensure!(on_dapps.is_empty(), "a dApp without a record is staked on");
        ensure!(Dapps::<T>::count() <= MAX_DAPPS, "there are too many dApps");

        let (mut stakers, mut bonus) = (0u128, 0u128);
        for (number, period) in Periods::<T>::iter() {
            ensure!(
                number >= OldestPeriod::<T>::get() && number <= calendar.period,
                "a period is out of range"
            );
            let (points, bonus_points) = periods.remove(&number).unwrap_or_default();
            ensure!(period.stakers.points == points, "a period's points are not the sum of the stakers'");
            ensure!(period.bonus.points == bonus_points, "a period's bonus points are not the sum");
            stakers += period.stakers.unpaid;
            bonus += period.bonus.unpaid;
        }
        // Rewards that are assigned but not credited yet are in the ranking.
        if let Some(Turn { phase: Phase::Crediting(done), .. }) = CurrentTurn::<T>::get() {
            for ranked in Ranking::<T>::get().iter().skip(done as usize) {
                rewards += ranked.reward.map_or(0, |(_, amount)| amount);
            }
        }
        for (recipient, amount) in
            [(Recipient::Stakers, stakers), (Recipient::Bonus, bonus), (Recipient::Dapps, rewards)]
        {
            ensure!(
                Inflation::<T>::tally(recipient).outstanding() == amount,
                "the amount that can be claimed is not what was earned and not paid"
            );
        }
        Ok(())
    }
}
