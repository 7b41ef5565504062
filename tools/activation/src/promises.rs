//! What the chain promises: deadlines, durations, rates and amounts, read at a block.
//!
//! The block that changes the code already has the new code in its state. So constants and runtime APIs, which
//! come from the code, are read one block earlier than storage.

use crate::{
    economy,
    scenario::{self, Scenario},
    table::{item, Clock, Item, Reading, Source},
    vote::{block, Ongoing, ReferendumState, Track},
};
use anyhow::{Context, Result};
use subxt::{
    dynamic::{At, Value},
    ext::scale_decode::DecodeAsType,
};
use subxt_signer::sr25519::dev;
use tandem_rpc::{
    ask,
    calls::{account, number},
    constant, maybe_stored,
    read::{block_limits, ChainCadence},
    stored, ClientAt,
};

/// What falls due within so many blocks from the switch may have come when the second reading is
/// taken, and is left out.
const SOON: u32 = 4;

fn is_soon(block: u32, clock: &Clock) -> bool {
    block > clock.at && block - clock.at <= SOON
}

/// Length of a slot in the code of `at`, in milliseconds.
pub async fn slot_millis(at: &ClientAt) -> Result<u64> {
    ask(at, "AuraApi", "slot_duration", vec![]).await
}

/// Reads every item, by the clock of the state's cadence. The new cadence is `to`.
///
/// # Errors
/// If something is not there, or not as it is expected to be.
pub async fn read(
    from: &Source<'_>,
    clock: &Clock,
    to: &ChainCadence,
    scenario: &Scenario,
) -> Result<Vec<Item>> {
    let mut items = cadence(from.code, clock, to)?;
    items.extend(economy::read(from, clock).await?);
    items.extend(vesting(from.state, clock).await?);
    items.extend(accounts(from.state).await?);
    items.extend(scheduled(from.state, clock).await?);
    items.extend(referenda(from.state, clock, scenario).await?);
    items.extend(money(from.state).await?);
    items.extend(constants(from.code)?);
    Ok(items)
}

/// What the switch is for.
fn cadence(code: &ClientAt, clock: &Clock, to: &ChainCadence) -> Result<Vec<Item>> {
    let seconds = |millis: u64| format!("{:.1} s", millis as f64 / 1_000.0);
    let compute = block_limits(code)?.block.ref_time / 1_000_000_000;
    let per_day = |block: u64| (86_400_000 / block.max(1)).to_string();
    let new = to.block_millis();
    Ok(vec![
        item("block time", Reading::Meant(seconds(clock.block), seconds(new))),
        item("compute per block", Reading::Meant(seconds(compute), seconds(to.compute_millis.into()))),
        item("blocks per day", Reading::Meant(per_day(clock.block), per_day(new))),
    ])
}

/// A vesting schedule.
#[derive(Clone, Copy, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Schedule {
    locked: u128,
    per_block: u128,
    starting_block: u32,
}

impl Schedule {
    fn end(&self) -> u32 {
        let blocks = self.locked.div_ceil(self.per_block.max(1));
        self.starting_block.saturating_add(blocks.try_into().unwrap_or(u32::MAX))
    }

    fn locked_at(&self, block: u32) -> u128 {
        let blocks = block.saturating_sub(self.starting_block);
        self.locked.saturating_sub(self.per_block.saturating_mul(blocks.into()))
    }
}

/// A schedule that runs may be told anew, as one of what is left; so its end counts, and what is
/// locked still.
async fn vesting(state: &ClientAt, clock: &Clock) -> Result<Vec<Item>> {
    let schedules: Vec<Schedule> = stored(state, "Vesting", "Vesting", vec![account(&dev::eve())]).await?;
    let items = schedules.iter().zip(1..).flat_map(|(schedule, i)| {
        [
            item(format!("vesting {i}: end"), Reading::Deadline(schedule.end())),
            item(format!("vesting {i}: vests"), Reading::Rate(schedule.per_block)),
            item(
                format!("vesting {i}: still locked"),
                Reading::Locked(schedule.locked_at(clock.at), schedule.per_block),
            ),
        ]
    });
    Ok(items.collect())
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Proxy {
    delay: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Announcement {
    height: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Multisig {
    when: Timepoint,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Timepoint {
    height: u32,
    index: u32,
}

/// Block and index of the multisig call's first approval, while it is open.
pub async fn timepoint(state: &ClientAt) -> Result<Option<(u32, u32)>> {
    let key = [scenario::multisig(), scenario::multisig_hash(state)?].map(Value::from_bytes).to_vec();
    let multisig: Option<Multisig> = maybe_stored(state, "Multisig", "Multisigs", key).await?;
    Ok(multisig.map(|Multisig { when: Timepoint { height, index } }| (height, index)))
}

/// Proxies, a username and a call by several hands.
async fn accounts(state: &ClientAt) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for (name, who) in [("charlie", dev::charlie()), ("eve", dev::eve())] {
        let (proxies, _): (Vec<Proxy>, u128) = stored(state, "Proxy", "Proxies", vec![account(&who)]).await?;
        items.extend(
            proxies
                .iter()
                .map(|proxy| item(format!("proxy delay of {name}"), Reading::Duration(proxy.delay))),
        );
    }
    let (announcements, _): (Vec<Announcement>, u128) =
        stored(state, "Proxy", "Announcements", vec![account(&dev::dave())]).await?;
    items.extend(announcements.iter().map(|made| item("announcement", Reading::Deadline(made.height))));

    let username = vec![Value::from_bytes(scenario::USERNAME)];
    if let Some(pending) = maybe_stored::<Value>(state, "Identity", "PendingUsernames", username).await? {
        let expires = block(pending.at(1)).context("a username without its expiry")?;
        items.push(item("username expires", Reading::Deadline(expires)));
    }
    if let Some((height, index)) = timepoint(state).await? {
        items.push(item("multisig timepoint", Reading::Identity(format!("#{height}, {index}"))));
    }
    Ok(items)
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Task {
    maybe_periodic: Option<(u32, u32)>,
}

/// The block that the task `label` is scheduled for, and its place in the block's agenda.
pub async fn due(state: &ClientAt, label: &str) -> Result<Option<(u32, u32)>> {
    maybe_stored(state, "Scheduler", "Lookup", vec![Value::from_bytes(scenario::task(label))]).await
}

async fn scheduled(state: &ClientAt, clock: &Clock) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for label in scenario::due() {
        if let Some((when, _)) = due(state, &label).await?.filter(|(when, _)| !is_soon(*when, clock)) {
            items.push(item(format!("scheduled call \"{label}\""), Reading::Deadline(when)));
        }
    }
    let (when, index) = due(state, scenario::PERIODIC).await?.context("the periodic call is gone")?;
    let agenda: Vec<Option<Task>> = stored(state, "Scheduler", "Agenda", vec![number(when)]).await?;
    let task = agenda.get(index as usize).and_then(Option::as_ref).context("the agenda lacks a task")?;
    let (period, _) = task.maybe_periodic.context("the periodic call comes no more")?;
    items.push(item("periodic call: next", Reading::Recurring(when, period)));
    items.push(item("periodic call: period", Reading::Duration(period)));
    Ok(items)
}

/// Referenda and the locks of votes.
async fn referenda(state: &ClientAt, clock: &Clock, scenario: &Scenario) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for (what, index) in
        [("waiting", scenario.waiting), ("deciding", scenario.deciding), ("confirming", scenario.confirming)]
    {
        let info = stored(state, "Referenda", "ReferendumInfoFor", vec![number(index)]).await?;
        let ReferendumState::Ongoing(Ongoing { submitted, deciding_since, confirming, alarm }) =
            ReferendumState::decode(&info)?
        else {
            continue;
        };
        let blocks = [
            ("submitted", Some(submitted)),
            ("since", deciding_since),
            ("confirmed", confirming),
            ("alarm", alarm),
        ];
        items.extend(blocks.into_iter().filter_map(|(field, block)| {
            let block = block.filter(|block| !is_soon(*block, clock))?;
            Some(item(format!("referendum {what}: {field}"), Reading::Deadline(block)))
        }));
    }
    for (name, who, track) in [("bob", dev::bob(), Track::Root), ("eve", dev::eve(), Track::SmallSpender)] {
        let key = vec![account(&who), number(track.class())];
        let voting: Value = stored(state, "ConvictionVoting", "VotingFor", key).await?;
        let until = block(voting.at(0).at("prior").at(0)).context("votes without their lock")?;
        items.push(item(format!("lock of votes of {name}"), Reading::Deadline(until)));
    }
    Ok(items)
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Spend {
    valid_from: u32,
    expire_at: u32,
}

/// The treasury, and messages.
async fn money(state: &ClientAt) -> Result<Vec<Item>> {
    let spend: Spend = stored(state, "Treasury", "Spends", vec![number(0u32)]).await?;
    let query: Value = stored(state, "PolkadotXcm", "Queries", vec![number(scenario::QUERY)]).await?;
    let timeout = block(query.at("timeout")).context("a query without its timeout")?;
    Ok(vec![
        item("treasury spend: from", Reading::Deadline(spend.valid_from)),
        item("treasury spend: until", Reading::Deadline(spend.expire_at)),
        item("XCM query: timeout", Reading::Deadline(timeout)),
    ])
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Periods {
    decision_period: u32,
    confirm_period: u32,
}

/// Lengths that the code tells in blocks.
fn constants(code: &ClientAt) -> Result<Vec<Item>> {
    let tracks: Vec<(u32, Periods)> = constant(code, "Referenda", "Tracks")?;
    let root = tracks.iter().find(|(id, _)| *id == Track::Root.class()).context("there is no root track")?;
    let length = |pallet, name| -> Result<Reading> { Ok(Reading::Duration(constant(code, pallet, name)?)) };
    Ok(vec![
        item("root: decision period", Reading::Duration(root.1.decision_period)),
        item("root: confirmation period", Reading::Duration(root.1.confirm_period)),
        item("vote locking period", length("ConvictionVoting", "VoteLockingPeriod")?),
        item("undeciding timeout", length("Referenda", "UndecidingTimeout")?),
        item("treasury payout period", length("Treasury", "PayoutPeriod")?),
        item("username expiration", length("Identity", "PendingUsernameExpiration")?),
        item("block hashes kept", length("System", "BlockHashCount")?),
    ])
}

/// Names of the rows that every table has.
pub const ALWAYS: [&str; 45] = [
    "block time",
    "compute per block",
    "blocks per day",
    "emission to the treasury",
    "emission to the collators",
    "issuance of the cycle",
    "era length",
    "the era's end",
    "the period's end",
    "unclaimed rewards of charlie",
    "unclaimed rewards of dave",
    "unlocking of eve",
    "vesting 1: end",
    "vesting 1: vests",
    "vesting 1: still locked",
    "vesting 2: end",
    "vesting 2: vests",
    "vesting 2: still locked",
    "vesting 3: end",
    "vesting 3: vests",
    "vesting 3: still locked",
    "proxy delay of charlie",
    "proxy delay of eve",
    "announcement",
    "username expires",
    "multisig timepoint",
    "scheduled call \"due ",
    "periodic call: next",
    "periodic call: period",
    "referendum waiting: submitted",
    "referendum waiting: alarm",
    "referendum deciding: submitted",
    "referendum deciding: since",
    "referendum deciding: alarm",
    "lock of votes of bob",
    "lock of votes of eve",
    "treasury spend: from",
    "treasury spend: until",
    "XCM query: timeout",
    "root: decision period",
    "vote locking period",
    "undeciding timeout",
    "treasury payout period",
    "username expiration",
    "moment of block",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_ends_when_all_of_it_is_vested() {
        let schedule = Schedule { locked: 100, per_block: 7, starting_block: 30 };
        assert_eq!(schedule.end(), 45);
        assert_eq!(schedule.locked_at(20), 100);
        assert_eq!(schedule.locked_at(40), 30);
        assert_eq!(schedule.locked_at(45), 0);
    }
}
