//! The Open API the city's devices answer, in the manner of data.go.kr: paged, with a key, with errors
//! inside HTTP 200, and with a fault now and then that passes.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{NaiveTime, TimeDelta};
use serde_json::{Map, Value, json};

use super::{Server, Soiled};
use crate::Plan;
use crate::cells;
use crate::dice::Dice;
use crate::dirt::{Plant, cell};
use crate::fields::{ROUTES, Shape, described, route};
use crate::forms::escaped;
use crate::world::World;

/// The service key that is registered.
pub const KEY: &str = "hanbit-demo-key";
/// Rows of a page, as the manifests ask for them.
const PAGE: u64 = 100;
/// Every so many requests one fails and passes when it is made again.
const STUMBLE: u64 = 7;

/// What one address answers.
pub(super) struct Served {
    pub(super) soiled: Soiled,
    address: &'static str,
    is_xml: bool,
    heads: Vec<&'static str>,
}

impl Served {
    /// All addresses of a plan.
    pub(super) fn all(plan: &Plan, world: &World) -> Vec<Self> {
        let mut all = vec![notices(plan), bus_positions(plan, world), air_quality(plan)];
        for simple in described() {
            let Shape::Api { address, is_xml } = simple.shape else {
                continue;
            };
            let days = simple.days(plan.today);
            let rows = days
                .into_iter()
                .flat_map(|day| simple.rows_of(world, plan.seed, day))
                .collect();
            let heads = simple.heads.split(',').collect();
            all.push(Self::new(
                simple.id,
                address,
                is_xml,
                heads,
                rows,
                simple.plants,
            ));
        }
        all
    }

    fn new(
        dataset: &'static str,
        address: &'static str,
        is_xml: bool,
        heads: Vec<&'static str>,
        rows: Vec<Vec<String>>,
        plants: &'static [Plant],
    ) -> Self {
        Self {
            soiled: Soiled::in_pages(dataset, plants, rows, PAGE),
            address,
            is_xml,
            heads,
        }
    }
}

fn notices(plan: &Plan) -> Served {
    const PLANTS: &[Plant] = &[
        cell("posted_on", 3, "no-such-moment", "20260231"),
        cell("title", 1, "required", ""),
    ];
    let mut dice = Dice::new(plan.seed, "notices");
    let rows = (0..140).map(|number| {
        let posted = plan.today - TimeDelta::days(dice.between(0, 200));
        let until = posted + TimeDelta::days(dice.between(7, 40));
        let title = dice.pick(&[
            "도시계획시설 변경 결정",
            "개인정보 처리 위탁",
            "공유재산 사용 허가 입찰",
            "도로 점용 허가 & 고시",
            "기간제 근로자 채용",
        ]);
        cells![
            format!("{}-{:04}", plan.today.format("%Y"), number + 1),
            format!("{title} 공고"),
            dice.pick(&["도로과", "정보통신과", "예산법무과"]),
            posted.format("%Y%m%d"),
            until.format("%Y%m%d")
        ]
    });
    Served::new(
        "notices",
        "notices",
        true,
        vec!["noticeNo", "title", "deptNm", "postDe", "endDe"],
        rows.collect(),
        PLANTS,
    )
}

fn bus_positions(plan: &Plan, world: &World) -> Served {
    const PLANTS: &[Plant] = &[
        cell("seats", 3, "type", "만석"),
        cell("route_id", 1, "refers-to", "000000000"),
    ];
    let mut dice = Dice::new(plan.seed, "buses");
    let rows = (0..96).map(|number| {
        let place = world.place(&mut dice);
        let (id, _) = route(number % ROUTES);
        cells![
            format!("한빛70바{:04}", 1000 + number),
            id,
            format!(
                "{}0910{:02}",
                plan.today.format("%Y%m%d"),
                dice.between(0, 59)
            ),
            dice.between(0, 32),
            format!("{:.6}", place.at.0),
            format!("{:.6}", place.at.1)
        ]
    });
    Served::new(
        "bus_positions",
        "bus-positions",
        true,
        vec![
            "vehicleNo",
            "routeId",
            "dataTm",
            "remainSeatCnt",
            "gpsLong",
            "gpsLati",
        ],
        rows.collect(),
        PLANTS,
    )
}

fn air_quality(plan: &Plan) -> Served {
    const PLANTS: &[Plant] = &[
        cell("pm10", 2, "type", "점검중"),
        cell("pm25", 3, "range", "-9"),
        cell("measured_at", 1, "no-such-moment", "2026-11-31 09:00"),
    ];
    let mut rows = Vec::new();
    let newest =
        plan.today.and_time(NaiveTime::MIN) + TimeDelta::hours(i64::from(plan.minute / 60));
    for hour in 0..24 * 7 {
        let at = newest - TimeDelta::hours(hour);
        // An hour says the same whenever it is asked for.
        let mut dice = Dice::new(plan.seed, &format!("air {at}"));
        let mut gases = Dice::new(plan.seed, &format!("air gases {at}"));
        let day = Dice::new(plan.seed, &format!("air of {}", at.date())).real(18.0, 52.0);
        for station in ["시청", "가온동", "하늘동", "물빛동", "솔숲동"] {
            let pm10 = day + dice.real(-6.0, 9.0);
            let pm10_text = if dice.chance(0.02) {
                "-".to_owned()
            } else {
                format!("{pm10:.0}")
            };
            rows.push(cells![
                station,
                at.format("%Y-%m-%d %H:%M"),
                pm10_text,
                format!("{:.0}", pm10 * 0.55),
                format!("{:.3}", dice.real(0.005, 0.07)),
                format!("{:.3}", gases.real(0.008, 0.045)),
                format!("{:.3}", gases.real(0.002, 0.006)),
                format!("{:.1}", gases.real(0.3, 0.9))
            ]);
        }
    }
    Served::new(
        "air_quality",
        "air-quality",
        false,
        vec![
            "stationName",
            "dataTime",
            "pm10Value",
            "pm25Value",
            "o3Value",
            "no2Value",
            "so2Value",
            "coValue",
        ],
        rows,
        PLANTS,
    )
}

/// One address, asked for a page.
pub(super) async fn answer(
    State(server): State<Server>,
    Path(address): Path<String>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    if server.count() % STUMBLE == STUMBLE - 1 {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "<html><body>잠시 뒤 다시 시도하십시오</body></html>",
        )
            .into_response();
    }
    let xml = |text: String| {
        (
            [(header::CONTENT_TYPE, "application/xml; charset=utf-8")],
            text,
        )
            .into_response()
    };
    if asked.get("serviceKey").map(String::as_str) != Some(KEY) {
        // As the real gateway does: XML and status 200 whatever was asked.
        return xml("<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>".to_owned());
    }
    let today = server.today();
    let Some(served) = today.apis.iter().find(|it| it.address == address) else {
        return (StatusCode::NOT_FOUND, "no such service").into_response();
    };
    let number = |name: &str, otherwise: usize| {
        asked
            .get(name)
            .and_then(|text| text.parse().ok())
            .unwrap_or(otherwise)
    };
    let (page, rows) = (
        number("pageNo", 1).max(1),
        number("numOfRows", 10).clamp(1, 1000),
    );
    let shown: Vec<&Vec<String>> = served
        .soiled
        .rows
        .iter()
        .skip((page - 1) * rows)
        .take(rows)
        .collect();
    if served.is_xml {
        return xml(as_xml(served, &shown, page, rows));
    }
    axum::Json(as_json(served, &shown, page, rows)).into_response()
}

fn as_json(served: &Served, shown: &[&Vec<String>], page: usize, rows: usize) -> Value {
    let items: Vec<Value> = shown
        .iter()
        .map(|row| {
            Value::Object(
                served
                    .heads
                    .iter()
                    .zip(*row)
                    .map(|(head, cell)| ((*head).to_owned(), json!(cell)))
                    .collect::<Map<_, _>>(),
            )
        })
        .collect();
    json!({"response": {
        "header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."},
        "body": {"items": items, "numOfRows": rows, "pageNo": page, "totalCount": served.soiled.rows.len()},
    }})
}

fn as_xml(served: &Served, shown: &[&Vec<String>], page: usize, rows: usize) -> String {
    let mut items = String::new();
    for row in shown {
        let cells: String = served
            .heads
            .iter()
            .zip(*row)
            .map(|(head, cell)| format!("<{head}>{}</{head}>", escaped(cell)))
            .collect();
        items.push_str(&format!("<item>{cells}</item>"));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><header><resultCode>00</resultCode><resultMsg>NORMAL SERVICE.</resultMsg></header><body><items>{items}</items><numOfRows>{rows}</numOfRows><pageNo>{page}</pageNo><totalCount>{}</totalCount></body></response>",
        served.soiled.rows.len()
    )
}
