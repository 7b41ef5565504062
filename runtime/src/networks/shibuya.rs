//! Shibuya, the test network, which has its own relay chain.

use super::network::{DappStakingNumbers, Network, Relay};
use crate::UNIT;
use sp_keyring::Sr25519Keyring;
use xcm::latest::{NetworkId, ROCOCO_GENESIS_HASH};

pub const SHIBUYA: Network = Network {
    id: "shibuya",
    name: "Tandem Shibuya",
    symbol: "SBY",
    para_id: 1000,
    relay: Relay {
        chain: "rococo",
        network: NetworkId::ByGenesis(ROCOCO_GENESIS_HASH),
        // Shibuya's relay chain has no Asset Hub. The id 1000, which Asset Hub has elsewhere, is Shibuya's
        // own.
        asset_hub: None,
        token_name: "Rococo",
        symbol: "ROC",
        decimals: 12,
        minimum: 100_000_000_000,
        worth: 1,
    },
    issuance: 7_000_000_000 * UNIT,
    governance_speedup: None,
    price_divisor: None,
    dapp_staking: DappStakingNumbers {
        era: cadence::hours(6),
        voting_eras: 8,
        earning_eras: 20,
        periods_per_cycle: 2,
        minimum: 5 * UNIT,
        unlocking_eras: 4,
        max_stakes: 8,
        retention: 2,
    },
    collators: &[Sr25519Keyring::Alice, Sr25519Keyring::Bob],
    candidacy_bond: 32_000 * UNIT,
    seats: 32,
};
