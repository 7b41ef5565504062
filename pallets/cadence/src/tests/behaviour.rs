//! What users see: nothing falls due early or late, and all that is not being rescaled goes on.

use crate::{mock::Cadence, mock::*, *};
use cadence::{hours, minutes, Duration, ASYNCHRONOUS, SYNCHRONOUS};
use frame_support::{assert_noop, assert_ok, traits::OnRuntimeUpgrade, weights::constants::ParityDbWeight};
use sp_runtime::traits::Dispatchable;

const AT: u32 = 100_000;

fn remark(text: &str) -> Box<RuntimeCall> {
    Box::new(frame_system::Call::remark_with_event { remark: text.as_bytes().to_vec() }.into())
}

/// Makes blocks until `time` after block [`AT`].
fn run_until(time: Duration) {
    let end = BEGINNING + (SYNCHRONOUS.time(AT) + time).as_millis() as u64;
    while Timestamp::get() < end {
        next_block();
    }
}

/// When, after block [`AT`], each remark was made.
fn remarks(until: Duration) -> Vec<u64> {
    let mut moments = Vec::new();
    let end = BEGINNING + (SYNCHRONOUS.time(AT) + until).as_millis() as u64;
    while Timestamp::get() < end {
        next_block();
        let dispatched = System::events().into_iter().filter(|record| {
            matches!(record.event, RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { .. }))
        });
        let since = Timestamp::get() - BEGINNING - SYNCHRONOUS.time(AT).as_millis() as u64;
        moments.extend(dispatched.map(|_| since / 1_000));
    }
    moments
}

fn closed() -> Vec<&'static str> {
    Cadence::closed()
}

fn vest(who: u64) -> frame_support::dispatch::DispatchResultWithPostInfo {
    RuntimeCall::from(pallet_vesting::Call::vest {}).dispatch(RuntimeOrigin::signed(who))
}

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
fn the_change_is_told_and_remembered() {
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

/// Tasks run at the moments at which they would have run, once and periodically, whatever the change
/// takes; the naive way, to leave the agenda as it is, runs them in half of the time.
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
            remarks(hours(1))
        })
    };
    let without = moments(None);
    assert_eq!(without.len(), 7);
    assert_eq!(moments(Some(10_000)), without);
    chain(AT).execute_with(|| {
        assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + 100, None, 0, remark("early")));
        let naive = remarks(SYNCHRONOUS.time(100));
        CurrentCadence::set(ASYNCHRONOUS);
        assert_eq!(naive, [1_200]);
    });
}

/// While agendas are being moved none of them runs, and what fell due meanwhile runs right after.
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
            rested += u32::from(closed().contains(&"Scheduler"));
            let block = System::block_number();
            let tasks = System::events().into_iter().filter_map(|record| match record.event {
                RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { task, .. }) => Some(task.0),
                _ => None,
            });
            ran.extend(tasks.map(|due| (due, block)));
        }
        assert!(rested > 0);
        assert_eq!(ran.len(), 39);
        for (i, (due, block)) in ran.into_iter().enumerate() {
            assert_eq!(due, AT + 2 * (i as u32 + 1));
            assert!(block == due || block <= AT + rested + 3, "task of {due} ran in {block}");
        }
    });
}

#[test]
fn a_referendum_is_decided_when_it_would_have_been() {
    let decided = |change: bool| {
        chain(AT).execute_with(|| {
            let proposal = frame_support::traits::Bounded::Inline(
                codec::Encode::encode(&*remark("approved")).try_into().unwrap(),
            );
            let origin = Box::new(frame_system::RawOrigin::Root.into());
            let after = frame_support::traits::schedule::DispatchTime::After(1);
            assert_ok!(Referenda::submit(RuntimeOrigin::signed(1), origin, proposal, after));
            assert_ok!(Referenda::place_decision_deposit(RuntimeOrigin::signed(1), 0));
            let vote = pallet_conviction_voting::AccountVote::Standard {
                vote: pallet_conviction_voting::Vote {
                    aye: true,
                    conviction: pallet_conviction_voting::Conviction::Locked1x,
                },
                balance: 900_000,
            };
            for who in 1..10 {
                assert_ok!(ConvictionVoting::vote(RuntimeOrigin::signed(who), 0, vote));
            }
            for _ in 0..100 {
                next_block();
            }
            if change {
                let at = System::block_number();
                switch();
                assert_eq!(History::<Test>::get().last().unwrap().since, at);
            }
            remarks(hours(12))
        })
    };
    let (without, with) = (decided(false), decided(true));
    assert!(!without.is_empty());
    assert_eq!(with.len(), without.len());
    // A referendum's alarms ring in the block after a moment, and that is sooner now.
    for (with, without) in with.into_iter().zip(without) {
        assert!(with <= without && without - with <= 60, "{with} instead of {without}");
    }
}

#[test]
fn a_lock_of_votes_ends_when_it_would_have() {
    chain(AT).execute_with(|| {
        let mut voting = pallet_conviction_voting::VotingOf::<Test>::default();
        voting.as_mut().accumulate(AT + 50, 500);
        pallet_conviction_voting::VotingFor::<Test>::insert(1, 0, voting);
        switch();
        let left = |who| pallet_conviction_voting::VotingFor::<Test>::get(who, 0).locked_balance();
        run_until(SYNCHRONOUS.time(49));
        assert_ok!(ConvictionVoting::unlock(RuntimeOrigin::signed(1), 0, 1));
        assert_eq!(left(1), 500);
        run_until(SYNCHRONOUS.time(50));
        assert_ok!(ConvictionVoting::unlock(RuntimeOrigin::signed(1), 0, 1));
        assert_eq!(left(1), 0);
    });
}

#[test]
fn a_delayed_proxy_call_waits_as_long_as_it_would_have() {
    let call = || remark("delayed");
    let hash = || codec::Encode::using_encoded(&*call(), sp_io::hashing::blake2_256).into();
    chain(AT).execute_with(|| {
        assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(1), 2, Anything, 60));
        assert_ok!(Proxy::announce(RuntimeOrigin::signed(2), 1, hash()));
        run_until(SYNCHRONOUS.time(20));
        switch();
        let act = || Proxy::proxy_announced(RuntimeOrigin::signed(3), 2, 1, None, call());
        run_until(SYNCHRONOUS.time(59));
        assert_noop!(act(), pallet_proxy::Error::<Test>::Unannounced);
        run_until(SYNCHRONOUS.time(60));
        assert_ok!(act());
    });
}

#[test]
fn a_treasury_spend_expires_when_it_would_have() {
    for (after, expired) in [(7_199, false), (7_201, true)] {
        chain(AT).execute_with(|| {
            assert_ok!(Treasury::spend(RuntimeOrigin::root(), Box::new(()), 5, Box::new(7), None));
            run_until(SYNCHRONOUS.time(100));
            switch();
            run_until(SYNCHRONOUS.time(after));
            let paid = Treasury::payout(RuntimeOrigin::signed(1), 0);
            assert_eq!(paid.is_err(), expired, "{paid:?} after {after} blocks");
        });
    }
}

#[test]
fn an_old_referendum_is_counted_when_it_would_have_been() {
    chain(AT).execute_with(|| {
        let proposal = frame_support::traits::Bounded::Inline(Default::default());
        let end = AT + 30;
        assert_ok!(Democracy::external_propose_default(RuntimeOrigin::root(), proposal));
        let index = Democracy::internal_start_referendum(
            frame_support::traits::Bounded::Inline(
                codec::Encode::encode(&*remark("old")).try_into().unwrap(),
            ),
            pallet_democracy::VoteThreshold::SimpleMajority,
            0u32,
        );
        pallet_democracy::ReferendumInfoOf::<Test>::mutate(index, |info| {
            if let Some(pallet_democracy::ReferendumInfo::Ongoing(status)) = info {
                status.end = end;
            }
        });
        switch();
        let over = || {
            matches!(
                pallet_democracy::ReferendumInfoOf::<Test>::get(index),
                Some(pallet_democracy::ReferendumInfo::Finished { .. })
            )
        };
        run_until(SYNCHRONOUS.time(30) - minutes(1));
        assert!(!over());
        run_until(SYNCHRONOUS.time(30));
        assert!(over());
    });
}

#[test]
fn a_multisig_in_flight_is_found_by_its_timepoint() {
    chain(AT).execute_with(|| {
        let call = remark("signed");
        let weight = Weight::from_parts(1_000_000_000, 10_000);
        assert_ok!(Multisig::as_multi(RuntimeOrigin::signed(1), 2, vec![2, 3], None, call.clone(), weight));
        let when = Multisig::timepoint();
        switch();
        assert_ok!(Multisig::as_multi(RuntimeOrigin::signed(2), 2, vec![1, 3], Some(when), call, weight));
    });
}

fn vesting_for(accounts: impl Iterator<Item = u64>) {
    for who in accounts {
        let schedules = vec![pallet_vesting::VestingInfo::new(1_000, 4, AT)];
        pallet_vesting::Vesting::<Test>::insert(who, frame_support::BoundedVec::truncate_from(schedules));
    }
}

/// The chain stays open: only what is not rescaled yet is refused, nothing is unlocked early, and a
/// second upgrade waits.
#[test]
fn only_what_is_being_rescaled_is_closed() {
    chain(AT).execute_with(|| {
        vesting_for((1..2).chain(1_000..1_050));
        Share::set(entries_per_block(20));
        switch();
        assert_eq!(closed(), ["Vesting"]);
        assert_noop!(vest(1), frame_system::Error::<Test>::CallFiltered);
        let batched = pallet_utility::Call::batch_all { calls: vec![pallet_vesting::Call::vest {}.into()] };
        let refused = RuntimeCall::from(batched).dispatch(RuntimeOrigin::signed(1)).unwrap_err().error;
        assert_eq!(refused, frame_system::Error::<Test>::CallFiltered.into());
        let transfer = pallet_balances::Call::transfer_keep_alive { dest: 2, value: 5 };
        assert_ok!(RuntimeCall::from(transfer).dispatch(RuntimeOrigin::signed(1)));
        assert_ok!(
            RuntimeCall::Proxy(pallet_proxy::Call::remove_proxies {}).dispatch(RuntimeOrigin::signed(1))
        );
        let upgrade = RuntimeCall::from(frame_system::Call::apply_authorized_upgrade { code: vec![] });
        let by_anyone = || upgrade.clone().dispatch(RuntimeOrigin::signed(1)).unwrap_err().error;
        assert_eq!(by_anyone(), frame_system::Error::<Test>::CallFiltered.into());
        let mut blocks = 0;
        while !closed().is_empty() {
            next_block();
            blocks += 1;
        }
        assert!(blocks > 0);
        assert_ok!(vest(1));
        assert_eq!(by_anyone(), frame_system::Error::<Test>::NothingAuthorized.into());
    });
}

/// Only Root can have another upgrade meanwhile. What the first change has left is done before it.
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
            Cadence::go_on(&mut WeightMeter::with_limit(Share::get()));
        }
        let change = Change { from: clock(12_000), to: clock(2_000) };
        assert_eq!(
            moved(before, <Test as Config>::Stored::stored(&change.to), &change),
            Vec::<String>::new()
        );
        assert_eq!(History::<Test>::get().len(), 3);
    });
}

/// A block never does more than its share, and one that has nothing left over does nothing.
#[test]
fn a_block_does_no_more_than_its_share() {
    chain(AT).execute_with(|| {
        vesting_for(1_000..1_100);
        Share::set(entries_per_block(20));
        CurrentCadence::set(ASYNCHRONOUS);
        let weight = Cadence::on_runtime_upgrade();
        let events = ParityDbWeight::get().reads_writes(4, 4);
        assert!(weight.all_lte(Share::get() + <() as WeightInfo>::begin() + events), "{weight:?}");
        let before = Rescaling::<Test>::get();
        Cadence::go_on(&mut WeightMeter::with_limit(Weight::zero()));
        assert_eq!(Rescaling::<Test>::get(), before);
        let mut blocks = 0;
        while Rescaling::<Test>::exists() {
            let mut meter = WeightMeter::with_limit(Share::get());
            Cadence::go_on(&mut meter);
            assert!(meter.consumed().all_lte(Share::get()));
            blocks += 1;
        }
        assert!(blocks > 1);
    });
}

/// What a block declares covers its proof, and all of them not many times as much: else a change would
/// take many times as many blocks.
#[test]
fn what_is_declared_is_close_to_the_proof() {
    let mut state = chain(AT);
    state.execute_with(|| {
        vesting_for(1_000..6_000);
        Share::set(entries_per_block(1_000));
        CurrentCadence::set(ASYNCHRONOUS);
        Cadence::on_runtime_upgrade();
    });
    let (mut all_declared, mut all_proofs) = (0, 0);
    while state.execute_with(Rescaling::<Test>::exists) {
        state.commit_all().unwrap();
        let (declared, proof) = state.execute_and_prove(|| {
            let mut meter = WeightMeter::with_limit(Share::get());
            Cadence::go_on(&mut meter);
            meter.consumed().proof_size()
        });
        let proof = proof.encoded_size() as u64;
        assert!(declared >= proof, "{declared} B declared, {proof} B needed");
        all_declared += declared;
        all_proofs += proof;
    }
    assert!(all_declared < 2 * all_proofs, "{all_declared} B declared, {all_proofs} B needed");
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

#[test]
fn what_a_rehearsal_records_is_compared_after_it() {
    chain(AT).execute_with(|| {
        let schedule = pallet_vesting::VestingInfo::new(1_000, 4, AT + 10);
        assert_ok!(Vesting::force_vested_transfer(RuntimeOrigin::root(), 1, 2, schedule));
        assert_eq!(Cadence::check(&Cadence::record()), Ok(()), "no change, nothing to compare");
        CurrentCadence::set(ASYNCHRONOUS);
        let record = Cadence::record();
        Cadence::on_runtime_upgrade();
        assert_eq!(Cadence::check(&record), Ok(()));
        let naive = frame_support::BoundedVec::truncate_from(vec![schedule]);
        pallet_vesting::Vesting::<Test>::insert(2, naive);
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 1);
    });
}

/// As the try-runtime tool upgrades: with the hooks before and after.
#[cfg(feature = "try-runtime")]
#[test]
fn try_runtime_finds_what_has_moved() {
    chain(AT).execute_with(|| {
        let schedule = pallet_vesting::VestingInfo::new(1_000, 4, AT + 10);
        assert_ok!(Vesting::force_vested_transfer(RuntimeOrigin::root(), 1, 2, schedule));
        CurrentCadence::set(ASYNCHRONOUS);
        let record = <Cadence as OnRuntimeUpgrade>::pre_upgrade().unwrap();
        <Cadence as OnRuntimeUpgrade>::on_runtime_upgrade();
        assert_ok!(<Cadence as OnRuntimeUpgrade>::post_upgrade(record.clone()));
        let naive = frame_support::BoundedVec::truncate_from(vec![schedule]);
        pallet_vesting::Vesting::<Test>::insert(2, naive);
        assert!(<Cadence as OnRuntimeUpgrade>::post_upgrade(record).is_err());
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
        assert_eq!(history.len() as u32, MAX_HISTORY);
        assert!(history.windows(2).all(|pair| pair[0].since < pair[1].since));
        assert_eq!(history.last().unwrap().cadence, SYNCHRONOUS);
    });
}
