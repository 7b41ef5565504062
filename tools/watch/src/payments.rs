//! Payments between development accounts of a local network, which the page sends and follows.
//!
//! The transaction is signed first, so that the watch looks for its hash before it is submitted. So no block that
//! contains it is missed.

use crate::{
    node::NodeClient,
    observation::{Millis, Observation, Observed},
    source::now,
};
use anyhow::{Context, Result};
use serde::Serialize;
use subxt::{config::DefaultExtrinsicParamsBuilder, utils::H256, PolkadotConfig};
use subxt_signer::sr25519::dev;
use tandem_rpc::calls::{address, call, number};
use tokio::sync::{mpsc::Sender, watch};

/// One token, whose 18 decimals all our networks have.
const TOKEN: u128 = 10u128.pow(18);

/// A payment that was submitted.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Payment {
    pub hash: H256,
    /// In milliseconds since the Unix epoch.
    pub submitted_at: Millis,
}

/// Sends payments by a node of the parachain.
pub struct Payments {
    node: String,
    sender: Sender<Result<Observation>>,
    looks_for: watch::Sender<Option<H256>>,
}

impl Payments {
    pub fn new(
        node: String,
        sender: Sender<Result<Observation>>,
        looks_for: watch::Sender<Option<H256>>,
    ) -> Self {
        Self { node, sender, looks_for }
    }

    /// Sends one token from Alice to Bob. From then on, the watch follows this transaction.
    ///
    /// # Errors
    /// If the node does not answer, or refuses the transaction.
    pub async fn pay(&self) -> Result<Payment> {
        let node = NodeClient::connect(&self.node).await?;
        let newest = node.after(tandem_rpc::hash(&node.header(None).await?)).await?;
        let (alice, bob) = (dev::alice(), dev::bob());
        let pay = call("Balances", "transfer_keep_alive", vec![address(&bob), number(TOKEN)]);
        // Payments that are not in a block yet count.
        let nonce = node.rpc.system_account_next_index(&alice.public_key().into()).await?;
        let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new().nonce(nonce).build();
        let signed = newest.tx().create_signed(&pay, &alice, params).await?;
        let (hash, submitted_at) = (signed.hash(), now());
        let before = self.looks_for.send_replace(Some(hash));
        if let Err(error) = signed.submit().await {
            self.looks_for.send_replace(before);
            return Err(error).context("the node refused the payment");
        }
        let submitted = Observation { at: submitted_at, what: Observed::Submitted(hash) };
        self.sender.send(Ok(submitted)).await.context("the watch is over")?;
        Ok(Payment { hash, submitted_at })
    }
}
