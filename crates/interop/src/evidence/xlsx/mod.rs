//! The pack as a workbook: every figure with everything it was counted from. Texts are texts; nothing is a formula.

mod sheets;
mod table;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::pack::{Pack, State};
use super::pdf;
use table::{Formats, text};

/// The workbook. It takes a moment: not for a thread that answers others.
///
/// # Errors
/// When its temporary files cannot be written.
pub fn xlsx(pack: &Pack) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::parse_from_str(&pack.until.to_string())?;
    book.set_properties(
        &DocProperties::new()
            .set_title(pdf::title(pack))
            .set_author(&pack.provider)
            .set_creation_datetime(&made),
    );
    let formats = Formats::new();
    cover(&mut book, pack, &formats)?;
    sheets::indicators(&mut book, pack, &formats)?;
    sheets::departments(&mut book, pack, &formats)?;
    sheets::parts(&mut book, pack, &formats)?;
    sheets::months(&mut book, pack, &formats)?;
    sheets::rules(&mut book, pack, &formats)?;
    sheets::documents(&mut book, pack, &formats)?;
    sheets::loads(&mut book, pack, &formats)?;
    sheets::files(&mut book, pack, &formats)?;
    book.save_to_buffer()
}

fn cover(book: &mut Workbook, pack: &Pack, formats: &Formats) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name("표지")?;
    sheet.set_column_width(0, 18)?;
    sheet.set_column_width(1, 90)?;
    sheet.write_string_with_format(0, 0, pdf::title(pack), &formats.title)?;
    let counted = pack
        .indicators
        .iter()
        .filter(|own| own.state == State::Counted);
    let lines = [
        ("기관", pack.provider.clone()),
        ("대상", pack.department.as_ref().map_or("기관 전체", |own| &own.ko).to_owned()),
        ("기간", format!("{}-01-01 ~ {}", pack.year, pack.until)),
        ("데이터셋", format!("{}개", pack.datasets.len())),
        ("적재 기록", format!("{}건", pack.loads.len())),
        ("지표", format!("{}개 가운데 {}개를 산정함", pack.indicators.len(), counted.count())),
        ("내용 해시", pack.sha256.clone()),
        ("산식", "분자와 분모의 정의는 이 시스템의 것이며, 평가편람의 산식과 다르면 편람을 따릅니다. 배점과 등급은 싣지 않습니다.".to_owned()),
        ("산정할 수 없음", "기록에 없는 것은 ‘이 시스템으로는 산정할 수 없음’으로 적고, 사람이 더할 증빙을 ‘지표’ 시트에 밝혔습니다.".to_owned()),
    ];
    for ((label, said), row) in lines.into_iter().zip(2_u32..) {
        sheet.write_string_with_format(row, 0, label, &formats.label)?;
        text(sheet, (row, 1), &said, &formats.text)?;
    }
    Ok(())
}
