//! Items of the evaluation of provision (공공데이터 제공 운영실태 평가) that are not those of quality.

use super::{Area, DATASETS, Definition, say, shown_by_people};
use crate::evidence::count;

/// In the handbook's order.
pub(super) const DEFINITIONS: &[Definition] = &[
    Definition {
        id: "open",
        area: Area::Provision,
        item: say("공공데이터 개방", "Opening of public data"),
        title: say("개방한 데이터셋", "Datasets that are open"),
        numerator: say(
            "누구나 받을 수 있는 데이터셋",
            "Datasets that anybody can have",
        ),
        denominator: say("선언된 모든 데이터셋", "All datasets declared"),
        unit: DATASETS,
        how: say(
            "매니페스트의 제공 구분을 셉니다. 목록은 ‘목록개방현황’ CSV로 따로 받습니다.",
            "What the manifests say of release is counted. The list itself is the catalogue's CSV file.",
        ),
        add: say(
            "공공데이터포털 등록 목록과 중장기 개방계획",
            "The list registered with the national portal and the plan of release",
        ),
        is_fault: false,
        count: Some(count::open),
    },
    Definition {
        id: "machine-readable",
        area: Area::Provision,
        item: say(
            "AI 친화·고가치 데이터 개방",
            "Opening of data fit for AI and of high value",
        ),
        title: say(
            "기계가 읽는 형식으로 제공",
            "Given in forms that machines read",
        ),
        numerator: say(
            "CSV·JSON·Parquet 파일과 API로 받을 수 있는 개방 데이터셋",
            "Open datasets that can be taken as CSV, JSON, Parquet and by the API",
        ),
        denominator: say("개방 데이터셋", "Open datasets"),
        unit: DATASETS,
        how: say(
            "판이 있는 개방 데이터셋은 모두 이 형식들로 제공됩니다. 판이 없으면 받을 것이 없습니다.",
            "An open dataset with a version is given in all these forms; without one there is nothing to take.",
        ),
        add: say(
            "고가치 데이터 선정 근거와 인공지능 활용 수요 조사",
            "Why data are held to be of high value, and who wants to use them for AI",
        ),
        is_fault: false,
        count: Some(count::readable),
    },
    shown_by_people(
        "pseudonymised",
        Area::Provision,
        say(
            "가명정보 제공과 합성데이터 개방 실적",
            "Pseudonymised data given and synthetic data opened",
        ),
        say("가명정보·합성데이터", "Pseudonymised and synthetic data"),
        say(
            "가명처리와 합성데이터의 제공 기록이 이 시스템에 없습니다.",
            "What was pseudonymised or synthesised and given out is not in these records.",
        ),
        say(
            "가명정보 제공 대장, 적정성 검토 결과, 합성데이터 개방 목록",
            "The register of pseudonymised data, its reviews, and the list of synthetic data",
        ),
    ),
    shown_by_people(
        "data-use",
        Area::Provision,
        say(
            "데이터 기반 행정 활성화 노력",
            "Effort for administration by data",
        ),
        say("데이터와 인공지능 활용 사례", "Cases of use of data and AI"),
        say(
            "활용 사례는 사람이 설명해야 합니다.",
            "Cases of use are for people to tell.",
        ),
        say(
            "인공지능·데이터 분석 활용 사례(3건 이상)와 그 성과",
            "Cases of use of AI and analysis (three or more) and what came of them",
        ),
    ),
    Definition {
        id: "shared",
        area: Area::Provision,
        item: say(
            "기관 공유데이터 관리시스템 구축 실적",
            "A system for data shared within the body",
        ),
        title: say("한곳에서 관리하는 데이터셋", "Datasets kept in one place"),
        numerator: say("판이 있는 데이터셋", "Datasets with a version"),
        denominator: say("선언된 모든 데이터셋", "All datasets declared"),
        unit: DATASETS,
        how: say(
            "이 시스템에 적재된 데이터셋을 셉니다. 자료 목록이 그 내역입니다.",
            "Datasets loaded into this system are counted; the list of documents names them.",
        ),
        add: say(
            "시스템 구축·운영 계획과 부서별 이용 실적",
            "The plan of the system and how departments use it",
        ),
        is_fault: false,
        count: Some(count::shared),
    },
    shown_by_people(
        "leadership",
        Area::Provision,
        say("기관장 추진 의지", "Commitment of the head of the body"),
        say("기관장의 추진 의지", "Commitment of the head"),
        say(
            "기관장의 활동은 이 시스템의 기록에 없습니다.",
            "What the head of the body does is not in these records.",
        ),
        say(
            "기관장 지시·회의·간담회 등 추진 기록",
            "Orders, meetings and talks of the head of the body",
        ),
    ),
];
