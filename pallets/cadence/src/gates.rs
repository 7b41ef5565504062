//! What a runtime puts in the way of calls, of the scheduler and of messages while entries are being
//! rescaled. All else of the chain goes on.

use crate::{Config, History, Pallet, RescaleAll, Rescaling};
use alloc::vec::Vec;
use cadence::{BlockNumber, Duration};
use core::marker::PhantomData;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    traits::{Contains, Get, GetCallMetadata, IsSubType, QueuePausedQuery},
    weights::Weight,
};

impl<T: Config> Pallet<T> {
    /// The pallets whose entries are not all rescaled yet.
    pub fn closed() -> Vec<&'static str> {
        match Rescaling::<T>::get() {
            Some(rescaling) => {
                T::Stored::names().into_iter().skip(rescaling.position.pallet as usize).collect()
            }
            None => Vec::new(),
        }
    }
}

/// As `BaseCallFilter`: all calls, but those of pallets whose entries are not all rescaled yet, and
/// but another upgrade before all are. These fail with `System::CallFiltered`. Root, as everywhere in
/// FRAME, is not filtered; nor are inherents, without which there is no block.
pub struct Open<T>(PhantomData<T>);

impl<T> Contains<T::RuntimeCall> for Open<T>
where
    T: Config<RuntimeCall: GetCallMetadata + IsSubType<frame_system::Call<T>>>,
{
    fn contains(call: &T::RuntimeCall) -> bool {
        use frame_system::Call::apply_authorized_upgrade;
        if !Rescaling::<T>::exists() || call.get_dispatch_info().class == DispatchClass::Mandatory {
            return true;
        }
        !matches!(call.is_sub_type(), Some(apply_authorized_upgrade { .. }))
            && !Pallet::<T>::closed().contains(&call.get_call_metadata().pallet_name)
    }
}

/// As the scheduler's `MaximumWeight`: none while a change is under way, and `Max` ever after. With no
/// weight the scheduler does nothing, and remembers where it stopped: what fell due meanwhile runs then.
///
/// It rests until all pallets are rescaled, as a task may call any of them: refused, it would be used up.
pub struct Resting<T, Max>(PhantomData<(T, Max)>);

impl<T: Config, Max: Get<Weight>> Get<Weight> for Resting<T, Max> {
    fn get() -> Weight {
        if Rescaling::<T>::exists() {
            Weight::zero()
        } else {
            Max::get()
        }
    }
}

/// As the message queue's `QueuePausedQuery`, beside others of its kind: all messages of other chains wait
/// while a change is under way. What they carry may be a call that is refused, or the answer that a query
/// waits for, and a message is tried once.
pub struct Waiting<T>(PhantomData<T>);

impl<T: Config, Origin> QueuePausedQuery<Origin> for Waiting<T> {
    fn is_paused(_: &Origin) -> bool {
        Rescaling::<T>::exists()
    }
}

/// As the offset of `PeriodicSessions`: such that a session that ran when the cadence changed ended
/// when it would have ended. `Length` is that of a session.
pub struct Phase<T, Length>(PhantomData<(T, Length)>);

impl<T: Config, Length: Get<Duration>, N: From<BlockNumber>> Get<N> for Phase<T, Length> {
    fn get() -> N {
        crate::history::phase(&History::<T>::get(), Length::get()).into()
    }
}
