//! The scenario: what accounts and governance have under way, which the switch must not disturb.
//!
//! It is set up in three steps. [`plant`] proposes what only Root may do, and begins what needs nobody else.
//! [`settle`] does what depends on that. [`begin`] is for entries that remember when they began. Such a start
//! cannot be expressed in blocks half as long once it is longer ago than half of the chain's age, so they come
//! last, shortly before the switch.

use crate::{
    log::Log,
    vote::{self, Track, Vote, MILLION},
};
use anyhow::{Context, Result};
use codec::Encode;
use sp_crypto_hashing::{blake2_128, blake2_256, twox_128};
use subxt::dynamic::Value;
use subxt_signer::sr25519::{dev, Keypair};
use tandem_rpc::{
    calls::{account, address, call, nested, none, number, some, Call},
    parachain::ParachainClient,
    ClientAt,
};

const UNIT: u128 = 10u128.pow(18);

/// The query that is planted in pallet-xcm.
pub const QUERY: u64 = 2_000;
/// The name granted to Dave, not accepted yet.
pub const USERNAME: &[u8] = b"dave.tandem";
/// Blocks that calls are scheduled for: whenever the switch comes, one of them follows soon.
const DUE: [u32; 7] = [44, 52, 60, 68, 76, 84, 92];
/// Blocks between two turns of the call that is carried out again and again.
const PERIOD: u32 = 25;
/// Blocks that announcements by Charlie's proxy, and by Eve's, must wait.
const DELAYS: [u32; 2] = [15, 7_201];

/// What was made, where it is not a constant of this file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Waits for its deposit.
    pub waiting: u32,
    /// Is being decided, with as many nays as ayes.
    pub deciding: u32,
    /// Is being decided, and has no votes until [`confirm`].
    pub confirming: u32,
}

/// The name of the scheduled call `label`.
pub fn task(label: &str) -> [u8; 32] {
    blake2_256(label.as_bytes())
}

/// Names of the calls that are due once.
pub fn due() -> impl Iterator<Item = String> {
    DUE.iter().map(|block| format!("due {block}"))
}

/// The name of the call that is due every so often.
pub const PERIODIC: &str = "periodic";

/// The account whose calls need two of Alice, Bob and Charlie.
pub fn multisig() -> [u8; 32] {
    let mut of = [dev::alice(), dev::bob(), dev::charlie()].map(|who| who.public_key().0);
    of.sort();
    blake2_256(&(*b"modlpy/utilisuba", of.to_vec(), 2u16).encode())
}

/// The call that the multisig account is to make.
pub fn multisig_call() -> Call {
    remark("by two of three")
}

/// Its hash, by which it is known until then.
pub fn multisig_hash(at: &ClientAt) -> Result<[u8; 32]> {
    Ok(blake2_256(&at.tx().call_data(&multisig_call())?))
}

/// The approval of `who`; `since` is the block and index of the first approval, if there is one.
pub fn approve(who: &Keypair, since: Option<(u32, u32)>) -> Call {
    let mut others = [dev::alice(), dev::bob(), dev::charlie()].map(|who| who.public_key().0).to_vec();
    others.retain(|other| *other != who.public_key().0);
    others.sort();
    let others = Value::unnamed_composite(others.iter().map(Value::from_bytes));
    let since = since.map_or(none(), |(height, index)| {
        some(Value::named_composite([("height", number(height)), ("index", number(index))]))
    });
    let weight =
        Value::named_composite([("ref_time", number(1_000_000_000u64)), ("proof_size", number(10_000u64))]);
    call("Multisig", "as_multi", vec![number(2u32), others, since, nested(&multisig_call()), weight])
}

/// The dApp that is staked on.
fn dapp() -> Value {
    Value::unnamed_variant("Contract", [Value::from_bytes([7; 20])])
}

fn remark(text: &str) -> Call {
    call("System", "remark", vec![Value::from_bytes(text)])
}

/// Proposes what only Root may do, and begins what needs nobody. Returns the referendum.
pub async fn plant(para: &ParachainClient, log: &Log) -> Result<u32> {
    let index = vote::propose_as_root(para, &for_root()).await?;
    log.step(format!("referendum {index}: five accounts vote for what only Root may plant"));

    let now = para.newest().await?.block_number() as u32;
    let (alice, bob, charlie, dave, eve) =
        (dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve());
    let proxy = |who: &Keypair, delay| {
        let anything = Value::unnamed_variant("Any", []);
        call("Proxy", "add_proxy", vec![address(who), anything, number(delay)])
    };
    let lock = |amount| call("DappStaking", "lock", vec![number(amount)]);
    let calls = [
        // From now on; an odd amount by the block; from later on; and soon over.
        (&alice, vesting(&eve, 7_000 * UNIT, UNIT, now)),
        (&alice, vesting(&eve, 10_000 * UNIT, UNIT / 7 * 2 + 1, now)),
        (&alice, vesting(&eve, 3_000 * UNIT, 3 * UNIT, 500)),
        (&alice, vesting(&eve, 70 * UNIT, UNIT + 1, now)),
        (&alice, approve(&alice, None)),
        (&charlie, proxy(&dave, DELAYS[0])),
        (&eve, proxy(&bob, DELAYS[1])),
        (&charlie, lock(100 * MILLION)),
        (&dave, lock(50 * MILLION)),
        (&eve, lock(10 * MILLION)),
    ];
    para.calls(&calls).await.context("giving the chain a scenario")?;
    log.step("vesting, proxies, an open multisig call and locks for dApp staking are there");
    Ok(index)
}

/// What only Root may do, in one call.
fn for_root() -> Call {
    let remark = |text: &str| nested(&remark(text));
    let schedule = |label: &str, block: u32, again| {
        let name = Value::from_bytes(task(label));
        call("Scheduler", "schedule_named", vec![name, number(block), again, number(63u8), remark(label)])
    };
    let again = some(Value::unnamed_composite([number(PERIOD), number(1_000u32)]));
    let query = Value::unnamed_composite([Value::from_bytes(query_key()), Value::from_bytes(query(5_000))]);
    let nothing = Value::unnamed_composite([]);
    let spend = vec![nothing, number(UNIT), account(&dev::ferdie()), some(number(100u32))];
    let suffix = Value::from_bytes("tandem");
    let mut calls: Vec<_> = due().zip(DUE).map(|(label, block)| schedule(&label, block, none())).collect();
    calls.extend([
        schedule(PERIODIC, 30, again),
        call("Treasury", "spend", spend),
        call("Identity", "add_username_authority", vec![address(&dev::charlie()), suffix, number(10u32)]),
        call("DappStaking", "register", vec![dapp(), account(&dev::eve())]),
        call("System", "set_storage", vec![Value::unnamed_composite([query])]),
    ]);
    let calls = Value::unnamed_composite(calls.iter().map(nested));
    call("Utility", "batch_all", vec![calls])
}

fn vesting(to: &Keypair, locked: u128, per_block: u128, start: u32) -> Call {
    let schedule = Value::named_composite([
        ("locked", number(locked)),
        ("per_block", number(per_block)),
        ("starting_block", number(start)),
    ]);
    call("Vesting", "vested_transfer", vec![address(to), schedule])
}

/// The key of the query in `PolkadotXcm.Queries`.
fn query_key() -> Vec<u8> {
    let id = QUERY.to_le_bytes();
    [&twox_128(b"PolkadotXcm")[..], &twox_128(b"Queries"), &blake2_128(&id), &id].concat()
}

/// A query that the relay chain may answer until block `timeout`, as pallet-xcm 31 stores it:
/// `QueryStatus::Pending`, of `V5(Location { parents: 1, interior: Here })`, from no certain querier,
/// and nobody to be told.
fn query(timeout: u32) -> Vec<u8> {
    [&[0, 5, 1, 0, 0, 0][..], &timeout.to_le_bytes()].concat()
}

/// Does what needs what Root has planted, and what needs the referendum `root` to be over.
pub async fn settle(para: &ParachainClient, log: &Log, root: u32) -> Result<()> {
    let (bob, charlie, dave) = (dev::bob(), dev::charlie(), dev::dave());
    let granted = vec![address(&dave), Value::from_bytes(USERNAME), none(), Value::bool(true)];
    let stake = |amount| call("DappStaking", "stake", vec![dapp(), number(amount)]);
    let calls = [
        (&charlie, call("Identity", "set_username_for", granted)),
        (&charlie, stake(100 * MILLION)),
        (&dave, stake(50 * MILLION)),
        // His balance stays locked, for the time that his conviction says.
        (
            &bob,
            call("ConvictionVoting", "remove_vote", vec![some(number(Track::Root.class())), number(root)]),
        ),
    ];
    para.calls(&calls).await.context("giving the chain a scenario")?;
    log.step("a username is granted, stakes are placed, a vote is taken back and stays locked");
    Ok(())
}

/// Begins what remembers when it began.
pub async fn begin(para: &ParachainClient, log: &Log) -> Result<Scenario> {
    let (alice, charlie, dave, eve) = (dev::alice(), dev::charlie(), dev::dave(), dev::eve());
    let newest = para.newest().await?;
    let waiting = vote::next(&newest).await?;
    let (deciding, confirming) = (waiting + 1, waiting + 2);
    let submissions = [
        vote::submission(&newest, Track::SmallSpender, &remark("waiting"), None)?,
        vote::submission(&newest, Track::GeneralAdmin, &remark("deciding"), Some(deciding))?,
        vote::submission(&newest, Track::Treasurer, &remark("confirming"), Some(confirming))?,
    ];
    let submissions: Vec<_> = submissions.into_iter().flatten().map(|call| (&alice, call)).collect();
    para.calls(&submissions).await.context("submitting referenda")?;

    let aye = Vote { aye: true, conviction: 2, balance: MILLION };
    let nay = Vote { aye: false, ..aye };
    let class = number(Track::SmallSpender.class());
    let delegate = || vote::delegate(Track::SmallSpender, &dave, "Locked2x", MILLION);
    let calls = [
        (&dave, call("Proxy", "announce", vec![address(&charlie), Value::from_bytes([7; 32])])),
        (&eve, call("DappStaking", "unlock", vec![number(4 * MILLION)])),
        // Delegated, taken back with a lock that runs, and delegated again.
        (&eve, delegate()),
        (&eve, call("ConvictionVoting", "undelegate", vec![class])),
        (&eve, delegate()),
    ];
    para.calls(&calls).await.context("giving the chain a scenario")?;
    vote::cast(para, deciding, &[(charlie, aye), (dave, nay)]).await?;
    log.step(format!(
        "referendum {waiting} waits for its deposit, {deciding} and {confirming} are decided; \
         an announcement and an unlocking run"
    ));
    Ok(Scenario { waiting, deciding, confirming })
}

/// Votes for the referendum that has no votes, so that the switch finds it confirming.
pub async fn confirm(para: &ParachainClient, scenario: &Scenario) -> Result<()> {
    vote::cast(para, scenario.confirming, &vote::voters().map(|who| (who, Vote::AYE))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_stored_where_and_as_the_pallet_reads_it() {
        let key = query_key();
        assert_eq!(key.len(), 16 + 16 + 16 + 8);
        assert_eq!(key[48..], [208, 7, 0, 0, 0, 0, 0, 0]);
        assert_eq!(query(5_000), [0, 5, 1, 0, 0, 0, 136, 19, 0, 0]);
    }

    #[test]
    fn calls_are_due_at_blocks_of_their_own() {
        let names: std::collections::BTreeSet<_> = due().map(|label| task(&label)).collect();
        assert_eq!(names.len(), DUE.len());
        assert!(DUE.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn others_approve_in_order() {
        let approval = approve(&dev::alice(), None);
        // Charlie's key is greater than Bob's.
        let others = Value::unnamed_composite([dev::bob(), dev::charlie()].map(|who| account(&who)));
        assert_eq!(approval.call_data()[1], others);
    }
}
