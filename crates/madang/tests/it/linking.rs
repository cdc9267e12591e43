//! Two bodies' data linked by the real binary: both parties, the key agent and the linker, each by their files alone.

use std::fs;

use serde_json::Value;

use crate::city::{Ran, TestCity};

const CITY: &str = "이름,전화,주차\n김가온,010-1111-2222,삼회\n이누리,010-3333-4444,구회\n박다온,010-5555-6666,일회\n";
const HOSPITAL: &str = "진료,성명,연락처\n이회,이 누리,+82 10 3333 4444\n오회,최라온,010-7777-8888\n칠회,김가온,01011112222\n";

struct Bodies(TestCity);

impl Bodies {
    fn new() -> Self {
        let city = TestCity::new();
        fs::write(city.path("city.csv"), CITY).unwrap();
        fs::write(city.path("hospital.csv"), HOSPITAL).unwrap();
        Self(city)
    }

    fn at(&self, name: &str) -> String {
        self.0.path(name).display().to_string()
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.at(name)).unwrap()
    }

    fn link(&self, words: &[&str]) -> Ran {
        let files: Vec<String> = words
            .iter()
            .map(|word| {
                word.strip_prefix('@')
                    .map_or_else(|| (*word).to_owned(), |name| self.at(name))
            })
            .collect();
        let words: Vec<&str> = ["privacy", "link"]
            .into_iter()
            .chain(files.iter().map(String::as_str))
            .collect();
        self.0.run(&words)
    }

    fn prepare(&self, whose: &str, keys: [&str; 2], attribute: &str) -> Ran {
        let (input, agent, linker) = (
            format!("@{whose}.csv"),
            format!("@{whose}.agent"),
            format!("@{whose}.linker"),
        );
        self.link(&[
            "prepare",
            "--secret",
            "@secret",
            "--input",
            &input,
            "--key",
            keys[0],
            "--key",
            keys[1],
            "--attributes",
            attribute,
            "--for-agent",
            &agent,
            "--for-linker",
            &linker,
        ])
    }
}

fn done(ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:?}");
}

fn refused(ran: &Ran, code: i32, why: &str) {
    assert!(ran.code == code && ran.err.contains(why), "{why}: {ran:?}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn rows_of_two_bodies_come_together_and_no_file_holds_both_who_and_what() {
    let both = Bodies::new();
    done(&both.link(&["secret", "--out", "@secret"]));
    refused(
        &both.link(&["secret", "--out", "@secret"]),
        1,
        "there is a file already",
    );
    done(&both.prepare("city", ["이름:name", "전화:phone"], "주차"));
    done(&both.prepare("hospital", ["성명:name", "연락처:phone"], "진료"));
    let matched = both.link(&[
        "match",
        "@city.agent",
        "@hospital.agent",
        "--out",
        "@matches",
        "--json",
    ]);
    done(&matched);
    let rate: &Value = &matched.lines()[0];
    assert_eq!(
        (&rate["linked"], &rate["left"], &rate["right"]),
        (&2.into(), &3.into(), &3.into())
    );
    let join = [
        "join",
        "@city.linker",
        "@hospital.linker",
        "@matches",
        "--out",
        "@linked.csv",
    ];
    done(&both.link(&join));
    let linked = both.text("linked.csv");
    let mut rows: Vec<&str> = linked.trim_start_matches('\u{feff}').lines().collect();
    rows[1..].sort_unstable();
    assert_eq!(rows, ["주차,진료", "구회,이회", "삼회,칠회"]);
    let who = [
        "가온",
        "누리",
        "다온",
        "라온",
        "1111-2222",
        "11112222",
        "3333-4444",
        "3333 4444",
        "33334444",
        "5555-6666",
        "7777-8888",
    ];
    let what = ["일회", "이회", "삼회", "오회", "칠회", "구회"];
    for file in [
        "city.agent",
        "hospital.agent",
        "matches",
        "city.linker",
        "hospital.linker",
        "linked.csv",
    ] {
        let text = both.text(file);
        assert!(who.iter().all(|own| !text.contains(own)), "{file}: {text}");
        let tells = what.iter().any(|own| text.contains(own));
        assert_eq!(tells, file.contains("link"), "{file}: {text}");
    }
    // The linker has no join key of the agent's, and the secret is in no file.
    let agent = both.text("city.agent");
    let keys: Vec<String> = agent
        .lines()
        .skip(1)
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()[0]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(keys.len(), 3);
    let linker = both.text("city.linker") + &both.text("hospital.linker") + &both.text("matches");
    assert!(keys.iter().all(|key| !linker.contains(key)));
    let secret = both.text("secret");
    let secret = secret.trim().rsplit(' ').next().unwrap();
    assert!(!(agent + &linker + &linked).contains(secret));
    #[cfg(unix)]
    for file in [
        "secret",
        "city.agent",
        "city.linker",
        "matches",
        "linked.csv",
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(both.at(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn nobody_takes_a_file_of_another_role_and_slips_are_told_with_their_place() {
    let both = Bodies::new();
    done(&both.link(&["secret", "--out", "@secret"]));
    refused(
        &both.prepare("city", ["이름:name", "번호:phone"], "주차"),
        1,
        "city.csv:1: there is no column `번호`",
    );
    refused(
        &both.prepare("city", ["이름:person", "전화"], "주차"),
        2,
        "`person` is no kind",
    );
    refused(
        &both.prepare("city", ["이름:name", "전화:phone"], "전화"),
        2,
        "the linker must not see it",
    );
    let mobile = CITY
        .replace("삼회", "010-9876-5432 삼회")
        .replace("일회", "010-2468-1357");
    fs::write(both.at("city.csv"), mobile).unwrap();
    refused(
        &both.prepare("city", ["이름:name", "전화:phone"], "주차"),
        1,
        "`주차` holds what tells who",
    );
    fs::write(both.at("city.csv"), CITY).unwrap();
    fs::write(both.at("hospital.csv"), "진료,성명,연락처\n이회,이누리,-\n").unwrap();
    refused(
        &both.prepare("hospital", ["성명:name", "연락처:phone"], "진료"),
        1,
        "hospital.csv:2: `연락처` is empty",
    );
    fs::write(
        both.at("hospital.csv"),
        format!("{HOSPITAL}이회,김 가온,010 1111 2222\n"),
    )
    .unwrap();
    let twice = both.prepare("hospital", ["성명:name", "연락처:phone"], "진료");
    refused(&twice, 1, "stand more than once");
    assert!(!both.0.path("hospital.agent").exists() && !both.0.path("hospital.linker").exists());
    fs::write(both.at("hospital.csv"), HOSPITAL).unwrap();
    done(&both.prepare("city", ["이름:name", "전화:phone"], "주차"));
    done(&both.prepare("hospital", ["성명:name", "연락처:phone"], "진료"));
    let agent = [
        "match",
        "@city.agent",
        "@hospital.linker",
        "--out",
        "@matches",
    ];
    refused(&both.link(&agent), 1, "nobody sees both");
    done(&both.link(&[
        "match",
        "@city.agent",
        "@hospital.agent",
        "--out",
        "@matches",
    ]));
    let linker = [
        "join",
        "@city.linker",
        "@hospital.agent",
        "@matches",
        "--out",
        "@linked.csv",
    ];
    refused(&both.link(&linker), 1, "nobody sees both");
    let turned = [
        "join",
        "@hospital.linker",
        "@city.linker",
        "@matches",
        "--out",
        "@linked.csv",
    ];
    refused(&both.link(&turned), 1, "in the order the key agent had");
    fs::write(
        both.at("cut"),
        both.text("city.agent").trim_end_matches("]\n"),
    )
    .unwrap();
    let cut = both.link(&["match", "@cut", "@hospital.agent", "--out", "@other"]);
    refused(&cut, 1, "cut:4: the line was changed or cut");
    refused(
        &both.link(&["match", "@city.csv", "@hospital.agent", "--out", "@other"]),
        1,
        "no file of",
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(both.at("secret"), fs::Permissions::from_mode(0o644)).unwrap();
        refused(
            &both.prepare("city", ["이름:name", "전화:phone"], "주차"),
            1,
            "can be read by others",
        );
    }
}
