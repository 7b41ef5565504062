//! Reading storage, constants and runtime APIs at a block.

use crate::ClientAt;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use subxt::{
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
};

/// Reads the value of `entry` of `pallet` under `keys`, or its default.
///
/// # Errors
/// If there is no value and no default, or if the value has another type.
pub async fn stored<T: DecodeAsType>(
    at: &ClientAt,
    pallet: &str,
    entry: &str,
    keys: Vec<Value>,
) -> Result<T> {
    maybe_stored(at, pallet, entry, keys)
        .await?
        .with_context(|| format!("parablock #{} has no such {pallet}.{entry}", at.block_number()))
}

/// As [`stored`], or `None` where there is no value and no default.
pub async fn maybe_stored<T: DecodeAsType>(
    at: &ClientAt,
    pallet: &str,
    entry: &str,
    keys: Vec<Value>,
) -> Result<Option<T>> {
    let what = || format!("reading {pallet}.{entry} at parablock #{}", at.block_number());
    let address = dynamic::storage::<Vec<Value>, T>(pallet, entry);
    let value = at.storage().try_fetch(address, keys).await.with_context(what)?;
    value.map(|value| value.decode()).transpose().with_context(what)
}

/// Calls `method` of the runtime API `api`.
pub async fn ask<T: DecodeAsType>(
    at: &ClientAt,
    api: &str,
    method: &str,
    arguments: Vec<Value>,
) -> Result<T> {
    let payload = dynamic::runtime_api_call::<Vec<Value>, T>(api, method, arguments);
    let answer = at.runtime_apis().call(payload).await;
    answer.with_context(|| format!("asking {api}.{method} at parablock #{}", at.block_number()))
}

/// Reads the constant `name` of `pallet`.
pub fn constant<T: DecodeAsType>(at: &ClientAt, pallet: &str, name: &str) -> Result<T> {
    let address = dynamic::constant::<T>(pallet, name);
    at.constants().entry(address).with_context(|| format!("the constant {pallet}.{name}"))
}

/// The timestamp of a block, in milliseconds since the Unix epoch.
pub async fn moment(at: &ClientAt) -> Result<u64> {
    stored(at, "Timestamp", "Now", vec![]).await
}

/// A cadence, as the runtime API `CadenceApi` and the storage of pallet-cadence have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct ChainCadence {
    pub slot_millis: u32,
    pub velocity: u32,
    pub capacity: u32,
    pub compute_millis: u32,
}

impl ChainCadence {
    /// Time between two blocks, in milliseconds.
    pub fn block_millis(&self) -> u64 {
        u64::from(self.slot_millis / self.velocity.max(1))
    }
}

/// A cadence, and the block with which it came into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct HistoryEntry {
    /// The last block of the cadence before; zero for the first.
    pub since: u32,
    /// When that was built, in milliseconds since the Unix epoch.
    pub moment: u64,
    pub cadence: ChainCadence,
}

/// Execution in picoseconds, and proof in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DecodeAsType, Serialize, Deserialize)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Weight {
    pub ref_time: u64,
    pub proof_size: u64,
}

/// The most that a block may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockLimits {
    pub block: Weight,
    /// Those of the normal, the operational and the mandatory class; none if a class has no limit of its own.
    pub classes: [Option<Weight>; 3],
}

/// The limits of a block, in the code of `at`.
pub fn block_limits(at: &ClientAt) -> Result<BlockLimits> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct BlockWeights {
        max_block: Weight,
        per_class: PerClass,
    }
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct PerClass {
        normal: Class,
        operational: Class,
        mandatory: Class,
    }
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Class {
        max_total: Option<Weight>,
    }
    let found: BlockWeights = constant(at, "System", "BlockWeights")?;
    let PerClass { normal, operational, mandatory } = found.per_class;
    let classes = [normal.max_total, operational.max_total, mandatory.max_total];
    Ok(BlockLimits { block: found.max_block, classes })
}
