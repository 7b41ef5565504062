//! Chains as the tools know them: by RPC and metadata alone.
//!
//! [`read`] reads storage, constants and runtime APIs at a block. [`calls`] builds calls, and
//! [`parachain`] submits them and follows the newest blocks. [`keys`] has the development accounts.
//! Values are decoded by the metadata of the chain that is asked, so nothing here is compiled against a
//! runtime.

pub mod calls;
pub mod keys;
pub mod parachain;
pub mod read;

pub use read::{ask, constant, maybe_stored, moment, stored};

use anyhow::{Context, Result};
use codec::{Decode, Encode};
use sp_crypto_hashing::blake2_256;
use std::{future::Future, time::Duration};
use subxt::{
    client::OnlineClientAtBlock,
    config::substrate::{ConsensusEngineId, DigestItem, SubstrateHeader},
    utils::H256,
    OnlineClient, PolkadotConfig,
};

/// A chain, by one of its nodes.
pub type Client = OnlineClient<PolkadotConfig>;
/// The chain as of one block.
pub type ClientAt = OnlineClientAtBlock<PolkadotConfig>;
pub type Header = SubstrateHeader<H256>;

/// Waits for a connection, but no longer than 15 seconds: a node that hangs never answers.
///
/// # Errors
/// That of `connection`, or that it takes longer than 15 seconds.
pub async fn in_time<T, E>(connection: impl Future<Output = Result<T, E>>) -> Result<T>
where
    anyhow::Error: From<E>,
{
    let connected = tokio::time::timeout(Duration::from_secs(15), connection).await;
    Ok(connected.context("no answer within 15 s")??)
}

/// The hash of a block, by its header.
pub fn hash(header: &Header) -> H256 {
    H256(blake2_256(&header.encode()))
}

/// The slot that a block was authored in, from Aura's digest.
pub fn slot(header: &Header) -> Option<u64> {
    const AURA: ConsensusEngineId = *b"aura";
    header.digest.logs.iter().find_map(|item| match item {
        DigestItem::PreRuntime(AURA, data) => u64::decode(&mut &data[..]).ok(),
        _ => None,
    })
}
