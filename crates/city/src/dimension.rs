//! Dimensions of quality, as the national evaluation of public data names them, and the checks that belong to each.

/// Dimensions of quality, in the order they are shown.
pub const DIMENSIONS: [&str; 6] = [
    "completeness",
    "validity",
    "uniqueness",
    "consistency",
    "accuracy",
    "timeliness",
];

/// The dimension a check belongs to, by the check's word.
pub fn dimension_of(check: &str) -> &'static str {
    match check {
        "required" | "record" | "any-of" | "both-or-none" => "completeness",
        "unique" => "uniqueness",
        "refers-to" | "date-order" | "number-order" | "mentions" => "consistency",
        "sum-equals" => "accuracy",
        "fresh-within" => "timeliness",
        _ => "validity",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_belongs_to_a_dimension_that_is_shown() {
        for check in [
            "required",
            "unique",
            "refers-to",
            "sum-equals",
            "fresh-within",
            "pattern",
        ] {
            assert!(DIMENSIONS.contains(&dimension_of(check)), "{check}");
        }
    }
}
