//! What the ledger knows of a block, and how it is read from a node.

use crate::submit::Node;
use anyhow::{Context, Result};
use sp_crypto_hashing::{blake2_256, twox_128};
use std::collections::BTreeSet;
use subxt::{events::Phase, ext::scale_decode::DecodeAsType, utils::H256};
use tandem_rpc::{
    constant, moment,
    read::{block_limits, Weight},
    stored,
};
use tandem_watch::observation::ProposalEnd;

/// A block of the parachain. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default)]
pub struct BlockInfo {
    pub number: u64,
    pub hash: H256,
    pub parent: H256,
    pub author: Option<H256>,
    /// Its timestamp.
    pub authored_at: u64,
    /// When it became part of the best chain here.
    pub seen_at: u64,
    /// Transactions of this run.
    pub transactions: u32,
    pub extrinsics: u32,
    /// Bytes of all extrinsics, and the most that those of the normal class may have.
    pub length: u64,
    pub max_length: u64,
    pub normal: Weight,
    pub mandatory: Weight,
    /// The most that the normal class may use.
    pub limit: Weight,
    /// Transactions of this run that had waited when it was built, and are not in it.
    pub waited: u32,
    /// How its collator ended it, if the log of that one is read.
    pub end: Option<ProposalEnd>,
    pub included_at: Option<u64>,
    pub final_at: Option<u64>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ByClass<T> {
    normal: T,
    mandatory: T,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Lengths {
    max: ByClass<u32>,
}

/// Reads a block and the hashes of its extrinsics.
pub async fn read(node: &Node, hash: H256) -> Result<(BlockInfo, Vec<H256>)> {
    let gone = || format!("the node has no block {hash:?}");
    let block = node.rpc.chain_get_block(Some(hash)).await?.with_context(gone)?.block;
    let at = node.client.at_block(hash).await?;
    let used: ByClass<Weight> = stored(&at, "System", "BlockWeight", vec![]).await?;
    let limits = block_limits(&at)?;
    let lengths: Lengths = constant(&at, "System", "BlockLength")?;
    let info = BlockInfo {
        number: block.header.number,
        hash,
        parent: block.header.parent_hash,
        authored_at: moment(&at).await?,
        extrinsics: block.extrinsics.len() as u32,
        length: block.extrinsics.iter().map(|extrinsic| extrinsic.0.len() as u64).sum(),
        max_length: lengths.max.normal.into(),
        normal: used.normal,
        mandatory: used.mandatory,
        limit: limits.classes[0].unwrap_or(limits.block),
        ..BlockInfo::default()
    };
    let hashes = block.extrinsics.iter().map(|extrinsic| H256(blake2_256(&extrinsic.0))).collect();
    Ok((info, hashes))
}

/// Indices of the extrinsics of a block that failed, or that are a batch of which a call failed.
pub async fn failures(node: &Node, hash: H256) -> Result<BTreeSet<u32>> {
    let gone = || format!("the node has no block {hash:?}");
    let header = node.rpc.chain_get_header(Some(hash)).await?.with_context(gone)?;
    let key = [twox_128(b"System"), twox_128(b"Events")].concat();
    let events = node.rpc.state_get_storage(&key, Some(hash)).await?.unwrap_or_default();
    // The events of a block that changes the code are still those of the old one.
    let code = node.client.at_block(header.parent_hash).await?;
    let mut failed = BTreeSet::new();
    for event in code.events().from_bytes(events).iter() {
        let event = event?;
        let Phase::ApplyExtrinsic(index) = event.phase() else { continue };
        if let ("System", "ExtrinsicFailed") | ("Utility", "BatchInterrupted") =
            (event.pallet_name(), event.event_name())
        {
            failed.insert(index);
        }
    }
    Ok(failed)
}
