//! Random questions over the columns somebody sees.

use crate::dice::Dice;

/// A question; `{t}` stands for the dataset.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Sql(String),
    Rows {
        filter: Option<String>,
        sort: Option<String>,
        columns: Vec<String>,
    },
}

/// A condition on one of the columns.
fn condition(dice: &mut Dice, columns: &[&str]) -> String {
    let column = *dice.pick(columns);
    let sign = *dice.pick(&["=", "<>", "<", "<=", ">", ">="]);
    let plain = match column {
        "id" => format!("id {sign} {}", dice.between(0, 40)),
        "dong" => format!(
            "dong {sign} '{}'",
            dice.pick(&["가온동", "나래동", "***동", "***"])
        ),
        "name" => (*dice.pick(&[
            "name like '김%'",
            "name like '%***'",
            "name = '이서준'",
            "length(name) > 3",
            "name ~ '^[가-힣]+$'",
        ]))
        .to_owned(),
        "phone" => (*dice.pick(&[
            "phone like '010%'",
            "phone like '***%'",
            "phone like '%1%'",
            "phone is null",
            "phone > '010-5'",
            "regexp_like(phone, '^(0|\\*)+')",
        ]))
        .to_owned(),
        "born" => (*dice.pick(&[
            "born >= date '1990-01-01'",
            "born is not null",
            "extract(year from born) = 1990",
            "born = date_trunc('year', born)",
        ]))
        .to_owned(),
        "age" => format!("age {sign} {}", dice.between(0, 99)),
        _ => format!("score {sign} {}", dice.between(-10, 100)),
    };
    match dice.below(8) {
        0 => format!("not ({plain})"),
        1 => format!("({plain}) is not true"),
        2 => format!("({plain} and {})", condition(dice, columns)),
        3 => format!("({plain} or {})", condition(dice, columns)),
        4 => format!("coalesce(cast({column} as varchar), '-') <> '-'"),
        5 => format!("{column} in (select {column} from {{t}} where {plain})"),
        _ => plain,
    }
}

/// Some of the columns, at least one.
fn some(dice: &mut Dice, columns: &[&str]) -> Vec<String> {
    let mut some: Vec<String> = columns
        .iter()
        .filter(|_| dice.below(2) == 0)
        .map(|column| (*column).to_owned())
        .collect();
    if some.is_empty() {
        some.push((*dice.pick(columns)).to_owned());
    }
    some
}

/// A question over these columns. Its rows are the same whatever order they are read in.
pub(crate) fn question(dice: &mut Dice, columns: &[&str]) -> Asked {
    let shown = some(dice, columns).join(", ");
    let one = *dice.pick(columns);
    let own = condition(dice, columns);
    let other = condition(dice, columns);
    Asked::Sql(match dice.below(20) {
        0 | 1 => format!("select {shown} from {{t}} where {own}"),
        2 => format!("select {shown} from {{t}} where {own} and {other}"),
        3 => format!(
            "select count(*), count({one}), count(distinct {one}), min({one}), max({one}) from {{t}}"
        ),
        4 => format!("select count(*), min({one}) from {{t}} where {own}"),
        5 => format!("select {one}, count(*) from {{t}} group by {one}"),
        6 => format!(
            "select {one}, count(*) from {{t}} where {own} group by {one} having count(*) > 1"
        ),
        7 => format!("select distinct {shown} from {{t}} where {own} order by {shown}"),
        8 => format!("select {shown} from {{t}} order by {shown} limit 7"),
        9 => format!("with c as (select {shown} from {{t}} where {own}) select * from c"),
        10 => format!("select a.{one} from {{t}} a join {{t}} b on a.{one} = b.{one}"),
        11 => format!(
            "select a.{one}, d.people from {{t}} a left join (select 1 as people, {one} as k from {{t}} where {own}) d on a.{one} = d.k"
        ),
        12 => format!(
            "select {one} from {{t}} where {own} union select {one} from {{t}} where {other}"
        ),
        13 => format!("select {one} from {{t}} except select {one} from {{t}} where {own}"),
        14 => format!("select {one}, rank() over (order by {one}) from {{t}} where {own}"),
        15 => format!(
            "select {one} from {{t}} a where exists (select 1 from {{t}} b where b.{one} = a.{one} and {own})"
        ),
        16 => format!("select case when {own} then {one} else null end from {{t}}"),
        17 if columns.contains(&"age") => format!(
            "select count(*), sum(1 / (age - {})) from {{t}}",
            dice.between(0, 99)
        ),
        17 => format!("select (select max({one}) from {{t}} where {own})"),
        _ => {
            let filter = columns
                .contains(&"age")
                .then(|| format!("age:ge:{}", dice.between(0, 99)));
            let text = columns
                .contains(&"phone")
                .then(|| "phone:contains:01".to_owned());
            return Asked::Rows {
                filter: if dice.below(2) == 0 { filter } else { text },
                sort: (dice.below(2) == 0).then(|| one.to_owned()),
                columns: some(dice, columns),
            };
        }
    })
}
