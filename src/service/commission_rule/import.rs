//! Rules that another system keeps: unknown ones are created, known ones updated, and one that is the same already is
//! not written at all, so that importing twice changes nothing.
