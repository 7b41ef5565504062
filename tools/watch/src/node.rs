//! Reads from a node what the watch needs to know of a block, by RPC and metadata alone.
//!
//! Only calls of the legacy RPC interface are used: every node of the SDK has them, and public endpoints
//! allow them. Where a chain lacks a pallet or a runtime API, the values from it are missing; the rest works.

use crate::observation::{
    CadenceSpan, CandidateEvent, CandidateStage, ClassWeight, ClassWeights, Emission, Millis, ParaId,
    Parablock, ParachainInfo, RelayBlock,
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
    ask, constant, hash, in_time,
    read::{BlockLimits, HistoryEntry, Weight},
    Client, ClientAt, Header,
};

/// A node that answers.
pub struct NodeClient {
    pub rpc: LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>,
    client: Client,
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

/// The storage key of a value, or what the keys of a map begin with.
pub fn key(pallet: &str, entry: &str) -> Vec<u8> {
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
        Self::over(rpc, url).await
    }

    /// The node at `url`, to which `rpc` is a connection.
    ///
    /// # Errors
    /// If something else than a node of the SDK answers.
    pub async fn over(rpc: RpcClient, url: &str) -> Result<Self> {
        let backend = LegacyBackend::builder().build(rpc.clone());
        let client = in_time(Client::from_backend(std::sync::Arc::new(backend)))
            .await
            .with_context(|| format!("the server at {url} is not a node of the Polkadot SDK"))?;
        Ok(Self { rpc: LegacyRpcMethods::new(rpc), client })
    }

    /// The hash of the chain's genesis block.
    pub fn genesis(&self) -> H256 {
        self.client.genesis_hash()
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
            id: u32::decode(&mut &id[..]).context("decoding ParachainInfo.ParachainId")?,
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
        let head = Vec::<u8>::decode(&mut &head[..]).context("decoding Paras.Heads")?;
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

    /// Parablock `hash`, which is the one with this `header`, and the Aura authorities after its parent. One
    /// of them authored it, while the block itself may begin a session with others. If the node has pruned
    /// the state, there is only what the header says.
    pub async fn parablock(
        &self,
        para: ParaId,
        hash: H256,
        header: &Header,
        limits: Option<BlockLimits>,
        live: bool,
    ) -> (Parablock, Vec<H256>) {
        let keys = [key("Timestamp", "Now"), key("System", "BlockWeight")];
        let [moment, used] = self.stored(hash, keys).await.unwrap_or_default();
        let used = used.and_then(|used| weights(&used).ok());
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
            weight: used.map(sum),
            limit: limits.map(|limits| limits.block),
            classes: used.zip(limits).map(|(used, limits)| classes(used, limits.classes)),
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
    let mut after_parent = head.get(32..).context("a parachain's head is too short")?;
    let Compact(number) =
        Compact::<u64>::decode(&mut after_parent).context("decoding the number of a parachain's head")?;
    Ok(number)
}

fn millis(moment: Option<Vec<u8>>) -> Result<Millis> {
    let moment = moment.context("the chain stores no Timestamp.Now")?;
    let moment = u64::decode(&mut &moment[..]).context("decoding Timestamp.Now")?;
    ensure!(moment > 0, "the chain has no time yet");
    Ok(moment)
}

/// The weights in `System.BlockWeight`, of the normal, the operational and the mandatory class.
fn weights(used: &[u8]) -> Result<[Weight; 3]> {
    let classes = <[(Compact<u64>, Compact<u64>); 3]>::decode(&mut &used[..])?;
    Ok(classes.map(|(time, proof)| Weight { ref_time: time.0, proof_size: proof.0 }))
}

fn sum(weights: [Weight; 3]) -> Weight {
    Weight {
        ref_time: weights.iter().map(|weight| weight.ref_time).sum(),
        proof_size: weights.iter().map(|weight| weight.proof_size).sum(),
    }
}

fn classes(used: [Weight; 3], limits: [Option<Weight>; 3]) -> ClassWeights {
    let class = |index: usize| ClassWeight { used: used[index], limit: limits[index] };
    ClassWeights { normal: class(0), operational: class(1), mandatory: class(2) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{events, ScriptedNode, PARA_INCLUSION, SESSION};

    const PARA: ParaId = 2_000;

    async fn connect(node: &ScriptedNode) -> NodeClient {
        node.connect("node").await.unwrap()
    }

    #[tokio::test]
    async fn a_relay_block_has_what_it_does_to_watched_candidates() {
        let node = ScriptedNode::relay(2);
        let para = ScriptedNode::new("para", 300).header(300);
        let receipt = |id: ParaId| (id, H256::repeat_byte(1), H256::repeat_byte(2)).encode();
        let timed_out = |id, core: u32| [receipt(id), para.encode().encode(), core.encode()].concat();
        let group = 7u32.encode();
        let backed = |id, core| [timed_out(id, core), group.clone()].concat();
        let records = events(&[
            (SESSION, 0, 5u32.encode()),
            (PARA_INCLUSION, 0, backed(PARA, 3)),
            (PARA_INCLUSION, 0, backed(PARA + 1, 4)),
            (PARA_INCLUSION, 1, backed(PARA, 5)),
            (PARA_INCLUSION, 2, timed_out(PARA, 6)),
        ]);
        node.store(key("System", "Events"), records);
        let block = connect(&node).await.relay_block(node.hash(2), &node.header(2), &[PARA], true).await;
        let event = |stage, core| CandidateEvent {
            stage,
            para: PARA,
            core,
            hash: H256(blake2_256(&receipt(PARA))),
            head: hash(&para),
            number: 300,
        };
        let expected = RelayBlock {
            number: 2,
            hash: node.hash(2),
            parent: node.hash(1),
            moment: 1_000,
            live: true,
            session: true,
            candidates: vec![
                event(CandidateStage::Backed, 3),
                event(CandidateStage::Included, 5),
                event(CandidateStage::TimedOut, 6),
            ],
        };
        assert_eq!(block.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_malformed_relay_block_is_an_error() {
        let (now, records) = (key("Timestamp", "Now"), key("System", "Events"));
        // One event of a pallet that is not there, and a session's event without its index.
        let (unknown, cut_off) = (events(&[(9, 0, vec![])]), events(&[(SESSION, 0, vec![1])]));
        let nothing = events(&[]);
        for (moment, events, error) in [
            (vec![1], &nothing, "decoding Timestamp.Now"),
            (0u64.encode(), &nothing, "the chain has no time yet"),
            (1u64.encode(), &unknown, "index 9"),
            (1u64.encode(), &cut_off, "NewSession"),
        ] {
            let node = ScriptedNode::relay(2);
            node.store(now.clone(), moment);
            node.store(records.clone(), events.clone());
            let block = connect(&node).await.relay_block(node.hash(2), &node.header(2), &[PARA], true).await;
            let message = format!("{:#}", block.unwrap_err());
            assert!(message.contains(error), "{error}: {message}");
        }
    }

    #[tokio::test]
    async fn a_parablock_without_state_has_what_its_header_says() {
        let node = ScriptedNode::new("para", 2);
        let mut header = node.header(2);
        let parent = (H256::zero(), Compact(5u32)).encode();
        header.digest.logs =
            vec![DigestItem::PreRuntime(*b"aura", 77u64.encode()), DigestItem::Consensus(*b"RPSR", parent)];
        let block = Weight { ref_time: 30, proof_size: 60 };
        let normal = Weight { ref_time: 20, proof_size: 40 };
        let limits = BlockLimits { block, classes: [Some(normal), Some(block), None] };
        let class =
            |used: u64, limit| ClassWeight { used: Weight { ref_time: used, proof_size: 2 * used }, limit };
        let mut expected = Parablock {
            para: PARA,
            number: 2,
            hash: node.hash(2),
            parent: node.hash(1),
            live: true,
            moment: Some(9_000),
            relay_parent: Some(5),
            slot: Some(77),
            weight: Some(Weight { ref_time: 6, proof_size: 12 }),
            limit: Some(block),
            classes: Some(ClassWeights {
                normal: class(1, Some(normal)),
                operational: class(2, Some(block)),
                mandatory: class(3, None),
            }),
        };
        let keys = [key("Timestamp", "Now"), key("System", "BlockWeight"), key("Aura", "Authorities")];
        let authorities = vec![H256::repeat_byte(1), H256::repeat_byte(2)];
        let weights = [1u64, 2, 3].map(|used| (Compact(used), Compact(2 * used))).encode();
        for (key, value) in keys.iter().zip([9_000u64.encode(), weights, authorities.encode()]) {
            node.store(key.clone(), value);
        }
        let client = connect(&node).await;
        let read = || client.parablock(PARA, node.hash(2), &header, Some(limits), true);
        assert_eq!(read().await, (expected.clone(), authorities));

        // Malformed values count as missing, and the values of pruned blocks are missing.
        (expected.moment, expected.weight, expected.classes) = (None, None, None);
        for key in keys {
            node.store(key, vec![1]);
        }
        assert_eq!(read().await, (expected.clone(), vec![]));
        node.prune_before(3);
        assert_eq!(read().await, (expected, vec![]));
    }

    #[tokio::test]
    async fn a_parachain_is_known_by_its_id() {
        let node = ScriptedNode::new("para", 1);
        let client = connect(&node).await;
        let error = |found: Result<ParachainInfo>| format!("{:#}", found.unwrap_err());
        assert!(error(client.parachain().await).starts_with("the chain 'para' is not a parachain"));
        let id = key("ParachainInfo", "ParachainId");
        node.store(id.clone(), vec![1]);
        assert!(error(client.parachain().await).starts_with("decoding ParachainInfo.ParachainId"));
        node.store(id, PARA.encode());
        let info = ParachainInfo { id: PARA, name: "para".into(), symbol: "ONE".into(), decimals: 12 };
        assert_eq!(client.parachain().await.unwrap(), info);
    }

    #[tokio::test]
    async fn the_included_head_of_a_parachain_is_found() {
        let (node, para) = (ScriptedNode::relay(1), ScriptedNode::new("para", 300));
        let client = connect(&node).await;
        let heads = [key("Paras", "Heads"), twox_64(&PARA.encode()).to_vec(), PARA.encode()].concat();
        assert_eq!(client.head(node.hash(1), PARA).await.unwrap(), None);
        node.store(heads.clone(), para.header(300).encode().encode());
        assert_eq!(client.head(node.hash(1), PARA).await.unwrap(), Some((300, para.hash(300))));
        for (value, error) in [
            (vec![8, 1], "decoding Paras.Heads"),
            (vec![0u8; 31].encode(), "a parachain's head is too short"),
            (vec![0xffu8; 33].encode(), "decoding the number of a parachain's head"),
        ] {
            node.store(heads.clone(), value);
            let message = format!("{:#}", client.head(node.hash(1), PARA).await.unwrap_err());
            assert!(message.starts_with(error), "{error}: {message}");
        }
    }

    #[tokio::test]
    async fn without_a_history_the_slots_imply_the_cadence() {
        let node = ScriptedNode::new("para", 1);
        node.add_runtime();
        let at = connect(&node).await.after(node.hash(1)).await.unwrap();
        assert!(cadences(&at, 6_000).await.is_empty());
        let span =
            |velocity| CadenceSpan { since: 0, moment: None, slot_millis: 12_000, velocity, capacity: None };
        node.returns("AuraApi_slot_duration", 12_000u64.encode());
        assert_eq!(cadences(&at, 6_000).await, [span(1)]);
        // Two blocks for each relay block.
        node.returns("TargetBlockRate_target_block_rate", 2u32.encode());
        assert_eq!(cadences(&at, 6_000).await, [span(4)]);
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_as_a_node_is_refused() {
        let node = ScriptedNode::new("para", 1);
        node.close();
        let refusal = NodeClient::over(RpcClient::new(node), "ws://here").await.err().unwrap();
        assert_eq!(refusal.to_string(), "the server at ws://here is not a node of the Polkadot SDK");
    }
}
