//! Where links of a campaign lead, and how it credits events: the checks of what is entered.

use domain::attribution::destination::{self, MAX_HOSTS};
use domain::attribution::{AttributionDraft, AttributionModel, AttributionSettings};
use domain::problem::{ProblemCode, Problems};

/// The hosts where links may lead, in the order in which they were entered, each once.
pub(super) fn link_hosts(entered: Vec<String>, problems: &mut Problems) -> Option<Vec<String>> {
    if !problems.at_most("linkHosts", entered.len(), MAX_HOSTS, "hosts") {
        return None;
    }
    problems.within("linkHosts", |problems| {
        let mut hosts: Vec<String> = Vec::with_capacity(entered.len());
        let mut is_right = true;
        for (place, text) in entered.iter().enumerate() {
            match problems.take(&place.to_string(), destination::host(text)) {
                Some(host) if !hosts.contains(&host) => hosts.push(host),
                Some(_) => {}
                None => is_right = false,
            }
        }
        is_right.then_some(hosts)
    })
}

/// How the campaign credits events; `None`, if that is not right.
pub(super) fn attribution(draft: AttributionDraft, problems: &mut Problems) -> Option<AttributionSettings> {
    problems.within("attribution", |problems| {
        let settings = AttributionSettings::checked(draft, problems)?;
        match settings.model {
            AttributionModel::Last | AttributionModel::First => Some(settings),
            AttributionModel::Linear | AttributionModel::Position => {
                let message = "cannot be used by a campaign yet, since an event is credited to one partner: LAST and \
                               FIRST can; simulateAttribution shows what the others would give";
                problems.add("model", ProblemCode::Invalid, message);
                None
            }
        }
    })
}
