//! The switch to six-second blocks: on a living network, with a collator that dies in the middle of it;
//! and with a collator that is down through all of it, after switches that must not happen.

use crate::step;
use anyhow::{ensure, Context, Result};
use sp_crypto_hashing::blake2_256;
use std::time::{Duration, Instant};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};
use subxt_signer::sr25519::dev;
use tandem_cli::{
    activate::{
        apply, new_code,
        vote::{self, State, Track, Vote},
        ROWS,
    },
    chain,
    para::{call, stored, Para},
};
use tandem_e2e::{authors, binaries, folder, Network};
use tokio::time::sleep;

const MINUTE: Duration = Duration::from_secs(60);
/// How long a collator stays away: longer than a change takes when every second slot is empty.
const DOWN: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_living_chain_is_switched_while_a_collator_dies() -> Result<()> {
    let dir = folder("activation");
    let mut network = Network::activate(&dir, &["--restart-after", "20"]).await?;

    step("a collator dies while the relay chain checks the new code, and comes back");
    network.says("the new code is applied", 15 * MINUTE).await?;
    network.kill("para-bob")?;
    network.says("para-bob starts again", MINUTE).await?;

    step("the switch is made, and everything falls due when it should");
    let (status, output) = network.wait_within(20 * MINUTE).await?;
    println!("{output}");
    ensure!(status.success(), "it ended with {status}:\n{output}");
    for row in ROWS {
        let row = output.lines().find(|line| line.starts_with(row)).with_context(|| format!("no {row}"))?;
        ensure!(row.chars().count() <= 100, "the row is too wide: {row}");
        ensure!(!["MOVED", "GONE", "NOT "].iter().any(|verdict| row.contains(verdict)), "{row}");
    }
    for words in [
        "is the first of 6 s",
        "all that is stored has followed",
        "after the promised moment",
        "approved by a second hand",
        " 0 lost",
        "nothing has moved",
    ] {
        ensure!(output.contains(words), "no \"{words}\" in:\n{output}");
    }
    Ok(std::fs::remove_dir_all(dir)?)
}

/// What must stay as it is when no switch happens.
#[derive(Debug, PartialEq)]
struct Chain {
    version: u32,
    slot: Duration,
    code: [u8; 32],
}

impl Chain {
    async fn of(para: &Para) -> Result<Self> {
        let newest = para.newest().await?;
        Ok(Self {
            version: newest.spec_version(),
            slot: chain::slot_duration(&para.client).await?,
            code: blake2_256(&newest.storage().runtime_wasm_code().await?),
        })
    }
}

#[tokio::test]
async fn what_is_authorised_and_nothing_else_is_applied_with_a_collator_down() -> Result<()> {
    let dir = folder("authorised");
    let down = DOWN.as_secs().to_string();
    let mut network = Network::start(&dir, &["--cadence", "synchronous", "--restart-after", &down]).await?;
    let relay = network.client("relay").await?;
    let client = network.client("parachain").await?;
    let para = Para::connect(&network.rpc()?).await?;
    para.reaches(1, 5 * MINUTE).await?;
    let code = new_code(Some(&binaries())).await?;
    let authorise = call("System", "authorize_upgrade", vec![Value::from_bytes(blake2_256(&code))]);
    let chain = Chain::of(&para).await?;
    ensure!((chain.version, chain.slot) == (1, Duration::from_secs(12)), "{chain:?}");

    step("a referendum that is voted down authorises nothing");
    let index = vote::submit(&para, Track::Root, &authorise).await?;
    let nay = Vote { aye: false, ..Vote::AYE };
    vote::cast(&para, index, &vote::voters().map(|who| (who, nay))).await?;
    let since = Instant::now();
    while vote::state(&para, index).await? != Some(State::Ended("Rejected".into())) {
        ensure!(since.elapsed() < 6 * MINUTE, "referendum {index} is not rejected");
        sleep(Duration::from_secs(2)).await;
    }
    refused(&para, &code, "NothingAuthorized").await?;
    ensure!(Chain::of(&para).await? == chain);

    step("a code that is not the authorised one is refused, and the authorisation stands");
    let from = para.newest().await?.block_number();
    let index = vote::propose_as_root(&para, &authorise).await?;
    vote::enacted(&para, index, from).await?;
    let mut other = code.clone();
    *other.last_mut().context("the code is empty")? ^= 1;
    refused(&para, &other, "Unauthorized").await?;
    ensure!(authorised(&para).await? == blake2_256(&code), "the authorisation is another one");
    sleep(MINUTE).await;
    ensure!(Chain::of(&para).await? == chain);

    step("with one of two collators down the authorised code is applied, and the cadence changes");
    network.kill("para-bob")?;
    apply(&para, &code).await?;
    while Chain::of(&para).await?.slot != Duration::from_secs(6) {
        ensure!(!network.output().contains("para-bob starts again"), "no change for {DOWN:?}");
        sleep(Duration::from_secs(2)).await;
    }
    let now = Chain { version: 2, slot: Duration::from_secs(6), code: blake2_256(&code) };
    ensure!(Chain::of(&para).await? == now);

    step("it comes back after the change, and its blocks are included");
    network.says("para-bob starts again", DOWN).await?;
    authors(&relay, &client, dev::bob().public_key().0, 5 * MINUTE).await?;

    network.stop()?;
    Ok(std::fs::remove_dir_all(dir)?)
}

/// Applies `code`, and checks that the chain refuses it with `error`.
async fn refused(para: &Para, code: &[u8], error: &str) -> Result<()> {
    let refused = apply(para, code).await.err().context("the code was taken")?;
    ensure!(format!("{refused:?}").contains(error), "{refused:?}");
    Ok(())
}

/// The hash of the authorised code.
async fn authorised(para: &Para) -> Result<[u8; 32]> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Authorisation {
        code_hash: [u8; 32],
    }
    let newest = para.newest().await?;
    Ok(stored::<Authorisation>(&newest, "System", "AuthorizedUpgrade", vec![]).await?.code_hash)
}
