//! The figures of dApp staking that differ between networks. They are data on chain, set at genesis and
//! changed by governance within the network's [`Limits`].
//!
//! A [`Timetable`] decides how much is minted in a year, and for how long it can be claimed. It is in force
//! for whole cycles. The [`Parameters`] decide how what a cycle mints is distributed. They are in force at
//! once.

use crate::{
    tiers::{Tier, MAX_SLOTS, TIERS},
    turn::max_dapps_in_era,
};
use cadence::{Cadence, Duration};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use pallet_inflation::{governance_data, Balance, Shape};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{PerThing, Perbill};

/// The most dApps that an account can stake on at once, whatever the parameters allow.
pub const MAX_STAKES: u32 = 16;
/// The most periods for which rewards can be kept, on any network.
pub const MAX_RETENTION: u32 = 8;

governance_data! {
    /// The length of an era, the number of eras in a cycle, and how long rewards are kept.
    pub struct Timetable {
        /// The length of an era, in milliseconds.
        pub era_millis: u64,
        /// The periods of a cycle, and the eras of a period.
        pub shape: Shape,
        /// The number of periods after a period in which its rewards can be claimed.
        pub retention: u32,
    }

    /// The figures that are in force at once. Amounts are in the smallest unit of the token.
    pub struct Parameters {
        /// The smallest amount that an account can have locked.
        pub minimum_lock: Balance,
        /// The smallest amount that an account can have staked on a dApp.
        pub minimum_stake: Balance,
        /// The number of whole eras until an amount that is being unlocked is free.
        pub unlocking_eras: u32,
        /// The most dApps that an account can stake on at once.
        pub max_stakes: u32,
        /// The number of slots of all tiers together.
        pub slots: u32,
        /// The tiers, best first.
        pub tiers: [Tier; TIERS],
    }

    /// The values that a figure can have: from `least` to `most`, both included.
    pub struct Range<N> {
        /// The smallest value.
        pub least: N,
        /// The largest value.
        pub most: N,
    }

    /// The ranges of timetables and parameters on this network. Fixed at genesis.
    pub struct Limits {
        /// The length of an era, in milliseconds.
        pub era_millis: Range<u64>,
        /// The length of a cycle, in milliseconds. A cycle plans the same share of the issuance whatever its
        /// length, so short cycles mint more in a year.
        pub cycle_millis: Range<u64>,
        /// The length of a period, in milliseconds. Rewards are kept for a number of periods. If later
        /// periods could be very short, rewards would expire before their owners notice.
        pub period_millis: Range<u64>,
        /// The number of periods for which rewards are kept.
        pub retention: Range<u32>,
        /// The minimum lock, and the minimum stake.
        pub minimum: Range<Balance>,
        /// The number of whole eras until an amount that is being unlocked is free.
        pub unlocking_eras: Range<u32>,
        /// The stake that a tier requires, as a share of the issuance.
        pub threshold: Range<Perbill>,
    }
}

/// The reason why a network cannot have a timetable, parameters or limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub enum ParameterError {
    /// The length of an era is out of the network's range.
    EraOutOfRange,
    /// A cycle must have a period, and a period must have a voting era and an earning era.
    ShapeIsEmpty,
    /// The length of a cycle is out of the network's range.
    CycleOutOfRange,
    /// The length of a period is out of the network's range.
    PeriodOutOfRange,
    /// The number of periods for which rewards are kept is out of the network's range.
    RetentionOutOfRange,
    /// The minimum lock or the minimum stake is out of the network's range.
    MinimumOutOfRange,
    /// The number of eras that unlocking takes is out of the network's range.
    UnlockingOutOfRange,
    /// The number of dApps that an account can stake on must be from 1 to 16.
    StakesOutOfRange,
    /// The number of slots must be from 1 to 128.
    SlotsOutOfRange,
    /// The tiers' shares of the reward do not add up to one whole.
    RewardsAreNotOneWhole,
    /// The tiers' shares of the slots do not add up to one whole.
    SlotsAreNotOneWhole,
    /// A better tier requires less stake than a worse one.
    ThresholdsRise,
    /// The stake that a tier requires is out of the network's range.
    ThresholdOutOfRange,
    /// A limit of the network has its least value above its most, or a value that works on no network.
    LimitsAreWrong,
    /// The network's shortest era has fewer blocks than the turn of an era takes.
    EraTooShortForItsTurn,
}

/// Fails with the error of the first rule that does not hold.
fn check_all<const N: usize>(rules: [(bool, ParameterError); N]) -> Result<(), ParameterError> {
    rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, error)| Err(error))
}

impl<N: PartialOrd> Range<N> {
    /// Whether `n` is in the range.
    pub fn contains(&self, n: &N) -> bool {
        self.least <= *n && *n <= self.most
    }

    /// Whether the range is not empty and lies within `least` and `most`.
    fn is_within(&self, least: N, most: N) -> bool {
        least <= self.least && self.least <= self.most && self.most <= most
    }
}

impl Limits {
    /// Checks whether a network can have these limits at this cadence. No era may be shorter than its turn.
    ///
    /// Fails with [`ParameterError::LimitsAreWrong`] or [`ParameterError::EraTooShortForItsTurn`].
    pub fn check(&self, cadence: &Cadence) -> Result<(), ParameterError> {
        use ParameterError::*;
        let are_right = self.era_millis.is_within(1, u64::MAX)
            && self.cycle_millis.is_within(1, u64::MAX)
            && self.period_millis.is_within(1, u64::MAX)
            && self.retention.is_within(1, MAX_RETENTION)
            && self.minimum.is_within(1, Balance::MAX)
            && self.unlocking_eras.is_within(1, u32::MAX)
            && self.threshold.is_within(Perbill::zero(), Perbill::one());
        check_all([(are_right, LimitsAreWrong), (self.max_dapps(cadence) > 0, EraTooShortForItsTurn)])
    }

    /// The most dApps that can be ranked in every era at this cadence.
    pub fn max_dapps(&self, cadence: &Cadence) -> u32 {
        max_dapps_in_era(cadence.blocks(Duration::from_millis(self.era_millis.least)))
    }
}

impl Timetable {
    /// Checks whether a network with these limits can have this timetable.
    ///
    /// Fails with the [`ParameterError`] of the first figure that is wrong.
    pub fn check(&self, limits: &Limits) -> Result<(), ParameterError> {
        use ParameterError::*;
        let Shape { periods, voting_eras, earning_eras } = self.shape;
        let period_eras = u128::from(voting_eras) + u128::from(earning_eras);
        let period = u64::try_from(period_eras.saturating_mul(self.era_millis.into()));
        let eras = period_eras.saturating_mul(periods.into());
        let cycle = eras.saturating_mul(self.era_millis.into());
        // The number of eras has to fit into its type, too.
        let cycle = u64::try_from(cycle).ok().filter(|_| eras <= u32::MAX.into());
        check_all([
            (limits.era_millis.contains(&self.era_millis), EraOutOfRange),
            (periods > 0 && voting_eras > 0 && earning_eras > 0, ShapeIsEmpty),
            (cycle.is_some_and(|cycle| limits.cycle_millis.contains(&cycle)), CycleOutOfRange),
            (period.is_ok_and(|period| limits.period_millis.contains(&period)), PeriodOutOfRange),
            (limits.retention.contains(&self.retention), RetentionOutOfRange),
        ])
    }
}

impl Parameters {
    /// Checks whether a network with these limits can have these parameters.
    ///
    /// Fails with the [`ParameterError`] of the first figure that is wrong.
    pub fn check(&self, limits: &Limits) -> Result<(), ParameterError> {
        use ParameterError::*;
        let whole = |share: fn(&Tier) -> Perbill| {
            let sum: u64 = self.tiers.iter().map(|tier| u64::from(share(tier).deconstruct())).sum();
            sum == u64::from(Perbill::ACCURACY)
        };
        let minimums = [self.minimum_lock, self.minimum_stake];
        let falls = |pair: &[Tier]| pair[0].threshold >= pair[1].threshold;
        check_all([
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
    /// A year: eras of a day, in three periods.
    fn default() -> Self {
        let shape = Shape { periods: 3, voting_eras: 11, earning_eras: 111 };
        Timetable { era_millis: DAY, shape, retention: 4 }
    }
}

impl Default for Parameters {
    /// Minimums of 500 tokens, nine eras of unlocking, and the tiers of all networks.
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
    /// Eras of six hours to a week, cycles of 90 to 731 days, and periods of two to eight months. Minimums of
    /// up to ten times the default, and unlocking of up to twice the default. Thresholds of 0.01 to 10 %.
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
        let faults: [(fn(&mut Parameters), ParameterError); 15] = [
            (|p| p.minimum_lock = 0, MinimumOutOfRange),
            (|p| p.minimum_stake = 0, MinimumOutOfRange),
            (|p| p.minimum_lock = 5_001 * 10u128.pow(18), MinimumOutOfRange),
            (|p| p.minimum_stake = u128::MAX, MinimumOutOfRange),
            (|p| p.unlocking_eras = 0, UnlockingOutOfRange),
            (|p| p.unlocking_eras = 19, UnlockingOutOfRange),
            (|p| p.max_stakes = 0, StakesOutOfRange),
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
        // Tiers may differ by the reward alone.
        let mut parameters = Parameters::default();
        parameters.tiers[1].threshold = parameters.tiers[0].threshold;
        assert_eq!(parameters.check(&limits), Ok(()));
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
            // 366 periods of half a day: rewards that were kept for sixteen months would expire in two days.
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

    /// Eras beyond the last number could not be told apart, however short they are.
    #[test]
    fn a_cycle_has_no_more_eras_than_have_a_number() {
        let any = Range { least: 1, most: u64::MAX };
        let limits = Limits { era_millis: any, cycle_millis: any, period_millis: any, ..Limits::default() };
        let check = |periods, voting_eras, earning_eras| {
            let shape = Shape { periods, voting_eras, earning_eras };
            Timetable { era_millis: 1, shape, retention: 1 }.check(&limits)
        };
        let too_many = Err(ParameterError::CycleOutOfRange);
        assert_eq!(check(1, u32::MAX - 1, 1), Ok(()));
        assert_eq!(check(1, u32::MAX, 1), too_many);
        assert_eq!(check(65_535, 65_535, 1), Ok(()));
        assert_eq!(check(65_536, 65_535, 1), too_many);
    }

    #[test]
    fn a_range_contains_its_ends() {
        let range = Range { least: 3, most: 5 };
        assert_eq!([2, 3, 4, 5, 6].map(|n| range.contains(&n)), [false, true, true, true, false]);
    }

    #[test]
    fn a_limit_is_neither_empty_nor_beyond_what_works() {
        let faults: [fn(&mut Limits); 10] = [
            |l| l.era_millis.least = 0,
            |l| l.era_millis.most = l.era_millis.least - 1,
            |l| l.cycle_millis.least = 0,
            |l| l.period_millis.least = 0,
            |l| l.retention.least = 0,
            |l| l.retention.most = MAX_RETENTION + 1,
            |l| l.minimum.least = 0,
            |l| l.unlocking_eras.least = 0,
            |l| l.unlocking_eras.most = 0,
            |l| l.threshold.most = Perbill::zero(),
        ];
        for fault in faults {
            let mut limits = Limits::default();
            fault(&mut limits);
            let checked = limits.check(&cadence::ASYNCHRONOUS);
            assert_eq!(checked, Err(ParameterError::LimitsAreWrong), "{limits:?}");
        }
    }

    #[test]
    fn the_default_figures_are_those_of_their_docs() {
        let tokens = 10u128.pow(18);
        let Parameters { minimum_lock, minimum_stake, .. } = Parameters::default();
        assert_eq!((minimum_lock, minimum_stake), (500 * tokens, 500 * tokens));
        assert_eq!(Timetable::default().era_millis, 86_400_000);
        let limits = Limits::default();
        let hours = |range: Range<u64>| (range.least / 3_600_000, range.most / 3_600_000);
        assert_eq!(hours(limits.era_millis), (6, 7 * 24));
        assert_eq!(hours(limits.cycle_millis), (90 * 24, 731 * 24));
        assert_eq!(hours(limits.period_millis), (61 * 24, 244 * 24));
        assert_eq!(limits.minimum.most, 5_000 * tokens);
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
