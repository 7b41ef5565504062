//! Payments between development accounts of a local network, which the page sends and follows.
//!
//! The transaction is signed first, so that the watch looks for its hash before it is submitted. So no block that
//! contains it is missed.

use crate::{
    observation::{Millis, Observation, Observed},
    source::now,
};
use anyhow::{Context, Result};
use serde::Serialize;
use subxt::utils::H256;
use subxt_signer::sr25519::dev;
use tandem_rpc::{
    calls::{address, call, number},
    in_time, Client,
};
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
        let client =
            in_time(Client::from_insecure_url(&self.node)).await.context("connecting to the node")?;
        let pay = call("Balances", "transfer_keep_alive", vec![address(&dev::bob()), number(TOKEN)]);
        let signed = client.tx().await?.create_signed(&pay, &dev::alice(), Default::default()).await?;
        let hash = signed.hash();
        self.looks_for.send_replace(Some(hash));
        let submitted_at = now();
        let submitted = Observation { at: submitted_at, what: Observed::Submitted(hash) };
        self.sender.send(Ok(submitted)).await.context("the watch is over")?;
        signed.submit().await.context("the node refused the payment")?;
        Ok(Payment { hash, submitted_at })
    }
}
