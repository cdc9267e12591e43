//! The items of the evaluation of quality management (공공데이터 품질관리 수준평가).

use super::{Area, COLUMNS, DATASETS, Definition, LOADS, NOTHING, VALUES, say, shown_by_people};
use crate::evidence::count;

/// In the evaluation's order.
pub(super) const DEFINITIONS: &[Definition] = &[
    Definition {
        id: "schedule",
        area: Area::Quality,
        item: say("절차별 일정 준수", "Keeping to the timetable"),
        title: say("갱신 기한 준수율", "Deliveries in time"),
        numerator: say(
            "돌아온 갱신 기한 가운데 그날까지 새 자료가 들어왔거나 담당자가 변경 없음을 확인한 것",
            "Days on which a delivery was due and had come, or somebody had said that nothing has changed",
        ),
        denominator: say(
            "이 해에 돌아온 갱신 기한",
            "Days of the year on which a delivery was due",
        ),
        unit: say("기한", "due days"),
        how: say(
            "데이터셋마다 마지막 갱신일에서 갱신 주기와 근무일 달력으로 다음 기한을 셈하고, 기한이 돌아올 때마다 그날까지의 기록을 봅니다. 수시·1회성·파생 데이터셋은 기한이 없고, 매시간 데이터셋은 하루에 한 번 셉니다.",
            "From each delivery the next due day is counted by cadence and working days; on each due day the records up to it are looked at. Irregular, one-time and derived datasets have none; hourly ones count once a day.",
        ),
        add: say(
            "품질관리 단계별 추진 일정표와 단계마다의 결재 문서",
            "The timetable of quality management and the approved document of each step",
        ),
        is_fault: false,
        count: Some(count::schedule),
    },
    shown_by_people(
        "plan",
        Area::Quality,
        say("품질관리 계획수립", "Planning of quality management"),
        say("품질관리 계획", "Plan of quality management"),
        say(
            "계획의 수립과 결재는 이 시스템의 기록에 없습니다.",
            "That a plan was made and approved is not in these records.",
        ),
        say(
            "결재된 연간 데이터 품질관리 계획서",
            "The approved plan of quality management of the year",
        ),
    ),
    Definition {
        id: "contracts",
        area: Area::Quality,
        item: say("예방적 품질관리 진단", "Preventive diagnosis of quality"),
        title: say("점검 규칙이 있는 항목", "Columns under a rule"),
        numerator: say(
            "자료형 말고도 점검 규칙이나 키가 정해진 항목",
            "Columns with a rule or a key beside their type",
        ),
        denominator: say("선언된 모든 항목", "All columns declared"),
        unit: COLUMNS,
        how: say(
            "데이터셋 매니페스트에 적힌 항목 점검, 표 점검, 키를 셉니다. 자료형은 모든 항목이 갖추므로 세지 않습니다.",
            "Rules of columns and tables and keys are counted as the manifests declare them. Types are not: every column has one.",
        ),
        add: say(
            "구축·변경 사업의 사전 품질진단 결과서",
            "The reports of diagnoses made before systems were built or changed",
        ),
        is_fault: false,
        count: Some(count::contracts),
    },
    Definition {
        id: "drift-limits",
        area: Area::Quality,
        item: say("예방적 품질관리 진단", "Preventive diagnosis of quality"),
        title: say(
            "변동 한계를 정한 데이터셋",
            "Datasets with limits of change",
        ),
        numerator: say(
            "이전 납품과 달라질 수 있는 한계를 정한 데이터셋",
            "Datasets that say how far a delivery may differ from the one before",
        ),
        denominator: say(
            "납품을 받는 모든 데이터셋(파생 제외)",
            "All datasets that are delivered (derived ones apart)",
        ),
        unit: DATASETS,
        how: say(
            "한계를 벗어난 납품은 담당자가 판정할 때까지 적재되지 않습니다. 매니페스트의 선언을 셉니다.",
            "A delivery outside the limits waits for a person. What the manifests declare is counted.",
        ),
        add: NOTHING,
        is_fault: false,
        count: Some(count::drift),
    },
    Definition {
        id: "standard-terms",
        area: Area::Quality,
        item: say("데이터 표준 확산", "Spread of data standards"),
        title: say(
            "공통표준용어를 쓰는 항목",
            "Columns named by a common standard term",
        ),
        numerator: say(
            "한글 이름이 공통표준용어와 같은 항목(폐기 용어와 이음동의어 제외)",
            "Columns whose Korean title is a common standard term (withdrawn ones and synonyms apart)",
        ),
        denominator: say("선언된 모든 항목", "All columns declared"),
        unit: COLUMNS,
        how: say(
            "도시 폴더의 공통표준용어 파일과 띄어쓰기를 무시하고 견줍니다. 그 파일에 있는 용어까지만 압니다.",
            "Compared with the terms in the city's folder, spaces apart. Only terms of that file are known.",
        ),
        add: say(
            "기관 데이터 표준(용어·도메인·코드) 정의서와 공통표준 매핑표",
            "The body's own standard and its mapping to the common one",
        ),
        is_fault: false,
        count: Some(count::terms),
    },
    Definition {
        id: "standard-columns",
        area: Area::Quality,
        item: say("데이터 표준 확산", "Spread of data standards"),
        title: say(
            "제공표준을 따른 항목",
            "Columns that follow a standard dataset",
        ),
        numerator: say(
            "표준이 요구하는 항목 가운데 표준 이름 그대로 있는 것",
            "Columns the standard asks for that are there under its own name",
        ),
        denominator: say(
            "제공표준을 따르기로 한 데이터셋에서 표준이 요구하는 항목",
            "Columns asked for by the standards that datasets say they follow",
        ),
        unit: COLUMNS,
        how: say(
            "매니페스트에 표준을 적은 데이터셋만 셉니다. 없어도 되는 항목은 세지 않습니다.",
            "Only datasets whose manifest names a standard count; optional columns do not.",
        ),
        add: NOTHING,
        is_fault: false,
        count: Some(count::standard),
    },
    Definition {
        id: "structure",
        area: Area::Quality,
        item: say("데이터 구조 안정화", "Stability of data structures"),
        title: say("구조 정의와 같은 원천", "Sources as they are declared"),
        numerator: say(
            "가장 새 판의 원천에 선언되지 않은 열이 없던 데이터셋",
            "Datasets whose newest version had no column that is not declared",
        ),
        denominator: say("이 해에 적재된 데이터셋", "Datasets loaded in the year"),
        unit: DATASETS,
        how: say(
            "이 해 가장 새 판의 적재 기록에서 매니페스트에 없는 원천 열을 찾습니다. 선언된 열이 빠진 납품은 적재되지 않습니다.",
            "The record of the year's newest version names the source's columns that the manifest does not have. A delivery that lacks a declared column does not load.",
        ),
        add: say(
            "테이블 정의서·ERD 등 데이터 구조 산출물과 현행화 기록",
            "Definitions of tables, diagrams, and the record of keeping them current",
        ),
        is_fault: false,
        count: Some(count::structure),
    },
    Definition {
        id: "references",
        area: Area::Quality,
        item: say("데이터 연계관리", "Management of links between data"),
        title: say("참조 무결성", "References that hold"),
        numerator: say(
            "참조하는 데이터셋에 있는 값",
            "Values that the other dataset knows",
        ),
        denominator: say(
            "다른 데이터셋을 참조하도록 정해 진단한 값",
            "Values diagnosed that must refer to another dataset",
        ),
        unit: VALUES,
        how: say(
            "참조 점검의 진단 수에서 오류 수를 뺍니다.",
            "Errors of the checks that refer to another dataset are taken from the values diagnosed.",
        ),
        add: NOTHING,
        is_fault: false,
        count: Some(count::references),
    },
    Definition {
        id: "lineage",
        area: Area::Quality,
        item: say("데이터 연계관리", "Management of links between data"),
        title: say(
            "출처를 되짚을 수 있는 데이터셋",
            "Datasets that lead back to their source",
        ),
        numerator: say(
            "가장 새 판이 원천 파일의 해시나 만들 때 쓴 판을 밝힌 데이터셋",
            "Datasets whose newest version names the hash of its source or the versions it was made of",
        ),
        denominator: say("이 해에 적재된 데이터셋", "Datasets loaded in the year"),
        unit: DATASETS,
        how: say(
            "적재 기록에 남은 원천 파일(SHA-256)과 파생 입력 판을 봅니다.",
            "Source files (SHA-256) and versions of inputs are read from the records of loads.",
        ),
        add: say(
            "기관 간 연계 목록과 연계 협약",
            "The list of exchanges with other bodies and their agreements",
        ),
        is_fault: false,
        count: Some(count::lineage),
    },
    Definition {
        id: "diagnosed",
        area: Area::Quality,
        item: say("데이터 품질진단", "Diagnosis of data quality"),
        title: say("품질진단을 한 데이터셋", "Datasets diagnosed"),
        numerator: say(
            "이 해에 한 번 이상 값을 진단한 데이터셋",
            "Datasets whose values were diagnosed at least once in the year",
        ),
        denominator: say("선언된 모든 데이터셋", "All datasets declared"),
        unit: DATASETS,
        how: say(
            "적재할 때마다 모든 값을 자료형과 점검 규칙으로 진단합니다. 거부되거나 대기한 납품의 진단도 셉니다.",
            "Each load diagnoses every value by type and rules; diagnoses of refused and waiting deliveries count too.",
        ),
        add: say(
            "이 시스템에 없는 데이터베이스의 진단 결과서",
            "Reports on databases that are not in this system",
        ),
        is_fault: false,
        count: Some(count::diagnosed),
    },
    Definition {
        id: "corrected",
        area: Area::Quality,
        item: say("품질진단 결과조치", "Action on what diagnosis found"),
        title: say("바로잡은 오류", "Errors put right"),
        numerator: say(
            "그 가운데 이 해 가장 새 판에서 사라진 오류",
            "Those that the year's newest version no longer has",
        ),
        denominator: say(
            "이 해에 찾은 오류(규칙과 항목마다 가장 많았던 때)",
            "Errors found in the year (for each rule and column, when there were most)",
        ),
        unit: VALUES,
        how: say(
            "통째로 바뀌는 데이터셋은 규칙과 항목마다 가장 많았던 오류 수와 가장 새 판의 오류 수를 견줍니다. 덧붙는 데이터셋은 모든 납품의 오류를 찾은 것으로 세고, 사람이 정정한 행만 바로잡은 것으로 셉니다(정정 하나를 오류 하나로).",
            "Of datasets replaced by each load, the most errors of each rule and column are compared with those of the newest version. Of datasets that grow, all errors count as found, and only rows that people corrected as put right (one error a correction).",
        ),
        add: say(
            "오류 개선 조치 결과서와 원천 시스템 변경 이력",
            "Reports of what was put right, and changes of the source systems",
        ),
        is_fault: false,
        count: Some(count::corrected),
    },
    Definition {
        id: "taken-over",
        area: Area::Quality,
        item: say("품질진단 결과조치", "Action on what diagnosis found"),
        title: say(
            "원천까지 고쳐진 정정",
            "Corrections the source has taken over",
        ),
        numerator: say(
            "그 가운데 원천이 고쳐져 더는 고칠 것이 없는 정정",
            "Those for which the source now says what is right",
        ),
        denominator: say(
            "이 해의 적재에 적용된 정정",
            "Corrections applied to loads of the year",
        ),
        unit: say("정정", "corrections"),
        how: say(
            "적재할 때마다 정정마다의 결과(적용, 원천 수정)가 기록됩니다. 가장 나중 결과를 셉니다.",
            "Each load records what came of every correction; the last outcome counts.",
        ),
        add: NOTHING,
        is_fault: false,
        count: Some(count::taken_over),
    },
    Definition {
        id: "refused",
        area: Area::Quality,
        item: say("품질진단 결과조치", "Action on what diagnosis found"),
        title: say("거부 뒤 바로 적재된 납품", "Refused deliveries made good"),
        numerator: say(
            "그 뒤 같은 해에 바른 납품이 적재된 것",
            "Those after which a good delivery was loaded in the year",
        ),
        denominator: say(
            "격리 한도를 넘어 통째로 거부한 납품",
            "Deliveries refused whole, above the limit of quarantine",
        ),
        unit: LOADS,
        how: say(
            "적재 기록의 거부와 그 뒤의 판을 봅니다.",
            "Refusals and the versions after them are read from the records of loads.",
        ),
        add: NOTHING,
        is_fault: false,
        count: Some(count::refused),
    },
    Definition {
        id: "decided",
        area: Area::Quality,
        item: say("품질진단 결과조치", "Action on what diagnosis found"),
        title: say("판정한 대기 납품", "Waiting deliveries decided about"),
        numerator: say(
            "담당자가 받아들이거나 물리친 것",
            "Those somebody accepted or turned down",
        ),
        denominator: say(
            "변동 한계를 벗어나 대기한 납품",
            "Deliveries that waited because they differed too much",
        ),
        unit: LOADS,
        how: say(
            "판정마다 사람, 때, 까닭이 접속기록에 남습니다.",
            "Who decided, when and why stands in the access log.",
        ),
        add: NOTHING,
        is_fault: false,
        count: Some(count::decided),
    },
    Definition {
        id: "error-rate",
        area: Area::Quality,
        item: say("데이터 오류율", "Error rate of data"),
        title: say("오류율", "Error rate"),
        numerator: say("오류 값", "Values at fault"),
        denominator: say("진단한 값", "Values diagnosed"),
        unit: VALUES,
        how: say(
            "규칙과 항목마다 오류 수와 진단 수를 더해 나눕니다. 통째로 바뀌는 데이터셋은 이 해 가장 새 판을, 덧붙는 데이터셋은 이 해의 모든 적재를 셉니다.",
            "Errors and values diagnosed are summed over rules and columns, then divided. Of datasets replaced by each load the year's newest version counts, of those that grow all loads of the year.",
        ),
        add: NOTHING,
        is_fault: true,
        count: Some(count::errors),
    },
    Definition {
        id: "reports",
        area: Area::Quality,
        item: say(
            "오류신고·요구사항 분석 및 개선",
            "Reports of errors and wishes, analysed and acted on",
        ),
        title: say("답한 오류신고", "Reports of errors answered"),
        numerator: say(
            "그 가운데 담당자가 답하거나 바로잡은 것",
            "Those somebody answered or acted on",
        ),
        denominator: say(
            "이 해에 누리집으로 들어온 오류신고",
            "Reports of wrong values that came to this site in the year",
        ),
        unit: say("신고", "reports"),
        how: say(
            "누리집의 ‘잘못된 값 알리기’ 기록만 셉니다. 국가 포털로 들어온 신고는 이 기록에 없습니다.",
            "Only reports made on this site count; those made on the national portal are not in these records.",
        ),
        add: say(
            "공공데이터포털 오류신고·개선요청의 접수와 처리 내역, 이용자 요구사항 분석 자료",
            "Reports and requests of the national portal with what was done about them, and the analysis of users' wishes",
        ),
        is_fault: false,
        count: Some(count::answered),
    },
    Definition {
        id: "open-errors",
        area: Area::Quality,
        item: say("개방데이터 품질수준", "Quality of open data"),
        title: say("개방데이터 오류율", "Error rate of open data"),
        numerator: say("공개 항목의 오류 값", "Values at fault in released columns"),
        denominator: say(
            "공개 항목의 진단한 값",
            "Values diagnosed in released columns",
        ),
        unit: VALUES,
        how: say(
            "개방 데이터셋의 공개 항목만 오류율과 같은 방법으로 셉니다. 오류가 있던 행은 격리되어 개방되지 않습니다.",
            "Counted as the error rate, over the released columns of open datasets alone. Rows at fault are in quarantine and not released.",
        ),
        add: NOTHING,
        is_fault: true,
        count: Some(count::open_errors),
    },
];
