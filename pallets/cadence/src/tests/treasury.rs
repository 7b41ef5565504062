//! The treasury: spends expire, and spend periods end, when they would have.

use super::*;
use cadence::{days, ASYNCHRONOUS};

#[test]
fn a_treasury_spend_expires_when_it_would_have() {
    for (after, expired) in [(7_199, false), (7_201, true)] {
        chain(AT).execute_with(|| {
            assert_ok!(Treasury::spend(RuntimeOrigin::root(), Box::new(()), 5, Box::new(7), None));
            run_until(SYNCHRONOUS.time(100));
            switch();
            run_until(SYNCHRONOUS.time(after));
            let paid = Treasury::payout(RuntimeOrigin::signed(1), 0);
            assert_eq!(paid.is_err(), expired, "{paid:?} after {after} blocks");
        });
    }
}

/// Also if the release of the SDK before the change did not store the end of the last spend period.
#[test]
fn a_spend_period_of_the_treasury_ends_when_it_would_have() {
    let day = SYNCHRONOUS.blocks(days(1));
    let spending = |stored: bool, change: bool| {
        chain(AT).execute_with(|| {
            if stored {
                pallet_treasury::LastSpendPeriod::<Test>::put(AT - AT % day);
            } else {
                pallet_treasury::LastSpendPeriod::<Test>::kill();
            }
            if change {
                CurrentCadence::set(ASYNCHRONOUS);
                let record = Cadence::record();
                switch();
                assert_eq!(Cadence::check(&record), Ok(()));
            }
            let is_spending = || {
                System::events().iter().any(|record| {
                    matches!(record.event, RuntimeEvent::Treasury(pallet_treasury::Event::Spending { .. }))
                })
            };
            while !is_spending() {
                next_block();
            }
            (Timestamp::get() - BEGINNING) / 1_000
        })
    };
    let expected = u64::from((AT / day + 1) * day) * 12;
    for stored in [true, false] {
        assert_eq!(spending(stored, false), expected);
        assert_eq!(spending(stored, true), expected);
    }
}

/// The pallet's `try_state` requires that a spend expires later than it begins.
#[test]
fn a_spend_long_past_expires_later_than_it_begins() {
    chain(AT).execute_with(|| {
        for (index, (valid_from, expire_at)) in [(5, 40), (AT - 10, AT - 1), (AT - 1, AT)].iter().enumerate()
        {
            let spend = pallet_treasury::SpendStatus {
                asset_kind: (),
                amount: 5,
                beneficiary: 7,
                valid_from: *valid_from,
                expire_at: *expire_at,
                status: pallet_treasury::PaymentState::Pending,
            };
            pallet_treasury::Spends::<Test>::insert(index as u32, spend);
        }
        pallet_treasury::LastSpendPeriod::<Test>::put(AT - 5);
        CurrentCadence::set(ASYNCHRONOUS);
        let record = Cadence::record();
        switch();
        assert_eq!(Cadence::check(&record), Ok(()));
        for spend in pallet_treasury::Spends::<Test>::iter_values() {
            assert!(spend.valid_from < spend.expire_at && spend.expire_at <= AT, "{spend:?}");
        }
    });
}
