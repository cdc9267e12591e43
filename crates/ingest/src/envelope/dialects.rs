//! The envelopes that Korean Open APIs put around their rows, as data.

use super::codes::Family;

/// An envelope, told by what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The gateway refuses the key or the day's calls: XML, whatever was asked.
    Refusal,
    /// `response`, with `header` and `body`.
    National,
    /// `msgHeader` and `msgBody`: transport services.
    Transport,
    /// The service's name around a list of `head` and `row`: Gyeonggi.
    HeadAndRow,
    /// The service's name around `list_total_count`, `RESULT` and `row`: Seoul.
    Result,
    /// `page`, `perPage`, `data`: the national portal's files (odcloud).
    Files,
    /// A code without an envelope: a parameter the gateway does not take.
    Gateway,
    /// None of them.
    Other,
}

/// Where a dialect says what. `*` is any one name, `-` an item of a list; of several paths the first that is there counts.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) dialect: Dialect,
    pub(super) family: Family,
    /// It is this dialect when one of these is there.
    pub(super) signs: &'static [&'static str],
    pub(super) codes: &'static [&'static str],
    pub(super) messages: &'static [&'static str],
    pub(super) totals: &'static [&'static str],
    pub(super) rows: &'static [&'static str],
    /// A total of 0 says that there are no rows; some always say 0.
    pub(super) is_zero_meant: bool,
}

impl Shape {
    /// What is looked for where no dialect is known.
    pub(super) const OTHER: Self = Self {
        dialect: Dialect::Other,
        family: Family::National,
        signs: &[],
        codes: &[
            "*/resultCode",
            "*/*/resultCode",
            "returnReasonCode",
            "*/returnReasonCode",
        ],
        messages: &[
            "*/resultMsg",
            "*/*/resultMsg",
            "returnAuthMsg",
            "*/returnAuthMsg",
        ],
        totals: &[
            "totalCount",
            "*/totalCount",
            "*/*/totalCount",
            "list_total_count",
        ],
        rows: &[],
        is_zero_meant: true,
    };
}

/// All of them, in the order in which they are looked for: what says most first.
pub(super) const DIALECTS: &[Shape] = &[
    Shape {
        dialect: Dialect::Refusal,
        family: Family::National,
        signs: &[
            "OpenAPI_ServiceResponse/cmmMsgHeader/returnReasonCode",
            "cmmMsgHeader/returnReasonCode",
            "*/cmmMsgHeader/returnReasonCode",
        ],
        codes: &[
            "cmmMsgHeader/returnReasonCode",
            "*/cmmMsgHeader/returnReasonCode",
        ],
        messages: &[
            "cmmMsgHeader/returnAuthMsg",
            "*/cmmMsgHeader/returnAuthMsg",
            "cmmMsgHeader/errMsg",
            "*/cmmMsgHeader/errMsg",
        ],
        totals: &[],
        rows: &[],
        is_zero_meant: true,
    },
    Shape {
        dialect: Dialect::National,
        family: Family::National,
        signs: &["header/resultCode", "*/header/resultCode"],
        codes: &["header/resultCode", "*/header/resultCode"],
        messages: &["header/resultMsg", "*/header/resultMsg"],
        totals: &["body/totalCount", "*/body/totalCount"],
        rows: &[
            "body/items/item",
            "*/body/items/item",
            "body/items",
            "*/body/items",
            "body/item",
            "*/body/item",
            "body/*",
            "*/body/*",
        ],
        is_zero_meant: true,
    },
    Shape {
        dialect: Dialect::Transport,
        family: Family::Transport,
        signs: &[
            "msgHeader/headerCd",
            "*/msgHeader/headerCd",
            "msgHeader/resultCode",
            "*/msgHeader/resultCode",
        ],
        codes: &[
            "msgHeader/headerCd",
            "*/msgHeader/headerCd",
            "msgHeader/resultCode",
            "*/msgHeader/resultCode",
        ],
        messages: &[
            "msgHeader/headerMsg",
            "*/msgHeader/headerMsg",
            "msgHeader/resultMessage",
            "*/msgHeader/resultMessage",
        ],
        totals: &["msgHeader/itemCount", "*/msgHeader/itemCount"],
        rows: &[
            "msgBody/itemList",
            "*/msgBody/itemList",
            "msgBody/*",
            "*/msgBody/*",
        ],
        // Services that do not page leave their count at 0.
        is_zero_meant: false,
    },
    Shape {
        dialect: Dialect::HeadAndRow,
        family: Family::Words,
        signs: &["*/-/head", "*/head/RESULT", "*/head/list_total_count"],
        codes: &["*/-/head/-/RESULT/CODE", "*/head/RESULT/CODE"],
        messages: &["*/-/head/-/RESULT/MESSAGE", "*/head/RESULT/MESSAGE"],
        totals: &["*/-/head/-/list_total_count", "*/head/list_total_count"],
        rows: &["*/-/row", "*/row"],
        is_zero_meant: true,
    },
    Shape {
        dialect: Dialect::Result,
        family: Family::Words,
        signs: &["*/RESULT/CODE", "RESULT/CODE", "*/list_total_count"],
        codes: &["*/RESULT/CODE", "RESULT/CODE"],
        messages: &["*/RESULT/MESSAGE", "RESULT/MESSAGE"],
        totals: &["*/list_total_count"],
        rows: &["*/row"],
        is_zero_meant: true,
    },
    Shape {
        dialect: Dialect::Files,
        family: Family::Files,
        signs: &["currentCount", "matchCount", "perPage", "msg"],
        codes: &["code"],
        messages: &["msg"],
        // What the conditions leave counts, not what there is without them.
        totals: &["matchCount", "totalCount"],
        rows: &["data"],
        is_zero_meant: true,
    },
    Shape {
        dialect: Dialect::Gateway,
        family: Family::National,
        signs: &["resultCode", "*/resultCode"],
        codes: &["resultCode", "*/resultCode"],
        messages: &["resultMsg", "*/resultMsg"],
        totals: &["totalCount", "*/totalCount"],
        rows: &[
            "items/item",
            "*/items/item",
            "items",
            "*/items",
            "data",
            "*/data",
        ],
        is_zero_meant: true,
    },
];
