//! Shiden, the canary network on Kusama.

use super::*;

pub const SHIDEN: Network = Network {
    id: "shiden",
    name: "Tandem Shiden",
    symbol: "SDN",
    para_id: 2007,
    relay: Relay { chain: "kusama", token_name: "Kusama", symbol: "KSM", decimals: 12, minimum: 100_000_000 },
    issuance: 70_000_000 * UNIT,
    governance_speedup: None,
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
};
