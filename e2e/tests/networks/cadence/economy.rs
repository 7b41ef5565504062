//! The economy on a live network: two periods of staking and rewards, by RPC alone. They are a cycle of the local
//! network, twelve minutes.

use crate::step;
use anyhow::{ensure, Context, Result};
use std::time::{Duration, Instant};
use subxt::{dynamic::Value, ext::scale_decode::DecodeAsType};
use subxt_signer::sr25519::{dev, Keypair};
use tandem_activation::vote::{self, Track, Vote};
use tandem_e2e::UNIT;
use tandem_rpc::{
    ask,
    calls::{account as address, call, Call},
    parachain::ParachainClient,
    stored, ClientAt,
};
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

#[derive(Clone, Copy, Debug, DecodeAsType)]
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

/// The economy of a network, from the end of its first votes on.
pub struct Economy {
    para: ParachainClient,
    report: Report,
}

impl Economy {
    /// Registers dApps, and stakes on them, in the first voting subperiod.
    pub async fn begin(para: ParachainClient) -> Result<Self> {
        let (alice, charlie, dave, eve) = (dev::alice(), dev::charlie(), dev::dave(), dev::eve());
        let of_contract = contract();
        let of_eve = account_dapp(&eve);

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
        vote::cast(&para, index, &[dev::alice(), dev::bob(), dev::charlie()].map(|who| (who, Vote::AYE)))
            .await?;
        vote::enacted(&para, index, from).await?;
        let report: Report = api(&para.newest().await?, "InflationApi", "report", vec![]).await?;
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
            in_turn(
                &para,
                &dave,
                [("lock", vec![amount(300)]), ("stake", vec![of_eve.clone(), amount(300)])]
            ),
            in_turn(&para, &eve, [("lock", vec![amount(10)]), ("unlock", vec![amount(4)])]),
        )?;
        let now = calendar(&para).await?;
        ensure!(now.period == 1 && now.era <= VOTING, "too late to vote: {now:?}");

        step("who collates may not stake");
        let refused = para.call(&staking("lock", vec![Value::u128(MILLION)]), &alice).await;
        let refused = format!("{:?}", refused.err().context("a collator has locked")?);
        ensure!(refused.contains("MayNotStake"), "{refused}");

        Ok(Self { para, report })
    }

    /// Lives through two periods, which take twelve minutes, and checks what everybody gets.
    pub async fn two_periods(&self) -> Result<()> {
        let Self { para, report } = self;
        let Split { treasury, collators, dapps, base, adjustable, bonus } = report.amounts;
        let (bob, charlie, dave, eve) = (dev::bob(), dev::charlie(), dev::dave(), dev::eve());
        let (of_contract, of_eve) = (contract(), account_dapp(&eve));

        step("a safe move does not stop the stake from earning");
        to_era(para, VOTING + 1).await?;
        let amount = 100 * MILLION;
        let call = staking("move_stake", vec![of_contract.clone(), of_eve.clone(), Value::u128(amount)]);
        let moved = account(&para.call(&call, &charlie).await?, &charlie).await?;
        ensure!(moved.safe_moves == 1 && moved.earning == (800 * MILLION, 800 * MILLION), "{moved:?}");

        step("the period ends: locks stay, stakes end, and one claim by somebody else pays all of it");
        let Calendar { period_ends: ends, era_millis, .. } = calendar(para).await?;
        let began = to_era(para, PERIOD + 1).await?.era_ends - era_millis;
        // A slot that is missed makes what is due in blocks later by as much.
        ensure!(began.abs_diff(ends) <= 4 * era_millis, "the period ended at {began}, not at {ends}");
        let due = claims(para, &charlie, &bob).await?;
        ensure!(due.locked == 800 * MILLION && due.earning == (0, 0), "{due:?}");
        ensure!(due.rewards > 0 && due.bonus > 0, "{due:?}");
        para.call(&staking("stake", vec![of_contract.clone(), Value::u128(800 * MILLION)]), &charlie).await?;
        let unlocked = para.call(&staking("claim_unlocked", vec![]), &eve).await?;
        ensure!(account(&unlocked, &eve).await?.locked == 6 * MILLION);

        step("another period: one stakes again, the other leaves his rewards for later");
        let before = account(&para.newest().await?, &dave).await?;
        to_era(para, 2 * PERIOD + 1).await?;
        let later = account(&para.newest().await?, &dave).await?;
        ensure!(
            (later.rewards, later.bonus) == (before.rewards, before.bonus) && later.rewards > 0,
            "{before:?} became {later:?}"
        );
        for who in [&dave, &charlie] {
            claims(para, who, &bob).await?;
        }
        let again = para.call(&staking("claim", vec![address(&dave)]), &bob).await;
        ensure!(format!("{again:?}").contains("NothingToClaim"), "{again:?}");

        step("the dApps' owner claims for all eras at once");
        // The tiers of the last era are dealt out by now.
        for (dapp, tier) in [(&of_contract, 0), (&of_eve, 0)] {
            let after = para.call(&staking("claim_dapp", vec![dapp.clone()]), &bob).await?;
            let before = parent(para, &after).await?;
            let position: Dapp = api(&before, "DappStakingApi", "dapp", vec![dapp.clone()]).await?;
            step(&format!("rewards {}, tier {:?}", tokens(position.rewards), position.tier));
            ensure!(
                position.registered && position.tier.is_some_and(|(_, reached)| reached == tier),
                "{position:?}"
            );
            ensure!(
                free(&after, &eve).await? == free(&before, &eve).await? + position.rewards,
                "{position:?}"
            );
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
            let newest = para.newest().await?;
            let tally: Tally = stored(&newest, "Inflation", "OpeningTallies", vec![key.clone()]).await?;
            ensure!(
                tally.planned == planned && tally.earned <= planned,
                "{recipient}: {tally:?}, not {planned}"
            );
            let now: Tally = stored(&newest, "Inflation", "Tallies", vec![key]).await?;
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

        Ok(())
    }
}

fn account_dapp(of: &Keypair) -> Value {
    Value::unnamed_variant("Account", [Value::from_bytes(of.public_key().0)])
}

fn contract() -> Value {
    Value::unnamed_variant("Contract", [Value::from_bytes([7; 20])])
}

fn staking(name: &str, arguments: Vec<Value>) -> Call {
    call("DappStaking", name, arguments)
}

/// Calls of dApp staking by `who`, one after the other.
async fn in_turn<const N: usize>(
    para: &ParachainClient,
    who: &Keypair,
    calls: [(&str, Vec<Value>); N],
) -> Result<()> {
    for (name, arguments) in calls {
        para.call(&staking(name, arguments), who).await?;
    }
    Ok(())
}

/// What the runtime API of block `at` answers, if it has anything to say.
async fn api<R: DecodeAsType>(at: &ClientAt, api: &str, method: &str, arguments: Vec<Value>) -> Result<R> {
    let answer = ask::<Option<R>>(at, api, method, arguments).await?;
    answer.with_context(|| format!("{api}.{method} answers nothing"))
}

async fn calendar(para: &ParachainClient) -> Result<Calendar> {
    api(&para.newest().await?, "DappStakingApi", "calendar", vec![]).await
}

async fn account(at: &ClientAt, who: &Keypair) -> Result<Account> {
    api(at, "DappStakingApi", "account", vec![address(who)]).await
}

/// The block before `at`.
async fn parent(para: &ParachainClient, at: &ClientAt) -> Result<ClientAt> {
    Ok(para.client.at_block(at.block_header().await?.parent_hash).await?)
}

async fn free(at: &ClientAt, who: &Keypair) -> Result<u128> {
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
    Ok(stored::<Info>(at, "System", "Account", vec![address(who)]).await?.data.free)
}

/// Claims for `who`, by `by`, and checks that it brings what was due in the block before, which it returns.
async fn claims(para: &ParachainClient, who: &Keypair, by: &Keypair) -> Result<Account> {
    let after = para.call(&staking("claim", vec![address(who)]), by).await?;
    let before = parent(para, &after).await?;
    let due = account(&before, who).await?;
    step(&format!("rewards {}, bonus {}", tokens(due.rewards), tokens(due.bonus)));
    let paid = free(&after, who).await? - free(&before, who).await?;
    ensure!(paid == due.rewards + due.bonus, "{paid} is paid, due was {due:?}");
    Ok(due)
}

/// Waits until the era has begun and the tiers of the one before are dealt out. Returns the calendar
/// of when the era was first seen.
async fn to_era(para: &ParachainClient, era: u32) -> Result<Calendar> {
    let since = Instant::now();
    let mut now = calendar(para).await?;
    // Eras are counted in blocks, and some slots have none.
    let left = u64::from(era.saturating_sub(now.era)) * 2 * now.era_millis + 180_000;
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
