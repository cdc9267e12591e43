//! `public-url` and `proxies`: how the city stands in the web.

use std::net::IpAddr;

use interop::web::Web;

use super::{Origin, Valued};
use crate::exit::Failure;

/// How the city stands in the web.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Public {
    /// The address people know. With `https://` cookies are for encrypted ways only.
    pub(crate) url: Option<Valued<String>>,
    /// Proxies whose word is taken for where a request came from.
    pub(crate) proxies: Option<Valued<Vec<String>>>,
}

impl Public {
    /// What is in force.
    pub(super) fn gather(
        url: Option<String>,
        proxies: Option<Vec<String>>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let of = |origin| move |value| Valued { value, origin };
        let url = environment("MADANG_PUBLIC_URL")
            .map(of(Origin::Environment))
            .or_else(|| url.map(of(Origin::File)));
        let listed = environment("MADANG_PROXIES").map(|text| {
            let parts = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect::<Vec<_>>()
        });
        let proxies = listed
            .map(|value| Valued {
                value,
                origin: Origin::Environment,
            })
            .or_else(|| {
                proxies.map(|value| Valued {
                    value,
                    origin: Origin::File,
                })
            });
        let public = Self { url, proxies };
        public.web()?;
        Ok(public)
    }

    /// The same for the pages.
    pub(crate) fn web(&self) -> Result<Web, Failure> {
        let listed = self.proxies.iter().flat_map(|proxies| &proxies.value);
        let read = |text: &String| {
            text.parse::<IpAddr>().ok().ok_or_else(|| {
                Failure::Input(format!(
                    "madang.toml: proxies: `{text}` is no network address; write it like 10.0.0.1"
                ))
            })
        };
        let proxies = listed.map(read).collect::<Result<Vec<_>, _>>()?;
        let url = self.url.as_ref().map(|url| url.value.as_str());
        Web::new(url, proxies)
            .map_err(|error| Failure::Input(format!("madang.toml: public-url: {error}")))
    }

    /// Names, values and origins.
    pub(crate) fn lines(&self) -> Vec<(String, String, Origin)> {
        let url = self
            .url
            .iter()
            .map(|url| ("public-url".to_owned(), url.value.clone(), url.origin));
        let proxies = self.proxies.iter();
        let proxies =
            proxies.map(|list| ("proxies".to_owned(), list.value.join(", "), list.origin));
        url.chain(proxies).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_told() {
        let nothing = |_: &str| None;
        let failure = Public::gather(Some("data.example".to_owned()), None, &nothing).unwrap_err();
        assert!(
            failure.message().contains("https://"),
            "{}",
            failure.message()
        );
        let failure = Public::gather(None, Some(vec!["proxy".to_owned()]), &nothing).unwrap_err();
        assert!(
            failure.message().contains("`proxy`"),
            "{}",
            failure.message()
        );
        let environment =
            |name: &str| (name == "MADANG_PUBLIC_URL").then(|| "https://data.example/".to_owned());
        let public = Public::gather(None, None, &environment).unwrap();
        assert!(public.web().unwrap().is_https());
    }
}
