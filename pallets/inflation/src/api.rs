//! The runtime API of inflation, for wallets, explorers and tools.
//!
//! Amounts are in the smallest unit of the token.

use crate::{
    part, Balance, Config, CurrentPlan, CurrentStream, OpeningTallies, Pallet, Recipient, Split, Tally,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;

/// The plan of a cycle, and how far it is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Report {
    /// The most that the cycle mints.
    pub maximum: Balance,
    /// `maximum`, divided among the purposes.
    pub amounts: Split<Balance>,
    /// The number of blocks of the current era, or of the rest of it after a change of the block time.
    pub era_blocks: u32,
    /// The amount that a block of this era mints for the treasury, rounded down.
    pub treasury_per_block: Balance,
    /// The amount that a block of this era mints for the collators, rounded down.
    pub collators_per_block: Balance,
    /// The amount that stakers get for an earning era, however much is staked.
    pub base_per_era: Balance,
    /// The amount that stakers get in addition for an earning era if the ideal rate is reached.
    pub adjustable_per_era: Balance,
    /// The amount that dApps get for an earning era if all slots are filled.
    pub dapps_per_era: Balance,
    /// The bonus of a period.
    pub bonus_per_period: Balance,
    /// The sums for each recipient so far in this cycle. An amount that is issued or expires in this cycle
    /// may have been earned in an earlier one.
    pub so_far: Vec<(Recipient, Tally)>,
}

sp_api::decl_runtime_apis! {
    /// Access to the plan of the current cycle.
    pub trait InflationApi {
        /// The plan of the current cycle, and how far it is carried out. None before the first cycle.
        fn report() -> Option<Report>;
    }
}

impl<T: Config> Pallet<T> {
    /// The plan of the current cycle, and how far it is carried out. None before the first cycle.
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
