//! Referenda: proposing, voting, and what came of it.

use anyhow::{bail, Context, Result};
use codec::Encode;
use sp_crypto_hashing::blake2_256;
use std::time::Duration;
use subxt::{
    dynamic::{At, Value},
    ext::{scale_decode::DecodeAsType, scale_value::ValueDef},
};
use subxt_signer::sr25519::{dev, Keypair};
use tandem_rpc::{
    calls::{address, call, number, Call},
    maybe_stored,
    parachain::ParachainClient,
    stored, ClientAt,
};
use tokio::time::sleep;

/// A million tokens.
pub const MILLION: u128 = 1_000_000 * 10u128.pow(18);

/// The longest call that a referendum holds itself; a longer one is noted as a preimage first.
const INLINE: usize = 128;

/// The tracks that are used here, by their number in the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    Root = 0,
    GeneralAdmin = 1,
    Treasurer = 2,
    SmallSpender = 5,
}

impl Track {
    /// Its number, by which votes and their locks are kept apart.
    pub fn class(self) -> u32 {
        self as u32
    }

    /// The origin that its referenda speak with.
    fn origin(self) -> Value {
        match self {
            Track::Root => Value::unnamed_variant("system", [Value::unnamed_variant("Root", [])]),
            _ => Value::unnamed_variant("Governance", [Value::unnamed_variant(format!("{self:?}"), [])]),
        }
    }
}

/// A vote one way.
#[derive(Clone, Copy)]
pub struct Vote {
    pub aye: bool,
    /// 1 to 6: the balance is locked for 1, 2, 4, 8, 16 or 32 locking periods if the vote wins.
    pub conviction: u8,
    pub balance: u128,
}

impl Vote {
    /// An aye that, cast by five of the six accounts that hold the issuance, passes at once.
    pub const AYE: Self = Self { aye: true, conviction: 3, balance: 900 * MILLION };

    fn value(self) -> Value {
        let vote = self.conviction | if self.aye { 0x80 } else { 0 };
        Value::named_variant("Standard", [("vote", number(vote)), ("balance", number(self.balance))])
    }
}

/// The accounts whose ayes pass a referendum at once.
pub fn voters() -> [Keypair; 5] {
    [dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve()]
}

/// The number of the next referendum.
pub async fn next(at: &ClientAt) -> Result<u32> {
    stored(at, "Referenda", "ReferendumCount", vec![]).await
}

/// The calls that submit `proposal` to `track`; with the deposit without which it is not decided,
/// where `deposit` tells the number that the referendum will have.
pub fn submission(at: &ClientAt, track: Track, proposal: &Call, deposit: Option<u32>) -> Result<Vec<Call>> {
    let proposal = at.tx().call_data(proposal).context("encoding a proposal")?;
    let mut calls = Vec::new();
    let bounded = if proposal.len() > INLINE {
        let hash = Value::from_bytes(blake2_256(&proposal));
        calls.push(call("Preimage", "note_preimage", vec![Value::from_bytes(&proposal)]));
        Value::named_variant("Lookup", [("hash", hash), ("len", number(proposal.len() as u32))])
    } else {
        Value::unnamed_variant("Inline", [Value::from_bytes(&proposal)])
    };
    let at_once = Value::unnamed_variant("After", [number(0u32)]);
    calls.push(call("Referenda", "submit", vec![track.origin(), bounded, at_once]));
    if let Some(index) = deposit {
        calls.push(call("Referenda", "place_decision_deposit", vec![number(index)]));
    }
    Ok(calls)
}

/// Submits `proposal` to `track`, by Alice, to be decided. Returns the referendum's number, which
/// is right as long as nobody else submits at the same time.
pub async fn submit(para: &ParachainClient, track: Track, proposal: &Call) -> Result<u32> {
    let newest = para.newest().await?;
    let index = next(&newest).await?;
    let alice = dev::alice();
    let calls: Vec<_> =
        submission(&newest, track, proposal, Some(index))?.into_iter().map(|call| (&alice, call)).collect();
    para.calls(&calls).await.with_context(|| format!("submitting referendum {index}"))?;
    Ok(index)
}

/// The call that votes on the referendum `index`.
pub fn vote(index: u32, vote: Vote) -> Call {
    call("ConvictionVoting", "vote", vec![number(index), vote.value()])
}

/// Casts votes on the referendum `index`, which was submitted. If that was on a fork that has lost, the
/// votes may come to a block before it does; then they are cast again.
pub async fn cast(para: &ParachainClient, index: u32, votes: &[(Keypair, Vote)]) -> Result<()> {
    let votes: Vec<_> = votes.iter().map(|(who, on)| (who, vote(index, *on))).collect();
    let mut attempts = 1;
    loop {
        match para.calls(&votes).await {
            Err(error) if attempts < 3 && format!("{error:?}").contains("NotOngoing") => {
                attempts += 1;
                sleep(Duration::from_secs(10)).await;
            }
            done => return done.with_context(|| format!("voting on referendum {index}")),
        }
    }
}

/// Submits `proposal` to the root track and votes for it; returns its number.
pub async fn propose_as_root(para: &ParachainClient, proposal: &Call) -> Result<u32> {
    let index = submit(para, Track::Root, proposal).await?;
    cast(para, index, &voters().map(|who| (who, Vote::AYE))).await?;
    Ok(index)
}

/// Waits until what the referendum `index` proposed is carried out; returns in which block. It is
/// looked for from block `from` on.
///
/// # Errors
/// If it failed, or if it is not carried out after five minutes.
pub async fn enacted(para: &ParachainClient, index: u32, from: u64) -> Result<u64> {
    let name = enactment(index);
    let found = para.event(from, false, Duration::from_secs(5 * 60), |event| {
        if (event.pallet_name(), event.event_name()) != ("Scheduler", "Dispatched") {
            return Ok(None);
        }
        let Dispatched { id, result, .. } = event.decode_fields_unchecked_as()?;
        Ok((id == Some(name)).then_some(result))
    });
    let (block, result) =
        found.await.with_context(|| format!("waiting for the enactment of referendum {index}"))?;
    if !succeeded(&result) {
        bail!("what referendum {index} proposed failed in parablock #{block}: {result}");
    }
    Ok(block)
}

/// The name under which a referendum's proposal is scheduled.
fn enactment(index: u32) -> [u8; 32] {
    blake2_256(&(*b"assembly", "enactment", index).encode())
}

/// `Scheduler.Dispatched`, with which a scheduled call was carried out.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Dispatched {
    /// The block that it was scheduled for, and its place in that block's agenda.
    pub task: (u32, u32),
    pub id: Option<[u8; 32]>,
    pub result: Value,
}

/// Whether a `DispatchResult` is one of success.
pub fn succeeded(result: &Value) -> bool {
    matches!(&result.value, ValueDef::Variant(variant) if variant.name == "Ok")
}

/// Where a referendum is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferendumState {
    Ongoing(Ongoing),
    /// As the pallet calls it: approved, rejected, cancelled, timed out or killed.
    Ended(String),
}

/// The blocks that an ongoing referendum keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ongoing {
    pub submitted: u32,
    pub deciding_since: Option<u32>,
    /// When it is confirmed, if nothing changes.
    pub confirming: Option<u32>,
    /// When it is looked at again.
    pub alarm: Option<u32>,
}

impl ReferendumState {
    /// From `Referenda.ReferendumInfoFor`.
    pub fn decode(info: &Value) -> Result<Self> {
        let ValueDef::Variant(variant) = &info.value else { bail!("{info} is no referendum") };
        if variant.name != "Ongoing" {
            return Ok(ReferendumState::Ended(variant.name.clone()));
        }
        let status = info.at(0);
        let deciding = status.at("deciding");
        let deciding = deciding.at(0);
        Ok(ReferendumState::Ongoing(Ongoing {
            submitted: block(status.at("submitted")).context("a referendum without its submission")?,
            deciding_since: block(deciding.at("since")),
            confirming: block(deciding.at("confirming").at(0)),
            alarm: block(status.at("alarm").at(0).at(0)),
        }))
    }
}

/// A block number out of a decoded value.
pub fn block(value: Option<&Value>) -> Option<u32> {
    value?.as_u128()?.try_into().ok()
}

/// Where the referendum `index` is in the newest block; none if that is of a fork without it.
pub async fn state(para: &ParachainClient, index: u32) -> Result<Option<ReferendumState>> {
    let newest = para.newest().await?;
    let info = maybe_stored(&newest, "Referenda", "ReferendumInfoFor", vec![number(index)]).await?;
    info.map(|info| ReferendumState::decode(&info)).transpose()
}

/// Gives the voting power of `who` on `track` to `to`.
pub fn delegate(track: Track, to: &Keypair, conviction: &str, balance: u128) -> Call {
    let conviction = Value::unnamed_variant(conviction, []);
    let of = vec![number(track.class()), address(to), conviction, number(balance)];
    call("ConvictionVoting", "delegate", of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enactment_has_the_name_that_the_pallet_gives_it() {
        let bytes = [&b"assembly"[..], &[36], b"enactment", &[7, 0, 0, 0]].concat();
        assert_eq!(enactment(7), blake2_256(&bytes));
    }

    #[test]
    fn votes_are_encoded_as_a_side_and_a_conviction() {
        let nay = Vote { aye: false, conviction: 3, balance: 5 };
        assert_eq!(nay.value().at("vote"), Some(&number(3u8)));
        assert_eq!(Vote::AYE.value().at("vote"), Some(&number(0x83u8)));
    }

    #[test]
    fn the_blocks_of_a_referendum_are_found() {
        let some = |value| Value::unnamed_variant("Some", [value]);
        let none = || Value::unnamed_variant("None", []);
        let task = Value::unnamed_composite([number(40u32), number(0u32)]);
        let status = |deciding| {
            let alarm = some(Value::unnamed_composite([number(40u32), task.clone()]));
            let fields = [("submitted", number(24u32)), ("deciding", deciding), ("alarm", alarm)];
            Value::unnamed_variant("Ongoing", [Value::named_composite(fields)])
        };
        let waiting = Ongoing { submitted: 24, alarm: Some(40), ..Ongoing::default() };
        assert_eq!(
            ReferendumState::decode(&status(none())).unwrap(),
            ReferendumState::Ongoing(waiting.clone())
        );

        let deciding =
            Value::named_composite([("since", number(26u32)), ("confirming", some(number(29u32)))]);
        let expected = Ongoing { deciding_since: Some(26), confirming: Some(29), ..waiting };
        assert_eq!(
            ReferendumState::decode(&status(some(deciding))).unwrap(),
            ReferendumState::Ongoing(expected)
        );

        let approved = Value::unnamed_variant("Approved", [number(30u32), none(), none()]);
        assert_eq!(ReferendumState::decode(&approved).unwrap(), ReferendumState::Ended("Approved".into()));
        assert!(ReferendumState::decode(&number(1u32)).is_err());
    }
}
