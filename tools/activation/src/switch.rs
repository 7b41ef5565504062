//! The stages of the switch, as the two chains tell of them.

use crate::log::Log;
use anyhow::{bail, ensure, Context, Result};
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};
use subxt::{
    client::{Block, Blocks},
    dynamic::Value,
    events::Event,
    ext::{
        scale_decode::{DecodeAsFields, DecodeAsType},
        scale_value::Composite,
    },
    PolkadotConfig,
};
use tandem_rpc::{
    ask, maybe_stored, moment,
    parachain::ParachainClient,
    read::{ChainCadence, HistoryEntry},
    stored, Client, ClientAt,
};
use tokio::time::sleep;

/// What is said when the relay chain's validators have compiled the new code.
pub const ACCEPTED: &str = "relay chain: the validators accept the new code (Paras.PvfCheckAccepted)";
/// What is said when they have rejected it, or have not voted in time.
pub const REJECTED: &str = "relay chain: the validators reject the new code (Paras.PvfCheckRejected)";
/// How long the chain may take for a handful of blocks.
pub const BLOCKS: Duration = Duration::from_secs(10 * 60);
/// How long the relay chain may take until the code is changed, and all that the chain has stored.
const SWITCH: Duration = Duration::from_secs(900);

/// The cadences that the chain has had.
pub async fn history(at: &ClientAt) -> Result<Vec<HistoryEntry>> {
    stored(at, "Cadence", "History", vec![]).await
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Changed {
    to: ChainCadence,
    at: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Rescaled {
    pallet: Value,
    entries: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Referendum {
    index: u32,
}

/// The switch, when it is over and final.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// The last block of the old cadence.
    pub at: u64,
    /// When it was built, in milliseconds since the Unix epoch.
    pub moment: u64,
    /// The block in which all that was stored had followed.
    pub completed: u64,
    pub to: ChainCadence,
}

/// Waits until the cadence has changed, all that is stored has followed, and both are final. The
/// blocks looked at begin with `from`, whose cadence is the old one.
///
/// # Errors
/// If it takes longer than a quarter of an hour, or if the chain's history does not tell of it.
pub async fn done(para: &ParachainClient, log: &Log, from: u64) -> Result<Switch> {
    let since = Instant::now();
    loop {
        let last = para.newest_final().await?;
        let changed = history(&last).await?.len() > 1;
        let rescaling = maybe_stored::<Value>(&last, "Cadence", "Rescaling", vec![]).await?.is_some();
        if changed && !rescaling {
            break;
        }
        ensure!(!log.has(REJECTED), "the relay chain's validators have rejected the new code");
        if since.elapsed() > SWITCH {
            bail!(
                "no switch after {SWITCH:?}: parablock #{} is final; the last stage was \"{}\"",
                last.block_number(),
                log.last(),
            );
        }
        sleep(Duration::from_secs(2)).await;
    }
    let (number, Changed { to, at }) = find(para, from, "Changed").await?;
    ensure!(number == u64::from(at) + 1, "Cadence.Changed of #{at} is in parablock #{number}, not the next");
    let (completed, _) = find::<Composite<()>>(para, number, "Completed").await?;
    let moment = moment(&para.block(at.into()).await?).await?;
    Ok(Switch { at: at.into(), moment, completed, to })
}

/// The first final event `name` of the cadence's pallet from block `from` on, all of which are there.
async fn find<T: DecodeAsFields>(para: &ParachainClient, from: u64, name: &str) -> Result<(u64, T)> {
    let found = para.event(from, true, Duration::from_secs(60), |event| {
        if (event.pallet_name(), event.event_name()) != ("Cadence", name) {
            return Ok(None);
        }
        Ok(Some(event.decode_fields_unchecked_as::<T>()?))
    });
    found.await.with_context(|| format!("looking for Cadence.{name}"))
}

/// Says the stages as they come, for ever.
pub async fn follow(relay: &Client, para: &ParachainClient, log: &Log) -> Infallible {
    loop {
        // A node may be coming back.
        let _ = stages(relay, &para.client, log).await;
        sleep(Duration::from_secs(1)).await;
    }
}

async fn stages(relay: &Client, para: &Client, log: &Log) -> Result<()> {
    let mut relay: Blocks<PolkadotConfig> = relay.stream_all_blocks().await?;
    let mut para: Blocks<PolkadotConfig> = para.stream_all_blocks().await?;
    loop {
        let block: Block<PolkadotConfig> = tokio::select! {
            block = relay.next() => block,
            block = para.next() => block,
        }
        .context("blocks ended")??;
        for event in block.at().await?.events().fetch().await?.iter() {
            // An event of another shape than expected has no stage to tell.
            if let Ok(Some(text)) = stage(&event?, block.number()) {
                log.once(text);
            }
        }
    }
}

/// What an event in block `number` tells of the switch.
fn stage(event: &Event<'_, PolkadotConfig>, number: u64) -> Result<Option<String>> {
    let referendum = |what: &str| -> Result<String> {
        let Referendum { index } = event.decode_fields_unchecked_as()?;
        Ok(format!("referendum {index}: {what}, in parablock #{number}"))
    };
    let text = match (event.pallet_name(), event.event_name()) {
        ("Referenda", "DecisionStarted") => referendum("is being decided")?,
        ("Referenda", "ConfirmStarted") => referendum("is confirming")?,
        ("Referenda", "Confirmed") => referendum("is approved")?,
        ("Referenda", "Rejected") => referendum("is rejected")?,
        ("System", "UpgradeAuthorized") => format!("parablock #{number} authorises the new code"),
        ("ParachainSystem", "ValidationFunctionStored") => {
            format!("parablock #{number} hands the new code to the relay chain (ValidationFunctionStored)")
        }
        ("ParachainSystem", "ValidationFunctionApplied") => {
            format!("parablock #{number} has the go-ahead, the last of the old code")
        }
        ("ParachainSystem", "ValidationFunctionDiscarded") => {
            format!("parablock #{number} learns that the relay chain refuses the new code")
        }
        // The relay chain has one parachain.
        ("Paras", "PvfCheckStarted") => "relay chain: the validators check the new code".into(),
        ("Paras", "PvfCheckAccepted") => ACCEPTED.into(),
        ("Paras", "PvfCheckRejected") => REJECTED.into(),
        ("Paras", "CodeUpgradeScheduled") => "relay chain: the upgrade is scheduled".into(),
        ("Paras", "CurrentCodeUpdated") => "relay chain: the new code is in force".into(),
        ("Cadence", "Changed") => {
            let Changed { to, at } = event.decode_fields_unchecked_as()?;
            let seconds = to.block_millis() as f64 / 1_000.0;
            format!("parablock #{number} is the first of {seconds} s; #{at} was the last of the old cadence")
        }
        ("Cadence", "Rescaled") => {
            let Rescaled { pallet, entries } = event.decode_fields_unchecked_as()?;
            let entries = if entries > 0 { format!(", {entries} entries") } else { String::new() };
            format!("parablock #{number}: {} has followed{entries}", text(&pallet))
        }
        ("Cadence", "Completed") => format!("parablock #{number}: all that is stored has followed"),
        _ => return Ok(None),
    };
    Ok(Some(text))
}

/// A name out of a decoded value.
fn text(name: &Value) -> String {
    name.as_str().map_or_else(|| name.to_string(), Into::into)
}

/// When the blocks `first` to `last` were built, each with its slot, which are all final.
pub async fn blocks(para: &ParachainClient, first: u64, last: u64) -> Result<Vec<Built>> {
    let mut blocks = Vec::new();
    for number in first..=last {
        let at = para.block(number).await?;
        let slot =
            tandem_rpc::slot(&at.block_header().await?).with_context(|| format!("#{number} has no slot"))?;
        blocks.push(Built { number, slot, moment: moment(&at).await? });
    }
    Ok(blocks)
}

/// A block, when it was built.
#[derive(Clone, Copy, Debug)]
pub struct Built {
    pub number: u64,
    /// As it is counted at the block's own cadence.
    pub slot: u64,
    /// In milliseconds since the Unix epoch.
    pub moment: u64,
}

/// Mean time between `blocks`, in seconds, and how many slots between them had no block.
pub fn pace(blocks: &[Built]) -> Option<(f64, u64)> {
    let (first, last) = (blocks.first()?, blocks.last()?);
    let gaps = last.number.checked_sub(first.number).filter(|gaps| *gaps > 0)?;
    let mean = last.moment.saturating_sub(first.moment) as f64 / gaps as f64 / 1_000.0;
    Some((mean, last.slot.saturating_sub(first.slot).saturating_sub(gaps)))
}

/// Pallets whose calls are refused for the time being.
pub async fn closed(at: &ClientAt) -> Result<Vec<String>> {
    let closed: Vec<Value> = ask(at, "CadenceApi", "closed", vec![]).await?;
    Ok(closed.iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_a_mean_and_the_slots_without_a_block() {
        let millis = u64::from(cadence::SYNCHRONOUS.slot_millis);
        let block = |number, slot| Built { number, slot, moment: millis * slot };
        assert_eq!(pace(&[block(10, 100), block(11, 101), block(12, 103), block(13, 104)]), Some((16.0, 1)));
        assert_eq!(pace(&[block(10, 100)]), None);
        assert_eq!(pace(&[]), None);
    }
}
