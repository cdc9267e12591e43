//! The built web part: embedded, served under `/assets/`, cached for ever because names carry a hash.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};

/// Where assets are served.
pub const PREFIX: &str = "/assets";

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Built;

/// Addresses a page's head needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Style sheets.
    pub styles: Vec<String>,
    /// The one script.
    pub script: String,
    /// Fonts every page needs, fetched early.
    pub fonts: Vec<String>,
}

/// One entry of the bundler's manifest.
#[derive(Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
}

/// Reads from the bundler's manifest which files a page names.
pub fn head() -> Head {
    let Some(file) = Built::get("manifest.json") else {
        return Head::default();
    };
    let chunks: BTreeMap<String, Chunk> = serde_json::from_slice(&file.data).unwrap_or_default();
    let address = |file: &str| format!("{PREFIX}/{file}");
    let Some(main) = chunks.get("main.ts") else {
        return Head::default();
    };
    let first_fonts = ["generated/fonts/400-00-", "generated/fonts/700-00-"];
    Head {
        styles: main.css.iter().map(|file| address(file)).collect(),
        script: address(&main.file),
        fonts: chunks
            .iter()
            .filter(|(name, _)| first_fonts.iter().any(|start| name.starts_with(start)))
            .map(|(_, chunk)| address(&chunk.file))
            .collect(),
    }
}

/// `GET /assets/{*path}`.
pub async fn serve(Path(path): Path<String>) -> Response {
    let Some(file) = Built::get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = file.metadata.mimetype().to_owned();
    let cache = if path == "manifest.json" {
        "no-cache"
    } else {
        "public, max-age=31536000, immutable"
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, cache.to_owned()),
        ],
        file.data.into_owned(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_part_has_a_style_a_script_and_two_first_fonts() {
        let head = head();
        assert_eq!(head.styles.len(), 1, "{head:?}");
        assert!(head.script.starts_with("/assets/main-"), "{head:?}");
        assert_eq!(head.fonts.len(), 2, "{head:?}");
    }

    #[tokio::test]
    async fn an_asset_is_cached_for_ever_and_a_missing_one_is_not_found() {
        let name = head().script.trim_start_matches("/assets/").to_owned();
        let found = serve(Path(name)).await;
        assert_eq!(found.status(), StatusCode::OK);
        assert!(
            found.headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert_eq!(
            serve(Path("no.js".to_owned())).await.status(),
            StatusCode::NOT_FOUND
        );
    }
}
