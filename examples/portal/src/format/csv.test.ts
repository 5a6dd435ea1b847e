import { expect, it } from "vitest";
import { rowsOf } from "./csv";

it("rows keep what stands in quotes", () => {
  expect(rowsOf('id,status\r\n"a, ""b""\nc",PAID\r\n')).toEqual([
    ["id", "status"],
    ['a, "b"\nc', "PAID"],
  ]);
});

it("semicolons separate, where the first line has them", () => {
  expect(rowsOf("\uFEFFid;amount\n1;12,50\n\n2;")).toEqual([
    ["id", "amount"],
    ["1", "12,50"],
    ["2", ""],
  ]);
});

it("an empty file has no rows", () => expect(rowsOf("")).toEqual([]));
