import { expect, test } from "vitest";
import * as format from "../../../extension/webview/dashboard/model/format";

test.each([
  [0.46712, "0.467"],
  [14.651, "14.65"],
  [384.21, "384.2"],
  [1250, "1250"],
  [20_812, "20.8\u202fk"],
  [2.84e-5, "2.8e−5"],
  [2e-5, "2e−5"],
  [0.0312, "0.0312"],
  [-1.5, "−1.500"],
  [0, "0.0000"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "−inf"],
])("a value of %d in a head is %s", (value, text) => {
  expect(format.headValue(value)).toBe(text);
});

test.each([
  [0.4668, "0.4668"],
  [0.9, "0.9000"],
  [0.00123, "1.23e−3"],
  [2531.04, "2531.0"],
  [1.28e15, "1.28e15"],
  [Number.POSITIVE_INFINITY, "inf"],
])("a value of %d in a column is %s", (value, text) => {
  expect(format.columnValue(value)).toBe(text);
});

test("a difference has its sign", () => {
  expect(format.difference(0.3002)).toBe("+0.3002");
  expect(format.difference(-0.0015)).toBe("−0.0015");
  expect(format.difference(2e-6)).toBe("+2e−6");
  expect(format.difference(0)).toBe("0.0000");
});

test("how long ago, and the edge of an axis", () => {
  expect(format.age(0.21)).toBe("0.2\u202fs");
  expect(format.age(41.3)).toBe("41\u202fs");
  expect(format.edgeValue(1.322)).toBe("1.3");
  expect(format.edgeValue(21_300)).toBe("21\u202fk");
});
