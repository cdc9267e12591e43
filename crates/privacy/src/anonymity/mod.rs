//! Generalisation over hierarchies: models of anonymity, the optimum, verification, risk.
