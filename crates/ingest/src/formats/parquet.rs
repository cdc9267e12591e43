//! Parquet, batch by batch, as text: the manifest decides the types.

use std::fs::File;

use ::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use city::Fault;

use super::{Row, Rows, fault};
use crate::origin::Input;

pub(super) struct ParquetRows {
    input: Input,
    names: Vec<String>,
    reader: ParquetRecordBatchReader,
    number: u64,
}

pub(super) fn open(input: &Input) -> Result<ParquetRows, Vec<Fault>> {
    let broken = |error: &dyn std::fmt::Display| {
        vec![
            Fault::at(&input.name, format!("is not a sound Parquet file: {error}"))
                .remedy("the file may be cut off: ask for it again"),
        ]
    };
    let file = File::open(&input.path)
        .map_err(|error| fault(input, format!("cannot be read: {error}")))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| broken(&error))?;
    let names = builder
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let reader = builder
        .with_batch_size(8192)
        .build()
        .map_err(|error| broken(&error))?;
    Ok(ParquetRows {
        input: input.clone(),
        names,
        reader,
        number: 0,
    })
}

impl Rows for ParquetRows {
    fn columns(&self) -> &[String] {
        &self.names
    }

    fn next(&mut self, _limit: usize) -> Result<Option<Vec<Row>>, Vec<Fault>> {
        let Some(batch) = self.reader.next() else {
            return Ok(None);
        };
        let number = self.number;
        let broken = |error: &dyn std::fmt::Display| {
            vec![Fault::at(
                &self.input.name,
                format!("cannot be read behind row {number}: {error}"),
            )]
        };
        let batch = batch.map_err(|error| broken(&error))?;
        let options = FormatOptions::default().with_null("");
        let columns: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options))
            .collect::<Result<_, _>>()
            .map_err(|error| broken(&error))?;
        let rows = (0..batch.num_rows())
            .map(|row| Row {
                number: number + u64::try_from(row).unwrap_or_default() + 1,
                cells: columns
                    .iter()
                    .zip(batch.columns())
                    .map(|(text, column)| column.is_valid(row).then(|| text.value(row).to_string()))
                    .collect(),
                odd: None,
                geometry: None,
            })
            .collect();
        self.number += u64::try_from(batch.num_rows()).unwrap_or_default();
        Ok(Some(rows))
    }
}
