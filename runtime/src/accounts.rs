//! Accounts: batches of calls, multisigs, proxies and identities.

use crate::{
    governance::ensure::{self, RootOr},
    prices::Deposit,
    *,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU32, InstanceFilter},
};
use frame_system::EnsureRoot;
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

impl pallet_utility::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type BlockNumberProvider = System;
    type Currency = Balances;
    type DepositBase = Deposit<1, 88>;
    type DepositFactor = Deposit<0, 32>;
    type MaxSignatories = ConstU32<100>;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
}

/// What a proxy may do for the account behind it. Wallets rely on the indices: a type that Astar has, too,
/// has Astar's index.
///
/// Only [`ProxyType::Any`] may make a call that no other type names. Every type may make its calls in
/// batches, too. Only `Any` may make other calls that wrap a call: the call inside a multisig's call, or
/// inside a proxy's call for a third account, is not checked against the type of this proxy.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ProxyType {
    /// Any call.
    #[default]
    Any = 0,
    /// Calls that move no money to others, and give away neither a dApp nor a collator's seat. They include
    /// votes, and delegating votes.
    NonTransfer = 1,
    /// Judging identities.
    IdentityJudgement = 4,
    /// Rejecting what other proxies have announced.
    CancelProxy = 5,
    /// Locking, staking and claiming.
    DappStaking = 6,
    /// Claiming what stakers are due.
    StakerRewardClaim = 7,
    /// Voting, and proposing and funding what is voted on.
    Governance = 8,
    /// Running a collator.
    Collator = 9,
}

fn is_governance(call: &RuntimeCall) -> bool {
    matches!(
        call,
        RuntimeCall::Preimage(..)
            | RuntimeCall::ConvictionVoting(..)
            | RuntimeCall::Referenda(..)
            | RuntimeCall::TechnicalCommittee(..)
            | RuntimeCall::Treasury(
                pallet_treasury::Call::payout { .. } | pallet_treasury::Call::check_status { .. }
            )
    )
}

fn is_staking(call: &RuntimeCall) -> bool {
    use pallet_dapp_staking::Call::*;
    matches!(
        call,
        RuntimeCall::DappStaking(
            lock { .. }
                | unlock { .. }
                | relock { .. }
                | claim_unlocked { .. }
                | stake { .. }
                | unstake { .. }
                | move_stake { .. }
                | claim { .. }
                | claim_dapp { .. }
        )
    )
}

fn is_judgement(call: &RuntimeCall) -> bool {
    matches!(call, RuntimeCall::Identity(pallet_identity::Call::provide_judgement { .. }))
}

fn is_rejection(call: &RuntimeCall) -> bool {
    matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
}

/// Calls by which an account manages its own identity without naming or paying others, and remarks and
/// vesting.
fn is_self_service(call: &RuntimeCall) -> bool {
    use pallet_identity::Call::*;
    matches!(
        call,
        RuntimeCall::System(frame_system::Call::remark { .. } | frame_system::Call::remark_with_event { .. })
            | RuntimeCall::Vesting(
                pallet_vesting::Call::vest { .. } | pallet_vesting::Call::vest_other { .. }
            )
            | RuntimeCall::Identity(
                set_identity { .. }
                    | clear_identity { .. }
                    | cancel_request { .. }
                    | accept_username { .. }
                    | set_primary_username { .. }
            )
    )
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        use pallet_utility::Call::{batch, batch_all, force_batch};
        if matches!(call, RuntimeCall::Utility(batch { .. } | batch_all { .. } | force_batch { .. })) {
            return true;
        }
        match self {
            ProxyType::Any => true,
            ProxyType::NonTransfer => {
                is_self_service(call)
                    || is_staking(call)
                    || is_governance(call)
                    || is_judgement(call)
                    || is_rejection(call)
            }
            ProxyType::IdentityJudgement => is_judgement(call),
            ProxyType::CancelProxy => is_rejection(call),
            ProxyType::DappStaking => is_staking(call),
            ProxyType::StakerRewardClaim => {
                matches!(call, RuntimeCall::DappStaking(pallet_dapp_staking::Call::claim { .. }))
            }
            ProxyType::Governance => is_governance(call),
            ProxyType::Collator => {
                use pallet_collator_selection::Call::*;
                use pallet_session::Call::*;
                matches!(
                    call,
                    RuntimeCall::CollatorSelection(
                        register_as_candidate { .. } | leave_intent { .. } | update_bond { .. }
                    ) | RuntimeCall::Session(set_keys { .. } | purge_keys { .. })
                )
            }
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (x, y) if x == y => true,
            (ProxyType::Any, _) => true,
            (_, ProxyType::Any | ProxyType::Collator) => false,
            (ProxyType::NonTransfer, _) => true,
            (ProxyType::DappStaking, ProxyType::StakerRewardClaim) => true,
            _ => false,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AnnouncementDepositBase = Deposit<1, 8>;
    type AnnouncementDepositFactor = Deposit<0, 66>;
    type BlockNumberProvider = System;
    type CallHasher = BlakeTwo256;
    type Currency = Balances;
    type MaxPending = ConstU32<32>;
    type MaxProxies = ConstU32<32>;
    type ProxyDepositBase = Deposit<1, 8>;
    type ProxyDepositFactor = Deposit<0, 33>;
    type ProxyType = ProxyType;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    pub const PendingUsernameExpiration: BlockNumber = blocks(cadence::days(7));
    pub const UsernameGracePeriod: BlockNumber = blocks(cadence::days(30));
}

impl pallet_identity::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
    type BasicDeposit = Deposit<1, 258>;
    type ByteDeposit = Deposit<0, 1>;
    type Currency = Balances;
    /// Kills identities and usernames, and slashes the deposits for them.
    type ForceOrigin = EnsureRoot<AccountId>;
    type IdentityInformation = pallet_identity::legacy::IdentityInfo<ConstU32<100>>;
    type MaxRegistrars = ConstU32<20>;
    type MaxSubAccounts = ConstU32<100>;
    type MaxSuffixLength = ConstU32<7>;
    type MaxUsernameLength = ConstU32<32>;
    type OffchainSignature = Signature;
    type PendingUsernameExpiration = PendingUsernameExpiration;
    type RegistrarOrigin = RootOr<ensure::GeneralAdmin>;
    type SigningPublicKey = <Signature as sp_runtime::traits::Verify>::Signer;
    type Slashed = Treasury;
    type SubAccountDeposit = Deposit<1, 53>;
    type UsernameAuthorityOrigin = RootOr<ensure::GeneralAdmin>;
    type UsernameDeposit = Deposit<0, 32>;
    type UsernameGracePeriod = UsernameGracePeriod;
    type WeightInfo = pallet_identity::weights::SubstrateWeight<Runtime>;
}
