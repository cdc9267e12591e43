//! `madang catalogue`: the list written, and a published one checked.

use std::fs;

use serde_json::Value;

use crate::city::TestCity;

fn loaded() -> TestCity {
    let city = TestCity::parking("이름,면수\n가온,12\n누리,7\n");
    assert_eq!(city.load().code, 0);
    city
}

#[test]
fn the_list_we_write_is_true_and_a_changed_one_is_not() {
    let city = loaded();
    let list = city.path("list.csv");
    let list = list.to_str().unwrap();
    let written = city.run(&["catalogue", "-o", list]);
    assert_eq!((written.code, written.out.as_str()), (0, ""), "{written:?}");
    let own = city.run(&["catalogue", "--check", list]);
    assert_eq!((own.code, own.out.as_str()), (0, ""), "{own:?}");
    assert!(own.err.contains("2 entries, 1 datasets"), "{own:?}");
    let text = fs::read_to_string(list).unwrap();
    assert_eq!(
        city.run(&["catalogue"]).out,
        text,
        "standard output has the same"
    );
    fs::write(list, text.replacen(",텍스트,2,", ",텍스트,3,", 1)).unwrap();
    let changed = city.run(&["catalogue", "--check", list]);
    assert_eq!(changed.code, 1);
    assert!(
        changed.out.starts_with(&format!(
            "{list}:2: 가온시_parking 표: 전체행: the list says 3; true is 2 (parking, version 1, load "
        )),
        "{changed:?}"
    );
    let json = city.run(&["catalogue", "--check", list, "--json"]);
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (&told["dataset"], &told["field"], &told["line"]),
        (
            &Value::from("parking"),
            &Value::from("전체행"),
            &Value::from(2)
        )
    );
}

#[test]
fn a_list_in_cp949_is_read_and_one_that_is_none_is_refused() {
    let city = loaded();
    let list = city.path("list.csv");
    let list = list.to_str().unwrap();
    let words = ["catalogue", "--encoding", "cp949", "--out", list];
    assert_eq!(city.run(&words).code, 0);
    assert!(String::from_utf8(fs::read(list).unwrap()).is_err());
    assert_eq!(city.run(&["catalogue", "--check", list]).code, 0);
    for (text, said) in [
        ("이름,면수\n가온,12\n", "no line with the list's headings"),
        ("PK\u{3}\u{4}", "is a workbook"),
        (
            "목록키,목록명,전체행\n-,\"가온시_parking 표,2\n",
            "list.csv:2: a quotation mark is not closed",
        ),
    ] {
        fs::write(list, text).unwrap();
        let ran = city.run(&["catalogue", "--check", list]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains(said), "{ran:?}");
    }
    let none = city.path("none.csv");
    let missing = city.run(&["catalogue", "--check", none.to_str().unwrap()]);
    assert_eq!(missing.code, 1, "{missing:?}");
    let both = city.run(&["catalogue", "--check", list, "-o", list]);
    assert_eq!(both.code, 2, "{both:?}");
}
