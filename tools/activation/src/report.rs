//! The end of a run: compares what was promised before the switch with what is promised after it, and checks the
//! pace and what falls due.

use crate::{
    economy,
    log::Log,
    promises,
    scenario::{self, Scenario},
    switch::{self, Switch, BLOCKS},
    table::{self, Clock, Comparison, Item, Reading},
    traffic, vote,
};
use anyhow::{ensure, Context, Result};
use serde::Serialize;
use subxt::dynamic::Value;
use subxt_signer::sr25519::dev;
use tandem_rpc::{ask, moment, parachain::ParachainClient, ClientAt};

/// Blocks before the switch whose pace is measured.
const PACE: u64 = 10;
/// The run waits for the first scheduled call that is due at least so many blocks after the switch.
const AHEAD: u32 = 3;

/// Reads all items before and after the switch, compares them, and checks what falls due.
pub async fn report(
    para: &ParachainClient,
    scenario: &Scenario,
    switch: &Switch,
    last: u64,
    fates: &traffic::Fates,
    log: &Log,
) -> Result<Outcome> {
    log.step(format!("parablock #{last} is final"));
    let before = para.block(switch.at).await?;
    let code = para.block(switch.at - 1).await?;
    let after = para.block(switch.completed).await?;
    let (old, new) = clocks(&code, switch).await?;
    let eras = economy::eras(&before).await?;
    let mut was =
        promises::read(&table::Source { state: &before, code: &code, eras }, &old, &switch.to, scenario)
            .await
            .context("reading what was before")?;
    let mut is =
        promises::read(&table::Source { state: &after, code: &after, eras }, &new, &switch.to, scenario)
            .await
            .context("reading what is after")?;
    let (was_moment, is_moment) = moment_of_switch(&after, switch).await?;
    was.push(was_moment);
    is.push(is_moment);

    let (first, second) = (switch.at, switch.completed);
    log.line(&format!("\nbefore is parablock #{first}, after is #{second}; times are from the first\n"));
    let comparisons = table::compare(&was, &old, &is, &new);
    table::lines(&comparisons).iter().for_each(|line| log.line(line));
    log.line("");

    let mut wrong = moved(&comparisons);
    let kept = comparisons.len() - wrong.len();
    // Whatever fails, the rest is checked too.
    for failure in [
        falls_due(para, &before, &old, &new, log).await.unwrap_or_else(failure),
        pace(para, switch, last, log).await.unwrap_or_else(failure),
        second_approval(para, &before, log).await.unwrap_or_else(failure),
        opened(para).await.unwrap_or_else(failure),
        (fates.lost() > 0).then(|| format!("{} transfers were lost", fates.lost())),
    ] {
        wrong.extend(failure);
    }
    log.line(&fates.to_string());
    log.line(&format!("{} rows, {kept} of them as before or as meant", comparisons.len()));
    if wrong.is_empty() {
        log.line("nothing has moved");
    }
    Ok(Outcome { before: first, after: second, transfers: *fates, comparisons, wrong })
}

/// What a change of cadence has kept, and what it has not.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The last block of the old cadence, and the block in which everything that is stored had followed.
    pub before: u64,
    pub after: u64,
    pub transfers: traffic::Fates,
    pub comparisons: Vec<Comparison>,
    /// What was not kept; empty if the change is as it should be.
    pub wrong: Vec<String>,
}

/// An error as a failed check.
fn failure(error: anyhow::Error) -> Option<String> {
    Some(format!("{error:#}"))
}

/// The items that have moved.
fn moved(comparisons: &[Comparison]) -> Vec<String> {
    comparisons
        .iter()
        .filter(|one| !one.verdict.kept)
        .map(|one| format!("{} ({})", one.item, one.verdict.text))
        .collect()
}

/// How blocks are counted up to the switch, by the code of the block `code`, and after it.
async fn clocks(code: &ClientAt, switch: &Switch) -> Result<(Clock, Clock)> {
    let at = u32::try_from(switch.at)?;
    let old = Clock { at, moment: switch.moment, block: promises::slot_millis(code).await? };
    Ok((old, Clock { block: switch.to.block_millis(), ..old }))
}

/// The moment of the switch: as it was, and as the chain reports it afterwards.
async fn moment_of_switch(after: &ClientAt, switch: &Switch) -> Result<(Item, Item)> {
    let slot = promises::slot_millis(after).await?;
    ensure!(
        slot == u64::from(switch.to.slot_millis),
        "the chain's slots are {slot} ms long, and Cadence.Changed has {} ms",
        switch.to.slot_millis
    );
    let at = Value::u128(switch.at.into());
    let reported: Option<u64> = ask(after, "CadenceApi", "moment", vec![at]).await?;
    let reported = reported.with_context(|| format!("CadenceApi knows no moment of #{}", switch.at))?;
    let name = format!("moment of block #{}", switch.at);
    Ok(((name.clone(), Reading::Moment(switch.moment)), (name, Reading::Moment(reported))))
}

/// Waits for the first scheduled call that is due after the switch, and prints how much later than promised it
/// came. Returns what is wrong, if anything is.
async fn falls_due(
    para: &ParachainClient,
    before: &ClientAt,
    old: &Clock,
    new: &Clock,
    log: &Log,
) -> Result<Option<String>> {
    let mut first = None;
    for label in scenario::due() {
        if let Some((when, _)) = promises::due(before, &label).await? {
            if when >= old.at + AHEAD && first.is_none() {
                first = Some((label, when));
            }
        }
    }
    let (label, when) = first.context("no scheduled call is left to fall due after the switch")?;
    let name = scenario::task(&label);
    let at = u64::from(old.at);
    log.step(format!("waiting for the scheduled call \"{label}\""));
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
    log.line(&text);
    let block = new.block as i64;
    let on_time = late >= -block && late <= 2 * block + empty.max(0) * block;
    Ok(if !vote::succeeded(&result) {
        Some(format!("the scheduled call \"{label}\" failed: {result}"))
    } else {
        (!on_time).then_some(text)
    })
}

/// Prints the pace before and after the switch. Returns what is wrong, if anything is.
async fn pace(para: &ParachainClient, switch: &Switch, last: u64, log: &Log) -> Result<Option<String>> {
    let blocks = switch::blocks(para, switch.at.saturating_sub(PACE).max(1), last).await?;
    let parts = blocks.split_at(blocks.iter().take_while(|block| block.number <= switch.at).count());
    let (Some((before, missed_before)), Some((after, missed_after))) =
        (switch::pace(parts.0), switch::pace(parts.1))
    else {
        return Ok(Some("there are too few blocks to measure the pace".into()));
    };
    let gap = match (parts.0.last(), parts.1.first()) {
        (Some(old), Some(new)) => new.moment.saturating_sub(old.moment),
        _ => 0,
    };
    log.line(&format!(
        "one block every {before:.2} s before, {after:.2} s after; {missed_before} and {missed_after} slots \
         missed; {} between the last and the first",
        table::span(gap)
    ));
    // A slot in ten goes to the relay chain's change of session, and a busy machine misses some more. Still
    // the pace has to be that of the new cadence: twice the time would be that of the old one.
    let limit = switch.to.block_millis() as f64 / 1_000.0 * 1.75;
    Ok((after > limit).then(|| format!("a block takes {after:.2} s after the switch")))
}

/// Gives the open multisig call its second approval, which identifies it by the first. Returns what is wrong, if
/// anything is.
async fn second_approval(para: &ParachainClient, before: &ClientAt, log: &Log) -> Result<Option<String>> {
    let since = promises::timepoint(before).await?.context("there was no open multisig call")?;
    let bob = dev::bob();
    if let Err(error) = para.call(&scenario::approve(&bob, Some(since)), &bob).await {
        return Ok(Some(format!("the multisig call of #{} cannot be approved: {error:#}", since.0)));
    }
    log.step(format!("the multisig call of #{} is approved by a second account, and made", since.0));
    Ok(None)
}

/// Checks that no calls are refused any more. Returns what is wrong, if anything is.
async fn opened(para: &ParachainClient) -> Result<Option<String>> {
    let closed = switch::closed(&para.newest().await?).await?;
    Ok((!closed.is_empty()).then(|| format!("calls of {} are still refused", closed.join(", "))))
}
