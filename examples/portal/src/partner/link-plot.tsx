// Clicks and earnings by month, each with an axis of its own: they have no unit in common.
import { useTexts } from "../words/texts";
import { Amount } from "../ui/amount";
import { Bars } from "../ui/bars";
import type { LinkMonth } from "./link-series";

export default function LinkPlot({ months, currency }: { months: LinkMonth[]; currency: string }) {
  const { words, format } = useTexts();
  const card = (month: LinkMonth) => (
    <dl>
      <div>
        <dt>{words.links.clicks}</dt>
        <dd>{format.count(month.clicks)}</dd>
      </div>
      {currency && (
        <div>
          <dt>{words.links.earned}</dt>
          <dd>
            <Amount amount={month.earned} currency={currency} />
          </dd>
        </div>
      )}
    </dl>
  );
  return (
    <>
      <Bars
        label={words.links.clicks}
        months={months}
        sides={[{ name: words.links.clicks, className: "bar-approved", amount: ({ clicks }) => String(clicks) }]}
        rough={format.roughCount}
        card={card}
      />
      {currency && (
        <Bars
          label={words.links.earned}
          months={months}
          sides={[{ name: words.links.earned, className: "bar-paid", amount: ({ earned }) => earned }]}
          rough={(value) => format.rough(value, currency)}
          card={card}
        />
      )}
    </>
  );
}
