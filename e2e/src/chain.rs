//! What tests read from the two chains, with code of their own: they share none with the tools that they check.

use anyhow::{bail, Context, Result};
use codec::{Compact, Decode};
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use subxt::{
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
    utils::H256,
};
use tandem_network::PARA_ID;
pub use tandem_rpc::{slot, Client, ClientAt, Header};
use tokio::time::timeout;

/// A parablock as the relay chain has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub stage: Stage,
    pub number: u64,
    pub hash: H256,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Enough validators of a group have validated it.
    Backed,
    /// Its proof is available, so it is part of the parachain.
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

/// The candidates of our parachain that a relay block backs and includes.
pub async fn candidates(relay_block: &ClientAt) -> Result<Vec<Candidate>> {
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
        if receipt.descriptor.para_id == PARA_ID {
            // A header is its parent's hash, its number, and the rest; the chain hashes by Blake2.
            let Compact(number) = Compact::<u64>::decode(&mut head.get(32..).context("a parachain head")?)?;
            candidates.push(Candidate { stage, number, hash: H256(blake2_256(&head)) });
        }
    }
    Ok(candidates)
}

/// Whether a relay block begins a session, and so backs nothing.
async fn begins_session(relay_block: &ClientAt) -> Result<bool> {
    for event in relay_block.events().fetch().await?.iter() {
        let event = event?;
        if (event.pallet_name(), event.event_name()) == ("Session", "NewSession") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Watches `relay` for `blocks` final blocks, from the first that includes a parablock on. As in the SDK's
/// own test of the pace, a block that begins a session does not count: it backs nothing. Returns what was
/// included, and how many blocks were watched in all.
pub async fn observe(relay: &Client, blocks: u64) -> Result<(Vec<Candidate>, u64)> {
    let mut stream = relay.stream_blocks().await?;
    let mut included = Vec::new();
    // The first block watched, and the first not watched any more.
    let mut span = None::<(u64, u64)>;
    while let Some(block) = stream.next().await {
        let block = block?;
        if let Some((first, end)) = span.filter(|(_, end)| block.number() >= *end) {
            return Ok((included, end - first));
        }
        let at = block.at().await?;
        for candidate in candidates(&at).await? {
            if candidate.stage == Stage::Included {
                span.get_or_insert((block.number(), block.number() + blocks));
                included.push(candidate);
            }
        }
        if let (Some((_, end)), true) = (&mut span, begins_session(&at).await?) {
            *end += 1;
        }
    }
    bail!("the relay chain's blocks ended")
}

/// Waits until the relay chain includes a block that the collator with this Aura `key` has authored.
///
/// # Errors
/// If it does not `within` this time.
pub async fn authors(relay: &Client, para: &Client, key: [u8; 32], within: Duration) -> Result<()> {
    let included = async {
        let mut stream = relay.stream_best_blocks().await?;
        while let Some(block) = stream.next().await {
            for candidate in candidates(&block?.at().await?).await? {
                let Ok(at) = para.at_block(candidate.hash).await else { continue };
                if candidate.stage == Stage::Included && author(para, &at.block_header().await?).await? == key
                {
                    return Ok(());
                }
            }
        }
        bail!("the relay chain's blocks ended")
    };
    timeout(within, included).await.with_context(|| format!("the collator authors nothing for {within:?}"))?
}

/// The Aura key whose turn it was to author the block with this `header`.
pub async fn author(para: &Client, header: &Header) -> Result<[u8; 32]> {
    let slot = slot(header).context("a block has a slot")?;
    // The block itself may begin a session with other keys.
    let parent = para.at_block(header.parent_hash).await?;
    let authorities = dynamic::storage::<(), Vec<[u8; 32]>>("Aura", "Authorities");
    let authorities = parent.storage().fetch(authorities, ()).await?.decode()?;
    let turn = slot.checked_rem(authorities.len() as u64).context("the chain has no authorities")?;
    Ok(authorities[turn as usize])
}

/// Length of an Aura slot.
pub async fn slot_duration(client: &Client) -> Result<Duration> {
    let call = dynamic::runtime_api_call::<(), u64>("AuraApi", "slot_duration", ());
    let millis = client.at_current_block().await?.runtime_apis().call(call).await?;
    Ok(Duration::from_millis(millis))
}

/// Execution in picoseconds, and proof in bytes.
#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct UsedWeight {
    pub ref_time: u64,
    pub proof_size: u64,
}

/// The weight that a block declares to have used.
pub async fn used_weight(at: &ClientAt) -> Result<UsedWeight> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct ByClass {
        normal: UsedWeight,
        operational: UsedWeight,
        mandatory: UsedWeight,
    }
    let used = dynamic::storage::<(), ByClass>("System", "BlockWeight");
    let ByClass { normal, operational, mandatory } = at.storage().fetch(used, ()).await?.decode()?;
    Ok(UsedWeight {
        ref_time: normal.ref_time + operational.ref_time + mandatory.ref_time,
        proof_size: normal.proof_size + operational.proof_size + mandatory.proof_size,
    })
}

/// The most blocks that waited for inclusion at once, over seven new blocks.
pub async fn deepest_segment(para: &Client) -> Result<usize> {
    let mut stream = para.stream_best_blocks().await?;
    let mut deepest = 0;
    for _ in 0..7 {
        let block = stream.next().await.context("parablocks ended")??;
        let segment = dynamic::storage::<(), Vec<Value>>("ParachainSystem", "UnincludedSegment");
        let blocks = block.at().await?.storage().fetch(segment, ()).await?.decode()?.len();
        deepest = deepest.max(blocks);
    }
    Ok(deepest)
}

pub async fn newest_final(para: &Client) -> Result<u64> {
    Ok(para.at_current_block().await?.block_number())
}

/// Waits until block `number` is final.
pub async fn reaches(para: &Client, number: u64, within: Duration) -> Result<()> {
    let reached = async {
        let mut stream = para.stream_blocks().await?;
        while let Some(block) = stream.next().await {
            if block?.number() >= number {
                return Ok(());
            }
        }
        bail!("finalized parablocks ended")
    };
    timeout(within, reached).await.with_context(|| format!("block {number} is not final after {within:?}"))?
}
