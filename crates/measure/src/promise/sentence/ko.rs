//! Findings in Korean. Words that a value stands before take no particle that depends on its last letter.

use super::{Say, bracketed, number};
use crate::promise::finding::Found;

impl Say<'_, '_> {
    pub(super) fn korean(&self, found: &Found) -> String {
        match found {
            Found::AddsUp { sum, .. } => {
                format!("적힌 부분을 더하면 {}, 총계와 같습니다.", self.own(*sum))
            }
            Found::UnmentionedRemainder { .. } => self.remainder_ko(found),
            Found::PartsExceedTotal {
                sum, total, excess, ..
            } => format!(
                "적힌 부분을 더하면 {}, 총계 {}보다 {} 많습니다.",
                self.own(*sum),
                self.with(total),
                self.own(*excess)
            ),
            Found::UnitMismatch {
                part,
                unit,
                total_unit,
            } => format!(
                "‘{}’의 단위는 ‘{unit}’, 총계의 단위는 ‘{total_unit}’입니다. 서로 더할 수 없습니다.",
                self.title(part)
            ),
            Found::UnknownPart { parts } => format!(
                "부분 {}개의 수량이 적혀 있지 않아 합계를 알 수 없습니다.",
                parts.len()
            ),
            Found::Pace { .. } => self.pace_ko(found),
            Found::PaceContradictsDue { .. } => self.contradicts_ko(found),
            Found::FinishAtAnnouncedPace { remaining, pace } => {
                let (range, years) = self.pace(pace);
                format!(
                    "남은 {}, 알린 속도(한 해 {range})로 가면 {years}에 끝납니다.",
                    self.with(remaining)
                )
            }
            Found::Reached { value, on } => {
                format!("{on}에 {}, 약속한 값에 이르렀습니다.", self.with(value))
            }
            Found::NotReachedByDue { value, target, due } => format!(
                "기한({due})까지 {}, 약속한 {}에 이르지 못했습니다.",
                self.own(*value),
                self.with(target)
            ),
            Found::BreakEven { .. } => self.break_even_ko(found),
            Found::BreakEvenUnknown { investment } => format!(
                "‘{}’ 비용을 언제 되찾는지 알 수 없습니다. 비용, 한 해 절감액, 시작 연도가 모두 있어야 합니다.",
                self.title(investment)
            ),
            Found::Total { of, sum } => {
                format!(
                    "앞서 알린 것까지 {}건을 더하면 {}입니다.",
                    of.len(),
                    self.with(sum)
                )
            }
            Found::Ratio { per, value, unit } => format!(
                "‘{}’에 견주면 {}입니다.",
                self.title(per),
                self.amount(*value, unit)
            ),
            Found::PerYear { value, years } => {
                format!(
                    "{years}년 동안의 값이므로 한 해 평균 {}입니다.",
                    self.with(value)
                )
            }
            other => self.unsaid_ko(other),
        }
    }

    fn unsaid_ko(&self, found: &Found) -> String {
        match found {
            Found::DueWithoutEvidence { due, days } => {
                format!("기한({due})이 {days}일 지났는데 지켰는지 보여 주는 증거가 없습니다.")
            }
            Found::NoEvidenceYet {} => "지키고 있는지 보여 주는 증거가 아직 없습니다.".to_owned(),
            Found::MethodNotStated { value } => format!(
                "아낀다는 금액{}의 계산 방법이 적혀 있지 않습니다.",
                bracketed(value.as_ref().map(|value| self.with(value)))
            ),
            Found::DenominatorNotStated { value } => format!(
                "비율{}의 분모, 곧 무엇의 몫인지가 적혀 있지 않습니다.",
                bracketed(value.as_ref().map(|value| self.with(value)))
            ),
            Found::UnknownQuantity {
                known: Some(known),
                known_of,
                of,
            } => match (known_of, of) {
                (Some(part), Some(all)) => format!(
                    "{} 가운데 {}에 대해서만 {}, 나머지의 수량은 적혀 있지 않아 전체를 알 수 없습니다.",
                    self.with(all),
                    self.with(part),
                    self.with(known)
                ),
                _ => format!(
                    "{}만 적혀 있고 나머지의 수량은 적혀 있지 않아 전체를 알 수 없습니다.",
                    self.with(known)
                ),
            },
            Found::UnknownQuantity { .. } => {
                "수량이 적혀 있지 않아 얼마인지 알 수 없습니다.".to_owned()
            }
            Found::DueNotStated {} => "언제까지 지키겠다는 것인지 적혀 있지 않습니다.".to_owned(),
            Found::OwnerNotStated {} => "맡은 부서가 적혀 있지 않습니다.".to_owned(),
            Found::PublishedNotStated {} => "언제 알린 것인지 적혀 있지 않습니다.".to_owned(),
            other => self.entered_ko(other),
        }
    }

    fn entered_ko(&self, found: &Found) -> String {
        match found {
            Found::EnteredLate { on, entered, days } => {
                format!("{on}의 상태를 {days}일 뒤인 {entered}에 적었습니다.")
            }
            Found::EnteredBehind {
                on,
                behind,
                entered,
            } => format!("{on}의 상태를 {behind}의 상태보다 나중인 {entered}에 적었습니다."),
            Found::StateAhead { on } => {
                format!("{on}의 상태가 적혀 있지만 아직 오지 않은 날이므로 상태로 보지 않습니다.")
            }
            Found::HistoryEdited { on, text, entered } => format!(
                "{entered}에 파일에 있던 {on}의 상태 “{text}” 항목이 파일에서 바뀌거나 지워졌습니다."
            ),
            Found::ClaimChanged { on, was, becomes } => format!(
                "{on}부터 약속의 내용이 다릅니다. 전: {}. 후: {}.",
                self.claim(was),
                self.claim(becomes)
            ),
            Found::EntryTampered { on } => {
                format!("장부에 적힌 {on}의 상태가 처음 적은 것과 다릅니다.")
            }
            _ => String::new(),
        }
    }

    fn remainder_ko(&self, found: &Found) -> String {
        let Found::UnmentionedRemainder {
            sum,
            total,
            remainder,
            done,
            done_share,
            finish_at_announced_pace,
            ..
        } = found
        else {
            return String::new();
        };
        let mut text = format!(
            "총계 {} 가운데 {}만 적혀 있고, 나머지 {}에 대해서는 적힌 것이 없습니다",
            self.with(total),
            self.own(*sum),
            self.own(*remainder)
        );
        if let (Some(done), Some(share)) = (done, done_share) {
            text += &format!(
                "; 마친 것은 {} ({})입니다",
                self.own(*done),
                self.share(*share)
            );
        }
        if let Some(pace) = finish_at_announced_pace {
            let (range, years) = self.pace(pace);
            text += &format!("; 알린 속도(한 해 {range})로 가면 {years}에 끝납니다");
        }
        text + "."
    }

    fn pace_ko(&self, found: &Found) -> String {
        let Found::Pace {
            needed_per_year,
            so_far_per_year,
            is_enough,
            due,
            ..
        } = found
        else {
            return String::new();
        };
        let needed = self.own(*needed_per_year);
        let so_far = so_far_per_year.map(|pace| self.own(pace));
        match (so_far, is_enough) {
            (Some(so_far), Some(true)) => format!(
                "기한({due})까지 한 해 {needed}씩 가야 하고, 지금까지 한 해 {so_far}씩 왔으므로 제때 이를 수 있습니다."
            ),
            (Some(so_far), _) => format!(
                "기한({due})까지 한 해 {needed}씩 가야 하는데, 지금까지는 한 해 {so_far}씩 왔습니다."
            ),
            (None, _) => format!(
                "기한({due})까지 한 해 {needed}씩 가야 합니다. 지금까지의 속도는 알 수 없습니다."
            ),
        }
    }

    fn contradicts_ko(&self, found: &Found) -> String {
        let Found::PaceContradictsDue {
            per_year,
            announced,
            due,
            first_year,
            last_year,
        } = found
        else {
            return String::new();
        };
        let whose = if *announced {
            "알린 속도"
        } else {
            "지금까지의 속도"
        };
        let range = self.range(*per_year);
        match (first_year, last_year) {
            (Some(first), Some(last)) => format!(
                "기한은 {due}인데 {whose}(한 해 {range})로 가면 {}에 끝납니다.",
                self.years(*first, *last)
            ),
            _ => format!("기한은 {due}인데 {whose}(한 해 {range})로는 이를 수 없습니다."),
        }
    }

    fn break_even_ko(&self, found: &Found) -> String {
        let Found::BreakEven {
            investment,
            years_of_saving,
            starts,
            first_year,
            last_year,
            scenarios,
        } = found
        else {
            return String::new();
        };
        let cost = self.ledger.promise(investment);
        let cost = cost.and_then(|own| Some(self.amount(own.value()?, own.unit()?)));
        let mut text = format!(
            "{starts}년부터 아끼면 비용{}을 되찾는 데 {}년이 걸려, {}이 본전을 되찾은 첫해가 됩니다",
            bracketed(cost),
            number(*years_of_saving, self.lang),
            self.years(*first_year, *last_year)
        );
        if scenarios.len() > 1 {
            text += &format!(" (읽는 방법 {}가지)", scenarios.len());
        }
        text + "."
    }
}
