//! Parquet: the columns with their types.

use std::fs::File;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::properties::WriterProperties;
use access::Answer;
use axum::body::Body;
use futures::StreamExt as _;

use super::bytes::{file, folder};
use crate::problem::Problem;

pub(super) async fn body(mut answer: Answer) -> Result<Body, Problem> {
    let broken = |error: ::parquet::errors::ParquetError| Problem::broken(&error);
    let folder = folder()?;
    let path = folder.path().join("rows.parquet");
    let out = File::create(&path).map_err(|error| Problem::broken(&error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut writer =
        ArrowWriter::try_new(out, Arc::clone(&answer.schema), Some(properties)).map_err(broken)?;
    while let Some(batch) = answer.next().await {
        let batch = batch?;
        writer = tokio::task::spawn_blocking(move || writer.write(&batch).map(|()| writer))
            .await
            .map_err(|error| Problem::broken(&error))?
            .map_err(broken)?;
    }
    tokio::task::spawn_blocking(move || writer.close())
        .await
        .map_err(|error| Problem::broken(&error))?
        .map_err(broken)?;
    file(&path, folder).await
}
