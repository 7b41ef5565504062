//! The pipeline on recordings of local networks, which `tandem watch --record` made. In `cadence.jsonl`
//! blocks of 12 s change to blocks of 6 s. In `deaths.jsonl` a collator is killed after some minutes, and a
//! validator later. What is expected is counted from the recorded relay blocks, without the pipeline.

use serde_json::Value;
use std::{collections::HashMap, fs, path::PathBuf};
use tandem_watch::{
    parachain::{BlockProgress, Reason, Record},
    pipeline::Pipeline,
    recording,
    snapshot::Snapshot,
};

fn path(name: &str) -> PathBuf {
    ["tests", "recordings", name].iter().collect()
}

fn replay(name: &str) -> (Pipeline, Vec<Record>) {
    let mut pipeline = Pipeline::default();
    let observations = recording::read(&path(name)).unwrap();
    let records = observations.flat_map(|observation| pipeline.apply(observation.unwrap())).collect();
    (pipeline, records)
}

fn blocks(records: &[Record]) -> Vec<&BlockProgress> {
    let blocks = records.iter().filter_map(|record| match record {
        Record::Block(block) => Some(block),
        _ => None,
    });
    blocks.collect()
}

/// Number, hash, and the relay blocks of backing and inclusion.
type Steps = (u64, String, Option<u64>, u64);

/// The steps of each parablock, by the events of the recorded relay blocks: those from the first one to the
/// last final one, in order.
fn counted(name: &str) -> Vec<Steps> {
    let text = std::fs::read_to_string(path(name)).unwrap();
    let (mut relay, mut tip) = (HashMap::new(), None);
    for line in text.lines().skip(1) {
        let observation: Value = serde_json::from_str(line).unwrap();
        if let Some(block) = observation["what"].get("relay") {
            relay.insert(block["hash"].as_str().unwrap().to_string(), block.clone());
        }
        if let Some(block) = observation["what"].get("relay_final") {
            tip = Some(block["hash"].as_str().unwrap().to_string());
        }
    }
    let mut chain = Vec::new();
    while let Some(block) = tip.and_then(|hash| relay.get(&hash)) {
        chain.push(block);
        tip = Some(block["parent"].as_str().unwrap().to_string());
    }
    let (mut backed, mut steps) = (HashMap::new(), Vec::new());
    for block in chain.into_iter().rev() {
        let at = block["number"].as_u64().unwrap();
        for candidate in block["candidates"].as_array().unwrap() {
            let head = candidate["head"].as_str().unwrap().to_string();
            match candidate["stage"].as_str().unwrap() {
                "backed" => drop(backed.insert(head, at)),
                "included" => {
                    let number = candidate["number"].as_u64().unwrap();
                    steps.push((number, head.clone(), backed.get(&head).copied(), at));
                }
                _ => (),
            }
        }
    }
    steps
}

fn reported(records: &[Record]) -> Vec<Steps> {
    let steps = |block: &BlockProgress| {
        let hash = format!("{:?}", block.hash);
        (block.number, hash, block.backed.map(|step| step.relay), block.included.unwrap().relay)
    };
    blocks(records).into_iter().map(steps).collect()
}

#[test]
fn each_block_has_the_steps_of_its_candidate() {
    for (name, least) in [("cadence.jsonl", 40), ("deaths.jsonl", 50)] {
        let (_, records) = replay(name);
        let expected = counted(name);
        assert!(expected.len() > least, "{name} has {} blocks", expected.len());
        assert_eq!(reported(&records), expected, "{name}");
    }
}

/// The reasons were found by hand, from the relay blocks, the collators' slots, and the times at which nodes
/// were killed.
#[test]
fn each_missed_slot_has_its_reason() {
    let (pipeline, records) = replay("deaths.jsonl");
    let bob = pipeline.paras[&2_000].authorities[0];
    let missed = records.iter().filter_map(|record| match record {
        Record::Missed(missed) => {
            Some((missed.slot - 299_240_000, missed.reason, missed.author == Some(bob)))
        }
        _ => None,
    });
    let expected = [
        // All nodes run. One slot in ten is missed, when the relay chain changes its session.
        (80, Reason::SessionChange),
        (90, Reason::SessionChange),
        (100, Reason::SessionChange),
        (110, Reason::SessionChange),
        // Bob's collator is down, and every second slot is its turn.
        (118, Reason::NoCollation),
        (120, Reason::NoCollation),
        (122, Reason::NoCollation),
        (124, Reason::NoCollation),
        (126, Reason::NoCollation),
        (128, Reason::NoCollation),
        // It runs again.
        (130, Reason::SessionChange),
        // One of two validators is down. #47 waits for its availability, and #48 and #49 are not backed. With
        // these three the segment is full. From 139 to 144 no slot has a relay block.
        (134, Reason::NotBacked),
        (135, Reason::NotBacked),
        (136, Reason::SegmentFull),
        (137, Reason::SegmentFull),
        (138, Reason::SegmentFull),
        (139, Reason::SegmentFull),
        (140, Reason::NoRelayBlock),
        (141, Reason::NoRelayBlock),
        (142, Reason::NoRelayBlock),
        (143, Reason::NoRelayBlock),
        (144, Reason::NoRelayBlock),
        // A relay block that changes the session includes #47 at last, and #48 and #49 are built again.
        (147, Reason::NotBacked),
        (148, Reason::SegmentFull),
        (149, Reason::SegmentFull),
        (150, Reason::SessionChange),
    ];
    let is_of_bob = |slot: u64| slot.is_multiple_of(2);
    assert_eq!(missed.collect::<Vec<_>>(), expected.map(|(slot, reason)| (slot, reason, is_of_bob(slot))));
}

#[test]
fn a_change_of_cadence_is_reported_with_its_block() {
    let (pipeline, records) = replay("cadence.jsonl");
    let changes: Vec<_> = records.iter().filter(|record| matches!(record, Record::Cadence { .. })).collect();
    let [Record::Cadence { cadence, .. }] = changes[..] else { panic!("{changes:?}") };
    assert_eq!((cadence.slot_millis, cadence.velocity, cadence.capacity), (6_000, 1, Some(3)));
    // The shortest interval is twelve seconds before the change, and six seconds after it.
    let reported = blocks(&records);
    for (before, least) in [(true, 12_000), (false, 6_000)] {
        let of_cadence = reported.iter().filter(|block| (block.number <= cadence.since) == before);
        assert_eq!(of_cadence.filter_map(|block| block.interval).min(), Some(least));
    }
    let missed = records.iter().filter_map(|record| match record {
        Record::Missed(missed) => Some((missed.moment - 1_795_431_768_000, missed.reason)),
        _ => None,
    });
    let expected = [
        (0, Reason::SessionChange),
        (300_000, Reason::NotBacked),
        // #32 is not backed yet, because a session has just begun. Before it is, the first block of the new
        // code is built. The relay chain still has the old code for it, so neither that block nor the two
        // on top of it are backed.
        (384_000, Reason::NotBacked),
        (390_000, Reason::NotBacked),
        (396_000, Reason::SegmentFull),
        (402_000, Reason::SegmentFull),
        (426_000, Reason::SessionChange),
        (486_000, Reason::SessionChange),
        (546_000, Reason::SessionChange),
    ];
    assert_eq!(missed.collect::<Vec<_>>(), expected);
    let paces = &Snapshot::of(&pipeline, 0).paras[0].paces;
    let lengths: Vec<_> = paces.iter().map(|pace| (pace.block_millis, pace.to)).collect();
    assert_eq!(lengths, [(Some(12_000), cadence.since), (Some(6_000), reported.last().unwrap().number)]);
}

#[test]
fn a_recording_that_was_cut_off_can_be_read_up_to_there() {
    let whole = fs::read_to_string(path("deaths.jsonl")).unwrap();
    let file = std::env::temp_dir().join(format!("tandem-cut-off-{}.jsonl", std::process::id()));
    let observations = |text: &str| {
        fs::write(&file, text).unwrap();
        recording::read(&file)
            .unwrap()
            .map(|observation| observation.map_err(|error| error.to_string()))
            .collect::<Vec<_>>()
    };
    let all = observations(&whole);
    assert!(all.iter().all(Result::is_ok));
    let cut_off = observations(&whole[..whole.len() - 10]);
    assert!(cut_off.iter().all(Result::is_ok));
    assert_eq!(cut_off.len(), all.len() - 1);
    // A broken line that is not the last one is an error.
    let (first, rest) = whole.split_once('\n').unwrap();
    let broken = observations(&format!("{first}\n{{\n{}", &rest[..rest.len() - 10]));
    assert!(broken[0].as_ref().unwrap_err().contains("line 2 of"));
    fs::remove_file(&file).unwrap();
}
