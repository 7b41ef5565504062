//! The proof that a block declares for its hooks and inherents alone.

mod common;

use codec::{Encode, MaxEncodedLen};
use common::{Chain, Inbound};
use frame_support::BoundedVec;
use pallet_scheduler::{Config, ScheduledOf, WeightInfo};
use sp_block_builder::runtime_decl_for_block_builder::BlockBuilderV6;
use tandem_runtime::*;

#[test]
fn an_empty_block_declares_what_it_proves_and_little_more() {
    let mut chain = Chain::new("shibuya");
    // dApp staking begins its first era in the first block.
    chain.empty_block();
    let (header, inherents) = chain.next(Inbound::default());
    chain.state.commit_all().expect("no transaction is left open");
    let (declared, proof) = chain.state.execute_and_prove(|| {
        Executive::initialize_block(&header);
        for extrinsic in Runtime::inherent_extrinsics(inherents) {
            Executive::apply_extrinsic(extrinsic).expect("inherents are valid").expect("and succeed");
        }
        Executive::finalize_block();
        System::block_weight().total().proof_size()
    });
    let proved = proof.encoded_size() as u64;
    assert!(proved <= declared && declared < 64 * 1_024, "{declared} B declared, {proved} B proved");
}

#[test]
fn an_agenda_declares_the_proof_of_the_tasks_that_it_holds() {
    type Tasks = BoundedVec<Option<ScheduledOf<Runtime>>, <Runtime as Config>::MaxScheduledPerBlock>;
    let declared = |tasks| <Runtime as Config>::WeightInfo::service_agenda_base(tasks).proof_size();
    assert!(declared(0) < 4 * 1_024);
    assert!(declared(Tasks::bound() as u32) > Tasks::max_encoded_len() as u64);
}
