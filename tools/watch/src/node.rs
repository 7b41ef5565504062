//! Reads from a node what the watch needs to know of a block, by RPC and metadata alone.
//!
//! Only calls of the legacy RPC interface are used: every node of the SDK has them, and public endpoints
//! allow them. Where a chain lacks a pallet or a runtime API, the values from it are missing; the rest works.

use crate::observation::{
    CadenceSpan, CandidateEvent, CandidateStage, Emission, Millis, ParaId, Parablock, ParachainInfo,
    RelayBlock,
};
use anyhow::{ensure, Context, Result};
use codec::{Compact, Decode, Encode};
use sp_crypto_hashing::{blake2_256, twox_128, twox_64};
use subxt::{
    backend::LegacyBackend,
    config::{
        substrate::{ConsensusEngineId, DigestItem},
        RpcConfigFor,
    },
    ext::scale_decode::DecodeAsType,
    rpcs::{LegacyRpcMethods, RpcClient},
    utils::H256,
    PolkadotConfig,
};
use tandem_rpc::{
    ask, constant, in_time,
    read::{max_weight, HistoryEntry, Weight},
    Client, ClientAt, Header,
};

/// A node that answers.
pub struct NodeClient {
    pub rpc: LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>,
    client: Client,
}

/// The hash of a block, by its header.
pub fn hash(header: &Header) -> H256 {
    H256(blake2_256(&header.encode()))
}

/// The relay parent's number, from the digest that a parablock has of it.
pub fn relay_parent(header: &Header) -> Option<u64> {
    const RELAY_PARENT: ConsensusEngineId = *b"RPSR";
    header.digest.logs.iter().find_map(|item| match item {
        DigestItem::Consensus(RELAY_PARENT, data) => {
            let (_state_root, Compact(number)) = <(H256, Compact<u32>)>::decode(&mut &data[..]).ok()?;
            Some(number.into())
        }
        _ => None,
    })
}

/// Whether the code is another from the next block on.
pub fn changes_code(header: &Header) -> bool {
    header.digest.logs.contains(&DigestItem::RuntimeEnvironmentUpdated)
}

fn key(pallet: &str, entry: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(entry.as_bytes())].concat()
}

impl NodeClient {
    /// Connects to the node at `url`.
    ///
    /// # Errors
    /// If nothing answers there, or something else than a node of the SDK.
    pub async fn connect(url: &str) -> Result<Self> {
        let rpc = in_time(RpcClient::from_insecure_url(url))
            .await
            .with_context(|| format!("no node answers at {url}"))?;
        let backend = LegacyBackend::builder().build(rpc.clone());
        let client = in_time(Client::from_backend(std::sync::Arc::new(backend)))
            .await
            .with_context(|| format!("the server at {url} is not a node of the Polkadot SDK"))?;
        Ok(Self { rpc: LegacyRpcMethods::new(rpc), client })
    }

    /// The header of block `hash`, or of the newest one.
    pub async fn header(&self, hash: Option<H256>) -> Result<Header> {
        self.rpc.chain_get_header(hash).await?.context("the node does not know the block")
    }

    /// What is stored under each of `keys` after block `hash`, in their order.
    async fn stored<const N: usize>(&self, hash: H256, keys: [Vec<u8>; N]) -> Result<[Option<Vec<u8>>; N]> {
        let found = self.rpc.state_query_storage_at(keys.iter().map(|key| &key[..]), Some(hash)).await?;
        let changes: Vec<_> = found.into_iter().flat_map(|set| set.changes).collect();
        Ok(keys.map(|key| {
            let found = changes.iter().find(|(of, _)| of.0 == key);
            found.and_then(|(_, value)| value.as_ref()).map(|value| value.0.clone())
        }))
    }

    /// The chain at block `hash`, after it: with the code that is in force from the next block on.
    pub async fn after(&self, hash: H256) -> Result<ClientAt> {
        Ok(self.client.at_block(hash).await?)
    }

    /// The name of the chain.
    pub async fn chain(&self) -> Result<String> {
        Ok(self.rpc.system_chain().await?)
    }

    /// The parachain that this is a node of.
    ///
    /// # Errors
    /// If the chain does not say which one it is, as no relay chain does.
    pub async fn parachain(&self) -> Result<ParachainInfo> {
        let newest = hash(&self.header(None).await?);
        let [id] = self.stored(newest, [key("ParachainInfo", "ParachainId")]).await?;
        let name = self.chain().await?;
        let id = id.with_context(|| {
            format!("the chain '{name}' is not a parachain: it stores no ParachainInfo.ParachainId")
        })?;
        let properties = self.rpc.system_properties().await?;
        // Some chains have a list of tokens.
        let first = |name: &str| properties.get(name).map(|found| found.get(0).unwrap_or(found).clone());
        Ok(ParachainInfo {
            id: u32::decode(&mut &id[..])?,
            name,
            symbol: first("tokenSymbol")
                .and_then(|symbol| symbol.as_str().map(Into::into))
                .unwrap_or_default(),
            decimals: first("tokenDecimals").and_then(|decimals| decimals.as_u64()).unwrap_or(0) as u32,
        })
    }

    /// From one relay block to the next, in milliseconds, if none is missing.
    pub async fn relay_millis(&self) -> Result<u64> {
        let newest = hash(&self.header(None).await?);
        constant(&self.after(newest).await?, "Babe", "ExpectedBlockTime")
    }

    /// The newest block of parachain `para` that the relay chain has included as of its block `hash`:
    /// its number and hash.
    pub async fn head(&self, hash: H256, para: ParaId) -> Result<Option<(u64, H256)>> {
        let id = para.encode();
        let heads = [key("Paras", "Heads"), twox_64(&id).to_vec(), id].concat();
        let [head] = self.stored(hash, [heads]).await?;
        let Some(head) = head else { return Ok(None) };
        let head = Vec::<u8>::decode(&mut &head[..])?;
        Ok(Some((number(&head)?, H256(blake2_256(&head)))))
    }

    /// Relay block `hash`, which is the one with this `header`, and what it does to `paras`.
    pub async fn relay_block(
        &self,
        hash: H256,
        header: &Header,
        paras: &[ParaId],
        live: bool,
    ) -> Result<RelayBlock> {
        let keys = [key("System", "Events"), key("Timestamp", "Now")];
        let [events, moment] = self.stored(hash, keys).await?;
        // The events of a block that changes the code are still those of the old one.
        let code = self.after(header.parent_hash).await?;
        let mut block = RelayBlock {
            number: header.number,
            hash,
            parent: header.parent_hash,
            moment: millis(moment)?,
            live,
            session: false,
            candidates: vec![],
        };
        for event in code.events().from_bytes(events.unwrap_or_default()).iter() {
            let event = event?;
            let stage = match (event.pallet_name(), event.event_name()) {
                ("Session", "NewSession") => {
                    block.session = true;
                    continue;
                }
                ("ParaInclusion", "CandidateBacked") => CandidateStage::Backed,
                ("ParaInclusion", "CandidateIncluded") => CandidateStage::Included,
                ("ParaInclusion", "CandidateTimedOut") => CandidateStage::TimedOut,
                _ => continue,
            };
            let (receipt, head, core) = match stage {
                CandidateStage::TimedOut => event.decode_fields_unchecked_as::<(Receipt, Vec<u8>, u32)>()?,
                _ => {
                    let (receipt, head, core, _group) =
                        event.decode_fields_unchecked_as::<(Receipt, Vec<u8>, u32, u32)>()?;
                    (receipt, head, core)
                }
            };
            if !paras.contains(&receipt.descriptor.para_id) {
                continue;
            }
            // The receipt comes first, and its hash is the candidate's.
            let rest = head.encoded_size() + if stage == CandidateStage::TimedOut { 4 } else { 8 };
            let fields = event.field_bytes();
            let receipt_bytes = fields.len().checked_sub(rest).and_then(|length| fields.get(..length));
            block.candidates.push(CandidateEvent {
                stage,
                para: receipt.descriptor.para_id,
                core,
                hash: H256(blake2_256(receipt_bytes.context("a candidate receipt")?)),
                head: H256(blake2_256(&head)),
                number: number(&head)?,
            });
        }
        Ok(block)
    }

    /// Parablock `hash`, which is the one with this `header`, and the keys of which one had its turn to author
    /// it: those after its parent, as the block itself may begin a session with others. Where the node has
    /// forgotten the state, only what the header says.
    pub async fn parablock(
        &self,
        para: ParaId,
        hash: H256,
        header: &Header,
        limit: Option<Weight>,
        live: bool,
    ) -> (Parablock, Vec<H256>) {
        let keys = [key("Timestamp", "Now"), key("System", "BlockWeight")];
        let [moment, used] = self.stored(hash, keys).await.unwrap_or_default();
        let keys = [key("Aura", "Authorities")];
        let [authorities] = self.stored(header.parent_hash, keys).await.unwrap_or_default();
        let block = Parablock {
            para,
            number: header.number,
            hash,
            parent: header.parent_hash,
            live,
            moment: millis(moment).ok(),
            relay_parent: relay_parent(header),
            slot: tandem_rpc::slot(header),
            weight: used.and_then(|used| weight(&used).ok()),
            limit,
        };
        let keys = authorities.and_then(|keys| Vec::decode(&mut &keys[..]).ok()).unwrap_or_default();
        (block, keys.into_iter().map(H256).collect())
    }

    /// Hashes of the transactions in block `hash`.
    pub async fn transactions(&self, hash: H256) -> Result<Vec<H256>> {
        let block =
            self.rpc.chain_get_block(Some(hash)).await?.context("the node does not know the block")?;
        Ok(block.block.extrinsics.iter().map(|bytes| H256(blake2_256(bytes))).collect())
    }
}

/// The most that a block may use, in the code of `at`.
pub fn limit(at: &ClientAt) -> Option<Weight> {
    max_weight(at).ok()
}

/// The cadences that the chain has had as of `at`, from `CadenceApi`, or else the
/// one that its slots imply, where the relay chain has a block every `relay_millis`.
pub async fn cadences(at: &ClientAt, relay_millis: u64) -> Vec<CadenceSpan> {
    let history: Result<Vec<HistoryEntry>> = ask(at, "CadenceApi", "history", vec![]).await;
    if let Ok(history) = history {
        let span = |entry: HistoryEntry| CadenceSpan {
            since: entry.since.into(),
            moment: (entry.moment > 0).then_some(entry.moment),
            slot_millis: entry.cadence.slot_millis.into(),
            velocity: entry.cadence.velocity.into(),
            capacity: Some(entry.cadence.capacity.into()),
        };
        return history.into_iter().map(span).collect();
    }
    let slot: Result<u64> = ask(at, "AuraApi", "slot_duration", vec![]).await;
    let Ok(slot_millis) = slot else { return vec![] };
    // As the node side asks for it: blocks per relay block.
    let rate: u64 = ask(at, "TargetBlockRate", "target_block_rate", vec![]).await.unwrap_or(0);
    let velocity = (rate * slot_millis / relay_millis.max(1)).max(1);
    vec![CadenceSpan { since: 0, moment: None, slot_millis, velocity, capacity: None }]
}

/// What the chain mints as of `at`, if it has `InflationApi`.
pub async fn emission(at: &ClientAt, block_millis: u64) -> Option<Emission> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Report {
        maximum: u128,
        amounts: Amounts,
        treasury_per_block: u128,
        collators_per_block: u128,
    }
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Amounts {
        treasury: u128,
    }
    let report: Option<Report> = ask(at, "InflationApi", "report", vec![]).await.ok()?;
    let report = report?;
    // The treasury gets the same with each block of a cycle.
    let blocks = report.amounts.treasury.checked_div(report.treasury_per_block)?;
    Some(Emission {
        per_block: report.treasury_per_block.saturating_add(report.collators_per_block),
        maximum: report.maximum,
        cycle_millis: u64::try_from(blocks).ok()?.saturating_mul(block_millis),
    })
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

/// The number in a parablock's header: it is the parent's hash, the number, and the rest.
fn number(head: &[u8]) -> Result<u64> {
    let Compact(number) = Compact::<u64>::decode(&mut head.get(32..).context("a parachain's head")?)?;
    Ok(number)
}

fn millis(moment: Option<Vec<u8>>) -> Result<Millis> {
    let moment = u64::decode(&mut &moment.context("the chain stores no Timestamp.Now")?[..])?;
    ensure!(moment > 0, "the chain has no time yet");
    Ok(moment)
}

/// The sum of `System.BlockWeight`, which has a weight for each of three classes.
fn weight(used: &[u8]) -> Result<Weight> {
    let classes = <[(Compact<u64>, Compact<u64>); 3]>::decode(&mut &used[..])?;
    Ok(Weight {
        ref_time: classes.iter().map(|(time, _)| time.0).sum(),
        proof_size: classes.iter().map(|(_, proof)| proof.0).sum(),
    })
}
