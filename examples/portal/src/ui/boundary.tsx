import { Component, type ReactNode } from "react";
import { Trouble } from "./trouble";

/** A fault of the portal's own is told, instead of leaving a blank screen. */
export class Boundary extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state = { fault: null as Error | null };

  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }

  override render() {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return <Trouble problem={{ kind: "failed", detail: fault.message }} onRetry={() => window.location.reload()} />;
  }
}
