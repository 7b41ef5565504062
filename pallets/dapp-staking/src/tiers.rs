//! The tiers: which dApps are rewarded for an era, and how much they get.
//!
//! dApps are ranked by stake. Of two with the same stake, the one that was registered earlier ranks higher.
//! The first tier takes dApps from the top of the ranking, as long as they reach its threshold and it has
//! free slots. The second tier goes on with the next dApp, and so on. So the number of rewarded dApps is the
//! number of slots at most, and the ranking keeps only that many.
//!
//! All slots of a tier are worth the same, up to one unit if the tier's part of the reward does not divide
//! evenly. Nobody is paid for a free slot.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Reverse;
use frame_support::{traits::ConstU32, BoundedVec};
use pallet_inflation::{governance_data, part, share, split, Balance};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{PerThing, Perbill};

/// The number of tiers.
pub const TIERS: usize = 4;
/// The most slots that all tiers can have together, whatever the parameters allow.
pub const MAX_SLOTS: u32 = 128;

governance_data! {
    /// One tier.
    pub struct Tier {
        /// The tier's share of an era's reward for dApps.
        pub reward: Perbill,
        /// The tier's share of the slots.
        pub slots: Perbill,
        /// The stake that a dApp needs to reach the tier, as a share of the issuance.
        pub threshold: Perbill,
    }
}

/// A dApp among the best so far.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ranked<Dapp> {
    /// The dApp.
    pub dapp: Dapp,
    /// The number of its registration. A smaller number is an earlier registration.
    pub number: u32,
    /// The stake that counted for it in the era.
    pub stake: Balance,
    /// The tier that it has reached, counted from zero, and its reward. None before the tiers are assigned,
    /// and if it has reached none.
    pub reward: Option<(u8, Balance)>,
}

/// The best dApps, best first.
pub type Ranking<Dapp> = BoundedVec<Ranked<Dapp>, ConstU32<MAX_SLOTS>>;

/// The stakes that the tiers require, at this issuance.
pub fn thresholds(tiers: &[Tier; TIERS], issuance: Balance) -> [Balance; TIERS] {
    tiers.map(|tier| share(issuance, tier.threshold.deconstruct().into(), Perbill::ACCURACY.into()))
}

/// Inserts a dApp at its rank, and drops what is ranked below the best `slots`.
pub fn insert<Dapp>(ranking: &mut Ranking<Dapp>, dapp: Ranked<Dapp>, slots: u32) {
    let key = |ranked: &Ranked<Dapp>| (Reverse(ranked.stake), ranked.number);
    let place = ranking.partition_point(|other| key(other) < key(&dapp));
    let mut list = core::mem::take(ranking).into_inner();
    list.insert(place, dapp);
    list.truncate(slots as usize);
    *ranking = BoundedVec::truncate_from(list);
}

/// Gives each ranked dApp its tier and its part of `pool`. Returns the sum of these parts.
pub fn assign_rewards<Dapp>(
    ranking: &mut Ranking<Dapp>,
    tiers: &[Tier; TIERS],
    thresholds: &[Balance; TIERS],
    slots: u32,
    pool: Balance,
) -> Balance {
    let pools = split(pool, tiers.map(|tier| tier.reward));
    let slots = split(slots.into(), tiers.map(|tier| tier.slots));
    let mut rewarded = 0u128;
    let mut next = ranking.iter_mut().peekable();
    for (tier, ((pool, slots), threshold)) in (0u8..).zip(pools.into_iter().zip(slots).zip(thresholds)) {
        // At most `MAX_SLOTS`.
        let slots = u32::try_from(slots).unwrap_or(MAX_SLOTS);
        for slot in 0..slots {
            let Some(dapp) = next.next_if(|dapp| dapp.stake >= *threshold && dapp.stake > 0) else { break };
            let amount = part(pool, slots, slot);
            dapp.reward = Some((tier, amount));
            rewarded = rewarded.saturating_add(amount);
        }
    }
    rewarded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parameters;
    use proptest::prelude::*;

    fn rank(stakes: &[Balance], slots: u32) -> Ranking<usize> {
        let mut ranking = Ranking::default();
        for (dapp, stake) in stakes.iter().enumerate() {
            let ranked = Ranked { dapp, number: dapp as u32, stake: *stake, reward: None };
            insert(&mut ranking, ranked, slots);
        }
        ranking
    }

    #[test]
    fn tiers_are_filled_from_the_top() {
        let tiers = Parameters::default().tiers;
        // One slot in the first tier, two, three and four in the others.
        let thresholds = [1_000, 500, 100, 10];
        let mut ranking = rank(&[5, 600, 2_000, 1_500, 1_200, 50, 1_200, 10], 10);
        let paid = assign_rewards(&mut ranking, &tiers, &thresholds, 10, 1_001);
        let rewards: Vec<_> = ranking.iter().map(|dapp| (dapp.dapp, dapp.reward)).collect();
        assert_eq!(
            rewards,
            [
                (2, Some((0, 400))),
                (3, Some((1, 150))),
                (4, Some((1, 150))),
                (6, Some((2, 66))),
                (1, Some((2, 67))),
                // Two slots of the third tier and two of the fourth stay free.
                (5, Some((3, 25))),
                (7, Some((3, 25))),
                (0, None),
            ]
        );
        assert_eq!(paid, 400 + 300 + 133 + 50);
    }

    #[test]
    fn full_tiers_get_the_whole_pool() {
        let tiers = Parameters::default().tiers;
        let mut ranking = rank(&[100; 200], 100);
        assert_eq!(ranking.len(), 100);
        // Of dApps with the same stake, the oldest.
        assert!(ranking.iter().all(|dapp| dapp.dapp < 100));
        assert_eq!(assign_rewards(&mut ranking, &tiers, &[1; 4], 100, 1_000_003), 1_000_003);
    }

    /// A threshold can be zero units if the issuance is small.
    #[test]
    fn a_dapp_without_stake_reaches_no_tier() {
        let mut ranking = rank(&[1, 0], 10);
        assign_rewards(&mut ranking, &Parameters::default().tiers, &[0; 4], 10, 1_000);
        let rewards: Vec<_> = ranking.iter().map(|dapp| dapp.reward).collect();
        assert_eq!(rewards, [Some((0, 400)), None]);
    }

    proptest! {
        /// Compares the rewards with those of the plain rule, applied to all dApps in order.
        #[test]
        fn keeping_only_the_best_changes_nothing(
            stakes in prop::collection::vec(0u128..300, 0..60),
            mut thresholds in prop::array::uniform4(0u128..300),
            slots in 0u32..20,
            pool in 0u128..10_000,
        ) {
            thresholds.sort_by_key(|threshold| Reverse(*threshold));
            let tiers = Parameters::default().tiers;
            let mut ranking = rank(&stakes, slots);
            let paid = assign_rewards(&mut ranking, &tiers, &thresholds, slots, pool);

            let mut all: Vec<_> = stakes.iter().copied().enumerate().collect();
            all.sort_by_key(|(dapp, stake)| (Reverse(*stake), *dapp));
            let mut all = all.into_iter().peekable();
            let mut expected = Vec::new();
            for (tier, share_of_slots) in [10u32, 20, 30, 40].into_iter().enumerate() {
                let before: u32 = [0, 10, 30, 60][tier];
                let free = slots * (before + share_of_slots) / 100 - slots * before / 100;
                for _ in 0..free {
                    match all.peek() {
                        Some((dapp, stake)) if *stake >= thresholds[tier] && *stake > 0 => {
                            expected.push((*dapp, tier as u8));
                            all.next();
                        }
                        _ => break,
                    }
                }
            }
            let got: Vec<_> = ranking
                .iter()
                .filter_map(|dapp| dapp.reward.map(|(tier, _)| (dapp.dapp, tier)))
                .collect();
            prop_assert_eq!(got, expected);
            prop_assert!(paid <= pool);
        }
    }
}
