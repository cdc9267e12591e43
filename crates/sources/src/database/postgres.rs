//! PostgreSQL: rows come by `COPY`, in one repeatable read.

use async_trait::async_trait;
use futures::{StreamExt as _, pin_mut};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, Error};

use city::Fault;
use city::dataset::{TableSource, Tls};

use super::Server;
use super::cells::Cells;
use super::login::Login;
use super::out::Out;
use super::question::ident;
use super::session::{Described, Kind, Refusal, Session};
use super::{tls, told};
use crate::FetchError;
use crate::patience::Failed;

/// How everything is written, whatever the server's own settings are.
const SETTINGS: &str = "SET TimeZone = 'Asia/Seoul'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; \
     SET extra_float_digits = 3; SET bytea_output = 'hex'; SET statement_timeout = 0; \
     SET default_transaction_read_only = on";

/// A line to a PostgreSQL server.
pub(super) struct Postgres {
    client: Client,
    driver: JoinHandle<()>,
    login: Login,
    place: Fault,
}

pub(super) async fn connect(login: &Login, source: &TableSource) -> Result<Postgres, Failed> {
    let place = login.template();
    let mut config = Config::new();
    config
        .user(&login.user)
        .dbname(&login.database)
        .application_name("madang")
        .ssl_mode(match login.tls {
            Tls::Disable => SslMode::Disable,
            Tls::Prefer => SslMode::Prefer,
            Tls::Require | Tls::VerifyFull => SslMode::Require,
        });
    if let Some(password) = &login.password {
        config.password(password);
    }
    let mut connector = tls::connector(login)?;
    let line_tls = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut connector, &login.host);
    let line_tls = match line_tls {
        Ok(line_tls) => line_tls,
        Err(never) => match never {},
    };
    let line = login.line().await?;
    let connected = told::within(login.timeout, config.connect_raw(line, line_tls), || {
        told::silent(place)
    });
    let (client, connection) = connected.await?.map_err(|error| not_in(place, &error))?;
    let driver = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!("the line to a database ended: {error}");
        }
    });
    let part = source.table.as_deref().unwrap_or("sql");
    let postgres = Postgres {
        client,
        driver,
        login: login.clone(),
        place: Fault::at(place, "").part(part),
    };
    postgres.execute(SETTINGS).await?;
    Ok(postgres)
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Postgres {
    /// Says good-bye.
    pub(super) async fn end(self) {
        self.execute("ROLLBACK").await.ok();
    }

    async fn execute(&self, sql: &str) -> Result<(), Failed> {
        let done = self.client.batch_execute(sql);
        let place = self.login.template();
        told::within(self.login.timeout, done, || told::silent(place))
            .await?
            .map_err(|error| self.failed(&error))
    }

    /// The failure at the table.
    fn failed(&self, error: &Error) -> Failed {
        let place = &self.place.place;
        failed(self.login.template(), error).map(|fault| Fault {
            place: place.clone(),
            ..fault
        })
    }

    fn column(name: &str, kind: &Type) -> Described {
        let asked = format!("m.{}", ident(Server::Postgres, name));
        let (kind_of, select) = match *kind {
            Type::BOOL => (Kind::Truth, asked),
            Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::NUMERIC => {
                (Kind::Number, asked)
            }
            Type::FLOAT4 | Type::FLOAT8 => (Kind::Float, asked),
            Type::DATE => (Kind::Day, asked),
            Type::TIMESTAMP => (Kind::Moment, asked),
            Type::TIMESTAMPTZ => (
                Kind::ZonedMoment,
                format!("({asked} AT TIME ZONE 'Asia/Seoul')"),
            ),
            Type::TIMETZ => (
                Kind::Text,
                format!("CAST({asked} AT TIME ZONE 'Asia/Seoul' AS time)"),
            ),
            // Its signs of currency depend on the server.
            Type::MONEY => (Kind::Text, format!("CAST({asked} AS numeric)")),
            Type::BYTEA => (Kind::Bytes, asked),
            _ if matches!(kind.name(), "geometry" | "geography" | "raster") => (Kind::Shape, asked),
            // What is no text itself can be sorted only as one.
            _ => (Kind::Text, format!("CAST({asked} AS text)")),
        };
        Described {
            name: name.to_owned(),
            kind: kind_of,
            type_name: kind.name().to_owned(),
            select,
        }
    }
}

#[async_trait]
impl Session for Postgres {
    async fn describe(&mut self, sql: &str) -> Result<Vec<Described>, Refusal> {
        let place = self.login.template().to_owned();
        let prepared = self.client.prepare(sql);
        let prepared = told::within(self.login.timeout, prepared, || told::silent(&place));
        let statement = match prepared.await {
            Ok(Ok(statement)) => statement,
            Ok(Err(error)) => {
                let failed = self.failed(&error);
                let code = error.code();
                return Err(if code == Some(&SqlState::UNDEFINED_TABLE) {
                    Refusal::NoTable(failed)
                } else if code == Some(&SqlState::UNDEFINED_COLUMN) {
                    Refusal::NoColumn(failed)
                } else {
                    Refusal::Other(failed)
                });
            }
            Err(failed) => return Err(Refusal::Other(failed)),
        };
        let columns = statement.columns().iter();
        Ok(columns
            .map(|column| Self::column(column.name(), column.type_()))
            .collect())
    }

    async fn freeze(&mut self) -> Result<(), Failed> {
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await
    }

    async fn rows(&mut self, sql: &str, out: &mut Out<'_>) -> Result<(), Failed> {
        let place = self.login.template().to_owned();
        let patience = self.login.timeout;
        let copy = format!("COPY ({sql}) TO STDOUT");
        let begun = told::within(patience, self.client.copy_out(&copy), || {
            told::silent(&place)
        });
        let stream = begun.await?.map_err(|error| self.failed(&error))?;
        pin_mut!(stream);
        let mut cells = Cells::default();
        loop {
            let rows = out.rows();
            let next = told::within(patience, stream.next(), || told::stalled(&place, rows));
            match next.await? {
                None => return Ok(()),
                Some(Ok(line)) => {
                    cells.read_copied(&line);
                    out.row(&cells).await.map_err(FetchError::from)?;
                }
                Some(Err(error)) => return Err(self.failed(&error)),
            }
        }
    }
}

/// A failure while coming in.
fn not_in(place: &str, error: &Error) -> Failed {
    if error.as_db_error().is_some() {
        return failed(place, error);
    }
    let why = told::chain(error);
    if why.contains("does not support TLS") {
        return told::no_tls(place);
    }
    if why.contains("TLS") || why.contains("certificate") {
        return told::bad_tls(place, &why);
    }
    if why.contains("password missing") || why.contains("authentication") {
        return told::refused(place);
    }
    told::broken(place)
}

fn failed(place: &str, error: &Error) -> Failed {
    let Some(told) = error.as_db_error() else {
        return told::broken(place);
    };
    let code = told.code();
    let message = told.message();
    match code.code() {
        "28000" if message.contains("pg_hba") => told::not_let_in(place, message),
        "28P01" | "28000" => told::refused(place),
        "3D000" => told::no_database(place),
        "42501" => told::no_right(place),
        "25006" => told::writes(place),
        "42P01" => told::no_table(place),
        // Shut down, starting up, too many connections, a standby that had to give up: all may pass.
        "57P01" | "57P02" | "57P03" | "57014" | "40001" | "55P03" => told::busy(place, message),
        other if other.starts_with("53") || other.starts_with("08") => told::busy(place, message),
        other => told::said(place, other, message),
    }
}
