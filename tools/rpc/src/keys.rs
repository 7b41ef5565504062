//! The development accounts, to whose keys everybody has the seeds.

use subxt::utils::AccountId32;
use subxt_signer::sr25519::dev;

/// Names of the development accounts; the seed of each is its name, as in `//Alice`.
pub const NAMES: [&str; 6] = ["alice", "bob", "charlie", "dave", "eve", "ferdie"];

/// The public keys, in the order of [`NAMES`].
pub fn dev_keys() -> [[u8; 32]; NAMES.len()] {
    let pairs = [dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve(), dev::ferdie()];
    pairs.map(|pair| pair.public_key().0)
}

/// The addresses, in the order of [`NAMES`].
pub fn dev_accounts() -> [String; NAMES.len()] {
    dev_keys().map(|key| AccountId32(key).to_string())
}

/// The name of a development account, or the first bytes of any other key.
pub fn name(key: [u8; 32]) -> String {
    match dev_keys().iter().position(|dev| *dev == key) {
        Some(i) => NAMES[i].into(),
        None => hex::encode(&key[..4]),
    }
}
