//! The network that `tandem up` starts, with governance in minutes, and with a relay chain of its own.

use super::network::{DappStakingNumbers, Network, Relay};
use crate::UNIT;
use core::num::NonZeroU32;
use sp_keyring::Sr25519Keyring;
use xcm::latest::{NetworkId, ROCOCO_GENESIS_HASH};

pub const LOCAL: Network = Network {
    id: "local",
    name: "Tandem Local",
    symbol: "SBY",
    para_id: 2000,
    relay: Relay {
        chain: "tandem_local_relay",
        // The local relay chain runs Rococo's runtime, so it has Rococo's name.
        network: NetworkId::ByGenesis(ROCOCO_GENESIS_HASH),
        asset_hub: None,
        token_name: "Rococo",
        symbol: "ROC",
        decimals: 12,
        minimum: 100_000_000_000,
        worth: 1,
    },
    issuance: 7_000_000_000 * UNIT,
    // The decision period of fourteen days takes two minutes.
    governance_speedup: NonZeroU32::new(10_080),
    price_divisor: None,
    dapp_staking: DappStakingNumbers {
        era: cadence::minutes(1),
        voting_eras: 2,
        earning_eras: 4,
        periods_per_cycle: 2,
        minimum: 5 * UNIT,
        unlocking_eras: 2,
        max_stakes: 8,
        retention: 2,
    },
    collators: &[Sr25519Keyring::Alice, Sr25519Keyring::Bob],
    candidacy_bond: 100 * UNIT,
    seats: 16,
};
