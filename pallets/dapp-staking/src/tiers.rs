//! Which dApps are rewarded for an era, and how much.
//!
//! dApps are ranked by stake, the older first among equals. The first tier takes from the top whoever
//! reaches its threshold until its slots are filled, then the second from whoever is next, and so
//! on. So no more than the best as many dApps as there are slots can be rewarded, and only those are
//! kept while ranking. All slots of a tier are worth the same, up to one unit where its part of the
//! era's reward does not divide; a free slot is not paid to anybody.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Reverse;
use frame_support::{traits::ConstU32, BoundedVec};
use pallet_inflation::{part, share, split, Balance};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{PerThing, Perbill};

/// Number of tiers.
pub const TIERS: usize = 4;
/// The most slots that all tiers can have together, whatever the parameters say.
pub const MAX_SLOTS: u32 = 128;

/// One tier's part of the whole.
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
pub struct Tier {
    /// Share of the era's reward for dApps.
    pub reward: Perbill,
    /// Share of the slots.
    pub slots: Perbill,
    /// The stake that it takes, of the issuance.
    pub threshold: Perbill,
}

/// A dApp among the best so far.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Ranked<Dapp> {
    pub dapp: Dapp,
    /// Counts up with each registration.
    pub number: u32,
    pub stake: Balance,
    /// The tier, counted from zero, and the reward.
    pub reward: Option<(u8, Balance)>,
}

/// The best dApps, best first.
pub type Ranking<Dapp> = BoundedVec<Ranked<Dapp>, ConstU32<MAX_SLOTS>>;

/// The stakes that the tiers take.
pub fn thresholds(tiers: &[Tier; TIERS], issuance: Balance) -> [Balance; TIERS] {
    tiers.map(|tier| share(issuance, tier.threshold.deconstruct().into(), Perbill::ACCURACY.into()))
}

/// Puts a dApp in its place among the best `slots`.
pub fn insert<Dapp>(ranking: &mut Ranking<Dapp>, dapp: Ranked<Dapp>, slots: u32) {
    let key = |ranked: &Ranked<Dapp>| (Reverse(ranked.stake), ranked.number);
    let place = ranking.partition_point(|other| key(other) < key(&dapp));
    let mut list = core::mem::take(ranking).into_inner();
    list.insert(place, dapp);
    list.truncate(slots as usize);
    *ranking = BoundedVec::truncate_from(list);
}

/// Gives each of the best its tier and its part of `pool`. Returns how much that is in all.
pub fn reward<Dapp>(
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
        let paid = reward(&mut ranking, &tiers, &thresholds, 10, 1_001);
        let of: Vec<_> = ranking.iter().map(|dapp| (dapp.dapp, dapp.reward)).collect();
        assert_eq!(
            of,
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
    fn a_full_house_gets_all_of_it() {
        let tiers = Parameters::default().tiers;
        let mut ranking = rank(&[100; 200], 100);
        assert_eq!(ranking.len(), 100);
        // Among equals, the oldest.
        assert!(ranking.iter().all(|dapp| dapp.dapp < 100));
        assert_eq!(reward(&mut ranking, &tiers, &[1; 4], 100, 1_000_003), 1_000_003);
    }

    proptest! {
        /// Against the rule itself, on a full sort of everybody.
        #[test]
        fn keeping_the_best_changes_nothing(
            stakes in prop::collection::vec(0u128..300, 0..60),
            mut thresholds in prop::array::uniform4(0u128..300),
            slots in 0u32..20,
            pool in 0u128..10_000,
        ) {
            thresholds.sort_by_key(|threshold| Reverse(*threshold));
            let tiers = Parameters::default().tiers;
            let mut ranking = rank(&stakes, slots);
            let paid = reward(&mut ranking, &tiers, &thresholds, slots, pool);

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
