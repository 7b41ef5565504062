//! A pot that is shared by points, whenever each holder comes for his share.
//!
//! A claim takes the share of what is left that its points are of the points left, rounded down. So
//! the last claim takes the rest: claims add up to the pot exactly, in whatever order they come and
//! however they are cut; and cutting one into several never brings more.
//!
//! Stakers' points are stake times [`rate`], summed over the eras. A running sum of the rates turns
//! any number of eras into one multiplication.

use codec::{Decode, Encode, MaxEncodedLen};
use pallet_inflation::Balance;
use scale_info::TypeInfo;
use sp_core::{U256, U512};

/// Points per unit of stake are reckoned in `2^-96` of a unit of reward.
const FRACTION_BITS: usize = 96;

/// Points that a unit of stake gets if `reward` is shared by `staked`; none if nothing is staked.
pub fn rate(reward: Balance, staked: Balance) -> U256 {
    (U256::from(reward) << FRACTION_BITS).checked_div(staked.into()).unwrap_or_default()
}

/// A pot and the points that share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pool {
    /// What was not claimed yet.
    pub unpaid: Balance,
    /// The points that did not claim yet.
    pub points: U256,
}

impl Pool {
    /// Puts `amount` in, and lets `points` more share.
    pub fn add(&mut self, amount: Balance, points: U256) {
        self.unpaid = self.unpaid.saturating_add(amount);
        self.points = self.points.saturating_add(points);
    }

    /// Takes out the share of `points`.
    pub fn take(&mut self, points: U256) -> Balance {
        if points.is_zero() {
            return 0;
        }
        let amount = if points >= self.points {
            self.unpaid
        } else {
            // Less than `unpaid`, so it fits.
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
        fn claims_add_up_to_the_pot(
            amount in 0..u128::MAX / 4,
            stakes in prop::collection::vec(1..1u128 << 90, 1..20),
        ) {
            let staked = stakes.iter().sum();
            let rate = rate(amount, staked);
            let mut pool = Pool::default();
            pool.add(amount, rate * U256::from(staked));
            let mut claimed = 0;
            for stake in &stakes {
                let claim = pool.take(rate * U256::from(*stake));
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
        fn cutting_a_claim_brings_no_more(amount: u128, others: u64, cuts in prop::collection::vec(1..u64::MAX, 1..10)) {
            let own = cuts.iter().fold(U256::zero(), |sum, cut| sum + U256::from(*cut));
            let mut at_once = Pool::default();
            at_once.add(amount, own + U256::from(others));
            let mut in_parts = at_once;
            let parts: u128 = cuts.iter().map(|cut| in_parts.take((*cut).into())).sum();
            prop_assert!(parts <= at_once.take(own));
        }
    }

    #[test]
    fn nobody_shares_what_nobody_earned() {
        assert_eq!(rate(100, 0), U256::zero());
        let mut pool = Pool { unpaid: 5, points: U256::zero() };
        assert_eq!(pool.take(U256::zero()), 0);
    }

    #[test]
    fn the_largest_numbers_fit() {
        let mut pool = Pool { unpaid: u128::MAX, points: U256::MAX };
        assert_eq!(pool.take(U256::MAX - 1), u128::MAX - 1);
        assert_eq!(pool.take(U256::one()), 1);
    }
}
