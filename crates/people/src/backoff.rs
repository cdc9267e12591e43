//! How long one waits after wrong passwords: longer each time, and never for ever.

use chrono::TimeDelta;

/// Nobody waits longer: otherwise whoever guesses on purpose would shut somebody out.
pub const LONGEST: TimeDelta = TimeDelta::minutes(15);
/// Wrong passwords of an account that cost no time: people mistype.
const FREE: u32 = 4;
/// Wrong passwords from an address that cost no time: an office has one address.
const FREE_OF_ADDRESS: u32 = 20;
/// A known browser may be wrong so often; then it is not known any more.
pub const FREE_OF_BROWSER: u32 = 10;

/// The pause of an account after so many wrong passwords in a row.
pub fn of_account(failures: u32) -> TimeDelta {
    doubling(failures, FREE)
}

/// The pause of an address.
pub fn of_address(failures: u32) -> TimeDelta {
    doubling(failures, FREE_OF_ADDRESS)
}

/// A browser that is known does not wait; it is forgotten instead.
pub fn of_browser(_failures: u32) -> TimeDelta {
    TimeDelta::zero()
}

/// A second after the first that is not free, then twice as long each time.
fn doubling(failures: u32, free: u32) -> TimeDelta {
    let Some(times) = failures.checked_sub(free.saturating_add(1)) else {
        return TimeDelta::zero();
    };
    // Ten doublings of a second are longer than the longest.
    TimeDelta::seconds(1_i64 << times.min(10)).min(LONGEST)
}

/// What an address is counted under: the machine, or with the newer protocol its network, of which one person has many.
pub fn subject_of_address(address: &str) -> String {
    let network = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(address)) => address.to_ipv4_mapped().map_or_else(
            || {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            },
            |address| address.to_string(),
        ),
        _ => address.to_owned(),
    };
    format!("address {network}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mistyping_costs_nothing_and_guessing_costs_more_each_time() {
        assert_eq!(of_account(4), TimeDelta::zero());
        assert_eq!(of_account(5), TimeDelta::seconds(1));
        assert_eq!(of_account(8), TimeDelta::seconds(8));
        assert_eq!(of_account(10_000), LONGEST);
        assert_eq!(of_address(20), TimeDelta::zero());
        assert_eq!(of_address(22), TimeDelta::seconds(2));
    }

    #[test]
    fn a_network_of_one_person_is_one_address() {
        let one = subject_of_address("2001:db8:1:2:3:4:5:6");
        assert_eq!(one, subject_of_address("2001:db8:1:2:ffff::1"));
        assert_ne!(one, subject_of_address("2001:db8:1:3::1"));
        assert_eq!(subject_of_address("::ffff:10.0.0.1"), "address 10.0.0.1");
    }

    proptest! {
        #[test]
        fn a_pause_never_shrinks_and_never_exceeds_the_longest(failures in 0_u32..u32::MAX) {
            prop_assert!(of_account(failures) <= of_account(failures + 1));
            prop_assert!(of_account(failures + 1) <= LONGEST);
        }
    }
}
