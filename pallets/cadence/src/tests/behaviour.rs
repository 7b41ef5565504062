//! What users see: nothing falls due early or late, and all that is not being rescaled goes on.

use crate::{mock::Cadence, mock::*, *};
use cadence::{days, hours, Duration, ASYNCHRONOUS, SYNCHRONOUS};
use frame_support::{
    assert_noop, assert_ok,
    migrations::MultiStepMigrator,
    traits::{OnInitialize, OnPoll, OnRuntimeUpgrade},
};
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

/// While a change is under way no task runs, and what fell due meanwhile runs right after.
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

/// A task may call any pallet: before all are rescaled it would be refused, and used up.
#[test]
fn the_scheduler_rests_until_its_tasks_find_all_pallets_open() {
    use frame_support::traits::schedule::{v3::Anon, DispatchTime};
    chain(AT).execute_with(|| {
        vesting_for((1..2).chain(1_000..1_200));
        let call = frame_support::traits::Bounded::Inline(
            codec::Encode::encode(&RuntimeCall::from(pallet_vesting::Call::vest {})).try_into().unwrap(),
        );
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
            results.extend(System::events().into_iter().filter_map(|record| match record.event {
                RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { result, .. }) => Some(result),
                _ => None,
            }));
        }
        assert_eq!(results, [Ok(())]);
    });
}

/// The scheduler of SDK releases before PR 8723 leaves no note of when it stopped, unless it had too
/// much to do. A chain that takes a newer one with its change loses nothing.
#[test]
fn what_falls_due_in_a_change_runs_though_the_old_scheduler_kept_no_note() {
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
            ran += System::events()
                .into_iter()
                .filter(|record| {
                    matches!(
                        record.event,
                        RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { .. })
                    )
                })
                .count();
        }
        assert!(rested > 4, "the first of them is due in the change");
        assert_eq!(ran, 9);
    });
}

/// Tasks that the scheduler was too busy for are due, and stay so; how long they wait for the next
/// time, or for another try, is as long as ever.
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
            for record in System::events() {
                if let RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { result, .. }) =
                    record.event
                {
                    seconds.push((result.is_ok(), (Timestamp::get() - since) / 1_000 - 6));
                }
            }
        }
        seconds.sort();
        assert_eq!(seconds, [(false, 0), (false, 180), (true, 0), (true, 120), (true, 240)]);
    });
}

/// An agenda that is as far as never and full already takes the tasks before it, rather than none.
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

/// Alarms of several instances whose tasks do not find their old index in their new agenda.
#[test]
fn referenda_of_several_instances_find_their_alarms() {
    use pallet_referenda::{Call, ReferendumInfo::Ongoing, ReferendumInfoFor};
    let submission = || {
        let proposal = frame_support::traits::Bounded::Inline(
            codec::Encode::encode(&*remark("proposal")).try_into().unwrap(),
        );
        let origin: Box<OriginCaller> = Box::new(frame_system::RawOrigin::Root.into());
        (origin, proposal, frame_support::traits::schedule::DispatchTime::After(1))
    };
    chain(AT).execute_with(|| {
        for _ in 0..6 {
            let (origin, proposal, enactment) = submission();
            assert_ok!(Referenda::submit(RuntimeOrigin::signed(1), origin, proposal, enactment));
            next_block();
            let (origin, proposal, enactment) = submission();
            assert_ok!(Ranked::submit(RuntimeOrigin::signed(1), origin, proposal, enactment));
            next_block();
        }
        // Three agendas become one: alarms do not all find their place.
        upgrade(cadence::Cadence::pipelined(36_000, 1, 0, 2_000));
        let agenda = |(when, index): (u32, u32)| {
            let task = pallet_scheduler::Agenda::<Test>::get(when)[index as usize].clone().expect("a task");
            <Preimage as frame_support::traits::QueryPreimage>::peek(&task.call).expect("its call").0
        };
        for index in 0..6 {
            let Some(Ongoing(status)) = ReferendumInfoFor::<Test>::get(index) else { panic!("{index}") };
            let nudge = RuntimeCall::Referenda(Call::nudge_referendum { index });
            assert_eq!(agenda(status.alarm.unwrap().1), nudge);
            let Some(Ongoing(status)) =
                ReferendumInfoFor::<Test, frame_support::instances::Instance2>::get(index)
            else {
                panic!("{index}")
            };
            let nudge = RuntimeCall::Ranked(Call::nudge_referendum { index });
            assert_eq!(agenda(status.alarm.unwrap().1), nudge);
        }
        // Nothing is left behind that only the change has needed.
        let prefix = sp_io::hashing::twox_128(b"Scheduler");
        let displaced = [prefix, sp_io::hashing::twox_128(b"Displaced")].concat();
        let next = sp_io::storage::next_key(&displaced).unwrap_or_default();
        assert!(!next.starts_with(&displaced));
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

/// Whether it is still remembered when polls of the pallet ended.
fn remembers(pallet: &str) -> bool {
    let hash = |name: &str| sp_io::hashing::twox_128(name.as_bytes());
    let prefix = [hash(pallet), hash("EndedBeforeZero")].concat();
    sp_io::storage::next_key(&prefix).is_some_and(|key| key.starts_with(&prefix))
}

/// The pallets count a vote's lock from the end of its poll, which has no block number any more.
#[test]
fn a_vote_on_a_poll_that_ended_before_block_zero_locks_to_the_moment() {
    use pallet_conviction_voting::{AccountVote, Casting, Conviction, Vote, Voting, VotingFor};
    use pallet_referenda::{ReferendumInfo, ReferendumInfoFor};
    let day = SYNCHRONOUS.blocks(days(1));
    let at = 4 * day;
    let winner = |aye, conviction| AccountVote::Standard { vote: Vote { aye, conviction }, balance: 500 };
    // Each poll's end, and whether it was approved; a vote; and until when that locks, in old blocks.
    let cases = [
        ((1, true), winner(true, Conviction::Locked6x), Some(32 * day + 1)),
        ((day, false), winner(false, Conviction::Locked4x), Some(9 * day)),
        // Over by now.
        ((day, true), winner(true, Conviction::Locked2x), None),
    ];
    for ((end, approved), vote, until) in cases {
        chain(at).execute_with(|| {
            let info = match approved {
                true => ReferendumInfo::Approved(end, None, None),
                false => ReferendumInfo::Rejected(end, None, None),
            };
            ReferendumInfoFor::<Test>::insert(0, info);
            let info = ReferendumInfo::Approved(at - 1, None, None);
            ReferendumInfoFor::<Test>::insert(1, info);
            let lost = winner(!approved, Conviction::Locked6x);
            // The third one's hooks lock what it lost with; the fourth has a lock that is over, too, and
            // the fifth one that is not.
            Losers::set(vec![3]);
            for (who, of_old) in [(1, vote), (2, lost), (3, lost), (4, vote), (5, vote)] {
                let votes = vec![(0, of_old), (1, winner(true, Conviction::Locked1x))].try_into().unwrap();
                let mut casting =
                    Casting { votes, delegations: Default::default(), prior: Default::default() };
                match who {
                    4 => casting.prior.accumulate(at - 1, 900_000),
                    5 => casting.prior.accumulate(at + 5, 900_000),
                    _ => (),
                }
                VotingFor::<Test>::insert(who, 0, Voting::Casting(casting));
            }
            CurrentCadence::set(ASYNCHRONOUS);
            let record = Cadence::record();
            switch();
            Cadence::finish();
            assert_eq!(Cadence::check(&record), Ok(()));
            let voting = |who| match VotingFor::<Test>::get(who, 0) {
                Voting::Casting(casting) => casting,
                _ => panic!("it votes"),
            };
            let expected = until.map_or((0, 0), |until| (at + 2 * (until - at), 500u128));
            assert_eq!(codec::Encode::encode(&voting(1).prior), codec::Encode::encode(&expected));
            // What locks nothing stays, and so does what the pallet counts rightly.
            assert_eq!(voting(1).votes.iter().map(|vote| vote.0).collect::<Vec<_>>(), [1]);
            assert_eq!(voting(2).votes.len(), 2);
            let lost = at + 2 * (end + 32 * day - at);
            assert_eq!(codec::Encode::encode(&voting(3).prior), codec::Encode::encode(&(lost, 400u128)));
            // Joined with one that is over it would lock all of that again; with none to join that stays.
            let over = if until.is_some() { expected } else { (at - 2, 900_000) };
            assert_eq!(codec::Encode::encode(&voting(4).prior), codec::Encode::encode(&over));
            let joined = (expected.0.max(at + 10), 900_000u128);
            assert_eq!(codec::Encode::encode(&voting(5).prior), codec::Encode::encode(&joined));
            let removed: std::collections::BTreeSet<_> = Removed::get().into_iter().collect();
            assert_eq!(removed, [(1, 0), (3, 0), (4, 0), (5, 0)].into());
            assert!(!remembers("Referenda"));
        });
    }
}

/// As above.
#[test]
fn an_old_vote_of_democracy_locks_to_the_moment() {
    use pallet_democracy::{
        AccountVote, Conviction, ReferendumInfo, ReferendumInfoOf, Vote, Voting, VotingOf,
    };
    let day = SYNCHRONOUS.blocks(days(1));
    let at = 4 * day;
    chain(at).execute_with(|| {
        let vote = |conviction| AccountVote::Standard { vote: Vote { aye: true, conviction }, balance: 500 };
        for (index, end) in [(0, 1), (1, at - 1)] {
            ReferendumInfoOf::<Test>::insert(index, ReferendumInfo::Finished { approved: true, end });
        }
        let votes = vec![(0, vote(Conviction::Locked6x)), (1, vote(Conviction::Locked1x))];
        let votes = votes.try_into().unwrap();
        let mut voting = Voting::Direct { votes, delegations: Default::default(), prior: Default::default() };
        if let Voting::Direct { prior, .. } = &mut voting {
            // Over, and not to be joined.
            prior.accumulate(at - 1, 900_000);
        }
        VotingOf::<Test>::insert(1, voting);
        CurrentCadence::set(ASYNCHRONOUS);
        let record = Cadence::record();
        switch();
        Cadence::finish();
        assert_eq!(Cadence::check(&record), Ok(()));
        let Voting::Direct { votes, prior, .. } = VotingOf::<Test>::get(1) else { panic!("it votes") };
        assert_eq!(votes.iter().map(|vote| vote.0).collect::<Vec<_>>(), [1]);
        let until = at + 2 * (32 * day + 1 - at);
        assert_eq!(codec::Encode::encode(&prior), codec::Encode::encode(&(until, 500u128)));
        assert!(!remembers("Democracy"));
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

/// As after it by a release of the SDK that does not store when its last spend period ended.
#[test]
fn a_spend_period_of_the_treasury_ends_when_it_would_have() {
    let day = SYNCHRONOUS.blocks(days(1));
    let spending = |stored: bool, change: bool| {
        chain(AT).execute_with(|| {
            if stored {
                pallet_treasury::LastSpendPeriod::<Test>::put(AT - AT % day);
            } else {
                pallet_treasury::LastSpendPeriod::<Test>::kill();
            }
            if change {
                CurrentCadence::set(ASYNCHRONOUS);
                let record = Cadence::record();
                switch();
                assert_eq!(Cadence::check(&record), Ok(()));
            }
            let is_spending = || {
                System::events().iter().any(|record| {
                    matches!(record.event, RuntimeEvent::Treasury(pallet_treasury::Event::Spending { .. }))
                })
            };
            while !is_spending() {
                next_block();
            }
            (Timestamp::get() - BEGINNING) / 1_000
        })
    };
    let expected = u64::from((AT / day + 1) * day) * 12;
    for stored in [true, false] {
        assert_eq!(spending(stored, false), expected);
        assert_eq!(spending(stored, true), expected);
    }
}

/// The pallet's `try_state` holds that a spend expires later than it begins.
#[test]
fn a_spend_long_past_expires_later_than_it_begins() {
    chain(AT).execute_with(|| {
        for (index, (valid_from, expire_at)) in [(5, 40), (AT - 10, AT - 1), (AT - 1, AT)].iter().enumerate()
        {
            let spend = pallet_treasury::SpendStatus {
                asset_kind: (),
                amount: 5,
                beneficiary: 7,
                valid_from: *valid_from,
                expire_at: *expire_at,
                status: pallet_treasury::PaymentState::Pending,
            };
            pallet_treasury::Spends::<Test>::insert(index as u32, spend);
        }
        pallet_treasury::LastSpendPeriod::<Test>::put(AT - 5);
        CurrentCadence::set(ASYNCHRONOUS);
        let record = Cadence::record();
        switch();
        assert_eq!(Cadence::check(&record), Ok(()));
        for spend in pallet_treasury::Spends::<Test>::iter_values() {
            assert!(spend.valid_from < spend.expire_at && spend.expire_at <= AT, "{spend:?}");
        }
    });
}

/// What a message brings is tried once.
#[test]
fn messages_wait_while_a_change_is_under_way() {
    use frame_support::traits::QueuePausedQuery;
    let waits = || <Waiting<Test> as QueuePausedQuery<u32>>::is_paused(&7);
    chain(AT).execute_with(|| {
        vesting_for(1_000..1_100);
        assert!(!waits());
        Share::set(entries_per_block(20));
        switch();
        assert!(waits());
        Cadence::finish();
        assert!(!waits());
    });
}

/// A referendum of democracy that ends after `voting` blocks, is approved, and is enacted `delay` blocks
/// later.
fn old_referendum(voting: u32, delay: u32) {
    let proposal =
        frame_support::traits::Bounded::Inline(codec::Encode::encode(&*remark("old")).try_into().unwrap());
    assert_ok!(Democracy::external_propose_majority(RuntimeOrigin::root(), proposal.clone()));
    assert_ok!(Democracy::fast_track(RuntimeOrigin::root(), proposal.hash(), voting, delay));
    let index = pallet_democracy::ReferendumCount::<Test>::get() - 1;
    let vote = pallet_democracy::AccountVote::Standard {
        vote: pallet_democracy::Vote { aye: true, conviction: pallet_democracy::Conviction::None },
        balance: 1_000,
    };
    assert_ok!(Democracy::vote(RuntimeOrigin::signed(1), index, vote));
}

/// When, in seconds after the last block, a referendum of democracy is passed and enacted.
fn passed_and_enacted() -> (u64, u64) {
    let since = Timestamp::get();
    let (mut passed, mut enacted) = (None, None);
    while enacted.is_none() {
        next_block();
        let now = (Timestamp::get() - since) / 1_000;
        assert!(now < 10_000);
        for record in System::events() {
            match record.event {
                RuntimeEvent::Democracy(pallet_democracy::Event::Passed { .. }) => passed = Some(now),
                RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { .. }) => enacted = Some(now),
                _ => (),
            }
        }
    }
    (passed.unwrap(), enacted.unwrap())
}

#[test]
fn an_old_referendum_is_counted_and_enacted_when_it_would_have_been() {
    for ended in [1, 30] {
        chain(AT).execute_with(|| {
            old_referendum(ended, 10);
            switch();
            let (passed, enacted) = passed_and_enacted();
            let (block, end) = (6, u64::from(ended) * 12);
            assert_eq!((passed + block, enacted + block), (end, end + 120));
        });
    }
}

/// A referendum that ends while agendas are being moved is counted right after, and what it approved
/// waits as long as it would have: its task is not taken for an old one.
#[test]
fn an_old_referendum_that_ends_in_the_change_is_enacted_after_its_delay() {
    for share in [5, 12, 25, 60] {
        chain(AT).execute_with(|| {
            for i in 1..60u32 {
                let when = AT + 1_000 + i;
                assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), when, None, 0, remark("task")));
            }
            old_referendum(2, 10);
            Share::set(entries_per_block(share));
            switch();
            assert!(closed().contains(&"Scheduler"));
            let (passed, enacted) = passed_and_enacted();
            assert!(passed >= 18, "it ends early");
            assert_eq!(enacted - passed, 120);
        });
    }
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
        vesting_for((1..2).chain(1_000..1_100));
        Share::set(entries_per_block(20));
        switch();
        while closed().first() != Some(&"Vesting") {
            next_block();
        }
        assert_eq!(closed(), ["Vesting", "Proxy", "Multisig"]);
        assert_noop!(vest(1), frame_system::Error::<Test>::CallFiltered);
        let batched = pallet_utility::Call::batch_all { calls: vec![pallet_vesting::Call::vest {}.into()] };
        let refused = RuntimeCall::from(batched).dispatch(RuntimeOrigin::signed(1)).unwrap_err().error;
        assert_eq!(refused, frame_system::Error::<Test>::CallFiltered.into());
        let transfer = pallet_balances::Call::transfer_keep_alive { dest: 2, value: 5 };
        assert_ok!(RuntimeCall::from(transfer).dispatch(RuntimeOrigin::signed(1)));
        let unlock = pallet_conviction_voting::Call::unlock { class: 0, target: 1 };
        assert_ok!(RuntimeCall::from(unlock).dispatch(RuntimeOrigin::signed(1)));
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

/// What its signatories, or its owner, have agreed on is not used up while the call that they agreed
/// on is refused; who batches calls learns which one was.
#[test]
fn a_call_that_is_refused_is_not_used_up() {
    let vesting = || Box::new(RuntimeCall::from(pallet_vesting::Call::vest_other { target: 1 }));
    let hash = || codec::Encode::using_encoded(&*vesting(), sp_io::hashing::blake2_256).into();
    let weight = Weight::from_parts(1_000_000_000, 10_000);
    chain(AT).execute_with(|| {
        vesting_for((1..2).chain(1_000..1_100));
        assert_ok!(Multisig::as_multi(RuntimeOrigin::signed(1), 2, vec![2, 3], None, vesting(), weight));
        let when = Multisig::timepoint();
        assert_ok!(Proxy::add_proxy(RuntimeOrigin::signed(4), 5, Anything, 1));
        assert_ok!(Proxy::announce(RuntimeOrigin::signed(5), 4, hash()));
        next_block();
        Share::set(entries_per_block(20));
        switch();
        while closed().first() != Some(&"Vesting") {
            next_block();
        }
        let approve = || {
            let call = pallet_multisig::Call::as_multi {
                threshold: 2,
                other_signatories: vec![1, 3],
                maybe_timepoint: Some(when),
                call: vesting(),
                max_weight: weight,
            };
            RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(2))
        };
        let act = || {
            let call = pallet_proxy::Call::proxy_announced {
                delegate: 5,
                real: 4,
                force_proxy_type: None,
                call: vesting(),
            };
            RuntimeCall::from(call).dispatch(RuntimeOrigin::signed(5))
        };
        let batch = || {
            let calls = vec![*remark("before"), *vesting(), *remark("after")];
            System::reset_events();
            assert_ok!(
                RuntimeCall::from(pallet_utility::Call::batch { calls }).dispatch(RuntimeOrigin::signed(1))
            );
            System::events().into_iter().map(|record| record.event).collect::<Vec<_>>()
        };
        assert_noop!(approve(), frame_system::Error::<Test>::CallFiltered);
        assert_noop!(act(), frame_system::Error::<Test>::CallFiltered);
        let refused = frame_system::Error::<Test>::CallFiltered.into();
        assert!(
            batch().contains(&pallet_utility::Event::BatchInterrupted { index: 1, error: refused }.into())
        );

        while Rescaling::<Test>::exists() {
            next_block();
        }
        assert_ok!(approve());
        assert_ok!(act());
        let executed: Vec<_> = System::events()
            .into_iter()
            .filter_map(|record| match record.event {
                RuntimeEvent::Multisig(pallet_multisig::Event::MultisigExecuted { result, .. })
                | RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
                _ => None,
            })
            .collect();
        assert_eq!(executed, [Ok(()), Ok(())]);
        assert!(batch().contains(&pallet_utility::Event::BatchCompleted.into()));
    });
}

/// A hook that acts on its pallet's own entries finds them rescaled, however long the rest takes.
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

/// Migrations that span several blocks have those blocks for themselves: the walk waits for them, and
/// nothing falls due early, is lost, or is done twice.
#[test]
fn migrations_of_the_same_upgrade_come_first() {
    use pallet_migrations::mock_helpers::{MockedMigrationKind::SucceedAfter, MockedMigrations};
    chain(AT).execute_with(|| {
        for i in 1..10u32 {
            assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + i, None, 0, remark("task")));
        }
        old_referendum(2, 10);
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
        // The last of the migrations' blocks; the next one is the walk's.
        next_block();
        assert!(!Rescaling::<Test>::exists());
        assert_eq!(pallet_vesting::Vesting::<Test>::get(2).unwrap()[0].starting_block(), AT + 20);
        let mut ran = 0;
        for _ in 0..60 {
            next_block();
            ran += System::events()
                .into_iter()
                .filter(|record| {
                    matches!(
                        record.event,
                        RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { .. })
                    )
                })
                .count();
        }
        assert_eq!(ran, 10);
    });
}

/// Where blocks stay as long, numbers stay what they are: of a change of compute only history tells.
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
        assert!(events.iter().any(|event| {
            matches!(event, RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { .. }))
        }));
        assert_eq!(Cadence::cadence(), more);
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

/// A block never does more than its share, not the first one either, and one that has nothing left over
/// does nothing.
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
        assert!(idle.all_gte(reads) && idle.proof_size() > 0, "{idle:?}");
        let weight = Cadence::on_initialize(AT + 1) - idle;
        assert!(weight.all_lte(Share::get()) && weight.all_gt(Share::get() / 2), "{weight:?}");
        let before = Rescaling::<Test>::get();
        let mut meter = WeightMeter::new();
        Cadence::on_poll(AT + 1, &mut meter);
        assert_eq!(meter.consumed(), Weight::zero(), "its share is used");
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
        Cadence::on_initialize(AT + 1);
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
        // Blocks that go through these entries and nothing else.
        if state.execute_with(closed).contains(&"Vesting") {
            all_declared += declared;
            all_proofs += proof;
        }
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
        Cadence::finish();
        assert_eq!(Cadence::check(&record), Ok(()));
        let naive = frame_support::BoundedVec::truncate_from(vec![schedule]);
        pallet_vesting::Vesting::<Test>::insert(2, naive);
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 1);
    });
}

/// As the try-runtime tool upgrades: all hooks, of which those before and after may change nothing.
#[cfg(feature = "try-runtime")]
#[test]
fn try_runtime_finds_what_has_moved() {
    chain(AT).execute_with(|| {
        let schedule = pallet_vesting::VestingInfo::new(1_000, 4, AT + 10);
        assert_ok!(Vesting::force_vested_transfer(RuntimeOrigin::root(), 1, 2, schedule));
        CurrentCadence::set(ASYNCHRONOUS);
        let record = <Cadence as OnRuntimeUpgrade>::pre_upgrade().unwrap();
        assert_ok!(<Cadence as OnRuntimeUpgrade>::try_on_runtime_upgrade(true));
        assert!(Rescaling::<Test>::exists(), "what looks ahead is taken back");
        assert_ok!(<Cadence as OnRuntimeUpgrade>::post_upgrade(record.clone()));
        Cadence::finish();
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
