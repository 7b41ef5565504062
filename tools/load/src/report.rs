//! The report of a run: what was offered to the chain, and what became of it.
//!
//! It is plain data. The JSON form is that of these types; [`page`](crate::page) draws them.

use serde::Serialize;
use std::collections::BTreeMap;
use subxt::utils::H256;
use tandem_rpc::read::Weight;

/// Version of the JSON form.
pub const FORMAT: u32 = 1;

/// What a run did. Times are milliseconds; those named `_at` are counted from the Unix epoch.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub format: u32,
    /// The chain's name.
    pub chain: String,
    /// The workload, as on the command line.
    pub workload: String,
    /// Transactions per second that were asked for; `None` to saturation.
    pub rate: Option<f64>,
    pub senders: u32,
    pub connections: u32,
    /// The first offer.
    pub started_at: u64,
    /// When no more was offered.
    pub stopped_at: u64,
    /// The end of the wait for those that were offered.
    pub ended_at: u64,
    pub totals: Totals,
    pub throughput: Throughput,
    pub latency: Latencies,
    /// One entry for each second from `started_at` to `ended_at`.
    pub seconds: Vec<Second>,
    /// The blocks of the best chain, from the first to the last that has a transaction of the run.
    pub blocks: Vec<Block>,
}

/// Numbers of transactions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Totals {
    pub offered: u64,
    pub accepted: u64,
    pub refused: u64,
    /// In a block of the best chain at the end.
    pub in_blocks: u64,
    /// In a block that the relay chain has included; zero if no relay chain was watched.
    pub included: u64,
    #[serde(rename = "final")]
    pub finalized: u64,
    /// In a block, with a call that failed.
    pub failed: u64,
    /// Accepted by a pool, and in no block of the best chain at the end.
    pub lost: u64,
    /// In two blocks of the final chain.
    pub double: u64,
    /// Submitted again, after the pool had dropped them.
    pub resubmitted: u64,
    /// How often a pool was full.
    pub pool_full: u64,
    /// How often each reason of refusal was given.
    pub refusals: BTreeMap<String, u64>,
}

/// Transactions per second. Offers and acceptances are counted over the time of offering. The steps of blocks
/// are counted from the first block with a transaction of the run to the last one that was authored in that
/// time, without what the first one holds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Throughput {
    pub offered: f64,
    pub accepted: f64,
    pub in_blocks: f64,
    /// `None` if no relay chain was watched.
    pub included: Option<f64>,
    #[serde(rename = "final")]
    pub finalized: f64,
}

/// Time from the first offer of a transaction to each step.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Latencies {
    pub accepted: Option<Quantiles>,
    pub in_block: Option<Quantiles>,
    pub included: Option<Quantiles>,
    #[serde(rename = "final")]
    pub finalized: Option<Quantiles>,
}

/// Half of the values are at most `p50`, nine in ten at most `p90`, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    pub p50: u64,
    pub p90: u64,
    pub p99: u64,
    pub worst: u64,
}

/// Transactions that took each step in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Second {
    pub offered: u32,
    pub accepted: u32,
    pub in_blocks: u32,
    pub included: u32,
    #[serde(rename = "final")]
    pub finalized: u32,
    /// Offered and not in a block yet, at the end of the second.
    pub waiting: u32,
}

/// A block of the best chain.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    pub number: u64,
    pub hash: H256,
    /// The key whose turn its slot is, if a relay chain was watched.
    pub author: Option<H256>,
    /// Its timestamp.
    pub authored_at: Option<u64>,
    pub seen_at: u64,
    /// From the block before, by their timestamps.
    pub interval: Option<u64>,
    /// Transactions of the run.
    pub transactions: u32,
    /// All extrinsics, inherents among them.
    pub extrinsics: u32,
    /// Bytes of all extrinsics.
    pub length: u64,
    /// Weight of the normal class, with that of the base block in no class.
    pub normal: Weight,
    /// Weight of the mandatory class.
    pub mandatory: Weight,
    /// The most that the normal class may use.
    pub limit: Weight,
    /// What kept the block from taking more.
    pub held_by: Limit,
    pub included_at: Option<u64>,
    pub final_at: Option<u64>,
}

/// What kept a block from taking more transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Less execution time is left than two transactions of the run take.
    Weight,
    /// Less proof size is left than two transactions of the run declare.
    ProofSize,
    /// The extrinsics have as many bytes as a block may have.
    Length,
    /// The proposer ran out of time.
    Deadline,
    /// The proof reached the size at which the proposer stops.
    PovSize,
    /// No transaction of the run waited when the block was built.
    PoolEmpty,
    /// Transactions of the run had been accepted over a second before, and the pool had none ready.
    PoolSlow,
    Unknown,
}

impl Limit {
    pub fn label(self) -> &'static str {
        match self {
            Limit::Weight => "weight",
            Limit::ProofSize => "proof size",
            Limit::Length => "length",
            Limit::Deadline => "deadline",
            Limit::PovSize => "PoV size",
            Limit::PoolEmpty => "pool empty",
            Limit::PoolSlow => "pool slow",
            Limit::Unknown => "unknown",
        }
    }
}
