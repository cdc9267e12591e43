//! Which broker, as whom, and the line to it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use city::dataset::MqttSource;
use city::{DatasetId, Fault};
use rumqttc::tokio_rustls::TlsConnector;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use url::Url;

use super::buffer::Subscribed;
use super::wire::Wire;
use crate::FetchError;
use crate::address::{fill, missing};

/// A broker that does not take a line for so long is away.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A broker, and who listens to what there.
pub(super) struct Broker {
    /// The address as the manifest says it: what may be shown.
    pub(super) shown: String,
    host: String,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
    /// Name and password.
    pub(super) login: Option<(String, String)>,
    pub(super) wanted: Subscribed,
    pub(super) retained: bool,
}

impl Broker {
    pub(super) fn new(
        source: &MqttSource,
        (city, dataset): (&str, &DatasetId),
        values: &BTreeMap<String, String>,
    ) -> Result<Self, FetchError> {
        let shown = &source.url;
        let value = |name: &String| {
            let found = values.get(name).map(|value| value.trim().to_owned());
            found.ok_or_else(|| missing(shown, name))
        };
        let named = |name: &Option<String>| name.as_ref().map(value).transpose();
        let url = parse(shown, &fill(shown, values)?)?;
        let is_encrypted = url.scheme() == "mqtts";
        let host = url.host_str().unwrap_or_default();
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let port = url.port().unwrap_or(if is_encrypted { 8883 } else { 1883 });
        let tls = match (is_encrypted, named(&source.ca)?) {
            (true, path) => Some(Arc::new(encrypted(shown, path.as_deref())?)),
            (false, _) => None,
        };
        let user = named(&source.user)?;
        let password = named(&source.password)?.unwrap_or_default();
        let client = source
            .client_id
            .clone()
            .unwrap_or_else(|| format!("madang-{city}-{dataset}"));
        Ok(Self {
            shown: shown.clone(),
            login: user.map(|user| (user, password)),
            wanted: Subscribed {
                broker: format!("{host}:{port}"),
                client,
                topic: source.topic.clone(),
                qos: source.qos.min(2),
            },
            retained: source.retained,
            host,
            port,
            tls,
        })
    }

    /// A line to it.
    pub(super) async fn connect(&self) -> io::Result<Wire> {
        let connect = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
            stream.set_nodelay(true)?;
            let Some(tls) = &self.tls else {
                return Ok(Wire::new(stream));
            };
            let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
            let connector = TlsConnector::from(Arc::clone(tls));
            Ok(Wire::new(connector.connect(name, stream).await?))
        };
        tokio::time::timeout(CONNECT_TIMEOUT, connect)
            .await
            .unwrap_or_else(|_late| Err(io::ErrorKind::TimedOut.into()))
    }
}

fn parse(shown: &str, address: &str) -> Result<Url, Fault> {
    let expected = "mqtt://host or mqtts://host";
    // The parser's words can hold the address, and that a secret.
    let url = Url::parse(address)
        .map_err(|_words| Fault::at(shown, "this is no address of a broker").expected(expected))?;
    if matches!(url.scheme(), "mqtt" | "mqtts")
        && url.host_str().is_some_and(|host| !host.is_empty())
    {
        return Ok(url);
    }
    Err(Fault::at(shown, "this is no address of a broker").expected(expected))
}

/// What an encrypted line asks of the broker's certificate.
fn encrypted(shown: &str, path: Option<&str>) -> Result<ClientConfig, FetchError> {
    let mut roots = RootCertStore::empty();
    match path {
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                let fault = Fault::at(shown, "this machine trusts no certificate");
                return Err(fault
                    .remedy("install the package ca-certificates, or name a file: ca = \"my_ca\"")
                    .into());
            }
        }
        Some(path) => {
            let unreadable = |why: String| {
                Fault::at(shown, format!("the certificates cannot be read: {why}"))
                    .expected("the path of a PEM file in the configuration value that `ca` names")
            };
            let certificates = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| unreadable(error.to_string()))?;
            roots.add_parsable_certificates(certificates);
            if roots.is_empty() {
                return Err(unreadable("there is none in the file".to_owned()).into());
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| FetchError::Machine(io::Error::other(error)))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
