//! The chain specs of a network: those of the parachains, and the relay chain's with the parachains in its
//! genesis.
//!
//! A parachain in the relay chain's genesis has its core assigned there. But no session is set up
//! at block zero, so its first block would wait for the second session; the validator groups and
//! the session's information are filled in here ([`SessionInfo`]), and parablocks start at once.

use crate::{
    binaries::{output, Binaries},
    nodes::{parachain_spec, RELAY_SPEC},
    CadencePreset, Parachain, RunFolder, Topology, HOUR,
};
use anyhow::{Context, Result};
use codec::{Decode, Encode};
use serde_json::{json, Value};
use sp_crypto_hashing::twox_128;
use std::{fs, path::Path};
use tandem_rpc::keys::dev_accounts;

/// How many sessions of the relay chain the vote on new code may take.
const PVF_VOTING_SESSIONS: u32 = 10;
/// The most that the relay chain's validators may take to check new code, in milliseconds.
const PRECHECK_MILLIS: u64 = 300_000;
/// The most messages that may wait in an HRMP channel, and the most bytes of one message. The relay chain's
/// preset allows no more messages, and no more bytes in all messages that wait.
const CHANNEL_MESSAGES: u32 = 8;
const CHANNEL_MESSAGE_BYTES: u32 = 8 * 1_024;

/// Makes all specs; with `speedup`, governance runs that many times faster than written, instead
/// of as fast as the preset says.
pub async fn make(
    topology: &Topology,
    binaries: &Binaries,
    folder: &RunFolder,
    speedup: Option<u32>,
) -> Result<()> {
    let mut registrations = Vec::new();
    for (label, parachain) in topology.labeled() {
        let mut spec = plain_spec(parachain.cadence, binaries).await?;
        set_parachain(&mut spec, &label, parachain)?;
        let genesis = patch(&mut spec)?;
        genesis["collatorSessions"]["speedup"] = json!(HOUR / topology.session);
        if let Some(speedup) = speedup {
            genesis["governance"]["speedup"] = json!(speedup);
        }
        let name = parachain_spec(&label);
        let plain = format!("plain-{name}");
        let export = ["export-chain-spec", "--raw", "--chain"];
        let raw = output_with_file(&binaries.collator, &export, &plain, &spec, folder).await?;
        folder.write(&name, &raw)?;
        let path = folder.path().join(&name).display().to_string();
        let head = output(&binaries.collator, &["genesis-head", "--chain", &path]).await?;
        registrations.push(json!([
            parachain.id,
            { "genesis_head": head.trim(), "validation_code": code_of(&spec)?, "parachain": true },
        ]));
    }
    let ids: Vec<_> = topology.parachains.iter().map(|parachain| parachain.id).collect();
    let genesis = json!({
        "paras": { "paras": registrations },
        "hrmp": { "preopenHrmpChannels": channels(&ids) },
        "configuration": { "config": {
            // One approval beyond the backing group's, so that approval checking is at work with two
            // validators.
            "needed_approvals": 1,
            // Validators vote against new code that takes them longer than this to prepare. By default that
            // is a minute of processor time, which a slow machine exceeds. It has to be less than what a
            // validator takes for code that is in force, six minutes.
            "executor_params": [{ "PvfPrepTimeout": ["Precheck", PRECHECK_MILLIS] }],
            // New code is rejected if the vote on it is open for longer. By default that is two sessions,
            // which are two minutes here.
            "pvf_voting_ttl": PVF_VOTING_SESSIONS,
        } },
    });
    let validators = topology.validators.to_string();
    let export = ["local-chain-spec", &validators];
    let raw = output_with_file(&binaries.validator, &export, "relay-genesis.json", &genesis, folder).await?;
    let mut spec: Value = serde_json::from_str(&raw).context("the relay chain's chain spec")?;
    set_up_first_session(&mut spec)?;
    drop_downward_messages(&mut spec)?;
    folder.write(RELAY_SPEC, &serde_json::to_string(&spec)?)
}

/// The runtime of the local network at `cadence`, as the chain stores it.
pub async fn code(cadence: CadencePreset, binaries: &Binaries) -> Result<Vec<u8>> {
    let spec = plain_spec(cadence, binaries).await?;
    hex::decode(code_of(&spec)?.trim_start_matches("0x")).context("the runtime that the collator exports")
}

/// The chain spec of the local network at `cadence`, whose genesis is a patch of the runtime's defaults.
async fn plain_spec(cadence: CadencePreset, binaries: &Binaries) -> Result<Value> {
    let plain = output(&binaries.collator, &["export-chain-spec", "--chain", cadence.chain()]).await?;
    serde_json::from_str(&plain).context("the parachain's chain spec")
}

/// The output of a command whose last argument is a file with this content. The file is in the run folder
/// until the command has succeeded.
async fn output_with_file(
    binary: &Path,
    args: &[&str],
    name: &str,
    content: &Value,
    folder: &RunFolder,
) -> Result<String> {
    folder.write(name, &serde_json::to_string(content)?)?;
    let path = folder.path().join(name);
    let shown = path.display().to_string();
    let mut args = args.to_vec();
    args.push(&shown);
    let output = output(binary, &args).await?;
    fs::remove_file(path)?;
    Ok(output)
}

/// The genesis of a plain chain spec, as a patch of the runtime's defaults.
fn patch(spec: &mut Value) -> Result<&mut Value> {
    spec.pointer_mut("/genesis/runtimeGenesis/patch").context("the chain spec has no genesis patch")
}

/// The runtime in a plain chain spec, in hex.
fn code_of(spec: &Value) -> Result<&str> {
    let code = spec.pointer("/genesis/runtimeGenesis/code").and_then(Value::as_str);
    code.context("the chain spec has no runtime")
}

/// Gives a plain chain spec the id and the collators of `parachain`. With a label, its names become its own.
fn set_parachain(spec: &mut Value, label: &str, parachain: &Parachain) -> Result<()> {
    spec["para_id"] = json!(parachain.id);
    if !label.is_empty() {
        for (field, separator) in [("name", ' '), ("id", '_'), ("protocolId", '-')] {
            let name = spec[field].as_str().with_context(|| format!("the chain spec has no {field}"))?;
            spec[field] = json!(format!("{name}{separator}{label}"));
        }
    }
    let accounts: Vec<_> = dev_accounts().into_iter().take(parachain.collators.into()).collect();
    let keys: Vec<_> =
        accounts.iter().map(|account| json!([account, account, { "aura": account }])).collect();
    let genesis = patch(spec)?;
    genesis["parachainInfo"]["parachainId"] = json!(parachain.id);
    genesis["collatorSelection"]["invulnerables"] = json!(accounts);
    genesis["session"]["keys"] = json!(keys);
    Ok(())
}

/// HRMP channels between all parachains, both ways. Each is its sender, its recipient, and its two limits.
fn channels(ids: &[u32]) -> Vec<(u32, u32, u32, u32)> {
    let pairs = ids.iter().flat_map(|sender| ids.iter().map(move |recipient| (*sender, *recipient)));
    pairs
        .filter(|(sender, recipient)| sender != recipient)
        .map(|(sender, recipient)| (sender, recipient, CHANNEL_MESSAGES, CHANNEL_MESSAGE_BYTES))
        .collect()
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
/// backing group and a core. The parachains have the first cores, in the order of the genesis.
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

/// Removes the messages that tell the parachains of their channels: all that the pallet `Dmp` stores but its
/// version. A parachain takes a message of the relay chain's block zero for one that it has processed already
/// (`drop_processed_messages` in cumulus-pallet-parachain-system 0.32), and would never make a block.
fn drop_downward_messages(spec: &mut Value) -> Result<()> {
    let top = spec.pointer_mut("/genesis/raw/top").and_then(Value::as_object_mut);
    let pallet = format!("0x{}", hex::encode(twox_128(b"Dmp")));
    let version = storage_key("Dmp", ":__STORAGE_VERSION__:", &[]);
    top.context("the relay chain's spec is not raw")?
        .retain(|key, _| !key.starts_with(&pallet) || *key == version);
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
    fn a_parachain_has_its_id_and_collators_in_its_spec() {
        let plain = || {
            json!({
                "name": "Local", "id": "local", "protocolId": "tandem-local", "para_id": 2000,
                "genesis": { "runtimeGenesis": { "code": "0x00", "patch": { "balances": 1 } } },
            })
        };
        let parachain = Parachain { id: 2001, cadence: CadencePreset::Synchronous, collators: 1 };
        let mut spec = plain();
        set_parachain(&mut spec, "2001", &parachain).unwrap();
        for (field, expected) in
            [("name", "Local 2001"), ("id", "local_2001"), ("protocolId", "tandem-local-2001")]
        {
            assert_eq!(spec[field], expected);
        }
        assert_eq!((&spec["para_id"], code_of(&spec).unwrap()), (&json!(2001), "0x00"));
        let alice = &dev_accounts()[0];
        let expected = json!({
            "balances": 1,
            "parachainInfo": { "parachainId": 2001 },
            "collatorSelection": { "invulnerables": [alice] },
            "session": { "keys": [[alice, alice, { "aura": alice }]] },
        });
        assert_eq!(patch(&mut spec).unwrap(), &expected);

        let mut first = plain();
        set_parachain(&mut first, "", &parachain).unwrap();
        assert_eq!((&first["name"], &first["para_id"]), (&json!("Local"), &json!(2001)));
    }

    #[test]
    fn channels_are_open_both_ways_between_all_parachains() {
        assert!(channels(&[2000]).is_empty());
        let three: Vec<_> = channels(&[1, 2, 3]).into_iter().map(|(from, to, ..)| (from, to)).collect();
        assert_eq!(three, [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]);
    }

    #[test]
    fn no_downward_message_is_left_in_the_genesis() {
        let message = storage_key("Dmp", "DownwardMessageQueuePages", &[1; 20]);
        let version = storage_key("Dmp", ":__STORAGE_VERSION__:", &[]);
        let other = storage_key("Hrmp", "HrmpChannels", &[1; 12]);
        let left = json!({ version: "0x0100", other: "0x" });
        let mut top = left.clone();
        top[message] = json!("0x");
        let mut spec = json!({ "genesis": { "raw": { "top": top } } });
        drop_downward_messages(&mut spec).unwrap();
        assert_eq!(spec["genesis"]["raw"]["top"], left);
    }

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
