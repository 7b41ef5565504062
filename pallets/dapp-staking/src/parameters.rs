//! What networks differ in: data on chain, set at genesis and changed by governance.

use crate::{
    ledger::MAX_STAKES,
    tiers::{Tier, MAX_SLOTS, TIERS},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use pallet_inflation::{Balance, Shape};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{PerThing, Perbill};

/// The longest that rewards can be kept, in periods, whatever the parameters say.
pub const MAX_RETENTION: u32 = 8;

/// The parameters of dApp staking. The era's length takes effect with the next era, the shape with
/// the next cycle, all else at once.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct Parameters {
    /// Length of an era, in milliseconds.
    pub era_millis: u64,
    /// Periods of a cycle, and eras of a period.
    pub shape: Shape,
    /// The least that an account can have locked.
    pub minimum_lock: Balance,
    /// The least that an account can have staked on a dApp.
    pub minimum_stake: Balance,
    /// Eras until what is unlocked is free.
    pub unlocking_eras: u32,
    /// The most dApps that an account can stake on at once.
    pub max_stakes: u32,
    /// For how many periods after a period its rewards can be claimed.
    pub retention: u32,
    /// Slots of all tiers together.
    pub slots: u32,
    /// The tiers, best first.
    pub tiers: [Tier; TIERS],
}

/// What is wrong with parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub enum ParameterError {
    /// An era must last some time.
    EraIsEmpty,
    /// There must be a voting era, an earning era and a period.
    ShapeIsEmpty,
    /// There must be a least lock and a least stake, above zero.
    MinimumIsZero,
    /// An account must be able to stake on one dApp, and on sixteen at most.
    StakesOutOfRange,
    /// Rewards must be kept for one period, and for eight at most.
    RetentionOutOfRange,
    /// There can be 128 slots at most.
    TooManySlots,
    /// The tiers' shares of the reward do not add up to one whole.
    RewardsAreNotOneWhole,
    /// The tiers' shares of the slots do not add up to one whole.
    SlotsAreNotOneWhole,
    /// A better tier cannot take less stake.
    ThresholdsRise,
}

impl Parameters {
    /// Whether the parameters can be worked with.
    pub fn check(&self) -> Result<(), ParameterError> {
        use ParameterError::*;
        let whole = |share: fn(&Tier) -> Perbill| {
            let sum: u64 = self.tiers.iter().map(|tier| u64::from(share(tier).deconstruct())).sum();
            sum == u64::from(Perbill::ACCURACY)
        };
        let Shape { periods, voting_eras, earning_eras } = self.shape;
        let falls = |pair: &[Tier]| pair[0].threshold >= pair[1].threshold;
        for (holds, error) in [
            (self.era_millis > 0, EraIsEmpty),
            (periods > 0 && voting_eras > 0 && earning_eras > 0, ShapeIsEmpty),
            (self.minimum_lock > 0 && self.minimum_stake > 0, MinimumIsZero),
            ((1..=MAX_STAKES).contains(&self.max_stakes), StakesOutOfRange),
            ((1..=MAX_RETENTION).contains(&self.retention), RetentionOutOfRange),
            (self.slots <= MAX_SLOTS, TooManySlots),
            (whole(|tier| tier.reward), RewardsAreNotOneWhole),
            (whole(|tier| tier.slots), SlotsAreNotOneWhole),
            (self.tiers.windows(2).all(falls), ThresholdsRise),
        ] {
            if !holds {
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Default for Parameters {
    /// A year of days in three periods, and the tiers of all networks.
    fn default() -> Self {
        let tier = |percent, slots, threshold| Tier {
            reward: Perbill::from_percent(percent),
            slots: Perbill::from_percent(slots),
            threshold: Perbill::from_rational(threshold, 100_000u32),
        };
        Parameters {
            era_millis: 24 * 60 * 60 * 1_000,
            shape: Shape { periods: 3, voting_eras: 11, earning_eras: 111 },
            minimum_lock: 500 * 10u128.pow(18),
            minimum_stake: 500 * 10u128.pow(18),
            unlocking_eras: 9,
            max_stakes: MAX_STAKES,
            retention: 4,
            slots: 100,
            tiers: [tier(40, 10, 3_570), tier(30, 20, 890), tier(20, 30, 238), tier(10, 40, 60)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        use ParameterError::*;
        assert_eq!(Parameters::default().check(), Ok(()));
        let faults: [(fn(&mut Parameters), ParameterError); 13] = [
            (|p| p.era_millis = 0, EraIsEmpty),
            (|p| p.shape.periods = 0, ShapeIsEmpty),
            (|p| p.shape.voting_eras = 0, ShapeIsEmpty),
            (|p| p.shape.earning_eras = 0, ShapeIsEmpty),
            (|p| p.minimum_lock = 0, MinimumIsZero),
            (|p| p.minimum_stake = 0, MinimumIsZero),
            (|p| p.max_stakes = 17, StakesOutOfRange),
            (|p| p.retention = 0, RetentionOutOfRange),
            (|p| p.retention = 9, RetentionOutOfRange),
            (|p| p.slots = 129, TooManySlots),
            (|p| p.tiers[0].reward = Perbill::one(), RewardsAreNotOneWhole),
            (|p| p.tiers[0].slots = Perbill::zero(), SlotsAreNotOneWhole),
            (|p| p.tiers[3].threshold = Perbill::one(), ThresholdsRise),
        ];
        for (fault, error) in faults {
            let mut parameters = Parameters::default();
            fault(&mut parameters);
            assert_eq!(parameters.check(), Err(error));
        }
    }
}
