//! The economy on a live network: what some accounts live through in two periods, seen and done by
//! RPC alone. It takes a cycle of the local network, twelve minutes.

use crate::step;
use anyhow::{ensure, Context, Result};
use std::time::{Duration, Instant};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};
use subxt_signer::sr25519::{dev, Keypair};
use tandem_cli::{
    activate::vote::{self, Track, Vote},
    para::{account as address, ask, call, stored, Call, Para},
};
use tandem_e2e::{folder, Network, UNIT};
use tokio::time::sleep;

/// Eras of a period on the local network: voting, and in all.
const VOTING: u32 = 2;
const PERIOD: u32 = 6;
const MILLION: u128 = 1_000_000 * UNIT;

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Calendar {
    era: u32,
    period: u32,
    era_millis: u64,
    era_ends: u64,
    period_ends: u64,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Account {
    locked: u128,
    earning: (u128, u128),
    safe_moves: u8,
    rewards: u128,
    bonus: u128,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Dapp {
    registered: bool,
    tier: Option<(u32, u8)>,
    rewards: u128,
}

#[derive(Clone, Copy, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Tally {
    planned: u128,
    earned: u128,
    issued: u128,
    expired: u128,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Split {
    treasury: u128,
    collators: u128,
    dapps: u128,
    base: u128,
    adjustable: u128,
    bonus: u128,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Report {
    maximum: u128,
    amounts: Split,
}

#[tokio::test]
async fn two_periods_of_the_economy() -> Result<()> {
    let dir = folder("economy");
    let network = Network::start(&dir, &[]).await?;
    let para = Para::connect(&network.rpc()?).await?;
    let (alice, bob, charlie, dave, eve) =
        (dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve());
    let of_contract = contract();
    let of_eve = Value::unnamed_variant("Account", [Value::from_bytes(eve.public_key().0)]);

    step("governance registers two dApps");
    let register = |dapp: &Value, owner: &Keypair| {
        let owner = Value::from_bytes(owner.public_key().0);
        Value::named_variant("register", [("dapp", dapp.clone()), ("owner", owner)])
    };
    let calls = [register(&of_contract, &eve), register(&of_eve, &eve)]
        .map(|call| Value::unnamed_variant("DappStaking", [call]));
    let calls = call("Utility", "batch_all", vec![Value::unnamed_composite(calls)]);
    let from = para.newest().await?.block_number();
    let index = vote::submit(&para, Track::GeneralAdmin, &calls).await?;
    vote::cast(&para, index, &[dev::alice(), dev::bob(), dev::charlie()].map(|who| (who, Vote::AYE))).await?;
    vote::enacted(&para, index, from).await?;
    let report: Report = api(&para, "InflationApi", "report", vec![]).await?;
    let Split { treasury, collators, dapps, base, adjustable, bonus } = report.amounts;
    ensure!(treasury + collators + dapps + base + adjustable + bonus == report.maximum, "{report:?}");

    step("two accounts stake while voting, one unlocks");
    let amount = |millions: u128| Value::u128(millions * MILLION);
    // All at once, as voting is over after twenty blocks.
    tokio::try_join!(
        in_turn(
            &para,
            &charlie,
            [("lock", vec![amount(800)]), ("stake", vec![of_contract.clone(), amount(800)])]
        ),
        in_turn(&para, &dave, [("lock", vec![amount(300)]), ("stake", vec![of_eve.clone(), amount(300)])]),
        in_turn(&para, &eve, [("lock", vec![amount(10)]), ("unlock", vec![amount(4)])]),
    )?;
    let now = calendar(&para).await?;
    ensure!(now.period == 1 && now.era <= VOTING, "too late to vote: {now:?}");

    step("who collates may not stake");
    let refused = para.call(&staking("lock", vec![Value::u128(MILLION)]), &alice).await;
    let refused = format!("{:?}", refused.err().context("a collator has locked")?);
    ensure!(refused.contains("MayNotStake"), "{refused}");

    step("a safe move does not stop the stake from earning");
    to_era(&para, VOTING + 1).await?;
    let amount = 100 * MILLION;
    para.call(
        &staking("move_stake", vec![of_contract.clone(), of_eve.clone(), Value::u128(amount)]),
        &charlie,
    )
    .await?;
    let moved = account(&para, &charlie).await?;
    ensure!(moved.safe_moves == 1 && moved.earning == (800 * MILLION, 800 * MILLION), "{moved:?}");

    step("the period ends: locks stay, stakes end, and one claim by somebody else pays all of it");
    let Calendar { period_ends: ends, era_millis, .. } = calendar(&para).await?;
    let began = to_era(&para, PERIOD + 1).await?.era_ends - era_millis;
    // A slot that is missed makes what is due in blocks later by as much.
    ensure!(began.abs_diff(ends) <= 2 * era_millis, "the period ended at {began}, not at {ends}");
    let due = account(&para, &charlie).await?;
    step(&format!("rewards {}, bonus {}", tokens(due.rewards), tokens(due.bonus)));
    ensure!(due.locked == 800 * MILLION && due.earning == (0, 0), "{due:?}");
    ensure!(due.rewards > 0 && due.bonus > 0, "{due:?}");
    ensure!(claimed(&para, &charlie, &bob).await? == due.rewards + due.bonus, "{due:?}");
    para.call(&staking("stake", vec![of_contract.clone(), Value::u128(800 * MILLION)]), &charlie).await?;
    para.call(&staking("claim_unlocked", vec![]), &eve).await?;
    ensure!(account(&para, &eve).await?.locked == 6 * MILLION);

    step("another period: one stakes again, the other leaves his rewards for later");
    let before = account(&para, &dave).await?;
    to_era(&para, 2 * PERIOD + 1).await?;
    let later = account(&para, &dave).await?;
    ensure!(
        (later.rewards, later.bonus) == (before.rewards, before.bonus) && later.rewards > 0,
        "{before:?} became {later:?}"
    );
    for who in [&dave, &charlie] {
        let due = account(&para, who).await?;
        step(&format!("rewards {}, bonus {}", tokens(due.rewards), tokens(due.bonus)));
        ensure!(claimed(&para, who, &bob).await? == due.rewards + due.bonus, "{due:?}");
    }
    let again = para.call(&staking("claim", vec![address(&dave)]), &bob).await;
    ensure!(format!("{again:?}").contains("NothingToClaim"), "{again:?}");

    step("the dApps' owner claims for all eras at once");
    // The tiers of the last era are dealt out by now.
    for (dapp, tier) in [(&of_contract, 0), (&of_eve, 0)] {
        let position = dapp_position(&para, dapp).await?;
        step(&format!("rewards {}, tier {:?}", tokens(position.rewards), position.tier));
        ensure!(
            position.registered && position.tier.is_some_and(|(_, reached)| reached == tier),
            "{position:?}"
        );
        let owner = free(&para, &eve).await?;
        para.call(&staking("claim_dapp", vec![dapp.clone()]), &bob).await?;
        ensure!(free(&para, &eve).await? == owner + position.rewards, "{position:?}");
    }

    step("the cycle is over: every recipient got what was planned, to the unit, or did not earn it");
    let mut issued = 0;
    for (recipient, planned) in [
        ("Treasury", treasury),
        ("Collators", collators),
        ("Stakers", base + adjustable),
        ("Bonus", bonus),
        ("Dapps", dapps),
    ] {
        let key = Value::unnamed_variant(recipient, []);
        let tally: Tally = fetch(&para, "Inflation", "OpeningTallies", key.clone()).await?;
        ensure!(tally.planned == planned && tally.earned <= planned, "{recipient}: {tally:?}, not {planned}");
        let now: Tally = fetch(&para, "Inflation", "Tallies", key).await?;
        if ["Treasury", "Collators"].contains(&recipient) {
            ensure!(tally.issued == planned, "{recipient}: {tally:?}");
        } else {
            ensure!(now.issued == now.earned, "{recipient}: all was claimed, but {now:?}");
        }
        ensure!(tally.expired == 0);
        issued += now.issued;
        step(&format!(
            "{recipient:<10} planned {:>16}, earned by now {:>16}",
            tokens(planned),
            tokens(now.earned)
        ));
    }
    ensure!(issued <= report.maximum, "{issued} of {}", report.maximum);

    network.stop()?;
    Ok(std::fs::remove_dir_all(&dir)?)
}

fn contract() -> Value {
    Value::unnamed_variant("Contract", [Value::from_bytes([7; 20])])
}

fn staking(name: &str, arguments: Vec<Value>) -> Call {
    call("DappStaking", name, arguments)
}

/// Calls of dApp staking by `who`, one after the other.
async fn in_turn<const N: usize>(para: &Para, who: &Keypair, calls: [(&str, Vec<Value>); N]) -> Result<()> {
    for (name, arguments) in calls {
        para.call(&staking(name, arguments), who).await?;
    }
    Ok(())
}

/// What the newest block's runtime API answers, if it has anything to say.
async fn api<R: DecodeAsType>(para: &Para, api: &str, method: &str, arguments: Vec<Value>) -> Result<R> {
    let answer = ask::<Option<R>>(&para.newest().await?, api, method, arguments).await?;
    answer.with_context(|| format!("{api}.{method} answers nothing"))
}

async fn calendar(para: &Para) -> Result<Calendar> {
    api(para, "DappStakingApi", "calendar", vec![]).await
}

async fn account(para: &Para, who: &Keypair) -> Result<Account> {
    api(para, "DappStakingApi", "account", vec![address(who)]).await
}

async fn dapp_position(para: &Para, dapp: &Value) -> Result<Dapp> {
    api(para, "DappStakingApi", "dapp", vec![dapp.clone()]).await
}

async fn fetch<R: DecodeAsType>(para: &Para, pallet: &str, entry: &str, key: Value) -> Result<R> {
    stored(&para.newest().await?, pallet, entry, vec![key]).await
}

async fn free(para: &Para, who: &Keypair) -> Result<u128> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Data {
        free: u128,
    }
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Info {
        data: Data,
    }
    Ok(fetch::<Info>(para, "System", "Account", address(who)).await?.data.free)
}

/// What a claim for `who`, by `by`, brings.
async fn claimed(para: &Para, who: &Keypair, by: &Keypair) -> Result<u128> {
    let before = free(para, who).await?;
    para.call(&staking("claim", vec![address(who)]), by).await?;
    Ok(free(para, who).await? - before)
}

/// Waits until the era has begun and the tiers of the one before are dealt out. Returns the calendar
/// of when the era was first seen.
async fn to_era(para: &Para, era: u32) -> Result<Calendar> {
    let since = Instant::now();
    let mut now = calendar(para).await?;
    let left = u64::from(era.saturating_sub(now.era)) * now.era_millis + 180_000;
    while now.era < era {
        ensure!(since.elapsed() < Duration::from_millis(left), "era {era} does not come: {now:?}");
        sleep(Duration::from_secs(2)).await;
        now = calendar(para).await?;
    }
    step(&format!("era {} of period {} after {:.0?}", now.era, now.period, since.elapsed()));
    // The tiers take two blocks.
    para.reaches(para.newest().await?.block_number() + 3, Duration::from_secs(180)).await?;
    Ok(now)
}

fn tokens(amount: u128) -> String {
    format!("{}.{:03}", amount / UNIT, amount % UNIT / (UNIT / 1_000))
}
