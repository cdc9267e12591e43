//! Every type of a source as the manifest's types read it.

use serde_json::json;

use super::*;

#[tokio::test]
async fn types_of_postgresql() {
    let town = Town::new(Server::Postgres).await;
    town.run(&[
        "CREATE TYPE mood AS ENUM ('좋음', '나쁨')",
        "CREATE TABLE lots (no bigint PRIMARY KEY, name text, code char(6), price numeric(12,3), ratio float8, \
         half float4, open boolean, flag boolean, day date, at timestamptz, local timestamp, clock time, zoned timetz, \
         tags text[], more jsonb, mood mood, id uuid, cash money, month date, stamp timestamp, dayat date, \"가 \"\"나\" text)",
        "INSERT INTO lots VALUES (1, '시청 \"앞\", 주차장', '0042', 12345678.900, 0.1, 0.1, true, false, '2026-11-26', \
         '2026-11-26 00:30:00.5+00', '2026-11-26 09:30:00', '09:30', '09:30+09', '{가,\"나 다\"}', '{\"a\": 1}', '좋음', \
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 12.5, '2026-11-01', '2026-11-26', '2026-11-26', E'줄\\n바꿈\\t\\\\N')",
        "INSERT INTO lots (no, name) VALUES (2, '')",
        "INSERT INTO lots (no, day, stamp) VALUES (3, 'infinity', '2026-11-26 00:00:01')",
    ])
    .await;
    let columns = json!([
        ["no", "integer"], ["name", "text"], ["code", "code"], ["price", "decimal", {"scale": 3}], ["ratio", "number"],
        ["half", "number"], ["open", "boolean"], ["flag", "boolean", {"spellings": {"yes": ["예"], "no": ["아니오"]}}],
        ["day", "date"], ["at", "datetime"], ["local", "datetime"], ["clock", "time"], ["zoned", "time"], ["tags", "text"],
        ["more", "text"], ["mood", "code"], ["id", "code"], ["cash", "decimal"], ["month", "month"], ["stamp", "date"],
        ["dayat", "datetime"], ["가 \"나", "text"],
    ]);
    let dataset = town.dataset(
        &json!({"table": "public.lots"}),
        &columns,
        &json!({"key": ["c0"]}),
    );
    let got = town.load(&dataset, None).await.unwrap();
    assert_eq!(
        got.name,
        format!("postgres://{{db}}/{}/public.lots", town.database)
    );
    assert!(
        got.header.ends_with(r#""dayat","가 ""나""#),
        "{}",
        got.header
    );
    let first = r#"1,"시청 ""앞"", 주차장","0042",12345678.900,0.1,0.1,"Y","아니오",2026-11-26,2026-11-26 09:30:00.5,2026-11-26 09:30:00,"09:30:00","09:30:00","{가,""나 다""}","{""a"": 1}","좋음","a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","12.50",2026-11,2026-11-26,2026-11-26 00:00:00,"줄
바꿈	\N"
"#;
    let rows = got.rows.unwrap();
    let rest = rows.strip_prefix(first).unwrap_or_else(|| panic!("{rows}"));
    assert_eq!(
        rest,
        "2,\"\",,,,,,,,,,,,,,,,,,,,\n3,,,,,,,,infinity,,,,,,,,,,,2026-11-26 00:00:01,,\n"
    );
    // What fits no type is told, and nothing else.
    assert_eq!(got.unfit, ["c8=infinity", "c19=2026-11-26 00:00:01"]);
}

#[tokio::test]
async fn types_of_mariadb() {
    let town = Town::new(Server::Mariadb).await;
    town.run(&[
        "CREATE TABLE lots (no bigint unsigned PRIMARY KEY, name varchar(60), code char(6), price decimal(12,3), \
         ratio double, half float, open tinyint(1), flag bit(1), small tinyint(1), day date, at timestamp(6) NULL, \
         local datetime, clock time, kind enum('노상','노외'), more json, month date, stamp datetime(3), dayat date, \
         y year, bits bit(4), zeros int(5) zerofill, `가 ``나` text) CHARACTER SET utf8mb4",
        "INSERT INTO lots VALUES (18446744073709551615, '시청 \"앞\", 주차장', '0042', 12345678.900, 0.1, 0.1, 1, b'0', 7, \
         '2026-11-26', '2026-11-26 00:30:00.5', '2026-11-26 09:30:00', '09:30', '노상', '{\"a\": 1}', '2026-11-01', \
         '2026-11-26', '2026-11-26', 2026, b'0101', 42, '줄\n바꿈\t\\\\N😀')",
        "INSERT INTO lots (no, name) VALUES (2, '')",
    ])
    .await;
    town.run(&["UPDATE lots SET at = CONVERT_TZ('2026-11-26 09:30:00.5', '+09:00', @@session.time_zone) WHERE no > 2"])
        .await;
    let columns = json!([
        ["no", "decimal", {"scale": 0}], ["name", "text"], ["code", "code"], ["price", "decimal", {"scale": 3}],
        ["ratio", "number"], ["half", "number"], ["open", "boolean"],
        ["flag", "boolean", {"spellings": {"yes": ["예"], "no": ["아니오"]}}], ["small", "integer"], ["day", "date"],
        ["at", "datetime"], ["local", "datetime"], ["clock", "time"], ["kind", "code"], ["more", "text"],
        ["month", "month"], ["stamp", "date"], ["dayat", "datetime"], ["y", "year"], ["bits", "integer"],
        ["zeros", "code"], ["가 `나", "text"],
    ]);
    let dataset = town.dataset(&json!({"table": "lots"}), &columns, &json!({"key": ["c0"]}));
    let got = town.load(&dataset, None).await.unwrap();
    let rows = got.rows.unwrap();
    let expected = "2,\"\",,,,,,,,,,,,,,,,,,,,\n18446744073709551615,\"시청 \"\"앞\"\", 주차장\",\"0042\",12345678.900,0.1,0.1,\"Y\",\"아니오\",7,2026-11-26,2026-11-26 09:30:00.500000,2026-11-26 09:30:00,\"09:30:00\",\"노상\",\"{\"\"a\"\": 1}\",2026-11,2026-11-26,2026-11-26 00:00:00,2026,5,00042,\"줄\n바꿈\t\\N😀\"\n";
    assert_eq!(rows, expected);
    assert!(got.unfit.is_empty(), "{:?}", got.unfit);
}

#[tokio::test]
async fn days_that_are_none_and_old_letters_of_mariadb() {
    let town = Town::new(Server::Mariadb).await;
    town.run(&[
        "CREATE TABLE lots (no int PRIMARY KEY, day date, `이름` varchar(20) CHARACTER SET euckr, plain varchar(20) CHARACTER SET latin1) \
         CHARACTER SET euckr",
        "SET STATEMENT sql_mode = '' FOR INSERT INTO lots VALUES (1, '0000-00-00', '행정동', 'café'), (2, '2026-11-26', '', NULL)",
    ])
    .await;
    let columns = json!([
        ["no", "integer"],
        ["day", "date"],
        ["이름", "text"],
        ["plain", "text"]
    ]);
    let dataset = town.dataset(&json!({"table": "lots"}), &columns, &json!({"key": ["c0"]}));
    let got = town.load(&dataset, None).await.unwrap();
    assert_eq!(
        got.rows.as_deref(),
        Some("1,0000-00-00,\"행정동\",\"café\"\n2,2026-11-26,\"\",\n")
    );
    assert_eq!(got.unfit, ["c1=0000-00-00"]);
    let columns = json!([["no", "integer"], ["day", "date", {"null-tokens": ["0000-00-00"]}]]);
    let dataset = town.dataset(&json!({"table": "lots"}), &columns, &json!({"key": ["c0"]}));
    assert!(town.load(&dataset, None).await.unwrap().unfit.is_empty());
}

#[tokio::test]
async fn an_unchanged_table_gives_the_same_bytes_whatever_the_order_it_is_kept_in() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        town.run(&[
            "CREATE TABLE lots (no int, name varchar(20), extra varchar(20))",
            "INSERT INTO lots VALUES (3, '다', 'x'), (1, '가', 'x'), (2, '나', 'x')",
        ])
        .await;
        let columns = json!([["no", "integer"], ["name", "text"]]);
        // Without a key everything orders.
        let dataset = town.dataset(&json!({"table": "lots"}), &columns, &json!({}));
        let first = town.load(&dataset, None).await.unwrap();
        // Another row in its place on disk, and a column that nobody declared.
        town.run(&[
            "DELETE FROM lots WHERE no = 1",
            "INSERT INTO lots VALUES (1, '가', 'y')",
        ])
        .await;
        let second = town.load(&dataset, None).await.unwrap();
        assert_eq!(
            first.rows.as_deref(),
            Some("1,\"가\"\n2,\"나\"\n3,\"다\"\n")
        );
        assert_eq!((first.rows, first.mark), (second.rows, None));
    }
}

#[tokio::test]
async fn a_question_in_place_of_a_table() {
    for kind in BOTH {
        let town = Town::new(kind).await;
        town.run(&[
            "CREATE TABLE lots (no int, dong varchar(20))",
            "INSERT INTO lots VALUES (1, '가'), (2, '가'), (3, '나')",
        ])
        .await;
        let sql = "SELECT dong AS 동, count(*) AS 수 FROM lots GROUP BY dong; -- to the end";
        let columns = json!([["동", "text"], ["수", "integer"]]);
        let dataset = town.dataset(&json!({ "sql": sql }), &columns, &json!({}));
        // Only the last `;` of a question is none of it.
        let told = town.load(&dataset, None).await.unwrap_err();
        assert!(
            told.contains("[sql]: the server answered with error"),
            "{told}"
        );
        let sql = "SELECT dong AS 동, count(*) AS 수 FROM lots GROUP BY dong -- to the end";
        let dataset = town.dataset(&json!({ "sql": sql }), &columns, &json!({}));
        let got = town.load(&dataset, None).await.unwrap();
        assert_eq!(got.rows.as_deref(), Some("\"가\",2\n\"나\",1\n"));
    }
}
