//! The checks: a rehearsal reports everything that has moved in time, and nothing else. The integrity test
//! reports the mistakes of a runtime.

use super::{vesting_for, AT};
use crate::{mock, mock::Cadence, mock::*, *};
use cadence::{Clock, ASYNCHRONOUS, SYNCHRONOUS};
use codec::Encode;
use frame_support::{
    assert_ok,
    instances::Instance2,
    storage::unhashed,
    traits::{Bounded, Contains, OnRuntimeUpgrade},
    BoundedVec,
};

/// Gives `who` a prior lock until `until`, both of conviction voting and of democracy.
fn lock_votes(who: u64, until: u32) {
    let mut voting = pallet_conviction_voting::VotingOf::<Test>::default();
    voting.as_mut().accumulate(until, 500);
    pallet_conviction_voting::VotingFor::<Test>::insert(who, 0, voting);
    let mut voting = pallet_democracy::Voting::default();
    if let pallet_democracy::Voting::Direct { prior, .. } = &mut voting {
        prior.accumulate(until, 500);
    }
    pallet_democracy::VotingOf::<Test>::insert(who, voting);
}

/// A chain at [`AT`] whose treasury has ended a spend period not long ago.
fn chain() -> sp_io::TestExternalities {
    let mut chain = mock::chain(AT);
    chain.execute_with(|| pallet_treasury::LastSpendPeriod::<Test>::put(AT - 5));
    chain
}

/// Begins the change to the asynchronous cadence, with about `per_block` entries in a block. Returns the
/// record from before the change.
fn begin(per_block: u64) -> Vec<u8> {
    Share::set(entries_per_block(per_block));
    CurrentCadence::set(ASYNCHRONOUS);
    let record = Cadence::record();
    Cadence::on_runtime_upgrade();
    <Cadence as frame_support::traits::OnInitialize<_>>::on_initialize(AT + 1);
    record
}

#[test]
fn what_a_rehearsal_records_is_compared_after_it() {
    mock::chain(AT).execute_with(|| {
        let schedule = pallet_vesting::VestingInfo::new(1_000, 4, AT + 10);
        assert_ok!(Vesting::force_vested_transfer(RuntimeOrigin::root(), 1, 2, schedule));
        assert_eq!(Cadence::check(&Cadence::record()), Ok(()), "no change, nothing to compare");
        CurrentCadence::set(ASYNCHRONOUS);
        let record = Cadence::record();
        Cadence::on_runtime_upgrade();
        Cadence::finish();
        assert_eq!(Cadence::check(&record), Ok(()));
        pallet_vesting::Vesting::<Test>::insert(2, BoundedVec::truncate_from(vec![schedule]));
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 1);
    });
}

/// Runs the hooks of an upgrade as the try-runtime tool does. Those before and after it may not change the
/// state.
#[cfg(feature = "try-runtime")]
#[test]
fn try_runtime_finds_what_has_moved() {
    mock::chain(AT).execute_with(|| {
        let schedule = pallet_vesting::VestingInfo::new(1_000, 4, AT + 10);
        assert_ok!(Vesting::force_vested_transfer(RuntimeOrigin::root(), 1, 2, schedule));
        CurrentCadence::set(ASYNCHRONOUS);
        let record = <Cadence as OnRuntimeUpgrade>::pre_upgrade().unwrap();
        assert_ok!(<Cadence as OnRuntimeUpgrade>::try_on_runtime_upgrade(true));
        assert!(Rescaling::<Test>::exists(), "the hook after the upgrade has changed the state");
        assert_ok!(<Cadence as OnRuntimeUpgrade>::post_upgrade(record.clone()));
        Cadence::finish();
        pallet_vesting::Vesting::<Test>::insert(2, BoundedVec::truncate_from(vec![schedule]));
        assert!(<Cadence as OnRuntimeUpgrade>::post_upgrade(record).is_err());
    });
}

#[test]
fn locks_long_over_and_overdue_tasks_are_as_they_should_be() {
    chain().execute_with(|| {
        vesting_for(1..9);
        for (who, until) in [(1, 5), (2, 10), (3, AT / 2), (4, AT), (5, AT + 7)] {
            lock_votes(who, until);
        }
        for when in [1, 7, AT / 2, AT, AT + 1] {
            let call = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
            let task = pallet_scheduler::Scheduled {
                maybe_id: None,
                priority: 0,
                call: Bounded::Inline(call.encode().try_into().unwrap()),
                maybe_periodic: None,
                origin: frame_system::RawOrigin::Root.into(),
                _phantom: Default::default(),
            };
            pallet_scheduler::Agenda::<Test>::insert(when, BoundedVec::truncate_from(vec![Some(task)]));
        }
        let record = begin(1_000);
        assert_eq!(Cadence::check(&record), Ok(()));
        // They lock nothing that they did not lock before, and can all still be unlocked.
        for (who, until) in [(1, 0), (2, 0), (3, 0), (4, AT), (5, AT + 14)] {
            let mut voting = pallet_conviction_voting::VotingFor::<Test>::get(who, 0);
            assert_eq!(voting.as_mut().encode(), (until, 500u128).encode());
            voting.rejig(AT);
            assert_eq!(voting.locked_balance(), if who == 5 { 500 } else { 0 });
        }
        assert!(pallet_scheduler::Agenda::<Test>::contains_key(7));
    });
}

#[test]
fn what_is_missing_is_one_line() {
    chain().execute_with(|| {
        vesting_for(1..50);
        let record = begin(1_000);
        pallet_vesting::Vesting::<Test>::remove(20);
        let lines = Cadence::check(&record).unwrap_err();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("Vesting: end of vesting 0 of 20,"), "{lines:?}");
    });
}

/// Of several values with the same name, each is compared with its own.
#[test]
fn of_equal_tasks_one_is_missing() {
    let deadline = |millis| Stored { what: "task".into(), time: Time::Deadline(millis) };
    let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
    let before: Vec<_> = (1..20).map(|i| deadline(i * 12_000)).collect();
    let mut after = before.clone();
    assert_eq!(moved(before.clone(), after.clone(), &change), Vec::<String>::new());
    after.remove(5);
    after.push(deadline(-5));
    let lines = moved(before, after, &change);
    assert_eq!(lines, ["task: [Deadline(72000)] became [Deadline(-5)]"]);
}

#[test]
fn what_a_change_may_do_to_a_time() {
    use Time::*;
    let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
    let (zero, last) = (change.to.millis(0u32), change.to.millis(u32::MAX - 1));
    let longest = 6_000 * i128::from(u32::MAX - 1);
    let kept = [
        (Never, Never),
        (Undecodable, Undecodable),
        (Deadline(0), Deadline(0)),
        (Deadline(0), Deadline(5_999)),
        (Duration(7), Duration(7)),
        (Duration(7), Duration(6_006)),
        // Before block zero, and at block zero.
        (Deadline(zero - 1), Deadline(zero)),
        (Deadline(zero), Deadline(zero + 1)),
        // Beyond the last block number.
        (Deadline(last + 1), Never),
        (Deadline(last + 1), Deadline(last + 1)),
        (Deadline(last + 1), Deadline(last + 9_000)),
        (Duration(longest + 1), Never),
        (OrLater(5), OrLater(5)),
        (OrLater(5), OrLater(600_000)),
        (OrLater(5), Deadline(5)),
        (OrLater(5), Never),
    ];
    for (before, after) in kept {
        assert!(before.is_kept(after, &change), "{before:?} {after:?}");
    }
    let moved = [
        (Never, Undecodable),
        (Never, Deadline(0)),
        (Never, OrLater(0)),
        (Deadline(0), Deadline(-1)),
        (Deadline(0), Deadline(6_000)),
        (Duration(7), Duration(6)),
        (Duration(7), Duration(6_007)),
        (Duration(7), Deadline(7)),
        (Deadline(zero - 1), Deadline(zero - 1)),
        (Deadline(zero - 1), Deadline(zero + 1)),
        (Deadline(last), Never),
        (Deadline(last), Deadline(last + 6_000)),
        (Deadline(last + 1), Deadline(last)),
        (Duration(longest), Never),
        (OrLater(5), OrLater(4)),
        (OrLater(5), Deadline(4)),
        (OrLater(5), Duration(5)),
        (Deadline(5), OrLater(5)),
    ];
    for (before, after) in moved {
        assert!(!before.is_kept(after, &change), "{before:?} {after:?}");
    }
}

/// Blocks that were made since the change may have removed what is due, and may have added more.
#[test]
fn what_is_lost_or_new_is_reported_unless_blocks_explain_it() {
    use Time::*;
    let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
    let is_reported = |before: Option<Time>, after: Option<Time>, since| {
        let stored = |time: Option<Time>| time.map(|time| Stored { what: "it".into(), time }).into_iter();
        !compare::compare(stored(before).collect(), stored(after).collect(), &change, since).is_empty()
    };
    // Each time, and whether its loss is reported at once, and ten milliseconds after the change.
    for (time, at_once, later) in [
        (Deadline(11), true, true),
        (Deadline(10), true, false),
        (Deadline(-5), true, false),
        (OrLater(11), true, true),
        (OrLater(10), true, false),
        (OrLater(0), false, false),
        (Duration(5), true, false),
        (Never, true, true),
        (Undecodable, true, false),
    ] {
        let lost = |since| is_reported(Some(time), None, since);
        assert_eq!((lost(0), lost(10)), (at_once, later), "{time:?} is lost");
    }
    // The same for a time that is new.
    for (time, at_once, later) in [
        (Deadline(5), true, false),
        (Deadline(0), true, true),
        (Deadline(-5), true, true),
        (OrLater(5), true, false),
        (OrLater(0), false, false),
        (Duration(5), true, false),
        (Never, true, false),
        (Undecodable, true, true),
    ] {
        let new = |since| is_reported(None, Some(time), since);
        assert_eq!((new(0), new(10)), (at_once, later), "{time:?} is new");
    }
    assert!(!is_reported(Some(Deadline(5)), Some(Deadline(5)), 0));
}

/// Only votes on old polls can join a prior lock. The lock of an account without votes stays as it is.
#[test]
fn a_lock_that_no_vote_explains_is_reported() {
    chain().execute_with(|| {
        lock_votes(1, AT + 7);
        let record = begin(1_000);
        assert_eq!(Cadence::check(&record), Ok(()));
        lock_votes(1, AT + 100);
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 2);
        lock_votes(1, AT + 14);
        assert_eq!(Cadence::check(&record), Ok(()));
        lock_votes(2, AT + 20);
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 2);
    });
}

#[test]
fn entries_that_cannot_be_decoded_are_counted_and_left() {
    chain().execute_with(|| {
        vesting_for(1..30);
        let broken = [3, 4, 5, 20].map(|who: u64| pallet_vesting::Vesting::<Test>::hashed_key_for(who));
        broken.iter().for_each(|key| unhashed::put_raw(key, &[255]));
        let record = begin(3);
        let mut counts = None;
        while Rescaling::<Test>::exists() {
            next_block();
            for record in System::events() {
                if let RuntimeEvent::Cadence(Event::Rescaled { pallet, entries, undecodable }) = record.event
                {
                    if pallet == "Vesting" {
                        counts = Some((entries, undecodable));
                    }
                }
            }
        }
        assert_eq!(counts, Some((25, 4)));
        broken.iter().for_each(|key| assert_eq!(unhashed::get_raw(key), Some(vec![255])));
        assert_eq!(Cadence::check(&record), Ok(()));
        // An entry that the change itself has broken is reported.
        unhashed::put_raw(&pallet_vesting::Vesting::<Test>::hashed_key_for(7), &[255]);
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 2);
    });
}

/// However many there are, a block goes through no more of them than of other entries.
#[test]
fn entries_that_cannot_be_decoded_are_weighed() {
    chain().execute_with(|| {
        for who in 0..200u64 {
            unhashed::put_raw(&pallet_vesting::Vesting::<Test>::hashed_key_for(who), &[255]);
        }
        begin(20);
        assert!(Rescaling::<Test>::get().unwrap().position.undecodable < 40);
        assert!((6..200).contains(&Cadence::finish()));
    });
}

/// Only for an alarm its new address is looked up. A past referendum has no alarm.
#[test]
fn a_past_referendum_weighs_less_than_one_with_an_alarm() {
    use pallet_referenda::{ReferendumInfo, ReferendumInfoFor};
    let blocks = |alarms: bool| {
        chain().execute_with(|| {
            for i in 0..100 {
                if alarms {
                    let call = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
                    let proposal = Bounded::Inline(call.encode().try_into().unwrap());
                    let origin = Box::new(frame_system::RawOrigin::Root.into());
                    let after = frame_support::traits::schedule::DispatchTime::After(1);
                    assert_ok!(Referenda::submit(RuntimeOrigin::signed(1), origin, proposal, after));
                    // The agenda of one block does not have room for all alarms.
                    if i % TASKS == TASKS - 1 {
                        next_block();
                    }
                } else {
                    ReferendumInfoFor::<Test>::insert(i, ReferendumInfo::Killed(AT));
                }
            }
            let (mut position, mut meter) = (Position::default(), WeightMeter::new());
            let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, System::block_number());
            let mut walk = Walk::new(&mut position, &mut meter, walk::EntryWeights::of::<()>(), true);
            assert!(rescale::Referenda::<Test>::rescale(&change, &mut walk));
            meter.consumed()
        })
    };
    let (past, ongoing) = (blocks(false), blocks(true));
    assert!(ongoing.ref_time() > past.ref_time() + 90 * <() as WeightInfo>::entry(0).ref_time(), "{past:?}");
}

#[test]
fn a_change_under_way_is_not_compared() {
    chain().execute_with(|| {
        vesting_for(1..50);
        let record = begin(20);
        assert_eq!(
            Cadence::check(&record).unwrap_err(),
            ["the change is still under way: Vesting, Proxy, Multisig"]
        );
        assert!((2..50).contains(&Cadence::finish()));
        assert_eq!(Cadence::check(&record), Ok(()));
        assert!(Cadence::check(&record[1..]).is_err(), "this is no record");
        // All pallets are rescaled, but not all are finished.
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
        let pallet = <Test as Config>::Stored::names().len() as u32;
        Rescaling::<Test>::put(Ongoing { change, position: Position { pallet, ..Default::default() } });
        assert_eq!(
            Cadence::check(&record).unwrap_err(),
            ["the change is still under way: everything is rescaled, and is being finished"]
        );
    });
}

/// A rehearsal may make blocks, in which tasks run. Only what the change itself has moved is reported.
#[test]
fn a_rehearsal_that_makes_blocks() {
    chain().execute_with(|| {
        vesting_for(1..50);
        let call = || Box::new(RuntimeCall::from(frame_system::Call::remark { remark: vec![] }));
        for (i, periodic) in [(1, None), (2, Some((4, 5))), (90, None), (91, Some((4, 5)))] {
            let origin = RuntimeOrigin::root();
            assert_ok!(Scheduler::schedule_named(origin, [i as u8; 32], AT + i, periodic, 0, call()));
        }
        let record = begin(20);
        for _ in 0..30 {
            next_block();
        }
        assert_eq!(Cadence::check(&record), Ok(()));
        for key in [20, 21] {
            pallet_vesting::Vesting::<Test>::remove(key);
        }
        assert_ok!(Scheduler::cancel_named(RuntimeOrigin::root(), [90; 32]));
        assert_eq!(Cadence::check(&record).unwrap_err().len(), 3);
    });
}

/// If it were decoded as today's type, the bytes that are left over would be lost.
#[test]
fn an_entry_of_an_older_type_is_not_cut_off() {
    chain().execute_with(|| {
        // A vesting schedule from the time when an account could have only one. The encoding of a whole
        // number of tokens begins with a zero, which is an empty list in today's type.
        let old = (10u128.pow(18), 10u128, 5u32).encode();
        let key = pallet_vesting::Vesting::<Test>::hashed_key_for(9);
        unhashed::put_raw(&key, &old);
        let record = begin(40);
        Cadence::finish();
        assert_eq!(unhashed::get_raw(&key), Some(old));
        assert_eq!(Cadence::check(&record), Ok(()));
    });
}

/// The scheduler leaves a retry behind when it moves the task of that retry to another block.
#[test]
fn a_retry_of_no_task_is_not_another_tasks() {
    chain().execute_with(|| {
        let remark = RuntimeCall::from(frame_system::Call::remark { remark: vec![] });
        assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), AT + 50, None, 0, Box::new(remark)));
        let retry = pallet_scheduler::RetryConfig { total_retries: 3, remaining: 2, period: 10 };
        pallet_scheduler::Retries::<Test>::insert((AT + 100, 0), retry);
        begin(40);
        Cadence::finish();
        assert!(pallet_scheduler::Agenda::<Test>::get(AT + 100)[0].is_some());
        assert!(pallet_scheduler::Retries::<Test>::get((AT + 100, 0)).is_none());
    });
}

/// The first change has moved the end of the lock to block zero. A second change, to slower blocks, keeps the
/// moment of that block.
#[test]
fn locks_long_over_are_kept_by_a_second_change_too() {
    chain().execute_with(|| {
        lock_votes(1, 5);
        switch();
        Cadence::finish();
        CurrentCadence::set(SYNCHRONOUS);
        let record = Cadence::record();
        Cadence::on_runtime_upgrade();
        Cadence::finish();
        assert_eq!(Cadence::check(&record), Ok(()));
    });
}

/// `Before` may be copied from another chain, and wrong for one that has the new cadence already. The slot of
/// the last block shows that.
#[test]
fn a_chain_that_was_at_the_new_cadence_already_is_left_alone() {
    for (slots, cadences) in
        [(ASYNCHRONOUS, vec![(0, ASYNCHRONOUS)]), (SYNCHRONOUS, vec![(0, SYNCHRONOUS), (AT, ASYNCHRONOUS)])]
    {
        chain().execute_with(|| {
            History::<Test>::kill();
            vesting_for(1..2);
            let slot = Timestamp::get() / u64::from(slots.slot_millis);
            System::deposit_log(sp_runtime::DigestItem::PreRuntime(*b"aura", slot.encode()));
            let before = pallet_vesting::Vesting::<Test>::get(1);
            #[cfg(feature = "try-runtime")]
            {
                CurrentCadence::set(ASYNCHRONOUS);
                let result = <Cadence as OnRuntimeUpgrade>::pre_upgrade();
                assert_eq!(result.is_err(), slots == ASYNCHRONOUS);
            }
            switch();
            let history = History::<Test>::get();
            assert_eq!(
                history.iter().map(|entry| (entry.since, entry.cadence)).collect::<Vec<_>>(),
                cadences
            );
            assert_eq!(before == pallet_vesting::Vesting::<Test>::get(1), slots == ASYNCHRONOUS);
        });
    }
}

/// The slot of the last block cannot distinguish cadences whose slots are equally long. Then `Before` holds.
#[test]
fn equally_long_slots_contradict_nothing() {
    chain().execute_with(|| {
        History::<Test>::kill();
        let slot = Timestamp::get() / u64::from(SYNCHRONOUS.slot_millis);
        System::deposit_log(sp_runtime::DigestItem::PreRuntime(*b"aura", slot.encode()));
        let faster = cadence::Cadence::pipelined(SYNCHRONOUS.slot_millis, 2, 0, 2_000);
        upgrade(faster);
        let cadences: Vec<_> =
            History::<Test>::get().iter().map(|entry| (entry.since, entry.cadence)).collect();
        assert_eq!(cadences, [(0, SYNCHRONOUS), (AT, faster)]);
    });
}

/// A block needs its inherents.
#[test]
fn a_closed_pallet_still_takes_its_inherents() {
    chain().execute_with(|| {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
        Rescaling::<Test>::put(Ongoing { change, position: Position::default() });
        assert!(Cadence::closed().contains(&"Rounds"));
        assert!(Open::<Test>::contains(&rounds::Call::note_author {}.into()));
        assert!(!Open::<Test>::contains(&rounds::Call::join {}.into()));
    });
}

/// Vesting that counts by the relay chain's clock.
struct ByRelayChain;

impl Rescale for ByRelayChain {
    type Pallet = Vesting;

    fn now() -> Option<BlockNumber> {
        Some(25_000_000)
    }

    fn rescale(_: &Change, _: &mut Walk) -> bool {
        true
    }

    fn stored(_: &Clock) -> Vec<Stored> {
        vec![]
    }
}

#[test]
#[should_panic(expected = "Vesting does not count the chain's own blocks")]
fn a_pallet_on_another_clock_is_not_to_be_listed() {
    chain().execute_with(integrity::check::<Test, (RoundsInBlocks, ByRelayChain)>);
}

#[test]
#[should_panic(expected = "Democracy is listed before Scheduler")]
fn a_pallet_is_not_to_be_listed_before_one_that_it_has_to_come_after() {
    type Early = (rescale::Democracy<Test>, RoundsInBlocks, rescale::Scheduler<Test>);
    chain().execute_with(integrity::check::<Test, Early>);
}

/// A referendum stores the address of its alarm, which is a task. A vote locks from the end of its poll on.
#[test]
fn referenda_come_after_the_scheduler_and_votes_after_their_polls() {
    assert_eq!(rescale::Referenda::<Test, Instance2>::after(), ["Scheduler"]);
    assert_eq!(rescale::ConvictionVoting::<Test>::after(), ["Referenda"]);
    assert!(RoundsInBlocks::after().is_empty());
}

/// A pallet that does not show its clock is not found to be on another one.
#[test]
fn each_pallet_with_a_clock_of_its_own_shows_it() {
    chain().execute_with(|| {
        let listed = <Test as Config>::Stored::listed();
        let with_clock: Vec<_> =
            listed.iter().filter(|listed| listed.now == Some(AT)).map(|listed| listed.name).collect();
        assert_eq!(
            with_clock,
            ["Scheduler", "Referenda", "Ranked", "Treasury", "ConvictionVoting", "Vesting", "Proxy"]
        );
        assert!(listed.iter().all(|listed| listed.now.is_none_or(|now| now == AT)));
    });
}

/// What [`Rescale::begin`] reports to have touched is the declared weight of what cannot wait.
#[test]
fn what_cannot_wait_is_counted() {
    assert_eq!(Touched::of(3, 10), Touched { entries: 3, bytes: 30 });
    assert_eq!(Touched::of(3, 10).and(Touched::of(2, 5)), Touched { entries: 5, bytes: 40 });
    chain().execute_with(|| {
        let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
        pallet_democracy::LowestUnbaked::<Test>::put(3);
        pallet_democracy::ReferendumCount::<Test>::put(8);
        // The two counters, and for each of five referenda itself and its held end.
        assert_eq!(rescale::Democracy::<Test>::begin(&change).entries, 2 + 2 * 5);
        assert_eq!(rescale::Scheduler::<Test>::begin(&change), Touched { entries: 1, bytes: 4 });
        assert_eq!(rescale::Treasury::<Test>::begin(&change), Touched { entries: 1, bytes: 4 });
        assert_eq!(rescale::Vesting::<Test>::begin(&change), Touched::default());
    });
}

#[test]
#[should_panic(expected = "no change would ever end")]
fn a_share_that_is_too_small_for_a_step_is_refused() {
    chain().execute_with(|| {
        Share::set(Weight::zero());
        <Cadence as frame_support::traits::IntegrityTest>::integrity_test();
    });
}

#[test]
#[should_panic(expected = "Vesting is listed twice")]
fn a_pallet_is_not_to_be_listed_twice() {
    type Twice = (rescale::Vesting<Test>, RoundsInBlocks, rescale::Vesting<Test>);
    chain().execute_with(integrity::check::<Test, Twice>);
}
