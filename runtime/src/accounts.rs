//! Accounts: calls in batches, by several hands, by proxy, and under a name.

use crate::{
    governance::{ensure, RootOr},
    money::deposit,
    *,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU128, ConstU32, InstanceFilter},
};
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
    type DepositBase = ConstU128<{ deposit(1, 88) }>;
    type DepositFactor = ConstU128<{ deposit(0, 32) }>;
    type MaxSignatories = ConstU32<100>;
    type RuntimeCall = RuntimeCall;
    type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
}

/// What a proxy may do for the account behind it. The index is part of the interface of wallets.
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
    /// Anything but to move money.
    NonTransfer = 1,
    /// To vote, and to propose and fund what is voted on.
    Governance = 2,
    /// To judge identities.
    IdentityJudgement = 3,
    /// To take back what other proxies have announced.
    CancelProxy = 4,
    /// To run a collator.
    Collator = 5,
    /// To lock, stake and claim.
    DappStaking = 6,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            ProxyType::Any => true,
            ProxyType::NonTransfer => matches!(
                call,
                RuntimeCall::System(..)
                    | RuntimeCall::Timestamp(..)
                    | RuntimeCall::Vesting(
                        pallet_vesting::Call::vest { .. } | pallet_vesting::Call::vest_other { .. }
                    )
                    | RuntimeCall::Treasury(..)
                    | RuntimeCall::DappStaking(..)
                    | RuntimeCall::CollatorSelection(..)
                    | RuntimeCall::Session(..)
                    | RuntimeCall::Utility(..)
                    | RuntimeCall::Multisig(..)
                    | RuntimeCall::Proxy(..)
                    | RuntimeCall::Identity(..)
                    | RuntimeCall::Preimage(..)
                    | RuntimeCall::Scheduler(..)
                    | RuntimeCall::ConvictionVoting(..)
                    | RuntimeCall::Referenda(..)
            ),
            ProxyType::Governance => matches!(
                call,
                RuntimeCall::Treasury(..)
                    | RuntimeCall::Utility(..)
                    | RuntimeCall::Preimage(..)
                    | RuntimeCall::ConvictionVoting(..)
                    | RuntimeCall::Referenda(..)
            ),
            ProxyType::IdentityJudgement => {
                matches!(call, RuntimeCall::Identity(pallet_identity::Call::provide_judgement { .. }))
            }
            ProxyType::CancelProxy => {
                matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
            }
            ProxyType::Collator => {
                matches!(call, RuntimeCall::CollatorSelection(..) | RuntimeCall::Session(..))
            }
            ProxyType::DappStaking => {
                matches!(call, RuntimeCall::DappStaking(..) | RuntimeCall::Utility(..))
            }
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (x, y) if x == y => true,
            (ProxyType::Any, _) => true,
            (_, ProxyType::Any) => false,
            (ProxyType::NonTransfer, _) => true,
            _ => false,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AnnouncementDepositBase = ConstU128<{ deposit(1, 8) }>;
    type AnnouncementDepositFactor = ConstU128<{ deposit(0, 66) }>;
    type BlockNumberProvider = System;
    type CallHasher = BlakeTwo256;
    type Currency = Balances;
    type MaxPending = ConstU32<32>;
    type MaxProxies = ConstU32<32>;
    type ProxyDepositBase = ConstU128<{ deposit(1, 8) }>;
    type ProxyDepositFactor = ConstU128<{ deposit(0, 33) }>;
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
    type BasicDeposit = ConstU128<{ deposit(1, 258) }>;
    type ByteDeposit = ConstU128<{ deposit(0, 1) }>;
    type Currency = Balances;
    type ForceOrigin = RootOr<ensure::GeneralAdmin>;
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
    type SubAccountDeposit = ConstU128<{ deposit(1, 53) }>;
    type UsernameAuthorityOrigin = RootOr<ensure::GeneralAdmin>;
    type UsernameDeposit = ConstU128<{ deposit(0, 32) }>;
    type UsernameGracePeriod = UsernameGracePeriod;
    type WeightInfo = pallet_identity::weights::SubstrateWeight<Runtime>;
}
