// The links one by one, with what each brought in the months shown, to be copied, shown as a QR code, and switched off.
import { Fragment, type ReactNode } from "react";
import { graphql, read, type FragmentType } from "../generated";
import { Link } from "../shell/address";
import { Amount } from "../ui/amount";
import { Empty, Section } from "../ui/section";
import { Status } from "../ui/status";
import { Table } from "../ui/table";
import { useTexts } from "../words/texts";
import { LinkActions } from "./link-actions";

export const LINKS = graphql(`
  fragment LinkList on LinkConnection {
    nodes {
      id
      key
      url
      status
      campaign {
        name
      }
      all: performance(from: $from, to: $to) {
        clicks
        customers
        earned {
          amount
          currency
        }
      }
    }
    pageInfo {
      hasNextPage
    }
  }
`);

interface LinkListProps {
  links: FragmentType<typeof LINKS>;
  writable: boolean;
  loading: boolean;
  onMore: () => void;
  onChanged: () => void;
  aside: ReactNode;
}

export function LinkList({ links, writable, loading, onMore, onChanged, aside }: LinkListProps) {
  const { words, format } = useTexts();
  const { nodes, pageInfo } = read(LINKS, links);
  const heads = [
    words.links.link,
    words.table.status,
    { sum: words.links.clicks },
    { sum: words.links.customers },
    { sum: words.links.earned },
    words.table.actions,
  ];
  return (
    <Section title={words.links.title} aside={aside}>
      {nodes.length === 0 ? (
        <Empty>{writable ? words.links.empty : words.links.none}</Empty>
      ) : (
        <Table label={words.links.title} heads={heads} busy={loading}>
          {nodes.map((link) => (
            <tr key={link.id} data-link={link.key}>
              <th scope="row">
                <Link to={`/links?link=${link.key}`}>{link.key}</Link>
                <small className="muted">{link.campaign.name}</small>
              </th>
              <td>
                <Status status={link.status} text={words.links.statuses[link.status]} />
              </td>
              <td>
                <span className="amount">{format.count(link.all[0]?.clicks ?? 0)}</span>
              </td>
              <td>
                <span className="amount">{format.count(link.all[0]?.customers ?? 0)}</span>
              </td>
              <td>
                {link.all[0]?.earned.map((earned, place) => (
                  <Fragment key={earned.currency}>
                    {place > 0 && <br />}
                    <Amount {...earned} />
                  </Fragment>
                ))}
              </td>
              <td>
                <LinkActions link={link} writable={writable} onChanged={onChanged} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      {pageInfo.hasNextPage && (
        <button type="button" className="button more" onClick={onMore} disabled={loading}>
          {words.table.more}
        </button>
      )}
    </Section>
  );
}
