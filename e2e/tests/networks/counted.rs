//! `tandem up --blocks` on a network of two parachains, a message from one parachain to the other, and the
//! commands that look at a running network from another terminal.

use crate::step;
use anyhow::{ensure, Context, Result};
use std::{fs, path::Path, process::Output, time::Duration};
use subxt::{dynamic::Value, events::Event, ext::scale_decode::DecodeAsType, PolkadotConfig};
use subxt_signer::sr25519::dev;
use tandem_e2e::{folder, tandem, Network};
use tandem_rpc::{
    calls::{call, number, Call},
    parachain::ParachainClient,
};

const TOPOLOGY: &str = "
[[parachain]]
collators = 1

[[parachain]]
cadence = 'synchronous'
collators = 1
";

/// Runs `tandem` with `args` on the network in `dir`.
fn on(dir: &Path, args: &[&str]) -> Result<Output> {
    Ok(tandem().args(args).arg("--dir").arg(dir).output()?)
}

#[tokio::test]
async fn a_counted_run_of_two_parachains_ends_by_itself() -> Result<()> {
    let dir = folder("counted");
    let file = dir.with_extension("toml");
    fs::write(&file, TOPOLOGY)?;
    let file = file.to_str().context("a path that is text")?;
    // Enough blocks for the message to arrive meanwhile.
    let network = Network::start(&dir, &["--topology", file, "--blocks", "8"]).await?;

    step("status, logs and down know it");
    let status = on(&dir, &["status", "--json"])?;
    let status = String::from_utf8(status.stdout)?;
    for name in ["relay-alice", "relay-bob", "para-alice", "para2001-alice"] {
        ensure!(status.contains(&format!("{{\"name\":\"{name}\",\"rpc\":\"ws://127.0.0.1:")), "{status}");
    }
    let logs = on(&dir, &["logs", "para2001-alice", "--lines", "3"])?;
    ensure!(String::from_utf8(logs.stdout)?.lines().count() == 3);
    let unknown = on(&dir, &["logs", "para-zoe"])?;
    let names = "expected one of para-alice, para2001-alice, relay-alice, relay-bob";
    ensure!(String::from_utf8(unknown.stderr)?.contains(names));

    step("a message from the first parachain arrives at the second");
    let sender = ParachainClient::connect(&network.rpc()?).await?;
    let recipient = ParachainClient::connect(&network.text("/parachains/1/collators/0/rpc")?).await?;
    sender.call(&message(2001), &dev::alice()).await?;
    recipient.event(1, false, Duration::from_secs(180), arrived).await.context("the message")?;

    step("it ends by itself");
    let (status, output) = network.wait_within(Duration::from_secs(600)).await?;
    // A network that has just started may miss its pace on a busy machine; it ends all the same.
    ensure!(status.success() || status.code() == Some(3), "it ended with {status}:\n{output}");
    for para in [2000, 2001] {
        let line = output.lines().find(|line| line.starts_with(&format!("parachain {para}: ")));
        ensure!(line.is_some_and(|line| line.contains(" blocks included and final: ")), "{output}");
    }
    ensure!(output.contains("polkadot.js.org/apps/?rpc=ws://127.0.0.1:"), "{output}");
    let down = on(&dir, &["down"])?;
    ensure!(String::from_utf8(down.stderr)?.contains("no network runs in"), "it is still there");
    fs::remove_file(file)?;
    Ok(fs::remove_dir_all(dir)?)
}

/// The call that sends a message without any effect to parachain `para`.
fn message(para: u32) -> Call {
    let parachain = Value::unnamed_variant("Parachain", [number(para)]);
    let interior = Value::unnamed_variant("X1", [Value::unnamed_composite([parachain])]);
    let location = Value::named_composite([("parents", number(1u8)), ("interior", interior)]);
    let instructions = Value::unnamed_composite([Value::unnamed_variant("ClearOrigin", [])]);
    let message = Value::unnamed_composite([instructions]);
    let arguments = [location, message].map(|argument| Value::unnamed_variant("V5", [argument]));
    call("PolkadotXcm", "send", arguments.into())
}

/// Finds the event of a message from the first parachain. The message pays for nothing, so it is not
/// executed.
fn arrived(event: &Event<'_, PolkadotConfig>) -> Result<Option<()>> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Message {
        origin: Origin,
    }
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    enum Origin {
        Here,
        Parent,
        Sibling(u32),
    }
    if (event.pallet_name(), event.event_name()) != ("MessageQueue", "Processed") {
        return Ok(None);
    }
    Ok(match event.decode_fields_unchecked_as::<Message>()?.origin {
        Origin::Sibling(2000) => Some(()),
        Origin::Here | Origin::Parent | Origin::Sibling(_) => None,
    })
}
