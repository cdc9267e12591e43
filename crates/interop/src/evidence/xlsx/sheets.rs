//! The sheets: each a list of the pack.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::table::{Cell, Formats, Head, table};
use crate::evidence::pack::{Load, Pack, State};
use crate::evidence::show;

pub(super) fn indicators(
    book: &mut Workbook,
    pack: &Pack,
    formats: &Formats,
) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("평가", 26.0),
        ("평가 항목", 26.0),
        ("지표", 28.0),
        ("분자", 14.0),
        ("분모", 14.0),
        ("단위", 10.0),
        ("값", 12.0),
        ("산정", 28.0),
        ("분자의 정의", 44.0),
        ("분모의 정의", 44.0),
        ("산정 방법", 60.0),
        ("더할 증빙", 44.0),
    ];
    let rows = pack.indicators.iter().map(|own| {
        vec![
            own.area.title().ko.into(),
            own.item.ko.into(),
            own.title.ko.into(),
            own.numerator.into(),
            own.denominator.into(),
            own.unit.ko.into(),
            match (own.numerator, own.denominator) {
                (Some(numerator), Some(denominator)) => Cell::Share(numerator, denominator),
                _ => Cell::Nothing,
            },
            if own.state == State::Counted {
                "산정함".to_owned()
            } else {
                show::figure(own)
            }
            .into(),
            own.numerator_is.ko.into(),
            own.denominator_is.ko.into(),
            own.how.ko.into(),
            own.add.ko.into(),
        ]
    });
    table(book, formats, "지표", HEADS, rows)
}

pub(super) fn departments(
    book: &mut Workbook,
    pack: &Pack,
    formats: &Formats,
) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("평가 항목", 26.0),
        ("지표", 28.0),
        ("부서", 20.0),
        ("분자", 14.0),
        ("분모", 14.0),
        ("값", 12.0),
    ];
    let rows = pack.indicators.iter().flat_map(|own| {
        let all = pack.by_department(own).into_iter();
        all.map(|(department, numerator, denominator)| {
            vec![
                own.item.ko.into(),
                own.title.ko.into(),
                department.ko.as_str().into(),
                numerator.into(),
                denominator.into(),
                Cell::Share(numerator, denominator),
            ]
        })
    });
    table(book, formats, "부서별", HEADS, rows)
}

pub(super) fn parts(book: &mut Workbook, pack: &Pack, formats: &Formats) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("평가 항목", 26.0),
        ("지표", 28.0),
        ("부서", 20.0),
        ("데이터셋", 22.0),
        ("제목", 32.0),
        ("분자", 14.0),
        ("분모", 14.0),
        ("값", 12.0),
    ];
    let rows = pack.indicators.iter().flat_map(|own| {
        own.parts.iter().map(|part| {
            vec![
                own.item.ko.into(),
                own.title.ko.into(),
                pack.department_of(&part.department)
                    .map(|own| own.ko.as_str())
                    .into(),
                part.dataset.as_str().into(),
                pack.document_of(&part.dataset)
                    .map(|own| own.title.as_str())
                    .into(),
                part.numerator.into(),
                part.denominator.into(),
                Cell::Share(part.numerator, part.denominator),
            ]
        })
    });
    table(book, formats, "지표별 내역", HEADS, rows)
}

pub(super) fn months(book: &mut Workbook, pack: &Pack, formats: &Formats) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("기준일", 14.0),
        ("적재된 데이터셋", 16.0),
        ("오류 값", 14.0),
        ("진단한 값", 16.0),
        ("오류율", 12.0),
    ];
    let rows = pack.months.iter().map(|own| {
        vec![
            Cell::Day(own.until),
            own.datasets.into(),
            own.errors.into(),
            own.diagnosed.into(),
            Cell::Share(own.errors, own.diagnosed),
        ]
    });
    table(book, formats, "오류율 추이", HEADS, rows)
}

pub(super) fn rules(book: &mut Workbook, pack: &Pack, formats: &Formats) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("부서", 20.0),
        ("데이터셋", 22.0),
        ("제목", 32.0),
        ("항목", 22.0),
        ("항목 이름", 24.0),
        ("차원", 10.0),
        ("규칙", 16.0),
        ("오류 값", 14.0),
        ("진단한 값", 16.0),
        ("오류율", 12.0),
    ];
    let rows = pack.checks.iter().map(|own| {
        let document = pack.document_of(&own.dataset);
        let department = document.and_then(|own| pack.department_of(&own.department));
        vec![
            department.map(|own| own.ko.as_str()).into(),
            own.dataset.as_str().into(),
            document.map(|own| own.title.as_str()).into(),
            own.column.as_deref().into(),
            own.title.as_deref().into(),
            show::dimension(&own.check).into(),
            show::check(&own.check).into(),
            own.errors.into(),
            own.diagnosed.into(),
            Cell::Share(own.errors, own.diagnosed),
        ]
    });
    table(book, formats, "규칙별 진단", HEADS, rows)
}

pub(super) fn documents(
    book: &mut Workbook,
    pack: &Pack,
    formats: &Formats,
) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("부서", 20.0),
        ("데이터셋", 22.0),
        ("제목", 32.0),
        ("갱신 주기", 10.0),
        ("제공", 10.0),
        ("따르는 표준", 20.0),
        ("매니페스트", 40.0),
        ("이 해 적재", 10.0),
        ("판", 8.0),
        ("날짜", 12.0),
        ("읽은 행", 14.0),
        ("채택한 행", 14.0),
        ("격리한 행", 14.0),
        ("적재", 38.0),
        ("매니페스트 SHA-256", 68.0),
    ];
    let rows = pack.datasets.iter().map(|own| {
        let newest = own.newest.as_ref();
        let department = pack.department_of(&own.department);
        vec![
            department.map(|own| own.ko.as_str()).into(),
            own.dataset.as_str().into(),
            own.title.as_str().into(),
            show::cadence(own.cadence).into(),
            show::release(own.release).into(),
            own.standard.as_ref().map(city::StandardId::as_str).into(),
            own.manifest.as_str().into(),
            u64::try_from(own.loads).ok().into(),
            newest.and_then(version).into(),
            newest.map_or(Cell::Nothing, |load| Cell::Day(Pack::day(load))),
            newest.map(|load| load.read).into(),
            newest.map(|load| load.accepted).into(),
            newest.map(|load| load.quarantined).into(),
            newest.map(|load| load.load_id.as_str()).into(),
            newest.map(|load| load.manifest_sha256.as_str()).into(),
        ]
    });
    table(book, formats, "자료 목록", HEADS, rows)
}

fn version(load: &Load) -> Option<u64> {
    load.version.and_then(|number| u64::try_from(number).ok())
}

pub(super) fn loads(book: &mut Workbook, pack: &Pack, formats: &Formats) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("데이터셋", 22.0),
        ("적재", 38.0),
        ("날짜", 12.0),
        ("결과", 8.0),
        ("판", 8.0),
        ("읽은 행", 14.0),
        ("채택한 행", 14.0),
        ("격리한 행", 14.0),
        ("고쳐 읽은 곳", 12.0),
        ("판정", 10.0),
        ("판정한 날", 12.0),
        ("판정한 사람", 16.0),
        ("까닭", 40.0),
        ("매니페스트 SHA-256", 68.0),
    ];
    let rows = pack.loads.iter().map(|own| {
        let decision = own.decision.as_ref();
        vec![
            own.dataset.as_str().into(),
            own.load_id.as_str().into(),
            Cell::Day(Pack::day(own)),
            show::outcome(own.outcome).into(),
            version(own).into(),
            own.read.into(),
            own.accepted.into(),
            own.quarantined.into(),
            own.mended.into(),
            decision
                .map(|own| if own.accepted { "수락" } else { "반려" })
                .into(),
            decision.map_or(Cell::Nothing, |own| {
                Cell::Day(city::calendar::korean_day(own.at))
            }),
            decision.map(|own| own.who.as_str()).into(),
            decision.map(|own| own.why.as_str()).into(),
            own.manifest_sha256.as_str().into(),
        ]
    });
    table(book, formats, "적재 이력", HEADS, rows)
}

pub(super) fn files(book: &mut Workbook, pack: &Pack, formats: &Formats) -> Result<(), XlsxError> {
    const HEADS: &[Head] = &[
        ("데이터셋", 22.0),
        ("적재", 38.0),
        ("원천 파일 또는 만든 판", 44.0),
        ("바이트", 16.0),
        ("SHA-256", 68.0),
    ];
    let rows = pack.loads.iter().flat_map(|load| {
        let begin = || vec![load.dataset.as_str().into(), load.load_id.as_str().into()];
        let files = load.files.iter().map(move |file| {
            let mut row = begin();
            row.extend([
                file.name.as_str().into(),
                file.bytes.into(),
                file.sha256.as_str().into(),
            ]);
            row
        });
        let inputs = load.inputs.iter().map(move |(id, version)| {
            let mut row = begin();
            row.push(format!("{id} {version}판").into());
            row
        });
        files.chain(inputs)
    });
    table(book, formats, "원천 파일", HEADS, rows)
}
