//! What one network has that another may not.

use crate::{Balance, Duration, UNIT};
use core::num::NonZeroU32;
use pallet_dapp_staking::{Limits, Parameters, Range, Timetable};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{FixedPointNumber, FixedU128};
use xcm::latest::NetworkId;

/// A network.
pub struct Network {
    /// The name of the preset, and of the chain on the command line.
    pub id: &'static str,
    /// The name that people read.
    pub name: &'static str,
    /// The symbol of the token.
    pub symbol: &'static str,
    pub para_id: u32,
    pub relay: Relay,
    /// The tokens at genesis, shared by the endowed accounts.
    pub issuance: Balance,
    /// How many times faster than written governance's periods run; `None` means as written.
    pub governance_speedup: Option<NonZeroU32>,
    /// How many of Astar's tokens are worth one of this network's, for all prices; `None` means one.
    pub price_divisor: Option<NonZeroU32>,
    pub dapp_staking: DappStakingNumbers,
    /// The accounts that author from the first block on.
    pub collators: &'static [Sr25519Keyring],
    /// The least that a candidate has to bond.
    pub candidacy_bond: Balance,
    /// How many candidates author: those with the highest bonds.
    pub seats: u32,
}

/// The numbers of dApp staking in which networks differ.
pub struct DappStakingNumbers {
    pub era: Duration,
    pub voting_eras: u32,
    pub earning_eras: u32,
    pub periods_per_cycle: u32,
    /// The least that an account can have locked, and the least that it can have staked on a dApp.
    pub minimum: Balance,
    /// How many whole eras pass until unlocked tokens are free.
    pub unlocking_eras: u32,
    pub max_stakes: u32,
    /// How many whole periods rewards are kept for, after the period in which they were earned.
    pub retention: u32,
}

impl DappStakingNumbers {
    pub(super) fn timetable(&self) -> Timetable {
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

    /// Includes the tiers, which are the same on all networks.
    pub(super) fn parameters(&self) -> Parameters {
        Parameters {
            minimum_lock: self.minimum,
            minimum_stake: self.minimum,
            unlocking_eras: self.unlocking_eras,
            max_stakes: self.max_stakes,
            ..Default::default()
        }
    }

    /// The limits within which governance can change the numbers. An era can become twice as long, and a
    /// quarter as long but not shorter than a minute. A cycle and a period can become half and twice as long.
    /// The minimum can become a tenth and ten times as much. Unlocking can take from one era to twice as
    /// many.
    pub(super) fn limits(&self) -> Limits {
        let Timetable { era_millis: era, shape, .. } = self.timetable();
        let period = era.saturating_mul(shape.period_eras().into());
        let cycle = period.saturating_mul(shape.periods.into());
        let half_to_twice = |time: u64| Range { least: time / 2, most: time.saturating_mul(2) };
        let shortest = (era / 4).max(cadence::minutes(1).as_millis() as u64);
        Limits {
            era_millis: Range { least: shortest, most: era.saturating_mul(2) },
            cycle_millis: half_to_twice(cycle),
            period_millis: half_to_twice(period),
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
    /// The parachain that holds the reserve of the relay token. Without one the relay chain itself holds it.
    pub asset_hub: Option<u32>,
    pub token_name: &'static str,
    pub symbol: &'static str,
    pub decimals: u8,
    /// The least of the relay token that an account can hold, in the token's smallest unit.
    pub minimum: Balance,
    /// How many of our tokens one relay token is worth when it pays for a message, until governance changes
    /// the rate.
    pub worth: u32,
}

impl Relay {
    /// What the relay token's smallest unit is worth, in the smallest unit of our token.
    pub(super) fn rate(&self) -> FixedU128 {
        FixedU128::saturating_from_rational(
            Balance::from(self.worth) * UNIT,
            10u128.pow(self.decimals.into()),
        )
    }
}
