//! The switch to six-second blocks on a living network, with a collator that dies in the middle of
//! it; and switches that must not happen.

use anyhow::{ensure, Context, Result};
use sp_crypto_hashing::blake2_256;
use std::time::{Duration, Instant};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};
use tandem_cli::{
    activate::{
        apply, new_code,
        vote::{self, State, Track, Vote},
        ROWS,
    },
    chain,
    para::{call, stored, Para},
};
use tandem_e2e::{binaries, folder, Network};
use tokio::time::sleep;

const MINUTE: Duration = Duration::from_secs(60);

fn step(text: &str) {
    println!("  {text}");
}

/// Both at once, as each waits for most of its time.
#[tokio::test]
async fn a_chain_is_switched_when_governance_says_so_and_only_then() -> Result<()> {
    tokio::try_join!(
        a_living_chain_is_switched_while_a_collator_dies(),
        what_is_not_authorised_is_refused()
    )?;
    Ok(())
}

async fn a_living_chain_is_switched_while_a_collator_dies() -> Result<()> {
    let dir = folder("activation");
    let mut network = Network::activate(&dir, &["--restart-after", "20"])?;

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

async fn what_is_not_authorised_is_refused() -> Result<()> {
    let dir = folder("refused");
    let mut network = Network::start(&dir, &["--cadence", "synchronous"])?;
    network.client("parachain", 0).await?;
    let para = Para::connect(&network.rpc()?).await?;
    para.reaches(1, 2 * MINUTE).await?;
    let code = new_code(Some(&binaries())).await?;
    let authorise = call("System", "authorize_upgrade", vec![Value::from_bytes(blake2_256(&code))]);
    let chain = Chain::of(&para).await?;
    ensure!((chain.version, chain.slot) == (1, Duration::from_secs(12)), "{chain:?}");

    step("a referendum that is voted down authorises nothing");
    let index = vote::submit(&para, Track::Root, &authorise).await?;
    let nay = Vote { aye: false, ..Vote::AYE };
    vote::cast(&para, index, &vote::voters().map(|who| (who, nay))).await?;
    let since = Instant::now();
    while vote::state(&para, index).await? != State::Ended("Rejected".into()) {
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
