//! The end of the run: the table, the pace, and what fell due after the switch.

use super::{
    economy, life,
    life::Life,
    rows, switch,
    switch::Switch,
    table,
    table::{Clock, Item, Reading, Row},
    traffic, vote, Log, BLOCKS,
};
use crate::{
    chain::ClientAt,
    output::say,
    para::{ask, moment, Para},
};
use anyhow::{bail, ensure, Context, Result};
use subxt::dynamic::Value;
use subxt_signer::sr25519::dev;

/// Blocks before the switch whose pace is told.
const PACE: u64 = 10;
/// A call that is due so many blocks after the switch, or later, is waited for.
const AHEAD: u32 = 3;

/// Reads all items before and after, prints the table, and checks what falls due.
pub async fn report(
    para: &Para,
    life: &Life,
    switch: &Switch,
    last: u64,
    fates: &traffic::Fates,
    log: &Log,
) -> Result<()> {
    log.say(format!("parablock #{last} is final"));
    let before = para.block(switch.at).await?;
    let code = para.block(switch.at - 1).await?;
    let after = para.block(switch.completed).await?;
    let (old, new) = clocks(&code, switch).await?;
    let eras = economy::eras(&before).await?;
    let mut was = rows::read(&rows::Source { state: &before, code: &code, eras }, &old, &switch.to, life)
        .await
        .context("reading what was before")?;
    let mut is = rows::read(&rows::Source { state: &after, code: &after, eras }, &new, &switch.to, life)
        .await
        .context("reading what is after")?;
    let (told, tells) = told(&after, switch).await?;
    was.push(told);
    is.push(tells);

    say!("\nbefore is parablock #{}, after is #{}; times are from the first\n", switch.at, switch.completed);
    let rows = table::rows(&was, &old, &is, &new);
    table::print(&rows);
    say!();

    let mut wrong = moved(&rows);
    // Whatever fails, the rest is looked at too.
    for trouble in [
        falls_due(para, &before, &old, &new, log).await.unwrap_or_else(said),
        pace(para, switch, last).await.unwrap_or_else(said),
        second_hand(para, &before, log).await.unwrap_or_else(said),
        opened(para).await.unwrap_or_else(said),
        (fates.lost() > 0).then(|| format!("{} transfers were lost", fates.lost())),
    ] {
        wrong.extend(trouble);
    }
    say!("{fates}");
    say!("{} rows, {} of them as before or as meant", rows.len(), rows.len() - moved(&rows).len());
    if !wrong.is_empty() {
        bail!("the switch has moved what it must not: {}", wrong.join("; "));
    }
    say!("nothing has moved");
    Ok(())
}

/// An error as what is wrong.
fn said(error: anyhow::Error) -> Option<String> {
    Some(format!("{error:#}"))
}

/// The names of rows that have moved.
fn moved(rows: &[Row]) -> Vec<String> {
    rows.iter()
        .filter(|row| !row.verdict.kept)
        .map(|row| format!("{} ({})", row.item, row.verdict.text))
        .collect()
}

/// How blocks are counted up to the switch, by the code of the block `code`, and after it.
async fn clocks(code: &ClientAt, switch: &Switch) -> Result<(Clock, Clock)> {
    let at = u32::try_from(switch.at)?;
    let old = Clock { at, moment: switch.moment, block: rows::slot_millis(code).await? };
    Ok((old, Clock { block: switch.to.block_millis(), ..old }))
}

/// The moment of the switch: as it was, and as the chain tells it afterwards.
async fn told(after: &ClientAt, switch: &Switch) -> Result<(Item, Item)> {
    let slot = rows::slot_millis(after).await?;
    ensure!(
        slot == u64::from(switch.to.slot_millis),
        "the chain's slots are {slot} ms long, and Cadence.Changed tells {} ms",
        switch.to.slot_millis
    );
    let at = Value::u128(switch.at.into());
    let told: Option<u64> = ask(after, "CadenceApi", "moment", vec![at]).await?;
    let told = told.with_context(|| format!("CadenceApi knows no moment of #{}", switch.at))?;
    let name = format!("moment of block #{}", switch.at);
    Ok(((name.clone(), Reading::Moment(switch.moment)), (name, Reading::Moment(told))))
}

/// Waits for the first scheduled call that is due after the switch, and tells how much later it came
/// than was promised. What is wrong with it, if something is.
async fn falls_due(
    para: &Para,
    before: &ClientAt,
    old: &Clock,
    new: &Clock,
    log: &Log,
) -> Result<Option<String>> {
    let mut first = None;
    for label in life::due() {
        if let Some((when, _)) = rows::due(before, &label).await? {
            if when >= old.at + AHEAD && first.is_none() {
                first = Some((label, when));
            }
        }
    }
    let (label, when) = first.context("no scheduled call is left to fall due after the switch")?;
    let name = life::task(&label);
    let at = u64::from(old.at);
    log.say(format!("waiting for the scheduled call \"{label}\""));
    let dispatched = para.event(at + 1, true, BLOCKS, |event| {
        if (event.pallet_name(), event.event_name()) != ("Scheduler", "Dispatched") {
            return Ok(None);
        }
        let vote::Dispatched { id, result, .. } = event.decode_fields_unchecked_as()?;
        Ok((id == Some(name)).then_some(result))
    });
    let (number, result) = dispatched.await.with_context(|| format!("waiting for the call \"{label}\""))?;
    let came = moment(&para.block(number).await?).await?;
    let late = came as i64 - old.promises(when) as i64;
    // Every slot without a block delays all that is due in blocks.
    let blocks = i64::try_from(number)? - i64::from(old.at);
    let empty = (came as i64 - new.moment as i64) / new.block as i64 - blocks;
    let text = format!(
        "scheduled call \"{label}\": came in #{number}, {} after the promised moment; {empty} slots were empty",
        table::signed(late)
    );
    say!("{text}");
    let block = new.block as i64;
    let on_time = late >= -block && late <= 2 * block + empty.max(0) * block;
    Ok(if !vote::succeeded(&result) {
        Some(format!("the scheduled call \"{label}\" failed: {result}"))
    } else {
        (!on_time).then_some(text)
    })
}

/// Prints the pace before and after the switch. What is wrong, if something is.
async fn pace(para: &Para, switch: &Switch, last: u64) -> Result<Option<String>> {
    let blocks = switch::blocks(para, switch.at.saturating_sub(PACE).max(1), last).await?;
    let parts = blocks.split_at(blocks.iter().take_while(|block| block.number <= switch.at).count());
    let (Some((before, missed_before)), Some((after, missed_after))) =
        (switch::pace(parts.0), switch::pace(parts.1))
    else {
        return Ok(Some("there are too few blocks to tell the pace".into()));
    };
    let gap = match (parts.0.last(), parts.1.first()) {
        (Some(old), Some(new)) => new.moment.saturating_sub(old.moment),
        _ => 0,
    };
    say!(
        "one block every {before:.2} s before, {after:.2} s after; {missed_before} and {missed_after} slots \
         missed; {} between the last and the first",
        table::span(gap)
    );
    // A slot in ten goes to the relay chain's change of session, and a busy machine misses some more. Still
    // the pace has to be that of the new cadence: twice the time would be that of the old one.
    let limit = switch.to.block_millis() as f64 / 1_000.0 * 1.75;
    Ok((after > limit).then(|| format!("a block takes {after:.2} s after the switch")))
}

/// Has the open multisig call approved by a second hand, which names it by its first approval. What
/// is wrong, if something is.
async fn second_hand(para: &Para, before: &ClientAt, log: &Log) -> Result<Option<String>> {
    let since = rows::timepoint(before).await?.context("there was no open multisig call")?;
    let bob = dev::bob();
    if let Err(error) = para.call(&life::approve(&bob, Some(since)), &bob).await {
        return Ok(Some(format!("the multisig call of #{} cannot be approved: {error:#}", since.0)));
    }
    log.say(format!("the multisig call of #{} is approved by a second hand, and made", since.0));
    Ok(None)
}

/// Checks that no calls are refused any more. What is wrong, if something is.
async fn opened(para: &Para) -> Result<Option<String>> {
    let closed = switch::closed(&para.newest().await?).await?;
    Ok((!closed.is_empty()).then(|| format!("calls of {} are still refused", closed.join(", "))))
}
