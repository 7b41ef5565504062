//! What is planned, earned, minted and expires, and what is reported of it.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use sp_runtime::{traits::BadOrigin, BuildStorage, Perbill};

const SHAPE: Shape = Shape { periods: 2, voting_eras: 1, earning_eras: 3 };
const ERA: u64 = 7;

fn run_to(block: u64) {
    while System::block_number() < block {
        System::set_block_number(System::block_number() + 1);
        Inflation::on_initialize(System::block_number());
    }
    assert_ok!(Inflation::check());
}

/// Runs a whole cycle, with `staked` staked in its earning eras. All rewards are issued to Alice at once.
fn run_cycle(staked: Balance, kept: bool) {
    Inflation::begin_cycle(SHAPE);
    for _ in 0..SHAPE.periods {
        for era in 0..SHAPE.period_eras() {
            let start = System::block_number();
            Inflation::begin_era(start, start + ERA);
            run_to(start + ERA);
            if era >= SHAPE.voting_eras {
                let rewards = Inflation::end_earning_era(staked);
                assert_ok!(Inflation::issue(&ALICE, &[(Recipient::Stakers, rewards.stakers)]));
                Inflation::allot(Recipient::Dapps, rewards.dapps);
                assert_ok!(Inflation::issue(&ALICE, &[(Recipient::Dapps, rewards.dapps)]));
            }
        }
        let bonus = Inflation::end_period(kept);
        assert_ok!(Inflation::issue(&ALICE, &[(Recipient::Bonus, bonus)]));
    }
}

#[test]
fn a_cycle_in_which_all_is_earned_mints_its_plan_to_the_unit() {
    chain().execute_with(|| {
        for cycle in 0..3 {
            let before = Balances::total_issuance();
            run_cycle(before, true);
            let minted = Balances::total_issuance() - before;
            assert_eq!(minted, before * 7 / 100, "cycle {cycle}");
            assert_eq!(minted, CurrentPlan::<Test>::get().unwrap().maximum);
        }
        let paid = Inflation::tally(Recipient::Treasury).issued;
        assert_eq!(Balances::free_balance(TREASURY), paid);
    });
}

#[test]
fn what_is_not_earned_is_not_minted() {
    chain().execute_with(|| {
        run_cycle(0, false);
        let amounts = CurrentPlan::<Test>::get().unwrap().amounts;
        let minted = Balances::total_issuance() - ISSUANCE;
        assert_eq!(minted, amounts.treasury + amounts.collators + amounts.dapps);
        let stakers = Inflation::tally(Recipient::Stakers);
        assert_eq!(stakers.planned, amounts.base + amounts.adjustable);
        assert_eq!(stakers.earned, 0);
        assert_eq!(Inflation::tally(Recipient::Bonus).planned, amounts.bonus);
    });
}

#[test]
fn adjustable_rewards_follow_the_staked_share_up_to_the_ideal_rate() {
    let stakers = |staked_percent: u128| {
        chain().execute_with(|| {
            Inflation::begin_cycle(SHAPE);
            Inflation::end_earning_era(ISSUANCE * staked_percent / 100).stakers
        })
    };
    let amounts = chain().execute_with(|| {
        Inflation::begin_cycle(SHAPE);
        CurrentPlan::<Test>::get().unwrap().amounts
    });
    let (base, adjustable) = (amounts.base / 6, amounts.adjustable / 6);
    assert!(stakers(25).abs_diff(base + adjustable / 2) <= 1);
    assert!(stakers(10).abs_diff(base + adjustable / 5) <= 1);
    assert_eq!(stakers(50), base + adjustable);
    assert_eq!(stakers(100), base + adjustable);
}

#[test]
fn what_an_account_cannot_take_yet_is_paid_later() {
    chain().execute_with(|| {
        // So little that the treasury's account cannot exist with the first payments.
        let parameters = Parameters { maximum: Perbill::from_parts(2_000), ..Default::default() };
        assert_ok!(Inflation::set_parameters(RuntimeOrigin::root(), Some(parameters)));
        let mut treasury = 0;
        Inflation::begin_cycle(SHAPE);
        let amounts = CurrentPlan::<Test>::get().unwrap().amounts;
        assert_eq!(amounts.treasury, 100);
        for era in 0..8 {
            let start = System::block_number();
            Inflation::begin_era(start, start + ERA);
            run_to(start + 1);
            assert_eq!(Balances::free_balance(TREASURY) > 0, era > 0);
            run_to(start + ERA);
            treasury = Balances::free_balance(TREASURY);
        }
        assert_eq!(treasury, amounts.treasury);
        assert_eq!(Balances::free_balance(COLLATORS), amounts.collators);
    });
}

#[test]
fn blocks_of_an_era_differ_by_one_unit() {
    chain().execute_with(|| {
        Inflation::begin_cycle(SHAPE);
        Inflation::begin_era(1, 1 + ERA);
        let mut last = 0;
        let mut paid = vec![];
        for block in 2..=1 + ERA {
            run_to(block);
            paid.push(Balances::free_balance(TREASURY) - last);
            last = Balances::free_balance(TREASURY);
        }
        assert!(paid.iter().max().unwrap() - paid.iter().min().unwrap() <= 1, "{paid:?}");
        assert_eq!(last, part(CurrentPlan::<Test>::get().unwrap().amounts.treasury, 8, 0));
        run_to(20);
        assert_eq!(Balances::free_balance(TREASURY), last, "nothing past the era's end");
    });
}

#[test]
fn parameters_take_effect_with_the_next_cycle_and_only_if_they_are_sound() {
    chain().execute_with(|| {
        Inflation::begin_cycle(SHAPE);
        let plan = CurrentPlan::<Test>::get();
        let parameters = Parameters { maximum: Perbill::from_percent(3), ..Default::default() };
        assert_noop!(Inflation::set_parameters(RuntimeOrigin::signed(ALICE), Some(parameters)), BadOrigin);

        let mut broken = parameters;
        broken.shares.treasury = Perbill::from_percent(6);
        assert_noop!(
            Inflation::set_parameters(RuntimeOrigin::root(), Some(broken)),
            Error::<Test>::SharesAreNotOneWhole
        );
        let mut broken = parameters;
        broken.ideal_staking = Perbill::zero();
        assert_noop!(
            Inflation::set_parameters(RuntimeOrigin::root(), Some(broken)),
            Error::<Test>::IdealStakingIsZero
        );

        assert_ok!(Inflation::set_parameters(RuntimeOrigin::root(), Some(parameters)));
        System::assert_last_event(Event::ParametersSet { parameters: Some(parameters) }.into());
        assert_eq!(CurrentPlan::<Test>::get(), plan);
        Inflation::begin_cycle(SHAPE);
        assert_eq!(CurrentPlan::<Test>::get().unwrap().maximum, ISSUANCE * 3 / 100);
        // A cycle for which nothing was set keeps them.
        Inflation::begin_cycle(SHAPE);
        assert_eq!(CurrentPlan::<Test>::get().unwrap().parameters, parameters);
    });
}

#[test]
fn what_is_set_for_the_next_cycle_can_be_replaced_and_taken_back() {
    chain().execute_with(|| {
        let of = |percent| {
            let maximum = Perbill::from_percent(percent);
            Parameters { maximum, ..Parameters::default() }
        };
        let set = |parameters| Inflation::set_parameters(RuntimeOrigin::root(), parameters);
        Inflation::begin_cycle(SHAPE);
        assert_noop!(set(Some(of(11))), Error::<Test>::AboveTheCeiling);
        assert_ok!(set(Some(of(10))));
        assert_ok!(set(Some(of(5))));
        Inflation::begin_cycle(SHAPE);
        assert_eq!(CurrentPlan::<Test>::get().unwrap().parameters, of(5));
        assert_ok!(set(Some(of(9))));
        assert_ok!(set(None));
        System::assert_last_event(Event::ParametersSet { parameters: None }.into());
        Inflation::begin_cycle(SHAPE);
        assert_eq!(CurrentPlan::<Test>::get().unwrap().parameters, of(5));
    });
}

#[test]
fn the_ideal_rate_of_a_cycle_is_the_one_of_its_start() {
    chain().execute_with(|| {
        Inflation::begin_cycle(SHAPE);
        let before = Inflation::end_earning_era(ISSUANCE / 4).stakers;
        let parameters = Parameters { ideal_staking: Perbill::from_percent(25), ..Parameters::default() };
        assert_ok!(Inflation::set_parameters(RuntimeOrigin::root(), Some(parameters)));
        assert!(Inflation::end_earning_era(ISSUANCE / 4).stakers.abs_diff(before) <= 2);
        Inflation::begin_cycle(SHAPE);
        let amounts = CurrentPlan::<Test>::get().unwrap().amounts;
        let all = amounts.base / 6 + amounts.adjustable / 6;
        assert!(Inflation::end_earning_era(ISSUANCE / 4).stakers.abs_diff(all) <= 2);
    });
}

#[test]
fn a_change_of_cadence_books_what_was_paid_and_goes_on_with_the_rest() {
    chain().execute_with(|| {
        Inflation::begin_cycle(SHAPE);
        Inflation::begin_era(1, 1 + ERA);
        run_to(4);
        Inflation::rescale(&Change::of_cadence(cadence::SYNCHRONOUS, cadence::ASYNCHRONOUS, 4));
        assert_eq!(CurrentStream::<Test>::get().unwrap().end, 4 + 2 * (1 + ERA - 4));
        for block in [4, 5, 4 + 2 * (1 + ERA - 4), 30] {
            run_to(block);
            for (recipient, who) in [(Recipient::Treasury, TREASURY), (Recipient::Collators, COLLATORS)] {
                assert_eq!(Inflation::tally(recipient).issued, Balances::free_balance(who), "#{block}");
            }
        }
        let treasury = Inflation::tally(Recipient::Treasury);
        assert_eq!((treasury.issued, treasury.outstanding()), (treasury.planned, 0));
    });
}

#[test]
fn every_block_is_weighed() {
    chain().execute_with(|| {
        assert_eq!(Inflation::on_initialize(1), <() as WeightInfo>::pay());
        assert_ne!(<() as WeightInfo>::pay(), frame_support::weights::Weight::zero());
    });
}

#[test]
fn each_step_of_a_cycle_has_its_event() {
    chain().execute_with(|| {
        let assert_event = |event: Event<Test>| {
            assert!(System::events().iter().any(|record| record.event == event.clone().into()), "{event:?}");
        };
        Inflation::begin_cycle(SHAPE);
        let Plan { maximum, amounts, parameters, .. } = CurrentPlan::<Test>::get().unwrap();
        let ideal_staking = parameters.ideal_staking;
        assert_event(Event::CycleBegun { maximum, amounts, shape: SHAPE, ideal_staking });
        Inflation::begin_era(1, 1 + ERA);
        assert_event(Event::Allotted { recipient: Recipient::Treasury, amount: amounts.treasury / 8 });
        assert_event(Event::Allotted { recipient: Recipient::Collators, amount: amounts.collators / 8 });
        let amount = Inflation::end_earning_era(ISSUANCE).stakers;
        assert_event(Event::Allotted { recipient: Recipient::Stakers, amount });
        let amount = Inflation::end_period(true);
        assert_event(Event::Allotted { recipient: Recipient::Bonus, amount });
        Inflation::expire(Recipient::Bonus, 7);
        assert_event(Event::Expired { recipient: Recipient::Bonus, amount: 7 });
    });
}

#[test]
fn what_expires_is_booked_and_never_minted() {
    chain().execute_with(|| {
        Inflation::begin_cycle(SHAPE);
        let stakers = Inflation::end_earning_era(ISSUANCE).stakers;
        assert_ok!(Inflation::issue(&ALICE, &[(Recipient::Stakers, stakers - 5)]));
        Inflation::expire(Recipient::Stakers, 5);
        let tally = Inflation::tally(Recipient::Stakers);
        assert_eq!((tally.outstanding(), tally.expired), (0, 5));
        assert_eq!(Balances::total_issuance(), ISSUANCE + stakers - 5);
        // Less than the existential deposit: refused, and it can still be claimed.
        Inflation::allot(Recipient::Dapps, 5);
        assert!(Inflation::issue(&99, &[(Recipient::Dapps, 5)]).is_err());
        assert_eq!(Inflation::tally(Recipient::Dapps).outstanding(), 5);
    });
}

#[test]
fn sums_that_contradict_each_other_are_found() {
    chain().execute_with(|| {
        run_cycle(ISSUANCE, true);
        let found = |contradiction: &'static str, change: &dyn Fn()| {
            frame_support::hypothetically!({
                change();
                assert_eq!(Inflation::check(), Err(contradiction.into()));
            });
        };
        let stakers = |contradiction, change: fn(&mut Tally)| {
            found(contradiction, &|| Tallies::<Test>::mutate(Recipient::Stakers, change));
        };
        stakers("more was earned than planned", |tally| tally.earned += 1);
        stakers("more was issued or expired than was earned", |tally| tally.issued += 1);
        stakers("more was issued or expired than was earned", |tally| tally.expired += 1);
        stakers("more was allotted than the cycle may mint", |tally| tally.planned += 1);
        found("more was allotted than the cycle may mint", &|| {
            let more = Tally { planned: Balance::MAX, ..Tally::default() };
            OpeningTallies::<Test>::insert(Recipient::Stakers, more);
        });
        assert_ok!(Inflation::check());
    });
}

#[test]
#[should_panic(expected = "the parameters of inflation are wrong: AboveTheCeiling")]
fn a_chain_does_not_start_above_its_ceiling() {
    let parameters = Parameters { maximum: Perbill::from_percent(11), ..Parameters::default() };
    let _ = GenesisConfig::<Test> { parameters, ..Default::default() }.build_storage();
}

#[test]
fn the_report_shows_plan_and_progress() {
    chain().execute_with(|| {
        assert_eq!(Inflation::report(), None);
        run_cycle(ISSUANCE, true);
        Inflation::begin_cycle(SHAPE);
        let start = System::block_number();
        Inflation::begin_era(start, start + ERA);
        run_to(start + 3);
        let report = Inflation::report().unwrap();
        assert_eq!(u64::from(report.era_blocks), ERA);
        let of = |wanted| report.so_far.iter().find(|(recipient, _)| *recipient == wanted).unwrap().1;
        let era = part(report.amounts.treasury, 8, 0);
        assert_eq!(of(Recipient::Treasury).planned, era);
        assert_eq!(of(Recipient::Treasury).issued, era * 3 / u128::from(ERA));
        assert_eq!(report.treasury_per_block, era / u128::from(ERA));
        let Plan { maximum, amounts, .. } = CurrentPlan::<Test>::get().unwrap();
        assert_eq!((report.maximum, report.amounts), (maximum, amounts));
        assert_eq!(report.collators_per_block, part(amounts.collators, 8, 0) / u128::from(ERA));
        assert_eq!(report.base_per_era, part(amounts.base, 6, 0));
        assert_eq!(report.adjustable_per_era, part(amounts.adjustable, 6, 0));
        assert_eq!(report.dapps_per_era, part(amounts.dapps, 6, 0));
        assert_eq!(report.bonus_per_period, part(amounts.bonus, 2, 0));
        assert_eq!(of(Recipient::Stakers), Tally::default());
    });
}
