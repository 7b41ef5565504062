//! The gates that a runtime puts before calls, the scheduler and messages while a change is carried out.
//! Everything else on the chain keeps running.

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
    /// The names of the pallets that are closed, because their entries are not all rescaled yet.
    pub fn closed() -> Vec<&'static str> {
        match Rescaling::<T>::get() {
            Some(rescaling) => {
                T::Stored::names().into_iter().skip(rescaling.position.pallet as usize).collect()
            }
            None => Vec::new(),
        }
    }
}

/// A base call filter (`frame_system::Config::BaseCallFilter`) for a change.
///
/// It refuses the calls of [closed](Pallet::closed) pallets, and another upgrade until everything is
/// rescaled. Such calls fail with `System::CallFiltered`. All other calls pass. Root is not filtered, as
/// everywhere in FRAME. Inherents are not filtered either, because a block needs them.
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

/// The scheduler's `MaximumWeight`: zero during a change, and `Max` at all other times.
///
/// With no weight the scheduler does nothing, and remembers where it stopped. Tasks that fall due during the
/// change run after it. The scheduler rests until all pallets are rescaled, because a task may call any of
/// them, and a task whose call is refused is used up.
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

/// A `QueuePausedQuery` of the message queue, used beside others: all messages from other chains wait during
/// a change.
///
/// A message may carry a call that would be refused, or the response that a query waits for, and the chain
/// executes a message only once.
pub struct Waiting<T>(PhantomData<T>);

impl<T: Config, Origin> QueuePausedQuery<Origin> for Waiting<T> {
    fn is_paused(_: &Origin) -> bool {
        Rescaling::<T>::exists()
    }
}

/// The offset of `PeriodicSessions`, where `Length` is the length of a session. With it, a session that ran
/// when the cadence changed ends when it would have ended without the change.
pub struct Phase<T, Length>(PhantomData<(T, Length)>);

impl<T: Config, Length: Get<Duration>, N: From<BlockNumber>> Get<N> for Phase<T, Length> {
    fn get() -> N {
        crate::history::phase(&History::<T>::get(), Length::get()).into()
    }
}
