// All partners: found by name, status and order, which the gateway applies to the whole list.
import { useState } from "react";
import { usePage } from "../gateway/use-page";
import { graphql } from "../generated";
import type { PartnerOrder, PartnerStatus } from "../generated/graphql";
import { useParameter } from "../shell/address";
import { Page } from "../shell/page";
import { Pick } from "../ui/pick";
import { Refresh } from "../ui/refresh";
import { useTexts } from "../words/texts";
import { PartnerTable } from "./partner-table";

const QUERY = graphql(`
  query PartnersPage($count: Int!, $filter: PartnerFilter!, $order: PartnerOrder!) {
    viewer {
      ...Shell
    }
    partners(first: $count, filter: $filter, orderBy: $order) {
      ...PartnerList
    }
  }
`);

const STEP = 50;
const STATUSES: PartnerStatus[] = ["ACTIVE", "INVITED", "SUSPENDED", "REVOKED"];

/** "PAYABLE-EUR": the most in EUR first. Amounts in different currencies cannot be compared. */
function orderOf(text: string | null): PartnerOrder {
  const [field, currency] = text?.split("-") ?? [];
  if (field === "NAME") return { field, direction: "ASC" };
  if ((field === "PAYABLE" || field === "LIFETIME_VALUE") && currency) return { field, direction: "DESC", currency };
  return { field: "CREATED_AT", direction: "DESC" };
}

export default function Partners() {
  const { words } = useTexts();
  const [count, setCount] = useState(STEP);
  const [search, setSearch] = useParameter("search");
  const [wanted, setStatus] = useParameter("status");
  const [order, setOrder] = useParameter("order");
  const status = STATUSES.find((one) => one === wanted);
  const filter = { ...(search && { search }), ...(status && { status: [status] }) };
  const asked = usePage(QUERY, { count, filter, order: orderOf(order) });
  return (
    <Page asked={asked} aside={<Refresh asked={asked} />}>
      {({ partners }, { tenant }) => (
        <>
          <search className="filters">
            <label className="pick">
              <span className="hint">{words.partners.search}</span>
              <input
                type="search"
                defaultValue={search ?? ""}
                key={search}
                maxLength={200}
                onBlur={(event) => event.target.value !== (search ?? "") && setSearch(event.target.value)}
                onKeyDown={(event) => event.key === "Enter" && setSearch(event.currentTarget.value)}
              />
            </label>
            <Pick
              label={words.table.status}
              chosen={status ?? ""}
              options={[
                { value: "", text: words.partners.everyStatus },
                ...STATUSES.map((one) => ({ value: one, text: words.partnerStatus[one] })),
              ]}
              onChoose={setStatus}
            />
            <Pick
              label={words.partners.order}
              chosen={order ?? ""}
              options={[
                { value: "", text: words.partners.newest },
                { value: "NAME", text: words.partners.byName },
                { value: `PAYABLE-${tenant.baseCurrency}`, text: words.partners.byPayable(tenant.baseCurrency) },
                { value: `LIFETIME_VALUE-${tenant.baseCurrency}`, text: words.partners.bySales(tenant.baseCurrency) },
              ]}
              onChoose={setOrder}
            />
          </search>
          <PartnerTable
            partners={partners}
            loading={asked.loading}
            onMore={() => setCount(count + STEP * 3)}
            onChanged={asked.ask}
          />
        </>
      )}
    </Page>
  );
}
