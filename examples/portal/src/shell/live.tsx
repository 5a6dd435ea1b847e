// A partner's pages hear of each commission that is made or changed, whichever of them is open.
import type { Client as Listener } from "graphql-sse";
import { useEffect, useRef, useState } from "react";
import { useLive, type Hearing } from "../gateway/use-live";
import { graphql } from "../generated";
import { useTexts } from "../words/texts";
import type { Live as Heard } from "./portal";

const CHANGED = graphql(`
  subscription CommissionChanged {
    commissionChanged {
      id
      status
      amount {
        amount
        currency
      }
    }
  }
`);

/** So many changes at once ask once. */
const SETTLE = 400;

/** `news` is what was heard last, as a sentence. */
export function useCommissions(
  listener: Listener,
  listens: boolean,
  refused: () => void,
): { live: Heard; news: string } {
  const { words, format } = useTexts();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [heard, setHeard] = useState(0);
  const [news, setNews] = useState("");
  const asking = useRef(0);
  const soon = () => {
    window.clearTimeout(asking.current);
    asking.current = window.setTimeout(() => setHeard((before) => before + 1), SETTLE);
  };
  useEffect(() => () => window.clearTimeout(asking.current), []);
  const hearing = useLive(
    listener,
    CHANGED,
    {
      heard: ({ commissionChanged: { id, status, amount } }) => {
        setFresh((known) => new Set(known).add(id));
        setNews(words.live.news(status, format.amount(amount.amount, amount.currency)));
        soon();
      },
      resumed: soon,
      refused,
    },
    listens ? {} : null,
  );
  return { live: { hearing, fresh, heard }, news };
}

/** Whether the page hears of changes; and to screen readers, what it heard last. */
export function Live({ hearing, news }: { hearing: Hearing; news: string }) {
  const { words } = useTexts();
  return (
    <>
      <span className={`live live-${hearing}`} title={hearing === "listening" ? words.live.hint : undefined}>
        <span className="live-word">{words.live[hearing]}</span>
      </span>
      <span className="unseen" role="status">
        {news}
      </span>
    </>
  );
}
