//! Result codes of Open APIs: what each means for a fetch, and what a person does about it.

/// What a code means for the fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// All is well.
    Good,
    /// Nothing matches.
    Nothing,
    /// The same request may succeed later.
    Passing,
    /// The same rows in smaller pages may succeed.
    TooMany,
    /// The day's calls are used up, as the server counts them.
    Exhausted,
    /// It will not succeed.
    Bad,
}

/// One result code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// As it comes, without leading zeros.
    code: &'static str,
    /// Its name; it can come in the message instead of a code, or beside one that says less.
    pub name: &'static str,
    /// What it means for the call.
    pub meaning: Meaning,
    /// What has happened.
    pub what: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Whose codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// The national gateway's numbers.
    National,
    /// Negative numbers of the national portal's files as an API.
    Files,
    /// Numbers of the transport services: the same as the gateway's in no case but 0.
    Transport,
    /// `INFO-000`, `ERROR-300`: portals of provinces.
    Words,
}

const LATER: &str = "try again later";
const PROVIDER: &str = "try again later; when it stays so, tell the provider";

const fn code(
    code: &'static str,
    name: &'static str,
    meaning: Meaning,
    what: &'static str,
    remedy: &'static str,
) -> Code {
    Code {
        code,
        name,
        meaning,
        what,
        remedy,
    }
}

#[rustfmt::skip]
const NATIONAL: &[Code] = &[
    code("0", "NORMAL_SERVICE", Meaning::Good, "all is well", ""),
    code("1", "APPLICATION_ERROR", Meaning::Passing, "the provider's program failed", PROVIDER),
    code("2", "DB_ERROR", Meaning::Passing, "the provider's database failed", PROVIDER),
    code("3", "NODATA_ERROR", Meaning::Nothing, "nothing matches", "check the parameters"),
    code("4", "HTTP_ERROR", Meaning::Passing, "the gateway did not reach the provider", LATER),
    code("5", "SERVICETIMEOUT_ERROR", Meaning::Passing, "the provider took too long", "try again later, or ask for fewer rows a page: `page-rows`"),
    code("10", "INVALID_REQUEST_PARAMETER_ERROR", Meaning::Bad, "a parameter has a value it cannot have", "check `parameters`, `page-rows` (often 1000 at most) and `first-page` in the manifest"),
    code("11", "NO_MANDATORY_REQUEST_PARAMETERS_ERROR", Meaning::Bad, "a parameter that must be sent is missing", "add it to `parameters` in the manifest; the provider's guide names it"),
    code("12", "NO_OPENAPI_SERVICE_ERROR", Meaning::Bad, "there is no such service, or no longer", "correct `url` in the manifest; the provider's page tells whether the service was moved or ended"),
    code("20", "SERVICE_ACCESS_DENIED_ERROR", Meaning::Bad, "the key may not use this service", "apply for the use of this service on the provider's page, and wait until it is approved"),
    code("21", "TEMPORARILY_DISABLE_THE_SERVICEKEY_ERROR", Meaning::Bad, "the key is switched off for a time", "ask the provider why, and when it is switched on again"),
    code("22", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", Meaning::Exhausted, "the day's requests are used up", "it goes on tomorrow; set `daily-quota` to what the provider allows, or ask for more"),
    code("23", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_PER_SECOND_EXCEEDS_ERROR", Meaning::Passing, "too many requests came in one second", LATER),
    code("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR", Meaning::Bad, "the key is not registered for this service", "copy the key from the provider's page once more into the configuration (either form, as it is: it may have been encoded twice, or cut); a new key works about an hour after it was given"),
    code("31", "DEADLINE_HAS_EXPIRED_ERROR", Meaning::Bad, "the time for which the key was given has ended", "have the use of the service extended on the provider's page"),
    code("32", "UNREGISTERED_IP_ERROR", Meaning::Bad, "this machine's address is not registered with the key", "register the address this machine has outside on the provider's page"),
    code("33", "UNSIGNED_CALL_ERROR", Meaning::Bad, "the provider wants the call to be signed", "choose a key without signing on the provider's page"),
    code("99", "UNKNOWN_ERROR", Meaning::Passing, "the provider does not say what failed", PROVIDER),
];

#[rustfmt::skip]
const FILES: &[Code] = &[
    code("-1", "", Meaning::Passing, "the provider's program failed", PROVIDER),
    code("-2", "", Meaning::Bad, "the request is not understood", "check `url` and `parameters` in the manifest"),
    code("-4", "", Meaning::Bad, "the key is not registered for this service", "apply for the use of this file's API on the provider's page, and copy the key into the configuration as it is"),
    code("-10", "", Meaning::Bad, "a parameter has a value it cannot have", "check `parameters` and `page-rows` in the manifest"),
    code("-401", "", Meaning::Bad, "the key is not valid", "copy the key from the provider's page once more into the configuration (either form, as it is)"),
];

#[rustfmt::skip]
const TRANSPORT: &[Code] = &[
    code("0", "", Meaning::Good, "all is well", ""),
    code("1", "", Meaning::Passing, "the provider's system failed", PROVIDER),
    code("4", "", Meaning::Nothing, "nothing matches", "check the parameters"),
];

#[rustfmt::skip]
const WORDS: &[Code] = &[
    code("INFO-000", "", Meaning::Good, "all is well", ""),
    code("INFO-100", "", Meaning::Bad, "the key is not valid", "copy the key from the provider's page once more into the configuration"),
    code("INFO-200", "", Meaning::Nothing, "nothing matches", "check the parameters"),
    code("INFO-300", "", Meaning::Bad, "the provider has restricted the key", "ask the provider why, and when it is free again"),
    code("ERROR-290", "", Meaning::Bad, "the key is not valid", "copy the key from the provider's page once more into the configuration"),
    code("ERROR-300", "", Meaning::Bad, "a value that must be sent is missing", "check `url` and `parameters` in the manifest; the provider's guide names what must be sent"),
    code("ERROR-301", "", Meaning::Bad, "the kind of answer that was asked for is unknown", "check `json` or `xml` in `url` or `parameters`"),
    code("ERROR-310", "", Meaning::Bad, "there is no such service, or no longer", "correct the service's name in `url`"),
    code("ERROR-331", "", Meaning::Bad, "the first row asked for is no number that can be asked for", "check where `{start}` stands in `url`"),
    code("ERROR-332", "", Meaning::Bad, "the last row asked for is no number that can be asked for", "check where `{end}` stands in `url`"),
    code("ERROR-333", "", Meaning::Bad, "a page or row asked for is no number", "check where `{start}` and `{end}` stand in `url`, or `page-parameter` and `rows-parameter`"),
    code("ERROR-334", "", Meaning::Bad, "the last row asked for is before the first", "check the order of `{start}` and `{end}` in `url`"),
    code("ERROR-335", "", Meaning::TooMany, "the sample key gives 5 rows at most", "get a key of your own and put it into the configuration"),
    code("ERROR-336", "", Meaning::TooMany, "more rows were asked for at a time than are given", "ask for fewer: `page-rows` (1000 at most)"),
    code("ERROR-337", "", Meaning::Exhausted, "the day's requests are used up", "it goes on tomorrow; set `daily-quota` to what the provider allows, or ask for more"),
    code("ERROR-500", "", Meaning::Passing, "the provider's server failed", PROVIDER),
    code("ERROR-600", "", Meaning::Passing, "the provider's database failed", PROVIDER),
    code("ERROR-601", "", Meaning::Passing, "the provider's database failed", PROVIDER),
];

/// A code nobody has a sentence for.
const UNKNOWN: Code = code(
    "",
    "",
    Meaning::Bad,
    "the provider gives a code that is in no table",
    "look it up in the provider's guide; check the key and the parameters",
);

impl Family {
    fn table(self) -> &'static [Code] {
        match self {
            Self::National => NATIONAL,
            Self::Files => FILES,
            Self::Transport => TRANSPORT,
            Self::Words => WORDS,
        }
    }

    /// What a code with its message means.
    pub(super) fn of(self, code: &str, message: &str) -> &'static Code {
        let short = match code.trim().trim_start_matches('0') {
            "" => "0",
            short => short,
        };
        let by_code = self.table().iter().find(|known| known.code == short);
        if by_code.is_some_and(|known| known.meaning == Meaning::Good) || is_good(short, self) {
            return by_code.unwrap_or(&GOOD);
        }
        // A name says more than a number: services put numbers of their own around the gateway's refusals.
        by_name(short)
            .or_else(|| by_name(message))
            .or(by_code)
            .unwrap_or(&UNKNOWN)
    }
}

const GOOD: Code = code("0", "", Meaning::Good, "all is well", "");

/// Other ways to say that all is well.
fn is_good(code: &str, family: Family) -> bool {
    match family {
        // Where numbers below 0 are the errors, all others are none.
        Family::Files => !code.starts_with('-'),
        _ => ["NORMAL_SERVICE", "NORMAL_CODE", "OK", "SUCCESS"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(code)),
    }
}

/// The code whose name stands in a text, with any sign between its words.
fn by_name(text: &str) -> Option<&'static Code> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|sign| sign.to_ascii_uppercase())
            .collect()
    };
    let text = plain(text);
    let is_error = |known: &&Code| known.meaning != Meaning::Good;
    NATIONAL
        .iter()
        .filter(is_error)
        .find(|known| text.contains(&plain(known.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_national_table_has_a_sentence_and_a_remedy() {
        for number in [
            1, 2, 3, 4, 5, 10, 11, 12, 20, 21, 22, 30, 31, 32, 33, 99_u32,
        ] {
            for text in [format!("{number}"), format!("{number:02}")] {
                let code = Family::National.of(&text, "");
                assert_eq!(code.code, number.to_string(), "{text}");
                assert!(!code.what.is_empty() && !code.remedy.is_empty(), "{text}");
            }
            let name = Family::National.of(&number.to_string(), "").name;
            assert_eq!(
                Family::National.of(name, "").name,
                name,
                "a name in place of a number"
            );
        }
        for text in ["0", "00", "000", "0000", "NORMAL_SERVICE"] {
            assert_eq!(
                Family::National.of(text, "NORMAL SERVICE.").meaning,
                Meaning::Good
            );
        }
    }

    #[test]
    fn the_same_number_means_what_its_family_says() {
        assert_eq!(Family::National.of("4", "").meaning, Meaning::Passing);
        assert_eq!(
            Family::Transport.of("4", "결과가 없습니다.").meaning,
            Meaning::Nothing
        );
        let refused = "Key인증실패: SERVICE KEY IS NOT REGISTERED ERROR.[인증모듈 에러코드(30)]";
        assert_eq!(
            Family::Transport.of("7", refused).name,
            "SERVICE_KEY_IS_NOT_REGISTERED_ERROR"
        );
        assert_eq!(Family::Files.of("-401", "").meaning, Meaning::Bad);
        assert_eq!(Family::Files.of("200", "").meaning, Meaning::Good);
        assert_eq!(
            Family::Words.of("ERROR-337", "").meaning,
            Meaning::Exhausted
        );
        assert_eq!(Family::Words.of("ERROR-999", "").what, UNKNOWN.what);
    }
}
