//! What the demo city's people do in its projects of pseudonymisation: each is carried out up to where its result can
//! leave, by whom its file names. A project of which something happened already is left to whoever looks at it.

use city::Recipe;
use serde_json::json;

use crate::exit::Failure;
use crate::jobs::project::Office;
use crate::platform::Platform;

/// Carries every project out of which nothing has happened.
pub(crate) async fn carry_out(platform: &Platform) -> Result<(), Failure> {
    let office = Office::of(platform);
    for (id, recipe) in office.recipes() {
        if office.case(&id).await?.events.is_empty() {
            steps(&office, &recipe).await?;
        }
    }
    Ok(())
}

async fn steps(office: &Office<'_>, recipe: &Recipe) -> Result<(), Failure> {
    let processor = recipe.processor.as_str();
    let reviewer = recipe.reviewers.first().map_or("", String::as_str);
    let acts = [
        (processor, json!({"act": "prepare"})),
        (
            processor,
            json!({
                "act": "review-risk", "of-data": "middle", "of-setting": "low",
                "findings": "이름과 연락처가 직접 식별자이고 출생연도가 눈에 띌 수 있습니다. 제공받는 곳은 폐쇄망에서만 씁니다.",
            }),
        ),
        (processor, json!({"act": "process"})),
        (
            reviewer,
            json!({
                "act": "find-adequate",
                "grounds": "목적에 필요한 항목만 남았고 출생연도는 10년 범위로 바뀌었습니다.",
                "conditions": "다른 자료와 결합하지 않습니다.",
            }),
        ),
    ];
    for (by, act) in acts {
        office
            .act(&recipe.id, by, &act)
            .await
            .map_err(Failure::from)?;
    }
    Ok(())
}
