//! Addresses with configuration values in them, which never leave this room.

use std::collections::BTreeMap;

use city::Fault;
use url::Url;

/// Replaces each `{name}` by its value; names that paging fills (`page`, `rows`, `start`, `end`) stay.
pub(super) fn fill(template: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else {
            return Err(Fault::at(template, "a `{` in the address is never closed"));
        };
        out.push_str(before);
        match values.get(name) {
            Some(value) => out.push_str(value),
            None if matches!(name, "page" | "rows" | "start" | "end") => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
            None => return Err(missing(template, name)),
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}

/// A configuration value that nobody has set.
pub(super) fn missing(template: &str, name: &str) -> Fault {
    Fault::at(template, format!("the configuration has no value `{name}`")).remedy(format!(
        "set MADANG_SOURCES_{}, or `{name}` below [sources] in madang.toml",
        name.to_uppercase()
    ))
}

/// An address, if it is one of the web.
pub(super) fn parse(template: &str, address: &str) -> Result<Url, Fault> {
    let url = Url::parse(address)
        .map_err(|error| Fault::at(template, format!("this is no address: {error}")))?;
    if matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    Err(Fault::at(
        template,
        format!("addresses of kind `{}` are not fetched", url.scheme()),
    )
    .expected("http or https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fill_an_address_and_a_missing_one_is_told() {
        let values = BTreeMap::from([("air".to_owned(), "http://127.0.0.1:1".to_owned())]);
        assert_eq!(
            fill("{air}/a/{start}/{end}/", &values).unwrap(),
            "http://127.0.0.1:1/a/{start}/{end}/"
        );
        assert_eq!(
            fill("{bus}/a", &values).unwrap_err().to_string(),
            "{bus}/a: the configuration has no value `bus`; set MADANG_SOURCES_BUS, or `bus` below [sources] in madang.toml"
        );
        assert!(parse("x", "file:///etc/passwd").is_err());
    }
}
