//! Prometheus' text form, read as strictly as it is defined: whatever it does not allow panics.

use std::collections::{BTreeMap, BTreeSet};

type Labels = BTreeMap<String, String>;

/// What was scraped.
#[derive(Debug, Default)]
pub struct Exposition {
    /// The type of each family.
    pub families: BTreeMap<String, String>,
    samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line is ended");
        let mut exposition = Self::default();
        let mut helped = BTreeSet::new();
        let mut current = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').expect("a text");
                assert!(help.ends_with('.') && helped.insert(name.to_owned()), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a type");
                assert!(helped.contains(name), "help comes first: {line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let before = exposition.families.insert(name.to_owned(), kind.to_owned());
                assert_eq!(before, None, "families stand together: {line}");
                current = name.to_owned();
            } else {
                exposition.sample(line, &current);
            }
        }
        exposition.check_histograms();
        exposition
    }

    fn sample(&mut self, line: &str, family: &str) {
        let (series, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').expect("a closed list")),
            None => (series, ""),
        };
        assert!(
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{line}"
        );
        let suffix = name
            .strip_prefix(family)
            .unwrap_or_else(|| panic!("{line} in {family}"));
        let suffixes: &[&str] = match self.families[family].as_str() {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        assert!(suffixes.contains(&suffix), "{line}");
        if self.families[family] == "counter" {
            assert!(name.ends_with("_total"), "{line}");
        }
        let value: f64 = value.parse().expect("a number");
        assert!(value.is_finite() && value >= 0.0, "{line}");
        let before = self.samples.insert((name.to_owned(), labels_of(labels)), value);
        assert_eq!(before, None, "one value a series: {line}");
    }

    fn check_histograms(&self) {
        for ((name, labels), count) in &self.samples {
            let Some(family) = name
                .strip_suffix("_count")
                .filter(|name| self.families.contains_key(*name))
            else {
                continue;
            };
            let mut bounds: Vec<(f64, f64)> = Vec::new();
            for ((name, of), value) in &self.samples {
                let mut rest = of.clone();
                if name.strip_suffix("_bucket") == Some(family)
                    && let Some(bound) = rest.remove("le")
                    && rest == *labels
                {
                    bounds.push((bound.replace('+', "").parse().expect("a bound"), *value));
                }
            }
            bounds.sort_by(|left, right| left.0.total_cmp(&right.0));
            assert!(
                bounds.windows(2).all(|pair| pair[0].1 <= pair[1].1),
                "{family} {labels:?}: {bounds:?}"
            );
            assert_eq!(bounds.last(), Some(&(f64::INFINITY, *count)), "{family} {labels:?}");
            assert!(self.samples.contains_key(&(format!("{family}_sum"), labels.clone())));
        }
    }

    /// The value of one series, named as it is written; 0 where it is not there.
    pub fn value(&self, series: &str) -> f64 {
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let key = (
            name.to_owned(),
            labels_of(labels.strip_suffix('}').expect("a closed list")),
        );
        self.samples.get(&key).copied().unwrap_or(0.0)
    }

    /// The sum of all series of a name.
    pub fn sum(&self, name: &str) -> f64 {
        let all = self.samples.iter().filter(|((of, _), _)| of == name);
        all.map(|(_, value)| value).sum()
    }

    /// The values that a label has anywhere.
    pub fn label(&self, label: &str) -> BTreeSet<&str> {
        let all = self.samples.keys().filter_map(|(_, labels)| labels.get(label));
        all.map(String::as_str).collect()
    }

    pub fn label_names(&self) -> BTreeSet<&str> {
        let all = self.samples.keys().flat_map(|(_, labels)| labels.keys());
        all.map(String::as_str).collect()
    }
}

/// Reads `a="x",b="y"`. Nothing that we write needs escapes.
fn labels_of(text: &str) -> Labels {
    assert!(!text.contains('\\'), "{text}");
    let mut labels = Labels::new();
    for pair in text.split(',').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').expect("a pair");
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let before = labels.insert(name.to_owned(), value.expect("a quoted value").to_owned());
        assert_eq!(before, None, "{text}");
    }
    labels
}

#[test]
fn mistakes_are_found() {
    let sound = "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"y\"} 1\n";
    assert_eq!(Exposition::parse(sound).value("a_total{x=\"y\"}"), 1.0);
    let histogram = |counts: [u8; 3]| {
        let [one, all, count] = counts;
        format!(
            "# HELP h H.\n# TYPE h histogram\nh_bucket{{le=\"1\"}} {one}\nh_bucket{{le=\"+Inf\"}} {all}\nh_sum 1\nh_count {count}\n"
        )
    };
    Exposition::parse(&histogram([1, 2, 2]));
    let wrong = [
        sound.replace("# TYPE a_total counter\n", ""),
        sound.replace("counter", "count"),
        sound.replace("} 1", "} one"),
        sound.replace("} 1", "} -1"),
        format!("{sound}a_total{{x=\"y\"}} 2\n"),
        format!("{sound}b_total 2\n"),
        histogram([3, 2, 2]),
        histogram([1, 2, 3]),
    ];
    for text in wrong {
        let parsed = std::panic::catch_unwind(|| Exposition::parse(&text));
        assert!(parsed.is_err(), "{text}");
    }
}
