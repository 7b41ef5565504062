//! Submits signed transactions to a node, and says what its answer means.

use anyhow::{Context, Result};
use std::cell::RefCell;
use subxt::{
    config::RpcConfigFor,
    rpcs::{Error, LegacyRpcMethods, RpcClient, UserError},
    PolkadotConfig,
};
use tandem_rpc::{in_time, Client, ClientAt};
use tokio::sync::Mutex;

/// The calls of a node's RPC.
pub type Rpc = LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>;

/// What a node answers to a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The pool has taken it.
    Accepted,
    /// The pool had it already, or another one of this sender with this nonce.
    Known,
    /// The pool is full, or the node is busy.
    PoolFull,
    /// The pool has dropped this very transaction, and does not take it again for a while.
    Banned,
    /// The nonce is used: the transaction is in a block.
    Stale,
    /// The runtime does not accept the signature, as after an upgrade of the runtime.
    BadSignature,
    /// No pool will take it, for this reason.
    Refused(String),
    /// The node did not answer.
    Disconnected,
}

/// A node. If its connection is lost, it is asked for another one.
pub struct Connection {
    url: String,
    node: RefCell<Node>,
    /// Held while it connects again, so that all who wait for the node get one connection.
    connecting: Mutex<()>,
}

/// A connection to a node, and how many there were before it.
#[derive(Clone)]
pub struct Node {
    pub rpc: Rpc,
    pub client: Client,
    generation: u64,
}

impl Node {
    async fn connect(url: &str, generation: u64) -> Result<Self> {
        let connecting = || format!("connecting to {url}");
        let rpc = in_time(RpcClient::from_insecure_url(url)).await.with_context(connecting)?;
        let client = in_time(Client::from_rpc_client(rpc.clone())).await.with_context(connecting)?;
        Ok(Self { rpc: LegacyRpcMethods::new(rpc), client, generation })
    }

    /// The newest block, final or not.
    pub async fn newest(&self) -> Result<ClientAt> {
        let hash = self.rpc.chain_get_block_hash(None).await?.context("the chain has no block")?;
        Ok(self.client.at_block(hash).await?)
    }
}

impl Connection {
    pub async fn open(url: &str) -> Result<Self> {
        let node = RefCell::new(Node::connect(url, 0).await?);
        Ok(Self { url: url.into(), node, connecting: Mutex::default() })
    }

    pub fn node(&self) -> Node {
        self.node.borrow().clone()
    }

    pub async fn submit(&self, transaction: &[u8]) -> Answer {
        let node = self.node();
        match node.rpc.author_submit_extrinsic(transaction).await {
            Ok(_) => Answer::Accepted,
            Err(Error::User(error)) => meaning(&error),
            Err(_) => {
                self.reconnect(&node).await;
                Answer::Disconnected
            }
        }
    }

    /// Connects anew if the node answers, unless it was done since the connection `before`.
    pub async fn reconnect(&self, before: &Node) {
        let _connecting = self.connecting.lock().await;
        if self.node.borrow().generation == before.generation {
            if let Ok(node) = Node::connect(&self.url, before.generation + 1).await {
                self.node.replace(node);
            }
        }
    }
}

/// The code with which the server of `jsonrpsee` refuses a request if it has too many.
const SERVER_BUSY: i32 = -32009;

/// What an error of `author_submitExtrinsic` means. Its codes are those of `sc-rpc-api`, `author/error.rs`.
fn meaning(error: &UserError) -> Answer {
    let data = error.data.as_ref().map(|data| data.get().trim_matches('"').to_string());
    let is = |text: &str| data.as_ref().is_some_and(|data| data.contains(text));
    match error.code {
        1010 if is("outdated") => Answer::Stale,
        1010 if is("bad signature") => Answer::BadSignature,
        1012 => Answer::Banned,
        1013 | 1014 => Answer::Known,
        1016 | 1020 | 1021 | SERVER_BUSY => Answer::PoolFull,
        _ => Answer::Refused(match data {
            Some(data) => format!("{}: {data}", error.message),
            None => error.message.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: i32, message: &str, data: Option<&str>) -> Answer {
        let data = data.map(|data| serde_json::value::to_raw_value(data).unwrap());
        meaning(&UserError { code, message: message.into(), data })
    }

    #[test]
    fn the_errors_of_a_pool_have_their_meaning() {
        let invalid = |data| answer(1010, "Invalid Transaction", Some(data));
        assert_eq!(invalid("Transaction is outdated"), Answer::Stale);
        assert_eq!(invalid("Transaction has a bad signature"), Answer::BadSignature);
        let poor = "Inability to pay some fees (e.g. account balance too low)";
        assert_eq!(invalid(poor), Answer::Refused(format!("Invalid Transaction: {poor}")));
        assert_eq!(answer(1016, "Immediately Dropped", None), Answer::PoolFull);
        assert_eq!(answer(1012, "Transaction is temporarily banned", None), Answer::Banned);
        assert_eq!(answer(1013, "Transaction Already Imported", Some("0x00")), Answer::Known);
        assert_eq!(answer(-32601, "Method not found", None), Answer::Refused("Method not found".into()));
    }
}
