//! Referenda of both pallets, referenda and democracy. They are decided and enacted when they would have
//! been without the change.

use super::*;
use cadence::hours;
use sp_runtime::traits::Dispatchable;

/// Makes blocks until a referendum of democracy is enacted. Returns when it was passed and when it was
/// enacted, in seconds after the block before them.
fn passed_and_enacted() -> (u64, u64) {
    let since = Timestamp::get();
    let (mut passed, mut enacted) = (None, None);
    while enacted.is_none() {
        next_block();
        let now = (Timestamp::get() - since) / 1_000;
        assert!(now < 10_000);
        let has_passed = System::events().iter().any(|record| {
            matches!(record.event, RuntimeEvent::Democracy(pallet_democracy::Event::Passed { .. }))
        });
        if has_passed {
            passed = Some(now);
        }
        if !dispatched().is_empty() {
            enacted = Some(now);
        }
    }
    (passed.unwrap(), enacted.unwrap())
}

/// The alarms belong to several instances, and not all of their tasks can keep their index in the agenda.
#[test]
fn referenda_of_several_instances_find_their_alarms() {
    use pallet_referenda::{Call, ReferendumInfo::Ongoing, ReferendumInfoFor};
    let submission = || {
        let proposal = inline(&remark("proposal"));
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
        // Three agendas become one, so not all alarms find their old place.
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
        // What only the change needs is removed.
        let prefix = sp_io::hashing::twox_128(b"Scheduler");
        let displaced = [prefix, sp_io::hashing::twox_128(b"Displaced")].concat();
        let next = sp_io::storage::next_key(&displaced).unwrap_or_default();
        assert!(!next.starts_with(&displaced));
    });
}

/// An overdue task stays in its agenda, and so does its address.
#[test]
fn an_overdue_alarm_is_found_where_it_was() {
    use pallet_referenda::{ReferendumInfo::Ongoing, ReferendumInfoFor};
    use pallet_scheduler::Agenda;
    for when in [AT - 5, AT] {
        chain(AT).execute_with(|| {
            let origin = Box::new(frame_system::RawOrigin::Root.into());
            let after = frame_support::traits::schedule::DispatchTime::After(1);
            let proposal = inline(&remark("proposal"));
            assert_ok!(Referenda::submit(RuntimeOrigin::signed(1), origin, proposal, after));
            ReferendumInfoFor::<Test>::mutate(0, |info| {
                let Some(Ongoing(status)) = info else { panic!("it is ongoing") };
                let (due, _) = status.alarm.expect("it has an alarm");
                Agenda::<Test>::insert(when, Agenda::<Test>::take(due));
                status.alarm = Some((when, (when, 0)));
            });
            CurrentCadence::set(cadence::ASYNCHRONOUS);
            <Cadence as frame_support::traits::OnRuntimeUpgrade>::on_runtime_upgrade();
            Cadence::finish();
            let Some(Ongoing(status)) = ReferendumInfoFor::<Test>::get(0) else { panic!("it is ongoing") };
            assert_eq!(status.alarm.unwrap().1, (when, 0));
            assert!(Agenda::<Test>::get(when)[0].is_some());
        });
    }
}

#[test]
fn a_referendum_is_decided_when_it_would_have_been() {
    let decided = |change: bool| {
        chain(AT).execute_with(|| {
            let proposal = inline(&remark("approved"));
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
            task_moments(hours(12))
        })
    };
    let (without, with) = (decided(false), decided(true));
    assert!(!without.is_empty());
    assert_eq!(with.len(), without.len());
    // The alarm of a referendum rings in the block after a moment. That block comes sooner now.
    for (with, without) in with.into_iter().zip(without) {
        assert!(with <= without && without - with <= 60, "{with} instead of {without}");
    }
}

#[test]
fn a_democracy_referendum_is_counted_and_enacted_when_it_would_have_been() {
    for ended in [1, 30] {
        chain(AT).execute_with(|| {
            democracy_referendum(ended, 10);
            switch();
            let (passed, enacted) = passed_and_enacted();
            let (block, end) = (6, u64::from(ended) * 12);
            assert_eq!((passed + block, enacted + block), (end, end + 120));
        });
    }
}

/// A referendum can begin once democracy is open. Then all agendas are moved, so the task of its enactment is
/// not mistaken for an old one.
#[test]
fn a_democracy_referendum_that_begins_in_the_change_is_enacted_after_its_delay() {
    for share in [5, 12, 25] {
        chain(AT).execute_with(|| {
            for i in 1..60u32 {
                let when = AT + 1_000 + i;
                assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), when, None, 0, remark("task")));
            }
            let proposal = inline(&remark("democracy"));
            assert_ok!(Democracy::external_propose_majority(RuntimeOrigin::root(), proposal.clone()));
            let fast_track = pallet_democracy::Call::<Test>::fast_track {
                proposal_hash: proposal.hash(),
                voting_period: 1,
                delay: 100,
            };
            Share::set(entries_per_block(share));
            switch();
            let mut refused = 0;
            while RuntimeCall::from(fast_track.clone()).dispatch(RuntimeOrigin::signed(1)).is_err() {
                next_block();
                refused += 1;
                assert!(refused < 300, "it never begins");
            }
            assert!(refused > 0 && !closed().contains(&"Scheduler"));
            vote_aye();
            let (passed, enacted) = passed_and_enacted();
            assert_eq!((passed, enacted), (6, 606));
        });
    }
}

/// A referendum that ends while agendas are being moved is counted right after. Its enactment waits as long
/// as it would have waited, because its task is not mistaken for an old one.
#[test]
fn a_democracy_referendum_that_ends_in_the_change_is_enacted_after_its_delay() {
    for share in [5, 12, 25, 60] {
        chain(AT).execute_with(|| {
            for i in 1..60u32 {
                let when = AT + 1_000 + i;
                assert_ok!(Scheduler::schedule(RuntimeOrigin::root(), when, None, 0, remark("task")));
            }
            democracy_referendum(2, 10);
            Share::set(entries_per_block(share));
            switch();
            assert!(closed().contains(&"Scheduler"));
            let (passed, enacted) = passed_and_enacted();
            assert!(passed >= 18, "it ends early");
            assert_eq!(enacted - passed, 120);
        });
    }
}
