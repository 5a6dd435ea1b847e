// What a partner list of a Relay application asks for. Only compiled, never run: there is no React here.
import { graphql } from "react-relay";

export const row = graphql`
  fragment PartnerList_row on Partner {
    name
    status
    group {
      name
    }
  }
`;

export const list = graphql`
  fragment PartnerList_list on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" }, filter: { type: "PartnerFilter" })
  @refetchable(queryName: "PartnerListPaginationQuery") {
    partners(first: $first, after: $after, filter: $filter) @connection(key: "PartnerList_partners") {
      totalCount
      edges {
        node {
          id
          ...PartnerList_row
        }
      }
    }
  }
`;

export const query = graphql`
  query PartnerListQuery($filter: PartnerFilter) {
    viewer {
      tenant {
        name
      }
    }
    ...PartnerList_list @arguments(filter: $filter)
  }
`;
