//! Header rows → one name a column.

use std::collections::HashMap;

use super::trim;

/// Flattens header rows (one or several, merged cells already filled) to one name a column: the
/// different non-empty parts from top to bottom, joined by `_`. Line breaks inside a name become
/// nothing; a name that stands twice gets `_2`, an empty one `열N`.
pub fn flatten_header(rows: &[Vec<String>]) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut seen: HashMap<String, u32> = HashMap::new();
    (0..width)
        .map(|at| {
            let mut parts: Vec<String> = Vec::new();
            for row in rows {
                let part = clean(row.get(at).map_or("", String::as_str));
                if !part.is_empty() && parts.last() != Some(&part) {
                    parts.push(part);
                }
            }
            let name = if parts.is_empty() {
                format!("열{}", at + 1)
            } else {
                parts.join("_")
            };
            let times = seen.entry(name.clone()).or_default();
            *times += 1;
            if *times == 1 {
                name
            } else {
                format!("{name}_{times}")
            }
        })
        .collect()
}

/// Names for a file without a header: `열1`, `열2`, ...
pub fn numbered(width: usize) -> Vec<String> {
    (1..=width).map(|at| format!("열{at}")).collect()
}

/// A header cell as one line without needless spaces.
fn clean(cell: &str) -> String {
    let joined: String = trim(cell).split(['\n', '\r']).map(trim).collect();
    joined.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn merged_headers_become_one_name_each() {
        let rows = [
            row(&["시설명", "운영시간", "운영시간", ""]),
            row(&["시설명", "시작", "종\n료", ""]),
        ];
        assert_eq!(
            flatten_header(&rows),
            ["시설명", "운영시간_시작", "운영시간_종료", "열4"]
        );
        assert_eq!(
            flatten_header(&[row(&["이름", "이름"])]),
            ["이름", "이름_2"]
        );
    }
}
