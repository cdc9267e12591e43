//! Servers of other programs that some of the city's data come from.
//!
//! Each is started privately, in a folder of its own, listening on 127.0.0.1 only, with passwords made for it, run by an
//! account that is not root, and ended with whoever started it. It is filled as of the demo's day.
//!
//! | module | holds |
//! | --- | --- |
//! | [`kind`] | which there are, what comes from each, and as which files it comes without |
//! | [`owner`] | whose folders and processes are |
//! | [`held`] | a program that ends with its starter |
//! | [`postgres`], [`mariadb`], [`sshd`], [`mosquitto`] | the servers |
//! | `table` | a department's table on a day |

pub mod held;
pub mod kind;
pub mod mariadb;
pub mod mosquitto;
pub mod owner;
pub mod postgres;
pub mod sshd;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rumqttc::QoS;

pub use kind::Kind;

use crate::dirt::{Dirt, Planted, PlantedFault};
use crate::fields::{Desk, Simple, described};
use crate::forms::record;
use crate::world::World;
use crate::{DemoError, Plan};
use mariadb::Mariadb;
use mosquitto::{Message, Mosquitto};
use postgres::Postgres;
use sshd::Sshd;
use table::Dialect;

/// Kinds of server that data come from; those of the others come as files.
pub type Kinds = BTreeSet<Kind>;

/// Who reads tables.
const READER: &str = "madang";
/// Who listens, and who speaks.
const LISTENER: &str = "madang";
const DEVICE: &str = "sensor";
/// Where devices speak; behind it stands the number of each.
const TOPIC: &str = "hanbit/noise";
/// Points where noise is measured, in turn.
const POINTS: usize = 5;
/// Databases and their tables.
const SPORTS: (&str, &str) = ("sports", "bookings");
const LEARNING: (&str, &str) = ("learning", "enrolments");

/// The servers that run.
#[derive(Debug, Default)]
pub struct Outside {
    postgres: Option<Postgres>,
    mariadb: Option<Mariadb>,
    sshd: Option<Sshd>,
    broker: Option<(Mosquitto, String)>,
    values: BTreeMap<String, String>,
}

/// One of them.
enum Server {
    Postgres(Postgres),
    Mariadb(Mariadb),
    Sshd(Sshd),
    Broker(Mosquitto, String),
}

/// A server with the configuration values it is reached by.
type Started = (Server, Vec<(&'static str, String)>);

/// The dataset of a kind.
fn simple(kind: Kind) -> io::Result<&'static Simple> {
    let found = described().find(|it| it.id == kind.dataset());
    found.ok_or_else(|| io::Error::other(format!("nobody makes `{}`", kind.dataset())))
}

impl Outside {
    /// Starts servers of these kinds side by side, in folders below `root`; `secret` makes a new password. Those that do
    /// not start are told of with why.
    pub fn start(
        kinds: &Kinds,
        root: &Path,
        secret: &(dyn Fn() -> String + Sync),
    ) -> (Self, Vec<(Kind, io::Error)>) {
        owner::sweep(root);
        let started: Vec<(Kind, io::Result<Started>)> = std::thread::scope(|scope| {
            let starting: Vec<_> = kinds
                .iter()
                .map(|kind| (*kind, scope.spawn(move || start(*kind, root, secret))))
                .collect();
            let ended = starting.into_iter().map(|(kind, thread)| {
                let outcome = thread.join();
                (
                    kind,
                    outcome.unwrap_or_else(|_panic| Err(io::Error::other("it was given up"))),
                )
            });
            ended.collect()
        });
        let (mut this, mut failed) = (Self::default(), Vec::new());
        for (kind, outcome) in started {
            match outcome {
                Ok((server, values)) => this.add(server, values),
                Err(error) => failed.push((kind, error)),
            }
        }
        (this, failed)
    }

    fn add(&mut self, server: Server, values: Vec<(&'static str, String)>) {
        match server {
            Server::Postgres(server) => self.postgres = Some(server),
            Server::Mariadb(server) => self.mariadb = Some(server),
            Server::Sshd(server) => self.sshd = Some(server),
            Server::Broker(server, password) => self.broker = Some((server, password)),
        }
        let named = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        self.values.extend(named);
    }

    /// What a platform must know of them, by the names of its configuration values.
    pub fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    /// Brings tables and files to what they are on the plan's day. What is the same stays as it is.
    ///
    /// # Errors
    /// When a server or the disk fails.
    pub fn bring(&self, plan: &Plan) -> Result<(), DemoError> {
        let world = World::new(plan.seed);
        if let Some(server) = &self.postgres {
            let sql = bring(Kind::Postgres, Dialect::Postgres, SPORTS.1, plan, &world)?;
            server.run(SPORTS.0, &sql)?;
        }
        if let Some(server) = &self.mariadb {
            let sql = bring(Kind::Mariadb, Dialect::Mariadb, LEARNING.1, plan, &world)?;
            server.run(LEARNING.0, &sql)?;
        }
        if let Some(server) = &self.sshd {
            let folder = server.drop_folder();
            put(&folder, plan, &world)?;
            let simple = simple(Kind::Sftp)?;
            for day in simple.days(plan.today) {
                server.give(&folder.join(simple.file_of(day)))?;
            }
        }
        Ok(())
    }

    /// Says what the sensors of noise measured on the days behind `after` up to the plan's day, as far back as they
    /// remember. Tells how many messages it were.
    ///
    /// # Errors
    /// When the broker takes nothing.
    pub async fn speak(&self, plan: &Plan, after: Option<NaiveDate>) -> io::Result<u64> {
        let Some((broker, password)) = &self.broker else {
            return Ok(0);
        };
        let messages = messages(plan, after)?;
        let count = messages.len() as u64;
        let login = Some((DEVICE, password.as_str()));
        mosquitto::send(broker.port, login, QoS::AtLeastOnce, messages, false).await?;
        Ok(count)
    }

    /// How many messages [`Outside::speak`] would send.
    ///
    /// # Errors
    /// Never, as long as somebody makes the dataset.
    pub fn unsaid(&self, plan: &Plan, after: Option<NaiveDate>) -> io::Result<u64> {
        if self.broker.is_none() {
            return Ok(0);
        }
        let simple = simple(Kind::Mqtt)?;
        Ok(unsaid(simple, plan, after).count() as u64 * simple.rows)
    }
}

fn start(kind: Kind, root: &Path, secret: &dyn Fn() -> String) -> io::Result<Started> {
    let (admin, word) = (secret(), secret());
    let nothing_more = |_: &Path, _: &owner::Owner| Ok(Vec::new());
    let at = |port: u16| format!("127.0.0.1:{port}");
    match kind {
        Kind::Postgres => {
            let server = Postgres::start(root, &admin, &nothing_more)?;
            server.ready()?;
            let heads = simple(kind)?.heads;
            let (database, table) = SPORTS;
            server.run(
                "postgres",
                &format!(
                    "CREATE ROLE {READER} LOGIN PASSWORD '{word}';\nCREATE DATABASE {database};\n"
                ),
            )?;
            let create = Dialect::Postgres.create(table, heads);
            server.run(
                database,
                &format!("{create}GRANT SELECT ON {table} TO {READER};\n"),
            )?;
            let values = vec![
                ("hanbit_sports_db", at(server.port)),
                ("hanbit_sports_user", READER.to_owned()),
                ("hanbit_sports_password", word),
            ];
            Ok((Server::Postgres(server), values))
        }
        Kind::Mariadb => {
            let server = Mariadb::start(root, &admin, &nothing_more)?;
            server.ready()?;
            let heads = simple(kind)?.heads;
            let (database, table) = LEARNING;
            server.run(
                "mysql",
                &format!("CREATE DATABASE {database} CHARACTER SET utf8mb4;\nCREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{word}';\nGRANT SELECT ON {database}.* TO {READER}@'127.0.0.1';\n"),
            )?;
            server.run(database, &Dialect::Mariadb.create(table, heads))?;
            let values = vec![
                ("hanbit_learning_db", at(server.port)),
                ("hanbit_learning_user", READER.to_owned()),
                ("hanbit_learning_password", word),
            ];
            Ok((Server::Mariadb(server), values))
        }
        Kind::Sftp => {
            let server = Sshd::start(root, &|_, _| Ok(String::new()))?;
            server.ready()?;
            let values = vec![
                ("hanbit_drop", at(server.port)),
                ("hanbit_drop_user", server.user.clone()),
                ("hanbit_drop_key", server.key.clone()),
                ("hanbit_drop_host_key", server.fingerprint.clone()),
            ];
            Ok((Server::Sshd(server), values))
        }
        Kind::Mqtt => {
            let server = Mosquitto::start(root, &[(LISTENER, &word), (DEVICE, &admin)])?;
            server.ready()?;
            let values = vec![
                ("hanbit_broker", at(server.port)),
                ("hanbit_broker_user", LISTENER.to_owned()),
                ("hanbit_broker_password", word),
            ];
            Ok((Server::Broker(server, admin), values))
        }
    }
}

fn bring(
    kind: Kind,
    dialect: Dialect,
    table: &str,
    plan: &Plan,
    world: &World,
) -> io::Result<String> {
    let simple = simple(kind)?;
    let rows = table::rows(simple, plan, world);
    Ok(dialect.bring(table, simple.heads, &rows))
}

/// Puts the files of the plan's days into a folder; one that is there is the same and stays. Tells what was planted.
fn put(folder: &Path, plan: &Plan, world: &World) -> Result<Planted, DemoError> {
    let simple = simple(Kind::Sftp)?;
    let mut planted = Planted::default();
    let mut desk = Desk {
        plan,
        world,
        inbox: folder,
        planted: &mut planted,
    };
    for day in simple.days(plan.today) {
        if !folder.join(simple.file_of(day)).is_file() {
            simple.write(&mut desk, day)?;
        }
    }
    Ok(planted)
}

/// The days that nobody has heard of yet.
fn unsaid(
    simple: &'static Simple,
    plan: &Plan,
    after: Option<NaiveDate>,
) -> impl Iterator<Item = NaiveDate> {
    let days = simple.days(plan.today).into_iter();
    days.filter(move |day| after.is_none_or(|after| *day > after))
}

fn messages(plan: &Plan, after: Option<NaiveDate>) -> io::Result<Vec<Message>> {
    let simple = simple(Kind::Mqtt)?;
    let world = World::new(plan.seed);
    let heads: Vec<&str> = simple.heads.split(',').collect();
    let mut all = Vec::new();
    for day in unsaid(simple, plan, after) {
        let mut dirt = Dirt::new(simple.plants, simple.rows);
        for (number, mut cells) in simple
            .rows_of(&world, plan.seed, day)
            .into_iter()
            .enumerate()
        {
            dirt.apply(&mut cells);
            all.push(Message {
                topic: format!("{TOPIC}/{}", number % POINTS + 1),
                text: record(&heads, &cells).to_string(),
            });
        }
    }
    Ok(all)
}

/// What a first load of everything finds at a server of this kind: a table's rows by their lines, files by their names,
/// messages by their numbers.
pub(crate) fn planted(kind: Kind, plan: &Plan, world: &World) -> Result<Planted, DemoError> {
    let simple = simple(kind)?;
    let (faults, rows) = match kind {
        Kind::Postgres | Kind::Mariadb => {
            let file = if kind == Kind::Postgres {
                format!(
                    "postgres://{{hanbit_sports_db}}/{}/public.{}",
                    SPORTS.0, SPORTS.1
                )
            } else {
                format!(
                    "mariadb://{{hanbit_learning_db}}/{}/{}",
                    LEARNING.0, LEARNING.1
                )
            };
            let rows = table::rows(simple, plan, world);
            (table::faults(simple.id, &file, &rows), rows.len() as u64)
        }
        Kind::Sftp => {
            let folder = tempfile::tempdir()?;
            let planted = put(folder.path(), plan, world)?;
            let named = planted.faults.into_iter().map(|fault| PlantedFault {
                file: format!("sftp://{{hanbit_drop}}/{}", fault.file),
                ..fault
            });
            (named.collect(), planted.rows.values().sum())
        }
        Kind::Mqtt => of_messages(simple, plan, world),
    };
    Ok(Planted {
        faults,
        rows: BTreeMap::from([(simple.id.to_owned(), rows)]),
    })
}

/// Faults in what is said, by the number of each message.
fn of_messages(simple: &'static Simple, plan: &Plan, world: &World) -> (Vec<PlantedFault>, u64) {
    let (mut faults, mut number) = (Vec::new(), 0);
    for day in simple.days(plan.today) {
        let mut dirt = Dirt::new(simple.plants, simple.rows);
        for mut cells in simple.rows_of(world, plan.seed, day) {
            number += 1;
            if let Some(plant) = dirt.apply(&mut cells) {
                faults.push(PlantedFault {
                    dataset: simple.id.to_owned(),
                    file: format!("{TOPIC}/+"),
                    row: number,
                    column: plant.column.map(str::to_owned),
                    check: plant.check.to_owned(),
                });
            }
        }
    }
    (faults, number)
}

/// The files of a dataset in the inbox, where it came as files before and comes from a server now: they go.
pub(crate) fn retire(kind: Kind, inbox: &Path) -> io::Result<()> {
    let simple = simple(kind)?;
    let pattern = PathBuf::from(simple.file);
    let (Some(folder), Some(name)) = (pattern.parent(), pattern.file_name()) else {
        return Ok(());
    };
    let name = name.to_string_lossy().into_owned();
    let begin = name.split('{').next().unwrap_or_default();
    let entries = match std::fs::read_dir(inbox.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(begin) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
