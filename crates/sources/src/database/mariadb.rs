//! MariaDB and MySQL: rows come one by one, in one consistent snapshot.

use std::net::IpAddr;

use async_trait::async_trait;
use mysql_async::consts::{ColumnFlags, ColumnType as Wire};
use mysql_async::prelude::Queryable as _;
use mysql_async::{
    Column, Conn, DriverError, Error, IoError, Opts, OptsBuilder, Row, SslOpts, Value,
};

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

/// A row larger than this is none.
const PACKET_MAX: usize = 64 << 20;
/// The character set of what is no text.
const BINARY: u16 = 63;
/// How everything is written, whatever the server's own settings are.
const SETTINGS: [&str; 3] = [
    "SET NAMES utf8mb4",
    "SET SESSION time_zone = '+09:00', sql_mode = '', net_write_timeout = 600",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
];

/// A line to a MariaDB server.
pub(super) struct Mariadb {
    line: Conn,
    login: Login,
    place: Fault,
}

pub(super) async fn connect(login: &Login, source: &TableSource) -> Result<Mariadb, Failed> {
    tls::provided();
    let place = login.template();
    // The client says of a host that is not there only that something failed: it is looked for first.
    let line = login.line().await?;
    let address = line
        .peer_addr()
        .map_err(|why| told::unreached(place, &why))?
        .ip();
    drop(line);
    let first = match login.tls {
        Tls::Disable => None,
        _ => Some(encryption(login)?),
    };
    let tried = open(login, address, first).await?;
    let line = match tried {
        Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if login.tls == Tls::Prefer => {
            open(login, address, None).await?
        }
        tried => tried,
    };
    let part = source.table.as_deref().unwrap_or("sql");
    let mut mariadb = Mariadb {
        line: line.map_err(|error| failed(place, &error))?,
        login: login.clone(),
        place: Fault::at(place, "").part(part),
    };
    for setting in SETTINGS {
        mariadb.execute(setting).await?;
    }
    Ok(mariadb)
}

async fn open(
    login: &Login,
    address: IpAddr,
    encryption: Option<SslOpts>,
) -> Result<Result<Conn, Error>, Failed> {
    let options = OptsBuilder::default()
        .ip_or_hostname(login.host.clone())
        .resolved_ips(Some(vec![address]))
        .tcp_port(login.port)
        .user(Some(login.user.clone()))
        .pass(login.password.clone())
        .db_name(Some(login.database.clone()))
        .prefer_socket(false)
        .stmt_cache_size(0)
        .max_allowed_packet(Some(PACKET_MAX))
        .ssl_opts(encryption);
    let connect = Conn::new(Opts::from(options));
    told::within(login.timeout, connect, || told::silent(login.template())).await
}

fn encryption(login: &Login) -> Result<SslOpts, Failed> {
    let options = SslOpts::default();
    if login.tls != Tls::VerifyFull {
        return Ok(options.with_danger_accept_invalid_certs(true));
    }
    Ok(match login.authorities().map_err(told::good)? {
        Some(pem) => options
            .with_disable_built_in_roots(true)
            .with_root_certs(vec![pem.into()]),
        None => options,
    })
}

impl Mariadb {
    /// Says good-bye.
    pub(super) async fn end(self) {
        let login = self.login;
        let place = login.template();
        told::within(login.timeout, self.line.disconnect(), || {
            told::silent(place)
        })
        .await
        .ok();
    }

    async fn execute(&mut self, sql: &str) -> Result<(), Failed> {
        let done = self.line.query_drop(sql);
        let place = self.login.template();
        told::within(self.login.timeout, done, || told::silent(place))
            .await?
            .map_err(|error| at_table(&self.login, &self.place, &error))
    }

    fn column(column: &Column) -> Described {
        let name = column.name_str().into_owned();
        let asked = format!("m.{}", ident(Server::Mariadb, &name));
        let is_binary = column.character_set() == BINARY;
        let wire = column.column_type();
        let (kind, word) = match wire {
            Wire::MYSQL_TYPE_TINY => (Kind::Number, "tinyint"),
            Wire::MYSQL_TYPE_SHORT => (Kind::Number, "smallint"),
            Wire::MYSQL_TYPE_INT24 => (Kind::Number, "mediumint"),
            Wire::MYSQL_TYPE_LONG => (Kind::Number, "int"),
            Wire::MYSQL_TYPE_LONGLONG => (Kind::Number, "bigint"),
            Wire::MYSQL_TYPE_YEAR => (Kind::Number, "year"),
            Wire::MYSQL_TYPE_DECIMAL | Wire::MYSQL_TYPE_NEWDECIMAL => (Kind::Number, "decimal"),
            Wire::MYSQL_TYPE_BIT => (Kind::Number, "bit"),
            Wire::MYSQL_TYPE_FLOAT => (Kind::ShortFloat, "float"),
            Wire::MYSQL_TYPE_DOUBLE => (Kind::Float, "double"),
            Wire::MYSQL_TYPE_DATE | Wire::MYSQL_TYPE_NEWDATE => (Kind::Day, "date"),
            Wire::MYSQL_TYPE_DATETIME | Wire::MYSQL_TYPE_DATETIME2 => (Kind::Moment, "datetime"),
            Wire::MYSQL_TYPE_TIMESTAMP | Wire::MYSQL_TYPE_TIMESTAMP2 => {
                (Kind::ZonedMoment, "timestamp")
            }
            Wire::MYSQL_TYPE_TIME | Wire::MYSQL_TYPE_TIME2 => (Kind::Text, "time"),
            Wire::MYSQL_TYPE_GEOMETRY => (Kind::Shape, "geometry"),
            Wire::MYSQL_TYPE_NULL => (Kind::Text, "null"),
            _ if is_binary && !is_word(column) => (Kind::Bytes, "blob"),
            _ => (Kind::Text, "text"),
        };
        let select = match wire {
            // Its bits come as bytes.
            Wire::MYSQL_TYPE_BIT => format!("({asked} + 0)"),
            // Written by itself it loses its last digit.
            Wire::MYSQL_TYPE_FLOAT => format!("CAST({asked} AS DOUBLE)"),
            _ => asked,
        };
        Described {
            name,
            kind,
            type_name: word.to_owned(),
            select,
        }
    }
}

/// Words of a list come with their own sign.
fn is_word(column: &Column) -> bool {
    column
        .flags()
        .intersects(ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG)
}

#[async_trait]
impl Session for Mariadb {
    async fn describe(&mut self, sql: &str) -> Result<Vec<Described>, Refusal> {
        let place = self.login.template().to_owned();
        let prepared = self.line.prep(sql);
        let prepared = told::within(self.login.timeout, prepared, || told::silent(&place));
        match prepared.await {
            Ok(Ok(statement)) => Ok(statement.columns().iter().map(Self::column).collect()),
            Ok(Err(error)) => {
                let failed = at_table(&self.login, &self.place, &error);
                Err(match &error {
                    Error::Server(said) if said.code == 1146 => Refusal::NoTable(failed),
                    Error::Server(said) if said.code == 1054 => Refusal::NoColumn(failed),
                    _ => Refusal::Other(failed),
                })
            }
            Err(failed) => Err(Refusal::Other(failed)),
        }
    }

    async fn freeze(&mut self) -> Result<(), Failed> {
        self.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            .await
    }

    async fn rows(&mut self, sql: &str, out: &mut Out<'_>) -> Result<(), Failed> {
        let (login, place) = (&self.login, &self.place);
        let template = login.template();
        let asked = self.line.query_iter(sql);
        let asked = told::within(login.timeout, asked, || told::silent(template));
        let mut answer = asked
            .await?
            .map_err(|error| at_table(login, place, &error))?;
        let mut cells = Cells::default();
        loop {
            let rows = out.rows();
            let next = told::within(login.timeout, answer.next(), || {
                told::stalled(template, rows)
            });
            let row: Option<Row> = next
                .await?
                .map_err(|error| at_table(login, place, &error))?;
            let Some(row) = row else { return Ok(()) };
            cells.clear();
            for value in row.unwrap_raw() {
                match value {
                    Some(Value::Bytes(bytes)) => cells.push(Some(&bytes)),
                    None | Some(Value::NULL) => cells.push(None),
                    // Questions without values are answered in text.
                    Some(other) => cells.push(Some(other.as_sql(true).as_bytes())),
                }
            }
            out.row(&cells).await.map_err(FetchError::from)?;
        }
    }
}

/// The failure at the table.
fn at_table(login: &Login, place: &Fault, error: &Error) -> Failed {
    failed(login.template(), error).map(|fault| Fault {
        place: place.place.clone(),
        ..fault
    })
}

fn failed(place: &str, error: &Error) -> Failed {
    match error {
        Error::Server(said) => {
            let message = said.message.as_str();
            match said.code {
                1045 | 1698 => told::refused(place),
                1044 | 1049 => told::no_database(place),
                1142 | 1143 | 1227 | 1370 => told::no_right(place),
                1146 => told::no_table(place),
                1792 | 1290 => told::writes(place),
                // Too many connections, shut down, killed, out of time, locked: all may pass.
                1040 | 1053 | 1203 | 1205 | 1213 | 1226 | 1317 | 1927 | 1969 | 3024 => {
                    told::busy(place, message)
                }
                code if said.state.starts_with("22") => {
                    told::said(place, &said.state, &code.to_string())
                }
                code => told::said(place, &code.to_string(), message),
            }
        }
        Error::Driver(DriverError::NoClientSslFlagFromServer) => told::no_tls(place),
        Error::Driver(DriverError::PacketTooLarge) => told::too_large(place, PACKET_MAX),
        Error::Driver(
            DriverError::UnknownAuthPlugin { .. }
            | DriverError::MysqlOldPasswordDisabled
            | DriverError::CleartextPluginDisabled,
        ) => told::refused(place),
        Error::Io(IoError::Tls(why)) => told::bad_tls(place, &told::chain(why)),
        Error::Io(IoError::Io(why))
            if why
                .get_ref()
                .is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) =>
        {
            told::bad_tls(place, &why.to_string())
        }
        _ => told::broken(place),
    }
}
