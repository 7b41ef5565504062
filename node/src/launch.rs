//! The launch of a public network. It turns the network's preset, in which development accounts stand in for
//! all people, into a chain spec that never changes again.
//!
//! Everybody has the keys of the development accounts, so [`ensure_launched`] refuses to run a live chain
//! that holds one. [`Freeze`] replaces them, and writes the genesis to a file as storage. A preset cannot
//! serve as such a file, because its genesis contains the code of the node's own release.

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
use tandem_runtime::{AccountId, AllPalletsWithSystem, Balance, SessionKeys, DECIMALS, UNIT};

/// Freeze a public network's chain spec: its preset, with people in place of the development accounts
#[derive(Debug, Args)]
pub struct Freeze {
    /// The network whose preset to use, such as shibuya
    #[arg(long, value_name = "NETWORK")]
    pub chain: String,
    /// A JSON file of who takes part; docs/launch.md describes it
    #[arg(long, value_name = "FILE")]
    launch: PathBuf,
    /// Where to write the raw chain spec; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Who takes part in a launch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    /// The id that the relay chain gave to the parachain. The default is the preset's.
    pub para_id: Option<u32>,
    collators: Vec<Collator>,
    balances: Vec<Endowment>,
    /// The multiaddresses of nodes through which others find the network.
    #[serde(default)]
    boot_nodes: Vec<MultiaddrWithPeerId>,
    /// Everything else that differs from the preset, by the names in the runtime's genesis.
    #[serde(default)]
    genesis: BTreeMap<String, Map<String, Value>>,
}

/// The fields of the genesis that other fields of a launch set: each as its pallet, its name, and the
/// launch's field.
const SET_BY_OTHER_FIELDS: [(&str, &str, &str); 4] = [
    ("balances", "balances", "balances"),
    ("collatorSelection", "invulnerables", "collators"),
    ("session", "keys", "collators"),
    ("parachainInfo", "parachainId", "para_id"),
];

/// A collator that authors from the first block on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collator {
    account: AccountId,
    /// In hex, as `author_rotateKeysWithOwner` and `key inspect` show them.
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
    /// Reads the file of who takes part.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a launch.
    pub fn launch(&self) -> Result<Launch, String> {
        let shown = self.launch.display();
        let file = File::open(&self.launch).map_err(|error| format!("reading '{shown}': {error}"))?;
        serde_json::from_reader(file).map_err(|error| format!("'{shown}' is not a valid launch: {error}"))
    }

    /// Writes the raw form of `spec`, which is the preset with the genesis of `launch`.
    ///
    /// # Errors
    /// If the genesis cannot be built, if it holds a development account, or if the file already exists.
    pub fn write(&self, mut spec: GenericChainSpec, launch: &Launch) -> Result<(), String> {
        launch.boot_nodes.iter().for_each(|node| spec.add_boot_node(node.clone()));
        let storage = spec.build_storage()?;
        ensure_no_development_accounts(&spec, &storage)?;
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
    /// The JSON patch of the preset's genesis.
    ///
    /// # Errors
    /// If nobody authors or holds tokens, if an amount or a key is not valid, or if "genesis" repeats what
    /// the other fields set.
    pub fn patch(&self) -> Result<Value, String> {
        for (pallet, field, instead) in SET_BY_OTHER_FIELDS {
            if self.genesis.get(pallet).is_some_and(|pallet| pallet.contains_key(field)) {
                return Err(format!(
                    "\"{pallet}\": \"{field}\" must not be in \"genesis\": \"{instead}\" sets it"
                ));
            }
        }
        if self.collators.is_empty() || self.balances.is_empty() {
            return Err(
                "a chain needs collators, which make its blocks, and balances, which pay for accounts".into(),
            );
        }
        let keys = self.collators.iter().map(|collator| {
            let keys = session_keys(&collator.keys)?;
            Ok::<_, String>((&collator.account, &collator.account, keys))
        });
        let balances = self
            .balances
            .iter()
            .map(|endowment| Ok::<_, String>((&endowment.account, units(&endowment.tokens)?)));
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

/// Reads session keys from hex.
fn session_keys(text: &str) -> Result<SessionKeys, String> {
    let digits =
        text.strip_prefix("0x").ok_or_else(|| format!("'{text}' is not a key: it does not begin with 0x"))?;
    let bytes = hex::decode(digits).map_err(|error| format!("'{text}' is not a key: {error}"))?;
    SessionKeys::decode_all(&mut &bytes[..])
        .map_err(|_| format!("'{text}' has {} bytes, and session keys have 32", bytes.len()))
}

/// Reads an amount of tokens, and returns it in the smallest unit.
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
        format!("'{tokens}' is not an amount of tokens: it must be a number with at most {DECIMALS} decimals")
    })
}

/// Makes sure that nobody but its owners has the keys to a live chain.
///
/// # Errors
/// If the genesis of a live chain holds development accounts.
pub fn ensure_launched(spec: &dyn ChainSpec) -> Result<(), String> {
    if spec.chain_type() != ChainType::Live {
        return Ok(());
    }
    let found = development_accounts(&spec.as_storage_builder().build_storage()?);
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "chain '{}' is live, and everybody has keys to it: its genesis holds the development accounts {}. \
         Replace them with `tandem-node freeze-chain-spec --chain NETWORK --launch FILE --output SPEC.json`, \
         and run that chain spec; docs/launch.md says how",
        spec.id(),
        listed(&found),
    ))
}

/// Makes sure that the genesis of `spec`, which is `storage`, holds no development account.
fn ensure_no_development_accounts(spec: &GenericChainSpec, storage: &Storage) -> Result<(), String> {
    let found = development_accounts(storage);
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the genesis of '{}' still holds the development accounts {}: replace them, too, under \"genesis\"",
        spec.id(),
        listed(&found),
    ))
}

/// The names of development accounts, each with the pallets that hold it.
type Holders = BTreeMap<String, BTreeSet<String>>;

fn listed(found: &Holders) -> String {
    let one = |(name, pallets): (&String, &BTreeSet<String>)| {
        format!("{name} (in {})", pallets.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
    };
    found.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The development accounts that a genesis holds, in its keys or values.
fn development_accounts(storage: &Storage) -> Holders {
    let known = development_keys();
    let pallets: BTreeMap<_, _> = AllPalletsWithSystem::infos()
        .into_iter()
        .map(|pallet| (twox_128(pallet.name.as_bytes()), pallet.name))
        .collect();
    let children = storage.children_default.values().flat_map(|child| &child.data);
    let mut found = Holders::new();
    // The code is skipped, because it contains the presets.
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

/// The public keys whose secrets everybody has, with their names: those of the SDK's development phrase. The
/// account of an ECDSA key is the key's hash.
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
