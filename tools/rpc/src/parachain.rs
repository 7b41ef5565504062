//! A parachain as a user of it: submits calls, and reads the newest blocks.
//!
//! [`Client`] alone knows blocks once they are final, which takes half a minute. [`ParachainClient`] reads
//! the newest block, final or not. It counts nonces too, because a node's own count may come from a fork that
//! lacks the newest calls.

use crate::{calls::Call, in_time, Client, ClientAt};
use anyhow::{bail, Context, Result};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::{DefaultExtrinsicParamsBuilder, RpcConfigFor},
    events::Event,
    rpcs::{LegacyRpcMethods, RpcClient},
    tx::{Payload, TransactionProgress, TransactionStatus},
    utils::H256,
    PolkadotConfig,
};
use subxt_signer::sr25519::Keypair;
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};

/// How long a call may take until it is in a block.
const INCLUSION: Duration = Duration::from_secs(150);
/// How far back newest blocks are looked at again, as another fork may have taken their place.
const FORK: u64 = 3;

/// What becomes of a transaction.
pub type Progress = TransactionProgress<PolkadotConfig, OnlineClientAtBlockImpl<PolkadotConfig>>;

/// A parachain, by one of its nodes.
pub struct ParachainClient {
    pub client: Client,
    rpc: LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>,
    /// The next nonce of each account that has called, by our own count.
    nonces: Mutex<BTreeMap<[u8; 32], u64>>,
}

impl ParachainClient {
    /// Connects to the node at `url`.
    pub async fn connect(url: &str) -> Result<Self> {
        let connecting = || format!("connecting to {url}");
        let client = in_time(Client::from_insecure_url(url)).await.with_context(connecting)?;
        let rpc = in_time(RpcClient::from_insecure_url(url)).await.with_context(connecting)?;
        Ok(Self { client, rpc: LegacyRpcMethods::new(rpc), nonces: Mutex::default() })
    }

    /// The newest block, final or not.
    pub async fn newest(&self) -> Result<ClientAt> {
        let hash = self.rpc.chain_get_block_hash(None).await?.context("the chain has no block")?;
        Ok(self.client.at_block(hash).await?)
    }

    /// The newest block that is final.
    pub async fn newest_final(&self) -> Result<ClientAt> {
        Ok(self.client.at_current_block().await?)
    }

    /// Block `number` of the chain that ends with the newest block.
    pub async fn block(&self, number: u64) -> Result<ClientAt> {
        let hash = self.rpc.chain_get_block_hash(Some(number.into())).await?;
        let hash = hash.with_context(|| format!("there is no parablock #{number}"))?;
        Ok(self.client.at_block(hash).await?)
    }

    /// Waits until the newest block is `number` or later.
    ///
    /// # Errors
    /// If it is not `within` this time.
    pub async fn reaches(&self, number: u64, within: Duration) -> Result<()> {
        let since = Instant::now();
        loop {
            let newest = self.newest().await?.block_number();
            if newest >= number {
                return Ok(());
            }
            if since.elapsed() > within {
                bail!("the chain stands at parablock #{newest}, short of #{number}, after {within:?}");
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// Submits `call` as `who`, with the account's next nonce.
    ///
    /// # Errors
    /// If the node refuses it; the nonce is not used up then.
    pub async fn send(&self, call: &impl Payload, who: &Keypair) -> Result<Sent> {
        let what = format!("{}.{}", call.pallet_name(), call.call_name());
        // Held until the node has it, so that an account's calls arrive in order.
        let mut nonces = self.nonces.lock().await;
        let counted = nonces.entry(who.public_key().0).or_default();
        // The node may be on a fork that lacks our last calls, and others may have used the account.
        let nonce = self.rpc.system_account_next_index(&who.public_key().into()).await?.max(*counted);
        // Immortal: the newest block, which a mortal one would be bound to, may be of a fork that loses.
        let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new().nonce(nonce).immortal().build();
        let mut transactions = self.newest().await?.tx();
        let progress = transactions
            .sign_and_submit_then_watch(call, who, params)
            .await
            .with_context(|| format!("submitting {what}"))?;
        *counted = nonce + 1;
        Ok(Sent { what, progress })
    }

    /// Submits `call` as `who` and waits until it is in a block, which it returns. Another fork may take
    /// that block's place until it is final.
    ///
    /// # Errors
    /// If it is refused, fails, or is in no block after two and a half minutes.
    pub async fn call(&self, call: &impl Payload, who: &Keypair) -> Result<ClientAt> {
        let block = self.send(call, who).await?.done().await?;
        Ok(self.client.at_block(block).await?)
    }

    /// As [`ParachainClient::call`] for several calls, which may go into one block; those of an account are in
    /// order.
    pub async fn calls(&self, calls: &[(&Keypair, Call)]) -> Result<()> {
        let mut sent = Vec::new();
        for (who, call) in calls {
            sent.push(self.send(call, who).await?);
        }
        for sent in sent {
            sent.done().await?;
        }
        Ok(())
    }

    /// The first event, from block `from` on, that `find` makes something of; in which block it is.
    /// Blocks that are there already are looked through, others as they come: when they are final,
    /// or else as soon as they are built.
    ///
    /// # Errors
    /// If there is no such event `within` this time, or if `find` fails.
    pub async fn event<T>(
        &self,
        from: u64,
        only_final: bool,
        within: Duration,
        mut find: impl FnMut(&Event<'_, PolkadotConfig>) -> Result<Option<T>>,
    ) -> Result<(u64, T)> {
        let since = Instant::now();
        let mut next = from;
        loop {
            let head = if only_final { self.newest_final().await? } else { self.newest().await? };
            let last = head.block_number();
            while next <= last {
                let events = self.block(next).await?.events().fetch().await?;
                for event in events.iter() {
                    if let Some(found) = find(&event?)? {
                        return Ok((next, found));
                    }
                }
                next += 1;
            }
            if since.elapsed() > within {
                bail!("not seen up to parablock #{last}, {within:?} long");
            }
            sleep(Duration::from_secs(1)).await;
            if !only_final {
                next = next.saturating_sub(FORK).max(from);
            }
        }
    }
}

/// A transaction that a node has.
pub struct Sent {
    what: String,
    pub progress: Progress,
}

impl Sent {
    /// Waits until it is in a block, successfully. Returns the block's hash.
    pub async fn done(mut self) -> Result<H256> {
        let what = self.what;
        let in_block = async {
            while let Some(status) = self.progress.next().await {
                match status? {
                    TransactionStatus::InBestBlock(block) => {
                        // The node may have let the block go, if it was of a fork that has lost.
                        if block.fetch_events().await.is_ok() {
                            block.wait_for_success().await?;
                            return Ok(block.block_hash());
                        }
                    }
                    TransactionStatus::InFinalizedBlock(block) => {
                        block.wait_for_success().await?;
                        return Ok(block.block_hash());
                    }
                    TransactionStatus::Error { message }
                    | TransactionStatus::Invalid { message }
                    | TransactionStatus::Dropped { message } => bail!("the node refused it: {message}"),
                    _ => (),
                }
            }
            bail!("the node said nothing more of it")
        };
        match timeout(INCLUSION, in_block).await {
            Ok(result) => result.with_context(|| format!("calling {what}")),
            Err(_) => bail!("calling {what}: it is in no block after {INCLUSION:?}"),
        }
    }
}
