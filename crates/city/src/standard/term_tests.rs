use proptest::prelude::*;

use super::*;

fn word(name: &str, abbreviation: &str, class: &str, synonyms: &[&str], banned: &[&str]) -> Word {
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Word {
        name: name.to_owned(),
        abbreviation: abbreviation.to_owned(),
        is_form: !class.is_empty(),
        class: (!class.is_empty()).then(|| class.to_owned()),
        synonyms: all(synonyms),
        banned: all(banned),
    }
}

fn term(name: &str, synonyms: &[&str], is_withdrawn: bool) -> Term {
    Term {
        name: name.to_owned(),
        abbreviation: "X".to_owned(),
        domain: None,
        synonyms: synonyms.iter().map(|word| (*word).to_owned()).collect(),
        code: None,
        is_withdrawn,
    }
}

fn terms() -> Terms {
    Terms::new(
        vec![
            term("시설번호", &["시설물번호"], false),
            term("전화일련번호", &[], false),
            term("옛이름", &[], true),
            term("거래일자", &[], false),
        ],
        vec![
            word("시설", "FCLT", "", &[], &[]),
            word("번호", "NO", "번호", &[], &["넘버"]),
            word("일련번호", "SN", "일련번호", &["순번"], &["시퀀스"]),
            word("전화", "TEL", "", &[], &[]),
            word("전화번호", "TELNO", "전화번호", &[], &[]),
            word("일련", "SRL", "", &[], &[]),
            word("관리", "MNG", "", &[], &[]),
        ],
    )
}

fn found(name: &str) -> (Vec<(String, String)>, Found) {
    let verdict = terms().judge(name);
    (verdict.banned, verdict.found)
}

#[test]
fn a_term_is_found_however_it_is_spaced() {
    for name in ["시설번호", "시설 번호", "시설_번호", "\u{feff}시설번호"] {
        assert!(
            matches!(found(name).1, Found::Term(term) if term.name == "시설번호"),
            "{name}"
        );
    }
    assert!(matches!(found("시설물번호").1, Found::Synonym(term) if term.name == "시설번호"));
    assert!(matches!(found("옛이름").1, Found::Withdrawn(_)));
}

#[test]
fn letters_that_stand_apart_are_the_same_name() {
    let apart = "\u{1109}\u{1175}\u{1109}\u{1165}\u{11af}\u{1107}\u{1165}\u{11ab}\u{1112}\u{1169}";
    assert_eq!(normal(apart), "시설번호");
}

#[test]
fn words_make_a_name_with_the_fewest_pieces() {
    let (banned, made) = found("관리전화번호");
    assert!(banned.is_empty());
    // Not 관리 + 전화 + 번호.
    assert_eq!(
        made,
        Found::Composed {
            words: vec!["관리".to_owned(), "전화번호".to_owned()],
            abbreviation: Some("MNG_TELNO".to_owned()),
            class: "전화번호".to_owned(),
        }
    );
}

#[test]
fn a_banned_word_is_replaced_and_told() {
    let (banned, made) = found("관리시퀀스");
    assert_eq!(banned, [("시퀀스".to_owned(), "일련번호".to_owned())]);
    assert!(matches!(made, Found::Composed { class, .. } if class == "일련번호"));
    let (banned, made) = found("시설넘버");
    assert_eq!(banned.len(), 1);
    assert!(matches!(made, Found::Term(term) if term.name == "시설번호"));
}

#[test]
fn what_ends_in_no_form_word_is_no_standard() {
    let Found::Nonstandard { words, .. } = found("관리시설").1 else {
        panic!("관리시설 ends in no form word");
    };
    assert_eq!(words, ["관리", "시설"]);
    let Found::Nonstandard { words, nearest } = found("시설번허").1 else {
        panic!("번허 is no word");
    };
    assert!(words.is_empty());
    assert_eq!(nearest, ["시설번호"]);
}

#[test]
fn an_abbreviation_that_is_too_long_is_none() {
    let name = "관리".repeat(12) + "번호";
    assert!(matches!(
        found(&name).1,
        Found::Composed {
            abbreviation: None,
            ..
        }
    ));
}

proptest! {
    #[test]
    fn any_name_is_judged(name in "\\PC{0,200}") {
        let verdict = terms().judge(&name);
        prop_assert_eq!(normal(&verdict.name), verdict.name);
    }

    /// Whatever is put together from words is cut into words again, with as few or fewer of them.
    #[test]
    fn a_name_of_words_is_cut_into_no_more_words(
        parts in prop::collection::vec(prop::sample::select(vec!["시설", "번호", "일련번호", "전화", "일련", "관리"]), 1..8),
    ) {
        let (banned, found) = found(&parts.concat());
        prop_assert!(banned.is_empty());
        match found {
            Found::Composed { words, .. } | Found::Nonstandard { words, .. } => {
                prop_assert!(!words.is_empty() && words.len() <= parts.len());
                prop_assert_eq!(words.concat(), parts.concat());
            }
            Found::Term(term) => prop_assert_eq!(term.name, parts.concat()),
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

#[test]
fn only_a_term_in_force_is_one_by_its_name() {
    let terms = terms();
    let name = |written: &str| terms.term(written).map(|term| term.name.as_str());
    assert_eq!(name("시설 번호"), Some("시설번호"));
    assert_eq!(name("옛이름"), None, "withdrawn");
    assert_eq!(name("시설물번호"), None, "another name of one");
    assert_eq!(name("관리번호"), None, "made of words");
}
