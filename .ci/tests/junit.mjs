/** Counts from a JUnit report: pytest's and vitest's both list every suite with its totals. */
import { existsSync, readFileSync } from "node:fs";

const attribute = (tag, name) => Number(tag.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);

/** `{passed, failed, skipped}`, or undefined when there is no report. */
export function readCounts(path) {
  if (!existsSync(path)) return undefined;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [tag] of readFileSync(path, "utf8").matchAll(/<testsuite\s[^>]*>/g)) {
    const failed = attribute(tag, "failures") + attribute(tag, "errors");
    const skipped = attribute(tag, "skipped");
    counts.failed += failed;
    counts.skipped += skipped;
    counts.passed += Math.max(0, attribute(tag, "tests") - failed - skipped);
  }
  return counts;
}
