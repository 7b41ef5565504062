//! The brakes: pauses of calls, and safe mode. They are the technical committee's, end by themselves,
//! and mint and move nothing. After one has ended the committee cannot pull the same again for longer
//! than it held, so that it can slow the chain but not stop it; Root can at any time, and can lift any.
//!
//! Neither stops what is [`essential`]: the block's own calls, an upgrade, governance, and the brakes'
//! release. Nor does either stop what referenda and the committee alone may do ([`governs`]): what is
//! enacted meanwhile would be refused and used up, so that the committee could undo any referendum.

use super::*;
use frame_support::traits::{CallMetadata, Contains, GetCallMetadata, InsideBoth};
use frame_system::{EnsureNever, EnsureRootWithSuccess};
use pallet_tx_pause::RuntimeCallNameOf;

/// As long as takes a referendum of Root that most agree on, and a day more: so governance can prolong
/// a pause before it ends.
const PAUSE: Duration = cadence::days(3);
const PAUSE_REST: Duration = cadence::days(7);
const SAFE_MODE: Duration = cadence::hours(12);
const SAFE_MODE_REST: Duration = cadence::days(3);

/// All calls, but those of pallets that a change of cadence is not done with, those that are paused,
/// and those that safe mode stops. Root is not filtered.
type OneByOne = InsideBoth<pallet_cadence::Open<Runtime>, InsideBoth<TxPause, SafeMode>>;

/// As [`OneByOne`], but for two things.
///
/// What would use up a call that is refused is refused itself: the approvals of a multisig, or the
/// announcement of a proxy, are gone once their call was tried. Within a batch it is not looked for.
///
/// Nobody takes another's place among the candidates. There is room for many more than author, and the
/// highest bonds do. But who takes a place and leaves it has the bond back at once, so in one batch one
/// bond would empty the list.
pub struct OpenCalls;

impl Contains<RuntimeCall> for OpenCalls {
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
        OneByOne::contains(call) && inner.is_none_or(|call| Self::contains(call))
    }
}

/// Whether no brake stops the calls of a pallet.
pub fn essential(pallet: &str) -> bool {
    matches!(
        pallet,
        // What a block is made of, and what brings a new runtime.
        "System" | "ParachainSystem" | "Timestamp" | "ParachainInfo" | "MultiBlockMigrations" | "Cadence"
            // Without keys there are no authors.
            | "Session"
            // Governance.
            | "Preimage" | "Scheduler" | "ConvictionVoting" | "Referenda" | "TechnicalCommittee" | "Whitelist"
            // The brakes themselves.
            | "Governance" | "TxPause" | "SafeMode"
    )
}

/// Whether the calls of a pallet wrap others, each of which is looked at by itself. A voter or a member
/// of the committee may be several people, or act by proxy.
pub fn wraps(pallet: &str) -> bool {
    matches!(pallet, "Utility" | "Multisig" | "Proxy")
}

/// Whether origins of governance other than Root make the call of this name, and nobody else.
pub fn governs(pallet: &str, call: &str) -> bool {
    match pallet {
        "Treasury" => matches!(call, "spend_local" | "remove_approval" | "spend" | "void_spend"),
        "Identity" => matches!(
            call,
            "add_registrar" | "remove_registrar" | "add_username_authority" | "remove_username_authority"
        ),
        _ => false,
    }
}

/// Whether no brake stops the call of this name: what is essential, what wraps it or governs, and dApp
/// staking. Its eras would go on, so that who has staked already would share what those earn who
/// cannot. Its brake is its maintenance.
pub fn goes_on(pallet: &str, call: &str) -> bool {
    essential(pallet) || wraps(pallet) || governs(pallet, call) || pallet == "DappStaking"
}

/// Calls that are never paused.
pub struct NeverPaused;

impl Contains<RuntimeCallNameOf<Runtime>> for NeverPaused {
    fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
        match (core::str::from_utf8(pallet), core::str::from_utf8(call)) {
            (Ok(pallet), Ok(call)) => goes_on(pallet, call),
            _ => false,
        }
    }
}

/// Calls that safe mode does not stop.
pub struct InSafeMode;

impl Contains<RuntimeCall> for InSafeMode {
    fn contains(call: &RuntimeCall) -> bool {
        let CallMetadata { pallet_name, function_name } = call.get_call_metadata();
        goes_on(pallet_name, function_name)
    }
}

parameter_types! {
    pub PauseLength: u64 = millis(PAUSE);
    pub PauseRest: u64 = millis(PAUSE_REST);
    pub SafeModeLength: BlockNumber = blocks(SAFE_MODE);
    pub SafeModeRest: u64 = millis(SAFE_MODE_REST);
    pub const Nobody: Option<Balance> = None;
    pub const Never: Option<BlockNumber> = None;
}

impl pallet::Config for Runtime {
    type EmergencyOrigin = ensure::Emergency;
    type PauseLength = PauseLength;
    type PauseRest = PauseRest;
    type SafeModeRest = SafeModeRest;
    type Time = Timestamp;
    type WeightInfo = weights::SubstrateWeight<Runtime>;
}

impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    /// Longer than every name of a pallet or a call: a call of a longer name would be paused for good.
    type MaxNameLen = ConstU32<64>;
    /// All pauses are made by [`pallet::Pallet::pause`], which notes their end.
    type PauseOrigin = EnsureNever<()>;
    type RuntimeCall = RuntimeCall;
    type UnpauseOrigin = EnsureRoot<AccountId>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
    type WhitelistedCalls = NeverPaused;
}

impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type EnterDepositAmount = Nobody;
    type EnterDuration = SafeModeLength;
    type ExtendDepositAmount = Nobody;
    type ExtendDuration = SafeModeLength;
    type ForceDepositOrigin = EnsureRoot<AccountId>;
    type ForceEnterOrigin = ensure::MayEnterSafeMode;
    type ForceExitOrigin = ensure::Emergency;
    type ForceExtendOrigin = EnsureRootWithSuccess<AccountId, SafeModeLength>;
    type Notify = Governance;
    type ReleaseDelay = Never;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
    type WhitelistedCalls = InSafeMode;
}
