//! A cycle's plan and how it is divided.
//!
//! At a cycle's start the most that it may mint is split among the recipients, and each of these
//! amounts among the eras, earning eras or periods of the cycle. Every division goes through
//! [`part`], whose parts add up to the whole: over a cycle nothing is lost by rounding.

use crate::Balance;
use cadence::Change;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding, traits::UniqueSaturatedInto, PerThing, Perbill,
    Rounding,
};

/// `amount * numerator / denominator`, rounded down, and at most `amount`. Nothing of nothing is
/// nothing: zero where `denominator` is zero.
pub fn share(amount: Balance, numerator: u128, denominator: u128) -> Balance {
    if numerator >= denominator {
        return if denominator == 0 { 0 } else { amount };
    }
    // The result is at most `amount`, so there is always one.
    multiply_by_rational_with_rounding(amount, numerator, denominator, Rounding::Down).unwrap_or(amount)
}

/// The `index`-th of `parts` parts of `total`. They add up to `total` and differ by one at most;
/// there is nothing past the last.
pub fn part(total: Balance, parts: u32, index: u32) -> Balance {
    let up_to = |n: u32| share(total, n.into(), parts.into());
    up_to(index.saturating_add(1)).saturating_sub(up_to(index))
}

/// `total` split by `shares`. If they are one whole, what comes of it adds up to `total`.
pub fn split<const N: usize>(total: Balance, shares: [Perbill; N]) -> [Balance; N] {
    let mut parts = 0u128;
    let up_to = |parts| share(total, parts, Perbill::ACCURACY.into());
    shares.map(|share| {
        let before = up_to(parts);
        parts = parts.saturating_add(share.deconstruct().into());
        up_to(parts).saturating_sub(before)
    })
}

/// One value for each purpose that is minted for.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
pub struct Split<T> {
    /// Spent by governance.
    pub treasury: T,
    /// For whoever authors blocks.
    pub collators: T,
    /// For the owners of dApps that reach a tier.
    pub dapps: T,
    /// For stakers, whatever is staked.
    pub base: T,
    /// For stakers, in full from the ideal rate of staking on, and less below it.
    pub adjustable: T,
    /// For what was staked while voting and kept to the period's end.
    pub bonus: T,
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

    /// `total` split by these shares.
    pub fn of(&self, total: Balance) -> Split<Balance> {
        let [treasury, collators, dapps, base, adjustable, bonus] = split(total, self.values());
        Split { treasury, collators, dapps, base, adjustable, bonus }
    }
}

/// How much is minted, and for what.
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
pub struct Parameters {
    /// The most that a cycle may mint, of the issuance at its start.
    pub maximum: Perbill,
    /// What each purpose may have of that; one whole in sum.
    pub shares: Split<Perbill>,
    /// The share of the issuance that should be staked; above zero.
    pub ideal_staking: Perbill,
}

impl Default for Parameters {
    /// At most seven percent a cycle; half of all is best staked.
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

/// What a cycle is made of.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
pub struct Shape {
    /// Periods of the cycle.
    pub periods: u32,
    /// Eras of a period in which stakes are placed and nobody earns.
    pub voting_eras: u32,
    /// Eras of a period in which stakers and dApps earn.
    pub earning_eras: u32,
}

impl Shape {
    /// Eras of one period.
    pub fn period_eras(&self) -> u32 {
        self.voting_eras.saturating_add(self.earning_eras)
    }
}

/// A cycle's amounts, what they were made from, and how far the cycle has come.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Plan {
    /// What the plan was made from; what is set later is for the next one.
    pub parameters: Parameters,
    pub shape: Shape,
    /// The sum of `amounts`: what the cycle mints if all of it is earned.
    pub maximum: Balance,
    pub amounts: Split<Balance>,
    /// Eras that have begun.
    pub eras: u32,
    /// Earning eras that have ended.
    pub earning_eras: u32,
    /// Periods that have ended.
    pub periods: u32,
}

impl Plan {
    /// The plan of a cycle that starts at this issuance.
    pub fn new(issuance: Balance, parameters: Parameters, shape: Shape) -> Self {
        let maximum = share(issuance, parameters.maximum.deconstruct().into(), u128::from(Perbill::ACCURACY));
        let amounts = parameters.shares.of(maximum);
        Plan { parameters, shape, maximum, amounts, eras: 0, earning_eras: 0, periods: 0 }
    }

    /// What the treasury and the collators get in the next era.
    pub(crate) fn begin_era(&mut self) -> (Balance, Balance) {
        let eras = self.shape.period_eras().saturating_mul(self.shape.periods);
        let index = self.eras;
        self.eras = self.eras.saturating_add(1);
        (part(self.amounts.treasury, eras, index), part(self.amounts.collators, eras, index))
    }

    /// What stakers (base, adjustable) and dApps may have of the earning era that ends.
    pub(crate) fn end_earning_era(&mut self) -> (Balance, Balance, Balance) {
        let parts = self.earning_eras_of_all_periods();
        let index = self.earning_eras;
        self.earning_eras = self.earning_eras.saturating_add(1);
        let of = |amount| part(amount, parts, index);
        (of(self.amounts.base), of(self.amounts.adjustable), of(self.amounts.dapps))
    }

    /// The bonus of the period that ends.
    pub(crate) fn end_period(&mut self) -> Balance {
        let index = self.periods;
        self.periods = self.periods.saturating_add(1);
        part(self.amounts.bonus, self.shape.periods, index)
    }

    /// Earning eras of the whole cycle.
    pub fn earning_eras_of_all_periods(&self) -> u32 {
        self.shape.earning_eras.saturating_mul(self.shape.periods)
    }
}

/// An amount that is paid block by block.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Flow {
    pub total: Balance,
    pub paid: Balance,
}

/// What an era pays block by block. Block `start + i` of `n` brings the sum of all payments to
/// `total * i / n`, rounded down; so a moment finds the same sum paid whatever the length of blocks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Stream<BlockNumber> {
    /// The block in which the era began, or the last one before a change of cadence; the first
    /// payment is in the one after it.
    pub start: BlockNumber,
    /// The block with the last payment, in which the next era begins.
    pub end: BlockNumber,
    pub treasury: Flow,
    pub collators: Flow,
}

impl<BlockNumber: Copy + UniqueSaturatedInto<u128>> Stream<BlockNumber> {
    /// What of the flow is due in block `now` and not yet paid.
    pub fn due(&self, flow: &Flow, now: BlockNumber) -> Balance {
        let (start, now): (u128, u128) = (self.start.unique_saturated_into(), now.unique_saturated_into());
        let released = share(flow.total, now.saturating_sub(start), self.blocks());
        released.saturating_sub(flow.paid)
    }

    /// What is left to pay, over the same time in blocks of another clock.
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

    /// Blocks of the era, or of what was left of it when the cadence changed.
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
            let stream = |end| Stream { start: 0u32, end, treasury: Flow::default(), collators: Flow::default() };
            let flow = Flow { total, paid: 0 };
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
            let (old, new) = (stream.due(&stream.treasury, at + later), rescaled.due(&rescaled.treasury, at + 2 * later));
            prop_assert!(old.abs_diff(new) <= 1, "{old} {new}");
            prop_assert_eq!(rescaled.due(&rescaled.treasury, rescaled.end) + stream.treasury.paid, total);
        }
    }

    #[test]
    fn a_share_is_exact_where_the_product_overflows() {
        assert_eq!(share(u128::MAX, u128::MAX - 1, u128::MAX), u128::MAX - 1);
        assert_eq!(share(7, 1, 0), 0);
        assert_eq!(share(7, 3, 2), 7);
    }

    #[test]
    fn shares_that_are_no_whole_are_seen() {
        let mut shares = Parameters::default().shares;
        assert!(shares.is_whole());
        shares.bonus = Perbill::from_percent(13);
        assert!(!shares.is_whole());
    }
}
