//! How the city stands in the web: its address, whether it is encrypted, and who may say where a request came from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use url::Url;

/// Says from where a request came, in front of the last proxy.
const FORWARDED: &str = "x-forwarded-for";

/// How the city stands in the web.
#[derive(Clone, Debug, Default)]
pub struct Web {
    origin: Option<String>,
    proxies: Vec<IpAddr>,
}

/// Why an address cannot be the public one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no public address; write it like https://data.example.go.kr")]
pub struct NoAddress(String);

impl Web {
    /// A city at a public address, behind proxies whose word is taken for where a request came from.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(public: Option<&str>, proxies: Vec<IpAddr>) -> Result<Self, NoAddress> {
        let origin = public.map(|address| {
            let url = Url::parse(address).ok();
            let url =
                url.filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
            let url = url.ok_or_else(|| NoAddress(address.to_owned()))?;
            Ok(url.origin().ascii_serialization())
        });
        Ok(Self {
            origin: origin.transpose()?,
            proxies,
        })
    }

    /// The public address, as browsers name it: `https://data.example.go.kr`.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Whether everything is encrypted on its way.
    pub fn is_https(&self) -> bool {
        self.origin()
            .is_some_and(|origin| origin.starts_with("https:"))
    }

    /// The network address a request came from. A proxy's word counts only if the city names the proxy.
    pub fn address(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<String> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
        if !self.proxies.contains(&peer) {
            return Some(peer.to_string());
        }
        let said = headers
            .get_all(FORWARDED)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let said: Vec<&str> = said
            .flat_map(|text| text.split(','))
            .map(str::trim)
            .collect();
        let mut hops = said.iter().rev().map(|hop| hop.parse::<IpAddr>().ok());
        // The last one that is no proxy of ours; what stands before it anybody can write.
        let before = hops.find(|hop| !hop.is_some_and(|hop| self.proxies.contains(&hop)));
        Some(before.flatten().unwrap_or(peer).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(web: &Web, peer: &str, said: Option<&str>) -> String {
        let (mut extensions, mut headers) = (Extensions::new(), HeaderMap::new());
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        if let Some(said) = said {
            headers.insert(FORWARDED, said.parse().unwrap());
        }
        web.address(&extensions, &headers).unwrap()
    }

    #[test]
    fn only_a_known_proxy_says_where_a_request_came_from() {
        let web = Web::new(
            None,
            vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()],
        )
        .unwrap();
        assert_eq!(from(&web, "192.0.2.7", Some("203.0.113.1")), "192.0.2.7");
        assert_eq!(
            from(&web, "10.0.0.1", Some("203.0.113.9, 203.0.113.1, 10.0.0.2")),
            "203.0.113.1"
        );
        assert_eq!(
            from(&web, "10.0.0.1", Some("203.0.113.9, nonsense")),
            "10.0.0.1"
        );
        assert_eq!(from(&web, "10.0.0.1", None), "10.0.0.1");
    }

    #[test]
    fn a_public_address_is_one() {
        let web = Web::new(Some("https://data.example.go.kr/"), Vec::new()).unwrap();
        assert_eq!(
            (web.origin(), web.is_https()),
            (Some("https://data.example.go.kr"), true)
        );
        assert!(
            !Web::new(Some("http://localhost:8080"), Vec::new())
                .unwrap()
                .is_https()
        );
        for bad in [
            "data.example.go.kr",
            "ftp://example.org",
            "https://example.org/portal",
        ] {
            assert!(Web::new(Some(bad), Vec::new()).is_err(), "{bad}");
        }
    }
}
