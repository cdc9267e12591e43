//! What two files say of the same thing agrees.
