//! The form of a text: `010-1234-5678` is `999-9999-9999`, `가온 1동` is `가가 9가`.

/// Letters of one class beyond these are written as one letter and `…`.
const RUN: usize = 6;
/// A form is no longer.
const LONGEST: usize = 40;

/// The class of a letter: 가 Hangul, 漢 Chinese, A and a Latin, 9 a digit; others stand for themselves.
fn class(letter: char) -> char {
    match letter {
        '0'..='9' => '9',
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' => '가',
        '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => '漢',
        control if control.is_control() => ' ',
        other => other,
    }
}

/// The form of a text, letter by letter; runs of many letters are shortened.
pub(super) fn pattern(text: &str) -> String {
    write(text, RUN)
}

/// The form of a text without the lengths of its parts: `가 9-9`.
pub(super) fn shape(text: &str) -> String {
    write(text, 1).replace('…', "")
}

fn write(text: &str, run: usize) -> String {
    let mut out = String::new();
    let mut last: Option<(char, usize)> = None;
    let mut long = 0;
    for class in text.chars().map(class) {
        let same = match last {
            Some((before, count)) if before == class && is_class(class) => count + 1,
            _ => 1,
        };
        last = Some((class, same));
        if same == run + 1 {
            out.push('…');
        }
        if same > run {
            continue;
        }
        long += 1;
        if long > LONGEST {
            out.push('…');
            break;
        }
        out.push(class);
    }
    out
}

fn is_class(letter: char) -> bool {
    matches!(letter, '9' | 'a' | 'A' | '가' | '漢')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_texts() {
        assert_eq!(pattern("가온동 123-45"), "가가가 999-99");
        assert_eq!(pattern("Ab c漢"), "Aa a漢");
        assert_eq!(pattern("12345678"), "999999…");
        assert_eq!(shape("010-1234-5678"), shape("02-123-4567"));
        assert_eq!(shape("가온로 12"), "가 9");
        assert!(pattern(&"- ".repeat(200)).chars().count() <= LONGEST + 1);
    }
}
