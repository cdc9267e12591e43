//! What a column is, by what it is called.

use city::Column;

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An address of a place.
    Address,
    /// A telephone number.
    Phone,
    /// A name of a thing or place.
    Name,
    /// It only numbers rows.
    Number,
    /// The name of a province or metropolitan city.
    Province,
    /// The name of a city, county or district.
    District,
    /// The name of a neighbourhood.
    Neighbourhood,
    /// Something else.
    Other,
}

/// Words of an address that leads to no place.
const ELECTRONIC: [&str; 9] = [
    "메일",
    "홈페이지",
    "누리집",
    "사이트",
    "인터넷",
    "url",
    "ip",
    "우편",
    "링크",
];

/// What a column is.
pub(super) fn role(column: &Column) -> Role {
    let title: String = column
        .title
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect::<String>()
        .to_lowercase();
    let name = column.name.as_str();
    let says = |words: &[&str]| words.iter().any(|word| title.contains(word));
    let ends = |words: &[&str]| words.iter().any(|word| title.ends_with(word));
    let part = |words: &[&str]| name.split('_').any(|part| words.contains(&part));
    if says(&["전화", "연락처", "팩스", "휴대폰"]) || part(&["phone", "tel", "fax", "telephone"])
    {
        return Role::Phone;
    }
    if says(&ELECTRONIC) || part(&["email", "url", "homepage", "postal"]) {
        return Role::Other;
    }
    if says(&["주소", "소재지"]) || part(&["address", "addr"]) {
        return Role::Address;
    }
    if ends(&["코드", "code"]) {
        return Role::Other;
    }
    match title.trim_end_matches('명') {
        "시도" => return Role::Province,
        "시군구" => return Role::District,
        "읍면동" | "법정동" | "행정동" | "법정읍면동" | "행정읍면동" => {
            return Role::Neighbourhood;
        }
        _ => {}
    }
    if ends(&["번호", "연번", "순번", "no", "no.", "id", "아이디"])
        || part(&["id", "no", "seq", "number"])
    {
        return Role::Number;
    }
    if ends(&["명", "이름", "상호", "명칭"]) || name.ends_with("name") || title == "title" {
        return Role::Name;
    }
    Role::Other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::tests::column;

    #[test]
    fn columns_are_what_they_are_called() {
        let role_of = |title: &str| {
            let mut column = column("x", "text");
            title.clone_into(&mut column.title);
            role(&column)
        };
        assert_eq!(role_of("소재지도로명주소"), Role::Address);
        assert_eq!(role_of("관리기관 전화번호"), Role::Phone);
        assert_eq!(role_of("홈페이지주소"), Role::Other);
        assert_eq!(role_of("시군구명"), Role::District);
        assert_eq!(role_of("시도명"), Role::Province);
        assert_eq!(role_of("주차장명"), Role::Name);
        assert_eq!(role_of("관리번호"), Role::Number);
        assert_eq!(role_of("설치연월"), Role::Other);
    }
}
