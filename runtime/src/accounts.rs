//! Accounts: calls in batches, by several hands, by proxy, and under a name.

use crate::{
    governance::{ensure, RootOr},
    money::Deposit,
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

/// What a proxy may do for the account behind it. The index is part of the interface of wallets: what
/// Astar has, has Astar's.
///
/// A call that is not named here is for [`ProxyType::Any`] alone. All may make what they may make in
/// batches. No other wraps calls: a multisig's call, and a proxy's for a third account, are free of what
/// binds the proxy who makes them.
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
    /// Anything.
    #[default]
    Any = 0,
    /// What moves no money to others, and gives away no dApp and no seat. It votes, and may have another
    /// account vote.
    NonTransfer = 1,
    /// To judge identities.
    IdentityJudgement = 4,
    /// To take back what other proxies have announced.
    CancelProxy = 5,
    /// To lock, stake and claim.
    DappStaking = 6,
    /// To claim what stakers are due.
    StakerRewardClaim = 7,
    /// To vote, and to propose and fund what is voted on.
    Governance = 8,
    /// To run a collator.
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

/// What an account sets or takes up for itself: of its identity, without what names or pays others, and
/// of its vesting.
fn is_own(call: &RuntimeCall) -> bool {
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
                is_own(call)
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
    /// Takes names, and the deposits for them, from those who have them.
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
