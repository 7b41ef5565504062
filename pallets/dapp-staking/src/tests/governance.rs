//! Who may set what, when it is in force, and how governance corrects what went wrong.

use super::*;
use crate::{mock::Inflation, Event};
use frame_support::{assert_noop, traits::Currency};
use pallet_inflation::Shape;
use sp_runtime::{traits::BadOrigin, Perbill};

fn parameter_error(error: ParameterError) -> Error<Test> {
    Error::Parameter(error)
}

#[test]
fn the_timetable_is_roots_and_in_force_with_the_next_cycle() {
    with_locks().execute_with(|| {
        let shape = Shape { periods: 1, voting_eras: 1, earning_eras: 2 };
        let next = Timetable { era_millis: 2 * ERA, shape, retention: 1 };
        for who in [signed(ALICE), signed(MANAGER), signed(GUARD)] {
            assert_noop!(DappStaking::set_timetable(who, Some(next)), BadOrigin);
        }
        // An era in microseconds is a thousand times too long. With the others a cycle would be over at once.
        for era_millis in [1_000 * ERA, 1, 0] {
            let wrong = Timetable { era_millis, ..next };
            assert_noop!(
                DappStaking::set_timetable(root(), Some(wrong)),
                parameter_error(ParameterError::EraOutOfRange)
            );
        }
        // What was set can be replaced and withdrawn.
        let wrong = Timetable { retention: 8, ..timetable() };
        for timetable in [Some(wrong), None, Some(wrong), Some(next)] {
            assert_ok!(DappStaking::set_timetable(root(), timetable));
            System::assert_last_event(Event::TimetableSet { timetable }.into());
            assert_eq!(NextTimetable::<Test>::get(), timetable);
        }
        to_era(12);
        let calendar = CurrentCalendar::<Test>::get().unwrap();
        assert_eq!((calendar.timetable, calendar.cycle_end()), (timetable(), 13));
        assert_eq!(calendar.next_era - System::block_number(), 18);
        to_era(13);
        let calendar = CurrentCalendar::<Test>::get().unwrap();
        assert_eq!((calendar.timetable, calendar.cycle_end()), (next, 16));
        assert_eq!(calendar.next_era - System::block_number(), 38);
        assert_eq!(NextTimetable::<Test>::get(), None);
        // A cycle for which nothing was set keeps the timetable.
        to_era(16);
        assert_eq!(CurrentCalendar::<Test>::get().unwrap().timetable, next);
        assert_eq!(pallet_inflation::CurrentPlan::<Test>::get().unwrap().shape, shape);
    });
}

#[test]
fn rewards_are_kept_as_long_as_they_were_when_they_were_earned() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        to_era(7);
        assert_ok!(DappStaking::stake(signed(BOB), DAPP, 1_000));
        assert_ok!(DappStaking::set_timetable(root(), Some(Timetable { retention: 1, ..timetable() })));
        // The third period begins the next cycle. Its rewards are kept for one period only.
        to_era(18);
        assert!(account(ALICE).rewards > 0);
        to_era(19);
        assert!(account(ALICE).expired);
        to_era(24);
        assert!(account(BOB).rewards > 0);
        assert_eq!(OldestPeriod::<Test>::get(), 2);
        to_era(25);
        assert!(account(BOB).expired);
        // The third period has expired too, as the fifth begins.
        to_era(26);
        assert_eq!(OldestPeriod::<Test>::get(), 4);
    });
}

#[test]
fn parameters_are_set_at_once_and_within_limits() {
    use ParameterError::*;
    with_locks().execute_with(|| {
        assert_noop!(DappStaking::set_parameters(signed(ALICE), parameters()), BadOrigin);
        // The manager registers dApps. It must not also decide that one of them gets a whole tier's reward.
        for who in [GUARD, MANAGER] {
            assert_noop!(DappStaking::set_parameters(signed(who), parameters()), BadOrigin);
        }
        let faults: [(fn(&mut Parameters), ParameterError); 6] = [
            (|p| p.minimum_lock = 1_001, MinimumOutOfRange),
            (|p| p.minimum_stake = 1_001, MinimumOutOfRange),
            (|p| p.unlocking_eras = 21, UnlockingOutOfRange),
            (|p| p.unlocking_eras = 0, UnlockingOutOfRange),
            (|p| p.slots = 0, SlotsOutOfRange),
            (|p| p.tiers[0].threshold = Perbill::from_percent(11), ThresholdOutOfRange),
        ];
        for (fault, error) in faults {
            let mut parameters = parameters();
            fault(&mut parameters);
            assert_noop!(DappStaking::set_parameters(root(), parameters), parameter_error(error));
        }
        assert_ok!(DappStaking::set_parameters(root(), Parameters { minimum_stake: 500, ..parameters() }));
        assert_noop!(
            DappStaking::stake(signed(ALICE), DAPP, 499),
            ledger_error(LedgerError::BelowMinimumStake)
        );
    });
}

#[test]
#[should_panic(expected = "the figures of dApp staking are wrong: EraOutOfRange")]
fn a_chain_does_not_start_with_figures_out_of_its_limits() {
    chain_with(1, cadence::ASYNCHRONOUS, Timetable { era_millis: 1, ..timetable() }, parameters());
}

#[test]
fn a_network_takes_no_more_dapps_than_fit_into_its_shortest_era() {
    chain_with(10, cadence::SYNCHRONOUS, timetable(), parameters()).execute_with(|| {
        // An era has ten blocks: the first one, three that credit, and six that rank.
        assert_eq!(DappStaking::max_dapps_of_network(), 299);
        for i in 0..299 {
            assert_ok!(DappStaking::register(root(), DappAddress::Account(1_000 + i), OWNER));
        }
        assert_noop!(DappStaking::register(root(), DAPP, OWNER), Error::<Test>::TooManyDapps);
        // Each era begins on time, although dApps are ranked.
        for era in 2..6 {
            while self::era() < era {
                next_block();
            }
            assert_eq!(System::block_number(), 1 + 10 * (era - 1));
        }
        // A dApp that has a record already takes no additional place.
        assert_ok!(DappStaking::unregister(root(), DappAddress::Account(1_000)));
        assert_noop!(DappStaking::register(root(), DAPP, OWNER), Error::<Test>::TooManyDapps);
        to_era(5);
        assert_ok!(DappStaking::register(root(), DappAddress::Account(1_000), OWNER));
    });
}

#[test]
fn slots_and_tiers_of_an_era_are_those_of_its_end() {
    let dealt_out = |change: &dyn Fn()| {
        with_locks().execute_with(|| {
            assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
            for i in 0..60 {
                assert_ok!(DappStaking::register(root(), DappAddress::Account(1_000 + i), OWNER));
            }
            for (who, from) in [(ALICE, 1_000), (BOB, 1_004), (3, 1_008)] {
                let _ = DappStaking::lock(signed(who), 100_000);
                for dapp in from..from + 4 {
                    assert_ok!(DappStaking::stake(signed(who), DappAddress::Account(dapp), 2_000));
                }
            }
            to_era(3);
            while era() < 4 {
                next_block();
            }
            // Some dApps are ranked now.
            next_block();
            change();
            to_era(4);
            Dapps::<Test>::iter().filter(|(_, record)| record.tier.is_some()).count()
        })
    };
    let set = |parameters| {
        assert_ok!(DappStaking::set_parameters(root(), parameters));
    };
    let undisturbed = dealt_out(&|| ());
    assert_eq!(undisturbed, 7);
    assert_eq!(dealt_out(&|| set(Parameters { slots: 100, ..low_thresholds() })), undisturbed);
    assert_eq!(dealt_out(&|| set(Parameters { slots: 1, ..low_thresholds() })), undisturbed);
    assert_eq!(dealt_out(&|| set(parameters())), undisturbed);
}

#[test]
fn what_is_moved_counts_where_it_was_until_the_era_ends() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        let staked = |dapp| DappStaking::dapp(&dapp).unwrap().staked;
        for era in 3..6 {
            to_era(era);
            // There and back in one era: neither dApp loses anything.
            assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 9_500));
            assert_eq!((staked(DAPP), staked(OTHER)), ((9_500, 0), (0, 9_500)));
            assert_ok!(DappStaking::check());
            assert_ok!(DappStaking::move_stake(signed(ALICE), OTHER, DAPP, 9_500));
            assert_eq!((staked(DAPP), staked(OTHER)), ((9_500, 9_500), (0, 0)));
            assert_eq!(account(ALICE).earning, (9_500, 9_500));
            assert_ok!(DappStaking::check());
        }
        to_era(6);
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().tier, Some((5, 0)));
        // These moves have used up the safe moves.
        assert_eq!(account(ALICE).safe_moves, 0);
    });
}

#[test]
fn a_unit_counts_for_one_dapp_in_an_era_however_it_is_moved() {
    with_locks().execute_with(|| {
        let third = DappAddress::Account(300);
        assert_ok!(DappStaking::register(root(), third.clone(), OWNER));
        to_era(3);
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        to_era(4);
        let staked = || [DAPP, OTHER, third.clone()].map(|dapp| DappStaking::dapp(&dapp).unwrap().staked);
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 1_000));
        assert_ok!(DappStaking::move_stake(signed(ALICE), OTHER, third.clone(), 600));
        assert_eq!(staked(), [(1_000, 0), (0, 400), (0, 600)]);
        // What is unstaked after a move stops earning. It counts for the dApp that it left, and for no other.
        assert_ok!(DappStaking::unstake(signed(ALICE), third.clone(), 600));
        assert_ok!(DappStaking::unlock(signed(ALICE), 600));
        assert_eq!(account(ALICE).earning, (400, 400));
        assert_eq!(staked(), [(1_000, 0), (0, 400), (0, 0)]);
        assert_ok!(DappStaking::check());
        // What is staked again counts from the next era on, like all new stake.
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 300));
        assert_eq!(staked(), [(1_000, 300), (0, 400), (0, 0)]);
        assert_ok!(DappStaking::check());
        to_era(5);
        assert_eq!(staked(), [(300, 300), (400, 400), (0, 0)]);
        // If part of a stake is new, the new part is moved and unstaked first.
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 200));
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, third.clone(), 250));
        assert_eq!(staked(), [(300, 250), (400, 400), (0, 250)]);
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 100));
        assert_eq!(staked(), [(200, 150), (400, 400), (0, 250)]);
        assert_ok!(DappStaking::check());
    });
}

#[test]
fn sixteen_stakes_can_all_be_moved_in_one_era() {
    let parameters = Parameters { max_stakes: MAX_STAKES, ..parameters() };
    chain_with(10, cadence::ASYNCHRONOUS, timetable(), parameters).execute_with(|| {
        let dapp = |i: u64| DappAddress::Account(1_000 + i);
        for i in 0..32 {
            assert_ok!(DappStaking::register(root(), dapp(i), OWNER));
        }
        assert_ok!(DappStaking::lock(signed(ALICE), 10_000));
        for i in 0..16 {
            assert_ok!(DappStaking::stake(signed(ALICE), dapp(i), 500));
        }
        to_era(2);
        for i in 0..16 {
            assert_ok!(DappStaking::move_stake(signed(ALICE), dapp(i), dapp(16 + i), 500));
        }
        for i in 0..16 {
            assert_ok!(DappStaking::move_stake(signed(ALICE), dapp(16 + i), dapp(15 - i), 500));
        }
        assert_ok!(DappStaking::check());
        for i in 0..16 {
            assert_eq!(DappStaking::dapp(&dapp(i)).unwrap().staked, (500, 500));
        }
    });
}

#[test]
fn the_manager_gives_a_stolen_dapp_back() {
    const THIEF: u64 = 8;
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        assert_ok!(DappStaking::set_owner(signed(OWNER), DAPP, THIEF));
        assert_ok!(DappStaking::set_beneficiary(signed(THIEF), DAPP, Some(THIEF)));
        to_era(4);
        for who in [signed(OWNER), signed(GUARD), RuntimeOrigin::none()] {
            assert!(DappStaking::set_owner(who, DAPP, OWNER).is_err());
        }
        assert_ok!(DappStaking::set_owner(signed(MANAGER), DAPP, OWNER));
        System::assert_last_event(Event::OwnerSet { dapp: DAPP, owner: OWNER }.into());
        let rewards = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert!(rewards > 0);
        assert_eq!(paid(OWNER, || DappStaking::claim_dapp(signed(BOB), DAPP)), rewards);
        assert_noop!(DappStaking::set_owner(signed(THIEF), DAPP, THIEF), Error::<Test>::NotTheOwner);
    });
}

#[test]
fn an_unregistered_dapp_is_registered_again_at_once() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::set_beneficiary(signed(OWNER), DAPP, Some(77)));
        for who in [ALICE, BOB] {
            assert_ok!(DappStaking::stake(signed(who), DAPP, 9_500));
        }
        to_era(4);
        let earned = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert!(earned > 0);
        assert_ok!(DappStaking::unregister(root(), DAPP));
        assert_ok!(DappStaking::move_stake(signed(BOB), DAPP, OTHER, 9_500));
        // The old payee gets what the dApp has earned.
        assert_eq!(paid(77, || DappStaking::register(root(), DAPP, BOB)), earned);
        let position = DappStaking::dapp(&DAPP).unwrap();
        assert_eq!((position.payee, position.rewards, position.number), (BOB, 0, 2));
        // The stakes that are still on the dApp count, also in this era.
        assert_eq!(position.staked, (19_000, 9_500));
        assert_ok!(DappStaking::check());
        to_era(5);
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().tier, Some((4, 0)));
        assert!(DappStaking::dapp(&DAPP).unwrap().rewards > 0);
        assert_noop!(DappStaking::register(root(), DAPP, BOB), Error::<Test>::AlreadyRegistered);
        // It was not registered when the era ended for which dApps are being ranked.
        assert_ok!(DappStaking::unregister(root(), DAPP));
        while era() < 6 {
            next_block();
        }
        assert!(CurrentTurn::<Test>::exists());
        assert_ok!(DappStaking::register(root(), DAPP, BOB));
        to_era(6);
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().tier, None);
        assert_ok!(Inflation::check());
    });
}

/// Otherwise whoever is paid could keep the manager from registering the dApp again.
#[test]
fn rewards_that_the_old_payee_cannot_hold_expire_when_a_dapp_comes_back() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::set_beneficiary(signed(OWNER), DAPP, Some(77)));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        to_era(4);
        let earned = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert!(earned > 0);
        assert_ok!(DappStaking::unregister(root(), DAPP));
        ExistentialDeposit::set(ISSUANCE);
        assert!(DappStaking::claim_dapp(signed(BOB), DAPP).is_err());
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().rewards, earned);
        assert_eq!(paid(77, || DappStaking::register(root(), DAPP, BOB)), 0);
        System::assert_has_event(Event::DappExpired { dapp: DAPP, amount: earned }.into());
        assert_eq!(DappStaking::dapp(&DAPP).unwrap().rewards, 0);
        assert_eq!(Inflation::tally(Recipient::Dapps).expired, earned);
        assert_ok!(DappStaking::check());
        assert_ok!(Inflation::check());
    });
}

#[test]
fn a_dapp_that_is_being_ranked_waits_for_that_before_it_comes_back() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        to_era(3);
        while era() < 4 {
            next_block();
        }
        assert_ok!(DappStaking::unregister(root(), DAPP));
        assert_noop!(DappStaking::register(root(), DAPP, BOB), Error::<Test>::BeingRanked);
        to_era(4);
        let earned = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert!(earned > 0);
        assert_eq!(paid(OWNER, || DappStaking::register(root(), DAPP, BOB)), earned);
    });
}

#[test]
fn who_collates_may_not_stake_by_any_path() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::unlock(signed(ALICE), 10_000));
        Collating::set(vec![ALICE]);
        assert_noop!(DappStaking::relock(signed(ALICE)), Error::<Test>::MayNotStake);
        assert_noop!(DappStaking::lock(signed(ALICE), 100), Error::<Test>::MayNotStake);
        assert_noop!(DappStaking::stake(signed(ALICE), DAPP, 100), Error::<Test>::MayNotStake);
        to_era(4);
        assert_ok!(DappStaking::claim_unlocked(signed(ALICE)));
    });
}

#[test]
fn all_stands_still_in_maintenance() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        for who in [signed(ALICE), signed(MANAGER)] {
            assert_noop!(DappStaking::set_maintenance(who, true), BadOrigin);
        }
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), true));
        System::assert_last_event(Event::Stopped { until: 1 + 50 }.into());
        let calls = [
            crate::Call::lock { amount: 100 },
            crate::Call::unlock { amount: 100 },
            crate::Call::relock {},
            crate::Call::claim_unlocked {},
            crate::Call::stake { dapp: DAPP, amount: 100 },
            crate::Call::unstake { dapp: DAPP, amount: 100 },
            crate::Call::move_stake { from: DAPP, to: OTHER, amount: 100 },
            crate::Call::claim { staker: ALICE },
            crate::Call::claim_dapp { dapp: DAPP },
            crate::Call::set_owner { dapp: DAPP, owner: BOB },
            crate::Call::set_beneficiary { dapp: DAPP, beneficiary: None },
        ];
        for call in calls {
            let call = RuntimeCall::from(call);
            let outcome = sp_runtime::traits::Dispatchable::dispatch(call.clone(), signed(ALICE));
            assert_eq!(outcome.unwrap_err().error, Error::<Test>::Stopped.into(), "{call:?}");
        }
        // A decision of governance in maintenance takes effect, unless it would mint.
        assert_ok!(DappStaking::register(root(), DappAddress::Account(5), BOB));
        assert_ok!(DappStaking::unregister(root(), DappAddress::Account(5)));
        let has_earned = |rewards: Vec<(Period, Balance)>| {
            Dapps::<Test>::mutate(DappAddress::Account(5), |record| {
                record.as_mut().unwrap().rewards = rewards.try_into().unwrap();
            });
        };
        has_earned(vec![(1, 500)]);
        assert_noop!(DappStaking::register(root(), DappAddress::Account(5), BOB), Error::<Test>::Stopped);
        has_earned(vec![]);
        assert_ok!(DappStaking::register(root(), DappAddress::Account(5), BOB));
        // Governance can give back a stolen dApp and correct harmful figures before maintenance ends.
        assert_ok!(DappStaking::set_owner(signed(MANAGER), DAPP, OWNER));
        assert_ok!(DappStaking::set_parameters(root(), parameters()));
        assert_ok!(DappStaking::set_timetable(root(), None));
        (0..40).for_each(|_| {
            assert_eq!(next_block(), <() as WeightInfo>::idle());
        });
        assert_eq!(era(), 1);
        // The treasury has got what it was due in the era, and no more.
        let era_share = Inflation::tally(Recipient::Treasury).planned;
        assert_eq!(Balances::free_balance(TREASURY), era_share);

        assert_noop!(DappStaking::set_maintenance(signed(ALICE), false), BadOrigin);
        assert_ok!(DappStaking::set_maintenance(signed(MANAGER), false));
        System::assert_last_event(Event::Resumed.into());
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 100));
        next_block();
        assert_eq!(era(), 2);
        (0..20).for_each(|_| {
            next_block();
        });
        assert_eq!(era(), 3);
    });
}

#[test]
fn maintenance_ends_by_itself_and_an_overdue_era_turns_once() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        to_era(3);
        let treasury = || Inflation::tally(Recipient::Treasury);
        let (start, planned) = (System::block_number(), treasury().planned);
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), true));
        (0..5).for_each(|_| {
            next_block();
        });
        // Root prolongs maintenance.
        assert_ok!(DappStaking::set_maintenance(root(), true));
        let until = Maintenance::<Test>::get().unwrap();
        assert_eq!(until, start + 5 + 50);
        while System::block_number() < until - 1 {
            assert_eq!(next_block(), <() as WeightInfo>::idle());
        }
        assert_noop!(DappStaking::unstake(signed(ALICE), DAPP, 100), Error::<Test>::Stopped);
        // Nothing was minted for the time of maintenance.
        assert_eq!((treasury().planned, treasury().outstanding()), (planned, 0));
        // One era was overdue. It ends before any transaction, and the next era has its whole length.
        assert_eq!(next_block(), <() as WeightInfo>::resume() + <() as WeightInfo>::turn_era());
        System::assert_has_event(Event::Resumed.into());
        assert_eq!(era(), 4);
        let next = CurrentCalendar::<Test>::get().unwrap().next_era;
        assert_eq!(next, System::block_number() + 20);
        assert_ok!(DappStaking::check());
        assert_ok!(Inflation::check());
        assert_eq!(DappStaking::calendar_position().map(|calendar| calendar.stopped), Some(false));
    });
}

#[test]
fn all_but_root_let_maintenance_rest() {
    with_locks().execute_with(|| {
        let guard = |stopped| DappStaking::set_maintenance(signed(GUARD), stopped);
        let refused = || {
            assert_noop!(guard(true), Error::<Test>::StoppedNotLongAgo);
        };
        let wait = |blocks: u32| {
            (0..blocks).for_each(|_| {
                refused();
                next_block();
            })
        };
        // The guard cannot prolong maintenance (fifty blocks), nor stop again before the rest (eighty) ends.
        assert_ok!(guard(true));
        wait(50);
        assert!(!Maintenance::<Test>::exists());
        wait(80);
        assert_ok!(guard(true));
        // If maintenance ends early, the rest begins then. To end it once more changes nothing.
        wait(10);
        assert_ok!(guard(false));
        wait(70);
        assert_ok!(guard(false));
        wait(10);
        assert_ok!(guard(true));
        assert_ok!(DappStaking::set_maintenance(root(), true));
    });
}

#[test]
fn the_rest_after_maintenance_is_over_at_the_same_moment_after_a_change_of_cadence() {
    chain_with(10, cadence::SYNCHRONOUS, timetable(), parameters()).execute_with(|| {
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), true));
        (0..45).for_each(|_| {
            next_block();
        });
        change_cadence(cadence::ASYNCHRONOUS);
        // Of the 25 blocks of maintenance and the 40 of the rest, 20 are left. They are 40 blocks now.
        (0..40).for_each(|_| {
            let again = DappStaking::set_maintenance(signed(GUARD), true);
            assert_noop!(again, Error::<Test>::StoppedNotLongAgo);
            next_block();
        });
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), true));
    });
}

#[test]
fn a_raised_minimum_takes_nothing_from_who_staked_before() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 400));
        assert_ok!(DappStaking::stake(signed(BOB), DAPP, 400));
        let raised = Parameters { minimum_lock: 50_000, minimum_stake: 500, ..parameters() };
        // These figures are beyond the mock's limits, but a network's limits can allow them.
        CurrentParameters::<Test>::put(raised);
        to_era(2);
        let ledger = |who| Ledgers::<Test>::get(who);
        // Part of what is not staked is unlocked, and part of a stake is unstaked. The rest stays.
        assert_ok!(DappStaking::unlock(signed(ALICE), 1_000));
        assert_eq!((ledger(ALICE).locked, ledger(ALICE).staked()), (9_000, 400));
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 100));
        assert_eq!(ledger(ALICE).staked(), 300);
        // A whole stake moves, but not a part of it.
        let part = DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 200);
        assert_noop!(part, Error::<Test>::Ledger(LedgerError::BelowMinimumStake));
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 300));
        assert_eq!(ledger(ALICE).voting_on(&OTHER), 300);
        let new = DappStaking::stake(signed(BOB), OTHER, 300);
        assert_noop!(new, Error::<Test>::Ledger(LedgerError::BelowMinimumStake));
        // With nothing staked, everything is unlocked, because it is less than the minimum.
        assert_ok!(DappStaking::unstake(signed(ALICE), OTHER, 300));
        assert_ok!(DappStaking::unlock(signed(ALICE), 1));
        assert_eq!(ledger(ALICE).locked, 0);
        assert_ok!(DappStaking::check());
    });
}

#[test]
fn what_was_slashed_cannot_be_staked() {
    with_locks().execute_with(|| {
        let balance = Balances::free_balance(ALICE);
        // The slash leaves 5 000, which is half of what is locked.
        let _ = <Balances as Currency<u64>>::slash(&ALICE, balance - 5_000);
        assert_eq!(Balances::free_balance(ALICE), 5_000);
        let staked = DappStaking::stake(signed(ALICE), DAPP, 100);
        assert_noop!(staked, Error::<Test>::NotThatMuchToLock);
        // Once the account has again as much as it has locked, it can stake.
        assert_ok!(Balances::deposit_into_existing(&ALICE, 5_000));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 100));
    });
}

#[test]
fn maintenance_ends_at_the_same_moment_after_a_change_of_cadence() {
    let mut chain = chain_with(10, cadence::SYNCHRONOUS, timetable(), parameters());
    chain.execute_with(|| {
        next_block();
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), true));
        assert_eq!(Maintenance::<Test>::get(), Some(2 + 25));
        // The end of an era is overdue by then.
        (0..15).for_each(|_| {
            next_block();
        });
        change_cadence(cadence::ASYNCHRONOUS);
        assert_eq!(Maintenance::<Test>::get(), Some(17 + 20));
        let treasury = Inflation::tally(Recipient::Treasury).planned;
        (0..20).for_each(|_| {
            next_block();
        });
        assert_eq!((era(), Maintenance::<Test>::get()), (2, None));
        assert_eq!(Balances::free_balance(TREASURY), treasury);
        assert_eq!(CurrentCalendar::<Test>::get().unwrap().next_era, 37 + 20);
        to_era(8);
    });
}
