//! Random state of every kind. Each moment in it is the same after a change, however many blocks the change
//! takes.

use crate::{mock::Cadence, mock::*, *};
use cadence::{Clock, ASYNCHRONOUS, SYNCHRONOUS};
use codec::Encode;
use frame_support::{
    traits::{schedule::DispatchTime, Bounded, ConstU32, OnRuntimeUpgrade},
    BoundedVec,
};
use pallet_conviction_voting::{Casting, Conviction, Delegating, Voting};
use pallet_referenda::{DecidingStatus, Deposit, ReferendumInfo, ReferendumStatus};
use pallet_vesting::VestingInfo;
use proptest::prelude::*;

/// The block after which the cadence changes.
const AT: u32 = 1_000_000;

/// An entry of the state, with blocks before or after the change.
#[derive(Clone, Debug)]
enum Entry {
    Task {
        when: u32,
        name: Option<u8>,
        period: Option<u32>,
        retry: Option<u32>,
    },
    Referendum {
        submitted: u32,
        deciding: Option<(u32, Option<u32>)>,
        enactment: Result<u32, u32>,
        alarm: Option<u32>,
    },
    Past {
        kind: u8,
        since: u32,
    },
    Votes {
        who: u64,
        until: u32,
        delegating: bool,
    },
    OldReferendum {
        end: u32,
        delay: u32,
        over: bool,
    },
    OldVotes {
        who: u64,
        until: u32,
        delegating: bool,
    },
    Veto {
        until: u32,
    },
    Vesting {
        who: u64,
        locked: u128,
        per_block: u128,
        start: u32,
    },
    Proxy {
        who: u64,
        delay: u32,
    },
    Announcement {
        who: u64,
        height: u32,
    },
    Spend {
        from: u32,
        until: u32,
    },
    Username {
        name: u8,
        until: u32,
        unbinding: bool,
    },
}

/// A block of the chain's past. After a change to shorter blocks, many of these blocks have no number.
fn past() -> impl Strategy<Value = u32> {
    prop_oneof![0..=AT, AT - AT / 25..=AT]
}

fn ahead() -> impl Strategy<Value = u32> {
    prop_oneof![AT + 1..AT + 20, AT + 1..AT * 10]
}

fn any_block() -> impl Strategy<Value = u32> {
    prop_oneof![past(), ahead()]
}

fn entry() -> impl Strategy<Value = Entry> {
    let length = 1u32..AT;
    let maybe = proptest::option::of::<std::ops::Range<u32>>;
    prop_oneof![
        4 => (ahead(), proptest::option::of(any::<u8>()), maybe(length.clone()), maybe(length.clone()))
            .prop_map(|(when, name, period, retry)| Entry::Task { when, name, period, retry }),
        1 => (past(), proptest::option::of(any::<u8>()))
            .prop_map(|(when, name)| Entry::Task { when, name, period: None, retry: None }),
        3 => (
            past(),
            proptest::option::of((past(), proptest::option::of(ahead()))),
            prop_oneof![ahead().prop_map(Ok), length.clone().prop_map(Err)],
            proptest::option::of(ahead()),
        )
            .prop_map(|(submitted, deciding, enactment, alarm)| Entry::Referendum {
                submitted, deciding, enactment, alarm,
            }),
        1 => (0u8..5, past()).prop_map(|(kind, since)| Entry::Past { kind, since }),
        2 => (any::<u64>(), any_block(), any::<bool>())
            .prop_map(|(who, until, delegating)| Entry::Votes { who, until, delegating }),
        1 => (any_block(), length.clone(), any::<bool>())
            .prop_map(|(end, delay, over)| Entry::OldReferendum { end, delay, over }),
        1 => (any::<u64>(), any_block(), any::<bool>())
            .prop_map(|(who, until, delegating)| Entry::OldVotes { who, until, delegating }),
        1 => any_block().prop_map(|until| Entry::Veto { until }),
        3 => (any::<u64>(), 1u128..1 << 60, 1u128..1 << 40, 0..AT * 2)
            .prop_map(|(who, locked, per_block, start)| Entry::Vesting { who, locked, per_block, start }),
        2 => (any::<u64>(), 0..AT).prop_map(|(who, delay)| Entry::Proxy { who, delay }),
        1 => (any::<u64>(), past(), 1u128..1 << 60)
            .prop_map(|(who, start, locked)| Entry::Vesting { who, locked, per_block: locked, start }),
        2 => (any::<u64>(), past()).prop_map(|(who, height)| Entry::Announcement { who, height }),
        2 => (any_block(), any_block()).prop_map(|(one, other)| {
            // A spend can be claimed for some time.
            Entry::Spend { from: one.min(other), until: one.max(other).saturating_add(20) }
        }),
        2 => (any::<u8>(), any_block(), any::<bool>())
            .prop_map(|(name, until, unbinding)| Entry::Username { name, until, unbinding }),
    ]
}

fn remark(n: u32) -> RuntimeCall {
    frame_system::Call::remark { remark: n.encode() }.into()
}

/// Puts a task on its agenda, and returns its address. None if the agenda is full.
fn schedule(when: u32, task: pallet_scheduler::ScheduledOf<Test>) -> Option<(u32, u32)> {
    pallet_scheduler::Agenda::<Test>::mutate(when, |agenda| {
        agenda.try_push(Some(task)).ok().map(|()| (when, agenda.len() as u32 - 1))
    })
}

fn task(
    call: RuntimeCall,
    name: Option<[u8; 32]>,
    period: Option<u32>,
) -> pallet_scheduler::ScheduledOf<Test> {
    pallet_scheduler::Scheduled {
        maybe_id: name,
        priority: 0,
        call: Bounded::Inline(call.encode().try_into().expect("a remark is short")),
        maybe_periodic: period.map(|period| (period, 3)),
        origin: frame_system::RawOrigin::Root.into(),
        _phantom: Default::default(),
    }
}

/// Writes the `i`th entry into the state.
fn store(i: u32, entry: &Entry) {
    match *entry {
        Entry::Task { when, name, period, retry } => {
            let name = name
                .map(|name| [name; 32])
                .filter(|name| !pallet_scheduler::Lookup::<Test>::contains_key(name));
            let Some(address) = schedule(when, task(remark(i), name, period)) else { return };
            name.iter().for_each(|name| pallet_scheduler::Lookup::<Test>::insert(name, address));
            if let Some(period) = retry {
                let config = pallet_scheduler::RetryConfig { total_retries: 3, remaining: 2, period };
                pallet_scheduler::Retries::<Test>::insert(address, config);
            }
        }
        Entry::Referendum { submitted, ref deciding, enactment, alarm } => {
            let alarm = alarm.and_then(|when| {
                let call = RuntimeCall::Referenda(pallet_referenda::Call::nudge_referendum { index: i });
                Some((when, schedule(when, task(call, None, None))?))
            });
            let status = ReferendumStatus {
                track: 0,
                origin: frame_system::RawOrigin::Root.into(),
                proposal: Bounded::Inline(Default::default()),
                enactment: match enactment {
                    Ok(block) => DispatchTime::At(block),
                    Err(blocks) => DispatchTime::After(blocks),
                },
                submitted,
                submission_deposit: Deposit { who: 1, amount: 1 },
                decision_deposit: None,
                deciding: deciding.map(|(since, confirming)| DecidingStatus { since, confirming }),
                tally: pallet_conviction_voting::Tally::from_parts(0, 0, 0),
                in_queue: false,
                alarm,
            };
            pallet_referenda::ReferendumInfoFor::<Test>::insert(i, ReferendumInfo::Ongoing(status));
        }
        Entry::Past { kind, since } => {
            let info = match kind {
                0 => ReferendumInfo::Approved(since, None, None),
                1 => ReferendumInfo::Rejected(since, None, None),
                2 => ReferendumInfo::Cancelled(since, None, None),
                3 => ReferendumInfo::TimedOut(since, None, None),
                _ => ReferendumInfo::Killed(since),
            };
            pallet_referenda::ReferendumInfoFor::<Test>::insert(i, info);
        }
        Entry::Votes { who, until, delegating } => {
            let mut voting: pallet_conviction_voting::VotingOf<Test> = if delegating {
                Voting::Delegating(Delegating {
                    balance: 5,
                    target: 1,
                    conviction: Conviction::Locked3x,
                    delegations: Default::default(),
                    prior: Default::default(),
                })
            } else {
                Voting::Casting(Casting {
                    votes: Default::default(),
                    delegations: Default::default(),
                    prior: Default::default(),
                })
            };
            voting.as_mut().accumulate(until, 5);
            pallet_conviction_voting::VotingFor::<Test>::insert(who, 0, voting);
        }
        Entry::OldReferendum { end, delay, over } => {
            let info = if over {
                pallet_democracy::ReferendumInfo::Finished { approved: true, end }
            } else {
                pallet_democracy::ReferendumInfo::new(
                    end,
                    Bounded::Inline(Default::default()),
                    pallet_democracy::VoteThreshold::SimpleMajority,
                    delay,
                )
            };
            pallet_democracy::ReferendumInfoOf::<Test>::insert(i, info);
            pallet_democracy::ReferendumCount::<Test>::put(i + 1);
        }
        Entry::OldVotes { who, until, delegating } => {
            let mut voting = pallet_democracy::Voting::Direct {
                votes: Default::default(),
                delegations: Default::default(),
                prior: Default::default(),
            };
            if delegating {
                voting = pallet_democracy::Voting::Delegating {
                    balance: 5,
                    target: 1,
                    conviction: pallet_democracy::Conviction::Locked1x,
                    delegations: Default::default(),
                    prior: Default::default(),
                };
            }
            let (pallet_democracy::Voting::Direct { prior, .. }
            | pallet_democracy::Voting::Delegating { prior, .. }) = &mut voting;
            prior.accumulate(until, 5);
            pallet_democracy::VotingOf::<Test>::insert(who, voting);
        }
        Entry::Veto { until } => {
            let proposal = sp_runtime::testing::H256(sp_io::hashing::blake2_256(&i.encode()));
            pallet_democracy::Blacklist::<Test>::insert(proposal, (until, BoundedVec::default()));
        }
        Entry::Vesting { who, locked, per_block, start } => {
            let info = VestingInfo::new(locked, per_block, start);
            pallet_vesting::Vesting::<Test>::mutate(who, |all| {
                let _ = all.get_or_insert_with(Default::default).try_push(info);
            });
        }
        Entry::Proxy { who, delay } => {
            let definition =
                pallet_proxy::ProxyDefinition { delegate: i.into(), proxy_type: Anything, delay };
            pallet_proxy::Proxies::<Test>::mutate(who, |(all, _)| {
                let _ = all.try_push(definition);
            });
        }
        Entry::Announcement { who, height } => {
            let announcement = (u64::from(i), sp_io::hashing::blake2_256(&i.encode()), height).encode();
            let announcement = codec::Decode::decode(&mut &announcement[..]).unwrap();
            pallet_proxy::Announcements::<Test>::mutate(who, |(all, _)| {
                let _ = all.try_push(announcement);
            });
        }
        Entry::Spend { from, until } => {
            let spend = pallet_treasury::SpendStatus {
                asset_kind: (),
                amount: 1,
                beneficiary: 1,
                valid_from: from,
                expire_at: until,
                status: pallet_treasury::PaymentState::Pending,
            };
            pallet_treasury::Spends::<Test>::insert(i, spend);
        }
        Entry::Username { name, until, unbinding } => {
            let username: BoundedVec<u8, ConstU32<32>> = BoundedVec::truncate_from(vec![name; 3]);
            if unbinding {
                pallet_identity::UnbindingUsernames::<Test>::insert(username, until);
            } else {
                // The provider is of a private type of the pallet. This is its first variant.
                let key = pallet_identity::PendingUsernames::<Test>::hashed_key_for(username);
                frame_support::storage::unhashed::put_raw(&key, &(1u64, until, 0u8).encode());
            }
        }
    }
}

/// Everything that is stored in blocks, expressed in time.
fn stored(clock: &Clock) -> Vec<Stored> {
    <Test as Config>::Stored::stored(clock)
}

/// Everything that a chain with `entries` has stored in blocks, before a change to `to` and after it. The
/// change rescales about `per_block` entries in a step. No block is made, so nothing else happens on the
/// chain.
fn both_sides(entries: &[Entry], to: cadence::Cadence, per_block: u64) -> (Vec<Stored>, Vec<Stored>, Change) {
    chain(AT).execute_with(|| {
        Share::set(entries_per_block(per_block));
        pallet_treasury::LastSpendPeriod::<Test>::put(AT - 5);
        rounds::Current::<Test>::put(rounds::Round {
            number: 3,
            start: AT - 7,
            length: 90,
            prize_per_block: 41,
        });
        entries.iter().enumerate().for_each(|(i, entry)| store(i as u32, entry));
        let change = Change::of_cadence(SYNCHRONOUS, to, AT);
        let before = stored(&change.from);
        CurrentCadence::set(to);
        Cadence::on_runtime_upgrade();
        let mut blocks = 0;
        while Rescaling::<Test>::exists() {
            Cadence::continue_rescaling(&mut WeightMeter::with_limit(Share::get()));
            blocks += 1;
            assert!(blocks <= 10 * entries.len() + 50, "the change does not end");
        }
        for spend in pallet_treasury::Spends::<Test>::iter_values() {
            assert!(spend.valid_from < spend.expire_at || spend.valid_from == u32::MAX, "{spend:?}");
        }
        (before, stored(&change.to), change)
    })
}

/// Runs 128 cases, or as many as the environment variable `PROPTEST_CASES` demands.
fn config() -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(wanted.unwrap_or(128))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_moment_is_kept(
        entries in prop::collection::vec(entry(), 0..40),
        per_block in 1u64..60,
        slot in prop::sample::select(vec![6_000, 4_000, 2_000, 500, 7_000]),
    ) {
        let to = cadence::Cadence::pipelined(slot, 1, 0, 2_000);
        let (before, after, change) = both_sides(&entries, to, per_block);
        prop_assert_eq!(moved(before, after, &change), Vec::<String>::new());
    }

    /// The state after the change does not depend on the number of blocks.
    #[test]
    fn in_one_block_or_in_many(entries in prop::collection::vec(entry(), 0..40), per_block in 1u64..20) {
        let (_, at_once, _) = both_sides(&entries, ASYNCHRONOUS, 10_000);
        let (_, in_steps, _) = both_sides(&entries, ASYNCHRONOUS, per_block);
        prop_assert_eq!(at_once, in_steps);
    }

    /// If blocks become longer, several agendas become one, which may not have room for all tasks. A task
    /// that does not fit is late. Nothing is early or lost.
    #[test]
    fn with_slower_blocks_nothing_is_early_or_lost(
        entries in prop::collection::vec(entry(), 0..40),
        per_block in 1u64..60,
    ) {
        let to = cadence::Cadence::pipelined(36_000, 1, 0, 2_000);
        let (mut before, mut after, change) = both_sides(&entries, to, per_block);
        before.sort();
        after.sort();
        let overflow = 40 * i128::from(change.to.block_millis);
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(&before.what, &after.what);
            let late = match (before.time, after.time) {
                (Time::Deadline(earlier), Time::Deadline(later)) if before.what.contains("task") => {
                    (0..overflow).contains(&(later - earlier))
                }
                // An alarm is as late as its task.
                (Time::Deadline(earlier), Time::Deadline(later)) if before.what.contains("alarm") => {
                    (0..overflow).contains(&(later - earlier)) || before.time.is_kept(after.time, &change)
                }
                _ => before.time.is_kept(after.time, &change),
            };
            prop_assert!(late, "{before:?} {after:?}");
        }
    }
}

/// A check that overlooked a value would never report it. So here nothing is rescaled, and each value has to
/// be reported.
#[test]
fn what_is_not_rescaled_is_reported() {
    let referendum = |enactment| Entry::Referendum {
        submitted: AT - 100,
        deciding: Some((AT - 50, Some(AT + 50))),
        enactment,
        alarm: Some(AT + 70),
    };
    let of_referendum = [
        "Referenda: alarm of referendum 0:",
        "Referenda: confirmation of referendum 0:",
        "Referenda: decision of referendum 0:",
        "Referenda: enactment of referendum 0:",
        "Referenda: submission of referendum 0:",
        "Scheduler: task None",
    ]
    .to_vec();
    let mut cases = vec![
        (
            Entry::Task { when: AT + 10, name: Some(1), period: Some(7), retry: Some(9) },
            vec!["Scheduler: period of task", "Scheduler: retry of task", "Scheduler: task Some"],
        ),
        (referendum(Ok(AT + 60)), of_referendum.clone()),
        (referendum(Err(80)), of_referendum),
        (
            Entry::OldReferendum { end: AT + 10, delay: 20, over: false },
            vec!["Democracy: delay of referendum 0:", "Democracy: end of referendum 0:"],
        ),
        (
            Entry::OldReferendum { end: AT - 10, delay: 20, over: true },
            vec!["Democracy: end of referendum 0:"],
        ),
        (Entry::Veto { until: AT + 10 }, vec!["Democracy: veto of"]),
        (
            Entry::Vesting { who: 1, locked: 1_000, per_block: 1, start: AT + 10 },
            vec!["Vesting: end of vesting 0 of 1,"],
        ),
        (Entry::Proxy { who: 1, delay: 10 }, vec!["Proxy: delay of"]),
        (Entry::Announcement { who: 1, height: AT - 10 }, vec!["Proxy: announcement of"]),
        (
            Entry::Spend { from: AT + 10, until: AT + 40 },
            vec!["Treasury: expiry of spend 0:", "Treasury: start of spend 0:"],
        ),
        (Entry::Username { name: 1, until: AT + 10, unbinding: false }, vec!["Identity: expiry of username"]),
        (Entry::Username { name: 1, until: AT + 10, unbinding: true }, vec!["Identity: removal of username"]),
    ];
    for kind in 0..5 {
        cases.push((Entry::Past { kind, since: AT - 10 }, vec!["Referenda: end of referendum 0:"]));
    }
    for delegating in [false, true] {
        let (who, until) = (1, AT + 10);
        cases.push((Entry::Votes { who, until, delegating }, vec!["ConvictionVoting: lock of 1 in"]));
        cases.push((Entry::OldVotes { who, until, delegating }, vec!["Democracy: lock of 1:"]));
    }
    let change = Change::of_cadence(SYNCHRONOUS, ASYNCHRONOUS, AT);
    let lines = |last_spend_period: u32, entry: Option<&Entry>| {
        chain(AT).execute_with(|| {
            pallet_treasury::LastSpendPeriod::<Test>::put(last_spend_period);
            entry.iter().for_each(|entry| store(0, entry));
            moved(stored(&change.from), stored(&change.to), &change)
        })
    };
    assert_eq!(lines(AT, None), Vec::<String>::new());
    assert_eq!(lines(AT - 5, None).len(), 1);
    for (entry, names) in cases {
        let lines = lines(AT, Some(&entry));
        assert_eq!(lines.len(), names.len(), "{lines:?}");
        for (line, name) in lines.iter().zip(names) {
            assert!(line.starts_with(name), "{line}, not {name}");
        }
    }
}

#[test]
fn every_bound_full_at_once() {
    let mut entries = Vec::new();
    for i in 0..TASKS * 3 {
        let (when, period) = (AT + 1 + i / TASKS, Some(10));
        entries.push(Entry::Task { when, name: Some(i as u8), period, retry: Some(7) });
    }
    for _ in 0..3 {
        entries.push(Entry::Vesting { who: 1, locked: 1_000, per_block: 1, start: AT - 1 });
    }
    for _ in 0..4 {
        entries.push(Entry::Proxy { who: 1, delay: 10 });
        entries.push(Entry::Announcement { who: 1, height: AT });
    }
    for per_block in 1..30 {
        let (before, after, change) = both_sides(&entries, ASYNCHRONOUS, per_block);
        assert_eq!(moved(before, after, &change), Vec::<String>::new());
    }
}

#[test]
fn a_start_that_would_be_before_block_zero_is_at_block_zero() {
    let (before, after, change) = both_sides(&[Entry::Announcement { who: 1, height: 5 }], ASYNCHRONOUS, 10);
    assert_eq!(moved(before, after.clone(), &change), Vec::<String>::new());
    let elapsed = Time::Deadline(change.to.millis(0u32));
    assert!(after
        .iter()
        .any(|stored| stored.what.starts_with("Proxy: announcement") && stored.time == elapsed));
}

/// The pallet gets the relay chain's clock, whose block numbers are unrelated to the old ones.
#[test]
fn a_pallet_moves_to_the_clock_of_the_relay_chain() {
    chain(AT).execute_with(|| {
        store(0, &Entry::Vesting { who: 1, locked: 1_000_000, per_block: 3, start: AT - 100 });
        store(1, &Entry::Vesting { who: 2, locked: 1_000_000, per_block: 4, start: AT + 100 });
        store(2, &Entry::Proxy { who: 2, delay: 50 });
        store(3, &Entry::Announcement { who: 2, height: AT - 100 });
        let change = Change {
            from: Clock { origin: AT, block_millis: SYNCHRONOUS.block_millis() },
            to: Clock { origin: 25_000_000, block_millis: cadence::RELAY_CHAIN_SLOT_MILLIS },
        };
        fn go<P: Rescale>(change: &Change) {
            let before = P::stored(&change.from);
            let (mut position, mut meter) = (Position::default(), WeightMeter::new());
            let mut walk = Walk::new(&mut position, &mut meter, EntryWeights::of::<()>(), true);
            assert!(P::rescale(change, &mut walk));
            assert_eq!(moved(before, P::stored(&change.to), change), Vec::<String>::new());
        }
        go::<rescale::Vesting<Test>>(&change);
        go::<rescale::Proxy<Test>>(&change);
        let schedules = pallet_vesting::Vesting::<Test>::get(2).unwrap();
        assert_eq!((schedules[0].per_block(), schedules[0].starting_block()), (2, 25_000_200));
    });
}
