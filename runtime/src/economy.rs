//! The economy: inflation and dApp staking.

use crate::{
    governance::ensure::{self, RootOr},
    money::{CollatorPot, TreasuryAccount},
    *,
};
use cadence::Duration;
use frame_support::{
    parameter_types,
    traits::{Contains, ValidatorRegistration},
};
use frame_system::EnsureRoot;

impl pallet_inflation::Config for Runtime {
    type Collators = CollatorPot;
    type Currency = Balances;
    type ParametersOrigin = EnsureRoot<AccountId>;
    type Treasury = TreasuryAccount;
    type WeightInfo = pallet_inflation::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    /// About as long as governance takes to vote on a repair.
    pub const MaintenanceTime: Duration = cadence::days(14);
    /// Longer than maintenance, so that the committee cannot stop staking for more time than it runs. Also
    /// longer than a referendum that replaces the committee.
    pub const MaintenanceRest: Duration = cadence::days(21);
}

/// Registers and unregisters dApps, changes their owners, and may end maintenance early.
type Manager = RootOr<ensure::GeneralAdmin>;

impl pallet_dapp_staking::Config for Runtime {
    type Cadence = clock::BuildCadence;
    type EmergencyOrigin = ensure::Emergency;
    type Freezer = Balances;
    type MaintenanceRest = MaintenanceRest;
    type MaintenanceTime = MaintenanceTime;
    type ManagerOrigin = Manager;
    type MayStake = NotCollating;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type SettingsOrigin = EnsureRoot<AccountId>;
    type Time = Timestamp;
    type WeightInfo = pallet_dapp_staking::weights::SubstrateWeight<Runtime>;
}

/// Accounts that neither author, in this session or the next, nor are invulnerables or candidates. A collator
/// may not stake.
pub struct NotCollating;

impl Contains<AccountId> for NotCollating {
    fn contains(who: &AccountId) -> bool {
        let is_candidate = || {
            pallet_collator_selection::CandidateList::<Runtime>::get()
                .iter()
                .any(|candidate| candidate.who == *who)
        };
        // A collator that leaves still authors in this session and in the next.
        let authors = || {
            pallet_session::Validators::<Runtime>::get().contains(who)
                || pallet_session::QueuedKeys::<Runtime>::get().iter().any(|(queued, _)| queued == who)
        };
        pallet_collator_selection::Invulnerables::<Runtime>::get().binary_search(who).is_err()
            && !is_candidate()
            && !authors()
    }
}

/// Accounts that may collate: those that have session keys and nothing locked for staking.
pub struct MayCollate;

impl ValidatorRegistration<AccountId> for MayCollate {
    fn is_registered(who: &AccountId) -> bool {
        let has_locked = pallet_dapp_staking::Ledgers::<Runtime>::get(who).locked > 0;
        Session::is_registered(who) && !has_locked
    }
}
