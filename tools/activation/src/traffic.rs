//! One transfer every two seconds, from before the switch until after it, and what becomes of each.
//!
//! A transaction is signed for one version of the runtime. One that is still in the pool when the
//! code changes can never be included, as an expired one cannot; its owner signs the transfer again,
//! with the same nonce, so that it happens once at most. A transfer is lost if it has not happened in the
//! first [`PATIENCE`] blocks after the last was sent. Once they are final, that is known; how long finality
//! takes does not matter.

use anyhow::{Context, Result};
use serde::Serialize;
use std::{
    cell::Cell,
    fmt,
    time::{Duration, Instant},
};
use subxt::{
    config::DefaultExtrinsicParamsBuilder, ext::scale_decode::DecodeAsType, tx::TransactionStatus,
    PolkadotConfig,
};
use subxt_signer::sr25519::{dev, Keypair};
use tandem_rpc::{
    calls::{account, address, call, number},
    parachain::{ParachainClient, Progress},
    stored, ClientAt,
};
use tokio::time::{sleep, timeout};

/// Time between two transfers.
const PAUSE: Duration = Duration::from_secs(2);
/// Blocks that a transfer may wait for its inclusion. Few, as one signed at a block of a fork that
/// loses can never be included, and no node says so.
const MORTAL: u64 = 8;
/// Blocks after the last transfer in which those that wait must happen: time to be signed twice again.
const PATIENCE: u64 = 3 * MORTAL;
/// How long the node may stay silent.
const SILENCE: Duration = Duration::from_secs(180);
const UNIT: u128 = 10u128.pow(18);

/// What became of the transfers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Fates {
    /// Transfers in all.
    pub sent: usize,
    /// That happened, and are final.
    pub included: usize,
    /// Signed again because the code had changed.
    pub outdated: usize,
    /// Signed again because they had waited too long.
    pub expired: usize,
    /// Signed again because the node had said that it drops them.
    pub reported: usize,
}

impl Fates {
    /// That did not happen.
    pub fn lost(&self) -> usize {
        self.sent - self.included
    }
}

impl fmt::Display for Fates {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{} transfers: {} included, {} lost; signed again: {} for the new code, {} expired, {} reported",
            self.sent,
            self.included,
            self.lost(),
            self.outdated,
            self.expired,
            self.reported,
        )
    }
}

/// A transfer that is not final yet.
struct Pending {
    nonce: u64,
    /// How often it was signed.
    signed: u64,
    /// The version of the runtime that it is signed for.
    version: u32,
    /// The block that it is signed at.
    since: u64,
    /// What the node says of it; none if it is to be signed and sent.
    progress: Option<Progress>,
}

/// Why a transfer is to be signed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Outdated,
    Expired,
}

/// Whether a transfer signed for `version` at block `since` can still be included in a block after
/// `newest`, whose code has the version `now`.
fn again(version: u32, since: u64, now: u32, newest: u64) -> Option<Again> {
    if version != now {
        Some(Again::Outdated)
    } else if newest > since + MORTAL {
        Some(Again::Expired)
    } else {
        None
    }
}

/// Sends transfers until `stop` is set; returns what became of them once it is known.
///
/// # Errors
/// If the node does not answer for three minutes.
pub async fn run(para: &ParachainClient, stop: &Cell<bool>) -> Result<Fates> {
    let mut fates = Fates::default();
    let mut pending = Vec::<Pending>::new();
    let (mut last_sent, mut answered) = (None::<Instant>, Instant::now());
    // The block whose finality tells what is lost.
    let mut end = None;
    loop {
        if !stop.get() && last_sent.is_none_or(|at| at.elapsed() >= PAUSE) {
            last_sent = Some(Instant::now());
            pending.push(Pending {
                nonce: fates.sent as u64,
                signed: 0,
                version: 0,
                since: 0,
                progress: None,
            });
            fates.sent += 1;
        }
        match attend(para, &mut pending, &mut fates).await {
            Ok(Numbers { newest, last_final }) => {
                answered = Instant::now();
                if stop.get() {
                    let end = *end.get_or_insert(newest + PATIENCE);
                    if pending.is_empty() || last_final >= end {
                        return Ok(fates);
                    }
                }
            }
            Err(error) if answered.elapsed() > SILENCE => return Err(error).context("sending transfers"),
            // It may be on its way back.
            Err(_) => (),
        }
        sleep(Duration::from_millis(500)).await;
    }
}

/// The newest block, and the newest that is final.
struct Numbers {
    newest: u64,
    last_final: u64,
}

/// Takes away what is final, and signs and sends what must be. Returns how far the chain is.
async fn attend(para: &ParachainClient, pending: &mut Vec<Pending>, fates: &mut Fates) -> Result<Numbers> {
    let ferdie = dev::ferdie();
    let (newest, last) = (para.newest().await?, para.newest_final().await?);
    let (used, used_finally) = (nonce(&newest, &ferdie).await?, nonce(&last, &ferdie).await?);
    pending.retain(|transfer| transfer.nonce >= used_finally);
    fates.included = fates.sent - pending.len();

    for transfer in pending.iter_mut().filter(|transfer| transfer.nonce >= used) {
        if let Some(progress) = &mut transfer.progress {
            let refused = is_refused(progress).await;
            match again(transfer.version, transfer.since, newest.spec_version(), newest.block_number()) {
                Some(Again::Outdated) => fates.outdated += 1,
                Some(Again::Expired) => fates.expired += 1,
                None if refused => fates.reported += 1,
                None => continue,
            }
            transfer.progress = None;
        }
        let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new()
            .nonce(transfer.nonce)
            .mortal(MORTAL)
            // More than before, so that it takes the place of what the pool still has.
            .tip(UNIT / 1_000 * u128::from(transfer.signed))
            .build();
        let call = call("Balances", "transfer_keep_alive", vec![address(&dev::alice()), number(UNIT)]);
        // Where the pool refuses it, what it replaces may be there for a moment yet; it is sent again
        // the next time round.
        if let Ok(progress) = newest.tx().sign_and_submit_then_watch(&call, &ferdie, params).await {
            transfer.progress = Some(progress);
            transfer.version = newest.spec_version();
            transfer.since = newest.block_number();
        }
        transfer.signed += 1;
    }
    Ok(Numbers { newest: newest.block_number(), last_final: last.block_number() })
}

/// How many transactions of `who` are in the chain that ends with block `at`.
async fn nonce(at: &ClientAt, who: &Keypair) -> Result<u64> {
    #[derive(DecodeAsType)]
    #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
    struct Account {
        nonce: u32,
    }
    Ok(stored::<Account>(at, "System", "Account", vec![account(who)]).await?.nonce.into())
}

/// Whether the node has said that it drops a transaction. Looks at what it said so far, and does not
/// wait.
async fn is_refused(progress: &mut Progress) -> bool {
    while let Ok(status) = timeout(Duration::ZERO, progress.next()).await {
        match status {
            Some(Ok(
                TransactionStatus::Error { .. }
                | TransactionStatus::Invalid { .. }
                | TransactionStatus::Dropped { .. },
            )) => return true,
            Some(Ok(_)) => (),
            // Nothing more will be said; whether it is included is seen by the nonce.
            Some(Err(_)) | None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_signed_again_once_it_cannot_be_included() {
        assert_eq!(again(1, 10, 1, 10 + MORTAL), None);
        assert_eq!(again(1, 10, 1, 11 + MORTAL), Some(Again::Expired));
        assert_eq!(again(1, 10, 2, 11), Some(Again::Outdated));
    }

    #[test]
    fn what_did_not_happen_is_lost() {
        let fates = Fates { sent: 60, included: 58, outdated: 3, expired: 0, reported: 1 };
        assert_eq!(fates.lost(), 2);
        let line = fates.to_string();
        assert!(line.starts_with("60 transfers: 58 included, 2 lost"), "{line}");
        assert!(line.chars().count() <= 100, "{line}");
    }
}
