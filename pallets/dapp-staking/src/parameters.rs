//! What networks differ in: data on chain, set at genesis and changed by governance within the
//! network's [`Limits`].
//!
//! A [`Timetable`] decides how much is minted in a year, and how long it can be claimed. It is in
//! force for whole cycles. The [`Parameters`] decide who may have which part of what a cycle mints
//! anyway; they are in force at once.

use crate::{
    ledger::MAX_STAKES,
    tiers::{Tier, MAX_SLOTS, TIERS},
    turn::dapps_for,
};
use cadence::{Cadence, Duration};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use pallet_inflation::{Balance, Shape};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{PerThing, Perbill};

/// The longest that rewards can be kept, in periods, on any network.
pub const MAX_RETENTION: u32 = 8;

/// Derives what all data of governance has.
macro_rules! data {
    ($($item:item)+) => {$(
        #[derive(
            Clone,
            Copy,
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
        $item
    )+};
}

data! {
    /// How long an era takes, how many make a cycle, and how long rewards are kept.
    pub struct Timetable {
        /// Length of an era, in milliseconds.
        pub era_millis: u64,
        /// Periods of a cycle, and eras of a period.
        pub shape: Shape,
        /// For how many periods after a period its rewards can be claimed.
        pub retention: u32,
    }

    /// The rest, in force at once.
    pub struct Parameters {
        /// The least that an account can have locked.
        pub minimum_lock: Balance,
        /// The least that an account can have staked on a dApp.
        pub minimum_stake: Balance,
        /// Whole eras until what is unlocked is free.
        pub unlocking_eras: u32,
        /// The most dApps that an account can stake on at once.
        pub max_stakes: u32,
        /// Slots of all tiers together.
        pub slots: u32,
        /// The tiers, best first.
        pub tiers: [Tier; TIERS],
    }

    /// What a figure can be: from `least` to `most`.
    pub struct Range<N> {
        pub least: N,
        pub most: N,
    }

    /// What timetables and parameters can be on this network. Fixed at genesis.
    pub struct Limits {
        /// Length of an era, in milliseconds.
        pub era_millis: Range<u64>,
        /// Length of a cycle, in milliseconds. A cycle plans the same share of the issuance whatever
        /// its length.
        pub cycle_millis: Range<u64>,
        /// Length of a period, in milliseconds. Rewards are kept for some periods, so short ones would have
        /// those of long ones expire before anybody knows.
        pub period_millis: Range<u64>,
        /// For how many periods rewards are kept.
        pub retention: Range<u32>,
        /// The least lock, and the least stake.
        pub minimum: Range<Balance>,
        /// Whole eras until what is unlocked is free.
        pub unlocking_eras: Range<u32>,
        /// The stake that a tier takes, of the issuance.
        pub threshold: Range<Perbill>,
    }
}

/// What is wrong with a timetable, parameters or limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub enum ParameterError {
    /// An era of this length is out of the network's range.
    EraOutOfRange,
    /// There must be a voting era, an earning era and a period.
    ShapeIsEmpty,
    /// A cycle of this length is out of the network's range.
    CycleOutOfRange,
    /// A period of this length is out of the network's range.
    PeriodOutOfRange,
    /// Rewards cannot be kept for that many periods on this network.
    RetentionOutOfRange,
    /// The least lock or the least stake is out of the network's range.
    MinimumOutOfRange,
    /// The time of unlocking is out of the network's range.
    UnlockingOutOfRange,
    /// An account must be able to stake on one dApp, and on sixteen at most.
    StakesOutOfRange,
    /// There must be a slot, and 128 at most.
    SlotsOutOfRange,
    /// The tiers' shares of the reward do not add up to one whole.
    RewardsAreNotOneWhole,
    /// The tiers' shares of the slots do not add up to one whole.
    SlotsAreNotOneWhole,
    /// A better tier cannot take less stake.
    ThresholdsRise,
    /// A tier takes a stake that is out of the network's range.
    ThresholdOutOfRange,
    /// Limits of the network are the wrong way round, or beyond what works anywhere.
    LimitsAreWrong,
    /// The network's shortest era has fewer blocks than its turn takes.
    EraTooShortForItsTurn,
}

/// The first error whose condition does not hold.
fn first<const N: usize>(rules: [(bool, ParameterError); N]) -> Result<(), ParameterError> {
    rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, error)| Err(error))
}

impl<N: PartialOrd> Range<N> {
    /// Whether `n` is in the range.
    pub fn contains(&self, n: &N) -> bool {
        self.least <= *n && *n <= self.most
    }

    fn is_within(&self, least: N, most: N) -> bool {
        least <= self.least && self.least <= self.most && self.most <= most
    }
}

impl Limits {
    /// Whether the limits can be worked with at this cadence: no era may be shorter than its turn.
    pub fn check(&self, cadence: &Cadence) -> Result<(), ParameterError> {
        use ParameterError::*;
        let all_right = self.era_millis.is_within(1, u64::MAX)
            && self.cycle_millis.is_within(1, u64::MAX)
            && self.period_millis.is_within(1, u64::MAX)
            && self.retention.is_within(1, MAX_RETENTION)
            && self.minimum.is_within(1, Balance::MAX)
            && self.unlocking_eras.is_within(1, u32::MAX)
            && self.threshold.is_within(Perbill::zero(), Perbill::one());
        first([(all_right, LimitsAreWrong), (self.max_dapps(cadence) > 0, EraTooShortForItsTurn)])
    }

    /// The most dApps whose turn fits into every era.
    pub fn max_dapps(&self, cadence: &Cadence) -> u32 {
        dapps_for(cadence.blocks(Duration::from_millis(self.era_millis.least)))
    }
}

impl Timetable {
    /// Whether the network can have this timetable.
    pub fn check(&self, limits: &Limits) -> Result<(), ParameterError> {
        use ParameterError::*;
        let Shape { periods, voting_eras, earning_eras } = self.shape;
        let period_eras = u128::from(voting_eras) + u128::from(earning_eras);
        let period = u64::try_from(period_eras.saturating_mul(self.era_millis.into()));
        let eras = period_eras.saturating_mul(periods.into());
        let cycle = eras.saturating_mul(self.era_millis.into());
        // So that eras of many cycles can be counted.
        let cycle = u64::try_from(cycle).ok().filter(|_| eras <= u32::MAX.into());
        first([
            (limits.era_millis.contains(&self.era_millis), EraOutOfRange),
            (periods > 0 && voting_eras > 0 && earning_eras > 0, ShapeIsEmpty),
            (cycle.is_some_and(|cycle| limits.cycle_millis.contains(&cycle)), CycleOutOfRange),
            (period.is_ok_and(|period| limits.period_millis.contains(&period)), PeriodOutOfRange),
            (limits.retention.contains(&self.retention), RetentionOutOfRange),
        ])
    }
}

impl Parameters {
    /// Whether the network can have these parameters.
    pub fn check(&self, limits: &Limits) -> Result<(), ParameterError> {
        use ParameterError::*;
        let whole = |share: fn(&Tier) -> Perbill| {
            let sum: u64 = self.tiers.iter().map(|tier| u64::from(share(tier).deconstruct())).sum();
            sum == u64::from(Perbill::ACCURACY)
        };
        let minimums = [self.minimum_lock, self.minimum_stake];
        let falls = |pair: &[Tier]| pair[0].threshold >= pair[1].threshold;
        first([
            (minimums.iter().all(|minimum| limits.minimum.contains(minimum)), MinimumOutOfRange),
            (limits.unlocking_eras.contains(&self.unlocking_eras), UnlockingOutOfRange),
            ((1..=MAX_STAKES).contains(&self.max_stakes), StakesOutOfRange),
            ((1..=MAX_SLOTS).contains(&self.slots), SlotsOutOfRange),
            (whole(|tier| tier.reward), RewardsAreNotOneWhole),
            (whole(|tier| tier.slots), SlotsAreNotOneWhole),
            (self.tiers.windows(2).all(falls), ThresholdsRise),
            (self.tiers.iter().all(|tier| limits.threshold.contains(&tier.threshold)), ThresholdOutOfRange),
        ])
    }
}

const DAY: u64 = 24 * 60 * 60 * 1_000;

impl Default for Timetable {
    /// A year of days in three periods.
    fn default() -> Self {
        let shape = Shape { periods: 3, voting_eras: 11, earning_eras: 111 };
        Timetable { era_millis: DAY, shape, retention: 4 }
    }
}

impl Default for Parameters {
    /// The tiers of all networks.
    fn default() -> Self {
        let tier = |percent, slots, threshold| Tier {
            reward: Perbill::from_percent(percent),
            slots: Perbill::from_percent(slots),
            threshold: Perbill::from_rational(threshold, 100_000u32),
        };
        Parameters {
            minimum_lock: 500 * 10u128.pow(18),
            minimum_stake: 500 * 10u128.pow(18),
            unlocking_eras: 9,
            max_stakes: MAX_STAKES,
            slots: 100,
            tiers: [tier(40, 10, 3_570), tier(30, 20, 890), tier(20, 30, 238), tier(10, 40, 60)],
        }
    }
}

impl Default for Limits {
    /// Eras of six hours to a week, cycles of a quarter to two years, periods of two months to eight; minimums and unlocking of up to
    /// ten times and twice the default; thresholds from a sixth to three times the default.
    fn default() -> Self {
        Limits {
            era_millis: Range { least: DAY / 4, most: 7 * DAY },
            cycle_millis: Range { least: 90 * DAY, most: 731 * DAY },
            period_millis: Range { least: 61 * DAY, most: 244 * DAY },
            retention: Range { least: 1, most: MAX_RETENTION },
            minimum: Range { least: 1, most: 5_000 * 10u128.pow(18) },
            unlocking_eras: Range { least: 1, most: 18 },
            threshold: Range { least: Perbill::from_parts(100_000), most: Perbill::from_percent(10) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named() {
        use ParameterError::*;
        let limits = Limits::default();
        assert_eq!(Parameters::default().check(&limits), Ok(()));
        let faults: [(fn(&mut Parameters), ParameterError); 14] = [
            (|p| p.minimum_lock = 0, MinimumOutOfRange),
            (|p| p.minimum_stake = 0, MinimumOutOfRange),
            (|p| p.minimum_lock = 5_001 * 10u128.pow(18), MinimumOutOfRange),
            (|p| p.minimum_stake = u128::MAX, MinimumOutOfRange),
            (|p| p.unlocking_eras = 0, UnlockingOutOfRange),
            (|p| p.unlocking_eras = 19, UnlockingOutOfRange),
            (|p| p.max_stakes = 17, StakesOutOfRange),
            (|p| p.slots = 0, SlotsOutOfRange),
            (|p| p.slots = 129, SlotsOutOfRange),
            (|p| p.tiers[0].reward = Perbill::one(), RewardsAreNotOneWhole),
            (|p| p.tiers[0].slots = Perbill::zero(), SlotsAreNotOneWhole),
            (|p| p.tiers[3].threshold = Perbill::from_percent(5), ThresholdsRise),
            (|p| p.tiers[3].threshold = Perbill::zero(), ThresholdOutOfRange),
            (|p| p.tiers[0].threshold = Perbill::from_percent(11), ThresholdOutOfRange),
        ];
        for (fault, error) in faults {
            let mut parameters = Parameters::default();
            fault(&mut parameters);
            assert_eq!(parameters.check(&limits), Err(error));
        }
    }

    #[test]
    fn every_fault_of_a_timetable_is_named() {
        use ParameterError::*;
        assert_eq!(Timetable::default().check(&Limits::default()), Ok(()));
        let faults: [(fn(&mut Timetable), ParameterError); 14] = [
            (|t| t.era_millis = 0, EraOutOfRange),
            (|t| t.era_millis = 1, EraOutOfRange),
            // Microseconds for milliseconds.
            (|t| t.era_millis *= 1_000, EraOutOfRange),
            (|t| t.shape.periods = 0, ShapeIsEmpty),
            (|t| t.shape.voting_eras = 0, ShapeIsEmpty),
            (|t| t.shape.earning_eras = 0, ShapeIsEmpty),
            (|t| t.shape.earning_eras = 10, CycleOutOfRange),
            (|t| t.shape.periods = 6, CycleOutOfRange),
            (|t| t.shape.periods = u32::MAX, CycleOutOfRange),
            (
                |t| t.shape = Shape { periods: u32::MAX, voting_eras: u32::MAX, earning_eras: u32::MAX },
                CycleOutOfRange,
            ),
            // A year of half days: what was kept for sixteen months would expire in two days.
            (
                |t| {
                    t.era_millis = DAY / 4;
                    t.shape = Shape { periods: 366, voting_eras: 1, earning_eras: 1 };
                },
                PeriodOutOfRange,
            ),
            (|t| t.shape = Shape { periods: 1, voting_eras: 1, earning_eras: 300 }, PeriodOutOfRange),
            (|t| t.retention = 0, RetentionOutOfRange),
            (|t| t.retention = 9, RetentionOutOfRange),
        ];
        for (fault, error) in faults {
            let mut timetable = Timetable::default();
            fault(&mut timetable);
            assert_eq!(timetable.check(&Limits::default()), Err(error), "{timetable:?}");
        }
    }

    #[test]
    fn limits_leave_each_era_the_blocks_of_its_turn() {
        use ParameterError::*;
        let limits = |least| Limits { era_millis: Range { least, most: 7 * DAY }, ..Limits::default() };
        let (slow, fast) = (&cadence::SYNCHRONOUS, &cadence::ASYNCHRONOUS);
        assert_eq!(Limits::default().check(slow), Ok(()));
        assert_eq!(Limits::default().max_dapps(slow), crate::MAX_DAPPS);
        assert_eq!(limits(60_000).check(slow), Ok(()));
        assert_eq!((limits(60_000).max_dapps(slow), limits(60_000).max_dapps(fast)), (49, 299));
        assert_eq!(limits(48_000).check(slow), Err(EraTooShortForItsTurn));
        assert_eq!(limits(48_000).check(fast), Ok(()));
        let wrong = Limits { retention: Range { least: 1, most: 9 }, ..Limits::default() };
        assert_eq!(wrong.check(fast), Err(LimitsAreWrong));
        let wrong = Limits { unlocking_eras: Range { least: 3, most: 2 }, ..Limits::default() };
        assert_eq!(wrong.check(fast), Err(LimitsAreWrong));
    }
}
