//! Shibuya, the test network, on a relay chain of its own.

use super::*;

pub const SHIBUYA: Network = Network {
    id: "shibuya",
    name: "Tandem Shibuya",
    symbol: "SBY",
    para_id: 1000,
    relay: Relay { chain: "rococo", token_name: "Rococo", symbol: "ROC", decimals: 12, minimum: 100_000_000 },
    issuance: 7_000_000_000 * UNIT,
    governance_speedup: None,
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
};
