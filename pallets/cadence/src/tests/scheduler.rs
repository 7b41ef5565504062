//! The tasks of the scheduler: they run when they would have run, and none is lost.

use super::*;
use cadence::{hours, ASYNCHRONOUS};

/// Tasks run at the moments at which they would have run without the change, both single and periodic ones.
#[test]
fn tasks_run_when_they_would_have_run() {
    let moments = |per_block: Option<u64>| {
        chain(AT).execute_with(|| {
            for i in 1..6u32 {
                let text = i.to_string();
                let periodic = (i == 2).then_some((4, 3));
                assert_ok!(Scheduler::schedule_named(
                    RuntimeOrigin::root(),
                    [i as u8; 32],
                    AT + 3 * i * i,
                    periodic,
                    0,
                    remark(&text)
                ));
            }
            match per_block {
                Some(entries) => {
                    Share::set(entries_per_block(entries));
                    switch();
                }
                None => next_block(),
            }
            task_moments(hours(1))
        })
    };
    let without = moments(None);
    assert_eq!(without.len(), 7);
    assert_eq!(moments(Some(10_000)), without);
    // If blocks get shorter and nothing is rescaled, a task runs in half of its time.
    chain(AT).execute_with(|| {
        assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + 100, None, 0, remark("early")));
        CurrentCadence::set(ASYNCHRONOUS);
        assert_eq!(task_moments(SYNCHRONOUS.time(100)), [600]);
    });
}

/// No task runs during a change. The tasks that fall due in that time run right after.
#[test]
fn the_scheduler_rests_while_its_agendas_are_moved() {
    chain(AT).execute_with(|| {
        for i in 1..40u32 {
            assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + i, None, 0, remark("task")));
        }
        Share::set(entries_per_block(30));
        switch();
        assert_eq!(closed().first(), Some(&"Scheduler"));
        let mut ran = Vec::new();
        let mut rested = 0;
        while ran.len() < 39 {
            next_block();
            rested += u32::from(Rescaling::<Test>::exists());
            let block = System::block_number();
            ran.extend(dispatched().into_iter().map(|((due, _), _)| (due, block)));
        }
        assert!(rested > 0);
        assert_eq!(ran.len(), 39);
        for (i, (due, block)) in ran.into_iter().enumerate() {
            assert_eq!(due, AT + 2 * (i as u32 + 1));
            assert!(block == due || block <= AT + rested + 3, "task of {due} ran in {block}");
        }
    });
}

/// A task may call any pallet. Before all pallets are rescaled, its call could be refused, and the task would
/// be used up.
#[test]
fn the_scheduler_rests_until_its_tasks_find_all_pallets_open() {
    use frame_support::traits::schedule::{v3::Anon, DispatchTime};
    chain(AT).execute_with(|| {
        vesting_for((1..2).chain(1_000..1_200));
        let call = inline(&pallet_vesting::Call::vest {}.into());
        let by_one = frame_system::RawOrigin::Signed(1).into();
        assert_ok!(<Scheduler as Anon<_, _, _>>::schedule(DispatchTime::At(AT + 1), None, 0, by_one, call));
        Share::set(entries_per_block(20));
        switch();
        while closed().first() != Some(&"Vesting") {
            next_block();
        }
        let mut results = Vec::new();
        while results.is_empty() {
            assert!(System::block_number() < AT + 50, "it has not run");
            next_block();
            results.extend(dispatched().into_iter().map(|(_, result)| result));
        }
        assert_eq!(results, [Ok(())]);
    });
}

/// The scheduler of SDK releases before PR 8723 does not store when it stopped, unless it had too much to do.
/// A chain that takes a newer release with its change loses no task.
#[test]
fn what_falls_due_in_a_change_runs_though_the_old_scheduler_did_not_store_its_stop() {
    chain(AT).execute_with(|| {
        for i in 1..10u32 {
            assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + i, None, 0, remark("task")));
        }
        pallet_scheduler::IncompleteSince::<Test>::kill();
        vesting_for(1_000..1_200);
        Share::set(entries_per_block(20));
        switch();
        let (mut ran, mut rested) = (0, 0);
        for _ in 0..40 {
            next_block();
            rested += u32::from(Rescaling::<Test>::exists());
            ran += dispatched().len();
        }
        assert!(rested > 4, "the first of them is due in the change");
        assert_eq!(ran, 9);
    });
}

/// Tasks for which the scheduler was too busy are due, and stay due. A periodic one then waits as long as
/// always for its next time, and a failed one for its next try.
#[test]
fn an_overdue_task_keeps_its_period_and_that_of_its_retries() {
    chain(AT).execute_with(|| {
        let failing = Box::new(RuntimeCall::from(pallet_vesting::Call::vest {}));
        let schedule = |call, periodic| {
            assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + 1, periodic, 0, call));
        };
        schedule(Box::new(frame_system::Call::remark { remark: vec![] }.into()), Some((10, 3)));
        schedule(failing, None);
        assert_ok!(Scheduler::set_retry(RuntimeOrigin::root(), (AT + 1, 1), 1, 15));
        let busy = MaxScheduled::get();
        MaxScheduled::set(Weight::zero());
        for _ in 0..5 {
            next_block();
        }
        switch();
        MaxScheduled::set(busy);
        let since = Timestamp::get();
        let mut seconds = Vec::new();
        for _ in 0..60 {
            next_block();
            for (_, result) in dispatched() {
                seconds.push((result.is_ok(), (Timestamp::get() - since) / 1_000 - 6));
            }
        }
        seconds.sort();
        assert_eq!(seconds, [(false, 0), (false, 180), (true, 0), (true, 120), (true, 240)]);
    });
}

/// If the last of all agendas is full, tasks find a place in the agendas before it, which are as far as
/// never, too.
#[test]
fn tasks_for_the_last_of_all_blocks_find_a_place() {
    chain(AT).execute_with(|| {
        for when in [u32::MAX, u32::MAX - 1, u32::MAX / 2 + AT] {
            for _ in 0..TASKS {
                assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), when, None, 0, remark("never")));
            }
        }
        switch();
        let agendas: Vec<_> = pallet_scheduler::Agenda::<Test>::iter()
            .map(|(when, agenda)| (when, agenda.iter().flatten().count() as u32))
            .collect();
        assert!(agendas.iter().all(|(when, _)| *when > u32::MAX - 3), "{agendas:?}");
        assert_eq!(agendas.iter().map(|(_, tasks)| tasks).sum::<u32>(), 3 * TASKS);
    });
}

/// Each task may have a retry and a lookup. Both are read when an agenda is taken out, or put back.
#[test]
fn a_task_weighs_its_lookup_and_its_retry() {
    let consumed = |tasks: u32| {
        chain(AT).execute_with(|| {
            for _ in 0..tasks {
                assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + 9, None, 0, remark("task")));
            }
            let (mut position, mut meter) = (Position::default(), WeightMeter::new());
            let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
            let mut walk = Walk::new(&mut position, &mut meter, walk::EntryWeights::of::<()>(), true);
            assert!(rescale::Scheduler::<Test>::rescale(&change, &mut walk));
            meter.consumed().ref_time()
        })
    };
    let entry = <() as WeightInfo>::entry(0).ref_time();
    assert!(consumed(4) >= consumed(1) + 3 * 3 * entry);
}
