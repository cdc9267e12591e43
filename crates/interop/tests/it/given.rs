//! Every address for programs there is, and what anybody gets from it. A new address needs a line here.

/// What an address gives to anybody.
pub(crate) enum Gives {
    /// The same to everybody: nothing of it depends on who asks.
    Same,
    /// What is open, and 403 for what is not: the path of something open, and of something hidden.
    Open(&'static str, &'static str),
    /// An answer without what is hidden.
    Cut(&'static str),
    /// 403, whatever is asked.
    Nothing,
    /// 403, whatever is asked; what it gives to staff is looked at by itself.
    Staff(&'static str),
    /// Anybody may write; what does not make sense is told.
    Written(&'static str),
    /// Nothing but what became of something whose number one knows.
    Receipt(&'static str),
    /// No data: a redirection and a cookie.
    Cookie(&'static str),
    /// Nothing: this city has neither a provider nor passkeys, nobody is signed in, or nothing sensible was sent.
    Refused(&'static str, u16),
    /// A stream without an end; what it may tell is looked at by itself.
    Stream,
}

use Gives::{Cookie, Cut, Nothing, Open, Receipt, Refused, Same, Staff, Stream, Written};

pub(crate) const ANYBODY: [(&str, &str, Gives); 90] = [
    ("get", "/api/datasets", Cut("/api/datasets")),
    (
        "get",
        "/api/datasets/{id}",
        Open("/api/datasets/parking", "/api/datasets/complaints"),
    ),
    (
        "get",
        "/api/datasets/{id}/versions",
        Open(
            "/api/datasets/parking/versions",
            "/api/datasets/complaints/versions",
        ),
    ),
    (
        "get",
        "/api/datasets/{id}/loads",
        Open(
            "/api/datasets/parking/loads",
            "/api/datasets/complaints/loads",
        ),
    ),
    (
        "get",
        "/api/datasets/{id}/compare",
        Open(
            "/api/datasets/parking/compare",
            "/api/datasets/complaints/compare?from=1&to=1",
        ),
    ),
    (
        "get",
        "/api/datasets/{id}/rows",
        Open(
            "/api/datasets/parking/rows",
            "/api/datasets/complaints/rows",
        ),
    ),
    (
        "get",
        "/api/datasets/{id}/profile",
        Open(
            "/api/datasets/parking/profile",
            "/api/datasets/complaints/profile",
        ),
    ),
    ("get", "/api/quality", Cut("/api/quality?by=dataset")),
    (
        "get",
        "/api/situation/addresses",
        Cut("/api/situation/addresses?q=고길동"),
    ),
    (
        "get",
        "/api/situation/here",
        Cut("/api/situation/here?q=고길동"),
    ),
    (
        "get",
        "/api/situation/works",
        Refused("/api/situation/works", 404),
    ),
    (
        "get",
        "/api/situation/works/places",
        Refused("/api/situation/works/places", 404),
    ),
    (
        "get",
        "/api/situation/traffic",
        Refused("/api/situation/traffic", 404),
    ),
    (
        "get",
        "/api/situation/traffic/{layer}",
        Refused("/api/situation/traffic/links", 404),
    ),
    (
        "get",
        "/api/situation/travel",
        Refused("/api/situation/travel?from=a&to=b", 404),
    ),
    (
        "get",
        "/api/situation/wzdx",
        Refused("/api/situation/wzdx", 404),
    ),
    (
        "get",
        "/api/situation/air",
        Refused("/api/situation/air", 404),
    ),
    (
        "get",
        "/api/situation/surges",
        Refused("/api/situation/surges", 404),
    ),
    (
        "get",
        "/tiles/{file}",
        Open("/tiles/parking.json", "/tiles/complaints.json"),
    ),
    (
        "get",
        "/tiles/{dataset}/{z}/{x}/{file}",
        Open("/tiles/parking/0/0/0.mvt", "/tiles/complaints/0/0/0.mvt"),
    ),
    (
        "get",
        "/api/datasets/{id}/places",
        Open(
            "/api/datasets/parking/places",
            "/api/datasets/complaints/places",
        ),
    ),
    (
        "get",
        "/api/datasets/{id}/held",
        Staff("/api/datasets/parking/held"),
    ),
    (
        "post",
        "/api/datasets/{id}/held/{load}",
        Staff("/api/datasets/parking/held/1"),
    ),
    (
        "get",
        "/api/datasets/{id}/lineage",
        Open(
            "/api/datasets/parking/lineage",
            "/api/datasets/complaints/lineage",
        ),
    ),
    (
        "get",
        "/api/datasets/{id}/corrections",
        Staff("/api/datasets/parking/corrections"),
    ),
    (
        "post",
        "/api/datasets/{id}/corrections",
        Staff("/api/datasets/parking/corrections"),
    ),
    (
        "post",
        "/api/datasets/{id}/corrections/{correction}/withdraw",
        Staff("/api/datasets/parking/corrections/1/withdraw"),
    ),
    (
        "get",
        "/api/datasets/{id}/reports",
        Staff("/api/datasets/parking/reports"),
    ),
    (
        "post",
        "/api/datasets/{id}/reports",
        Written("/api/datasets/parking/reports"),
    ),
    (
        "get",
        "/api/datasets/{id}/reports/{report}",
        Receipt("/api/datasets/parking/reports/1"),
    ),
    ("get", "/api/changes", Staff("/api/changes")),
    ("get", "/api/overdue", Staff("/api/overdue")),
    (
        "post",
        "/api/datasets/{id}/confirm",
        Staff("/api/datasets/parking/confirm"),
    ),
    ("get", "/api/measures", Cut("/api/measures")),
    ("get", "/api/measures/{id}", Cut("/api/measures/anger")),
    (
        "get",
        "/measures/{id}/figures.csv",
        Cut("/measures/anger/figures.csv?by=dong"),
    ),
    (
        "get",
        "/measures/{id}/figures.svg",
        Cut("/measures/anger/figures.svg?by=dong"),
    ),
    (
        "get",
        "/measures/{id}/figures.png",
        Cut("/measures/anger/figures.png?by=dong"),
    ),
    (
        "get",
        "/datasets/{id}/squares.csv",
        Open(
            "/datasets/parking/squares.csv",
            "/datasets/complaints/squares.csv",
        ),
    ),
    (
        "get",
        "/datasets/{id}/squares.svg",
        Open(
            "/datasets/parking/squares.svg",
            "/datasets/complaints/squares.svg",
        ),
    ),
    (
        "get",
        "/datasets/{id}/squares.png",
        Open(
            "/datasets/parking/squares.png",
            "/datasets/complaints/squares.png",
        ),
    ),
    ("get", "/api/receipts/{id}", Receipt("/api/receipts/1")),
    ("get", "/api/promises", Cut("/api/promises")),
    ("get", "/api/promises/{id}", Receipt("/api/promises/anger")),
    (
        "post",
        "/api/promises/{id}/entries",
        Staff("/api/promises/spaces/entries"),
    ),
    ("get", "/promises.csv", Cut("/promises.csv")),
    ("get", "/api/jobs", Cut("/api/jobs")),
    ("get", "/api/jobs/events", Stream),
    ("post", "/api/query", Nothing),
    ("get", "/api/health", Same),
    ("get", "/api/openapi.json", Same),
    ("get", "/catalogue.csv", Same),
    ("get", "/api/evidence/{year}", Staff("/api/evidence/2027")),
    ("get", "/evidence/{file}", Staff("/evidence/2027.pdf")),
    ("get", "/api/log", Staff("/api/log?who=kim")),
    ("get", "/api/log/{seq}", Staff("/api/log/1")),
    ("get", "/api/log/reviews", Staff("/api/log/reviews")),
    ("post", "/api/log/subject", Staff("/api/log/subject")),
    (
        "get",
        "/admin/log/files/{name}",
        Staff("/admin/log/files/review-1.pdf"),
    ),
    (
        "post",
        "/admin/log/files/subject.pdf",
        Staff("/admin/log/files/subject.pdf"),
    ),
    (
        "post",
        "/admin/log/files/checkpoint",
        Staff("/admin/log/files/checkpoint"),
    ),
    ("get", "/api/releases", Cut("/api/releases")),
    (
        "get",
        "/api/releases/{id}",
        Receipt("/api/releases/guessed"),
    ),
    (
        "post",
        "/api/releases/{id}/make",
        Staff("/api/releases/1/make"),
    ),
    (
        "post",
        "/api/releases/{id}/requests",
        Written("/api/releases/1/requests"),
    ),
    (
        "post",
        "/api/releases/{id}/requests/{request}",
        Staff("/api/releases/1/requests/1"),
    ),
    (
        "get",
        "/releases/requests/{word}/file",
        Receipt("/releases/requests/guessed/file"),
    ),
    ("get", "/api/alerts", Nothing),
    ("get", "/api/projects", Staff("/api/projects")),
    ("get", "/api/projects/{id}", Staff("/api/projects/1")),
    (
        "post",
        "/api/projects/{id}/acts",
        Staff("/api/projects/1/acts"),
    ),
    (
        "post",
        "/api/projects/{id}/token",
        Staff("/api/projects/1/token"),
    ),
    (
        "get",
        "/api/projects/{id}/result",
        Staff("/api/projects/1/result"),
    ),
    (
        "get",
        "/projects/{id}/papers/{name}",
        Staff("/projects/1/papers/report.pdf"),
    ),
    ("get", "/sign-in/{ticket}", Cookie("/sign-in/guessed")),
    ("get", "/sign-in/openid", Refused("/sign-in/openid", 404)),
    (
        "get",
        "/sign-in/openid/return",
        Refused("/sign-in/openid/return?code=a&state=b", 404),
    ),
    (
        "get",
        "/sign-in/openid/farewell",
        Refused("/sign-in/openid/farewell", 404),
    ),
    (
        "post",
        "/sign-in/passkey/ask",
        Refused("/sign-in/passkey/ask", 404),
    ),
    ("post", "/sign-in/passkey", Refused("/sign-in/passkey", 422)),
    (
        "post",
        "/account/passkeys/ask",
        Refused("/account/passkeys/ask", 403),
    ),
    (
        "post",
        "/account/passkeys",
        Refused("/account/passkeys", 422),
    ),
    (
        "post",
        "/account/passkeys/{id}/remove",
        Refused("/account/passkeys/1/remove", 403),
    ),
    ("post", "/sign-out", Cookie("/sign-out")),
    (
        "get",
        "/datasets/{id}.csv",
        Open("/datasets/parking.csv", "/datasets/complaints.csv"),
    ),
    (
        "get",
        "/datasets/{id}.xlsx",
        Open("/datasets/parking.xlsx", "/datasets/complaints.xlsx"),
    ),
    (
        "get",
        "/datasets/{id}.json",
        Open("/datasets/parking.json", "/datasets/complaints.json"),
    ),
    (
        "get",
        "/datasets/{id}.ndjson",
        Open("/datasets/parking.ndjson", "/datasets/complaints.ndjson"),
    ),
    (
        "get",
        "/datasets/{id}.geojson",
        Open("/datasets/parking.geojson", "/datasets/complaints.geojson"),
    ),
    (
        "get",
        "/datasets/{id}.parquet",
        Open("/datasets/parking.parquet", "/datasets/complaints.parquet"),
    ),
];
