//! A label of partners by which commission rules can be restricted.

crate::labelled::labelled!("partner_category");
