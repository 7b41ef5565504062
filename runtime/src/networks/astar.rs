//! Astar, the mainnet on Polkadot.

use super::network::{DappStakingNumbers, Network, Relay};
use crate::UNIT;
use sp_keyring::Sr25519Keyring;
use xcm::latest::NetworkId;

pub const ASTAR: Network = Network {
    id: "astar",
    name: "Tandem Astar",
    symbol: "ASTR",
    para_id: 2006,
    relay: Relay {
        chain: "polkadot",
        network: NetworkId::Polkadot,
        asset_hub: Some(1000),
        token_name: "Polkadot",
        symbol: "DOT",
        decimals: 10,
        minimum: 10_000_000,
        worth: 200,
    },
    issuance: 7_000_000_000 * UNIT,
    governance_speedup: None,
    price_divisor: None,
    dapp_staking: DappStakingNumbers {
        era: cadence::days(1),
        voting_eras: 11,
        earning_eras: 111,
        periods_per_cycle: 3,
        minimum: 500 * UNIT,
        unlocking_eras: 9,
        max_stakes: 16,
        retention: 4,
    },
    collators: &[Sr25519Keyring::Alice, Sr25519Keyring::Bob],
    candidacy_bond: 3_200_000 * UNIT,
    seats: 32,
};
