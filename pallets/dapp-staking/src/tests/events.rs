//! What blocks report: events show everything that has happened, and hooks declare what they weigh.

use super::*;
use crate::Event;
use pallet_inflation::Shape;

/// Takes the pallet's events since the last call or block.
fn events() -> Vec<Event<Test>> {
    let events = System::events().into_iter().filter_map(|record| match record.event {
        RuntimeEvent::DappStaking(event) => Some(event),
        _ => None,
    });
    let events = events.collect();
    System::reset_events();
    events
}

#[test]
fn each_call_has_its_event() {
    chain().execute_with(|| {
        System::reset_events();
        assert_ok!(DappStaking::register(root(), DAPP, OWNER));
        assert_eq!(events(), [Event::Registered { dapp: DAPP, owner: OWNER, number: 0 }]);
        assert_ok!(DappStaking::register(root(), OTHER, OWNER));
        assert_eq!(events(), [Event::Registered { dapp: OTHER, owner: OWNER, number: 1 }]);
        assert_ok!(DappStaking::set_beneficiary(signed(OWNER), DAPP, Some(7)));
        assert_eq!(events(), [Event::BeneficiarySet { dapp: DAPP, beneficiary: Some(7) }]);
        assert_ok!(DappStaking::set_owner(signed(OWNER), DAPP, BOB));
        assert_eq!(events(), [Event::OwnerSet { dapp: DAPP, owner: BOB }]);
        assert_ok!(DappStaking::lock(signed(ALICE), 1_000));
        assert_eq!(events(), [Event::Locked { who: ALICE, amount: 1_000 }]);
        assert_ok!(DappStaking::unlock(signed(ALICE), 300));
        assert_eq!(events(), [Event::Unlocking { who: ALICE, amount: 300, era: 4 }]);
        assert_ok!(DappStaking::relock(signed(ALICE)));
        assert_eq!(events(), [Event::Relocked { who: ALICE, amount: 300 }]);
        assert_ok!(DappStaking::unlock(signed(ALICE), 300));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 700));
        let _ = events();
        to_era(4);
        let _ = events();
        assert_ok!(DappStaking::claim_unlocked(signed(ALICE)));
        assert_eq!(events(), [Event::Unlocked { who: ALICE, amount: 300 }]);
        let stakers = account(ALICE).rewards;
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 200));
        let paid = Event::Paid { who: ALICE, period: 1, from: 1, until: 4, stakers, bonus: 0 };
        assert_eq!(events(), [paid, Event::Moved { who: ALICE, from: DAPP, to: OTHER, amount: 200 }]);
        assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, 100));
        assert_eq!(events(), [Event::Unstaked { who: ALICE, dapp: DAPP, amount: 100 }]);
        // The third move, with no safe move left.
        assert_ok!(DappStaking::move_stake(signed(ALICE), DAPP, OTHER, 100));
        assert_eq!(
            events(),
            [
                Event::BonusLost { who: ALICE, dapp: DAPP, amount: 400 },
                Event::Moved { who: ALICE, from: DAPP, to: OTHER, amount: 100 }
            ]
        );
        assert_ok!(DappStaking::unregister(root(), DAPP));
        assert_eq!(events(), [Event::Unregistered { dapp: DAPP }]);
        to_era(7);
        let _ = events();
        let AccountPosition { rewards: stakers, bonus, .. } = account(ALICE);
        assert_ok!(DappStaking::claim(signed(BOB), ALICE));
        assert_eq!(events(), [Event::Paid { who: ALICE, period: 1, from: 4, until: 7, stakers, bonus }]);
        assert!(stakers > 0 && bonus > 0);
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_eq!(events(), [Event::ParametersSet { parameters: low_thresholds() }]);
        assert_ok!(DappStaking::set_timetable(root(), Some(timetable())));
        assert_eq!(events(), [Event::TimetableSet { timetable: Some(timetable()) }]);
        assert_ok!(DappStaking::stake(signed(ALICE), OTHER, 200));
        assert_eq!(events(), [Event::Staked { who: ALICE, dapp: OTHER, amount: 200 }]);
        let until = System::block_number() + 50;
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), true));
        assert_eq!(events(), [Event::Stopped { until }]);
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), false));
        assert_eq!(events(), [Event::Resumed]);
        // Nothing is stopped.
        assert_ok!(DappStaking::set_maintenance(signed(GUARD), false));
        assert_eq!(events(), []);
    });
}

#[test]
fn a_lost_bonus_has_its_event() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 1_000));
        to_era(3);
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 50));
        let lost = |amount| {
            System::reset_events();
            assert_ok!(DappStaking::unstake(signed(ALICE), DAPP, amount));
            let is_loss = |event: &Event<Test>| matches!(event, Event::BonusLost { .. });
            events().into_iter().filter(is_loss).collect::<Vec<_>>()
        };
        // What was staked in an earning era has no right to the bonus, and goes first.
        assert_eq!(lost(50), []);
        // These are the safe moves.
        assert_eq!(lost(100), []);
        assert_eq!(lost(100), []);
        assert_eq!(lost(100), [Event::BonusLost { who: ALICE, dapp: DAPP, amount: 800 }]);
        // Nothing is left to lose.
        assert_eq!(lost(100), []);
    });
}

#[test]
fn each_turn_has_its_events() {
    use Subperiod::*;
    let shape = Shape { periods: 1, voting_eras: 1, earning_eras: 2 };
    let timetable = Timetable { shape, ..timetable() };
    chain_with(10, cadence::ASYNCHRONOUS, timetable, low_thresholds()).execute_with(|| {
        let begun = |era, period, subperiod| Event::EraBegun { era, period, subperiod };
        let part = |era, period, subperiod, end| Event::SubperiodBegun { era, period, subperiod, end };
        assert_eq!(
            events(),
            [Event::TimetableInForce { timetable }, part(1, 1, Voting, 2), begun(1, 1, Voting)]
        );
        assert_ok!(DappStaking::register(root(), DAPP, OWNER));
        assert_ok!(DappStaking::lock(signed(ALICE), 10_000));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        let turn = |era| {
            while self::era() < era {
                next_block();
            }
            events()
        };
        assert_eq!(turn(2), [part(2, 1, Earning, 4), begun(2, 1, Earning)]);
        let (third, tallies) = (turn(3), pallet_inflation::Pallet::<Test>::tally(Recipient::Stakers));
        let ended = |era, stakers| Event::EraEnded { era, period: 1, staked: 9_500, stakers };
        assert_eq!(third, [ended(2, tallies.earned), begun(3, 1, Earning)]);
        next_block();
        assert_eq!(events(), []);
        next_block();
        let reward = DappStaking::dapp(&DAPP).unwrap().rewards;
        assert_eq!(events(), [Event::TierReached { dapp: DAPP, era: 2, tier: 0, reward }]);
        let fourth = turn(4);
        let stakers = pallet_inflation::Pallet::<Test>::tally(Recipient::Stakers).earned - tallies.earned;
        let bonus = pallet_inflation::Pallet::<Test>::tally(Recipient::Bonus).earned;
        assert_eq!(
            fourth,
            [
                ended(3, stakers),
                Event::PeriodEnded { period: 1, voting: 9_500, bonus },
                Event::TimetableInForce { timetable },
                part(4, 2, Voting, 5),
                begun(4, 2, Voting)
            ]
        );
        to_era(5);
        let rewards = DappStaking::dapp(&DAPP).unwrap().rewards;
        let _ = events();
        assert_ok!(DappStaking::claim_dapp(signed(BOB), DAPP));
        let list: DappRewards = vec![(1, rewards)].try_into().unwrap();
        let paid = Event::DappPaid { dapp: DAPP, payee: OWNER, amount: rewards, rewards: list };
        assert_eq!(events(), [paid]);
    });
}

#[test]
fn what_expires_has_its_event() {
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        to_era(7);
        let amount = DappStaking::dapp(&DAPP).unwrap().rewards;
        to_era(18);
        let _ = events();
        while era() < 19 {
            next_block();
        }
        assert!(events().contains(&Event::PeriodExpired { period: 1 }));
        next_block();
        assert_eq!(events(), [Event::DappExpired { dapp: DAPP, amount }]);
        assert_ok!(DappStaking::unlock(signed(ALICE), 500));
        let era = 19 + 2 + 1;
        assert_eq!(
            events(),
            [
                Event::Expired { who: ALICE, period: 1, from: 1 },
                Event::Unlocking { who: ALICE, amount: 500, era }
            ]
        );
    });
}

#[test]
fn every_block_is_weighed_as_what_it_does() {
    type Weights = ();
    with_locks().execute_with(|| {
        assert_ok!(DappStaking::set_parameters(root(), low_thresholds()));
        assert_ok!(DappStaking::stake(signed(ALICE), DAPP, 9_500));
        for era in 1..8 {
            let earning = matches!(era - 1, 3..=6);
            for block in 0..20 {
                // The first block of the first era exists already.
                if era == 1 && block == 0 {
                    continue;
                }
                let expected = match block {
                    0 => Weights::turn_era(),
                    1 if earning => {
                        let one_more =
                            <<Test as frame_system::Config>::DbWeight as frame_support::traits::Get<
                                frame_support::weights::RuntimeDbWeight,
                            >>::get()
                            .writes(1);
                        Weights::rank() + one_more
                    }
                    2 if earning => Weights::credit(),
                    _ => Weights::idle(),
                };
                assert_eq!(next_block(), expected, "era {era}, block {block}");
            }
        }
        let weights =
            [Weights::idle(), Weights::resume(), Weights::turn_era(), Weights::rank(), Weights::credit()];
        for (i, weight) in weights.iter().enumerate() {
            assert!(!weights[..i].contains(weight), "with equal weights this test shows nothing");
        }
    });
}
