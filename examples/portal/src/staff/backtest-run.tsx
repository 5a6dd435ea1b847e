// A backtest that is not over yet: how far it is, as it is heard, and a way to stop it.
import { useEffect, useState } from "react";
import { useMutation } from "urql";
import { useLive } from "../gateway/use-live";
import { graphql, read, type FragmentType } from "../generated";
import { usePortal } from "../shell/portal";
import { Progress } from "../ui/progress";
import { useTexts } from "../words/texts";

export const RUN = graphql(`
  fragment BacktestRun on Backtest {
    id
    status
    failure
    progress {
      events
      ofEvents
    }
  }
`);

const PROGRESSED = graphql(`
  subscription BacktestProgressed($id: ID!) {
    backtestProgressed(id: $id) {
      ...BacktestRun
    }
  }
`);

const CANCEL = graphql(`
  mutation CancelBacktest($id: ID!) {
    cancelBacktest(input: { id: $id }) {
      userErrors {
        message
      }
    }
  }
`);

/** `onOver` is called once it is over, so that what came of it is asked for. */
export function BacktestRun({ backtest, onOver }: { backtest: FragmentType<typeof RUN>; onOver: () => void }) {
  const { words } = useTexts();
  const { listener, refuse } = usePortal();
  const known = read(RUN, backtest);
  const [heard, hear] = useState(known);
  const [, cancel] = useMutation(CANCEL);
  const isOver = (status: string) => status === "DONE" || status === "FAILED" || status === "CANCELED";
  const now = isOver(known.status) ? known : heard;
  useLive(
    listener,
    PROGRESSED,
    {
      heard: ({ backtestProgressed }) => hear(read(RUN, backtestProgressed)),
      resumed: () => {},
      refused: refuse,
    },
    isOver(now.status) ? null : { id: now.id },
  );
  useEffect(() => {
    if (isOver(now.status) && !isOver(known.status)) onOver();
  }, [now.status]);

  if (now.status === "CANCELED") return <p className="notice">{words.backtest.canceled}</p>;
  if (now.failure) {
    return (
      <p className="notice" role="alert" lang="en">
        {now.failure}
      </p>
    );
  }
  if (isOver(now.status)) return null;
  const { events, ofEvents } = now.progress;
  return (
    <div className="backtest-run">
      <Progress label={words.backtest.progress} value={String(events)} goal={String(ofEvents)} />
      <button type="button" className="button button-quiet" onClick={() => void cancel({ id: now.id })}>
        {words.table.cancel}
      </button>
    </div>
  );
}
