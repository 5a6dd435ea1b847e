//! Files of one crate that import each other in a circle cannot be understood one after the other. There are few, and
//! each is known.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imports::{Module, ModulePath};

/// The circles that there may be: a file of the circle, or the folder that has all of it, and the reason.
const ALLOWED: [(&str, &str); 1] = [(
    "src/graphql/",
    "objects link to each other, and each is described beside itself: these go when one reader resolves all links",
)];

#[test]
fn files_do_not_import_each_other_in_circles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let circles: Vec<_> = crates(root).iter().flat_map(|source| circles(root, source)).collect();
    let is_in = |circle: &BTreeSet<String>, place: &str| match place.ends_with('/') {
        true => circle.iter().all(|file| file.starts_with(place)),
        false => circle.contains(place),
    };
    let unknown: Vec<_> = circles
        .iter()
        .filter(|circle| !ALLOWED.iter().any(|(place, _)| is_in(circle, place)))
        .collect();
    assert!(unknown.is_empty(), "these import each other in a circle: {unknown:#?}");
    for (place, _) in ALLOWED {
        let is_left = circles.iter().any(|circle| is_in(circle, place));
        assert!(is_left, "{place} is in no circle any more: take it off the list");
    }
}

/// The folders of sources of all crates.
fn crates(root: &Path) -> Vec<String> {
    let folders = std::fs::read_dir(root.join("crates")).unwrap();
    let folders = folders.map(|folder| format!("crates/{}/src", folder.unwrap().file_name().to_string_lossy()));
    let others = ["src", "entity/src", "migration/src"].map(str::to_owned);
    folders.chain(others).collect()
}

/// The groups of files of a crate of which each imports each other one, directly or by way of others.
fn circles(root: &Path, source: &str) -> Vec<BTreeSet<String>> {
    let modules = imports::modules(root, source);
    let reached: BTreeMap<_, _> = modules.keys().map(|from| (from, reachable(&modules, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, reached_from) in &reached {
        let back = reached_from.iter().filter(|to| reached[to].contains(*from));
        let circle: BTreeSet<_> = back.map(|module| modules[module].file.clone()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// The modules that a module imports, directly or by way of others.
fn reachable(modules: &BTreeMap<ModulePath, Module>, from: &ModulePath) -> BTreeSet<ModulePath> {
    let (mut found, mut left) = (BTreeSet::new(), vec![from.clone()]);
    while let Some(next) = left.pop() {
        for to in imports::imported(modules, &next) {
            if found.insert(to.clone()) {
                left.push(to);
            }
        }
    }
    found
}
