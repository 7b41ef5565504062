//! The networks, which are only data. Each network is a genesis preset of the one runtime.
//!
//! In every preset the collators, the endowed accounts and the technical committee are development accounts.
//! A public network's launch replaces them in the chain spec, as the launch of any chain does.

mod astar;
mod local;
mod network;
mod shibuya;
mod shiden;

pub use network::Network;

use crate::*;
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::Perbill;
use xcm::latest::Location;

/// The address format of all networks, which is Astar's.
pub const SS58_PREFIX: u16 = 5;

/// All networks.
pub const NETWORKS: [&Network; 4] = [&astar::ASTAR, &shiden::SHIDEN, &shibuya::SHIBUYA, &local::LOCAL];

/// The members of the technical committee at genesis.
const COMMITTEE: [Sr25519Keyring; 3] = [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie];

/// The accounts that hold all tokens at genesis.
const ENDOWED: [Sr25519Keyring; 6] = [
    Sr25519Keyring::Alice,
    Sr25519Keyring::Bob,
    Sr25519Keyring::Charlie,
    Sr25519Keyring::Dave,
    Sr25519Keyring::Eve,
    Sr25519Keyring::Ferdie,
];

/// The genesis of the network `id`, as a JSON patch of the defaults.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    let network = NETWORKS.iter().find(|network| network.id == id.as_str())?;
    Some(genesis(network).to_string().into_bytes())
}

/// The genesis of `network`, as a JSON patch of the defaults. It is the same at every cadence.
pub fn genesis(network: &Network) -> serde_json::Value {
    let share = network.issuance / ENDOWED.len() as Balance;
    let relay_token = Location::parent();
    build_struct_json_patch!(RuntimeGenesisConfig {
        balances: BalancesConfig {
            balances: ENDOWED.iter().map(|who| (who.to_account_id(), share)).collect::<Vec<_>>(),
        },
        parachain_info: ParachainInfoConfig { parachain_id: network.para_id.into() },
        collator_selection: CollatorSelectionConfig {
            invulnerables: network.collators.iter().map(|who| who.to_account_id()).collect::<Vec<_>>(),
            candidacy_bond: network.candidacy_bond,
            desired_candidates: network.seats,
        },
        session: SessionConfig {
            keys: network
                .collators
                .iter()
                .map(|who| (
                    who.to_account_id(),
                    who.to_account_id(),
                    SessionKeys { aura: who.public().into() }
                ))
                .collect::<Vec<_>>(),
        },
        foreign_assets: ForeignAssetsConfig {
            assets: vec![(relay_token.clone(), money::TreasuryAccount::get(), true, network.relay.minimum)],
            metadata: vec![(
                relay_token,
                network.relay.token_name.as_bytes().to_vec(),
                network.relay.symbol.as_bytes().to_vec(),
                network.relay.decimals,
            )],
        },
        inflation: InflationConfig {
            parameters: pallet_inflation::Parameters::default(),
            ceiling: Perbill::from_percent(10),
        },
        dapp_staking: DappStakingConfig {
            limits: network.dapp_staking.limits(),
            timetable: network.dapp_staking.timetable(),
            parameters: network.dapp_staking.parameters(),
        },
        governance: GovernanceConfig {
            speedup: network.governance_speedup,
            price_divisor: network.price_divisor,
        },
        technical_committee: TechnicalCommitteeConfig {
            members: COMMITTEE.iter().map(|who| who.to_account_id()).collect::<Vec<_>>(),
            ..Default::default()
        },
        consensus: ConsensusConfig {
            network: Some(network.relay.network),
            asset_hub: network.relay.asset_hub.map(Into::into),
            rates: vec![(Location::parent(), network.relay.rate())],
        },
        polkadot_xcm: PolkadotXcmConfig { safe_xcm_version: Some(xcm::prelude::XCM_VERSION) },
    })
}
