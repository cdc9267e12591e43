//! Every breakpoint from both sides; days of invented air.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::prelude::*;

use super::*;

fn scale() -> Scale {
    Scale {
        from: NaiveDate::from_ymd_opt(2018, 3, 27).unwrap(),
        index: [50.0, 100.0, 250.0, 500.0],
        bands: [
            [0.02, 0.05, 0.15, 1.0],
            [2.0, 9.0, 15.0, 50.0],
            [0.03, 0.09, 0.15, 0.6],
            [0.03, 0.06, 0.2, 2.0],
            [30.0, 80.0, 150.0, 600.0],
            [15.0, 35.0, 75.0, 500.0],
        ],
        predicts_from: [70.0, 30.0],
        surcharges: [50.0, 75.0],
    }
}

fn noon() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 5)
        .unwrap()
        .and_hms_opt(12, 0, 0)
        .unwrap()
}

#[test]
fn each_breakpoint_has_its_index_on_both_sides() {
    let scale = scale();
    for pollutant in Pollutant::ALL {
        let bands = scale.bands[pollutant.at()];
        let of = |concentration: f64| scale.sub_index(pollutant, concentration).unwrap();
        assert_eq!(of(0.0), (0, Grade::Good));
        assert_eq!(of(bands[0]), (50, Grade::Good), "{pollutant:?}");
        assert_eq!(
            of(bands[0] + pollutant.step()),
            (51, Grade::Moderate),
            "{pollutant:?}"
        );
        assert_eq!(of(bands[1]), (100, Grade::Moderate), "{pollutant:?}");
        assert_eq!(
            of(bands[1] + pollutant.step()),
            (101, Grade::Bad),
            "{pollutant:?}"
        );
        assert_eq!(of(bands[2]), (250, Grade::Bad), "{pollutant:?}");
        assert_eq!(
            of(bands[2] + pollutant.step()),
            (251, Grade::VeryBad),
            "{pollutant:?}"
        );
        assert_eq!(of(bands[3]), (500, Grade::VeryBad), "{pollutant:?}");
        assert_eq!(of(bands[3] * 2.0), (500, Grade::VeryBad), "{pollutant:?}");
        assert_eq!(scale.sub_index(pollutant, -1.0), None);
        assert_eq!(scale.sub_index(pollutant, f64::NAN), None);
    }
}

#[test]
fn within_a_band_the_index_is_a_straight_line() {
    let of = |pollutant, concentration| scale().sub_index(pollutant, concentration).unwrap().0;
    // (100 - 51) / (80 - 31) x (55 - 31) + 51
    assert_eq!(of(Pollutant::Pm10, 55.0), 75);
    // (250 - 101) / (0.150 - 0.091) x (0.120 - 0.091) + 101 = 174.2
    assert_eq!(of(Pollutant::O3, 0.120), 174);
    assert_eq!(of(Pollutant::Pm25, 7.0), 23);
}

#[test]
fn the_scale_of_the_day_counts() {
    let older = Scale {
        from: NaiveDate::MIN,
        bands: [[9.0, 10.0, 11.0, 12.0]; 6],
        ..scale()
    };
    let scales = [scale(), older];
    let on = |day: &str| in_force(&scales, day.parse().unwrap()).unwrap().bands[4][0];
    assert_eq!((on("2018-03-26"), on("2018-03-27")), (9.0, 30.0));
    assert!(in_force(&[scale()], "2018-03-26".parse().unwrap()).is_none());
}

/// Hours up to noon; each has these values in the order of `Pollutant::ALL`.
fn hours(count: i64, values: impl Fn(i64) -> [Option<f64>; 6]) -> Vec<Hour> {
    let back = (0..count).rev();
    back.map(|back| Hour {
        at: noon() - TimeDelta::hours(back),
        values: values(back),
    })
    .collect()
}

fn clean() -> [Option<f64>; 6] {
    [
        Some(0.01),
        Some(1.0),
        Some(0.02),
        Some(0.02),
        Some(20.0),
        Some(10.0),
    ]
}

#[test]
fn the_highest_counts_and_several_bad_ones_are_worse() {
    let index = |values: [Option<f64>; 6]| reading(&hours(24, |_| values), &scale()).unwrap().index;
    let known = |value, grade, of, surcharge| Index::Known {
        value,
        grade,
        of,
        surcharge,
    };
    assert_eq!(index(clean()), known(33, Grade::Good, Pollutant::O3, 0));
    let mut one = clean();
    one[2] = Some(0.15);
    assert_eq!(index(one), known(250, Grade::Bad, Pollutant::O3, 0));
    let mut two = one;
    two[0] = Some(0.051);
    assert_eq!(index(two), known(300, Grade::VeryBad, Pollutant::O3, 50));
    let mut three = two;
    three[1] = Some(9.01);
    assert_eq!(index(three), known(325, Grade::VeryBad, Pollutant::O3, 75));
    let mut all = three;
    all[2] = Some(0.6);
    assert_eq!(
        index(all),
        known(500, Grade::VeryBad, Pollutant::O3, 75),
        "the scale ends there"
    );
}

#[test]
fn without_a_needed_pollutant_there_is_no_index() {
    for needed in Pollutant::NEEDED {
        let mut values = clean();
        values[needed.at()] = None;
        let found = reading(&hours(24, |_| values), &scale()).unwrap();
        assert_eq!(
            found.index,
            Index::Unknown {
                lacks: vec![needed],
                few: Vec::new(),
            }
        );
    }
    let mut values = clean();
    (values[0], values[1]) = (None, None);
    assert!(matches!(
        reading(&hours(24, |_| values), &scale()).unwrap().index,
        Index::Known { .. }
    ));
    assert!(reading(&[], &scale()).is_none());
}

#[test]
fn dust_is_the_mean_of_the_day_as_it_will_be() {
    let dust = |pm10: &dyn Fn(i64) -> Option<f64>, count| {
        let values = |back| {
            [
                Some(0.01),
                Some(1.0),
                Some(0.02),
                Some(0.02),
                pm10(back),
                Some(10.0),
            ]
        };
        let found = reading(&hours(count, values), &scale()).unwrap();
        found.subs[Pollutant::Pm10.at()].concentration
    };
    assert_eq!(dust(&|_| Some(40.0), 24), Some(40.0));
    // Twelve hours of 80; the last four count three quarters: (80 + 60) / 2.
    assert_eq!(dust(&|_| Some(80.0), 24), Some(70.0));
    // At the limit of much dust, and a hair below it.
    assert_eq!(dust(&|_| Some(70.0), 24), Some(61.25));
    assert_eq!(
        dust(&|_| Some(69.9), 24).map(|own| (own * 100.0).round()),
        Some(6990.0)
    );
    // More than 1.7 times the twelve hours: nothing is taken off.
    let sudden = dust(&|back| Some(if back < 4 { 300.0 } else { 50.0 }), 24).unwrap();
    let long = (4.0 * 300.0 + 8.0 * 50.0) / 12.0;
    assert!((sudden - f64::midpoint(long, 300.0)).abs() < 1e-9);
    // Nine of twelve hours are enough and eight are not; three of four, and two are not.
    assert!(dust(&|back| (!(4..7).contains(&back)).then_some(40.0), 24).is_some());
    assert!(dust(&|back| (!(4..8).contains(&back)).then_some(40.0), 24).is_none());
    assert!(dust(&|back| (back != 1).then_some(40.0), 24).is_some());
    assert!(dust(&|back| (back > 1).then_some(40.0), 24).is_none());
}

#[test]
fn what_cannot_be_believed_is_told() {
    let wave = |back: i64| {
        let mut values = clean();
        values[4] = Some(40.0 + f64::from(i32::try_from(back % 5).unwrap()));
        values[2] = Some(0.02 + f64::from(i32::try_from(back % 3).unwrap()) / 1000.0);
        (values[0], values[1], values[3], values[5]) = (None, None, None, None);
        values
    };
    let sound = hours(48, wave);
    assert_eq!(doubts(&sound, noon(), Some(noon())), []);
    let stuck = hours(48, |back| {
        let mut values = wave(back);
        if back < 30 {
            values[4] = Some(37.0);
        }
        values
    });
    let told = |hours: &[Hour], now| doubts(hours, now, Some(noon()));
    assert_eq!(
        told(&stuck, noon()),
        [Doubt {
            pollutant: Some(Pollutant::Pm10),
            kind: DoubtKind::Stuck {
                value: 37.0,
                hours: 30
            }
        }]
    );
    let jump = hours(48, |back| {
        let mut values = wave(back);
        if back == 0 {
            values[4] = Some(400.0);
        }
        values
    });
    assert_eq!(
        told(&jump, noon()),
        [Doubt {
            pollutant: Some(Pollutant::Pm10),
            kind: DoubtKind::Jump {
                from: 41.0,
                to: 400.0
            }
        }]
    );
    let of_clock = |now: NaiveDateTime, newest: NaiveDateTime| {
        doubts(&sound, now, Some(newest))[0].kind.clone()
    };
    let hour = TimeDelta::hours(1);
    assert_eq!(
        of_clock(noon() - hour, noon()),
        DoubtKind::Ahead { minutes: 60 }
    );
    assert_eq!(
        of_clock(noon() + hour * 2, noon() + hour * 2),
        DoubtKind::Behind { minutes: 120 }
    );
    assert_eq!(
        of_clock(noon() + hour * 4, noon()),
        DoubtKind::Stopped { since: noon() }
    );
}

#[test]
fn what_is_below_nothing_is_not_computed_with_and_told() {
    let station = |from: i64| {
        hours(24, |back| {
            let mut values = clean();
            if back == from || back == from + 1 {
                values[Pollutant::Pm10.at()] = Some(-5.0);
            }
            // Without a value that stays, only what is asked of here is odd.
            for (at, value) in values.iter_mut().enumerate() {
                *value = value.map(|own| if back % 2 == 0 { own } else { own * 1.1 });
                if at != Pollutant::Pm10.at() && back == 5 {
                    *value = None;
                }
            }
            values
        })
    };
    let found = station(4);
    assert_eq!(found[19].of(Pollutant::Pm10), None);
    let concentration = |hours: &[Hour]| {
        reading(hours, &scale()).unwrap().subs[Pollutant::Pm10.at()]
            .concentration
            .unwrap()
    };
    assert!(concentration(&found) >= 20.0, "nothing is taken off");
    let told = doubts(&found, noon(), Some(noon()));
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        told[0],
        Doubt {
            pollutant: Some(Pollutant::Pm10),
            kind: DoubtKind::Negative {
                value: -5.0,
                hours: 2
            }
        }
    );
    // What is below nothing now is lacking now.
    let mut values = clean();
    values[Pollutant::O3.at()] = Some(-0.001);
    let index = reading(&hours(24, |_| values), &scale()).unwrap().index;
    assert_eq!(
        index,
        Index::Unknown {
            lacks: vec![Pollutant::O3],
            few: Vec::new(),
        }
    );
    // Long ago it is of no use to know.
    assert_eq!(doubts(&station(13), noon(), Some(noon())), []);
}

#[test]
fn a_value_of_now_with_too_few_hours_before_is_told_as_that() {
    let young = hours(5, |_| clean());
    let found = reading(&young, &scale()).unwrap();
    let dust = vec![Pollutant::Pm10, Pollutant::Pm25];
    let (lacks, few) = (dust.clone(), dust);
    assert_eq!(found.index, Index::Unknown { lacks, few });
    let sub = found.subs[Pollutant::Pm10.at()];
    assert_eq!((sub.concentration, sub.measured), (None, clean()[4]));
}

#[test]
fn an_hour_of_tomorrow_takes_nothing_away_from_those_that_have_been() {
    let mut all = hours(24, |_| clean());
    let tomorrow = Hour {
        at: noon() + TimeDelta::hours(24),
        values: [None; 6],
    };
    all.push(tomorrow);
    let past = present(&all, noon());
    assert_eq!(past.last().map(|hour| hour.at), Some(noon()));
    let index = reading(past, &scale()).unwrap().index;
    assert!(matches!(index, Index::Known { .. }), "{index:?}");
    let told: Vec<DoubtKind> = doubts(&all, noon(), Some(noon()))
        .into_iter()
        .filter(|own| own.pollutant.is_none())
        .map(|own| own.kind)
        .collect();
    assert_eq!(told, [DoubtKind::Ahead { minutes: 1440 }]);
    // As far ahead as clocks may be, it is of now: for the headline and for the doubts alike.
    assert_eq!(present(&all, noon() - TimeDelta::minutes(10)).len(), 24);
    assert_eq!(present(&all, noon() - TimeDelta::minutes(11)).len(), 23);
}

#[test]
fn the_fewer_steps_a_value_has_the_longer_it_may_stay() {
    let stuck = |pollutant: Pollutant, value: f64, many: i64, coarse: f64| {
        let all = hours(24 * 9, |back| {
            let mut values = [None; 6];
            let own = if back < many {
                value
            } else {
                value + coarse * f64::from(i32::try_from(back % 3 + 1).unwrap())
            };
            values[pollutant.at()] = Some(own);
            values
        });
        let told = doubts(&all, noon(), Some(noon()));
        told.iter()
            .any(|own| matches!(own.kind, DoubtKind::Stuck { .. }))
    };
    // 37 steps: a day.
    assert!(stuck(Pollutant::Pm10, 37.0, 24, 1.0));
    assert!(!stuck(Pollutant::Pm10, 37.0, 23, 1.0));
    // Three steps: 24 x 20 / 3 hours.
    assert!(!stuck(Pollutant::So2, 0.003, 159, 0.001));
    assert!(stuck(Pollutant::So2, 0.003, 160, 0.001));
    // Four steps where only tenths are told, forty where hundredths are.
    assert!(!stuck(Pollutant::Co, 0.4, 119, 0.1));
    assert!(stuck(Pollutant::Co, 0.4, 120, 0.1));
    assert!(stuck(Pollutant::Co, 0.4, 24, 0.01));
    // A week is enough for everything.
    assert!(!stuck(Pollutant::So2, 0.0, 167, 0.001));
    assert!(stuck(Pollutant::So2, 0.0, 168, 0.001));
}

proptest! {
    /// More of a pollutant is never better.
    #[test]
    fn the_index_never_falls(at in 0..6_usize, low in 0.0..700.0_f64, more in 0.0..100.0_f64) {
        let pollutant = Pollutant::ALL[at];
        let (low, more) = (low * pollutant.step(), more * pollutant.step());
        let of = |own| scale().sub_index(pollutant, own).unwrap();
        prop_assert!(of(low) <= of(low + more));
    }
}
