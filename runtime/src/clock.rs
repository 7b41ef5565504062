//! Block time on chain: the cadence of this build, and what is rescaled when it differs from the one before.

use crate::{limits::RuntimeBlockWeights, *};
use cadence::{Change, Clock};
use codec::MaxEncodedLen;
use frame_support::{parameter_types, weights::Weight};
use pallet_cadence::{rescale, Rescale, Stored, Touched};
use sp_runtime::Perbill;

parameter_types! {
    pub const BuildCadence: cadence::Cadence = CADENCE;
    pub const Synchronous: cadence::Cadence = cadence::SYNCHRONOUS;
    /// Half of a block. The other half is left for users' transactions.
    pub RescaleWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
}

impl pallet_cadence::Config for Runtime {
    type Before = Synchronous;
    type Cadence = BuildCadence;
    type MaxWeight = RescaleWeight;
    type Stored = (
        InflationStream,
        DappStakingDeadlines,
        rescale::CollatorSelection<Runtime>,
        rescale::SafeMode<Runtime>,
        // Tasks come first, then referenda, whose alarms are tasks.
        rescale::Scheduler<Runtime>,
        rescale::Referenda<Runtime>,
        rescale::Xcm<Runtime>,
        rescale::Treasury<Runtime>,
        rescale::Identity<Runtime>,
        rescale::ConvictionVoting<Runtime>,
        rescale::Vesting<Runtime>,
        // These can dispatch the calls of any other pallet, so they come last.
        rescale::Whitelist<Runtime>,
        rescale::Collective<Runtime>,
        rescale::Proxy<Runtime>,
        rescale::Closed<Multisig>,
        rescale::Closed<MessageQueue>,
    );
    type Time = Timestamp;
    type WeightInfo = pallet_cadence::weights::SubstrateWeight<Runtime>;
}

/// The amount that inflation pays over the blocks of an era, block by block.
pub struct InflationStream;

impl Rescale for InflationStream {
    type Pallet = Inflation;

    fn begin(change: &Change) -> Touched {
        Inflation::rescale(change);
        // The stream and two sums.
        Touched::of(3, pallet_inflation::Stream::<BlockNumber>::max_encoded_len())
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let stream = pallet_inflation::CurrentStream::<Runtime>::get();
        let end = |stream: pallet_inflation::Stream<BlockNumber>| {
            Stored::deadline("last payment of the era".into(), clock, stream.end)
        };
        stream.map(end).into_iter().collect()
    }
}

/// The blocks in which dApp staking's next era begins, maintenance ends, and the next maintenance may begin.
pub struct DappStakingDeadlines;

impl Rescale for DappStakingDeadlines {
    type Pallet = DappStaking;

    fn begin(change: &Change) -> Touched {
        DappStaking::rescale(change);
        DappStaking::rescale_maintenance(change);
        Touched::of(3, pallet_dapp_staking::Calendar::<BlockNumber>::max_encoded_len())
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let calendar = pallet_dapp_staking::CurrentCalendar::<Runtime>::get();
        let era = calendar.map(|calendar| ("next era", calendar.next_era));
        let maintenance = pallet_dapp_staking::Maintenance::<Runtime>::get();
        let maintenance = maintenance.map(|until| ("end of maintenance", until));
        let next_maintenance = pallet_dapp_staking::NextMaintenance::<Runtime>::get();
        let next_maintenance = next_maintenance.map(|from| ("next maintenance", from));
        era.into_iter()
            .chain(maintenance)
            .chain(next_maintenance)
            .map(|(what, block)| Stored::deadline(what.into(), clock, block))
            .collect()
    }
}
