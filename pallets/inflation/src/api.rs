//! What wallets, explorers and tools ask about inflation.

use crate::{
    part, Balance, Config, CurrentPlan, CurrentStream, OpeningTallies, Pallet, Recipient, Split, Tally,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// A cycle's plan, and how far it is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Report {
    /// The most that this cycle mints.
    pub maximum: Balance,
    /// For what.
    pub amounts: Split<Balance>,
    /// Blocks of this era.
    pub era_blocks: u32,
    /// What a block of this era mints for the treasury, rounded down.
    pub treasury_per_block: Balance,
    /// What a block of this era mints for the collators, rounded down.
    pub collators_per_block: Balance,
    /// What an earning era is worth to stakers, whatever is staked.
    pub base_per_era: Balance,
    /// What it is worth to them besides if the ideal rate is reached.
    pub adjustable_per_era: Balance,
    /// What it is worth to dApps if all slots are filled.
    pub dapps_per_era: Balance,
    /// The bonus of a period.
    pub bonus_per_period: Balance,
    /// What each recipient was due so far in this cycle, and what became of it. What is issued or
    /// expires now may have been earned in the cycle before.
    pub so_far: Vec<(Recipient, Tally)>,
}

sp_api::decl_runtime_apis! {
    /// The cycle's plan.
    pub trait InflationApi {
        /// The plan of this cycle; none before the first.
        fn report() -> Option<Report>;
    }
}

impl<T: Config> Pallet<T> {
    /// The plan of this cycle and what has become of it; none before the first.
    pub fn report() -> Option<Report> {
        use sp_runtime::traits::UniqueSaturatedInto;
        let plan = CurrentPlan::<T>::get()?;
        let stream = CurrentStream::<T>::get()?;
        let earning = |amount| part(amount, plan.earning_eras_of_all_periods(), 0);
        let blocks = stream.blocks();
        let per_block = |total: Balance| total.checked_div(blocks).unwrap_or_default();
        let so_far = Recipient::ALL
            .into_iter()
            .map(|recipient| {
                let (now, opening) = (Self::tally(recipient), OpeningTallies::<T>::get(recipient));
                let so_far = Tally {
                    planned: now.planned.saturating_sub(opening.planned),
                    earned: now.earned.saturating_sub(opening.earned),
                    issued: now.issued.saturating_sub(opening.issued),
                    expired: now.expired.saturating_sub(opening.expired),
                };
                (recipient, so_far)
            })
            .collect();
        Some(Report {
            maximum: plan.maximum,
            amounts: plan.amounts,
            era_blocks: blocks.unique_saturated_into(),
            treasury_per_block: per_block(stream.treasury.total),
            collators_per_block: per_block(stream.collators.total),
            base_per_era: earning(plan.amounts.base),
            adjustable_per_era: earning(plan.amounts.adjustable),
            dapps_per_era: earning(plan.amounts.dapps),
            bonus_per_period: part(plan.amounts.bonus, plan.shape.periods, 0),
            so_far,
        })
    }
}
