//! The senders: accounts derived from one secret, and funded by it.

use crate::submit::Node;
use anyhow::{ensure, Context, Result};
use futures_util::{stream, StreamExt, TryStreamExt};
use std::time::{Duration, Instant};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};
use subxt_signer::{sr25519::Keypair, DeriveJunction};
use tandem_rpc::{
    calls::{account, address, call, nested, number},
    maybe_stored,
    parachain::ParachainClient,
    ClientAt,
};
use tokio::time::sleep;

/// How long the tokens may take to be final.
const FUNDING: Duration = Duration::from_secs(180);
/// Transfers in a transaction that funds accounts.
const BATCH: usize = 100;

/// The first `number` senders of the owner of `root`. They are the same in every run.
pub fn derive(root: &Keypair, number: u32) -> Vec<Keypair> {
    let derived = |i: u32| root.derive([DeriveJunction::hard("load"), DeriveJunction::hard(i)]);
    (0..number).map(derived).collect()
}

/// One token, in the smallest unit.
pub async fn unit(node: &Node) -> Result<u128> {
    let properties = node.rpc.system_properties().await?;
    let decimals = properties.get("tokenDecimals");
    // A chain with several tokens has a list.
    let decimals = decimals.map(|decimals| decimals.get(0).unwrap_or(decimals));
    let decimals =
        decimals.and_then(|decimals| decimals.as_u64()).context("the chain states no tokenDecimals")?;
    10u128.checked_pow(decimals as u32).context("the chain's token has too many decimals")
}

/// The next nonce of each account.
pub async fn nonces(node: &Node, accounts: &[Keypair]) -> Result<Vec<u64>> {
    let ids: Vec<_> = accounts.iter().map(|who| who.public_key().to_account_id()).collect();
    let nonces = stream::iter(&ids).map(|id| node.rpc.system_account_next_index(id)).buffered(32);
    Ok(nonces.try_collect().await?)
}

/// Brings each of the `accounts` that has less than `balance` up to that, out of the account of `root`.
///
/// # Errors
/// If `root` has too little, before anything is sent.
pub async fn fund(para: &ParachainClient, root: &Keypair, accounts: &[Keypair], balance: u128) -> Result<()> {
    let at = para.newest().await?;
    let owned = owned(&at, accounts).await?;
    let missing: Vec<_> = accounts
        .iter()
        .zip(owned)
        .map(|(who, owned)| (who, balance.saturating_sub(owned)))
        .filter(|(_, missing)| *missing > 0)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let (sum, has) = (missing.iter().map(|(_, missing)| missing).sum::<u128>(), free(&at, root).await?);
    ensure!(
        has > sum,
        "{} has {has} of the smallest unit, too little: its {} senders need {sum}",
        root.public_key().to_account_id(),
        accounts.len()
    );
    let transfers = missing.iter().map(|(who, missing)| {
        nested(&call("Balances", "transfer_keep_alive", vec![address(who), number(*missing)]))
    });
    let transfers: Vec<_> = transfers.collect();
    let batches = transfers.chunks(BATCH).map(|batch| {
        let batch = Value::unnamed_composite(batch.iter().cloned());
        (root, call("Utility", "batch_all", vec![batch]))
    });
    let batches: Vec<_> = batches.collect();
    para.calls(&batches).await.context("funding the senders")?;
    // Another fork could take the tokens back.
    let since = Instant::now();
    while self::owned(&para.newest_final().await?, accounts).await?.iter().any(|owned| *owned < balance) {
        ensure!(since.elapsed() < FUNDING, "the senders' tokens are not final after {FUNDING:?}");
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// What each account can spend, in the smallest unit.
async fn owned(at: &ClientAt, accounts: &[Keypair]) -> Result<Vec<u128>> {
    stream::iter(accounts).map(|who| free(at, who)).buffered(32).try_collect().await
}

/// What an account can spend, in the smallest unit.
async fn free(at: &ClientAt, who: &Keypair) -> Result<u128> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Account {
        data: Data,
    }
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Data {
        free: u128,
    }
    let found = maybe_stored::<Account>(at, "System", "Account", vec![account(who)]).await?;
    Ok(found.map_or(0, |account| account.data.free))
}
