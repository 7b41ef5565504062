//! The pipeline on generated histories. Each history has its observations, and what really happened. The
//! pipeline has to report just that, in whatever order the observations come, and however often.

use proptest::prelude::*;
use std::collections::BTreeMap;
use subxt::utils::H256;
use tandem_rpc::read::Weight;
use tandem_watch::{
    observation::{
        CadenceSpan, CandidateEvent, CandidateStage, ClassWeight, ClassWeights, Observation, Observed,
        Parablock, ParachainInfo, Proposal, ProposalEnd, RelayBlock, Start,
    },
    parachain::{BlockProgress, BlockState, Reason, Record},
    pipeline::Pipeline,
    snapshot::Snapshot,
};

const PARA: u32 = 2_000;
const RELAY_MILLIS: u64 = 6_000;
/// When relay block zero was built: the beginning of a slot.
const BEGIN: u64 = 1_750_000_000_000 / 24_000 * 24_000;

/// A hash for each thing that has one.
fn hash(kind: u8, number: u64, fork: u8) -> H256 {
    let mut hash = H256::zero();
    hash.0[0] = kind;
    hash.0[1] = fork;
    hash.0[24..].copy_from_slice(&number.to_be_bytes());
    hash
}

fn relay_hash(number: u64, fork: u8) -> H256 {
    hash(1, number, fork)
}

fn moment(relay: u64) -> u64 {
    BEGIN + relay * RELAY_MILLIS
}

fn start(slot_millis: u64, velocity: u64, capacity: u64) -> Vec<Observation> {
    let info = ParachainInfo { id: PARA, name: "test".into(), symbol: "T".into(), decimals: 12 };
    let span = CadenceSpan { since: 0, moment: None, slot_millis, velocity, capacity: Some(capacity) };
    let keys = vec![hash(9, 0, 0), hash(9, 1, 0)];
    [
        Observed::Start(Start {
            relay: "relay".into(),
            relay_millis: RELAY_MILLIS,
            paras: vec![info],
            transaction: None,
        }),
        Observed::Cadence { para: PARA, cadences: vec![span] },
        Observed::Authorities { para: PARA, keys },
    ]
    .map(|what| Observation { at: BEGIN, what })
    .into()
}

fn relay(number: u64, fork: u8, parent: H256, candidates: Vec<CandidateEvent>) -> Observed {
    let (hash, moment) = (relay_hash(number, fork), moment(number));
    Observed::Relay(RelayBlock { number, hash, parent, moment, live: true, session: false, candidates })
}

fn candidate(stage: CandidateStage, number: u64, fork: u8) -> CandidateEvent {
    let head = hash(2, number, fork);
    CandidateEvent { stage, para: PARA, core: 0, hash: hash(3, number, fork), head, number }
}

fn parablock(number: u64, fork: u8, parent: H256, relay_parent: u64, slot: u64, moment: u64) -> Observed {
    Observed::Para(Parablock {
        para: PARA,
        number,
        hash: hash(2, number, fork),
        parent,
        live: true,
        moment: Some(moment),
        relay_parent: Some(relay_parent),
        slot: Some(slot),
        weight: None,
        limit: None,
        classes: None,
    })
}

/// What happens with each relay block.
#[derive(Clone, Debug)]
struct Choice {
    /// Parablocks built on it.
    built: u64,
    /// Whether it backs the parablocks that were built before. Otherwise they are lost.
    backs: bool,
    /// Whether the candidates that were backed before become available. They time out if they are late twice.
    available: bool,
    /// Whether it has a sibling, which does the same and becomes a lost fork.
    forked: bool,
}

fn choice(velocity: u64) -> impl Strategy<Value = Choice> {
    let chance = |percent| prop::bool::weighted(f64::from(percent) / 100.0);
    (prop_oneof![1 => 0..velocity, 9 => Just(velocity)], chance(85), chance(90), chance(10))
        .prop_map(|(built, backs, available, forked)| Choice { built, backs, available, forked })
}

/// A history: its observations in order, and what really happened.
struct History {
    observations: Vec<Observation>,
    /// The number, the fork and the slot of each parablock that is part of the chain, in order, and the relay
    /// blocks that backed and included it.
    chain: Vec<(u64, u8, u64, u64, u64)>,
    /// How many other parablocks were built, up to the number of the last one that is part of the chain.
    lost: u64,
}

/// A parablock that is not included yet.
#[derive(Clone, Copy)]
struct Pending {
    number: u64,
    fork: u8,
    slot: u64,
    /// The relay block that backed it.
    backed: u64,
    /// How often its candidate was not available in time.
    late: u8,
}

/// Makes a history with `velocity` parablocks for each relay block. Finality is three relay blocks behind.
fn history(velocity: u64, choices: &[Choice]) -> History {
    let mut observations = start(RELAY_MILLIS, velocity, 3 * velocity);
    let (mut chain, mut all) = (Vec::new(), BTreeMap::<u64, u8>::new());
    // The newest parablock to build on, and those that are built and backed and not included.
    let (mut top, mut top_hash) = (0, H256::zero());
    let (mut built, mut backed) = (Vec::<Pending>::new(), Vec::<Pending>::new());
    let mut included = (0, H256::zero());
    for (number, choice) in (1..).zip(choices) {
        let mut candidates = Vec::new();
        // Inclusion comes first, and backing into the cores that it frees.
        if choice.available {
            for block in backed.drain(..) {
                candidates.push(candidate(CandidateStage::Included, block.number, block.fork));
                chain.push((block.number, block.fork, block.slot, block.backed, number));
                included = (block.number, hash(2, block.number, block.fork));
            }
        } else if backed.iter().any(|block| block.late > 0) {
            for block in backed.drain(..) {
                candidates.push(candidate(CandidateStage::TimedOut, block.number, block.fork));
            }
            built.clear();
            (top, top_hash) = included;
        } else {
            backed.iter_mut().for_each(|block| block.late += 1);
        }
        if backed.is_empty() && choice.backs {
            for block in built.drain(..) {
                candidates.push(candidate(CandidateStage::Backed, block.number, block.fork));
                backed.push(Pending { backed: number, ..block });
            }
        } else if !built.is_empty() {
            // They are too old to be backed later. The next parablock is built on a backed or included one.
            built.clear();
            (top, top_hash) =
                backed.last().map_or(included, |block| (block.number, hash(2, block.number, block.fork)));
        }
        let at = moment(number) + 100;
        let parent = relay_hash(number - 1, 0);
        if choice.forked {
            observations.push(Observation { at, what: relay(number, 1, parent, candidates.clone()) });
        }
        observations.push(Observation { at, what: relay(number, 0, parent, candidates) });
        observations.push(Observation { at, what: Observed::RelayBest(relay_hash(number, 0)) });
        if number > 3 {
            let (number, hash) = (number - 3, relay_hash(number - 3, 0));
            observations.push(Observation { at, what: Observed::RelayFinal { number, hash } });
        }
        let slot = moment(number) / RELAY_MILLIS;
        for _ in 0..choice.built {
            let fork = all.entry(top + 1).and_modify(|fork| *fork += 1).or_insert(0);
            let what = parablock(top + 1, *fork, top_hash, number, slot, moment(number));
            observations.push(Observation { at: at + 50, what });
            built.push(Pending { number: top + 1, fork: *fork, slot, backed: 0, late: 0 });
            (top, top_hash) = (top + 1, hash(2, top + 1, *fork));
        }
    }
    // Later inclusions are not final.
    let last = choices.len() as u64;
    chain.retain(|(.., included)| *included + 3 <= last);
    let end = chain.last().map_or(0, |(number, ..)| *number);
    let lost = all.range(..=end).map(|(_, forks)| u64::from(*forks)).sum();
    History { observations, chain, lost }
}

/// Applies all observations, and returns the pipeline and what it reported.
fn run(observations: impl IntoIterator<Item = Observation>) -> (Pipeline, Vec<Record>) {
    let mut pipeline = Pipeline::default();
    let records = observations.into_iter().flat_map(|observation| pipeline.apply(observation)).collect();
    (pipeline, records)
}

fn blocks(records: &[Record]) -> Vec<&BlockProgress> {
    let blocks = records.iter().filter_map(|record| match record {
        Record::Block(block) => Some(block),
        _ => None,
    });
    blocks.collect()
}

fn missed(records: &[Record]) -> u64 {
    let count = |record: &Record| if let Record::Missed(missed) = record { missed.count } else { 0 };
    records.iter().map(count).sum()
}

proptest! {
    #[test]
    fn the_records_are_what_happened(
        (velocity, choices) in (1u64..4).prop_flat_map(|velocity| {
            (Just(velocity), prop::collection::vec(choice(velocity), 10..80))
        })
    ) {
        let history = history(velocity, &choices);
        let (_, records) = run(history.observations);
        let reported: Vec<_> = blocks(&records)
            .iter()
            .map(|block| {
                let (backed, included) = (block.backed.unwrap(), block.included.unwrap());
                (block.number, block.hash.0[1], block.slot.unwrap(), backed.relay, included.relay)
            })
            .collect();
        prop_assert_eq!(&reported, &history.chain);
        let lost = records.iter().filter(|record| matches!(record, Record::Lost(_))).count() as u64;
        prop_assert_eq!(lost, history.lost);
        if let (Some(first), Some(last)) = (history.chain.first(), history.chain.last()) {
            // A slot has all its blocks, or the rest is missed. The first and the last slot may be cut off.
            let within = |of: &&(u64, u8, u64, u64, u64)| of.2 > first.2 && of.2 < last.2;
            let inner = history.chain.iter().filter(within).count() as u64;
            let slots = (last.2 - first.2).saturating_sub(1);
            let missing = records.iter().filter(|record| {
                matches!(record, Record::Missed(missed) if missed.slot > first.2 && missed.slot < last.2)
            });
            let missing: Vec<_> = missing.cloned().collect();
            prop_assert_eq!(missed(&missing) + inner, slots * velocity);
        }
    }

    #[test]
    fn order_and_repetition_do_not_matter(
        choices in prop::collection::vec(choice(2), 10..60),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), 1usize..6, any::<bool>()), 0..60),
    ) {
        let observations = history(2, &choices).observations;
        let (head, tail) = observations.split_at(3);
        let mut mixed = tail.to_vec();
        for (index, distance, again) in swaps {
            let (i, last) = (index.index(mixed.len()), mixed.len() - 1);
            let j = (i + distance).min(last);
            mixed.swap(i, j);
            if again {
                mixed.insert(j, mixed[i].clone());
            }
        }
        // The times at which the watch learned of something depend on the order. These fields do not.
        let plain = |records: Vec<Record>| {
            let steps = |block: &BlockProgress| {
                (block.number, block.hash, block.backed, block.included, block.interval, block.slot)
            };
            blocks(&records).into_iter().map(steps).collect::<Vec<_>>()
        };
        let (pipeline, records) = run(observations.clone());
        let (other, others) = run(head.iter().cloned().chain(mixed));
        prop_assert_eq!(plain(records), plain(others));
        let (one, two) = (Snapshot::of(&pipeline, 0), Snapshot::of(&other, 0));
        prop_assert_eq!(&one.paras[0].included_number, &two.paras[0].included_number);
        prop_assert_eq!(&one.paras[0].segment, &two.paras[0].segment);
        prop_assert_eq!(&one.paras[0].distributions.interval, &two.paras[0].distributions.interval);
    }

    #[test]
    fn records_are_right_if_observations_are_missing(
        choices in prop::collection::vec(choice(2), 10..80),
        missing in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let history = history(2, &choices);
        let mut observations = history.observations.clone();
        for index in missing {
            let i = 3 + index.index(observations.len() - 3);
            observations.remove(i);
            if observations.len() == 3 {
                break;
            }
        }
        let (pipeline, records) = run(observations);
        for block in blocks(&records) {
            // Every block that is reported is part of the chain, and every step of it happened.
            let truth = history.chain.iter().find(|(number, fork, ..)| {
                hash(2, *number, *fork) == block.hash
            });
            let Some((_, _, slot, backed, included)) = truth else {
                return Err(TestCaseError::fail(format!("#{} is not part of the chain", block.number)));
            };
            prop_assert!(block.slot.is_none_or(|reported| reported == *slot));
            prop_assert!(block.backed.is_none_or(|step| step.relay == *backed));
            prop_assert!(block.included.is_none_or(|step| step.relay == *included));
        }
        let numbers: Vec<_> = blocks(&records).iter().map(|block| block.number).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        Snapshot::of(&pipeline, 0);
    }
}

/// A history without a missed slot or a lost block, at one parablock per relay block.
fn healthy(relay_blocks: usize) -> Vec<Observation> {
    let choice = Choice { built: 1, backs: true, available: true, forked: false };
    history(1, &vec![choice; relay_blocks]).observations
}

#[test]
fn a_candidate_backed_in_the_block_that_includes_its_parent_counts_once() {
    let observations = healthy(20);
    let has_both = |observation: &Observation| match &observation.what {
        Observed::Relay(block) => block.candidates.len() == 2,
        _ => false,
    };
    let count = observations.iter().filter(|observation| has_both(observation)).count();
    assert!(count > 15, "{count} relay blocks back one candidate and include another");
    let (pipeline, records) = run(observations);
    let reported = blocks(&records);
    assert_eq!(reported.len(), 15);
    for block in &reported[1..] {
        assert_eq!(block.interval, Some(RELAY_MILLIS), "#{}", block.number);
        assert_eq!((block.backing(), block.inclusion()), (Some(RELAY_MILLIS), Some(RELAY_MILLIS)));
        assert_eq!(block.finality(), Some(5 * RELAY_MILLIS + 100));
    }
    // At its relay parent, the parablock before it is backed, and the one before that is included.
    assert_eq!(reported.last().unwrap().depth, Some(2));
    assert_eq!(missed(&records), 0);
    let snapshot = Snapshot::of(&pipeline, 0);
    let view = &snapshot.paras[0];
    assert_eq!((view.built_number, view.included_number, view.final_number), (Some(20), Some(18), Some(15)));
    assert_eq!(view.blocks.last().unwrap().depth, Some(2));
    assert_eq!(view.segment, [hash(2, 19, 0), hash(2, 20, 0)]);
    assert_eq!(view.pace.as_ref().unwrap().mean, 6_000.0);
}

#[test]
fn the_blocks_of_a_bundle_are_backed_and_included_together() {
    // Twelve blocks of half a second, one candidate.
    let mut observations = start(RELAY_MILLIS, 12, 36);
    let mut parent = H256::zero();
    for bundle in 1..=6 {
        for i in 1..=12 {
            let number = (bundle - 1) * 12 + i;
            let at = moment(bundle) + i * 500;
            let what = parablock(number, 0, parent, bundle, moment(bundle) / RELAY_MILLIS, at);
            observations.push(Observation { at, what });
            parent = hash(2, number, 0);
        }
    }
    for number in 1..=8 {
        let mut candidates = vec![];
        if (3..=8).contains(&number) {
            candidates.push(candidate(CandidateStage::Included, (number - 2) * 12, 0));
        }
        if (2..=7).contains(&number) {
            candidates.push(candidate(CandidateStage::Backed, (number - 1) * 12, 0));
        }
        observations.push(Observation {
            at: moment(number),
            what: relay(number, 0, relay_hash(number - 1, 0), candidates),
        });
    }
    let hash = relay_hash(8, 0);
    observations.push(Observation { at: moment(9), what: Observed::RelayFinal { number: 8, hash } });
    let (_, records) = run(observations);
    let reported = blocks(&records);
    let numbers: Vec<_> = reported.iter().map(|block| block.number).collect();
    // The first bundle may have begun before the watch, so only its last block is reported.
    assert_eq!(numbers, (12..=72).collect::<Vec<_>>());
    for block in &reported[1..] {
        let bundle = (block.number - 1) / 12 + 1;
        assert_eq!(block.backed.unwrap().relay, bundle + 1, "#{}", block.number);
        assert_eq!(block.included.unwrap().relay, bundle + 2, "#{}", block.number);
        assert_eq!(block.interval, Some(500));
    }
    assert_eq!(missed(&records), 0);
}

#[test]
fn a_block_that_two_relay_forks_include_is_reported_once() {
    let mut observations = start(RELAY_MILLIS, 1, 3);
    let slot = |number| moment(number) / RELAY_MILLIS;
    let genesis = relay_hash(0, 0);
    observations.extend(
        [
            relay(1, 0, genesis, vec![]),
            parablock(1, 0, H256::zero(), 1, slot(1), moment(1)),
            relay(2, 0, relay_hash(1, 0), vec![candidate(CandidateStage::Backed, 1, 0)]),
            // This fork includes it, and loses to one that includes it later.
            relay(3, 1, relay_hash(2, 0), vec![candidate(CandidateStage::Included, 1, 0)]),
            Observed::RelayBest(relay_hash(3, 1)),
        ]
        .map(|what| Observation { at: moment(3), what }),
    );
    let (mut pipeline, _) = run(observations);
    let state = |pipeline: &Pipeline| Snapshot::of(pipeline, 0).paras[0].blocks[0].clone();
    assert_eq!(state(&pipeline).state, BlockState::Included);
    assert_eq!(state(&pipeline).included.unwrap().relay, 3);
    let mut records = Vec::new();
    for what in [
        relay(3, 0, relay_hash(2, 0), vec![]),
        relay(4, 0, relay_hash(3, 0), vec![candidate(CandidateStage::Included, 1, 0)]),
        Observed::RelayBest(relay_hash(4, 0)),
    ] {
        records.extend(pipeline.apply(Observation { at: moment(4), what }));
    }
    assert_eq!(state(&pipeline).included.unwrap().relay, 4);
    assert_eq!(Snapshot::of(&pipeline, 0).reorganisations, 1);
    let what = Observed::RelayFinal { number: 4, hash: relay_hash(4, 0) };
    records.extend(pipeline.apply(Observation { at: moment(6), what }));
    assert_eq!(blocks(&records).len(), 1);
    assert_eq!(state(&pipeline).included.unwrap().relay, 4);
    assert_eq!(state(&pipeline).state, BlockState::Final);
}

/// The missed slots of a healthy history from which parablock `number` is taken. Its slot stays empty, and
/// the numbers of the later parablocks are lower by one. With `is_fork` a node reports it as a fork. With
/// `live` the parablocks are seen at their import. With `session` the relay block that would have backed it
/// begins a session.
fn without(number: u64, is_fork: bool, live: bool, session: bool) -> Vec<(u64, Reason)> {
    let mut observations = Vec::new();
    for mut observation in healthy(30) {
        if let Observed::Para(block) = &mut observation.what {
            block.live = live;
        }
        match &mut observation.what {
            Observed::Para(block) if block.number == number => {
                if is_fork {
                    block.hash = hash(2, number, 7);
                    observations.push(observation.clone());
                }
                continue;
            }
            Observed::Para(block) if block.number > number => {
                block.number -= 1;
                block.hash = hash(2, block.number, 0);
                block.parent = hash(2, block.number - 1, 0);
            }
            Observed::Relay(block) => {
                block.session = session && block.number == number + 1;
                block.candidates.retain(|candidate| candidate.number != number);
                for candidate in &mut block.candidates {
                    if candidate.number > number {
                        candidate.number -= 1;
                        candidate.head = hash(2, candidate.number, 0);
                    }
                }
            }
            _ => (),
        }
        observations.push(observation);
    }
    let (_, records) = run(observations);
    let missed = |record: &Record| match record {
        Record::Missed(missed) => Some((missed.slot - BEGIN / RELAY_MILLIS, missed.reason)),
        _ => None,
    };
    records.iter().filter_map(missed).collect()
}

#[test]
fn a_missed_slot_has_its_reason() {
    assert_eq!(without(9, false, true, false), [(9, Reason::NoCollation)]);
    assert_eq!(without(9, false, true, true), [(9, Reason::NoCollation)]);
    assert_eq!(without(9, false, false, true), [(9, Reason::SessionChange)]);
    assert_eq!(without(9, true, true, false), [(9, Reason::NotBacked)]);
    assert_eq!(without(9, true, true, true), [(9, Reason::SessionChange)]);
}

/// Why a block is lost that was backed, and whose number another block has later. Its candidate may have
/// `timed_out`.
fn backed_and_lost(timed_out: bool) -> Vec<Reason> {
    let slot = |number| moment(number) / RELAY_MILLIS;
    let (first, genesis) = (hash(2, 1, 0), H256::zero());
    let end = if timed_out { vec![candidate(CandidateStage::TimedOut, 2, 7)] } else { vec![] };
    let mut observations = start(RELAY_MILLIS, 1, 3);
    let steps = [
        vec![],
        vec![candidate(CandidateStage::Backed, 1, 0)],
        vec![candidate(CandidateStage::Included, 1, 0), candidate(CandidateStage::Backed, 2, 7)],
        end,
        vec![],
        vec![candidate(CandidateStage::Backed, 2, 0)],
        vec![candidate(CandidateStage::Included, 2, 0)],
    ];
    let built = [
        parablock(1, 0, genesis, 1, slot(1), moment(1)),
        parablock(2, 7, first, 2, slot(2), moment(2)),
        parablock(2, 0, first, 5, slot(5), moment(5)),
    ];
    let relay_blocks =
        (1..).zip(steps).map(|(number, steps)| relay(number, 0, relay_hash(number - 1, 0), steps));
    let final_one = Observed::RelayFinal { number: 7, hash: relay_hash(7, 0) };
    let all = built.into_iter().chain(relay_blocks).chain([final_one]);
    observations.extend(all.map(|what| Observation { at: moment(8), what }));
    let (_, records) = run(observations);
    let reason = |record: &Record| match record {
        Record::Lost(BlockProgress { state: BlockState::Lost(reason), .. }) => Some(*reason),
        _ => None,
    };
    records.iter().filter_map(reason).collect()
}

#[test]
fn a_backed_block_is_lost_by_a_timeout_or_a_session() {
    assert_eq!(backed_and_lost(true), [Reason::Unavailable]);
    assert_eq!(backed_and_lost(false), [Reason::SessionChange]);
}

#[test]
fn a_block_that_is_reported_late_is_waited_for() {
    let (mut late, mut observations) = (None, healthy(20));
    observations.retain(|observation| match &observation.what {
        Observed::Para(block) if block.number == 10 => {
            late = Some(observation.clone());
            false
        }
        _ => true,
    });
    observations.extend(late);
    let (_, records) = run(observations);
    let reported = blocks(&records);
    let numbers: Vec<_> = reported.iter().map(|block| block.number).collect();
    assert_eq!(numbers, (1..=15).collect::<Vec<_>>());
    assert!(reported.iter().all(|block| block.slot.is_some()));
}

/// Why slot 4 is missed on a chain that builds a block only once the one before is included. The block of
/// slot 3 is included when slot 4 begins, or `late` relay blocks later.
fn synchronous(late: u64) -> Vec<Reason> {
    let mut observations = start(2 * RELAY_MILLIS, 1, 1);
    let mut steps = BTreeMap::<u64, Vec<CandidateEvent>>::new();
    for (slot, number) in [1, 2, 3, 5, 6, 7].into_iter().zip(1..) {
        let at = 2 * slot;
        let parent = hash(2, number - 1, 0);
        let what = parablock(number, 0, parent, at, moment(at) / 2 / RELAY_MILLIS, moment(at));
        observations.push(Observation { at: moment(at), what });
        let included = at + 2 + if slot == 3 { late } else { 0 };
        steps.entry(at + 1).or_default().push(candidate(CandidateStage::Backed, number, 0));
        steps.entry(included).or_default().push(candidate(CandidateStage::Included, number, 0));
    }
    for number in 1..=16 {
        let what = relay(number, 0, relay_hash(number - 1, 0), steps.remove(&number).unwrap_or_default());
        observations.push(Observation { at: moment(number), what });
    }
    let what = Observed::RelayFinal { number: 16, hash: relay_hash(16, 0) };
    observations.push(Observation { at: moment(18), what });
    let (_, records) = run(observations);
    let reason = |record: &Record| match record {
        Record::Missed(missed) => Some(missed.reason),
        _ => None,
    };
    records.iter().filter_map(reason).collect()
}

#[test]
fn a_segment_is_full_until_its_block_is_included() {
    assert_eq!(synchronous(0), [Reason::NoCollation]);
    assert_eq!(synchronous(1), [Reason::SegmentFull]);
}

#[test]
fn a_missing_relay_block_is_skipped_after_sixteen_later_ones() {
    let last = |relay_blocks| {
        let mut observations = healthy(relay_blocks);
        observations
            .retain(|observation| !matches!(&observation.what, Observed::Relay(block) if block.number == 10));
        let (_, records) = run(observations);
        blocks(&records).last().unwrap().number
    };
    // Of 28 relay blocks #11 to #25 are final, and of 29 also #26. Relay block #N includes parablock #N-2.
    assert_eq!((last(28), last(29)), (7, 24));
}

#[test]
fn relay_blocks_are_kept_for_256_blocks_after_they_are_final() {
    let (mut pipeline, _) = run(healthy(300));
    let oldest = |pipeline: &Pipeline| pipeline.relay.all().next().unwrap().block.clone();
    assert_eq!((oldest(&pipeline).number, pipeline.relay.final_number()), (41, Some(297)));
    // A fork of the same age is taken in, and an older one is not.
    let count = pipeline.relay.all().count();
    for (number, more) in [(40, 0), (41, 1)] {
        let what = relay(number, 1, relay_hash(number - 1, 0), vec![]);
        pipeline.apply(Observation { at: moment(301), what });
        assert_eq!(pipeline.relay.all().count(), count + more);
    }
    assert_eq!(oldest(&pipeline).number, 41);
}

#[test]
fn memory_is_bounded_without_finality() {
    let observations = healthy(12_000)
        .into_iter()
        .filter(|observation| !matches!(observation.what, Observed::RelayFinal { .. }));
    let (pipeline, records) = run(observations);
    assert!(records.is_empty());
    assert!(pipeline.relay.all().count() <= 4_096);
    assert!(pipeline.paras[&PARA].open(&pipeline.relay).chain.len() <= 2 * 4_096);
}

#[test]
fn a_payment_is_followed_from_its_submission() {
    let mut observations = healthy(20);
    let paid = hash(7, 1, 0);
    // Another transaction was looked for before.
    observations.insert(3, Observation { at: moment(1), what: Observed::Submitted(hash(7, 0, 0)) });
    observations.insert(4, Observation { at: moment(2), what: Observed::Submitted(paid) });
    let (mut pipeline, _) = run(observations);
    let found = |pipeline: &Pipeline| Snapshot::of(pipeline, 0).transaction.unwrap();
    assert_eq!((found(&pipeline).hash, found(&pipeline).submitted_at), (paid, Some(moment(2))));
    assert!(found(&pipeline).block.is_none());
    for (of, block) in [(hash(7, 0, 0), hash(2, 3, 0)), (paid, hash(2, 4, 0))] {
        let what = Observed::Transaction { para: PARA, block, hash: of };
        pipeline.apply(Observation { at: moment(20), what });
    }
    let block = found(&pipeline).block.unwrap();
    assert_eq!((block.number, block.state), (4, BlockState::Final));
}

#[test]
fn a_lost_block_has_its_reason_beside_its_state() {
    let lost = BlockProgress {
        state: BlockState::Lost(Reason::RelayFork),
        ..BlockProgress::new(PARA, 5, hash(2, 5, 1))
    };
    let json = serde_json::to_value(lost).unwrap();
    assert_eq!((&json["state"], &json["lost_reason"]), (&"lost".into(), &"relay_fork".into()));
    let built = serde_json::to_value(BlockProgress::new(PARA, 5, hash(2, 5, 1))).unwrap();
    assert_eq!((&built["state"], built.get("lost_reason")), (&"built".into(), None));
}

fn proposed(number: u64, fork: u8) -> Observation {
    let proposal = Proposal { extrinsics: number as u32, millis: 9, end: ProposalEnd::Deadline };
    let what = Observed::Proposed { para: PARA, number, hash: hash(2, number, fork), proposal };
    Observation { at: moment(number), what }
}

#[test]
fn a_parablock_has_the_proposal_that_was_logged_of_it() {
    let mut observations = healthy(20);
    // The log may be read before a node reports the block, or after it.
    observations.insert(3, proposed(2, 0));
    let is_fourth = |observation: &Observation| match &observation.what {
        Observed::Para(block) => block.number == 4,
        _ => false,
    };
    let at = observations.iter().position(is_fourth).unwrap();
    observations.insert(at + 1, proposed(4, 0));
    // Another block of the same number, which no node reports.
    observations.insert(at + 1, proposed(5, 1));
    let (_, records) = run(observations);
    let proposals = blocks(&records).into_iter().filter_map(|block| Some((block.number, block.proposal?)));
    let extrinsics: Vec<_> = proposals.map(|(number, proposal)| (number, proposal.extrinsics)).collect();
    assert_eq!(extrinsics, [(2, 2), (4, 4)]);
}

#[test]
fn proposals_and_classes_can_be_recorded_and_older_recordings_have_none() {
    let read = |json| serde_json::from_value::<Observation>(json).unwrap();
    let proposed = proposed(2, 0);
    assert_eq!(read(serde_json::to_value(&proposed).unwrap()), proposed);
    let used = Weight { ref_time: 1, proof_size: 2 };
    let class = |limit| ClassWeight { used, limit };
    let classes =
        ClassWeights { normal: class(Some(used)), operational: class(Some(used)), mandatory: class(None) };
    let block = |classes| {
        let mut what = parablock(2, 0, hash(2, 1, 0), 1, 1, moment(1));
        if let Observed::Para(block) = &mut what {
            block.classes = classes;
        }
        Observation { at: moment(2), what }
    };
    let mut json = serde_json::to_value(block(Some(classes))).unwrap();
    assert_eq!(read(json.clone()), block(Some(classes)));
    json["what"]["para"].as_object_mut().unwrap().remove("classes").unwrap();
    assert_eq!(read(json), block(None));
}

#[test]
fn the_end_of_a_proposal_has_one_name_in_json_and_metrics() {
    for end in ProposalEnd::ALL {
        assert_eq!(serde_json::to_value(end).unwrap(), end.label());
    }
}
