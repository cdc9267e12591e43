//! `overdue`, `confirm` and `remind` by the real binary.

use std::fs;

use crate::city::TestCity;

#[test]
fn what_never_came_is_listed_then_it_is_in_time_and_a_word_moves_the_day() {
    let city = TestCity::parking("이름,면수\n가온,1\n");
    let before = city.run(&["overdue", "--json"]);
    assert_eq!(before.code, 0, "{before:?}");
    let line = &before.lines()[0];
    assert_eq!(
        (&line["dataset"], &line["state"], &line["department"]),
        (
            &"parking".into(),
            &"never-loaded".into(),
            &"transport".into()
        )
    );
    assert!(
        before.err.contains("calendar.toml: there is no such file"),
        "{before:?}"
    );
    let early = city.run(&["confirm", "parking"]);
    assert_eq!(early.code, 1, "nothing was ever delivered: {early:?}");
    assert_eq!(city.load().code, 0);
    let after = city.run(&["overdue"]);
    assert_eq!((after.code, after.out.as_str()), (0, ""), "{after:?}");
    let word = city.run(&[
        "confirm",
        "parking",
        "--as",
        "kim",
        "--why",
        "변경 없음",
        "--json",
    ]);
    assert_eq!(word.code, 0, "{word:?}");
    let line = &word.lines()[0];
    assert_eq!(
        (&line["state"], &line["confirmed"]["who"]),
        (&"fresh".into(), &"kim".into())
    );
    assert!(line["due_on"].is_string(), "{line}");
    let unknown = city.run(&["overdue", "--department", "nobody"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("there is: transport"), "{unknown:?}");
}

#[test]
fn reminders_need_a_server_and_a_dry_run_does_not() {
    let city = TestCity::parking("이름,면수\n가온,1\n");
    let ran = city.run(&["remind"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("MADANG_MAIL_HOST"), "{ran:?}");
    let dry = city.run(&["remind", "--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, ""), "{dry:?}");
    fs::write(
        city.path("madang.toml"),
        "[mail]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\npassword = \"geheim\"\n",
    )
    .unwrap();
    let config = city.run(&["config"]);
    assert!(config.out.contains("mail.host") && config.out.contains("starttls"));
    assert!(!config.out.contains("geheim"), "{config:?}");
}

#[test]
fn a_calendar_that_ended_is_a_warning_and_no_mistake() {
    let city = TestCity::parking("이름,면수\n가온,1\n");
    fs::write(
        city.path("calendar.toml"),
        "source = \"시험\"\nfrom = \"2020-01-01\"\nuntil = \"2020-12-31\"\nholidays = []\n",
    )
    .unwrap();
    let ran = city.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err
            .contains("warning: calendar.toml: the calendar ended on 2020-12-31"),
        "{ran:?}"
    );
}
