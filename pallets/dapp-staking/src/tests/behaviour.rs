//! Each call, where it applies and where it does not, and the properties of the economy.

use super::*;
use crate::{mock::Inflation, Event};
use frame_support::assert_noop;
use sp_runtime::traits::BadOrigin;

#[test]
fn what_is_locked_is_frozen_until_it_was_unlocked_for_some_eras() {
    chain().execute_with(|| {
        assert_noop!(DappStaking::lock(signed(ALICE), 0), Error::<Test>::ZeroAmount);
        assert_noop!(DappStaking::lock(signed(ALICE), 99), Error::<Test>::BelowMinimumLock);
        assert_noop!(DappStaking::lock(signed(ALICE), u128::MAX), Error::<Test>::NotThatMuchToLock);
        assert_noop!(DappStaking::lock(signed(COLLATOR), 100), Error::<Test>::MayNotStake);
        assert_ok!(DappStaking::lock(signed(ALICE), 1_000));
        let rest = Balances::free_balance(ALICE) - 1_000;
        assert_noop!(DappStaking::lock(signed(ALICE), rest + 1), Error::<Test>::NotThatMuchToLock);
        assert_eq!(frozen(ALICE), 1_000);

        assert_noop!(DappStaking::unlock(signed(ALICE), 0), Error::<Test>::ZeroAmount);
        assert_noop!(DappStaking::unlock(signed(ALICE), 1_001), ledger_error(LedgerError::NotThatMuchLocked));
        assert_ok!(DappStaking::unlock(signed(ALICE), 300));
        // The rest of this era does not count. Two whole eras do.
        System::assert_last_event(Event::Unlocking { who: ALICE, amount: 300, era: 4 }.into());
        assert_eq!(account(ALICE).unlocking, [(300, 4, Timestamp::get() + 3 * ERA)]);
        assert_eq!(frozen(ALICE), 1_000);
        for era in 1..4 {
            to_era(era);
            assert_noop!(
                DappStaking::claim_unlocked(signed(ALICE)),
                ledger_error(LedgerError::NothingUnlocked)
            );
        }
        to_era(4);
        assert_eq!(account(ALICE).unlocking, [(300, 4, Timestamp::get())]);
        assert_ok!(DappStaking::claim_unlocked(signed(ALICE)));
        assert_eq!(frozen(ALICE), 700);

        // Less than the minimum would remain, so everything is unlocked.
        assert_ok!(DappStaking::unlock(signed(ALICE), 650));
        assert_eq!(account(ALICE).locked, 0);
        assert_eq!(account(ALICE).unlocking[0].0, 700);
        assert_ok!(DappStaking::relock(signed(ALICE)));
        assert_noop!(DappStaking::relock(signed(ALICE)), ledger_error(LedgerError::NothingUnlocking));
        assert_eq!((account(ALICE).locked, frozen(ALICE)), (700, 700));

        assert_ok!(DappStaking::unlock(signed(ALICE), 700));
        // What was locked before the minimum was raised cannot be locked again.
        assert_ok!(DappStaking::set_parameters(root(), Parameters { minimum_lock: 701, ..parameters() }));
        assert_noop!(DappStaking::relock(signed(ALICE)), Error::<Test>::BelowMinimumLock);
        to_era(7);
        assert_ok!(DappStaking::claim_unlocked(signed(ALICE)));
        assert_eq!(frozen(ALICE), 0);
        assert!(!Ledgers::<Test>::contains_key(ALICE));
    });
}

#[test]
fn an_account_unlocks_eight_chunks_at_most() {
    let parameters = Parameters { unlocking_eras: 20, ..parameters() };
    chain_with(10, cadence::ASYNCHRONOUS, timetable(), parameters).execute_with(|| {
        assert_ok!(DappStaking::lock(signed(ALICE), 10_000));
        for i in 1..=8 {
            to_era(i);
            assert_ok!(DappStaking::unlock(signed(ALICE), 10));
            assert_ok!(DappStaking::unlock(signed(ALICE), 10));
        }
        assert_eq!(account(ALICE).unlocking.len(), 8);
        to_era(9);
        assert_noop!(DappStaking::unlock(signed(ALICE), 10), ledger_error(LedgerError::TooManyUnlocking));
    });
}

#[test]
fn stakes_need_a_dapp_a_lock_and_room() {
    with_locks().execute_with(|| {
        let nobody = DappAddress::Account(101);
        assert_noop!(DappStaking::stake(signed(ALICE), nobody, 100), Error::<Test>::NotRegistered);
        assert_noop!(DappStaking::stake(signed(ALICE), DAPP, 0), Error::<Test>::ZeroAmount);
        assert_noop!(DappStaking::stake(signed(COLLATOR), DAPP, 100), Error::<Test>::MayNotStake);
        assert_noop!(
            DappStaking::stake(signed(ALICE), DAPP, 49),
            ledger_error(LedgerError::BelowMinimumStake)
        );
        assert_noop!(
            DappStaking::stake(signed(ALICE), DAPP, 10_001),
            ledger_error(LedgerError::NotThatMuchFreeToStake)
        );
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_000));
        assert_noop!(DappStaking::unlock(signed(ALICE), 1_001), ledger_error(LedgerError::StillStaked));
        for i in 0..3 {
            assert_ok!(DappStaking::register(root(), DappAddress::Account(200 + i), OWNER));
            assert_ok!(DappStaking::stake(signed(ALICE), DappAddress::Account(200 + i), 100));
        }
        assert_noop!(DappStaking::stake(signed(ALICE), OTHER, 100), ledger_error(LedgerError::TooManyStakes));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 100));
        to_era(6);
        assert_noop!(DappStaking::stake(signed(ALICE), DAPP, 50), Error::<Test>::PeriodEndsWithThisEra);
        assert_noop!(
            DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 50),
            Error::<Test>::PeriodEndsWithThisEra
        );
    });
}

#[test]
fn stakes_count_from_the_next_era_and_end_with_the_period() {
    with_locks().execute_with(|| {
        to_era(3);
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        assert_eq!(account(ALICE).earning, (0, 1_000));
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().staked, (0, 1_000));
        to_era(4);
        assert_noop!(DappStaking::claim(signed(ALICE), ALICE), Error::<Test>::NothingToClaim);
        assert_eq!(account(ALICE).earning, (1_000, 1_000));
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().staked, (1_000, 1_000));
        to_era(5);
        assert!(account(ALICE).rewards > 0);
        to_era(7);
        assert_eq!(account(ALICE).earning, (0, 0));
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().staked, (0, 0));
        assert_eq!((account(ALICE).locked, frozen(ALICE)), (10_000, 10_000));
        // Staked too late for the bonus.
        assert_eq!(account(ALICE).bonus, 0);
    });
}

#[test]
fn stakers_share_an_era_by_stake() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 3_000));
        assert_ok!(DappStaking::stake(signed(BOB), OTHER, 1_000));
        to_era(5);
        let tally = Inflation::tally(Recipient::Stakers);
        let alice = paid(ALICE, || DappStaking::claim(signed(BOB), ALICE));
        let bob = paid(BOB, || DappStaking::claim(signed(BOB), BOB));
        assert_eq!(alice + bob, tally.earned);
        assert!(alice.abs_diff(tally.earned * 3 / 4) <= 1);
        assert_noop!(DappStaking::claim(signed(ALICE), ALICE), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn one_claim_brings_as_much_as_many() {
    let run = |claims: &[Era]| {
        with_locks().execute_with(|| {
            for who in [ALICE, BOB] {
                assert_ok!(DappStaking::stake(signed(who), DAPP, 5_000));
            }
            let before = Balances::free_balance(ALICE);
            for era in claims {
                to_era(*era);
                assert_ok!(DappStaking::claim(signed(ALICE), ALICE));
            }
            to_era(18);
            let _ = DappStaking::claim(signed(ALICE), ALICE);
            Balances::free_balance(ALICE) - before
        })
    };
    let (many, one) = (run(&[4, 5, 6, 7]), run(&[]));
    assert!(one > 0);
    assert!(one - many <= 4, "{one} {many}");
}

#[test]
fn unstaked_stops_earning_at_once_and_what_was_staked_last_goes_first() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        to_era(3);
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 500));
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 400));
        assert_eq!(account(ALICE).earning, (1_000, 1_100));
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 400));
        assert_eq!(account(ALICE).earning, (700, 700));
        assert_noop!(
            DappStaking::unstake(signed(ALICE), DAPP, 701),
            ledger_error(LedgerError::NotThatMuchStaked)
        );
        assert_noop!(DappStaking::unstake(signed(ALICE), OTHER, 1), ledger_error(LedgerError::NothingStaked));
        assert_noop!(DappStaking::unstake(signed(ALICE), DAPP, 0), Error::<Test>::ZeroAmount);
        // Less than the minimum would remain, so everything is unstaked.
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 651));
        System::assert_last_event(Event::Unstaked { who: ALICE, dapp: DAPP, amount: 700 }.into());
        assert!(account(ALICE).stakes.is_empty());
    });
}

#[test]
fn two_moves_are_safe_and_the_third_costs_the_bonus() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        assert_ok!(DappStaking::stake(signed(BOB), DAPP, 1_000));
        // A move in a voting era costs no safe move.
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 1_000));
        assert_ok!(DappStaking::move_stake(signed(ALICE), OTHER, DAPP, 1_000));
        assert_noop!(DappStaking::move_stake(signed(ALICE), DAPP, DAPP, 1), Error::<Test>::SameDapp);
        assert_noop!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 0), Error::<Test>::ZeroAmount);
        to_era(3);
        // What was staked in an earning era has no right to the bonus. It moves first, and costs no safe
        // move.
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 200));
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 200));
        assert_eq!((account(ALICE).safe_moves, TotalVoting::<Test>::get()), (2, 2_000));
        // What is moved goes on earning.
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 300));
        assert_eq!(account(ALICE).earning, (1_000, 1_200));
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().staked, (2_000, 1_700));
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 100));
        assert_eq!((account(ALICE).safe_moves, TotalVoting::<Test>::get()), (0, 1_900));
        // The third move costs the bonus of what is moved off the dApp, and of what remains there.
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 100));
        assert_eq!(TotalVoting::<Test>::get(), 1_300);
        let voting =
            |dapp| account(ALICE).stakes.into_iter().find(|stake| stake.dapp == dapp).unwrap().voting;
        assert_eq!((voting(DAPP), voting(OTHER)), (0, 300));

        to_era(7);
        let bonus = Inflation::tally(Recipient::Bonus).earned;
        assert!(account(ALICE).bonus.abs_diff(bonus * 3 / 13) <= 1);
        assert!(account(BOB).bonus.abs_diff(bonus * 10 / 13) <= 1);
        let _ = paid(ALICE, || DappStaking::claim(signed(ALICE), ALICE));
        let _ = paid(BOB, || DappStaking::claim(signed(BOB), BOB));
        assert_eq!(Inflation::tally(Recipient::Bonus).outstanding(), 0);
        // The next period has two safe moves again.
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        assert_eq!(account(ALICE).safe_moves, 2);
    });
}

#[test]
fn a_bonus_nobody_kept_is_not_minted() {
    with_locks().execute_with(|| {
        to_era(3);
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        to_era(7);
        let tally = Inflation::tally(Recipient::Bonus);
        assert!(tally.planned > 0);
        assert_eq!(tally.earned, 0);
    });
}

#[test]
fn leaving_an_unregistered_dapp_costs_nothing() {
    with_locks().execute_with(|| {
        for who in [ALICE, BOB] {
            assert_ok!(DappStaking::stake(signed(who), DAPP, 1_000));
        }
        to_era(3);
        assert_noop!(DappStaking::unregister(signed(OWNER), DAPP), BadOrigin);
        assert_ok!(DappStaking::unregister(root(), DAPP));
        assert_noop!(DappStaking::unregister(root(), DAPP), Error::<Test>::NotRegistered);
        assert_noop!(DappStaking::stake(signed(BOB), DAPP, 100), Error::<Test>::NotRegistered);
        assert_noop!(
            DappStaking::move_stake(signed(ALICE), OTHER, DAPP, 100),
            ledger_error(LedgerError::NothingStaked)
        );
        assert_noop!(DappStaking::set_owner(signed(OWNER), DAPP, BOB), Error::<Test>::NotRegistered);
        for _ in 0..3 {
            assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 200));
        }
        assert_eq!((account(ALICE).safe_moves, TotalVoting::<Test>::get()), (2, 2_000));
        // Bob leaves his stake on the dApp. It goes on earning.
        to_era(4);
        assert!(account(BOB).rewards > 0);
        to_era(7);
        assert_ok!(DappStaking::register(root(), DAPP, BOB));
        assert_noop!(DappStaking::register(root(), DAPP, BOB), Error::<Test>::AlreadyRegistered);
    });
}

#[test]
fn an_unregistered_dapp_is_paid_for_the_eras_before() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 10_000));
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        to_era(4);
        let earned = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert!(earned > 0);
        assert_ok!(DappStaking::unregister(root(), DAPP));
        to_era(7);
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().rewards, earned);
        assert_eq!(paid(OWNER, || DappStaking::claim_dapp(signed(BOB), DAPP)), earned);
        assert_noop!(DappStaking::claim_dapp(signed(BOB), DAPP), Error::<Test>::NotRegistered);
        assert_eq!(Dapps::<Test>::count(), 1);
    });
}

#[test]
fn dapps_are_paid_by_tier_to_their_beneficiary() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        // The first tier requires 9 000, and a little more as the issuance grows. The second requires 5 000.
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        assert_ok!(DappStaking::stake(signed(BOB), OTHER, 5_500));
        to_era(3);
        assert_noop!(DappStaking::claim_dapp(signed(BOB), DAPP), Error::<Test>::NothingToClaim);
        to_era(4);
        let pool = Inflation::tally(Recipient::Dapps).planned;
        // There is one slot in the first tier, and two in the second.
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().tier, Some((3, 0)));
        assert_eq!(DappStaking::dapp(&OTHER).unwrap().tier, Some((3, 1)));
        let first = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert_eq!(first, pool * 4 / 10);
        assert_eq!(
            Inflation::tally(Recipient::Dapps).earned,
            first + DappStaking::dapp(&OTHER).unwrap().rewards
        );

        assert_noop!(DappStaking::set_beneficiary(signed(BOB), DAPP, Some(BOB)), Error::<Test>::NotTheOwner);
        assert_ok!(DappStaking::set_beneficiary(signed(OWNER), DAPP, Some(77)));
        assert_eq!(paid(77, || DappStaking::claim_dapp(signed(BOB), DAPP)), first);
        assert_noop!(DappStaking::set_owner(signed(BOB), DAPP, BOB), Error::<Test>::NotTheOwner);
        assert_ok!(DappStaking::set_owner(signed(OWNER), DAPP, BOB));
        assert_ok!(DappStaking::set_beneficiary(signed(BOB), DAPP, None));
        to_era(7);
        // One claim pays for three eras.
        let three = paid(BOB, || DappStaking::claim_dapp(signed(ALICE), DAPP));
        assert!(three.abs_diff(3 * first) <= 3, "{three} {first}");
    });
}

#[test]
fn a_dapp_with_exactly_the_stake_of_the_last_tier_reaches_it() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        // The last tier requires 100, and is still below 101 as the issuance grows.
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 100));
        assert_ok!(DappStaking::stake(signed(BOB), OTHER, 99));
        to_era(4);
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().tier, Some((3, 3)));
        assert_eq!(DappStaking::dapp(&OTHER).unwrap().tier, None);
    });
}

/// A threshold can be zero units if the issuance is small.
#[test]
fn a_dapp_without_stake_has_no_place_in_the_ranking() {
    with_locks().execute_with(|| {
        let mut parameters = low_thresholds();
        parameters.tiers[3].threshold = sp_runtime::Perbill::zero();
        CurrentParameters::<Test>::put(parameters);
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 100));
        to_era(4);
        let ranked: Vec<_> = Ranking::<Test>::get().into_iter().map(|ranked| ranked.dapp).collect();
        assert_eq!(ranked, [DAPP]);
    });
}

#[test]
fn the_metadata_have_the_limits_of_all_networks() {
    let constants = DappStaking::pallet_constants_metadata();
    let value = |name: &str| {
        constants.iter().find(|constant| constant.name == name).map(|constant| constant.value.clone())
    };
    assert_eq!(value("max_dapps"), Some(MAX_DAPPS.encode()));
    assert_eq!(value("max_unlocking"), Some(MAX_UNLOCKING.encode()));
    assert_eq!(value("safe_moves"), Some(SAFE_MOVES.encode()));
}

#[test]
fn rewards_expire_after_their_time_and_are_never_minted() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        for (who, dapp) in [(ALICE, DAPP), (BOB, OTHER)] {
            assert_ok!(DappStaking::stake(signed(who), dapp, 9_000));
        }
        // In the two periods after theirs the rewards can still be claimed. In the third they cannot.
        to_era(18);
        let _ = paid(BOB, || DappStaking::claim(signed(BOB), BOB));
        let of_stakers = Inflation::tally(Recipient::Stakers).outstanding();
        to_era(19);
        assert!(account(ALICE).expired);
        assert_eq!(account(ALICE).rewards, 0);
        assert_noop!(DappStaking::claim(signed(ALICE), ALICE), Error::<Test>::RewardsExpired);
        assert_eq!(Inflation::tally(Recipient::Stakers).expired, of_stakers);
        // When the dApps were ranked, the expired rewards were removed from their records.
        assert_noop!(DappStaking::claim_dapp(signed(ALICE), DAPP), Error::<Test>::NothingToClaim);
        assert!(Inflation::tally(Recipient::Dapps).expired > 0);
        for recipient in [Recipient::Stakers, Recipient::Dapps] {
            assert_eq!(Inflation::tally(recipient).outstanding(), 0);
        }
        // The account can go on as if it were new.
        assert_ok!(DappStaking::unlock(signed(ALICE), 10_000));
        assert_noop!(DappStaking::claim(signed(ALICE), ALICE), Error::<Test>::NothingToClaim);
    });
}

#[test]
fn eras_that_no_reward_depends_on_are_forgotten() {
    with_locks().execute_with(|| {
        to_era(100);
        // The eras of three periods and one before them, and those that the last turns have not removed yet.
        assert!(
            EarnedPerUnit::<Test>::iter().count() <= 3 * 6 + 2 + 4,
            "{}",
            EarnedPerUnit::<Test>::iter().count()
        );
        assert_eq!(Periods::<Test>::iter().count(), 3);
    });
}

#[test]
fn five_hundred_dapps_are_dealt_out_in_blocks_while_users_act() {
    let mut parameters = Parameters { slots: 100, ..low_thresholds() };
    for tier in &mut parameters.tiers {
        tier.threshold = sp_runtime::Perbill::from_parts(10);
    }
    chain_with(10, cadence::ASYNCHRONOUS, timetable(), parameters).execute_with(|| {
        let dapps: Vec<_> = (0..u64::from(MAX_DAPPS)).map(|i| DappAddress::Account(1_000 + i)).collect();
        for dapp in &dapps {
            assert_ok!(DappStaking::register(root(), dapp.clone(), OWNER));
        }
        assert_noop!(DappStaking::register(root(), DAPP, OWNER), Error::<Test>::TooManyDapps);
        assert_eq!(DappStaking::max_dapps_of_network(), MAX_DAPPS);
        // Each account stakes on four dApps. The later a dApp was registered, the more is staked on it.
        for (i, dapp) in dapps.iter().enumerate().rev().take(120) {
            let who = 10_000 + i as u64 / 4;
            let _ = <Balances as frame_support::traits::Currency<u64>>::deposit_creating(&who, 10_000);
            assert_ok!(DappStaking::lock(signed(who), 2_000));
            assert_ok!(DappStaking::stake(signed(who), dapp.clone(), 1_000 + i as u128));
        }
        to_era(3);
        let blocks_until = |done: &dyn Fn() -> bool| {
            let mut blocks = 0;
            while !done() {
                next_block();
                blocks += 1;
            }
            blocks
        };
        blocks_until(&|| era() == 4);
        // Before they are ranked, the stake on the best dApp is unstaked, and the next one is unregistered.
        let best = dapps.last().unwrap();
        assert_ok!(DappStaking::unstake(signed(10_000 + 499 / 4), best.clone(), 1_499));
        assert_ok!(DappStaking::unregister(root(), dapps[498].clone()));
        let blocks = blocks_until(&|| !CurrentTurn::<Test>::exists());
        assert_eq!(blocks, 11 + 2);
        let tier = |i: usize| DappStaking::dapp(&dapps[i]).unwrap().tier;
        assert_eq!(tier(499), Some((3, 0)));
        assert_eq!(tier(498), Some((3, 0)));
        assert_eq!(tier(400), Some((3, 3)));
        assert_eq!(tier(399), None);
        assert_ok!(DappStaking::check());
        blocks_until(&|| era() == 5 && !CurrentTurn::<Test>::exists());
        assert_eq!(tier(499), Some((3, 0)), "nothing is staked on it any more");
        assert_eq!(tier(497), Some((4, 0)));
        assert_eq!(tier(398), Some((4, 3)));
    });
}

#[test]
fn the_calendar_tells_when_what_ends() {
    for cadence in [cadence::SYNCHRONOUS, cadence::ASYNCHRONOUS] {
        chain_with(10, cadence, timetable(), parameters()).execute_with(|| {
            let start = u64::from(cadence.block_millis());
            let calendar = DappStaking::calendar_position().unwrap();
            assert_eq!(calendar.era_ends, start + ERA);
            assert_eq!((calendar.subperiod, calendar.subperiod_ends), (Subperiod::Voting, start + 2 * ERA));
            assert_eq!((calendar.period_ends, calendar.cycle_ends), (start + 6 * ERA, start + 12 * ERA));
            assert_eq!(calendar.period_of_cycle, (1, 2));
            to_era(9);
            (0..3).for_each(|_| {
                next_block();
            });
            let calendar = DappStaking::calendar_position().unwrap();
            assert_eq!(calendar.era_ends, start + 9 * ERA);
            assert_eq!((calendar.subperiod, calendar.subperiod_ends), (Subperiod::Earning, start + 12 * ERA));
            assert_eq!(calendar.period_of_cycle, (2, 2));
            assert_eq!(calendar.cycle_ends, start + 12 * ERA);
        });
    }
}

#[test]
fn a_cycle_in_which_all_is_earned_and_claimed_mints_its_plan_to_the_unit() {
    for cadence in [cadence::SYNCHRONOUS, cadence::ASYNCHRONOUS] {
        chain_with(10, cadence, timetable(), low_thresholds()).execute_with(|| {
            // There are ten dApps for ten slots: one, two, three and four of the tiers.
            let dapps: Vec<_> = (0..10).map(|i| DappAddress::Account(1_000 + i)).collect();
            for dapp in &dapps {
                assert_ok!(DappStaking::register(root(), dapp.clone(), OWNER));
            }
            // More is staked than the ideal rate, in amounts that do not divide evenly.
            for period in 0..2 {
                for (i, dapp) in (0u32..).zip(&dapps) {
                    let who = u64::from(i) + 1;
                    let _ = DappStaking::lock(signed(who), 700_000_000 + 7 * u128::from(i));
                    assert_ok!(DappStaking::stake(
                        signed(who),
                        dapp.clone(),
                        600_000_001 + 3 * u128::from(i)
                    ));
                }
                to_era(6 * period + 7);
            }
            for (i, dapp) in (0u64..).zip(&dapps) {
                assert_ok!(DappStaking::claim(signed(OWNER), i + 1));
                assert_ok!(DappStaking::claim_dapp(signed(OWNER), dapp.clone()));
            }
            // The first blocks of the new cycle, in which the tiers were assigned, have paid their own share.
            let of_new_cycle: u128 = [Recipient::Treasury, Recipient::Collators]
                .map(|of| {
                    Inflation::tally(of).issued - pallet_inflation::OpeningTallies::<Test>::get(of).issued
                })
                .iter()
                .sum();
            assert!(of_new_cycle > 0);
            assert_eq!(Balances::total_issuance() - of_new_cycle, ISSUANCE + ISSUANCE * 7 / 100);
            for recipient in [Recipient::Stakers, Recipient::Bonus, Recipient::Dapps] {
                let tally = Inflation::tally(recipient);
                assert_eq!((tally.issued, tally.expired), (tally.planned, 0), "{recipient:?}");
            }
        });
    }
}
