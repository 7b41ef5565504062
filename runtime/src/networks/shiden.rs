//! Shiden, the canary network on Kusama.

use super::network::{DappStakingNumbers, Network, Relay};
use crate::UNIT;
use core::num::NonZeroU32;
use sp_keyring::Sr25519Keyring;
use xcm::latest::NetworkId;

pub const SHIDEN: Network = Network {
    id: "shiden",
    name: "Tandem Shiden",
    symbol: "SDN",
    para_id: 2007,
    relay: Relay {
        chain: "kusama",
        network: NetworkId::Kusama,
        asset_hub: Some(1000),
        token_name: "Kusama",
        symbol: "KSM",
        decimals: 12,
        minimum: 100_000_000,
        worth: 400,
    },
    issuance: 70_000_000 * UNIT,
    governance_speedup: None,
    price_divisor: NonZeroU32::new(100),
    dapp_staking: DappStakingNumbers {
        era: cadence::days(1),
        voting_eras: 6,
        earning_eras: 55,
        periods_per_cycle: 6,
        minimum: 50 * UNIT,
        unlocking_eras: 4,
        max_stakes: 16,
        retention: 3,
    },
    collators: &[Sr25519Keyring::Alice, Sr25519Keyring::Bob],
    candidacy_bond: 32_000 * UNIT,
    seats: 32,
};
