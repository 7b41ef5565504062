//! The brakes: pauses of calls, and safe mode. The technical committee pulls them. They end by themselves,
//! and they mint and move nothing.
//!
//! After a brake has ended, the committee must wait for longer than the brake held before it can pull the
//! same one again. So it can slow the chain but not stop it. Root does not have to wait, and can release any
//! brake.
//!
//! No brake stops the calls of an [essential](is_essential) pallet: the block's own calls, upgrades,
//! governance, and the release of the brakes. Nor does a brake stop a call that is reserved for governance
//! ([`governs`]). A call that is refused when it is enacted is used up, so otherwise the committee could undo
//! any referendum.

use super::{
    ensure,
    periods::{period_blocks, period_millis},
    state,
    weights::SubstrateWeight,
};
use crate::*;
use frame_support::{
    parameter_types,
    traits::{CallMetadata, ConstU32, Contains, EnsureOrigin, GetCallMetadata, InsideBoth},
};
use frame_system::{EnsureNever, EnsureRoot, EnsureRootWithSuccess};
use pallet_tx_pause::RuntimeCallNameOf;

/// Almost a day longer than a widely supported referendum of Root takes, so that governance can prolong a
/// pause before it ends.
const PAUSE: Duration = cadence::days(3);
const PAUSE_REST: Duration = cadence::days(7);
const SAFE_MODE: Duration = cadence::hours(12);
const SAFE_MODE_REST: Duration = cadence::days(3);

/// All calls except those of pallets that a change of cadence has closed, those that are paused, and those
/// that safe mode stops. Root is not filtered.
type NotBlocked = InsideBoth<pallet_cadence::Open<Runtime>, InsideBoth<TxPause, SafeMode>>;

/// The calls that [`NotBlocked`] allows, with two exceptions.
///
/// First, a multisig's call or a proxy's announced call is refused if it carries a call that is refused.
/// Otherwise the approvals of the multisig, or the announcement of the proxy, would be used up. The check
/// does not look inside batches.
///
/// Second, nobody may take another candidate's place. There is room for many more candidates than author, and
/// those with the highest bonds author. But an account that takes a place and leaves it gets its bond back at
/// once, so one bond in one batch could empty the list.
pub struct AllowedCalls;

impl Contains<RuntimeCall> for AllowedCalls {
    fn contains(call: &RuntimeCall) -> bool {
        let inner = match call {
            RuntimeCall::CollatorSelection(pallet_collator_selection::Call::take_candidate_slot {
                ..
            }) => {
                return false;
            }
            RuntimeCall::Multisig(pallet_multisig::Call::as_multi { call, .. })
            | RuntimeCall::Proxy(pallet_proxy::Call::proxy_announced { call, .. }) => Some(call),
            _ => None,
        };
        NotBlocked::contains(call) && inner.is_none_or(|call| Self::contains(call))
    }
}

/// Whether no brake stops any call of this pallet, because the chain and its governance need it.
pub fn is_essential(pallet: &str) -> bool {
    matches!(
        pallet,
        // The block's own calls, and upgrades.
        "System" | "ParachainSystem" | "Timestamp" | "ParachainInfo" | "MultiBlockMigrations" | "Cadence"
            // Without keys there are no authors.
            | "Session"
            // Governance.
            | "Preimage" | "Scheduler" | "ConvictionVoting" | "Referenda" | "TechnicalCommittee" | "Whitelist"
            // The brakes themselves.
            | "Governance" | "TxPause" | "SafeMode"
    )
}

/// Whether this pallet's calls wrap other calls, each of which is filtered by itself. No brake stops them,
/// because a voter or a member of the committee may be several people, or act by proxy.
fn wraps(pallet: &str) -> bool {
    matches!(pallet, "Utility" | "Multisig" | "Proxy")
}

/// Whether this call is reserved for governance, but not for Root alone.
fn governs(pallet: &str, call: &str) -> bool {
    match pallet {
        "Treasury" => matches!(call, "spend_local" | "remove_approval" | "spend" | "void_spend"),
        "Identity" => matches!(
            call,
            "add_registrar" | "remove_registrar" | "add_username_authority" | "remove_username_authority"
        ),
        _ => false,
    }
}

/// Whether no brake stops this call. This holds for the calls of essential pallets, calls that wrap others,
/// calls that govern, and dApp staking.
///
/// If a brake stopped dApp staking, its eras would go on, and those who had staked before would share what is
/// meant for all. Its own brake is maintenance.
pub fn is_never_stopped(pallet: &str, call: &str) -> bool {
    is_essential(pallet) || wraps(pallet) || governs(pallet, call) || pallet == "DappStaking"
}

/// The calls that can never be paused.
pub struct NeverPaused;

impl Contains<RuntimeCallNameOf<Runtime>> for NeverPaused {
    fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
        match (core::str::from_utf8(pallet), core::str::from_utf8(call)) {
            (Ok(pallet), Ok(call)) => is_never_stopped(pallet, call),
            _ => false,
        }
    }
}

/// The calls that safe mode does not stop.
pub struct AllowedInSafeMode;

impl Contains<RuntimeCall> for AllowedInSafeMode {
    fn contains(call: &RuntimeCall) -> bool {
        let CallMetadata { pallet_name, function_name } = call.get_call_metadata();
        is_never_stopped(pallet_name, function_name)
    }
}

/// Root, or the committee once safe mode has rested. Succeeds with the number of blocks for which safe mode
/// holds.
pub struct MayEnterSafeMode;

impl EnsureOrigin<RuntimeOrigin> for MayEnterSafeMode {
    type Success = BlockNumber;

    fn try_origin(origin: RuntimeOrigin) -> Result<BlockNumber, RuntimeOrigin> {
        let allowed = match EnsureRoot::<AccountId>::try_origin(origin.clone()) {
            Ok(()) => true,
            Err(_) => {
                ensure::Emergency::try_origin(origin.clone()).is_ok() && Governance::has_safe_mode_rested()
            }
        };
        allowed.then(SafeModeLength::get).ok_or(origin)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
        Ok(frame_system::RawOrigin::Root.into())
    }
}

parameter_types! {
    pub PauseLength: u64 = period_millis(PAUSE);
    pub PauseRest: u64 = period_millis(PAUSE_REST);
    pub SafeModeLength: BlockNumber = period_blocks(SAFE_MODE);
    pub SafeModeRest: u64 = period_millis(SAFE_MODE_REST);
    /// Nobody can pay a deposit to enter safe mode or to extend it.
    pub const NoDeposit: Option<Balance> = None;
    /// No deposit is paid, so none is released.
    pub const NoReleaseDelay: Option<BlockNumber> = None;
}

impl state::Config for Runtime {
    type EmergencyOrigin = ensure::Emergency;
    type PauseLength = PauseLength;
    type PauseRest = PauseRest;
    type SafeModeRest = SafeModeRest;
    type Time = Timestamp;
    type WeightInfo = SubstrateWeight<Runtime>;
}

impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    /// Longer than any name of a pallet or a call. A call with a longer name would always count as paused.
    type MaxNameLen = ConstU32<64>;
    /// Only [`state::Pallet::pause`] pauses calls, because it records when the pause ends.
    type PauseOrigin = EnsureNever<()>;
    type RuntimeCall = RuntimeCall;
    type UnpauseOrigin = EnsureRoot<AccountId>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
    type WhitelistedCalls = NeverPaused;
}

impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type EnterDepositAmount = NoDeposit;
    type EnterDuration = SafeModeLength;
    type ExtendDepositAmount = NoDeposit;
    type ExtendDuration = SafeModeLength;
    type ForceDepositOrigin = EnsureRoot<AccountId>;
    type ForceEnterOrigin = MayEnterSafeMode;
    type ForceExitOrigin = ensure::Emergency;
    type ForceExtendOrigin = EnsureRootWithSuccess<AccountId, SafeModeLength>;
    type Notify = Governance;
    type ReleaseDelay = NoReleaseDelay;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
    type WhitelistedCalls = AllowedInSafeMode;
}
