// One partner, refetched by its id alone; its commissions page by page; and what changes it.
import { graphql } from "react-relay";

export const detail = graphql`
  fragment PartnerDetail_partner on Partner
  @argumentDefinitions(first: { type: "Int", defaultValue: 5 }, after: { type: "String" })
  @refetchable(queryName: "PartnerDetailRefetchQuery") {
    name
    balances {
      currency
      payable
    }
    commissions(first: $first, after: $after) @connection(key: "PartnerDetail_commissions", filters: []) {
      edges {
        node {
          amount {
            amount
            currency
          }
          event {
            externalId
          }
        }
      }
    }
  }
`;

export const create = graphql`
  mutation PartnerDetailCreateMutation($input: CreatePartnerInput!, $connections: [ID!]!) {
    createPartner(input: $input) {
      partner @prependNode(connections: $connections, edgeTypeName: "PartnerEdge") {
        ...PartnerDetail_partner
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const remove = graphql`
  mutation PartnerDetailDeleteGroupMutation($input: DeleteInput!) {
    deletePartnerGroup(input: $input) {
      deletedId @deleteRecord
      userErrors {
        code
      }
    }
  }
`;
