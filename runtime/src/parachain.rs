//! The parachain on its relay chain: how fast it may build blocks, and the queues of its messages.

use crate::{limits::RuntimeBlockWeights, messages::XcmConfig, *};
use cumulus_primitives_core::{AggregateMessageOrigin, ParaId};
use frame_support::{
    parameter_types,
    traits::{ConstU32, EnqueueWithOrigin, QueueFootprint, QueuePausedQuery, TransformOrigin},
    weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_message_queue::OnQueueChanged;
use sp_runtime::Perbill;

/// Refuses a block whose slot is not the relay chain's or that exceeds the velocity, and bounds the
/// unincluded segment.
pub type ConsensusHook = cumulus_pallet_aura_ext::FixedVelocityConsensusHook<
    Runtime,
    { cadence::RELAY_CHAIN_SLOT_MILLIS },
    { CADENCE.velocity },
    { CADENCE.capacity },
>;

/// Two blocks can share a relay parent if the unincluded segment may have more than one block.
#[cfg(feature = "synchronous")]
type CheckAssociatedRelayNumber = cumulus_pallet_parachain_system::RelayNumberStrictlyIncreases;
#[cfg(not(feature = "synchronous"))]
type CheckAssociatedRelayNumber = cumulus_pallet_parachain_system::RelayNumberMonotonicallyIncreases;

parameter_types! {
    pub ReservedMessageWeight: Weight = Perbill::from_percent(25) * RuntimeBlockWeights::get().max_block;
    pub MessageServiceWeight: Weight = Perbill::from_percent(35) * RuntimeBlockWeights::get().max_block;
    pub IdleMessageServiceWeight: Weight = Perbill::from_percent(20) * RuntimeBlockWeights::get().max_block;
    pub const RelayQueue: AggregateMessageOrigin = AggregateMessageOrigin::Parent;
}

impl cumulus_pallet_parachain_system::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type CheckAssociatedRelayNumber = CheckAssociatedRelayNumber;
    type ConsensusHook = ConsensusHook;
    type DmpQueue = EnqueueWithOrigin<MessageQueue, RelayQueue>;
    type OnSystemEvent = ();
    type OutboundXcmpMessageSource = XcmpQueue;
    type RelayParentOffset = ConstU32<{ CADENCE.relay_parent_offset }>;
    type ReservedDmpWeight = ReservedMessageWeight;
    type ReservedXcmpWeight = ReservedMessageWeight;
    /// Candidates have version 2. The relay chain's version 3 is not ready for use yet.
    type SchedulingSignatureVerifier = ();
    type SelfParaId = ParachainInfo;
    type WeightInfo = cumulus_pallet_parachain_system::weights::SubstrateWeight<Runtime>;
    type XcmpMessageHandler = XcmpQueue;
}

impl parachain_info::Config for Runtime {}

impl pallet_message_queue::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type HeapSize = ConstU32<{ 103 * 1024 }>;
    type IdleMaxServiceWeight = IdleMessageServiceWeight;
    type MaxStale = ConstU32<8>;
    type MessageProcessor = xcm_builder::ProcessXcmMessage<
        AggregateMessageOrigin,
        xcm_executor::XcmExecutor<XcmConfig>,
        RuntimeCall,
    >;
    type QueueChangeHandler = SiblingQueues;
    type QueuePausedQuery = (SiblingQueues, pallet_cadence::Waiting<Runtime>);
    type ServiceWeight = MessageServiceWeight;
    type Size = u32;
    type WeightInfo = pallet_message_queue::weights::SubstrateWeight<Runtime>;
}

/// The queues of messages from sibling parachains. The XCMP queue manages these and no others. They wait
/// while safe mode holds, because their messages could move money.
pub struct SiblingQueues;

impl QueuePausedQuery<AggregateMessageOrigin> for SiblingQueues {
    fn is_paused(origin: &AggregateMessageOrigin) -> bool {
        matches!(origin, AggregateMessageOrigin::Sibling(id) if SafeMode::is_entered() || XcmpQueue::is_paused(id))
    }
}

impl OnQueueChanged<AggregateMessageOrigin> for SiblingQueues {
    fn on_queue_changed(origin: AggregateMessageOrigin, footprint: QueueFootprint) {
        if let AggregateMessageOrigin::Sibling(id) = origin {
            XcmpQueue::on_queue_changed(id, footprint)
        }
    }
}

impl cumulus_pallet_xcmp_queue::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ChannelInfo = ParachainSystem;
    type ControllerOrigin = EnsureRoot<AccountId>;
    type ControllerOriginConverter = messages::OriginConverter;
    type MaxActiveOutboundChannels = ConstU32<128>;
    type MaxInboundSuspended = ConstU32<128>;
    type MaxPageSize = ConstU32<{ 103 * 1024 }>;
    type PriceForSiblingDelivery = messages::SiblingDeliveryPrice;
    type VersionWrapper = PolkadotXcm;
    type WeightInfo = crate::weights::PalletXcmpQueue;
    type XcmpQueue = TransformOrigin<MessageQueue, AggregateMessageOrigin, ParaId, SiblingQueue>;
}

/// The queue of messages from a sibling parachain.
pub struct SiblingQueue;

impl sp_runtime::traits::Convert<ParaId, AggregateMessageOrigin> for SiblingQueue {
    fn convert(id: ParaId) -> AggregateMessageOrigin {
        AggregateMessageOrigin::Sibling(id)
    }
}

impl cumulus_pallet_xcm::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type XcmExecutor = xcm_executor::XcmExecutor<XcmConfig>;
}
