//! The economy on a live network: what some accounts live through in two periods, seen and done by
//! RPC alone. Governance shortens the eras first, so that it takes minutes.

use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use subxt::{
    config::{DefaultExtrinsicParamsBuilder, RpcConfigFor},
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
    rpcs::{LegacyRpcMethods, RpcClient},
    tx::{DynamicPayload, Payload, TransactionStatus},
    PolkadotConfig,
};
use subxt_signer::sr25519::{dev, Keypair};
use tandem_cli::chain::{Client, ClientAt};
use tandem_e2e::{folder, Network, UNIT};
use tokio::{sync::Mutex, time::sleep};

/// Five blocks.
const ERA_MILLIS: u64 = 30_000;
/// Eras of a period on the local network: voting, and in all.
const VOTING: u32 = 2;
const PERIOD: u32 = 6;
const MILLION: u128 = 1_000_000 * UNIT;

fn step(text: &str) {
    println!("  {text}");
}

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

/// The parachain: its client, and what only the old RPC methods tell, of blocks that are not final.
struct Para {
    client: Client,
    /// The next nonce of each account that has called. What the node says of an account whose last
    /// call is in a block that is not final may be of another fork.
    nonces: Mutex<BTreeMap<[u8; 32], u64>>,
    rpc: LegacyRpcMethods<RpcConfigFor<PolkadotConfig>>,
}

#[tokio::test]
async fn two_periods_of_the_economy() -> Result<()> {
    let dir = folder("economy");
    let mut network = Network::start(&dir, &[])?;
    let client = network.client("parachain", 0).await?;
    let rpc = LegacyRpcMethods::new(RpcClient::from_insecure_url(network.rpc()?).await?);
    let para = Para { client, nonces: Mutex::default(), rpc };
    let (alice, bob, charlie, dave, eve) =
        (dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve());
    let of_contract = contract();
    let of_eve = Value::unnamed_variant("Account", [Value::from_bytes(eve.public_key().0)]);

    step("governance registers two dApps and shortens the eras");
    let parameters = dynamic::storage::<(), Value>("DappStaking", "CurrentParameters");
    let parameters = newest(&para).await?.storage().fetch(parameters, ()).await?.decode()?;
    let register = |dapp: &Value, owner: &Keypair| {
        let owner = Value::from_bytes(owner.public_key().0);
        Value::named_variant("register", [("dapp", dapp.clone()), ("owner", owner)])
    };
    let set = Value::named_variant("set_parameters", [("parameters", shorter(parameters)?)]);
    let calls = [register(&of_contract, &eve), register(&of_eve, &eve), set]
        .map(|call| Value::unnamed_variant("DappStaking", [call]));
    vote_in(&para, dynamic::transaction("Utility", "batch_all", (calls.to_vec(),))).await?;
    let report: Report =
        api::<Option<Report>>(&para, "InflationApi", "report", vec![]).await?.context("a plan")?;
    let Split { treasury, collators, dapps, base, adjustable, bonus } = report.amounts;
    ensure!(treasury + collators + dapps + base + adjustable + bonus == report.maximum, "{report:?}");

    step("who collates may not stake");
    let refused = call(&para, staking("lock", vec![Value::u128(MILLION)]), &alice).await;
    let refused = format!("{:?}", refused.err().context("a collator has locked")?);
    ensure!(refused.contains("MayNotStake"), "{refused}");

    step("two accounts stake while voting, one unlocks");
    for (who, dapp, amount) in [(&charlie, &of_contract, 800 * MILLION), (&dave, &of_eve, 300 * MILLION)] {
        call(&para, staking("lock", vec![Value::u128(amount)]), who).await?;
        call(&para, staking("stake", vec![dapp.clone(), Value::u128(amount)]), who).await?;
    }
    call(&para, staking("lock", vec![Value::u128(10 * MILLION)]), &eve).await?;
    call(&para, staking("unlock", vec![Value::u128(4 * MILLION)]), &eve).await?;
    let now = calendar(&para).await?;
    ensure!(now.period == 1 && now.era <= VOTING, "too late to vote: {now:?}");

    step("a safe move does not stop the stake from earning");
    to_era(&para, VOTING + 1).await?;
    let amount = 100 * MILLION;
    call(
        &para,
        staking("move_stake", vec![of_contract.clone(), of_eve.clone(), Value::u128(amount)]),
        &charlie,
    )
    .await?;
    let moved = account(&para, &charlie).await?;
    ensure!(moved.safe_moves == 1 && moved.earning == (800 * MILLION, 800 * MILLION), "{moved:?}");

    step("the period ends: locks stay, stakes end, and one claim by somebody else pays all of it");
    let ends = calendar(&para).await?.period_ends;
    let began = to_era(&para, PERIOD + 1).await?.era_ends - ERA_MILLIS;
    // A slot that is missed, once a minute, makes what is due in blocks later by as much.
    ensure!(began.abs_diff(ends) <= ERA_MILLIS, "the period ended at {began}, not at {ends}");
    let due = account(&para, &charlie).await?;
    step(&format!("rewards {}, bonus {}", tokens(due.rewards), tokens(due.bonus)));
    ensure!(due.locked == 800 * MILLION && due.earning == (0, 0), "{due:?}");
    ensure!(due.rewards > 0 && due.bonus > 0, "{due:?}");
    ensure!(claimed(&para, &charlie, &bob).await? == due.rewards + due.bonus, "{due:?}");
    call(&para, staking("stake", vec![of_contract.clone(), Value::u128(800 * MILLION)]), &charlie).await?;
    call(&para, staking("claim_unlocked", vec![]), &eve).await?;
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
    let again = call(&para, staking("claim", vec![address(&dave)]), &bob).await;
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
        call(&para, staking("claim_dapp", vec![dapp.clone()]), &bob).await?;
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
        let key = (Value::unnamed_variant(recipient, []),);
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

/// Submits the call to the track of general administration, and votes until it is enacted.
async fn vote_in(para: &Para, proposal: impl Payload) -> Result<()> {
    let (alice, bob, charlie) = (dev::alice(), dev::bob(), dev::charlie());
    let proposal = para.client.tx().await?.call_data(&proposal)?;
    let hash = sp_crypto_hashing::blake2_256(&proposal);
    let length = Value::u128(proposal.len() as u128);
    call(para, dynamic::transaction("Preimage", "note_preimage", (Value::from_bytes(&proposal),)), &alice)
        .await?;
    let lookup = Value::named_variant("Lookup", [("hash", Value::from_bytes(hash)), ("len", length)]);
    let origin = Value::unnamed_variant("Governance", [Value::unnamed_variant("GeneralAdmin", [])]);
    let after = Value::unnamed_variant("After", [Value::u128(0)]);
    call(para, dynamic::transaction("Referenda", "submit", (origin, lookup, after)), &alice).await?;
    call(para, dynamic::transaction("Referenda", "place_decision_deposit", (0u32,)), &alice).await?;
    let votes = [&alice, &bob, &charlie].map(|who| async move {
        // Aye, with one lock period of conviction.
        let vote = Value::named_variant(
            "Standard",
            [("vote", Value::u128(0x81)), ("balance", Value::u128(500 * MILLION))],
        );
        call(para, dynamic::transaction("ConvictionVoting", "vote", (0u32, vote)), who).await
    });
    let [one, two, three] = votes;
    tokio::try_join!(one, two, three)?;
    let since = Instant::now();
    while !dapp_position(para, &contract()).await.is_ok_and(|dapp| dapp.registered) {
        ensure!(since.elapsed() < Duration::from_secs(120), "the referendum is not enacted");
        sleep(Duration::from_secs(2)).await;
    }
    Ok(())
}

fn contract() -> Value {
    Value::unnamed_variant("Contract", [Value::from_bytes([7; 20])])
}

/// The parameters, with eras of [`ERA_MILLIS`].
fn shorter(mut parameters: Value) -> Result<Value> {
    use subxt::ext::scale_value::{Composite, ValueDef};
    if let ValueDef::Composite(Composite::Named(fields)) = &mut parameters.value {
        if let Some((_, era)) = fields.iter_mut().find(|(name, _)| name == "era_millis") {
            *era = Value::u128(ERA_MILLIS.into());
            return Ok(parameters);
        }
    }
    bail!("the parameters have no era: {parameters:?}")
}

fn staking(name: &str, arguments: Vec<Value>) -> DynamicPayload<Vec<Value>> {
    dynamic::transaction("DappStaking", name, arguments)
}

/// Submits a call and waits until it is in a block, successfully.
async fn call(para: &Para, call: impl Payload, who: &Keypair) -> Result<()> {
    let nonce = {
        let mut nonces = para.nonces.lock().await;
        let next = nonces.entry(who.public_key().0).or_default();
        *next += 1;
        *next - 1
    };
    let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new().nonce(nonce).build();
    let mut progress = para.client.tx().await?.sign_and_submit_then_watch(&call, who, params).await?;
    while let Some(status) = progress.next().await {
        match status? {
            TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block) => {
                block.wait_for_success().await?;
                return Ok(());
            }
            TransactionStatus::Error { message }
            | TransactionStatus::Invalid { message }
            | TransactionStatus::Dropped { message } => bail!("refused, with nonce {nonce}: {message}"),
            _ => (),
        }
    }
    bail!("nothing more was said of the transaction")
}

/// The newest block, final or not.
async fn newest(para: &Para) -> Result<ClientAt> {
    let hash = para.rpc.chain_get_block_hash(None).await?.context("a best block")?;
    Ok(para.client.at_block(hash).await?)
}

async fn api<R: DecodeAsType>(para: &Para, api: &str, method: &str, arguments: Vec<Value>) -> Result<R> {
    let payload = dynamic::runtime_api_call::<_, R>(api, method, arguments);
    Ok(newest(para).await?.runtime_apis().call(payload).await?)
}

async fn calendar(para: &Para) -> Result<Calendar> {
    api::<Option<Calendar>>(para, "DappStakingApi", "calendar", vec![]).await?.context("a calendar")
}

async fn account(para: &Para, who: &Keypair) -> Result<Account> {
    let who = Value::from_bytes(who.public_key().0);
    api::<Option<Account>>(para, "DappStakingApi", "account", vec![who]).await?.context("an account")
}

async fn dapp_position(para: &Para, dapp: &Value) -> Result<Dapp> {
    api::<Option<Dapp>>(para, "DappStakingApi", "dapp", vec![dapp.clone()]).await?.context("a dApp")
}

fn address(who: &Keypair) -> Value {
    Value::from_bytes(who.public_key().0)
}

async fn fetch<R: DecodeAsType>(para: &Para, pallet: &str, entry: &str, key: (Value,)) -> Result<R> {
    let entry = dynamic::storage::<(Value,), R>(pallet, entry);
    Ok(newest(para).await?.storage().fetch(entry, key).await?.decode()?)
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
    Ok(fetch::<Info>(para, "System", "Account", (address(who),)).await?.data.free)
}

/// What a claim for `who`, by `by`, brings.
async fn claimed(para: &Para, who: &Keypair, by: &Keypair) -> Result<u128> {
    let before = free(para, who).await?;
    call(para, staking("claim", vec![address(who)]), by).await?;
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
    // Two blocks, and one that may be missed.
    sleep(Duration::from_secs(18)).await;
    Ok(now)
}

fn tokens(amount: u128) -> String {
    format!("{}.{:03}", amount / UNIT, amount % UNIT / (UNIT / 1_000))
}
