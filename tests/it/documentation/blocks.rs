//! The blocks of a page, and what is said of them in comments.

pub struct Block {
    /// Its page and line.
    pub place: String,
    pub language: String,
    pub text: String,
    pub runs: Runs,
}

#[derive(Clone)]
pub enum Runs {
    Here {
        as_partner: bool,
    },
    /// In the test or script of this name.
    Elsewhere(String),
    /// With the reason.
    Nowhere(String),
}

pub fn of(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    // What the comment says that was read last, and what one said of the rest of the page.
    let (mut said, mut all_below) = (None, None);
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                let runs = said.take().or_else(|| all_below.clone());
                open = Some(Block {
                    place: format!("{page}:{}", number + 1),
                    language: language.to_owned(),
                    text: String::new(),
                    runs: runs.unwrap_or(Runs::Here { as_partner: false }),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => match line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->")) {
                Some(comment) => match comment.strip_suffix(", all below") {
                    Some(comment) => all_below = runs(comment),
                    None => said = runs(comment),
                },
                None if line.is_empty() => {}
                None => said = None,
            },
        }
    }
    blocks
}

fn runs(comment: &str) -> Option<Runs> {
    match comment.split_once(": ") {
        Some(("not run", reason)) => Some(Runs::Nowhere(reason.to_owned())),
        Some(("run by", file)) => Some(Runs::Elsewhere(file.to_owned())),
        _ => (comment == "as the partner").then_some(Runs::Here { as_partner: true }),
    }
}
