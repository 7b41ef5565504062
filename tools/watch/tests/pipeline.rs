//! The pipeline against histories that are made here, of which all is known beforehand: whatever the
//! order in which observations come, and however often, it tells the same, and tells what happened.

use proptest::prelude::*;
use std::collections::BTreeMap;
use subxt::utils::H256;
use tandem_watch::{
    observation::{
        CadenceSpan, CandidateEvent, CandidateStage, Observation, Observed, Parablock, ParachainInfo,
        RelayBlock, Start,
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
    })
}

/// What is decided for each relay block.
#[derive(Clone, Debug)]
struct Choice {
    /// Parablocks built on it.
    built: u64,
    /// Whether what was built before is backed in it; what is not is lost.
    backs: bool,
    /// Whether what was backed before becomes available; if it is late twice, it times out.
    available: bool,
    /// Whether it has a sibling, which does the same and loses.
    forked: bool,
}

fn choice(velocity: u64) -> impl Strategy<Value = Choice> {
    let chance = |percent| prop::bool::weighted(f64::from(percent) / 100.0);
    (prop_oneof![1 => 0..velocity, 9 => Just(velocity)], chance(85), chance(90), chance(10))
        .prop_map(|(built, backs, available, forked)| Choice { built, backs, available, forked })
}

/// A history: its observations in order, and what is true of it.
struct History {
    observations: Vec<Observation>,
    /// Of each parablock that is part of the chain, in order: number, fork, slot, and the relay blocks that
    /// backed and included it.
    chain: Vec<(u64, u8, u64, u64, u64)>,
    /// Parablocks that were built and are not part of it, below the last one that is.
    lost: u64,
}

/// A parablock on its steps.
#[derive(Clone, Copy)]
struct OnWay {
    number: u64,
    fork: u8,
    slot: u64,
    since: u64,
    late: u8,
}

/// Makes a history of `velocity` blocks per relay block, from what is chosen for each relay block. Finality
/// follows three blocks behind.
fn history(velocity: u64, choices: &[Choice]) -> History {
    let mut observations = start(RELAY_MILLIS, velocity, 3 * velocity);
    let (mut chain, mut all) = (Vec::new(), BTreeMap::<u64, u8>::new());
    // The newest parablock there is to build on, and those built and backed that are not included.
    let (mut top, mut top_hash) = (0, H256::zero());
    let (mut built, mut backed) = (Vec::<OnWay>::new(), Vec::<OnWay>::new());
    let mut included = (0, H256::zero());
    for (number, choice) in (1..).zip(choices) {
        let mut candidates = Vec::new();
        // Inclusion comes first, and backing into the cores that it frees.
        if choice.available {
            for block in backed.drain(..) {
                candidates.push(candidate(CandidateStage::Included, block.number, block.fork));
                chain.push((block.number, block.fork, block.slot, block.since, number));
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
                backed.push(OnWay { since: number, ..block });
            }
        } else if !built.is_empty() {
            // Too old to be backed later: what comes next is built on what is backed, or included.
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
            built.push(OnWay { number: top + 1, fork: *fork, slot, since: 0, late: 0 });
            (top, top_hash) = (top + 1, hash(2, top + 1, *fork));
        }
    }
    // As far as it is final and so known for good.
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
    let row = |record| match record {
        &Record::Block(ref row) => Some(row),
        _ => None,
    };
    records.iter().filter_map(row).collect()
}

fn missed(records: &[Record]) -> u64 {
    let count = |record: &Record| if let Record::Missed(missed) = record { missed.count } else { 0 };
    records.iter().map(count).sum()
}

proptest! {
    #[test]
    fn what_is_told_is_what_happened(
        (velocity, choices) in (1u64..4).prop_flat_map(|velocity| {
            (Just(velocity), prop::collection::vec(choice(velocity), 10..80))
        })
    ) {
        let history = history(velocity, &choices);
        let (_, records) = run(history.observations);
        let reported: Vec<_> = blocks(&records)
            .iter()
            .map(|row| {
                (row.number, row.hash.0[1], row.slot.unwrap(), row.backed.unwrap().relay, row.included.unwrap().relay)
            })
            .collect();
        prop_assert_eq!(&reported, &history.chain);
        let lost = records.iter().filter(|record| matches!(record, Record::Lost(_))).count() as u64;
        prop_assert_eq!(lost, history.lost);
        if let (Some(first), Some(last)) = (history.chain.first(), history.chain.last()) {
            // Every slot has its blocks, or they are missed; but for those of the first and the last one.
            let within = |of: &&(u64, u8, u64, u64, u64)| of.2 > first.2 && of.2 < last.2;
            let inner = history.chain.iter().filter(within).count() as u64;
            let slots = (last.2 - first.2).saturating_sub(1);
            let outer = records.iter().filter(|record| {
                matches!(record, Record::Missed(missed) if missed.slot > first.2 && missed.slot < last.2)
            });
            let outer: Vec<_> = outer.cloned().collect();
            prop_assert_eq!(missed(&outer) + inner, slots * velocity);
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
        // When something was learned is a matter of order; what it is, is none.
        let plain = |records: Vec<Record>| {
            let steps = |row: &BlockProgress| (row.number, row.hash, row.backed, row.included, row.interval, row.slot);
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
    fn what_is_missing_is_not_made_up(
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
        for row in blocks(&records) {
            // Each step that is reported of is one that happened; and no block is reported of that did not.
            let truth = history.chain.iter().find(|(number, fork, ..)| {
                hash(2, *number, *fork) == row.hash
            });
            let Some((_, _, slot, backed, included)) = truth else {
                return Err(TestCaseError::fail(format!("#{} is not part of the chain", row.number)));
            };
            prop_assert!(row.slot.is_none_or(|reported| reported == *slot));
            prop_assert!(row.backed.is_none_or(|step| step.relay == *backed));
            prop_assert!(row.included.is_none_or(|step| step.relay == *included));
        }
        let numbers: Vec<_> = blocks(&records).iter().map(|row| row.number).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
        Snapshot::of(&pipeline, 0);
    }
}

/// A history in which all goes well, at one block per relay block.
fn calm(relay_blocks: usize) -> Vec<Observation> {
    let well = Choice { built: 1, backs: true, available: true, forked: false };
    history(1, &vec![well; relay_blocks]).observations
}

#[test]
fn a_candidate_backed_in_the_block_that_includes_its_parent_counts_once() {
    let observations = calm(20);
    let both = |observation: &Observation| match &observation.what {
        Observed::Relay(block) => block.candidates.len() == 2,
        _ => false,
    };
    assert!(
        observations.iter().filter(|observation| both(observation)).count() > 15,
        "the case is not there"
    );
    let (pipeline, records) = run(observations);
    let rows = blocks(&records);
    assert_eq!(rows.len(), 15);
    for row in &rows[1..] {
        assert_eq!(row.interval, Some(RELAY_MILLIS), "#{}", row.number);
        assert_eq!((row.backing(), row.inclusion()), (Some(RELAY_MILLIS), Some(RELAY_MILLIS)));
        assert_eq!(row.finality(), Some(5 * RELAY_MILLIS + 100));
    }
    // As of its relay parent the one before is backed, and the one before that included.
    assert_eq!(rows.last().unwrap().depth, Some(2));
    assert_eq!(missed(&records), 0);
    let snapshot = Snapshot::of(&pipeline, 0);
    let view = &snapshot.paras[0];
    assert_eq!((view.built_number, view.included_number, view.final_number), (Some(20), Some(18), Some(15)));
    assert_eq!(view.blocks.last().unwrap().depth, Some(2));
    assert_eq!(view.segment, [hash(2, 19, 0), hash(2, 20, 0)]);
    assert_eq!(view.pace.as_ref().unwrap().mean, 6_000.0);
}

#[test]
fn a_bundle_has_one_way() {
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
    let rows = blocks(&records);
    // The first bundle began unwatched: of it the last block alone is reported.
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), (12..=72).collect::<Vec<_>>());
    for row in &rows[1..] {
        let bundle = (row.number - 1) / 12 + 1;
        assert_eq!(row.backed.unwrap().relay, bundle + 1, "#{}", row.number);
        assert_eq!(row.included.unwrap().relay, bundle + 2, "#{}", row.number);
        assert_eq!(row.interval, Some(500));
    }
    assert_eq!(missed(&records), 0);
}

#[test]
fn a_reorganised_relay_chain_counts_once() {
    let mut observations = start(RELAY_MILLIS, 1, 3);
    let slot = |number| moment(number) / RELAY_MILLIS;
    let genesis = relay_hash(0, 0);
    observations.extend(
        [
            relay(1, 0, genesis, vec![]),
            parablock(1, 0, H256::zero(), 1, slot(1), moment(1)),
            relay(2, 0, relay_hash(1, 0), vec![candidate(CandidateStage::Backed, 1, 0)]),
            // One fork includes it, and is left for one that does so later.
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

/// The calm history's block `number` is left out of the chain: the later ones take its place, each built a
/// slot later than it would have been. `keep` says whether a node has seen it, as a fork; `live`, whether all
/// were watched as they came; `session`, whether the relay block that would have backed it began one.
fn without(number: u64, keep: bool, live: bool, session: bool) -> Vec<(u64, Reason)> {
    let mut observations = Vec::new();
    for mut observation in calm(30) {
        if let Observed::Para(block) = &mut observation.what {
            block.live = live;
        }
        match &mut observation.what {
            Observed::Para(block) if block.number == number => {
                if keep {
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

/// Why a backed block is lost whose height is built again, `timed_out` or not.
fn backed_in_vain(timed_out: bool) -> Vec<Reason> {
    let slot = |number| moment(number) / RELAY_MILLIS;
    let (first, second) = (hash(2, 1, 0), H256::zero());
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
        parablock(1, 0, second, 1, slot(1), moment(1)),
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
fn what_was_backed_was_late_or_dropped() {
    assert_eq!(backed_in_vain(true), [Reason::Unavailable]);
    assert_eq!(backed_in_vain(false), [Reason::SessionChange]);
}

#[test]
fn a_block_that_is_told_of_late_is_waited_for() {
    let (mut late, mut observations) = (None, calm(20));
    observations.retain(|observation| match &observation.what {
        Observed::Para(block) if block.number == 10 => {
            late = Some(observation.clone());
            false
        }
        _ => true,
    });
    observations.extend(late);
    let (_, records) = run(observations);
    let rows = blocks(&records);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), (1..=15).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row.slot.is_some()));
}

/// Why slot 4 has no block, of a chain whose blocks are built when the one before is included: that of slot
/// 3 is, when slot 4 begins, or `late`.
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
fn a_segment_is_full_while_as_many_blocks_wait_as_it_may_hold() {
    assert_eq!(synchronous(0), [Reason::NoCollation]);
    assert_eq!(synchronous(1), [Reason::SegmentFull]);
}

#[test]
fn memory_is_bounded_without_finality() {
    let observations = calm(12_000)
        .into_iter()
        .filter(|observation| !matches!(observation.what, Observed::RelayFinal { .. }));
    let (pipeline, records) = run(observations);
    assert!(records.is_empty());
    assert!(pipeline.relay.all().count() <= 4_096);
    assert!(pipeline.paras[&PARA].open(&pipeline.relay).chain.len() <= 2 * 4_096);
}

#[test]
fn a_payment_is_followed_from_its_submission() {
    let mut observations = calm(20);
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
