//! The limit of open files, which connections count against.

use crate::http::ConnectionsSection;

/// Files that are kept for everything but connections: the database, webhooks, name resolution, health checks, metrics.
/// A quarter of all, within these bounds.
const KEPT_AT_LEAST: u64 = 64;
const KEPT_AT_MOST: u64 = 1_024;

/// Raises the soft limit of open files to the hard one, as every process may; returns it. `None`: there is no limit.
#[cfg(unix)]
pub fn raise_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, limit = current, "the limit of open files cannot be raised");
            current
        }
    }
}

#[cfg(not(unix))]
pub fn raise_limit() -> Option<u64> {
    None
}

/// Fewer connections than the settings say, if there are not enough files for all of them.
pub fn fitting(connections: ConnectionsSection, limit: Option<u64>) -> ConnectionsSection {
    let Some(limit) = limit else { return connections };
    let kept = (limit / 4).clamp(KEPT_AT_LEAST, KEPT_AT_MOST);
    let room = usize::try_from(limit.saturating_sub(kept).max(1)).unwrap_or(usize::MAX);
    if room >= connections.at_once {
        return connections;
    }
    let at_once = connections.at_once;
    tracing::warn!(
        limit,
        at_once,
        room,
        "fewer connections than connections.at_once: the limit of open files is lower"
    );
    ConnectionsSection {
        at_once: room,
        ..connections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        let fitted = |limit| {
            let connections = ConnectionsSection {
                at_once: 8_192,
                per_address: 8_192,
            };
            fitting(connections, limit).at_once
        };
        assert_eq!(fitted(None), 8_192);
        assert_eq!(fitted(Some(1 << 20)), 8_192);
        assert_eq!(fitted(Some(9_216)), 8_192);
        assert_eq!(fitted(Some(4_096)), 3_072);
        assert_eq!(fitted(Some(256)), 192);
        assert_eq!(fitted(Some(16)), 1);
    }
}
