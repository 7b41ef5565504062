//! A change of cadence by vote, and the check that it disturbs nothing.
//!
//! [`run`] takes a network that was just started at the synchronous cadence. In order:
//! 1. Accounts and governance get what a live chain has under way ([`scenario`], [`vote`]).
//! 2. A referendum authorizes the asynchronous code, and anyone applies it. The relay chain checks it and gives
//!    the go-ahead ([`switch`]). Transfers are sent meanwhile ([`traffic`]).
//! 3. Everything that the chain promised is read before the switch and after it ([`promises`], [`economy`]), and
//!    compared ([`table`], [`report`]).

mod economy;
mod log;
mod promises;
mod report;
mod scenario;
mod switch;
mod table;
mod traffic;
pub mod vote;

pub use log::Log;
pub use promises::ALWAYS as PROMISES;
pub use report::Outcome;

use anyhow::{bail, ensure, Context, Result};
use scenario::Scenario;
use sp_crypto_hashing::blake2_256;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};
use subxt::dynamic::{self, Value};
use subxt_signer::sr25519::dev;
use switch::{Switch, ACCEPTED, BLOCKS, REJECTED};
use tandem_rpc::{calls::call, parachain::ParachainClient, Client};
use tokio::time::sleep;

/// How many times faster than written governance runs: the decision of a referendum takes eight
/// minutes, so that it is open over the switch, and an undisputed one at most two.
pub const SPEEDUP: u32 = 2_520;
/// What remembers its beginning begins at this block. The switch comes some twenty blocks later, and
/// a beginning longer ago than half of the chain's age could not be told in blocks half as long.
const BEGIN: u64 = 24;
/// Blocks after the switch with which transfers stop.
const TRAFFIC: u64 = 10;

/// Changes the cadence of the network that `relay` and `para` are clients of, to that of `code`. Watches `after`
/// blocks after the switch. Returns what was compared.
///
/// # Errors
/// If a step of the change fails or takes too long.
pub async fn run(
    relay: &Client,
    para: &ParachainClient,
    code: &[u8],
    after: u32,
    log: &Log,
) -> Result<Outcome> {
    tokio::select! {
        done = steps(para, code, after, log) => done,
        never = switch::follow(relay, para, log) => match never {},
    }
}

async fn steps(para: &ParachainClient, code: &[u8], after: u32, log: &Log) -> Result<Outcome> {
    para.reaches(1, BLOCKS).await.context("waiting for the first parablock")?;
    let newest = para.newest().await?;
    ensure!(
        newest.metadata_ref().pallet_by_name("Cadence").is_some(),
        "the chain has no pallet Cadence: build the node again with `make build`"
    );
    let root = scenario::plant(para, log).await?;
    vote::enacted(para, root, 1).await?;
    log.step(format!("referendum {root} is enacted"));
    scenario::settle(para, log, root).await?;
    authorise(para, code, log).await?;

    let newest = para.newest().await?.block_number();
    if newest < BEGIN {
        log.step(format!(
            "waiting for parablock #{BEGIN}: a start longer ago than half of the chain's age has no number in \
             shorter blocks; now #{newest}"
        ));
        para.reaches(BEGIN, BLOCKS).await?;
    }
    let scenario = scenario::begin(para, log).await?;

    let stop = Cell::new(false);
    let (fates, switch) =
        tokio::try_join!(traffic::run(para, &stop), under_way(para, code, after, &scenario, log, &stop))?;
    let last = checked_until(&switch, after);
    report::report(para, &scenario, &switch, last, &fates, log).await
}

/// Votes for the authorisation of `code`, and waits until it is there.
async fn authorise(para: &ParachainClient, code: &[u8], log: &Log) -> Result<()> {
    let from = para.newest().await?.block_number();
    let authorise = call("System", "authorize_upgrade", vec![Value::from_bytes(blake2_256(code))]);
    let index = vote::propose_as_root(para, &authorise).await?;
    log.step(format!("referendum {index}: five accounts vote for the new code"));
    vote::enacted(para, index, from).await?;
    log.step(format!("referendum {index} is enacted: the new code is authorised"));
    Ok(())
}

/// Applies the authorised `code`, as anyone may.
///
/// # Errors
/// If the chain refuses it.
pub async fn apply(para: &ParachainClient, code: &[u8]) -> Result<()> {
    let apply = dynamic::transaction("System", "apply_authorized_upgrade", (code.to_vec(),));
    para.call(&apply, &dev::dave()).await.map(drop)
}

/// Applies the code and waits until the switch is over, final, and ten blocks behind.
async fn under_way(
    para: &ParachainClient,
    code: &[u8],
    after: u32,
    scenario: &Scenario,
    log: &Log,
    stop: &Cell<bool>,
) -> Result<Switch> {
    let from = para.newest().await?.block_number();
    apply(para, code).await.context("applying the new code")?;
    log.step(format!(
        "the new code is applied, {:.1} KiB; transfers are under way",
        code.len() as f64 / 1024.0
    ));

    let (confirmed, switch) = tokio::join!(confirm(para, scenario, log), switch::done(para, log, from));
    let switch = switch?;
    if let Err(error) = confirmed {
        log.step(format!("no referendum confirms over the switch: {error:#}"));
    }
    para.reaches(switch.at + 1 + TRAFFIC, BLOCKS).await?;
    stop.set(true);
    log.step(format!("{TRAFFIC} blocks after the switch: transfers stop"));
    let last = checked_until(&switch, after);
    while para.newest_final().await?.block_number() < last {
        ensure!(
            log.started().elapsed() < 5 * BLOCKS,
            "parablock #{last} is not final after {:?}",
            5 * BLOCKS
        );
        sleep(Duration::from_secs(2)).await;
    }
    Ok(switch)
}

/// The last block that is watched.
fn checked_until(switch: &Switch, after: u32) -> u64 {
    switch.completed.max(switch.at + u64::from(after))
}

/// Once the relay chain's validators have accepted the code, starts a confirmation that is still
/// running when the switch comes.
async fn confirm(para: &ParachainClient, scenario: &Scenario, log: &Log) -> Result<()> {
    let since = Instant::now();
    while !log.has(ACCEPTED) {
        ensure!(!log.has(REJECTED), "the relay chain has rejected the code");
        ensure!(since.elapsed() < BLOCKS, "the relay chain has not accepted the code after {BLOCKS:?}");
        if switch::history(&para.newest().await?).await?.len() > 1 {
            bail!("the switch came unforeseen");
        }
        sleep(Duration::from_secs(1)).await;
    }
    scenario::confirm(para, scenario).await
}
