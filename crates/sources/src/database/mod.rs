//! A table of another system's database, read in one snapshot to one file.
//!
//! Whatever becomes of the server, a fetch gives the whole of what it read or nothing. Only what the manifest
//! declares is read. The file is CSV: what has no value is empty, what is an empty text is `""`.
//!
//! | module | job |
//! | --- | --- |
//! | `login` | where the database is and who asks |
//! | `session` | what the reader needs of a server |
//! | `postgres`, `mariadb` | the two kinds of server |
//! | `reader` | what is asked, in which order |
//! | `plan` | which columns are read, and what grows |
//! | `question` | the SQL of it |
//! | `mark` | how far a table has been read |
//! | `cells` | the cells of a row, and how each becomes text |
//! | `out` | rows → file |
//! | `tls` | who vouches for a server |
//! | `told` | what went wrong, for people |

mod cells;
mod login;
mod mariadb;
mod mark;
mod out;
mod plan;
mod postgres;
mod question;
mod reader;
mod session;
mod tls;
mod told;

use city::dataset::TableSource;

use crate::patience::{Failed, Patience};
use crate::{Delivered, FetchContext, FetchError};
use login::Login;
use reader::Reader;

/// Times a read is begun again after the line broke or the server was busy.
const RETRIES: u32 = 3;

/// Which kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Postgres,
    Mariadb,
}

pub(super) async fn postgres(
    source: &TableSource,
    context: &FetchContext<'_>,
) -> Result<Delivered, FetchError> {
    fetch(Server::Postgres, source, context).await
}

pub(super) async fn mariadb(
    source: &TableSource,
    context: &FetchContext<'_>,
) -> Result<Delivered, FetchError> {
    fetch(Server::Mariadb, source, context).await
}

async fn fetch(
    server: Server,
    source: &TableSource,
    context: &FetchContext<'_>,
) -> Result<Delivered, FetchError> {
    let login = Login::new(server, source, context.values)?;
    let mut patience = Patience::new(context, RETRIES);
    loop {
        match attempt(server, source, &login, context).await {
            Ok(delivered) => return Ok(delivered),
            Err(failed) => {
                let failed = failed.map(|fault| login.secrets.hide_in(fault));
                patience.after(failed).await?;
            }
        }
    }
}

/// One read from the beginning; files of one before it are written over.
async fn attempt(
    server: Server,
    source: &TableSource,
    login: &Login,
    context: &FetchContext<'_>,
) -> Result<Delivered, Failed> {
    let reader = Reader::new(server, source, context)?;
    match server {
        Server::Postgres => {
            let mut session = postgres::connect(login, source).await?;
            let delivered = reader.read(&mut session).await?;
            session.end().await;
            Ok(delivered)
        }
        Server::Mariadb => {
            let mut session = mariadb::connect(login, source).await?;
            let delivered = reader.read(&mut session).await?;
            session.end().await;
            Ok(delivered)
        }
    }
}

#[cfg(test)]
mod tests;
