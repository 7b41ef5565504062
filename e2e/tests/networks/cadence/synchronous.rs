//! A network at the synchronous cadence. It is looked at while a referendum against new code runs; then code that is
//! not authorized is refused, and code that is authorized is applied with a collator down.

use super::looks::*;
use crate::step;
use anyhow::{ensure, Context, Result};
use sp_crypto_hashing::blake2_256;
use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};
use subxt_signer::sr25519::dev;
use tandem_activation::{
    apply,
    vote::{self, ReferendumState, Track, Vote},
};
use tandem_e2e::{
    binaries,
    chain::{authors, deepest_segment, observe, slot_duration, Client},
    folder, quiet, Network,
};
use tandem_network::{specs, Binaries, CadencePreset};
use tandem_rpc::{calls::call, parachain::ParachainClient, read::block_limits, stored};
use tokio::time::sleep;

const MINUTE: Duration = Duration::from_secs(60);
/// How long a change of cadence may take when every second slot is empty.
const CHANGE: Duration = Duration::from_secs(15 * 60);

#[tokio::test]
async fn synchronous() -> Result<()> {
    let dir = folder("synchronous");
    // Longer than the test: the collator that is killed is started again by hand.
    let network = Network::start(&dir, &["--cadence", "synchronous", "--restart-after", "7200"]).await?;
    let relay = network.client("relay").await?;
    let client = network.client("parachain").await?;
    let para = ParachainClient::connect(&network.rpc()?).await?;
    para.reaches(1, 5 * MINUTE).await?;
    let code = specs::code(CadencePreset::Asynchronous, &Binaries::find(Some(&binaries()))?).await?;
    let authorize = call("System", "authorize_upgrade", vec![Value::from_bytes(blake2_256(&code))]);
    let chain = Chain::of(&para).await?;
    ensure!((chain.version, chain.slot) == (1, Duration::from_secs(12)), "{chain:?}");

    let rejected = async {
        step("a referendum that is voted down authorizes nothing");
        let index = vote::submit(&para, Track::Root, &authorize).await?;
        let nay = Vote { aye: false, ..Vote::AYE };
        vote::cast(&para, index, &vote::voters().map(|who| (who, nay))).await?;
        let since = Instant::now();
        while vote::state(&para, index).await? != Some(ReferendumState::Ended("Rejected".into())) {
            ensure!(since.elapsed() < 6 * MINUTE, "referendum {index} is not rejected");
            sleep(Duration::from_secs(2)).await;
        }
        anyhow::Ok(())
    };
    tokio::try_join!(rejected, looks(&network, &relay, &client, &dir))?;
    refused(&para, &code, "NothingAuthorized").await?;
    ensure!(Chain::of(&para).await? == chain);

    step("code that is not the authorized one is refused, and the authorization stands");
    let from = para.newest().await?.block_number();
    let index = vote::propose_as_root(&para, &authorize).await?;
    vote::enacted(&para, index, from).await?;
    let mut other = code.clone();
    *other.last_mut().context("the code is empty")? ^= 1;
    refused(&para, &other, "Unauthorized").await?;
    ensure!(authorized(&para).await? == blake2_256(&code), "the authorization is another one");
    sleep(MINUTE).await;
    ensure!(Chain::of(&para).await? == chain);

    step("with one of two collators down the authorized code is applied, and the cadence changes");
    network.kill("para-bob")?;
    apply(&para, &code).await?;
    let since = Instant::now();
    while Chain::of(&para).await?.slot != Duration::from_secs(6) {
        ensure!(since.elapsed() < CHANGE, "no change for {CHANGE:?}");
        sleep(Duration::from_secs(2)).await;
    }
    let now = Chain { version: 2, slot: Duration::from_secs(6), code: blake2_256(&code) };
    ensure!(Chain::of(&para).await? == now);

    step("it comes back after the change, and its blocks are included");
    let collator = Collator::start(&network, &dir)?;
    authors(&relay, &client, dev::bob().public_key().0, 5 * MINUTE).await?;

    drop(collator);
    network.stop()?;
    Ok(fs::remove_dir_all(dir)?)
}

/// The pace, the segment, transfers, the watch and a full block.
async fn looks(network: &Network, relay: &Client, para: &Client, dir: &Path) -> Result<()> {
    step("pace: 5 to 8 parablocks in 15 relay blocks, none built on one that is not included");
    let quiet = quiet().await;
    let ((included, watched), deepest) =
        tokio::try_join!(observe(relay, RELAY_BLOCKS), deepest_segment(para))?;
    drop(quiet);
    step(&format!("{} were included in {watched}, with changes of session", included.len()));
    // Backed in one relay block and included in the next: at most every second one includes.
    let most = watched.div_ceil(2) as usize;
    ensure!((5..=most).contains(&included.len()), "{included:?}");
    ensure!(deepest == 1, "the unincluded segment was {deepest} deep");

    finality_follows(para).await?;
    transfers(network, para).await?;

    step("the watch goes past a node that hangs");
    goes_past_a_hanging_node(network, dir).await?;

    step("no block can hold half a second of weight");
    let at = para.at_current_block().await?;
    ensure!(block_limits(&at)?.block.ref_time <= HALF_A_SECOND);
    let heavy = fill(network).await?;
    ensure!(heavy.ref_time <= HALF_A_SECOND, "the fullest block had {heavy:?}");
    Ok(())
}

/// The second collator, started again as `network.json` has it; killed when this is dropped.
struct Collator(Child);

impl Collator {
    fn start(network: &Network, dir: &Path) -> Result<Self> {
        let manifest = network.manifest()?;
        let node = &manifest["parachains"][0]["collators"][1];
        let args = node["args"].as_array().context("arguments")?.iter().filter_map(|arg| arg.as_str());
        let log = fs::File::options().append(true).open(dir.join("para-bob.log"))?;
        let mut command = Command::new(node["program"].as_str().context("a program")?);
        let command = command.args(args).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Self(command.spawn()?))
    }
}

impl Drop for Collator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What must stay as it is when no switch happens.
#[derive(Debug, PartialEq)]
struct Chain {
    version: u32,
    slot: Duration,
    code: [u8; 32],
}

impl Chain {
    async fn of(para: &ParachainClient) -> Result<Self> {
        let newest = para.newest().await?;
        Ok(Self {
            version: newest.spec_version(),
            slot: slot_duration(&para.client).await?,
            code: blake2_256(&newest.storage().runtime_wasm_code().await?),
        })
    }
}

/// Applies `code`, and checks that the chain refuses it with `error`.
async fn refused(para: &ParachainClient, code: &[u8], error: &str) -> Result<()> {
    let refused = apply(para, code).await.err().context("the code was taken")?;
    ensure!(format!("{refused:?}").contains(error), "{refused:?}");
    Ok(())
}

/// The hash of the authorized code.
async fn authorized(para: &ParachainClient) -> Result<[u8; 32]> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Authorization {
        code_hash: [u8; 32],
    }
    let newest = para.newest().await?;
    Ok(stored::<Authorization>(&newest, "System", "AuthorizedUpgrade", vec![]).await?.code_hash)
}
