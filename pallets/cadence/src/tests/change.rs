//! A change as a whole: how it begins, how it is carried out over blocks, and what remains of it.

use super::*;
use cadence::ASYNCHRONOUS;
use frame_support::{
    migrations::MultiStepMigrator,
    traits::{OnInitialize, OnPoll, OnRuntimeUpgrade},
};

#[test]
fn an_upgrade_without_a_change_changes_nothing() {
    chain(AT).execute_with(|| {
        let before = sp_io::storage::root(Default::default());
        Cadence::on_runtime_upgrade();
        assert_eq!(sp_io::storage::root(Default::default()), before);
        assert!(System::events().is_empty());
    });
}

#[test]
fn applied_twice_it_does_nothing() {
    chain(AT).execute_with(|| {
        assert_ok!(Vesting::force_vested_transfer(
            RuntimeOrigin::root(),
            1,
            2,
            pallet_vesting::VestingInfo::new(1_000, 4, AT + 10)
        ));
        switch();
        let before = sp_io::storage::root(Default::default());
        Cadence::on_runtime_upgrade();
        assert_eq!(sp_io::storage::root(Default::default()), before);
        assert_eq!(pallet_vesting::Vesting::<Test>::get(2).unwrap()[0].starting_block(), AT + 20);
    });
}

#[test]
fn the_change_has_its_events_and_its_entry_in_the_history() {
    chain(AT).execute_with(|| {
        switch();
        let cadence_events: Vec<_> = System::events()
            .into_iter()
            .filter_map(|record| match record.event {
                RuntimeEvent::Cadence(event) => Some(event),
                _ => None,
            })
            .collect();
        let (from, to) = (SYNCHRONOUS, ASYNCHRONOUS);
        assert_eq!(cadence_events.first(), Some(&Event::Changed { from, to, at: AT }));
        assert_eq!(cadence_events.last(), Some(&Event::Completed { at: AT }));
        assert_eq!(Cadence::cadence(), ASYNCHRONOUS);
        let history = History::<Test>::get();
        let moment = BEGINNING + SYNCHRONOUS.time(AT).as_millis() as u64;
        assert_eq!(history.last(), Some(&Entry { since: AT, moment, cadence: ASYNCHRONOUS }));
        assert_eq!(history.first(), Some(&Entry { since: 0, moment: BEGINNING, cadence: SYNCHRONOUS }));
        assert_eq!(Cadence::moment(AT), Some(moment));
        assert_eq!(Cadence::moment(AT + 100), Some(moment + 600_000));
        assert_eq!(Cadence::block_at(moment + 600_000), Some(AT + 100));
        assert_eq!(Cadence::moment(500), Some(BEGINNING + 6_000_000));
    });
}

#[test]
fn a_chain_that_takes_the_kit_with_its_first_change() {
    chain(AT).execute_with(|| {
        History::<Test>::kill();
        switch();
        let cadences: Vec<_> =
            History::<Test>::get().iter().map(|entry| (entry.since, entry.cadence)).collect();
        assert_eq!(cadences, [(0, SYNCHRONOUS), (AT, ASYNCHRONOUS)]);
        assert_eq!(History::<Test>::get()[0].moment, BEGINNING);
    });
}

/// If the block time stays the same, stored numbers do too. Only the history shows a change of the execution
/// time.
#[test]
fn a_change_at_the_same_block_time_has_nothing_to_rescale() {
    chain(AT).execute_with(|| {
        vesting_for(1_000..1_200);
        assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + 1, None, 0, remark("task")));
        Share::set(entries_per_block(5));
        let more = cadence::Cadence { compute_millis: 2_000, ..SYNCHRONOUS };
        upgrade(more);
        assert!(!Rescaling::<Test>::exists());
        let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
        for event in [
            Event::Changed { from: SYNCHRONOUS, to: more, at: AT }.into(),
            Event::Completed { at: AT }.into(),
        ] {
            assert!(events.contains(&event));
        }
        assert!(!dispatched().is_empty());
        assert_eq!(Cadence::cadence(), more);
    });
}

/// Only Root can set new code during a change. The rest of the first change is done before the second begins.
#[test]
fn a_second_change_in_the_middle_of_the_first() {
    chain(AT).execute_with(|| {
        vesting_for(1_000..1_050);
        Share::set(entries_per_block(20));
        let clock = |block_millis| cadence::Clock { origin: AT, block_millis };
        let before = <Test as Config>::Stored::stored(&clock(12_000));
        CurrentCadence::set(ASYNCHRONOUS);
        Cadence::on_runtime_upgrade();
        assert!(Rescaling::<Test>::exists());
        CurrentCadence::set(cadence::Cadence::pipelined(6_000, 3, 0, 2_000));
        Cadence::on_runtime_upgrade();
        while Rescaling::<Test>::exists() {
            Cadence::continue_rescaling(&mut WeightMeter::with_limit(Share::get()));
        }
        let change = Change { from: clock(12_000), to: clock(2_000) };
        assert_eq!(
            moved(before, <Test as Config>::Stored::stored(&change.to), &change),
            Vec::<String>::new()
        );
        assert_eq!(History::<Test>::get().len(), 3);
    });
}

/// It follows from the timestamp of block one. Those of later blocks may be late by missed slots.
#[test]
fn the_moment_of_block_zero_is_stored_in_block_one_alone() {
    chain(AT).execute_with(|| {
        History::<Test>::mutate(|history| history[0].moment = 0);
        next_block();
        assert_eq!(History::<Test>::get()[0].moment, 0);
    });
}

#[test]
fn the_oldest_of_many_changes_is_forgotten() {
    chain(AT).execute_with(|| {
        for i in 0..MAX_HISTORY {
            upgrade(if i % 2 == 0 { ASYNCHRONOUS } else { SYNCHRONOUS });
            next_block();
        }
        let history = History::<Test>::get();
        assert_eq!((history.len() as u32, history[0].since), (MAX_HISTORY, AT));
        assert!(history.windows(2).all(|pair| pair[0].since < pair[1].since));
        assert_eq!(history.last().unwrap().cadence, SYNCHRONOUS);
    });
}

/// A hook that acts on entries of its own pallet finds them rescaled, however long the rest of the change
/// takes.
#[test]
fn what_hooks_act_on_is_rescaled_before_any_hook_runs() {
    chain(AT).execute_with(|| {
        rounds::Current::<Test>::put(rounds::Round { number: 1, start: AT, length: 2, prize_per_block: 8 });
        vesting_for(1_000..1_200);
        let last = pallet_treasury::LastSpendPeriod::<Test>::get().expect("since the first block");
        Share::set(Weight::zero());
        switch();
        assert_eq!(closed().first(), Some(&"Rounds"));
        let round = rounds::Current::<Test>::get().unwrap();
        assert_eq!((round.start, round.length, round.prize_per_block), (AT, 4, 4));
        assert_eq!(AT - pallet_treasury::LastSpendPeriod::<Test>::get().unwrap(), 2 * (AT - last));
        run_until(SYNCHRONOUS.time(2) - Duration::from_secs(6));
        assert_eq!(rounds::Current::<Test>::get().unwrap().number, 1);
        run_until(SYNCHRONOUS.time(2));
        assert_eq!(rounds::Current::<Test>::get().unwrap().number, 2);
    });
}

#[test]
fn a_round_of_a_pallet_that_no_kit_knows() {
    chain(AT).execute_with(|| {
        rounds::Current::<Test>::put(rounds::Round {
            number: 1,
            start: AT - 10,
            length: 30,
            prize_per_block: 9,
        });
        switch();
        let round = || rounds::Current::<Test>::get().unwrap();
        assert_eq!((round().length, round().prize_per_block), (60, 4));
        run_until(SYNCHRONOUS.time(20) - Duration::from_secs(6));
        assert_eq!(round().number, 1);
        run_until(SYNCHRONOUS.time(20));
        assert_eq!(round().number, 2);
    });
}

/// The blocks of multi-block migrations are reserved for them. The walk waits for these migrations, and
/// nothing falls due early, is lost, or is done twice.
#[test]
fn migrations_of_the_same_upgrade_come_first() {
    use pallet_migrations::mock_helpers::{MockedMigrationKind::SucceedAfter, MockedMigrations};
    chain(AT).execute_with(|| {
        for i in 1..10u32 {
            assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + i, None, 0, remark("task")));
        }
        democracy_referendum(2, 10);
        let schedule = pallet_vesting::VestingInfo::new(1_000, 4, AT + 10);
        assert_ok!(Vesting::force_vested_transfer(RuntimeOrigin::root(), 1, 2, schedule));
        MockedMigrations::set(vec![(SucceedAfter, 6)]);
        switch();
        let mut blocks = 0;
        while Migrations::ongoing() {
            blocks += 1;
            let ran = System::events().into_iter().any(|record| {
                matches!(record.event, RuntimeEvent::Scheduler(_) | RuntimeEvent::Democracy(_))
            });
            assert!(!ran);
            assert_eq!(Rescaling::<Test>::get().unwrap().position, Position::default());
            next_block();
        }
        assert!(blocks > 5);
        // That was the last block of the migrations. The walk has the next one.
        next_block();
        assert!(!Rescaling::<Test>::exists());
        assert_eq!(pallet_vesting::Vesting::<Test>::get(2).unwrap()[0].starting_block(), AT + 20);
        let mut ran = 0;
        for _ in 0..60 {
            next_block();
            ran += dispatched().len();
        }
        assert_eq!(ran, 10);
    });
}

/// No block does more than its share, not even the first one. A block that has no weight left does nothing.
#[test]
fn a_block_does_no_more_than_its_share() {
    chain(AT).execute_with(|| {
        vesting_for(1_000..1_100);
        Share::set(entries_per_block(20));
        CurrentCadence::set(ASYNCHRONOUS);
        let at_once = <() as WeightInfo>::begin() + entries_per_block(10);
        let weight = Cadence::on_runtime_upgrade();
        assert!(weight.all_lte(at_once), "{weight:?}");
        let idle = Cadence::on_initialize(AT);
        type Db = <Test as frame_system::Config>::DbWeight;
        let reads = <Db as Get<frame_support::weights::RuntimeDbWeight>>::get().reads(2);
        let history = BoundedVec::<Entry, ConstU32<MAX_HISTORY>>::max_encoded_len() as u64;
        let proof = history + Ongoing::max_encoded_len() as u64;
        assert_eq!(idle, reads + Weight::from_parts(0, proof));
        let weight = Cadence::on_initialize(AT + 1) - idle;
        assert!(weight.all_lte(Share::get()) && weight.all_gt(Share::get() / 2), "{weight:?}");
        let before = Rescaling::<Test>::get();
        let mut meter = WeightMeter::new();
        Cadence::on_poll(AT + 1, &mut meter);
        assert_eq!(meter.consumed(), Weight::zero(), "its share is used up");
        Cadence::continue_rescaling(&mut WeightMeter::with_limit(Weight::zero()));
        assert_eq!(Rescaling::<Test>::get(), before);
        let mut blocks = 0;
        while Rescaling::<Test>::exists() {
            let mut meter = WeightMeter::with_limit(Share::get());
            Cadence::continue_rescaling(&mut meter);
            assert!(meter.consumed().all_lte(Share::get()));
            blocks += 1;
        }
        assert!(blocks > 1);
    });
}

/// The declared weight of a block covers its proof. Of all blocks together it is less than twice the proofs.
/// Otherwise a change would take many more blocks than necessary.
#[test]
fn what_is_declared_is_close_to_the_proof() {
    let mut state = chain(AT);
    state.execute_with(|| {
        vesting_for(1_000..6_000);
        Share::set(entries_per_block(1_000));
        CurrentCadence::set(ASYNCHRONOUS);
        Cadence::on_runtime_upgrade();
        Cadence::on_initialize(AT + 1);
    });
    let (mut all_declared, mut all_proofs) = (0, 0);
    while state.execute_with(Rescaling::<Test>::exists) {
        state.commit_all().unwrap();
        let (declared, proof) = state.execute_and_prove(|| {
            let mut meter = WeightMeter::with_limit(Share::get());
            Cadence::continue_rescaling(&mut meter);
            meter.consumed().proof_size()
        });
        let proof = proof.encoded_size() as u64;
        assert!(declared >= proof, "{declared} B declared, {proof} B needed");
        // Only blocks that go through vesting schedules and nothing else.
        if state.execute_with(closed).contains(&"Vesting") {
            all_declared += declared;
            all_proofs += proof;
        }
    }
    assert!(all_declared < 2 * all_proofs, "{all_declared} B declared, {all_proofs} B needed");
}
