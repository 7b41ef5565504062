//! The invariants of what is stored: each of them is found broken.

use super::*;

#[test]
fn every_broken_invariant_is_named() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        to_era(4);
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 1_000));
        assert_ok!(DappStaking::unlock(signed(ALICE), 500));
        assert_ok!(DappStaking::check());

        let found = |invariant: &'static str, breaks: &dyn Fn()| {
            frame_support::hypothetically!({
                breaks();
                assert_eq!(DappStaking::check(), Err(invariant.into()));
            });
        };
        let ledger = |invariant, change: fn(&mut Ledger<DappAddress<u64>>)| {
            found(invariant, &|| Ledgers::<Test>::mutate(ALICE, change));
        };
        ledger("more is staked than locked", |ledger| ledger.locked = 9_499);
        ledger("more earns than is staked", |ledger| ledger.active = 9_501);
        ledger("more of the stakes counts for dApps than earns", |ledger| ledger.active = 8_499);
        ledger("the frozen amount is not what is locked and being unlocked", |ledger| ledger.locked += 1);
        ledger("a unit counts for two dApps", |ledger| ledger.moved_off[0].amount = 1_501);
        found("an empty ledger is stored", &|| Ledgers::<Test>::insert(77, LedgerOf::<Test>::default()));

        let calendar = CurrentCalendar::<Test>::get().unwrap();
        let total = |invariant, more| {
            found(invariant, &|| TotalStaked::<Test>::mutate(|total| total.change(&calendar, (0, 0), more)));
        };
        total("the total that earns is not the sum of what earns", (1, 0));
        total("the total stake is not the sum of the stakes", (0, 1));
        found("the total voting stake is not the sum of voting stakes", &|| {
            TotalVoting::<Test>::mutate(|voting| *voting += 1)
        });

        let dapp = |invariant, change: &dyn Fn(&mut Dapp<u64>)| {
            found(invariant, &|| Dapps::<Test>::mutate(DAPP, |record| change(record.as_mut().unwrap())));
        };
        dapp("a dApp's stake is not the sum of the stakes that count for it", &|record| {
            record.stake.change(&calendar, (0, 0), (1, 0))
        });
        dapp("a dApp's stake from the next era on is not the sum of the stakes on it", &|record| {
            record.stake.change(&calendar, (0, 0), (0, 1))
        });
        found("a dApp without a record is staked on", &|| Dapps::<Test>::remove(DAPP));
        found("there are too many dApps", &|| {
            let record = Dapps::<Test>::get(DAPP).unwrap();
            let new = Dapp { stake: Staked::default(), rewards: DappRewards::default(), ..record };
            for i in 0..u64::from(MAX_DAPPS) {
                Dapps::<Test>::insert(DappAddress::Account(1_000 + i), &new);
            }
        });

        let period = |invariant, change: fn(&mut PeriodRewards)| {
            found(invariant, &|| Periods::<Test>::mutate_extant(1, change));
        };
        found("a period is out of range", &|| OldestPeriod::<Test>::put(2));
        period("a period's points are not the sum of the stakers'", |period| {
            period.stakers.add(0, U256::one())
        });
        period("a period's bonus points are not the sum", |period| period.bonus.add(0, U256::one()));
        let unpaid = "the amount that can be claimed is not what was earned and not paid";
        period(unpaid, |period| period.stakers.add(1, U256::zero()));
        period(unpaid, |period| period.bonus.add(1, U256::zero()));
        dapp(unpaid, &|record| record.rewards[0].1 += 1);
        assert_ok!(DappStaking::check());
    });
}
