//! The launch of a public network: from its preset, in which the development accounts stand for all people,
//! to a chain spec that never changes again.
//!
//! Everybody has the keys of the development accounts, so a live chain must not hold one: [`ensure_launched`]
//! refuses to run it. [`Freeze`] puts others in their place, and writes the genesis down as storage. A preset
//! is not that: its genesis has the code of the release that it is in.

use clap::Args;
use codec::DecodeAll;
use frame_support::traits::PalletsInfoAccess;
use polkadot_omni_node_lib::chain_spec::GenericChainSpec;
use sc_chain_spec::{ChainSpec, ChainType};
use sc_service::config::MultiaddrWithPeerId;
use serde::Deserialize;
use serde_json::{json, Map, Value};
use sp_core::{crypto::DEV_PHRASE, ecdsa, ed25519, sr25519, ByteArray, Pair};
use sp_crypto_hashing::{blake2_256, twox_128};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::{BuildStorage, Storage};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write,
    path::PathBuf,
};
use tandem_runtime::{networks::DECIMALS, AccountId, AllPalletsWithSystem, Balance, SessionKeys, UNIT};

/// Freeze a public network's chain spec: its preset, with people in place of the development accounts
#[derive(Debug, Args)]
pub struct Freeze {
    /// The network whose preset it is, such as shibuya
    #[arg(long, value_name = "NETWORK")]
    pub chain: String,
    /// Who takes part, in JSON; docs/launch.md says how
    #[arg(long, value_name = "FILE")]
    launch: PathBuf,
    /// Where the raw chain spec is written; a file that is there already is left alone
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Who takes part in a launch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    /// The id that the relay chain has given to the parachain, if it is not the preset's.
    pub para_id: Option<u32>,
    collators: Vec<Collator>,
    balances: Vec<Endowment>,
    /// Multiaddresses of nodes that others find the network by.
    #[serde(default)]
    boot_nodes: Vec<MultiaddrWithPeerId>,
    /// What else is not as in the preset, by the names of the runtime's genesis.
    #[serde(default)]
    genesis: BTreeMap<String, Map<String, Value>>,
}

/// What of the genesis other fields of a launch say, by its pallet and its name there.
const SAID_BEFORE: [(&str, &str, &str); 4] = [
    ("balances", "balances", "balances"),
    ("collatorSelection", "invulnerables", "collators"),
    ("session", "keys", "collators"),
    ("parachainInfo", "parachainId", "para_id"),
];

/// Who authors from the first block on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collator {
    account: AccountId,
    /// In hex, as `author_rotateKeysWithOwner` and `key inspect` tell them.
    keys: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Endowment {
    account: AccountId,
    /// A decimal number.
    tokens: String,
}

impl Freeze {
    /// Who takes part.
    ///
    /// # Errors
    /// If the file cannot be read, or says something else.
    pub fn launch(&self) -> Result<Launch, String> {
        let shown = self.launch.display();
        let file = File::open(&self.launch).map_err(|error| format!("reading '{shown}': {error}"))?;
        serde_json::from_reader(file).map_err(|error| format!("'{shown}' is no launch: {error}"))
    }

    /// Writes the raw form of `spec`, which is the preset with the genesis of `launch`.
    ///
    /// # Errors
    /// If the genesis cannot be built, or holds a development account, or if the file is there already.
    pub fn write(&self, mut spec: GenericChainSpec, launch: &Launch) -> Result<(), String> {
        launch.boot_nodes.iter().for_each(|node| spec.add_boot_node(node.clone()));
        let storage = spec.build_storage()?;
        ensure_none(&spec, &storage)?;
        let mut spec: Box<dyn ChainSpec> = Box::new(spec);
        spec.set_storage(storage);
        let text = spec.as_json(true)?;
        let shown = self.output.display();
        let failed = |error| format!("writing '{shown}': {error}");
        let mut file = File::create_new(&self.output).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(|error| {
            let _ = fs::remove_file(&self.output);
            failed(error)
        })?;
        println!("the genesis of '{}' is frozen in {shown}", spec.id());
        Ok(())
    }
}

impl Launch {
    /// What of the preset's genesis is replaced, and by what.
    ///
    /// # Errors
    /// If nobody authors or holds tokens, if an amount or a key is none, or if "genesis" says again what the
    /// other fields say.
    pub fn patch(&self) -> Result<Value, String> {
        for (pallet, field, instead) in SAID_BEFORE {
            if self.genesis.get(pallet).is_some_and(|pallet| pallet.contains_key(field)) {
                return Err(format!(
                    "\"{pallet}\": \"{field}\" is said by \"{instead}\", outside \"genesis\""
                ));
            }
        }
        if self.collators.is_empty() || self.balances.is_empty() {
            return Err(
                "a chain needs collators, to have blocks, and balances, to pay for what they hold".into()
            );
        }
        let keys = self.collators.iter().map(|collator| {
            let keys = session_keys(&collator.keys)?;
            Ok::<_, String>((&collator.account, &collator.account, keys))
        });
        let balances = self.balances.iter().map(|of| Ok::<_, String>((&of.account, units(&of.tokens)?)));
        let mut patch = json!(self.genesis);
        patch["balances"]["balances"] = json!(balances.collect::<Result<Vec<_>, String>>()?);
        let accounts: Vec<_> = self.collators.iter().map(|collator| &collator.account).collect();
        patch["collatorSelection"]["invulnerables"] = json!(accounts);
        patch["session"]["keys"] = json!(keys.collect::<Result<Vec<_>, String>>()?);
        if let Some(id) = self.para_id {
            patch["parachainInfo"]["parachainId"] = json!(id);
        }
        Ok(patch)
    }
}

/// Session keys from hex.
fn session_keys(text: &str) -> Result<SessionKeys, String> {
    let digits =
        text.strip_prefix("0x").ok_or_else(|| format!("'{text}' is no key: it does not begin with 0x"))?;
    let bytes = hex::decode(digits).map_err(|error| format!("'{text}' is no key: {error}"))?;
    SessionKeys::decode_all(&mut &bytes[..])
        .map_err(|_| format!("'{text}' has {} bytes, and session keys have 32", bytes.len()))
}

/// Tokens in their smallest unit.
fn units(tokens: &str) -> Result<Balance, String> {
    let (whole, part) = tokens.split_once('.').unwrap_or((tokens, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let units = || {
        if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > DECIMALS as usize {
            return None;
        }
        let part: Balance = format!("{part:0<width$}", width = DECIMALS as usize).parse().ok()?;
        whole.parse::<Balance>().ok()?.checked_mul(UNIT)?.checked_add(part)
    };
    units().ok_or_else(|| {
        format!("'{tokens}' is no amount: tokens with at most {DECIMALS} decimals are expected")
    })
}

/// Makes sure that nobody but its owners has the keys to a live chain.
///
/// # Errors
/// If its genesis holds development accounts.
pub fn ensure_launched(spec: &dyn ChainSpec) -> Result<(), String> {
    if spec.chain_type() != ChainType::Live {
        return Ok(());
    }
    let found = found(&spec.as_storage_builder().build_storage()?);
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "chain '{}' is live, and everybody has keys to it: its genesis holds the development accounts {}. Put \
         others in their place, with `tandem-node freeze-chain-spec --chain NETWORK --launch FILE --output \
         SPEC.json`, and run that; docs/launch.md says how",
        spec.id(),
        shown(&found),
    ))
}

/// Makes sure that the genesis of `spec`, which is `storage`, holds no development account.
fn ensure_none(spec: &GenericChainSpec, storage: &Storage) -> Result<(), String> {
    let found = found(storage);
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the genesis of '{}' still holds the development accounts {}: replace them too, under \"genesis\"",
        spec.id(),
        shown(&found),
    ))
}

/// Development accounts and the pallets that hold them.
type Found = BTreeMap<String, BTreeSet<String>>;

fn shown(found: &Found) -> String {
    let one = |(name, pallets): (&String, &BTreeSet<String>)| {
        format!("{name} (in {})", pallets.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The development accounts that a genesis holds, as keys or values.
fn found(storage: &Storage) -> Found {
    let known = development_keys();
    let pallets: BTreeMap<_, _> = AllPalletsWithSystem::infos()
        .into_iter()
        .map(|pallet| (twox_128(pallet.name.as_bytes()), pallet.name))
        .collect();
    let children = storage.children_default.values().flat_map(|child| &child.data);
    let mut found = Found::new();
    // The code has the presets in it.
    for (key, value) in storage.top.iter().chain(children).filter(|(key, _)| key[..] != b":code"[..]) {
        let account = key.windows(32).chain(value.windows(32)).filter_map(|bytes| known.get(bytes));
        for name in account {
            let pallet = key.get(..16).and_then(|prefix| pallets.get(prefix));
            let place = pallet.map_or_else(|| format!("0x{}", hex::encode(key)), ToString::to_string);
            found.entry(name.clone()).or_default().insert(place);
        }
    }
    found
}

/// The public keys of which everybody has the secret: those of the SDK's development phrase, by their names.
/// An account by an ECDSA key is that key's hash.
fn development_keys() -> BTreeMap<Vec<u8>, String> {
    let sr25519 = Sr25519Keyring::iter().map(|one| (one.to_raw_public().to_vec(), one.to_string()));
    let ed25519 = Ed25519Keyring::iter().map(|one| (one.to_raw_public().to_vec(), one.to_string()));
    let roots = [
        sr25519::Pair::from_string(DEV_PHRASE, None).map(|pair| pair.public().to_raw_vec()),
        ed25519::Pair::from_string(DEV_PHRASE, None).map(|pair| pair.public().to_raw_vec()),
    ];
    let roots = roots.into_iter().flatten().map(|key| (key, "of the bare phrase".into()));
    let ecdsa = |path: String, name: String| {
        let pair = ecdsa::Pair::from_string(&format!("{DEV_PHRASE}{path}"), None).ok()?;
        Some((blake2_256(&pair.public().0).to_vec(), name))
    };
    let ecdsa = Sr25519Keyring::iter()
        .filter_map(|one| ecdsa(one.to_seed().trim_start_matches(DEV_PHRASE).into(), one.to_string()))
        .chain(ecdsa(String::new(), "of the bare phrase".into()))
        .collect::<Vec<_>>();
    sr25519.chain(ed25519).chain(roots).chain(ecdsa).collect()
}
