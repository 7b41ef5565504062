//! The economy: what is minted, and dApp staking.

use crate::{
    governance::{ensure, RootOr},
    money::{CollatorPot, TreasuryAccount},
    *,
};
use frame_support::traits::{Contains, ValidatorRegistration};
use frame_system::EnsureRoot;

impl pallet_inflation::Config for Runtime {
    type Collators = CollatorPot;
    type Currency = Balances;
    type ParametersOrigin = EnsureRoot<AccountId>;
    type Treasury = TreasuryAccount;
    type WeightInfo = pallet_inflation::weights::SubstrateWeight<Runtime>;
}

impl pallet_dapp_staking::Config for Runtime {
    type Cadence = clock::BuildCadence;
    type Freezer = Balances;
    type ManagerOrigin = RootOr<ensure::GeneralAdmin>;
    type MayStake = NotCollating;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type Time = Timestamp;
    type WeightInfo = pallet_dapp_staking::weights::SubstrateWeight<Runtime>;
}

/// Accounts that neither collate nor stand for it. Who collates may not stake.
pub struct NotCollating;

impl Contains<AccountId> for NotCollating {
    fn contains(who: &AccountId) -> bool {
        let is_candidate = || {
            pallet_collator_selection::CandidateList::<Runtime>::get()
                .iter()
                .any(|candidate| candidate.who == *who)
        };
        pallet_collator_selection::Invulnerables::<Runtime>::get().binary_search(who).is_err()
            && !is_candidate()
    }
}

/// Who may collate: accounts with session keys and without a stake.
pub struct MayCollate;

impl ValidatorRegistration<AccountId> for MayCollate {
    fn is_registered(who: &AccountId) -> bool {
        let stakes = pallet_dapp_staking::Ledgers::<Runtime>::get(who).locked > 0;
        Session::is_registered(who) && !stakes
    }
}
