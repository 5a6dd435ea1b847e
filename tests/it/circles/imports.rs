//! Which modules of a crate a module imports, as its text says: by `use`, and by paths that begin with `crate` or
//! `super`. What a module re-exports is looked for where it is defined. Tests within modules do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The names of a module and of those around it, from the crate's root.
pub type ModulePath = Vec<String>;

/// A file.
pub struct Module {
    pub file: String,
    uses: Vec<Use>,
}

/// An imported path.
struct Use {
    path: Vec<String>,
    /// What it is called here; `None`: it is only mentioned.
    name: Option<String>,
    is_public: bool,
}

/// The modules whose files are in a crate's folder of sources.
pub fn modules(root: &Path, source: &str) -> BTreeMap<ModulePath, Module> {
    let mut modules = BTreeMap::new();
    add(root, source, &ModulePath::new(), &mut modules);
    modules
}

fn add(root: &Path, folder: &str, around: &ModulePath, modules: &mut BTreeMap<ModulePath, Module>) {
    for entry in std::fs::read_dir(root.join(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let file = format!("{folder}/{name}");
        let inside = |name: &str| [around.as_slice(), &[name.to_owned()]].concat();
        if matches!(name.as_str(), "tests" | "tests.rs" | "main.rs") {
            continue;
        }
        if root.join(&file).is_dir() {
            add(root, &file, &inside(&name), modules);
        } else if let Some(name) = name.strip_suffix(".rs") {
            let module = if matches!(name, "mod" | "lib") {
                around.clone()
            } else {
                inside(name)
            };
            let uses = uses(&std::fs::read_to_string(root.join(&file)).unwrap());
            modules.insert(module, Module { file, uses });
        }
    }
}

/// The other modules that a module imports.
pub fn imported(modules: &BTreeMap<ModulePath, Module>, from: &ModulePath) -> BTreeSet<ModulePath> {
    let uses = modules[from].uses.iter();
    // A re-export of a child is for those who import it from here.
    let own = uses.filter(|used| !used.is_public || matches!(used.path[0].as_str(), "crate" | "super"));
    let found = own.filter_map(|used| definition(modules, from, &used.path, 0));
    found.filter(|module| module != from).collect()
}

/// How many modules may re-export the same one after the other. Other crates are re-exported under their own names, which
/// would lead back to where they are.
const MOST_REEXPORTS: usize = 10;

/// The module that defines what `path` means in the module `from`, which so many modules re-export; `None`: it is of
/// another crate.
fn definition(
    modules: &BTreeMap<ModulePath, Module>,
    from: &ModulePath,
    path: &[String],
    reexports: usize,
) -> Option<ModulePath> {
    if reexports > MOST_REEXPORTS {
        return None;
    }
    let mut at = from.clone();
    let mut path = path;
    match path[0].as_str() {
        "crate" => at.clear(),
        "self" => {}
        "super" => {
            while path.first().is_some_and(|name| name == "super") {
                at.pop();
                path = &path[1..];
            }
        }
        first => {
            let is_child = modules.contains_key(&[at.as_slice(), &[first.to_owned()]].concat());
            if !is_child && (reexports == 0 || reexported(&modules[&at], first).is_none()) {
                return None;
            }
        }
    }
    if path
        .first()
        .is_some_and(|name| matches!(name.as_str(), "crate" | "self"))
    {
        path = &path[1..];
    }
    while let Some((first, rest)) = path.split_first() {
        let child = [at.as_slice(), std::slice::from_ref(first)].concat();
        if !modules.contains_key(&child) {
            break;
        }
        (at, path) = (child, rest);
    }
    let module = modules.get(&at)?;
    if let Some((first, rest)) = path.split_first()
        && let Some(origin) = reexported(module, first)
        // A child of the same name was entered above.
        && let Some(found) = definition(modules, &at, &[origin, rest].concat(), reexports + 1)
    {
        return Some(found);
    }
    Some(at)
}

/// The path of what a module re-exports under this name.
fn reexported<'a>(module: &'a Module, name: &str) -> Option<&'a [String]> {
    let mut public = module.uses.iter().filter(|used| used.is_public);
    let found = public.find(|used| used.name.as_deref() == Some(name));
    found.map(|used| used.path.as_slice())
}

fn uses(text: &str) -> Vec<Use> {
    let text: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim_end().to_owned() + "\n")
        .collect();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let (mut uses, mut rest) = (Vec::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((is_public, begun)) = use_of(line.trim_start()) else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut tree = begun.to_owned();
        while !tree.contains(';') {
            tree.push_str(lines.next().expect("a use ends with a semicolon").trim());
        }
        let tree = tree.split(';').next().unwrap_or_default();
        expand(tree, &[], &mut |path, name| {
            let name = Some(name);
            uses.push(Use { path, name, is_public });
        });
    }
    for word in ["crate::", "super::"] {
        for (start, _) in rest.match_indices(word) {
            if rest[..start].ends_with(|letter: char| is_of_path(letter)) {
                continue;
            }
            let end = rest[start..].find(|letter: char| !is_of_path(letter));
            let path = &rest[start..end.map_or(rest.len(), |end| start + end)];
            let path = path
                .split("::")
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect();
            let (name, is_public) = (None, false);
            uses.push(Use { path, name, is_public });
        }
    }
    uses
}

fn is_of_path(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == ':'
}

/// Whether a line begins an import, one that is public, and what follows `use`.
fn use_of(line: &str) -> Option<(bool, &str)> {
    let (is_public, line) = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => (true, rest.split_once(')')?.1.trim_start()),
        Some(rest) => (true, rest.trim_start()),
        None => (false, line),
    };
    Some((is_public, line.strip_prefix("use ")?))
}

/// Calls `each` with every path of an import, and with the name that it gets: `a::{b, c as d}` has two.
fn expand(tree: &str, around: &[String], each: &mut impl FnMut(Vec<String>, String)) {
    let names = |path: &str| {
        path.split("::")
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect()
    };
    let Some((before, inside)) = tree.split_once('{') else {
        let (path, name) = tree
            .split_once(" as ")
            .map_or((tree, None), |(path, name)| (path, Some(name.trim())));
        let own: Vec<String> = names(path);
        let path = match own.as_slice() {
            [only] if only == "self" && !around.is_empty() => around.to_vec(),
            _ => [around, &own].concat(),
        };
        let name = name.map_or_else(|| path.last().cloned().unwrap_or_default(), str::to_owned);
        return each(path, name);
    };
    let own: Vec<String> = names(before);
    let around = [around, &own].concat();
    let inside = inside.rsplit_once('}').map_or(inside, |(inside, _)| inside);
    let (mut depth, mut start) = (0, 0);
    for (place, letter) in inside.char_indices().chain([(inside.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inside[start..place].trim().is_empty() {
                    expand(inside[start..place].trim(), &around, each);
                }
                start = (place + 1).min(inside.len());
            }
            _ => {}
        }
    }
}
