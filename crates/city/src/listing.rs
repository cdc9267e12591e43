//! `[portal]` of a dataset's manifest: its entry in the list of the national open-data portal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the national portal asks of an entry and no other key says. What is left out is `-` in the list, as the
/// portal itself writes it.
///
/// ```toml
/// portal = { key = "15000001", classification = "교통물류 - 도로", legal-basis = "주차장법 제3조", national-core = true }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listing {
    /// 목록키 of the file: eight digits, given by the portal when it was registered.
    #[serde(default)]
    pub key: Option<String>,
    /// 목록키 of the Open API, which the portal lists by itself.
    #[serde(default)]
    pub key_of_api: Option<String>,
    /// 분류체계: two levels joined by ` - `, e.g. `교통물류 - 도로`; the field's when absent.
    #[serde(default)]
    pub classification: Option<String>,
    /// 보유근거: the law or rule the data are held under.
    #[serde(default)]
    pub legal_basis: Option<String>,
    /// 수집방법: how the rows are gathered.
    #[serde(default)]
    pub collection: Option<String>,
    /// 데이터 한계: what the data cannot be used for.
    #[serde(default)]
    pub limits: Option<String>,
    /// 기타 유의사항: what else a user must know.
    #[serde(default)]
    pub notes: Option<String>,
    /// 공간범위: the area the data cover; the city when absent.
    #[serde(default)]
    pub area: Option<String>,
    /// 시간범위: the time the data cover.
    #[serde(default)]
    pub period: Option<String>,
    /// 비용부과기준 및 단위: what is charged; free of charge when absent.
    #[serde(default)]
    pub fee: Option<String>,
    /// 국가중점여부: whether it is one of the national core datasets.
    #[serde(default)]
    pub national_core: bool,
}
