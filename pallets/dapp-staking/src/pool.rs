//! A pool of rewards that is shared by points. Each holder of points can claim a share at any time.
//!
//! A claim pays `unpaid * points claimed / points left`, rounded down. So the last claim takes the rest.
//! Claims add up to the pool exactly, in whatever order they come and however they are divided. To divide a
//! claim into several never pays more.
//!
//! A staker's points are stake times [`points_per_unit`], summed over the eras. A running sum of the points
//! per unit turns any number of eras into one multiplication. The bonus has one point for each unit of voting
//! stake.

use codec::{Decode, Encode, MaxEncodedLen};
use pallet_inflation::Balance;
use scale_info::TypeInfo;
use sp_core::{U256, U512};

/// One point of a staker stands for `2^-96` of a unit of reward.
const FRACTION_BITS: usize = 96;

/// The points of one unit of stake if `reward` is shared by `staked`. Zero if nothing is staked.
pub fn points_per_unit(reward: Balance, staked: Balance) -> U256 {
    (U256::from(reward) << FRACTION_BITS).checked_div(staked.into()).unwrap_or_default()
}

/// A pool of rewards, and the points that share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pool {
    /// The rewards that are not claimed yet.
    pub unpaid: Balance,
    /// The points whose share is not claimed yet.
    pub points: U256,
}

impl Pool {
    /// Adds `amount` to the rewards, and `points` to those that share them.
    pub fn add(&mut self, amount: Balance, points: U256) {
        self.unpaid = self.unpaid.saturating_add(amount);
        self.points = self.points.saturating_add(points);
    }

    /// Removes the share of `points` and returns it.
    pub fn claim(&mut self, points: U256) -> Balance {
        if points.is_zero() {
            return 0;
        }
        let amount = if points >= self.points {
            self.unpaid
        } else {
            // The share is less than `unpaid`, so it fits.
            (U512::from(self.unpaid) * U512::from(points) / U512::from(self.points)).low_u128()
        };
        self.unpaid = self.unpaid.saturating_sub(amount);
        self.points = self.points.saturating_sub(points);
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn claims_add_up_to_the_pool(
            amount in 0..u128::MAX / 4,
            stakes in prop::collection::vec(1..1u128 << 90, 1..20),
        ) {
            let staked = stakes.iter().sum();
            let per_unit = points_per_unit(amount, staked);
            let mut pool = Pool::default();
            pool.add(amount, per_unit * U256::from(staked));
            let mut claimed = 0;
            for stake in &stakes {
                let claim = pool.claim(per_unit * U256::from(*stake));
                let fair = pallet_inflation::share(amount, *stake, staked);
                prop_assert!(claim.abs_diff(fair) <= stakes.len() as u128, "{claim} {fair}");
                claimed += claim;
            }
            if amount > 0 {
                prop_assert_eq!(claimed, amount);
            }
            prop_assert_eq!(pool.points, U256::zero());
        }

        #[test]
        fn dividing_a_claim_never_pays_more(
            amount: u128, others: u64, parts in prop::collection::vec(1..u64::MAX, 1..10),
        ) {
            let own = parts.iter().fold(U256::zero(), |sum, part| sum + U256::from(*part));
            let mut at_once = Pool::default();
            at_once.add(amount, own + U256::from(others));
            let mut in_parts = at_once;
            let claimed: u128 = parts.iter().map(|part| in_parts.claim((*part).into())).sum();
            prop_assert!(claimed <= at_once.claim(own));
        }
    }

    #[test]
    fn nobody_shares_what_nobody_earned() {
        assert_eq!(points_per_unit(100, 0), U256::zero());
        let mut pool = Pool { unpaid: 5, points: U256::zero() };
        assert_eq!(pool.claim(U256::zero()), 0);
    }

    #[test]
    fn the_largest_numbers_fit() {
        let mut pool = Pool { unpaid: u128::MAX, points: U256::MAX };
        assert_eq!(pool.claim(U256::MAX - 1), u128::MAX - 1);
        assert_eq!(pool.claim(U256::one()), 1);
    }
}
