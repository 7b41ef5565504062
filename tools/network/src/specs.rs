//! The chain specs of a network: the parachain's, and the relay chain's with the parachain in its
//! genesis.
//!
//! A parachain in the relay chain's genesis has its core assigned there. But no session is set up
//! at block zero, so its first block would wait for the second session; the validator groups and
//! the session's information are filled in here ([`SessionInfo`]), and parablocks start at once.

use crate::{
    binaries::{output, Binaries},
    nodes::{PARACHAIN_SPEC, RELAY_SPEC},
    CadencePreset, RunFolder, Topology, HOUR, PARA_ID,
};
use anyhow::{ensure, Context, Result};
use codec::{Decode, Encode};
use serde_json::{json, Value};
use sp_crypto_hashing::twox_128;
use std::{fs, path::Path};
use tandem_rpc::keys::dev_accounts;

/// How many sessions of the relay chain the vote on new code may take.
const PVF_VOTING_SESSIONS: u32 = 10;
/// The most that the relay chain's validators may take to check new code, in milliseconds.
const PRECHECK_MILLIS: u64 = 300_000;

/// Makes both specs; with `speedup`, governance runs that many times faster than written, instead
/// of as fast as the preset says.
pub async fn make(
    topology: &Topology,
    binaries: &Binaries,
    folder: &RunFolder,
    speedup: Option<u32>,
) -> Result<()> {
    let plain =
        output(&binaries.collator, &["export-chain-spec", "--chain", topology.cadence.chain()]).await?;
    let mut spec: Value = serde_json::from_str(&plain).context("the parachain's chain spec")?;
    only_collators(&mut spec, topology.collators.into())?;
    let genesis = patch(&mut spec)?;
    genesis["collatorSessions"]["speedup"] = json!(HOUR / topology.session);
    if let Some(speedup) = speedup {
        genesis["governance"]["speedup"] = json!(speedup);
    }
    let parachain = raw(&binaries.collator, &spec, PARACHAIN_SPEC, folder).await?;
    folder.write(PARACHAIN_SPEC, &parachain)?;

    let path = folder.path().join(PARACHAIN_SPEC).display().to_string();
    let head = output(&binaries.collator, &["genesis-head", "--chain", &path]).await?;
    let code = output(&binaries.collator, &["export-genesis-wasm", "--chain", &path]).await?;

    let plain = output(&binaries.validator, &["local-chain-spec"]).await?;
    let mut spec: Value = serde_json::from_str(&plain).context("the relay chain's chain spec")?;
    let patch = patch(&mut spec)?;
    only_validators(patch, topology.validators.into())?;
    patch["paras"] = json!({
        "paras": [[PARA_ID, { "genesis_head": head.trim(), "validation_code": code.trim(), "parachain": true }]],
    });
    // One approval beyond the backing group's, so that approval checking is at work with two
    // validators.
    patch["configuration"]["config"]["needed_approvals"] = json!(1);
    // Validators vote against new code that takes them longer than this to prepare. By default that is a
    // minute of processor time, which a slow machine exceeds. It has to be less than what a validator takes
    // for code that is in force, six minutes.
    patch["configuration"]["config"]["executor_params"] =
        json!([{ "PvfPrepTimeout": ["Precheck", PRECHECK_MILLIS] }]);
    // New code is rejected if the vote on it is open for longer. By default that is two sessions, which are two
    // minutes here.
    patch["configuration"]["config"]["pvf_voting_ttl"] = json!(PVF_VOTING_SESSIONS);

    let mut spec: Value = serde_json::from_str(&raw(&binaries.validator, &spec, RELAY_SPEC, folder).await?)?;
    set_up_first_session(&mut spec)?;
    folder.write(RELAY_SPEC, &serde_json::to_string(&spec)?)
}

/// The runtime of the local network at `cadence`, as the chain stores it.
pub async fn code(cadence: CadencePreset, binaries: &Binaries) -> Result<Vec<u8>> {
    let code = output(&binaries.collator, &["export-genesis-wasm", "--chain", cadence.chain()]).await?;
    hex::decode(code.trim().trim_start_matches("0x")).context("the runtime that the collator exports")
}

/// The raw form of `spec`, made by way of a file in the run folder.
async fn raw(binary: &Path, spec: &Value, name: &str, folder: &RunFolder) -> Result<String> {
    let plain = format!("plain-{name}");
    folder.write(&plain, &serde_json::to_string(spec)?)?;
    let path = folder.path().join(&plain);
    let raw = output(binary, &["export-chain-spec", "--raw", "--chain", &path.display().to_string()]).await?;
    fs::remove_file(path)?;
    Ok(raw)
}

/// The genesis of a plain chain spec, as a patch of the runtime's defaults.
fn patch(spec: &mut Value) -> Result<&mut Value> {
    spec.pointer_mut("/genesis/runtimeGenesis/patch").context("the chain spec has no genesis patch")
}

/// Leaves the first `n` accounts as collators of the parachain.
fn only_collators(spec: &mut Value, n: usize) -> Result<()> {
    let accounts: Vec<_> = dev_accounts().into_iter().take(n).collect();
    let patch = patch(spec)?;
    patch["collatorSelection"]["invulnerables"] = json!(accounts);
    let keys: Vec<_> =
        accounts.iter().map(|account| json!([account, account, { "aura": account }])).collect();
    patch["session"]["keys"] = json!(keys);
    Ok(())
}

/// Leaves the first `n` of the preset's validators.
fn only_validators(patch: &mut Value, n: usize) -> Result<()> {
    let keys =
        patch["session"]["keys"].as_array_mut().context("the relay chain's genesis has no session keys")?;
    ensure!(keys.len() >= n, "the relay chain's genesis has {} validators, not {n}", keys.len());
    keys.truncate(n);
    Ok(())
}

/// `ParaSessionInfo::Sessions`, as in polkadot-primitives 26 (`SessionInfo`).
#[derive(Debug, PartialEq, Encode, Decode)]
struct SessionInfo {
    active_validator_indices: Vec<u32>,
    random_seed: [u8; 32],
    dispute_period: u32,
    validators: Vec<[u8; 32]>,
    discovery_keys: Vec<[u8; 32]>,
    assignment_keys: Vec<[u8; 32]>,
    validator_groups: Vec<Vec<u32>>,
    n_cores: u32,
    zeroth_delay_tranche_width: u32,
    relay_vrf_modulo_samples: u32,
    n_delay_tranches: u32,
    no_show_slots: u32,
    needed_approvals: u32,
}

/// Sets up session zero of the relay chain as later sessions are by the runtime: each validator a
/// backing group and a core. The first parachain has core zero.
fn set_up_first_session(spec: &mut Value) -> Result<()> {
    let top = spec.pointer_mut("/genesis/raw/top").context("the relay chain's spec is not raw")?;
    let session = storage_key("ParaSessionInfo", "Sessions", &0u32.to_le_bytes());
    let bytes = top[&session].as_str().context("the relay chain's genesis has no session")?;
    let bytes = hex::decode(bytes.trim_start_matches("0x")).context("the relay chain's session")?;
    let mut info = SessionInfo::decode(&mut &bytes[..]).context("the relay chain's session")?;

    let groups: Vec<_> = (0..info.validators.len() as u32).map(|validator| vec![validator]).collect();
    info = SessionInfo {
        // The development accounts use one key for these.
        discovery_keys: info.validators.clone(),
        assignment_keys: info.validators.clone(),
        n_cores: groups.len() as u32,
        validator_groups: groups.clone(),
        relay_vrf_modulo_samples: 2,
        n_delay_tranches: 25,
        no_show_slots: 2,
        needed_approvals: 1,
        ..info
    };
    top[session] = hex_value(&info);
    top[storage_key("ParaScheduler", "ValidatorGroups", &[])] = hex_value(&groups);
    Ok(())
}

fn storage_key(pallet: &str, item: &str, key: &[u8]) -> String {
    let prefix = [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat();
    format!("0x{}{}", hex::encode(prefix), hex::encode(key))
}

fn hex_value(value: &impl Encode) -> Value {
    json!(format!("0x{}", hex::encode(value.encode())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_session_gets_groups_and_cores() {
        let alice = [1; 32];
        let bob = [2; 32];
        let bare = SessionInfo {
            active_validator_indices: vec![1, 0],
            random_seed: [7; 32],
            dispute_period: 6,
            validators: vec![bob, alice],
            discovery_keys: vec![],
            assignment_keys: vec![],
            validator_groups: vec![],
            n_cores: 0,
            zeroth_delay_tranche_width: 0,
            relay_vrf_modulo_samples: 0,
            n_delay_tranches: 1,
            no_show_slots: 1,
            needed_approvals: 0,
        };
        let key = "0x4da2c41eaffa8e1a791c5d65beeefd1f028685274e698e781f7f2766cba0cc8300000000";
        let mut spec = json!({ "genesis": { "raw": { "top": { key: hex_value(&bare) } } } });
        set_up_first_session(&mut spec).unwrap();

        let top = &spec["genesis"]["raw"]["top"];
        let bytes = hex::decode(&top[key].as_str().unwrap()[2..]).unwrap();
        let info = SessionInfo::decode(&mut &bytes[..]).unwrap();
        assert_eq!(info.discovery_keys, [bob, alice], "in the order of the active validators");
        assert_eq!(info.validator_groups, [[0], [1]]);
        assert_eq!((info.n_cores, info.random_seed), (2, [7; 32]));
        let groups = "0x94eadf0156a8ad5156507773d0471e4a16973e1142f5bd30d9464076794007db";
        assert_eq!(top[groups], "0x0804000000000401000000");
    }
}
