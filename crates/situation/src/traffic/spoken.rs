//! How long it takes, in sentences.

use city::Lang;

use super::travel::{Route, Travel};

/// A difference of less than this is none.
const ALIKE_SECONDS: f64 = 60.0;
/// Metres to the road that are not worth a word.
const BESIDE: f64 = 30.0;
/// Roads that are named.
const ROADS: usize = 5;

/// How long it takes between two places, in whole sentences, the answer first.
pub fn spoken(travel: &Travel, from: &str, to: &str, lang: Lang) -> Vec<String> {
    match lang {
        Lang::Ko => korean(travel, from, to),
        Lang::En => english(travel, from, to),
    }
}

/// What is said where nobody knows the place at an end.
pub fn unknown_ends(unknown: [bool; 2], lang: Lang) -> Vec<String> {
    let ends = match lang {
        Lang::Ko => ["출발지를", "도착지를"],
        Lang::En => ["The start", "The destination"],
    };
    let say = |end: &str| match lang {
        Lang::Ko => format!("{end} 찾지 못했습니다. 도로 이름과 건물 번호를 다시 확인해 주십시오."),
        Lang::En => format!(
            "{end} was not found. Please check the name of the road and the number of the building."
        ),
    };
    let ends = ends.into_iter().zip(unknown);
    ends.filter(|(_, is_unknown)| *is_unknown)
        .map(|(end, _)| say(end))
        .collect()
}

/// Less than this is no way to drive.
const NO_WAY: f64 = 1.0;

/// Whole minutes; nothing takes less than one.
fn minutes(seconds: f64) -> f64 {
    (seconds / 60.0).round().max(1.0)
}

fn distance(metres: f64, units: [&str; 2]) -> String {
    let [metre, kilometre] = units;
    if metres < 1000.0 {
        format!("{:.0}{metre}", (metres / 10.0).round() * 10.0)
    } else {
        format!("{:.1}{kilometre}", metres / 1000.0)
    }
}

fn ko(metres: f64) -> String {
    distance(metres, ["m", "km"])
}

fn en(metres: f64) -> String {
    distance(metres, [" m", " km"])
}

/// The roads that are named, and how many are not.
fn roads(route: &Route) -> (String, usize) {
    let named: Vec<&str> = route.roads.iter().take(ROADS).map(String::as_str).collect();
    (named.join(", "), route.roads.len() - named.len())
}

fn korean(travel: &Travel, from: &str, to: &str) -> Vec<String> {
    let Some(now) = &travel.now else {
        return vec![why_ko(travel, from, to)];
    };
    if now.metres < NO_WAY {
        return vec![format!(
            "{from}에서 {to}까지는 도로에서 같은 곳이어서 차로 갈 거리가 없습니다."
        )];
    }
    let time = minutes(now.seconds);
    let mut said = vec![format!("{from}에서 {to}까지 지금 {time:.0}분쯤 걸립니다.")];
    said.push(match &travel.usual {
        None => "평소에 얼마나 걸리는지는 자료가 모자라 알 수 없습니다.".to_owned(),
        Some(usual) => {
            let usually = minutes(usual.seconds);
            let more = now.seconds - usual.seconds;
            if more.abs() < ALIKE_SECONDS || (time - usually).abs() < 1.0 {
                format!("이 시간의 평소({usually:.0}분쯤)와 비슷합니다.")
            } else {
                let word = if more > 0.0 { "더" } else { "덜" };
                format!(
                    "평소 이 시간에는 {usually:.0}분쯤 걸리므로 {:.0}분 {word} 걸립니다.",
                    (time - usually).abs()
                )
            }
        }
    });
    let (named, rest) = roads(now);
    let rest = if rest > 0 {
        format!(" 외 {rest}곳")
    } else {
        String::new()
    };
    said.push(if named.is_empty() {
        format!("가는 길은 {}입니다.", ko(now.metres))
    } else {
        format!(
            "가는 길은 {}이고, 지나는 도로는 {named}{rest}입니다.",
            ko(now.metres)
        )
    });
    if now.unknown_links > 0 {
        said.push(format!(
            "이 가운데 {}구간 {}는 지금 속도를 알 수 없어 평소 속도로 셈했습니다.",
            now.unknown_links,
            ko(now.unknown_metres)
        ));
    }
    let ends = [
        ("출발지에서 도로까지", travel.from_road),
        ("도로에서 도착지까지", travel.to_road),
    ];
    let ends = ends.into_iter().filter_map(|(what, metres)| {
        let metres = metres.filter(|own| *own > BESIDE)?;
        Some(format!("{what} {}", ko(metres)))
    });
    let ends: Vec<String> = ends.collect();
    if !ends.is_empty() {
        said.push(format!(
            "{}의 거리는 셈에 넣지 않았습니다.",
            ends.join(", ")
        ));
    }
    said
}

fn why_ko(travel: &Travel, from: &str, to: &str) -> String {
    let why = match (travel.from_road, travel.to_road) {
        (None, _) => "출발지 가까이에 속도를 아는 도로가 없습니다.",
        (_, None) => "도착지 가까이에 속도를 아는 도로가 없습니다.",
        _ => "속도를 아는 도로로 이어지지 않습니다.",
    };
    format!("{from}에서 {to}까지 얼마나 걸리는지 지금 알 수 없습니다. {why}")
}

fn english(travel: &Travel, from: &str, to: &str) -> Vec<String> {
    let Some(now) = &travel.now else {
        return vec![why_en(travel, from, to)];
    };
    if now.metres < NO_WAY {
        return vec![format!(
            "{from} and {to} are the same place on the road: there is no way to drive."
        )];
    }
    let time = minutes(now.seconds);
    let mut said = vec![format!(
        "From {from} to {to} it now takes about {time:.0} min."
    )];
    said.push(match &travel.usual {
        None => "How long it usually takes is not known: there are too few data.".to_owned(),
        Some(usual) => {
            let usually = minutes(usual.seconds);
            let more = now.seconds - usual.seconds;
            if more.abs() < ALIKE_SECONDS || (time - usually).abs() < 1.0 {
                format!("That is about as usual at this hour ({usually:.0} min).")
            } else {
                let word = if more > 0.0 { "more" } else { "less" };
                format!(
                    "Usually at this hour it takes about {usually:.0} min: {:.0} min {word}.",
                    (time - usually).abs()
                )
            }
        }
    });
    let (named, rest) = roads(now);
    let rest = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    said.push(if named.is_empty() {
        format!("The way is {} long.", en(now.metres))
    } else {
        format!("The way is {} long, over {named}{rest}.", en(now.metres))
    });
    if now.unknown_links > 0 {
        said.push(format!(
            "Of it, the speed now is not known on {} links ({}): their usual speed was taken.",
            now.unknown_links,
            en(now.unknown_metres)
        ));
    }
    let ends = [
        ("to the road", travel.from_road),
        ("from the road", travel.to_road),
    ];
    let ends = ends.into_iter().filter_map(|(what, metres)| {
        let metres = metres.filter(|own| *own > BESIDE)?;
        Some(format!("{} {what}", en(metres)))
    });
    let ends: Vec<String> = ends.collect();
    if !ends.is_empty() {
        said.push(format!("Not counted: {}.", ends.join(", ")));
    }
    said
}

fn why_en(travel: &Travel, from: &str, to: &str) -> String {
    let why = match (travel.from_road, travel.to_road) {
        (None, _) => "No road with a known speed is near the start.",
        (_, None) => "No road with a known speed is near the destination.",
        _ => "No roads with known speeds lead there.",
    };
    format!("How long it takes from {from} to {to} is not known now. {why}")
}
