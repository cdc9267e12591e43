//! Drops on a real server of OpenSSH, on loopback.

mod server;

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::ground::{Came, fetched};
use server::{Server, user};

impl Server {
    fn source(&self, path: &str) -> Value {
        json!({
            "kind": "sftp", "host": "127.0.0.1", "port": self.port, "user": user(), "path": path,
            "host-key": self.fingerprint("host"), "private-key": "drop_key",
        })
    }

    async fn from(&self, source: Value) -> Came {
        let key = self.path("mine").display().to_string();
        fetched(source, "csv", &[("drop_key", &key)]).await
    }
}

fn with(mut source: Value, key: &str, value: Value) -> Value {
    source[key] = value;
    source
}

#[tokio::test]
async fn the_last_by_name_is_taken_or_all_in_order() {
    let server = Server::start();
    server.put("out/2026-10.csv", "a\n1\n");
    server.put("out/2026-11.csv", "a\n2\n");
    server.put("out/2026-12.csv.filepart", "a\n");
    server.put("out/old/2027-01.csv", "a\n3\n");
    server.put("out/주차장 현황.csv", "a\n4\n");
    std::os::unix::fs::symlink("2026-10.csv", server.drop_folder().join("out/2026-09.csv"))
        .unwrap();
    std::os::unix::fs::symlink("nowhere", server.drop_folder().join("out/2028.csv")).unwrap();
    let came = server.from(server.source("out/2026*.csv")).await;
    let place = format!("sftp://127.0.0.1:{}", server.port);
    assert_eq!(came.names(), [format!("{place}/out/2026-11.csv")]);
    assert_eq!((came.bytes, came.told.len()), (4, 0));
    assert_eq!(came.texts(), ["a\n2\n"]);
    let all = with(server.source("**/*.csv"), "take", json!("all"));
    assert_eq!(
        server.from(all).await.texts(),
        ["a\n1\n", "a\n1\n", "a\n2\n", "a\n3\n", "a\n4\n"]
    );
    // From the root as well.
    let path = format!("{}/out/주차장*.csv", server.drop_folder().display());
    assert_eq!(server.from(server.source(&path)).await.texts(), ["a\n4\n"]);
}

#[tokio::test]
async fn a_server_with_another_key_gets_nothing() {
    let server = Server::start();
    server.put("a.csv", "a\n1\n");
    let (host, rsa) = (server.fingerprint("host"), server.fingerprint("host_rsa"));
    let stranger = with(
        server.source("a.csv"),
        "host-key",
        json!(server.fingerprint("other")),
    );
    let fault = server.from(stranger).await.fault();
    assert!(
        fault.contains("the server shows another key than `host-key`")
            && fault.contains(&host)
            && fault.contains(&rsa)
            && fault.contains("ssh-keygen -lf"),
        "{fault}"
    );
    // Whichever of its keys is declared.
    let by_rsa = with(server.source("a.csv"), "host-key", json!(rsa));
    assert_eq!(server.from(by_rsa).await.texts(), ["a\n1\n"]);
}

#[tokio::test]
async fn configuration_values_say_where_it_is_and_who_is_who() {
    let server = Server::start();
    server.put("a.csv", "a\n1\n");
    let mut source = server.source("a.csv");
    source.as_object_mut().unwrap().remove("port");
    let words = [
        ("host", "{place}"),
        ("user", "{who}"),
        ("host-key", "{print}"),
    ];
    for (key, word) in words {
        source[key] = json!(word);
    }
    let place = format!("127.0.0.1:{}", server.port);
    let (key, print) = (
        server.path("mine").display().to_string(),
        server.fingerprint("host"),
    );
    let values = [
        ("place", place.as_str()),
        ("who", user()),
        ("print", print.as_str()),
        ("drop_key", key.as_str()),
    ];
    let came = fetched(source.clone(), "csv", &values).await;
    assert_eq!(came.names(), ["sftp://{place}/a.csv"]);
    let fault = fetched(source, "csv", &values[..1]).await.fault();
    assert!(fault.contains("the configuration has no value"), "{fault}");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_how_it_was_tried() {
    let server = Server::start();
    server.put("a.csv", "a\n1\n");
    let place = format!("sftp://127.0.0.1:{}", server.port);
    let key = |name: &str| server.path(name).display().to_string();
    let source = server.source("a.csv");
    let fault = fetched(source.clone(), "csv", &[("drop_key", &key("other"))]).await;
    assert_eq!(
        fault.fault(),
        format!(
            "{place}: the server does not let `{}` in with the private key; check `user` and the configuration value of the private key; ask whoever runs the server whether the account is open; the last version stays",
            user()
        )
    );
    let fault = fetched(source.clone(), "csv", &[("drop_key", &key("locked"))]).await;
    assert_eq!(
        fault.fault(),
        format!(
            "{place}: the private key is locked; name the configuration value of its passphrase: `password`"
        )
    );
    let unlocked = with(source.clone(), "password", json!("drop_words"));
    let text = std::fs::read_to_string(key("locked")).unwrap();
    let values = [("drop_key", text.as_str()), ("drop_words", "열쇠 words")];
    assert_eq!(
        fetched(unlocked.clone(), "csv", &values).await.texts(),
        ["a\n1\n"]
    );
    let values = [("drop_key", text.as_str()), ("drop_words", "wrong words")];
    let fault = fetched(unlocked, "csv", &values).await.fault();
    assert!(
        fault.contains("the private key cannot be read") && !fault.contains("wrong words"),
        "{fault}"
    );
    let mut by_password = with(source.clone(), "password", json!("drop_words"));
    by_password.as_object_mut().unwrap().remove("private-key");
    let fault = fetched(by_password, "csv", &[("drop_words", "s3cret!")])
        .await
        .fault();
    assert!(
        fault.contains("in with the password") && !fault.contains("s3cret"),
        "{fault}"
    );
    let fault = fetched(source, "csv", &[("drop_key", "/nowhere/key")])
        .await
        .fault();
    assert!(
        fault.contains("the file of the private key cannot be read"),
        "{fault}"
    );
}

#[tokio::test]
async fn what_is_not_there_is_told_with_what_is() {
    let server = Server::start();
    server.put("out/parking_2026.csv", "a\n");
    let place = format!("sftp://127.0.0.1:{}", server.port);
    for (path, expected) in [
        (
            "out/parking_2025.csv",
            format!(
                "{place}: no file there matches `out/parking_2025.csv`; expected something like `out/parking_2026.csv`, which is there; put the file there, or correct `path`; the last version stays"
            ),
        ),
        (
            "out/*.xlsx",
            format!(
                "{place}: no file there matches `out/*.xlsx`; put the file there, or correct `path`; the last version stays"
            ),
        ),
        (
            "in/*.csv",
            format!(
                "{place}: there is no folder `in`; correct `path`: it begins in the folder one arrives in, or with `/`; the last version stays"
            ),
        ),
    ] {
        assert_eq!(server.from(server.source(path)).await.fault(), expected);
    }
    let nobody = with(server.source("a.csv"), "port", json!(1));
    let came = server.from(nobody).await;
    assert_eq!(came.told.len(), 4);
    assert!(came.fault().contains("there was no answer"));
}

#[tokio::test]
async fn a_file_that_is_still_being_written_is_left() {
    let server = Server::start();
    server.put("out/1.csv", "a\n1\n");
    server.put("out/2.csv", "a\n");
    let path = server.drop_folder().join("out/2.csv");
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn(move || {
        use std::io::Write as _;
        let mut file = std::fs::File::options().append(true).open(path).unwrap();
        while is_done.recv_timeout(Duration::from_millis(1)).is_err() {
            file.write_all(b"1\n").unwrap();
        }
    });
    let came = server.from(server.source("out/*.csv")).await;
    assert_eq!(
        came.told,
        ["`out/2.csv` is still being written: it is left for the next load"]
    );
    assert_eq!(came.texts(), ["a\n1\n"]);
    let fault = server.from(server.source("out/2.csv")).await.fault();
    assert!(
        fault.contains("all files that match `out/2.csv` are still being written"),
        "{fault}"
    );
    done.send(()).unwrap();
    writer.join().unwrap();
    let came = server.from(server.source("out/*.csv")).await;
    assert!(came.names()[0].ends_with("/out/2.csv"));
}

/// A way to the server that breaks each connection behind so many bytes of answer.
async fn frail(port: u16, bytes: u64) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (near, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let far = tokio::net::TcpStream::connect(("127.0.0.1", port))
                    .await
                    .unwrap();
                let (mut near_in, mut near_out) = near.into_split();
                let (far_in, mut far_out) = far.into_split();
                let there = tokio::spawn(async move {
                    tokio::io::copy(&mut near_in, &mut far_out).await.ok();
                });
                tokio::io::copy(&mut far_in.take(bytes), &mut near_out)
                    .await
                    .ok();
                near_out.shutdown().await.ok();
                there.abort();
            });
        }
    });
    own
}

#[tokio::test]
async fn a_broken_connection_goes_on_where_it_broke() {
    let server = Server::start();
    let text: String = (0..300_000)
        .map(|number| format!("{number},가나\n"))
        .collect();
    server.put("big.csv", &text);
    let port = frail(server.port, 2 << 20).await;
    let came = server
        .from(with(server.source("big.csv"), "port", json!(port)))
        .await;
    assert!(!came.told.is_empty(), "it broke");
    assert_eq!(came.bytes, text.len() as u64, "no byte came twice");
    assert!(came.texts() == [text]);
    // Too frail for anything at all.
    let port = frail(server.port, 300).await;
    let came = server
        .from(with(server.source("big.csv"), "port", json!(port)))
        .await;
    assert_eq!(came.told.len(), 4);
    assert!(came.fault().contains("the last version stays"));
}

#[tokio::test]
async fn a_loose_shapefile_comes_with_what_belongs_to_it() {
    let server = Server::start();
    for name in [
        "구역[1].shp",
        "구역[1].dbf",
        "구역[1].PRJ",
        "구역[1].txt",
        "구역.dbf",
    ] {
        server.put(&format!("out/{name}"), name);
    }
    let key = server.path("mine").display().to_string();
    let came = fetched(
        server.source("out/*.shp"),
        "shapefile",
        &[("drop_key", &key)],
    )
    .await;
    let zip = std::io::Cursor::new(came.result.unwrap().remove(0).1);
    let zip = zip::ZipArchive::new(zip).unwrap();
    let mut names: Vec<_> = zip.file_names().map(Result::unwrap).collect();
    names.sort_unstable();
    assert_eq!(names, ["file.dbf", "file.prj", "file.shp"]);
}
