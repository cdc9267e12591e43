//! Where a database is and who asks. Nothing of it but the manifest's words is ever told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use city::Fault;
use city::dataset::{TableSource, Tls};
use tokio::net::TcpStream;

use super::{Server, told};
use crate::address::{fill, missing};
use crate::patience::Failed;
use crate::secrets::Secrets;

/// How to reach a database.
#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) tls: Tls,
    pub(super) ca: Option<PathBuf>,
    pub(super) secrets: Secrets,
    /// No answer within it is none.
    pub(super) timeout: Duration,
    template: String,
}

impl Login {
    pub(super) fn new(
        server: Server,
        source: &TableSource,
        values: &BTreeMap<String, String>,
    ) -> Result<Self, Fault> {
        let template = source.url.as_str();
        let value = |name: &Option<String>| match name {
            Some(name) => match values.get(name) {
                Some(value) if !value.is_empty() => Ok(Some(value.clone())),
                _ => Err(missing(template, name)),
            },
            None => Ok(None),
        };
        let (user, password) = (value(&source.user)?, value(&source.password)?);
        let (kind, port, schemes) = match server {
            Server::Postgres => ("postgres", 5432, ["postgres", "postgresql"]),
            Server::Mariadb => ("mariadb", 3306, ["mariadb", "mysql"]),
        };
        let like = format!("like {kind}://host:{port}/database");
        let wrong = |what: String| Fault::at(template, what).expected(like.clone());
        let address = fill(template, values)?;
        let url = url::Url::parse(&address)
            .map_err(|error| wrong(format!("this is no address: {error}")))?;
        if !schemes.contains(&url.scheme()) {
            let what = format!("this is no address of a database of kind `{kind}`");
            return Err(wrong(what));
        }
        let database = url.path().trim_matches('/').to_owned();
        let host = url.host_str().unwrap_or_default();
        if database.is_empty() || database.contains('/') || host.is_empty() {
            return Err(wrong(
                "the address names no host, or no database on it".to_owned(),
            ));
        }
        let secrets = Secrets::new(password.as_deref(), values, &[]);
        Ok(Self {
            // An IPv6 address stands in brackets only within an address.
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            database,
            user: user.unwrap_or_else(|| kind.to_owned()),
            password,
            tls: source.tls,
            ca: value(&source.ca)?.map(PathBuf::from),
            secrets,
            timeout: Duration::from_secs(source.timeout_s.max(1)),
            template: template.to_owned(),
        })
    }

    /// A line to the server.
    pub(super) async fn line(&self) -> Result<TcpStream, Failed> {
        let template = self.template.as_str();
        let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
        let addresses = told::within(self.timeout, lookup, || told::silent(template))
            .await?
            .ok()
            .ok_or_else(|| told::unknown_host(template))?;
        let mut why = None;
        for address in addresses {
            let line = TcpStream::connect(address);
            match told::within(self.timeout, line, || told::silent(template)).await? {
                Ok(line) => {
                    line.set_nodelay(true).ok();
                    return Ok(line);
                }
                Err(error) => why = Some(error),
            }
        }
        Err(match why {
            Some(error) => told::unreached(template, &error),
            None => told::unknown_host(template),
        })
    }

    /// Where a fault is.
    pub(super) fn template(&self) -> &str {
        &self.template
    }

    /// The certificates that vouch for the server, if the configuration names a file of them.
    pub(super) fn authorities(&self) -> Result<Option<Vec<u8>>, Fault> {
        let Some(path) = &self.ca else {
            return Ok(None);
        };
        let read = std::fs::read(path).map(Some);
        read.map_err(|error| {
            Fault::at(
                path,
                format!("the certificates cannot be read: {}", error.kind()),
            )
            .remedy("correct the configuration value that `ca` names: the path of a PEM file")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(server: Server, source: serde_json::Value) -> Result<Login, String> {
        let source: TableSource = serde_json::from_value(source).unwrap();
        let values = BTreeMap::from([
            ("host".to_owned(), "db.example.kr:15432".to_owned()),
            ("me".to_owned(), "reader".to_owned()),
            ("word".to_owned(), "p%ss wörd".to_owned()),
        ]);
        Login::new(server, &source, &values).map_err(|fault| fault.to_string())
    }

    #[test]
    fn an_address_is_filled_from_the_configuration() {
        let found = login(
            Server::Postgres,
            serde_json::json!({"url": "postgres://{host}/city", "user": "me", "password": "word"}),
        )
        .unwrap();
        assert_eq!(
            (found.host.as_str(), found.port, found.database.as_str()),
            ("db.example.kr", 15432, "city")
        );
        assert_eq!(found.password.as_deref(), Some("p%ss wörd"));
        assert_eq!(found.secrets.hide("for p%ss wörd!"), "for ***!");
        let found = login(
            Server::Mariadb,
            serde_json::json!({"url": "mysql://[::1]/city"}),
        )
        .unwrap();
        assert_eq!((found.host.as_str(), found.port), ("::1", 3306));
    }

    #[test]
    fn what_is_missing_or_wrong_in_it_is_told() {
        for (source, said) in [
            (
                serde_json::json!({"url": "postgres://{nowhere}/city"}),
                "set MADANG_SOURCES_NOWHERE",
            ),
            (
                serde_json::json!({"url": "postgres://{host}/city", "password": "nothing"}),
                "set MADANG_SOURCES_NOTHING",
            ),
            (
                serde_json::json!({"url": "mysql://{host}/city"}),
                "this is no address of a database of kind `postgres`; expected like postgres://host:5432/database",
            ),
            (
                serde_json::json!({"url": "postgres://{host}"}),
                "names no host, or no database",
            ),
            (
                serde_json::json!({"url": "{host}/x"}),
                "this is no address of a database",
            ),
        ] {
            let fault = login(Server::Postgres, source).unwrap_err();
            assert!(fault.contains(said), "{fault}");
        }
    }
}
