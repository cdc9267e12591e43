//! What several files name: departments, citizens, institutions, budget lines, households.
//!
//! Each is a function of the world and a number, so that any file, written on any day, says the same.

use crate::dice::Dice;
use crate::world::{Place, World};

/// Departments, as their own files spell them.
pub(crate) const OFFICES: [&str; 10] = [
    "민원봉사과",
    "예산법무과",
    "정책기획과",
    "도로과",
    "교통정책과",
    "환경과",
    "복지정책과",
    "평생학습과",
    "재난안전과",
    "정보통신과",
];

/// Programmes that each department has.
pub(crate) const WORKS: [&str; 12] = [
    "시설 유지",
    "주민 서비스",
    "정보화",
    "인건비",
    "용역",
    "보조금",
    "신규 사업",
    "안전 점검",
    "홍보",
    "교육",
    "장비",
    "예비",
];

/// Which of [`WORKS`] subsidies are paid from.
pub(crate) const SUBSIDY_WORK: u64 = 5;
/// Which of [`OFFICES`] pay subsidies.
pub(crate) const SUBSIDY_OFFICES: [u64; 4] = [5, 6, 7, 8];

/// Learning centres.
pub(crate) const LEARNING: [&str; 4] = ["한빛학습관", "누리학습관", "솔숲학습관", "물빛학습관"];

/// Citizens that appear by name.
const CITIZENS: i64 = 6_000;
const SURNAMES: [&str; 8] = ["가", "나", "다", "라", "마", "바", "사", "아"];

/// A citizen that several departments know.
#[derive(Clone, Debug)]
pub(crate) struct Citizen {
    /// A name that is plainly made up.
    pub(crate) name: String,
    /// A number that nobody has.
    pub(crate) phone: String,
    /// Index of the neighbourhood.
    pub(crate) dong: usize,
    /// Year of birth.
    pub(crate) born: i64,
}

/// One of the citizens.
pub(crate) fn citizen(world: &World, dice: &mut Dice) -> Citizen {
    let number = dice.between(1, CITIZENS);
    let mut own = Dice::new(world.seed, &format!("citizen {number}"));
    Citizen {
        name: format!(
            "{}{}{}",
            own.pick(&SURNAMES),
            own.pick(&["갑", "을", "병", "정"]),
            own.pick(&["동", "서", "남", "북"])
        ),
        phone: format!("031-000-{:04}", own.between(0, 9999)),
        dong: world.place(&mut own).dong,
        born: own.between(1940, 2008),
    }
}

/// One programme's budget: original and supplement, thousands of won.
pub(crate) fn programme(world: &World, office: u64, work: u64) -> (i64, i64) {
    let mut dice = Dice::new(world.seed, &format!("programme {office} {work}"));
    let original = dice.between(20, 9000) * 100;
    let supplement = if dice.chance(0.3) {
        original / 100 * dice.between(-10, 40)
    } else {
        0
    };
    (original, supplement)
}

/// A line below a programme.
pub(crate) struct Line {
    /// `DB-06-05-1`.
    pub(crate) code: String,
    /// Department.
    pub(crate) office: &'static str,
    /// Programme.
    pub(crate) work: &'static str,
    /// Thousands of won; the lines of a programme sum to its total.
    pub(crate) amount: i64,
}

/// Lines of a programme.
pub(crate) const LINES: u64 = 2;

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

/// The `number`-th of the 240 budget lines.
pub(crate) fn line(world: &World, number: u64) -> Line {
    let (programme_no, part) = (number / LINES, number % LINES);
    let works = WORKS.len() as u64;
    let (office, work) = (
        programme_no / works % OFFICES.len() as u64,
        programme_no % works,
    );
    let (original, supplement) = programme(world, office, work);
    let total = original + supplement;
    let first = total * 6 / 10;
    Line {
        code: format!("DB-{:02}-{:02}-{}", office + 1, work + 1, part + 1),
        office: OFFICES[index(office)],
        work: WORKS[index(work)],
        amount: if part == 0 { first } else { total - first },
    }
}

/// The budget line that the `number`-th subsidy is paid from.
pub(crate) fn subsidy_line(number: u64) -> u64 {
    let office = SUBSIDY_OFFICES[index(number % SUBSIDY_OFFICES.len() as u64)];
    (office * WORKS.len() as u64 + SUBSIDY_WORK) * LINES + number / 4 % LINES
}

/// A library: name and place.
pub(crate) fn library(world: &World, number: u64) -> (String, Place) {
    let place = world.facility("library", number);
    let name = format!("{} {}도서관", world.dongs[place.dong].name, number + 1);
    (name, place)
}

/// Households of a neighbourhood.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Households {
    /// Of one person: up to 39, 40 to 64, 65 and over.
    pub(crate) single: [i64; 3],
    /// All.
    pub(crate) all: i64,
}

/// Households of a neighbourhood: the same in every file.
pub(crate) fn households(world: &World, dong: usize) -> Households {
    let mut dice = Dice::new(world.seed, &format!("households {dong}"));
    let dong = &world.dongs[dong];
    let share = |ages: std::ops::RangeInclusive<usize>, share: i64| {
        i64::from(dong.aged(ages)) * share / 100
    };
    Households {
        single: [
            share(20..=39, dice.between(14, 22)),
            share(40..=64, dice.between(10, 16)),
            share(65..=100, dice.between(22, 32)),
        ],
        all: i64::from(dong.all()) * 100 / dice.between(210, 240),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_programme_sum_to_it() {
        let world = World::new(3);
        for office in 0..10_u64 {
            for work in 0..12_u64 {
                let (original, supplement) = programme(&world, office, work);
                let first = (office * 12 + work) * LINES;
                let sum: i64 = (0..LINES)
                    .map(|part| line(&world, first + part).amount)
                    .sum();
                assert_eq!(sum, original + supplement);
            }
        }
    }

    #[test]
    fn subsidies_are_paid_from_subsidy_lines() {
        let world = World::new(3);
        assert!((0..40).all(|number| line(&world, subsidy_line(number)).work == "보조금"));
    }
}
