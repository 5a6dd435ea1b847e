import { describe, expect, it } from "vitest";
import { settlementsOf } from "./settlement-file";

const PAYOUTS = [
  { id: "pay_1a", bankReference: "8BN349XYUU" },
  { id: "pay_2b", bankReference: "TBSY6674CR" },
];

describe("a file of results", () => {
  it("names payouts by id or by bank reference, however it is written", () => {
    const file = "Reference,ID,Status\nSEPA 1,pay_1a,paid\n,tbsy 6674-cr, FAILED\n";
    expect(settlementsOf(file, PAYOUTS)).toEqual({
      problem: null,
      settlements: [
        { id: "pay_1a", status: "PAID", reference: "SEPA 1" },
        { id: "pay_2b", status: "FAILED" },
      ],
      wrong: [],
      others: 0,
    });
  });

  it("settles nothing that it does not understand", () => {
    const { settlements, wrong, others } = settlementsOf("id,status\npay_1a,MAYBE\npay_9,PAID\n,PAID\n", PAYOUTS);
    expect({ settlements, wrong, others }).toEqual({ settlements: [], wrong: [2], others: 2 });
  });

  it("needs its columns", () => expect(settlementsOf("payout,result\n", PAYOUTS).problem).toBe("columns"));
});
