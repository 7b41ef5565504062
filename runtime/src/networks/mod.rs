//! The networks: data, and nothing but data. A network is a genesis preset of the one runtime.
//!
//! Collators, endowed accounts and the technical committee are the development accounts everywhere. Whoever
//! launches a public network replaces them in the chain spec, as the launch of any chain does.

mod astar;
mod local;
mod shibuya;
mod shiden;

use crate::*;
use alloc::{string::ToString, vec, vec::Vec};
use core::num::NonZeroU32;
use frame_support::build_struct_json_patch;
use pallet_dapp_staking::{Limits, Parameters, Range, Timetable};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{FixedPointNumber, FixedU128, Perbill};
use xcm::latest::{Location, NetworkId, ROCOCO_GENESIS_HASH};

/// Address format of all networks: Astar's.
pub const SS58_PREFIX: u16 = 5;
/// Decimals of every network's token.
pub const DECIMALS: u32 = 18;

/// All networks.
pub const NETWORKS: [&Network; 4] = [&astar::ASTAR, &shiden::SHIDEN, &shibuya::SHIBUYA, &local::LOCAL];

/// What one network has that another may not.
pub struct Network {
    /// The name of the preset, and of the chain on the command line.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// Symbol of the token.
    pub symbol: &'static str,
    pub para_id: u32,
    pub relay: Relay,
    /// Tokens at genesis, shared by the endowed accounts.
    pub issuance: Balance,
    /// How many times faster than written the periods of governance run; `None` is as written.
    pub governance_speedup: Option<NonZeroU32>,
    /// How many of Astar's tokens are worth one of this network's, for all prices; `None` is one.
    pub price_divisor: Option<NonZeroU32>,
    pub dapp_staking: DappStakingNumbers,
    /// Accounts that author from the first block on.
    pub collators: &'static [Sr25519Keyring],
    /// What a candidate has to bond at least.
    pub candidacy_bond: Balance,
    /// How many candidates author, those with the highest bonds.
    pub seats: u32,
}

/// The numbers of dApp staking in which networks differ.
pub struct DappStakingNumbers {
    pub era: Duration,
    pub voting_eras: u32,
    pub earning_eras: u32,
    pub periods_per_cycle: u32,
    /// The least that an account can have locked, and staked on a dApp.
    pub minimum: Balance,
    /// Whole eras until what is unlocked is free.
    pub unlocking_eras: u32,
    pub max_stakes: u32,
    /// For how many periods rewards are kept, whole ones after theirs.
    pub retention: u32,
}

impl DappStakingNumbers {
    fn timetable(&self) -> Timetable {
        Timetable {
            era_millis: self.era.as_millis() as u64,
            shape: pallet_inflation::Shape {
                periods: self.periods_per_cycle,
                voting_eras: self.voting_eras,
                earning_eras: self.earning_eras,
            },
            retention: self.retention,
        }
    }

    /// With the tiers, which are the same everywhere.
    fn parameters(&self) -> Parameters {
        Parameters {
            minimum_lock: self.minimum,
            minimum_stake: self.minimum,
            unlocking_eras: self.unlocking_eras,
            max_stakes: self.max_stakes,
            ..Default::default()
        }
    }

    /// What governance can change the numbers to: an era to twice its length and, where eras are long,
    /// to a quarter; a cycle and a period to half and twice their length; the minimum to a tenth and ten
    /// times, and the time of unlocking to twice what it is.
    fn limits(&self) -> Limits {
        let Timetable { era_millis: era, shape, .. } = self.timetable();
        let period = era.saturating_mul(shape.period_eras().into());
        let cycle = period.saturating_mul(shape.periods.into());
        let about = |time: u64| Range { least: time / 2, most: time.saturating_mul(2) };
        let shortest = (era / 4).max(cadence::minutes(1).as_millis() as u64);
        Limits {
            era_millis: Range { least: shortest, most: era.saturating_mul(2) },
            cycle_millis: about(cycle),
            period_millis: about(period),
            minimum: Range { least: self.minimum / 10, most: self.minimum.saturating_mul(10) },
            unlocking_eras: Range { least: 1, most: self.unlocking_eras.saturating_mul(2) },
            ..Default::default()
        }
    }
}

/// A relay chain and its token.
pub struct Relay {
    /// The relay chain's id in the chain spec.
    pub chain: &'static str,
    /// The relay chain's name in messages.
    pub network: NetworkId,
    /// The parachain that holds the reserve of its token; without one the relay chain does.
    pub asset_hub: Option<u32>,
    pub token_name: &'static str,
    pub symbol: &'static str,
    pub decimals: u8,
    /// The least of the token that an account can hold, in its smallest unit.
    pub minimum: Balance,
    /// How many tokens of ours one of it is worth when it pays for a message, until governance says
    /// otherwise.
    pub worth: u32,
}

impl Relay {
    /// What its smallest unit is worth, in the smallest unit of our token.
    fn rate(&self) -> FixedU128 {
        FixedU128::saturating_from_rational(
            Balance::from(self.worth) * UNIT,
            10u128.pow(self.decimals.into()),
        )
    }
}

/// The technical committee at genesis.
const COMMITTEE: [Sr25519Keyring; 3] = [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie];

const ENDOWED: [Sr25519Keyring; 6] = [
    Sr25519Keyring::Alice,
    Sr25519Keyring::Bob,
    Sr25519Keyring::Charlie,
    Sr25519Keyring::Dave,
    Sr25519Keyring::Eve,
    Sr25519Keyring::Ferdie,
];

/// The genesis of the network that `id` names, as JSON over the defaults.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    let network = NETWORKS.iter().find(|network| network.id == id.as_str())?;
    Some(genesis(network).to_string().into_bytes())
}

fn genesis(network: &Network) -> serde_json::Value {
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
