//! The plan of a cycle, and how its amounts are divided.
//!
//! When a cycle begins, its maximum is split among the purposes of minting ([`Split`]). Each of these amounts
//! is divided among the eras, the earning eras or the periods of the cycle. [`split`] and [`part`] make all
//! of these divisions. Their parts add up to the whole, so rounding loses nothing over a cycle.

use crate::Balance;
use cadence::Change;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding, traits::UniqueSaturatedInto, PerThing, Perbill,
    Rounding,
};

/// Declares types for data that governance sets. The types can be stored, can be in calls and events, and can
/// be in the JSON of a genesis. The caller imports the derive macros that are not in the prelude.
#[macro_export]
macro_rules! governance_data {
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

/// `amount * numerator / denominator`, rounded down, and at most `amount`. Zero if `denominator` is zero.
pub fn share(amount: Balance, numerator: u128, denominator: u128) -> Balance {
    if numerator >= denominator {
        return if denominator == 0 { 0 } else { amount };
    }
    // The result is at most `amount`, so it always fits.
    multiply_by_rational_with_rounding(amount, numerator, denominator, Rounding::Down).unwrap_or(amount)
}

/// Part number `index`, counted from zero, of the `parts` parts of `total`. The parts add up to `total` and
/// differ by one at most. Zero for an `index` past the last part.
pub fn part(total: Balance, parts: u32, index: u32) -> Balance {
    let up_to = |n: u32| share(total, n.into(), parts.into());
    up_to(index.saturating_add(1)).saturating_sub(up_to(index))
}

/// Splits `total` by `shares`. If the shares add up to one whole, the amounts add up to `total`.
pub fn split<const N: usize>(total: Balance, shares: [Perbill; N]) -> [Balance; N] {
    let mut parts = 0u128;
    let up_to = |parts| share(total, parts, Perbill::ACCURACY.into());
    shares.map(|share| {
        let before = up_to(parts);
        parts = parts.saturating_add(share.deconstruct().into());
        up_to(parts).saturating_sub(before)
    })
}

governance_data! {
    /// One value for each purpose of minting.
    #[derive(Default)]
    pub struct Split<T> {
        /// For the treasury, which governance spends.
        pub treasury: T,
        /// For the authors of blocks.
        pub collators: T,
        /// For the owners of dApps that reach a tier.
        pub dapps: T,
        /// For stakers, however much is staked.
        pub base: T,
        /// For stakers, in full if the ideal rate of staking is reached, and in proportion below it.
        pub adjustable: T,
        /// For what was staked in voting eras and kept to the end of the period.
        pub bonus: T,
    }

    /// How much is minted, and for which purposes.
    pub struct Parameters {
        /// The most that a cycle may mint, as a share of the issuance at its start.
        pub maximum: Perbill,
        /// The share of the maximum for each purpose. The shares add up to one whole.
        pub shares: Split<Perbill>,
        /// The share of the issuance that should be staked. Above zero.
        pub ideal_staking: Perbill,
    }

    /// The number of periods and eras in a cycle.
    #[derive(Default)]
    pub struct Shape {
        /// Periods of the cycle.
        pub periods: u32,
        /// Eras of a period in which stakes are placed and nobody earns.
        pub voting_eras: u32,
        /// Eras of a period in which stakers and dApps earn.
        pub earning_eras: u32,
    }
}

impl<T: Copy> Split<T> {
    fn values(&self) -> [T; 6] {
        [self.treasury, self.collators, self.dapps, self.base, self.adjustable, self.bonus]
    }
}

impl Split<Perbill> {
    /// Whether the shares add up to one whole.
    pub fn is_whole(&self) -> bool {
        let sum: u64 = self.values().iter().map(|share| u64::from(share.deconstruct())).sum();
        sum == u64::from(Perbill::ACCURACY)
    }

    /// Splits `total` by these shares.
    pub fn of(&self, total: Balance) -> Split<Balance> {
        let [treasury, collators, dapps, base, adjustable, bonus] = split(total, self.values());
        Split { treasury, collators, dapps, base, adjustable, bonus }
    }
}

impl Default for Parameters {
    /// At most seven percent a cycle, with an ideal rate of staking of one half.
    fn default() -> Self {
        Parameters {
            maximum: Perbill::from_percent(7),
            shares: Split {
                treasury: Perbill::from_percent(5),
                collators: Perbill::from_percent(3),
                dapps: Perbill::from_percent(20),
                base: Perbill::from_percent(25),
                adjustable: Perbill::from_percent(35),
                bonus: Perbill::from_percent(12),
            },
            ideal_staking: Perbill::from_percent(50),
        }
    }
}

impl Shape {
    /// The number of eras in one period.
    pub fn period_eras(&self) -> u32 {
        self.voting_eras.saturating_add(self.earning_eras)
    }
}

/// The amounts of a cycle, the parameters that they were made from, and how far the cycle has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Plan {
    /// The parameters in force when the cycle began. Parameters that are set later are for the next plan.
    pub parameters: Parameters,
    /// The shape of the cycle.
    pub shape: Shape,
    /// The sum of `amounts`: what the cycle mints if all of it is earned and claimed.
    pub maximum: Balance,
    /// The amount for each purpose.
    pub amounts: Split<Balance>,
    /// The number of eras that have begun.
    pub eras: u32,
    /// The number of earning eras that have ended.
    pub earning_eras: u32,
    /// The number of periods that have ended.
    pub periods: u32,
}

impl Plan {
    /// The plan of a cycle that begins with this issuance.
    pub fn new(issuance: Balance, parameters: Parameters, shape: Shape) -> Self {
        let maximum = share(issuance, parameters.maximum.deconstruct().into(), u128::from(Perbill::ACCURACY));
        let amounts = parameters.shares.of(maximum);
        Plan { parameters, shape, maximum, amounts, eras: 0, earning_eras: 0, periods: 0 }
    }

    /// Begins the next era, and returns the amounts for the treasury and the collators.
    pub(crate) fn begin_era(&mut self) -> (Balance, Balance) {
        let eras = self.shape.period_eras().saturating_mul(self.shape.periods);
        let index = self.eras;
        self.eras = self.eras.saturating_add(1);
        (part(self.amounts.treasury, eras, index), part(self.amounts.collators, eras, index))
    }

    /// Ends an earning era, and returns its amounts: base, adjustable, and for dApps.
    pub(crate) fn end_earning_era(&mut self) -> (Balance, Balance, Balance) {
        let parts = self.earning_eras_of_all_periods();
        let index = self.earning_eras;
        self.earning_eras = self.earning_eras.saturating_add(1);
        let of = |amount| part(amount, parts, index);
        (of(self.amounts.base), of(self.amounts.adjustable), of(self.amounts.dapps))
    }

    /// Ends a period, and returns its bonus.
    pub(crate) fn end_period(&mut self) -> Balance {
        let index = self.periods;
        self.periods = self.periods.saturating_add(1);
        part(self.amounts.bonus, self.shape.periods, index)
    }

    /// The number of earning eras in the whole cycle.
    pub fn earning_eras_of_all_periods(&self) -> u32 {
        self.shape.earning_eras.saturating_mul(self.shape.periods)
    }
}

/// An amount that is paid block by block, and the part of it that is paid already.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Flow {
    pub total: Balance,
    pub paid: Balance,
}

/// The payments of an era, block by block. Of `n` blocks, block `start + i` brings the sum of all payments to
/// `total * i / n`, rounded down. So the sum that is paid at a moment does not depend on the block time.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Stream<BlockNumber> {
    /// The block in which the era began, or the last block before a change of cadence. The first payment is
    /// made in the block after it.
    pub start: BlockNumber,
    /// The block of the last payment, in which the next era begins.
    pub end: BlockNumber,
    /// The payments to the treasury.
    pub treasury: Flow,
    /// The payments to the collators.
    pub collators: Flow,
}

impl<BlockNumber: Copy + UniqueSaturatedInto<u128>> Stream<BlockNumber> {
    /// The part of `flow` that is due by block `now` and not yet paid.
    pub fn due(&self, flow: &Flow, now: BlockNumber) -> Balance {
        let (start, now): (u128, u128) = (self.start.unique_saturated_into(), now.unique_saturated_into());
        let released = share(flow.total, now.saturating_sub(start), self.blocks());
        released.saturating_sub(flow.paid)
    }

    /// The remaining payments at another block time. They take the same time as before.
    pub fn rescaled(&self, change: &Change) -> Self
    where
        BlockNumber: From<u32> + UniqueSaturatedInto<u32>,
    {
        let left = |flow: &Flow| Flow { total: flow.total.saturating_sub(flow.paid), paid: 0 };
        Stream {
            start: change.to.origin.into(),
            end: change.deadline(self.end.unique_saturated_into()).unwrap_or(change.to.origin).into(),
            treasury: left(&self.treasury),
            collators: left(&self.collators),
        }
    }

    /// The number of blocks of the era, or of the part that was left of it when the cadence changed.
    pub fn blocks(&self) -> u128 {
        let (start, end): (u128, u128) =
            (self.start.unique_saturated_into(), self.end.unique_saturated_into());
        end.saturating_sub(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHAPE: Shape = Shape { periods: 3, voting_eras: 11, earning_eras: 111 };

    proptest! {
        #[test]
        fn parts_add_up_and_differ_by_one_at_most(total: u128, parts in 1u32..500) {
            let all: Vec<_> = (0..parts).map(|i| part(total, parts, i)).collect();
            prop_assert_eq!(all.iter().sum::<u128>(), total);
            let (least, most) = (all.iter().min().unwrap(), all.iter().max().unwrap());
            prop_assert!(most - least <= 1);
            prop_assert_eq!(part(total, parts, parts), 0);
        }

        #[test]
        fn a_whole_splits_into_itself(total: u128, cuts in prop::array::uniform5(0..=1_000_000_000u32)) {
            let mut cuts = cuts;
            cuts.sort();
            let between = |i: usize| {
                let from = if i == 0 { 0 } else { cuts[i - 1] };
                let to = if i == 5 { 1_000_000_000 } else { cuts[i] };
                Perbill::from_parts(to - from)
            };
            let shares = Split {
                treasury: between(0), collators: between(1), dapps: between(2),
                base: between(3), adjustable: between(4), bonus: between(5),
            };
            prop_assert!(shares.is_whole());
            prop_assert_eq!(shares.of(total).values().iter().sum::<u128>(), total);
        }

        #[test]
        fn a_cycle_gives_out_its_whole_plan(issuance in 0..u128::MAX / 2) {
            let mut plan = Plan::new(issuance, Parameters::default(), SHAPE);
            let mut given = 0u128;
            for _ in 0..SHAPE.periods {
                for era in 0..SHAPE.period_eras() {
                    let (treasury, collators) = plan.begin_era();
                    given += treasury + collators;
                    if era >= SHAPE.voting_eras {
                        let (base, adjustable, dapps) = plan.end_earning_era();
                        given += base + adjustable + dapps;
                    }
                }
                given += plan.end_period();
            }
            prop_assert_eq!(given, plan.maximum);
            prop_assert_eq!(plan.maximum, issuance / 100 * 7 + issuance % 100 * 7 / 100);
        }

        #[test]
        fn a_moment_finds_the_same_paid_at_twice_the_blocks(
            total: u128, blocks in 1u32..100_000, at in 0u32..100_000,
        ) {
            let (flow, none) = (Flow { total, paid: 0 }, Flow::default());
            let stream = |end| Stream { start: 0u32, end, treasury: none, collators: none };
            prop_assert_eq!(stream(blocks).due(&flow, at), stream(2 * blocks).due(&flow, 2 * at));
            prop_assert_eq!(stream(blocks).due(&flow, blocks), total);
        }

        #[test]
        fn a_change_of_cadence_pays_the_same_at_every_moment(
            total in 0..u128::MAX / 4, start in 0u32..1_000, blocks in 1u32..1_000, after in 0u32..1_000,
            later in 0u32..1_000,
        ) {
            let after = after % blocks;
            let mut stream = Stream {
                start, end: start + blocks, treasury: Flow { total, paid: 0 }, collators: Flow::default(),
            };
            stream.treasury.paid = stream.due(&stream.treasury, start + after);
            let at = start + after;
            let change = Change::of_cadence(cadence::SYNCHRONOUS, cadence::ASYNCHRONOUS, at);
            let rescaled = stream.rescaled(&change);
            let later = later % (blocks - after + 1);
            let old = stream.due(&stream.treasury, at + later);
            let new = rescaled.due(&rescaled.treasury, at + 2 * later);
            prop_assert!(old.abs_diff(new) <= 1, "{old} {new}");
            prop_assert_eq!(rescaled.due(&rescaled.treasury, rescaled.end) + stream.treasury.paid, total);
        }
    }

    #[test]
    fn a_share_is_exact_where_the_product_overflows() {
        assert_eq!(share(u128::MAX, u128::MAX - 1, u128::MAX), u128::MAX - 1);
        assert_eq!((share(7, 1, 0), share(7, 0, 0)), (0, 0));
        assert_eq!(share(7, 3, 2), 7);
    }

    #[test]
    fn shares_that_do_not_add_up_to_one_whole_are_found() {
        let mut shares = Parameters::default().shares;
        assert!(shares.is_whole());
        shares.bonus = Perbill::from_percent(13);
        assert!(!shares.is_whole());
    }
}
