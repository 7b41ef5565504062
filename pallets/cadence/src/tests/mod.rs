//! Tests of changes, on the chain of [`mock`](crate::mock), and the helpers that they share.
//!
//! Most tests have state of one kind on the chain, change the cadence, and check what users see afterwards:
//! nothing falls due early or late, and everything that is not being rescaled keeps running.

mod change;
mod checks;
mod gates;
mod moments;
mod others;
mod proxies;
mod referenda;
mod scheduler;
mod treasury;
mod votes;

use crate::{mock::Cadence, mock::*, *};
use cadence::{Duration, SYNCHRONOUS};
use codec::Encode;
use frame_support::{assert_ok, dispatch::DispatchResult, traits::Bounded};

/// The block after which the cadence changes.
const AT: u32 = 100_000;

fn remark(text: &str) -> Box<RuntimeCall> {
    Box::new(frame_system::Call::remark_with_event { remark: text.as_bytes().to_vec() }.into())
}

/// The call as a proposal or a task has it.
fn inline(call: &RuntimeCall) -> Bounded<RuntimeCall, <Test as frame_system::Config>::Hashing> {
    Bounded::Inline(call.encode().try_into().expect("the call is short"))
}

/// Makes blocks until `time` after block [`AT`].
fn run_until(time: Duration) {
    let end = BEGINNING + (SYNCHRONOUS.time(AT) + time).as_millis() as u64;
    while Timestamp::get() < end {
        next_block();
    }
}

/// The tasks that ran in the last block, each with its address and its result.
fn dispatched() -> Vec<((u32, u32), DispatchResult)> {
    let tasks = System::events().into_iter().filter_map(|record| match record.event {
        RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { task, result, .. }) => {
            Some((task, result))
        }
        _ => None,
    });
    tasks.collect()
}

/// Makes blocks until `until` after block [`AT`]. Returns when each task ran, in seconds after block [`AT`].
fn task_moments(until: Duration) -> Vec<u64> {
    let mut moments = Vec::new();
    let end = BEGINNING + (SYNCHRONOUS.time(AT) + until).as_millis() as u64;
    while Timestamp::get() < end {
        next_block();
        let since = Timestamp::get() - BEGINNING - SYNCHRONOUS.time(AT).as_millis() as u64;
        moments.extend(dispatched().iter().map(|_| since / 1_000));
    }
    moments
}

fn closed() -> Vec<&'static str> {
    Cadence::closed()
}

/// Gives each of these accounts a vesting schedule.
fn vesting_for(accounts: impl Iterator<Item = u64>) {
    for who in accounts {
        let schedules = vec![pallet_vesting::VestingInfo::new(1_000, 4, AT)];
        pallet_vesting::Vesting::<Test>::insert(who, BoundedVec::truncate_from(schedules));
    }
}

/// Starts a referendum of democracy that ends after `voting` blocks, is approved, and is enacted `delay`
/// blocks later.
fn democracy_referendum(voting: u32, delay: u32) {
    let proposal = inline(&remark("democracy"));
    assert_ok!(Democracy::external_propose_majority(RuntimeOrigin::root(), proposal.clone()));
    assert_ok!(Democracy::fast_track(RuntimeOrigin::signed(1), proposal.hash(), voting, delay));
    vote_aye();
}

/// Votes aye on the newest referendum of democracy.
fn vote_aye() {
    let index = pallet_democracy::ReferendumCount::<Test>::get() - 1;
    let vote = pallet_democracy::AccountVote::Standard {
        vote: pallet_democracy::Vote { aye: true, conviction: pallet_democracy::Conviction::None },
        balance: 1_000,
    };
    assert_ok!(Democracy::vote(RuntimeOrigin::signed(1), index, vote));
}
