//! What the two chains say of parablocks, read by RPC and metadata alone.

use anyhow::{Context, Result};
use codec::{Compact, Decode};
use sp_crypto_hashing::blake2_256;
use std::{future::Future, time::Duration};
use subxt::{
    client::{Block, OnlineClientAtBlock},
    config::substrate::{ConsensusEngineId, DigestItem, SubstrateHeader},
    dynamic,
    ext::scale_decode::DecodeAsType,
    utils::H256,
    OnlineClient, PolkadotConfig,
};

pub type Client = OnlineClient<PolkadotConfig>;
pub type ClientAt = OnlineClientAtBlock<PolkadotConfig>;
pub type Header = SubstrateHeader<H256>;
pub type AnyBlock = Block<PolkadotConfig>;

/// Waits for a connection, which a node that hangs would never make.
///
/// # Errors
/// That of `connection`, or that it takes longer than 15 seconds.
pub async fn in_time<T, E>(connection: impl Future<Output = Result<T, E>>) -> Result<T>
where
    anyhow::Error: From<E>,
{
    let connected = tokio::time::timeout(Duration::from_secs(15), connection).await;
    Ok(connected.context("nothing was answered for 15 s")??)
}

/// A parablock as the relay chain knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub stage: Stage,
    pub number: u64,
    pub hash: H256,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Enough validators of a group vouch for it.
    Backed,
    /// Its proof is available: it is part of the parachain.
    Included,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Receipt {
    descriptor: Descriptor,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Descriptor {
    para_id: u32,
}

/// The candidates of parachain `para_id` that a relay block backs and includes.
pub async fn candidates(relay_block: &ClientAt, para_id: u32) -> Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    for event in relay_block.events().fetch().await?.iter() {
        let event = event?;
        let stage = match (event.pallet_name(), event.event_name()) {
            ("ParaInclusion", "CandidateBacked") => Stage::Backed,
            ("ParaInclusion", "CandidateIncluded") => Stage::Included,
            _ => continue,
        };
        let (receipt, head, _core, _group) =
            event.decode_fields_unchecked_as::<(Receipt, Vec<u8>, u32, u32)>()?;
        if receipt.descriptor.para_id == para_id {
            // A header is its parent's hash, its number, and the rest; the chain hashes by Blake2.
            let Compact(number) = Compact::<u64>::decode(&mut head.get(32..).context("a parachain head")?)?;
            candidates.push(Candidate { stage, number, hash: H256(blake2_256(&head)) });
        }
    }
    Ok(candidates)
}

/// Whether a relay block changes the session, and so backs nothing.
pub async fn changes_session(relay_block: &ClientAt) -> Result<bool> {
    for event in relay_block.events().fetch().await?.iter() {
        let event = event?;
        if (event.pallet_name(), event.event_name()) == ("Session", "NewSession") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The slot that a block was authored in, from Aura's digest.
pub fn slot(header: &Header) -> Option<u64> {
    const AURA: ConsensusEngineId = *b"aura";
    header.digest.logs.iter().find_map(|item| match item {
        DigestItem::PreRuntime(AURA, data) => u64::decode(&mut &data[..]).ok(),
        _ => None,
    })
}

/// The key that a slot is the turn of.
pub async fn author(at: &ClientAt, slot: u64) -> Result<[u8; 32]> {
    let authorities = at
        .storage()
        .fetch(dynamic::storage::<(), Vec<[u8; 32]>>("Aura", "Authorities"), ())
        .await?
        .decode()?;
    let turn = slot.checked_rem(authorities.len() as u64).context("the chain has no authorities")?;
    Ok(authorities[turn as usize])
}

/// Length of an Aura slot.
pub async fn slot_duration(client: &Client) -> Result<Duration> {
    let call = dynamic::runtime_api_call::<(), u64>("AuraApi", "slot_duration", ());
    let millis = client.at_current_block().await?.runtime_apis().call(call).await?;
    Ok(Duration::from_millis(millis))
}

/// A cadence as the chain tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Cadence {
    pub slot_millis: u32,
    pub velocity: u32,
    pub capacity: u32,
    pub compute_millis: u32,
}

impl Cadence {
    /// Time between two blocks, in milliseconds.
    pub fn block_millis(&self) -> u64 {
        u64::from(self.slot_millis / self.velocity.max(1))
    }
}

/// A cadence and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Entry {
    /// The last block of the cadence before; zero for the first.
    pub since: u32,
    /// When that was built, in milliseconds since the Unix epoch.
    pub moment: u64,
    pub cadence: Cadence,
}

/// Execution in picoseconds, and proof in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Weight {
    pub ref_time: u64,
    pub proof_size: u64,
}

/// What a block declares to have used.
pub async fn used_weight(at: &ClientAt) -> Result<Weight> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct ByClass {
        normal: Weight,
        operational: Weight,
        mandatory: Weight,
    }
    let used =
        at.storage().fetch(dynamic::storage::<(), ByClass>("System", "BlockWeight"), ()).await?.decode()?;
    let classes = [used.normal, used.operational, used.mandatory];
    Ok(Weight {
        ref_time: classes.iter().map(|weight| weight.ref_time).sum(),
        proof_size: classes.iter().map(|weight| weight.proof_size).sum(),
    })
}

/// The most that a block may use.
pub fn max_weight(at: &ClientAt) -> Result<Weight> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Limits {
        max_block: Weight,
    }
    Ok(at.constants().entry(dynamic::constant::<Limits>("System", "BlockWeights"))?.max_block)
}
