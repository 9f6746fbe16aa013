//! A street's office where somebody knocks at the centre's door all day. The long form is `cargo xtask prove doors`.

use std::time::Duration;

use tongdang_tests::doors::{Plan, prove};

#[test]
fn strangers_at_the_same_address_keep_no_desk_waiting_and_nobody_out() {
    let told = prove(Plan { posts: 16_000, slow: Duration::from_secs(3) }).expect("a district");
    for told in told {
        assert!(told.refused.is_empty(), "beside {}: {:?}", told.beside, told.refused);
    }
}
