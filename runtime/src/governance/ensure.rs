//! Checks that a call comes from a certain origin of governance.

use super::Origin;
use crate::{Balance, RuntimeOrigin, UNIT};
use frame_support::traits::EnsureOrigin;

macro_rules! ensure_origins {
    ($($name:ident),+) => {$(
        #[doc = concat!("The origin [`Origin::", stringify!($name), "`].")]
        pub struct $name;

        impl EnsureOrigin<RuntimeOrigin> for $name {
            type Success = ();

            fn try_origin(origin: RuntimeOrigin) -> Result<(), RuntimeOrigin> {
                Result::<Origin, _>::from(origin).and_then(|origin| match origin {
                    Origin::$name => Ok(()),
                    other => Err(other.into()),
                })
            }

            #[cfg(feature = "runtime-benchmarks")]
            fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
                Ok(Origin::$name.into())
            }
        }
    )+};
}

ensure_origins!(GeneralAdmin, Treasurer, ReferendumCanceller, ReferendumKiller);

/// An origin that may spend from the treasury; succeeds with the most it may spend at once.
pub struct Spender;

impl EnsureOrigin<RuntimeOrigin> for Spender {
    type Success = Balance;

    fn try_origin(origin: RuntimeOrigin) -> Result<Balance, RuntimeOrigin> {
        Result::<Origin, _>::from(origin).and_then(|origin| match origin {
            Origin::SmallSpender => Ok(10_000 * UNIT),
            Origin::MediumSpender => Ok(100_000 * UNIT),
            Origin::BigSpender => Ok(1_000_000 * UNIT),
            Origin::Treasurer => Ok(Balance::MAX),
            other => Err(other.into()),
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<RuntimeOrigin, ()> {
        Ok(Origin::Treasurer.into())
    }
}
