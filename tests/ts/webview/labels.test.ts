import { expect, test } from "vitest";
import { pushApart } from "../../../extension/webview/dashboard/model/labels";

const at = (y: number, left = 0, right = 30) => ({ y, left, right });

test("labels with room stay where their lines end", () => {
  expect(pushApart([at(50), at(20), at(90)], 12, 0, 100)).toEqual([50, 20, 90]);
});

test("labels on each other are pushed apart around their middle", () => {
  expect(pushApart([at(50), at(52)], 12, 0, 100)).toEqual([45, 57]);
  expect(pushApart([at(50), at(50), at(50)], 12, 0, 100)).toEqual([38, 50, 62]);
});

test("a push that meets another label moves both", () => {
  const places = pushApart([at(40), at(44), at(55)], 12, 0, 100);
  expect(places[1]).toBeCloseTo((places[0] as number) + 12);
  expect(places[2]).toBeCloseTo((places[1] as number) + 12);
});

test("labels at other places do not matter", () => {
  expect(pushApart([at(50, 0, 30), at(50, 40, 70)], 12, 0, 100)).toEqual([50, 50]);
});

test("all stay between top and bottom", () => {
  expect(pushApart([at(99), at(100), at(98)], 12, 0, 100)).toEqual([88, 100, 76]);
  expect(pushApart([at(-5), at(1)], 12, 4, 100)).toEqual([4, 16]);
});
