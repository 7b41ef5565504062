//! Recorded runs of local networks against what follows from their relay blocks by a plain count: a change
//! from blocks of 12 s to blocks of 6 s; and a calm time, after which a collator was killed, and a validator.
//! `tandem watch --record` made them.

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
    let rows = records.iter().map(|record| if let Record::Block(row) = record { Some(row) } else { None });
    rows.flatten().collect()
}

/// Number, hash, and the relay blocks of backing and inclusion.
type Steps = (u64, String, Option<u64>, u64);

/// The steps of each parablock, from the recorded relay blocks alone: down from the last final one by its
/// parents, then up again, one event after the other.
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
    let steps = |row: &BlockProgress| {
        let hash = format!("{:?}", row.hash);
        (row.number, hash, row.backed.map(|step| step.relay), row.included.unwrap().relay)
    };
    blocks(records).into_iter().map(steps).collect()
}

#[test]
fn each_block_went_its_way() {
    for (name, least) in [("cadence.jsonl", 40), ("deaths.jsonl", 50)] {
        let (_, records) = replay(name);
        let expected = counted(name);
        assert!(expected.len() > least, "{name} has {} blocks", expected.len());
        assert_eq!(reported(&records), expected, "{name}");
    }
}

/// What the run was, by hand, from its relay blocks, the collators' slots and when they were killed.
#[test]
fn a_missed_slot_has_the_reason_that_it_had() {
    let (pipeline, records) = replay("deaths.jsonl");
    let bob = pipeline.paras[&2_000].authorities[0];
    let missed = records.iter().filter_map(|record| match record {
        Record::Missed(missed) => {
            Some((missed.slot - 299_240_000, missed.reason, missed.author == Some(bob)))
        }
        _ => None,
    });
    let expected = [
        // Calm: one slot in ten, when the relay chain changes its session.
        (80, Reason::SessionChange),
        (90, Reason::SessionChange),
        (100, Reason::SessionChange),
        (110, Reason::SessionChange),
        // Bob's collator is dead, and every second slot was his.
        (118, Reason::NoCollation),
        (120, Reason::NoCollation),
        (122, Reason::NoCollation),
        (124, Reason::NoCollation),
        (126, Reason::NoCollation),
        (128, Reason::NoCollation),
        // It is back.
        (130, Reason::SessionChange),
        // One of two validators is dead: #47 waits for its availability, #48 and #49 are not backed, and
        // after these three no more may be built. From 139 to 144 no slot has a relay block.
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
        // Included at last, in a block that changes the session, #47 makes room for #48 and #49 again.
        (147, Reason::NotBacked),
        (148, Reason::SegmentFull),
        (149, Reason::SegmentFull),
        (150, Reason::SessionChange),
    ];
    let of_bob = |slot: u64| slot % 2 == 0;
    assert_eq!(missed.collect::<Vec<_>>(), expected.map(|(slot, reason)| (slot, reason, of_bob(slot))),);
}

#[test]
fn a_change_of_cadence_is_told_where_it_was() {
    let (pipeline, records) = replay("cadence.jsonl");
    let changes: Vec<_> = records.iter().filter(|record| matches!(record, Record::Cadence { .. })).collect();
    let [Record::Cadence { cadence, .. }] = changes[..] else { panic!("{changes:?}") };
    assert_eq!((cadence.slot_millis, cadence.velocity, cadence.capacity), (6_000, 1, Some(3)));
    // Before it no two blocks are closer than twelve seconds, and after it than six; some are that close.
    let rows = blocks(&records);
    for (of, least) in [(true, 12_000), (false, 6_000)] {
        let of_cadence = rows.iter().filter(|row| (row.number <= cadence.since) == of);
        assert_eq!(of_cadence.filter_map(|row| row.interval).min(), Some(least));
    }
    let missed = records.iter().filter_map(|record| match record {
        Record::Missed(missed) => Some((missed.moment - 1_795_431_768_000, missed.reason)),
        _ => None,
    });
    let expected = [
        (0, Reason::SessionChange),
        (300_000, Reason::NotBacked),
        // #32 waits for its backing, as a session has just begun. The first block of the new code is built
        // before, for which the relay chain still has the old one, so it is never backed, nor are the two
        // on top of it.
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
    assert_eq!(lengths, [(Some(12_000), cadence.since), (Some(6_000), rows[rows.len() - 1].number)]);
}

#[test]
fn a_recording_that_was_cut_off_can_be_looked_at_up_to_there() {
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
    // What is no observation in the middle is an error.
    let (first, rest) = whole.split_once('\n').unwrap();
    let broken = observations(&format!("{first}\n{{\n{}", &rest[..rest.len() - 10]));
    assert!(broken[0].as_ref().unwrap_err().contains("line 2 of"));
    fs::remove_file(&file).unwrap();
}
