//! Makes the [`Report`] of a run from its [`Ledger`].

use crate::{
    blocks::BlockInfo,
    ledger::{Ledger, Transaction},
    report::{Block, Latencies, Limit, Quantiles, Report, Second, Throughput, Totals, FORMAT},
};
use tandem_rpc::read::Weight;
use tandem_watch::observation::ProposalEnd;

/// What a run was asked to do.
pub struct Asked {
    pub chain: String,
    pub workload: String,
    pub rate: Option<f64>,
    pub senders: u32,
    pub connections: u32,
}

/// The report of a run that offered until `stopped_at`, and waited for the rest until `ended_at`.
pub fn report(asked: Asked, ledger: &Ledger, stopped_at: u64, ended_at: u64, relay_watched: bool) -> Report {
    let transactions: Vec<_> = ledger.transactions().collect();
    let started_at = transactions.iter().map(|tx| tx.offered_at).min().unwrap_or(stopped_at);
    let latency = |at: fn(&Transaction) -> Option<u64>| {
        quantiles(transactions.iter().filter_map(|tx| Some(at(tx)?.saturating_sub(tx.offered_at))))
    };
    let (totals, blocks) = (totals(ledger, &transactions), blocks(ledger));
    Report {
        format: FORMAT,
        chain: asked.chain,
        workload: asked.workload,
        rate: asked.rate,
        senders: asked.senders,
        connections: asked.connections,
        started_at,
        stopped_at,
        ended_at,
        throughput: throughput(&totals, &blocks, started_at, stopped_at, relay_watched),
        latency: Latencies {
            accepted: latency(|tx| tx.accepted_at),
            in_block: latency(|tx| tx.in_block_at),
            included: latency(|tx| tx.included_at),
            finalized: latency(|tx| tx.final_at),
        },
        seconds: seconds(&transactions, started_at, ended_at),
        totals,
        blocks,
    }
}

fn totals(ledger: &Ledger, transactions: &[&Transaction]) -> Totals {
    let count = |has: fn(&Transaction) -> bool| transactions.iter().filter(|tx| has(tx)).count() as u64;
    let refused = ledger.refusals.values().sum();
    Totals {
        offered: transactions.len() as u64 + refused,
        accepted: count(|tx| tx.accepted_at.is_some()),
        refused,
        in_blocks: count(|tx| tx.block.is_some()),
        included: count(|tx| tx.included_at.is_some()),
        finalized: count(|tx| tx.final_at.is_some()),
        failed: count(|tx| tx.failed),
        lost: count(|tx| tx.accepted_at.is_some() && tx.block.is_none()),
        double: ledger.double,
        resubmitted: ledger.resubmitted,
        pool_full: ledger.pool_full,
        refusals: ledger.refusals.clone(),
    }
}

fn throughput(
    totals: &Totals,
    blocks: &[Block],
    started_at: u64,
    stopped_at: u64,
    relay_watched: bool,
) -> Throughput {
    let offering = started_at..=stopped_at;
    let during = |block: &&Block| block.authored_at.is_some_and(|at| offering.contains(&at));
    let during: Vec<_> = blocks.iter().filter(during).collect();
    // From the first block, without what that one holds, to the last.
    let rate = |at: fn(&Block) -> Option<u64>| {
        let reached = during.iter().filter_map(|block| Some((at(block)?, u64::from(block.transactions))));
        let reached: Vec<_> = reached.collect();
        let (Some(first), Some(last)) = (reached.first(), reached.last()) else { return 0.0 };
        // Several blocks can reach a step at once.
        let later = reached.iter().filter(|(at, _)| *at > first.0);
        per_second(later.map(|(_, transactions)| transactions).sum(), last.0.saturating_sub(first.0))
    };
    let offering = stopped_at.saturating_sub(started_at);
    Throughput {
        offered: per_second(totals.offered, offering),
        accepted: per_second(totals.accepted, offering),
        in_blocks: rate(|block| block.authored_at),
        included: relay_watched.then(|| rate(|block| block.included_at)),
        finalized: rate(|block| block.final_at),
    }
}

fn per_second(number: u64, millis: u64) -> f64 {
    if millis == 0 {
        return 0.0;
    }
    number as f64 * 1_000.0 / millis as f64
}

/// Quantiles of `values` by the nearest rank; `None` if there are no values.
fn quantiles(values: impl Iterator<Item = u64>) -> Option<Quantiles> {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    let worst = *values.last()?;
    let rank = |percent: usize| values[(values.len() * percent).div_ceil(100).max(1) - 1];
    Some(Quantiles { p50: rank(50), p90: rank(90), p99: rank(99), worst })
}

fn seconds(transactions: &[&Transaction], started_at: u64, ended_at: u64) -> Vec<Second> {
    let length = ended_at.saturating_sub(started_at) / 1_000 + 1;
    let mut seconds = vec![Second::default(); length as usize];
    let mut count = |at: Option<u64>, field: fn(&mut Second) -> &mut u32| {
        let second = at.map(|at| at.saturating_sub(started_at) / 1_000);
        if let Some(second) = second.and_then(|second| seconds.get_mut(second as usize)) {
            *field(second) += 1;
        }
    };
    for tx in transactions {
        count(Some(tx.offered_at), |second| &mut second.offered);
        count(tx.accepted_at, |second| &mut second.accepted);
        count(tx.in_block_at, |second| &mut second.in_blocks);
        count(tx.included_at, |second| &mut second.included);
        count(tx.final_at, |second| &mut second.finalized);
    }
    let mut waiting = 0u32;
    for second in &mut seconds {
        waiting = (waiting + second.offered).saturating_sub(second.in_blocks);
        second.waiting = waiting;
    }
    seconds
}

fn blocks(ledger: &Ledger) -> Vec<Block> {
    let chain: Vec<_> = ledger.best_chain().collect();
    let ours: Vec<_> = chain.iter().filter(|block| block.transactions > 0).collect();
    let (Some(first), Some(last)) = (ours.first(), ours.last()) else { return vec![] };
    let span = first.number..=last.number;
    // What a transaction takes, by the block in which that is least: others may have used the rest.
    let mean = |used: fn(&BlockInfo) -> u64| {
        ours.iter().map(|block| used(block) / u64::from(block.transactions)).min().unwrap_or_default()
    };
    let typical = Weight {
        ref_time: mean(|block| block.normal.ref_time),
        proof_size: mean(|block| block.normal.proof_size),
    };
    let mut blocks = Vec::<Block>::new();
    for block in chain.iter().filter(|block| span.contains(&block.number)) {
        let before = blocks.last().and_then(|before| before.authored_at);
        blocks.push(Block {
            number: block.number,
            hash: block.hash,
            author: block.author,
            authored_at: Some(block.authored_at),
            seen_at: block.seen_at,
            interval: before.map(|before| block.authored_at.saturating_sub(before)),
            transactions: block.transactions,
            extrinsics: block.extrinsics,
            length: block.length,
            normal: block.normal,
            mandatory: block.mandatory,
            limit: block.limit,
            held_by: held_by(block, typical),
            included_at: block.included_at,
            final_at: block.final_at,
        });
    }
    blocks
}

/// What kept the block from taking more, if a transaction takes a `typical` weight. The collator knows it
/// best. Without its log, the room that is left shows it.
fn held_by(block: &BlockInfo, typical: Weight) -> Limit {
    let share = |used: u64, limit: u64| used as f64 / limit.max(1) as f64;
    // Twice, because a block gets back what its transactions did not use only after they were executed.
    let full = |used: u64, limit: u64, one: u64| used.saturating_add(2 * one) > limit;
    let (used, limit) = (&block.normal, &block.limit);
    match block.end {
        // Weight or length: that which is nearest to its limit.
        Some(ProposalEnd::BlockWeight) => {
            let shares = [
                (Limit::Weight, share(used.ref_time, limit.ref_time)),
                (Limit::ProofSize, share(used.proof_size, limit.proof_size)),
                (Limit::Length, share(block.length, block.max_length)),
            ];
            shares.into_iter().fold(shares[0], |most, next| if next.1 > most.1 { next } else { most }).0
        }
        Some(ProposalEnd::BlockSize) => Limit::PovSize,
        Some(ProposalEnd::Deadline) => Limit::Deadline,
        Some(ProposalEnd::NoMoreTransactions) if block.waited > 0 => Limit::PoolSlow,
        Some(ProposalEnd::NoMoreTransactions) => Limit::PoolEmpty,
        // A runtime that is being migrated takes no transactions.
        Some(ProposalEnd::TransactionForbidden) => Limit::Unknown,
        None if full(used.ref_time, limit.ref_time, typical.ref_time) => Limit::Weight,
        None if full(used.proof_size, limit.proof_size, typical.proof_size) => Limit::ProofSize,
        None if full(block.length, block.max_length, block.length / u64::from(block.extrinsics.max(1))) => {
            Limit::Length
        }
        None if block.waited == 0 => Limit::PoolEmpty,
        None => Limit::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;
    use subxt::utils::H256;

    #[test]
    fn quantiles_are_values_that_occur() {
        assert_eq!(quantiles([].into_iter()), None);
        assert_eq!(quantiles([7].into_iter()), Some(Quantiles { p50: 7, p90: 7, p99: 7, worst: 7 }));
        let hundred = Quantiles { p50: 50, p90: 90, p99: 99, worst: 100 };
        assert_eq!(quantiles((1..=100).rev()), Some(hundred));
    }

    /// A ledger with blocks of so many transactions, authored at these times, each final 30 s later.
    fn ledger(blocks: &[(u64, u32)]) -> Ledger {
        let (mut ledger, mut nonce) = (Ledger::default(), 0);
        for (number, (authored_at, transactions)) in (1..).zip(blocks) {
            let hash = H256::repeat_byte(number as u8);
            let mut extrinsics = vec![H256::zero()];
            for _ in 0..*transactions {
                let extrinsic = H256::from_low_u64_be(1_000 + nonce);
                ledger.offer((0, nonce), extrinsic, authored_at - 2_000);
                ledger.accept((0, nonce), authored_at - 1_900);
                extrinsics.push(extrinsic);
                nonce += 1;
            }
            let info = BlockInfo {
                number,
                hash,
                parent: H256::repeat_byte(number as u8 - 1),
                authored_at: *authored_at,
                ..BlockInfo::default()
            };
            ledger.add_block(info, &extrinsics);
            ledger.best_is(hash, authored_at + 500);
            ledger.final_is(number, hash, authored_at + 30_000);
        }
        ledger
    }

    #[test]
    fn throughput_counts_neither_the_first_block_nor_those_after_the_last_offer() {
        let ledger = ledger(&[(10_000, 50), (16_000, 30), (22_000, 90), (28_000, 7)]);
        let asked = Asked { chain: "c".into(), workload: "w".into(), rate: None, senders: 1, connections: 1 };
        let report = report(asked, &ledger, 22_000, 60_000, false);
        let rates = report.throughput;
        assert_eq!((rates.in_blocks, rates.finalized, rates.included), (10.0, 10.0, None));
        assert_eq!(report.started_at, 8_000);
        assert_eq!(report.totals.offered, 177);
        assert_eq!((report.totals.lost, report.totals.double), (0, 0));
        assert_eq!(report.latency.in_block.map(|latency| latency.worst), Some(2_500));
        assert_eq!(report.latency.finalized.map(|latency| latency.p50), Some(32_000));
        let intervals: Vec<_> = report.blocks.iter().map(|block| block.interval).collect();
        assert_eq!(intervals, [None, Some(6_000), Some(6_000), Some(6_000)]);
        let second =
            |n: usize| (report.seconds[n].offered, report.seconds[n].in_blocks, report.seconds[n].waiting);
        assert_eq!([0, 1, 2].map(second), [(50, 0, 50), (0, 0, 50), (0, 50, 0)]);
    }

    fn held(used: u64, waited: u32, end: Option<ProposalEnd>) -> Limit {
        let block = BlockInfo {
            normal: Weight { ref_time: used, proof_size: 10 },
            limit: Weight { ref_time: 1_000, proof_size: 1_000 },
            max_length: 1_000,
            waited,
            end,
            ..BlockInfo::default()
        };
        held_by(&block, Weight { ref_time: 100, proof_size: 1 })
    }

    #[test]
    fn the_collator_knows_best_what_held_a_block_and_else_the_room_shows_it() {
        use ProposalEnd::*;
        assert_eq!(held(801, 5, None), Limit::Weight);
        assert_eq!(held(800, 5, None), Limit::Unknown);
        assert_eq!(held(800, 0, None), Limit::PoolEmpty);
        assert_eq!(held(300, 5, Some(BlockWeight)), Limit::Weight);
        assert_eq!(held(5, 5, Some(BlockWeight)), Limit::ProofSize);
        assert_eq!(held(900, 5, Some(Deadline)), Limit::Deadline);
        assert_eq!(held(900, 5, Some(BlockSize)), Limit::PovSize);
        assert_eq!(held(900, 5, Some(NoMoreTransactions)), Limit::PoolSlow);
        assert_eq!(held(900, 0, Some(NoMoreTransactions)), Limit::PoolEmpty);
    }

    /// Adds the names of the fields of `value`. `[]` stands for the items of a list, and `*` for reasons.
    fn add(fields: &mut BTreeSet<String>, path: &str, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| add(fields, &format!("{path}[]"), item)),
            Value::Object(object) => {
                for (name, value) in object {
                    let name = if path == "totals.refusals" { "*" } else { name };
                    add(fields, &if path.is_empty() { name.into() } else { format!("{path}.{name}") }, value);
                }
            }
            _ => drop(fields.insert(path.into())),
        }
    }

    #[test]
    fn the_documentation_has_the_fields_of_the_json() {
        let mut ledger = ledger(&[(10_000, 2), (16_000, 1)]);
        ledger.offer((1, 0), H256::repeat_byte(99), 1_000);
        ledger.refuse((1, 0), "no funds".into());
        let asked = Asked { chain: "c".into(), workload: "w".into(), rate: None, senders: 1, connections: 1 };
        let report = report(asked, &ledger, 22_000, 60_000, true);
        let quantiles = report.latency.in_block;
        let report = Report { latency: Latencies { included: quantiles, ..report.latency }, ..report };
        let mut printed = BTreeSet::new();
        add(&mut printed, "", &serde_json::to_value(report).expect("the report is JSON"));
        let text = std::fs::read_to_string("../../docs/json.md").expect("the page is there");
        let (_, section) = text.split_once("\n## The report of tandem load\n").expect("the section is there");
        let block = section.split("```").nth(1).expect("the section has a block");
        let documented =
            block.trim().lines().filter_map(|line| line.split_once(' ')).map(|(name, _)| name.into());
        assert_eq!(printed, documented.collect::<BTreeSet<String>>(), "{printed:#?}");
    }
}
